/* SPDX-License-Identifier: ISC */
/*
 * What the rules of one hand say about where its domain and filter end:
 * the folders, the socket domains, the packet filters. Computed from the
 * policy before any program's byte is read.
 */
#ifndef PRIVD_SESSION_FENCE_H
#define PRIVD_SESSION_FENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../syscalls/syscalls.h"

struct policy_rule;
struct session_plan;
struct sock_filter;

/* A rule's `filter` and `device` as a program for its sockets. */
struct fence {
	const struct policy_rule *rule;
	struct sock_filter *insns;
	unsigned short count;
	struct fence *next;
};

/* Compiles those of all rules of the plan; -1 with a reason. */
int fence_compile(const struct session_plan *, char *reason, size_t len);
void fence_clear(void);
/* NULL if the rule has neither. */
const struct fence *fence_of(const struct policy_rule *);

/* Enters the Landlock domain of that hand's rules. -1 with errno. */
int fence_landlock(const struct session_plan *, unsigned int hand);
/*
 * The operations whose calls they name; not what aliases elevate, and `open`
 * not for rules whose `oflags` let nothing be made.
 */
void fence_operations(const struct session_plan *, unsigned int hand,
    bool named[SYS_OPS]);
/*
 * The values of that argument of that call which they can match; 0 if one can
 * match any. Good until it is asked again.
 */
size_t fence_values(const struct session_plan *, unsigned int hand,
    const char *call, const char *argument, const uint32_t **values);

#endif /* PRIVD_SESSION_FENCE_H */

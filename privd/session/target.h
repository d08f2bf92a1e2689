/* SPDX-License-Identifier: ISC */
/*
 * Processes that a call is about: pinned by a pidfd before they are named,
 * so that the name and the effect are of one process, whoever gets its number
 * later.
 */
#ifndef PRIVD_SESSION_TARGET_H
#define PRIVD_SESSION_TARGET_H

#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>

#include "../syscalls/syscalls.h"

struct call;
struct judge;
struct reach;

struct target {
	struct sys_target is;
	pid_t number; /* here; 0: none */
	pid_t tgid;   /* of the process or thread; 0: not known */
	int pidfd;    /* -1: there is none, or none is needed */
	bool of_process;
	/* the kernel finds whom the registers mean, and nothing can change
	   that: it may perform the call for the caller */
	bool own;
	/* what policies see; "": the call has no such argument */
	char name[PATH_MAX + 16];
};

#define TARGET_UNKNOWN "<unknown>"

void target_init(struct target *);
void target_clear(struct target *);
/* The process of the process or thread that has the number. 0 or errno. */
typedef int target_process(void *context, pid_t number, pid_t *tgid);
target_process target_process_here; /* by /proc; no context */
/* Pins the process or, with thread, the thread of that number. 0 or errno. */
int target_pin(struct target *, pid_t number, bool thread, target_process *,
    void *context);
/* The name of an executable (taken over, -1: unknown). */
void target_name(struct target *, int exe);
/* The judge: whom does the call mean? 0 or errno. */
int call_pin_target(struct judge *, struct call *);

#endif /* PRIVD_SESSION_TARGET_H */

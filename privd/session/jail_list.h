/* SPDX-License-Identifier: ISC */
/* Lists of calls to seccomp BPF, for jail.c. */
#ifndef PRIVD_SESSION_JAIL_LIST_H
#define PRIVD_SESSION_JAIL_LIST_H

#include <linux/filter.h>

#include <stddef.h>

#include "jail.h"

#define JAIL_RULES_MAX 512
#define JAIL_INSNS_MAX 2560

struct jail_program {
	struct sock_filter insns[JAIL_INSNS_MAX + 1]; /* the last: too many */
	unsigned short count;
};

/*
 * What these rules allow, and what every process needs; see jail_seccomp(),
 * whose program it is. -1 with E2BIG.
 */
int jail_compile(const struct jail_rule *, size_t n, struct jail_program *);

#endif /* PRIVD_SESSION_JAIL_LIST_H */

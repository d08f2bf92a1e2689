/* SPDX-License-Identifier: ISC */
/*
 * What a session's programs have and nobody else can come to have: a pair of
 * hard limits of which one is the higher the lower the other is. Who has no
 * rights may lower limits, his processes' and his own, and never raise one: so
 * nobody comes from one pair to another. What a program forks and executes has
 * its limits. These two the kernel keeps and heeds nowhere (RLIMIT_RSS,
 * RLIMIT_LOCKS).
 *
 * A process that is in no session may be lowered to any pair. It gives nobody
 * more than it is to him already, unless it holds the guard; but who holds that
 * takes a badge before he gives up gaining rights (no_new_privs). So what holds
 * the guard, has given that up and wears a badge is of the badge's session.
 */
#ifndef PRIVD_BADGE_H
#define PRIVD_BADGE_H

#include <stdbool.h>
#include <stdint.h>

struct badge {
	uint64_t number; /* 0: none */
};

/* Takes a new one, and with luck of one in 10^14 somebody's. -1 with errno;
   EPERM: whoever started us has lowered these limits. */
int badge_take(void);
/* Which has the process of this /proc folder? -1: none. */
int badge_read(int folder, struct badge *);
/* Has it that one? Once it has not, it never will. */
bool badge_is_worn(const struct badge *, int folder);

#endif /* PRIVD_BADGE_H */

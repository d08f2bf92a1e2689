/* SPDX-License-Identifier: ISC */
/*
 * What must be true of a program, a kernel and ourselves before anything is
 * elevated. Whoever could change the program or a folder above it could have
 * anything run in its place; a program that loses the guard at exec could be
 * taken over by any process of the user.
 */
#include "trust.h"

#include <sys/prctl.h>

#include <linux/capability.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../policy/policy.h"
#include "identity.h"
#include "jail.h"
#include "mark.h"

/* The mark, or none; file capabilities without it would end the guard. */
static int
check_mark(const char *path, bool *marked, char *why, size_t len)
{
	struct mark mark;

	*marked = false;
	if (mark_read(path, &mark) == -1) {
		(void)snprintf(why, len, "cannot read its capabilities: %s",
		    strerror(errno));
		return -1;
	}
	*marked = mark.marked;
	if (*marked || !(mark.guard || mark.others))
		return 0;
	(void)snprintf(why, len,
	    "it has capabilities of its own and would "
	    "lose the guard: take them away (setcap -r %s), or mark it "
	    "(privctl mark %s)",
	    path, path);
	return -1;
}

int
trust_program(const char *path, bool script, bool *marked, char *why,
    size_t len)
{
	const uint64_t guard = 1ULL << CAP_BLOCK_SUSPEND;

	*marked = false;
	if (script) {
		(void)snprintf(why, len,
		    "it is a script, whose interpreter "
		    "reads it by name: only binaries are elevated");
		return -1;
	}
	if (policy_trusted(path, why, len) == -1 ||
	    check_mark(path, marked, why, len) == -1)
		return -1;
	if ((identity_permitted() & guard) == 0 ||
	    prctl(PR_CAPBSET_READ, CAP_BLOCK_SUSPEND, 0, 0, 0) != 1) {
		(void)snprintf(why, len,
		    "CAP_BLOCK_SUSPEND, which guards it, "
		    "is not there to give (a container without it?)");
		return -1;
	}
	if (jail_landlock_abi() < 2) {
		(void)snprintf(why, len,
		    "this kernel has no Landlock: boot "
		    "with lsm=landlock,... (Linux 5.19 or newer)");
		return -1;
	}
	return 0;
}

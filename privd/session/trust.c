/* SPDX-License-Identifier: ISC */
/*
 * What must be true of a program, a kernel and ourselves before anything is
 * elevated. Whoever could change the program or a folder above it could have
 * anything run in its place; a program that loses the guard at exec could be
 * taken over by any process of the user.
 */
#include "trust.h"

#include <sys/capability.h>
#include <sys/prctl.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../policy/policy.h"
#include "identity.h"
#include "jail.h"

static bool
has_flag(cap_t caps, cap_value_t cap, cap_flag_t flag)
{
	cap_flag_value_t value = CAP_CLEAR;

	return cap_get_flag(caps, cap, flag, &value) == 0 && value == CAP_SET;
}

static bool
grants_any(cap_t caps)
{
	cap_value_t cap;

	for (cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (has_flag(caps, cap, CAP_PERMITTED))
			return true;
	return false;
}

/* The mark, or none; file capabilities without it would end the guard. */
static int
check_mark(const char *path, bool *marked, char *why, size_t len)
{
	bool grants;
	cap_t caps;

	*marked = false;
	caps = cap_get_file(path);
	if (caps == NULL && (errno == ENODATA || errno == EOPNOTSUPP))
		return 0;
	if (caps == NULL) {
		(void)snprintf(why, len, "cannot read its capabilities: %s",
		    strerror(errno));
		return -1;
	}
	*marked = has_flag(caps, CAP_BLOCK_SUSPEND, CAP_INHERITABLE);
	grants = grants_any(caps);
	(void)cap_free(caps);
	if (*marked || !grants)
		return 0;
	(void)snprintf(why, len,
	    "it has capabilities of its own and would "
	    "lose the guard: take them away (setcap -r %s), or mark it "
	    "(setcap cap_block_suspend=i %s)",
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

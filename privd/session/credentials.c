/* SPDX-License-Identifier: ISC */
/*
 * Ids are set by the bare calls: libc's would change every thread of the
 * judge, and what waits in a worker waits as who began it. The saved ids stay
 * root's, so that there is a way back; nothing asks them. The kernel forgets
 * who shall die with whom when ids change, and may make the process dumpable:
 * both are set again.
 */
#include "credentials.h"

#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "identity.h"
#include "status.h"

static bool
is_in_our_userns(int folder)
{
	char mine[64], its[64];
	ssize_t n, m;

	n = readlink("/proc/self/ns/user", mine, sizeof(mine));
	m = readlinkat(folder, "ns/user", its, sizeof(its));
	return n > 0 && n == m && memcmp(mine, its, (size_t)n) == 0;
}

int
credentials_read(int folder, struct credentials *creds)
{
	struct status st;

	if (status_read(folder, &st) == -1 ||
	    status_groups(folder, creds->groups, CREDENTIALS_GROUPS_MAX,
		&creds->ngroups) == -1)
		return -1;
	memcpy(creds->uid, st.uid, sizeof(creds->uid));
	memcpy(creds->gid, st.gid, sizeof(creds->gid));
	creds->permitted = st.permitted;
	creds->effective = st.effective;
	if (!is_in_our_userns(folder))
		creds->permitted = creds->effective = 0;
	return 0;
}

/* access(2): who is root for real has what root could have. */
static uint64_t
capabilities(const struct credentials *creds, enum credentials_use use)
{
	if (use != CREDENTIALS_REAL)
		return creds->effective;
	return creds->uid[0] == 0 ? creds->permitted : 0;
}

static int
take_ids(const struct credentials *creds, enum credentials_use use)
{
	uid_t real = use == CREDENTIALS_SHOWN ? creds->uid[0] : 0;
	gid_t fsgid = creds->gid[use == CREDENTIALS_REAL ? 0 : 3];
	uid_t fsuid = creds->uid[use == CREDENTIALS_REAL ? 0 : 3];

	if (syscall(SYS_setgroups, creds->ngroups, creds->groups) == -1 ||
	    syscall(SYS_setresgid, creds->gid[0], creds->gid[1], 0) == -1 ||
	    syscall(SYS_setresuid, real, creds->uid[1], 0) == -1)
		return -1;
	(void)syscall(SYS_setfsgid, fsgid);
	(void)syscall(SYS_setfsuid, fsuid);
	if ((gid_t)syscall(SYS_setfsgid, -1) == fsgid &&
	    (uid_t)syscall(SYS_setfsuid, -1) == fsuid)
		return 0;
	errno = EPERM;
	return -1;
}

int
credentials_assume(const struct credentials *creds, enum credentials_use use,
    uint64_t permitted, uint64_t *effective)
{
	*effective = capabilities(creds, use) & permitted;
	if (identity_set_caps(permitted, permitted, 0) == -1 ||
	    take_ids(creds, use) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		return -1;
	return identity_set_caps(permitted, *effective, 0);
}

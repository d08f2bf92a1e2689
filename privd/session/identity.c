/* SPDX-License-Identifier: ISC */
/*
 * The order matters: securebits first, or the changes of ids would drop or
 * restore capabilities on their own; PDEATHSIG last, for the kernel clears
 * it when ids change; the fsuid is read back, for setfsuid(2) does not say
 * that it failed.
 */
#include "identity.h"

#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/capability.h>
#include <linux/securebits.h>

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <unistd.h>

static int
lock_securebits(void)
{
	return prctl(PR_SET_SECUREBITS,
	    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
		SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
		SECBIT_NO_CAP_AMBIENT_RAISE |
		SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
	    0, 0, 0);
}

int
identity_set_caps(uint64_t permitted, uint64_t effective, uint64_t inheritable)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ (uint32_t)effective, (uint32_t)permitted,
		    (uint32_t)inheritable },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32),
		    (uint32_t)(inheritable >> 32) },
	};

	return (int)syscall(SYS_capset, &header, data);
}

int
identity_permitted_of(pid_t tid, uint64_t *permitted)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
		.pid = tid,
	};
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (syscall(SYS_capget, &header, data) == -1)
		return -1;
	*permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	return 0;
}

uint64_t
identity_permitted(void)
{
	uint64_t permitted;

	return identity_permitted_of(0, &permitted) == 0 ? permitted : 0;
}

static bool no_bounding_set; /* any more, for who is forked either */

int
identity_drop_bounding_set(void)
{
	unsigned long cap;

	if (no_bounding_set)
		return 0;
	for (cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		continue;
	if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0)
		return -1;
	no_bounding_set = true;
	return 0;
}

static int
change_ids(const struct identity *id)
{
	if (setgroups(id->ngroups, id->groups) == -1 ||
	    setresgid(id->gid, id->gid, id->gid) == -1)
		return -1;
	(void)setfsgid(id->fsgid);
	if (setresuid(id->uid, id->uid, id->uid) == -1)
		return -1;
	(void)setfsuid(id->fsuid);
	if ((gid_t)setfsgid((gid_t)-1) != id->fsgid ||
	    (uid_t)setfsuid((uid_t)-1) != id->fsuid) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

static int
lock_down(const struct identity *id, pid_t parent)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1 ||
	    identity_set_caps(id->permitted, id->effective, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		return -1;
	/* The parent may have died before it could be asked for. */
	if (getppid() != parent) {
		errno = ESRCH;
		return -1;
	}
	return 0;
}

int
identity_keep(const struct identity *id, pid_t parent)
{
	/* Whoever it becomes, its capabilities are set by itself alone. */
	if (prctl(PR_SET_SECUREBITS,
		SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED, 0, 0,
		0) == -1)
		return -1;
	return lock_down(id, parent);
}

int
identity_assume(const struct identity *id, pid_t parent)
{
	if (geteuid() == 0 &&
	    (lock_securebits() == -1 || change_ids(id) == -1 ||
		identity_drop_bounding_set() == -1))
		return -1;
	return lock_down(id, parent);
}

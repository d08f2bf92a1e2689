/* SPDX-License-Identifier: ISC */
/*
 * Becoming what a process of the session shall be, for good: ids, groups,
 * capabilities, no way back.
 */
#ifndef PRIVD_SESSION_IDENTITY_H
#define PRIVD_SESSION_IDENTITY_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct identity {
	uid_t uid; /* real, effective and saved */
	gid_t gid;
	uid_t fsuid; /* whose rights files are opened with */
	gid_t fsgid;
	const gid_t *groups;
	size_t ngroups;
	uint64_t permitted; /* capabilities */
	uint64_t effective;
};

/*
 * Assumes the identity, drops the bounding set, locks the securebits, is not
 * dumpable, gains nothing by exec and dies with its parent. Needs root
 * unless the identity is the process's own with fewer capabilities. Must be
 * called before threads are made. -1 with errno: exit, nothing else.
 */
int identity_assume(const struct identity *, pid_t parent);
/*
 * The same for a process that stays root, as the program that it judges is:
 * ids, groups and bounding set remain.
 */
int identity_keep(const struct identity *, pid_t parent);
/* No exec gives anybody a capability any more, of this process and of those
   that it forks. -1 with errno. */
int identity_drop_bounding_set(void);
/* Sets the capabilities of this thread; permitted must not grow. */
int identity_set_caps(uint64_t permitted, uint64_t effective,
    uint64_t inheritable);
/* The permitted capabilities of a thread; -1 with errno. */
int identity_permitted_of(pid_t tid, uint64_t *permitted);
/* This process's permitted capabilities. */
uint64_t identity_permitted(void);

#endif /* PRIVD_SESSION_IDENTITY_H */

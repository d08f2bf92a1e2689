/* SPDX-License-Identifier: ISC */
/*
 * Credentials of the calling thread, and the judge's taking them on: for a
 * program of root's, which can become somebody else at any time. "As the
 * caller" is as the calling thread is at this call.
 */
#ifndef PRIVD_SESSION_CREDENTIALS_H
#define PRIVD_SESSION_CREDENTIALS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CREDENTIALS_GROUPS_MAX 1024

struct credentials {
	uid_t uid[4]; /* real, effective, saved, fs */
	gid_t gid[4];
	uint64_t permitted;
	uint64_t effective;
	size_t ngroups;
	gid_t groups[CREDENTIALS_GROUPS_MAX];
};

/*
 * Those of the thread whose /proc folder this is. In another user namespace
 * than the broker's it has no capability here. -1 with errno: they cannot be
 * told, and nothing may be done for it.
 */
int credentials_read(int folder, struct credentials *);

/* Whose ids decide: access(2) asks the real ones, and peers are shown them. */
enum credentials_use {
	CREDENTIALS_EFFECTIVE,
	CREDENTIALS_REAL,  /* files are reached with the real ids */
	CREDENTIALS_SHOWN, /* the process is looked at by a peer */
};

/*
 * This thread takes them on, in place of those that it took on before;
 * `permitted` is what it holds itself, and keeps. Returns the capabilities
 * that are effective now through *effective; -1: it is in no defined state,
 * and must end.
 */
int credentials_assume(const struct credentials *, enum credentials_use,
    uint64_t permitted, uint64_t *effective);

#endif /* PRIVD_SESSION_CREDENTIALS_H */

/* SPDX-License-Identifier: ISC */
/*
 * The register of sessions: a file for each, named by the first of its ids and
 * locked by its keeper as long as that lives. Sessions outlive the monitor; by
 * this its successor knows which there are: how many, whose, and with which
 * ids. The kernel says who holds a lock, so that no more than root's folder is
 * trusted, and what is written in a file only for whose session it is.
 */
#ifndef PRIVD_REGISTER_H
#define PRIVD_REGISTER_H

#include <sys/types.h>

#include <stdint.h>

#include "places.h"

#define REGISTER_FOLDER PRIVD_RUNDIR "/privd/sessions"
#define REGISTER_NOBODY ((uid_t)-1)

struct register_entry {
	uid_t first_id; /* its name */
	uid_t user;     /* REGISTER_NOBODY: nobody knows */
	pid_t keeper;
	int pidfd; /* of the keeper */
	/* the launcher, later the program; 0: not known, or gone */
	pid_t peer;
	int peer_pidfd; /* -1 */
	int card;       /* of the keeper's, a copy: card.h; -1 */
	int64_t began;  /* CLOCK_REALTIME, in seconds */
};

/* The folder, made if it is not there; -1 with errno (EPERM: it is not root's
   alone). */
int register_open(void);
/*
 * This process becomes the keeper of a session. Its descriptor, which is to be
 * kept open and never duplicated; -1 with errno, EEXIST if somebody has these
 * ids.
 */
int register_enter(int folder, uid_t first_id, uid_t user, pid_t peer,
    int card);
/* Is there one with these ids, or was there? */
int register_has(int folder, uid_t first_id);
/*
 * Whoever is there, each with descriptors that are the caller's; files of those
 * that are no more are removed. -1 with errno.
 */
int register_read(int folder,
    void (*found)(void *context, struct register_entry *), void *context);
/* Gives its descriptors back. */
void register_clear(struct register_entry *);
/* That session is no more. -1, with errno: it is still there, and
   register_read() takes it out. */
int register_remove(int folder, uid_t first_id);

#endif /* PRIVD_REGISTER_H */

/* SPDX-License-Identifier: ISC */
/*
 * The monitor executes its own file anew, which another version may lie in by
 * now: the same process, with the same children and the same listening socket.
 * Sessions it finds in the register, as any monitor does that begins: nothing
 * else is passed on, so that no version needs to know what another had in
 * memory.
 */
#ifndef PRIVD_UPGRADE_H
#define PRIVD_UPGRADE_H

#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>

struct upgrade {
	char *const *argv; /* as it was started */
	char file[PATH_MAX];
	pid_t checker; /* 0: there is none */
	bool done;     /* this is one that came of an upgrade */
};

struct listener;

void upgrade_init(struct upgrade *, char *const *argv);
/* Has the file look at configuration and policies first, in a child. */
void upgrade_begin(struct upgrade *);
/*
 * What came of that: executes the file, if it found no errors. Returns if not,
 * with everything as it was.
 */
void upgrade_go_on(struct upgrade *, int status, const struct listener *);
/*
 * Says whether there was an upgrade; and fills in what there was before of that
 * path, if it is as it must be: socket and lock, each -1 if there is none.
 */
void upgrade_listener(struct upgrade *, const char *path, struct listener *);

#endif /* PRIVD_UPGRADE_H */

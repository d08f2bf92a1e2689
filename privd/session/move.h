/* SPDX-License-Identifier: ISC */
/*
 * Calls that move the program itself to another folder or root: nobody can
 * make them for it, so they are let go on and looked at afterwards.
 */
#ifndef PRIVD_SESSION_MOVE_H
#define PRIVD_SESSION_MOVE_H

#include <sys/stat.h>
#include <sys/types.h>

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct call;
struct judge;

#define MOVES_MAX 32
#define ROOTS_MAX 64

/* One call on its way, or done while others of its process are not. */
struct move {
	_Atomic pid_t tgid; /* 0: this place is free */
	pid_t tid;
	uint64_t start; /* of the process: birth_started() */
	int folder;     /* of the thread, in /proc; -1: it was gone */
	int process;    /* the process's */
	bool root;      /* chroot */
	bool done;
	struct stat before;
	struct stat target;
	char path[PATH_MAX]; /* the target's, for the log */
};

/* All of them, where a judge's successor finds them. */
struct moves {
	_Atomic uint32_t
	    used; /* places, so far: the others are no memory yet */
	_Atomic uint32_t nroots;
	struct move moves[MOVES_MAX];
	/* Where anybody may have his root, once somebody moved his: that of
	   the session, and those that were judged. */
	struct stat roots[ROOTS_MAX];
};

/* They are kept there from now on, with those that are there. -1: what is
   there cannot be. */
int moves_keep(struct moves *);

/* chdir, fchdir or chroot, permitted: checked on its pin, let go on, and
   remembered. */
void call_move(struct judge *, struct call *);
/*
 * Before anything is done for whoever calls now: do all who moved stand where
 * they were judged to go, or where they were? Who does not is killed. False:
 * it is the caller.
 */
bool moves_settle(struct judge *, struct call *);

#endif /* PRIVD_SESSION_MOVE_H */

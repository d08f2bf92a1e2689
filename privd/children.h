/* SPDX-License-Identifier: ISC */
/* The monitor's connections, and what has become of each. */
#ifndef PRIVD_CHILDREN_H
#define PRIVD_CHILDREN_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct child;
struct control_session;
struct monitor;

/* Its peer, or the program that came of it, is gone or was never known. */
bool child_has_ended(const struct child *);
/* It is no session, and will be none. */
bool child_is_talk(const struct child *);
/* By its process; NULL: there is none. */
struct child *child_find(const struct monitor *, pid_t);
/* Gives back what it holds; it is in no list. */
void child_free(struct child *);
/* This one, by no number that another may have by now. What it was refused is
   kept for who asks later. */
void child_forget(struct monitor *, struct child *);
/*
 * A keeper ends after the last of its programs. Where it was killed nobody
 * answers those any more, which would go on half: the first, which is known
 * here, is ended, and what it has forked fails where it asks. So is a launcher
 * whom nobody answers any more.
 */
void child_lose(const struct child *);
/* What a connection, or all, have turned out to be, by their cards. */
void child_look(struct child *);
void children_look(struct monitor *);

/* In the process of a connection: whom it may be asked about. */
struct children_view {
	const struct monitor *monitor;
	uid_t uid;
};
/* These, to be freed by the caller, who has their cards no longer than the
   monitor; NULL: no memory. context: a children_view. */
struct control_session *children_show(const void *context, size_t *n);

#endif /* PRIVD_CHILDREN_H */

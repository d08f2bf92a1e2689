/* SPDX-License-Identifier: ISC */
/*
 * The mark of programs that may be elevated: CAP_BLOCK_SUSPEND in the
 * inheritable capabilities of the file. It gives nothing to whoever does not
 * come through privrun.
 */
#ifndef PRIVD_SESSION_MARK_H
#define PRIVD_SESSION_MARK_H

#include <sys/capability.h>

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* What the capabilities of a file are to privd. */
struct mark {
	bool marked;
	bool guard;   /* whoever executes it gains the guard, as by privrun */
	bool others;  /* or another capability */
	bool foreign; /* they count in some user namespace alone */
};

/* caps NULL: it has none. */
void mark_of(cap_t caps, struct mark *);
/* Of a file by name. 0; -1 with errno. */
int mark_read(const char *path, struct mark *);

/* A program that can be marked, by its descriptor. */
struct mark_file {
	int fd;
	char path[PATH_MAX]; /* canonical */
};

/*
 * Opens a program (absolute path) for mark_change(): a binary that, with all
 * folders above it, is root's alone, to which no link leads that others can
 * set. 0, and the descriptor is the caller's; or -1 with why, errno being
 * ENOENT if it is not there.
 */
int mark_open(const char *path, struct mark_file *, char *why, size_t len);
/*
 * Sets the mark or takes it away; other capabilities of the file stay as they
 * are. *changed: it was not so before. 0; -1 with why.
 */
int mark_change(const struct mark_file *, bool marked, bool *changed, char *why,
    size_t len);

#endif /* PRIVD_SESSION_MARK_H */

/* SPDX-License-Identifier: ISC */
/*
 * What comes to run for the file that an execve names: itself, or who
 * interprets it.
 */
#ifndef PRIVD_SESSION_EXECUTABLE_H
#define PRIVD_SESSION_EXECUTABLE_H

#include <sys/stat.h>

#include <stdbool.h>

#include "words.h"

struct call;
struct judge;

struct executable {
	struct stat image; /* what will be mapped */
	struct stat file;  /* what was named: the same, or a script */
	/* what the kernel puts before the arguments, if it is interpreted */
	struct words_head head;
	bool is_script;
	bool unread; /* the last of them, which may be interpreted as well */
};

/* Of the call's pinned file. 0, or the errno with which the kernel would
   refuse to execute it. */
int executable_find(struct judge *, struct call *, struct executable *);

#endif /* PRIVD_SESSION_EXECUTABLE_H */

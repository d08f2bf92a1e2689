/* SPDX-License-Identifier: ISC */
/*
 * Interpreters that are registered with the kernel for files of other kinds
 * (binfmt_misc): which one will run for a file, if any.
 */
#ifndef PRIVD_SESSION_BINFMT_H
#define PRIVD_SESSION_BINFMT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define BINFMT_HEAD 256 /* what the kernel looks at of a file */

struct binfmt {
	char interpreter[PATH_MAX];
	bool keeps_first; /* argv[0] stays, behind the file's name */
	bool opened;      /* the interpreter was, when it was registered */
};

/*
 * Is an entry's text, as its file shows it, for a file that begins with these
 * BINFMT_HEAD bytes (zeros behind its end) and was named so?
 */
bool binfmt_matches(const char *text, const unsigned char *head,
    const char *name, struct binfmt *);
/* The entry that the kernel takes for an open file of that name. */
bool binfmt_find(int fd, const char *name, struct binfmt *);

#endif /* PRIVD_SESSION_BINFMT_H */

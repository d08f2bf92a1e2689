/* SPDX-License-Identifier: ISC */
/*
 * The programs that root has marked, so that they can be marked again when an
 * upgrade has put new files in their places.
 */
#ifndef PRIVD_MARKS_H
#define PRIVD_MARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "places.h"

#define MARKS_FILE PRIVD_STATEDIR "/privd/marks"

struct marks {
	char **paths; /* canonical, in order */
	size_t count;
	bool changed;
	int lock; /* -1: read only */
	char *lock_name;
};

/*
 * Reads the list; with `change` its folder is made if it is not there, and
 * others wait until marks_close(). A file that is not there is an empty list.
 * 0; or -1 with why.
 */
int marks_open(struct marks *, const char *path, bool change, char *why,
    size_t len);
/* Without memory -1; a path that holds control characters: -1, EINVAL. */
int marks_add(struct marks *, const char *path);
/* Was it there? */
bool marks_remove(struct marks *, const char *path);
bool marks_has(const struct marks *, const char *path);
/* Writes it in the file's place, if it has changed. 0; -1 with errno. */
int marks_save(struct marks *, const char *path);
void marks_close(struct marks *);

#endif /* PRIVD_MARKS_H */

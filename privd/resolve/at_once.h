/* SPDX-License-Identifier: ISC */
/* Paths that the kernel walks for us, in one call; for walk.c. */
#ifndef PRIVD_RESOLVE_AT_ONCE_H
#define PRIVD_RESOLVE_AT_ONCE_H

#include <stdbool.h>

#include "resolve.h"

/*
 * Pins what a path leads to, and names it; without its parent. 0; or an errno,
 * which says why it did not come about, and nothing of what the program shall
 * get, but for ENOENT: something is missing.
 */
int at_once_pin(const struct resolve_view *, int start, const char *path,
    unsigned int flags, struct resolve_pin *);
/* Where a path's last component begins; NULL if there is none before it. */
char *at_once_last(char *path);
/* O_PATH of the folder to which a path leads, or -1: to be walked. */
int at_once_folder(const struct resolve_view *, int start, const char *path,
    bool links);

#endif /* PRIVD_RESOLVE_AT_ONCE_H */

/* SPDX-License-Identifier: ISC */
/*
 * What of /proc is the broker's own: the kernel always lets it look into that,
 * so to a program for which it walks and opens it is not there.
 */
#ifndef PRIVD_RESOLVE_OURS_H
#define PRIVD_RESOLVE_OURS_H

#include <sys/stat.h>

#include <stdbool.h>

#define PROC_ROOT_INO 1

/* Is it on a procfs? */
bool ours_is_procfs(int fd);
/* The same, of what resolve_stat() was asked: mounted elsewhere it is walked as
   /proc is. */
bool ours_is_on_procfs(int fd, const struct stat *);
/* Does a procfs (its root) show the numbers that the broker itself sees? */
bool ours_is_numbered(int root);
/* Is the name, in a procfs's root, one of the broker's? Threads have one, too,
   that no listing shows. */
bool ours_is_entry(int root, const char *name);
/*
 * Is the object, come to by other ways than from a procfs's root, within what
 * is the broker's? What is on a procfs and cannot be placed is.
 */
bool ours_is_within(int fd, const struct stat *);

#endif /* PRIVD_RESOLVE_OURS_H */

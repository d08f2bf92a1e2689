/* SPDX-License-Identifier: ISC */
/* Who listens at a path, and that nobody else does. */
#ifndef PRIVD_LOCK_H
#define PRIVD_LOCK_H

#include <stdbool.h>

/* What is behind the socket's path in the name of the file. */
#define LOCK_SUFFIX ".lock"

/*
 * Takes the lock of that path, waiting a while for one who ends; it is held as
 * long as the descriptor, or a copy of it, is open. -1 with errno: EAGAIN,
 * another one has it; EPERM, the file is not root's alone.
 */
int lock_take(const char *path);
/*
 * The same with a descriptor that lock_take() gave before this process executed
 * its file anew. False: it is none of that path's, or somebody has removed the
 * file; the descriptor is as it was.
 */
bool lock_is_held(int fd, const char *path);
/* Has a file that is locked its name still, or does that lead to another? */
bool lock_is_at(int fd, const char *name);

#endif /* PRIVD_LOCK_H */

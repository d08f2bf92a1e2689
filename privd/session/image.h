/* SPDX-License-Identifier: ISC */
/*
 * What a file is when it is executed: itself, or a script of an interpreter.
 */
#ifndef PRIVD_SESSION_IMAGE_H
#define PRIVD_SESSION_IMAGE_H

#include <sys/stat.h>

#include <stddef.h>
#include <stdint.h>

#define IMAGE_LINE_MAX 256 /* the kernel reads no more of a first line */

/*
 * The interpreter that an open file names in its first line ("#!"), "" if
 * it is no script. Returns 0, or ENOEXEC for a line that the kernel refuses.
 */
int image_interpreter(int fd, char *, size_t);
/*
 * The executable that the kernel will map for a path: itself, or, of a
 * script, its interpreter, at most five deep. 0 or errno.
 */
int image_of(const char *path, struct stat *);
/* SHA-256 of an open file's content; -1 with errno. */
int image_digest(int fd, uint8_t digest[32]);

#endif /* PRIVD_SESSION_IMAGE_H */

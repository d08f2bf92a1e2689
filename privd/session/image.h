/* SPDX-License-Identifier: ISC */
/*
 * What a file is when it is executed: itself, or a script of an interpreter.
 */
#ifndef PRIVD_SESSION_IMAGE_H
#define PRIVD_SESSION_IMAGE_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_LINE_MAX 256 /* the kernel reads no more of a first line */

#define IMAGE_SCRIPTS_MAX 5 /* scripts of scripts, as the kernel has it */

/* What a script's first line names. */
struct image_line {
	char interpreter[IMAGE_LINE_MAX]; /* "": it is no script */
	char argument[IMAGE_LINE_MAX];    /* all that follows it */
	bool has_argument;                /* it can be "" */
};

/*
 * Reads the first line ("#!") of an open file as the kernel does. Returns 0,
 * or ENOEXEC or EACCES for one that the kernel refuses.
 */
int image_first_line(int fd, struct image_line *);
/*
 * The executable that the kernel will map for a path: itself, or, of a
 * script, its interpreter, at most five deep. 0 or errno.
 */
int image_of(const char *path, struct stat *);
/* Of an open file: 32 or 64, as its ELF header says; 0: it has none. */
int image_bits(int fd);
/* SHA-256 of an open file's content; -1 with errno. */
int image_digest(int fd, uint8_t digest[32]);

#endif /* PRIVD_SESSION_IMAGE_H */

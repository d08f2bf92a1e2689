/* SPDX-License-Identifier: ISC */
/*
 * Text that is put together in memory, whole or not at all.
 */
#ifndef PRIVD_MEMORY_TEXT_H
#define PRIVD_MEMORY_TEXT_H

#include <stddef.h>
#include <stdio.h>

struct memory_text {
	char *bytes;
	size_t len;
	size_t room;
};

/* NULL with errno. */
FILE *memory_text_open(struct memory_text *);
/* Closes it. The text, of *len bytes and a NUL, is the caller's to free;
   NULL with ENOMEM if there is not all of it. */
char *memory_text_close(FILE *, struct memory_text *, size_t *len);

#endif /* PRIVD_MEMORY_TEXT_H */

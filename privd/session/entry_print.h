/* SPDX-License-Identifier: ISC */
/*
 * What the printers of entries write with: as much as there is room for.
 */
#ifndef PRIVD_SESSION_ENTRY_PRINT_H
#define PRIVD_SESSION_ENTRY_PRINT_H

#include <stddef.h>

struct print {
	char *buf;
	size_t size;
	size_t len;
};

void print_start(struct print *, char *buf, size_t size);
void print_bytes(struct print *, const void *, size_t len);
void print_format(struct print *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Ends it with a NUL; the length. */
size_t print_end(struct print *);

#endif /* PRIVD_SESSION_ENTRY_PRINT_H */

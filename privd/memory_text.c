/* SPDX-License-Identifier: ISC */
/*
 * Not open_memstream(3): glibc's leaves out what it has no memory for, and
 * neither ferror(3) nor fclose(3) tells.
 */
#include "memory_text.h"

#include <sys/types.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LEAST 1024

static ssize_t
put(void *cookie, const char *bytes, size_t len)
{
	struct memory_text *text = cookie;
	size_t room = text->room == 0 ? LEAST : text->room;
	char *grown;

	while (len >= room - text->len) /* and a NUL */
		room *= 2;
	if (room != text->room) {
		grown = realloc(text->bytes, room);
		if (grown == NULL)
			return 0; /* an error of the stream's from now on */
		text->bytes = grown;
		text->room = room;
	}
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = '\0';
	return (ssize_t)len;
}

FILE *
memory_text_open(struct memory_text *text)
{
	const cookie_io_functions_t functions = { .write = put };

	memset(text, 0, sizeof(*text));
	return fopencookie(text, "w", functions);
}

char *
memory_text_close(FILE *out, struct memory_text *text, size_t *len)
{
	int failed = ferror(out);

	if (fclose(out) != 0 || failed != 0) {
		free(text->bytes);
		text->bytes = NULL;
		errno = ENOMEM;
		return NULL;
	}
	*len = text->len;
	return text->bytes != NULL ? text->bytes : strdup("");
}

/* SPDX-License-Identifier: ISC */
/*
 * Putting text together in a buffer of the caller's. Nothing is ever cut
 * off: half of a value could be the whole of another.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "rows.h"

void
sys_text_start(struct sys_text *text, char *buf, size_t size)
{
	text->start = text->at = buf;
	text->end = buf + size;
	text->full = size == 0;
	if (size > 0)
		*buf = '\0';
}

void
sys_text_add(struct sys_text *text, const char *fmt, ...)
{
	size_t left = (size_t)(text->end - text->at);
	va_list ap;
	int n;

	if (text->full)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text->at, left, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= left)
		text->full = true;
	else
		text->at += n;
}

int
sys_text_end(const struct sys_text *text)
{
	if (!text->full)
		return 0;
	if (text->end > text->start)
		*text->start = '\0';
	errno = ENAMETOOLONG;
	return -1;
}

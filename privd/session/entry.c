/* SPDX-License-Identifier: ISC */
/*
 * Entries: how they are made, and taken from others. How they are printed is
 * in entry_text.c and entry_fields.c.
 */
#include "entry.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CUT "..."

void
entry_start(struct entry *entry)
{
	entry->len = 0;
}

/* Not within a character, or what is UTF-8 is none any more. */
static size_t
cut(const char *value, size_t len)
{
	size_t n;

	for (n = 0; n < 4 && n < len; n++)
		if (((unsigned char)value[len - n] & 0xc0) != 0x80)
			return len - n;
	return len;
}

#define LEAST (sizeof(CUT) + 1) /* of a field, with its number */

/* There is room for the least. */
static void
add(struct entry *entry, enum entry_field field, const char *value, size_t most)
{
	size_t len = strlen(value);
	size_t room = sizeof(entry->bytes) - entry->len - LEAST;
	char *to = entry->bytes + entry->len;
	const char *end = "";

	if (most > room)
		most = room;
	if (len > most) {
		len = cut(value, most);
		end = CUT;
	}
	*to++ = (char)field;
	memcpy(to, value, len);
	memcpy(to + len, end, strlen(end) + 1);
	entry->len += 1 + len + strlen(end) + 1;
}

void
entry_add(struct entry *entry, enum entry_field field, const char *value)
{
	if (sizeof(entry->bytes) - entry->len >= LEAST)
		add(entry, field, value,
		    field == ENTRY_NOTE ? ENTRY_MAX : ENTRY_VALUE_MAX);
}

static size_t
count_arguments(const struct entry *entry)
{
	const char *p = entry->bytes, *end = p + entry->len;
	size_t n = 0;

	for (; p < end; p += strlen(p + 1) + 2)
		n += *p == ENTRY_NAME;
	return n;
}

void
entry_add_argument(struct entry *entry, enum entry_field field,
    const char *name, const char *value)
{
	if (sizeof(entry->bytes) - entry->len < ENTRY_NAME_MAX + 2 * LEAST ||
	    count_arguments(entry) >= ENTRY_ARGUMENTS_MAX)
		return;
	add(entry, ENTRY_NAME, name, ENTRY_NAME_MAX);
	add(entry, field, value, ENTRY_VALUE_MAX);
}

void
entry_addf(struct entry *entry, enum entry_field field, const char *fmt, ...)
{
	char text[ENTRY_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	entry_add(entry, field, text);
}

/* Where the next field begins; NULL: this is none. */
static const char *
next(const char *p, const char *end)
{
	const char *nul;

	if (*p < ENTRY_VERDICT || *p >= ENTRY_FIELDS)
		return NULL;
	nul = memchr(p + 1, '\0', (size_t)(end - p) - 1);
	return nul == NULL ? NULL : nul + 1;
}

static bool
is_value(int field)
{
	return field == ENTRY_VALUE || field == ENTRY_MISSING;
}

int
entry_take(struct entry *entry, const void *bytes, size_t len)
{
	const char *p = bytes, *end = p + len;
	bool seen[ENTRY_FIELDS] = { false };
	int before = 0;

	errno = EBADMSG;
	entry->len = 0;
	if (len > sizeof(entry->bytes))
		return -1;
	while (p != NULL && p < end) {
		int field = (unsigned char)*p;

		p = next(p, end);
		if (p == NULL || (before == ENTRY_NAME) != is_value(field))
			return -1;
		if (seen[field] && field != ENTRY_NAME && !is_value(field))
			return -1;
		seen[field] = true;
		before = field;
	}
	if (before == ENTRY_NAME ||
	    seen[ENTRY_VERDICT] + seen[ENTRY_NOTE] + seen[ENTRY_DROPPED] != 1)
		return -1;
	memcpy(entry->bytes, bytes, len);
	entry->len = len;
	if (count_arguments(entry) <= ENTRY_ARGUMENTS_MAX)
		return 0;
	entry->len = 0;
	return -1;
}

const char *
entry_get(const struct entry *entry, enum entry_field field)
{
	const char *p = entry->bytes, *end = p + entry->len;

	for (; p < end; p += strlen(p + 1) + 2)
		if (*p == (char)field)
			return p + 1;
	return NULL;
}

bool
entry_is_elevated(const struct entry *entry)
{
	return entry_get(entry, ENTRY_AS) != NULL ||
	    entry_get(entry, ENTRY_WITH) != NULL;
}

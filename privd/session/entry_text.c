/* SPDX-License-Identifier: ISC */
/*
 * Entries as systrace prints them. A value cannot look like another field of
 * its line: control characters, whatever is not ASCII, backslashes and commas
 * are escaped as strunvis(3) reads them.
 */
#include "entry.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#define LIBBSD_OPENBSD_VIS /* strvisx(3) alone is used */
#include <vis.h>

#include "entry_print.h"

#define CUT "..."

void
print_start(struct print *print, char *buf, size_t size)
{
	print->buf = buf;
	print->size = size;
	print->len = 0;
}

void
print_bytes(struct print *print, const void *bytes, size_t len)
{
	size_t room = print->size - 1 - print->len;

	if (len > room)
		len = room;
	memcpy(print->buf + print->len, bytes, len);
	print->len += len;
}

void
print_format(struct print *print, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0)
		print_bytes(print, text, strlen(text));
}

size_t
print_end(struct print *print)
{
	print->buf[print->len] = '\0';
	return print->len;
}

#define HIGH_COMMA 0254     /* strvis(3) has it as \M-, */
#define ESCAPED_AT_ONCE 256 /* bytes, each of which may be four */

/* Notes are sentences, whose own commas stay as they are. */
static void
print_escaped(struct print *print, const char *value, bool commas)
{
	static const char ends[] = { ',', (char)HIGH_COMMA, '\0' };
	char escaped[4 * ESCAPED_AT_ONCE + 1];
	size_t n;

	for (; *value != '\0'; value += n) {
		n = commas ? strcspn(value, ends) : strlen(value);
		if (n > ESCAPED_AT_ONCE)
			n = ESCAPED_AT_ONCE;
		(void)strvisx(escaped, value, n, VIS_CSTYLE | VIS_NL | VIS_TAB);
		print_bytes(print, escaped, strlen(escaped));
		if (n < ESCAPED_AT_ONCE && value[n] != '\0')
			print_format(print, "\\%03o",
			    (unsigned char)value[n++]);
	}
}

static void
print_field(struct print *print, const struct entry *entry, const char *before,
    enum entry_field field, const char *after)
{
	const char *value = entry_get(entry, field);

	print_bytes(print, before, strlen(before));
	print_escaped(print, value != NULL ? value : "", true);
	print_bytes(print, after, strlen(after));
}

static void
print_arguments(struct print *print, const struct entry *entry)
{
	const char *p = entry->bytes, *end = p + entry->len;

	for (; p < end; p += strlen(p + 1) + 2) {
		if (*p == ENTRY_NAME)
			print_bytes(print, ", ", 2);
		else if (*p == ENTRY_MISSING)
			print_format(print, "/<non-existent filename>: ");
		else if (*p != ENTRY_VALUE)
			continue;
		print_escaped(print, p + 1, true);
		if (*p == ENTRY_NAME)
			print_bytes(print, ": ", 2);
	}
}

static void
print_call(struct print *print, const struct entry *entry)
{
	const char *line = entry_get(entry, ENTRY_LINE);

	print_field(print, entry, "", ENTRY_VERDICT, " user: ");
	print_field(print, entry, "", ENTRY_USER, ", prog: ");
	print_field(print, entry, "", ENTRY_PROGRAM, ", pid: ");
	print_field(print, entry, "", ENTRY_PID, "(");
	print_field(print, entry, "", ENTRY_REGIME, ")[");
	print_field(print, entry, "", ENTRY_PARENT, "], policy: ");
	print_field(print, entry, "", ENTRY_POLICY, ", filters: ");
	print_field(print, entry, "", ENTRY_RULES, ", syscall: ");
	print_field(print, entry, "", ENTRY_CALL, "(");
	print_field(print, entry, "", ENTRY_NUMBER, ")");
	print_arguments(print, entry);
	if (entry_get(entry, ENTRY_AS) != NULL)
		print_field(print, entry, ", as: ", ENTRY_AS, "");
	if (entry_get(entry, ENTRY_WITH) != NULL)
		print_field(print, entry, ", with: ", ENTRY_WITH, "");
	print_bytes(print, ", line: ", 8);
	print_escaped(print, line != NULL ? line : "default", true);
}

static size_t
print_text(struct print *print, const struct entry *entry)
{
	const char *dropped = entry_get(entry, ENTRY_DROPPED);
	const char *note = entry_get(entry, ENTRY_NOTE);
	size_t len;

	if (note != NULL)
		print_escaped(print, note, false);
	else if (dropped != NULL)
		print_field(print, entry, "", ENTRY_DROPPED,
		    strcmp(dropped, "1") == 0 ? " message dropped" :
						" messages dropped");
	else
		print_call(print, entry);
	len = print_end(print);
	if (len == print->size - 1 && print->size > sizeof(CUT))
		memcpy(print->buf + len - strlen(CUT), CUT, strlen(CUT));
	return len;
}

size_t
entry_print_text(const struct entry *entry, char *buf, size_t size)
{
	struct print print;

	print_start(&print, buf, size);
	return print_text(&print, entry);
}

size_t
entry_print_stamped(const struct entry *entry, const struct entry_stamp *stamp,
    char *buf, size_t size)
{
	struct print print;

	print_start(&print, buf, size);
	if (stamp->session != 0)
		print_format(&print, "session %llu, uid %u, pid %d: ",
		    (unsigned long long)stamp->session, stamp->uid,
		    (int)stamp->pid);
	return print_text(&print, entry);
}

size_t
entry_print_time(const struct entry_stamp *stamp, char *buf, size_t size)
{
	time_t seconds = (time_t)stamp->seconds;
	struct print print;
	struct tm tm;
	char text[64];

	print_start(&print, buf, size);
	if (gmtime_r(&seconds, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) > 0)
		print_format(&print, "%s.%06uZ", text, stamp->microseconds);
	return print_end(&print);
}

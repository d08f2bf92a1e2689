/* SPDX-License-Identifier: ISC */
/*
 * What was found in policies: errors, warnings and notes, in the order in
 * which they were found. Text that comes from a file is made harmless for
 * terminals here; nothing is printed but on request.
 */
#include "internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* libbsd has two of strnvis(), which is not used here: either will do. */
#define LIBBSD_OPENBSD_VIS
#include <vis.h>

/* A file of nonsense must not fill the memory with complaints. */
#define REPORT_MAX 10000
/* Bytes of a text. Every one can become four, and a sign says what was cut. */
#define SHOWN_WHOLE 56
#define SHOWN_CUT 52

static void
report_count(struct policy_report *report, enum policy_severity severity)
{
	if (severity == POLICY_ERROR)
		report->errors++;
	else if (severity == POLICY_WARNING)
		report->warnings++;
}

static struct policy_message *
report_grow(struct policy_report *report)
{
	struct policy_message *messages;
	size_t size;

	/* Room doubles whenever the count is a power of two. */
	if ((report->count & (report->count - 1)) == 0) {
		size = report->count == 0 ? 1 : report->count * 2;
		messages = reallocarray(report->messages, size,
		    sizeof(*messages));
		if (messages == NULL)
			return NULL;
		report->messages = messages;
	}
	return &report->messages[report->count];
}

void
report_add(struct policy_report *report, enum policy_severity severity,
    const char *file, struct policy_place place, const char *fmt, ...)
{
	struct policy_message *message;
	va_list ap;
	char *text;

	if (report == NULL)
		return;
	/* An error counts even if there is no memory for its words. */
	report_count(report, severity);
	if (report->count > REPORT_MAX)
		return;
	message = report_grow(report);
	if (message == NULL)
		return;
	va_start(ap, fmt);
	if (report->count == REPORT_MAX)
		text = strdup("too many messages, the rest is left out");
	else if (vasprintf(&text, fmt, ap) == -1)
		text = NULL;
	va_end(ap);
	message->severity = severity;
	message->line = place.line;
	message->column = place.column;
	message->text = text;
	message->file = strdup(file);
	if (text == NULL || message->file == NULL) {
		free(text);
		free(message->file);
		return;
	}
	report->count++;
}

const char *
report_text(const char *bytes, size_t len, char out[REPORT_TEXT_MAX])
{
	bool whole = len <= SHOWN_WHOLE;
	size_t most = whole ? len : SHOWN_CUT;
	char copy[SHOWN_WHOLE + 1];

	/* strvisx(3) looks at what stands behind the last byte. */
	if (most > 0)
		memcpy(copy, bytes, most);
	copy[most] = '\0';
	(void)strvisx(out, copy, most, VIS_CSTYLE | VIS_NOSLASH | VIS_NL);
	if (!whole)
		(void)strncat(out, "...", 4);
	return out;
}

/* Whatever came into it: names of files, and what was not cut to a word. */
static void
print_harmless(const char *text, FILE *out)
{
	char bytes[8];

	for (; *text != '\0'; text++) {
		(void)strvisx(bytes, text, 1,
		    VIS_CSTYLE | VIS_NOSLASH | VIS_NL | VIS_TAB);
		(void)fputs(bytes, out);
	}
}

void
policy_report_print(const struct policy_report *report, FILE *out,
    enum policy_severity least)
{
	static const char *const words[] = {
		[POLICY_NOTE] = "note: ",
		[POLICY_WARNING] = "warning: ",
		[POLICY_ERROR] = "",
	};
	const struct policy_message *message;
	size_t i;

	for (i = 0; i < report->count; i++) {
		message = &report->messages[i];
		if (message->severity < least)
			continue;
		print_harmless(message->file, out);
		(void)fputc(':', out);
		if (message->line > 0)
			(void)fprintf(out, "%u:%u:", message->line,
			    message->column);
		(void)fprintf(out, " %s", words[message->severity]);
		print_harmless(message->text, out);
		(void)fputc('\n', out);
	}
}

void
policy_report_clear(struct policy_report *report)
{
	size_t i;

	for (i = 0; i < report->count; i++) {
		free(report->messages[i].file);
		free(report->messages[i].text);
	}
	free(report->messages);
	memset(report, 0, sizeof(*report));
}

/* SPDX-License-Identifier: ISC */
/*
 * Lines of the log, as a judge sends them: text and JSON are of printing
 * characters, whatever the fields hold, and in one line.
 */
#include <string.h>

#include "../../privd/session/entry.h"
#include "../../privd/session/sink.h"
#include "fuzz.h"

static void
check_printing(const char *text, size_t len)
{
	size_t i;

	HOLDS(text[len] == '\0');
	for (i = 0; i < len; i++)
		HOLDS(text[i] >= ' ' && text[i] <= '~');
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static char buf[ENTRY_JOURNAL_MAX];
	static struct sink_message message;
	const struct entry_stamp stamp = { .seconds = 1, .priority = 4 };
	static struct entry entry;

	if (len <= sizeof(message)) {
		memset(&message, 0xff, sizeof(message));
		memcpy(&message, bytes, len);
		(void)sink_take(&message, len, &entry);
	}
	if (entry_take(&entry, bytes, len) == -1)
		return 0;
	HOLDS(entry.len == len && memcmp(entry.bytes, bytes, len) == 0);
	check_printing(buf, entry_print_text(&entry, buf, ENTRY_TEXT_MAX));
	check_printing(buf,
	    entry_print_stamped(&entry, &stamp, buf, ENTRY_TEXT_MAX));
	check_printing(buf,
	    entry_print_json(&entry, &stamp, buf, ENTRY_JSON_MAX));
	HOLDS(buf[0] == '{' && buf[strlen(buf) - 1] == '}');
	HOLDS(entry_print_journal(&entry, &stamp, buf, sizeof(buf)) <
	    sizeof(buf));
	return 0;
}

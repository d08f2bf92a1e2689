/* SPDX-License-Identifier: ISC */
/*
 * Entries for programs: JSON, and the systemd journal. The names of fields
 * are of a table here; what a session says cannot have those that its stamp
 * has.
 */
#include "entry.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "entry_print.h"

static const struct field {
	const char *name;
	bool number;
} fields[ENTRY_FIELDS] = {
	[ENTRY_VERDICT] = { "verdict", false },
	[ENTRY_USER] = { "user", false },
	[ENTRY_PROGRAM] = { "program", false },
	[ENTRY_PID] = { "process", true },
	[ENTRY_REGIME] = { "regime", true },
	[ENTRY_PARENT] = { "parent", true },
	[ENTRY_POLICY] = { "policy", false },
	[ENTRY_RULES] = { "rules", true },
	[ENTRY_CALL] = { "call", false },
	[ENTRY_NUMBER] = { "number", true },
	[ENTRY_AS] = { "as", false },
	[ENTRY_WITH] = { "with", false },
	[ENTRY_LINE] = { "line", true },
	[ENTRY_NOTE] = { "message", false },
	[ENTRY_DROPPED] = { "dropped", true },
};

static const char *const priorities[] = { "emerg", "alert", "crit", "err",
	"warning", "notice", "info", "debug" };

static const char *
event_of(const struct entry *entry)
{
	if (entry_get(entry, ENTRY_VERDICT) != NULL)
		return "call";
	return entry_get(entry, ENTRY_NOTE) != NULL ? "note" : "dropped";
}

/* --- UTF-8 */

/* One character and its length; 0: these bytes are none. */
static size_t
decode(const unsigned char *s, size_t len, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;

	if (s[0] < 0x80) {
		*c = s[0];
		return 1;
	}
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || n > len)
		return 0;
	*c = s[0] & (0x7fU >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3fU);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

static bool
is_utf8(const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t len = strlen(value), n;
	uint32_t c;

	for (; len > 0; s += n, len -= n) {
		n = decode(s, len, &c);
		if (n == 0)
			return false;
	}
	return true;
}

/* --- JSON */

/* Everything that is not plain ASCII as its numbers. */
static void
put_string(struct print *print, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t len = strlen(value), n;
	uint32_t c;

	print_bytes(print, "\"", 1);
	for (; len > 0; s += n, len -= n) {
		n = decode(s, len, &c);
		if (c == '"' || c == '\\')
			print_format(print, "\\%c", (int)c);
		else if (c >= ' ' && c <= '~')
			print_bytes(print, s, 1);
		else if (c < 0x10000)
			print_format(print, "\\u%04x", c);
		else
			print_format(print, "\\u%04x\\u%04x",
			    0xd800 + ((c - 0x10000) >> 10),
			    0xdc00 + ((c - 0x10000) & 0x3ff));
	}
	print_bytes(print, "\"", 1);
}

static void
put_array(struct print *print, const char *value)
{
	const char *p;

	print_bytes(print, "[", 1);
	for (p = value; *p != '\0'; p++)
		print_format(print, "%s%u", p == value ? "" : ",",
		    (unsigned char)*p);
	print_bytes(print, "]", 1);
}

static void
put_value(struct print *print, const char *value)
{
	if (is_utf8(value))
		put_string(print, value);
	else
		put_array(print, value);
}

/* JSON knows no number that begins with a zero. */
static bool
is_number(const char *value)
{
	size_t len = strlen(value);

	return len >= 1 && len <= 15 && strspn(value, "0123456789") == len &&
	    (value[0] != '0' || len == 1);
}

static void
put_field(struct print *print, const struct field *field, const char *value)
{
	print_format(print, ",\"%s\":", field->name);
	if (field->number && is_number(value))
		print_format(print, "%s", value);
	else
		put_value(print, value);
}

/* How many arguments before it have its name. */
static unsigned int
nth_of_name(const struct entry *entry, const char *name)
{
	const char *p = entry->bytes, *end = p + entry->len;
	unsigned int n = 0;

	for (; p < end && p + 1 != name; p += strlen(p + 1) + 2)
		n += *p == ENTRY_NAME && strcmp(p + 1, name) == 0;
	return n;
}

/*
 * A name, which lies in the entry, is what a key must be: a string, and no
 * other's; the table's of calls are ASCII. The second filename is filename[1],
 * as in rules.
 */
static void
put_name(struct print *print, const struct entry *entry, const char *name)
{
	char unique[ENTRY_MAX + 16];
	unsigned int nth = nth_of_name(entry, name);

	if (nth == 0) {
		put_string(print, is_utf8(name) ? name : "?");
		return;
	}
	(void)snprintf(unique, sizeof(unique), "%s[%u]",
	    is_utf8(name) ? name : "?", nth);
	put_string(print, unique);
}

static void
put_arguments(struct print *print, const struct entry *entry)
{
	const char *p = entry->bytes, *end = p + entry->len, *before = "{";

	print_bytes(print, ",\"arguments\":", 13);
	for (; p < end; p += strlen(p + 1) + 2) {
		if (*p == ENTRY_NAME) {
			print_bytes(print, before, 1);
			put_name(print, entry, p + 1);
			print_bytes(print, ":", 1);
			before = ",";
		} else if (*p == ENTRY_VALUE || *p == ENTRY_MISSING) {
			put_value(print, p + 1);
		}
	}
	print_bytes(print, "{}", *before == '{' ? 2 : 0);
	print_bytes(print, "}", *before == '{' ? 0 : 1);
}

/* The names of those whose files are not there. */
static void
put_missing(struct print *print, const struct entry *entry)
{
	const char *p = entry->bytes, *end = p + entry->len, *name = "";
	const char *before = ",\"missing\":[";

	for (; p < end; p += strlen(p + 1) + 2) {
		if (*p == ENTRY_NAME)
			name = p + 1;
		if (*p != ENTRY_MISSING)
			continue;
		print_bytes(print, before, strlen(before));
		put_name(print, entry, name);
		before = ",";
	}
	if (*before == ',' && before[1] == '\0')
		print_bytes(print, "]", 1);
}

size_t
entry_print_json(const struct entry *entry, const struct entry_stamp *stamp,
    char *buf, size_t size)
{
	const char *value;
	struct print print;
	char time[64];
	size_t i;

	(void)entry_print_time(stamp, time, sizeof(time));
	print_start(&print, buf, size);
	print_format(&print, "{\"time\":\"%s\",\"priority\":\"%s\"", time,
	    priorities[stamp->priority & LOG_PRIMASK]);
	if (stamp->session != 0)
		print_format(&print, ",\"session\":%llu,\"uid\":%u,\"pid\":%d",
		    (unsigned long long)stamp->session, stamp->uid,
		    (int)stamp->pid);
	print_format(&print, ",\"event\":\"%s\"", event_of(entry));
	for (i = 0; i < ENTRY_FIELDS; i++) {
		value = fields[i].name == NULL ?
		    NULL :
		    entry_get(entry, (enum entry_field)i);
		if (value != NULL)
			put_field(&print, &fields[i], value);
		if (i == ENTRY_NUMBER &&
		    entry_get(entry, ENTRY_VERDICT) != NULL) {
			put_arguments(&print, entry);
			put_missing(&print, entry);
		}
	}
	print_bytes(&print, "}", 1);
	return print_end(&print);
}

/* --- the journal */

/* What would end the line, or the terminal would act upon, has its length. */
static void
put_journal(struct print *print, const char *prefix, const char *name,
    const char *value)
{
	uint64_t len = strlen(value);
	unsigned char bytes[8];
	char upper[64];
	bool plain = true;
	size_t i;

	for (i = 0; i < len && plain; i++)
		plain = value[i] >= ' ' && value[i] <= '~';
	(void)snprintf(upper, sizeof(upper), "%s%s", prefix, name);
	for (i = 0; upper[i] != '\0'; i++) {
		if (upper[i] >= 'a' && upper[i] <= 'z')
			upper[i] = (char)(upper[i] - 'a' + 'A');
		else if ((upper[i] < 'A' || upper[i] > 'Z') &&
		    (upper[i] < '0' || upper[i] > '9'))
			upper[i] = '_';
	}
	print_bytes(print, upper, strlen(upper));
	print_bytes(print, plain ? "=" : "\n", 1);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(len >> 8 * i);
	print_bytes(print, bytes, plain ? 0 : sizeof(bytes));
	print_bytes(print, value, len);
	print_bytes(print, "\n", 1);
}

static void
put_journal_arguments(struct print *print, const struct entry *entry)
{
	const char *p = entry->bytes, *end = p + entry->len, *name = "";

	for (; p < end; p += strlen(p + 1) + 2) {
		if (*p == ENTRY_NAME)
			name = p + 1;
		else if (*p == ENTRY_VALUE || *p == ENTRY_MISSING)
			put_journal(print, "PRIVD_ARGUMENT_", name, p + 1);
		if (*p == ENTRY_MISSING)
			put_journal(print, "PRIVD_", "MISSING", name);
	}
}

size_t
entry_print_journal(const struct entry *entry, const struct entry_stamp *stamp,
    char *buf, size_t size)
{
	char text[ENTRY_TEXT_MAX];
	const char *value;
	struct print print;
	size_t i;

	print_start(&print, buf, size);
	(void)entry_print_stamped(entry, stamp, text, sizeof(text));
	put_journal(&print, "", "MESSAGE", text);
	print_format(&print,
	    "PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=privd\n"
	    "PRIVD_EVENT=%s\n",
	    stamp->priority & LOG_PRIMASK, LOG_FAC(LOG_AUTHPRIV),
	    event_of(entry));
	if (stamp->session != 0)
		print_format(&print,
		    "PRIVD_SESSION=%llu\nPRIVD_UID=%u\nPRIVD_PID=%d\n",
		    (unsigned long long)stamp->session, stamp->uid,
		    (int)stamp->pid);
	for (i = 0; i < ENTRY_FIELDS; i++) {
		value = fields[i].name == NULL || i == ENTRY_NOTE ?
		    NULL :
		    entry_get(entry, (enum entry_field)i);
		if (value != NULL)
			put_journal(&print, "PRIVD_", fields[i].name, value);
	}
	put_journal_arguments(&print, entry);
	return print_end(&print);
}

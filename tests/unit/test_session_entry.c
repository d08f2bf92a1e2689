/* SPDX-License-Identifier: ISC */
/*
 * Entries of the log: what hostile values can put into a line, an object, or
 * a datagram of the journal; and what bytes are no entry.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include "../../privd/session/entry.h"

static const struct entry_stamp stamp = {
	.seconds = 1764459724,
	.microseconds = 1234,
	.priority = LOG_WARNING,
	.session = 41,
	.uid = 1000,
	.pid = 4711,
};

static void
make_call(struct entry *entry, const char *name, const char *value)
{
	entry_start(entry);
	entry_add(entry, ENTRY_VERDICT, "permit");
	entry_add(entry, ENTRY_USER, "jose");
	entry_add(entry, ENTRY_PROGRAM, "/bin/x");
	entry_add(entry, ENTRY_PID, "12");
	entry_add(entry, ENTRY_REGIME, "0");
	entry_add(entry, ENTRY_PARENT, "11");
	entry_add(entry, ENTRY_POLICY, "/bin/x");
	entry_add(entry, ENTRY_RULES, "2");
	entry_add(entry, ENTRY_CALL, "native-open");
	entry_add(entry, ENTRY_NUMBER, "257");
	entry_add(entry, ENTRY_AS, "0:1");
	entry_add(entry, ENTRY_LINE, "8");
	entry_add_argument(entry, ENTRY_VALUE, name, value);
}

#define TEXT_HEAD                                                           \
	"permit user: jose, prog: /bin/x, pid: 12(0)[11], policy: /bin/x, " \
	"filters: 2, syscall: native-open(257), "
#define JSON_HEAD                                                             \
	"{\"time\":\"2025-11-29T23:42:04.001234Z\",\"priority\":\"warning\"," \
	"\"session\":41,\"uid\":1000,\"pid\":4711,\"event\":\"call\","        \
	"\"verdict\":\"permit\",\"user\":\"jose\",\"program\":\"/bin/x\","    \
	"\"process\":12,\"regime\":0,\"parent\":11,\"policy\":\"/bin/x\","    \
	"\"rules\":2,\"call\":\"native-open\",\"number\":257,\"arguments\":"

/* Of a file name: text, and JSON. */
static const struct {
	const char *value;
	const char *text;
	const char *json;
} values[] = {
	{ "/tmp/a", "/tmp/a", "\"/tmp/a\"" },
	{ "", "", "\"\"" },
	{ "/a\npermit user: root", "/a\\npermit user: root",
	    "\"/a\\u000apermit user: root\"" },
	{ "/a, line: 1, as: 0", "/a\\054 line: 1\\054 as: 0",
	    "\"/a, line: 1, as: 0\"" },
	{ ",,", "\\054\\054", "\",,\"" },
	{ "\254 line: 1", "\\254 line: 1",
	    "[172,32,108,105,110,101,58,32,49]" },
	{ "/a\",\"uid\":0,\"", "/a\"\\054\"uid\":0\\054\"",
	    "\"/a\\\",\\\"uid\\\":0,\\\"\"" },
	{ "\\054", "\\\\054", "\"\\\\054\"" },
	{ "\033[31m\007\177", "\\^[[31m\\a\\^?",
	    "\"\\u001b[31m\\u0007\\u007f\"" },
	{ "\303\244\342\202\254", "\\M-C\\M-$\\M-b\\M^B\\254",
	    "\"\\u00e4\\u20ac\"" },
	{ "\360\237\230\200", "\\M-p\\M^_\\M^X\\M^@", "\"\\ud83d\\ude00\"" },
	/* a terminal's escape in UTF-8, and one that turns text around */
	{ "\302\2331m\342\200\256", NULL, "\"\\u009b1m\\u202e\"" },
	/* not UTF-8: cut off, too long, of a surrogate, too large, none */
	{ "a\303", NULL, "[97,195]" },
	{ "\300\257", NULL, "[192,175]" },
	{ "\355\240\200", NULL, "[237,160,128]" },
	{ "\364\220\200\200", NULL, "[244,144,128,128]" },
	{ "\377\n", NULL, "[255,10]" },
	{ "\200", NULL, "[128]" },
};

static void
hostile_values(void **state)
{
	static char found[ENTRY_JSON_MAX], expected[ENTRY_JSON_MAX];
	static struct entry entry, taken;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		make_call(&entry, "filename", values[i].value);
		assert_int_equal(entry_take(&taken, entry.bytes, entry.len), 0);
		len = entry_print_text(&taken, found, sizeof(found));
		assert_int_equal(len, strlen(found));
		(void)snprintf(expected, sizeof(expected),
		    TEXT_HEAD "filename: %s, as: 0:1, line: 8", values[i].text);
		if (values[i].text != NULL)
			assert_string_equal(found, expected);
		assert_int_equal(strspn(found,
				     " !\"#$%&'()*+,-./0123456789:;<=>?@"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
				     "abcdefghijklmnopqrstuvwxyz{|}~"),
		    len);
		(void)entry_print_json(&taken, &stamp, found, sizeof(found));
		(void)snprintf(expected, sizeof(expected),
		    JSON_HEAD "{\"filename\":%s},\"as\":\"0:1\",\"line\":8}",
		    values[i].json);
		assert_string_equal(found, expected);
	}
}

/* Whatever stands where, a long value is escaped as a short one. */
static void
long_values(void **state)
{
	static const char pattern[] = "\\,\254\n\303x",
			  escaped[][5] = { "\\\\", "\\054", "\\254", "\\n",
				  "\\M-C", "x" };
	static char found[ENTRY_TEXT_MAX], expected[ENTRY_TEXT_MAX];
	static struct entry entry;
	char value[1024];
	size_t len, i;

	(void)state;
	for (len = 250; len < sizeof(value); len++) {
		(void)strlcpy(expected,
		    TEXT_HEAD "filename: ", sizeof(expected));
		for (i = 0; i < len; i++) {
			value[i] = pattern[(i + len) % (sizeof(pattern) - 1)];
			(void)strlcat(expected,
			    escaped[(i + len) % (sizeof(pattern) - 1)],
			    sizeof(expected));
		}
		value[len] = '\0';
		(void)strlcat(expected, ", as: 0:1, line: 8", sizeof(expected));
		make_call(&entry, "filename", value);
		(void)entry_print_text(&entry, found, sizeof(found));
		assert_string_equal(found, expected);
	}
}

/* What a session says is not of its stamp, nor twice in the object. */
static void
stamps(void **state)
{
	static char found[ENTRY_JSON_MAX];
	static struct entry entry;

	(void)state;
	make_call(&entry, "uid\",\"x", "0");
	entry_add_argument(&entry, ENTRY_MISSING, "uid", "/no");
	(void)entry_print_json(&entry, &stamp, found, sizeof(found));
	assert_string_equal(found,
	    JSON_HEAD "{\"uid\\\",\\\"x\":\"0\",\"uid\":\"/no\"},"
		      "\"missing\":[\"uid\"],\"as\":\"0:1\",\"line\":8}");
	(void)entry_print_stamped(&entry, &stamp, found, sizeof(found));
	assert_int_equal(strncmp(found,
			     "session 41, uid 1000, pid 4711: permit", 38),
	    0);
	/* Of two that have one name neither hides the other. */
	make_call(&entry, "filename", "/a");
	entry_add_argument(&entry, ENTRY_MISSING, "filename", "/b");
	entry_add_argument(&entry, ENTRY_VALUE, "flags", "0");
	(void)entry_print_json(&entry, &stamp, found, sizeof(found));
	assert_string_equal(found,
	    JSON_HEAD "{\"filename\":\"/a\",\"filename[1]\":\"/b\","
		      "\"flags\":\"0\"},\"missing\":[\"filename[1]\"],"
		      "\"as\":\"0:1\",\"line\":8}");
	entry_start(&entry);
	entry_add(&entry, ENTRY_NOTE, "a, b\n");
	(void)entry_print_stamped(&entry,
	    &(struct entry_stamp){ .priority = 5 }, found, sizeof(found));
	assert_string_equal(found, "a, b\\n");
	(void)entry_print_json(&entry, &(struct entry_stamp){ .priority = 5 },
	    found, sizeof(found));
	assert_string_equal(found,
	    "{\"time\":\"1970-01-01T00:00:00.000000Z\","
	    "\"priority\":\"notice\",\"event\":\"note\","
	    "\"message\":\"a, b\\u000a\"}");
}

/* A number is one for JSON, or a string. */
static void
numbers(void **state)
{
	static const char *const cases[][2] = {
		{ "17", "17" },
		{ "0", "0" },
		{ "017", "\"017\"" },
		{ "1,\"uid\":0", "\"1,\\\"uid\\\":0\"" },
		{ "", "\"\"" },
		{ "9999999999999999", "\"9999999999999999\"" },
	};
	static char found[ENTRY_JSON_MAX], expected[256];
	static struct entry entry;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		entry_start(&entry);
		entry_add(&entry, ENTRY_DROPPED, cases[i][0]);
		(void)entry_print_json(&entry, &stamp, found, sizeof(found));
		(void)snprintf(expected, sizeof(expected),
		    "\"event\":\"dropped\",\"dropped\":%s}", cases[i][1]);
		assert_string_equal(strstr(found, "\"event\""), expected);
	}
	entry_start(&entry);
	entry_add(&entry, ENTRY_DROPPED, "1");
	(void)entry_print_text(&entry, found, sizeof(found));
	assert_string_equal(found, "1 message dropped");
	entry_start(&entry);
	entry_add(&entry, ENTRY_DROPPED, "17");
	(void)entry_print_text(&entry, found, sizeof(found));
	assert_string_equal(found, "17 messages dropped");
}

static const char *
field(const char *datagram, size_t len, const char *name, char *value)
{
	const char *p = datagram, *end = datagram + len, *line;
	uint64_t size;
	size_t n, i;

	for (; p < end; p = line + 1) {
		n = strcspn(p, "=\n");
		if (p[n] == '=') {
			line = memchr(p, '\n', (size_t)(end - p));
			assert_non_null(line);
			size = (uint64_t)(line - p) - n - 1;
		} else {
			for (size = 0, i = 8; i > 0; i--)
				size = size << 8 | (unsigned char)p[n + i];
			line = p + n + 9 + size;
			assert_true(line < end && *line == '\n');
		}
		if (n == strlen(name) && strncmp(p, name, n) == 0) {
			memcpy(value, line - size, size);
			value[size] = '\0';
			return value;
		}
		for (i = 0; i < n; i++)
			assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
					       "0123456789",
			    p[i]));
	}
	return NULL;
}

/* The journal's datagram, read as the journal does. */
static void
journal(void **state)
{
	static char found[ENTRY_JOURNAL_MAX], value[ENTRY_TEXT_MAX];
	static struct entry entry;
	static const char hostile[] = "/a\nPRIVD_UID=0\n\377=";
	size_t len;

	(void)state;
	make_call(&entry, "file=\nname", hostile);
	len = entry_print_journal(&entry, &stamp, found, sizeof(found));
#define FIELD(name) field(found, len, name, value)
	assert_string_equal(FIELD("PRIVD_UID"), "1000");
	assert_string_equal(FIELD("PRIVD_SESSION"), "41");
	assert_string_equal(FIELD("PRIVD_PID"), "4711");
	assert_string_equal(FIELD("PRIORITY"), "4");
	assert_string_equal(FIELD("SYSLOG_FACILITY"), "10");
	assert_string_equal(FIELD("SYSLOG_IDENTIFIER"), "privd");
	assert_string_equal(FIELD("PRIVD_VERDICT"), "permit");
	assert_string_equal(FIELD("PRIVD_PROCESS"), "12");
	assert_string_equal(FIELD("PRIVD_AS"), "0:1");
	assert_string_equal(FIELD("PRIVD_ARGUMENT_FILE__NAME"), hostile);
	assert_null(FIELD("PRIVD_WITH"));
	assert_int_equal(strncmp(FIELD("MESSAGE"),
			     "session 41, uid 1000, pid 4711: permit user", 43),
	    0);
	assert_null(strchr(value, '\n'));
	assert_null(strstr(found, "\nPRIVD_ARGUMENT_FILE__NAME="));
}

/* What is too long is cut, never within a character, and stays an entry. */
static void
lengths(void **state)
{
	static char value[2 * ENTRY_MAX], found[ENTRY_JSON_MAX];
	static struct entry entry, taken;
	size_t i, most = ENTRY_VALUE_MAX;
	int n;

	(void)state;
	for (i = 0; i < 4; i++) {
		memset(value, 'a', sizeof(value) - 1);
		(void)strcpy(value + most - i, "\360\237\230\200b");
		make_call(&entry, "filename", value);
		(void)entry_print_json(&entry, &stamp, found, sizeof(found));
		assert_non_null(strstr(found, "aaa...\"}"));
	}
	memset(value, '\377', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (n = 0; n < 100; n++) {
		make_call(&entry, "a", "b");
		for (i = 0; i < 200; i++)
			entry_add_argument(&entry, ENTRY_MISSING,
			    value + sizeof(value) - 1 - n,
			    value + sizeof(value) - 1 - 7 * n);
		assert_int_equal(entry_take(&taken, entry.bytes, entry.len), 0);
		assert_true(entry_print_json(&taken, &stamp, found,
				sizeof(found)) < sizeof(found) - 1);
		assert_int_equal(found[strlen(found) - 1], '}');
	}
	/* Who does not make them by entry_add_argument() makes no more. */
	memcpy(entry.bytes, "\1deny", 6);
	entry.len = 6;
	for (i = 0; i < ENTRY_ARGUMENTS_MAX; i++) {
		memcpy(entry.bytes + entry.len,
		    (const char[]){ ENTRY_NAME, 0, ENTRY_VALUE, 0 }, 4);
		entry.len += 4;
	}
	assert_int_equal(entry_take(&taken, entry.bytes, entry.len), 0);
	memcpy(entry.bytes + entry.len,
	    (const char[]){ ENTRY_NAME, 0, ENTRY_VALUE, 0 }, 4);
	entry.len += 4;
	assert_int_equal(entry_take(&taken, entry.bytes, entry.len), -1);
	entry_start(&entry);
	entry_add(&entry, ENTRY_NOTE, value);
	assert_int_equal(entry_take(&taken, entry.bytes, entry.len), 0);
	(void)entry_print_text(&taken, found, 100);
	assert_int_equal(strlen(found), 99);
	assert_string_equal(found + 96, "...");
}

#define BYTES(s) s, sizeof(s) - 1

/* No entry, and the last one is. */
static const struct {
	const char *bytes;
	size_t len;
} bad[] = {
	{ BYTES("") },
	{ BYTES("\001") },
	{ BYTES("\001permit") },
	{ BYTES("\021note\0\0") },
	{ BYTES("\021note\0\023x\0") },
	{ BYTES("\021note\0\377x\0") },
	{ BYTES("\021note\0\021note\0") },    /* twice */
	{ BYTES("\001permit\0\021note\0") },  /* what is it? */
	{ BYTES("\002jose\0") },              /* nothing */
	{ BYTES("\001permit\0\013name\0") },  /* no value */
	{ BYTES("\001permit\0\014value\0") }, /* no name */
	{ BYTES("\001permit\0\013a\0\013b\0\014c\0") },
	{ BYTES("\001permit\0\013a\0\002b\0\014c\0") },
	{ BYTES("\001permit\0\013a\0\014b\0\014c\0") },
	{ BYTES("\001permit\0\002jose\0\013a\0\014b\0\013a\0\015b\0") },
};

static void
malformed(void **state)
{
	static struct entry entry;
	static const char zero[ENTRY_MAX + 1];
	size_t i, n = sizeof(bad) / sizeof(bad[0]);

	(void)state;
	for (i = 0; i < n; i++)
		if (entry_take(&entry, bad[i].bytes, bad[i].len) !=
		    (i == n - 1 ? 0 : -1))
			fail_msg("row %zu", i);
	assert_int_equal(entry_take(&entry, zero, sizeof(zero)), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_values),
		cmocka_unit_test(long_values),
		cmocka_unit_test(stamps),
		cmocka_unit_test(numbers),
		cmocka_unit_test(journal),
		cmocka_unit_test(lengths),
		cmocka_unit_test(malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

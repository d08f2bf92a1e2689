/* SPDX-License-Identifier: ISC */
/*
 * privd.conf: what each statement sets, and every error with its place, what
 * was expected and what was found; files that include one another; any bytes
 * at all; and no memory.
 *
 * WRAP: calloc malloc reallocarray strdup
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/config.h"
#include "../../privd/config_parts.h"
#include "memory.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

/* --- a world of two users and a few files */

static int
find_user(const char *name, uid_t *uid)
{
	*uid = strcmp(name, "jose") == 0 ? 1000 : 0;
	return *uid != 0 || strcmp(name, "root") == 0 ? 0 : -1;
}

static int
find_group(const char *name, gid_t *gid)
{
	*gid = 50;
	return strcmp(name, "staff") == 0 ? 0 : -1;
}

static void
offer_users(struct nearest *nearest)
{
	nearest_offer(nearest, "jose");
}

static const struct {
	const char *name;
	const char *text;
} files[] = {
	{ "/etc/good", "max-calls 7\nkeep-environment A\n" },
	{ "/etc/bad", "\n  max-calls many\nsockt /x\n" },
	{ "/etc/self", "include self\n" },
	{ "/etc/one", "include \"sub/two\"\n" },
	{ "/etc/sub/two", "include \"../one\"\n" },
	{ "/etc/sub/../one", "include \"sub/two\"\n" },
	{ "/etc/many", "include \"*\"\n" },
	{ "/etc/deep", "include deep1\n" },
	{ "/etc/deep1", "include deep2\n" },
	{ "/etc/deep2", "include deep3\n" },
	{ "/etc/deep3", "include deep4\n" },
	{ "/etc/deep4", "include deep5\n" },
	{ "/etc/deep5", "include deep6\n" },
	{ "/etc/deep6", "max-calls 8\ninclude deep7\n" },
	{ "/etc/deep7", "max-sessions 9\n" },
	{ "/abs", "max-sessions 12\n" },
};

static int
expand(const char *folder, const char *pattern, char ***names, size_t *count,
    char *reason, size_t len)
{
	size_t i, n = 1;

	*names = NULL;
	*count = 0;
	if (strcmp(pattern, "none*") == 0 || strstr(pattern, "/*.") != NULL)
		return 0;
	if (strcmp(pattern, "*") == 0)
		n = 100;
	*names = calloc(n, sizeof(**names));
	if (*names == NULL) {
		(void)snprintf(reason, len, "no memory");
		return -1;
	}
	for (i = 0; i < n; i++) {
		if (n > 1)
			(*names)[i] = strdup("/etc/good");
		else if (pattern[0] == '/')
			(*names)[i] = strdup(pattern);
		else if (asprintf(&(*names)[i], "%s/%s", folder, pattern) == -1)
			(*names)[i] = NULL;
		if ((*names)[i] == NULL)
			break;
		++*count;
	}
	if (i == n)
		return 0;
	(void)snprintf(reason, len, "no memory");
	return -1;
}

static int
read_file(const char *path, struct config_file *file, char *reason, size_t len)
{
	size_t i;

	for (i = 0; i < NELEMS(files); i++)
		if (strcmp(files[i].name, path) == 0)
			break;
	(void)snprintf(reason, len, "no such file");
	if (i == NELEMS(files))
		return -1;
	file->bytes = strdup(files[i].text);
	if (file->bytes == NULL)
		return -1;
	file->len = strlen(files[i].text);
	/* What reads the same is the same. */
	file->dev = 2;
	for (file->ino = 0; file->ino < i; file->ino++)
		if (strcmp(files[file->ino].text, files[i].text) == 0)
			break;
	return 0;
}

static const struct config_world world = { find_user, find_group, offer_users,
	NULL, expand, read_file };
static const struct config_world nothing;

static struct policy_report report;

static int
parse_bytes(const struct config_world *w, const char *bytes, size_t len,
    struct privd_config **config)
{
	struct config_file file = { .len = len, .dev = 1, .ino = 1 };

	file.bytes = __real_malloc(len + 1);
	assert_non_null(file.bytes);
	memcpy(file.bytes, bytes, len);
	memset(&report, 0, sizeof(report));
	return config_parse(w, "/etc/privd.conf", &file, config, &report);
}

static struct privd_config *
parse(const char *text)
{
	struct privd_config *config = NULL;

	if (parse_bytes(&world, text, strlen(text), &config) == -1) {
		policy_report_print(&report, stderr, POLICY_NOTE);
		fail_msg("%s", text);
	}
	assert_int_equal(report.count, 0);
	policy_report_clear(&report);
	return config;
}

/* --- what statements set */

static void
has_defaults(void **state)
{
	struct privd_config *c = parse("");

	(void)state;
	assert_string_equal(c->policies, PRIVD_SYSCONFDIR "/privd/policies");
	assert_string_equal(c->templates, PRIVD_SYSCONFDIR "/privd/templates");
	assert_string_equal(c->keys, PRIVD_SYSCONFDIR "/privd/keys");
	assert_string_equal(c->socket, PRIVD_RUNDIR "/privd/privd.sock");
	assert_false(c->require_signature);
	assert_int_equal(c->uid_first, 0x70000000);
	assert_int_equal(c->uid_last, 0x73ffffff);
	assert_int_equal(c->max_sessions, 4096);
	assert_int_equal(c->max_sessions_per_user, 256);
	assert_int_equal(c->max_connections_per_second, 50);
	assert_int_equal(c->max_connections_per_second_in_all, 1000);
	assert_int_equal(c->max_calls, 64);
	assert_int_equal(c->max_calls_per_user, 256 * 64);
	assert_int_equal(c->max_calls_in_all, 4096 * 64);
	assert_int_equal(c->max_lines_per_second, 100);
	assert_int_equal(c->log, CONFIG_LOG_SYSLOG);
	assert_null(c->log_file);
	assert_int_equal(c->log_format, CONFIG_LOG_TEXT);
	assert_null(c->keep_environment);
	assert_true(config_admits(c, 1000, NULL, 0));
	config_free(c);
	config_free(NULL);
}

static void
sets_everything(void **state)
{
	struct privd_config *c = parse("# of root\n"
				       "policies /a\n"
				       "templates \"/b c\"\t# there\n"
				       "keys \"/d\\\"\\\\e#;\"\r\n"
				       "require-signature yes\n"
				       "\n"
				       "socket /s\n"
				       "uid-range 0x10000 \\\n"
				       "    99999999\n"
				       "max-sessions 1\n"
				       "max-sessions-per-user 2\n"
				       "max-connections-per-second 3\n"
				       "max-connections-per-second-in-all 6\n"
				       "max-calls 4\n"
				       "max-calls-per-user 16\n"
				       "max-calls-in-all 17\n"
				       "max-lines-per-second 5\n"
				       "log file \"/var/log/privd\"\n"
				       "log-format json\n"
				       "keep-environment A b_2\n"
				       "keep-environment _\n"
				       "allow-user jose 1001\n"
				       "allow-user 1002\n"
				       "deny-user 1003\n"
				       "allow-group staff\n"
				       "deny-group 51 52");

	(void)state;
	assert_string_equal(c->policies, "/a");
	assert_string_equal(c->templates, "/b c");
	assert_string_equal(c->keys, "/d\"\\e#;");
	assert_true(c->require_signature);
	assert_string_equal(c->socket, "/s");
	assert_int_equal(c->uid_first, 65536);
	assert_int_equal(c->uid_last, 99999999);
	assert_int_equal(c->max_sessions, 1);
	assert_int_equal(c->max_sessions_per_user, 2);
	assert_int_equal(c->max_connections_per_second, 3);
	assert_int_equal(c->max_connections_per_second_in_all, 6);
	assert_int_equal(c->max_calls, 4);
	assert_int_equal(c->max_calls_per_user, 16);
	assert_int_equal(c->max_calls_in_all, 17);
	assert_int_equal(c->max_lines_per_second, 5);
	assert_int_equal(c->log, CONFIG_LOG_FILE);
	assert_string_equal(c->log_file, "/var/log/privd");
	assert_int_equal(c->log_format, CONFIG_LOG_JSON);
	assert_string_equal(c->keep_environment[0], "A");
	assert_string_equal(c->keep_environment[1], "b_2");
	assert_string_equal(c->keep_environment[2], "_");
	assert_null(c->keep_environment[3]);
	assert_int_equal(c->allow_users.count, 3);
	assert_int_equal(c->allow_users.ids[0], 1000);
	assert_int_equal(c->allow_users.ids[1], 1001);
	assert_int_equal(c->allow_users.ids[2], 1002);
	assert_int_equal(c->deny_users.count, 1);
	assert_int_equal(c->deny_users.ids[0], 1003);
	assert_int_equal(c->allow_groups.count, 1);
	assert_int_equal(c->allow_groups.ids[0], 50);
	assert_int_equal(c->deny_groups.count, 2);
	assert_int_equal(c->deny_groups.ids[1], 52);
	config_free(c);

	c = parse("log journal\nrequire-signature no");
	assert_int_equal(c->log, CONFIG_LOG_JOURNAL);
	assert_false(c->require_signature);
	config_free(c);
}

/* --- errors */

#define SOCKET_107                                             \
	"/234567890123456789012345678901234567890123456789012" \
	"4567890123456789012345678901234567890123456789012345678"

/* All of them, each as line:column: text, in lines. */
static const struct {
	const char *text;
	const char *errors;
} errors[] = {
	{ "sockt /x",
	    "1:1: expected a keyword, found \"sockt\"; did you mean "
	    "\"socket\"?" },
	{ "Socket /x",
	    "1:1: expected a keyword, found \"Socket\"; did you mean "
	    "\"socket\"?" },
	{ "wibble", "1:1: expected a keyword, found \"wibble\"" },
	{ "\n \"socket\" /x",
	    "2:2: expected a keyword, found the string "
	    "\"socket\"; did you mean \"socket\"?" },
	{ "socket",
	    "1:7: expected an absolute path, found the end of the "
	    "line" },
	{ "socket # /x\n",
	    "1:12: expected an absolute path, found the end of "
	    "the line" },
	{ "socket x", "1:8: expected an absolute path, found \"x\"" },
	{ "socket \"\"",
	    "1:8: expected an absolute path, found the string "
	    "\"\"" },
	{ "socket /x /y", "1:11: expected the end of the line, found \"/y\"" },
	{ "socket /x;", "1:10: expected the end of the line, found \";\"" },
	{ "socket /a/../b",
	    "1:8: expected a path without . and .., found "
	    "\"/a/../b\"" },
	{ "socket /.", "1:8: expected a path without . and .., found \"/.\"" },
	{ "socket " SOCKET_107 "x",
	    "1:8: expected a path of at most 107 bytes, "
	    "found 108" },
	{ "socket \"/x\n\"",
	    "1:11: expected a closing quote, found the end of "
	    "the line\n"
	    "2:2: expected a closing quote, found the end of "
	    "the line" },
	{ "socket \"/x",
	    "1:11: expected a closing quote, found the end of the "
	    "line" },
	{ "socket \"/x\\n\"",
	    "1:12: expected \\\" or \\\\ behind a backslash, "
	    "found \"n\"" },
	{ "socket \"/x\\",
	    "1:12: expected \\\" or \\\\ behind a backslash, found "
	    "the end of the line" },
	{ "socket \"/\033[2J\"", "1:10: expected text, found \"^[\"" },
	{ "socket /\177", "1:9: expected a blank, found \"^?\"" },
	{ "socket /x\"y\"", "1:10: expected a blank, found \"\"\"" },
	{ "socket \"/x\"y", "1:12: expected a blank, found \"y\"" },
	{ "socket \\x",
	    "1:8: expected a word or a quoted string, found \"\\\"" },
	{ "\033", "1:1: expected a word or a quoted string, found \"^[\"" },
	{ "socket /x\r ", "1:10: expected a blank, found \"\\r\"" },
	{ "require-signature maybe",
	    "1:19: expected yes or no, found \"maybe\"" },
	{ "require-signature yess",
	    "1:19: expected yes or no, found \"yess\"; "
	    "did you mean \"yes\"?" },
	{ "require-signature \"yes\"",
	    "1:19: expected yes or no, found the "
	    "string \"yes\"; did you mean \"yes\"?" },
	{ "require-signature",
	    "1:18: expected yes or no, found the end of the "
	    "line" },
	{ "max-calls 0",
	    "1:11: expected a number from 1 to 1024, found \"0\"" },
	{ "max-calls 1025",
	    "1:11: expected a number from 1 to 1024, found "
	    "\"1025\"" },
	{ "max-calls 99999999999999999999999",
	    "1:11: expected a number from 1 "
	    "to 1024, found "
	    "\"99999999999999999999999\"" },
	{ "max-calls -1",
	    "1:11: expected a number from 1 to 1024, found "
	    "\"-1\"" },
	{ "max-calls 1a",
	    "1:11: expected a number from 1 to 1024, found "
	    "\"1a\"" },
	{ "max-calls 0x",
	    "1:11: expected a number from 1 to 1024, found "
	    "\"0x\"" },
	{ "max-calls \"\"",
	    "1:11: expected a number from 1 to 1024, found the "
	    "string \"\"" },
	{ "max-calls",
	    "1:10: expected a number from 1 to 1024, found the end "
	    "of the line" },
	{ "max-connections-per-second-in-all 0",
	    "1:35: expected a number from 1 to 1000000, found \"0\"" },
	{ "max-connections-per-second-in-al 1",
	    "1:1: expected a keyword, found "
	    "\"max-connections-per-second-in-al\"; did you mean "
	    "\"max-connections-per-second-in-all\"?" },
	{ "max-calls-per-user 15",
	    "1:20: expected a number from 16 to 1024000000, found \"15\"" },
	{ "max-calls-in-all 1024000001",
	    "1:18: expected a number from 16 to 1024000000, found "
	    "\"1024000001\"" },
	{ "max-calls-in-all",
	    "1:17: expected a number from 16 to 1024000000, found the end of "
	    "the line" },
	{ "uid-range 65535 70000",
	    "1:11: expected a number from 65536 to "
	    "4294967294, found \"65535\"" },
	{ "uid-range 70000 69999",
	    "1:17: expected a number from 70000 to "
	    "4294967294, found \"69999\"" },
	{ "uid-range 70000 4294967295",
	    "1:17: expected a number from 70000 to "
	    "4294967294, found \"4294967295\"" },
	{ "uid-range 70000",
	    "1:16: expected a number from 70000 to 4294967294, "
	    "found the end of the line" },
	/* those of sessions that are not the daemon's */
	{ "uid-range 0x70000000 0x74000000",
	    "1:1: found ids of 1946157056 to 2013265919, which sessions have "
	    "that are not the daemon's" },
	{ "uid-range 0x77ffffff 0x80000000",
	    "1:1: found ids of 1946157056 to 2013265919, which sessions have "
	    "that are not the daemon's" },
	{ "uid-range 65536 131070",
	    "1:1: expected a uid-range of at least 65536 "
	    "ids, 16 for each of 4096 sessions, found "
	    "65535" },
	{ "max-sessions 5\nuid-range 65536 65614",
	    "2:1: expected a uid-range of at least 80 ids, 16 for each of 5 "
	    "sessions, found 79" },
	{ "\nmax-sessions 1000000\nuid-range 65536 65536\n",
	    "3:1: expected a uid-range of at least 16000000 ids, 16 for each "
	    "of 1000000 sessions, found 1" },
	{ "log",
	    "1:4: expected syslog, journal or file, found the end of the "
	    "line" },
	{ "log syslogg",
	    "1:5: expected syslog, journal or file, found \"syslogg\"; "
	    "did you mean \"syslog\"?" },
	{ "log file",
	    "1:9: expected an absolute path, found the end of the "
	    "line" },
	{ "log file x", "1:10: expected an absolute path, found \"x\"" },
	{ "log syslog /x", "1:12: expected the end of the line, found \"/x\"" },
	{ "log-format xml", "1:12: expected text or json, found \"xml\"" },
	{ "keep-environment",
	    "1:17: expected the name of a variable, found the "
	    "end of the line" },
	{ "keep-environment A 1 B-C LD_X A=b *",
	    "1:20: expected the name of a variable, found \"1\"\n"
	    "1:22: expected the name of a variable, found \"B-C\"\n"
	    "1:26: expected a variable that the loader does not read, found "
	    "\"LD_X\"\n"
	    "1:31: expected the name of a variable, found \"A=b\"\n"
	    "1:35: expected the name of a variable, found \"*\"" },
	{ "keep-environment A \"b",
	    "1:22: expected a closing quote, found the "
	    "end of the line" },
	{ "allow-user", "1:11: expected a user, found the end of the line" },
	{ "allow-user jos nobody 4294967295",
	    "1:12: expected a user, found \"jos\"; did you mean \"jose\"?\n"
	    "1:16: expected a user, found \"nobody\"\n"
	    "1:23: expected a user, found \"4294967295\"" },
	{ "allow-user 0x10", "1:12: expected a user, found \"0x10\"" },
	{ "allow-user \"\"", "1:12: expected a user, found the string \"\"" },
	{ "deny-user root 0",
	    "1:11: expected another user than root, found "
	    "\"root\"\n"
	    "1:16: expected another user than root, found "
	    "\"0\"" },
	{ "allow-group wheel", "1:13: expected a group, found \"wheel\"" },
	{ "deny-group\n", "1:11: expected a group, found the end of the line" },
	{ "log syslog\n\nlog journal",
	    "3:1: a second \"log\", the first is in "
	    "line 1" },
	{ "log syslog\nlog x",
	    "2:1: a second \"log\", the first is in line 1\n"
	    "2:5: expected syslog, journal or file, found "
	    "\"x\"" },
	/* All of a file, each once, and the rest is read on. */
	{ "a\nmax-calls x y z\nb \\\n c\nsocket /x /y\n  d",
	    "1:1: expected a keyword, found \"a\"\n"
	    "2:11: expected a number from 1 to 1024, found \"x\"\n"
	    "3:1: expected a keyword, found \"b\"\n"
	    "4:2: expected a keyword, found \"c\"\n"
	    "5:11: expected the end of the line, found \"/y\"\n"
	    "6:3: expected a keyword, found \"d\"" },
	{ "include",
	    "1:8: expected the name of a file, found the end of the "
	    "line" },
	{ "include \"\"",
	    "1:9: expected the name of a file, found the string "
	    "\"\"" },
	{ "\ninclude missing", "2:9: \"/etc/missing\": no such file" },
	{ "include bad",
	    "/etc/bad 2:13: expected a number from 1 to 1024, "
	    "found \"many\"\n"
	    "/etc/bad 3:1: expected a keyword, found \"sockt\"; did "
	    "you mean \"socket\"?" },
	{ "include good\nmax-calls 5",
	    "2:1: a second \"max-calls\", the first "
	    "is in /etc/good:1" },
	{ "max-calls 5\n\ninclude good x",
	    "3:14: expected the end of the line, "
	    "found \"x\"\n"
	    "/etc/good 1:1: a second "
	    "\"max-calls\", the first is in "
	    "/etc/privd.conf:1" },
	{ "include self", "/etc/self 1:9: \"/etc/self\" includes itself" },
	{ "include deep",
	    "/etc/deep6 2:9: \"/etc/deep7\": more than 8 files in "
	    "one another" },
};

static void
print_errors(char *out, size_t size)
{
	const struct policy_message *m;
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < report.count; i++) {
		m = &report.messages[i];
		assert_int_equal(m->severity, POLICY_ERROR);
		n += (size_t)snprintf(out + n, size - n, "%s%s%s%u:%u: %s",
		    i == 0 ? "" : "\n",
		    strcmp(m->file, "/etc/privd.conf") == 0 ? "" : m->file,
		    strcmp(m->file, "/etc/privd.conf") == 0 ? "" : " ", m->line,
		    m->column, m->text);
		assert_true(n < size);
	}
}

static void
says_what_is_wrong(void **state)
{
	struct privd_config *config, *before = (void *)&config;
	char found[4096];
	size_t i, wrong = 0;

	(void)state;
	for (i = 0; i < NELEMS(errors); i++) {
		config = before;
		errno = 0;
		if (parse_bytes(&world, errors[i].text, strlen(errors[i].text),
			&config) != -1 ||
		    errno != EINVAL || config != before)
			fail_msg("is accepted: %s", errors[i].text);
		print_errors(found, sizeof(found));
		if (strcmp(found, errors[i].errors) != 0) {
			print_error("%s\nexpected\n%s\nfound\n%s\n",
			    errors[i].text, errors[i].errors, found);
			wrong++;
		}
		policy_report_clear(&report);
	}
	assert_int_equal(wrong, 0);
}

static void
accepts_the_longest(void **state)
{
	struct privd_config *c = parse("socket " SOCKET_107);

	(void)state;
	assert_string_equal(c->socket, SOCKET_107);
	config_free(c);
	c = parse("uid-range 65536 131071");
	config_free(c);
	c = parse("uid-range 65536 0x73ffffff");
	config_free(c);
	c = parse("uid-range 0x78000000 4294967294");
	config_free(c);
}

static void
bounds_words(void **state)
{
	static char text[CONFIG_WORD_MAX + 16];
	struct privd_config *config;
	size_t way, len;

	(void)state;
	for (way = 0; way < 4; way++) {
		len = way % 2 == 0 ? CONFIG_WORD_MAX : CONFIG_WORD_MAX + 1;
		memset(text, 0, sizeof(text));
		(void)strcpy(text, way < 2 ? "keys " : "keys \"");
		memset(text + strlen(text), '/', len);
		if (way >= 2)
			(void)strcat(text, "\"");
		config = NULL;
		if ((parse_bytes(&world, text, strlen(text), &config) == 0) !=
		    (len == CONFIG_WORD_MAX))
			fail_msg("%zu bytes, way %zu", len, way);
		assert_int_equal(report.count, len != CONFIG_WORD_MAX);
		policy_report_clear(&report);
		config_free(config);
	}
}

static void
bounds_files(void **state)
{
	struct privd_config *config = NULL;
	char *text, found[4096];
	size_t i;

	(void)state;
	text = malloc(POLICY_FILE_MAX + 1);
	assert_non_null(text);
	memset(text, '\n', POLICY_FILE_MAX + 1);
	assert_int_equal(parse_bytes(&world, text, POLICY_FILE_MAX, &config),
	    0);
	config_free(config);
	assert_int_equal(parse_bytes(&world, text, POLICY_FILE_MAX + 1,
			     &config),
	    -1);
	print_errors(found, sizeof(found));
	assert_string_equal(found, "0:0: file longer than 1 MiB");
	policy_report_clear(&report);
	free(text);

	/* The files of 256 names, and their complaints, and no more. */
	text = "include \"*\"\ninclude \"*\"\ninclude \"*\"\n";
	assert_int_equal(parse_bytes(&world, text, strlen(text), &config), -1);
	assert_int_equal(report.count, CONFIG_FILES_MAX - 1 + 1);
	for (i = 0; i < report.count - 1; i++)
		assert_non_null(strstr(report.messages[i].text, "a second"));
	assert_string_equal(report.messages[i].text,
	    "\"/etc/good\": more than 256 files");
	assert_int_equal(report.messages[i].line, 3);
	policy_report_clear(&report);
}

static void
reads_what_is_included(void **state)
{
	struct privd_config *c;

	(void)state;
	c = parse("keep-environment Z\ninclude good # here\n"
		  "include \"none*\"\ninclude \"/abs\"\nkeep-environment B");
	assert_int_equal(c->max_calls, 7);
	assert_int_equal(c->max_sessions, 12);
	assert_string_equal(c->keep_environment[0], "Z");
	assert_string_equal(c->keep_environment[1], "A");
	assert_string_equal(c->keep_environment[2], "B");
	config_free(c);
	/* Eight files in one another are allowed. */
	c = NULL;
	c = parse("include deep1");
	assert_int_equal(c->max_calls, 8);
	assert_int_equal(c->max_sessions, 9);
	config_free(c);
}

/* Calls in flight: what is not stated follows from the rest. */
static void
counts_calls(void **state)
{
	struct privd_config *c = parse("max-calls-in-all 5000\nmax-calls 7\n"
				       "max-sessions-per-user 9\n");

	(void)state;
	assert_int_equal(c->max_calls_per_user, 63);
	assert_int_equal(c->max_calls_in_all, 5000);
	config_free(c);
	c = parse("max-calls 1024\nmax-sessions 1000000\n"
		  "uid-range 0x78000000 4294967294\n");
	assert_int_equal(c->max_calls_in_all, 1024000000);
	config_free(c);
}

/* Where they are is known, for who finds that there is nothing. */
static void
tells_where_policies_are_named(void **state)
{
	struct privd_config *c = parse("\n  policies /a\n");

	(void)state;
	assert_int_equal(c->policies_at.line, 2);
	assert_int_equal(c->policies_at.column, 3);
	assert_string_equal(c->policies_at.file, "/etc/privd.conf");
	config_free(c);
	c = parse("max-calls 3\n");
	assert_null(c->policies_at.file);
	config_free(c);
	c = config_default();
	assert_non_null(c);
	assert_null(c->policies_at.file);
	config_free(c);
}

static void
finds_loops(void **state)
{
	struct privd_config *c = NULL;
	char found[512];

	(void)state;
	assert_int_equal(parse_bytes(&world, "include one", 11, &c), -1);
	print_errors(found, sizeof(found));
	assert_string_equal(found,
	    "/etc/sub/two 1:9: \"/etc/sub/../one\" includes itself");
	policy_report_clear(&report);
	assert_null(c);
}

/* --- who may use it */

static void
admits_whom_it_names(void **state)
{
	static const struct {
		const char *text;
		uid_t uid;
		gid_t groups[2];
		bool admitted;
	} cases[] = {
		{ "", 1000, { 1, 2 }, true },
		{ "allow-user jose", 1000, { 1, 2 }, true },
		{ "allow-user jose", 1001, { 1, 2 }, false },
		{ "allow-user jose", 0, { 0, 2 }, true },
		{ "allow-group staff", 1000, { 1, 50 }, true },
		{ "allow-group staff", 1000, { 50, 1 }, true },
		{ "allow-group staff", 50, { 1, 2 }, false },
		{ "allow-user 50", 1000, { 1, 50 }, false },
		{ "allow-user jose\nallow-group 5", 1000, { 1, 2 }, true },
		{ "allow-user jose\nallow-group 5", 1001, { 1, 5 }, true },
		{ "allow-user jose\nallow-group 5", 1001, { 1, 2 }, false },
		{ "deny-user jose", 1000, { 1, 2 }, false },
		{ "deny-user jose", 1001, { 1, 2 }, true },
		{ "deny-group staff", 1000, { 1, 50 }, false },
		{ "deny-group staff", 1000, { 1, 2 }, true },
		{ "deny-group 0", 0, { 0, 1 }, true },
		{ "allow-user jose\ndeny-user jose", 1000, { 1, 2 }, false },
		{ "allow-user jose\ndeny-group 2", 1000, { 1, 2 }, false },
		{ "allow-group 1\ndeny-group 2", 1000, { 1, 2 }, false },
	};
	struct privd_config *c;
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		c = parse(cases[i].text);
		if (config_admits(c, cases[i].uid, cases[i].groups, 2) !=
		    cases[i].admitted)
			fail_msg("%zu: %s", i, cases[i].text);
		config_free(c);
	}
}

/* --- bytes */

static void
says_where_a_nul_is(void **state)
{
	static const char text[] = "socket /x\nkeys /a\0b\n\0";
	struct privd_config *c = NULL;
	char found[512];

	(void)state;
	assert_int_equal(parse_bytes(&world, text, sizeof(text) - 1, &c), -1);
	print_errors(found, sizeof(found));
	assert_string_equal(found,
	    "2:8: expected a word or a quoted string, found \"\\0\"\n"
	    "3:1: expected a word or a quoted string, found \"\\0\"");
	policy_report_clear(&report);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Whatever comes, there is a configuration or an error. */
static void
takes_any_bytes(void **state)
{
	static const char *const parts[] = { "socket", "keys", "log", "file",
		"include", "allow-user", "uid-range", "max-calls", "\"", "\\",
		"\n", "\r\n", " ", "\t", "#", ";", "/x", "0x70000000", "1",
		"jose", "yes", "good", "self", "bad" };
	struct privd_config *c;
	uint32_t seed = 88172645U;
	size_t i, n, good = 0;
	char text[256];
	int ret;

	(void)state;
	for (i = 0; i < 50000; i++) {
		for (n = 0;
		     n < sizeof(text) - 32 && next_random(&seed) % 24 != 0;) {
			if (next_random(&seed) % 16 == 0) {
				text[n++] = (char)next_random(&seed);
				continue;
			}
			(void)strcpy(text + n,
			    parts[next_random(&seed) % NELEMS(parts)]);
			n += strlen(text + n);
			if (next_random(&seed) % 2 == 0)
				text[n++] = ' ';
		}
		c = NULL;
		ret = parse_bytes(i % 2 == 0 ? &world : &nothing, text, n, &c);
		assert_int_equal(ret == 0, report.errors == 0);
		assert_int_equal(ret == 0, c != NULL);
		good += ret == 0;
		config_free(c);
		policy_report_clear(&report);
	}
	assert_in_range(good, 1, 49999);
}

static void
knows_nothing_of_the_world(void **state)
{
	static const char text[] = "include x\nallow-user jose\ndeny-group 5";
	struct privd_config *c = NULL;
	char found[512];

	(void)state;
	assert_int_equal(parse_bytes(&nothing, text, sizeof(text) - 1, &c), -1);
	print_errors(found, sizeof(found));
	assert_string_equal(found,
	    "1:9: nothing can be included here\n"
	    "2:12: expected a user, found \"jose\"");
	policy_report_clear(&report);
}

static void
has_no_memory(void **state)
{
	static const char text[] = "socket /x\ninclude good\nlog file /y\n"
				   "allow-user jose 5\nkeep-environment B C\n";
	struct privd_config *c, *before = (void *)&c;
	long n;
	int ret;

	(void)state;
	for (n = 0;; n++) {
		c = before;
		failing = n;
		ret = parse_bytes(&world, text, sizeof(text) - 1, &c);
		if (failing >= 0)
			break;
		/* A report without memory has counted the error. */
		if (ret != -1 || c != before ||
		    (errno != ENOMEM && report.errors == 0))
			fail_msg("allocation %ld: %d", n, ret);
		policy_report_clear(&report);
	}
	failing = -1;
	assert_int_equal(ret, 0);
	assert_true(n > 15);
	config_free(c);
	policy_report_clear(&report);
}

/* --- the example */

/* What is "#keyword value" there, as if it were not commented out. */
static char *
read_example(void)
{
	char line[256], *text;
	size_t len = 0;
	FILE *f;

	f = fopen("rc/privd.conf", "r");
	assert_non_null(f);
	text = calloc(1, 65536);
	assert_non_null(text);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#' && line[1] >= 'a' && line[1] <= 'z')
			len += (size_t)snprintf(text + len, 65536 - len, "%s",
			    line + 1);
		else if (line[0] != '#' && line[0] != '\n')
			fail_msg("is no comment: %s", line);
		assert_true(len < 65536);
	}
	(void)fclose(f);
	return text;
}

static bool
has_line(const char *text, const char *keyword)
{
	size_t n = strlen(keyword);
	const char *line;

	for (line = text; line != NULL && *line != '\0';
	     line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, keyword, n) == 0 && line[n] == ' ')
			return true;
	}
	return false;
}

static void
states_every_default(void **state)
{
	/* These have none: the example does not say them, but explains. */
	static const char *const without[] = { "keep-environment", "allow-user",
		"deny-user", "allow-group", "deny-group", "include" };
	struct privd_config *c, *d;
	const char *keyword;
	char *text;
	size_t i, j;

	(void)state;
	text = read_example();
	c = parse(text);
	d = config_default();
	assert_non_null(d);
	if (strcmp(PRIVD_SYSCONFDIR, "/etc") == 0) {
		assert_string_equal(c->policies, d->policies);
		assert_string_equal(c->templates, d->templates);
		assert_string_equal(c->keys, d->keys);
	}
	if (strcmp(PRIVD_RUNDIR, "/run") == 0)
		assert_string_equal(c->socket, d->socket);
	assert_int_equal(c->require_signature, d->require_signature);
	assert_int_equal(c->uid_first, d->uid_first);
	assert_int_equal(c->uid_last, d->uid_last);
	assert_int_equal(c->max_sessions, d->max_sessions);
	assert_int_equal(c->max_sessions_per_user, d->max_sessions_per_user);
	assert_int_equal(c->max_connections_per_second,
	    d->max_connections_per_second);
	assert_int_equal(c->max_connections_per_second_in_all,
	    d->max_connections_per_second_in_all);
	assert_int_equal(c->max_calls, d->max_calls);
	assert_int_equal(c->max_calls_per_user, d->max_calls_per_user);
	assert_int_equal(c->max_calls_in_all, d->max_calls_in_all);
	assert_int_equal(c->max_lines_per_second, d->max_lines_per_second);
	assert_int_equal(c->log, d->log);
	assert_int_equal(c->log_format, d->log_format);
	for (i = 0; (keyword = config_keywords[i].name) != NULL; i++) {
		for (j = 0; j < NELEMS(without); j++)
			if (strcmp(without[j], keyword) == 0)
				break;
		if (has_line(text, keyword) == (j < NELEMS(without)))
			fail_msg("rc/privd.conf and %s", keyword);
	}
	config_free(c);
	config_free(d);
	free(text);
}

/* The next example of the manual page; false if there is none. */
static bool
next_example(FILE *f, char *text, size_t size)
{
	char line[256], *escape;
	bool found = false;

	text[0] = '\0';
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strcmp(line, ".\\\" example: config\n") == 0)
			found = true;
		if (strncmp(line, ".Ed", 3) == 0 && found)
			return true;
		if (!found || line[0] == '.')
			continue;
		escape = strstr(line, "\\e");
		if (escape != NULL)
			memmove(escape + 1, escape + 2, strlen(escape + 1));
		assert_true(strlcat(text, line, size) < size);
	}
	return false;
}

static void
takes_the_manuals_examples(void **state)
{
	char text[1024];
	size_t n = 0;
	FILE *f;

	(void)state;
	f = fopen("man/privd.conf.5", "r");
	assert_non_null(f);
	for (; next_example(f, text, sizeof(text)); n++)
		config_free(parse(text));
	(void)fclose(f);
	assert_int_equal(n, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(sets_everything),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(accepts_the_longest),
		cmocka_unit_test(bounds_words),
		cmocka_unit_test(bounds_files),
		cmocka_unit_test(reads_what_is_included),
		cmocka_unit_test(counts_calls),
		cmocka_unit_test(tells_where_policies_are_named),
		cmocka_unit_test(finds_loops),
		cmocka_unit_test(admits_whom_it_names),
		cmocka_unit_test(says_where_a_nul_is),
		cmocka_unit_test(takes_any_bytes),
		cmocka_unit_test(knows_nothing_of_the_world),
		cmocka_unit_test(has_no_memory),
		cmocka_unit_test(states_every_default),
		cmocka_unit_test(takes_the_manuals_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

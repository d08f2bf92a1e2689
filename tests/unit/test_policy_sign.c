/* SPDX-License-Identifier: ISC */
/*
 * Signed policies: the text of signatures, what of a policy they hold to,
 * keys that are not trusted, serials that only grow, and that nothing is
 * written down before all is right, and then as a whole.
 *
 * WRAP: fsync rename calloc reallocarray strdup strndup read scandir
 */
#include <sys/stat.h>
#include <sys/types.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cmocka.h>

#include "../../privd/policy/policy.h"
#include "../../privd/policy/sign.h"
#include "../../privd/policy/sign_internal.h"

#define HEAD "Policy: /opt/x, Emulation: native\n"
#define TEXT HEAD "native-getpid: permit\n"
#define TEMPLATE "Template: t, Emulation: native, Description: test\n"

int __real_fsync(int);
int __wrap_fsync(int);
int __real_rename(const char *, const char *);
int __wrap_rename(const char *, const char *);
void *__real_calloc(size_t, size_t);
void *__wrap_calloc(size_t, size_t);
void *__real_reallocarray(void *, size_t, size_t);
void *__wrap_reallocarray(void *, size_t, size_t);
char *__real_strdup(const char *);
char *__wrap_strdup(const char *);
char *__real_strndup(const char *, size_t);
char *__wrap_strndup(const char *, size_t);
ssize_t __real_read(int, void *, size_t);
ssize_t __wrap_read(int, void *, size_t);
typedef int (*filter_type)(const struct dirent *);
typedef int (*order_type)(const struct dirent **, const struct dirent **);
int __real_scandir(const char *, struct dirent ***, filter_type, order_type);
int __wrap_scandir(const char *, struct dirent ***, filter_type, order_type);

/* The call that fails, counted down; -1: none. */
static long no_sync = -1, no_rename = -1, no_memory = -1;
static long no_read = -1, no_scan = -1;

static bool
fails(long *count, int error)
{
	if (*count < 0 || (*count)-- > 0)
		return false;
	errno = error;
	return true;
}

int
__wrap_fsync(int fd)
{
	return fails(&no_sync, EIO) ? -1 : __real_fsync(fd);
}

int
__wrap_rename(const char *from, const char *to)
{
	return fails(&no_rename, EACCES) ? -1 : __real_rename(from, to);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails(&no_memory, ENOMEM) ? NULL : __real_calloc(n, size);
}

void *
__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails(&no_memory, ENOMEM) ? NULL :
					   __real_reallocarray(p, n, size);
}

char *
__wrap_strdup(const char *text)
{
	return fails(&no_memory, ENOMEM) ? NULL : __real_strdup(text);
}

char *
__wrap_strndup(const char *text, size_t len)
{
	return fails(&no_memory, ENOMEM) ? NULL : __real_strndup(text, len);
}

ssize_t
__wrap_read(int fd, void *to, size_t len)
{
	return fails(&no_read, EIO) ? -1 : __real_read(fd, to, len);
}

int
__wrap_scandir(const char *path, struct dirent ***entries, filter_type filter,
    order_type order)
{
	return fails(&no_scan, EIO) ?
	    -1 :
	    __real_scandir(path, entries, filter, order);
}

static char top[64];
static char policies[80], keys[80], templates[80], serials[80];
static struct sign_secret *boss, *other;
static const char *const template_folders[] = { templates, NULL };

static char *
path_of(const char *where, const char *name)
{
	static char path[4][PATH_MAX];
	static unsigned int n;

	n = (n + 1) % 4;
	(void)snprintf(path[n], PATH_MAX, "%s/%s", where, name);
	return path[n];
}

static void
write_bytes(const char *path, const char *bytes, size_t len)
{
	FILE *file;

	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
write_text(const char *where, const char *name, const char *text)
{
	write_bytes(path_of(where, name), text, strlen(text));
}

static char *
read_text(const char *path, size_t *len)
{
	char *bytes, *text;

	bytes = sign_read_file(path, len);
	assert_non_null(bytes);
	text = realloc(bytes, *len + 1);
	assert_non_null(text);
	text[*len] = '\0';
	return text;
}

static void
put_key(const char *name, const struct sign_secret *secret)
{
	char *bytes;
	size_t len;

	bytes = sign_secret_public(secret, &len);
	assert_non_null(bytes);
	write_bytes(path_of(keys, name), bytes, len);
	free(bytes);
}

/* Folders of a run, with a policy x, and boss's key in place. */
static int
set_up(void **state)
{
	(void)state;
	no_sync = no_rename = no_memory = no_read = no_scan = -1;
	(void)umask(022);
	(void)strcpy(top, "/tmp/privd.sign.XXXXXX");
	if (mkdtemp(top) == NULL)
		return -1;
	(void)snprintf(policies, sizeof(policies), "%s/p", top);
	(void)snprintf(keys, sizeof(keys), "%s/k", top);
	(void)snprintf(templates, sizeof(templates), "%s/t", top);
	(void)snprintf(serials, sizeof(serials), "%s/s/serials", top);
	if (mkdir(policies, 0755) == -1 || mkdir(keys, 0755) == -1 ||
	    mkdir(templates, 0755) == -1)
		return -1;
	boss = sign_secret_new();
	other = sign_secret_new();
	if (boss == NULL || other == NULL)
		return -1;
	put_key("boss.pub", boss);
	write_text(policies, "x", TEXT);
	return 0;
}

static int
tear_down(void **state)
{
	char command[128];

	(void)state;
	no_sync = no_rename = no_memory = no_read = no_scan = -1;
	sign_secret_free(boss);
	sign_secret_free(other);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", top);
	return system(command);
}

static struct policy_source
source_of(struct sign_checker *checker)
{
	return (struct policy_source){ .authority = POLICY_SYSTEM,
		.templates = template_folders,
		.signatures = checker };
}

/* One that nothing includes. */
static void
add_include(struct sign_statement *st)
{
	st->includes = reallocarray(st->includes, st->nincludes + 1,
	    sizeof(*st->includes));
	assert_non_null(st->includes);
	memset(st->includes[st->nincludes++], 0, SIGN_DIGEST);
}

/* Signs policies/name as it is now, and as many includes more. */
static void
sign_more(const struct sign_secret *secret, const char *name, uint64_t serial,
    int includes)
{
	struct policy_source source = source_of(NULL);
	struct policy_report report = { 0 };
	struct sign_statement st;
	char *bytes, *text, sig[PATH_MAX];
	size_t len;

	text = read_text(path_of(policies, name), &len);
	assert_int_equal(sign_describe(&source, name, text, len, &st, &report),
	    0);
	st.serial = serial;
	while (includes-- > 0)
		add_include(&st);
	bytes = sign_make(secret, &st, &len);
	assert_non_null(bytes);
	(void)snprintf(sig, sizeof(sig), "%s.sig", path_of(policies, name));
	assert_int_equal(sign_write_file(sig, bytes, len, 0644, false), 0);
	policy_report_clear(&report);
	sign_clear(&st);
	free(bytes);
	free(text);
}

static void
sign_as(const struct sign_secret *secret, const char *name, uint64_t serial)
{
	sign_more(secret, name, serial, 0);
}

static char *
print_report(const struct policy_report *report)
{
	char *messages;
	size_t len;
	FILE *out;

	out = open_memstream(&messages, &len);
	assert_non_null(out);
	policy_report_print(report, out, POLICY_ERROR);
	assert_int_equal(fclose(out), 0);
	return messages;
}

/*
 * Loads the folder, and writes the serials down if that is wanted. The errors
 * must contain `wanted`, NULL: none. Returns how many policies were loaded.
 */
static size_t
load_folder(bool commit, const char *wanted)
{
	struct policy_report report = { 0 };
	struct sign_checker *checker;
	struct policy_source source;
	struct policy_set *set;
	size_t count = 0, rules;
	char *messages;
	int ret = -1;

	set = policy_set_new();
	assert_non_null(set);
	checker = sign_checker_new(keys, serials, &report);
	source = source_of(checker);
	if (checker != NULL)
		ret = policy_load_folder(set, &source, policies, &report);
	if (ret == 0 && commit)
		ret = sign_checker_commit(checker, &report);
	policy_count(set, &count, &rules);
	messages = print_report(&report);
	assert_int_equal(ret == -1, report.errors > 0);
	if (wanted == NULL && ret == -1)
		fail_msg("%s", messages);
	if (wanted != NULL && strstr(messages, wanted) == NULL)
		fail_msg("expected \"%s\", got \"%s\"", wanted, messages);
	free(messages);
	policy_report_clear(&report);
	sign_checker_free(checker);
	policy_set_free(set);
	return count;
}

#define LOADED(count, wanted) \
	assert_int_equal(load_folder(false, (wanted)), (count))
#define COMMITTED(count, wanted) \
	assert_int_equal(load_folder(true, (wanted)), (count))

#define D64                                \
	"0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"
#define START "privd policy signature 1\nkey: sha256:" D64 "\n"
#define MIDDLE START "serial: 7\npolicy: sha256:" D64 "\n"
#define A42 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define NULLS A42 A42 "AA=="
#define END "signature: " NULLS "\n"

static void
test_text(void **state)
{
	static const struct {
		const char *text;
		unsigned int line, column; /* 0: it is right */
		const char *fault;
	} cases[] = {
		{ MIDDLE "program: /a\n" END, 0, 0, "" },
		{ MIDDLE "program: /a\nprogram: /b\ninclude: sha256:" D64
			 "\ninclude: sha256:" D64 "\n" END,
		    0, 0, "" },
		{ MIDDLE "program: */a b\n" END, 0, 0, "" },
		{ "", 1, 1, "found the end of the file, expected \"privd" },
		{ "\n", 1, 1, "found the end of the line" },
		{ "privd policy signature 2\n", 1, 1, "found \"privd policy" },
		{ "privd policy signature 1 \n", 1, 25, "the end of the line" },
		{ "privd policy signature 1\r\n", 1, 25,
		    "the end of the line" },
		{ " " MIDDLE "program: /a\n" END, 1, 1, "signature 1" },
		{ "privd policy signature 1\nserial: 1\n", 2, 1,
		    "found \"serial: 1\", expected \"key: sha256:\"" },
		{ "privd policy signature 1\nkey: md5:00\n", 2, 1, "sha256" },
		{ "privd policy signature 1\nkey: sha256:00\n", 2, 13,
		    "64 digits" },
		{ "privd policy signature 1\nkey: sha256:0123456789ABCDEF"
		  "0123456789abcdef0123456789abcdef0123456789abcdef\n",
		    2, 13, "64 digits" },
		{ "privd policy signature 1\nkey: sha256:" D64 "0\n", 2, 77,
		    "the end of the line" },
		{ START "key: sha256:" D64 "\n", 3, 1, "\"serial: \"" },
		{ START "serial: 0\n", 3, 9, "a number from 1" },
		{ START "serial: 07\n", 3, 9, "a number from 1" },
		{ START "serial: -7\n", 3, 9, "a number from 1" },
		{ START "serial: +7\n", 3, 9, "a number from 1" },
		{ START "serial: \n", 3, 9, "the end of the line" },
		{ START "serial: 7 \n", 3, 10, "the end of the line" },
		{ START "serial: 9223372036854775807\n", 4, 1, "\"policy: " },
		{ START "serial: 9223372036854775808\n", 3, 9, "a number" },
		{ START "serial: 99999999999999999999999\n", 3, 9, "a number" },
		{ START "serial: 7\nserial: 7\n", 4, 1, "\"policy: " },
		{ MIDDLE END, 5, 1, "\"program: \"" },
		{ MIDDLE "policy: sha256:" D64 "\n", 5, 1, "\"program: \"" },
		{ MIDDLE "program: \n", 5, 10, "the path of a program" },
		{ MIDDLE "program: a\n", 5, 10, "the path of a program" },
		{ MIDDLE "program: /a\tb\n", 5, 10, "the path of a program" },
		{ MIDDLE "program: /a", 5, 10, "the path of a program" },
		{ MIDDLE "program: /b\nprogram: /a\n", 6, 10, "sorts behind" },
		{ MIDDLE "program: /a\nprogram: /a\n", 6, 10, "sorts behind" },
		{ MIDDLE "program: /a\ninclude: 1\n", 6, 1, "\"include: sha" },
		{ MIDDLE "program: /a\ninclude: sha256:" D64 "\nprogram: /b\n",
		    7, 1, "\"include: \" or \"signature: \"" },
		{ MIDDLE "program: /a\n", 6, 1, "\"signature: \"" },
		{ MIDDLE "program: /a\nsignature: AAAA\n", 6, 12, "base64" },
		{ MIDDLE "program: /a\nsignature: " A42 A42 "AAAA\n", 6, 12,
		    "base64" },
		/* the same bytes, written otherwise */
		{ MIDDLE "program: /a\nsignature: " A42 A42 "AB==\n", 6, 12,
		    "base64" },
		{ MIDDLE "program: /a\nsignature:  " NULLS "\n", 6, 12,
		    "base64" },
		{ MIDDLE "program: /a\nsignature: " NULLS, 6, 100,
		    "the end of the line" },
		{ MIDDLE "program: /a\n" END "\n", 7, 1,
		    "the end of the file" },
		{ MIDDLE "program: /a\n" END END, 7, 1, "the end of the file" },
	};
	struct sign_statement st;
	struct sign_fault fault;
	size_t i;
	int ret;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ret = sign_parse(cases[i].text, strlen(cases[i].text), &st,
		    &fault);
		if ((ret == 0) != (cases[i].line == 0) ||
		    fault.line != cases[i].line ||
		    fault.column != cases[i].column ||
		    strstr(fault.text, cases[i].fault) == NULL)
			fail_msg("row %zu: %d %u:%u: %s", i, ret, fault.line,
			    fault.column, fault.text);
		sign_clear(&st);
	}
}

/* What is printed is read, as it was; no shorter text is; nor one with NULs. */
static void
test_text_forms(void **state)
{
	static const char text[] = MIDDLE "program: /a\n" END;
	struct sign_statement st;
	struct sign_fault fault;
	char *printed, changed[sizeof(text)];
	size_t i, len;

	(void)state;
	assert_int_equal(sign_parse(text, sizeof(text) - 1, &st, &fault), 0);
	assert_int_equal(st.serial, 7);
	assert_int_equal(st.key[31], 0xef);
	assert_int_equal(st.policy[0], 0x01);
	assert_int_equal(st.nprograms, 1);
	printed = sign_print(&st, &len);
	assert_non_null(printed);
	assert_int_equal(len, st.signed_len);
	assert_memory_equal(printed, text, len);
	free(printed);
	sign_clear(&st);
	for (i = 0; i < sizeof(text) - 1; i++) {
		assert_int_equal(sign_parse(text, i, &st, &fault), -1);
		assert_int_equal(errno, EINVAL);
		sign_clear(&st);
		memcpy(changed, text, sizeof(text));
		changed[i] = '\0';
		assert_int_equal(sign_parse(changed, sizeof(text) - 1, &st,
				     &fault),
		    -1);
		sign_clear(&st);
	}
}

static void
test_text_too_long(void **state)
{
	struct sign_statement st;
	struct sign_fault fault;
	char *text, *programs[4], long_name[PATH_MAX * 4];
	size_t len;

	(void)state;
	text = calloc(1, SIGN_FILE_MAX + 2);
	assert_non_null(text);
	memset(text, 'a', SIGN_FILE_MAX + 1);
	assert_int_equal(sign_parse(text, SIGN_FILE_MAX + 1, &st, &fault), -1);
	assert_string_equal(fault.text, "longer than 64 KiB");
	sign_clear(&st);
	memset(&st, 0, sizeof(st));
	st.includes = calloc(1000, sizeof(*st.includes));
	st.nincludes = 1000;
	assert_null(sign_print(&st, &len));
	assert_int_equal(errno, EFBIG);
	sign_clear(&st);
	(void)strcpy(long_name, "/new\nline");
	programs[0] = long_name;
	st.programs = programs;
	st.nprograms = 1;
	assert_null(sign_print(&st, &len));
	assert_int_equal(errno, EINVAL);
	memset(long_name, '/', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_null(sign_print(&st, &len));
	assert_int_equal(errno, EINVAL);
	free(text);
}

static void
test_signed(void **state)
{
	(void)state;
	LOADED(0, "/p/x: not signed: there is no \"");
	sign_as(boss, "x", 5);
	LOADED(1, NULL);
	COMMITTED(1, NULL);
	COMMITTED(1, NULL);
}

/* Any bit of the policy, and of the signature. */
static void
test_flipped(void **state)
{
	char *good, *path;
	size_t i, len;
	int bit;

	(void)state;
	sign_as(boss, "x", 5);
	path = strdup(path_of(policies, "x"));
	good = read_text(path, &len);
	for (i = 0; i < len; i++) {
		bit = 1 << i % 8;
		good[i] = (char)(good[i] ^ bit);
		write_bytes(path, good, len);
		LOADED(0, "/p/x: its content is not what was signed");
		good[i] = (char)(good[i] ^ bit);
	}
	write_bytes(path, good, len - 1);
	LOADED(0, "its content is not what was signed");
	write_bytes(path, good, len);
	LOADED(1, NULL);
	free(good);
	free(path);
	path = strdup(path_of(policies, "x.sig"));
	good = read_text(path, &len);
	for (i = 0; i < 8 * len; i += 5) {
		good[i / 8] = (char)(good[i / 8] ^ 1 << i % 8);
		write_bytes(path, good, len);
		LOADED(0, "/p/x.sig:");
		good[i / 8] = (char)(good[i / 8] ^ 1 << i % 8);
	}
	for (i = 0; i < len; i += 13) {
		write_bytes(path, good, i);
		LOADED(0, "/p/x.sig:");
	}
	write_bytes(path, good, len);
	LOADED(1, NULL);
	free(good);
	free(path);
}

static void
move_file(const char *where, const char *from, const char *to)
{
	assert_int_equal(__real_rename(path_of(where, from),
			     path_of(where, to)),
	    0);
}

static void
test_moved(void **state)
{
	(void)state;
	/* To another file: */
	sign_as(boss, "x", 5);
	write_text(policies, "y", "Policy: /opt/y\nnative-getpid: permit\n");
	sign_as(boss, "y", 6);
	LOADED(2, NULL);
	move_file(policies, "x.sig", "z.sig");
	move_file(policies, "y.sig", "x.sig");
	move_file(policies, "z.sig", "y.sig");
	LOADED(0,
	    "/p/x: its content is not what was signed, which is a policy "
	    "of \"/opt/y\"");
	LOADED(0, "/p/y: its content is not what was signed");
	/* The name of a file means nothing, */
	move_file(policies, "x.sig", "z.sig");
	move_file(policies, "y.sig", "x.sig");
	move_file(policies, "z.sig", "y.sig");
	move_file(policies, "x", "0");
	move_file(policies, "x.sig", "0.sig");
	COMMITTED(2, NULL);
	/* so an old policy does not come back under another. */
	write_text(policies, "x", HEAD "native-getpid: deny\n");
	sign_as(boss, "x", 7);
	LOADED(2, "/p/x: another signed file has a policy for \"/opt/x\"");
	assert_int_equal(unlink(path_of(policies, "0")), 0);
	COMMITTED(2, NULL);
	write_text(policies, "x", TEXT);
	move_file(policies, "0.sig", "x.sig");
	LOADED(1, "/p/x: serial 5 is older than 7");
}

/* The same bytes, meaning another program. */
static void
test_other_program(void **state)
{
	char text[2 * PATH_MAX], *link;

	(void)state;
	link = strdup(path_of(top, "link"));
	write_text(top, "one", "");
	write_text(top, "two", "");
	assert_int_equal(symlink("one", link), 0);
	(void)snprintf(text, sizeof(text),
	    "Policy: /opt/a\nPolicy: %s\nnative-getpid: permit\n", link);
	write_text(policies, "x", text);
	sign_as(boss, "x", 5);
	LOADED(2, NULL);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("two", link), 0);
	LOADED(0, "/p/x:2:9: the signature is not for \"");
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("/opt/a", link), 0);
	LOADED(0, "/one\", which nothing names here");
	free(link);
}

static void
test_includes(void **state)
{
	(void)state;
	write_text(templates, "t", TEMPLATE "native-getuid: permit\n");
	write_text(templates, "u", TEMPLATE "native-getgid: permit\n");
	write_text(policies, "x", TEXT "Include: \"t\"\nInclude: \"u\"\n");
	sign_as(boss, "x", 5);
	LOADED(1, NULL);
	write_text(templates, "t", TEMPLATE "native-getuid: deny\n");
	LOADED(0, "/p/x:3:10: template \"t\": its content is not what was");
	write_text(templates, "t", TEMPLATE "native-getgid: permit\n");
	write_text(templates, "u", TEMPLATE "native-getuid: permit\n");
	LOADED(0, "/p/x:3:10: template \"t\": its content is not what was");
	LOADED(0, "/p/x:4:10: template \"u\": its content is not what was");
	/* What was not signed is not parsed. */
	write_text(templates, "t", "nonsense\n");
	LOADED(0, "its content is not what was signed with the policy");
}

/* Signed with a template that the policy does not include: not what it says. */
static void
test_unincluded(void **state)
{
	(void)state;
	sign_more(boss, "x", 5, 1);
	COMMITTED(0, "/p/x: not all templates were included that were signed");
	assert_int_equal(access(serials, F_OK), -1);
	write_text(templates, "t", TEMPLATE "native-getuid: permit\n");
	write_text(policies, "x", TEXT "Include: \"t\"\n");
	sign_more(boss, "x", 5, 2);
	LOADED(0, "/p/x: not all templates were included that were signed");
	sign_as(boss, "x", 5);
	LOADED(1, NULL);
}

static void
test_serials(void **state)
{
	char *text;
	size_t len;

	(void)state;
	sign_as(boss, "x", 5);
	/* To look is not to accept. */
	LOADED(1, NULL);
	assert_int_equal(access(serials, F_OK), -1);
	COMMITTED(1, NULL);
	text = read_text(serials, &len);
	assert_memory_equal(text, "privd serials 1\n5 ", 18);
	assert_string_equal(text + 18 + 64, " /opt/x\n");
	free(text);
	sign_as(boss, "x", 4);
	COMMITTED(0,
	    "/p/x: serial 4 is older than 5, which was accepted for "
	    "\"/opt/x\"");
	sign_as(boss, "x", 9);
	COMMITTED(1, NULL);
	sign_as(boss, "x", 5);
	COMMITTED(0, "serial 5 is older than 9");
	sign_as(boss, "x", 9);
	COMMITTED(1, NULL);
	write_text(policies, "x", HEAD "native-getpid: deny\n");
	sign_as(boss, "x", 9);
	COMMITTED(0, "serial 9 was accepted for another policy");
	/* For any of its programs. */
	write_text(policies, "x", "Policy: /opt/a\nPolicy: /opt/x\n");
	sign_as(boss, "x", 8);
	COMMITTED(0, "serial 8 is older than 9");
	sign_as(boss, "x", 10);
	COMMITTED(2, NULL);
	/* What is gone is remembered. */
	write_text(policies, "x", "Policy: /opt/b\n");
	sign_as(boss, "x", 1);
	COMMITTED(1, NULL);
	text = read_text(serials, &len);
	assert_non_null(strstr(text, " /opt/a\n1 "));
	assert_non_null(strstr(text, " /opt/b\n10 "));
	free(text);
}

/* A load with one policy that is wrong changes nothing on the disk. */
static void
test_all_or_nothing(void **state)
{
	char *before, *after;
	size_t len;

	(void)state;
	sign_as(boss, "x", 5);
	COMMITTED(1, NULL);
	before = read_text(serials, &len);
	sign_as(boss, "x", 6);
	write_text(policies, "y", "Policy: /opt/y\nnonsense\n");
	COMMITTED(1, "not signed");
	after = read_text(serials, &len);
	assert_string_equal(before, after);
	free(after);
	/* Signed, and contradicted by another file that was read before it. */
	write_text(policies, "y", "Policy: /opt/y\n");
	sign_as(boss, "y", 6);
	COMMITTED(2, NULL);
	free(before);
}

static void
test_serials_file(void **state)
{
	static const struct {
		const char *text;
		const char *wanted;
	} cases[] = {
		{ "", "serials:1:1: found the end of the file" },
		{ "privd serials 1", "serials:1:16: " },
		{ "privd serials 1\n5 0 /opt/x\n", "serials:2:3: " },
		{ "privd serials 1\n5 " D64 " x\n", "serials:2:68: " },
		{ "privd serials 1\n5 " D64 " /x", "serials:2:68: " },
		{ "privd serials 1\n0 " D64 " /x\n", "serials:2:1: " },
		{ "privd serials 1\n5 " D64 " /b\n5 " D64 " /a\n",
		    "serials:3:68: found \"/a\"" },
		{ "privd serials 1\n5 " D64 " /b\n5 " D64 " /b\n",
		    "serials:3:68: found \"/b\"" },
		{ "privd serials 1\n\n", "serials:2:1: " },
	};
	size_t i;

	(void)state;
	sign_as(boss, "x", 5);
	assert_int_equal(mkdir(path_of(top, "s"), 0755), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_bytes(serials, cases[i].text, strlen(cases[i].text));
		LOADED(0, cases[i].wanted);
	}
	write_bytes(serials, "privd serials 1\n", 16);
	COMMITTED(1, NULL);
	assert_int_equal(chmod(serials, 0666), 0);
	LOADED(0, "can be written by others than root");
	assert_int_equal(unlink(serials), 0);
	assert_int_equal(chmod(path_of(top, "s"), 0777), 0);
	COMMITTED(1, "/s\" can be written by others than root");
	assert_int_equal(access(serials, F_OK), -1);
}

/* Longer ones are neither written nor read. */
static void
test_serials_too_long(void **state)
{
	static char name[POLICY_FILE_MAX];
	struct serial one = { .program = name, .serial = 5 };
	struct serials list = { .v = &one, .count = 1 }, read;
	const size_t others = strlen("privd serials 1\n5  \n") + 64;
	struct sign_fault fault;
	char *bytes;
	size_t len;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[0] = '/';
	assert_null(serials_print(&list, &len));
	assert_int_equal(errno, EFBIG);
	name[POLICY_FILE_MAX - others + 1] = '\0';
	assert_null(serials_print(&list, &len));
	assert_int_equal(errno, EFBIG);
	name[POLICY_FILE_MAX - others] = '\0';
	bytes = serials_print(&list, &len);
	assert_non_null(bytes);
	assert_int_equal(len, POLICY_FILE_MAX);
	free(bytes);
	bytes = calloc(1, POLICY_FILE_MAX + 1);
	assert_non_null(bytes);
	assert_int_equal(serials_parse(bytes, POLICY_FILE_MAX + 1, &read,
			     &fault),
	    -1);
	assert_int_equal(errno, EINVAL);
	assert_string_equal(fault.text, "longer than 1 MiB");
	assert_int_equal(read.count, 0);
	assert_int_equal(serials_parse(bytes, POLICY_FILE_MAX, &read, &fault),
	    -1);
	assert_non_null(strstr(fault.text, "expected \"privd serials 1\""));
	serials_clear(&read);
	free(bytes);
}

/* What is there and cannot be read is an error, and is not taken for none. */
static void
test_unread(void **state)
{
	static const char *const wanted[] = { "/k/boss.pub: Input/output error",
		"/s/serials: Input/output error", "/p/x: Input/output error",
		"/p/x.sig: Input/output error" };
	size_t i;

	(void)state;
	sign_as(boss, "x", 5);
	COMMITTED(1, NULL);
	/* Of each file there are two: its bytes, and its end. */
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		no_read = 2 * (long)i;
		LOADED(0, wanted[i]);
		assert_int_equal(no_read, -1);
	}
	no_scan = 0;
	LOADED(0, "/k: Input/output error");
	assert_int_equal(no_scan, -1);
	LOADED(1, NULL);
}

static void
test_too_many_keys(void **state)
{
	char name[32];
	int i;

	(void)state;
	sign_as(boss, "x", 5);
	for (i = 1; i <= SIGN_KEYS_MAX; i++) {
		if (i == SIGN_KEYS_MAX)
			LOADED(1, NULL);
		(void)snprintf(name, sizeof(name), "%d.pub", i);
		put_key(name, other);
	}
	LOADED(0, "/k: more than 256 keys");
}

/* What cannot be written leaves what was there, and nothing beside it. */
static void
test_serials_unwritten(void **state)
{
	char *before, *after, command[256];
	size_t len;
	int i;

	(void)state;
	sign_as(boss, "x", 5);
	COMMITTED(1, NULL);
	before = read_text(serials, &len);
	sign_as(boss, "x", 6);
	for (i = 0; i < 2; i++) {
		if (i == 0)
			no_sync = 0;
		else
			no_rename = 0;
		COMMITTED(1, "/s/serials: ");
		after = read_text(serials, &len);
		assert_string_equal(before, after);
		free(after);
		(void)snprintf(command, sizeof(command),
		    "test \"$(ls -A '%s')\" = serials", path_of(top, "s"));
		assert_int_equal(system(command), 0);
	}
	free(before);
	COMMITTED(1, NULL);
	/* Whether it came to the disk is not known: not accepted. */
	sign_as(boss, "x", 7);
	no_sync = 1;
	COMMITTED(1, "/s/serials: ");
}

static void
test_keys(void **state)
{
	(void)state;
	sign_as(other, "x", 5);
	LOADED(0, "/p/x.sig: the key sha256:");
	put_key("b.pub", other);
	LOADED(1, NULL);
	assert_int_equal(unlink(path_of(keys, "b.pub")), 0);
	LOADED(0, "is not one that is trusted");
	/* Neither a name nor a folder beside is one. */
	put_key(".b.pub", other);
	put_key("b.pub~", other);
	LOADED(0, "is not one that is trusted");
	put_key("b.pub", other);
	assert_int_equal(chmod(path_of(keys, "b.pub"), 0664), 0);
	LOADED(0, "b.pub\" can be written by others than root");
	assert_int_equal(chmod(path_of(keys, "b.pub"), 0644), 0);
	if (chown(path_of(keys, "b.pub"), 1, 1) == 0)
		LOADED(0, "b.pub\" does not belong to root");
	assert_int_equal(chown(path_of(keys, "b.pub"), 0, 0), 0);
	LOADED(1, NULL);
	assert_int_equal(chmod(keys, 01777), 0);
	LOADED(0, "/k\" can be written by others than root");
	assert_int_equal(chmod(keys, 0755), 0);
	assert_int_equal(chmod(path_of(policies, "x.sig"), 0646), 0);
	LOADED(0, "x.sig\" can be written by others than root");
	assert_int_equal(chmod(path_of(policies, "x.sig"), 0644), 0);
	assert_int_equal(chmod(policies, 0777), 0);
	LOADED(0, "/p\" can be written by others than root");
}

static void
put_algorithm(const char *name, EVP_PKEY *key)
{
	FILE *file;

	assert_non_null(key);
	file = fopen(path_of(keys, name), "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_PUBKEY(file, key), 1);
	assert_int_equal(fclose(file), 0);
	EVP_PKEY_free(key);
}

static void
test_wrong_keys(void **state)
{
	const char *wrong;
	char *bytes, *path;
	size_t len;
	FILE *file;
	EVP_PKEY *key;

	(void)state;
	sign_as(boss, "x", 5);
	put_algorithm("b.pub", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"));
	LOADED(0, "/k/b.pub: is not a key for Ed25519");
	put_algorithm("b.pub", EVP_PKEY_Q_keygen(NULL, NULL, "X25519"));
	LOADED(0, "/k/b.pub: is not a key for Ed25519");
	put_algorithm("b.pub", EVP_PKEY_Q_keygen(NULL, NULL, "ED448"));
	LOADED(0, "/k/b.pub: is not a key for Ed25519");
	write_text(keys, "b.pub", "nonsense\n");
	LOADED(0, "/k/b.pub: is not a public key in PEM");
	bytes = sign_secret_private(boss, &len);
	write_bytes(path_of(keys, "b.pub"), bytes, len);
	LOADED(0, "/k/b.pub: is not a public key in PEM");
	/* For signing, likewise. */
	path = strdup(path_of(top, "secret"));
	assert_null(sign_secret_read(path, &wrong));
	write_bytes(path, bytes, len);
	assert_null(sign_secret_read(path, &wrong));
	assert_string_equal(wrong,
	    "can be read or written by others than its owner");
	assert_int_equal(chmod(path, 0600), 0);
	sign_secret_free(sign_secret_read(path, &wrong));
	write_bytes(path, "nonsense", 8);
	assert_null(sign_secret_read(path, &wrong));
	assert_string_equal(wrong, "is not a private key in PEM");
	key = EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL,
			     NULL),
	    1);
	assert_int_equal(fclose(file), 0);
	EVP_PKEY_free(key);
	assert_null(sign_secret_read(path, &wrong));
	assert_string_equal(wrong, "is not a key for Ed25519");
	free(path);
	free(bytes);
}

/* Every key's own name, the signer's included, stands in what is signed. */
static void
test_another_name(void **state)
{
	char *text, *at, *path, *bytes;
	char hex[2 * SIGN_DIGEST + 1];
	size_t len;

	(void)state;
	sign_as(other, "x", 5);
	path = strdup(path_of(policies, "x.sig"));
	text = read_text(path, &len);
	sign_hex(sign_secret_id(boss), hex);
	at = strstr(text, "sha256:");
	memcpy(at + 7, hex, 64);
	write_bytes(path, text, len);
	LOADED(0, "the signature is not one by the key \"boss\"");
	free(text);
	free(path);
	bytes = sign_secret_public(boss, &len);
	assert_memory_equal(bytes, "-----BEGIN PUBLIC KEY-----\n", 27);
	free(bytes);
	bytes = sign_secret_private(boss, &len);
	assert_memory_equal(bytes, "-----BEGIN PRIVATE KEY-----\n", 28);
	free(bytes);
}

static void
test_last(void **state)
{
	struct policy_report report = { 0 };
	struct sign_checker *checker;
	struct sign_statement st = { .nprograms = 0 };
	struct policy_source source;
	struct policy_set *set;
	uint64_t serial = 0;

	(void)state;
	sign_as(boss, "x", 5);
	COMMITTED(1, NULL);
	set = policy_set_new();
	checker = sign_checker_new(keys, serials, &report);
	assert_non_null(checker);
	source = source_of(checker);
	assert_null(sign_checker_last(checker, &serial));
	assert_int_equal(policy_load_buffer(set, &source, "b", TEXT,
			     strlen(TEXT), &report),
	    -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(report.errors, 1);
	assert_int_equal(policy_load_file(set, &source, path_of(policies, "x"),
			     &report),
	    0);
	assert_string_equal(sign_checker_last(checker, &serial), "boss");
	assert_int_equal(serial, 5);
	st.nprograms = 1;
	st.programs = (char *[]){ strdup("/opt/x") };
	assert_int_equal(sign_checker_serial(checker, &st), 5);
	free(st.programs[0]);
	st.programs = (char *[]){ strdup("/opt/y") };
	assert_int_equal(sign_checker_serial(checker, &st), 0);
	free(st.programs[0]);
	policy_report_clear(&report);
	sign_checker_free(checker);
	policy_set_free(set);
}

/* Without memory nothing is loaded, and nothing accepted. */
static void
test_no_memory(void **state)
{
	struct policy_report report;
	struct sign_checker *checker;
	struct policy_source source;
	struct policy_set *set;
	size_t count, rules;
	long n;
	int ret;

	(void)state;
	write_text(templates, "t", TEMPLATE "native-getuid: permit\n");
	write_text(policies, "x", TEXT "Include: \"t\"\n");
	sign_as(boss, "x", 5);
	for (n = 0, ret = -1; ret == -1; n++) {
		assert_true(n < 1000);
		memset(&report, 0, sizeof(report));
		set = policy_set_new();
		no_memory = n;
		checker = sign_checker_new(keys, serials, &report);
		source = source_of(checker);
		if (checker != NULL)
			ret = policy_load_folder(set, &source, policies,
			    &report);
		if (ret == 0)
			ret = sign_checker_commit(checker, &report);
		no_memory = -1;
		policy_count(set, &count, &rules);
		assert_int_equal(ret == -1, report.errors > 0);
		assert_int_equal(ret == 0 || count == 0 ||
			access(serials, F_OK) == -1,
		    true);
		policy_report_clear(&report);
		sign_checker_free(checker);
		policy_set_free(set);
	}
	assert_true(n > 20);
	assert_int_equal(access(serials, F_OK), 0);
}

static void
test_write(void **state)
{
	struct stat st;
	char *path, *text;
	size_t len;

	(void)state;
	path = strdup(path_of(top, "w"));
	assert_int_equal(sign_write_file(path, "one", 3, 0600, true), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(sign_write_file(path, "two", 3, 0600, true), -1);
	assert_int_equal(errno, EEXIST);
	text = read_text(path, &len);
	assert_string_equal(text, "one");
	free(text);
	/* A name that leads elsewhere is replaced, not followed. */
	assert_int_equal(symlink(path, path_of(top, "l")), 0);
	assert_int_equal(sign_write_file(path_of(top, "l"), "three", 5, 0644,
			     true),
	    -1);
	assert_int_equal(sign_write_file(path_of(top, "l"), "three", 5, 0644,
			     false),
	    0);
	text = read_text(path, &len);
	assert_string_equal(text, "one");
	free(text);
	assert_int_equal(sign_write_file("/nonexistent/a", "x", 1, 0644, false),
	    -1);
	assert_int_equal(errno, ENOENT);
	free(path);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_forms),
		cmocka_unit_test(test_text_too_long),
		EACH(test_signed),
		EACH(test_flipped),
		EACH(test_moved),
		EACH(test_other_program),
		EACH(test_includes),
		EACH(test_unincluded),
		EACH(test_serials),
		EACH(test_serials_too_long),
		EACH(test_unread),
		EACH(test_too_many_keys),
		EACH(test_all_or_nothing),
		EACH(test_serials_file),
		EACH(test_serials_unwritten),
		EACH(test_keys),
		EACH(test_wrong_keys),
		EACH(test_another_name),
		EACH(test_last),
		EACH(test_no_memory),
		EACH(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

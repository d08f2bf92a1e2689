/* SPDX-License-Identifier: ISC */
/*
 * privd.conf's files: found, included, and believed only if nobody but root
 * can have written them or led to them; the names of users and groups; and
 * that without a file there are defaults, but not for one that is broken.
 *
 * WRAP: lstat calloc malloc reallocarray strdup
 */
#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/config.h"
#include "../../privd/policy/policy.h"
#include "memory.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define SOMEBODY 12345

int __real_lstat(const char *, struct stat *);
int __wrap_lstat(const char *, struct stat *);

/* What lstat() says of the default file; 0: it is there, and is a link. */
static int default_error = ENOENT;

int
__wrap_lstat(const char *path, struct stat *st)
{
	if (strcmp(path, CONFIG_FILE) != 0)
		return __real_lstat(path, st);
	memset(st, 0, sizeof(*st));
	st->st_mode = S_IFREG | 0644;
	errno = default_error;
	return default_error == 0 ? 0 : -1;
}

static char top[] = "/tmp/config.XXXXXX";
static struct policy_report report;

static int
set_up(void **state)
{
	(void)state;
	(void)umask(022);
	if (geteuid() != 0)
		return 0;
	return mkdtemp(top) == NULL || chmod(top, 0755) == -1 ||
	    chdir(top) == -1;
}

static int
tear_down(void **state)
{
	char command[64];

	(void)state;
	if (geteuid() != 0)
		return 0;
	(void)snprintf(command, sizeof(command), "cd / && rm -rf %s", top);
	return system(command);
}

static void
write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
make_folder(const char *name, mode_t mode, uid_t uid)
{
	assert_int_equal(mkdir(name, 0755), 0);
	assert_int_equal(chmod(name, mode), 0);
	assert_int_equal(chown(name, uid, uid), 0);
}

static struct privd_config *
load(const char *path)
{
	struct privd_config *c = NULL, *before = c;

	memset(&report, 0, sizeof(report));
	errno = 0;
	if (config_load(path, &c, &report) == -1) {
		assert_ptr_equal(c, before);
		assert_true(report.errors > 0);
		return NULL;
	}
	assert_non_null(c);
	assert_int_equal(report.count, 0);
	return c;
}

static void
need_root(void)
{
	if (geteuid() != 0)
		skip();
}

static void
reads_files(void **state)
{
	struct privd_config *c;
	char path[PATH_MAX];

	(void)state;
	need_root();
	make_folder("a[b]*", 0755, 0);
	make_folder("a[b]*/d", 0755, 0);
	make_folder("ab", 0755, 0); /* what a[b]* would be, as a pattern */
	make_folder("ab/d", 0755, 0);
	write_file("ab/d/1.conf", "wrong\n");
	write_file("a[b]*/d/2.conf", "keep-environment TWO\n");
	write_file("a[b]*/d/1.conf", "keep-environment ONE\n");
	write_file("a[b]*/d/.3.conf", "wrong\n");
	write_file("a[b]*/d/4", "wrong\n");
	write_file("a[b]*/main",
	    "include \"d/*.conf\"\ninclude \"d/no*\"\ninclude plain\n");
	write_file("a[b]*/plain", "allow-user root 7\nallow-group 8\n");
	(void)snprintf(path, sizeof(path), "%s/a[b]*/main", top);
	c = load(path);
	assert_non_null(c);
	assert_string_equal(c->keep_environment[0], "ONE");
	assert_string_equal(c->keep_environment[1], "TWO");
	assert_null(c->keep_environment[2]);
	assert_int_equal(c->allow_users.ids[0], 0);
	assert_int_equal(c->allow_users.ids[1], 7);
	assert_int_equal(c->allow_groups.ids[0], 8);
	config_free(c);
	c = load("a[b]*/main");
	assert_non_null(c);
	config_free(c);
}

static void
has_defaults_without_a_file(void **state)
{
	struct privd_config *c;

	(void)state;
	default_error = ENOENT;
	c = load(NULL);
	assert_non_null(c);
	assert_int_equal(c->max_sessions, 4096);
	config_free(c);
	/* One that is there and cannot be looked at is not missing. */
	default_error = EACCES;
	c = load(NULL);
	assert_null(c);
	policy_report_clear(&report);
	default_error = ENOENT;
	/* Whoever names a file means it. */
	assert_null(load("/nonexistent/privd.conf"));
	assert_int_equal(errno, ENOENT);
	assert_string_equal(report.messages[0].file, "/nonexistent/privd.conf");
	policy_report_clear(&report);
}

static void
finds_itself(void **state)
{
	(void)state;
	need_root();
	write_file("self", "include self2\n");
	assert_int_equal(symlink("self", "self2"), 0);
	assert_null(load("self"));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(report.count, 1);
	assert_non_null(strstr(report.messages[0].text, "includes itself"));
	assert_non_null(strstr(report.messages[0].file, "/self"));
	assert_int_equal(report.messages[0].line, 1);
	assert_int_equal(report.messages[0].column, 9);
	policy_report_clear(&report);
}

static void
asks_for_names(void **state)
{
	(void)state;
	need_root();
	write_file("names", "allow-user rooot\nallow-group no-such-group\n");
	assert_null(load("names"));
	assert_int_equal(report.count, 2);
	assert_string_equal(report.messages[0].text,
	    "expected a user, found \"rooot\"; did you mean \"root\"?");
	assert_non_null(strstr(report.messages[1].text,
	    "expected a group, found \"no-such-group\""));
	policy_report_clear(&report);
}

static void
has_no_memory(void **state)
{
	struct privd_config *c;
	long n, way;
	int ret;

	(void)state;
	need_root();
	make_folder("memory", 0755, 0);
	write_file("memory/main", "include \"*.conf\"\ninclude b.conf\n");
	write_file("memory/a.conf", "keys /a\n");
	write_file("memory/b.conf", "keep-environment A\n");
	for (way = 0; way < 2; way++) {
		for (n = 0;; n++) {
			c = NULL;
			memset(&report, 0, sizeof(report));
			failing = n;
			ret = config_load(way == 0 ? NULL : "memory/main", &c,
			    &report);
			if (failing >= 0)
				break;
			if (ret != -1 || c != NULL || report.errors == 0)
				fail_msg("allocation %ld: %d", n, ret);
			policy_report_clear(&report);
		}
		failing = -1;
		assert_int_equal(ret, 0);
		assert_true(n > 4);
		config_free(c);
	}
}

/* Of files and of the way to them; all of them say the same. */
static const struct {
	const char *path;
	bool good;
	const char *reason;
} files[] = {
	{ "root/file", true, NULL },
	{ "root/link", true, NULL },
	{ "root/../root/file", true, NULL },
	{ "sticky/file", true, NULL },
	{ "root/others", false, "does not belong to root" },
	{ "root/group", false, "can be written by others" },
	{ "root/world", false, "can be written by others" },
	{ "root/fifo", false, "is not a regular file" },
	{ "root/folder", false, "is not a regular file" },
	{ "root/nothing", false, "No such file" },
	{ "root/dangling", false, "No such file" },
	{ "root/file/x", false, "" },
	{ "theirs/file", false, "does not belong to root" },
	{ "theirs/link", false, "a link on the way" },
	{ "theirs/folder/file", false, "a link on the way" },
	{ "theirs/rootlink", false, "a link on the way" },
	{ "open/file", false, "can be written by others" },
	{ "open/link", false, "a link on the way" },
	{ "root/totheirs", false, "does not belong to root" },
};

static void
make_files(void)
{
	static const char text[] = "max-calls 5\n";

	make_folder("root", 0755, 0);
	make_folder("root/folder", 0755, 0);
	make_folder("sticky", 01777, 0);
	make_folder("theirs", 0755, SOMEBODY);
	make_folder("open", 0777, 0);
	write_file("root/file", text);
	write_file("root/others", text);
	assert_int_equal(chown("root/others", SOMEBODY, 0), 0);
	write_file("root/group", text);
	assert_int_equal(chmod("root/group", 0664), 0);
	write_file("root/world", text);
	assert_int_equal(chmod("root/world", 0646), 0);
	assert_int_equal(mkfifo("root/fifo", 0644), 0);
	write_file("sticky/file", text);
	write_file("theirs/file", text);
	write_file("open/file", text);
	assert_int_equal(symlink("file", "root/link"), 0);
	assert_int_equal(symlink("gone", "root/dangling"), 0);
	assert_int_equal(symlink("../root/file", "theirs/link"), 0);
	assert_int_equal(lchown("theirs/link", SOMEBODY, SOMEBODY), 0);
	assert_int_equal(symlink("../root", "theirs/folder"), 0);
	assert_int_equal(lchown("theirs/folder", SOMEBODY, SOMEBODY), 0);
	/* root's, but anybody can put another in its place */
	assert_int_equal(symlink("../root/file", "theirs/rootlink"), 0);
	assert_int_equal(symlink("../root/file", "open/link"), 0);
	assert_int_equal(symlink("../theirs/file", "root/totheirs"), 0);
}

static void
check_file(const char *path, bool good, const char *reason, const char *what)
{
	struct privd_config *c = load(path);

	if ((c != NULL) != good)
		fail_msg("%s%s: is %sread", what, path,
		    c == NULL ? "not " : "");
	if (c != NULL)
		assert_int_equal(c->max_calls, 5);
	else if (report.count != 1 ||
	    strstr(report.messages[0].text, reason) == NULL)
		fail_msg("%s%s: %s", what, path, report.messages[0].text);
	config_free(c);
	policy_report_clear(&report);
}

static void
believes_root_alone(void **state)
{
	char text[PATH_MAX];
	size_t i;

	(void)state;
	need_root();
	make_files();
	for (i = 0; i < NELEMS(files); i++) {
		check_file(files[i].path, files[i].good, files[i].reason, "");
		/* And the same of what is included, by name and by pattern. */
		(void)snprintf(text, sizeof(text), "include \"%s\"\n",
		    files[i].path);
		write_file("includes", text);
		check_file("includes", files[i].good, files[i].reason,
		    files[i].path);
	}
	write_file("includes", "include \"theirs/l*k\"\n");
	check_file("includes", false, "a link on the way", "pattern: ");
	write_file("includes", "include \"root/f?le\"\n");
	check_file("includes", true, NULL, "pattern: ");
	write_file("includes", "include \"nowhere/*\"\n");
	check_file("includes", false, "No such file", "pattern: ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_files),
		cmocka_unit_test(has_defaults_without_a_file),
		cmocka_unit_test(finds_itself),
		cmocka_unit_test(asks_for_names),
		cmocka_unit_test(believes_root_alone),
		cmocka_unit_test(has_no_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

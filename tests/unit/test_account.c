/* SPDX-License-Identifier: ISC */
/*
 * Users and groups that are there, that are not, and that nobody can say of.
 *
 * WRAP: getpwuid getpwnam getgrgid getgrnam fopen getgrouplist
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../privd/account.h"
#include "../../privd/policy/internal.h"
#include "../../privd/session/accounts.h"
#include "../../privd/syscalls/syscalls.h"

struct passwd *__real_getpwuid(uid_t);
struct passwd *__wrap_getpwuid(uid_t);
struct passwd *__real_getpwnam(const char *);
struct passwd *__wrap_getpwnam(const char *);
struct group *__real_getgrgid(gid_t);
struct group *__wrap_getgrgid(gid_t);
struct group *__real_getgrnam(const char *);
struct group *__wrap_getgrnam(const char *);
FILE *__real_fopen(const char *, const char *);
FILE *__wrap_fopen(const char *, const char *);
int __real_getgrouplist(const char *, gid_t, gid_t *, int *);
int __wrap_getgrouplist(const char *, gid_t, gid_t *, int *);

/* What the services say instead, with that error; and files. */
static bool mute, no_files, empty;
static int error, file_error;

struct passwd *
__wrap_getpwuid(uid_t uid)
{
	errno = error;
	return mute ? NULL : __real_getpwuid(uid);
}

struct passwd *
__wrap_getpwnam(const char *name)
{
	errno = error;
	return mute ? NULL : __real_getpwnam(name);
}

struct group *
__wrap_getgrgid(gid_t gid)
{
	errno = error;
	return mute ? NULL : __real_getgrgid(gid);
}

struct group *
__wrap_getgrnam(const char *name)
{
	errno = error;
	return mute ? NULL : __real_getgrnam(name);
}

/* A folder is opened, and cannot be read. */
FILE *
__wrap_fopen(const char *path, const char *mode)
{
	if (empty)
		return __real_fopen("/", mode);
	errno = file_error;
	return no_files ? NULL : __real_fopen(path, mode);
}

int
__wrap_getgrouplist(const char *user, gid_t gid, gid_t *groups, int *n)
{
	if (!no_files)
		return __real_getgrouplist(user, gid, groups, n);
	*n = 1; /* as if there were no more */
	groups[0] = gid;
	return 1;
}

static int
setup(void **state)
{
	(void)state;
	mute = no_files = empty = false;
	error = file_error = 0;
	return 0;
}

/* Each of the four: 1 there is one, 0 there is none, -1. */
static int
look(int result, const void *found)
{
	return result == -1 ? -1 : found != NULL;
}

static int
ask(int which, bool there)
{
	const struct passwd *pw;
	const struct group *gr;
	int result;

	switch (which) {
	case 0:
		result = account_user(there ? 1 : 0x7ff00001, &pw);
		return look(result, pw);
	case 1:
		result = account_user_named(there ? "daemon" : "no-one", &pw);
		return look(result, pw);
	case 2:
		result = account_group(there ? 1 : 0x7ff00001, &gr);
		return look(result, gr);
	default:
		result = account_group_named(there ? "daemon" : "no-one", &gr);
		return look(result, gr);
	}
}

static void
check_all(bool there, int expected, int expected_error)
{
	int which, result;

	for (which = 0; which < 4; which++) {
		errno = 0;
		result = ask(which, there);
		if (result != expected ||
		    (result == -1 && errno != expected_error))
			fail_msg("%d of %d: %d, %s", there, which, result,
			    strerrorname_np(errno));
	}
}

static void
test_as_it_is(void **state)
{
	(void)state;
	check_all(true, 1, 0);
	check_all(false, 0, 0);
}

/* Who is asked fails: that is no answer. */
static void
test_errors(void **state)
{
	static const int errors[] = { EIO, EMFILE, ENFILE, ENOMEM, ECONNREFUSED,
		EAGAIN, EINTR };
	size_t i;

	(void)state;
	mute = true;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		error = errors[i];
		check_all(true, -1, error);
		check_all(false, -1, error);
	}
}

/* The last of them knows nobody: the file is asked. */
static void
test_hidden(void **state)
{
	static const int errors[] = { 0, ENOENT, ESRCH };
	size_t i;

	(void)state;
	mute = true;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		error = errors[i];
		check_all(true, 1, 0);
		check_all(false, 0, 0);
	}
	no_files = true;
	file_error = EMFILE;
	check_all(true, -1, EMFILE);
	check_all(false, -1, EMFILE);
	file_error = ENOENT; /* nobody is in it */
	check_all(true, 0, 0);
	no_files = false;
	empty = true;
	check_all(true, -1, EISDIR);
}

/* A rule about a name that is not known would hold for everybody. */
static void
test_names_of_rules(void **state)
{
	(void)state;
	mute = true;
	error = EMFILE;
	assert_int_equal(sys_accounts_ask_user("daemon"), -1);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(sys_accounts_ask_group("daemon"), -1);
	assert_int_equal(errno, EMFILE);
}

static void
test_files_of_names(void **state)
{
	(void)state;
	no_files = true;
	file_error = EMFILE;
	assert_int_equal(sys_accounts_learn("/etc/passwd", "/etc/group"), -1);
	assert_int_equal(errno, EMFILE);
	file_error = ENOENT;
	assert_int_equal(sys_accounts_learn("/etc/passwd", "/etc/group"), 0);
	no_files = false;
	empty = true;
	assert_int_equal(sys_accounts_learn("/etc/passwd", "/etc/group"), -1);
	assert_int_equal(errno, EISDIR);
}

static void
test_groups_of_users(void **state)
{
	gid_t *groups = NULL;
	size_t n;

	(void)state;
	assert_int_equal(accounts_groups("daemon", 1, &groups, &n), 0);
	assert_int_equal(groups[0], 1);
	free(groups);
	no_files = true;
	file_error = EMFILE;
	assert_int_equal(accounts_groups("daemon", 1, &groups, &n), -1);
	assert_int_equal(errno, EMFILE);
}

static void
check_policy(const char *rule, const char *expected)
{
	static const struct policy_source source = {
		.authority = POLICY_SYSTEM
	};
	struct policy_report report = { NULL, 0, 0, 0 };
	struct policy_set *set = policy_set_new();
	char text[256];

	assert_non_null(set);
	(void)snprintf(text, sizeof(text), "Policy: /bin/true\n%s\n", rule);
	assert_int_equal(policy_load_buffer(set, &source, "p", text,
			     strlen(text), &report),
	    -1);
	assert_true(report.count > 0);
	assert_string_equal(report.messages[0].text, expected);
	policy_report_clear(&report);
	policy_set_free(set);
}

static void
test_policies(void **state)
{
	(void)state;
	mute = true;
	check_policy("native-open: permit as no-one",
	    "unknown user \"no-one\"");
	error = EMFILE;
	check_policy("native-open: permit as daemon",
	    "user \"daemon\": Too many open files");
	check_policy("native-open: permit, if group = daemon",
	    "group \"daemon\": Too many open files");
	/* Not group 0, as where there is none. */
	check_policy("native-open: permit, if group != wheel",
	    "group \"wheel\": Too many open files");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_as_it_is, setup),
		cmocka_unit_test_setup(test_errors, setup),
		cmocka_unit_test_setup(test_hidden, setup),
		cmocka_unit_test_setup(test_names_of_rules, setup),
		cmocka_unit_test_setup(test_files_of_names, setup),
		cmocka_unit_test_setup(test_groups_of_users, setup),
		cmocka_unit_test_setup(test_policies, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

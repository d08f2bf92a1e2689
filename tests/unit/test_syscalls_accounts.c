/* SPDX-License-Identifier: ISC */
/*
 * Names of users and groups, out of files with faults: the first name of an
 * id counts, what was asked for before stands, and what is in no file has no
 * name once they were learned.
 *
 * WRAP: calloc malloc reallocarray strdup
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/syscalls/syscalls.h"
#include "memory.h"

static void
write_file(char path[32], const char *text)
{
	FILE *file;

	(void)strcpy(path, "/tmp/accounts.XXXXXX");
	file = fdopen(mkstemp(path), "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static const char *
user(uid_t uid)
{
	const struct sys_account *account = sys_account_user(uid);

	return account == NULL ? "-" : account->name;
}

static const char *
group(gid_t gid)
{
	const struct sys_account *account = sys_account_group(gid);

	return account == NULL ? "-" : account->name;
}

static void
rewrite(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	assert_int_equal(fclose(file), 0);
}

static void
test_learn(void **state)
{
	char passwd[32], groups[32];

	(void)state;
	assert_string_equal(user(0), "root"); /* the name service's */
	write_file(passwd,
	    "# nobody\n"
	    "short:x\n"
	    "one:x:5001:5001::/home/one:/bin/sh\n"
	    "toor:x:0:0::/:/bin/sh\n"
	    "again:x:5001:5001::/:/bin/sh\n"
	    "bad:x:number:1::/:/bin/sh\n"
	    "two:x:5002:5002::/home/two:/bin/sh\n");
	write_file(groups, "one:x:5001:\nbad\nbins:x:5002:one,two\n");
	assert_int_equal(sys_accounts_learn(passwd, groups), 0);
	assert_string_equal(user(5001), "one");
	assert_string_equal(sys_account_user(5001)->home, "/home/one");
	assert_string_equal(user(5002), "two");
	assert_string_equal(group(5002), "bins");
	assert_string_equal(user(0), "root"); /* it was known before */
	assert_string_equal(user(1), "-");    /* nobody is asked any more */
	assert_string_equal(group(0), "-");
	/* One that has changed is read again, and the other is as it was. */
	rewrite(passwd, "two:x:5001:5001::/home/two:/bin/sh\n");
	assert_int_equal(sys_accounts_learn(passwd, groups), 0);
	assert_string_equal(user(5001), "two");
	assert_string_equal(user(5002), "-");
	assert_string_equal(group(5002), "bins");
	assert_int_equal(unlink(passwd), 0);
	assert_int_equal(unlink(groups), 0);
	/* Files that are not there change nothing. */
	assert_int_equal(sys_accounts_learn(passwd, groups), 0);
	assert_string_equal(user(5001), "two");
}

/* Nothing is learned in part, nor lost (as `make valgrind` sees). */
static void
test_no_memory(void **state)
{
	char passwd[32], groups[32];
	long n;

	(void)state;
	write_file(passwd,
	    "one:x:5001:5001::/home/one:/bin/sh\n"
	    "two:x:5002:5002::/home/two:/bin/sh\n");
	write_file(groups, "more:x:5003:one,two\n");
	for (n = 0;; n++) {
		failing = n;
		if (sys_accounts_learn(passwd, groups) == 0)
			break;
		failing = -1;
		assert_string_equal(group(5003), "-");
	}
	failing = -1;
	assert_true(n > 0);
	assert_string_equal(user(5001), "one");
	assert_string_equal(user(5002), "two");
	assert_string_equal(group(5003), "more");
	assert_int_equal(unlink(passwd), 0);
	assert_int_equal(unlink(groups), 0);
}

static void
test_ask(void **state)
{
	(void)state;
	assert_int_equal(sys_accounts_ask_user("daemon"), 0);
	assert_int_equal(sys_accounts_ask_group("daemon"), 0);
	assert_int_equal(sys_accounts_ask_user("no such user"), 0);
	assert_int_equal(sys_accounts_ask_group("no such group"), 0);
	assert_string_equal(user(1), "daemon");
	assert_string_equal(group(1), "daemon");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_learn),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

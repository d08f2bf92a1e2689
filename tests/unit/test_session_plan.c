/* SPDX-License-Identifier: ISC */
/*
 * A session is planned as a whole, or not at all: without memory for any part
 * of it there is none.
 *
 * WRAP: calloc malloc reallocarray strdup
 */
#include <limits.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/session/session.h"
#include "memory.h"

static void
test_no_memory(void **state)
{
	char program[] = "/bin/true", path[] = "/tmp/test-plan.XXXXXX";
	char *argv[] = { program, NULL }, reason[SESSION_REASON_MAX];
	const struct session_options options = {
		.automatic = true,
		.no_user = true,
		.argv = argv,
		.policy_file = path,
	};
	FILE *policy = fdopen(mkstemp(path), "w");
	const struct passwd *pw = getpwuid(getuid());
	struct session_plan plan;
	int status;
	long n;

	(void)state;
	assert_non_null(policy);
	assert_non_null(pw);
	assert_true(fputs("Policy: /bin/true, Emulation: native\n"
			  "native-fsread: filename match \"$HOME/*\" then "
			  "deny\n",
			policy) >= 0);
	assert_int_equal(fclose(policy), 0);
	for (n = 0, status = 1; status != 0; n++) {
		failing = n;
		status = session_plan(&options, &plan, reason, sizeof(reason));
		if (failing >= 0)
			assert_int_equal(status, 0);
		else if (status == 0)
			fail_msg("planned without allocation %ld", n);
		failing = -1;
		if (status == 0) {
			assert_string_equal(plan.user, pw->pw_name);
			assert_string_equal(plan.home, pw->pw_dir);
		}
		session_plan_clear(&plan);
	}
	assert_true(n > 20);
	assert_int_equal(unlink(path), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * Descriptors without access may be had where every form that takes one by
 * its number is judged as its path is: policies, and what is said of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/session/pathonly.h"
#include "../../privd/session/session.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

#define PERMIT "Default: permit\n"
#define NAMED(call) "native-" call ": filename eq \"/x\" then deny\n"
#define WHOLE(call) "native-" call ": permit\n"

static const struct {
	const char *rules;
	bool judged;
} cases[] = {
	{ PERMIT, true },
	{ "Default: deny\n", true },
	{ PERMIT NAMED("open"), true },
	/* one form by name, the other without a look */
	{ PERMIT NAMED("stat"), false },
	{ PERMIT NAMED("lstat"), false },
	{ PERMIT NAMED("fsread"), false },
	{ PERMIT NAMED("statfs"), false },
	{ PERMIT NAMED("chdir"), false },
	{ PERMIT NAMED("chmod"), false },
	{ PERMIT NAMED("chown"), false },
	{ PERMIT NAMED("lchown"), false },
	{ PERMIT NAMED("setxattr"), false },
	{ PERMIT NAMED("stat") WHOLE("fstat"), false },
	{ PERMIT NAMED("stat") "native-fstat: permit log\n", false },
	{ PERMIT NAMED("stat") "native-fstat: fd eq \"3\" then permit\n",
	    false },
	{ PERMIT "native-stat: deny\n", false },
	{ "Default: deny\n" NAMED("stat") WHOLE("fstat"), false },
	{ "Default: deny\n" NAMED("chdir") WHOLE("fchdir"), false },
	/* both */
	{ PERMIT NAMED("stat") NAMED("fstat"), true },
	{ PERMIT NAMED("chdir") NAMED("fchdir"), true },
	{ PERMIT NAMED("stat") "native-fstat: deny\n", true },
	{ "Default: deny\n" NAMED("stat"), true },
	/* the form by number alone */
	{ PERMIT NAMED("fstat"), true },
	{ "Default: deny\n" WHOLE("stat") WHOLE("lstat") WHOLE("fstat"), true },
	/* forms of one call are judged by its rules, unless they are named */
	{ PERMIT NAMED("execve"), true },
	{ PERMIT NAMED("execve") WHOLE("execveat"), false },
	{ PERMIT NAMED("link"), true },
	{ PERMIT NAMED("link") WHOLE("linkat"), false },
	{ PERMIT NAMED("access"), true },
	{ PERMIT NAMED("access") WHOLE("faccessat2"), false },
	{ PERMIT NAMED("utimes") WHOLE("utimensat"), false },
	/* whose descriptor must be open to be written */
	{ PERMIT NAMED("truncate"), true },
};

/* Beside another policy, which judges nothing: each of them must. */
static bool
is_judged(const char *rules)
{
	struct policy_source source = { .authority = POLICY_SYSTEM };
	struct session_options options = { .automatic = true };
	struct policy_report report = { 0 };
	struct policy_set *set = policy_set_new();
	struct filter_set images = { { policy_permitting() }, 2 };
	char text[1024];
	bool judged;
	int n;

	n = snprintf(text, sizeof(text),
	    "Policy: /x/one, Emulation: native\n%s", rules);
	if (policy_load_buffer(set, &source, "test", text, (size_t)n,
		&report) != 0) {
		policy_report_print(&report, stderr, POLICY_ERROR);
		fail();
	}
	images.images[1] = policy_find(set, POLICY_SYSTEM, "/x/one");
	assert_non_null(images.images[1]);
	judged = pathonly_is_judged(&options, &images);
	policy_report_clear(&report);
	policy_set_free(set);
	return judged;
}

static void
test_cases(void **state)
{
	size_t i, failed = 0;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		if (is_judged(cases[i].rules) == cases[i].judged)
			continue;
		print_error("%zu: wanted %d of\n%s", i, cases[i].judged,
		    cases[i].rules);
		failed++;
	}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

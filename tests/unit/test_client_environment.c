/* SPDX-License-Identifier: ISC */
/* What an elevated program is told by its user's environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "../../client-lib/environment.h"

static const struct {
	const char *entry;
	int kept;
} cases[] = {
	{ "HOME=/home/jose", 1 },
	{ "PATH=/usr/bin:.", 1 },
	{ "TERM=xterm-256color", 1 },
	{ "TERM=../../home/jose/evil", 0 },
	{ "TERM=", 1 },
	{ "LANG=de_DE.UTF-8", 1 },
	{ "LANG=../../../home/jose", 0 },
	{ "LANGUAGE=%n%n", 0 },
	{ "LC_ALL=C", 1 },
	{ "LC_MESSAGES=/home/jose", 0 },
	{ "LC_=C", 0 },
	{ "LC_X=C", 1 },
	{ "LCALL=C", 0 },
	{ "TZ=Europe/Berlin", 1 },
	{ "TZ=:Europe/Berlin", 1 },
	{ "TZ=CET-1CEST,M3.5.0,M10.5.0/3", 1 },
	{ "TZ=/home/jose/zone", 0 },
	{ "TZ=:/home/jose/zone", 0 },
	{ "TZ=../../../home/jose/zone", 0 },
	{ "LD_PRELOAD=x", 0 },
	{ "HOMEX=x", 0 },
	{ "HOM=x", 0 },
	{ "TMPDIR=/tmp", 0 },
	{ "SOMETHING_NEW=x", 0 },
	{ "BASH_FUNC_ls%%=() { :; }", 0 },
	{ "HOME", 0 },
	{ "=x", 0 },
	{ "", 0 },
};

#define NCASES (sizeof(cases) / sizeof(cases[0]))

static void
keeps_what_is_listed(void **state)
{
	char text[64], *environment[2];
	size_t i;

	(void)state;
	for (i = 0; i < NCASES; i++) {
		(void)strlcpy(text, cases[i].entry, sizeof(text));
		environment[0] = text;
		environment[1] = NULL;
		environment_clean(environment, NULL);
		if ((environment[0] != NULL) != (cases[i].kept != 0))
			fail_msg("%s: kept should be %d", cases[i].entry,
			    cases[i].kept);
	}
}

static void
keeps_their_order(void **state)
{
	char a[] = "LD_AUDIT=x", b[] = "USER=jose", c[] = "IFS=x",
	     d[] = "HOME=/";
	char *environment[] = { a, b, c, d, NULL };

	(void)state;
	environment_clean(environment, NULL);
	assert_ptr_equal(environment[0], b);
	assert_ptr_equal(environment[1], d);
	assert_null(environment[2]);
}

static void
keeps_what_is_named(void **state)
{
	char a[] = "FOO=x", b[] = "FOOD=y", c[] = "TERM=/evil", d[] = "BAR";
	char *environment[] = { a, b, c, d, NULL };
	const char *const further[] = { "FOO", "BAR", "TERM", NULL };

	(void)state;
	environment_clean(environment, further);
	assert_ptr_equal(environment[0], a);
	assert_null(environment[1]);
}

static void
takes_an_empty_one(void **state)
{
	char *environment[] = { NULL };

	(void)state;
	environment_clean(environment, NULL);
	assert_null(environment[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_listed),
		cmocka_unit_test(keeps_their_order),
		cmocka_unit_test(keeps_what_is_named),
		cmocka_unit_test(takes_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* Connections that came too often: what is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/excess.h"

static struct excess excess;
static char text[EXCESS_TEXT_MAX];

static int
begin(void **state)
{
	(void)state;
	memset(&excess, 0, sizeof(excess));
	memset(text, 0, sizeof(text));
	return 0;
}

static void
add(uid_t uid, unsigned int n)
{
	while (n-- > 0)
		excess_add(&excess, uid, false);
}

static void
says_nothing_of_none(void **state)
{
	(void)state;
	assert_false(excess_tell(&excess, text, sizeof(text)));
	add(0, 1);
	assert_true(excess_tell(&excess, text, sizeof(text)));
	assert_string_equal(text,
	    "1 connection of uid 0 refused: more than "
	    "max-connections-per-second");
	assert_false(excess_tell(&excess, text, sizeof(text)));
}

static void
counts_from_one_to_the_next(void **state)
{
	(void)state;
	add(1000, 3);
	assert_true(excess_tell(&excess, text, sizeof(text)));
	assert_memory_equal(text, "3 connections of uid 1000 refused", 33);
	add(1001, 2);
	assert_true(excess_tell(&excess, text, sizeof(text)));
	assert_memory_equal(text, "2 connections of uid 1001 refused", 33);
	assert_int_equal(excess.all, 5);
}

static void
names_whose_most_are(void **state)
{
	unsigned int i;

	(void)state;
	add(7, 2);
	for (i = 0; i < 90; i++) {
		add(2000 + i, 1);
		add(1000, 1);
	}
	add(1000, 5);
	add(5, 2);
	assert_true(excess_tell(&excess, text, sizeof(text)));
	assert_memory_equal(text, "189 connections of uid 1000 and others", 38);
	add(7, 1);
	assert_true(excess_tell(&excess, text, sizeof(text)));
	assert_memory_equal(text, "1 connection of uid 7 refused", 29);
}

/* Which limit they were beyond, or both. */
static void
names_the_limit(void **state)
{
	(void)state;
	excess_add(&excess, 1000, true);
	assert_true(excess_tell(&excess, text, sizeof(text)));
	assert_string_equal(text,
	    "1 connection of uid 1000 refused: more than "
	    "max-connections-per-second-in-all");
	excess_add(&excess, 1000, false);
	excess_add(&excess, 1000, true);
	assert_true(excess_tell(&excess, text, sizeof(text)));
	assert_string_equal(text,
	    "2 connections of uid 1000 refused: more than "
	    "max-connections-per-second and max-connections-per-second-in-all");
	add(1000, 1);
	assert_true(excess_tell(&excess, text, sizeof(text)));
	assert_string_equal(text,
	    "1 connection of uid 1000 refused: more than "
	    "max-connections-per-second");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(says_nothing_of_none, begin),
		cmocka_unit_test_setup(counts_from_one_to_the_next, begin),
		cmocka_unit_test_setup(names_whose_most_are, begin),
		cmocka_unit_test_setup(names_the_limit, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

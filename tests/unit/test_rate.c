/* SPDX-License-Identifier: ISC */
/* How often somebody may come in a second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/rate.h"

static struct rate rate;

static int
begin(void **state)
{
	(void)state;
	memset(&rate, 0, sizeof(rate));
	return 0;
}

static void
counts_within_a_second(void **state)
{
	(void)state;
	assert_true(rate_take(&rate, 1000, 5, 2));
	assert_true(rate_take(&rate, 1000, 5, 2));
	assert_false(rate_take(&rate, 1000, 5, 2));
	assert_true(rate_take(&rate, 1000, 6, 2));
	/* clocks that go back are another second, too */
	assert_true(rate_take(&rate, 1000, 5, 2));
}

static void
tells_users_apart(void **state)
{
	(void)state;
	assert_true(rate_take(&rate, 1000, 5, 1));
	assert_true(rate_take(&rate, 1000 + RATE_USERS, 5, 1));
	assert_false(rate_take(&rate, 1000, 5, 1));
	assert_false(rate_take(&rate, 1000 + RATE_USERS, 5, 1));
	assert_true(rate_take(&rate, 0, 5, 1));
}

static void
more_users_than_places(void **state)
{
	unsigned int uid, taken = 0;

	(void)state;
	for (uid = 0; uid < 4 * RATE_USERS; uid++)
		taken += rate_take(&rate, uid, 5, 1);
	assert_int_equal(taken, RATE_USERS);
	assert_true(rate_take(&rate, 7, 6, 1));
}

static void
none_at_all(void **state)
{
	(void)state;
	assert_false(rate_take(&rate, 1000, 0, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_within_a_second, begin),
		cmocka_unit_test_setup(tells_users_apart, begin),
		cmocka_unit_test_setup(more_users_than_places, begin),
		cmocka_unit_test_setup(none_at_all, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

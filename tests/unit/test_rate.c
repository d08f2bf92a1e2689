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

/* As often as they like, by turns: how often each came. */
static void
flood(const uid_t *uids, size_t n, int64_t second, uint32_t in_all,
    uint32_t *taken)
{
	size_t i, turn;

	for (i = 0; i < n; i++)
		for (taken[i] = turn = 0; turn < 200; turn++)
			taken[i] += rate_share(&rate, uids[i], second, 50,
					in_all) == RATE_TAKEN;
}

static void
bounds_all(void **state)
{
	uint32_t taken[64], sum = 0, i;
	uid_t uids[64];

	(void)state;
	for (i = 0; i < 64; i++)
		uids[i] = 1000 + i;
	flood(uids, 64, 5, 100, taken);
	for (i = 0; i < 64; i++)
		sum += taken[i];
	assert_int_equal(sum, 100);
	assert_int_equal(rate_share(&rate, 7, 5, 50, 100), RATE_ALL);
	assert_int_equal(rate_share(&rate, 7, 6, 50, 100), RATE_TAKEN);
	flood((uid_t[]){ 8 }, 1, 7, 1000, taken);
	assert_int_equal(taken[0], 50);
	assert_int_equal(rate_share(&rate, 8, 7, 50, 1000), RATE_OWN);
	/* one is one, however few there may be */
	flood((uid_t[]){ 8, 9 }, 2, 8, 1, taken);
	assert_int_equal(taken[0], 1);
	assert_int_equal(taken[1], 0);
}

/* Who comes often leaves room for others, who need not be as quick. */
static void
shares_fairly(void **state)
{
	uint32_t taken[3], i;

	(void)state;
	flood((uid_t[]){ 1000 }, 1, 5, 60, taken);
	assert_int_equal(taken[0], 30);
	for (i = 0; i < 15; i++)
		assert_int_equal(rate_share(&rate, 1001, 5, 50, 60),
		    RATE_TAKEN);
	assert_int_equal(rate_share(&rate, 1001, 5, 50, 60), RATE_ALL);
	for (i = 0; i < 10; i++)
		assert_int_equal(rate_share(&rate, 1002, 5, 50, 60),
		    RATE_TAKEN);
	assert_int_equal(rate_share(&rate, 1000, 5, 50, 60), RATE_ALL);
	/* and in the next second there are three from its beginning on */
	flood((uid_t[]){ 1000, 1001, 1002 }, 3, 6, 60, taken);
	assert_int_equal(taken[0], 30);
	assert_int_equal(taken[1], 10);
	assert_int_equal(taken[2], 10);
	assert_int_equal(rate_share(&rate, 1003, 6, 50, 60), RATE_TAKEN);
	/* which long ago were not */
	flood((uid_t[]){ 1000, 1001 }, 2, 9, 60, taken);
	assert_int_equal(taken[1], 15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_within_a_second, begin),
		cmocka_unit_test_setup(tells_users_apart, begin),
		cmocka_unit_test_setup(more_users_than_places, begin),
		cmocka_unit_test_setup(none_at_all, begin),
		cmocka_unit_test_setup(bounds_all, begin),
		cmocka_unit_test_setup(shares_fairly, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

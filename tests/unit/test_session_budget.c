/* SPDX-License-Identifier: ISC */
/* WRAP: clock_gettime */
/*
 * once, times and rate, by a clock that stands still until it is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../privd/policy/policy.h"
#include "../../privd/session/budget.h"

static time_t seconds;

int __wrap_clock_gettime(clockid_t, struct timespec *);

int
__wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	(void)clock;
	ts->tv_sec = 1000 + seconds;
	ts->tv_nsec = 0;
	return 0;
}

struct step {
	time_t at;
	bool spent; /* otherwise it is used */
};

struct limit {
	const char *what;
	enum policy_limit limit;
	unsigned int count;
	char unit;
	size_t nsteps;
	struct step steps[8];
};

static const struct limit limits[] = {
	{ "unlimited", POLICY_UNLIMITED, 0, 0, 3,
	    { { 0, false }, { 0, false }, { 0, false } } },
	{ "once", POLICY_ONCE, 0, 0, 3,
	    { { 0, false }, { 0, true }, { 9999, true } } },
	{ "times 2", POLICY_TIMES, 2, 0, 4,
	    { { 0, false }, { 0, false }, { 0, true }, { 9999, true } } },
	{ "rate 2/s", POLICY_RATE, 2, 's', 6,
	    { { 0, false }, { 0, false }, { 0, true }, { 1, false },
		{ 1, false }, { 1, true } } },
	{ "rate 2/m", POLICY_RATE, 2, 'm', 7,
	    { { 0, false }, { 30, false }, { 59, true }, { 60, false },
		{ 61, true }, { 90, false }, { 91, true } } },
	{ "rate 1/h", POLICY_RATE, 1, 'h', 4,
	    { { 0, false }, { 3599, true }, { 3600, false }, { 3601, true } } },
};

static void
test_limits(void **state)
{
	const struct limit *limit;
	const struct step *step;
	struct policy_rule rule;
	struct budget *budget;
	size_t i, wrong = 0;
	bool spent;

	(void)state;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		limit = &limits[i];
		memset(&rule, 0, sizeof(rule));
		rule.limit = limit->limit;
		rule.count = limit->count;
		rule.unit = limit->unit;
		budget = budget_new();
		assert_non_null(budget);
		seconds = 0;
		for (step = limit->steps; step < limit->steps + limit->nsteps;
		     step++) {
			seconds = step->at;
			spent = budget_is_spent(budget, &rule);
			if (spent != step->spent) {
				print_error("%s: step %td\n", limit->what,
				    step - limit->steps);
				wrong++;
			}
			if (!spent)
				assert_int_equal(budget_spend(budget, &rule),
				    0);
		}
		budget_free(budget);
	}
	assert_int_equal(wrong, 0);
}

/* Each rule has a budget of its own. */
static void
test_two(void **state)
{
	struct policy_rule one, two;
	struct budget *budget = budget_new();

	(void)state;
	memset(&one, 0, sizeof(one));
	one.limit = POLICY_ONCE;
	two = one;
	assert_int_equal(budget_spend(budget, &one), 0);
	assert_true(budget_is_spent(budget, &one));
	assert_false(budget_is_spent(budget, &two));
	budget_free(budget);
	budget_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

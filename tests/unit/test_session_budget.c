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
#include <stdio.h>
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
	const char *text; /* of a rule */
	size_t nsteps;
	struct step steps[8];
};

static const struct limit limits[] = {
	{ "unlimited", "", 3, { { 0, false }, { 0, false }, { 0, false } } },
	{ "once", " once", 3, { { 0, false }, { 0, true }, { 9999, true } } },
	{ "times 2", " times 2", 4,
	    { { 0, false }, { 0, false }, { 0, true }, { 9999, true } } },
	{ "rate 2/s", " rate 2/s", 6,
	    { { 0, false }, { 0, false }, { 0, true }, { 1, false },
		{ 1, false }, { 1, true } } },
	{ "rate 2/m", " rate 2/m", 7,
	    { { 0, false }, { 30, false }, { 59, true }, { 60, false },
		{ 61, true }, { 90, false }, { 91, true } } },
	{ "rate 1/h", " rate 1/h", 4,
	    { { 0, false }, { 3599, true }, { 3600, false }, { 3601, true } } },
};

/* A policy of two rules alike, to count in memory of its own. */
struct bench {
	struct policy_set *set;
	const struct policy_image *image;
	struct budget_memory *memory;
	struct budget *budget;
};

static const struct policy_rule *
set_up(struct bench *bench, const char *limit)
{
	static const struct policy_source source = {
		.authority = POLICY_SYSTEM
	};
	struct policy_report report = { 0 };
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "Policy: /bin/x, Emulation: native\n"
	    "\tnative-fsread: filename eq \"/a\" then permit%s\n"
	    "\tnative-fsread: filename eq \"/b\" then permit%s\n",
	    limit, limit);
	bench->set = policy_set_new();
	assert_non_null(bench->set);
	assert_int_equal(policy_load_buffer(bench->set, &source, "test", text,
			     strlen(text), &report),
	    0);
	policy_report_clear(&report);
	bench->image = policy_last(bench->set);
	bench->memory = budget_memory_new();
	assert_non_null(bench->memory);
	bench->budget = budget_new(bench->memory, &bench->image, 1);
	assert_non_null(bench->budget);
	return policy_rule(bench->image, 0);
}

static void
tear_down(struct bench *bench)
{
	budget_free(bench->budget);
	budget_hide(bench->memory);
	policy_set_free(bench->set);
}

/* Who counted has died: another goes on in the same memory. */
static void
succeed(struct bench *bench)
{
	budget_free(bench->budget);
	bench->budget = budget_new(bench->memory, &bench->image, 1);
	assert_non_null(bench->budget);
}

static size_t
try_limit(const struct limit *limit, bool dies)
{
	const struct policy_rule *rule;
	const struct step *step;
	struct bench bench;
	size_t wrong = 0;
	bool spent;

	rule = set_up(&bench, limit->text);
	for (step = limit->steps; step < limit->steps + limit->nsteps; step++) {
		seconds = step->at;
		spent = budget_is_spent(bench.budget, rule);
		if (spent != step->spent) {
			print_error("%s: step %td\n", limit->what,
			    step - limit->steps);
			wrong++;
		}
		if (!spent)
			assert_int_equal(budget_spend(bench.budget, rule), 0);
		if (dies)
			succeed(&bench);
	}
	tear_down(&bench);
	return wrong;
}

static void
test_limits(void **state)
{
	size_t i, wrong = 0;

	(void)state;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		wrong += try_limit(&limits[i], false);
		wrong += try_limit(&limits[i], true);
	}
	assert_int_equal(wrong, 0);
}

/* Each rule has a budget of its own. */
static void
test_two(void **state)
{
	const struct policy_rule *one, *two;
	struct bench bench;

	(void)state;
	one = set_up(&bench, " once");
	two = policy_rule(bench.image, 1);
	assert_int_equal(budget_spend(bench.budget, one), 0);
	assert_true(budget_is_spent(bench.budget, one));
	assert_false(budget_is_spent(bench.budget, two));
	succeed(&bench);
	assert_true(budget_is_spent(bench.budget, one));
	assert_false(budget_is_spent(bench.budget, two));
	tear_down(&bench);
	budget_free(NULL);
}

/* What no budget has left there is taken up by none. */
static void
test_hostile(void **state)
{
	const struct policy_rule *rule;
	struct budget_memory good;
	struct bench bench;

	(void)state;
	rule = set_up(&bench, " rate 2/s");
	assert_int_equal(budget_spend(bench.budget, rule), 0);
	memcpy(&good, bench.memory, offsetof(struct budget_memory, ring));
#define TRY(change)                                                     \
	do {                                                            \
		memcpy(bench.memory, &good,                             \
		    offsetof(struct budget_memory, ring));              \
		bench.memory->change;                                   \
		assert_null(budget_new(bench.memory, &bench.image, 1)); \
	} while (0)
	TRY(count = BUDGET_RULES + 1);
	TRY(times = BUDGET_TIMES + 1);
	TRY(uses[0].image = 1);
	TRY(uses[0].rule = 2);
	TRY(uses[0].size = 3);
	TRY(uses[0].size = 0);
	TRY(uses[0].ring = 1);
	TRY(times = 1);
#undef TRY
	tear_down(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

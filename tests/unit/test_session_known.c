/* SPDX-License-Identifier: ISC */
/*
 * Filters that were built before: what is found is what would be built, and
 * nothing is found for any other input.
 *
 * WRAP: calloc malloc reallocarray strdup
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/filter/filter.h"
#include "../../privd/policy/policy.h"
#include "../../privd/session/known.h"
#include "memory.h"

static const char text[] = "Policy: /a, Emulation: native\n"
			   "\tDefault: permit\n"
			   "\tnative-kill: deny[eperm]\n"
			   "Policy: /b, Emulation: native\n"
			   "\tnative-getpid: permit\n"
			   "Policy: /c, Emulation: native\n"
			   "\tDefault: permit\n";

static struct policy_set *set;
static struct filter_set sets[2];

static struct filter_input
usual(void)
{
	return (struct filter_input){ .closure = sets,
		.nclosure = 2,
		.guarded = true,
		.enforcing = true };
}

static int
set_up(void **state)
{
	struct policy_source source = { .authority = POLICY_SYSTEM };
	struct policy_report report = { 0 };
	struct filter_input in;

	(void)state;
	set = policy_set_new();
	assert_int_equal(policy_load_buffer(set, &source, "test", text,
			     strlen(text), &report),
	    0);
	policy_report_clear(&report);
	sets[0].images[0] = policy_find(set, POLICY_SYSTEM, "/a");
	sets[1].images[0] = policy_find(set, POLICY_SYSTEM, "/b");
	sets[0].count = sets[1].count = 1;
	in = usual();
	known_add(&in);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	known_forget();
	policy_set_free(set);
	return 0;
}

static bool
is_found(const struct filter_input *in)
{
	struct filter_program program = { NULL, 0 };
	bool found = known_find(in, &program);

	filter_free(&program);
	return found;
}

static void
test_same(void **state)
{
	struct filter_set copy[2];
	struct filter_input in = usual();
	struct filter_program built, found;

	(void)state;
	/* What it lies in is another's by now. */
	memcpy(copy, sets, sizeof(copy));
	in.closure = copy;
	assert_int_equal(filter_build(&in, &built), 0);
	assert_true(known_find(&in, &found));
	assert_int_equal(built.count, found.count);
	assert_memory_equal(built.insns, found.insns,
	    built.count * sizeof(built.insns[0]));
	assert_ptr_not_equal(built.insns, found.insns);
	filter_free(&built);
	filter_free(&found);
}

static void
test_other_options(void **state)
{
	static const size_t flags[] = {
		offsetof(struct filter_input, guarded),
		offsetof(struct filter_input, enforcing),
		offsetof(struct filter_input, no_alias),
		offsetof(struct filter_input, packet_filter),
		offsetof(struct filter_input, addresses),
		offsetof(struct filter_input, capable),
	};
	struct filter_input in;
	bool *flag;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		in = usual();
		flag = (bool *)(void *)((char *)&in + flags[i]);
		*flag = !*flag;
		if (is_found(&in))
			fail_msg("option %zu", i);
	}
}

static void
test_other_policies(void **state)
{
	const struct policy_image *other = policy_find(set, POLICY_SYSTEM,
	    "/c");
	struct filter_input in = usual();
	struct filter_set more[3];

	(void)state;
	in.nclosure = 1;
	assert_false(is_found(&in));
	memcpy(more, sets, sizeof(sets));
	more[2] = (struct filter_set){ { other }, 1 };
	in.closure = more;
	in.nclosure = 3;
	assert_false(is_found(&in));
	in.nclosure = 2;
	assert_true(is_found(&in));
	more[1].images[0] = other;
	assert_false(is_found(&in));
	more[1] = sets[1];
	more[1].images[more[1].count++] = other;
	assert_false(is_found(&in));
	more[1] = sets[0];
	more[0] = sets[1];
	assert_false(is_found(&in));
}

static void
test_forgotten(void **state)
{
	struct filter_input in = usual();

	(void)state;
	assert_true(is_found(&in));
	known_forget();
	assert_false(is_found(&in));
	known_add(&in);
	assert_true(is_found(&in));
}

/* What cannot be kept is not there, and built when it is wanted. */
static void
test_no_memory(void **state)
{
	struct filter_input in = usual();
	long n;

	(void)state;
	for (n = 0; n < 2; n++) {
		known_forget();
		failing = n;
		known_add(&in);
		assert_int_equal(failing, -1);
		assert_false(is_found(&in));
	}
	known_add(&in);
	assert_true(is_found(&in));
	failing = 0;
	assert_false(is_found(&in));
	failing = -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_other_options),
		cmocka_unit_test(test_other_policies),
		cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

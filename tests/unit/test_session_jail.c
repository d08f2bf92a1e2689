/* SPDX-License-Identifier: ISC */
/*
 * Lists of calls as programs: whatever a list says is what its program says,
 * of every number, by an interpreter.
 */
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/filter/filter.h"
#include "../../privd/notify/notify.h"
#include "../../privd/session/jail_list.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define NUMBERS 600
#define REFUSED (SECCOMP_RET_ERRNO | EPERM)
#define ABSENT (SECCOMP_RET_ERRNO | ENOSYS)

static struct jail_program compiled;

static uint32_t
run(const struct seccomp_data *data)
{
	return filter_run(&(struct filter_program){ compiled.insns,
			      compiled.count },
	    data);
}

/* What each process needs is in every list. */
static bool
is_living(int nr)
{
	static struct jail_program own;
	const struct seccomp_data data = { .nr = nr, .arch = NOTIFY_ARCH };

	if (own.count == 0)
		assert_int_equal(jail_compile(NULL, 0, &own), 0);
	return filter_run(&(struct filter_program){ own.insns, own.count },
		   &data) == SECCOMP_RET_ALLOW;
}

static uint32_t
expected(const struct jail_rule *rules, size_t n,
    const struct seccomp_data *data)
{
	size_t i;

	if (data->nr == SYS_clone3)
		return ABSENT;
	for (i = 0; i < n; i++)
		if (rules[i].nr == data->nr &&
		    ((uint32_t)data->args[rules[i].arg] & rules[i].mask) ==
			rules[i].value)
			return SECCOMP_RET_ALLOW;
	return is_living(data->nr) ? SECCOMP_RET_ALLOW : REFUSED;
}

/* Of all numbers, with arguments of which some are those of rules. */
static void
check(const struct jail_rule *rules, size_t n)
{
	struct seccomp_data data = { .arch = NOTIFY_ARCH };
	size_t i, k;

	assert_int_equal(jail_compile(rules, n, &compiled), 0);
	for (data.nr = -1; data.nr < NUMBERS; data.nr++) {
		memset(data.args, 0, sizeof(data.args));
		assert_int_equal(run(&data), expected(rules, n, &data));
		for (i = 0; i < n; i++) {
			if (rules[i].nr != data.nr)
				continue;
			for (k = 0; k < 4; k++) {
				data.args[rules[i].arg] = (k & 1 ? UINT64_C(1)
								      << 40 :
								   0) |
				    (rules[i].value + (k >> 1));
				assert_int_equal(run(&data),
				    expected(rules, n, &data));
			}
		}
	}
}

static void
test_own(void **state)
{
	const struct seccomp_data data = { .nr = SYS_exit_group,
		.arch = NOTIFY_ARCH };

	(void)state;
	check(NULL, 0);
	assert_int_equal(run(&data), SECCOMP_RET_ALLOW);
}

static void
test_conditions(void **state)
{
	static const struct jail_rule rules[] = {
		{ SYS_ioctl, UINT32_MAX, 7, 1 },
		{ SYS_openat, 0xff, 3, 2 },
		{ SYS_ioctl, UINT32_MAX, 9, 1 },
		{ SYS_ioctl, 0x0f, 1, 0 },
		{ SYS_socket, UINT32_MAX, 2, 0 },
		{ SYS_socket, 0, 0, 0 }, /* any */
		{ SYS_openat, 0xff, 4, 2 },
		{ SYS_read, 0, 0, 0 },
		{ SYS_read, 0, 0, 0 },
	};

	(void)state;
	check(rules, NELEMS(rules));
}

/* Long ones, in any order. */
static void
test_random(void **state)
{
	static struct jail_rule rules[300];
	unsigned int seed = 1;
	size_t round, n, i;

	(void)state;
	for (round = 0; round < 60; round++) {
		n = 1 + (size_t)rand_r(&seed) % NELEMS(rules);
		for (i = 0; i < n; i++) {
			rules[i].nr = rand_r(&seed) % (round % 2 ? 470 : 20);
			rules[i].mask = rand_r(&seed) % 4 == 0 ?
			    (uint32_t)rand_r(&seed) % 256 + 1 :
			    0;
			rules[i].value = rules[i].mask &
			    (uint32_t)rand_r(&seed);
			rules[i].arg = (uint8_t)(rand_r(&seed) % 6);
		}
		check(rules, n);
	}
}

static void
test_machines(void **state)
{
	struct seccomp_data data = { .nr = SYS_exit_group,
		.arch = NOTIFY_ARCH ^ 1 };

	(void)state;
	assert_int_equal(jail_compile(NULL, 0, &compiled), 0);
	assert_int_equal(run(&data), ABSENT);
}

static void
test_too_long(void **state)
{
	static struct jail_rule rules[JAIL_RULES_MAX];
	size_t i;

	(void)state;
	errno = 0;
	assert_int_equal(jail_compile(rules, NELEMS(rules), &compiled), -1);
	assert_int_equal(errno, E2BIG);
	for (i = 0; i < 460; i++)
		rules[i] = (struct jail_rule){ (int)i, UINT32_MAX, 1, 1 };
	errno = 0;
	assert_int_equal(jail_compile(rules, 460, &compiled), -1);
	assert_int_equal(errno, E2BIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_machines),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * What becomes of each call is decided, for every call of every machine; and
 * what is printed of it is what the filter does and the broker can.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <cmocka.h>

#include "../../privd/filter/filter.h"
#include "../../privd/notify/notify.h"
#include "../../privd/perform/perform.h"
#include "../../privd/policy/policy.h"

#define REASON_MAX 1000 /* none is cut */

static struct policy_set *policies;
static struct filter_program program;   /* of native programs */
static struct filter_program program32; /* of 32-bit ones */

/* All is permitted, nothing named: what is answered then is refused. */
static int
build(const char *name, const char *emulation, struct filter_program *out)
{
	char text[128];
	struct policy_source source = { .authority = POLICY_SYSTEM };
	struct policy_report report = { 0 };
	struct filter_set set = { { NULL }, 1 };
	struct filter_input in = { .closure = &set, .nclosure = 1 };

	snprintf(text, sizeof(text),
	    "Policy: %s, Emulation: %s\nDefault: permit\n", name, emulation);
	assert_int_equal(policy_load_buffer(policies, &source, "test", text,
			     strlen(text), &report),
	    0);
	policy_report_clear(&report);
	set.images[0] = policy_find(policies, POLICY_SYSTEM, name);
	assert_non_null(set.images[0]);
	return filter_build(&in, out);
}

static int
set_up(void **state)
{
	(void)state;
	policies = policy_set_new();
	assert_non_null(policies);
	return build("/nowhere/true", "native", &program) == 0 ?
	    build("/nowhere/false", "linux32", &program32) :
	    -1;
}

static int
tear_down(void **state)
{
	(void)state;
	filter_free(&program);
	filter_free(&program32);
	policy_set_free(policies);
	return 0;
}

static void
check_decision(const struct sys_call *call, enum sys_machine machine)
{
	char reason[FILTER_REASON_MAX];
	enum filter_decision decision;

	decision = filter_decide(call, machine, reason, sizeof(reason));
	assert_in_range(decision, FILTER_PERFORMED, FILTER_REFUSED);
	assert_non_null(filter_decision_name(decision));
	if ((decision == FILTER_CONTINUED || decision == FILTER_REFUSED ||
		call->disposal == SYS_WHOLE) &&
	    reason[0] == '\0')
		fail_msg("%s is %s without a reason", call->name,
		    filter_decision_name(decision));
	if (strlen(reason) > REASON_MAX)
		fail_msg("%s: %s", call->name, reason);
	if (decision == FILTER_PERFORMED && !perform_can(call->op))
		fail_msg("%s: nothing performs it", call->name);
}

static void
test_every_call(void **state)
{
	const struct sys_call *call;
	int machine, n, count;

	(void)state;
	for (machine = 0; machine < SYS_MACHINES; machine++) {
		count = 0;
		for (n = 0; n < sys_number_end((enum sys_machine)machine);
		     n++) {
			call = sys_by_number((enum sys_machine)machine, n);
			if (call == NULL)
				continue;
			count++;
			check_decision(call, (enum sys_machine)machine);
		}
		assert_true(count > 300);
	}
}

/* Also those that no machine has any more. */
static void
test_every_row(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sys_count(); i++)
		check_decision(sys_row(i), SYS_NATIVE);
}

/* The filter itself, which is not made from what is printed. */
static void
check_filter(const struct filter_program *filter, uint32_t arch,
    enum sys_machine machine)
{
	/* Of the calls behind one number one that no refusal is about. */
	struct seccomp_data data = { .arch = arch, .args = { 13 } };
	char reason[FILTER_REASON_MAX];
	const struct sys_call *call;
	enum filter_decision decision;
	uint32_t answer;

	for (data.nr = 0; data.nr < sys_number_end(machine); data.nr++) {
		call = sys_by_number(machine, data.nr);
		if (call == NULL)
			continue;
		decision = filter_decide(call, machine, reason, sizeof(reason));
		answer = filter_run(filter, &data) & SECCOMP_RET_ACTION_FULL;
		if (decision == FILTER_REFUSED && answer != SECCOMP_RET_ERRNO)
			fail_msg("%s is not refused", call->name);
		if (decision == FILTER_KERNEL_JUDGED &&
		    answer != SECCOMP_RET_ALLOW &&
		    (call->flags & SYS_WITNESS) == 0)
			fail_msg("%s is not the kernel's", call->name);
		if (answer == SECCOMP_RET_ERRNO && decision != FILTER_REFUSED &&
		    strstr(reason, "refused unless named") == NULL)
			fail_msg("%s is refused", call->name);
	}
}

static void
test_refused_is_refused(void **state)
{
	(void)state;
	check_filter(&program, NOTIFY_ARCH, SYS_NATIVE);
	if (SYS_HAS_I386)
		check_filter(&program32, AUDIT_ARCH_I386, SYS_I386);
}

/* Each under the other's policy; but for what the launcher needs. */
static void
test_foreign_is_refused(void **state)
{
	struct seccomp_data data = { .arch = AUDIT_ARCH_I386 };
	const struct sys_call *call;

	(void)state;
	for (data.nr = 0; data.nr < sys_number_end(SYS_I386); data.nr++)
		assert_int_equal(filter_run(&program, &data),
		    SECCOMP_RET_ERRNO | ENOSYS);
	data.arch = NOTIFY_ARCH;
	for (data.nr = 0; data.nr < sys_number_end(SYS_NATIVE); data.nr++) {
		call = sys_by_number(SYS_NATIVE, data.nr);
		if (call != NULL &&
		    (call->disposal == SYS_EXEC ||
			strncmp(call->name, "exit", 4) == 0))
			continue;
		assert_int_equal(filter_run(&program32, &data),
		    SECCOMP_RET_ERRNO | ENOSYS);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call),
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_refused_is_refused),
		cmocka_unit_test(test_foreign_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

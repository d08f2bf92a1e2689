/* SPDX-License-Identifier: ISC */
/*
 * Whom a call means, by its registers: the special values that kernels have
 * for processes, threads and groups, cut to 32 bits as they cut them.
 */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../privd/syscalls/syscalls.h"

#define HIGH UINT64_C(0x500000000)

static const struct {
	const char *call;
	uint64_t regs[4];
	enum sys_whom whom;
	int32_t pid;
	int32_t tgid;
} cases[] = {
	{ "kill", { 5, 1 }, SYS_WHOM_PROCESS, 5, 0 },
	{ "kill", { HIGH | 5, 1 }, SYS_WHOM_PROCESS, 5, 0 },
	{ "kill", { 0, 1 }, SYS_WHOM_OWN_GROUP, 0, 0 },
	{ "kill", { HIGH, 1 }, SYS_WHOM_OWN_GROUP, 0, 0 },
	{ "kill", { (uint32_t)-1, 1 }, SYS_WHOM_EVERY, 0, 0 },
	{ "kill", { (uint64_t)-1, 1 }, SYS_WHOM_EVERY, 0, 0 },
	{ "kill", { (uint64_t)-7, 1 }, SYS_WHOM_GROUP, 7, 0 },
	{ "kill", { (uint64_t)INT_MIN, 1 }, SYS_WHOM_KERNEL, 0, 0 },
	{ "tkill", { 5, 1 }, SYS_WHOM_THREAD, 5, 0 },
	{ "tkill", { 0, 1 }, SYS_WHOM_KERNEL, 0, 0 },
	{ "tkill", { (uint64_t)-1, 1 }, SYS_WHOM_KERNEL, -1, 0 },
	{ "tgkill", { 5, 6, 1 }, SYS_WHOM_THREAD, 6, 5 },
	{ "tgkill", { 0, 6, 1 }, SYS_WHOM_KERNEL, 6, 0 },
	{ "tgkill", { 5, 0, 1 }, SYS_WHOM_KERNEL, 0, 5 },
	{ "rt_sigqueueinfo", { 5, 1 }, SYS_WHOM_PROCESS, 5, 0 },
	{ "rt_sigqueueinfo", { 0, 1 }, SYS_WHOM_KERNEL, 0, 0 },
	{ "rt_sigqueueinfo", { (uint64_t)-1, 1 }, SYS_WHOM_KERNEL, 0, 0 },
	{ "rt_tgsigqueueinfo", { 5, 6, 1 }, SYS_WHOM_THREAD, 6, 5 },
	{ "pidfd_send_signal", { 3, 1, 0, 0 }, SYS_WHOM_FD, 0, 0 },
	{ "setpriority", { 0, 0, 1 }, SYS_WHOM_SELF, 0, 0 },
	{ "setpriority", { 0, 5, 1 }, SYS_WHOM_THREAD, 5, 0 },
	{ "setpriority", { 0, (uint64_t)-5, 1 }, SYS_WHOM_KERNEL, 0, 0 },
	{ "setpriority", { 1, 0, 1 }, SYS_WHOM_OWN_GROUP, 0, 0 },
	{ "setpriority", { 1, 5, 1 }, SYS_WHOM_GROUP, 5, 0 },
	{ "setpriority", { 2, 5, 1 }, SYS_WHOM_KERNEL, 5, 0 },
	{ "setpriority", { 3, 5, 1 }, SYS_WHOM_KERNEL, 5, 0 },
	{ "ioprio_set", { 1, 5, 1 }, SYS_WHOM_THREAD, 5, 0 },
	{ "ioprio_set", { 0, 5, 1 }, SYS_WHOM_KERNEL, 5, 0 },
	{ "ioprio_set", { 2, 5, 1 }, SYS_WHOM_GROUP, 5, 0 },
	{ "ioprio_set", { 3, 5, 1 }, SYS_WHOM_KERNEL, 5, 0 },
	{ "sched_setattr", { 0, 5 }, SYS_WHOM_SELF, 0, 0 },
	{ "sched_setattr", { 7, 5 }, SYS_WHOM_THREAD, 7, 0 },
	{ "sched_setaffinity", { (uint64_t)-7, 5 }, SYS_WHOM_KERNEL, -7, 0 },
	{ "prlimit64", { 0, 7, 1 }, SYS_WHOM_SELF, 0, 0 },
	{ "prlimit64", { 9, 7, 1 }, SYS_WHOM_PROCESS, 9, 0 },
	{ "setrlimit", { 9, 7 }, SYS_WHOM_SELF, 0, 0 },
};

static void
test_targets(void **state)
{
	struct sys_target target;
	uint64_t regs[SYS_REGS] = { 0 };
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (k = 0; k < 4; k++)
			regs[k] = cases[i].regs[k];
		sys_target(sys_by_name(cases[i].call), regs, &target);
		if (target.whom != cases[i].whom ||
		    target.pid != cases[i].pid || target.tgid != cases[i].tgid)
			fail_msg("%zu: %s: %d, %d, %d", i, cases[i].call,
			    target.whom, target.pid, target.tgid);
	}
}

/* A rule that names processes names them in every call that has a target. */
static void
test_names(void **state)
{
	const struct sys_call *call;
	size_t i;

	(void)state;
	for (i = 0; i < sys_count(); i++) {
		call = sys_row(i);
		if (sys_arg_by_name(call, "pidname", 0) != NULL)
			assert_true(sys_has_target(call));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * Of which calls a filter can ask: never missed, whatever registers they come
 * with, and not said of what is answered in the kernel.
 */
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/filter/filter.h"
#include "../../privd/notify/notify.h"
#include "../../privd/policy/policy.h"

static const char text[] = "Policy: /bin/true, Emulation: native\n"
			   "Default: deny[eperm]\n"
			   "native-kill: pidname eq \"/bin/true\" then permit\n"
			   "native-getpid: permit\n"
			   "native-setpriority: prio eq \"5\" then permit log\n"
			   "native-setpriority: permit\n"
			   "native-ioctl: permit\n"
			   "native-getuid: deny[enoent]\n"
			   "native-socket: sockdom eq \"AF_INET\" then permit\n"
			   "native-socket: deny[eacces]\n"
			   "native-execve: deny[eacces]\n";

static const struct {
	int number;
	bool asks;
} cases[] = {
	{ SYS_kill, true },
	{ SYS_tgkill, true },
	{ SYS_pidfd_send_signal, true },
	{ SYS_getpid, false },
	{ SYS_setpriority, true }, /* of one value */
	{ SYS_ioctl, false },
	{ SYS_getuid, false },
	{ SYS_socket, false },
	{ SYS_execve, true }, /* the launcher's */
	{ SYS_openat, true }, /* what no rule names is logged */
	{ SYS_io_uring_setup, false },
	{ 100000, false },
};

static void
build(struct policy_set **set, struct filter_program *program)
{
	struct policy_source source = { .authority = POLICY_SYSTEM };
	struct policy_report report = { 0 };
	struct filter_set set_of_one = { { NULL }, 1 };
	struct filter_input in = { .closure = &set_of_one, .nclosure = 1 };

	*set = policy_set_new();
	assert_int_equal(policy_load_buffer(*set, &source, "test", text,
			     strlen(text), &report),
	    0);
	policy_report_clear(&report);
	set_of_one.images[0] = policy_find(*set, POLICY_SYSTEM, "/bin/true");
	if (set_of_one.images[0] == NULL)
		set_of_one.images[0] = policy_find(*set, POLICY_SYSTEM,
		    "/usr/bin/true");
	assert_non_null(set_of_one.images[0]);
	in.enforcing = true;
	assert_int_equal(filter_build(&in, program), 0);
}

static void
test_cases(void **state)
{
	struct filter_program program;
	struct policy_set *set;
	size_t i;

	(void)state;
	build(&set, &program);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (filter_asks(&program, cases[i].number) != cases[i].asks)
			fail_msg("call %d", cases[i].number);
	filter_free(&program);
	policy_set_free(set);
}

/* What it asks of with some registers, it can ask of. */
static void
test_never_missed(void **state)
{
	struct seccomp_data data = { .arch = NOTIFY_ARCH };
	struct filter_program program;
	struct policy_set *set;
	unsigned int seed = 1;
	size_t i;

	(void)state;
	build(&set, &program);
	for (data.nr = 0; data.nr < 480; data.nr++) {
		for (i = 0; i < 600; i++) {
			data.args[i % 6] = (uint64_t)rand_r(&seed) % 20;
			if (filter_run(&program, &data) ==
				SECCOMP_RET_USER_NOTIF &&
			    !filter_asks(&program, data.nr))
				fail_msg("call %d", data.nr);
		}
	}
	filter_free(&program);
	policy_set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_never_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

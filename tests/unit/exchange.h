/* SPDX-License-Identifier: ISC */
/*
 * A process ends, at a chosen step of another one that looks at it by its
 * number, and one of root's has that number from there on. Included once by a
 * test, behind cmocka; needs root.
 */
#ifndef TEST_EXCHANGE_H
#define TEST_EXCHANGE_H

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/ptrace.h>
#include <linux/sched.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* A process of root's, with that number; 0: it cannot be had. */
static pid_t
take_number(pid_t number)
{
	struct clone_args args;
	pid_t pid;

	memset(&args, 0, sizeof(args));
	args.exit_signal = SIGCHLD;
	args.set_tid = (uintptr_t)&number;
	args.set_tid_size = 1;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (;;)
			(void)pause();
	}
	return pid == -1 ? 0 : pid;
}

/*
 * Lets a stopped process go on, and at its nth stop, before or after a system
 * call, ends another (a child) and gives its number away. False: it was over
 * before that.
 */
static bool
exchange(pid_t traced, bool (*is_over)(const struct __ptrace_syscall_info *),
    pid_t pid, unsigned int nth, pid_t *other)
{
	struct __ptrace_syscall_info info = { 0 };
	unsigned int stops = 0;
	int status;

	for (;;) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, traced, 0, 0), 0);
		assert_int_equal(waitpid(traced, &status, 0), traced);
		assert_true(WIFSTOPPED(status));
		if (WSTOPSIG(status) != (SIGTRAP | 0x80))
			continue;
		assert_true(ptrace(PTRACE_GET_SYSCALL_INFO, traced,
				sizeof(info), &info) > 0);
		if (is_over(&info))
			return false;
		if (stops++ < nth)
			continue;
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		*other = take_number(pid);
		return true;
	}
}

/* False: it may not be traced. */
static bool
begin_tracing(pid_t pid)
{
	int status;

	return ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD) == 0 &&
	    ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0 &&
	    waitpid(pid, &status, 0) == pid;
}

#endif /* TEST_EXCHANGE_H */

/* SPDX-License-Identifier: ISC */
/*
 * Attacks 8 and 27: the caller dies when its call has been received, read
 * and its path pinned, and nothing done yet. Traces the judge until it has
 * read the program's memory and asked for the pinned object's name, kills the
 * program there, waits until it is gone, and lets go.
 *
 * usage: hold judge program   (which acts on SIGUSR1)
 */
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)

int
main(int argc, char *argv[])
{
	struct user_regs_struct regs;
	struct pollfd pfd = { .events = POLLIN };
	pid_t judge, program;
	int status, entering = 0, has_read = 0;

	if (argc != 3)
		errx(2, "usage: hold judge program");
	judge = (pid_t)atoi(argv[1]);
	program = (pid_t)atoi(argv[2]);
	pfd.fd = (int)syscall(SYS_pidfd_open, program, 0);
	if (ptrace(PTRACE_SEIZE, judge, 0, PTRACE_O_TRACESYSGOOD) == -1 ||
	    ptrace(PTRACE_INTERRUPT, judge, 0, 0) == -1 ||
	    waitpid(judge, &status, __WALL) == -1)
		err(1, "seize");
	(void)kill(program, SIGUSR1);
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, judge, 0, 0) == -1 ||
		    waitpid(judge, &status, __WALL) == -1)
			err(1, "step");
		if (!WIFSTOPPED(status))
			errx(1, "the judge has ended");
		if (WSTOPSIG(status) != (SIGTRAP | 0x80))
			continue;
		entering = !entering;
		if (ptrace(PTRACE_GETREGS, judge, 0, &regs) == -1)
			err(1, "registers");
		if (entering || (long long)regs.rax <= 0)
			continue;
		if (regs.orig_rax == SYS_pread64 ||
		    regs.orig_rax == SYS_process_vm_readv)
			has_read = 1;
		else if (has_read &&
		    (regs.orig_rax == SYS_readlink ||
			regs.orig_rax == SYS_readlinkat))
			break;
	}
	(void)kill(program, SIGKILL);
	if (poll(&pfd, 1, 10000) != 1)
		errx(1, "the program does not end");
	if (ptrace(PTRACE_DETACH, judge, 0, 0) == -1)
		err(1, "detach");
	printf("killed after pinning\n");
	return 0;
}

#else

int
main(void)
{
	return 77;
}

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Attack 19: executes a program whose parent traces it from its first
 * instruction on, as a debugger does, and passes its signals on to it. Its exit
 * status is the program's.
 *
 * usage: traced command [argument ...]
 */
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	int status, sig;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: traced command [argument ...]");
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) == -1)
			err(1, "trace");
		execv(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		sig = WSTOPSIG(status);
		if (ptrace(PTRACE_CONT, pid, 0, sig == SIGTRAP ? 0 : sig) == -1)
			err(1, "continue");
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

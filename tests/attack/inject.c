/* SPDX-License-Identifier: ISC */
/*
 * Attack 47, from within: makes a process of the session, which waits in a
 * call, do another one, as if somebody had taken it over; tells the result.
 * Root's tracing is outside of what the process may do itself: the call is
 * judged by its own filter, domain and identity. x86_64 alone.
 *
 * usage: inject pid call-number argument ...
 *        (an argument is a number, or a path or word, which is put on the
 *        process's stack)
 */
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)

static pid_t pid;

static void
put_string(unsigned long long addr, const char *s)
{
	long word;
	size_t i, len = strlen(s) + 1;

	for (i = 0; i < len; i += sizeof(word)) {
		word = 0;
		memcpy(&word, s + i,
		    len - i < sizeof(word) ? len - i : sizeof(word));
		if (ptrace(PTRACE_POKEDATA, pid, addr + i, word) == -1)
			err(1, "poke");
	}
}

/* To the next stop at a call's door. */
static void
step(void)
{
	int status;

	if (ptrace(PTRACE_SYSCALL, pid, 0, 0) == -1 ||
	    waitpid(pid, &status, __WALL) == -1)
		err(1, "step");
	if (!WIFSTOPPED(status))
		errx(1, "it has ended");
}

static void
fill(struct user_regs_struct *regs, char *args[])
{
	unsigned long long *slots[] = { &regs->rdi, &regs->rsi, &regs->rdx,
		&regs->r10, &regs->r8, &regs->r9 };
	unsigned long long stack = regs->rsp - 8192;
	char *end;
	size_t i;

	regs->orig_rax = strtoull(args[0], NULL, 0);
	for (i = 0; i < 6; i++)
		*slots[i] = 0;
	for (i = 0; i < 6 && args[i + 1] != NULL; i++) {
		*slots[i] = strtoull(args[i + 1], &end, 0);
		if (*end == '\0')
			continue;
		put_string(stack, args[i + 1]);
		*slots[i] = stack;
		stack += (strlen(args[i + 1]) + 16) & ~7ULL;
	}
}

int
main(int argc, char *argv[])
{
	struct user_regs_struct saved, regs;
	int status;

	if (argc < 3)
		errx(2, "usage: inject pid number [argument ...]");
	pid = (pid_t)atoi(argv[1]);
	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD) == -1 ||
	    ptrace(PTRACE_INTERRUPT, pid, 0, 0) == -1 ||
	    waitpid(pid, &status, __WALL) == -1)
		err(1, "seize");
	/* Its interrupted call begins again: there the other is put in. */
	step();
	if (ptrace(PTRACE_GETREGS, pid, 0, &saved) == -1)
		err(1, "registers");
	regs = saved;
	fill(&regs, argv + 2);
	if (ptrace(PTRACE_SETREGS, pid, 0, &regs) == -1)
		err(1, "registers");
	step();
	if (ptrace(PTRACE_GETREGS, pid, 0, &regs) == -1)
		err(1, "registers");
	if ((long long)regs.rax < 0)
		printf("%s\n", strerrorname_np((int)-(long long)regs.rax));
	else
		printf("%lld\n", regs.rax);
	/* And its own call once more. */
	saved.rax = saved.orig_rax;
	saved.rip -= 2;
	if (ptrace(PTRACE_SETREGS, pid, 0, &saved) == -1 ||
	    ptrace(PTRACE_DETACH, pid, 0, 0) == -1)
		err(1, "detach");
	return 0;
}

#else

int
main(void)
{
	printf("ENOSYS\n");
	return 77;
}

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Attack 8: the caller and the stranger who takes its number. Both have a
 * path at the same address. The caller makes that file upon SIGUSR1; the
 * stranger never calls anything, under a filter of its own.
 *
 * usage: successor call [first] path file	a child waits; then this opens
 *						the file, which must be there
 *        successor rest path
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PLACE ((char *)0x10000000)

static void
put_path(const char *path)
{
	if (mmap(PLACE, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != PLACE)
		err(1, "mmap");
	(void)snprintf(PLACE, 4096, "%s", path);
}

static void
call(const char *first)
{
	sigset_t set;
	int sig;

	if (first != NULL && open(first, O_RDONLY) == -1)
		err(1, "%s", first);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	printf("ready %d\n", getpid());
	fflush(stdout);
	(void)sigwait(&set, &sig);
	(void)open(PLACE, O_WRONLY | O_CREAT | O_EXCL, 0644);
	_exit(1);
}

static void
rest(void)
{
	struct sock_filter insn = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &insn };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == -1)
		err(1, "filter");
	(void)write(STDOUT_FILENO, "r", 1);
	for (;;)
		(void)pause();
}

int
main(int argc, char *argv[])
{
	int status;
	pid_t pid;

	(void)alarm(60);
	if (argc == 3 && strcmp(argv[1], "rest") == 0) {
		put_path(argv[2]);
		rest();
	}
	if (argc < 4)
		errx(2, "usage: successor call|rest path ...");
	put_path(argv[argc - 2]);
	pid = fork();
	if (pid == 0)
		call(argc > 4 ? argv[argc - 1] : NULL);
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		err(1, "fork");
	printf("ended %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	printf("parent %s\n",
	    open(argv[argc - 1], O_RDONLY) == -1 ? "refused" : "opened");
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * A child waits for SIGUSR1, then makes a file; its parent lives on until the
 * child has ended. For attacks that happen in the middle of the call.
 *
 * usage: create-on-signal file   (prints the child's number)
 */
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void
wait_and_create(const char *path, const sigset_t *set)
{
	int sig;

	(void)sigwait(set, &sig);
	_exit(open(path, O_WRONLY | O_CREAT | O_EXCL, 0600) == -1);
}

int
main(int argc, char *argv[])
{
	sigset_t set;
	int status;
	pid_t pid;

	if (argc != 2)
		errx(2, "usage: create-on-signal file");
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0)
		wait_and_create(argv[1], &set);
	printf("ready %d\n", pid);
	(void)fflush(stdout);
	if (waitpid(pid, &status, 0) == -1)
		err(1, "wait");
	/* A call of its own, behind the child's: that one is over. */
	(void)access("/", F_OK);
	close(open("/", O_RDONLY));
	return WIFSIGNALED(status) ? 9 : WEXITSTATUS(status);
}

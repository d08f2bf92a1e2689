/* SPDX-License-Identifier: ISC */
/*
 * A child waits for SIGUSR1, then makes a file, or removes it; its parent
 * lives on until the child has ended. For attacks that happen in the middle
 * of the call.
 *
 * usage: create-on-signal file [remove]   (prints the child's number)
 */
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static void
wait_and_act(const char *path, bool removes, const sigset_t *set)
{
	int sig;

	(void)sigwait(set, &sig);
	if (removes)
		_exit(unlink(path) == -1);
	_exit(open(path, O_WRONLY | O_CREAT | O_EXCL, 0600) == -1);
}

int
main(int argc, char *argv[])
{
	sigset_t set;
	int status;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: create-on-signal file [remove]");
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0)
		wait_and_act(argv[1], argc > 2, &set);
	printf("ready %d\n", pid);
	(void)fflush(stdout);
	if (waitpid(pid, &status, 0) == -1)
		err(1, "wait");
	/* A call of its own, behind the child's: that one is over. */
	(void)access("/", F_OK);
	close(open("/", O_RDONLY));
	return WIFSIGNALED(status) ? 9 : WEXITSTATUS(status);
}

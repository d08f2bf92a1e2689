/* SPDX-License-Identifier: ISC */
/*
 * Attack 32: starts a command again and again, each time after the one before
 * has ended. Of every two the second is killed, after a time that grows from
 * nothing by steps and begins anew: in every moment of its life.
 *
 * usage: lives count step-in-microseconds steps command [argument ...]
 *	  "COUNT: E ended, K killed, F failed"
 */
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pid_t
start(char *argv[])
{
	pid_t pid = fork();
	int null;

	if (pid == -1)
		err(1, "fork");
	if (pid != 0)
		return pid;
	null = open("/dev/null", O_RDWR);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	execv(argv[0], argv);
	_exit(127);
}

int
main(int argc, char *argv[])
{
	int count, steps, i, status, ended = 0, killed = 0, failed = 0;
	struct timespec life;
	long step;
	pid_t pid;

	if (argc < 5)
		errx(2, "usage: lives count step steps command ...");
	count = atoi(argv[1]);
	step = atol(argv[2]);
	steps = atoi(argv[3]);
	for (i = 0; i < count; i++) {
		pid = start(argv + 4);
		life.tv_sec = 0;
		life.tv_nsec = i / 2 % steps * step * 1000;
		if (i % 2 == 1) {
			(void)nanosleep(&life, NULL);
			(void)kill(pid, SIGKILL);
		}
		if (waitpid(pid, &status, 0) != pid)
			err(1, "wait");
		ended += WIFEXITED(status) && WEXITSTATUS(status) == 0;
		killed += WIFSIGNALED(status);
		failed += WIFEXITED(status) && WEXITSTATUS(status) != 0;
	}
	printf("%d: %d ended, %d killed, %d failed\n", count, ended, killed,
	    failed);
	return 0;
}

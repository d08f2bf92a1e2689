/* SPDX-License-Identifier: ISC */
/*
 * Attacks 4 and 11: the path of an execve flips between a permitted and a
 * forbidden program while children execute it, or its argument does, or its
 * environment. The programs tell who ran, and with what.
 *
 * usage: exec-flip path-of-permitted letter-of-forbidden rounds
 *        exec-flip path letter rounds argument permitted
 *        exec-flip path letter rounds environment NAME=permitted
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <err.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile char *letter;
static char letters[2];
static atomic_bool over;

static void *
flip(void *p)
{
	unsigned int i = 0;

	(void)p;
	while (!atomic_load_explicit(&over, memory_order_relaxed))
		*letter = letters[i++ & 1];
	return NULL;
}

int
main(int argc, char *argv[])
{
	unsigned long rounds, i, refused = 0, ended = 0, killed = 0;
	char *path, *child_argv[3] = { NULL, NULL, NULL };
	char *child_envp[2] = { NULL, NULL }, *flipped;
	pthread_t flipper;
	int status;
	pid_t pid;

	if (argc != 4 && argc != 6)
		errx(2, "usage: exec-flip path letter rounds [what text]");
	/* Shared with the children, who have no flipping thread. */
	path = mmap(NULL, PATH_MAX, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (path == MAP_FAILED)
		err(1, "memory");
	flipped = path;
	(void)snprintf(path, PATH_MAX, "%s", argc == 4 ? argv[1] : argv[5]);
	letter = path + strlen(path) - 1;
	letters[0] = *letter;
	letters[1] = argv[2][0];
	rounds = strtoul(argv[3], NULL, 10);
	child_argv[0] = argv[1];
	if (argc == 6) {
		path = argv[1];
		if (strcmp(argv[4], "argument") == 0)
			child_argv[1] = flipped;
		else
			child_envp[0] = flipped;
	}
	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		errx(1, "thread");
	for (i = 0; i < rounds; i++) {
		pid = fork();
		if (pid == -1)
			err(1, "fork");
		if (pid == 0) {
			execve(path, child_argv, child_envp);
			_exit(99);
		}
		(void)waitpid(pid, &status, 0);
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			killed++;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == 99)
			refused++;
		else
			ended++;
	}
	atomic_store(&over, true);
	(void)pthread_join(flipper, NULL);
	printf("ended %lu\nrefused %lu\nkilled %lu\n", ended, refused, killed);
	return 0;
}

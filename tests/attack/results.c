/* SPDX-License-Identifier: ISC */
/*
 * Attack 10: one thread asks for what takes long to find out, while another
 * executes this program anew, each time a little later. The answer belongs
 * into the memory of the image that asked; the new one looks whether it came
 * there, at the same place. LINK: -fno-pie -no-pie
 *
 * usage: results path rounds
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOKS 400 /* of a millisecond each */
#define LATER 20  /* milliseconds, each round */

static union {
	char bytes[65536];
	struct stat st;
} answer;
static atomic_int asked;

static int
look(void)
{
	const struct timespec moment = { 0, 1000000 };
	size_t i, k;

	for (k = 0; k < LOOKS; k++) {
		for (i = 0; i < sizeof(answer.bytes); i++)
			if (((volatile char *)answer.bytes)[i] != 0)
				return 1;
		(void)nanosleep(&moment, NULL);
	}
	return 0;
}

static void *
leave(void *p)
{
	const struct timespec *moment = p;
	char *again[] = { "results", NULL };

	while (atomic_load(&asked) == 0)
		continue;
	(void)nanosleep(moment, NULL);
	(void)execv("/proc/self/exe", again);
	err(1, "exec");
}

/* The first thread asks: what comes after it has its number. */
static void
ask(const char *path, unsigned long round)
{
	struct timespec moment = { 0, (long)round * LATER * 1000000 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, leave, &moment) != 0)
		errx(1, "thread");
	for (;;) {
		(void)stat(path, &answer.st);
		atomic_fetch_add(&asked, 1);
	}
}

int
main(int argc, char *argv[])
{
	unsigned long i, rounds, landed = 0, clean = 0;
	int status;
	pid_t pid;

	if (argc == 1)
		return look();
	if (argc != 3)
		errx(2, "usage: results path rounds");
	rounds = strtoul(argv[2], NULL, 10);
	for (i = 0; i < rounds; i++) {
		pid = fork();
		if (pid == -1)
			err(1, "fork");
		if (pid == 0)
			ask(argv[1], i);
		(void)waitpid(pid, &status, 0);
		landed += WIFEXITED(status) && WEXITSTATUS(status) == 1;
		clean += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	printf("landed %lu\nclean %lu\n", landed, clean);
	return 0;
}

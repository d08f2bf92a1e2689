/* SPDX-License-Identifier: ISC */
/*
 * Attacks 9, 10 and 30: threads.
 *
 * usage: threads leader path		the leader has exited, a thread opens
 *        threads all path [path]	64 threads open at once, the second
 *					half of them the other path
 *        threads exec path rounds	one opens while another executes this
 *					program anew, as:
 *        threads count			how many descriptors are open?
 */
#include <sys/syscall.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 64

static pthread_barrier_t barrier;
static const char *paths[2];
static atomic_int opened[2];
static atomic_int begun;

static void *
open_once(void *p)
{
	int which = p != NULL;

	(void)pthread_barrier_wait(&barrier);
	if (open(paths[which], O_RDONLY | O_CLOEXEC) != -1)
		atomic_fetch_add(&opened[which], 1);
	return NULL;
}

static void
open_all(void)
{
	pthread_t threads[THREADS];
	size_t i;

	(void)pthread_barrier_init(&barrier, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, open_once,
			paths[1] != NULL && i >= THREADS / 2 ? &barrier : NULL))
			errx(1, "threads");
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	printf("first %d\nsecond %d\n", opened[0], opened[1]);
}

static void *
open_orphaned(void *p)
{
	char text[32] = "", path[64];
	FILE *status;
	int fd;

	(void)p;
	/* The leader is a zombie by now. */
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", getpid());
	do {
		status = fopen(path, "r");
		if (status == NULL ||
		    fscanf(status, "%*d (%*[^)]) %31s", text) != 1)
			errx(1, "%s", path);
		(void)fclose(status);
	} while (text[0] != 'Z');
	fd = open(paths[0], O_RDONLY);
	printf("leaderless %s\n", fd == -1 ? strerrorname_np(errno) : "opened");
	fflush(stdout);
	exit(0);
}

static void *
open_for_ever(void *p)
{
	(void)p;
	for (;;) {
		/* The limit of descriptors is far: a round is short. */
		(void)open(paths[0], O_RDONLY);
		atomic_store(&begun, 1);
	}
	return NULL;
}

static void
execute_rounds(char *self, unsigned long rounds)
{
	char count[] = "count", *argv[] = { self, count, NULL };
	unsigned long i;
	pthread_t thread;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		pid = fork();
		if (pid == -1)
			err(1, "fork");
		if (pid > 0) {
			(void)waitpid(pid, NULL, 0);
			continue;
		}
		if (pthread_create(&thread, NULL, open_for_ever, NULL) != 0)
			errx(1, "thread");
		while (atomic_load(&begun) == 0)
			continue;
		execv(self, argv);
		err(1, "%s", self);
	}
}

static void
count(void)
{
	int n = 0, fd;

	for (fd = 3; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	printf("open %d\n", n);
}

int
main(int argc, char *argv[])
{
	pthread_t thread;

	(void)alarm(60);
	/* What whoever runs the test left open is not of interest. */
	if (argc > 2)
		(void)syscall(SYS_close_range, 3, ~0U, 0);
	if (argc > 2)
		paths[0] = argv[2];
	if (argc == 2) {
		count();
	} else if (strcmp(argv[1], "leader") == 0) {
		if (pthread_create(&thread, NULL, open_orphaned, NULL) != 0)
			errx(1, "thread");
		syscall(SYS_exit, 0);
	} else if (strcmp(argv[1], "all") == 0) {
		paths[1] = argc > 3 ? argv[3] : NULL;
		open_all();
	} else if (argc > 3) {
		execute_rounds(argv[0], strtoul(argv[3], NULL, 10));
	}
	return 0;
}

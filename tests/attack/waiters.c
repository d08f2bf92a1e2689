/* SPDX-License-Identifier: ISC */
/*
 * Attack 31: as many threads as there may be call something that waits, all at
 * the same moment, and those that are told that there are too many come again
 * with the next. For each line of standard input a file is opened meanwhile, by
 * this program or by another of somebody else's.
 *
 * usage: waiters pipe count file	"ready COUNT" when all have called once;
 *					then "opened" or an errno for each line
 *        waiters - rounds file		for each line the median of so many
 *					openings, in nanoseconds
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STACK (64 * 1024)

static const char *pipe_name;
static atomic_int called;

static long long
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* With all others: when the clock's next second begins. */
static void
meet(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec++;
	ts.tv_nsec = 0;
	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static void *
call(void *p)
{
	bool first = true;
	int fd;

	(void)p;
	for (;;) {
		meet();
		if (first)
			atomic_fetch_add(&called, 1);
		first = false;
		fd = open(pipe_name, O_RDONLY | O_CLOEXEC);
		if (fd != -1)
			close(fd);
	}
	return NULL;
}

static int
start(int wanted)
{
	pthread_attr_t attr;
	pthread_t thread;
	int n;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK);
	for (n = 0; n < wanted; n++)
		if (pthread_create(&thread, &attr, call, NULL) != 0)
			break;
	while (atomic_load(&called) < n)
		meet();
	return n;
}

static int
compare(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static long long
measure(const char *file, int rounds)
{
	long long *took = calloc((size_t)rounds, sizeof(*took)), median;
	int i, fd;

	if (took == NULL)
		err(1, NULL);
	for (i = 0; i < rounds; i++) {
		took[i] = now();
		fd = open(file, O_RDONLY | O_CLOEXEC);
		took[i] = now() - took[i];
		if (fd == -1)
			err(1, "%s", file);
		close(fd);
	}
	qsort(took, (size_t)rounds, sizeof(*took), compare);
	median = took[rounds / 2];
	free(took);
	return median;
}

static void
open_once(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	printf("%s\n", fd == -1 ? strerrorname_np(errno) : "opened");
	if (fd != -1)
		close(fd);
}

int
main(int argc, char *argv[])
{
	char line[64];
	int count;

	if (argc < 4)
		errx(2, "usage: waiters pipe count file");
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	count = atoi(argv[2]);
	pipe_name = argv[1];
	printf("ready %d\n", *pipe_name == '-' ? 0 : start(count));
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (*pipe_name == '-')
			printf("%lld\n", measure(argv[3], count));
		else
			open_once(argv[3]);
	}
	_exit(0);
}

/* SPDX-License-Identifier: ISC */
/*
 * Opens a file for so many seconds, again and again, in as many threads as
 * there are CPUs, and prints how often that was refused.
 *
 * usage: denied path seconds
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64

static const char *path;
static time_t end;

static time_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void *
be_denied(void *p)
{
	unsigned long *count = p;
	int fd;

	while (now() < end) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd != -1)
			errx(1, "%s: it is opened", path);
		++*count;
	}
	return NULL;
}

int
main(int argc, char *argv[])
{
	unsigned long counts[THREADS_MAX] = { 0 }, all = 0;
	long i, n = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[THREADS_MAX];

	if (argc != 3)
		errx(2, "usage: denied path seconds");
	path = argv[1];
	end = now() + atol(argv[2]);
	n = n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : n;
	for (i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, be_denied, &counts[i]) !=
		    0)
			errx(1, "threads");
	for (i = 0; i < n; i++) {
		(void)pthread_join(threads[i], NULL);
		all += counts[i];
	}
	printf("%lu\n", all);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Loaded into the daemon, and so into all that it forks: the time of day jumps,
 * by as much as the file that CHAOS_CLOCK names says (seconds, in eight bytes).
 * The machine's own clock is left alone.
 */
#include <sys/mman.h>
#include <sys/time.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int (*real)(clockid_t, struct timespec *);
static const volatile int64_t *offset;

static void __attribute__((constructor)) begin(void)
{
	const char *path = getenv("CHAOS_CLOCK");
	void *symbol = dlsym(RTLD_NEXT, "clock_gettime"), *p;
	int fd;

	*(void **)(void *)&real = symbol;
	fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd == -1)
		return;
	p = mmap(NULL, sizeof(*offset), PROT_READ, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED)
		offset = p;
	close(fd);
}

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	int result = real(clock, ts);

	if (result == 0 && offset != NULL &&
	    (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		ts->tv_sec += *offset;
	return result;
}

time_t
time(time_t *where)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	if (where != NULL)
		*where = ts.tv_sec;
	return ts.tv_sec;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts = { 0, 0 };

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

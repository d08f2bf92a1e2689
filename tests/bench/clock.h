/* SPDX-License-Identifier: ISC */
/* The clock of the bench. */
#ifndef PRIVD_TESTS_BENCH_CLOCK_H
#define PRIVD_TESTS_BENCH_CLOCK_H

#include <err.h>
#include <time.h>

/* Nanoseconds, since some time. */
static inline double
now(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) == -1)
		err(1, "clock_gettime");
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

#endif /* PRIVD_TESTS_BENCH_CLOCK_H */

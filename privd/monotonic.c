/* SPDX-License-Identifier: ISC */
/*
 * The kernel's clock.
 */
#include "monotonic.h"

#include <time.h>

int64_t
monotonic_seconds(void)
{
	struct timespec ts;

	return clock_gettime(CLOCK_MONOTONIC, &ts) == 0 ? ts.tv_sec : 0;
}

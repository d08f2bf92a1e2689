/* SPDX-License-Identifier: ISC */
/*
 * What is left as it was, and why: address space and data, which grow with
 * policies, programs and threads; locked memory, which some socket options
 * and requests count, and the kernel holds to the caller's; signals that are
 * pending, priorities: the kernel asks for those of whom they are about.
 */
#include "limits.h"

#include <stddef.h>

static int
lower(int resource, rlim_t most)
{
	struct rlimit limit;

	if (most == LIMITS_ASIS)
		return 0;
	if (getrlimit(resource, &limit) == -1)
		return -1;
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return setrlimit(resource, &limit);
}

int
limits_set(const struct limits *limits)
{
	if (lower(RLIMIT_CORE, 0) == -1 || lower(RLIMIT_MSGQUEUE, 0) == -1 ||
	    lower(RLIMIT_NPROC, limits->processes) == -1 ||
	    lower(RLIMIT_NOFILE, limits->files) == -1 ||
	    lower(RLIMIT_FSIZE, limits->size) == -1)
		return -1;
	return 0;
}

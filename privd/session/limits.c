/* SPDX-License-Identifier: ISC */
/*
 * What is left as it was, and why: address space, which is no memory yet, and
 * data but of those that read what a user has written, which grow with
 * policies, programs and threads; locked memory, which some socket options
 * and requests count, and the kernel holds to the caller's; signals that are
 * pending, priorities: the kernel asks for those of whom they are about.
 */
#include "limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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

/* What RLIMIT_DATA counts, and the stack: see proc_pid_statm(5). */
static int
memory_so_far(rlim_t *bytes)
{
	unsigned long long pages;
	char text[256];
	ssize_t n;
	int fd;

	fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n == -1)
		return -1;
	text[n] = '\0';
	if (sscanf(text, "%*s %*s %*s %*s %*s %llu", &pages) != 1) {
		errno = EINVAL;
		return -1;
	}
	*bytes = pages * (rlim_t)sysconf(_SC_PAGESIZE);
	return 0;
}

int
limits_memory(size_t now, size_t later)
{
	struct rlimit limit;
	rlim_t so_far;

	if (getrlimit(RLIMIT_DATA, &limit) == -1 ||
	    memory_so_far(&so_far) == -1)
		return -1;
	if (limit.rlim_max > so_far + later)
		limit.rlim_max = so_far + later;
	limit.rlim_cur = so_far + now;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_DATA, &limit);
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

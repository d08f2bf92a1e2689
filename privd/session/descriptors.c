/* SPDX-License-Identifier: ISC */
/*
 * What a process that was forked holds on to: nothing but what it is to work
 * with.
 */
#include "descriptors.h"

#include <sys/syscall.h>

#include <fcntl.h>
#include <unistd.h>

int
descriptors_open_standard(void)
{
	int fd;

	/* Each is the lowest that is free. */
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDWR) == -1)
			return -1;
	return 0;
}

int
descriptors_leave_terminal(void)
{
	int null;

	(void)setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1)
		return -1;
	if (null > STDERR_FILENO)
		close(null);
	return 0;
}

void
descriptors_keep_only(const int *keep, size_t n)
{
	unsigned int from = STDERR_FILENO + 1, lowest;
	size_t i;

	for (;;) {
		lowest = ~0U;
		for (i = 0; i < n; i++)
			if (keep[i] >= (int)from &&
			    (unsigned int)keep[i] < lowest)
				lowest = (unsigned int)keep[i];
		(void)syscall(SYS_close_range, from,
		    lowest == ~0U ? ~0U : lowest - 1, 0);
		if (lowest == ~0U)
			return;
		from = lowest + 1;
	}
}

/* SPDX-License-Identifier: ISC */
/*
 * Copying from a program's memory through /proc/T/mem. What is copied is
 * the only copy that ever counts; nothing here is read twice.
 */
#include "notify.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096U /* the smallest page there is: only a step */

/* One pread; 0 bytes mean that the address space has ended. */
static ssize_t
read_some(int memfd, uint64_t addr, void *buf, size_t len)
{
	ssize_t n;

	if (addr > INT64_MAX) {
		errno = EFAULT;
		return -1;
	}
	do {
		n = pread(memfd, buf, len, (off_t)addr);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		errno = EFAULT;
	else if (n == 0)
		errno = ESRCH;
	return n;
}

int
notify_read(int memfd, uint64_t addr, void *buf, size_t len)
{
	size_t done;
	ssize_t n;

	for (done = 0; done < len; done += (size_t)n) {
		n = read_some(memfd, addr + done, (char *)buf + done,
		    len - done);
		if (n == 0 && done > 0)
			errno = EFAULT;
		if (n <= 0)
			return -1;
	}
	return 0;
}

ssize_t
notify_read_string(int memfd, uint64_t addr, char *buf, size_t size)
{
	size_t done, step;
	ssize_t n;
	char *end;

	for (done = 0; done < size; done += (size_t)n) {
		/* To the page's end: the next one need not be there. */
		step = PAGE - (size_t)((addr + done) % PAGE);
		if (step > size - done)
			step = size - done;
		n = read_some(memfd, addr + done, buf + done, step);
		if (n == 0 && done > 0)
			errno = EFAULT;
		if (n <= 0)
			return -1;
		end = memchr(buf + done, '\0', (size_t)n);
		if (end != NULL)
			return end - buf;
	}
	errno = ENAMETOOLONG;
	return -1;
}

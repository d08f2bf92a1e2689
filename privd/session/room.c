/* SPDX-License-Identifier: ISC */
/*
 * The size of /proc/T/fd is the number of open descriptors; the limit is in
 * /proc/T/limits. Other threads may take the last one meanwhile: what was
 * made is then taken away again.
 */
#include "room.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIMITS_MAX 4096

static bool
read_limit(int folder, unsigned long *limit)
{
	char text[LIMITS_MAX];
	const char *p;
	ssize_t n;
	int fd;

	fd = openat(folder, "limits", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	p = strstr(text, "\nMax open files");
	return p != NULL && sscanf(p, "\nMax open files %lu", limit) == 1;
}

bool
room_for_descriptor(int folder)
{
	unsigned long limit;
	struct stat st;

	if (fstatat(folder, "fd", &st, 0) == -1 || st.st_size == 0 ||
	    !read_limit(folder, &limit))
		return true;
	return (unsigned long)st.st_size < limit;
}

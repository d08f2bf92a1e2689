/* SPDX-License-Identifier: ISC */
/*
 * The size of /proc/T/fd is the number of open descriptors; the limit is in
 * /proc/T/limits. Other threads may take the last one meanwhile: what was
 * made is then taken away again.
 */
#include "room.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMITS_MAX 4096
#define NUMBERS_MAX 4096 /* that are looked through */

/* One of the limits, by its name there; ULONG_MAX for none. */
static bool
read_limit(int folder, const char *name, unsigned long *limit)
{
	char text[LIMITS_MAX];
	const char *p;
	char *end;
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
	p = strstr(text, name);
	if (p == NULL)
		return false;
	p += strlen(name);
	p += strspn(p, " ");
	*limit = ULONG_MAX;
	if (strncmp(p, "unlimited", 9) == 0)
		return true;
	*limit = strtoul(p, &end, 10);
	return end != p;
}

/* There may be more of them than the limit that was lowered since. */
static bool
has_free_number(int folder, unsigned long limit)
{
	char name[32];
	struct stat st;
	unsigned long i;

	for (i = 0; i < limit && i < NUMBERS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "fd/%lu", i);
		if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
			return errno == ENOENT;
	}
	return false;
}

bool
room_for_descriptor(int folder)
{
	unsigned long limit;
	struct stat st;

	if (fstatat(folder, "fd", &st, 0) == -1 || st.st_size == 0 ||
	    !read_limit(folder, "\nMax open files", &limit))
		return true;
	return (unsigned long)st.st_size < limit ||
	    has_free_number(folder, limit);
}

bool
room_for_size(int folder, const struct stat *st, int64_t size)
{
	unsigned long limit;

	if (!S_ISREG(st->st_mode) || size <= st->st_size)
		return true;
	return !read_limit(folder, "\nMax file size", &limit) ||
	    (uint64_t)size <= limit;
}

/* SPDX-License-Identifier: ISC */
/*
 * Files that are there as a whole or not at all, whatever happens meanwhile.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sign_internal.h"

static int
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Opens a folder, and makes a new name in it that nobody looks at. */
static int
open_beside(const char *path, char **temporary, int *folder)
{
	char *copy, *name, *above;
	int fd = -1;

	*temporary = NULL;
	*folder = -1;
	copy = strdup(path);
	name = strdup(path);
	if (copy == NULL || name == NULL)
		goto out;
	above = dirname(copy);
	if (asprintf(temporary, "%s/.%s.XXXXXX", above, basename(name)) == -1) {
		*temporary = NULL;
		goto out;
	}
	*folder = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*folder != -1)
		fd = mkostemp(*temporary, O_CLOEXEC);
out:
	free(copy);
	free(name);
	return fd;
}

static int
put_in_place(const char *temporary, const char *path, bool fresh)
{
	if (!fresh)
		return rename(temporary, path);
	if (link(temporary, path) == -1)
		return -1;
	(void)unlink(temporary);
	return 0;
}

int
sign_write_file(const char *path, const char *bytes, size_t len, mode_t mode,
    bool fresh)
{
	char *temporary;
	int fd, folder, ret = -1, saved;

	fd = open_beside(path, &temporary, &folder);
	if (fd == -1)
		goto out;
	if (fchmod(fd, mode) == 0 && write_all(fd, bytes, len) == 0 &&
	    fsync(fd) == 0 && put_in_place(temporary, path, fresh) == 0)
		ret = fsync(folder);
	else {
		saved = errno;
		(void)unlink(temporary);
		errno = saved;
	}
out:
	saved = errno;
	if (fd != -1)
		(void)close(fd);
	if (folder != -1)
		(void)close(folder);
	free(temporary);
	errno = saved;
	return ret;
}

char *
sign_read_file(const char *path, size_t *len)
{
	return file_read(path, true, len);
}

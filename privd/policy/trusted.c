/* SPDX-License-Identifier: ISC */
/*
 * What nobody but root can have put where it is. Each component is opened
 * below the one before and looked at by its descriptor: what was checked is
 * what is held, and each check holds for good, for only root can undo it.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "reader.h"

/* One component on the way; the last must be of this type. */
static const char *
find_wrong(int fd, bool last, mode_t type)
{
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return strerror(errno);
	if (!served_by_root(fd))
		return "is on a file system that a user serves";
	if (st.st_uid != 0)
		return "does not belong to root";
	if (last && (st.st_mode & S_IFMT) != type)
		return type == S_IFDIR ? "is not a folder" :
					 "is not a regular file";
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return NULL;
	/* In a sticky folder root's entries are root's alone. */
	if (!last && S_ISDIR(st.st_mode) && st.st_mode & S_ISVTX)
		return NULL;
	return "can be written by others than root";
}

/* What has this name there; `above` is closed. -1 with errno. */
static int
step(int above, const char *name, size_t len)
{
	char component[NAME_MAX + 1];
	int fd, saved;

	if (len > NAME_MAX) {
		close(above);
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(component, name, len);
	component[len] = '\0';
	fd = openat(above, component, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	saved = errno;
	close(above);
	errno = saved;
	return fd;
}

/* Of a canonical path: an O_PATH descriptor; -1 with why and where. */
static int
pin(const char *full, mode_t type, char *reason, size_t len)
{
	const char *p = full + 1, *wrong;
	size_t n;
	int fd;

	fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	wrong = find_wrong(fd, *p == '\0', type);
	while (wrong == NULL && *p != '\0') {
		n = strcspn(p, "/");
		fd = step(fd, p, n);
		p += n;
		n = strspn(p, "/");
		wrong = find_wrong(fd, p[n] == '\0', type);
		if (wrong == NULL)
			p += n;
	}
	if (wrong == NULL)
		return fd;
	(void)snprintf(reason, len, "not trusted: \"%.*s\" %s", (int)(p - full),
	    full, wrong);
	if (fd != -1)
		close(fd);
	errno = EPERM;
	return -1;
}

/* From where this process stands. */
static int
make_absolute(const char *path, char absolute[PATH_MAX])
{
	absolute[0] = '\0';
	if (path[0] != '/' &&
	    (getcwd(absolute, PATH_MAX - 1) == NULL ||
		strlcat(absolute, "/", PATH_MAX) >= PATH_MAX))
		return -1;
	if (strlcat(absolute, path, PATH_MAX) < PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/*
 * What a link of somebody else's leads to could be exchanged between a look at
 * it and the next.
 */
static int
pin_trusted(const char *path, mode_t type, char full[PATH_MAX], char *reason,
    size_t len)
{
	char absolute[PATH_MAX];
	int state = -1;

	if (make_absolute(path, absolute) == 0)
		state = path_resolve(absolute, false, false, full);
	if (state == PATH_MISSING)
		errno = ENOENT;
	if (state == PATH_EXISTS)
		return pin(full, type, reason, len);
	if (state == PATH_UNTRUSTED) {
		(void)snprintf(reason, len,
		    "not trusted: others than root can set a link on the way");
		errno = EPERM;
		return -1;
	}
	(void)snprintf(reason, len, "%s", strerror(errno));
	return -1;
}

static int
trusted(const char *path, mode_t type, char *reason, size_t len)
{
	char full[PATH_MAX];
	int fd = pin_trusted(path, type, full, reason, len);

	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

int
policy_trusted(const char *path, char *reason, size_t len)
{
	return trusted(path, S_IFREG, reason, len);
}

int
policy_trusted_folder(const char *path, char *reason, size_t len)
{
	return trusted(path, S_IFDIR, reason, len);
}

int
policy_trusted_open(const char *path, char full[PATH_MAX], char *reason,
    size_t len)
{
	return pin_trusted(path, S_IFREG, full, reason, len);
}

/* SPDX-License-Identifier: ISC */
/*
 * Whose folder of /proc is it? Names tell nothing of what others mounted or
 * handed over, and numbers nothing of a procfs of another process namespace:
 * so it is climbed to the procfs's root, which knows us as "self".
 */
#include "ours.h"

#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_PATH | O_DIRECTORY | O_CLOEXEC)
#define DEPTH_MAX 64 /* of /proc/sys, above all */

/* What cannot be told is taken for one, as it is for ours below. */
bool
ours_is_procfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == -1 || fs.f_type == PROC_SUPER_MAGIC;
}

bool
ours_is_on_procfs(int fd, const struct stat *st)
{
	return major(st->st_dev) == 0 && ours_is_procfs(fd);
}

/* Is it there, for all that is known? */
static bool
may_be_there(int folder, const char *path)
{
	return faccessat(folder, path, F_OK, 0) == 0 ||
	    (errno != ENOENT && errno != ENOTDIR && errno != EACCES);
}

/* Our number there; 0: that procfs does not show us; -1: nobody knows. */
static long
number_in(int root)
{
	char text[32];
	ssize_t n = readlinkat(root, "self", text, sizeof(text) - 1);

	if (n == -1)
		return errno == ENOENT ? 0 : -1;
	text[n] = '\0';
	return strtol(text, NULL, 10);
}

bool
ours_is_numbered(int root)
{
	return number_in(root) == getpid();
}

bool
ours_is_entry(int root, const char *name)
{
	char own[64];

	if (name[0] < '1' || name[0] > '9')
		return false;
	(void)snprintf(own, sizeof(own), "self/task/%.16s", name);
	return may_be_there(root, own);
}

/* A folder right below the root: every one of our threads has the task of
   our first. */
static bool
is_our_folder(int root, int folder)
{
	char task[64];
	long number = number_in(root);

	if (number <= 0)
		return number == -1;
	(void)snprintf(task, sizeof(task), "task/%ld", number);
	return may_be_there(folder, task);
}

/* Numbers of inodes come again, the root's as one of a process as well: but
   that has no "self". */
static bool
is_root(int folder, const struct stat *st)
{
	struct stat self;

	return st->st_ino == PROC_ROOT_INO &&
	    (fstatat(folder, "self", &self, AT_SYMLINK_NOFOLLOW) == 0 ||
		errno != ENOENT);
}

/* Ours always lets us go up. */
static bool
is_within(int start)
{
	int folder = fcntl(start, F_DUPFD_CLOEXEC, 3), up, depth;
	struct stat st;
	bool ours = true;

	for (depth = 0; depth < DEPTH_MAX && folder != -1; depth++) {
		up = openat(folder, "..", FOLDER_FLAGS);
		if (up == -1) {
			ours = errno != EACCES && errno != ENOENT;
			break;
		}
		if (fstat(up, &st) == -1 || !ours_is_procfs(up)) {
			close(up);
			break;
		}
		if (is_root(up, &st)) {
			ours = is_our_folder(up, folder);
			close(up);
			break;
		}
		close(folder);
		folder = up;
	}
	if (folder != -1)
		close(folder);
	return ours;
}

/* A file's folder, if its name leads back to it; else -1. */
static int
folder_of(int fd, const struct stat *st)
{
	char link[32], path[PATH_MAX], *slash;
	struct stat found;
	ssize_t n;
	int folder;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0 || path[0] != '/')
		return -1;
	path[n] = '\0';
	slash = strrchr(path, '/');
	*slash = '\0';
	folder = open(path[0] == '\0' ? "/" : path, FOLDER_FLAGS);
	if (folder == -1 ||
	    (fstatat(folder, slash + 1, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
		found.st_dev == st->st_dev && found.st_ino == st->st_ino))
		return folder;
	close(folder);
	return -1;
}

static bool
is_folder_within(int folder)
{
	struct stat st;

	if (fstat(folder, &st) == -1 || !ours_is_procfs(folder))
		return true;
	return !is_root(folder, &st) && is_within(folder);
}

bool
ours_is_within(int fd, const struct stat *st)
{
	bool ours;
	int folder;

	if (!ours_is_procfs(fd))
		return false;
	if (S_ISDIR(st->st_mode))
		return is_folder_within(fd);
	folder = folder_of(fd, st);
	if (folder == -1)
		return true;
	ours = is_folder_within(folder);
	close(folder);
	return ours;
}

/* SPDX-License-Identifier: ISC */
/*
 * The lock is the open file's (fcntl(2)): daemon(3) forks, and a process that
 * closes another descriptor of the file loses nothing. What the monitor forks
 * closes it, so that it ends with the monitor whatever that dies of. The file
 * stays: who removed it could not know that nobody has just opened it.
 */
#include "lock.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../client-lib/wire.h"
#include "listener.h"
#include "resolve/resolve.h"

/* Milliseconds. */
#define WAIT 2000
#define STEP 20

bool
lock_is_at(int fd, const char *name)
{
	struct stat st, there;

	return fstat(fd, &st) == 0 && lstat(name, &there) == 0 &&
	    resolve_same(&st, &there);
}

/* Whoever can open it can lock it. */
static bool
is_of_root(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == 0 &&
	    (st->st_mode & 077) == 0;
}

static int
hold(int fd, const char *name)
{
	const struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (!is_of_root(&st)) {
		errno = EPERM;
		return -1;
	}
	if (fcntl(fd, F_OFD_SETLK, &lock) == -1)
		return -1;
	/* One that has lost its name keeps nobody out. */
	if (lock_is_at(fd, name))
		return 0;
	errno = ESTALE;
	return -1;
}

static void
drop(int *fd)
{
	int error = errno;

	close(*fd);
	*fd = -1;
	errno = error;
}

static int
take(const char *name)
{
	const struct timespec step = { 0, STEP * 1000000L };
	int64_t end = wire_deadline(WAIT);
	int fd = -1;
	bool again;

	for (;;) {
		if (fd == -1)
			fd = open(name,
			    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
				O_CLOEXEC,
			    0600);
		if (fd == -1 || hold(fd, name) == 0)
			return fd;
		again = wire_deadline(0) < end &&
		    (errno == EAGAIN || errno == ESTALE);
		if (!again || errno == ESTALE)
			drop(&fd);
		if (!again)
			return -1;
		(void)nanosleep(&step, NULL);
	}
}

static char *
name_of(const char *path)
{
	char *name;

	return asprintf(&name, "%s" LOCK_SUFFIX, path) == -1 ? NULL : name;
}

int
lock_take(const char *path)
{
	char *name = name_of(path);
	int fd = -1, error;

	if (name == NULL)
		return -1;
	if (listener_make_folders(path) == 0)
		fd = take(name);
	error = errno;
	free(name);
	errno = error;
	return fd;
}

bool
lock_is_held(int fd, const char *path)
{
	char *name = name_of(path);
	bool held = name != NULL && hold(fd, name) == 0;

	free(name);
	return held;
}

/* SPDX-License-Identifier: ISC */
/*
 * Openings. A pinned object is reached again through its own descriptor
 * (/proc/self/fd/N), a missing one through its pinned folder and name; flags
 * that such a reopening cannot honour are enforced here.
 */
#include "perform.h"

#include <sys/fsuid.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../resolve/resolve.h"
#include "internal.h"

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

static int protect_regular = 2, protect_fifos = 2;

static int
read_sysctl(const char *path, int otherwise)
{
	char c;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return otherwise;
	if (read(fd, &c, 1) == 1 && c >= '0' && c <= '9')
		otherwise = c - '0';
	close(fd);
	return otherwise;
}

void
perform_init(void)
{
	protect_regular = read_sysctl("/proc/sys/fs/protected_regular", 0);
	protect_fifos = read_sysctl("/proc/sys/fs/protected_fifos", 0);
}

int
perform_reopen(int pin, uint64_t flags, mode_t mode)
{
	/* With O_TMPFILE it says that the file shall never have a name. */
	if ((flags & TMPFILE_BIT) == 0)
		flags &= ~(uint64_t)O_EXCL;
	flags &= ~(uint64_t)(O_CREAT | O_NOFOLLOW);
	flags |= O_NOCTTY | O_CLOEXEC;
	return open(perform_path(pin).text, (int)flags, mode);
}

/*
 * The kernel's rule for O_CREAT on what is there already in a folder that
 * many can write (sysctl fs.protected_regular, fs.protected_fifos): the
 * reopening has no O_CREAT and would not meet it.
 */
static bool
is_protected(const struct resolve_pin *pin)
{
	const struct stat *dir = &pin->parent_st;
	int level;

	if (S_ISREG(pin->st.st_mode))
		level = protect_regular;
	else if (S_ISFIFO(pin->st.st_mode))
		level = protect_fifos;
	else
		return false;
	if (level == 0 || pin->parent == -1 || !(dir->st_mode & S_ISVTX) ||
	    pin->st.st_uid == dir->st_uid ||
	    pin->st.st_uid == (uid_t)setfsuid((uid_t)-1))
		return false;
	return (dir->st_mode & S_IWOTH) != 0 ||
	    (level >= 2 && (dir->st_mode & S_IWGRP) != 0);
}

int
perform_open_error(const struct resolve_pin *pin, uint64_t flags)
{
	if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0)
		return EEXIST;
	if (S_ISLNK(pin->st.st_mode))
		return (flags & O_DIRECTORY) != 0 ? ENOTDIR : ELOOP;
	if ((flags & O_CREAT) != 0 && S_ISDIR(pin->st.st_mode))
		return EISDIR;
	if ((flags & O_CREAT) != 0 && is_protected(pin))
		return EACCES;
	return 0;
}

static int
open_existing(const struct resolve_pin *pin, uint64_t flags, mode_t mode)
{
	int error = perform_open_error(pin, flags);

	if (error != 0) {
		errno = error;
		return -1;
	}
	return perform_reopen(pin->object, flags, mode);
}

static int
open_missing(const struct resolve_pin *pin, uint64_t flags, mode_t mode)
{
	int fd;

	if ((flags & O_CREAT) == 0 || pin->deep) {
		errno = ENOENT;
		return -1;
	}
	if (pin->slash) {
		errno = EISDIR;
		return -1;
	}
	/* Judged as missing: so it must be made here, or not at all. */
	fd = openat(pin->parent, pin->name,
	    (int)flags | O_EXCL | O_NOCTTY | O_CLOEXEC, mode);
	if (fd == -1 && errno == EEXIST && (flags & O_EXCL) == 0)
		errno = PERFORM_WALK_AGAIN;
	return fd;
}

int
perform_open(const struct resolve_pin *pin, uint64_t flags, mode_t mode)
{
	if ((flags & O_CREAT) != 0 && (flags & O_DIRECTORY) != 0 &&
	    (flags & TMPFILE_BIT) == 0) {
		errno = EINVAL;
		return -1;
	}
	if (pin->missing)
		return open_missing(pin, flags, mode);
	return open_existing(pin, flags, mode);
}

bool
perform_creates(const struct resolve_pin *pin, uint64_t flags)
{
	return (pin->missing && (flags & O_CREAT) != 0) ||
	    (flags & TMPFILE_BIT) != 0;
}

/* Devices that open at once whoever has them: memory and terminals' ptys. */
static bool
is_prompt_device(dev_t rdev)
{
	unsigned int n = major(rdev);

	return n == 1 || n == 5 || (n >= 136 && n <= 143);
}

bool
perform_may_block(const struct stat *st, uint64_t flags)
{
	if ((flags & (O_NONBLOCK | O_PATH)) != 0)
		return false;
	return S_ISFIFO(st->st_mode) || S_ISBLK(st->st_mode) ||
	    (S_ISCHR(st->st_mode) && !is_prompt_device(st->st_rdev));
}

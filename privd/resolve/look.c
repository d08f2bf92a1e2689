/* SPDX-License-Identifier: ISC */
/*
 * What is pinned, as it was when it was looked at: no server of a file system
 * is asked again.
 */
#include "resolve.h"

#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "internal.h"

int
look_at(int fd, struct stat *st, uint64_t *mount)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		STATX_BASIC_STATS | STATX_MNT_ID, &stx) == -1)
		return -1;
	*mount = (stx.stx_mask & STATX_MNT_ID) != 0 ? stx.stx_mnt_id : 0;
	memset(st, 0, sizeof(*st));
	st->st_dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	st->st_rdev = makedev(stx.stx_rdev_major, stx.stx_rdev_minor);
	st->st_ino = stx.stx_ino;
	st->st_mode = stx.stx_mode;
	st->st_nlink = stx.stx_nlink;
	st->st_uid = stx.stx_uid;
	st->st_gid = stx.stx_gid;
	st->st_size = (off_t)stx.stx_size;
	return 0;
}

int
resolve_stat(int fd, struct stat *st)
{
	uint64_t mount;

	return look_at(fd, st, &mount);
}

int
resolve_look_for(int folder, const char *name, bool *missing)
{
	struct statx stx;
	int error = 0;

	if (statx(folder, name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
		STATX_TYPE, &stx) == -1)
		error = errno;
	*missing = error == ENOENT;
	return error == ENOENT || error == EACCES ? 0 : error;
}

bool
resolve_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

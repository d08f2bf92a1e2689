/* SPDX-License-Identifier: ISC */
/*
 * Paths that the kernel walks for us, in one call, as the caller, and below the
 * program's root. Without a link on the way a path in canonical form is the
 * name that the walk took; else the name is asked for afterwards, from the pin.
 * What does not come about so, for whatever reason, is walked step by step.
 */
#include "at_once.h"

#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"
#include "internal.h"
#include "ours.h"

bool
resolve_is_canonical(const char *path)
{
	const char *p = path;

	if (*p != '/' || p[1] == '\0')
		return false;
	while (*p == '/') {
		p++;
		if (*p == '/' || *p == '\0')
			return false;
		if (*p == '.' &&
		    (p[1] == '/' || p[1] == '\0' ||
			(p[1] == '.' && (p[2] == '/' || p[2] == '\0'))))
			return false;
		p += strcspn(p, "/");
	}
	return true;
}

/* Is this where the kernel may walk? */
static bool
may_walk(const struct resolve_view *view, const char *path)
{
	/* In /proc the folder matters, too: it may be the program's own. */
	return strncmp(path, "/proc", 5) != 0 &&
	    (path[0] == '/' || view->own_root);
}

/*
 * As the program would come there, but for the jumps in /proc. -1 with errno.
 */
static int
walk_whole(const struct resolve_view *view, int start, const char *path,
    uint64_t flags, uint64_t resolve)
{
	struct open_how how;

	memset(&how, 0, sizeof(how));
	how.flags = flags | O_CLOEXEC;
	how.resolve = resolve | RESOLVE_NO_MAGICLINKS;
	if (path[0] != '/')
		return (
		    int)syscall(SYS_openat2, start, path, &how, sizeof(how));
	how.resolve |= RESOLVE_IN_ROOT;
	return (int)syscall(SYS_openat2, view->root, path, &how, sizeof(how));
}

char *
at_once_last(char *path)
{
	char *first = path + strspn(path, "/"), *last = path + strlen(path);

	while (last > first && last[-1] == '/')
		last--;
	while (last > first && last[-1] != '/')
		last--;
	return last > first ? last : NULL;
}

int
at_once_folder(const struct resolve_view *view, int start, const char *path,
    bool links)
{
	if (!may_walk(view, path))
		return -1;
	return walk_whole(view, start, path, O_PATH | O_DIRECTORY,
	    links ? 0 : RESOLVE_NO_SYMLINKS);
}

/* Does it end in the name of an entry? */
static bool
ends_in_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;

	return *name != '\0' && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0;
}

/* A path with links, or from a folder: the kernel says what it is. */
static int
name_pin(const struct resolve_view *view, const char *path, uint64_t mount,
    struct resolve_pin *pin)
{
	int error;

	error = name_walked(view, path[0] != '/', pin->object, mount, pin->path,
	    sizeof(pin->path), &pin->outside);
	return error == 0 && pin->outside ? ESTALE : error;
}

/* Taken over, but on failure. 0 or errno. */
static int
take_pin(const struct resolve_view *view, const char *path, int fd, bool named,
    struct resolve_pin *pin)
{
	uint64_t mount;
	int error = 0;

	if (look_at(fd, &pin->st, &mount) == -1)
		return errno;
	if (ours_is_on_procfs(fd, &pin->st))
		return ELOOP;
	pin->object = fd;
	if (named)
		(void)snprintf(pin->path, sizeof(pin->path), "%s", path);
	else
		error = name_pin(view, path, mount, pin);
	if (error != 0)
		resolve_pin_init(pin);
	return error;
}

int
at_once_pin(const struct resolve_view *view, int start, const char *path,
    unsigned int flags, struct resolve_pin *pin)
{
	uint64_t how = O_PATH;
	bool named = (flags & RESOLVE_LINKED) == 0 &&
	    resolve_is_canonical(path);
	int fd = -1, error;

	if (!may_walk(view, path) || !ends_in_name(path))
		return EINVAL;
	if ((flags & RESOLVE_NOFOLLOW) != 0)
		how |= O_NOFOLLOW;
	if (named) {
		fd = walk_whole(view, start, path, how, RESOLVE_NO_SYMLINKS);
		if (fd == -1 && errno != ELOOP)
			return errno;
	}
	if (fd == -1) {
		named = false;
		fd = walk_whole(view, start, path, how, 0);
	}
	if (fd == -1)
		return errno;
	error = take_pin(view, path, fd, named, pin);
	if (error != 0)
		close(fd);
	return error;
}

bool
resolve_is_plain(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

bool
resolve_is_plain_at(const struct resolve_view *view, const char *path)
{
	struct stat st;

	return fstatat(view->root, path + 1, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    resolve_is_plain(&st);
}

int
resolve_open_at_once(const struct resolve_view *view, const char *path,
    uint64_t flags, struct stat *st)
{
	int fd;

	/* Not to wait for whoever holds a lease, or a fifo's other end. */
	fd = walk_whole(view, -1, path, flags | O_NONBLOCK | O_NOCTTY,
	    RESOLVE_NO_SYMLINKS);
	if (fd == -1)
		return -1;
	if (resolve_stat(fd, st) == 0 && !ours_is_on_procfs(fd, st) &&
	    ((flags & O_NONBLOCK) != 0 || !resolve_is_plain(st) ||
		fcntl(fd, F_SETFL, (int)flags & ~O_NONBLOCK) == 0))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

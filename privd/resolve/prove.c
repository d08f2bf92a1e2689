/* SPDX-License-Identifier: ISC */
/*
 * Is a name the truth? The kernel names a descriptor of another mount
 * namespace as if that namespace's root were ours: whoever makes one, binds a
 * file below it and passes a folder on could give any object any name. So
 * what was not reached from our own root is held to its name: the name must
 * lead to the same object on the same mount. Mount ids are unique over all
 * namespaces.
 */
#include "resolve.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* 0, or an errno. */
static int
place_of(int fd, struct statx *stx)
{
	const unsigned int wanted = STATX_INO | STATX_MNT_ID;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, wanted, stx) ==
	    -1)
		return errno;
	return (stx->stx_mask & wanted) == wanted ? 0 : ENOTSUP;
}

static bool
is_same_place(const struct statx *a, const struct statx *b)
{
	return a->stx_mnt_id == b->stx_mnt_id && a->stx_ino == b->stx_ino &&
	    a->stx_dev_major == b->stx_dev_major &&
	    a->stx_dev_minor == b->stx_dev_minor;
}

/*
 * The name may lie below a folder that may not be searched, or be gone: then
 * it is enough that the mount is one of ours, for names on those are true.
 * Where users mount, they choose what stands in a line, and how long it is: a
 * number counts where a line begins alone.
 */
static int
prove_mount(uint64_t id)
{
	unsigned long long listed;
	char line[4096];
	bool found = false, begins = true;
	FILE *fp;
	int error;

	fp = fopen("/proc/self/mountinfo", "re");
	if (fp == NULL)
		return errno;
	errno = 0;
	while (!found && fgets(line, sizeof(line), fp) != NULL) {
		found = begins && sscanf(line, "%llu ", &listed) == 1 &&
		    listed == id;
		begins = strchr(line, '\n') != NULL;
	}
	error = ferror(fp) ? errno : ESTALE;
	(void)fclose(fp);
	return found ? 0 : error;
}

int
resolve_prove(int fd, const char *path)
{
	struct statx pinned, named;
	int other, error;

	if (path[0] != '/')
		return ESTALE;
	error = place_of(fd, &pinned);
	if (error != 0)
		return error;
	other = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (other == -1 && (errno == EACCES || errno == ENOENT))
		return prove_mount(pinned.stx_mnt_id);
	if (other == -1)
		return errno == ENOTDIR || errno == ELOOP ||
			errno == ENAMETOOLONG ?
		    ESTALE :
		    errno;
	error = place_of(other, &named);
	(void)close(other);
	if (error != 0)
		return error;
	return is_same_place(&pinned, &named) ? 0 : ESTALE;
}

int
prove_is_mounted(const struct resolve_view *view, int fd, uint64_t mount,
    const char *path)
{
	uint64_t root = view->root_mount;
	struct statx stx;
	int error = 0;

	if (mount == 0 && (error = place_of(fd, &stx)) == 0)
		mount = stx.stx_mnt_id;
	if (error == 0 && root == 0 &&
	    (error = place_of(view->root, &stx)) == 0)
		root = stx.stx_mnt_id;
	if (error != 0 || mount == root || resolve_prove(fd, path) == 0)
		return error;
	return prove_mount(mount);
}

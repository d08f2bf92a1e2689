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

static bool
place_of(int fd, struct statx *stx)
{
	const unsigned int wanted = STATX_INO | STATX_MNT_ID;

	return statx(fd, "", AT_EMPTY_PATH, wanted, stx) == 0 &&
	    (stx->stx_mask & wanted) == wanted;
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
 */
static bool
is_our_mount(uint64_t id)
{
	unsigned long long listed;
	char line[4096];
	bool found = false;
	FILE *fp;

	fp = fopen("/proc/self/mountinfo", "re");
	if (fp == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), fp) != NULL)
		found = sscanf(line, "%llu ", &listed) == 1 && listed == id;
	(void)fclose(fp);
	return found;
}

bool
resolve_prove(int fd, const char *path)
{
	struct statx pinned, named;
	bool same;
	int other;

	if (path[0] != '/' || !place_of(fd, &pinned))
		return false;
	other = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (other == -1)
		return (errno == EACCES || errno == ENOENT) &&
		    is_our_mount(pinned.stx_mnt_id);
	same = place_of(other, &named) && is_same_place(&pinned, &named);
	(void)close(other);
	return same;
}

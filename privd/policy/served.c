/* SPDX-License-Identifier: ISC */
/*
 * Whose word it is what lies on a file system. Owner and mode of a file are
 * what a FUSE server says, and its content what it says next: where a user
 * serves it, nothing of it is root's.
 */
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Of the fields behind " - ": the type, the source, which may be any text, and
   the kernel's options, among them who opened the device. */
static bool
names_root(const char *fields)
{
	const char *options = strrchr(fields, ' ');

	if (strncmp(fields, "fuse", 4) != 0)
		return true; /* virtiofs: its server is the machine's host */
	return options != NULL && strstr(options, ",user_id=0,") != NULL;
}

/* By the mount's line in mountinfo; false if there is none. */
static bool
is_roots_mount(unsigned long long id)
{
	char *line = NULL, *fields;
	unsigned long long listed;
	bool result = false;
	size_t size = 0;
	FILE *fp;

	fp = fopen("/proc/self/mountinfo", "re");
	if (fp == NULL)
		return false;
	while (getline(&line, &size, fp) != -1) {
		fields = strstr(line, " - ");
		if (sscanf(line, "%llu ", &listed) != 1 || listed != id ||
		    fields == NULL)
			continue;
		result = names_root(fields + 3);
		break;
	}
	free(line);
	(void)fclose(fp);
	return result;
}

bool
served_by_root(int fd)
{
	struct statfs fs;
	struct statx stx;

	/* A server need not have an answer to this. */
	if (fstatfs(fd, &fs) == 0 && fs.f_type != FUSE_SUPER_MAGIC)
		return true;
	return statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID,
		   &stx) == 0 &&
	    (stx.stx_mask & STATX_MNT_ID) != 0 &&
	    is_roots_mount(stx.stx_mnt_id);
}

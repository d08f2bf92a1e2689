/* SPDX-License-Identifier: ISC */
/*
 * Mounting on pinned objects. What the kernel takes for a path is given by
 * the pin's own descriptor, so that it is not walked a second time; the one
 * exception is the name of a device, which is what the mount will be known by:
 * it is given where nobody but root could make it lead elsewhere.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"
#include "../resolve/resolve.h"
#include "contexts.h"
#include "internal.h"

#define LIST_MAX 8192 /* of /proc/filesystems */
#define MAGIC 0xC0ED0000UL
#define MAGIC_MASK 0xffff0000UL

static int list_fd = -1; /* of the file systems that the kernel has */

void
perform_mounts_init(void)
{
	list_fd = open("/proc/filesystems", O_RDONLY | O_CLOEXEC);
}

uint64_t
perform_mount_flags(uint64_t flags)
{
	return (flags & MAGIC_MASK) == MAGIC ? flags & ~MAGIC_MASK : flags;
}

/* Does the kernel have it, as one that is on no device? */
static bool
is_without_device(const char *fstype)
{
	char list[LIST_MAX], line[NAME_MAX + 16];
	ssize_t n;

	if (list_fd == -1)
		return false;
	n = pread(list_fd, list + 1, sizeof(list) - 2, 0);
	if (n <= 0 ||
	    (size_t)snprintf(line, sizeof(line), "\nnodev\t%s\n", fstype) >=
		sizeof(line))
		return false;
	list[0] = '\n';
	list[n + 1] = '\0';
	return strstr(list, line) != NULL;
}

bool
perform_source_is_path(uint64_t flags, const char *fstype)
{
	const uint64_t ignored = MS_REMOUNT | MS_SHARED | MS_PRIVATE |
	    MS_SLAVE | MS_UNBINDABLE;

	flags = perform_mount_flags(flags);
	if ((flags & MS_REMOUNT) != 0)
		return false;
	if ((flags & MS_BIND) != 0)
		return true;
	if ((flags & ignored) != 0)
		return false;
	if ((flags & MS_MOVE) != 0)
		return true;
	/* A type may have a subtype: fuse.sshfs. */
	if (fstype != NULL && strncmp(fstype, "fuse.", 5) == 0)
		return false;
	return fstype == NULL || !is_without_device(fstype);
}

/* The next of the strings that are there, which end in NUL. */
static const char *
take_string(const struct perform_request *request, unsigned int nth, size_t *at,
    bool *good)
{
	const char *text = (const char *)request->data + *at;
	size_t left = request->len - *at, n;

	if ((request->memory.structs & 1U << nth) == 0)
		return NULL;
	n = left == 0 ? 0 : strnlen(text, left);
	if (n == left) {
		*good = false;
		return NULL;
	}
	*at += n + 1;
	return text;
}

bool
perform_mount_texts(const struct perform_request *request,
    struct perform_mount_texts *texts)
{
	bool good = true;
	size_t at = 0;

	texts->source = take_string(request, 0, &at, &good);
	texts->fstype = take_string(request, 1, &at, &good);
	texts->data = take_string(request, 2, &at, &good);
	return good && at == request->len;
}

int
perform_mount_fd(const char *data, size_t *from, size_t *to)
{
	const char *at = data, *value;
	char *end;
	int found = 0;

	for (; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		/* Others that are descriptors: of 9p and autofs. */
		if (strncmp(at, "rfdno=", 6) == 0 ||
		    strncmp(at, "wfdno=", 6) == 0)
			return -1;
		if (strncmp(at, "fd=", 3) != 0)
			continue;
		value = at + 3;
		(void)strtoul(value, &end, 0);
		if (end == value || (*end != ',' && *end != '\0') || found++)
			return -1;
		*from = (size_t)(value - data);
		*to = (size_t)(end - data);
	}
	return found;
}

/* Descriptors in the options are the caller's: here they are others. */
static int
rewrite_data(const char *data, int fd, char *buf, size_t size)
{
	size_t from = 0, to = 0;

	switch (perform_mount_fd(data, &from, &to)) {
	case 0:
		return strlcpy(buf, data, size) < size ? 0 : -1;
	case 1:
		return (size_t)snprintf(buf, size, "%.*s%d%s", (int)from, data,
			   fd, data + to) < size ?
		    0 :
		    -1;
	default:
		return -1;
	}
}

/* Of what is a user's file system its owner is whom he says. */
static bool
is_roots_folder(const char *path)
{
	struct statfs fs;
	struct stat st;
	bool result;
	int fd;

	fd = open(path, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return false;
	result = fstatfs(fd, &fs) == 0 && fs.f_type != FUSE_SUPER_MAGIC &&
	    fstat(fd, &st) == 0 && st.st_uid == 0 &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
	close(fd);
	return result;
}

/* Are all folders on the way such that root alone can change them? */
static bool
is_roots_path(const char *path, const struct stat *object)
{
	char part[PATH_MAX];
	struct stat st;
	size_t n;

	if (path[0] != '/' || strlen(path) >= sizeof(part))
		return false;
	for (n = 1;; n += strcspn(path + n, "/") + 1) {
		if (n > strlen(path))
			break;
		memcpy(part, path, n);
		part[n] = '\0';
		if (!is_roots_folder(part))
			return false;
	}
	return lstat(path, &st) == 0 && resolve_same(&st, object);
}

const char *
perform_device_name(const struct resolve_pin *pin)
{
	return S_ISBLK(pin->st.st_mode) && is_roots_path(pin->path, &pin->st) ?
	    pin->path :
	    NULL;
}

/* What was pinned, or a name of what is on no device; NULL: none. */
static const char *
source_of(const struct perform_request *request, const char *text, char *buf,
    size_t size)
{
	const struct resolve_pin *pin = request->pin[0];
	struct perform_path path;

	if (pin == NULL)
		return text;
	if (pin->object == -1) /* it is to say what is due, and in its order */
		return "/proc/self/fd/none";
	if ((request->numbers.flags & (MS_BIND | MS_MOVE)) == 0 &&
	    perform_device_name(pin) != NULL)
		return pin->path;
	path = perform_path(pin->object);
	(void)strlcpy(buf, path.text, size);
	return buf;
}

int
perform_mount(const struct perform_request *request,
    struct perform_result *result)
{
	const struct resolve_pin *target = request->pin[1];
	struct perform_mount_texts texts;
	char source[64], data[PERFORM_MOUNT_DATA_MAX + 16];

	(void)result;
	if (target == NULL || target->object == -1) {
		errno = ENOENT;
		return -1;
	}
	/* The kernel copies a page; some file systems take it for more than
	   the text. */
	memset(data, 0, sizeof(data));
	if (!perform_mount_texts(request, &texts) ||
	    (texts.data != NULL &&
		rewrite_data(texts.data, request->fd, data, sizeof(data)) ==
		    -1)) {
		errno = EINVAL;
		return -1;
	}
	return mount(source_of(request, texts.source, source, sizeof(source)),
	    perform_path(target->object).text, texts.fstype,
	    (unsigned long)request->numbers.flags,
	    texts.data != NULL ? data : NULL);
}

/*
 * A descriptor of what is to be unmounted would keep it busy: so it is the
 * entry that it is mounted on, in its pinned folder.
 */
int
perform_umount(const struct perform_request *request,
    struct perform_result *result)
{
	const struct resolve_pin *pin = request->pin[0];
	int flags = (int)request->numbers.flags;
	char path[64 + NAME_MAX];

	(void)result;
	if (pin == NULL || (pin->object == -1 && pin->parent == -1) ||
	    pin->missing) {
		errno = ENOENT;
		return -1;
	}
	if (pin->object != -1)
		return umount2(perform_path(pin->object).text,
		    flags & ~UMOUNT_NOFOLLOW);
	(void)snprintf(path, sizeof(path), "%s/%s",
	    perform_path(pin->parent).text, pin->name);
	return umount2(path, flags | UMOUNT_NOFOLLOW);
}

bool
perform_mount_attr(const struct perform_request *request,
    struct mount_attr *attr)
{
	if (request->len != sizeof(*attr))
		return false;
	memcpy(attr, request->data, sizeof(*attr));
	return true;
}

/* The space in it is a descriptor of the caller's: here it is another. */
int
perform_set_attr(const struct perform_request *request,
    struct perform_result *result)
{
	int flags = (int)request->numbers.flags & AT_RECURSIVE;
	struct mount_attr attr;

	(void)result;
	if (!perform_mount_attr(request, &attr)) {
		errno = EINVAL;
		return -1;
	}
	if ((attr.attr_set & MOUNT_ATTR_IDMAP) != 0) {
		if (request->fd == -1) {
			errno = EBADF;
			return -1;
		}
		attr.userns_fd = (unsigned int)request->fd;
	}
	return mount_setattr(request->pin[0]->object, "", AT_EMPTY_PATH | flags,
	    &attr, sizeof(attr));
}

int
perform_move_mount(const struct perform_request *request,
    struct perform_result *result)
{
	const unsigned int more = COMPAT_MOVE_MOUNT_SET_GROUP |
	    COMPAT_MOVE_MOUNT_BENEATH;
	const struct resolve_pin *target = request->pin[1];
	unsigned int flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;

	(void)result;
	if (target == NULL || target->object == -1) {
		errno = ENOENT;
		return -1;
	}
	flags |= (unsigned int)request->numbers.flags & more;
	if (request->fd != -1)
		return contexts_move(request, target->object, flags);
	return move_mount(request->pin[0]->object, "", target->object, "",
	    flags);
}

/* SPDX-License-Identifier: ISC */
/*
 * What the kernel keeps of an object: its inode's fields, its size, its
 * times. Calls that act on a descriptor act on the caller's own, so that the
 * kernel asks of it what it always does.
 */
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"
#include "../resolve/resolve.h"
#include "internal.h"

static int
give(struct perform_result *result, const void *data, size_t len)
{
	memcpy(result->data, data, len);
	result->len = (uint32_t)len;
	return 0;
}

static int
extended_stat(const struct perform_request *request,
    struct perform_result *result)
{
	int sync = (int)(request->numbers.flags & AT_STATX_SYNC_TYPE);
	uint32_t mask = (uint32_t)request->numbers.mask;
	struct statx stx;

	if ((mask & STATX__RESERVED) != 0 || sync == AT_STATX_SYNC_TYPE) {
		errno = EINVAL;
		return -1;
	}
	if (statx(request->pin[0]->object, "", AT_EMPTY_PATH | sync, mask,
		&stx) == -1)
		return -1;
	return give(result, &stx, sizeof(stx));
}

int
perform_stat(const struct perform_request *request,
    struct perform_result *result)
{
	struct stat st;

	if (request->extended)
		return extended_stat(request, result);
	if (fstat(request->pin[0]->object, &st) == -1)
		return -1;
	return give(result, &st, sizeof(st));
}

int
perform_access(int pin, int mode)
{
	/* access(2) asks the real uid, which is the judge's own. */
	return (int)syscall(SYS_faccessat2, pin, "", mode,
	    AT_EMPTY_PATH | AT_EACCESS);
}

int
perform_check_access(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return perform_access(request->pin[0]->object,
	    (int)request->numbers.mode);
}

int
perform_readlink(const struct perform_request *request,
    struct perform_result *result)
{
	int32_t size = (int32_t)request->numbers.size;
	ssize_t n;

	if (size <= 0) {
		errno = EINVAL;
		return -1;
	}
	n = readlinkat(request->pin[0]->object, "", (char *)result->data,
	    PATH_MAX);
	if (n == -1)
		return -1;
	result->len = (uint32_t)(n > size ? size : n);
	result->value = result->len;
	return 0;
}

int
perform_statfs(const struct perform_request *request,
    struct perform_result *result)
{
	struct statfs fs;

	if (fstatfs(request->pin[0]->object, &fs) == -1)
		return -1;
	return give(result, &fs, sizeof(fs));
}

int
perform_chmod(const struct perform_request *request,
    struct perform_result *result)
{
	mode_t mode = request->numbers.mode & 07777;

	(void)result;
	if (request->fd != -1)
		return fchmod(request->fd, mode);
	return fchmodat(AT_FDCWD, perform_path(request->pin[0]->object).text,
	    mode, 0);
}

int
perform_chown(const struct perform_request *request,
    struct perform_result *result)
{
	uid_t uid = request->numbers.uid;
	gid_t gid = request->numbers.gid;

	(void)result;
	if (request->fd != -1)
		return fchown(request->fd, uid, gid);
	return fchownat(request->pin[0]->object, "", uid, gid, AT_EMPTY_PATH);
}

int
perform_truncate(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	if (request->fd != -1)
		return ftruncate(request->fd, request->numbers.length[0]);
	return truncate(perform_path(request->pin[0]->object).text,
	    request->numbers.length[0]);
}

int
perform_allocate(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return (int)syscall(SYS_fallocate, request->fd,
	    (int)request->numbers.flags, request->numbers.length[0],
	    request->numbers.length[1]);
}

int
perform_utimes(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return utimensat(request->pin[0]->object, "",
	    request->memory.now ? NULL : request->memory.times, AT_EMPTY_PATH);
}

int
perform_getattr(const struct perform_request *request,
    struct perform_result *result)
{
	size_t size = request->numbers.size;

	if (size > PERFORM_DATA_MAX) {
		errno = E2BIG;
		return -1;
	}
	if (syscall(COMPAT_SYS_file_getattr, request->pin[0]->object, "",
		result->data, size, AT_EMPTY_PATH) == -1)
		return -1;
	result->len = (uint32_t)size;
	return 0;
}

int
perform_setattr(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return (int)syscall(COMPAT_SYS_file_setattr, request->pin[0]->object,
	    "", request->data, request->len, AT_EMPTY_PATH);
}

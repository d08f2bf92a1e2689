/* SPDX-License-Identifier: ISC */
/*
 * Extended attributes, of the pinned object or of the caller's descriptor.
 * Values and lists are as long as the kernel's largest, never longer.
 */
#include <sys/xattr.h>

#include <errno.h>
#include <string.h>

#include "../resolve/resolve.h"
#include "internal.h"

static size_t
size_asked(const struct perform_request *request)
{
	uint64_t size = request->memory.size;

	return size > PERFORM_DATA_MAX ? PERFORM_DATA_MAX : (size_t)size;
}

/* A size of 0 asks how long it is, and nothing is written. */
static int
give(struct perform_result *result, ssize_t n, size_t size)
{
	if (n == -1)
		return -1;
	result->value = n;
	result->len = size == 0 ? 0 : (uint32_t)n;
	return 0;
}

int
perform_getxattr(const struct perform_request *request,
    struct perform_result *result)
{
	const char *name = request->memory.name;
	size_t size = size_asked(request);
	ssize_t n;

	if (request->fd != -1)
		n = fgetxattr(request->fd, name, result->data, size);
	else
		n = getxattr(perform_path(request->pin[0]->object).text, name,
		    result->data, size);
	return give(result, n, size);
}

int
perform_listxattr(const struct perform_request *request,
    struct perform_result *result)
{
	size_t size = size_asked(request);
	char *list = (char *)result->data;
	ssize_t n;

	if (request->fd != -1)
		n = flistxattr(request->fd, list, size);
	else
		n = listxattr(perform_path(request->pin[0]->object).text, list,
		    size);
	return give(result, n, size);
}

int
perform_setxattr(const struct perform_request *request,
    struct perform_result *result)
{
	const char *name = request->memory.name;
	int flags = (int)request->memory.mask;

	(void)result;
	if (request->fd != -1)
		return fsetxattr(request->fd, name, request->data, request->len,
		    flags);
	return setxattr(perform_path(request->pin[0]->object).text, name,
	    request->data, request->len, flags);
}

int
perform_removexattr(const struct perform_request *request,
    struct perform_result *result)
{
	const char *name = request->memory.name;

	(void)result;
	if (request->fd != -1)
		return fremovexattr(request->fd, name);
	return removexattr(perform_path(request->pin[0]->object).text, name);
}

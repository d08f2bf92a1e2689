/* SPDX-License-Identifier: ISC */
/*
 * quotactl(2) on the pinned device, or on a duplicate of the descriptor: its
 * commands read and write structures here, never in the program.
 */
#include <sys/syscall.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../resolve/resolve.h"
#include "internal.h"

/* What a command that has a file is given; NULL: it has none. */
static const char *
file_of(const struct perform_request *request, struct perform_path *path)
{
	const struct resolve_pin *pin = request->pin[1];

	if (pin == NULL)
		return NULL;
	if (pin->object == -1) /* it may not be needed */
		return "/proc/self/fd/none";
	*path = perform_path(pin->object);
	return path->text;
}

int
perform_quota(const struct perform_request *request,
    struct perform_result *result)
{
	const struct resolve_pin *pin = request->pin[0];
	unsigned int cmd = (unsigned int)request->numbers.plain[0];
	int id = (int)request->numbers.plain[1];
	const struct sys_quota *quota = sys_quota(cmd);
	struct perform_path device, file;
	const char *name = NULL;
	const void *addr = result->data;
	long n;

	if (pin != NULL && request->fd == -1 && pin->object == -1) {
		errno = ENOENT;
		return -1;
	}
	/* Of what is not known nothing is read. */
	if (request->len != (quota == NULL ? 0 : quota->in)) {
		errno = EINVAL;
		return -1;
	}
	memset(result->data, 0, UINT8_MAX);
	if (request->len > 0)
		memcpy(result->data, request->data, request->len);
	if (quota != NULL && quota->file)
		addr = file_of(request, &file);
	if (request->fd != -1) {
		n = syscall(SYS_quotactl_fd, request->fd, cmd, id, addr);
	} else {
		if (pin != NULL) {
			device = perform_path(pin->object);
			name = device.text;
		}
		n = syscall(SYS_quotactl, cmd, name, id, addr);
	}
	if (n == 0 && quota != NULL)
		result->len = quota->out;
	return (int)n;
}

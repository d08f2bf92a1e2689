/* SPDX-License-Identifier: ISC */
/*
 * Objects that the kernel is told to watch or to use: the pinned one, by its
 * own descriptor, through the caller's duplicate where there is one.
 */
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/swap.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../resolve/resolve.h"
#include "internal.h"

static int
give_number(struct perform_result *result, int number)
{
	result->value = number;
	return number == -1 ? -1 : 0;
}

int
perform_watch_error(enum sys_op op, int fd, const struct sys_numbers *numbers,
    int error)
{
	/* With a path that is none they have no effect. */
	if (op == SYS_OP_INOTIFY) {
		if (syscall(SYS_inotify_add_watch, fd, NULL,
			(uint32_t)numbers->mask) == -1 &&
		    errno != EFAULT)
			return errno;
	} else if ((numbers->flags & FAN_MARK_FLUSH) == 0) {
		if (fanotify_mark(fd, (unsigned int)numbers->flags,
			numbers->mask, -1, NULL) == -1 &&
		    errno != EBADF)
			return errno;
	}
	return error;
}

int
perform_inotify(const struct perform_request *request,
    struct perform_result *result)
{
	/* The pin is the link itself where the caller asked for that. */
	uint32_t mask = (uint32_t)request->numbers.mask &
	    ~(uint32_t)IN_DONT_FOLLOW;

	return give_number(result,
	    inotify_add_watch(request->fd,
		perform_path(request->pin[0]->object).text, mask));
}

int
perform_fanotify(const struct perform_request *request,
    struct perform_result *result)
{
	unsigned int flags = (unsigned int)request->numbers.flags &
	    ~(unsigned int)FAN_MARK_DONT_FOLLOW;
	const struct resolve_pin *pin = request->pin[0];

	(void)result;
	if ((flags & FAN_MARK_FLUSH) != 0 && pin == NULL)
		return fanotify_mark(request->fd, flags, request->numbers.mask,
		    AT_FDCWD, NULL);
	if (pin == NULL || pin->object == -1) {
		errno = perform_watch_error(request->op, request->fd,
		    &request->numbers, ENOENT);
		return -1;
	}
	return fanotify_mark(request->fd, flags, request->numbers.mask,
	    AT_FDCWD, perform_path(pin->object).text);
}

/* The caller's struct says how many bytes it has room for. */
int
perform_handle(const struct perform_request *request,
    struct perform_result *result)
{
	union {
		struct file_handle handle;
		unsigned char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u;
	int saved;

	memset(&u, 0, sizeof(u));
	if (request->len != sizeof(u.handle.handle_bytes)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(&u.handle.handle_bytes, request->data, request->len);
	if (u.handle.handle_bytes > MAX_HANDLE_SZ) {
		errno = EINVAL;
		return -1;
	}
	if (name_to_handle_at(request->pin[0]->object, "", &u.handle,
		&result->number, AT_EMPTY_PATH) == -1) {
		/* How much room it needs is said even so. */
		saved = errno;
		if (saved == EOVERFLOW) {
			memcpy(result->data, &u, sizeof(struct file_handle));
			result->len = sizeof(u.handle.handle_bytes);
		}
		errno = saved;
		return -1;
	}
	result->len = (uint32_t)sizeof(struct file_handle) +
	    u.handle.handle_bytes;
	memcpy(result->data, &u, result->len);
	return 0;
}

int
perform_acct(const struct perform_request *request,
    struct perform_result *result)
{
	const struct resolve_pin *pin = request->pin[0];

	(void)result;
	if (pin == NULL)
		return acct(NULL);
	if (pin->object == -1) {
		errno = ENOENT;
		return -1;
	}
	return acct(perform_path(pin->object).text);
}

int
perform_swapon(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return swapon(perform_path(request->pin[0]->object).text,
	    (int)request->numbers.flags);
}

int
perform_swapoff(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return swapoff(perform_path(request->pin[0]->object).text);
}

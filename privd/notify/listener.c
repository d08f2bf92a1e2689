/* SPDX-License-Identifier: ISC */
/*
 * The listener's calls. Nothing here decides anything, and nothing but
 * notify_continue() lets the kernel perform a call.
 */
#include "notify.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"

#define ERRNO_MAX 4095 /* the kernel's */

static size_t notif_size = sizeof(struct seccomp_notif);

int
notify_init(void)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == -1)
		return -1;
	if (sizes.seccomp_notif > NOTIFY_SIZE_MAX ||
	    sizes.seccomp_notif < sizeof(struct seccomp_notif)) {
		errno = E2BIG;
		return -1;
	}
	notif_size = sizes.seccomp_notif;
	return 0;
}

void
notify_prefer_one_cpu(int listener)
{
	/* Older kernels answer EINVAL and go on as before. */
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	    SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

/* After the last process RECV fails with ENOENT for ever: only poll tells. */
static bool
is_hung_up(int listener)
{
	struct pollfd pfd = { .fd = listener, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLHUP) != 0 &&
	    (pfd.revents & POLLIN) == 0;
}

int
notify_receive(int listener, struct seccomp_notif *notif)
{
	memset(notif, 0, notif_size);
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, notif) == 0)
		return 1;
	if (errno == EINTR)
		return 0;
	if (errno == ENOENT)
		return is_hung_up(listener) ? -1 : 0;
	return -1;
}

bool
notify_valid(int listener, uint64_t id)
{
	int result;

	/* Who is stopped, or frozen, says nothing of the caller. */
	do {
		result = ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id);
	} while (result == -1 && errno == EINTR);
	return result == 0;
}

static int
respond(int listener, uint64_t id, int64_t value, int error, uint32_t flags)
{
	struct seccomp_notif_resp resp;

	memset(&resp, 0, sizeof(resp));
	resp.id = id;
	resp.val = value;
	resp.error = -error;
	resp.flags = flags;
	while (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp) == -1)
		if (errno != EINTR)
			return -1;
	return 0;
}

int
notify_answer(int listener, uint64_t id, int64_t value)
{
	return respond(listener, id, value, 0, 0);
}

/* What is no errno would be a result: of success, even. */
int
notify_refuse(int listener, uint64_t id, int error)
{
	if (error <= 0 || error > ERRNO_MAX)
		error = EIO;
	return respond(listener, id, 0, error, 0);
}

int
notify_continue(int listener, uint64_t id)
{
	return respond(listener, id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

int
notify_give(int listener, uint64_t id, int fd, bool cloexec)
{
	struct seccomp_notif_addfd add;
	int number;

	memset(&add, 0, sizeof(add));
	add.id = id;
	add.srcfd = (uint32_t)fd;
	add.newfd_flags = cloexec ? O_CLOEXEC : 0;
	/* Interrupted before it was installed, and only then. */
	do {
		number = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	} while (number == -1 && errno == EINTR);
	return number;
}

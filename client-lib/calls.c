/* SPDX-License-Identifier: ISC */
/*
 * What a guarded program calls for that its policy gives it: the calls
 * themselves, which the broker judges as any. Nothing is kept between two of
 * them, for what a process is can change.
 */
#include "privd.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/capability.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#define GUARD (UINT64_C(1) << CAP_BLOCK_SUSPEND)

/*
 * The guard and nothing else, as the broker wants it of whom it elevates: a
 * service of root's under a filter has more, and is nobody's program.
 */
static bool
holds_guard_alone(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	long n;

	do {
		n = syscall(SYS_capget, &header, data);
	} while (n == -1 && errno == EINTR);
	return n == 0 &&
	    (data[0].permitted | (uint64_t)data[1].permitted << 32) == GUARD;
}

/*
 * Of this question the kernel knows one error, EINVAL where it has no filters;
 * any other is a filter's.
 */
static bool
is_filtered(void)
{
	int mode = prctl(PR_GET_SECCOMP, 0UL, 0UL, 0UL, 0UL);

	return mode == SECCOMP_MODE_FILTER || (mode == -1 && errno != EINVAL);
}

int
privd_guarded(void)
{
	int saved = errno;
	bool guarded = holds_guard_alone() && is_filtered();

	errno = saved;
	return guarded;
}

/* Else the call would be made with what the process has of its own. */
static bool
may_call(void)
{
	if (privd_guarded())
		return true;
	errno = ENOTCONN;
	return false;
}

int
privd_open(const char *path, int flags, mode_t mode)
{
	int fd;

	if (!may_call())
		return -1;
	do {
		fd = open(path, flags | O_CLOEXEC, mode);
	} while (fd == -1 && errno == EINTR);
	return fd;
}

int
privd_socket(int domain, int type, int protocol)
{
	int fd;

	if (!may_call())
		return -1;
	do {
		fd = socket(domain, type | SOCK_CLOEXEC, protocol);
	} while (fd == -1 && errno == EINTR);
	return fd;
}

int
privd_bind(int fd, const struct sockaddr *address, socklen_t len)
{
	int result;

	if (!may_call())
		return -1;
	do {
		result = bind(fd, address, len);
	} while (result == -1 && errno == EINTR);
	return result;
}

/* SPDX-License-Identifier: ISC */
/*
 * Messages through a socket, with descriptors. Everything that the kernel
 * hands out is either the message's or closed before this returns: a peer
 * can send what it likes, and leaves nothing behind.
 */
#include "wire.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONTROL_PIDFD 4 /* SCM_PIDFD, Linux 6.5; a descriptor as well */

/* One more than is allowed shows that there are more. */
#define FDS_ROOM (WIRE_FDS_MAX + 1)

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(FDS_ROOM * sizeof(int))];
};

static int64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
wire_deadline(int milliseconds)
{
	return milliseconds < 0 ? WIRE_NEVER : now() + milliseconds;
}

/* Until something may go on; -1 with ETIMEDOUT. */
static int
wait_for(int sock, short events, int64_t deadline)
{
	struct pollfd pfd = { .fd = sock, .events = events };
	int64_t left = -1;
	int n;

	do {
		if (deadline != WIRE_NEVER) {
			left = deadline - now();
			if (left <= 0) {
				errno = ETIMEDOUT;
				return -1;
			}
			if (left > INT_MAX)
				left = INT_MAX;
		}
		n = poll(&pfd, 1, (int)left);
	} while (n == 0 || (n == -1 && errno == EINTR));
	return n == -1 ? -1 : 0;
}

/* Did it fail for what waiting mends? False: errno says for what. */
static bool
goes_on(int sock, short events, int64_t deadline)
{
	if (errno == EINTR)
		return true;
	return (errno == EAGAIN || errno == EWOULDBLOCK) &&
	    wait_for(sock, events, deadline) == 0;
}

static int
check_fds(const int *fds, size_t nfds)
{
	size_t i;

	for (i = 0; i < nfds; i++)
		if (fds[i] < 0) {
			errno = EBADF;
			return -1;
		}
	return 0;
}

static void
put_fds(struct msghdr *msg, union control *control, const int *fds, size_t nfds)
{
	struct cmsghdr *cmsg;

	if (nfds == 0)
		return;
	memset(control, 0, sizeof(*control));
	msg->msg_control = control;
	msg->msg_controllen = CMSG_SPACE(nfds * sizeof(int));
	cmsg = &control->header;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, nfds * sizeof(int));
}

int
wire_send(int sock, struct wire *wire, const struct wire_type *table,
    const int *fds, size_t nfds, int64_t deadline)
{
	const struct wire_type *type;
	union control control;
	struct iovec iov;
	struct msghdr msg;
	ssize_t n;

	if (wire_finish(wire) == -1)
		return -1;
	type = wire_type(table, wire->type);
	if (type == NULL || nfds != type->nfds || nfds > WIRE_FDS_MAX) {
		errno = EINVAL;
		return -1;
	}
	if (check_fds(fds, nfds) == -1)
		return -1;
	iov.iov_base = wire->bytes;
	iov.iov_len = wire->len;
	memset(&msg, 0, sizeof(msg));
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	put_fds(&msg, &control, fds, nfds);
	do {
		n = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n == -1 && goes_on(sock, POLLOUT, deadline));
	if (n == -1)
		return -1;
	if ((size_t)n != wire->len) {
		errno = EMSGSIZE; /* it is not a socket for whole messages */
		return -1;
	}
	return 0;
}

/* Keeps a descriptor that came, or closes what is too many. */
static bool
keep_fd(struct wire *wire, int fd)
{
	if (wire->nfds < WIRE_FDS_MAX) {
		wire->fds[wire->nfds++] = fd;
		return true;
	}
	(void)close(fd);
	return false;
}

/*
 * Keeps all that came, however it came. False if anything did that no
 * message has.
 */
static bool
collect(struct wire *wire, struct msghdr *msg)
{
	struct cmsghdr *cmsg;
	bool good = true;
	size_t i, n;
	int fd;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg != NULL;
	     cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    (cmsg->cmsg_type != SCM_RIGHTS &&
			cmsg->cmsg_type != CONTROL_PIDFD)) {
			good = false;
			continue;
		}
		n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd),
			    sizeof(fd));
			/* A pidfd that could not be made is an error. */
			if (fd < 0 || !keep_fd(wire, fd))
				good = false;
		}
		if (cmsg->cmsg_type != SCM_RIGHTS)
			good = false;
	}
	return good;
}

/*
 * Whoever runs with 0, 1 or 2 closed would take what a peer sent for its
 * standard files: such a number is exchanged for another.
 */
static int
lift_fds(struct wire *wire)
{
	size_t i;
	int fd;

	for (i = 0; i < wire->nfds; i++) {
		if (wire->fds[i] > STDERR_FILENO)
			continue;
		fd = fcntl(wire->fds[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (fd == -1)
			return -1;
		(void)close(wire->fds[i]);
		wire->fds[i] = fd;
	}
	return 0;
}

static int
check_received(struct wire *wire, const struct wire_type *table, size_t len,
    bool good)
{
	const struct wire_type *type;

	if (!good) {
		errno = EBADMSG;
		return -1;
	}
	if (wire_check(wire, len) == -1)
		return -1;
	type = wire_type(table, wire->type);
	if (type == NULL || type->nfds != wire->nfds) {
		errno = EBADMSG;
		return -1;
	}
	return lift_fds(wire);
}

int
wire_receive(int sock, struct wire *wire, const struct wire_type *table,
    int64_t deadline)
{
	union control control;
	struct msghdr msg;
	struct iovec iov;
	ssize_t n;
	bool good;

	wire_start(wire, 0);
	iov.iov_base = wire->bytes;
	iov.iov_len = sizeof(wire->bytes);
	do {
		memset(&msg, 0, sizeof(msg));
		msg.msg_iov = &iov;
		msg.msg_iovlen = 1;
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	} while (n == -1 && goes_on(sock, POLLIN, deadline));
	if (n == -1)
		return -1;
	good = collect(wire, &msg) &&
	    (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
	/* An empty message is not to be told from the end. */
	if (n == 0 && good && wire->nfds == 0)
		return 0;
	if (check_received(wire, table, (size_t)n, good) == -1) {
		wire_clear(wire);
		return -1;
	}
	return 1;
}

int
wire_take_fd(struct wire *wire, size_t i)
{
	int fd;

	if (i >= wire->nfds)
		return -1;
	fd = wire->fds[i];
	wire->fds[i] = -1;
	return fd;
}

void
wire_clear(struct wire *wire)
{
	int saved = errno;
	size_t i;

	for (i = 0; i < wire->nfds; i++)
		if (wire->fds[i] != -1)
			(void)close(wire->fds[i]);
	wire->nfds = 0;
	errno = saved;
}

/* SPDX-License-Identifier: ISC */
/*
 * Sending and receiving whole messages with descriptors, or nothing.
 */
#include "channel.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

int
channel_pair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds);
}

void
channel_close_all(const int *fds, size_t nfds)
{
	size_t i;

	for (i = 0; i < nfds; i++)
		if (fds[i] != -1)
			close(fds[i]);
}

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(CHANNEL_FDS_MAX * sizeof(int))];
};

int
channel_send(int channel, const void *buf, size_t len, const int *fds,
    size_t nfds)
{
	union control control;
	struct cmsghdr *cmsg;
	struct msghdr msg;
	struct iovec iov;
	ssize_t n;

	if (nfds > CHANNEL_FDS_MAX) {
		errno = EINVAL;
		return -1;
	}
	memset(&msg, 0, sizeof(msg));
	memcpy(&iov.iov_base, &buf, sizeof(iov.iov_base));
	iov.iov_len = len;
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	if (nfds > 0) {
		memset(&control, 0, CMSG_SPACE(nfds * sizeof(int)));
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		cmsg = &control.header;
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, nfds * sizeof(int));
	}
	do {
		n = sendmsg(channel, &msg, MSG_NOSIGNAL);
	} while (n == -1 && errno == EINTR);
	return n == -1 ? -1 : 0;
}

/* Collects the descriptors of a message, all of them, for somebody closes. */
static void
collect(struct msghdr *msg, int *fds, size_t *nfds)
{
	struct cmsghdr *cmsg;
	size_t n;

	*nfds = 0;
	for (cmsg = CMSG_FIRSTHDR(msg); cmsg != NULL;
	     cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (n > CHANNEL_FDS_MAX - *nfds)
			n = CHANNEL_FDS_MAX - *nfds;
		memcpy(fds + *nfds, CMSG_DATA(cmsg), n * sizeof(int));
		*nfds += n;
	}
}

ssize_t
channel_receive(int channel, void *buf, size_t size, int *fds, size_t *nfds)
{
	union control control;
	struct msghdr msg;
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	ssize_t n;

	memset(&msg, 0, sizeof(msg));
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = &control;
	msg.msg_controllen = sizeof(control);
	do {
		n = recvmsg(channel, &msg, MSG_CMSG_CLOEXEC);
	} while (n == -1 && errno == EINTR);
	*nfds = 0;
	if (n == -1)
		return -1;
	collect(&msg, fds, nfds);
	if (n > 0 && (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
		return n;
	/* Of an empty one as well, which is not to be told from the end. */
	channel_close_all(fds, *nfds);
	*nfds = 0;
	if (n == 0)
		return 0;
	errno = EBADMSG;
	return -1;
}

ssize_t
channel_answer(int channel, void *buf, size_t size, int *fds, size_t *nfds)
{
	ssize_t n = channel_receive(channel, buf, size, fds, nfds);

	if (n == -1 && errno != EBADMSG && errno != ECONNRESET &&
	    errno != EPIPE)
		_exit(1);
	return n;
}

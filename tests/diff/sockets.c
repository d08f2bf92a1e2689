/* SPDX-License-Identifier: ISC */
/*
 * Operations on sockets and pipes that have results in memory, messages, or
 * descriptors to give names to.
 */
#include "diff.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FDS_MAX 8

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(FDS_MAX * sizeof(int)) +
	    CMSG_SPACE(sizeof(struct ucred)) + 256];
};

static int
number(struct words *words)
{
	long value;

	if (!names_parse(words_next(words), &value))
		words->wrong = true;
	return (int)value;
}

/* Two descriptors get the names that come next. */
static bool
name_pair(struct words *words, const int fds[2], long result)
{
	const char *first = words_next(words), *second = words_next(words);

	say_result(result);
	if (result == -1)
		return true;
	variable_set(first, fds[0]);
	variable_set(second, fds[1]);
	say(" %d %d", fds[0], fds[1]);
	return true;
}

/* socketpair DOMAIN TYPE PROTOCOL NAME NAME */
static bool
make_pair(struct words *words, long *result)
{
	int domain = number(words), type = number(words);
	int fds[2] = { -1, -1 };

	*result = socketpair(domain, type, number(words), fds);
	return name_pair(words, fds, *result);
}

/* pipe FLAGS NAME NAME */
static bool
make_pipe(struct words *words, long *result)
{
	int fds[2] = { -1, -1 };

	*result = pipe2(fds, number(words));
	return name_pair(words, fds, *result);
}

/* getsockopt DESCRIPTOR LEVEL NAME: an int */
static bool
get_option(struct words *words, long *result)
{
	int fd = number(words), level = number(words), value = 0;
	socklen_t len = sizeof(value);

	*result = getsockopt(fd, level, number(words), &value, &len);
	say_result(*result);
	if (*result == 0)
		say(" %d (%u)", value, len);
	return true;
}

static void
say_credentials(const struct ucred *cred)
{
	say(" from %s %u:%u",
	    cred->pid == getpid()      ? "self" :
		cred->pid == getppid() ? "parent" :
		cred->pid == 0         ? "0" :
					 "another",
	    cred->uid, cred->gid);
}

/* peer DESCRIPTOR: who has the other end */
static bool
peer(struct words *words, long *result)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	*result = getsockopt(number(words), SOL_SOCKET, SO_PEERCRED, &cred,
	    &len);
	say_result(*result);
	if (*result == 0)
		say_credentials(&cred);
	return true;
}

static void
put_descriptors(struct msghdr *msg, union control *control, struct words *words)
{
	struct cmsghdr *header = &control->align;
	int fds[FDS_MAX];
	size_t n = 0;

	while (words->next < words->n && n < FDS_MAX)
		fds[n++] = number(words);
	if (n == 0)
		return;
	memset(control, 0, sizeof(*control));
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(header), fds, n * sizeof(int));
	msg->msg_control = control;
	msg->msg_controllen = CMSG_SPACE(n * sizeof(int));
}

/* sendmsg DESCRIPTOR TEXT ADDRESS|- FLAGS [DESCRIPTOR ...] */
static bool
send_message(struct words *words, long *result)
{
	int fd = number(words), flags;
	size_t at = words->next;
	struct iovec iov;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct sockaddr_storage addr;
	const char *to;
	union control control;

	iov.iov_base = words_next(words);
	iov.iov_len = words->len[at];
	to = words_next(words);
	if (strcmp(to, "-") != 0) {
		if (!address_parse(to, &addr, &msg.msg_namelen))
			return false;
		msg.msg_name = &addr;
	}
	flags = number(words);
	put_descriptors(&msg, &control, words);
	*result = sendmsg(fd, &msg, flags);
	say_result(*result);
	return true;
}

/* sendmmsg DESCRIPTOR ADDRESS|- TEXT TEXT: two messages */
static bool
send_messages(struct words *words, long *result)
{
	struct mmsghdr msgs[2];
	struct iovec iov[2];
	struct sockaddr_storage addr;
	socklen_t len = 0;
	int fd = number(words), i;
	const char *to = words_next(words);

	if (strcmp(to, "-") != 0 && !address_parse(to, &addr, &len))
		return false;
	memset(msgs, 0, sizeof(msgs));
	for (i = 0; i < 2; i++) {
		iov[i].iov_base = words_next(words);
		iov[i].iov_len = strlen(iov[i].iov_base);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		msgs[i].msg_hdr.msg_name = len > 0 ? &addr : NULL;
		msgs[i].msg_hdr.msg_namelen = len;
	}
	*result = sendmmsg(fd, msgs, 2, 0);
	say_result(*result);
	if (*result == 2)
		say(" %u %u", msgs[0].msg_len, msgs[1].msg_len);
	return true;
}

static void
say_control(const struct cmsghdr *header)
{
	size_t n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int), i;
	struct ucred cred;
	int fd;

	if (header->cmsg_level != SOL_SOCKET) {
		say(" [%d %d]", header->cmsg_level, header->cmsg_type);
		return;
	}
	if (header->cmsg_type == SCM_CREDENTIALS) {
		memcpy(&cred, CMSG_DATA(header), sizeof(cred));
		say_credentials(&cred);
	}
	for (i = 0; header->cmsg_type == SCM_RIGHTS && i < n; i++) {
		memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(fd));
		say(" [%d", fd);
		say_fd(fd);
		say("]");
		close(fd);
	}
}

/* recvmsg DESCRIPTOR FLAGS */
static bool
receive_message(struct words *words, long *result)
{
	int fd = number(words), flags = number(words);
	char bytes[256];
	struct iovec iov = { bytes, sizeof(bytes) };
	struct sockaddr_storage addr;
	union control control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *header;

	msg.msg_name = &addr;
	msg.msg_namelen = sizeof(addr);
	msg.msg_control = &control;
	msg.msg_controllen = sizeof(control);
	*result = recvmsg(fd, &msg, flags);
	say_result(*result);
	if (*result == -1)
		return true;
	say(" ");
	say_bytes(bytes, (size_t)*result);
	say(" flags %x", msg.msg_flags);
	address_show(&addr, msg.msg_namelen);
	for (header = CMSG_FIRSTHDR(&msg); header != NULL;
	     header = CMSG_NXTHDR(&msg, header))
		say_control(header);
	return true;
}

/* ready DESCRIPTOR: what poll says at once */
static bool
ready(struct words *words, long *result)
{
	struct pollfd look = { .events = POLLIN | POLLOUT };

	look.fd = number(words);
	*result = poll(&look, 1, 0);
	say_result(*result);
	say(" %x", (unsigned int)look.revents);
	return true;
}

operation
sockets_find(const char *name)
{
	static const struct {
		const char *name;
		operation operate;
	} found[] = {
		{ "socketpair", make_pair },
		{ "pipe", make_pipe },
		{ "getsockopt", get_option },
		{ "peer", peer },
		{ "sendmsg", send_message },
		{ "sendmmsg", send_messages },
		{ "recvmsg", receive_message },
		{ "ready", ready },
	};
	size_t i;

	for (i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		if (strcmp(found[i].name, name) == 0)
			return found[i].operate;
	return NULL;
}

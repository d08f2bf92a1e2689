/* SPDX-License-Identifier: ISC */
/*
 * The judge's side of a hand: requests are put together and sent here, one
 * at a time to each hand, from whatever thread of the judge.
 */
#include "hand.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"

#define CHANNELS_MAX 64

static pthread_mutex_t asking[CHANNELS_MAX] = {
	[0 ... CHANNELS_MAX - 1] = PTHREAD_MUTEX_INITIALIZER
};

void
hand_request_init(struct hand_request *request, const struct sys_call *row)
{
	memset(request, 0, offsetof(struct hand_request, tail));
	request->call = (uint32_t)sys_index(row);
}

size_t
hand_request_size(const struct hand_request *request)
{
	size_t size = offsetof(struct hand_request, tail), i;

	for (i = 0; i < HAND_TAILS; i++)
		size += request->len[i];
	return size;
}

int
hand_add_tail(struct hand_request *request, enum hand_tail which,
    const void *bytes, size_t len)
{
	size_t at = hand_request_size(request) -
	    offsetof(struct hand_request, tail);

	if (len > sizeof(request->tail) - at) {
		errno = E2BIG;
		return -1;
	}
	memcpy(request->tail + at, bytes, len);
	request->len[which] = (uint32_t)len;
	return 0;
}

static bool
is_whole(const struct hand_reply *reply, ssize_t n, size_t nfds)
{
	size_t head = offsetof(struct hand_reply, result.data);

	return n >= (ssize_t)head && (size_t)n == head + reply->result.len &&
	    nfds <= 1 && (reply->error == 0 || nfds == 0);
}

/* A hand that closes its end with requests in it that it has not taken. */
static bool
is_unheard(int error)
{
	return error == ECONNRESET || error == EPIPE;
}

int
hand_ask(int channel, const struct hand_request *request, const int *fds,
    size_t nfds, struct hand_reply *reply, int *fd)
{
	int got[CHANNEL_FDS_MAX];
	size_t ngot = 0;
	ssize_t n = -1;
	int error;

	*fd = -1;
	reply->result.len = 0;
	(void)pthread_mutex_lock(&asking[channel % CHANNELS_MAX]);
	if (channel_send(channel, request, hand_request_size(request), fds,
		nfds) == 0)
		n = channel_answer(channel, reply, sizeof(*reply), got, &ngot);
	error = n == -1 ? errno : 0;
	(void)pthread_mutex_unlock(&asking[channel % CHANNELS_MAX]);
	if (n <= 0 || !is_whole(reply, n, ngot)) {
		channel_close_all(got, ngot);
		reply->result.len = 0;
		errno = is_unheard(error) ? HAND_GONE : EIO;
		return -1;
	}
	if (ngot == 1)
		*fd = got[0];
	errno = reply->error;
	return reply->error == 0 ? 0 : -1;
}

int
hand_connect(int channel, int sock, int object, const void *sa, socklen_t len,
    pid_t caller)
{
	struct both {
		struct hand_request request;
		struct hand_reply reply;
	} *both = malloc(sizeof(*both));
	int fds[2] = { object, sock }, fd = -1, result, error;
	bool path = object != -1;

	if (both == NULL)
		return -1;
	hand_request_init(&both->request, sys_by_name("connect"));
	both->request.path[0] = path ? HAND_PATH_OBJECT : HAND_PATH_NONE;
	both->request.addr_len = len;
	both->request.caller = caller;
	memcpy(&both->request.addr, sa, len);
	result = hand_ask(channel, &both->request, path ? fds : fds + 1,
	    path ? 2 : 1, &both->reply, &fd);
	error = errno == HAND_GONE ? EIO : errno;
	if (fd != -1)
		close(fd);
	free(both);
	errno = error;
	return result;
}

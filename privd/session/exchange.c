/* SPDX-License-Identifier: ISC */
/*
 * The judge's side of a message that a hand sends. The descriptors in it go
 * along with the request, in their order; what is more data than a request
 * holds goes as a piece of memory that both have.
 */
#include "exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hand.h"
#include "message.h"

struct exchange {
	struct hand_gift gift; /* what goes along each time */
	struct hand_request request;
	struct hand_reply reply;
};

int
exchange_open(struct message *message, const struct call *call)
{
	struct exchange *exchange = malloc(sizeof(*exchange));

	if (exchange == NULL)
		return ENOMEM;
	message->exchange = exchange;
	return call_fill(call, &exchange->request, &exchange->gift);
}

static int
add_data(struct hand_request *request, const struct message *message)
{
	size_t len = message->len - message->at;

	request->shared = message->memfd != -1;
	request->from = (uint32_t)message->at;
	request->length = (uint32_t)len;
	if (request->shared || len == 0)
		return 0;
	return hand_add_tail(request, HAND_TAIL_DATA,
	    message->data + message->at, len);
}

/* Control data goes with what is sent first. */
static int
add_control(struct hand_request *request, const struct message *message)
{
	request->rights = 0;
	if (message->begun || message->control_len == 0)
		return 0;
	request->rights = (uint32_t)message->nrights;
	return hand_add_tail(request, HAND_TAIL_CONTROL, message->control,
	    message->control_len);
}

static void
add_descriptors(struct hand_gift *gift, const struct hand_request *request,
    const struct message *message)
{
	memcpy(gift->fds + gift->n, message->rights,
	    request->rights * sizeof(int));
	gift->n += request->rights;
	if (request->shared)
		gift->fds[gift->n++] = message->memfd;
}

ssize_t
exchange_send(struct message *message, int flags)
{
	struct exchange *exchange = message->exchange;
	struct hand_request *request = &exchange->request;
	struct hand_reply *reply = &exchange->reply;
	struct hand_gift gift = exchange->gift;
	int fd = -1, result;

	request->len[HAND_TAIL_DATA] = request->len[HAND_TAIL_CONTROL] = 0;
	request->flags = (uint32_t)flags;
	if (add_data(request, message) == -1 ||
	    add_control(request, message) == -1)
		return -1;
	add_descriptors(&gift, request, message);
	result = hand_ask(message->channel, request, gift.fds, gift.n, reply,
	    &fd);
	if (fd != -1)
		close(fd);
	if (result == -1 && errno == HAND_GONE)
		errno = EIO;
	message->raised = result == -1 && errno == EPIPE &&
	    reply->result.number != 0;
	return result == -1 ? -1 : (ssize_t)reply->result.value;
}

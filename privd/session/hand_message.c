/* SPDX-License-Identifier: ISC */
/*
 * The hand's side of a message: what the judge says is in it is held against
 * what came along. No number in it is ever taken for a descriptor of this
 * process, and nothing is waited for.
 */
#include "hand.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "message.h"

/* The descriptors that came along, in the order in which they are named. */
struct rights {
	const int *fds;
	size_t n;
	size_t next;
};

static int
next_right(void *p, int number)
{
	struct rights *rights = p;

	(void)number;
	if (rights->next == rights->n) {
		errno = EINVAL;
		return -1;
	}
	return rights->fds[rights->next++];
}

static int
take_control(const struct hand_request *request, const struct hand_given *given,
    struct perform_message *message)
{
	static union {
		unsigned char bytes[PERFORM_CONTROL_MAX];
		struct cmsghdr aligned;
	} control;
	struct rights rights = { given->fds, request->rights, 0 };

	message->control = control.bytes;
	message->control_len = request->len[HAND_TAIL_CONTROL];
	if (message->control_len > sizeof(control))
		return EINVAL;
	memcpy(control.bytes, given->control, message->control_len);
	if (perform_control(control.bytes, message->control_len, next_right,
		&rights) == -1)
		return errno;
	return rights.next == rights.n ? 0 : EINVAL;
}

/* Only the kernel looks at the data; what is not there is EFAULT to it. */
static int
map_data(const struct hand_request *request, int memfd,
    struct perform_message *message)
{
	unsigned char *data;

	if (request->length > MESSAGE_DATA_MAX ||
	    request->from > MESSAGE_DATA_MAX - request->length ||
	    request->length == 0)
		return EINVAL;
	data = mmap(NULL, (size_t)request->from + request->length, PROT_READ,
	    MAP_SHARED, memfd, 0);
	if (data == MAP_FAILED)
		return errno;
	message->data = data + request->from;
	message->len = request->length;
	return 0;
}

static void
unmap_data(const struct hand_request *request,
    const struct perform_message *message)
{
	unsigned char *data;

	if (!request->shared || message->data == NULL)
		return;
	memcpy(&data, &message->data, sizeof(data));
	(void)munmap(data - request->from,
	    (size_t)request->from + request->length);
}

static int
take_data(const struct hand_request *request, const struct hand_given *given,
    struct perform_message *message)
{
	const size_t shared = request->shared != 0 ? 1 : 0;

	if (given->nfds != request->rights + shared)
		return EINVAL;
	if (request->shared != 0)
		return map_data(request, given->fds[request->rights], message);
	message->data = given->data;
	message->len = request->len[HAND_TAIL_DATA];
	return 0;
}

/* Are the flags those of the call, but for the end of a stream? */
static bool
are_flags_of_call(const struct hand_request *request)
{
	const uint64_t last = MSG_OOB | MSG_EOR;
	struct sys_numbers numbers;

	sys_numbers(sys_row(request->call), request->regs, &numbers);
	return (request->flags | last) == (numbers.flags | last) &&
	    (request->flags & ~numbers.flags) == 0;
}

int
hand_send(const struct hand_request *request, const struct hand_given *given,
    struct perform_result *result)
{
	struct perform_message message = {
		.sock = given->sock,
		.object = given->object,
		.addr = &request->addr,
		.addr_len = request->addr_len,
		.by_address = given->by_address,
		.named = message_is_named(sys_row(request->call),
		    request->regs),
		.flags = (int)request->flags | MSG_DONTWAIT,
		.caller = request->caller,
	};
	bool raised = false;
	int error;

	if (!are_flags_of_call(request) ||
	    (request->path[0] != HAND_PATH_NONE && given->object == -1))
		return EINVAL;
	error = take_data(request, given, &message);
	if (error == 0)
		error = take_control(request, given, &message);
	if (error == 0) {
		result->value = perform_send(&message, &raised);
		error = result->value == -1 ? errno : 0;
	}
	result->number = raised;
	unmap_data(request, &message);
	return error;
}

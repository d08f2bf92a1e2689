/* SPDX-License-Identifier: ISC */
/*
 * The one copy of a message: its header, address, control data and parts are
 * read once, before anything is judged. Descriptors in it are numbers of the
 * program's; they become duplicates at once, and no number of the program's
 * is ever given to the kernel from here. The data itself is not judged: as
 * much as there is room for is read now, and each byte once.
 */
#include "message.h"

#include <sys/mman.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "judge.h"

#define CMSG_COMPAT 0x80000000          /* MSG_CMSG_COMPAT */
#define DATA_LIMIT UINT64_C(0x7ffff000) /* the kernel's, of one call */

static int
option(int sock, int name, int *value)
{
	socklen_t len = sizeof(*value);

	return getsockopt(sock, SOL_SOCKET, name, value, &len) == -1 ? errno :
								       0;
}

static int
take_socket(struct judge *judge, struct call *call, struct message *message)
{
	int error;

	error = call_take_descriptor(judge, call);
	if (error == 0)
		error = option(call->fd, SO_DOMAIN, &message->domain);
	if (error == 0)
		error = option(call->fd, SO_TYPE, &message->type);
	/* Domains that have none do not say so. */
	if (error == 0 &&
	    option(call->fd, SO_PROTOCOL, &message->protocol) != 0)
		message->protocol = 0;
	return error;
}

/* Of a connection: the kernel does not look where the address leads. */
static bool
is_ignored(const struct message *message)
{
	if (message->domain == AF_UNIX)
		return message->type == SOCK_SEQPACKET;
	return (message->domain == AF_INET || message->domain == AF_INET6) &&
	    message->protocol == IPPROTO_TCP && message->type == SOCK_STREAM &&
	    (message->flags & MSG_FASTOPEN) == 0;
}

static int
connection_error(int sock)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	return getpeername(sock, (struct sockaddr *)&peer, &len) == 0 ?
	    EISCONN :
	    EOPNOTSUPP;
}

/*
 * An address that is not of the socket's domain was no address to judge, and
 * one that has no part in the call is none that it has.
 */
static int
take_address(struct judge *judge, struct call *call, uint64_t addr, int32_t len)
{
	const struct message *message = call->message;
	int error;

	if (addr == 0 || len == 0)
		return 0;
	error = call_copy_address(judge, call, addr, len);
	if (is_ignored(message)) {
		call->addr_len = 0;
		call->addr_is_path = call->has_path[0] = false;
		return error == EFAULT ? error : 0;
	}
	if (error == 0 && message->domain == AF_UNIX &&
	    message->type == SOCK_STREAM)
		error = connection_error(call->fd);
	if (error == 0)
		error = perform_family_error(call->fd, &call->addr,
		    call->addr_len, true);
	return error;
}

/* --- control data */

struct taking {
	struct judge *judge;
	const struct call *call;
	struct message *message;
};

static int
take_right(void *p, int number)
{
	struct taking *taking = p;
	struct message *message = taking->message;
	const struct call *call = taking->call;
	int fd;

	if (message->nrights == MESSAGE_RIGHTS_MAX) {
		errno = EINVAL;
		return -1;
	}
	fd = reach_take(&taking->judge->reach, call->ticket.id,
	    call->thread->tid, call->process->tgid, number);
	if (fd != -1)
		message->rights[message->nrights++] = fd;
	return fd;
}

/*
 * Control data of a 32-bit program: each header is three words, and not
 * filled up to eight bytes. What the kernel takes for none of it is EINVAL.
 */
static int
widen_control(struct message *message, const unsigned char *from, size_t size)
{
	size_t at = 0, room = 2 * size + CMSG_SPACE(0), len;
	struct cmsghdr header;
	uint32_t words[3];

	message->control = calloc(1, room);
	if (message->control == NULL)
		return ENOBUFS;
	while (at < size) {
		if (size - at < sizeof(words))
			return EINVAL;
		memcpy(words, from + at, sizeof(words));
		if (words[0] < sizeof(words) || words[0] > size - at)
			return EINVAL;
		len = words[0] - sizeof(words);
		memset(&header, 0, sizeof(header));
		header.cmsg_len = CMSG_LEN(len);
		header.cmsg_level = (int)words[1];
		header.cmsg_type = (int)words[2];
		if (message->control_len + CMSG_SPACE(len) > room)
			return EINVAL;
		memcpy(message->control + message->control_len, &header,
		    sizeof(header));
		memcpy(message->control + message->control_len + sizeof(header),
		    from + at + sizeof(words), len);
		message->control_len += CMSG_SPACE(len);
		at += (words[0] + 3U) & ~3U;
	}
	return message->control_len == 0 ? EINVAL : 0;
}

static int
take_control_32(struct judge *judge, struct call *call, struct message *message,
    uint64_t addr, uint64_t len)
{
	unsigned char *bytes = malloc((size_t)len);
	int error;

	if (bytes == NULL)
		return ENOBUFS;
	error = call_copy(judge, call, addr, bytes, (size_t)len);
	if (error == 0)
		error = widen_control(message, bytes, (size_t)len);
	free(bytes);
	if (error == 0 && message->control_len > PERFORM_CONTROL_MAX)
		error = ENOBUFS;
	return error;
}

static int
copy_control(struct judge *judge, struct call *call, struct message *message,
    uint64_t addr, uint64_t len)
{
	if (call->machine == SYS_I386)
		return take_control_32(judge, call, message, addr, len);
	message->control = malloc((size_t)len);
	if (message->control == NULL)
		return ENOBUFS;
	message->control_len = (size_t)len;
	return call_copy(judge, call, addr, message->control, (size_t)len);
}

static int
take_control(struct judge *judge, struct call *call, struct message *message,
    uint64_t addr, uint64_t len)
{
	struct taking taking = { judge, call, message };
	int error;

	if (len == 0)
		return 0;
	if (len > PERFORM_CONTROL_MAX)
		return ENOBUFS;
	error = copy_control(judge, call, message, addr, len);
	if (error != 0)
		return error;
	return perform_control(message->control, message->control_len,
		   take_right, &taking) == -1 ?
	    errno :
	    0;
}

/* --- the parts of the data */

static int
copy_parts(struct judge *judge, struct call *call, struct message *message,
    uint64_t addr, size_t n)
{
	uint32_t(*few)[2];
	size_t i;
	int error;

	if (call->machine != SYS_I386)
		return call_copy(judge, call, addr, message->parts,
		    n * sizeof(*message->parts));
	few = calloc(n, sizeof(*few));
	if (few == NULL)
		return ENOMEM;
	error = call_copy(judge, call, addr, few, n * sizeof(*few));
	for (i = 0; i < n && error == 0; i++) {
		message->parts[i].addr = few[i][0];
		message->parts[i].len = few[i][1];
		if (few[i][1] > INT32_MAX)
			error = EINVAL;
	}
	free(few);
	return error;
}

static int
take_parts(struct judge *judge, struct call *call, struct message *message,
    uint64_t addr, uint64_t n)
{
	size_t i;
	int error;

	if (n > MESSAGE_PARTS_MAX)
		return EMSGSIZE;
	if (n == 0)
		return 0;
	message->parts = calloc((size_t)n, sizeof(*message->parts));
	if (message->parts == NULL)
		return ENOMEM;
	error = copy_parts(judge, call, message, addr, (size_t)n);
	for (i = 0; i < n && error == 0; i++)
		if (message->parts[i].len > INT64_MAX)
			error = EINVAL;
		else if (message->parts[i].addr > INT64_MAX)
			error = EFAULT;
	message->nparts = (size_t)n;
	return error;
}

static int
take_one_part(struct message *message, uint64_t addr, uint64_t len)
{
	message->parts = calloc(1, sizeof(*message->parts));
	if (message->parts == NULL)
		return ENOMEM;
	message->parts[0].addr = addr;
	message->parts[0].len = len;
	message->nparts = 1;
	return addr > INT64_MAX ? EFAULT : 0;
}

static uint64_t
count_data(const struct message *message)
{
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < message->nparts; i++) {
		if (message->parts[i].len > DATA_LIMIT - total)
			return DATA_LIMIT;
		total += message->parts[i].len;
	}
	return total;
}

/* --- the data */

/* What is more than a request of a hand holds is shared with it. */
static int
share_data(struct message *message)
{
	void *room;

	message->memfd = memfd_create("message", MFD_CLOEXEC);
	if (message->memfd == -1)
		return errno;
	if (ftruncate(message->memfd, (off_t)message->room) == -1)
		return errno;
	room = mmap(NULL, message->room, PROT_READ | PROT_WRITE, MAP_SHARED,
	    message->memfd, 0);
	if (room == MAP_FAILED)
		return errno;
	message->data = room;
	return 0;
}

static int
make_room(struct message *message)
{
	message->left = count_data(message);
	message->room = message->left < MESSAGE_DATA_MAX ?
	    (size_t)message->left :
	    MESSAGE_DATA_MAX;
	if (message->left > MESSAGE_DATA_MAX && !message_is_stream(message))
		return EMSGSIZE;
	if (message->room > PERFORM_DATA_MAX)
		return share_data(message);
	message->data = malloc(message->room + 1);
	return message->data == NULL ? ENOBUFS : 0;
}

/* How much of the next part fits. */
static size_t
next_piece(const struct message *message)
{
	uint64_t n = message->parts[message->part].len - message->within;

	if (n > message->room - message->len)
		n = message->room - message->len;
	return n > message->left ? (size_t)message->left : (size_t)n;
}

static void
pass_piece(struct message *message, size_t n)
{
	message->len += n;
	message->left -= n;
	message->within += n;
	if (message->within == message->parts[message->part].len) {
		message->part++;
		message->within = 0;
	}
}

static int
copy_piece(struct judge *judge, struct call *call,
    const struct message *message, size_t n)
{
	uint64_t addr = message->parts[message->part].addr + message->within;
	unsigned char *to = message->data + message->len;

	if (n == 0)
		return 0;
	if (call != NULL)
		return call_copy(judge, call, addr, to, n);
	return notify_read(message->memory, addr, to, n) == -1 ? EFAULT : 0;
}

/* A stream takes what there is in front of a part that cannot be read. */
static int
fill(struct judge *judge, struct call *call, struct message *message)
{
	size_t n;
	int error;

	message->at = message->len = 0;
	/* The parts may be more than what one message takes of them. */
	while (message->left > 0 && message->part < message->nparts &&
	    message->len < message->room) {
		n = next_piece(message);
		error = copy_piece(judge, call, message, n);
		if (error != 0)
			return message->len > 0 && message_is_stream(message) ?
			    0 :
			    error;
		pass_piece(message, n);
	}
	return 0;
}

int
message_refill(struct message *message)
{
	return fill(NULL, NULL, message);
}

bool
message_is_stream(const struct message *message)
{
	return message->type == SOCK_STREAM;
}

/* --- all of it */

bool
call_is_many(const struct call *call)
{
	return call->row->args[0].kind == SYS_MMSGHDR;
}

static bool
is_sendto(const struct sys_call *row)
{
	return row->args[0].kind == SYS_SOCKADDR;
}

bool
message_is_named(const struct sys_call *row, const uint64_t regs[SYS_REGS])
{
	return is_sendto(row) && regs[4] != 0;
}

static int
take_sendto(struct judge *judge, struct call *call, struct message *message)
{
	int32_t len = (int32_t)call->regs[5];
	int error;

	error = take_one_part(message, call->regs[1], call->regs[2]);
	if (error != 0)
		return error;
	if (call->regs[4] != 0 && (len < 0 || (size_t)len > sizeof(call->addr)))
		return EINVAL;
	return take_address(judge, call, call->regs[4], len);
}

/* What of a header is looked at. */
struct header_32 {
	uint32_t name;
	int32_t namelen;
	uint32_t iov;
	uint32_t iovlen;
	uint32_t control;
	uint32_t controllen;
	uint32_t flags;
};

size_t
message_header_size(const struct call *call, bool counted)
{
	bool small = call->machine == SYS_I386;

	if (counted) /* and filled up */
		return small ? sizeof(struct header_32) + sizeof(uint32_t) :
			       sizeof(struct mmsghdr);
	return small ? sizeof(struct header_32) : sizeof(struct msghdr);
}

static int
copy_header(struct judge *judge, struct call *call, uint64_t addr,
    struct msghdr *header)
{
	struct header_32 small;
	int error;

	if (call->machine != SYS_I386)
		return call_copy(judge, call, addr, header, sizeof(*header));
	error = call_copy(judge, call, addr, &small, sizeof(small));
	memset(header, 0, sizeof(*header));
	header->msg_name = (void *)(uintptr_t)small.name;
	header->msg_namelen = (socklen_t)small.namelen;
	header->msg_iov = (void *)(uintptr_t)small.iov;
	header->msg_iovlen = small.iovlen;
	header->msg_control = (void *)(uintptr_t)small.control;
	header->msg_controllen = small.controllen;
	return error;
}

static int
take_header(struct judge *judge, struct call *call, struct message *message,
    uint64_t addr)
{
	struct msghdr header;
	int32_t len;
	int error;

	error = copy_header(judge, call, addr, &header);
	if (error != 0)
		return error;
	len = (int32_t)header.msg_namelen;
	if (header.msg_name != NULL && len < 0)
		return EINVAL;
	if (len > (int32_t)sizeof(call->addr))
		len = (int32_t)sizeof(call->addr);
	error = take_address(judge, call, (uintptr_t)header.msg_name, len);
	if (error == 0)
		error = take_parts(judge, call, message,
		    (uintptr_t)header.msg_iov, header.msg_iovlen);
	if (error == 0)
		error = take_control(judge, call, message,
		    (uintptr_t)header.msg_control, header.msg_controllen);
	return error;
}

static struct message *
new_message(const struct call *call)
{
	struct message *message = calloc(1, sizeof(*message));
	struct sys_numbers numbers;

	if (message == NULL)
		return NULL;
	sys_numbers(call->row, call->regs, &numbers);
	message->flags = (int)numbers.flags;
	if (call->machine == SYS_I386) /* the kernel's own, of such callers */
		message->flags &= ~CMSG_COMPAT;
	message->sock = message->object = message->channel = -1;
	message->memfd = message->memory = message->pidfd = -1;
	message->owned[0] = message->owned[1] = message->owned[2] = -1;
	return message;
}

static int
take_all(struct judge *judge, struct call *call)
{
	struct message *message = new_message(call);
	uint64_t header = call->regs[1] +
	    call->nth * message_header_size(call, true);
	int error;

	if (message == NULL)
		return ENOMEM;
	call->message = message;
	error = take_socket(judge, call, message);
	if (error == 0)
		error = is_sendto(call->row) ?
		    take_sendto(judge, call, message) :
		    take_header(judge, call, message, header);
	if (error == 0)
		error = make_room(message);
	if (error == 0)
		error = fill(judge, call, message);
	return error;
}

int
message_take(struct judge *judge, struct call *call)
{
	/* That it has none is in its registers, if they are registers. */
	if (is_sendto(call->row) && call->regs[4] == 0 && !call->is_behind)
		return 0;
	return take_all(judge, call);
}

int
message_take_late(struct judge *judge, struct call *call)
{
	int error;

	if (call->message != NULL)
		return 0;
	error = take_all(judge, call);
	if (error == 0 && !notify_valid(judge->listener, call->ticket.id))
		error = ESRCH;
	return error;
}

static void
close_all(const int *fds, size_t n)
{
	channel_close_all(fds, n);
}

void
message_free(struct message *message)
{
	if (message == NULL)
		return;
	close_all(message->rights, message->nrights);
	close_all(message->owned, 3);
	close_all(&message->memory, 1);
	close_all(&message->pidfd, 1);
	close_all(&message->memfd, 1);
	if (message->memfd == -1)
		free(message->data);
	else if (message->data != NULL)
		(void)munmap(message->data, message->room);
	free(message->control);
	free(message->parts);
	free(message->exchange);
	free(message);
}

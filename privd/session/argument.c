/* SPDX-License-Identifier: ISC */
/*
 * The arguments of socket options and requests to devices, taken when such a
 * call is to be performed by a hand: no rule judges them. How much there is,
 * and where it points on, says the table of what they are; each byte is read
 * once.
 */
#include <sys/socket.h>
#include <sys/time.h>

#include <linux/filter.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "../perform/perform.h"
#include "call.h"

/* Puts what is at addr behind the data that is there. */
static int
append(struct judge *judge, struct call *call, uint64_t addr, size_t len)
{
	size_t at = call->ask.len;
	int error;

	if (len > sizeof(call->data) - at)
		return E2BIG;
	error = call_copy(judge, call, addr, call->data + at, len);
	call->ask.data = call->data;
	call->ask.len = at + len;
	return error;
}

/* --- socket options */

/*
 * Options whose values 32-bit programs have otherwise, and which are not
 * performed for them: what says where to listen, of several addresses; and
 * limits of time, when they are asked for.
 */
static bool
is_other(const struct call *call)
{
	uint32_t level = (uint32_t)call->ask.numbers.plain[0];
	uint32_t option = (uint32_t)call->ask.numbers.plain[1];

	if (call->machine != SYS_I386)
		return false;
	if (level == SOL_SOCKET)
		return call->base->op == SYS_OP_GETSOCKOPT &&
		    (option == SO_RCVTIMEO || option == SO_SNDTIMEO);
	return (level == IPPROTO_IP || level == IPPROTO_IPV6) &&
	    option >= MCAST_JOIN_GROUP && option <= MCAST_MSFILTER;
}

static bool
is_time_32(const struct call *call)
{
	uint32_t option = (uint32_t)call->ask.numbers.plain[1];

	return call->machine == SYS_I386 &&
	    (uint32_t)call->ask.numbers.plain[0] == SOL_SOCKET &&
	    (option == SO_RCVTIMEO || option == SO_SNDTIMEO);
}

static int
take_time_32(struct judge *judge, struct call *call, uint64_t addr,
    int32_t size)
{
	struct timeval limit;
	int32_t few[2];
	int error;

	if (size < (int32_t)sizeof(few))
		return EINVAL;
	error = call_copy(judge, call, addr, few, sizeof(few));
	limit.tv_sec = few[0];
	limit.tv_usec = few[1];
	memcpy(call->data, &limit, sizeof(limit));
	call->ask.data = call->data;
	call->ask.len = call->ask.numbers.size = sizeof(limit);
	return error;
}

static int
take_program_32(struct judge *judge, struct call *call, uint64_t addr,
    uint64_t size)
{
	uint32_t program[2]; /* a length of 16 bits, and an address */
	uint16_t len;
	int error;

	if ((uint32_t)size != sizeof(program))
		return EINVAL;
	error = call_copy(judge, call, addr, program, sizeof(program));
	if (error != 0)
		return error;
	memcpy(&len, program, sizeof(len));
	if (len == 0 || len > BPF_MAXINSNS || program[1] == 0)
		return EINVAL;
	return append(judge, call, program[1],
	    len * sizeof(struct sock_filter));
}

static int
take_program(struct judge *judge, struct call *call, uint64_t addr,
    uint64_t size)
{
	struct sock_fprog program;
	int error;

	if (call->machine == SYS_I386)
		return take_program_32(judge, call, addr, size);
	if ((uint32_t)size != sizeof(program))
		return EINVAL;
	error = call_copy(judge, call, addr, &program, sizeof(program));
	if (error != 0)
		return error;
	if (program.len == 0 || program.len > BPF_MAXINSNS ||
	    program.filter == NULL)
		return EINVAL;
	return append(judge, call, (uintptr_t)program.filter,
	    program.len * sizeof(struct sock_filter));
}

int
call_take_option(struct judge *judge, struct call *call, uint64_t addr)
{
	const struct sys_numbers *numbers = &call->ask.numbers;
	int32_t size = (int32_t)numbers->size;

	if (size < 0)
		return EINVAL;
	if (is_other(call))
		return EPERM;
	if (is_time_32(call))
		return take_time_32(judge, call, addr, size);
	if (sys_option((uint32_t)numbers->plain[0], (uint32_t)numbers->plain[1],
		true) == SYS_OPTION_PROGRAM)
		return take_program(judge, call, addr, numbers->size);
	return size == 0 ? 0 : append(judge, call, addr, (size_t)size);
}

/* The room for a value, and what is in it: some options are asked with it. */
int
call_take_room(struct judge *judge, struct call *call, uint64_t addr)
{
	int32_t size;
	int error;

	if (is_other(call))
		return EPERM;
	error = call_copy(judge, call, addr, &size, sizeof(size));
	if (error != 0)
		return error;
	if (size < 0)
		return EINVAL;
	if ((size_t)size > sizeof(call->data))
		size = sizeof(call->data);
	call->out_number = addr;
	call->ask.memory.size = (uint64_t)size;
	/* Nothing there is no fault: most are only written. */
	if (size > 0 && append(judge, call, call->out, (size_t)size) != 0)
		call->ask.len = 0;
	return 0;
}

/* --- requests */

static int
take_data(struct judge *judge, struct call *call, size_t size)
{
	struct ifreq ifr;

	memcpy(&ifr, call->data, sizeof(ifr));
	call->out = (uintptr_t)ifr.ifr_data;
	return append(judge, call, call->out, size);
}

/* What it is says how long it is. */
static int
take_ethtool(struct judge *judge, struct call *call)
{
	uint32_t command;
	bool out;
	size_t size;
	int error;

	error = take_data(judge, call, sizeof(command));
	if (error != 0)
		return error;
	memcpy(&command, call->data + sizeof(struct ifreq), sizeof(command));
	size = sys_ethtool_size(command, &out);
	if (size < sizeof(command))
		return EPERM;
	return append(judge, call, call->out + sizeof(command),
	    size - sizeof(command));
}

static int
take_device(struct judge *judge, struct call *call)
{
	char device[IFNAMSIZ] = "";
	struct rtentry route;
	int error;

	memcpy(&route, call->data, sizeof(route));
	if (route.rt_dev == NULL)
		return 0;
	error = call_copy_string(judge, call, (uintptr_t)route.rt_dev, device,
	    sizeof(device));
	if (error == ENAMETOOLONG) /* the kernel cuts it */
		error = 0;
	memcpy(call->data + call->ask.len, device, sizeof(device));
	call->ask.len += sizeof(device);
	return error;
}

static int
take_by_kind(struct judge *judge, struct call *call,
    const struct sys_request *row, uint64_t addr)
{
	size_t size = perform_argument_size(row, call->fd);
	int error;

	switch ((enum sys_request_kind)row->kind) {
	case SYS_REQUEST_NONE:
	case SYS_REQUEST_NUMBER:
		return 0;
	case SYS_REQUEST_BYTES:
		call->out = addr;
		return (row->access & SYS_REQUEST_READ) == 0 || size == 0 ?
		    0 :
		    append(judge, call, addr, size);
	case SYS_REQUEST_DATA:
		error = append(judge, call, addr, sizeof(struct ifreq));
		return error != 0 ? error : take_data(judge, call, size);
	case SYS_REQUEST_ETHTOOL:
		error = append(judge, call, addr, sizeof(struct ifreq));
		return error != 0 ? error : take_ethtool(judge, call);
	case SYS_REQUEST_ROUTE:
		error = append(judge, call, addr, size);
		return error != 0 || size != sizeof(struct rtentry) ?
		    error :
		    take_device(judge, call);
	}
	return EPERM;
}

int
call_take_argument(struct judge *judge, struct call *call, uint64_t addr)
{
	const struct sys_request *row;

	row = sys_request((uint32_t)call->ask.numbers.plain[0]);
	return row == NULL ? EPERM : take_by_kind(judge, call, row, addr);
}

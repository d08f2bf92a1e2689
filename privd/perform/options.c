/* SPDX-License-Identifier: ISC */
/*
 * Options of sockets and requests to devices, made on a duplicate of the
 * caller's descriptor. No address in an argument is the program's: what an
 * argument points to was copied, and lies here.
 */
#include "internal.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/filter.h>
#include <net/if.h>
#include <net/route.h>

#include <errno.h>
#include <string.h>

#define ARGUMENT_MOST 256 /* of a socket's requests: struct rtentry, arpreq */

static int
refuse(int error)
{
	errno = error;
	return -1;
}

static int
domain_of(int fd)
{
	socklen_t len = sizeof(int);
	int domain;

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 ?
	    domain :
	    -1;
}

static bool
is_inet6(int fd)
{
	return domain_of(fd) == AF_INET6;
}

/* Other domains have requests of their own by the same numbers. */
static bool
is_plain_socket(int fd)
{
	static const int domains[] = { AF_INET, AF_INET6, AF_PACKET, AF_UNIX,
		AF_NETLINK, AF_CAN };
	int domain = domain_of(fd);
	size_t i;

	for (i = 0; i < sizeof(domains) / sizeof(domains[0]); i++)
		if (domains[i] == domain)
			return true;
	return false;
}

/* Levels are numbers of protocols; to other domains they are other things. */
static int
check_level(int fd, uint32_t level)
{
	int domain = domain_of(fd);
	bool fits = domain == AF_INET || domain == AF_INET6;

	if (domain == -1)
		return -1;
	if (level == SOL_SOCKET)
		fits = is_plain_socket(fd);
	else if (level == SOL_PACKET || level == SOL_NETLINK)
		fits = domain == (level == SOL_PACKET ? AF_PACKET : AF_NETLINK);
	return fits ? 0 : refuse(EPERM);
}

/* --- socket options */

static int
set_program(const struct perform_request *request, int level, int name)
{
	struct sock_filter insns[BPF_MAXINSNS];
	struct sock_fprog program = { .filter = insns };
	size_t n = request->len / sizeof(insns[0]);

	if (n == 0 || n > BPF_MAXINSNS || request->len % sizeof(insns[0]) != 0)
		return refuse(EINVAL);
	memcpy(insns, request->data, request->len);
	program.len = (unsigned short)n;
	return setsockopt(request->fd, level, name, &program, sizeof(program));
}

int
perform_setsockopt(const struct perform_request *request,
    struct perform_result *result)
{
	uint32_t level = (uint32_t)request->numbers.plain[0];
	uint32_t name = (uint32_t)request->numbers.plain[1];

	(void)result;
	if (check_level(request->fd, level) == -1)
		return -1;
	switch (sys_option(level, name, true)) {
	case SYS_OPTION_BYTES:
		return setsockopt(request->fd, (int)level, (int)name,
		    request->data, (socklen_t)request->len);
	case SYS_OPTION_PROGRAM:
		return set_program(request, (int)level, (int)name);
	case SYS_OPTION_NONE:
		break;
	}
	return refuse(EPERM);
}

/* Some look at what is there already. */
int
perform_getsockopt(const struct perform_request *request,
    struct perform_result *result)
{
	uint32_t level = (uint32_t)request->numbers.plain[0];
	uint32_t name = (uint32_t)request->numbers.plain[1];
	socklen_t len = (socklen_t)request->memory.size;

	if (check_level(request->fd, level) == -1)
		return -1;
	if (sys_option(level, name, false) != SYS_OPTION_BYTES)
		return refuse(EPERM);
	if (request->memory.size > sizeof(result->data) ||
	    request->len > request->memory.size)
		return refuse(EINVAL);
	memset(result->data, 0, request->memory.size);
	if (request->len > 0)
		memcpy(result->data, request->data, request->len);
	if (getsockopt(request->fd, (int)level, (int)name, result->data,
		&len) == -1)
		return -1;
	result->number = (int)len;
	result->len = (uint32_t)(len < request->memory.size ?
		len :
		request->memory.size);
	return 0;
}

/* --- requests */

/* Majors that terminals have: Documentation/admin-guide/devices.txt. */
static bool
is_terminal(const struct stat *st)
{
	static const unsigned int majors[] = { 4, 5, 166, 188, 204, 229 };
	unsigned int major = major(st->st_rdev);
	size_t i;

	for (i = 0; i < sizeof(majors) / sizeof(majors[0]); i++)
		if (S_ISCHR(st->st_mode) && majors[i] == major)
			return true;
	return S_ISCHR(st->st_mode) && major >= 136 && major <= 143;
}

static bool
is_device(const struct stat *st, unsigned int first, unsigned int second)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(first, second);
}

static bool
is_on(const struct sys_request *row, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return false;
	switch ((enum sys_on)row->on) {
	case SYS_ON_SOCKET:
		return is_plain_socket(fd);
	case SYS_ON_FILE:
		return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
	case SYS_ON_BLOCK:
		return S_ISBLK(st.st_mode);
	case SYS_ON_LOOP:
		return S_ISBLK(st.st_mode) && major(st.st_rdev) == 7;
	case SYS_ON_LOOP_CONTROL:
		return is_device(&st, 10, 237);
	case SYS_ON_TUN:
		return is_device(&st, 10, 200);
	case SYS_ON_TERMINAL:
		return is_terminal(&st);
	case SYS_ON_RANDOM:
		return is_device(&st, 1, 8) || is_device(&st, 1, 9);
	}
	return false;
}

size_t
perform_argument_size(const struct sys_request *row, int fd)
{
	return row->size[is_inet6(fd)];
}

static int
make_request(const struct perform_request *request,
    struct perform_result *result, void *argument)
{
	int n;

	n = ioctl(request->fd, (uint32_t)request->numbers.plain[0], argument);
	result->value = n;
	return n == -1 ? -1 : 0;
}

static int
request_bytes(const struct perform_request *request,
    const struct sys_request *row, struct perform_result *result)
{
	size_t size = perform_argument_size(row, request->fd);
	bool reads = (row->access & SYS_REQUEST_READ) != 0;
	size_t said = _IOC_SIZE(row->request);

	if (size == 0)
		return refuse(EPERM);
	if (request->len != (reads ? size : 0))
		return refuse(EINVAL);
	/* A file system may be a program, which is given what the number says,
	   and a socket may have come to be one of IPv4 (IPV6_ADDRFORM), which
	   takes more: nothing of it was here before. */
	memset(result->data, 0, (size > said ? size : said) + ARGUMENT_MOST);
	if (reads)
		memcpy(result->data, request->data, size);
	if (make_request(request, result, result->data) == -1)
		return -1;
	if ((row->access & SYS_REQUEST_WRITTEN) != 0)
		result->len = (uint32_t)size;
	return 0;
}

/* An interface's, with more than fits into its structure. */
static int
request_data(const struct perform_request *request, size_t size, bool out,
    struct perform_result *result)
{
	struct ifreq ifr;

	if (size == 0)
		return refuse(EPERM);
	if (request->len != sizeof(ifr) + size)
		return refuse(EINVAL);
	memcpy(&ifr, request->data, sizeof(ifr));
	memcpy(result->data, (const char *)request->data + sizeof(ifr), size);
	ifr.ifr_data = (void *)result->data;
	if (make_request(request, result, &ifr) == -1)
		return -1;
	if (out)
		result->len = (uint32_t)size;
	return 0;
}

static int
request_ethtool(const struct perform_request *request,
    struct perform_result *result)
{
	uint32_t command;
	bool out = false;
	size_t size;

	if (request->len < sizeof(struct ifreq) + sizeof(command))
		return refuse(EINVAL);
	memcpy(&command, (const char *)request->data + sizeof(struct ifreq),
	    sizeof(command));
	size = sys_ethtool_size(command, &out);
	return request_data(request, size, out, result);
}

/* A route through a device names it elsewhere. */
static int
request_route(const struct perform_request *request,
    const struct sys_request *row, struct perform_result *result)
{
	char device[IFNAMSIZ + 1] = "";
	struct rtentry route;

	if (is_inet6(request->fd))
		return request_bytes(request, row, result);
	if (request->len != sizeof(route) &&
	    request->len != sizeof(route) + IFNAMSIZ)
		return refuse(EINVAL);
	memcpy(&route, request->data, sizeof(route));
	route.rt_dev = NULL;
	if (request->len > sizeof(route)) {
		memcpy(device, (const char *)request->data + sizeof(route),
		    IFNAMSIZ);
		route.rt_dev = device;
	}
	return make_request(request, result, &route);
}

int
perform_ioctl(const struct perform_request *request,
    struct perform_result *result)
{
	const struct sys_request *row;

	row = sys_request((uint32_t)request->numbers.plain[0]);
	if (row == NULL)
		return refuse(EPERM);
	if (!is_on(row, request->fd))
		return refuse(ENOTTY);
	switch ((enum sys_request_kind)row->kind) {
	case SYS_REQUEST_NONE:
		return make_request(request, result, NULL);
	case SYS_REQUEST_NUMBER:
		return make_request(request, result,
		    (void *)(uintptr_t)request->numbers.plain[1]);
	case SYS_REQUEST_BYTES:
		return request_bytes(request, row, result);
	case SYS_REQUEST_DATA:
		return request_data(request, row->size[0],
		    (row->access & SYS_REQUEST_WRITTEN) != 0, result);
	case SYS_REQUEST_ETHTOOL:
		return request_ethtool(request, result);
	case SYS_REQUEST_ROUTE:
		return request_route(request, row, result);
	}
	return refuse(EPERM);
}

/* SPDX-License-Identifier: ISC */
/*
 * Sending messages that were copied. What in one is the sender's own (its
 * descriptors, its process id, the address that a netlink socket gets by
 * itself) is the caller's here, never that of the process that performs.
 */
#include "perform.h"

#include <sys/socket.h>

#include <linux/netlink.h>
#include <netinet/in.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* Without its scope: RFC 2133. */
#define SIN6_LEN_MIN offsetof(struct sockaddr_in6, sin6_scope_id)
#define SCTP 132
#define SCTP_DSTADDRV4 7
#define SCTP_DSTADDRV6 8
#define NETLINK_TRIES 16
/* Ids that the kernel gives to sockets whose process's own is taken. */
#define NETLINK_OTHERS UINT32_C(0x80000000)
#define NETLINK_RANGE (UINT32_C(0x80000000) - 4096)

/* What sendmsg(2) and the kernel say of a header's length. */
static size_t
aligned(size_t len)
{
	return (len + sizeof(long) - 1) & ~(sizeof(long) - 1);
}

/* Those of one header; their numbers become what the function says. */
static int
replace(unsigned char *numbers, size_t n, perform_descriptor *function,
    void *context)
{
	size_t i;
	int number;

	for (i = 0; i < n; i++) {
		memcpy(&number, numbers + i * sizeof(number), sizeof(number));
		number = function(context, number);
		if (number == -1)
			return -1;
		memcpy(numbers + i * sizeof(number), &number, sizeof(number));
	}
	return 0;
}

/* A place in control data; headers that the kernel would not take end it. */
struct walk {
	unsigned char *at;
	size_t len;
	struct cmsghdr header;
};

/* 1: a header, 0: the end, -1: EINVAL. */
static int
read_header(struct walk *walk)
{
	if (walk->len < sizeof(walk->header))
		return 0;
	memcpy(&walk->header, walk->at, sizeof(walk->header));
	if (walk->header.cmsg_len >= sizeof(walk->header) &&
	    walk->header.cmsg_len <= walk->len)
		return 1;
	errno = EINVAL;
	return -1;
}

static void
pass_header(struct walk *walk)
{
	size_t len = aligned(walk->header.cmsg_len);

	if (len > walk->len)
		len = walk->len;
	walk->at += len;
	walk->len -= len;
}

static bool
is_header(const struct walk *walk, int type)
{
	return walk->header.cmsg_level == SOL_SOCKET &&
	    walk->header.cmsg_type == type;
}

int
perform_control(void *control, size_t len, perform_descriptor *function,
    void *context)
{
	struct walk walk = { .at = control, .len = len };
	int result;

	while ((result = read_header(&walk)) == 1) {
		if (is_header(&walk, SCM_RIGHTS) &&
		    replace(walk.at + sizeof(walk.header),
			(walk.header.cmsg_len - sizeof(walk.header)) /
			    sizeof(int),
			function, context) == -1)
			return -1;
		pass_header(&walk);
	}
	return result;
}

/*
 * Who says that a message is the caller's own may say so: but only the process
 * that performs can be shown. False: nothing is said of the caller.
 */
static bool
show_performer(const struct perform_message *message)
{
	struct walk walk = { message->control, message->control_len, { 0 } };
	struct ucred cred;
	bool changed = false;

	for (; read_header(&walk) == 1; pass_header(&walk)) {
		if (!is_header(&walk, SCM_CREDENTIALS) ||
		    walk.header.cmsg_len != CMSG_LEN(sizeof(cred)))
			continue;
		memcpy(&cred, walk.at + sizeof(walk.header), sizeof(cred));
		if (cred.pid != message->caller)
			continue;
		cred.pid = getpid();
		memcpy(walk.at + sizeof(walk.header), &cred, sizeof(cred));
		changed = true;
	}
	return changed;
}

static int
option(int sock, int name)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(sock, SOL_SOCKET, name, &value, &len) == -1 ? -1 :
									value;
}

/* Whose addresses a domain takes beside its own. */
static const struct {
	int domain;
	sa_family_t family;
} others[] = {
	{ AF_INET6, AF_INET },
	{ AF_SMC, AF_INET },
	{ AF_SMC, AF_INET6 },
	{ AF_RDS, AF_INET },
	{ AF_RDS, AF_INET6 },
};

static bool
takes_family(int domain, sa_family_t family)
{
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].domain == domain && others[i].family == family)
			return true;
	return family == domain;
}

/* Of the kinds that look at the length before they look at the family. */
static bool
is_too_short(int domain, int type, socklen_t len, bool sending)
{
	if (domain == AF_INET && (!sending || type == SOCK_DGRAM))
		return len < sizeof(struct sockaddr_in);
	return domain == AF_INET6 && !sending && len < SIN6_LEN_MIN;
}

/*
 * The kernel looks at an address as the socket's domain has it, and does not
 * always ask what it says of itself: one that says it is another's was judged
 * as what it is not.
 */
int
perform_family_error(int sock, const void *sa, socklen_t len, bool sending)
{
	int domain = option(sock, SO_DOMAIN), type = option(sock, SO_TYPE);
	sa_family_t family;

	if (domain == -1)
		return errno;
	if (len < sizeof(family) || is_too_short(domain, type, len, sending))
		return EINVAL;
	memcpy(&family, sa, sizeof(family));
	if (domain == AF_PACKET && type == SOCK_PACKET)
		return EINVAL; /* has addresses of a form of its own */
	if (takes_family(domain, family))
		return 0;
	if (domain == AF_INET6 && sending && type == SOCK_DGRAM)
		return EINVAL;
	return domain == AF_INET || domain == AF_INET6 ? EAFNOSUPPORT : EINVAL;
}

static int
bind_netlink(int sock, struct sockaddr_nl *nl, pid_t caller)
{
	struct timespec now;
	uint32_t random;
	int tries;

	nl->nl_pid = (uint32_t)caller;
	if (bind(sock, (const struct sockaddr *)nl, sizeof(*nl)) == 0)
		return 0;
	for (tries = 0; tries < NETLINK_TRIES && errno == EADDRINUSE; tries++) {
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		random = (uint32_t)now.tv_nsec * UINT32_C(2654435761);
		nl->nl_pid = NETLINK_OTHERS + random % NETLINK_RANGE;
		if (bind(sock, (const struct sockaddr *)nl, sizeof(*nl)) == 0)
			return 0;
	}
	return -1;
}

/* Has it an address yet? */
static bool
is_bound_netlink(int sock, struct sockaddr_nl *nl)
{
	socklen_t len = sizeof(*nl);

	memset(nl, 0, sizeof(*nl));
	if (getsockname(sock, (struct sockaddr *)nl, &len) == -1)
		return true;
	return nl->nl_family != AF_NETLINK || nl->nl_pid != 0;
}

void
perform_name_netlink(int sock, pid_t caller)
{
	struct sockaddr_nl nl;

	if (!is_bound_netlink(sock, &nl))
		(void)bind_netlink(sock, &nl, caller);
}

int
perform_bind_netlink(int sock, const void *sa, socklen_t len, pid_t caller)
{
	struct sockaddr_nl nl, bound;

	if (len < sizeof(nl))
		return bind(sock, sa, len);
	memcpy(&nl, sa, sizeof(nl));
	if (nl.nl_pid != 0 || is_bound_netlink(sock, &bound))
		return bind(sock, sa, len);
	return bind_netlink(sock, &nl, caller);
}

/* The kernel's signal, which is pending here, and nobody's but the caller's. */
static bool
take_signal(void)
{
	const struct timespec now = { 0, 0 };
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPIPE);
	return sigtimedwait(&set, NULL, &now) == SIGPIPE;
}

static void
set_address(const struct perform_message *message, struct msghdr *msg,
    struct sockaddr_un *local)
{
	if (message->object != -1) {
		msg->msg_namelen = perform_local(message->object, local);
		msg->msg_name = local;
	} else if (message->addr_len > 0) {
		memcpy(&msg->msg_name, &message->addr, sizeof(msg->msg_name));
		msg->msg_namelen = message->addr_len;
	}
}

/* Does it name where it goes first, beside its address? */
static bool
has_route(const struct perform_message *message)
{
	static const struct {
		int level;
		int type;
	} routes[] = {
		{ SOL_IP, IP_RETOPTS },
		{ SOL_IPV6, IPV6_RTHDR },
		{ SOL_IPV6, IPV6_2292RTHDR },
		{ SCTP, SCTP_DSTADDRV4 },
		{ SCTP, SCTP_DSTADDRV6 },
	};
	struct walk walk = { message->control, message->control_len, { 0 } };
	size_t i;

	for (; read_header(&walk) == 1; pass_header(&walk))
		for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
			if (walk.header.cmsg_level == routes[i].level &&
			    walk.header.cmsg_type == routes[i].type)
				return true;
	return false;
}

/* Does the data begin with a header that says where it goes? Then the address
   only finds the way. */
static bool
has_own_header(int sock)
{
	int domain, on = 0;
	socklen_t len = sizeof(on);
	bool six;

	if (option(sock, SO_TYPE) != SOCK_RAW)
		return false;
	domain = option(sock, SO_DOMAIN);
	six = domain == AF_INET6;
	if (domain != AF_INET && !six)
		return false;
	/* One that cannot be asked may have one. */
	return getsockopt(sock, six ? SOL_IPV6 : SOL_IP,
		   six ? IPV6_HDRINCL : IP_HDRINCL, &on, &len) == -1 ||
	    on != 0;
}

/* What cannot be sent from here at all; 0 if it can. */
static int
refusal(const struct perform_message *message)
{
	if (message->by_address &&
	    (has_route(message) || has_own_header(message->sock)))
		return EPERM;
	/* Control data of this domain holds addresses of memory. */
	if (message->control_len > 0 &&
	    option(message->sock, SO_DOMAIN) == AF_RDS)
		return EOPNOTSUPP;
	if (message->addr_len == 0)
		return 0;
	return perform_family_error(message->sock, message->addr,
	    message->addr_len, true);
}

/* An address of no length is one to sendto(2) alone. */
static ssize_t
transmit(const struct perform_message *message, const struct msghdr *msg,
    int flags)
{
	if (message->named && message->addr_len == 0)
		return sendto(message->sock, message->data, message->len, flags,
		    message->addr, 0);
	return sendmsg(message->sock, msg, flags);
}

ssize_t
perform_send(const struct perform_message *message, bool *raised)
{
	/* What is sent is gone when the call returns. */
	int flags = message->flags & ~MSG_ZEROCOPY;
	struct sockaddr_un local;
	struct msghdr msg;
	struct iovec iov;
	ssize_t n;

	*raised = false;
	errno = refusal(message);
	if (errno != 0)
		return -1;
	perform_name_netlink(message->sock, message->caller);
	memset(&msg, 0, sizeof(msg));
	set_address(message, &msg, &local);
	memcpy(&iov.iov_base, &message->data, sizeof(iov.iov_base));
	iov.iov_len = message->len;
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = message->control;
	msg.msg_controllen = message->control_len;
	n = transmit(message, &msg, flags);
	if (n == -1 && errno == EPERM && show_performer(message))
		n = transmit(message, &msg, flags);
	if (n == -1 && errno == EPIPE && (flags & MSG_NOSIGNAL) == 0) {
		*raised = take_signal();
		errno = EPIPE;
	}
	return n;
}

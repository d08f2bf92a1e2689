/* SPDX-License-Identifier: ISC */
/*
 * Attack 4: sends to an address by a route that leads elsewhere first, which
 * an option of the socket or the message itself says.
 *
 * usage: route
 */
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/ip.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SEGMENTS 4       /* the type of a routing header: RFC 8754 */
#define FLOWLABEL_MGR 32 /* linux/in6.h */
#define SCTP 132
#define SCTP_CONNECTX 110

/* One stop before the destination, which the kernel puts in front of it. */
static struct route {
	unsigned char head[8];
	struct in6_addr stops[2];
} route = { .head = { 0, 4, SEGMENTS, 1, 1 } };

static void
say(const char *what, long result)
{
	printf("%s %s\n", what, result == -1 ? strerrorname_np(errno) : "done");
}

static void
send_by_message(const char *what, int sock, int type)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_port = htons(9),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	union {
		char room[CMSG_SPACE(sizeof(route))];
		struct cmsghdr header;
	} control;
	struct iovec iov = { (char[]){ "text" }, 4 };
	struct msghdr msg = { .msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1 };

	if (type != 0) {
		memset(&control, 0, sizeof(control));
		control.header.cmsg_level = SOL_IPV6;
		control.header.cmsg_type = type;
		control.header.cmsg_len = CMSG_LEN(sizeof(route));
		memcpy(CMSG_DATA(&control.header), &route, sizeof(route));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	say(what, sendmsg(sock, &msg, 0));
}

/* Its header says another address than the one that is judged. */
static void
send_raw(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct iphdr packet = { .version = 4,
		.ihl = 5,
		.ttl = 9,
		.protocol = 253, /* for experiments: RFC 3692 */
		.daddr = htonl(INADDR_LOOPBACK + 1) };
	struct iovec iov = { &packet, sizeof(packet) };
	struct msghdr msg = { .msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1 };
	int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	say(raw == -1 ? "no raw socket" : "raw", sendmsg(raw, &msg, 0));
}

int
main(void)
{
	int six = socket(AF_INET6, SOCK_DGRAM, 0);
	int four = socket(AF_INET, SOCK_DGRAM, 0);
	const int on = 1;
	unsigned char record[8] = { 7, 7, 4 }; /* of the way, for 1 address */

	route.stops[0] = route.stops[1] = in6addr_loopback;
	say("options",
	    setsockopt(four, SOL_IP, IP_OPTIONS, record, sizeof(record)));
	say("header",
	    setsockopt(six, SOL_IPV6, IPV6_RTHDR, &route, sizeof(route)));
	say("old header", setsockopt(six, SOL_IPV6, 5, &route, sizeof(route)));
	say("old options", setsockopt(six, SOL_IPV6, 6, NULL, 0));
	say("labels", setsockopt(six, SOL_IPV6, FLOWLABEL_MGR, NULL, 0));
	say("own header",
	    setsockopt(four, SOL_IP, IP_HDRINCL, &on, sizeof(on)));
	say("own header 6",
	    setsockopt(six, SOL_IPV6, IPV6_HDRINCL, &on, sizeof(on)));
	say("connectx", setsockopt(six, SCTP, SCTP_CONNECTX, NULL, 0));
	(void)close(six);
	six = socket(AF_INET6, SOCK_DGRAM, 0);
	send_by_message("message", six, IPV6_RTHDR);
	send_by_message("old message", six, 5);
	send_by_message("plain", six, 0);
	send_raw();
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * traffic INTERFACE ROUNDS [dns]: sends frames on an interface. Each round
 * has DNS_FRAMES frames that pcap-filter's "port 53" means, and, unless told
 * otherwise, as many others, some of which only look like DNS: other ports,
 * other protocols, fragments whose data begin as a header of port 53 would.
 * The last frame of all is DNS and asks for "end.e2e.test". Nobody has the
 * addresses, so nothing answers. Prints how many DNS frames were sent.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IPV4 4
#define IPV6 6
#define ICMP 1
#define TCP 6
#define UDP 17
#define ICMP6 58

struct kind {
	int dns;
	int version; /* of IP; 0: the type below, bare */
	uint16_t type;
	uint8_t protocol;
	uint16_t from, to; /* ports */
	uint16_t fragment; /* the field of the header */
};

static const struct kind kinds[] = {
	{ 1, IPV4, ETH_P_IP, UDP, 40000, 53, 0 },
	{ 1, IPV4, ETH_P_IP, UDP, 53, 40000, 0 },
	{ 1, IPV4, ETH_P_IP, TCP, 40000, 53, 0 },
	{ 1, IPV6, ETH_P_IPV6, UDP, 40000, 53, 0 },
	{ 0, IPV4, ETH_P_IP, UDP, 40000, 54, 0 },
	{ 0, IPV4, ETH_P_IP, UDP, 5353, 5300, 0 },
	{ 0, IPV4, ETH_P_IP, TCP, 40000, 80, 0 },
	{ 0, IPV4, ETH_P_IP, ICMP, 0x800, 53, 0 },
	{ 0, IPV6, ETH_P_IPV6, UDP, 40000, 54, 0 },
	{ 0, IPV6, ETH_P_IPV6, ICMP6, 53, 53, 0 },
	/* the middle of a datagram: no ports there */
	{ 0, IPV4, ETH_P_IP, UDP, 53, 53, 0x2003 },
	{ 0, IPV4, ETH_P_IP, UDP, 53, 53, 0x0003 },
	{ 0, 0, ETH_P_ARP, 0, 53, 53, 0 },
	/* an IPv4 packet to port 53 under a type that says otherwise */
	{ 0, IPV4, 0x88b5, UDP, 40000, 53, 0 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char query[] = "\0\1\1\0\0\1\0\0\0\0\0\0"
			    "\3www\3e2e\4test\0\0\1\0\1";
static const char last[] = "\0\2\1\0\0\1\0\0\0\0\0\0"
			   "\3end\3e2e\4test\0\0\1\0\1";

struct frame {
	uint8_t bytes[256];
	size_t len;
};

static void
put(struct frame *frame, const void *bytes, size_t len)
{
	memcpy(frame->bytes + frame->len, bytes, len);
	frame->len += len;
}

static void
put8(struct frame *frame, unsigned int value)
{
	uint8_t byte = (uint8_t)value;

	put(frame, &byte, 1);
}

static void
put16(struct frame *frame, unsigned int value)
{
	uint16_t word = htons((uint16_t)value);

	put(frame, &word, 2);
}

static uint16_t
checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void
put_ipv4(struct frame *frame, const struct kind *kind, size_t payload)
{
	size_t start = frame->len;
	uint16_t sum;

	put16(frame, 0x4500);
	put16(frame, (unsigned int)(20 + payload));
	put16(frame, 1);
	put16(frame, kind->fragment);
	put8(frame, 64);
	put8(frame, kind->protocol);
	put16(frame, 0);
	put(frame, "\12\143\143\1\12\143\143\2", 8);
	sum = htons(checksum(frame->bytes + start, 20));
	memcpy(frame->bytes + start + 10, &sum, 2);
}

static void
put_ipv6(struct frame *frame, const struct kind *kind, size_t payload)
{
	static const char from[16] = "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1";
	static const char to[16] = "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2";

	put16(frame, 0x6000);
	put16(frame, 0);
	put16(frame, (unsigned int)payload);
	put8(frame, kind->protocol);
	put8(frame, 64);
	put(frame, from, 16);
	put(frame, to, 16);
}

/* The ports stand first in whatever it is. */
static void
put_transport(struct frame *frame, const struct kind *kind, const char *data,
    size_t len)
{
	put16(frame, kind->from);
	put16(frame, kind->to);
	if (kind->protocol == TCP) {
		put(frame, "\0\0\0\1\0\0\0\0\120\2\20\0\0\0\0\0", 16);
		return;
	}
	put16(frame, (unsigned int)(8 + len));
	put16(frame, 0);
	put(frame, data, len);
}

static void
make(struct frame *frame, const struct kind *kind, const char *data, size_t len)
{
	size_t payload = kind->protocol == TCP ? 20 : 8 + len;

	frame->len = 0;
	put(frame, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	put16(frame, kind->type);
	if (kind->version == IPV4)
		put_ipv4(frame, kind, payload);
	else if (kind->version == IPV6)
		put_ipv6(frame, kind, payload);
	put_transport(frame, kind, data, len);
}

static void
transmit(int sock, const struct kind *kind, const char *data, size_t len)
{
	struct frame frame;

	make(&frame, kind, data, len);
	if (send(sock, frame.bytes, frame.len, 0) == -1)
		err(1, "send");
}

int
main(int argc, char *argv[])
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET };
	int sock, rounds, only, sent = 0;
	size_t i;

	if (argc < 3)
		errx(2, "usage: traffic interface rounds [dns]");
	rounds = atoi(argv[2]);
	only = argc > 3;
	sock = socket(AF_PACKET, SOCK_RAW, 0);
	sll.sll_ifindex = (int)if_nametoindex(argv[1]);
	if (sock == -1 || bind(sock, (void *)&sll, sizeof(sll)) == -1)
		err(1, "%s", argv[1]);
	for (; rounds > 0; rounds--)
		for (i = 0; i < KINDS; i++)
			if (kinds[i].dns || !only) {
				transmit(sock, &kinds[i], query,
				    sizeof(query) - 1);
				sent += kinds[i].dns;
			}
	transmit(sock, &kinds[0], last, sizeof(last) - 1);
	printf("%d\n", sent + 1);
	return 0;
}

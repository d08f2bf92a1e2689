/* SPDX-License-Identifier: ISC */
/*
 * filter "..." and device "...", on real sockets in a network namespace of
 * its own: what a locked filter lets through, whatever the socket is bound
 * to afterwards. The parts that need root, or a device that the kernel has
 * not got, are skipped with the reason.
 */
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/policy/policy.h"

#define DEADLINE_MS 5000
#define MARK "end of round"

struct filter {
	struct sock_filter *insns;
	unsigned short count;
};

static bool have_net;  /* a namespace of our own, lo up */
static bool have_tun;  /* tun0, 172.16.9.1, no link header */
static bool have_veth; /* v0 10.8.8.1/8, v1 up */

static const struct {
	const char *expression;
	unsigned int ifindex;
	const char *reason; /* NULL: accepted */
} compile_cases[] = {
	{ "port 53", 0, NULL },
	{ "port 53", 1, NULL },
	{ "", 1, NULL },
	{ "ip6", 0, NULL },
	{ "not port 53", 0, NULL },
	{ "tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420", 0, NULL },
	{ "udp[udp[8:4]:1] = 0x41", 0, NULL },
	{ "ip[0x1000] = 3", 0, NULL },
	{ "icmp6 or (udp and portrange 1000-2000)", 1, NULL },
	{ "", 0, "without a device" },
	{ " \t", 0, "without a device" },
	{ "port", 0, "syntax error" },
	{ "port 53 and", 0, "syntax error" },
	{ "arp", 0, "rejects all packets" },
	{ "ether host 1:2:3:4:5:6", 0, "ethernet" },
	{ "len > 100", 0, "link layer" },
	{ "less 100", 0, "link layer" },
	{ "ip[len] = 3", 0, "link layer" },
	{ "ip[0:2] = len", 0, "link layer" },
	{ "inbound", 0, "kernel notes" },
	{ "ip[0xff000] = 3", 0, "kernel notes" },
	{ "ip[0xfffff000] = 3", 0, "kernel notes" },
	{ "vlan 3", 0, "VLAN" },
	{ "ip protochain 6", 0, "loops" },
	{ "ip6 protochain 6", 0, "loops" },
};

static int
compile(const char *expression, unsigned int ifindex, struct filter *f)
{
	char reason[512];
	int rv;

	rv = policy_packet_filter(expression, ifindex, &f->insns, &f->count,
	    reason, sizeof(reason));
	if (rv == -1)
		print_message("%.40s: %s\n", expression, reason);
	return rv;
}

static int
attach(int fd, const struct filter *f)
{
	struct sock_fprog prog = { f->count, f->insns };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog));
}

static void
test_compile(void **state)
{
	char reason[512];
	struct filter f;
	unsigned int i;
	int fd, rv;

	(void)state;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(fd, -1);
	for (i = 0; i < sizeof(compile_cases) / sizeof(compile_cases[0]); i++) {
		errno = 0;
		rv = policy_packet_filter(compile_cases[i].expression,
		    compile_cases[i].ifindex, &f.insns, &f.count, reason,
		    sizeof(reason));
		print_message("'%s': %s\n", compile_cases[i].expression,
		    reason);
		if (compile_cases[i].reason == NULL) {
			assert_int_equal(rv, 0);
			assert_int_equal(attach(fd, &f), 0);
		} else {
			assert_int_equal(rv, -1);
			assert_int_equal(errno, EINVAL);
			assert_null(f.insns);
			assert_non_null(
			    strstr(reason, compile_cases[i].reason));
		}
		free(f.insns);
	}
	close(fd);
}

/* A long filter: jumps of more than eight bits; and one too long. */
static void
test_long(void **state)
{
	struct filter f;
	char *text;
	size_t used;
	int fd, i, n;

	(void)state;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(fd, -1);
	text = malloc(1 << 20);
	assert_non_null(text);
	for (n = 10; n <= 10000; n *= 10) {
		used = 0;
		for (i = 0; i < n; i++)
			used += sprintf(text + used, "%sip[ip[%d]] = %d",
			    i == 0 ? "" : " or ", i % 200, i % 251);
		if (n < 1000) {
			assert_int_equal(compile(text, 1, &f), 0);
			assert_int_equal(attach(fd, &f), 0);
			free(f.insns);
		} else
			assert_int_equal(compile(text, 1, &f), -1);
	}
	free(text);
	close(fd);
}

/* A socket as the broker makes it: filtered and locked before it receives. */
static int
sniffer(int type, const char *expression, unsigned int device)
{
	struct filter f;
	int fd, one = 1;

	fd = socket(AF_PACKET, type | SOCK_CLOEXEC, 0);
	assert_int_not_equal(fd, -1);
	if (expression != NULL) {
		assert_int_equal(compile(expression, device, &f), 0);
		assert_int_equal(attach(fd, &f), 0);
		free(f.insns);
	}
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &one,
			     sizeof(one)),
	    0);
	return fd;
}

/* Binds, and forgets what came from where it was bound before. */
static void
rebind(int fd, const char *device)
{
	char byte;
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };

	ll.sll_protocol = htons(ETH_P_ALL);
	ll.sll_ifindex = if_nametoindex(device);
	assert_int_equal(bind(fd, (struct sockaddr *)&ll, sizeof(ll)), 0);
	while (recv(fd, &byte, sizeof(byte), MSG_DONTWAIT) != -1)
		;
}

static void
send_udp(const char *host, int port, const void *data, size_t len)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	ssize_t n;
	int fd;

	in.sin_port = in6.sin6_port = htons(port);
	if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		n = sendto(fd, data, len, 0, (struct sockaddr *)&in,
		    sizeof(in));
	} else {
		assert_int_equal(inet_pton(AF_INET6, host, &in6.sin6_addr), 1);
		fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		n = sendto(fd, data, len, 0, (struct sockaddr *)&in6,
		    sizeof(in6));
	}
	assert_int_equal(n, len);
	close(fd);
}

/* The port that an IP packet is for, or from if that is below 1024. */
static int
packet_port(const unsigned char *p, size_t len)
{
	size_t off = p[0] >> 4 == 6 ? 40 : (size_t)(p[0] & 0xf) * 4;

	if (len < off + 4)
		return -1;
	return p[off + 2] << 8 | p[off + 3];
}

struct seen {
	int p53;
	int p54;
	int other;
};

/*
 * Reads until a packet that holds the mark has come; link: bytes before the
 * network header. ICMP answers of the kernel quote what was sent to it, so
 * that packets to other ports count apart.
 */
static void
drain(int fd, size_t link, const char *mark, struct seen *seen)
{
	unsigned char buf[2048];
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;

	memset(seen, 0, sizeof(*seen));
	for (;;) {
		assert_int_equal(poll(&pfd, 1, DEADLINE_MS), 1);
		n = recv(fd, buf, sizeof(buf), 0);
		assert_true(n > (ssize_t)link);
		switch (packet_port(buf + link, n - link)) {
		case 53:
			seen->p53++;
			break;
		case 54:
			seen->p54++;
			break;
		default:
			seen->other++;
			break;
		}
		if (memmem(buf, n, mark, strlen(mark)) != NULL)
			return;
	}
}

static void
round_trip(int fd, size_t link, const char *host, struct seen *seen)
{
	static unsigned int serial;
	char mark[64];

	/* Names of the round, lest a second copy of an old mark end it. */
	snprintf(mark, sizeof(mark), MARK " %u.", ++serial);
	send_udp(host, 54, "no", 2);
	send_udp(host, 53, "yes", 3);
	send_udp(host, 54, mark, strlen(mark));
	send_udp(host, 53, mark, strlen(mark));
	drain(fd, link, mark, seen);
}

static void
skip_without(bool have, const char *what)
{
	if (have)
		return;
	print_message("skipped: %s\n", what);
	skip();
}

static void
bring_up(const char *name, const char *address, const char *peer)
{
	struct ifreq ifr;
	struct sockaddr_in *sin = (void *)&ifr.ifr_addr;
	int fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(fd, -1);
	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	if (address != NULL) {
		sin->sin_family = AF_INET;
		assert_int_equal(inet_pton(AF_INET, address, &sin->sin_addr),
		    1);
		assert_int_equal(ioctl(fd, SIOCSIFADDR, &ifr), 0);
	}
	if (peer != NULL) {
		assert_int_equal(inet_pton(AF_INET, peer, &sin->sin_addr), 1);
		assert_int_equal(ioctl(fd, SIOCSIFDSTADDR, &ifr), 0);
	}
	assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &ifr), 0);
	ifr.ifr_flags |= IFF_UP;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
	close(fd);
}

static int
make_tun(void)
{
	struct ifreq ifr;
	int fd;

	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd == -1)
		return -1;
	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
	strncpy(ifr.ifr_name, "tun0", sizeof(ifr.ifr_name) - 1);
	if (ioctl(fd, TUNSETIFF, &ifr) == -1) {
		close(fd);
		return -1;
	}
	return fd; /* lives as long as the test */
}

static int
setup(void **state)
{
	(void)state;
	if (geteuid() != 0 || unshare(CLONE_NEWNET) == -1)
		return 0;
	have_net = true;
	bring_up("lo", NULL, NULL);
	if (make_tun() != -1) {
		have_tun = true;
		bring_up("tun0", "172.16.9.1", "172.16.9.2");
	}
	if (system("ip link add v0 type veth peer name v1 2>/dev/null && "
		   "ip neigh add 10.8.8.2 lladdr 2:0:0:0:0:2 dev v0 "
		   "2>/dev/null") == 0) {
		have_veth = true;
		bring_up("v1", NULL, NULL);
		bring_up("v0", "10.8.8.1", NULL);
	}
	return 0;
}

/* Without a filter the test does see what it must not see with one. */
static void
test_control(void **state)
{
	struct seen seen;
	int fd;

	(void)state;
	skip_without(have_net, "not root");
	fd = sniffer(SOCK_RAW, NULL, 0);
	rebind(fd, "lo");
	round_trip(fd, 14, "127.0.0.1", &seen);
	assert_true(seen.p54 > 0);
	close(fd);
}

static void
check_host(int type, const char *device, size_t link, const char *host)
{
	struct seen seen;
	int fd;

	fd = sniffer(type, "port 53", 0);
	rebind(fd, device);
	round_trip(fd, link, host, &seen);
	assert_true(seen.p53 > 0);
	assert_int_equal(seen.p54, 0);
	assert_int_equal(seen.other, 0);
	close(fd);
}

static void
test_loopback(void **state)
{
	(void)state;
	skip_without(have_net, "not root");
	check_host(SOCK_RAW, "lo", 14, "127.0.0.1");
	check_host(SOCK_DGRAM, "lo", 0, "127.0.0.1");
	check_host(SOCK_RAW, "lo", 14, "::1");
	check_host(SOCK_DGRAM, "lo", 0, "::1");
}

static void
test_veth(void **state)
{
	(void)state;
	skip_without(have_veth, "no veth");
	check_host(SOCK_RAW, "v0", 14, "10.8.8.2");
	check_host(SOCK_RAW, "v1", 14, "10.8.8.2");
	check_host(SOCK_DGRAM, "v1", 0, "10.8.8.2");
}

static void
test_rebind(void **state)
{
	struct seen seen;
	int fd;

	(void)state;
	skip_without(have_tun, "no tun");
	fd = sniffer(SOCK_RAW, "port 53", 0);
	rebind(fd, "lo");
	round_trip(fd, 14, "127.0.0.1", &seen);
	assert_int_equal(seen.p54, 0);
	/* No link header at all: offsets from the frame would be wrong. */
	rebind(fd, "tun0");
	round_trip(fd, 0, "172.16.9.2", &seen);
	assert_true(seen.p53 > 0);
	assert_int_equal(seen.p54, 0);
	assert_int_equal(seen.other, 0);
	close(fd);
}

static void
test_locked(void **state)
{
	struct seen seen;
	struct filter f;
	int fd, zero = 0;

	(void)state;
	skip_without(have_net, "not root");
	fd = sniffer(SOCK_RAW, "port 53", 0);
	rebind(fd, "lo");
	assert_int_equal(compile("port 54", 0, &f), 0);
	assert_int_equal(attach(fd, &f), -1);
	assert_int_equal(errno, EPERM);
	free(f.insns);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &zero,
			     sizeof(zero)),
	    -1);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &zero,
			     sizeof(zero)),
	    -1);
	round_trip(fd, 14, "127.0.0.1", &seen);
	assert_int_equal(seen.p54, 0);
	close(fd);
}

static void
test_device(void **state)
{
	static const char *const expressions[] = { "", "port 53" };
	struct pollfd pfd = { .events = POLLIN };
	struct seen seen;
	unsigned int i;
	int fd, other;

	(void)state;
	skip_without(have_veth, "no veth");
	for (i = 0; i < 2; i++) {
		fd = sniffer(SOCK_RAW, expressions[i], if_nametoindex("lo"));
		rebind(fd, "lo");
		round_trip(fd, 14, "127.0.0.1", &seen);
		assert_true(seen.p53 > 0);
		assert_int_equal(seen.p54 > 0, expressions[i][0] == '\0');
		rebind(fd, "v0");
		/* Another socket tells when the packets have passed. */
		other = sniffer(SOCK_RAW, "port 53", 0);
		rebind(other, "v0");
		round_trip(other, 14, "10.8.8.2", &seen);
		assert_true(seen.p53 > 0);
		pfd.fd = fd;
		assert_int_equal(poll(&pfd, 1, 0), 0);
		close(other);
		close(fd);
	}
}

static void
test_raw_inet(void **state)
{
	struct filter f;
	struct seen seen;
	int fd;

	(void)state;
	skip_without(have_net, "not root");
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);
	assert_int_not_equal(fd, -1);
	assert_int_equal(compile("port 53", if_nametoindex("lo"), &f), 0);
	assert_int_equal(attach(fd, &f), 0);
	free(f.insns);
	round_trip(fd, 0, "127.0.0.1", &seen);
	assert_true(seen.p53 > 0);
	assert_int_equal(seen.p54, 0);
	close(fd);
}

/* IPv4 and UDP headers, port 53, and `len` bytes of data. */
static size_t
make_packet(unsigned char *p, unsigned char version, const void *data,
    size_t len)
{
	memset(p, 0, 28);
	p[0] = version;
	p[3] = 28 + len;
	p[8] = 64;
	p[9] = IPPROTO_UDP;
	p[12] = p[16] = 127;
	p[15] = p[19] = 1;
	p[23] = 53;
	p[25] = 8 + len;
	memcpy(p + 28, data, len);
	return 28 + len;
}

static void
send_frame(uint16_t protocol, const void *packet, size_t len)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	int fd;

	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(fd, -1);
	ll.sll_protocol = htons(protocol);
	ll.sll_ifindex = if_nametoindex("lo");
	ll.sll_halen = 6;
	assert_int_equal(sendto(fd, packet, len, 0, (struct sockaddr *)&ll,
			     sizeof(ll)),
	    len);
	close(fd);
}

/* What is not IP, or says one version and is another, never gets through. */
static void
test_disagreeing(void **state)
{
	unsigned char packet[128];
	struct seen seen;
	size_t len;
	int fd;

	(void)state;
	skip_without(have_net, "not root");
	fd = sniffer(SOCK_DGRAM, "udp or ip6 or not ip6", 0);
	rebind(fd, "lo");
	len = make_packet(packet, 0x45, "x", 1);
	send_frame(0x88b5, packet, len);
	send_frame(ETH_P_IPV6, packet, len);
	send_frame(ETH_P_ARP, packet, len);
	packet[0] = 0x65;
	send_frame(0x88b5, packet, len);
	send_frame(ETH_P_IP, packet, len);
	len = make_packet(packet, 0x45, MARK, strlen(MARK));
	send_frame(ETH_P_IP, packet, len);
	drain(fd, 0, MARK, &seen);
	assert_int_equal(seen.p53, 1);
	assert_int_equal(seen.p54 + seen.other, 0);
	close(fd);
}

/*
 * A load whose offset comes from the packet: moved to SKF_NET_OFF without
 * care, 0x100000 comes out at the first byte of the frame.
 */
static void
test_wrapping(void **state)
{
	unsigned char packet[128], data[32];
	struct seen seen;
	uint32_t off;
	size_t len;
	int fd;

	(void)state;
	skip_without(have_net, "not root");
	fd = sniffer(SOCK_RAW, "udp[udp[8:4]:1] = 0x41", 0);
	rebind(fd, "lo");
	memset(data, 0x41, sizeof(data));
	off = htonl(0x100000 - 20 + 14 + 20 + 8 + 10);
	memcpy(data, &off, sizeof(off));
	len = make_packet(packet, 0x45, data, sizeof(data));
	packet[23] = 54;
	send_frame(ETH_P_IP, packet, len);
	off = htonl(8 + 30); /* the last byte but one */
	memcpy(data, &off, sizeof(off));
	memcpy(data + 4, MARK, strlen(MARK));
	len = make_packet(packet, 0x45, data, sizeof(data));
	send_frame(ETH_P_IP, packet, len);
	drain(fd, 14, MARK, &seen);
	assert_int_equal(seen.p54, 0);
	assert_int_equal(seen.p53, 1);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compile),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_veth),
		cmocka_unit_test(test_rebind),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_raw_inet),
		cmocka_unit_test(test_disagreeing),
		cmocka_unit_test(test_wrapping),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

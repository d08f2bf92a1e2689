/* SPDX-License-Identifier: ISC */
/*
 * hostile INTERFACE OTHER: has a packet socket and tries to see more with it
 * than it should. Each phase makes a change, says "ready PHASE RESULT", reads
 * until the frame that asks for "end.e2e.test" has come, or for a while, and
 * says "seen PHASE dns=N other=N INTERFACES". A line on standard input starts
 * each phase. RESULT is the changing call's errno name, "0" if it succeeded.
 */
#include <sys/mman.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT 5000 /* milliseconds for the last frame */
#define QUIET 300 /* where none can be expected */

static const char *interface, *other_interface;
static int interfaces[16], ninterfaces;
static int dns, other, ended;
static int sock = -1;

/* Does pcap-filter's "port 53" mean this packet of IP? */
static int
is_dns(const uint8_t *p, size_t len, unsigned int type)
{
	size_t head;
	uint8_t protocol;

	if (type == ETH_P_IP && len > 20 && p[0] >> 4 == 4) {
		head = (size_t)(p[0] & 0xf) * 4;
		protocol = p[9];
		if (((p[6] << 8 | p[7]) & 0x1fff) != 0)
			return 0;
	} else if (type == ETH_P_IPV6 && len > 40 && p[0] >> 4 == 6) {
		head = 40;
		protocol = p[6];
	} else {
		return 0;
	}
	if ((protocol != 17 && protocol != 6) || len < head + 4)
		return 0;
	return (p[head] << 8 | p[head + 1]) == 53 ||
	    (p[head + 2] << 8 | p[head + 3]) == 53;
}

static void
note_interface(int ifindex)
{
	int i;

	for (i = 0; i < ninterfaces; i++)
		if (interfaces[i] == ifindex)
			return;
	if (ninterfaces < 16)
		interfaces[ninterfaces++] = ifindex;
}

static void
look_at(const uint8_t *frame, size_t len, unsigned int type, int ifindex)
{
	note_interface(ifindex);
	if (is_dns(frame, len, type))
		dns++;
	else
		other++;
	if (memmem(frame, len, "\3end\3e2e", 8) != NULL)
		ended = 1;
}

static int
receive(int fd)
{
	struct sockaddr_ll sll;
	socklen_t sll_len = sizeof(sll), len;
	static uint8_t buf[65536];
	size_t head = 0;
	int type = 0;
	ssize_t n;

	n = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT, (void *)&sll,
	    &sll_len);
	if (n == -1)
		return 0;
	len = sizeof(type);
	(void)getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len);
	if (type == SOCK_RAW)
		head = 14;
	if ((size_t)n < head)
		return 1;
	look_at(buf + head, (size_t)n - head, ntohs(sll.sll_protocol),
	    sll.sll_ifindex);
	return 1;
}

static void
read_until_end(int fd, int wait)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	while (!ended && poll(&pfd, 1, wait) == 1)
		if (!receive(fd))
			break;
	/* what is behind the last, if there is anything */
	while (poll(&pfd, 1, QUIET / 3) == 1 && receive(fd))
		continue;
}

static void
begin(const char *phase, int result)
{
	char line[16];

	printf("ready %s %s\n", phase,
	    result == -1 ? strerrorname_np(errno) : "0");
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(0);
}

static void
report(const char *phase)
{
	char name[IF_NAMESIZE];
	int i;

	printf("seen %s dns=%d other=%d", phase, dns, other);
	for (i = 0; i < ninterfaces; i++)
		printf(" %s",
		    if_indextoname((unsigned int)interfaces[i], name) != NULL ?
			name :
			"?");
	printf("\n");
	(void)fflush(stdout);
	dns = other = ended = ninterfaces = 0;
}

static void
phase(const char *name, int result, int wait)
{
	begin(name, result);
	read_until_end(sock, wait);
	report(name);
}

static int
rebind(const char *name, int protocol)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET };

	sll.sll_protocol = htons((uint16_t)protocol);
	sll.sll_ifindex = name == NULL ? 0 : (int)if_nametoindex(name);
	return bind(sock, (void *)&sll, sizeof(sll));
}

static struct sock_filter everything[] = {
	BPF_STMT(BPF_RET | BPF_K, 0x40000),
};
static const struct sock_fprog all = { 1, everything };

static void
try_filters(void)
{
	const int off = 0, on = 1;

	phase("attach",
	    setsockopt(sock, SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof(all)),
	    WAIT);
	phase("detach",
	    setsockopt(sock, SOL_SOCKET, SO_DETACH_FILTER, &off, sizeof(off)),
	    WAIT);
	phase("attach-bpf",
	    setsockopt(sock, SOL_SOCKET, SO_ATTACH_BPF, &on, sizeof(on)), WAIT);
	phase("unlock",
	    setsockopt(sock, SOL_SOCKET, SO_LOCK_FILTER, &off, sizeof(off)),
	    WAIT);
	phase("attach-again",
	    setsockopt(sock, SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof(all)),
	    WAIT);
}

static void
try_binding(void)
{
	phase("rebind-other", rebind(other_interface, ETH_P_ALL), QUIET);
	phase("rebind-any", rebind(NULL, ETH_P_ALL), WAIT);
	phase("rebind-arp", rebind(interface, ETH_P_ARP), QUIET);
	phase("rebind-odd", rebind(interface, 0x88b5), QUIET);
	phase("rebind-ip", rebind(interface, ETH_P_IP), WAIT);
	phase("rebind-back", rebind(interface, ETH_P_ALL), WAIT);
}

static void
try_options(void)
{
	const int on = 1, fanout = 77 | PACKET_FANOUT_CBPF << 16;
	struct packet_mreq mreq = { .mr_type = PACKET_MR_PROMISC };
	int result;

	mreq.mr_ifindex = (int)if_nametoindex(interface);
	phase("promiscuous",
	    setsockopt(sock, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq,
		sizeof(mreq)),
	    WAIT);
	phase("origdev",
	    setsockopt(sock, SOL_PACKET, PACKET_ORIGDEV, &on, sizeof(on)),
	    WAIT);
	result = setsockopt(sock, SOL_PACKET, PACKET_FANOUT, &fanout,
	    sizeof(fanout));
	phase("fanout", result, WAIT);
	phase("fanout-data",
	    setsockopt(sock, SOL_PACKET, PACKET_FANOUT_DATA, &all, sizeof(all)),
	    WAIT);
}

/* Frames that the kernel puts into shared memory, without a call for each. */
static void
try_ring(void)
{
	struct tpacket_req req = { .tp_block_size = 65536,
		.tp_block_nr = 4,
		.tp_frame_size = 2048,
		.tp_frame_nr = 128 };
	struct pollfd pfd = { .fd = sock, .events = POLLIN };
	uint8_t *ring;
	struct tpacket_hdr *frame;
	struct sockaddr_ll *sll;
	size_t i, size = 65536 * 4;
	int result;

	result = setsockopt(sock, SOL_PACKET, PACKET_RX_RING, &req,
	    sizeof(req));
	ring = result == -1 ?
	    MAP_FAILED :
	    mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, sock, 0);
	begin("ring", ring == MAP_FAILED ? -1 : 0);
	for (i = 0; ring != MAP_FAILED && i < req.tp_frame_nr; i++) {
		frame = (void *)(ring + i * req.tp_frame_size);
		if ((*(volatile unsigned long *)&frame->tp_status &
			TP_STATUS_USER) == 0 &&
		    (ended || poll(&pfd, 1, WAIT) != 1))
			break;
		if ((frame->tp_status & TP_STATUS_USER) == 0)
			break;
		sll = (void *)((uint8_t *)frame +
		    TPACKET_ALIGN(sizeof(*frame)));
		look_at((uint8_t *)frame + frame->tp_net,
		    frame->tp_snaplen - (frame->tp_net - frame->tp_mac),
		    ntohs(sll->sll_protocol), sll->sll_ifindex);
	}
	report("ring");
}

int
main(int argc, char *argv[])
{
	if (argc != 3)
		errx(2, "usage: hostile interface other");
	interface = argv[1];
	other_interface = argv[2];
	sock = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	phase("born", sock, WAIT);
	try_filters();
	try_binding();
	try_options();
	close(sock);
	sock = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	phase("cooked", sock, WAIT);
	try_filters();
	try_ring();
	return 0;
}

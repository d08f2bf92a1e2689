/* SPDX-License-Identifier: ISC */
/*
 * filter "..." and device "...": a pcap-filter(7) expression as a classic BPF
 * program that holds whatever link type the socket is rebound to.
 *
 * It is compiled for raw IP, where nothing lies before the network header,
 * and every load is then moved to SKF_NET_OFF. Such loads see the linear part
 * of a packet alone and drop the packet beyond it: the filter can lose
 * packets, never let more through. What cannot be said that way (lengths,
 * what the kernel notes about a packet) is refused. A pure function, but for
 * the name lookups that libpcap makes.
 */
#include "policy.h"

#include <net/ethernet.h>

#include <errno.h>
#include <linux/filter.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "../lazy.h"
#include "places.h"

#define PACKET_SNAPLEN 262144

/*
 * Offsets from the network header that the kernel still takes as such: from
 * here on k + SKF_NET_OFF would reach SKF_AD_OFF, then wrap to the link layer.
 */
#define PACKET_REACH ((uint32_t)(SKF_AD_OFF - SKF_NET_OFF))

/* The longest IPv4 header: what a BPF_MSH load can put into X. */
#define PACKET_HEADER 60

/* The most instructions that one of libpcap's becomes. */
#define PACKET_GROWTH 5

struct packet_program {
	struct sock_filter insns[BPF_MAXINSNS];
	unsigned int count;
	/* Where each of libpcap's instructions begins in insns. */
	unsigned short start[BPF_MAXINSNS + 1];
	bool wide;    /* conditional jumps as BPF_JA */
	bool bounded; /* X is a header's length at most */
};

static int packet_refuse(char *, size_t, const char *, ...)
    __attribute__((format(printf, 3, 4)));

static int
packet_refuse(char *reason, size_t len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(reason, len, fmt, ap);
	va_end(ap);
	errno = EINVAL;
	return -1;
}

/* The caller has seen to it that there is room. */
static void
packet_emit(struct packet_program *p, unsigned int code, unsigned int jt,
    unsigned int jf, uint32_t k)
{
	struct sock_filter *insn = &p->insns[p->count++];

	insn->code = code;
	insn->jt = jt;
	insn->jf = jf;
	insn->k = k;
}

/*
 * The prologue: a protocol that agrees with the packet's own version. A
 * sender chooses either freely, and the rest of the program looks at the
 * version alone.
 */
static const struct sock_filter packet_ip[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_IP, 4, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_IPV6, 0, 6),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (uint32_t)SKF_NET_OFF),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x60, 4, 3),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (uint32_t)SKF_NET_OFF),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x40, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static void
packet_emit_ip(struct packet_program *p)
{
	memcpy(p->insns + p->count, packet_ip, sizeof(packet_ip));
	p->count += sizeof(packet_ip) / sizeof(packet_ip[0]);
}

static void
packet_emit_device(struct packet_program *p, unsigned int ifindex)
{
	packet_emit(p, BPF_LD | BPF_W | BPF_ABS, 0, 0,
	    (uint32_t)(SKF_AD_OFF + SKF_AD_IFINDEX));
	packet_emit(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ifindex);
	packet_emit(p, BPF_RET | BPF_K, 0, 0, 0);
}

/*
 * Can X only be what a header's length makes it? Then indirect loads need no
 * check of their own.
 */
static bool
packet_is_bounded(const struct bpf_program *from)
{
	const struct bpf_insn *insn;
	unsigned int i;

	for (i = 0; i < from->bf_len; i++) {
		insn = &from->bf_insns[i];
		if (insn->code == (BPF_MISC | BPF_TAX))
			return false;
		if (BPF_CLASS(insn->code) != BPF_LDX)
			continue;
		if (BPF_MODE(insn->code) == BPF_MEM ||
		    (BPF_MODE(insn->code) == BPF_IMM &&
			insn->k > PACKET_HEADER))
			return false;
	}
	return true;
}

/*
 * [x + k], as libpcap means it: beyond the packet it drops the packet. Moved
 * to SKF_NET_OFF a large X would come out at the link layer instead. The load
 * overwrites A, so that A is free for the check.
 */
static void
packet_emit_indirect(struct packet_program *p, const struct bpf_insn *insn)
{
	if (!p->bounded || insn->k >= PACKET_REACH - PACKET_HEADER) {
		packet_emit(p, BPF_MISC | BPF_TXA, 0, 0, 0);
		packet_emit(p, BPF_ALU | BPF_ADD | BPF_K, 0, 0, insn->k);
		packet_emit(p, BPF_JMP | BPF_JGE | BPF_K, 0, 1, PACKET_REACH);
		packet_emit(p, BPF_RET | BPF_K, 0, 0, 0);
	}
	packet_emit(p, insn->code, 0, 0, insn->k + (uint32_t)SKF_NET_OFF);
}

static int
packet_emit_load(struct packet_program *p, const struct bpf_insn *insn,
    char *reason, size_t len)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_ABS:
	case BPF_MSH:
		if (insn->k >= PACKET_REACH)
			return packet_refuse(reason, len,
			    "it asks what the kernel notes about a packet "
			    "(inbound, outbound and the like), which no "
			    "filter can hold to");
		packet_emit(p, insn->code, 0, 0,
		    insn->k + (uint32_t)SKF_NET_OFF);
		return 0;
	case BPF_IND:
		packet_emit_indirect(p, insn);
		return 0;
	case BPF_IMM:
	case BPF_MEM:
		packet_emit(p, insn->code, 0, 0, insn->k);
		return 0;
	case BPF_LEN:
		return packet_refuse(reason, len,
		    "'len' depends on the link layer, which the program "
		    "may change (less, greater and len cannot be used)");
	default:
		return packet_refuse(reason, len, "unknown instruction 0x%x",
		    insn->code);
	}
}

/* Where to is settled by packet_link(), when all places are known. */
static void
packet_emit_jump(struct packet_program *p, const struct bpf_insn *insn)
{
	packet_emit(p, insn->code, 0, 1, insn->k);
	if (p->wide && BPF_OP(insn->code) != BPF_JA) {
		packet_emit(p, BPF_JMP | BPF_JA, 0, 0, 0);
		packet_emit(p, BPF_JMP | BPF_JA, 0, 0, 0);
	}
}

static int
packet_emit_body(struct packet_program *p, const struct bpf_program *from,
    char *reason, size_t len)
{
	const struct bpf_insn *insn;
	unsigned int i;

	for (i = 0; i < from->bf_len; i++) {
		if (i >= BPF_MAXINSNS ||
		    p->count + PACKET_GROWTH > BPF_MAXINSNS)
			return packet_refuse(reason, len, "it is too long");
		insn = &from->bf_insns[i];
		p->start[i] = p->count;
		switch (BPF_CLASS(insn->code)) {
		case BPF_LD:
		case BPF_LDX:
			if (packet_emit_load(p, insn, reason, len) == -1)
				return -1;
			break;
		case BPF_JMP:
			packet_emit_jump(p, insn);
			break;
		default:
			packet_emit(p, insn->code, 0, 0, insn->k);
			break;
		}
	}
	p->start[from->bf_len] = p->count;
	return 0;
}

/*
 * The distance from an instruction to where libpcap's instruction `target`
 * now stands; -1 if that does not lie ahead (ip6 protochain loops, which no
 * kernel takes).
 */
static int
packet_distance(const struct packet_program *p, const struct bpf_program *from,
    unsigned int at, uint64_t target)
{
	if (target >= from->bf_len || p->start[target] <= at)
		return -1;
	return (int)(p->start[target] - at - 1);
}

/* Returns 0, 1 if a jump is too far for eight bits, -1 if it cannot be. */
static int
packet_link_jump(struct packet_program *p, const struct bpf_program *from,
    unsigned int i)
{
	const struct bpf_insn *insn = &from->bf_insns[i];
	unsigned int at = p->start[i];
	bool always = BPF_OP(insn->code) == BPF_JA;
	bool wide = p->wide && !always;
	int yes, no;

	yes = packet_distance(p, from, at + (wide ? 1 : 0),
	    (uint64_t)i + 1 + (always ? insn->k : insn->jt));
	no = always ? 0 :
		      packet_distance(p, from, at + (wide ? 2 : 0),
			  (uint64_t)i + 1 + insn->jf);
	if (yes == -1 || no == -1)
		return -1;
	if (always) {
		p->insns[at].k = yes;
		p->insns[at].jf = 0;
	} else if (wide) {
		p->insns[at + 1].k = yes;
		p->insns[at + 2].k = no;
	} else {
		if (yes > UINT8_MAX || no > UINT8_MAX)
			return 1;
		p->insns[at].jt = yes;
		p->insns[at].jf = no;
	}
	return 0;
}

static int
packet_link(struct packet_program *p, const struct bpf_program *from)
{
	unsigned int i;
	int rv;

	for (i = 0; i < from->bf_len; i++) {
		if (BPF_CLASS(from->bf_insns[i].code) != BPF_JMP)
			continue;
		rv = packet_link_jump(p, from, i);
		if (rv != 0)
			return rv;
	}
	return 0;
}

static int
packet_translate(struct packet_program *p, const struct bpf_program *from,
    unsigned int ifindex, char *reason, size_t len)
{
	int rv;

	p->bounded = packet_is_bounded(from);
	p->wide = false;
	do {
		p->count = 0;
		if (ifindex != 0)
			packet_emit_device(p, ifindex);
		packet_emit_ip(p);
		if (packet_emit_body(p, from, reason, len) == -1)
			return -1;
		rv = packet_link(p, from);
		if (rv == -1 || (rv == 1 && p->wide))
			return packet_refuse(reason, len,
			    "it loops, or jumps too far, for the kernel");
		p->wide = true;
	} while (rv == 1);
	return 0;
}

/* What is used of libpcap, which few policies need. */
static struct {
	__typeof__(pcap_open_dead) *open_dead;
	__typeof__(pcap_compile) *compile;
	__typeof__(pcap_geterr) *geterr;
	__typeof__(pcap_freecode) *freecode;
	__typeof__(pcap_close) *close;
} libpcap;

static bool
packet_load_libpcap(const char **why)
{
	static const struct lazy_symbol symbols[] = {
		{ "pcap_open_dead", (lazy_function *)&libpcap.open_dead },
		{ "pcap_compile", (lazy_function *)&libpcap.compile },
		{ "pcap_geterr", (lazy_function *)&libpcap.geterr },
		{ "pcap_freecode", (lazy_function *)&libpcap.freecode },
		{ "pcap_close", (lazy_function *)&libpcap.close },
	};
	static bool loaded;

	loaded = loaded ||
	    lazy_load(PRIVD_LIBPCAP, symbols,
		sizeof(symbols) / sizeof(symbols[0]), why);
	return loaded;
}

static int
packet_compile(struct packet_program *p, const char *expression,
    unsigned int ifindex, char *reason, size_t len)
{
	struct bpf_program program;
	const char *why;
	pcap_t *pcap;
	int rv;

	if (!packet_load_libpcap(&why))
		return packet_refuse(reason, len,
		    "it needs libpcap, which cannot be loaded: %s", why);
	pcap = libpcap.open_dead(DLT_RAW, PACKET_SNAPLEN);
	if (pcap == NULL) {
		errno = ENOMEM;
		return -1;
	}
	if (libpcap.compile(pcap, &program, expression, 1,
		PCAP_NETMASK_UNKNOWN) == -1) {
		rv = packet_refuse(reason, len, "%s", libpcap.geterr(pcap));
		libpcap.close(pcap);
		return rv;
	}
	rv = packet_translate(p, &program, ifindex, reason, len);
	libpcap.freecode(&program);
	libpcap.close(pcap);
	return rv;
}

static int
packet_build(struct packet_program *p, const char *expression,
    unsigned int ifindex, char *reason, size_t len)
{
	if (expression[strspn(expression, " \t\r\n")] != '\0')
		return packet_compile(p, expression, ifindex, reason, len);
	/* To libpcap an empty expression is every packet. */
	if (ifindex == 0)
		return packet_refuse(reason, len,
		    "an empty filter without a device");
	packet_emit_device(p, ifindex);
	packet_emit(p, BPF_RET | BPF_K, 0, 0, PACKET_SNAPLEN);
	return 0;
}

int
policy_packet_filter(const char *expression, unsigned int ifindex,
    struct sock_filter **insns, unsigned short *count, char *reason, size_t len)
{
	struct packet_program *p;
	int rv = -1, saved;

	*insns = NULL;
	*count = 0;
	(void)snprintf(reason, len, "out of memory");
	p = malloc(sizeof(*p));
	if (p == NULL)
		return -1;
	p->count = 0;
	if (packet_build(p, expression, ifindex, reason, len) == -1)
		goto out;
	*insns = reallocarray(NULL, p->count, sizeof(**insns));
	if (*insns == NULL)
		goto out;
	memcpy(*insns, p->insns, p->count * sizeof(**insns));
	*count = p->count;
	reason[0] = '\0';
	rv = 0;
out:
	saved = errno;
	free(p);
	errno = saved;
	return rv;
}

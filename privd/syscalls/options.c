/* SPDX-License-Identifier: ISC */
/*
 * What the value of a socket option is, where another process is to set or
 * get it: plain bytes, a filter program, or what would mean another thing
 * there, since it holds addresses or descriptors. Options without a name here
 * are not known to be plain, and count as such.
 */
#include <sys/socket.h>

#include <linux/if_packet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <string.h>

#include "rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

/* What is not plain: first to set, then to get. */
static const struct {
	uint32_t level;
	uint32_t option;
	enum sys_option set;
	enum sys_option get;
} rows[] = {
	/* to get, sizes count instructions */
	{ SOL_SOCKET, SO_ATTACH_FILTER, SYS_OPTION_PROGRAM, SYS_OPTION_NONE },
	{ SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, SYS_OPTION_PROGRAM,
	    SYS_OPTION_NONE },
	/* descriptors, of programs, of a process, of memory */
	{ SOL_SOCKET, SO_ATTACH_BPF, SYS_OPTION_NONE, SYS_OPTION_NONE },
	{ SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, SYS_OPTION_NONE,
	    SYS_OPTION_NONE },
	{ SOL_SOCKET, 77 /* SO_PEERPIDFD */, SYS_OPTION_NONE, SYS_OPTION_NONE },
	{ SOL_SOCKET, 78 /* SO_DEVMEM_LINEAR */, SYS_OPTION_NONE,
	    SYS_OPTION_NONE },
	{ SOL_SOCKET, 79 /* SO_DEVMEM_DMABUF */, SYS_OPTION_NONE,
	    SYS_OPTION_NONE },
	{ SOL_SOCKET, 80 /* SO_DEVMEM_DONTNEED */, SYS_OPTION_NONE,
	    SYS_OPTION_NONE },
	/* answers with a length where it fails */
	{ SOL_SOCKET, SO_PEERGROUPS, SYS_OPTION_NONE, SYS_OPTION_NONE },
	/* a program or a descriptor, by what was set before */
	{ SOL_PACKET, PACKET_FANOUT_DATA, SYS_OPTION_NONE, SYS_OPTION_NONE },
	/* tables with addresses of counters; to get, another option */
	{ IPPROTO_IP, 64 /* IPT_SO_SET_REPLACE */, SYS_OPTION_NONE,
	    SYS_OPTION_NONE },
	{ IPPROTO_IP, 65 /* IPT_SO_SET_ADD_COUNTERS */, SYS_OPTION_NONE,
	    SYS_OPTION_NONE },
	{ IPPROTO_IPV6, 64 /* IP6T_SO_SET_REPLACE */, SYS_OPTION_NONE,
	    SYS_OPTION_NONE },
	{ IPPROTO_IPV6, 65 /* IP6T_SO_SET_ADD_COUNTERS */, SYS_OPTION_NONE,
	    SYS_OPTION_NONE },
	/* memory of whoever asks */
	{ IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, SYS_OPTION_NONE, SYS_OPTION_NONE },
	/* control data; it and these are asked with more than a size */
	{ IPPROTO_IP, IP_PKTOPTIONS, SYS_OPTION_NONE, SYS_OPTION_NONE },
	{ IPPROTO_IPV6, IPV6_2292PKTOPTIONS, SYS_OPTION_NONE, SYS_OPTION_NONE },
	{ IPPROTO_TCP, 41 /* TCP_AO_GET_KEYS */, SYS_OPTION_NONE,
	    SYS_OPTION_NONE },
};

enum sys_option
sys_option(uint32_t level, uint32_t option, bool set)
{
	size_t i;

	if (sys_name_of(sys_names_option(level), option) == NULL)
		return SYS_OPTION_NONE;
	for (i = 0; i < NELEMS(rows); i++)
		if (rows[i].level == level && rows[i].option == option)
			return set ? rows[i].set : rows[i].get;
	return SYS_OPTION_BYTES;
}

size_t
sys_options_named(const char *name, struct sys_option_number *found, size_t max)
{
	const struct sys_name *named;
	uint32_t level;
	size_t i, n = 0;

	for (i = 0; sys_names_level_nth(i, &level); i++) {
		named = sys_name_find(sys_names_option(level), name,
		    strlen(name));
		if (named == NULL || n == max)
			continue;
		found[n].level = level;
		found[n++].option = named->value;
	}
	return n;
}

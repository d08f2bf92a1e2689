/* SPDX-License-Identifier: ISC */
/*
 * Socket addresses as policies see them. A length that the kernel refuses is
 * refused here: an address must never be judged by bytes that the call does
 * not use, or be longer than what was judged.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
/* Older programs give no sin6_scope_id, and the kernel takes that. */
#define INET6_LEAST offsetof(struct sockaddr_in6, sin6_scope_id)

/*
 * By the socket, for it may be in another namespace than whoever asks, and
 * who asks may not be able to make one.
 */
static void
show_interface(struct sys_text *text, int sock, unsigned int index)
{
	char name[IF_NAMESIZE] = "";
	struct ifreq request;
	struct stat st;

	memset(&request, 0, sizeof(request));
	request.ifr_ifindex = (int)index;
	if (sock == -1)
		(void)if_indextoname(index, name);
	else if (fstat(sock, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    ioctl(sock, SIOCGIFNAME, &request) == 0)
		(void)snprintf(name, sizeof(name), "%.*s",
		    (int)sizeof(request.ifr_name) - 1, request.ifr_name);
	if (name[0] != '\0')
		sys_text_add(text, "%s", name);
	else
		sys_text_add(text, "%u", index);
}

static void
show_inet(struct sys_text *text, const void *bytes, size_t len, int sock)
{
	char host[INET_ADDRSTRLEN];
	struct sockaddr_in sin;

	(void)len;
	(void)sock;
	memcpy(&sin, bytes, sizeof(sin));
	(void)inet_ntop(AF_INET, &sin.sin_addr, host, sizeof(host));
	sys_text_add(text, "inet-[%s]:%u", host, ntohs(sin.sin_port));
}

static bool
is_local(const struct in6_addr *addr)
{
	return IN6_IS_ADDR_LINKLOCAL(addr) || IN6_IS_ADDR_MC_LINKLOCAL(addr);
}

/* The scope counts for link-local addresses alone. */
static void
show_inet6(struct sys_text *text, const void *bytes, size_t len, int sock)
{
	char host[INET6_ADDRSTRLEN];
	struct sockaddr_in6 sin6;

	memset(&sin6, 0, sizeof(sin6));
	memcpy(&sin6, bytes, len < sizeof(sin6) ? len : sizeof(sin6));
	/* What is reached through IPv6's clothes is an IPv4 address. */
	if (IN6_IS_ADDR_V4MAPPED(&sin6.sin6_addr))
		(void)inet_ntop(AF_INET, &sin6.sin6_addr.s6_addr[12], host,
		    sizeof(host));
	else
		(void)inet_ntop(AF_INET6, &sin6.sin6_addr, host, sizeof(host));
	sys_text_add(text, "inet-[%s", host);
	if (is_local(&sin6.sin6_addr) && sin6.sin6_scope_id != 0) {
		sys_text_add(text, "%%");
		show_interface(text, sock, sin6.sin6_scope_id);
	}
	sys_text_add(text, "]:%u", ntohs(sin6.sin6_port));
}

/* A path ends at its NUL or at len, an abstract name at len alone. */
static void
show_unix(struct sys_text *text, const void *bytes, size_t len, int sock)
{
	const char *path;
	size_t i;

	(void)sock;
	path = (const char *)bytes + offsetof(struct sockaddr_un, sun_path);
	len -= offsetof(struct sockaddr_un, sun_path);
	if (len == 0)
		return;
	if (path[0] != '\0') {
		sys_text_add(text, "%.*s", (int)len, path);
		return;
	}
	for (i = 0; i < len; i++)
		sys_text_add(text, "%c", path[i] == '\0' ? '@' : path[i]);
}

static void
show_packet(struct sys_text *text, const void *bytes, size_t len, int sock)
{
	struct sockaddr_ll sll;

	(void)len;
	memcpy(&sll, bytes, sizeof(sll));
	sys_text_add(text, "packet-[");
	if (sll.sll_ifindex == 0)
		sys_text_add(text, "any");
	else
		show_interface(text, sock, (unsigned int)sll.sll_ifindex);
	sys_text_add(text, "]");
}

static void
show_netlink(struct sys_text *text, const void *bytes, size_t len, int sock)
{
	(void)bytes;
	(void)len;
	(void)sock;
	sys_text_add(text, "netlink-[unknown]");
}

static const struct family {
	sa_family_t family;
	size_t least;
	size_t most;
	void (*show)(struct sys_text *, const void *, size_t, int);
} families[] = {
	{ AF_UNIX, offsetof(struct sockaddr_un, sun_path),
	    sizeof(struct sockaddr_un), show_unix },
	{ AF_INET, sizeof(struct sockaddr_in), sizeof(struct sockaddr_storage),
	    show_inet },
	{ AF_INET6, INET6_LEAST, sizeof(struct sockaddr_storage), show_inet6 },
	{ AF_PACKET, sizeof(struct sockaddr_ll),
	    sizeof(struct sockaddr_storage), show_packet },
	{ AF_NETLINK, sizeof(struct sockaddr_nl),
	    sizeof(struct sockaddr_storage), show_netlink },
};

static const struct family *
find_family(sa_family_t family)
{
	size_t i;

	for (i = 0; i < NELEMS(families); i++)
		if (families[i].family == family)
			return &families[i];
	return NULL;
}

int
sys_format_sockaddr(const void *sa, size_t len, int sock, char *buf,
    size_t size)
{
	const struct family *known;
	struct sys_text text;
	sa_family_t family;

	if (len < sizeof(family) || len > sizeof(struct sockaddr_storage))
		goto invalid;
	memcpy(&family, sa, sizeof(family));
	known = find_family(family);
	if (known != NULL && (len < known->least || len > known->most))
		goto invalid;
	sys_text_start(&text, buf, size);
	if (known != NULL)
		known->show(&text, sa, len, sock);
	else
		sys_text_add(&text, "family(%u)", family);
	return sys_text_end(&text);

invalid:
	errno = EINVAL;
	return -1;
}

/* "netlink-[route]": the kernel's name without its beginning. */
int
sys_format_netlink(unsigned int protocol, char *buf, size_t size)
{
	const char *name;
	struct sys_text text;

	name = sys_name_of(sys_names_protocol(AF_NETLINK), protocol);
	sys_text_start(&text, buf, size);
	if (name == NULL)
		sys_text_add(&text, "netlink-[%u", protocol);
	else
		sys_text_add(&text, "netlink-[");
	if (name != NULL)
		for (name += strlen("NETLINK_"); *name != '\0'; name++)
			sys_text_add(&text, "%c",
			    *name == '_' ? '-' : tolower((unsigned char)*name));
	sys_text_add(&text, "]");
	return sys_text_end(&text);
}

/* SPDX-License-Identifier: ISC */
/*
 * Socket addresses, written and read: unix:PATH, abstract:NAME, unbound,
 * inet:ADDRESS:PORT, inet6:ADDRESS:PORT, netlink:PID, family:NUMBER.
 */
#include "diff.h"

#include <sys/un.h>

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel picks ports from here on by itself. */
#define PORT_EPHEMERAL 32768

static bool
parse_unix(const char *path, size_t skip, void *to, socklen_t *len)
{
	struct sockaddr_un *sun = to;
	size_t n = strlen(path);

	if (n + skip > sizeof(sun->sun_path))
		return false;
	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path + skip, path, n);
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + skip + n);
	/* a path has its NUL, where there is room for it */
	if (skip == 0 && n < sizeof(sun->sun_path))
		(*len)++;
	return true;
}

static bool
parse_inet(int family, const char *text, void *to, socklen_t *len)
{
	struct sockaddr_in *in = to;
	struct sockaddr_in6 *in6 = to;
	char copy[128], *colon;
	uint16_t port;

	(void)snprintf(copy, sizeof(copy), "%s", text);
	if ((colon = strrchr(copy, ':')) == NULL)
		return false;
	*colon = '\0';
	port = htons((uint16_t)atoi(colon + 1));
	if (family == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_port = port;
		*len = sizeof(*in);
		return inet_pton(AF_INET, copy, &in->sin_addr) == 1;
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = port;
	*len = sizeof(*in6);
	return inet_pton(AF_INET6, copy, &in6->sin6_addr) == 1;
}

static bool
parse_netlink(const char *text, void *to, socklen_t *len)
{
	struct sockaddr_nl *nl = to;

	nl->nl_family = AF_NETLINK;
	nl->nl_pid = strcmp(text, "self") == 0 ? (uint32_t)getpid() :
						 (uint32_t)atoi(text);
	*len = sizeof(*nl);
	return true;
}

bool
address_parse(const char *text, struct sockaddr_storage *to, socklen_t *len)
{
	memset(to, 0, sizeof(*to));
	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(text + 5, 0, to, len);
	if (strncmp(text, "abstract:", 9) == 0)
		return parse_unix(text + 9, 1, to, len);
	if (strncmp(text, "inet:", 5) == 0)
		return parse_inet(AF_INET, text + 5, to, len);
	if (strncmp(text, "inet6:", 6) == 0)
		return parse_inet(AF_INET6, text + 6, to, len);
	if (strncmp(text, "netlink:", 8) == 0)
		return parse_netlink(text + 8, to, len);
	*len = sizeof(to->ss_family);
	if (strcmp(text, "unbound") == 0) {
		to->ss_family = AF_UNIX;
		return true;
	}
	if (strncmp(text, "family:", 7) != 0)
		return false;
	to->ss_family = (sa_family_t)atoi(text + 7);
	*len = sizeof(struct sockaddr);
	return true;
}

/* The name that the kernel makes up for an unbound socket. */
static bool
is_made_up(const char *name, size_t len)
{
	size_t i;

	for (i = 1; i < len; i++)
		if (!isxdigit((unsigned char)name[i]))
			return false;
	return len == 6 && name[0] == '\0';
}

static void
show_unix(const struct sockaddr_un *sun, socklen_t len)
{
	size_t n = len - offsetof(struct sockaddr_un, sun_path);

	if (len <= offsetof(struct sockaddr_un, sun_path))
		say(" unix unnamed");
	else if (is_made_up(sun->sun_path, n))
		say(" unix made up");
	else {
		say(" unix ");
		say_bytes(sun->sun_path, n);
	}
}

static void
show_port(uint16_t port)
{
	if (ntohs(port) >= PORT_EPHEMERAL)
		say(" port ephemeral");
	else
		say(" port %u", ntohs(port));
}

void
address_show(const struct sockaddr_storage *from, socklen_t len)
{
	const struct sockaddr_in *in = (const void *)from;
	const struct sockaddr_in6 *in6 = (const void *)from;
	const struct sockaddr_nl *nl = (const void *)from;
	char text[INET6_ADDRSTRLEN];

	if (len == 0) {
		say(" no address");
		return;
	}
	switch (from->ss_family) {
	case AF_UNIX:
		show_unix((const void *)from, len);
		break;
	case AF_INET:
		say(" inet %s",
		    inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text)));
		show_port(in->sin_port);
		break;
	case AF_INET6:
		say(" inet6 %s",
		    inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text)));
		show_port(in6->sin6_port);
		break;
	case AF_NETLINK:
		say(" netlink %s groups %u",
		    nl->nl_pid == (uint32_t)getpid() ? "self" :
			nl->nl_pid == 0              ? "kernel" :
						       "another",
		    nl->nl_groups);
		break;
	default:
		say(" family %u length %u", from->ss_family, len);
	}
}

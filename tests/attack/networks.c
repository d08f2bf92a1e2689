/* SPDX-License-Identifier: ISC */
/*
 * Attack 46: makes sockets, goes to a network namespace of its own, and makes
 * them again; each line says whose network a socket is of, or the errno's
 * name. A listener with an abstract name stays behind: is it reached? At last
 * it writes 77 to a setting of the network that it is in.
 *
 * usage: networks [user]	with a user namespace, as an ordinary user must
 */
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

static uint64_t host;

/* 0 with errno. */
static uint64_t
network_of(int domain, int type)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	int s = socket(domain, type, 0);

	if (s == -1)
		return 0;
	if (getsockopt(s, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) == -1)
		err(1, "SO_NETNS_COOKIE");
	(void)close(s);
	return cookie;
}

static void
tell(const char *when, const char *what, int domain, int type)
{
	uint64_t cookie = network_of(domain, type);

	printf("%s %s %s\n", when, what,
	    cookie == 0        ? strerrorname_np(errno) :
		cookie == host ? "host" :
				 "own");
}

static void
tell_all(const char *when)
{
	tell(when, "packet", AF_PACKET, SOCK_RAW);
	tell(when, "inet", AF_INET, SOCK_DGRAM);
	tell(when, "netlink", AF_NETLINK, SOCK_RAW);
	tell(when, "unix", AF_UNIX, SOCK_STREAM);
}

static socklen_t
name(struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	    (size_t)snprintf(address->sun_path + 1,
		sizeof(address->sun_path) - 1, "networks-%d", getpid()));
}

static void
tell_abstract(const char *when)
{
	struct sockaddr_un address;
	socklen_t len = name(&address);
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	printf("%s abstract %s\n", when,
	    connect(s, (struct sockaddr *)&address, len) == -1 ?
		strerrorname_np(errno) :
		"reached");
	(void)close(s);
}

static void
set(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd != -1 && write(fd, "77", 2) == 2;

	printf("after setting %s\n", done ? "done" : strerrorname_np(errno));
	if (fd != -1)
		(void)close(fd);
}

int
main(int argc, char *argv[])
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un address;
	int flags = CLONE_NEWNET;

	(void)argv;
	(void)alarm(20);
	if (argc > 1)
		flags |= CLONE_NEWUSER;
	if (bind(s, (struct sockaddr *)&address, name(&address)) == -1 ||
	    listen(s, 5) == -1)
		err(1, "listen");
	host = network_of(AF_UNIX, SOCK_DGRAM);
	tell_all("before");
	tell_abstract("before");
	printf("unshare %s\n",
	    syscall(SYS_unshare, flags) == -1 ? strerrorname_np(errno) :
						"done");
	tell_all("after");
	tell_abstract("after");
	set("/proc/sys/net/ipv4/ip_default_ttl");
	return 0;
}

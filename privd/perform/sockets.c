/* SPDX-License-Identifier: ISC */
/*
 * Sockets. What restricts an elevated socket (filter, device) is in place
 * and locked before it leaves the process that made it.
 */
#include "perform.h"

#include <sys/un.h>

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static int
attach_locked(int sock, const struct sock_filter *filter, unsigned short count)
{
	struct sock_fprog prog;
	struct sock_filter *insns;
	const int on = 1;

	memcpy(&insns, &filter, sizeof(insns)); /* the kernel only reads */
	prog.len = count;
	prog.filter = insns;
	if (setsockopt(sock, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
		sizeof(prog)) == -1)
		return -1;
	return setsockopt(sock, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof(on));
}

/* A packet socket receives only once it is bound to a protocol. */
static int
start_packet(int sock, int protocol)
{
	struct sockaddr_ll sll;

	if (protocol == 0)
		return 0;
	memset(&sll, 0, sizeof(sll));
	sll.sll_family = AF_PACKET;
	sll.sll_protocol = (unsigned short)protocol;
	return bind(sock, (struct sockaddr *)&sll, sizeof(sll));
}

/* Other raw sockets receive from birth: what came before the filter goes. */
static void
drain(int sock)
{
	char byte;

	while (recv(sock, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) >= 0)
		continue;
}

static int
restrict_socket(int sock, int domain, int protocol,
    const struct sock_filter *filter, unsigned short count, const char *device)
{
	if (device != NULL && domain != AF_PACKET &&
	    setsockopt(sock, SOL_SOCKET, SO_BINDTODEVICE, device,
		(socklen_t)strlen(device)) == -1)
		return -1;
	if (filter != NULL && attach_locked(sock, filter, count) == -1)
		return -1;
	if (domain == AF_PACKET)
		return start_packet(sock, protocol);
	drain(sock);
	return 0;
}

int
perform_socket(int domain, int type, int protocol,
    const struct sock_filter *filter, unsigned short count, const char *device)
{
	bool held = filter != NULL || device != NULL;
	int sock, error;

	sock = socket(domain, type | SOCK_CLOEXEC,
	    held && domain == AF_PACKET ? 0 : protocol);
	if (sock == -1 || !held)
		return sock;
	if (restrict_socket(sock, domain, protocol, filter, count, device) == 0)
		return sock;
	error = errno;
	close(sock);
	errno = error;
	return -1;
}

/*
 * A path address is bound by name in its pinned folder, so that the node is
 * made where it was judged; getsockname(2) then shows that name alone.
 */
static int
bind_in_folder(int sock, int parent, const char *name)
{
	struct sockaddr_un sun;
	size_t len = strlen(name);

	if (len > sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (fchdir(parent) == -1)
		return -1;
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	memcpy(sun.sun_path, name, len);
	/* The longest has no room for the end of a string. */
	if (len < sizeof(sun.sun_path))
		len++;
	return bind(sock, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
}

int
perform_bind(int sock, int parent, const char *name, const void *sa,
    socklen_t len, pid_t caller)
{
	int result, error;

	error = perform_family_error(sock, sa, len, false);
	if (error != 0) {
		errno = error;
		return -1;
	}
	if (parent == -1)
		return perform_bind_netlink(sock, sa, len, caller);
	result = bind_in_folder(sock, parent, name);
	error = errno;
	(void)!chdir("/");
	errno = error;
	return result;
}

socklen_t
perform_local(int object, struct sockaddr_un *sun)
{
	int n;

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	n = snprintf(sun->sun_path, sizeof(sun->sun_path), "%s",
	    perform_path(object).text);
	return (
	    socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n + 1);
}

int
perform_connect(int sock, int object, const void *sa, socklen_t len,
    pid_t caller)
{
	struct sockaddr_un sun;

	if (object != -1) {
		len = perform_local(object, &sun);
		return connect(sock, (struct sockaddr *)&sun, len);
	}
	perform_name_netlink(sock, caller);
	return connect(sock, sa, len);
}

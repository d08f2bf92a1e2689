/* SPDX-License-Identifier: ISC */
/*
 * The way to the daemon. Who listens there must be root: of nobody else would
 * it be known that what it says, and what is said to it, is not handed on.
 */
#include "connect.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "own_users.h"
#include "protocol.h"

#define CONNECT_WAIT 10 /* seconds, where many wait to be accepted */

/*
 * Whoever is asked says under which filter a guarded process runs, and what it
 * is told of its environment. That nobody but root may: the daemon could not
 * tell that its words, and those of this process, were handed on by another.
 */
static int
check_listener(int sock, char *reason, size_t size)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	if (cred.uid == 0)
		return 0;
	(void)snprintf(reason, size, "who listens there is not root%s",
	    own_users() ? ", as it looks from this user namespace" : "");
	errno = EPERM;
	return -1;
}

int
connect_privd(const char *path, char *reason, size_t len)
{
	const struct timeval wait = { .tv_sec = CONNECT_WAIT };
	struct sockaddr_un sun;
	int sock, error;

	if (path == NULL)
		path = PROTOCOL_SOCKET;
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sun.sun_path, path, strlen(path));
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock == -1)
		return -1;
	(void)setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (connect(sock, (const struct sockaddr *)&sun, sizeof(sun)) == 0 &&
	    check_listener(sock, reason, len) == 0)
		return sock;
	error = errno == EAGAIN ? ETIMEDOUT : errno;
	close(sock);
	errno = error;
	return -1;
}

int
connect_send(int sock, struct wire *wire, const struct wire_type *table,
    const int *fds, size_t nfds, int64_t deadline)
{
	if (wire_send(sock, wire, table, fds, nfds, deadline) == 0)
		return 0;
	return errno == EPIPE || errno == ECONNRESET ? 0 : -1;
}

int
connect_receive(int sock, struct wire *wire, const struct wire_type *table,
    int64_t deadline, char *reason, size_t len)
{
	const char *text;
	int n = wire_receive(sock, wire, table, deadline);

	/* Said once, before what is there to be received. */
	if (n == -1 && errno == ECONNRESET)
		n = wire_receive(sock, wire, table, deadline);
	if (n != 1 || wire->type != PROTOCOL_TOO_MANY)
		return n;
	(void)wire_get_string(wire, &text, PROTOCOL_REASON_MAX);
	if (wire_get_end(wire) == -1) {
		errno = EPROTO;
		return -1;
	}
	(void)snprintf(reason, len, "%s", text);
	errno = EBUSY;
	return -1;
}

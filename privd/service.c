/* SPDX-License-Identifier: ISC */
/*
 * Two datagrams and three variables. libsystemd speaks them as well, and would
 * bring compression and cryptography of its own into a root process that
 * needs none of them; both are promised to stay as they are, and sd_notify(3)
 * shows how to do without.
 */
#include "service.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */

/* --- what was handed over */

static long long
number_in(const char *name)
{
	const char *text = getenv(name), *error;
	long long n;

	if (text == NULL)
		return -1;
	n = strtonum(text, 0, INT_MAX, &error);
	return error == NULL ? n : -1;
}

static int
option(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) == -1 ? -1 :
								      value;
}

static int
is_at(int fd, const char *path)
{
	struct sockaddr_un sun;
	socklen_t len = sizeof(sun);
	size_t n;

	memset(&sun, 0, sizeof(sun));
	if (getsockname(fd, (struct sockaddr *)&sun, &len) == -1 ||
	    len > sizeof(sun) || len <= offsetof(struct sockaddr_un, sun_path))
		return 0;
	n = strnlen(sun.sun_path, len - offsetof(struct sockaddr_un, sun_path));
	return n == strlen(path) && memcmp(sun.sun_path, path, n) == 0;
}

/* Peers believe none but root's: see privd_session_open(). */
static int
is_of_root(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	    cred.uid == 0;
}

const char *
service_find_wrong(int fd, const char *path)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return "there is no such descriptor";
	if (option(fd, SO_DOMAIN) != AF_UNIX ||
	    option(fd, SO_TYPE) != SOCK_SEQPACKET)
		return "it is no sequential-packet socket of AF_UNIX";
	if (option(fd, SO_ACCEPTCONN) != 1)
		return "it does not listen";
	if (!is_at(fd, path))
		return "it is at another path than the configuration's";
	if (!is_of_root(fd))
		return "who listened there first is not root";
	if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return "it cannot be made non-blocking";
	return NULL;
}

int
service_listener(const char *path, int *sock, const char **wrong)
{
	long long pid = number_in("LISTEN_PID"), n = number_in("LISTEN_FDS");

	*sock = -1;
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	/* What was another process's says nothing of our descriptors. */
	if (pid != getpid() || n == 0)
		return 0;
	*wrong = n == 1 ? service_find_wrong(FIRST_FD, path) :
			  "it is not one socket alone";
	if (*wrong != NULL)
		return -1;
	*sock = FIRST_FD;
	return 0;
}

/* --- what it is told */

static socklen_t
address_of(const char *where, struct sockaddr_un *sun)
{
	size_t len = strlen(where);

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if ((where[0] != '/' && where[0] != '@') || len < 2 ||
	    len >= sizeof(sun->sun_path))
		return 0;
	memcpy(sun->sun_path, where, len);
	if (where[0] == '@')
		sun->sun_path[0] = '\0';
	else
		len++;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static void
tell(const char *message)
{
	const char *where = getenv("NOTIFY_SOCKET");
	struct sockaddr_un sun;
	socklen_t len;
	int sock;

	if (where == NULL)
		return;
	len = address_of(where, &sun);
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (len == 0 || sock == -1 ||
	    sendto(sock, message, strlen(message), MSG_NOSIGNAL,
		(const struct sockaddr *)&sun, len) == -1)
		log_write(LOG_WARNING, "NOTIFY_SOCKET: %s",
		    len == 0 ? "no address" : strerror(errno));
	if (sock != -1)
		close(sock);
}

void
service_ready(const char *status)
{
	char message[512];

	(void)snprintf(message, sizeof(message), "READY=1\nSTATUS=%s", status);
	tell(message);
}

void
service_reloading(void)
{
	struct timespec now;
	char message[128];

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		return;
	(void)snprintf(message, sizeof(message),
	    "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	tell(message);
}

void
service_stopping(void)
{
	tell("STOPPING=1\nSTATUS=Sessions go on.");
}

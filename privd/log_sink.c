/* SPDX-License-Identifier: ISC */
/*
 * Opening what lines are written to: with root's rights, so nothing is opened
 * that somebody else can have put there.
 */
#include "log_sink.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "places.h"

#include "policy/policy.h"

#define SEND_WAIT 200000 /* microseconds, of a socket that is full */

/* Why this file is not for the log; NULL: it is. */
static const char *
find_fault(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "is no regular file";
	if (st.st_uid != 0)
		return "does not belong to root";
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "others than root can write to it";
	return st.st_nlink > 1 ? "has another name" : NULL;
}

static int
check_folder(const char *path, char *reason, size_t len)
{
	char folder[PATH_MAX], why[PATH_MAX + 128], *slash;

	(void)strlcpy(folder, path, sizeof(folder));
	slash = strrchr(folder, '/'); /* the path is absolute */
	slash[slash == folder ? 1 : 0] = '\0';
	if (policy_trusted_folder(folder, why, sizeof(why)) == 0)
		return 0;
	(void)snprintf(reason, len, "%s: %s", folder, why);
	return -1;
}

static int
open_file(const char *path, bool create)
{
	const int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC;

	return open(path, create ? flags | O_CREAT : flags, 0600);
}

static int
open_checked(const char *path, bool create, int *result, char *reason,
    size_t len)
{
	const char *fault;
	int fd;

	if (check_folder(path, reason, len) == -1)
		return -1;
	fd = open_file(path, create);
	if (fd == -1 && errno == ENOENT && !create)
		return 0;
	fault = fd == -1 ? strerror(errno) : find_fault(fd);
	if (fault == NULL) {
		*result = fd;
		return 0;
	}
	(void)snprintf(reason, len, "%s: %s", path, fault);
	if (fd != -1)
		close(fd);
	return -1;
}

static int
reach(const char *path)
{
	const struct timeval wait = { 0, SEND_WAIT };
	struct sockaddr_un sun;
	int sock;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		return -1;
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock != -1 &&
	    setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) ==
		0 &&
	    connect(sock, (const struct sockaddr *)&sun, sizeof(sun)) == 0)
		return sock;
	if (sock != -1)
		close(sock);
	return -1;
}

int
log_sink_open(const struct privd_config *config, bool create,
    struct log_sink *sink, char *reason, size_t len)
{
	sink->where = config->log;
	sink->format = config->log_format;
	sink->lines = config->max_lines_per_second * LOG_SESSIONS;
	sink->fell_back = false;
	sink->fd = -1;
	if (config->log == CONFIG_LOG_FILE)
		return open_checked(config->log_file, create, &sink->fd, reason,
		    len);
	if (config->log == CONFIG_LOG_JOURNAL) {
		sink->fd = reach(PRIVD_JOURNAL);
		sink->fell_back = sink->fd == -1;
	}
	if (sink->fd == -1) {
		sink->where = CONFIG_LOG_SYSLOG;
		sink->fd = reach(_PATH_LOG);
	}
	return 0;
}

void
log_sink_close(struct log_sink *sink)
{
	if (sink->fd != -1)
		close(sink->fd);
	sink->fd = -1;
}

/* SPDX-License-Identifier: ISC */
/*
 * logsink SOCKET FILE: receives one message as syslogd would, and writes it
 * to a file; or ends after ten seconds without one.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct pollfd pfd = { .events = POLLIN };
	char buf[8192];
	ssize_t n;
	int fd;

	if (argc != 3 || strlen(argv[1]) >= sizeof(sun.sun_path))
		errx(2, "usage: logsink socket file");
	memcpy(sun.sun_path, argv[1], strlen(argv[1]) + 1);
	pfd.fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	fd = open(argv[2], O_WRONLY | O_APPEND);
	if (pfd.fd == -1 || fd == -1 ||
	    bind(pfd.fd, (void *)&sun, sizeof(sun)) == -1 ||
	    chmod(argv[1], 0666) == -1)
		err(1, "%s", argv[1]);
	if (poll(&pfd, 1, 10000) != 1)
		errx(1, "no message");
	n = recv(pfd.fd, buf, sizeof(buf), 0);
	if (n > 0)
		(void)!write(fd, buf, (size_t)n);
	return 0;
}

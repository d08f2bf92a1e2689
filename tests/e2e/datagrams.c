/* SPDX-License-Identifier: ISC */
/*
 * datagrams SOCKET FILE: receives what comes to the socket, and appends each
 * datagram and a line of "--" to the file; for a minute at most.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	static char buf[1 << 20];
	ssize_t n;
	int sock, fd;

	if (argc != 3 || strlen(argv[1]) >= sizeof(sun.sun_path))
		errx(2, "usage: datagrams socket file");
	(void)alarm(60);
	memcpy(sun.sun_path, argv[1], strlen(argv[1]) + 1);
	sock = socket(AF_UNIX, SOCK_DGRAM, 0);
	fd = open(argv[2], O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (sock == -1 || fd == -1 ||
	    bind(sock, (void *)&sun, sizeof(sun)) == -1 ||
	    chmod(argv[1], 0666) == -1)
		err(1, "%s", argv[1]);
	while ((n = recv(sock, buf, sizeof(buf) - 4, 0)) > 0) {
		memcpy(buf + n, "\n--\n", 4);
		(void)!write(fd, buf, (size_t)n + 4);
	}
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * fetch ADDRESS PORT PATH: asks an HTTP server for a page, and prints its
 * answer, headers and all. 1: nobody answers within five seconds.
 */
#include <sys/socket.h>
#include <sys/time.h>

#include <err.h>
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
		.ai_socktype = SOCK_STREAM };
	const struct timeval limit = { 5, 0 };
	struct addrinfo *address;
	char buf[4096];
	ssize_t n, sum = 0;
	int fd;

	if (argc != 4)
		errx(2, "usage: fetch address port path");
	if (getaddrinfo(argv[1], argv[2], &hints, &address) != 0)
		errx(2, "%s: no address", argv[1]);
	fd = socket(address->ai_family, SOCK_STREAM, 0);
	if (fd == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
	    connect(fd, address->ai_addr, address->ai_addrlen) == -1)
		err(1, "%s", argv[1]);
	freeaddrinfo(address);
	if (dprintf(fd, "GET %s HTTP/1.0\r\n\r\n", argv[3]) < 0)
		err(1, "write");
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		sum += n;
		if (fwrite(buf, 1, (size_t)n, stdout) != (size_t)n)
			err(1, "standard output");
	}
	return sum == 0;
}

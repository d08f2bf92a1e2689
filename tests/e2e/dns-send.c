/* SPDX-License-Identifier: ISC */
/*
 * Traffic that looks like DNS, for the demo and the tests: queries for a
 * name, sent to a UDP port of the loopback address. Nobody needs to answer.
 *
 * usage: dns-send name [count [milliseconds [port]]]
 */
#include <sys/socket.h>

#include <netinet/in.h>

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define HEADER 12
#define TAIL 5 /* the root's empty label, type A, class IN */

/* The query's length, 0 if the name does not fit. */
static size_t
make_query(const char *name, uint8_t *buf, size_t size)
{
	static const uint8_t header[HEADER] = { 0x12, 0x34, 1, 0, 0, 1 };
	static const uint8_t tail[TAIL] = { 0, 0, 1, 0, 1 };
	size_t n = HEADER, len;

	memcpy(buf, header, HEADER);
	while (*name != '\0') {
		len = strcspn(name, ".");
		if (len == 0 || len > 63 || n + len + 1 + TAIL > size)
			return 0;
		buf[n++] = (uint8_t)len;
		memcpy(buf + n, name, len);
		n += len;
		name += len;
		name += *name == '.';
	}
	memcpy(buf + n, tail, TAIL);
	return n + TAIL;
}

static int
number(char *argv[], int argc, int i, int otherwise)
{
	return i < argc ? atoi(argv[i]) : otherwise;
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct timespec pause;
	uint8_t query[512];
	int sock, i, count, ms;
	size_t len;

	if (argc < 2) {
		(void)fprintf(stderr,
		    "usage: dns-send name [count [milliseconds [port]]]\n");
		return 2;
	}
	count = number(argv, argc, 2, 1);
	ms = number(argv, argc, 3, 100);
	to.sin_port = htons((uint16_t)number(argv, argc, 4, 53));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	pause = (struct timespec){ ms / 1000, ms % 1000 * 1000000L };
	len = make_query(argv[1], query, sizeof(query));
	if (len == 0)
		errx(2, "%s: not a name", argv[1]);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock == -1)
		err(1, "socket");
	for (i = 0; i < count; i++) {
		if (i > 0)
			(void)nanosleep(&pause, NULL);
		/* Nobody listens: the refusal of the last one is not ours. */
		(void)sendto(sock, query, len, 0, (struct sockaddr *)&to,
		    sizeof(to));
	}
	return close(sock);
}

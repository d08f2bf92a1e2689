/* SPDX-License-Identifier: ISC */
/*
 * Sends packets to nobody on the loopback device, for those who capture.
 *
 * usage: packets count size
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	static char data[2048];
	struct sockaddr_in sin;
	unsigned long n;
	size_t size;
	int sock;

	if (argc != 3)
		errx(2, "usage: packets count size");
	n = strtoul(argv[1], NULL, 10);
	size = strtoul(argv[2], NULL, 10);
	if (size > sizeof(data))
		size = sizeof(data);
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_port = htons(9);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sock = socket(AF_INET, SOCK_DGRAM, 0);
	if (sock == -1)
		err(1, "socket");
	while (n-- > 0)
		(void)sendto(sock, data, size, 0, (struct sockaddr *)&sin,
		    sizeof(sin));
	return 0;
}

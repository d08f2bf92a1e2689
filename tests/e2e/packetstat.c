/* SPDX-License-Identifier: ISC */
/*
 * packetstat PID: how many packets the packet sockets of a process were given
 * since this was asked last, by the kernel's own count, after their filters.
 * Root's duplicates of the descriptors are asked, not the process.
 */
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/if_packet.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FDS 256

int
main(int argc, char *argv[])
{
	struct tpacket_stats stats;
	unsigned long sum = 0;
	int pidfd, fd, sock, domain, found = 0;
	socklen_t len;

	if (argc != 2)
		errx(2, "usage: packetstat pid");
	pidfd = (int)syscall(SYS_pidfd_open, atoi(argv[1]), 0);
	if (pidfd == -1)
		err(1, "%s", argv[1]);
	for (fd = 0; fd < FDS; fd++) {
		sock = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
		if (sock == -1)
			continue;
		len = sizeof(domain);
		if (getsockopt(sock, SOL_SOCKET, SO_DOMAIN, &domain, &len) ==
			0 &&
		    domain == AF_PACKET) {
			len = sizeof(stats);
			if (getsockopt(sock, SOL_PACKET, PACKET_STATISTICS,
				&stats, &len) == -1)
				err(1, "PACKET_STATISTICS");
			sum += stats.tp_packets;
			found++;
		}
		close(sock);
	}
	if (found == 0)
		errx(1, "%s has no packet socket", argv[1]);
	printf("%lu\n", sum);
	return 0;
}

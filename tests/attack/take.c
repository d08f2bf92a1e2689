/* SPDX-License-Identifier: ISC */
/*
 * Attack 41: who it is told that it is, and what it gets: a file and a packet
 * socket. As a library that is preloaded into another program (-DPRELOADED) it
 * does so before that one's main().
 *
 * usage: take path
 */
#include <sys/socket.h>

#include <linux/if_packet.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *
name_of(int fd)
{
	return fd == -1 ? strerrorname_np(errno) : "had";
}

static void
take(const char *who, const char *path)
{
	int fd;

	printf("%s: uid %d", who, getuid() == 0 ? 0 : 1);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	printf(", file %s", name_of(fd));
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	printf(", socket %s\n", name_of(fd));
	(void)fflush(stdout);
}

#ifdef PRELOADED

static void __attribute__((constructor)) begin(void)
{
	if (getenv("TAKES") != NULL)
		take("preloaded", getenv("TAKES"));
}

#else

int
main(int argc, char *argv[])
{
	if (argc > 1)
		take("named", argv[1]);
	return 0;
}

#endif

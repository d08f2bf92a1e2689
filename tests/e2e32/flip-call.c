/* SPDX-License-Identifier: ISC */
/*
 * flip-call ROUNDS: asks for sockets by socketcall, whose domain flips in
 * memory between AF_UNIX and AF_INET, and says how many of each it got.
 */
#include <sys/socket.h>
#include <sys/syscall.h>

#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CALL_SOCKET 1

static volatile long args[3] = { AF_UNIX, SOCK_DGRAM, 0 };
static atomic_bool over;

static void *
flip(void *p)
{
	(void)p;
	while (!atomic_load_explicit(&over, memory_order_relaxed))
		args[0] = args[0] == AF_UNIX ? AF_INET : AF_UNIX;
	return NULL;
}

int
main(int argc, char *argv[])
{
	unsigned long i, rounds, unix_ones = 0, inet_ones = 0, refused = 0;
	socklen_t len = sizeof(int);
	pthread_t flipper;
	int domain, fd;

	if (argc != 2)
		errx(2, "usage: flip-call rounds");
	rounds = strtoul(argv[1], NULL, 10);
	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		errx(1, "thread");
	for (i = 0; i < rounds; i++) {
		fd = (int)syscall(SYS_socketcall, CALL_SOCKET, args);
		if (fd == -1) {
			refused++;
			continue;
		}
		if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == -1)
			err(1, "getsockopt");
		unix_ones += domain == AF_UNIX;
		inet_ones += domain == AF_INET;
		close(fd);
	}
	atomic_store(&over, true);
	(void)pthread_join(flipper, NULL);
	printf("unix %lu\ninet %lu\nrefused %lu\n", unix_ones, inet_ones,
	    refused);
	return 0;
}

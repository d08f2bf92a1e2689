/* SPDX-License-Identifier: ISC */
/*
 * flip-option ROUNDS: sets an option by socketcall, which flips in memory
 * between one that is there and IP_OPTIONS, and says how often each was set.
 */
#include <sys/socket.h>
#include <sys/syscall.h>

#include <err.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CALL_SETSOCKOPT 14

static int value = 0x01010101; /* as options: four that say nothing */
static volatile long args[5] = { -1, IPPROTO_IP, IP_TOS, (long)&value,
	sizeof(value) };
static atomic_bool over;

static void *
flip(void *p)
{
	(void)p;
	while (!atomic_load_explicit(&over, memory_order_relaxed))
		args[2] = args[2] == IP_TOS ? IP_OPTIONS : IP_TOS;
	return NULL;
}

int
main(int argc, char *argv[])
{
	unsigned long i, rounds, routed = 0, others = 0, refused = 0;
	pthread_t flipper;
	unsigned char found[40];
	socklen_t len;
	int fd;

	if (argc != 2)
		errx(2, "usage: flip-option rounds");
	rounds = strtoul(argv[1], NULL, 10);
	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		errx(1, "thread");
	for (i = 0; i < rounds; i++) {
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		if (fd == -1)
			err(1, "socket");
		args[0] = fd;
		if (syscall(SYS_socketcall, CALL_SETSOCKOPT, args) == -1) {
			refused++;
			close(fd);
			continue;
		}
		len = sizeof(found);
		if (getsockopt(fd, IPPROTO_IP, IP_OPTIONS, found, &len) == -1)
			err(1, "getsockopt");
		routed += len > 0;
		others += len == 0;
		close(fd);
	}
	atomic_store(&over, true);
	(void)pthread_join(flipper, NULL);
	printf("routed %lu\nothers %lu\nrefused %lu\n", routed, others,
	    refused);
	return 0;
}

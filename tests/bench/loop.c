/* SPDX-License-Identifier: ISC */
/*
 * The subject of every loop figure: makes one system call N times and prints
 * the nanoseconds that one took. It runs natively, under the floor, under
 * strace and under privrun, so it knows of none of them; a tenth of N warms
 * up before the clock starts.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS_MAX 4096
#define CLOSERS 32

static const char *path;
static int null;
static int sockets[SOCKETS_MAX];
static unsigned int nsockets;

static void
do_open(void)
{
	int fd;

	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		err(1, "%s", path);
	close(fd);
}

/* Left open: closing the last copy waits for an RCU grace period. */
static void
do_socket(void)
{
	int fd;

	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd == -1)
		err(1, "socket");
	if (nsockets == SOCKETS_MAX)
		errx(1, "too many sockets");
	sockets[nsockets++] = fd;
}

static void
do_getppid(void)
{
	(void)syscall(SYS_getppid);
}

static void
do_read(void)
{
	char c;

	if (read(null, &c, 1) != 0)
		err(1, "read");
}

static void
do_write(void)
{
	if (write(null, "", 1) != 1)
		err(1, "write");
}

static const struct kind {
	const char *name;
	void (*once)(void);
} kinds[] = {
	{ "open", do_open },
	{ "socket", do_socket },
	{ "getppid", do_getppid },
	{ "read", do_read },
	{ "write", do_write },
};

static const struct kind *
find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	errx(2, "unknown loop: %s", name);
}

static double
now(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) == -1)
		err(1, "clock_gettime");
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void *
close_some(void *first)
{
	unsigned int i;

	for (i = (unsigned int)((int *)first - sockets); i < nsockets;
	     i += CLOSERS)
		close(sockets[i]);
	return NULL;
}

/* Side by side, so that they wait for the same grace periods. */
static void
close_sockets(void)
{
	pthread_t threads[CLOSERS];
	unsigned int i;

	for (i = 0; i < CLOSERS; i++)
		if (pthread_create(&threads[i], NULL, close_some,
			&sockets[i]) != 0)
			errx(1, "pthread_create");
	for (i = 0; i < CLOSERS; i++)
		(void)pthread_join(threads[i], NULL);
}

static void
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

int
main(int argc, char *argv[])
{
	const struct kind *kind;
	double begin, end;
	long n, i;

	if (argc < 3 || argc > 4 || (n = strtol(argv[2], NULL, 10)) <= 0)
		errx(2, "usage: loop open|socket|getppid|read|write N [path]");
	kind = find_kind(argv[1]);
	path = argc == 4 ? argv[3] : "/dev/null";
	if (kind->once == do_socket)
		raise_limit();
	if (kind->once == do_read || kind->once == do_write)
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (i = 0; i < n / 10; i++)
		kind->once();
	begin = now();
	for (i = 0; i < n; i++)
		kind->once();
	end = now();
	(void)printf("%.1f\n", (end - begin) / (double)n);
	if (nsockets > 0)
		close_sockets();
	return 0;
}

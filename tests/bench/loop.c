/* SPDX-License-Identifier: ISC */
/*
 * The subject of every loop figure: makes one system call N times and prints
 * the nanoseconds that one took. It runs natively, under the floor, under
 * strace and under privrun, so it knows of none of them; a tenth of N warms
 * up before the clock starts.
 *	-p PROCESSES	as many do so side by side: nanoseconds by all calls
 *	-t		how many calls took how long instead: a line for each
 *			time that there was, to one part in 64, shortest first
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define SOCKETS_MAX 4096
#define CLOSERS 32
#define PROCESSES_MAX 64
#define PORT 53

/* Times below 2 ^ FINE are told apart, others by their first FINE bits. */
#define FINE 6
#define TIMES ((65 - FINE) << FINE)

static const char *path;
static int null;
static int sockets[SOCKETS_MAX];
static unsigned int nsockets;
static unsigned long times[TIMES];

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

/* A port below 1024, which is free again each time. */
static void
do_bind(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons(PORT) };
	int fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		err(1, "bind");
	close(fd);
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
	{ "bind", do_bind },
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

static void
repeat(const struct kind *kind, long n)
{
	for (; n > 0; n--)
		kind->once();
}

static void
take_time(double begin)
{
	uint64_t time = (uint64_t)(now() - begin);
	unsigned int shift = 0;

	while (time >> shift >= 2U << FINE)
		shift++;
	times[(shift << FINE) + (time >> shift)]++;
}

static void
repeat_timed(const struct kind *kind, long n)
{
	double begin;

	for (; n > 0; n--) {
		begin = now();
		kind->once();
		take_time(begin);
	}
}

static void
print_times(void)
{
	unsigned int i, shift;

	for (i = 0; i < TIMES; i++) {
		if (times[i] == 0)
			continue;
		shift = i < 2U << FINE ? 0 : (i >> FINE) - 1;
		(void)printf("%ju\t%lu\n",
		    (uintmax_t)(i - (shift << FINE)) << shift, times[i]);
	}
}

/*
 * One of several: says that it is warm, or by closing alone that it failed,
 * and goes on when nobody holds the other end any more.
 */
static void
run_one(const struct kind *kind, long n, int ready, int go)
{
	char c;

	repeat(kind, n / 10);
	if (write(ready, "", 1) != 1)
		err(1, "write");
	close(ready);
	if (read(go, &c, 1) != 0)
		err(1, "read");
	repeat(kind, n);
	_exit(0);
}

static void
start_one(const struct kind *kind, long n, const int ready[2], const int go[2])
{
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		close(ready[0]);
		close(go[1]);
		run_one(kind, n, ready[1], go[0]);
	default:
		break;
	}
}

static void
await_all(int processes)
{
	int status;

	for (; processes > 0; processes--)
		if (wait(&status) == -1 || !WIFEXITED(status) ||
		    WEXITSTATUS(status) != 0)
			errx(1, "one of the processes failed");
}

/* From the moment when all of them are warm, to the end of the last. */
static double
run_beside(const struct kind *kind, long n, int processes)
{
	int i, ready[2], go[2];
	double begin;
	char c;

	if (pipe(ready) == -1 || pipe(go) == -1)
		err(1, "pipe");
	for (i = 0; i < processes; i++)
		start_one(kind, n, ready, go);
	close(ready[1]);
	close(go[0]);
	for (i = 0; read(ready[0], &c, 1) == 1; i++)
		continue;
	if (i < processes)
		errx(1, "%d of %d processes started", i, processes);
	begin = now();
	close(go[1]);
	await_all(processes);
	return now() - begin;
}

static void usage(void) __attribute__((noreturn));

static void
usage(void)
{
	errx(2,
	    "usage: loop [-t | -p processes] "
	    "open|socket|bind|getppid|read|write N [path]");
}

int
main(int argc, char *argv[])
{
	const struct kind *kind;
	bool timed = false;
	int ch, processes = 0;
	double begin;
	long n;

	while ((ch = getopt(argc, argv, "+p:t")) != -1) {
		if (ch == 'p')
			processes = atoi(optarg);
		else if (ch == 't')
			timed = true;
		else
			usage();
	}
	argv += optind;
	argc -= optind;
	if (argc < 2 || argc > 3 || (n = strtol(argv[1], NULL, 10)) <= 0 ||
	    processes < 0 || processes > PROCESSES_MAX)
		usage();
	kind = find_kind(argv[0]);
	path = argc == 3 ? argv[2] : "/dev/null";
	if (kind->once == do_socket)
		raise_limit();
	if (kind->once == do_read || kind->once == do_write)
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (processes > 0) {
		(void)printf("%.1f\n",
		    run_beside(kind, n, processes) / ((double)n * processes));
		return 0;
	}
	repeat(kind, n / 10);
	if (timed) {
		repeat_timed(kind, n);
		print_times();
	} else {
		begin = now();
		repeat(kind, n);
		(void)printf("%.1f\n", (now() - begin) / (double)n);
	}
	close_sockets();
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 21: what a rule forbids, or does not lend, by another call, another
 * number or bits that the kernel does not look at. A line each: what, and what
 * came of it.
 *
 * usage: other-names node in out	in/a and out/b are there
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALL_RIGHTS (PROT_READ | PROT_WRITE | PROT_EXEC)
#define UNSEEN (1UL << 40)
#define SIZE_BUFFER 10 /* of syslog(2) */

static int fds[2];

static void
tell(const char *what, long result)
{
	printf("%s %s\n", what, result == -1 ? strerrorname_np(errno) : "done");
}

static void
try_nodes(const char *node)
{
	tell("node-block", mknod(node, S_IFBLK | 0666, makedev(8, 0)));
	tell("node-char", mknod(node, S_IFCHR | 0666, makedev(1, 3)));
	tell("node-file", mknod(node, 0666, 0));
	tell("node-at", mknodat(AT_FDCWD, node, S_IFCHR | 0666, makedev(1, 3)));
	tell("node-fifo", mkfifo(node, 0666));
}

static void
try_exchanges(const char *in, const char *out)
{
	tell("exchange-both",
	    syscall(SYS_renameat2, AT_FDCWD, in, AT_FDCWD, out,
		RENAME_EXCHANGE));
	tell("exchange-back", rename(out, "in/z"));
	tell("exchange-out", rename(in, "out/c"));
}

/* A thread of its own, by whose number limits are set as well. */
static void *
wait_for_end(void *arg)
{
	pid_t self = gettid();
	char byte;

	if (write(fds[1], &self, sizeof(self)) == sizeof(self))
		(void)read(*(int *)arg, &byte, 1);
	return NULL;
}

static void
try_limits(void)
{
	struct rlimit limit;
	pthread_t thread;
	pid_t other = 0;
	int hold[2];

	if (pipe(fds) == -1 || pipe(hold) == -1 ||
	    getrlimit(RLIMIT_CORE, &limit) == -1 ||
	    pthread_create(&thread, NULL, wait_for_end, hold) != 0 ||
	    read(fds[0], &other, sizeof(other)) != sizeof(other))
		err(1, "thread");
	tell("limit-0", prlimit(0, RLIMIT_CORE, &limit, NULL));
	tell("limit-own", prlimit(getpid(), RLIMIT_CORE, &limit, NULL));
	tell("limit-thread", prlimit(other, RLIMIT_CORE, &limit, NULL));
	tell("limit-read", prlimit(getpid(), RLIMIT_CORE, NULL, &limit));
	(void)close(hold[1]);
	(void)pthread_join(thread, NULL);
}

static void
try_memory(const char *what, unsigned long rights)
{
	long result = syscall(SYS_mmap, NULL, 4096UL, rights,
	    (unsigned long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 0L);

	tell(what, result == (long)MAP_FAILED ? -1 : 0);
}

int
main(int argc, char *argv[])
{
	if (argc != 4)
		errx(2, "usage: other-names node in out");
	(void)alarm(30);
	try_nodes(argv[1]);
	try_exchanges(argv[2], argv[3]);
	try_limits();
	tell("packet-own", socket(AF_PACKET, SOCK_RAW, 0));
	tell("packet-other", socket(AF_INET, SOCK_PACKET, 0));
	tell("packet-flags", socket(AF_INET, SOCK_PACKET | SOCK_CLOEXEC, 0));
	try_memory("memory-plain", ALL_RIGHTS);
	try_memory("memory-high", ALL_RIGHTS | UNSEEN);
	try_memory("memory-semaphores", ALL_RIGHTS | 0x8);
	tell("log-plain", syscall(SYS_syslog, SIZE_BUFFER, NULL, 0));
	tell("log-high", syscall(SYS_syslog, SIZE_BUFFER | UNSEEN, NULL, 0));
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 24: signals without end while files are opened and made. A file is
 * made once or not at all, and the call says which; no descriptor is left.
 *
 * usage: storm readable-file folder opens creations restart|plain
 */
#include <sys/time.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_bool over;
static atomic_ulong signals;
static pthread_t victim;

static void
count(int sig)
{
	(void)sig;
	atomic_fetch_add(&signals, 1);
}

static void *
storm(void *p)
{
	sigset_t set;

	(void)p;
	(void)sigfillset(&set);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	while (!atomic_load(&over)) {
		(void)pthread_kill(victim, SIGUSR1);
		(void)usleep(30);
	}
	return NULL;
}

static int
count_open(void)
{
	int n = 0, fd;

	for (fd = 3; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static unsigned long
open_all(const char *path, unsigned long n, unsigned long *interrupted)
{
	unsigned long wrong = 0;
	int fd;

	while (n-- > 0) {
		fd = open(path, O_RDONLY);
		/* 0 to 2 are taken: as a new descriptor they are a lie. */
		if (fd >= 0 && fd < 3)
			wrong++;
		else if (fd >= 3)
			close(fd);
		else if (errno == EINTR)
			(*interrupted)++;
		else
			wrong++;
	}
	return wrong;
}

static unsigned long
make_all(const char *folder, unsigned long n, unsigned long *interrupted)
{
	unsigned long wrong = 0, i;
	char path[4096];
	bool there;
	int fd, error;

	for (i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%lu", folder, i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		error = errno;
		/* Before it is received, any call may be interrupted. */
		do {
			there = access(path, F_OK) == 0;
		} while (!there && errno == EINTR);
		if (fd >= 0 && fd < 3)
			wrong++;
		else if (fd >= 3)
			close(fd);
		else if (error == EINTR)
			(*interrupted)++;
		else
			wrong++;
		/* Said to have failed and done, or the other way. */
		if (there != (fd >= 3))
			wrong++;
		while (unlink(path) == -1 && errno == EINTR)
			continue;
	}
	return wrong;
}

int
main(int argc, char *argv[])
{
	unsigned long interrupted = 0, wrong;
	struct sigaction sa;
	pthread_t thread;
	int before;

	if (argc != 6)
		errx(2, "usage: storm file folder opens creations how");
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = count;
	sa.sa_flags = strcmp(argv[5], "restart") == 0 ? SA_RESTART : 0;
	(void)sigaction(SIGUSR1, &sa, NULL);
	victim = pthread_self();
	before = count_open();
	if (pthread_create(&thread, NULL, storm, NULL) != 0)
		errx(1, "thread");
	wrong = open_all(argv[1], strtoul(argv[3], NULL, 10), &interrupted);
	wrong += make_all(argv[2], strtoul(argv[4], NULL, 10), &interrupted);
	atomic_store(&over, true);
	(void)pthread_join(thread, NULL);
	printf("wrong %lu\nleft %d\ninterrupted %lu\nsignals %lu\n", wrong,
	    count_open() - before, interrupted, atomic_load(&signals));
	return 0;
}

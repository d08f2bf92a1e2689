/* SPDX-License-Identifier: ISC */
/*
 * blocking FOLDER: calls that wait, in some threads, while others go on. Each
 * line says what came of one. FOLDER holds the fifos one, two and never, a
 * file, and "server", a socket whose queue is full.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAITERS 20
#define OPENS 200

static void *
wait_for_writer(void *p)
{
	char buf[16] = "";
	int fd;

	fd = open(p, O_RDONLY);
	if (fd == -1 || read(fd, buf, sizeof(buf) - 1) <= 0)
		printf("%s: %s\n", (char *)p, strerrorname_np(errno));
	else
		printf("%s: %s\n", (char *)p, buf);
	(void)fflush(stdout);
	close(fd);
	return NULL;
}

static void *
wait_for_ever(void *p)
{
	(void)open(p, O_WRONLY);
	printf("%s: opened\n", (char *)p);
	(void)fflush(stdout);
	return NULL;
}

static void *
connect_for_ever(void *p)
{
	struct sockaddr_un sun = { AF_UNIX, "server" };

	(void)p;
	if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&sun,
		sizeof(sun)) == 0)
		printf("server: connected\n");
	return NULL;
}

static void
fill_queue(void)
{
	struct sockaddr_un sun = { AF_UNIX, "server" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), i;

	if (bind(fd, (void *)&sun, sizeof(sun)) == -1 || listen(fd, 0) == -1)
		err(1, "server");
	for (i = 0; i < 3; i++)
		(void)connect(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0),
		    (void *)&sun, sizeof(sun));
}

int
main(int argc, char *argv[])
{
	pthread_t one, two, other;
	int i, fd;

	if (argc != 2 || chdir(argv[1]) == -1)
		errx(2, "usage: blocking folder");
	fill_queue();
	(void)pthread_create(&one, NULL, wait_for_writer, "one");
	for (i = 0; i < WAITERS; i++)
		(void)pthread_create(&other, NULL, wait_for_ever, "never");
	(void)pthread_create(&other, NULL, connect_for_ever, NULL);
	/* the rest goes on meanwhile */
	for (i = 0; i < OPENS; i++) {
		fd = open("file", O_RDONLY);
		if (fd == -1)
			err(1, "file");
		close(fd);
	}
	printf("went on\n");
	(void)fflush(stdout);
	(void)pthread_join(one, NULL);
	/* both ends of one fifo in one session */
	(void)pthread_create(&two, NULL, wait_for_writer, "two");
	fd = open("two", O_WRONLY);
	(void)!write(fd, "mine", 4);
	close(fd);
	(void)pthread_join(two, NULL);
	printf("stays\n");
	(void)fflush(stdout);
	(void)pthread_join(other, NULL);
	return 0;
}

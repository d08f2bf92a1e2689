/* SPDX-License-Identifier: ISC */
/*
 * How many packets a second a command captures on loopback: starts it, waits
 * until it says that it listens, and sends datagrams as fast as one process
 * can, until it says how many it has captured. That must be N, as its own
 * arguments tell it: so that what it misses costs time. The datagrams are of
 * one size and go to a port where nobody reads them.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define PAYLOAD 100
#define BURST 64
#define PATIENCE 30e9 /* nanoseconds, for one step */

static pid_t command;
static char said[4096];
static size_t len;

static void give_up(const char *why) __attribute__((noreturn));

static void
give_up(const char *why)
{
	(void)kill(command, SIGTERM);
	errx(1, "%s: %s", why, said);
}

/* Its words are kept, and not waited for. */
static bool
has_said(int fd, const char *what)
{
	ssize_t n;

	n = read(fd, said + len, sizeof(said) - 1 - len);
	if (n == 0 || (n == -1 && errno != EAGAIN))
		give_up("it has ended");
	if (n > 0)
		len += (size_t)n;
	return strstr(said, what) != NULL;
}

/* Returns what it says on standard error. */
static int
start(char *argv[])
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1)
		err(1, "pipe2");
	command = fork();
	if (command == -1)
		err(1, "fork");
	if (command == 0) {
		if (dup2(fds[1], STDERR_FILENO) == -1)
			_exit(1);
		(void)execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	close(fds[1]);
	if (fcntl(fds[0], F_SETFL, O_NONBLOCK) == -1)
		err(1, "fcntl");
	return fds[0];
}

/* Connected to a socket that has a port and no reader. */
static int
sender(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t size = sizeof(sin);
	int sink, sock;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sink = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sink == -1 || sock == -1 ||
	    bind(sink, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    getsockname(sink, (struct sockaddr *)&sin, &size) == -1 ||
	    connect(sock, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		err(1, "socket");
	return sock;
}

static void
send_burst(int sock)
{
	static char payload[PAYLOAD];
	int i;

	for (i = 0; i < BURST; i++)
		if (send(sock, payload, sizeof(payload), 0) == -1)
			give_up("no datagram can be sent");
}

int
main(int argc, char *argv[])
{
	int sock, status, words;
	double begin, end;
	long n;

	if (argc < 3 || (n = strtol(argv[1], NULL, 10)) <= 0)
		errx(2, "usage: capture N command [argument ...]");
	sock = sender();
	words = start(argv + 2);
	for (begin = now(); !has_said(words, "listening on"); usleep(1000))
		if (now() - begin > PATIENCE)
			give_up("it does not listen");
	for (begin = now(); !has_said(words, " captured"); send_burst(sock))
		if (now() - begin > PATIENCE)
			give_up("it does not capture them all");
	end = now();
	if (waitpid(command, &status, 0) == -1)
		err(1, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "status 0x%x: %s", (unsigned int)status, said);
	(void)printf("%.1f\n", (double)n / (end - begin) * 1e9);
	return 0;
}

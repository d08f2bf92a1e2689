/* SPDX-License-Identifier: ISC */
/*
 * An opening that waits, and a signal that comes for it: without SA_RESTART
 * it fails with EINTR, with SA_RESTART it goes on waiting.
 *
 * usage: interrupted fifo [restart]
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void
on_alarm(int sig)
{
	(void)sig;
	caught++;
	(void)!write(STDOUT_FILENO, "caught\n", 7);
}

int
main(int argc, char *argv[])
{
	struct sigaction sa;
	int fd;

	if (argc < 2)
		return 2;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	sa.sa_flags = argc > 2 ? SA_RESTART : 0;
	(void)sigaction(SIGALRM, &sa, NULL);
	(void)alarm(1);
	fd = open(argv[1], O_RDONLY);
	printf("%s after %d\n", fd == -1 ? strerror(errno) : "opened", caught);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 25: stops a process and lets it go on, or freezes and thaws its
 * control group, again and again until it has ended; says that it begins,
 * and how often.
 *
 * usage: torment number [freezer-file frozen thawed]
 */
#include <sys/syscall.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int pidfd;

static bool
has_ended(void)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1;
}

/* Of different lengths: it is to strike at every place of a call. */
static void
pass_moment(unsigned long n)
{
	const struct timespec moment = { 0, (long)(n * 7919 % 200) * 1000 };

	(void)nanosleep(&moment, NULL);
}

static void
send(int sig)
{
	(void)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

static void
write_state(const char *file, const char *state)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd == -1 || write(fd, state, strlen(state)) == -1)
		err(1, "%s", file);
	(void)close(fd);
}

int
main(int argc, char *argv[])
{
	unsigned long n;

	if (argc != 2 && argc != 5)
		errx(2, "usage: torment number [file frozen thawed]");
	(void)alarm(120);
	pidfd = (int)syscall(SYS_pidfd_open, atoi(argv[1]), 0);
	if (pidfd == -1)
		err(1, "%s", argv[1]);
	printf("begins\n");
	(void)fflush(stdout);
	for (n = 0; !has_ended(); n++) {
		if (argc == 5)
			write_state(argv[2], argv[3]);
		else
			send(SIGSTOP);
		pass_moment(n);
		if (argc == 5)
			write_state(argv[2], argv[4]);
		else
			send(SIGCONT);
		pass_moment(n + 13);
	}
	printf("times %lu\n", n);
	return 0;
}

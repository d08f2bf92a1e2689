/* SPDX-License-Identifier: ISC */
/*
 * A program that is killed while it waits for a fifo's other end waits for it
 * no more: whoever opens it afterwards meets nobody. Prints how often it was
 * otherwise.
 *
 * usage: ghosts fifo count
 */
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *fifo;

/* A child that is about to wait, or does by now, and is no more. */
static void
kill_waiting(unsigned int nth)
{
	const struct timespec moment = { 0, (long)(nth % 8) * 500000 };
	int fds[2], status;
	char byte;
	pid_t pid;

	if (pipe(fds) == -1)
		err(1, "pipe");
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0) {
		(void)!write(fds[1], "", 1);
		(void)open(fifo, O_RDONLY);
		_exit(3);
	}
	(void)!read(fds[0], &byte, 1);
	(void)nanosleep(&moment, NULL);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	close(fds[0]);
	close(fds[1]);
}

/* Is there a reader, as a writer asks? */
static int
is_alone(void)
{
	int fd = open(fifo, O_WRONLY | O_NONBLOCK);

	if (fd == -1)
		return errno == ENXIO;
	close(fd);
	return 0;
}

int
main(int argc, char *argv[])
{
	unsigned int i, count, readers = 0;

	if (argc != 3)
		errx(2, "usage: ghosts fifo count");
	fifo = argv[1];
	count = (unsigned int)atoi(argv[2]);
	for (i = 0; i < count; i++) {
		kill_waiting(i);
		if (!is_alone())
			readers++;
	}
	printf("readers: %u\n", readers);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Many programs at once, each of which answers every line of its standard
 * input with one of its own: starts N of the command, one after the other, and
 * then has each of them do what a line here says. Prints what they answered,
 * each kind with its number ("998 ok, 2 EIO"); "nothing" is no answer in time.
 * "end" ends them.
 * First comes "started", and the microseconds that a start took among the
 * first tenth and among the last.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT 60000 /* milliseconds, for an answer */
#define KINDS 16

struct one {
	FILE *in;
	int fd;
};

static struct {
	char answer[256];
	size_t count;
} kinds[KINDS];

static double
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void
hear(struct one *one, char *line, size_t size)
{
	struct pollfd pfd = { .fd = one->fd, .events = POLLIN };

	if (poll(&pfd, 1, WAIT) != 1 || fgets(line, (int)size, one->in) == NULL)
		(void)snprintf(line, size, "nothing");
	line[strcspn(line, "\n")] = '\0';
}

static void
start(struct one *one, char *argv[])
{
	char line[256];
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1)
		err(1, "socketpair");
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		if (dup2(fds[1], STDIN_FILENO) == -1 ||
		    dup2(fds[1], STDOUT_FILENO) == -1)
			_exit(1);
		(void)execvp(argv[0], argv);
		err(1, "%s", argv[0]);
	default:
		break;
	}
	close(fds[1]);
	one->fd = fds[0];
	one->in = fdopen(fds[0], "r");
	if (one->in == NULL)
		err(1, "fdopen");
	hear(one, line, sizeof(line));
	if (strcmp(line, "ready") != 0)
		errx(1, "a start: %s", line);
}

static void
count(const char *answer)
{
	size_t i;

	for (i = 0; i < KINDS - 1 && kinds[i].count > 0; i++)
		if (strcmp(kinds[i].answer, answer) == 0)
			break;
	(void)snprintf(kinds[i].answer, sizeof(kinds[i].answer), "%s", answer);
	kinds[i].count++;
}

static void
ask_all(struct one *ones, size_t n, const char *line)
{
	char answer[256];
	size_t i;

	memset(kinds, 0, sizeof(kinds));
	for (i = 0; i < n; i++)
		(void)!write(ones[i].fd, line, strlen(line));
	for (i = 0; i < n; i++) {
		hear(&ones[i], answer, sizeof(answer));
		count(answer);
	}
	for (i = 0; i < KINDS && kinds[i].count > 0; i++)
		printf("%s%zu %s", i == 0 ? "" : ", ", kinds[i].count,
		    kinds[i].answer);
	printf("\n");
}

static void
allow_many_descriptors(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		err(1, "getrlimit");
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

int
main(int argc, char *argv[])
{
	size_t n, tenth, i;
	struct one *ones;
	double begin, first = 0, last;
	char line[8192];

	if (argc < 3 || (n = strtoul(argv[1], NULL, 10)) < 10)
		errx(2, "usage: crowd N command [argument ...]");
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	allow_many_descriptors();
	ones = calloc(n, sizeof(*ones));
	if (ones == NULL)
		err(1, "calloc");
	tenth = n / 10;
	last = begin = now();
	for (i = 0; i < n; i++) {
		if (i == tenth)
			first = now() - begin;
		if (i == n - tenth)
			last = now();
		start(&ones[i], argv + 2);
	}
	printf("started %.0f %.0f\n", first / (double)tenth,
	    (now() - last) / (double)tenth);
	while (fgets(line, sizeof(line), stdin) != NULL &&
	    strcmp(line, "end\n") != 0)
		ask_all(ones, n, line);
	for (i = 0; i < n; i++)
		(void)fclose(ones[i].in);
	while (wait(NULL) != -1 || errno == EINTR)
		continue;
	return 0;
}

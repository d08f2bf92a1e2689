/* SPDX-License-Identifier: ISC */
/*
 * Starts a command N times, one after the other, and prints the nanoseconds
 * that a start took until its end was seen. A command that fails once fails
 * the figure: a start that refuses early would look fast. It is started once
 * more before, to warm up, unless -c says that it may be cold.
 */
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

static void
start_once(char *argv[])
{
	int error, status;
	pid_t pid;

	error = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (error != 0) {
		errno = error;
		err(1, "%s", argv[0]);
	}
	if (waitpid(pid, &status, 0) == -1)
		err(1, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s: status 0x%x", argv[0], (unsigned int)status);
}

int
main(int argc, char *argv[])
{
	bool cold = argc > 1 && strcmp(argv[1], "-c") == 0;
	double begin;
	long n, i;

	argc -= cold;
	argv += cold;
	if (argc < 3 || (n = strtol(argv[1], NULL, 10)) <= 0)
		errx(2, "usage: start [-c] N command [argument ...]");
	if (!cold)
		start_once(argv + 2);
	begin = now();
	for (i = 0; i < n; i++)
		start_once(argv + 2);
	(void)printf("%.1f\n", (now() - begin) / (double)n);
	return 0;
}

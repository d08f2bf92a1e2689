/* SPDX-License-Identifier: ISC */
/*
 * Attack 26: takes all descriptors that it may have, then makes the first of
 * each pair of files and truncates the second, and says what came of it.
 *
 * usage: at-limit new-file file [new-file file]
 */
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	const struct rlimit few = { 20, 20 };
	int i, fd;

	if (setrlimit(RLIMIT_NOFILE, &few) == -1)
		return 1;
	while (dup(STDOUT_FILENO) != -1)
		continue;
	for (i = 1; i < argc; i++) {
		fd = open(argv[i],
		    i % 2 == 1 ? O_WRONLY | O_CREAT | O_EXCL :
				 O_WRONLY | O_TRUNC,
		    0666);
		printf("%s\n", fd == -1 ? strerrorname_np(errno) : "opened");
	}
	return 0;
}

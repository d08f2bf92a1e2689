/* SPDX-License-Identifier: ISC */
/*
 * Attack 29: what can be had of descriptors that a rule gave: a file's, to
 * read, and a folder's. Each line is an attempt and what came of it.
 *
 * usage: reopen file folder	"-": descriptor 3 is the file
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
tell(const char *what, int result)
{
	printf("%s %s\n", what, result == -1 ? strerrorname_np(errno) : "done");
}

static void
try_file(int fd)
{
	static const char *const names[] = { "/proc/self/fd", "/dev/fd",
		"/proc/thread-self/fd" };
	static const int ways[] = { O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC };
	char path[64], what[96];
	size_t i, k;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%d", names[i], fd);
		for (k = 0; k < sizeof(ways) / sizeof(ways[0]); k++) {
			(void)snprintf(what, sizeof(what), "reopen%zu-%zu", i,
			    k);
			tell(what, open(path, ways[k]));
		}
	}
	tell("truncate", truncate(path, 0));
	tell("chmod", chmod(path, 0666));
	tell("ftruncate", ftruncate(fd, 0));
	tell("fchmod", fchmod(fd, 0666));
	tell("write", write(fd, "x", 1) == -1 ? -1 : 0);
	tell("link", linkat(fd, "", AT_FDCWD, "linked", AT_EMPTY_PATH));
}

static void
try_folder(int fd)
{
	char path[64];

	tell("below", openat(fd, "file", O_RDONLY));
	tell("above", openat(fd, "../other", O_RDONLY));
	tell("closed", openat(fd, "..", O_RDONLY | O_DIRECTORY));
	tell("stat-above", fstatat(fd, "../other", &(struct stat){ 0 }, 0));
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/../other", fd);
	tell("by-link", open(path, O_RDONLY));
	tell("make", openat(fd, "made", O_WRONLY | O_CREAT, 0600));
	tell("make-above", openat(fd, "../made", O_WRONLY | O_CREAT, 0600));
	tell("fchdir", fchdir(fd));
	tell("inside-above", open("../other", O_RDONLY));
}

int
main(int argc, char *argv[])
{
	int fd;

	(void)alarm(20);
	if (argc != 3)
		errx(2, "usage: reopen file folder");
	fd = strcmp(argv[1], "-") == 0 ? 3 : open(argv[1], O_RDONLY);
	tell("file", fd);
	if (fd != -1)
		try_file(fd);
	fd = open(argv[2], O_RDONLY | O_DIRECTORY);
	tell("folder", fd);
	if (fd != -1)
		try_folder(fd);
	return 0;
}

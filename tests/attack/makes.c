/* SPDX-License-Identifier: ISC */
/*
 * Attack 38: for each line "WHAT PATH" of its standard input something is made
 * there, and it is said what came of it: "made", or the error.
 *	file	a new one, whose descriptor is closed again; "wrong" and a
 *		number, where that is none of a new empty file
 *	folder	one
 *	rename	the file of that name, with ".old" behind it
 *	socket	one, bound
 *	cut	nothing: the file of that name with ".cut" behind it, which it
 *		has filled, is cut off
 *	own	the same of "made/cut", beside the folder where PATH lies
 *
 * usage: makes
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct stat st;

	if (fd == -1)
		return -1;
	if (fd <= STDERR_FILENO || fstat(fd, &st) == -1 ||
	    !S_ISREG(st.st_mode) || st.st_size != 0) {
		printf("wrong %d\n", fd);
		return 1;
	}
	return close(fd);
}

/* The name of another file: without the last so many parts of this one's. */
static const char *
beside(char other[static 4096], const char *path, const char *end, int parts)
{
	size_t len = strlen(path);

	for (; parts > 0; parts--)
		while (len > 0 && path[--len] != '/')
			continue;
	(void)snprintf(other, 4096, "%.*s%s", (int)len, path, end);
	return other;
}

/* It is filled by a descriptor from before: nobody is asked for that. */
static int
make_cut(int *filler, const char *path)
{
	struct stat st;
	int fd;

	if (*filler == -1)
		*filler = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (*filler == -1 || pwrite(*filler, "text", 4, 0) != 4)
		return -1;
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fd <= STDERR_FILENO || fstat(fd, &st) == -1 || st.st_size != 0) {
		printf("wrong %d\n", fd);
		return 1;
	}
	return close(fd);
}

static int
make_rename(const char *path)
{
	char old[4096];

	(void)snprintf(old, sizeof(old), "%s.old", path);
	return rename(old, path);
}

static int
make_socket(int fd, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	return bind(fd, (const struct sockaddr *)&sun, sizeof(sun));
}

static int
make(const char *what, const char *path)
{
	static int cut = -1, own = -1;
	int result, error, fd;
	char other[4096];

	if (strcmp(what, "cut") == 0)
		return make_cut(&cut, beside(other, path, ".cut", 0));
	if (strcmp(what, "own") == 0)
		return make_cut(&own, beside(other, path, "/made/cut", 2));
	if (strcmp(what, "folder") == 0)
		return mkdir(path, 0700);
	if (strcmp(what, "rename") == 0)
		return make_rename(path);
	if (strcmp(what, "socket") != 0)
		return make_file(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	result = fd == -1 ? -1 : make_socket(fd, path);
	error = errno;
	if (fd != -1)
		close(fd);
	errno = error;
	return result;
}

int
main(void)
{
	char line[8192], *what, *path;
	int result;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		what = strtok(line, " \n");
		path = strtok(NULL, " \n");
		if (what == NULL || path == NULL)
			break;
		result = make(what, path);
		if (result != 1)
			printf("%s\n",
			    result == 0 ? "made" : strerrorname_np(errno));
	}
	return 0;
}

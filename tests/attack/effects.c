/* SPDX-License-Identifier: ISC */
/*
 * Attack 25: makes, links, renames and removes files, each under a name of
 * its own: a call that is made twice fails, or its effect is seen twice. It
 * begins when there is a line to read, or its end; at its own end it says what
 * was wrong.
 *
 * usage: effects folder rounds [create]	create: nothing but openings
 */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long wrong;

static void
expect(const char *what, int result)
{
	if (result != -1)
		return;
	if (wrong++ == 0)
		printf("first %s: %s\n", what, strerrorname_np(errno));
}

static void
create(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	expect("create", fd);
	if (fd != -1)
		(void)close(fd);
}

static int
append(const char *name)
{
	int fd = open(name, O_WRONLY | O_APPEND | O_CLOEXEC);
	ssize_t n = write(fd, "x", 1);

	(void)close(fd);
	return n == 1 ? 0 : -1;
}

static void
all_effects(const char *name, const char *other)
{
	struct stat st;

	expect("append", append(name));
	if (stat(name, &st) == -1 || st.st_size != 1)
		expect("size", -1);
	expect("link", link(name, other));
	expect("unlink", unlink(other));
	expect("rename", rename(name, other));
	expect("remove", unlink(other));
	expect("mkdir", mkdir(name, 0700));
	expect("rmdir", rmdir(name));
	expect("symlink", symlink("target", name));
	expect("remove link", unlink(name));
}

int
main(int argc, char *argv[])
{
	char name[512], other[512];
	unsigned long rounds, i;

	if (argc < 3)
		errx(2, "usage: effects folder rounds [create]");
	(void)alarm(120);
	rounds = strtoul(argv[2], NULL, 10);
	printf("ready %d\n", getpid());
	(void)fflush(stdout);
	(void)getchar(); /* a line, or the end, says that it may begin */
	for (i = 0; i < rounds; i++) {
		(void)snprintf(name, sizeof(name), "%s/made-%lu", argv[1], i);
		(void)snprintf(other, sizeof(other), "%s/other-%lu", argv[1],
		    i);
		create(name);
		if (argc == 3)
			all_effects(name, other);
	}
	printf("wrong %lu\n", wrong);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 28: says that it is ready, reads a line with a process's number, and
 * tries what that process has below /proc, by open and by openat2 without
 * magic links; and whose /proc/self is that openat2 finds.
 */
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = { "maps", "fd", "mem", "environ", "status",
	"task" };

static const struct {
	const char *name;
	unsigned int resolve;
} ways[] = {
	{ "openat2", 0 },
	{ "no_magiclinks", RESOLVE_NO_MAGICLINKS },
	{ "no_symlinks", RESOLVE_NO_SYMLINKS },
	{ "no_xdev", RESOLVE_NO_XDEV },
	{ "cached", RESOLVE_CACHED },
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static int
open_2(const char *path, unsigned int resolve)
{
	struct open_how how;

	memset(&how, 0, sizeof(how));
	how.flags = O_RDONLY;
	how.resolve = resolve;
	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static void
tell(const char *what, const char *way, int fd)
{
	printf("%s %s %s\n", what, way,
	    fd == -1 ? strerrorname_np(errno) : "opened");
	if (fd != -1)
		(void)close(fd);
}

static void
try_process(const char *whose, long pid)
{
	char path[64], what[64];
	size_t i, k;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "/proc/%ld/%s", pid,
		    names[i]);
		(void)snprintf(what, sizeof(what), "%s %s", whose, names[i]);
		tell(what, "open", open(path, O_RDONLY));
		for (k = 0; k < WAYS; k++)
			tell(what, ways[k].name, open_2(path, ways[k].resolve));
	}
}

/* The number that /proc/self/stat begins with. */
static void
try_self(void)
{
	char text[32];
	size_t k;
	int fd;

	for (k = 0; k < WAYS; k++) {
		fd = open_2("/proc/self/stat", ways[k].resolve);
		if (fd == -1) {
			printf("self %s %s\n", ways[k].name,
			    strerrorname_np(errno));
			continue;
		}
		memset(text, 0, sizeof(text));
		(void)read(fd, text, sizeof(text) - 1);
		printf("self %s %s\n", ways[k].name,
		    strtol(text, NULL, 10) == getpid() ? "own" : "another's");
		(void)close(fd);
	}
}

int
main(void)
{
	char line[32];

	(void)alarm(60);
	printf("ready %d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	try_process("judge", strtol(line, NULL, 10));
	try_process("mine", getpid());
	try_self();
	printf("over\n");
	return 0;
}

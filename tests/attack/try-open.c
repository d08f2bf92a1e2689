/* SPDX-License-Identifier: ISC */
/*
 * Opens each path that it is given and says what came of it, a line each:
 * the first word of the file, `opened` if it is empty, or the errno's name;
 * and `cloexec` if the descriptor is. A last line counts the descriptors
 * that are open besides.
 *
 * usage: try-open [flags:]path ...
 * flags: r w c x t p m (read, write, create, excl, trunc, O_PATH, tmpfile),
 * or what is to be done before: k (fork), d (fork twice, the middle one
 * dies), T (in a thread), 2 (openat2), C (creat), S (stat instead), A
 * (access), R (chroot to it instead), B (in a mount namespace of its own, bind
 * the first of FROM=TO over the other instead)
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/openat2.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct attempt {
	const char *how;
	const char *path;
};

static bool
has(const struct attempt *attempt, char letter)
{
	return strchr(attempt->how, letter) != NULL;
}

static int
flags_of(const struct attempt *attempt)
{
	int flags = has(attempt, 'w') ? has(attempt, 'r') ? O_RDWR : O_WRONLY :
					O_RDONLY;

	flags |= has(attempt, 'c') ? O_CREAT : 0;
	flags |= has(attempt, 'x') ? O_EXCL : 0;
	flags |= has(attempt, 't') ? O_TRUNC : 0;
	flags |= has(attempt, 'p') ? O_PATH : 0;
	flags |= has(attempt, 'n') ? O_NONBLOCK : 0;
	flags |= has(attempt, 'm') ? O_TMPFILE : 0;
	return flags;
}

/* FROM=TO, in a mount namespace of its own. */
static int
bind_here(const char *paths)
{
	char from[4096], *to;

	(void)snprintf(from, sizeof(from), "%s", paths);
	to = strchr(from, '=');
	if (to == NULL)
		errx(2, "B:FROM=TO");
	*to++ = '\0';
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		return -1;
	return mount(from, to, NULL, MS_BIND, NULL);
}

static int
do_open(const struct attempt *attempt)
{
	struct open_how how;
	struct stat st;

	if (has(attempt, 'S'))
		return stat(attempt->path, &st);
	if (has(attempt, 'A'))
		return access(attempt->path, R_OK);
	if (has(attempt, 'R'))
		return chroot(attempt->path);
	if (has(attempt, 'B'))
		return bind_here(attempt->path);
	if (has(attempt, 'C'))
		return creat(attempt->path, 0666);
	if (has(attempt, '2')) {
		memset(&how, 0, sizeof(how));
		how.flags = (unsigned int)flags_of(attempt);
		how.mode = has(attempt, 'c') ? 0666 : 0;
		return (int)syscall(SYS_openat2, AT_FDCWD, attempt->path, &how,
		    sizeof(how));
	}
	return open(attempt->path, flags_of(attempt), 0666);
}

static void *
try(void *p)
{
	const struct attempt *attempt = p;
	char text[64], *end;
	ssize_t n;
	int fd;

	fd = do_open(attempt);
	if (fd == -1) {
		printf("%s\n", strerrorname_np(errno));
		return NULL;
	}
	if (strpbrk(attempt->how, "SARB") != NULL) {
		printf("done\n");
		return NULL;
	}
	n = read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	end = strpbrk(text, " \n");
	if (end != NULL)
		*end = '\0';
	printf("%s%s\n", text[0] != '\0' ? text : "opened",
	    (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 ? " cloexec" : "");
	close(fd);
	return NULL;
}

/* In a grandchild whose parent is gone, or in a child. */
static void
try_forked(struct attempt *attempt, bool twice)
{
	int gate[2], done[2];
	pid_t pid;
	char c;

	if (pipe(gate) == -1 || pipe(done) == -1 || (pid = fork()) == -1)
		err(1, NULL);
	if (pid == 0) {
		close(gate[1]);
		if (twice && fork() != 0)
			_exit(0);
		/* The end of the gate: the one between is gone. */
		if (twice)
			(void)read(gate[0], &c, 1);
		(void)try(attempt);
		fflush(stdout);
		_exit(0);
	}
	(void)waitpid(pid, NULL, 0);
	close(gate[1]);
	close(gate[0]);
	close(done[1]);
	(void)read(done[0], &c, 1);
	close(done[0]);
}

static void
try_one(char *arg)
{
	struct attempt attempt = { "r", arg };
	pthread_t thread;
	char *colon = strchr(arg, ':');

	if (colon != NULL && colon < strchrnul(arg, '/')) {
		*colon = '\0';
		attempt.how = arg;
		attempt.path = colon + 1;
	}
	fflush(stdout);
	if (has(&attempt, 'k') || has(&attempt, 'd')) {
		try_forked(&attempt, has(&attempt, 'd'));
	} else if (has(&attempt, 'T')) {
		if (pthread_create(&thread, NULL, try, &attempt) != 0)
			errx(1, "thread");
		(void)pthread_join(thread, NULL);
	} else {
		(void)try(&attempt);
	}
}

static int
count_open(void)
{
	int n = 0, fd;

	for (fd = 3; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

int
main(int argc, char *argv[])
{
	int i, before = count_open();

	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm(20);
	for (i = 1; i < argc; i++)
		try_one(argv[i]);
	printf("descriptors %d\n", count_open() - before);
	return 0;
}

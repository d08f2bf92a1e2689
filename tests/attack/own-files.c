/* SPDX-License-Identifier: ISC */
/*
 * Attack 28: is what a program opens below /proc/self its own? Each line is
 * a question and its answer, the same in a session as without one.
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The number behind a name in a status file. */
static long
number_in(const char *path, const char *name)
{
	char line[256];
	long n = -1;
	FILE *file = fopen(path, "r");

	if (file == NULL)
		return -errno;
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			n = strtol(line + strlen(name) + 1, NULL, 10);
	(void)fclose(file);
	return n;
}

static void
tell(const char *question, long answer)
{
	if (answer < 0)
		printf("%s: %s\n", question, strerrorname_np((int)-answer));
	else
		printf("%s: %s\n", question, answer ? "yes" : "no");
}

static int
same(const char *a, const char *b)
{
	struct stat one, two;

	if (stat(a, &one) == -1 || stat(b, &two) == -1)
		return -errno;
	return one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static void *
ask(void *p)
{
	const char *who = p;
	char link[64] = "", text[64], path[64];
	long tid = syscall(SYS_gettid);
	ssize_t n;

	printf("%s\n", who);
	tell("self is this process",
	    number_in("/proc/self/status", "Pid:") == getpid());
	tell("thread-self is this thread",
	    number_in("/proc/thread-self/status", "Pid:") == tid);
	n = readlink("/proc/self", link, sizeof(link) - 1);
	tell("the link says so", n > 0 && strtol(link, NULL, 10) == getpid());
	(void)snprintf(text, sizeof(text), "%d/task/%ld", getpid(), tid);
	memset(link, 0, sizeof(link));
	(void)readlink("/proc/thread-self", link, sizeof(link) - 1);
	tell("and the thread's", strcmp(link, text) == 0);
	(void)snprintf(path, sizeof(path), "/proc/%ld/status", tid);
	tell("by number", number_in(path, "Pid:") == tid);
	tell("descriptor 3 is the file", same("/proc/self/fd/3", "/dev/fd/3"));
	tell("and by its name", same("/dev/fd/3", "three"));
	tell("the folder is its own", same("/proc/self/cwd", "."));
	tell("mem opens", open("/proc/self/mem", O_RDWR) == -1 ? -errno : 1);
	tell("maps open", open("/proc/self/maps", O_RDONLY) == -1 ? -errno : 1);
	tell("environ opens",
	    open("/proc/self/environ", O_RDONLY) == -1 ? -errno : 1);
	tell("init's is refused",
	    open("/proc/1/environ", O_RDONLY) == -1 ? -errno : 1);
	return NULL;
}

int
main(void)
{
	static char leader[] = "leader", another[] = "another thread";
	pthread_t thread;

	(void)ask(leader);
	if (pthread_create(&thread, NULL, ask, another) != 0)
		errx(1, "thread");
	(void)pthread_join(thread, NULL);
	return 0;
}

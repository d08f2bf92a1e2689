/* SPDX-License-Identifier: ISC */
/*
 * Kills and stops processes of a daemon's sessions, by chance: the seed says
 * whom and when. Who is stopped is let go on, at the latest when this ends.
 *
 * usage: torment seed seconds daemon uid how whom
 *		how	kill, stop or any
 *		whom	parts (of sessions), keepers (connections and logger
 *			too), programs (the user's) or any
 *	  torment seed seconds clock file	tests/chaos/clock.c
 *
 * "killed N, stopped M", or "jumped N"
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VICTIMS_MAX 256
#define MOMENT_MAX 30    /* milliseconds between two blows */
#define STOPPED_MAX 200  /* that somebody is stopped */
#define YEARS 1000000000 /* seconds */

static pid_t victims[VICTIMS_MAX];
static size_t nvictims;
static pid_t daemon_pid;
static uid_t user;

static int64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void
pass(long milliseconds)
{
	const struct timespec moment = { milliseconds / 1000,
		milliseconds % 1000 * 1000000 };

	(void)nanosleep(&moment, NULL);
}

static void
add(pid_t pid)
{
	if (pid > 1 && nvictims < VICTIMS_MAX)
		victims[nvictims++] = pid;
}

static size_t
children_of(pid_t pid, pid_t *children, size_t most)
{
	char path[64];
	size_t n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid,
	    pid);
	f = fopen(path, "re");
	while (f != NULL && n < most && fscanf(f, "%d", &children[n]) == 1)
		n++;
	if (f != NULL)
		(void)fclose(f);
	return n;
}

/* The daemon's children are its logger, which has none, and keepers. */
static void
find_sessions(bool keepers, bool parts)
{
	pid_t children[VICTIMS_MAX], members[VICTIMS_MAX];
	size_t i, j, n, m;

	n = children_of(daemon_pid, children, VICTIMS_MAX);
	for (i = 0; i < n; i++) {
		if (keepers)
			add(children[i]);
		m = parts ? children_of(children[i], members, VICTIMS_MAX) : 0;
		for (j = 0; j < m; j++)
			add(members[j]);
	}
}

static void
find_programs(void)
{
	const struct dirent *d;
	char path[300];
	struct stat st;
	DIR *dir = opendir("/proc");

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		(void)snprintf(path, sizeof(path), "/proc/%s", d->d_name);
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9' &&
		    stat(path, &st) == 0 && st.st_uid == user)
			add((pid_t)atoi(d->d_name));
	}
	if (dir != NULL)
		(void)closedir(dir);
}

static void
find(const char *whom)
{
	bool any = strcmp(whom, "any") == 0;

	nvictims = 0;
	find_sessions(any || strcmp(whom, "keepers") == 0,
	    any || strcmp(whom, "parts") == 0);
	if (any || strcmp(whom, "programs") == 0)
		find_programs();
}

/* The signals are for who was chosen, not for who has his number later. */
static void
send_to(int pidfd, int sig)
{
	(void)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

static void
torment(int64_t end, const char *how, const char *whom)
{
	bool kills = strcmp(how, "stop") != 0, stops = strcmp(how, "kill") != 0;
	unsigned int killed = 0, stopped = 0;
	int pidfd;

	while (now() < end) {
		pass(random() % MOMENT_MAX);
		find(whom);
		if (nvictims == 0)
			continue;
		pidfd = (int)syscall(SYS_pidfd_open,
		    victims[(size_t)random() % nvictims], 0);
		if (pidfd == -1)
			continue;
		if (kills && (!stops || random() % 2 == 0)) {
			send_to(pidfd, SIGKILL);
			killed++;
		} else {
			send_to(pidfd, SIGSTOP);
			pass(random() % STOPPED_MAX);
			send_to(pidfd, SIGCONT);
			stopped++;
		}
		close(pidfd);
	}
	printf("killed %u, stopped %u\n", killed, stopped);
}

static void
jump(int64_t end, const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	unsigned int n = 0;
	int64_t offset;

	if (fd == -1)
		err(1, "%s", path);
	for (; now() < end; n++) {
		pass(random() % MOMENT_MAX);
		offset = random() % (2LL * YEARS) - YEARS;
		if (pwrite(fd, &offset, sizeof(offset), 0) != sizeof(offset))
			err(1, "%s", path);
	}
	close(fd);
	printf("jumped %u\n", n);
}

int
main(int argc, char *argv[])
{
	int64_t end;

	if (argc != 7 && argc != 5)
		errx(2, "usage: torment seed seconds daemon uid how whom");
	srandom((unsigned int)strtoul(argv[1], NULL, 10));
	end = now() + atoi(argv[2]) * 1000LL;
	if (argc == 5) {
		jump(end, argv[4]);
		return 0;
	}
	daemon_pid = (pid_t)atoi(argv[3]);
	user = (uid_t)strtoul(argv[4], NULL, 10);
	torment(end, argv[5], argv[6]);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 17: says under what it was started: arguments, environment, open
 * descriptors, limits, mask, and whether it is elevated. With `as` it first
 * becomes what an attacker would start privrun as.
 *
 * usage: start show path
 *        start as what[,what] program [argument ...]
 * what: noargv nosigchld closed nofile=N nofsize blocked vars
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void
show_environment(void)
{
	char **entry;
	size_t n = 0;

	for (entry = environ; *entry != NULL; entry++, n++)
		if (strncmp(*entry, "VAR", 3) != 0)
			printf("env %s\n", *entry);
	printf("variables %zu\n", n);
}

static void
show(const char *path)
{
	struct rlimit limit;
	struct stat st;
	int fd;

	for (fd = 0; fd < 3; fd++)
		if (fstat(fd, &st) == -1)
			dprintf(2, "closed %d\n", fd);
	show_environment();
	if (getrlimit(RLIMIT_CORE, &limit) == 0)
		printf("core %ju %ju\n", (uintmax_t)limit.rlim_cur,
		    (uintmax_t)limit.rlim_max);
	printf("no_new_privs %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	printf("umask %o\n", umask(0));
	printf("cwd %s\n",
	    getcwd(NULL, 0) == NULL ? strerrorname_np(errno) : "there");
	fd = open(path, O_RDONLY);
	printf("elevated %s\n", fd == -1 ? strerrorname_np(errno) : "opened");
}

static void
become(const char *what)
{
	struct rlimit limit;
	char name[32];
	sigset_t all;
	int i;

	if (strcmp(what, "nosigchld") == 0) {
		(void)signal(SIGCHLD, SIG_IGN);
	} else if (strcmp(what, "blocked") == 0) {
		(void)sigfillset(&all);
		(void)sigprocmask(SIG_SETMASK, &all, NULL);
	} else if (strcmp(what, "closed") == 0) {
		for (i = 0; i < 3; i++)
			close(i);
	} else if (strncmp(what, "nofile=", 7) == 0) {
		limit.rlim_cur = limit.rlim_max = strtoul(what + 7, NULL, 10);
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	} else if (strcmp(what, "nofsize") == 0) {
		limit.rlim_cur = limit.rlim_max = 0;
		(void)setrlimit(RLIMIT_FSIZE, &limit);
	} else if (strcmp(what, "vars") == 0) {
		for (i = 0; i < 10000; i++) {
			(void)snprintf(name, sizeof(name), "LC_%d", i);
			(void)setenv(name, "x", 1);
		}
	}
}

int
main(int argc, char *argv[])
{
	char *none[] = { NULL }, *what;

	if (argc == 3 && strcmp(argv[1], "show") == 0) {
		show(argv[2]);
		return 0;
	}
	if (argc < 4)
		errx(2, "usage: start show path | start as what program");
	if (strcmp(argv[2], "noargv") == 0) {
		execve(argv[3], none, environ);
		err(126, "%s", argv[3]);
	}
	for (what = strtok(argv[2], ","); what != NULL;
	     what = strtok(NULL, ","))
		become(what);
	execv(argv[3], argv + 3);
	err(126, "%s", argv[3]);
}

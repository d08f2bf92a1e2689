/* SPDX-License-Identifier: ISC */
/*
 * Attack 17: says under what it was started: arguments, environment, open
 * descriptors, limits, mask, and whether it is elevated. With `as` it first
 * becomes what an attacker would start privrun as.
 *
 * usage: start show path
 *        start as what[,what] program [argument ...]
 * what: noargv nosigchld closed blocked vars dumpable ptracer
 *       nofile=N fsize=N as=N stack=N cpu=N memlock=N nproc=N core=N
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

static const struct limit {
	const char *name;
	__rlimit_resource_t resource;
} limits[] = {
	{ "nofile=", RLIMIT_NOFILE },
	{ "fsize=", RLIMIT_FSIZE },
	{ "as=", RLIMIT_AS },
	{ "stack=", RLIMIT_STACK },
	{ "cpu=", RLIMIT_CPU },
	{ "memlock=", RLIMIT_MEMLOCK },
	{ "nproc=", RLIMIT_NPROC },
	{ "core=", RLIMIT_CORE },
};

static void
limit(const char *what)
{
	struct rlimit value;
	size_t i, len;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		len = strlen(limits[i].name);
		if (strncmp(what, limits[i].name, len) != 0)
			continue;
		value.rlim_cur = value.rlim_max = strtoul(what + len, NULL, 10);
		if (setrlimit(limits[i].resource, &value) == -1)
			err(2, "%s", what);
		return;
	}
	errx(2, "%s: what is that?", what);
}

static void
become(const char *what)
{
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
	} else if (strcmp(what, "vars") == 0) {
		for (i = 0; i < 10000; i++) {
			(void)snprintf(name, sizeof(name), "LC_%d", i);
			(void)setenv(name, "x", 1);
		}
		(void)setenv("SOMETHING_NEW", "behind them", 1);
	} else if (strcmp(what, "dumpable") == 0) {
		(void)prctl(PR_SET_DUMPABLE, 1UL, 0, 0, 0);
	} else if (strcmp(what, "ptracer") == 0) {
		/* EINVAL without Yama: then who may is not asked for */
		(void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	} else {
		limit(what);
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

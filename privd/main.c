/* SPDX-License-Identifier: ISC */
/*
 * privd: the daemon. Here are only its options.
 */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "places.h"

#include "monitor.h"
#include "notify/notify.h"
#include "session/descriptors.h"
#include "version.h"

#define LAUNCHER PRIVD_BINDIR "/privrun"

static void __attribute__((noreturn)) usage(void)
{
	(void)fprintf(stderr, "usage: privd [-dFnV] [-f config] [-s socket]\n");
	exit(2);
}

/* It is read again by a process that stands elsewhere. */
static char *
absolute(char *path)
{
	char *whole, *folder;

	if (path[0] == '/')
		return path;
	folder = getcwd(NULL, 0);
	if (folder == NULL || asprintf(&whole, "%s/%s", folder, path) == -1)
		err(1, "%s", path);
	free(folder);
	return whole;
}

/* The same arguments, for another execution from wherever it stands. */
static char **
arguments(char *name, char *options, char *config, char *socket)
{
	static char file[] = "-f", where[] = "-s";
	static char *argv[7];
	size_t n = 0;

	argv[n++] = name;
	if (options[1] != '\0')
		argv[n++] = options;
	if (config != NULL) {
		argv[n++] = file;
		argv[n++] = config;
	}
	if (socket != NULL) {
		argv[n++] = where;
		argv[n++] = socket;
	}
	return argv;
}

int
main(int argc, char *argv[])
{
	static struct monitor_start start = {
		.launcher = LAUNCHER,
	};
	char options[4] = "-", *config = NULL, *socket = NULL;
	int ch;

	if (descriptors_open_standard() == -1)
		exit(1);
	while ((ch = getopt(argc, argv, "dFf:ns:V")) != -1) {
		switch (ch) {
		case 'd':
			start.foreground = start.log_stderr = true;
			break;
		case 'F':
			start.foreground = true;
			break;
		case 'f':
			start.config_file = config = absolute(optarg);
			break;
		case 'n':
			start.only_check = start.log_stderr = true;
			break;
		case 's':
			start.socket = socket = absolute(optarg);
			break;
		case 'V':
			(void)printf("privd %s\n", PRIVD_VERSION);
			return 0;
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
	if (geteuid() != 0)
		errx(1, "must be started by root");
	if (notify_init() == -1)
		err(1,
		    "this kernel does not deliver system calls (seccomp "
		    "user notification)");
	if (start.log_stderr)
		(void)strlcat(options, "d", sizeof(options));
	else if (start.foreground)
		(void)strlcat(options, "F", sizeof(options));
	start.argv = arguments(argv[0], options, config, socket);
	(void)umask(022);
	return monitor_main(&start);
}

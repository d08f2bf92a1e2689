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

#include "../client-lib/protocol.h"
#include "monitor.h"
#include "notify/notify.h"
#include "version.h"

#define LAUNCHER PRIVD_BINDIR "/privrun"

static void __attribute__((noreturn)) usage(void)
{
	(void)fprintf(stderr, "usage: privd [-dV] [-s socket]\n");
	exit(2);
}

/* The folder of the socket is ours; others only pass through it. */
static void
make_folder(const char *path)
{
	char *folder = strdup(path), *end;

	if (folder == NULL)
		err(1, NULL);
	end = strrchr(folder, '/');
	if (end == NULL || end == folder)
		errx(1, "%s: not a path of a socket in a folder", path);
	*end = '\0';
	if (mkdir(folder, 0755) == -1 && errno != EEXIST)
		err(1, "%s", folder);
	free(folder);
}

int
main(int argc, char *argv[])
{
	struct monitor_start start = {
		.socket = PROTOCOL_SOCKET,
		.launcher = LAUNCHER,
	};
	int ch;

	while ((ch = getopt(argc, argv, "ds:V")) != -1) {
		switch (ch) {
		case 'd':
			start.foreground = true;
			break;
		case 's':
			start.socket = optarg;
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
	(void)umask(022);
	make_folder(start.socket);
	return monitor_main(&start);
}

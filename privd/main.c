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

int
main(int argc, char *argv[])
{
	struct monitor_start start = {
		.launcher = LAUNCHER,
		.argv = argv,
	};
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
			start.config_file = optarg;
			break;
		case 'n':
			start.only_check = start.log_stderr = true;
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
	return monitor_main(&start);
}

/* SPDX-License-Identifier: ISC */
/*
 * calls [-d folder] [group ...] <operations
 *
 * Each group of operations runs in a process and a new folder of its own
 * below `folder`. Groups are named by shell patterns; without, all run.
 *
 * Operations try what must not be possible. So this refuses to run where it
 * could be: where the machine's own files can be written.
 */
#include "diff.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Root must be in a mount namespace that is read-only but for the folder. */
static void
refuse_outside(void)
{
	static const char *const places[] = { "/", "/etc", "/etc/passwd",
		"/etc/shadow", "/usr", "/dev" };
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (faccessat(AT_FDCWD, places[i], W_OK, AT_EACCESS) == 0)
			errx(1,
			    "%s can be written: run tests/e2e/"
			    "differential.sh, which makes it read-only",
			    places[i]);
}

int
main(int argc, char **argv)
{
	int ch;

	while ((ch = getopt(argc, argv, "d:")) != -1)
		switch (ch) {
		case 'd':
			if (chdir(optarg) == -1)
				err(1, "%s", optarg);
			break;
		default:
			errx(2, "usage: calls [-d folder] [group ...]");
		}
	refuse_outside();
	script_read(STDIN_FILENO);
	/* nothing is left behind that a group could read */
	close(STDIN_FILENO);
	if (open("/dev/null", O_RDONLY) != STDIN_FILENO)
		errx(1, "standard input is not the lowest descriptor");
	umask(022);
	return script_run(argv + optind);
}

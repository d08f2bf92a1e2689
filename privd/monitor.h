/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_MONITOR_H
#define PRIVD_MONITOR_H

#include <stdbool.h>

struct monitor_start {
	const char *config_file; /* NULL: that where it usually is, if it is */
	const char *socket;      /* NULL: the configuration's */
	const char *launcher;    /* the file of privrun */
	char *const *argv;       /* to be started anew with: see upgrade.h */
	bool foreground;
	bool log_stderr; /* as well */
	bool only_check; /* the configuration and the policies */
};

/* Serves until it is told to end. Returns the exit status. */
int monitor_main(const struct monitor_start *);

#endif /* PRIVD_MONITOR_H */

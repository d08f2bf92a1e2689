/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_MONITOR_H
#define PRIVD_MONITOR_H

#include <stdbool.h>

struct monitor_start {
	const char *socket;
	const char *launcher; /* the file of privrun */
	bool foreground;
};

/* Serves until it is told to end. Returns the exit status. */
int monitor_main(const struct monitor_start *);

#endif /* PRIVD_MONITOR_H */

/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_FETCHER_H
#define PRIVD_SESSION_FETCHER_H

#include <sys/types.h>

#include <stddef.h>

#include "../../client-lib/badge.h"
#include "session.h"

struct fetcher_start {
	const struct session_plan *plan;
	uid_t own; /* that it alone has */
	pid_t parent;
	int listener;
	struct badge badge; /* of those that it may reach */
	int judge;          /* channels; -1: that judge reaches for itself */
	/* of hands, which may ask who somebody is and no more */
	int hands[SESSION_HANDS_MAX];
	size_t nhands;
};

/* The fetcher's process: serves until the judge is gone, or all are. */
void fetcher_main(const struct fetcher_start *) __attribute__((noreturn));

#endif /* PRIVD_SESSION_FETCHER_H */

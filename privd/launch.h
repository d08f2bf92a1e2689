/* SPDX-License-Identifier: ISC */
/*
 * One connection of a launcher, in a process of its own: from its hello to
 * the end of its session.
 */
#ifndef PRIVD_LAUNCH_H
#define PRIVD_LAUNCH_H

#include <sys/stat.h>

struct peer;
struct policy_set;
struct privd_config;

struct launch_start {
	int sock;
	const struct peer *peer;
	struct policy_set *policies; /* the system's */
	struct stat launcher;        /* the file of privrun */
	uid_t first_id;              /* of the session's own */
	const struct privd_config *config;
	const char *refusal; /* what it is to be told instead; NULL */
};

/* Hears the launcher, plans its session, and keeps it. Never returns. */
void launch_main(const struct launch_start *) __attribute__((noreturn));

#endif /* PRIVD_LAUNCH_H */

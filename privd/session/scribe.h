/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_SCRIBE_H
#define PRIVD_SESSION_SCRIBE_H

#include <sys/types.h>

struct session_plan;

struct scribe_start {
	const struct session_plan *plan;
	uid_t own; /* that it alone has */
	pid_t parent;
	int channel; /* where records come from */
};

/*
 * The scribe's process: writes what the judge has to say, until nobody can
 * say anything any more.
 */
void scribe_main(const struct scribe_start *) __attribute__((noreturn));

/* The other side, for the keeper: a sentence of its own, now or not at all. */
void scribe_say(int channel, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* PRIVD_SESSION_SCRIBE_H */

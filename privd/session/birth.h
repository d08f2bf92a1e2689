/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_BIRTH_H
#define PRIVD_SESSION_BIRTH_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

/* Where an exec put stack, arguments and environment: at random places. */
enum birth_place {
	BIRTH_STACK,
	BIRTH_ARGV,
	BIRTH_ARGV_END,
	BIRTH_ENVP,
	BIRTH_ENVP_END,
	BIRTH_PLACES
};

struct birth {
	uint64_t places[BIRTH_PLACES];
};

/*
 * Reads it in a /proc folder; what may not be seen is 0, and not known. Two
 * that are others are of different execs; a program cannot change its own
 * (PR_SET_MM is refused).
 */
void birth_read(int folder, struct birth *);
/* When the process began, in the kernel's ticks: with its number that names it
   as long as numbers do not come round within one. 0: it is gone. */
uint64_t birth_started(pid_t);
bool birth_is_known(const struct birth *);
bool birth_is_same(const struct birth *, const struct birth *);
bool birth_is_other(const struct birth *, const struct birth *);

#endif /* PRIVD_SESSION_BIRTH_H */

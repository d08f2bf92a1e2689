/* SPDX-License-Identifier: ISC */
/*
 * Sessions that have ended and whose refusals may be asked for: the last ones
 * of each user, who so displaces nobody else's until there are too many in all.
 */
#ifndef PRIVD_PAST_H
#define PRIVD_PAST_H

#include <sys/types.h>

#include <stdint.h>

#define PAST_MAX 256
#define PAST_USER_MAX 8

struct past_session {
	struct past_session *next;
	pid_t pid;
	uid_t uid;
	int64_t began;
	int card;
};

/* Zeroed, it is empty; the newest comes first. */
struct past {
	struct past_session *first;
};

/* Takes the card over, and closes those that there is no room for. */
void past_add(struct past *, pid_t, uid_t, int64_t began, int card);

#endif /* PRIVD_PAST_H */

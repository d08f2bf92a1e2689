/* SPDX-License-Identifier: ISC */
/*
 * How often somebody comes: so many times in each second, for each user and
 * for all. A pure module: it is told what time it is.
 */
#ifndef PRIVD_RATE_H
#define PRIVD_RATE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

/* That many users are told apart within a second; the rest share. */
#define RATE_USERS 256

struct rate {
	int64_t second;
	uint32_t all;    /* taken in it */
	uint32_t comers; /* users who came in it */
	uint32_t before; /* and in the one before */
	struct rate_user {
		uid_t uid;
		bool came;
		uint32_t count; /* taken */
	} users[RATE_USERS];
};

enum rate_answer {
	RATE_TAKEN,
	RATE_OWN, /* more than there may be of this user */
	RATE_ALL  /* or in all */
};

/*
 * May this user come once more in that second? One of them never takes what
 * is another's, unless more than RATE_USERS come in one second. Zeroed, nobody
 * has come yet.
 */
bool rate_take(struct rate *, uid_t, int64_t second, uint32_t most);
/*
 * The same where there may be so many of all users: the first half of them is
 * for whoever comes, of the other each has an even share, of what he had of the
 * first as well. So nobody who comes often keeps out who does not.
 */
enum rate_answer rate_share(struct rate *, uid_t, int64_t second, uint32_t most,
    uint32_t most_in_all);

#endif /* PRIVD_RATE_H */

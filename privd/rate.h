/* SPDX-License-Identifier: ISC */
/*
 * How often somebody comes: so many times in each second, for each user. A
 * pure module: it is told what time it is.
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
	struct {
		uid_t uid;
		uint32_t count; /* 0: nobody's */
	} users[RATE_USERS];
};

/*
 * May this user come once more in that second? One of them never takes what
 * is another's, unless more than RATE_USERS come in one second. Zeroed, nobody
 * has come yet.
 */
bool rate_take(struct rate *, uid_t, int64_t second, uint32_t most);

#endif /* PRIVD_RATE_H */

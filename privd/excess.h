/* SPDX-License-Identifier: ISC */
/*
 * Connections that came too often, and were not served: how many, and whose.
 * A pure module; however many they are, it takes no more room.
 */
#ifndef PRIVD_EXCESS_H
#define PRIVD_EXCESS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXCESS_TEXT_MAX 192

/* Zeroed, there was none. */
struct excess {
	uint64_t all;
	uint64_t untold; /* of these */
	uid_t uid;       /* of more than half of those, if anybody's are */
	uint64_t lead;
	bool others;   /* not all of them are his */
	bool over_own; /* more than there may be of a user */
	bool over_all; /* and in all */
};

/* One more, of that user; in_all: all users' limit was reached, not his. */
void excess_add(struct excess *, uid_t, bool in_all);
/* What there is to tell of them, for the log; false: nothing. */
bool excess_tell(struct excess *, char *text, size_t len);

#endif /* PRIVD_EXCESS_H */

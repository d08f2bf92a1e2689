/* SPDX-License-Identifier: ISC */
/*
 * A place among the sessions, where all seem taken: connections that came
 * before may yet turn out to be questions, and sessions that have ended have
 * keepers a while longer. Whoever asks for one waits for these to be settled,
 * in the process of his own connection; and as each counts all that came
 * before it, there are never more than there may be.
 */
#ifndef PRIVD_VACANCY_H
#define PRIVD_VACANCY_H

#include <stdbool.h>
#include <stddef.h>

/* A connection that came before and takes a place, perhaps. */
struct vacancy_other {
	int process; /* a pidfd of its process */
	int card;    /* -1: it has none */
	bool own;    /* of the same user */
	/* it has not said what it wants; else its program has ended */
	bool opening;
};

struct vacancy {
	size_t all, own; /* sessions for certain */
	size_t most, most_own;
	struct vacancy_other *others;
	size_t n;
};

/*
 * What it holds is vacancy_clear()'s to give back. NULL: there is a place.
 * Else why there is none, as was seen in the end, some seconds later at most:
 * more than a connection may remain silent.
 */
const char *vacancy_wait(struct vacancy *);
void vacancy_clear(struct vacancy *);
/* Why there is no place beside so many sessions; NULL: there is. */
const char *vacancy_refusal(const struct vacancy *, size_t all, size_t own);

#endif /* PRIVD_VACANCY_H */

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
#include <stdint.h>

/* A connection that came before and takes a place, perhaps. */
struct vacancy_other {
	int process; /* a pidfd of its process */
	int card;    /* -1: it has none */
	bool own;    /* of the same user */
	/* that it may have room for */
	uint32_t calls;
	/* it has not said what it wants; else its program has ended */
	bool opening;
};

/* Sessions, and how many calls these have room for together. */
struct vacancy_count {
	size_t sessions;
	uint64_t calls;
};

struct vacancy {
	struct vacancy_count all, own; /* of sessions for certain */
	struct vacancy_count most, most_own;
	uint32_t wanted; /* calls, by a session */
	struct vacancy_other *others;
	size_t n;
};

/*
 * What it holds is vacancy_clear()'s to give back. NULL: there is a place, with
 * room for so many calls.
 * Else why there is none, as was seen in the end, some seconds later at most:
 * more than a connection may remain silent.
 */
const char *vacancy_wait(struct vacancy *, uint32_t *calls);
void vacancy_clear(struct vacancy *);
/* Why there is no place beside these; NULL: there is. */
const char *vacancy_refusal(const struct vacancy *,
    const struct vacancy_count *all, const struct vacancy_count *own);
/* How many calls there is room for beside these, as far as they are wanted. */
uint32_t vacancy_calls(const struct vacancy *, const struct vacancy_count *all,
    const struct vacancy_count *own);
/* One more of them. */
void vacancy_add(struct vacancy_count *, uint32_t calls);

#endif /* PRIVD_VACANCY_H */

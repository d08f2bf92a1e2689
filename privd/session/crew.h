/* SPDX-License-Identifier: ISC */
/*
 * The processes of a session, as its keeper starts and ends them: the judge,
 * and hands, fetcher, double and scribe, each when there is a word for it.
 * Each holds the descriptors, and sees of what is shared the memory, that it
 * works with. They have new channels each time, so that no successor hears a
 * word that was meant for another.
 */
#ifndef PRIVD_SESSION_CREW_H
#define PRIVD_SESSION_CREW_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../client-lib/badge.h"
#include "session.h"

struct budget_memory;
struct journal;
struct judge_start;
struct page;

/* Each has an id of its own, in this order, but the double; hands are the
   last. */
enum crew_role {
	CREW_JUDGE,
	CREW_FETCHER,
	CREW_SCRIBE,
	CREW_DOUBLE,
	CREW_HAND
};

#define CREW_MAX (CREW_HAND + SESSION_HANDS_MAX) /* processes, and ids */

struct crew_member {
	pid_t pid;
	int pidfd;
};

/* Who is there when there is something to read in one of its channels. */
struct crew_post {
	enum crew_role role;
	unsigned int number; /* of a hand */
	/* the process's ends, till it has them; of the fetcher the judge's
	   channel or -1, then hands' */
	int channels[1 + SESSION_HANDS_MAX];
	size_t nchannels; /* 0: it is there, or there will be none */
	int names;        /* of a hand to the fetcher, -1 */
};

#define CREW_POSTS (SESSION_HANDS_MAX + 3)

struct crew {
	const struct session_plan *plan;
	uid_t first_id; /* of CREW_MAX */
	pid_t keeper;
	pid_t program;
	int pidfd; /* of the program */
	int listener;
	struct badge badge; /* the program's */
	/* the memory that outlives them all */
	struct page *page;
	struct journal *journal;
	struct budget_memory *budget; /* the judge's */
	struct budget_memory *budgets[SESSION_HANDS_MAX];

	struct crew_member members[CREW_MAX];
	size_t nmembers;
	pid_t judge; /* one of them */
	struct crew_post posts[CREW_POSTS];
	size_t nposts;             /* the scribe's is the first */
	int signals;               /* from the judge */
	int say;                   /* a sentence of the keeper's goes there */
	struct crew_member scribe; /* pid 0: there is none */
	bool refused;              /* one of them could not begin */
	uint64_t held;             /* capabilities */
};

/* Makes the memory. -1 with errno. */
int crew_init(struct crew *, const struct session_plan *, struct page *,
    pid_t program, int pidfd, uid_t first_id);

/* An error of the session's own: ends its program, and this process. */
void crew_fail(const struct crew *, const char *what) __attribute__((noreturn));

/*
 * Of the capabilities that it began with, a crew's keeper has but CAP_KILL in
 * effect from then on; whom it starts raises the rest for itself. -1 with
 * errno.
 */
int crew_drop_rights(struct crew *);

/* A new crew, in the place of one that has ended: the first of all. */
void crew_begin(struct crew *);
/* For a judge: what all of them have, and none of the rest. */
void crew_init_judge(const struct crew *, struct judge_start *);
/* Makes posts for all but the judge, whose ends of channels are in start. */
void crew_make_posts(struct crew *, struct judge_start *, bool has_double);
void crew_close_ends(const struct crew *, const struct judge_start *);
void crew_start_judge(struct crew *, struct judge_start *);
/* Starts whom there is a word for. False: it cannot be started yet. */
bool crew_start(struct crew *, struct crew_post *);

/* Ends all of them but judge and scribe. */
void crew_end_others(struct crew *);
/* Whoever was stopped goes on: calls wait for it. */
void crew_continue(const struct crew *);
/* Is there a judge, alive? */
bool crew_has_judge(const struct crew *);
/* Ends all of them but the scribe. */
void crew_end(struct crew *);
/* Then this: when it has written what was said, unless that takes too long;
   longer if there will be no other. */
void crew_end_scribe(struct crew *, bool last);

#endif /* PRIVD_SESSION_CREW_H */

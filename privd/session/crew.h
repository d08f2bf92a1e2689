/* SPDX-License-Identifier: ISC */
/*
 * The processes of a session, as its keeper starts and ends them: judge,
 * hands, fetcher, double, and the scribe, when there is something to write.
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

#include "judge.h"
#include "session.h"

#define CREW_IDS (SESSION_HANDS_MAX + 4) /* that a crew has for itself */
#define CREW_MAX (SESSION_HANDS_MAX + 4) /* processes */

struct crew_member {
	pid_t pid;
	int pidfd;
};

struct crew {
	const struct session_plan *plan;
	uid_t first_id; /* of CREW_IDS */
	pid_t program;
	int pidfd; /* of the program */
	int listener;
	/* the memory that outlives them all */
	struct page *page;
	struct journal *journal;
	struct budget_memory *budget; /* the judge's */
	struct budget_memory *budgets[SESSION_HANDS_MAX];

	struct crew_member members[CREW_MAX];
	size_t nmembers;
	pid_t judge;                  /* one of them */
	int names[SESSION_HANDS_MAX]; /* of hands to the fetcher, -1 */
	int signals;                  /* from the judge */
	int record; /* from the judge, to the scribe once it is there */
	int say;    /* a sentence of the keeper's goes there */
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
 * Of the capabilities that it began with, a crew's keeper has but CAP_KILL
 * when it starts nobody. -1 with errno.
 */
int crew_drop_rights(struct crew *);
int crew_raise_rights(const struct crew *);

/* For a judge: what all of them have, and none of the rest. */
void crew_init_judge(const struct crew *, struct judge_start *);
/* All but the judge; what it will need of them is in start. */
void crew_start_others(struct crew *, struct judge_start *, bool has_double);
void crew_close_others(const struct crew *, const struct judge_start *);
void crew_start_judge(struct crew *, struct judge_start *);
/* Now that there is something to write. False: it cannot be started yet. */
bool crew_start_scribe(struct crew *);

/* Ends all of them but judge and scribe. */
void crew_end_others(struct crew *);
/* Is there a judge, alive? */
bool crew_has_judge(const struct crew *);
/* Ends all of them but the scribe. */
void crew_end(struct crew *);
/* Then this: when it has written what was said, unless that takes too long. */
void crew_end_scribe(struct crew *);

#endif /* PRIVD_SESSION_CREW_H */

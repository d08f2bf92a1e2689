/* SPDX-License-Identifier: ISC */
/*
 * The judge's process: it reads the program, decides, and performs as the
 * caller. It holds no privilege.
 */
#ifndef PRIVD_SESSION_JUDGE_H
#define PRIVD_SESSION_JUDGE_H

#include <sys/types.h>

#include <linux/filter.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "budget.h"
#include "call.h"
#include "credentials.h"
#include "memo.h"
#include "process.h"
#include "reach.h"
#include "session.h"

struct clerks;
struct journal;
struct page;

struct judge {
	const struct session_plan *plan;
	struct page *page;
	struct process_table *table;
	struct budget *budget;
	struct regime *regimes;
	struct kin_list kin;
	struct memo plain;  /* what was a plain file when it was opened last */
	struct memo judged; /* what is not simply permitted to be read */
	struct memo linked; /* where there was a link on the way */
	/* all policies of the plan, by number */
	const struct policy_image **images;
	size_t nimages;
	struct reach reach;
	int listener;
	int record;  /* channel to the scribe */
	int signals; /* to the keeper, who sends them */
	int hands[SESSION_HANDS_MAX];
	int twin;             /* the double's channel, -1 */
	pid_t program;        /* the launcher, then the program */
	bool launched;        /* its first exec was seen */
	bool succeeds;        /* another judge, that has died */
	bool adopters;        /* some process may adopt others' children */
	unsigned int filters; /* seccomp filters it then had */
	bool said_refused;    /* elevation, once */
	/* the elevated image was executed again: what runs it is not
	   elevated by that alone */
	bool blurred;
	bool gave;     /* something elevated */
	bool over;     /* elevation, for all: see call_execute */
	bool released; /* something runs that is not judged at all */
	/* a call that changes roots was let go on: none is kept */
	bool roots_move;
	bool roots_free; /* and it was not judged where to */
	/* a call that changes credentials was let go on, and they cannot
	   be followed */
	bool creds_changed;
	bool follows;             /* the caller's credentials */
	struct credentials creds; /* that each of its threads began with */
	pid_t parent;
	struct clerks *clerks;
};

struct judge_start {
	const struct session_plan *plan;
	struct page *page;
	struct journal *journal;
	struct budget_memory *budget;
	uid_t own; /* the uid that it alone has */
	pid_t parent;
	pid_t program;
	int listener;
	int record;
	int signals;
	int fetcher; /* -1: none */
	int hands[SESSION_HANDS_MAX];
	int twin; /* -1: none */
	/* It is given listener, fetcher, hands and twin when the program has
	   its filter; -1: it has all. */
	int setup;
	/* It plans the rest itself, and offers the filter; or NULL. */
	struct session_plan *rest;
};

/* What it offers over setup. */
struct judge_offer {
	int32_t status; /* of session_plan_rest() */
	bool has_double;
	/* of the plan, what the user's policies add for the others */
	bool names;
	bool addresses;
	uint16_t count; /* of insns that were sent */
	char reason[SESSION_REASON_MAX];
	struct sock_filter insns[FILTER_INSNS_MAX];
};

/* What it is given, with these descriptors in this order. */
struct judge_gift {
	bool has_fetcher;
	bool has_double;
};

/* Handles one notification, from identifying its thread to its answer. */
void judge_handle(struct judge *, struct call *, struct page_slot *);

void judge_main(struct judge_start *) __attribute__((noreturn));
/* The size of an offer with its instructions. */
size_t judge_offer_size(const struct judge_offer *);

/* The regime for a set of policies, made when first needed; NULL ENOMEM. */
struct regime *judge_regime(struct judge *, const struct filter_set *);

/*
 * One of the judge's threads handles calls at a time. It leaves for what may
 * wait for others (a page of the program's, a file system, a hand), during
 * which it touches nothing of the judge's but its own call; if that takes
 * long another one goes on in its place.
 */
void judge_leave(struct judge *);
void judge_return(struct judge *);

/* From now on the judge becomes each caller: it holds all that it will need
   for that. -1 with errno. */
int judge_follow(struct judge *);

/* Was the filter made for all of them? */
bool judge_knows(const struct judge *, const struct filter_set *);
#endif /* PRIVD_SESSION_JUDGE_H */

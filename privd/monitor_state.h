/* SPDX-License-Identifier: ISC */
/*
 * What the monitor knows: of its connections, and all else. For its own files
 * alone.
 */
#ifndef PRIVD_MONITOR_STATE_H
#define PRIVD_MONITOR_STATE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "card.h"
#include "excess.h"
#include "listener.h"
#include "past.h"
#include "rate.h"
#include "upgrade.h"

struct event;
struct event_base;
struct monitor_start;
struct policy_set;
struct privd_config;

#define NO_IDS ((uid_t)-1)

/* A connection, and the session that comes of it. */
struct child {
	struct child *next;
	uint64_t number; /* no other connection has had it */
	pid_t pid;       /* its process here */
	pid_t peer;      /* the launcher, later the program */
	int pidfd;       /* of that; -1: it is gone, or not known */
	uid_t uid;
	uid_t share;         /* of the room for talks */
	uid_t first_id;      /* of its own; NO_IDS */
	const char *refusal; /* it gets no session, because; or NULL */
	bool passes;         /* which may be otherwise at another time */
	bool waits;          /* for a place, if it wants one */
	uint32_t calls;      /* that it has room for, or may have */
	int card;            /* what its process tells of itself; or -1 */
	enum card_kind kind; /* by that, when it was looked at last */
	int64_t began;       /* CLOCK_REALTIME, in seconds */
	/* of a monitor that was here before, no child of ours perhaps */
	struct event *end;
	bool waited; /* once more, for its program */
	struct monitor *monitor;
};

struct monitor {
	const struct monitor_start *start;
	struct privd_config *config;
	struct policy_set *policies;
	struct event_base *base;
	struct event *accepts;
	struct event *room; /* for whoever is to be accepted: perhaps now */
	struct listener listener;
	int sessions;         /* the register's folder */
	struct event *untidy; /* it holds a session that has ended */
	struct upgrade upgrade;
	struct rate rate;
	struct excess excess;
	struct event *tells; /* of these */
	uint32_t place;      /* that was given last */
	bool started;
	uint64_t number; /* that was given last */
	bool no_journal; /* and it was said */
	struct child *children;
	struct past past;
	struct board board;
	pid_t pid;
	int64_t began;
	int64_t loaded;
};

#endif /* PRIVD_MONITOR_STATE_H */

/* SPDX-License-Identifier: ISC */
/*
 * What is said between privd and launchers, in the form of wire.h:
 *
 *	launcher	HELLO	flags, program, a policy file and folder;
 *				with the program, opened with O_PATH
 *	privd		PLAN	what comes of it, why; the filter; variables
 *	launcher	READY	the number that its listener will have
 *
 * With PROTOCOL_LOG it is PLAN_LOG, with a channel along which the lines of
 * the session's log come, a text in each message.
 *
 * And between privd and who has a question:
 *
 *	asker		ASK	topic, a number
 *	privd		ROW	fields; as many rows as there are
 *	privd		END	what came of it, why
 *
 * Or, to either, before he has said anything:
 *
 *	privd		TOO_MANY	why it does not listen
 *
 * Nothing of it is authority: who the peer is privd knows from the kernel,
 * and what a launcher launches from its first notification.
 */
#ifndef PRIVD_CLIENT_PROTOCOL_H
#define PRIVD_CLIENT_PROTOCOL_H

#include <limits.h>

#include "places.h"
#include "wire.h"

#define PROTOCOL_SOCKET PRIVD_RUNDIR "/privd/privd.sock"

enum protocol_type {
	PROTOCOL_HELLO = 1, /* u32 flags; string program, file, folder */
	/* u32 outcome; string reason; bytes filter; strings, the names of
	   variables that are kept */
	PROTOCOL_PLAN,
	PROTOCOL_READY, /* u32 number */
	PROTOCOL_ASK,   /* u32 topic, u32 number */
	/* u32 count; as many fields: string name, u32 kind, and by that a u64
	   or a string */
	PROTOCOL_ROW,
	PROTOCOL_END,      /* u32 outcome; string reason */
	PROTOCOL_PLAN_LOG, /* as PLAN */
	PROTOCOL_TOO_MANY  /* string reason */
};

/* Of HELLO. */
#define PROTOCOL_INHERIT 0x01  /* -i */
#define PROTOCOL_NO_ALIAS 0x02 /* -u */
#define PROTOCOL_NO_USER 0x04  /* -U */
#define PROTOCOL_LOG 0x08      /* -e, -E */
#define PROTOCOL_FLAGS 0x0f

/* Of PLAN. */
enum protocol_outcome {
	PROTOCOL_GO,
	PROTOCOL_PLAIN,  /* nothing is elevated: the user's own session does */
	PROTOCOL_REFUSED /* no session */
};

/* Of ASK; the numbers are those of privd.h. */
enum protocol_topic {
	PROTOCOL_STATUS = 1,
	PROTOCOL_SESSIONS,
	PROTOCOL_POLICIES,
	PROTOCOL_RELOAD,
	PROTOCOL_REFUSALS, /* number: of a process, 0: of all */
	PROTOCOL_LINES = 8,
	PROTOCOL_FOLLOW
};

/* Of a field. */
enum protocol_kind {
	PROTOCOL_NUMBER,
	PROTOCOL_TEXT
};

/* Of END. */
enum protocol_end {
	PROTOCOL_ANSWERED,
	PROTOCOL_DENIED, /* not for who asks */
	PROTOCOL_BUSY,   /* he asks too much at once */
	PROTOCOL_FAILED,
	PROTOCOL_UNKNOWN /* no such topic */
};

#define PROTOCOL_FIELDS_MAX 24
#define PROTOCOL_FIELD_NAME_MAX 31
#define PROTOCOL_TEXT_MAX 16384 /* of a field */
#define PROTOCOL_PATH_MAX (PATH_MAX - 1)
#define PROTOCOL_REASON_MAX 1024
#define PROTOCOL_NAME_MAX 255
#define PROTOCOL_NAMES_MAX 64

/* What each side may send, with its descriptors. */
static const struct wire_type protocol_launcher[] = {
	{ PROTOCOL_HELLO, 1, "hello" },
	{ PROTOCOL_READY, 0, "ready" },
	{ 0, 0, NULL },
};
/* A connection's first message, from whom it may concern. */
static const struct wire_type protocol_first[] = {
	{ PROTOCOL_HELLO, 1, "hello" },
	{ PROTOCOL_ASK, 0, "ask" },
	{ 0, 0, NULL },
};
static const struct wire_type protocol_asker[] = {
	{ PROTOCOL_ASK, 0, "ask" },
	{ 0, 0, NULL },
};
static const struct wire_type protocol_answer[] = {
	{ PROTOCOL_ROW, 0, "row" },
	{ PROTOCOL_END, 0, "end" },
	{ PROTOCOL_TOO_MANY, 0, "too many" },
	{ 0, 0, NULL },
};
static const struct wire_type protocol_privd[] = {
	{ PROTOCOL_PLAN, 0, "plan" },
	{ PROTOCOL_PLAN_LOG, 1, "plan with a log" },
	{ PROTOCOL_TOO_MANY, 0, "too many" },
	{ 0, 0, NULL },
};

#endif /* PRIVD_CLIENT_PROTOCOL_H */

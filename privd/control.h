/* SPDX-License-Identifier: ISC */
/*
 * One question and its answer, in the process of its connection, which has
 * what the monitor knew when it was forked.
 */
#ifndef PRIVD_CONTROL_H
#define PRIVD_CONTROL_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct board;
struct peer;
struct policy_set;
struct privd_config;
struct wire;

/* As many questions of a user are answered at once. */
#define CONTROL_USER_MAX 8

/* A connection that may be a session. */
struct control_session {
	pid_t pid; /* the launcher's, later the program's */
	uid_t uid;
	int64_t began; /* CLOCK_REALTIME, in seconds */
	int card;
	bool ended;
};

struct control_start {
	int sock;
	const struct peer *peer;
	struct policy_set *policies;
	const struct privd_config *config;
	const struct board *board;
	pid_t monitor;
	int card;      /* this connection's own; -1: it has none */
	int64_t began; /* the daemon */
	int64_t loaded;
	uint64_t excess; /* connections that came too often */
	size_t talks;    /* of this user, beside this one */
	/* Those whose cards are held here: of the peer's, or all if it is
	   root. NULL without memory or without any. */
	struct control_session *(*sessions)(const void *context, size_t *n);
	const void *context;
};

/*
 * Answers the question that was received. Gives up every right before its
 * fields are read, but for root's, who may have the monitor signalled.
 * Never returns.
 */
void control_main(const struct control_start *, struct wire *)
    __attribute__((noreturn));

#endif /* PRIVD_CONTROL_H */

/* SPDX-License-Identifier: ISC */
/*
 * One connection, in a process of its own: a launcher's, from its hello to
 * the end of its session.
 */
#ifndef PRIVD_LAUNCH_H
#define PRIVD_LAUNCH_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stdint.h>

struct control_start;
struct peer;
struct policy_set;
struct privd_config;
struct vacancy;

/* Milliseconds: who says nothing for so long is not listened to any more. */
#define LAUNCH_HELLO_WAIT 5000

struct launch_start {
	int sock;
	const struct peer *peer;
	struct policy_set *policies; /* the system's */
	const char *launcher;        /* the file of privrun */
	uid_t first_id;              /* of the session's own */
	const struct privd_config *config;
	const char *refusal;     /* what it is to be told instead; NULL */
	bool passes;             /* it may be otherwise at another time */
	struct vacancy *vacancy; /* it waits for a place; NULL */
	uint32_t calls;          /* that it has room for, unless it waits */
	int registered;          /* its place in the register, or -1 */
	int card;                /* to be told of the session; -1 */
	const struct control_start *control; /* if it has a question */
};

/* Does, before there are any, what each would do again. */
void launch_learn(struct policy_set *);
/* Hears the launcher, plans its session, and keeps it; or has its question
   answered. Never returns. */
void launch_main(const struct launch_start *) __attribute__((noreturn));

#endif /* PRIVD_LAUNCH_H */

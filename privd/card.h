/* SPDX-License-Identifier: ISC */
/*
 * What a connection's process tells of itself: a file in memory, of which the
 * monitor holds the descriptor and who answers questions reads. The head is
 * written by who holds the descriptor alone; the pages behind it are the
 * judge's, who may be anybody's.
 */
#ifndef PRIVD_CARD_H
#define PRIVD_CARD_H

#include <stdbool.h>
#include <stdint.h>

struct refusal;
struct refusals;

enum card_kind {
	CARD_OPENING, /* it may become a session */
	CARD_SESSION,
	CARD_TALK,     /* it answers a question */
	CARD_LAUNCHING /* see card_is_launching() */
};

#define CARD_PROGRAM_MAX 4079
#define CARD_HEAD_SIZE 4096

struct card_head {
	uint32_t kind;
	uint32_t calls; /* that the session has room for */
	char program[CARD_PROGRAM_MAX + 1];
};

/* A new one, close-on-exec, whose size nobody can change; -1 with errno. */
int card_new(void);
/* 0, or -1 with errno. A longer name of a program is cut. */
int card_write(int card, enum card_kind, const char *program, uint32_t calls);
/* CARD_OPENING in doubt, and of a launch. */
enum card_kind card_kind(int card);
/* Its launcher was told to go on, and will not ask whether there is anybody. */
bool card_is_launching(int card);
/* Of a session; 0: it does not say. */
uint32_t card_calls(int card);
/* A file as card_new() makes them? */
bool card_is_one(int fd);
/* 0, or -1 with errno. */
int card_read(int card, struct card_head *);

/*
 * Its pages for refusals, shared with all that are forked from here on; NULL
 * with errno. The head is not among them.
 */
struct refusals *card_map_refusals(int card);
/* Was anything ever written there? Nothing of it is read. */
bool card_has_refusals(int card);
/* A copy of the nth; false: there is none, or it was being written. */
bool card_read_refusal(int card, unsigned int n, struct refusal *);

#endif /* PRIVD_CARD_H */

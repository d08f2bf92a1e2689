/* SPDX-License-Identifier: ISC */
/*
 * All system calls of a daemon and of whatever it forks, counted by who makes
 * them and which they are; one of them can be made to fail. x86_64 alone.
 */
#ifndef CHAOS_TRACE_H
#define CHAOS_TRACE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

enum kind {
	KIND_START, /* the monitor and its logger, until it is ready */
	KIND_MONITOR,
	KIND_LOGGER,
	KIND_CONNECTION, /* later a keeper */
	KIND_MEMBER,     /* of a session, before it is one of these */
	KIND_JUDGE,
	KIND_HAND,
	KIND_FETCHER,
	KIND_DOUBLE,
	KIND_SCRIBE,
	KIND_OTHER,
	KINDS
};

#define KEYS 1024 /* calls by number, and those that are several in one */

struct fault {
	enum kind kind;
	int key;
	unsigned int index; /* of such calls of these, from 1 */
	int error;
};

extern const char *const kind_names[KINDS];
extern unsigned int trace_counts[KINDS][KEYS];

/* All that comes is counted, from nothing. */
void trace_count(void);
/* One of what comes fails; or (NULL) none. */
void trace_arm(const struct fault *fault);
/* Has it happened? */
bool trace_has_failed(void);

/* Starts it, with its output into that file; its process. */
pid_t trace_start(char *const argv[], int output);
/* From now on what it forks is no part of its start. */
void trace_is_ready(void);
/* Looks at what has happened, or waits for that at most so long. */
void trace_wait(int milliseconds);

/* Its wait status, once it has ended. */
bool trace_has_ended(int *status);
/* Processes beside the monitor and its logger. */
size_t trace_others(void);
/* Says who they are, and in which call. */
void trace_show(void);
/* It, and its logger, wait for something. */
bool trace_is_idle(void);
/* The end of a process that is not traced: its wait status, if it is that. */
bool trace_reaped(pid_t pid, int *status);
/* Ends all of it. */
void trace_kill(void);

/* calls.c: names of keys, and the errors that such a call can come to. */
const char *key_name(int key);
int key_named(const char *name);
int key_of(unsigned long long nr, const unsigned long long *args);
const int *key_errors(int key); /* ended by 0 */

#endif

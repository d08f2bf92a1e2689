/* SPDX-License-Identifier: ISC */
/*
 * Where a session's lines go: in its scribe. In the daemon's sessions that is
 * its logger, and the user himself if he asked. Neither is ever waited for:
 * what they have no room for, and what is more than the session may say in a
 * second, is counted, and the count is said when there is room.
 */
#ifndef PRIVD_SESSION_SINK_H
#define PRIVD_SESSION_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entry.h"

struct session_options;

/* What is sent to the logger, by each of its channels. */
enum sink_kind {
	SINK_LINE = 1,
	SINK_READ,  /* nothing behind it: the last lines are wanted, */
	SINK_FOLLOW /* or the last few and those that come */
};

struct sink_message {
	uint32_t kind;
	uint32_t priority; /* LOG_* */
	char entry[ENTRY_MAX];
};

/* What comes back to who reads. */
enum sink_answer {
	SINK_SEEN = 1, /* a line, whole */
	SINK_OVER,
	SINK_BUSY /* too many read */
};

struct sink_reply {
	uint32_t kind;
	struct entry_stamp stamp;
	char entry[ENTRY_MAX];
};

/* One line into a channel of the logger's, now or not at all. -1 with errno. */
int sink_send(int channel, int priority, const struct entry *);
/* What came is a line: 0. -1: it is nothing of the kind. */
int sink_take(const struct sink_message *, size_t len, struct entry *);

/* Opens the log, in who has the right to. -1 with errno. */
int sink_open(const struct session_options *);
/* What is open then, -1 where there is nothing; how many. */
#define SINK_DESCRIPTORS 3
size_t sink_descriptors(int fds[SINK_DESCRIPTORS]);
/* In who writes, before the first line, of the session of that program. Will
   it be syslog(3) that is called? */
bool sink_begin(const char *program);
/* One line of text, at once. */
void sink_print(int fd, const char *text);
void sink_write(const struct entry *);
/* How many milliseconds to wait for something else at most; -1: for ever. */
int sink_wait(void);
/* Says what was dropped, if it is time; at the end, in any case. */
void sink_flush(bool end);

#endif /* PRIVD_SESSION_SINK_H */

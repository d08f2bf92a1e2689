/* SPDX-License-Identifier: ISC */
/*
 * The last lines of the log, and those who read them: each at his own pace,
 * what is his alone, and told how many were gone before he came to them. Where
 * there is no room the first line goes of whose most are. A pure module, and
 * bounded.
 */
#ifndef PRIVD_RECENT_H
#define PRIVD_RECENT_H

#include <sys/queue.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/entry.h"

#define RECENT_LINES 2000
#define RECENT_BYTES (1024 * 1024)
#define RECENT_READERS 32 /* and as many of root's */
#define RECENT_READERS_USER 4

struct recent_line {
	TAILQ_ENTRY(recent_line) entries;
	TAILQ_ENTRY(recent_line) others; /* of the same user's */
	uint64_t number;
	struct entry_stamp stamp;
	size_t len;
	char bytes[]; /* of an entry */
};

TAILQ_HEAD(recent_lines, recent_line);

/* A user whose sessions' lines there are; root has the daemon's own. */
struct recent_owner {
	TAILQ_ENTRY(recent_owner) entries;
	uid_t uid;
	struct recent_lines lines;
	size_t count;
	size_t bytes;
};

struct recent_reader {
	TAILQ_ENTRY(recent_reader) entries;
	uid_t uid;                      /* root reads all */
	const struct recent_line *line; /* that is next; NULL: none yet */
	uint64_t last; /* number of the last that is wanted; 0: none is */
	uint64_t missed;
};

struct recent {
	struct recent_lines lines;
	TAILQ_HEAD(recent_owners, recent_owner) owners;
	TAILQ_HEAD(recent_readers, recent_reader) readers;
	uint64_t number; /* of the last line */
	size_t count;
	size_t bytes;
};

void recent_init(struct recent *);
/* Those who wait for one have it then. Without memory there is none. */
void recent_add(struct recent *, const struct entry *,
    const struct entry_stamp *);
/*
 * Begins with the last `most` lines that are his; follow: and goes on with
 * those that come. NULL: there are too many already, or no memory.
 */
struct recent_reader *recent_read(struct recent *, uid_t, size_t most,
    bool follow);
/* He has had the line, on to the next. */
void recent_step(struct recent_reader *);
/* Nothing will come any more. */
bool recent_is_over(const struct recent_reader *);
void recent_leave(struct recent *, struct recent_reader *);

#endif /* PRIVD_RECENT_H */

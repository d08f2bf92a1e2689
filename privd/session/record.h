/* SPDX-License-Identifier: ISC */
/*
 * What is written down: systrace's line, with the elevation and the rule's
 * line added. The judge makes the line, the scribe writes it.
 */
#ifndef PRIVD_SESSION_RECORD_H
#define PRIVD_SESSION_RECORD_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "entry.h"

struct call;
struct judge;

#define RECORD_MAX 8192

/* Records a judged call: permit or deny, and why. */
void record_call(struct judge *, const struct call *);
/* Records a sentence about the session. */
void record_note(struct judge *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The last of this thread since it was forgotten, "" if there is none. */
const char *record_last_note(void);
void record_forget_note(void);
/* Tells the user, on standard error. */
void record_tell(struct judge *, const char *text);

/* How it comes to the scribe. */
enum record_kind {
	RECORD_LINE = 1, /* for the log */
	RECORD_TELL      /* for the user, and answered when it was told */
};

struct record {
	uint32_t kind;
	char text[ENTRY_MAX]; /* a string, or for the log an entry */
};

#endif /* PRIVD_SESSION_RECORD_H */

/* SPDX-License-Identifier: ISC */
/*
 * What is written down: systrace's line, with the elevation and the rule's
 * line added. The judge makes the line, the keeper writes it.
 */
#ifndef PRIVD_SESSION_RECORD_H
#define PRIVD_SESSION_RECORD_H

#include <sys/types.h>

#include <stddef.h>

struct call;
struct judge;
struct session_options;

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

/*
 * Asks for the death of a process that is not as it was judged: why. It is
 * the pidfd's, of which the caller has seen that it is not another's with a
 * number that was reused.
 */
void record_kill(struct judge *, pid_t tgid, int pidfd, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Asks for the signal that comes with a call's failure, SIGPIPE with EPIPE or
 * SIGXFSZ with EFBIG, for its thread, and waits until it is pending. pidfd:
 * the thread's, or -1 where there is no such thing.
 */
void record_signal(struct judge *, int sig, int pidfd, pid_t tgid, pid_t tid);

/* The keeper's side: opens the log of that user's session. -1 with errno. */
int record_open(const struct session_options *, const char *program, uid_t);
/* A sentence of its own. */
void record_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Receives a record and writes it. 0 at the judge's end. */
int record_serve(int channel);

#endif /* PRIVD_SESSION_RECORD_H */

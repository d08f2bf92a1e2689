/* SPDX-License-Identifier: ISC */
/*
 * Signals that come with a call: the judge may send none, so it asks its
 * keeper, by a message of one form without a byte of the program's in it.
 */
#ifndef PRIVD_SESSION_SEND_SIGNAL_H
#define PRIVD_SESSION_SEND_SIGNAL_H

#include <sys/types.h>

struct judge;

/*
 * Asks for the death of a process that is not as it was judged: why. It is
 * the pidfd's, of which the caller has seen that it is not another's with a
 * number that was reused.
 */
void send_signal_kill(struct judge *, pid_t tgid, int pidfd, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

/*
 * Asks for the signal that comes with a call's failure, SIGPIPE with EPIPE or
 * SIGXFSZ with EFBIG, for its thread, and waits until it is pending. pidfd:
 * the thread's, or -1 where there is no such thing.
 */
void send_signal_thread(struct judge *, int sig, int pidfd, pid_t tgid,
    pid_t tid);

/* The keeper's side: answers one request. 0 at the judge's end. */
int send_signal_serve(int channel, uid_t user);

#endif /* PRIVD_SESSION_SEND_SIGNAL_H */

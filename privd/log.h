/* SPDX-License-Identifier: ISC */
/*
 * The log, for the monitor and the processes of connections: what they say
 * goes to the logger, and nobody waits for it.
 */
#ifndef PRIVD_LOG_H
#define PRIVD_LOG_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct log_sink;

/* As syslog(3). Before log_start() it is that; a line is never waited for. */
void log_write(int priority, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Starts the logger, which writes to the sink, whose descriptor is taken; and
 * to standard error, if to_user. renew opens another sink, when this one's
 * other side is gone. -1 with errno.
 */
int log_start(struct event_base *, struct log_sink *, bool to_user,
    void (*renew)(void *context), void *context);
/* It writes there from now on. The descriptor is taken. */
void log_change(struct log_sink *);
/*
 * A channel for a session, whose lines have this stamp, whatever they say.
 * The descriptor is for the session's process, and closed by the caller; -1
 * with errno.
 */
int log_add(uint64_t session, uid_t, pid_t);
/* That process is gone. */
void log_end(uint64_t session);
/* Was it the logger that ended? Then another is there, or will be soon. */
bool log_reap(pid_t);

/* In the session's process: what it says goes through its own channel. */
void log_become(int channel);
/* It says nothing any more, and holds nothing to say it with. */
void log_leave(void);
/* That of this process. */
int log_channel(void);

#endif /* PRIVD_LOG_H */

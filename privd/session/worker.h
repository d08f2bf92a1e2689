/* SPDX-License-Identifier: ISC */
/*
 * What can wait for others (a FIFO's other end, a peer's answer) is done by
 * threads of the judge, a bounded number, each given up when the program
 * that waits for it is gone.
 */
#ifndef PRIVD_SESSION_WORKER_H
#define PRIVD_SESSION_WORKER_H

#include <stdbool.h>
#include <stddef.h>

/* At most, with who watches them, and those that end while others begin. */
#define WORKER_THREADS(calls) (2 * (calls) + 1)

struct call;
struct judge;
struct stat;
struct ticket;

/* Catches the signal that ends a wait. Of that many calls that there may be,
   three quarters may wait. */
void worker_init(size_t calls);
/*
 * Both take the call over, with its slot and the descriptor, and answer it
 * later; or refuse it with EAGAIN when too many wait already.
 */
void worker_open(struct judge *, struct call *, bool cloexec);
void worker_connect(struct judge *, struct call *);
/* Returns when no opening of that fifo waits any more whose program does not
   (or after a second, if one cannot leave). */
void worker_settle(const struct stat *);

/* Anything else: work answers the ticket; the context is released after it,
   or if there is no place for it. */
struct worker_task {
	void (*work)(void *context, const struct ticket *, int listener);
	void (*release)(void *context);
	void *context;
};
void worker_do(struct judge *, struct call *, const struct worker_task *);
/*
 * In a worker: has a signal come for its caller? What waits in the kernel then
 * fails with EINTR. And what that becomes where the kernel itself would start
 * the call again.
 */
bool worker_is_interrupted(void);
int worker_error(int error);

#endif /* PRIVD_SESSION_WORKER_H */

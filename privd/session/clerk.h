/* SPDX-License-Identifier: ISC */
/*
 * The judge's threads. One handles calls at a time, under a lock; when it is
 * held up by somebody else's page, disk or process, another takes its place,
 * so that a call that waits holds up itself alone.
 */
#ifndef PRIVD_SESSION_CLERK_H
#define PRIVD_SESSION_CLERK_H

#include <stddef.h>

#define CLERKS_THREADS 25 /* at most, with who watches them */

struct clerks;
struct judge;
struct page_slot;

/* Before the judge is locked in, as whom its threads shall begin. NULL with
   errno. */
struct clerks *clerks_new(struct judge *);
/* Calls that were received already, by a predecessor; the list stays where it
   is. */
void clerks_resume(struct clerks *, struct page_slot **, size_t n);
/* Handles calls until no program of the session is left. */
void clerks_work(struct judge *);

#endif /* PRIVD_SESSION_CLERK_H */

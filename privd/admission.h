/* SPDX-License-Identifier: ISC */
/*
 * Who is heard, and who gets a session: shares of time and of room, places,
 * and the ids of a session. By what the kernel says of a peer alone; nothing of
 * it was read.
 */
#ifndef PRIVD_ADMISSION_H
#define PRIVD_ADMISSION_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "rate.h"

struct child;
struct monitor;
struct peer;
struct vacancy;

/* Is there time for it, if only to be told why not? */
enum rate_answer admission_hears(struct monitor *, const struct peer *);
/* There is not, of his or of all there is: it is told so, if that costs no
   time, and counted. */
void admission_turn_away(struct monitor *, int sock, const struct peer *,
    bool in_all);
/*
 * What is to be kept of the connection, in no list yet: with ids of its own, or
 * with a refusal. NULL: it cannot be served.
 */
struct child *admission_open(struct monitor *, const struct peer *);
/*
 * What is to be known of those that came before and are in doubt, in the
 * process of a connection that waits for them; ends that process where it
 * cannot be known.
 */
struct vacancy *admission_doubts(const struct monitor *, uid_t);
/* Connections of that share that are no sessions, or wait; and all of them. */
size_t admission_talks(const struct monitor *, uid_t share, size_t *all);

#endif /* PRIVD_ADMISSION_H */

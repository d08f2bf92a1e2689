/* SPDX-License-Identifier: ISC */
/*
 * A message on its way through a hand or the double: asked for as often as it
 * takes, since those never wait.
 */
#ifndef PRIVD_SESSION_EXCHANGE_H
#define PRIVD_SESSION_EXCHANGE_H

#include <sys/types.h>

struct call;
struct message;

/* Readies what stays the same; the message owns it. 0 or errno. */
int exchange_open(struct message *, const struct call *);
/* Sends what is there of the data; what was sent, or -1 with errno. */
ssize_t exchange_send(struct message *, int flags);

#endif /* PRIVD_SESSION_EXCHANGE_H */

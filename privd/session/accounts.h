/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_ACCOUNTS_H
#define PRIVD_SESSION_ACCOUNTS_H

struct session_plan;

/*
 * Learns the names of users and groups: all of the local files, and wherever
 * they come from those that a rule of the closure tests for. To be called
 * before anything of the session is started. -1: no memory.
 */
int accounts_learn(const struct session_plan *);

#endif /* PRIVD_SESSION_ACCOUNTS_H */

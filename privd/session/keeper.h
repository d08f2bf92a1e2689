/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_KEEPER_H
#define PRIVD_SESSION_KEEPER_H

#include <sys/types.h>

struct page;
struct session_plan;

/*
 * The keeper's process: takes the listener from the launcher, starts judge,
 * hands and fetcher, keeps the log and the page, and ends when the last
 * program of the session has. Never returns.
 */
void keeper_main(const struct session_plan *, struct page *, pid_t program,
    int channel) __attribute__((noreturn));

#endif /* PRIVD_SESSION_KEEPER_H */

/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_FETCHER_H
#define PRIVD_SESSION_FETCHER_H

#include <sys/types.h>

struct session_plan;

/*
 * The fetcher's process: serves the judge's requests on channel until the
 * judge is gone. own: the uid that it alone has. Never returns.
 */
void fetcher_main(const struct session_plan *, uid_t own, pid_t parent,
    int listener, int channel) __attribute__((noreturn));

#endif /* PRIVD_SESSION_FETCHER_H */

/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_KEEPER_H
#define PRIVD_SESSION_KEEPER_H

#include <sys/types.h>

#include <linux/filter.h>

#include <stddef.h>

struct page;
struct session_plan;

/*
 * The ids of sessions that the daemon has not begun: nobody gives them out, and
 * neither does the daemon. What is below, from 0x70000000 on, is by default its
 * own.
 */
#define KEEPER_FIRST_ID 0x74000000U
#define KEEPER_LAST_ID 0x77ffffffU

/*
 * The keeper's process: takes the listener from the launcher, starts judge,
 * hands and fetcher, keeps the page, and ends when the last
 * program of the session has. Never returns.
 */
void keeper_main(const struct session_plan *, struct page *, pid_t program,
    int channel) __attribute__((noreturn));

/*
 * The same for a session of the daemon's, whose program is no child: begun
 * before there is a listener.
 */
struct keeper;
/* pidfd is the program's, and stays the caller's; the first of
   KEEPER_IDS that nobody else has. NULL with errno. */
#define KEEPER_IDS 16
struct keeper *keeper_new(struct session_plan *, struct page *, pid_t program,
    int pidfd, uid_t first_id);
/*
 * Starts the judge, which plans the rest, and waits for what it has to offer:
 * the filter that the program must install. Returns 0, or the exit status with
 * the reason, at most SESSION_REASON_MAX bytes. It waits no longer than the
 * program is there, and neither a word nor an end comes from the launcher.
 */
int keeper_offer(struct keeper *, int launcher, char *reason, size_t len,
    const struct sock_filter **, size_t *count);
/* What can be done while the launcher installs the filter. */
void keeper_get_ready(struct keeper *);
/* The listener that the program has, or is about to have, at that number; -1
   with errno. It is the keeper's. */
int keeper_fetch_listener(struct keeper *, int number);
/* Gives the judge what it works with and keeps the session till it ends. */
void keeper_serve(struct keeper *) __attribute__((noreturn));
/* Ends what was started: there will be no session. */
void keeper_give_up(struct keeper *);

#endif /* PRIVD_SESSION_KEEPER_H */

/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_JUDGE_SETUP_H
#define PRIVD_SESSION_JUDGE_SETUP_H

struct judge_start;

/*
 * What is left to plan, and to be given, before the first call can come: by
 * the judge's own process, which is nobody yet but who it will be. -1: there
 * will be no session; whoever waits for it was told why.
 */
int judge_set_up(struct judge_start *);

#endif /* PRIVD_SESSION_JUDGE_SETUP_H */

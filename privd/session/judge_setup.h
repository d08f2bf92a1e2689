/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_JUDGE_SETUP_H
#define PRIVD_SESSION_JUDGE_SETUP_H

struct judge_start;

/*
 * What is left to plan before the program can have its filter: by the judge's
 * own process, which is nobody yet but who it will be. -1: there will be no
 * session; whoever waits for it was told why.
 */
int judge_offer_filter(struct judge_start *);
/* Waits for what it works with, which is there when the program has its filter.
   -1: it is not given that. */
int judge_take_gift(struct judge_start *);

#endif /* PRIVD_SESSION_JUDGE_SETUP_H */

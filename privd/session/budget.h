/* SPDX-License-Identifier: ISC */
/*
 * once, times and rate: how often each rule has permitted in this session.
 * Judge and hand keep one each, so that neither can be talked into more.
 */
#ifndef PRIVD_SESSION_BUDGET_H
#define PRIVD_SESSION_BUDGET_H

#include <stdbool.h>

struct policy_rule;
struct budget;

struct budget *budget_new(void);
void budget_free(struct budget *);
/* Would the rule go beyond its limit now? Unlimited rules never do. */
bool budget_is_spent(struct budget *, const struct policy_rule *);
/* Counts one use. -1 with ENOMEM: it was not counted and must not happen. */
int budget_spend(struct budget *, const struct policy_rule *);
/* The use that was counted last came to nothing, and is to be tried again. */
void budget_return(struct budget *, const struct policy_rule *);

#endif /* PRIVD_SESSION_BUDGET_H */

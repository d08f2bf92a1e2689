/* SPDX-License-Identifier: ISC */
/*
 * The hand's own view of whom a call means.
 */
#ifndef PRIVD_SESSION_HAND_TARGET_H
#define PRIVD_SESSION_HAND_TARGET_H

#include <stdbool.h>

#include "reach.h"
#include "target.h"

struct hand_request;
struct perform_request;
struct policy_rule;
struct session_plan;

struct hand_target {
	struct target pinned;
	struct reach_who who;
};

/*
 * Pins and names the target of a request, by the fetcher at the other end of
 * names, and makes it what is to be acted on. 0 or errno.
 */
int hand_pin_target(struct hand_target *, const struct sys_call *,
    const struct hand_request *, int names, struct perform_request *);
/* May the rule, which permits the call, act on it? */
bool hand_may_touch(const struct session_plan *, const struct hand_target *,
    const struct perform_request *, const struct policy_rule *);

#endif /* PRIVD_SESSION_HAND_TARGET_H */

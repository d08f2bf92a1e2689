/* SPDX-License-Identifier: ISC */
/*
 * What all policies of a user's may come to together. They are read for each
 * of his sessions, by a process of privd's, whose memory and time are not
 * charged to him. What root has written is read once, and is trusted.
 */
#include "parser.h"

static const struct {
	size_t most;
	const char *what;
} bounds[SPENT_KINDS] = {
	[SPENT_BYTES] = { POLICY_USER_BYTES_MAX, "bytes" },
	[SPENT_POLICIES] = { POLICY_USER_POLICIES_MAX, "policies" },
	[SPENT_RULES] = { POLICY_USER_RULES_MAX, "rules" },
	[SPENT_STEPS] = { POLICY_USER_STEPS_MAX,
	    "steps of regular expressions" },
};

bool
spent_add(struct policy_parse *p, enum spent_kind kind, size_t n,
    struct policy_place place)
{
	struct policy_spent *spent = p->spent;

	if (spent == NULL)
		return true;
	if (spent->over)
		return false;
	spent->so_far[kind] += n;
	if (spent->so_far[kind] <= bounds[kind].most)
		return true;
	spent->over = true;
	parse_error(p, place,
	    "found %zu %s in the user's policies together, expected %zu at "
	    "most",
	    spent->so_far[kind], bounds[kind].what, bounds[kind].most);
	return false;
}

bool
spent_all(const struct policy_parse *p)
{
	return p->spent != NULL && p->spent->over;
}

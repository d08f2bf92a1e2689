/* SPDX-License-Identifier: ISC */
/*
 * A rule is known by its address: images are immutable and shared. A rate
 * counts within windows of its unit, as many as the rule says in each span
 * that ends now: the times of the last `count` uses are kept.
 */
#include "budget.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "../policy/policy.h"

#define RATE_MAX 100000 /* uses that are remembered */

struct use {
	struct use *next;
	const struct policy_rule *rule;
	uint64_t used;
	uint64_t *times; /* ns, a ring of `count` */
};

struct budget {
	struct use *uses;
};

struct budget *
budget_new(void)
{
	return calloc(1, sizeof(struct budget));
}

void
budget_free(struct budget *budget)
{
	struct use *use;

	if (budget == NULL)
		return;
	while ((use = budget->uses) != NULL) {
		budget->uses = use->next;
		free(use->times);
		free(use);
	}
	free(budget);
}

static struct use *
find(const struct budget *budget, const struct policy_rule *rule)
{
	struct use *use;

	for (use = budget->uses; use != NULL; use = use->next)
		if (use->rule == rule)
			break;
	return use;
}

/* A clock that neither root nor NTP sets back. */
static uint64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

static uint64_t
window(const struct policy_rule *rule)
{
	uint64_t seconds = rule->unit == 's' ? 1 :
	    rule->unit == 'm'                ? 60 :
					       3600;

	return seconds * 1000000000U;
}

bool
budget_is_spent(struct budget *budget, const struct policy_rule *rule)
{
	const struct use *use;
	uint64_t oldest;

	if (rule->limit == POLICY_UNLIMITED)
		return false;
	if (rule->limit == POLICY_RATE && rule->count > RATE_MAX)
		return true;
	use = find(budget, rule);
	if (use == NULL)
		return false;
	if (rule->limit == POLICY_ONCE)
		return use->used > 0;
	if (use->used < rule->count)
		return false;
	if (rule->limit == POLICY_TIMES)
		return true;
	oldest = use->times[use->used % rule->count];
	return now() - oldest < window(rule);
}

static struct use *
add(struct budget *budget, const struct policy_rule *rule)
{
	struct use *use;

	use = calloc(1, sizeof(*use));
	if (use == NULL)
		return NULL;
	if (rule->limit == POLICY_RATE) {
		use->times = calloc(rule->count, sizeof(*use->times));
		if (use->times == NULL) {
			free(use);
			return NULL;
		}
	}
	use->rule = rule;
	use->next = budget->uses;
	budget->uses = use;
	return use;
}

int
budget_spend(struct budget *budget, const struct policy_rule *rule)
{
	struct use *use;

	if (rule->limit == POLICY_UNLIMITED)
		return 0;
	use = find(budget, rule);
	if (use == NULL)
		use = add(budget, rule);
	if (use == NULL) {
		errno = ENOMEM;
		return -1;
	}
	if (use->times != NULL)
		use->times[use->used % rule->count] = now();
	use->used++;
	return 0;
}

/* (Of a rate, the time that gave way to it is not known any more: the rule is
   stricter for a while.) */
void
budget_return(struct budget *budget, const struct policy_rule *rule)
{
	struct use *use = find(budget, rule);

	if (use != NULL && use->used > 0)
		use->used--;
}

/* SPDX-License-Identifier: ISC */
/*
 * A rate counts within windows of its unit, as many as the rule says in each
 * span that ends now: the times of the last `count` uses are kept.
 *
 * Whoever counts can be killed between any two stores: a use is counted by
 * one store, after all that belongs to it and before what it permits.
 */
#include "budget.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "../policy/policy.h"

#define RATE_MAX 100000 /* uses that are remembered */

/* A rule that was asked for, and where it is counted. */
struct known {
	struct known *next;
	const struct policy_rule *rule;
	struct budget_use *use; /* NULL: no use yet */
	uint64_t *times;        /* of a rate, a ring of `count` */
};

struct budget {
	struct budget_memory *memory;
	const struct policy_image *const *images;
	size_t nimages;
	struct known *known;
};

struct budget_memory *
budget_memory_new(void)
{
	void *p;

	p = mmap(NULL, sizeof(struct budget_memory), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void
budget_hide(struct budget_memory *memory)
{
	(void)munmap(memory, sizeof(*memory));
}

/* Is each use of a rule that there is, with a ring of its own length? */
static bool
is_sound(const struct budget *budget)
{
	const struct budget_memory *memory = budget->memory;
	uint32_t count = atomic_load(&memory->count), i, size;
	const struct budget_use *use;
	const struct policy_rule *rule;

	if (count > BUDGET_RULES || memory->times > BUDGET_TIMES)
		return false;
	for (i = 0; i < count; i++) {
		use = &memory->uses[i];
		rule = use->image < budget->nimages ?
		    policy_rule(budget->images[use->image], use->rule) :
		    NULL;
		if (rule == NULL)
			return false;
		size = rule->limit == POLICY_RATE ? rule->count : 0;
		if (use->size != size || size > memory->times ||
		    use->ring > memory->times - size)
			return false;
	}
	return true;
}

struct budget *
budget_new(struct budget_memory *memory,
    const struct policy_image *const *images, size_t nimages)
{
	struct budget *budget = calloc(1, sizeof(*budget));

	if (budget == NULL)
		return NULL;
	budget->memory = memory;
	budget->images = images;
	budget->nimages = nimages;
	if (is_sound(budget))
		return budget;
	free(budget);
	errno = EINVAL;
	return NULL;
}

void
budget_free(struct budget *budget)
{
	struct known *known;

	if (budget == NULL)
		return;
	while ((known = budget->known) != NULL) {
		budget->known = known->next;
		free(known);
	}
	free(budget);
}

/* The number of the rule's image; nimages: it is of none. */
static size_t
image_of(const struct budget *budget, const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; i < budget->nimages; i++)
		if (policy_rule(budget->images[i], rule->index) == rule)
			break;
	return i;
}

static void
point(const struct budget *budget, struct known *known, struct budget_use *use)
{
	known->use = use;
	known->times = use->size == 0 ? NULL : &budget->memory->ring[use->ring];
}

static struct known *
find(struct budget *budget, const struct policy_rule *rule)
{
	struct budget_memory *memory = budget->memory;
	uint32_t count = atomic_load(&memory->count), i;
	struct known *known;
	size_t image;

	for (known = budget->known; known != NULL; known = known->next)
		if (known->rule == rule)
			return known;
	known = calloc(1, sizeof(*known));
	if (known == NULL)
		return NULL;
	known->rule = rule;
	known->next = budget->known;
	budget->known = known;
	image = image_of(budget, rule);
	for (i = 0; i < count; i++)
		if (memory->uses[i].image == image &&
		    memory->uses[i].rule == rule->index)
			point(budget, known, &memory->uses[i]);
	return known;
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

uint64_t
budget_wait(struct budget *budget, const struct policy_rule *rule)
{
	const struct known *known;
	uint64_t passed, used;

	if (rule->limit == POLICY_UNLIMITED)
		return 0;
	if (rule->limit == POLICY_RATE && rule->count > RATE_MAX)
		return BUDGET_NEVER;
	known = find(budget, rule);
	if (known == NULL)
		return BUDGET_NEVER;
	if (known->use == NULL)
		return 0;
	used = atomic_load(&known->use->used);
	if (rule->limit == POLICY_ONCE)
		return used > 0 ? BUDGET_NEVER : 0;
	if (used < rule->count)
		return 0;
	if (rule->limit == POLICY_TIMES)
		return BUDGET_NEVER;
	passed = now() - known->times[used % rule->count];
	return passed < window(rule) ? window(rule) - passed : 0;
}

bool
budget_is_spent(struct budget *budget, const struct policy_rule *rule)
{
	return budget_wait(budget, rule) != 0;
}

static int
add(struct budget *budget, struct known *known)
{
	struct budget_memory *memory = budget->memory;
	const struct policy_rule *rule = known->rule;
	uint32_t count = atomic_load(&memory->count);
	uint32_t size = rule->limit == POLICY_RATE ? rule->count : 0;
	size_t image = image_of(budget, rule);
	struct budget_use *use;

	if (image == budget->nimages || count >= BUDGET_RULES ||
	    size > BUDGET_TIMES - memory->times)
		return -1;
	use = &memory->uses[count];
	use->image = (uint32_t)image;
	use->rule = rule->index;
	use->ring = memory->times;
	use->size = size;
	atomic_store(&use->used, 0);
	memory->times += size;
	atomic_store(&memory->count, count + 1);
	point(budget, known, use);
	return 0;
}

int
budget_spend(struct budget *budget, const struct policy_rule *rule)
{
	struct known *known;
	uint64_t used;

	if (rule->limit == POLICY_UNLIMITED)
		return 0;
	known = find(budget, rule);
	if (known == NULL || (known->use == NULL && add(budget, known) == -1)) {
		errno = ENOMEM;
		return -1;
	}
	used = atomic_load(&known->use->used);
	if (known->times != NULL)
		known->times[used % rule->count] = now();
	atomic_store(&known->use->used, used + 1);
	return 0;
}

/* (Of a rate, the time that gave way to it is not known any more: the rule is
   stricter for a while.) */
void
budget_return(struct budget *budget, const struct policy_rule *rule)
{
	struct known *known = find(budget, rule);
	uint64_t used;

	if (known == NULL || known->use == NULL)
		return;
	used = atomic_load(&known->use->used);
	if (used > 0)
		atomic_store(&known->use->used, used - 1);
}

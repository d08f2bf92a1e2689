/* SPDX-License-Identifier: ISC */
/*
 * Child forms. `inherit` keeps the policy that says it, `confine` keeps it
 * beside the child's own, `policy` puts another program's in its place, and
 * plain permit the child's own; `detach` lets go of this policy alone, so
 * that the child is left alone where all policies that hold say so.
 */
#include "heir.h"

#include <string.h>

#include "session.h"

void
heir_find_own(struct policy_set *set, const char *program, struct heir_own *own)
{
	own->system = policy_find(set, POLICY_SYSTEM, program);
	own->user = policy_find(set, POLICY_USER, program);
}

static bool
contains(const struct filter_set *set, const struct policy_image *image)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->images[i] == image)
			return true;
	return false;
}

bool
heir_add(struct filter_set *set, const struct policy_image *image)
{
	size_t at = set->count, i;

	if (policy_detached(image) || contains(set, image))
		return true;
	if (set->count == FILTER_IMAGES_MAX)
		return false;
	if (policy_authority(image) == POLICY_SYSTEM)
		while (at > 0 &&
		    policy_authority(set->images[at - 1]) == POLICY_USER)
			at--;
	for (i = set->count++; i > at; i--)
		set->images[i] = set->images[i - 1];
	set->images[at] = image;
	return true;
}

bool
heir_same(const struct filter_set *a, const struct filter_set *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (!contains(b, a->images[i]))
			return false;
	return true;
}

enum sys_machine
heir_machine(const struct filter_set *set)
{
	size_t i;

	for (i = 1; i < set->count; i++)
		if (policy_machine(set->images[i]) !=
		    policy_machine(set->images[0]))
			return SYS_MACHINES;
	return set->count == 0 ? SYS_NATIVE : policy_machine(set->images[0]);
}

bool
heir_is_free(const struct filter_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->images[i] != policy_released() &&
		    set->images[i] != policy_permitting())
			return false;
	return set->count > 0;
}

bool
heir_is_released(const struct filter_set *set)
{
	return set->count == 1 && set->images[0] == policy_released();
}

/* Nothing was added that judges anything. */
static void
release(struct filter_set *set)
{
	set->images[0] = policy_released();
	set->count = 1;
}

bool
heir_add_all(struct filter_set *set, const struct filter_set *other)
{
	size_t i;

	if (heir_is_released(set))
		set->count = 0;
	for (i = 0; i < other->count; i++)
		if (!heir_add(set, other->images[i]))
			return false;
	if (set->count == 0 && heir_is_released(other))
		release(set);
	return set->count > 0;
}

static bool
add_own(struct filter_set *set, const struct heir_own *own)
{
	return (own->system == NULL || heir_add(set, own->system)) &&
	    (own->user == NULL || heir_add(set, own->user));
}

bool
heir_of_launch(struct filter_set *set, const struct heir_own *own)
{
	memset(set, 0, sizeof(*set));
	if ((own->system == NULL && own->user == NULL) || !add_own(set, own))
		return false;
	if (set->count == 0)
		release(set);
	return true;
}

static bool
permits_by_default(const struct session_plan *plan,
    const struct policy_image *image)
{
	struct policy_verdict verdict;

	if (image == NULL)
		return true;
	policy_default(image, plan->options.automatic, &verdict);
	return verdict.action == POLICY_PERMIT;
}

/* What the policies together want of a child. */
struct wanted {
	bool own;
	bool by_system;    /* plain permit of a system's policy */
	bool plain;        /* plain permit of any */
	bool is_permitted; /* by default, whatever it is */
	bool released;
};

static enum heir_result
add_other(const struct session_plan *plan, const struct policy_rule *rule,
    struct wanted *wanted, struct filter_set *heir)
{
	struct heir_own other;

	heir_find_own(plan->policies, rule->child_path, &other);
	if (other.system == NULL && other.user == NULL)
		return HEIR_NO_OTHER;
	wanted->released = true; /* if it is detached, that is all */
	return add_own(heir, &other) ? HEIR_FOUND : HEIR_TOO_MANY;
}

static enum heir_result
add_wanted(const struct session_plan *plan, const struct policy_image *image,
    const struct policy_rule *rule, struct wanted *wanted,
    struct filter_set *heir)
{
	switch (rule == NULL ? POLICY_CHILD_OWN : rule->child) {
	case POLICY_CHILD_OWN:
		wanted->own = wanted->plain = true;
		if (policy_authority(image) == POLICY_SYSTEM)
			wanted->by_system = true;
		if (!permits_by_default(plan, image))
			wanted->is_permitted = false;
		break;
	case POLICY_CHILD_CONFINE:
		wanted->own = true;
		return heir_add(heir, image) ? HEIR_FOUND : HEIR_TOO_MANY;
	case POLICY_CHILD_INHERIT:
		return heir_add(heir, image) ? HEIR_FOUND : HEIR_TOO_MANY;
	case POLICY_CHILD_POLICY:
		return add_other(plan, rule, wanted, heir);
	case POLICY_CHILD_DETACH:
		wanted->released = true;
		break;
	}
	return HEIR_FOUND;
}

/*
 * A program without policy gets the session's default, which is that of the
 * launched program: it runs where all calls are permitted by that, and by
 * the policies that let it run; otherwise it could do nothing at all.
 */
static enum heir_result
add_default(const struct session_plan *plan, const struct wanted *wanted,
    struct filter_set *heir)
{
	if (!wanted->plain || (heir->count > 0 && !wanted->by_system))
		return HEIR_FOUND;
	if (!wanted->is_permitted ||
	    !permits_by_default(plan, plan->policy.first) ||
	    !permits_by_default(plan, plan->policy.second))
		return HEIR_NO_POLICY;
	return heir_add(heir, policy_permitting()) ? HEIR_FOUND : HEIR_TOO_MANY;
}

enum heir_result
heir_of(const struct session_plan *plan, const struct filter_set *now,
    const struct policy_rule *const *rules, const struct heir_own *own,
    struct filter_set *heir)
{
	struct wanted wanted = { .is_permitted = true };
	enum heir_result result;
	size_t i;

	memset(heir, 0, sizeof(*heir));
	for (i = 0; i < now->count; i++) {
		result = add_wanted(plan, now->images[i], rules[i], &wanted,
		    heir);
		if (result != HEIR_FOUND)
			return result;
	}
	if (wanted.own && own->system == NULL && own->user == NULL) {
		result = add_default(plan, &wanted, heir);
		if (result != HEIR_FOUND)
			return result;
	} else if (wanted.own) {
		wanted.released = true; /* if its own is detached */
		if (!add_own(heir, own))
			return HEIR_TOO_MANY;
	}
	if (heir_machine(heir) == SYS_MACHINES)
		return HEIR_MIXED;
	if (heir->count > 0)
		return HEIR_FOUND;
	if (!wanted.released)
		return HEIR_NO_POLICY;
	release(heir);
	return HEIR_FOUND;
}

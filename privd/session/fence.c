/* SPDX-License-Identifier: ISC */
/*
 * From a hand's rules to its bounds. What cannot be told from a rule makes
 * the bound wide (the whole tree, any domain): the rule itself, which the
 * hand evaluates again, still decides; a bound only says what could at all.
 */
#include "fence.h"

#include <linux/filter.h>
#include <linux/landlock.h>
#include <net/if.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../compat.h"
#include "jail.h"
#include "session.h"

#define FOLDERS_MAX 256
#define DOMAINS_MAX 16

#define READING                                                       \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | \
	    LANDLOCK_ACCESS_FS_IOCTL_DEV)
#define WRITING \
	(READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define MAKING (WRITING | LANDLOCK_ACCESS_FS_MAKE_REG)

static struct fence *fences;

static int
compile_rule(const struct policy_rule *rule, char *reason, size_t len)
{
	char why[SESSION_REASON_MAX / 2];
	struct fence *fence;
	unsigned int ifindex = 0;

	if (rule->device != NULL) {
		ifindex = if_nametoindex(rule->device);
		if (ifindex == 0) {
			(void)snprintf(reason, len,
			    "%s:%u: device \"%s\": no such interface",
			    rule->file, rule->line, rule->device);
			return -1;
		}
	}
	fence = calloc(1, sizeof(*fence));
	if (fence == NULL) {
		(void)snprintf(reason, len, "memory");
		return -1;
	}
	fence->rule = rule;
	fence->next = fences;
	fences = fence;
	if (policy_packet_filter(rule->filter != NULL ? rule->filter : "",
		ifindex, &fence->insns, &fence->count, why, sizeof(why)) == 0)
		return 0;
	(void)snprintf(reason, len, "%s:%u: filter: %s", rule->file, rule->line,
	    why);
	return -1;
}

int
fence_compile(const struct session_plan *plan, char *reason, size_t len)
{
	const struct policy_rule *rule;
	size_t i;

	for (i = 0; i < policy_rule_count(plan->policy.first); i++) {
		rule = policy_rule(plan->policy.first, i);
		if ((rule->filter != NULL || rule->device != NULL) &&
		    compile_rule(rule, reason, len) == -1)
			return -1;
	}
	return 0;
}

void
fence_clear(void)
{
	struct fence *fence;

	while ((fence = fences) != NULL) {
		fences = fence->next;
		free(fence->insns);
		free(fence);
	}
}

const struct fence *
fence_of(const struct policy_rule *rule)
{
	const struct fence *fence;

	for (fence = fences; fence != NULL; fence = fence->next)
		if (fence->rule == rule)
			break;
	return fence;
}

/* What a rule can match of one argument: a list, or anything. */
struct bounds {
	const char *name;
	bool (*add)(struct bounds *, const struct policy_expr *);
	uint64_t access;
	struct jail_path folders[FOLDERS_MAX + 1];
	size_t nfolders;
	int domains[DOMAINS_MAX];
	size_t ndomains;
};

/* Does the expression hold only for values that add() was told of? */
static bool
is_bounded(struct bounds *bounds, const struct policy_expr *expr)
{
	bool left, right;

	switch (expr->op) {
	case POLICY_TEST:
		return strcasecmp(expr->name, bounds->name) == 0 &&
		    bounds->add(bounds, expr);
	case POLICY_AND:
		left = is_bounded(bounds, expr->left);
		right = is_bounded(bounds, expr->right);
		return left || right;
	case POLICY_OR:
		left = is_bounded(bounds, expr->left);
		right = is_bounded(bounds, expr->right);
		return left && right;
	case POLICY_NOT:
	case POLICY_TRUE:
		break;
	}
	return false;
}

static bool
add_path(struct bounds *bounds, const char *folder, size_t len)
{
	char *copy;

	if (bounds->nfolders == FOLDERS_MAX)
		return false;
	copy = len == 0 ? strdup("/") : strndup(folder, len);
	if (copy == NULL)
		return false;
	bounds->folders[bounds->nfolders].folder = copy;
	bounds->folders[bounds->nfolders].access = bounds->access;
	bounds->nfolders++;
	bounds->folders[bounds->nfolders].folder = NULL;
	return true;
}

/* The folder of a literal path, or of what stands before a wildcard. */
static bool
add_folder(struct bounds *bounds, const struct policy_expr *expr)
{
	size_t plain;
	const char *s = expr->string;

	if (expr->macros || s[0] != '/' ||
	    (expr->operator!= POLICY_EQ && expr->operator!= POLICY_MATCH))
		return false;
	plain = expr->operator== POLICY_EQ ? strlen(s) : strcspn(s, "*?[\\");
	while (plain > 0 && s[plain - 1] != '/')
		plain--;
	return add_path(bounds, s, plain > 0 ? plain - 1 : 0);
}

static bool
add_domain(struct bounds *bounds, const struct policy_expr *expr)
{
	const struct sys_arg *arg;
	struct sys_cmp cmp;

	arg = sys_arg_by_name(sys_by_name("socket"), "sockdom", 0);
	if (expr->operator!= POLICY_EQ || expr->macros ||
	    bounds->ndomains == DOMAINS_MAX || arg == NULL)
		return false;
	switch (sys_compare(arg, expr->string, &cmp)) {
	case SYS_CMP_EXACT:
		bounds->domains[bounds->ndomains++] = (int)cmp.value;
		return true;
	case SYS_CMP_NEVER:
		return true;
	case SYS_CMP_UNKNOWN:
		break;
	}
	return false;
}

static bool
names_op(const struct policy_rule *rule, enum sys_op op)
{
	size_t i;

	for (i = 0; i < rule->ncalls; i++)
		if (rule->calls[i]->op == op)
			return true;
	return false;
}

static void
bound_files(struct bounds *bounds, const struct policy_rule *rule, bool *makes)
{
	if (rule->alias == SYS_ALIAS_NONE && names_op(rule, SYS_OP_BIND)) {
		bounds->name = "sockaddr";
		bounds->access = LANDLOCK_ACCESS_FS_MAKE_SOCK;
		/* Addresses that are no path make nothing. */
		(void)is_bounded(bounds, rule->expr);
		return;
	}
	if (rule->alias == SYS_ALIAS_NONE && !names_op(rule, SYS_OP_OPEN))
		return;
	bounds->name = "filename";
	bounds->access = MAKING;
	if (rule->alias == SYS_ALIAS_FSREAD)
		bounds->access = READING;
	else if (rule->alias == SYS_ALIAS_FSWRITE)
		bounds->access = WRITING;
	else
		*makes = true;
	if (!is_bounded(bounds, rule->expr))
		(void)add_path(bounds, "/", 1);
}

int
fence_landlock(const struct session_plan *plan, unsigned int hand, bool *makes)
{
	static struct bounds bounds;
	const struct policy_rule *rule;
	size_t i;

	*makes = false;
	bounds.add = add_folder;
	for (i = 0; i < policy_rule_count(plan->policy.first); i++) {
		rule = policy_rule(plan->policy.first, i);
		if (plan->rule_hand[rule->index] == hand)
			bound_files(&bounds, rule, makes);
	}
	return jail_landlock(bounds.folders, plan->hands[hand].binds);
}

size_t
fence_domains(const struct session_plan *plan, unsigned int hand,
    const int **domains)
{
	static struct bounds bounds;
	const struct policy_rule *rule;
	size_t i;

	bounds.name = "sockdom";
	bounds.add = add_domain;
	bounds.ndomains = 0;
	for (i = 0; i < policy_rule_count(plan->policy.first); i++) {
		rule = policy_rule(plan->policy.first, i);
		if (plan->rule_hand[rule->index] == hand &&
		    names_op(rule, SYS_OP_SOCKET) &&
		    !is_bounded(&bounds, rule->expr))
			return 0;
	}
	*domains = bounds.domains;
	return bounds.ndomains;
}

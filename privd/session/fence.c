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
#define VALUES_MAX 64

#define READING                                                       \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | \
	    LANDLOCK_ACCESS_FS_IOCTL_DEV)
#define WRITING \
	(READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define MAKING_FILES (LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_REG)
#define MAKING_NODES                                                      \
	(LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_FIFO |     \
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK)
#define MAKING_ALL                                    \
	(MAKING_NODES | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	    LANDLOCK_ACCESS_FS_MAKE_SYM)
#define REMOVING \
	(LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR)

/* What each operation does in the folders of its paths, to Landlock. */
static const uint64_t accesses[SYS_OPS] = {
	[SYS_OP_OPEN] = WRITING | MAKING_FILES,
	[SYS_OP_UNLINK] = LANDLOCK_ACCESS_FS_REMOVE_FILE,
	[SYS_OP_RMDIR] = LANDLOCK_ACCESS_FS_REMOVE_DIR,
	[SYS_OP_MKDIR] = LANDLOCK_ACCESS_FS_MAKE_DIR,
	[SYS_OP_MKNOD] = MAKING_NODES,
	[SYS_OP_RENAME] = REMOVING | MAKING_ALL | LANDLOCK_ACCESS_FS_REFER,
	[SYS_OP_LINK] = MAKING_ALL | LANDLOCK_ACCESS_FS_REFER,
	[SYS_OP_SYMLINK] = LANDLOCK_ACCESS_FS_MAKE_SYM,
	[SYS_OP_TRUNCATE] = LANDLOCK_ACCESS_FS_TRUNCATE,
	[SYS_OP_ACCT] = WRITING,
	[SYS_OP_SWAPON] = WRITING,
	[SYS_OP_SWAPOFF] = WRITING,
	[SYS_OP_BIND] = LANDLOCK_ACCESS_FS_MAKE_SOCK,
};

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
	int index; /* of several of that name; -1: there is one */
	bool (*add)(struct bounds *, const struct policy_expr *);
	uint64_t access;
	struct jail_path folders[FOLDERS_MAX + 1];
	size_t nfolders;
	const struct sys_call *call; /* whose argument it is */
	uint32_t values[VALUES_MAX];
	size_t nvalues;
};

/* Does the expression hold only for values that add() was told of? */
static bool
is_bounded(struct bounds *bounds, const struct policy_expr *expr)
{
	bool left, right;

	switch (expr->op) {
	case POLICY_TEST:
		return strcasecmp(expr->name, bounds->name) == 0 &&
		    (bounds->index < 0 || expr->index == bounds->index) &&
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
add_number(struct bounds *bounds, uint32_t value)
{
	if (bounds->nvalues == VALUES_MAX)
		return false;
	bounds->values[bounds->nvalues++] = value;
	return true;
}

/* An option's name means a number of its level. */
static bool
add_option(struct bounds *bounds, const char *name)
{
	struct sys_option_number found[4];
	size_t i, n = sys_options_named(name, found, 4);

	for (i = 0; i < n; i++)
		if (!add_number(bounds, found[i].option))
			return false;
	return n > 0;
}

static bool
add_value(struct bounds *bounds, const struct policy_expr *expr)
{
	const struct sys_arg *arg;
	struct sys_cmp cmp;

	arg = sys_arg_by_name(bounds->call, bounds->name, 0);
	if (expr->operator!= POLICY_EQ || expr->macros || arg == NULL)
		return false;
	if (arg->kind == SYS_OPTNAME)
		return add_option(bounds, expr->string);
	switch (sys_compare(arg, expr->string, &cmp)) {
	case SYS_CMP_EXACT:
		return add_number(bounds, (uint32_t)cmp.value);
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

/* What an opening with flags that are tested for does: "ro", "wocx". */
static bool
add_flags(struct bounds *bounds, const struct policy_expr *expr)
{
	const char *s = expr->string;
	const bool reads = strncmp(s, "ro", 2) == 0;

	if (expr->macros || strlen(s) < 2)
		return false;
	if (expr->operator== POLICY_SUB && reads) {
		/* No letter is an r or an o: only readers have it. */
		bounds->access |= READING | MAKING_FILES;
		return true;
	}
	if (expr->operator!= POLICY_EQ)
		return false;
	bounds->access |= reads ? READING : WRITING & ~MAKING_FILES;
	if (strpbrk(s + 2, "ctm") != NULL)
		bounds->access |= MAKING_FILES;
	return true;
}

/* By a rule for `open`. */
static uint64_t
opening_access(const struct policy_rule *rule)
{
	struct bounds bounds = { .name = "oflags",
		.index = -1,
		.add = add_flags };

	return is_bounded(&bounds, rule->expr) ? bounds.access :
						 accesses[SYS_OP_OPEN];
}

/* Aliases open what is there, and elevate nothing else. */
static uint64_t
access_of(const struct policy_rule *rule)
{
	uint64_t access = 0;
	enum sys_op op;
	size_t i;

	if (rule->alias == SYS_ALIAS_FSREAD)
		return READING;
	if (rule->alias == SYS_ALIAS_FSWRITE)
		return WRITING;
	for (i = 0; i < rule->ncalls; i++) {
		op = rule->calls[i]->op;
		access |= op == SYS_OP_OPEN ? opening_access(rule) :
					      accesses[op];
	}
	return access;
}

/* Do all its calls have one path, so that `filename` is that one? */
static bool
has_one_path(const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; rule->alias == SYS_ALIAS_NONE && i < rule->ncalls; i++)
		if (sys_arg_by_name(rule->calls[i], "filename", 1) != NULL)
			return false;
	return true;
}

/* Are all the folders that this rule can act in in the list? */
static bool
bounds_all(struct bounds *bounds, const struct policy_rule *rule)
{
	bool first, second;

	if (names_op(rule, SYS_OP_BIND) && rule->alias == SYS_ALIAS_NONE) {
		/* Addresses that are no path make nothing. */
		bounds->name = "sockaddr";
		bounds->index = -1;
		(void)is_bounded(bounds, rule->expr);
		return true;
	}
	bounds->name = "filename";
	if (has_one_path(rule)) {
		bounds->index = -1;
		return is_bounded(bounds, rule->expr);
	}
	bounds->index = 0;
	first = is_bounded(bounds, rule->expr);
	bounds->index = 1;
	second = is_bounded(bounds, rule->expr);
	return first && second;
}

int
fence_landlock(const struct session_plan *plan, unsigned int hand)
{
	static struct bounds bounds;
	const struct policy_rule *rule;
	size_t i;

	/* In a domain nothing can be mounted at all. What is left to bound
	   such a hand is the list of its calls, which has no opening but of
	   pins, and that it does nothing but mount. */
	if (plan->hands[hand].mounts)
		return 0;
	bounds.add = add_folder;
	for (i = 0; i < policy_rule_count(plan->policy.first); i++) {
		rule = policy_rule(plan->policy.first, i);
		if (plan->rule_hand[rule->index] != hand)
			continue;
		bounds.access = access_of(rule);
		if (bounds.access != 0 && !bounds_all(&bounds, rule))
			(void)add_path(&bounds, "/", 1);
	}
	return jail_landlock(bounds.folders, plan->hands[hand].binds);
}

void
fence_operations(const struct session_plan *plan, unsigned int hand,
    bool named[SYS_OPS])
{
	const struct policy_rule *rule;
	enum sys_op op;
	size_t i, k;

	memset(named, 0, SYS_OPS * sizeof(*named));
	for (i = 0; i < policy_rule_count(plan->policy.first); i++) {
		rule = policy_rule(plan->policy.first, i);
		if (plan->rule_hand[rule->index] != hand ||
		    rule->alias != SYS_ALIAS_NONE)
			continue;
		for (k = 0; k < rule->ncalls; k++) {
			op = rule->calls[k]->op;
			if (op != SYS_OP_OPEN ||
			    (opening_access(rule) & MAKING_FILES) != 0)
				named[op] = true;
		}
	}
}

size_t
fence_values(const struct session_plan *plan, unsigned int hand,
    const char *call, const char *argument, const uint32_t **values)
{
	static struct bounds bounds;
	const struct policy_rule *rule;
	size_t i;

	bounds.name = argument;
	bounds.index = -1;
	bounds.add = add_value;
	bounds.nvalues = 0;
	bounds.call = sys_by_name(call);
	for (i = 0; i < policy_rule_count(plan->policy.first); i++) {
		rule = policy_rule(plan->policy.first, i);
		if (plan->rule_hand[rule->index] == hand &&
		    names_op(rule, (enum sys_op)bounds.call->op) &&
		    !is_bounded(&bounds, rule->expr))
			return 0;
	}
	*values = bounds.values;
	return bounds.nvalues;
}

/* SPDX-License-Identifier: ISC */
/*
 * What the policies of a closure say of a call, as far as registers tell.
 *
 * The rule for everything here: an answer is given only where the policies
 * would give that same answer whatever the filter cannot see: memory, paths,
 * identities, counters, which policy of the closure is in force. Where two
 * answers are possible, the broker is asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <linux/seccomp.h>

#include "../policy/policy.h"
#include "internal.h"

#define EXPR_DEPTH_MAX 200
#define OPTIONS_MAX 8  /* levels that have an option of one name */
#define ERRNO_MAX 4095 /* the kernel's */
#define WRITE_BITS (O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))

/* A call under one image, as one of the calls that it may fold into. */
struct verdict {
	struct tree *tree;
	const struct filter_input *in;
	const struct filter_abi *abi;
	const struct policy_image *image;
	const struct sys_call *call;
	const struct sys_call *base;
	bool bare; /* as called without its optional address */
	bool nomem;
};

static tree_id expr_tree(struct verdict *, const struct policy_expr *, tree_id,
    tree_id, unsigned int depth);

/* --- outcomes */

static uint32_t
deny_answer(int error)
{
	if (error <= 0 || error > ERRNO_MAX)
		return SECCOMP_RET_USER_NOTIF;
	return SECCOMP_RET_ERRNO | (uint32_t)error;
}

/* Of an outcome that is neither logged nor tied to anything. */
static uint32_t
plain_answer(enum policy_action action, int error, int64_t value)
{
	switch (action) {
	case POLICY_PERMIT:
		return SECCOMP_RET_ALLOW;
	case POLICY_DENY:
		return deny_answer(error);
	case POLICY_PRETEND:
		return value == 0 ? SECCOMP_RET_ERRNO : SECCOMP_RET_USER_NOTIF;
	case POLICY_ASK:
	default:
		return SECCOMP_RET_USER_NOTIF;
	}
}

static tree_id
rule_answer(struct verdict *v, const struct policy_rule *rule)
{
	if (rule->log || rule->limit != POLICY_UNLIMITED ||
	    rule->exclusive != NULL)
		return tree_notify(v->tree);
	if (rule->action == POLICY_PERMIT &&
	    (rule->identity.kind != POLICY_AS_CALLER ||
		rule->child != POLICY_CHILD_OWN || rule->filter != NULL ||
		rule->device != NULL || rule->keep))
		return tree_notify(v->tree);
	return tree_leaf(v->tree,
	    plain_answer(rule->action, rule->error, rule->value));
}

/* A quiet call is denied here: a signal must not interrupt it. */
static tree_id
default_answer(struct verdict *v)
{
	bool quiet = (v->call->flags & SYS_QUIET) != 0;
	struct policy_verdict d;

	policy_default(v->image, v->in->enforcing, &d);
	if (d.log && !(quiet && d.action == POLICY_DENY))
		return tree_notify(v->tree);
	return tree_leaf(v->tree, plain_answer(d.action, d.error, d.value));
}

/* --- tests of arguments */

enum sight {
	SIGHT_NUMBER, /* there in any case, and two-valued */
	SIGHT_HIDDEN, /* may be there or not, may be anything */
	SIGHT_ABSENT  /* the call has no such argument */
};

static bool
arg_is_number(const struct sys_arg *arg)
{
	return arg->kind < SYS_MEMORY &&
	    (arg->flags & (SYS_ARG_OPTIONAL | SYS_ARG_CREATING)) == 0;
}

/* The nth argument that the test is about; NULL if there are no more. */
static const struct sys_arg *
test_arg(const struct sys_call *call, const struct policy_expr *test,
    unsigned int nth)
{
	if (test->index < 0)
		return sys_arg_by_name(call, test->name, nth);
	if (nth > 0)
		return NULL;
	return sys_arg_by_name(call, test->name, (unsigned int)test->index);
}

/* args[n], the registers themselves: every call has them. */
static bool
test_is_raw(const struct policy_expr *test)
{
	return strcasecmp(test->name, "args") == 0;
}

static enum sight
test_sight(const struct verdict *v, const struct policy_expr *test)
{
	const struct sys_arg *arg;
	unsigned int n;

	if (test->macros)
		return SIGHT_HIDDEN;
	if (test_is_raw(test))
		return v->abi->hidden ? SIGHT_HIDDEN : SIGHT_NUMBER;
	if (test_arg(v->call, test, 0) == NULL)
		/* What a base has and a variant not, a decoder may add. */
		return test_arg(v->base, test, 0) == NULL ? SIGHT_ABSENT :
							    SIGHT_HIDDEN;
	for (n = 0; (arg = test_arg(v->call, test, n)) != NULL; n++)
		if (!arg_is_number(arg) || v->abi->hidden)
			return v->bare && arg->kind == SYS_SOCKADDR ?
			    SIGHT_ABSENT :
			    SIGHT_HIDDEN;
	return SIGHT_NUMBER;
}

/*
 * An option's name is one of its level's: both registers say. What is shown
 * as a number is what has no name, and not looked for here.
 */
static tree_id
option_tree(struct verdict *v, const struct sys_arg *arg, const char *string,
    tree_id yes, tree_id no)
{
	struct sys_option_number found[OPTIONS_MAX];
	struct tree_test level = { .mask = UINT32_MAX, .reg = arg->aux };
	struct tree_test option = { .mask = UINT32_MAX, .reg = arg->reg };
	size_t n = sys_options_named(string, found, OPTIONS_MAX);
	tree_id result = no;

	if (n == OPTIONS_MAX || string[strspn(string, "-0123456789")] == '\0')
		return tree_either(v->tree, yes, no);
	while (n-- > 0) {
		level.value = found[n].level;
		option.value = found[n].option;
		result = tree_choose(v->tree, &level,
		    tree_choose(v->tree, &option, yes, no), result);
	}
	return result;
}

/* What 32-bit programs say by several numbers is one value to a rule. */
static tree_id
alias_tree(struct verdict *v, const struct sys_arg *arg,
    const struct tree_test *test, tree_id yes, tree_id no)
{
	struct tree_test other = *test;
	uint32_t number;
	size_t n;

	if (v->abi->machine == SYS_I386) {
		if (sys_i386_is_alias(arg, test->value, &number))
			return no;
		for (n = 0; sys_i386_alias(arg, test->value, n, &number); n++) {
			other.value = number;
			no = tree_choose(v->tree, &other, yes, no);
		}
	}
	return tree_choose(v->tree, test, yes, no);
}

/* One argument `eq` the string. */
static tree_id
equal_tree(struct verdict *v, const struct sys_arg *arg, const char *string,
    tree_id yes, tree_id no)
{
	struct tree_test test;
	struct sys_cmp cmp;

	if (arg->kind == SYS_OPTNAME)
		return option_tree(v, arg, string, yes, no);
	switch (sys_compare(arg, string, &cmp)) {
	case SYS_CMP_EXACT:
		test.reg = cmp.reg;
		test.mask = cmp.mask;
		test.value = cmp.value;
		return alias_tree(v, arg, &test, yes, no);
	case SYS_CMP_NEVER:
		return no;
	case SYS_CMP_UNKNOWN:
	default:
		return tree_either(v->tree, yes, no);
	}
}

/* args[n] `eq` the string: in hex, as evaluation prints registers. */
static tree_id
raw_tree(struct verdict *v, const struct policy_expr *test, tree_id yes,
    tree_id no)
{
	struct tree_test raw = { .mask = UINT64_MAX };
	char text[24];
	int reg;

	raw.value = strtoull(test->string, NULL, 16);
	(void)snprintf(text, sizeof(text), "0x%llx",
	    (unsigned long long)raw.value);
	if (strcmp(text, test->string) != 0)
		return no;
	for (reg = SYS_REGS - 1; reg >= 0; reg--) {
		if (test->index >= 0 && test->index != reg)
			continue;
		raw.reg = (uint8_t)reg;
		no = tree_choose(v->tree, &raw, yes, no);
	}
	return no;
}

/* `neq` is `not eq`: of several arguments, none may be the string. */
static tree_id
test_tree(struct verdict *v, const struct policy_expr *test, tree_id yes,
    tree_id no)
{
	const struct sys_arg *arg;
	tree_id swap, result;
	unsigned int n;

	if (test_sight(v, test) != SIGHT_NUMBER ||
	    (test->operator!= POLICY_EQ && test->operator!= POLICY_NEQ))
		return tree_either(v->tree, yes, no);
	if (test->operator== POLICY_NEQ) {
		swap = yes;
		yes = no;
		no = swap;
	}
	if (test_is_raw(test))
		return raw_tree(v, test, yes, no);
	result = no;
	for (n = 0; (arg = test_arg(v->call, test, n)) != NULL; n++)
		result = equal_tree(v, arg, test->string, yes, result);
	return result;
}

/* --- expressions */

static tree_id
expr_tree(struct verdict *v, const struct policy_expr *expr, tree_id yes,
    tree_id no, unsigned int depth)
{
	tree_id right;

	if (yes == no)
		return yes;
	if (depth > EXPR_DEPTH_MAX)
		return tree_either(v->tree, yes, no);
	switch (expr->op) {
	case POLICY_TRUE:
		return yes;
	case POLICY_TEST:
		return test_tree(v, expr, yes, no);
	case POLICY_NOT:
		return expr_tree(v, expr->left, no, yes, depth + 1);
	case POLICY_AND:
		right = expr_tree(v, expr->right, yes, no, depth + 1);
		return expr_tree(v, expr->left, right, no, depth + 1);
	case POLICY_OR:
		right = expr_tree(v, expr->right, yes, no, depth + 1);
		return expr_tree(v, expr->left, yes, right, depth + 1);
	default:
		return tree_either(v->tree, yes, no);
	}
}

/*
 * Is the expression decided by numbers alone, none of which can be missing?
 * A missing argument makes a rule not match wherever it stands in it.
 */
static bool
expr_is_plain(const struct verdict *v, const struct policy_expr *expr,
    unsigned int depth)
{
	if (depth > EXPR_DEPTH_MAX)
		return false;
	switch (expr->op) {
	case POLICY_TRUE:
		return true;
	case POLICY_TEST:
		return test_sight(v, expr) == SIGHT_NUMBER;
	case POLICY_NOT:
		return expr_is_plain(v, expr->left, depth + 1);
	case POLICY_AND:
	case POLICY_OR:
		return expr_is_plain(v, expr->left, depth + 1) &&
		    expr_is_plain(v, expr->right, depth + 1);
	default:
		return false;
	}
}

/* Does an argument that the call has not got keep it from ever matching? */
static bool
expr_is_never(const struct verdict *v, const struct policy_expr *expr,
    unsigned int depth)
{
	if (depth > EXPR_DEPTH_MAX)
		return false;
	while (expr->op == POLICY_NOT && expr->left->op == POLICY_NOT)
		expr = expr->left->left;
	switch (expr->op) {
	case POLICY_TEST:
		return test_sight(v, expr) == SIGHT_ABSENT;
	case POLICY_NOT:
		return expr->left->op == POLICY_TEST &&
		    test_sight(v, expr->left) == SIGHT_ABSENT;
	case POLICY_AND:
		return expr_is_never(v, expr->left, depth + 1) ||
		    expr_is_never(v, expr->right, depth + 1);
	case POLICY_OR:
		return expr_is_never(v, expr->left, depth + 1) &&
		    expr_is_never(v, expr->right, depth + 1);
	case POLICY_TRUE:
	default:
		return false;
	}
}

/* --- rules */

/* Could the rule not match although its tests hold? */
static bool
rule_is_unsure(const struct verdict *v, const struct policy_rule *rule)
{
	if (rule->pred != NULL || rule->limit != POLICY_UNLIMITED ||
	    rule->exclusive != NULL)
		return true;
	/* What it tests may be changed meanwhile: all or nothing. */
	if (v->call->disposal == SYS_WHOLE && rule->expr->op != POLICY_TRUE)
		return true;
	return !expr_is_plain(v, rule->expr, 0);
}

/* What a rule makes of a call, rest being what comes after it. */
static tree_id
rule_tree(struct verdict *v, const struct policy_rule *rule, tree_id rest)
{
	tree_id yes;

	if (expr_is_never(v, rule->expr, 0))
		return rest;
	yes = rule_answer(v, rule);
	if (rule_is_unsure(v, rule))
		yes = tree_either(v->tree, yes, rest);
	if (v->call->disposal == SYS_WHOLE)
		return yes;
	return expr_tree(v, rule->expr, yes, rest, 0);
}

/* Under one image, one base and one alias: the first rule that matches. */
static tree_id
rules_tree(struct verdict *v, enum sys_alias alias)
{
	const struct policy_rule **rules;
	tree_id tree = default_answer(v);
	size_t i, n;

	n = policy_candidates(v->image, v->call, v->base, alias,
	    v->in->no_alias, NULL, 0);
	if (n == 0)
		return tree;
	rules = reallocarray(NULL, n, sizeof(*rules));
	if (rules == NULL) {
		v->nomem = true;
		return tree_notify(v->tree);
	}
	n = policy_candidates(v->image, v->call, v->base, alias,
	    v->in->no_alias, rules, n);
	for (i = n; i > 0; i--)
		tree = rule_tree(v, rules[i - 1], tree);
	free(rules);
	return tree;
}

/* Opens: the flags decide on the alias, as sys_alias_of() does. */
static tree_id
opens_tree(struct verdict *v)
{
	const struct sys_arg *arg = sys_arg_by_name(v->call, "oflags", 0);
	tree_id reads = rules_tree(v, SYS_ALIAS_FSREAD);
	tree_id writes = rules_tree(v, SYS_ALIAS_FSWRITE);
	struct tree_test test;

	if (arg != NULL && arg->kind == SYS_CREATFLAGS)
		return writes;
	if (arg == NULL || arg->kind != SYS_OFLAGS)
		return tree_either(v->tree, reads, writes);
	test.reg = arg->reg;
	test.mask = O_ACCMODE | WRITE_BITS;
	test.value = O_RDONLY;
	writes = tree_choose(v->tree, &test, reads, writes);
	test.mask = O_PATH | WRITE_BITS;
	test.value = O_PATH;
	return tree_choose(v->tree, &test, reads, writes);
}

static tree_id
base_tree(struct verdict *v, const struct sys_call *base)
{
	v->base = base;
	if (v->in->no_alias)
		return rules_tree(v, SYS_ALIAS_NONE);
	if (base->alias == SYS_ALIAS_BY_FLAGS)
		return opens_tree(v);
	return rules_tree(v, (enum sys_alias)base->alias);
}

/* Under one image: as every call that it may be folded into. */
static tree_id
folds_tree(struct verdict *v, const struct policy_image *image)
{
	const struct sys_call *bases[SYS_FOLDS_MAX];
	const struct sys_fold *fold;
	struct tree_test test;
	tree_id tree, into;
	size_t n;

	v->image = image;
	tree = base_tree(v, v->call);
	n = sys_bases(v->call, bases);
	if (v->in->no_alias || v->call->folds[0].base == NULL)
		return tree;
	while (n-- > 0) {
		fold = &v->call->folds[n];
		into = base_tree(v, bases[n]);
		if (fold->unseen || (v->abi->hidden && fold->mask != 0))
			into = tree_either(v->tree, into, tree);
		test.reg = fold->reg;
		test.mask = fold->mask;
		test.value = fold->mask == 0 ? 0 : fold->value;
		tree = tree_choose(v->tree, &test, into, tree);
	}
	return tree;
}

bool
verdict_has(const struct filter_input *in, enum sys_machine machine)
{
	size_t i, n;

	for (i = 0; i < in->nclosure; i++)
		for (n = 0; n < in->closure[i].count; n++)
			if (policy_machine(in->closure[i].images[n]) == machine)
				return true;
	return false;
}

/*
 * What must not be asked, as a signal would make it fail, is in sessions of
 * both kinds permitted to both alike; and the launcher, which is native, must
 * be able to end.
 */
static bool
is_shared(const struct verdict *v)
{
	if ((v->call->flags & SYS_QUIET) == 0)
		return false;
	return (verdict_has(v->in, SYS_NATIVE) &&
		   verdict_has(v->in, SYS_I386)) ||
	    strcmp(sys_base(v->call, NULL, false)->name, "exit") == 0;
}

/* Under a policy for the other ABI's programs: it has no such call. */
static tree_id
other_tree(struct verdict *v, const struct policy_image *image)
{
	tree_id own, allow = tree_leaf(v->tree, SECCOMP_RET_ALLOW);

	own = is_shared(v) ? folds_tree(v, image) : tree_notify(v->tree);
	return own == allow ? own : tree_leaf(v->tree, FILTER_ENOSYS);
}

static tree_id
image_tree(struct verdict *v, const struct policy_image *image)
{
	if (policy_machine(image) == v->abi->machine)
		return folds_tree(v, image);
	return other_tree(v, image);
}

static tree_id
set_tree(struct verdict *v, const struct filter_set *set)
{
	tree_id tree;
	size_t i;

	if (set->count == 0)
		return tree_notify(v->tree);
	tree = image_tree(v, set->images[0]);
	for (i = 1; i < set->count; i++)
		tree = tree_both(v->tree, tree, image_tree(v, set->images[i]));
	return tree;
}

static tree_id
sets_tree(struct verdict *v)
{
	tree_id tree, notify = tree_notify(v->tree);
	size_t i;

	tree = set_tree(v, &v->in->closure[0]);
	for (i = 1; i < v->in->nclosure && tree != notify; i++)
		tree = tree_either(v->tree, tree,
		    set_tree(v, &v->in->closure[i]));
	return tree;
}

/* An address that may be left out (send is sendto without one) is there or
   not by its register, and rules that ask for it are tried or not. */
static tree_id
addresses_tree(struct verdict *v)
{
	const struct sys_arg *arg = sys_arg_by_name(v->call, "sockaddr", 0);
	struct tree_test test = { .mask = UINT64_MAX };
	tree_id tree = sets_tree(v);

	if (arg == NULL || (arg->flags & SYS_ARG_OPTIONAL) == 0 ||
	    v->abi->hidden)
		return tree;
	v->bare = true;
	test.reg = arg->reg;
	tree = tree_choose(v->tree, &test, sets_tree(v), tree);
	v->bare = false;
	return tree;
}

static tree_id
closure_tree(struct verdict *v)
{
	tree_id tree, notify = tree_notify(v->tree);

	/* The launcher's own execve is under this filter, too, and native
	   under policies for 32-bit programs as well. */
	if (v->in->nclosure == 0 || v->call->disposal == SYS_EXEC)
		return notify;
	tree = addresses_tree(v);
	/* What is permitted is still to be seen by the broker. */
	if ((v->call->flags & SYS_WITNESS) != 0 ||
	    (v->in->capable && (v->call->flags & SYS_CREDS) != 0))
		tree = tree_both(v->tree, tree, notify);
	return tree;
}

int
verdict_tree(struct tree *t, const struct filter_input *in,
    const struct filter_abi *abi, const struct sys_call *call, tree_id *tree)
{
	struct verdict v = { .tree = t, .in = in, .abi = abi, .call = call };

	if (call->disposal == SYS_REFUSED) {
		*tree = tree_leaf(t, FILTER_ENOSYS);
		return 0;
	}
	tree_begin(t, sys_register_mask(abi->machine));
	*tree = closure_tree(&v);
	if (tree_spoilt(t))
		*tree = tree_notify(t);
	if (v.nomem) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

/* --- naming */

/* Is the value one that the condition is about? */
static bool
condition_holds(const struct guard_condition *c, unsigned int reg,
    uint64_t value)
{
	if (c->reg != reg)
		return false;
	switch (c->relation) {
	case GUARD_EQUAL:
		return (value & c->mask) == c->value;
	case GUARD_OTHER:
		return (value & c->mask) != c->value;
	case GUARD_BITS:
		return (value & c->mask) != 0;
	case GUARD_ANY:
	default:
		return true;
	}
}

/* Does the test speak of such a value? */
static bool
test_names(const struct policy_expr *test, const struct sys_call *call,
    const struct guard_condition *c)
{
	const struct sys_arg *arg;
	struct sys_cmp cmp;

	if (test->operator!= POLICY_EQ || test->macros)
		return false;
	if (test_is_raw(test))
		return test->index >= 0 &&
		    condition_holds(c, (unsigned int)test->index,
			strtoull(test->string, NULL, 16));
	arg = test_arg(call, test, 0);
	return arg != NULL && arg_is_number(arg) &&
	    sys_compare(arg, test->string, &cmp) == SYS_CMP_EXACT &&
	    condition_holds(c, cmp.reg, cmp.value);
}

static bool
expr_names(const struct policy_expr *expr, const struct sys_call *call,
    const struct guard_condition *c, unsigned int depth)
{
	for (; depth <= EXPR_DEPTH_MAX; expr = expr->right) {
		switch (expr->op) {
		case POLICY_TEST:
			return test_names(expr, call, c);
		case POLICY_NOT:
			return expr_names(expr->left, call, c, depth + 1);
		case POLICY_AND:
		case POLICY_OR:
			if (expr_names(expr->left, call, c, depth + 1))
				return true;
			break;
		case POLICY_TRUE:
		default:
			return false;
		}
	}
	return false;
}

static bool
image_names(const struct filter_input *in, const struct policy_image *image,
    const struct sys_call *call, const struct sys_call *base,
    const struct guard_condition *c)
{
	const struct policy_rule **rules;
	size_t i, n;
	bool named = false;

	n = policy_candidates(image, call, base, SYS_ALIAS_NONE, in->no_alias,
	    NULL, 0);
	if (n == 0)
		return false;
	/* Without memory nothing is named: the call stays refused. */
	rules = reallocarray(NULL, n, sizeof(*rules));
	if (rules == NULL)
		return false;
	n = policy_candidates(image, call, base, SYS_ALIAS_NONE, in->no_alias,
	    rules, n);
	for (i = 0; i < n && !named; i++)
		named = c->relation == GUARD_ANY ||
		    expr_names(rules[i]->expr, call, c, 0);
	free(rules);
	return named;
}

static bool
image_names_all(const struct filter_input *in, const struct policy_image *image,
    const struct sys_call *call, const struct guard_condition *c)
{
	const struct sys_call *bases[SYS_FOLDS_MAX];
	size_t i, n = sys_bases(call, bases);

	for (i = 0; i < n; i++)
		if (!image_names(in, image, call, bases[i], c))
			return false;
	return n > 0;
}

/* What is not judged has no rule that could name anything. */
static bool
image_is_free(const struct policy_image *image)
{
	return image == policy_permitting() || policy_detached(image);
}

enum verdict_naming
verdict_naming(const struct filter_input *in, const struct sys_call *call,
    const struct guard_condition *c)
{
	const struct filter_set *set;
	size_t i, n;
	bool named = false, all = true;

	for (i = 0; i < in->nclosure; i++) {
		set = &in->closure[i];
		for (n = 0; n < set->count; n++) {
			if (image_is_free(set->images[n]))
				continue;
			if (image_names_all(in, set->images[n], call, c))
				named = true;
			else
				all = false;
		}
	}
	if (!named)
		return NAMED_BY_NONE;
	return all ? NAMED_BY_ALL : NAMED_BY_SOME;
}

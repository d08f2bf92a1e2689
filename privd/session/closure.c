/* SPDX-License-Identifier: ISC */
/*
 * The closure. A policy whose execve rules name programs reaches those; one
 * that permits others reaches every policy that is loaded. Programs without
 * a policy are not in it: to execute them is denied. Policies that cannot be
 * carried out are left out of it as well, except the program's own, which is
 * refused.
 */
#include "closure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "session.h"
#include "target.h"

#define RULES_MAX 4096 /* execve rules that are looked at */

static bool
is_memory_argument(const struct sys_call *call, const char *name)
{
	const struct sys_arg *arg;
	unsigned int n;

	for (n = 0; (arg = sys_arg_by_name(call, name, n)) != NULL; n++)
		if (arg->kind >= SYS_MEMORY)
			return true;
	return false;
}

/* The first test of an argument that cannot be judged in a session yet. */
static const struct policy_expr *
find_unjudged(const struct policy_expr *expr, const struct sys_call *call)
{
	const struct policy_expr *found;

	switch (expr->op) {
	case POLICY_TEST:
		if (call->disposal == SYS_EXEC)
			return strcasecmp(expr->name, "argv") == 0 ||
				strcasecmp(expr->name, "envp") == 0 ?
			    expr :
			    NULL;
		return call->disposal == SYS_WHOLE &&
			is_memory_argument(call, expr->name) ?
		    expr :
		    NULL;
	case POLICY_NOT:
		return find_unjudged(expr->left, call);
	case POLICY_AND:
	case POLICY_OR:
		found = find_unjudged(expr->left, call);
		return found != NULL ? found : find_unjudged(expr->right, call);
	case POLICY_TRUE:
		break;
	}
	return NULL;
}

static const char *
unbuilt_child(const struct policy_rule *rule)
{
	switch (rule->child) {
	case POLICY_CHILD_DETACH:
		return "permit[detach]";
	case POLICY_CHILD_CONFINE:
		return "permit[confine]";
	case POLICY_CHILD_POLICY:
		return "permit[policy ...]";
	case POLICY_CHILD_OWN:
	case POLICY_CHILD_INHERIT:
		break;
	}
	return NULL;
}

static int
check_rule(const struct policy_rule *rule, char *reason, size_t len)
{
	const struct policy_expr *expr;
	const char *child = unbuilt_child(rule);
	size_t i;

	if (child != NULL) {
		(void)snprintf(reason, len,
		    "%s:%u: %s is not built into sessions yet", rule->file,
		    rule->line, child);
		return -1;
	}
	for (i = 0; i < rule->ncalls; i++) {
		expr = find_unjudged(rule->expr, rule->calls[i]);
		if (expr == NULL)
			continue;
		(void)snprintf(reason, len,
		    "%s:%u: %s of %s cannot be judged "
		    "in a session yet: permit or deny the call whole",
		    rule->file, rule->line, expr->name, rule->callname);
		return -1;
	}
	return 0;
}

/* Can a session carry this policy out? */
static int
check_image(const struct policy_image *image, char *reason, size_t len)
{
	size_t i;

	if (policy_detached(image)) {
		(void)snprintf(reason, len,
		    "the policy of %s is `detached`, "
		    "which is not built into sessions yet",
		    policy_program(image));
		return -1;
	}
	if (strcmp(policy_emulation(image), "linux32") == 0) {
		(void)snprintf(reason, len,
		    "the policy of %s is for linux32, "
		    "which is not built into sessions yet",
		    policy_program(image));
		return -1;
	}
	for (i = 0; i < policy_rule_count(image); i++)
		if (check_rule(policy_rule(image, i), reason, len) == -1)
			return -1;
	return 0;
}

static int
check_pair(struct filter_pair pair, char *reason, size_t len)
{
	if (check_image(pair.first, reason, len) == -1)
		return -1;
	return pair.second == NULL ? 0 : check_image(pair.second, reason, len);
}

static int
add_pair(struct session_plan *plan, struct filter_pair pair)
{
	struct filter_pair *grown;
	size_t i;

	for (i = 0; i < plan->nclosure; i++)
		if (plan->closure[i].first == pair.first &&
		    plan->closure[i].second == pair.second)
			return 0;
	grown = reallocarray(plan->closure, plan->nclosure + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	grown[plan->nclosure++] = pair;
	plan->closure = grown;
	return 0;
}

/* Adds what a program would run under, if a session can carry that out. */
static int
add_program(struct session_plan *plan, const char *program)
{
	struct filter_pair pair;
	char ignored[SESSION_REASON_MAX];

	pair.first = policy_find(plan->policies, POLICY_SYSTEM, program);
	pair.second = policy_find(plan->policies, POLICY_USER, program);
	if (pair.first == NULL) {
		pair.first = pair.second;
		pair.second = NULL;
	}
	if (pair.first == NULL || policy_digest(pair.first) != NULL ||
	    (pair.second != NULL && policy_digest(pair.second) != NULL) ||
	    check_pair(pair, ignored, sizeof(ignored)) == -1)
		return 0;
	return add_pair(plan, pair);
}

/* A header with any folder, which no program has taken yet. */
static int
add_wildcard(struct session_plan *plan, const struct policy_image *image)
{
	struct filter_pair pair = { image, NULL };
	char ignored[SESSION_REASON_MAX];

	if (policy_digest(image) != NULL ||
	    check_image(image, ignored, sizeof(ignored)) == -1)
		return 0;
	return add_pair(plan, pair);
}

static int
add_all(struct session_plan *plan)
{
	const struct policy_image *const *images, *image;
	size_t i, n;

	n = policy_images(plan->policies, &images);
	for (i = 0; i < n; i++)
		if (add_program(plan, policy_program(images[i])) == -1)
			return -1;
	for (i = 0; (image = policy_wildcard(plan->policies, i)) != NULL; i++)
		if (add_wildcard(plan, image) == -1)
			return -1;
	return 0;
}

/* The one program that the expression can hold for, NULL if others can. */
static const char *
named_program(const struct policy_expr *expr)
{
	const char *name;

	switch (expr->op) {
	case POLICY_TEST:
		return expr->operator== POLICY_EQ && !expr->macros &&
			strcasecmp(expr->name, "filename") == 0 ?
		    expr->string :
		    NULL;
	case POLICY_AND:
		name = named_program(expr->left);
		return name != NULL ? name : named_program(expr->right);
	case POLICY_TRUE:
	case POLICY_NOT:
	case POLICY_OR:
		break;
	}
	return NULL;
}

/* Is nothing behind this rule ever tried? */
static bool
always_matches(const struct policy_rule *rule)
{
	return rule->expr->op == POLICY_TRUE && rule->pred == NULL &&
	    rule->limit == POLICY_UNLIMITED && rule->exclusive == NULL;
}

static int
add_reached(struct session_plan *plan, const struct policy_image *image)
{
	static const struct policy_rule *rules[RULES_MAX];
	const struct sys_call *execve_row = sys_by_name("execve");
	struct policy_verdict otherwise;
	const char *name;
	size_t i, n;

	n = policy_candidates(image, execve_row, execve_row, SYS_ALIAS_NONE,
	    plan->options.no_alias, rules, RULES_MAX);
	for (i = 0; i < n; i++) {
		if (rules[i]->action == POLICY_PERMIT &&
		    rules[i]->child == POLICY_CHILD_OWN) {
			name = named_program(rules[i]->expr);
			if ((name != NULL ? add_program(plan, name) :
					    add_all(plan)) == -1)
				return -1;
		}
		if (always_matches(rules[i]))
			return 0;
	}
	policy_default(image, plan->options.automatic, &otherwise);
	if (otherwise.action == POLICY_PERMIT)
		return add_all(plan);
	return 0;
}

static bool
uses_cwd(const struct policy_expr *expr)
{
	switch (expr->op) {
	case POLICY_TEST:
		return expr->macros && strstr(expr->string, "$CWD") != NULL;
	case POLICY_NOT:
		return uses_cwd(expr->left);
	case POLICY_AND:
	case POLICY_OR:
		return uses_cwd(expr->left) || uses_cwd(expr->right);
	case POLICY_TRUE:
		break;
	}
	return false;
}

static void
look_through(struct session_plan *plan, const struct policy_image *image)
{
	const struct policy_expr *expr;
	size_t i;

	for (i = 0; i < policy_rule_count(image); i++) {
		expr = policy_rule(image, i)->expr;
		plan->uses_cwd = plan->uses_cwd || uses_cwd(expr);
		plan->names = plan->names || target_is_judged(expr);
	}
}

int
closure_plan(struct session_plan *plan, char *reason, size_t len)
{
	size_t i;

	if (check_pair(plan->policy, reason, len) == -1)
		return -1;
	if (add_pair(plan, plan->policy) == -1)
		goto memory;
	for (i = 0; i < plan->nclosure; i++) {
		if (!plan->options.inherit &&
		    add_reached(plan, plan->closure[i].first) == -1)
			goto memory;
		look_through(plan, plan->closure[i].first);
		if (plan->closure[i].second != NULL)
			look_through(plan, plan->closure[i].second);
	}
	return 0;
memory:
	(void)snprintf(reason, len, "no memory");
	return -1;
}

bool
closure_has_fences(const struct session_plan *plan)
{
	const struct policy_rule *rule;
	size_t i, k;

	for (i = 0; i < plan->nclosure; i++)
		for (k = 0; k < policy_rule_count(plan->closure[i].first);
		     k++) {
			rule = policy_rule(plan->closure[i].first, k);
			if (rule->filter != NULL || rule->device != NULL)
				return true;
		}
	return false;
}

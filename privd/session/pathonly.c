/* SPDX-License-Identifier: ISC */
/*
 * May descriptors without access be had? A function of the policies and of
 * the table of calls. What cannot be told is taken for "no": then opening with
 * O_PATH is refused, as it must never become a way around a judged path.
 */
#include "pathonly.h"

#include <string.h>
#include <strings.h>

#include "session.h"

#define RULES_MAX 4096 /* for one call; more are not looked through */

enum known {
	NOT_KNOWN,
	KNOWN_OPEN,
	KNOWN_JUDGED
};

/* A call as one of those that it folds into, under one policy. */
struct form {
	const struct session_options *options;
	const struct policy_image *image;
	const struct sys_call *row;
	const struct sys_call *base;
	enum known *known; /* by operation, and SYS_OPS for what executes */
};

/* What can come of it, whatever the arguments are. */
struct outcome {
	bool named;   /* some rule looks at the object's name */
	bool permits; /* it may be permitted */
	bool refuses; /* or not */
};

static bool
looks_at_name(const struct policy_expr *expr)
{
	switch (expr->op) {
	case POLICY_TEST:
		return strcasecmp(expr->name, "filename") == 0;
	case POLICY_NOT:
		return looks_at_name(expr->left);
	case POLICY_AND:
	case POLICY_OR:
		return looks_at_name(expr->left) || looks_at_name(expr->right);
	case POLICY_TRUE:
		break;
	}
	return false;
}

/* Is nothing behind this rule ever tried? */
static bool
always_matches(const struct policy_rule *rule)
{
	return rule->expr->op == POLICY_TRUE && rule->pred == NULL &&
	    rule->limit == POLICY_UNLIMITED && rule->exclusive == NULL;
}

static void
add(struct outcome *outcome, enum policy_action action)
{
	if (action == POLICY_PERMIT)
		outcome->permits = true;
	else
		outcome->refuses = true;
}

static struct outcome
outcome_of(const struct form *form)
{
	static const struct policy_rule *rules[RULES_MAX];
	const struct session_options *options = form->options;
	struct outcome outcome = { false, false, false };
	struct policy_verdict otherwise;
	size_t i, n;

	n = policy_candidates(form->image, form->row, form->base,
	    sys_alias_of(form->base, 0), options->no_alias, rules, RULES_MAX);
	for (i = 0; i < n; i++) {
		add(&outcome, rules[i]->action);
		outcome.named = outcome.named || looks_at_name(rules[i]->expr);
		if (always_matches(rules[i]))
			return outcome;
	}
	policy_default(form->image, options->automatic, &otherwise);
	add(&outcome, otherwise.action);
	return outcome;
}

/* Those that ask for a file that is open to be written: never such a one. */
static bool
needs_access(const struct sys_call *row)
{
	return row->op == SYS_OP_TRUNCATE || row->op == SYS_OP_ALLOCATE;
}

static bool
has_argument(const struct sys_call *row, enum sys_kind kind, unsigned int flags)
{
	const struct sys_arg *arg;

	for (arg = row->args; arg->name != NULL; arg++)
		if (arg->kind == kind &&
		    (flags == 0 || (arg->flags & flags) != 0))
			return true;
	return false;
}

/* By a descriptor alone, or with an empty path. */
static bool
takes_number(const struct sys_call *row)
{
	return !needs_access(row) &&
	    (has_argument(row, SYS_FDPATH, 0) ||
		has_argument(row, SYS_PATH, SYS_ARG_ATFLAGS | SYS_ARG_EMPTY));
}

static bool
is_family(const struct sys_call *a, const struct sys_call *b)
{
	if (a->disposal == SYS_EXEC || b->disposal == SYS_EXEC)
		return a->disposal == b->disposal;
	return a->op != SYS_OP_NONE && a->op == b->op;
}

/* Is some form of the family that takes a path refused to anything? */
static bool
family_judges_path(const struct form *number)
{
	const struct sys_call *bases[SYS_FOLDS_MAX];
	struct form form = *number;
	size_t i, n;

	for (i = 0; i < sys_count(); i++) {
		form.row = sys_row(i);
		if (!is_family(form.row, number->row) ||
		    sys_number(form.row, policy_machine(form.image)) == -1 ||
		    !has_argument(form.row, SYS_PATH, 0) ||
		    takes_number(form.row))
			continue;
		for (n = sys_bases(form.row, bases); n > 0; n--) {
			form.base = bases[n - 1];
			if (outcome_of(&form).refuses)
				return true;
		}
	}
	return false;
}

/* The same: looked for once for each family of an image. */
static bool
judges_path(const struct form *number)
{
	const struct sys_call *row = number->row;
	enum known *known = number->known +
	    (row->disposal == SYS_EXEC ? SYS_OPS : row->op);

	if (*known == NOT_KNOWN)
		*known = family_judges_path(number) ? KNOWN_JUDGED : KNOWN_OPEN;
	return *known == KNOWN_JUDGED;
}

/* Is it permitted without a look at what the descriptor is? */
static bool
is_open(const struct form *form)
{
	struct outcome outcome = outcome_of(form);

	return outcome.permits && !outcome.named;
}

/* With an empty path a call is what its fold for that says, if it has one. */
static bool
is_base_of_number(const struct sys_call *row, size_t n)
{
	size_t i;

	for (i = 0; i < SYS_FOLDS_MAX; i++)
		if (row->folds[i].base != NULL && row->folds[i].unseen)
			return row->folds[n].unseen;
	return true;
}

static bool
row_is_judged(struct form *form)
{
	const struct sys_call *bases[SYS_FOLDS_MAX];
	size_t i, n = sys_bases(form->row, bases);

	for (i = 0; i < n; i++) {
		form->base = bases[i];
		if (is_base_of_number(form->row, i) && is_open(form) &&
		    judges_path(form))
			return false;
	}
	return true;
}

static bool
image_is_judged(const struct session_options *options,
    const struct policy_image *image)
{
	enum known known[SYS_OPS + 1] = { NOT_KNOWN };
	struct form form = { options, image, NULL, NULL, known };
	size_t i;

	for (i = 0; i < sys_count(); i++) {
		form.row = sys_row(i);
		if (sys_number(form.row, policy_machine(image)) != -1 &&
		    takes_number(form.row) && !row_is_judged(&form))
			return false;
	}
	return true;
}

bool
pathonly_is_judged(const struct session_options *options,
    const struct filter_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (!image_is_judged(options, set->images[i]))
			return false;
	return true;
}

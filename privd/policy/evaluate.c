/* SPDX-License-Identifier: ISC */
/*
 * The verdict on a call. First match wins among the rules that name the
 * variant, then its base, then its alias; a verdict starts as deny and is
 * set in one place. Pure: no descriptor, no clock, and no allocation but
 * the C library's in regular expressions.
 */
#include "image.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

/*
 * A test on an argument that the call has not got is neither true nor
 * false, nor is its negation; a rule matches only if it is true.
 */
enum truth {
	UNKNOWN = -1,
	NO = 0,
	YES = 1
};

struct evaluation {
	const struct policy_request *req;
	bool failed;  /* something did not fit: the rule does not match */
	bool starved; /* no memory: whether it matches nobody knows */
};

/* In the place of a rule of which nobody knows. */
static const struct policy_rule starved = { .action = POLICY_DENY };

/* Is the value `/`, a leading folder of the text, or the text itself? */
static bool
on_the_way(const char *value, const char *text)
{
	size_t len;

	if (strcmp(value, "/") == 0)
		return true;
	len = strlen(value);
	if (strncmp(value, text, len) != 0)
		return false;
	return text[len] == '\0' || (len > 0 && text[len] == '/');
}

static bool
holds(enum policy_operator op, const char *value, const char *text)
{
	switch (op) {
	case POLICY_EQ:
		return strcmp(value, text) == 0;
	case POLICY_NEQ:
		return strcmp(value, text) != 0;
	case POLICY_MATCH:
		return fnmatch(text, value, FNM_PATHNAME | FNM_LEADING_DIR) ==
		    0;
	case POLICY_SUB:
		return strstr(value, text) != NULL;
	case POLICY_NSUB:
		return strstr(value, text) == NULL;
	case POLICY_INPATH:
		return on_the_way(value, text);
	case POLICY_RE: /* see expression_holds() */
		break;
	}
	return false;
}

/* A test made ready for this caller. */
struct probe {
	const struct policy_expr *expr;
	const char *text;
	const regex_t *regex;
	bool all; /* must hold for every argument of the name */
	bool *starved;
};

/* To run one takes memory as well. */
static bool
expression_holds(const struct probe *probe, const char *value)
{
	int error = REG_NOMATCH;

	if (probe->regex != NULL)
		error = regexec(probe->regex, value, 0, NULL, 0);
	if (error != 0 && error != REG_NOMATCH)
		*probe->starved = true;
	return error == 0;
}

static bool
probe_value(const struct probe *probe, const char *value, bool missing)
{
	const enum policy_operator op = probe->expr->operator;
	char form[SYS_VALUE_MAX + sizeof(POLICY_MISSING_FORM)];
	const char *kept = probe->expr->kept;
	bool yes;

	if (missing && probe->expr->missing) {
		(void)stpcpy(form, POLICY_MISSING_FORM);
		if (strlcat(form, value, sizeof(form)) >= sizeof(form))
			return false;
		value = form;
	}
	if (op == POLICY_RE)
		return expression_holds(probe, value);
	yes = holds(op, value, probe->text);
	if (kept == NULL || yes != probe->all)
		return yes;
	return holds(op, value, kept);
}

static enum truth
probe_values(const struct evaluation *ev, const struct probe *probe)
{
	const struct policy_value *value;
	enum truth result;
	size_t i;
	int nth;
	bool yes;

	result = UNKNOWN;
	for (i = 0, nth = 0; i < ev->req->nvalues; i++) {
		value = &ev->req->values[i];
		if (strcmp(value->name, probe->expr->name) != 0)
			continue;
		if (probe->expr->index != -1 && nth++ != probe->expr->index)
			continue;
		yes = probe_value(probe, value->value, value->missing);
		if (yes != probe->all)
			return yes ? YES : NO;
		result = yes ? YES : NO;
	}
	return result;
}

/* args[n]: the raw registers. */
static enum truth
probe_registers(const struct evaluation *ev, const struct probe *probe)
{
	char text[24];
	int i;
	bool yes;

	if (ev->req->regs == NULL)
		return UNKNOWN;
	for (i = 0; i < SYS_REGS; i++) {
		if (probe->expr->index != -1 && probe->expr->index != i)
			continue;
		(void)snprintf(text, sizeof(text), "0x%llx",
		    (unsigned long long)ev->req->regs[i]);
		yes = probe_value(probe, text, false);
		if (yes != probe->all)
			return yes ? YES : NO;
	}
	return probe->all ? YES : NO;
}

static enum truth
probe_run(const struct evaluation *ev, const struct probe *probe)
{
	if (strcmp(probe->expr->name, "args") == 0)
		return probe_registers(ev, probe);
	return probe_values(ev, probe);
}

static enum truth
evaluate_macros(struct evaluation *ev, const struct probe *plain)
{
	const enum policy_operator op = plain->expr->operator;
	struct probe probe = *plain;
	char text[POLICY_TEXT_MAX];
	enum truth result;
	regex_t regex;
	int error;

	if (!macro_expand(ev->req, probe.expr, text, sizeof(text))) {
		ev->failed = true;
		return UNKNOWN;
	}
	probe.text = text;
	if (op != POLICY_RE)
		return probe_run(ev, &probe);
	error = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);
	if (error != 0) {
		ev->failed = error != REG_ESPACE;
		ev->starved = error == REG_ESPACE;
		return UNKNOWN;
	}
	probe.regex = &regex;
	result = probe_run(ev, &probe);
	regfree(&regex);
	return result;
}

static enum truth
evaluate_test(struct evaluation *ev, const struct policy_expr *expr)
{
	const enum policy_operator op = expr->operator;
	struct probe probe = {
		.expr = expr,
		.text = expr->string,
		.regex = expr->regex,
		.all = op == POLICY_NEQ || op == POLICY_NSUB,
		.starved = &ev->starved,
	};

	if (expr->macros)
		return evaluate_macros(ev, &probe);
	return probe_run(ev, &probe);
}

static enum truth evaluate_expr(struct evaluation *,
    const struct policy_expr *);

/* A chain of and or of or, to its end; nesting alone recurses. */
static enum truth
evaluate_chain(struct evaluation *ev, const struct policy_expr *expr)
{
	const enum policy_expr_op op = expr->op;
	const enum truth decides = op == POLICY_AND ? NO : YES;
	enum truth one, result;

	result = decides == NO ? YES : NO;
	for (; expr->op == op; expr = expr->right) {
		one = evaluate_expr(ev, expr->left);
		if (one == decides)
			return one;
		if (one == UNKNOWN)
			result = UNKNOWN;
	}
	one = evaluate_expr(ev, expr);
	if (one == decides || one == UNKNOWN)
		return one;
	return result;
}

static enum truth
evaluate_expr(struct evaluation *ev, const struct policy_expr *expr)
{
	enum truth one;

	switch (expr->op) {
	case POLICY_TRUE:
		return YES;
	case POLICY_TEST:
		return evaluate_test(ev, expr);
	case POLICY_NOT:
		one = evaluate_expr(ev, expr->left);
		return one == UNKNOWN ? UNKNOWN : one == YES ? NO : YES;
	case POLICY_AND:
	case POLICY_OR:
		return evaluate_chain(ev, expr);
	}
	return UNKNOWN;
}

static bool
related(char relation, uint32_t id, uint32_t to)
{
	switch (relation) {
	case '=':
		return id == to;
	case '!':
		return id != to;
	case '<':
		return id < to;
	case '>':
		return id > to;
	default:
		return false;
	}
}

/* True of any of the caller's groups; `!=` of all of them. */
static bool
group_holds(const struct policy_pred *pred, const struct policy_caller *caller)
{
	bool all = pred->relation == '!';
	size_t i;

	if (related(pred->relation, caller->gid, pred->id) != all)
		return !all;
	for (i = 0; i < caller->ngroups; i++) {
		if (related(pred->relation, caller->groups[i], pred->id) != all)
			return !all;
	}
	return all;
}

static bool
pred_holds(const struct policy_pred *pred, const struct policy_caller *caller)
{
	bool decides;

	/* Chains grow to the right; nesting alone recurses. */
	while (pred->op == POLICY_PRED_AND || pred->op == POLICY_PRED_OR) {
		decides = pred->op == POLICY_PRED_OR;
		if (pred_holds(pred->left, caller) == decides)
			return decides;
		pred = pred->right;
	}
	if (pred->op == POLICY_PRED_USER)
		return related(pred->relation, caller->uid, pred->id);
	return group_holds(pred, caller);
}

bool
policy_applies(const struct policy_rule *rule,
    const struct policy_caller *caller)
{
	return rule->pred == NULL ||
	    (caller != NULL && pred_holds(rule->pred, caller));
}

static bool
has_values(unsigned int macros, const struct policy_request *req)
{
	const struct policy_caller *caller = req->caller;

	if (macros & POLICY_MACRO_CWD && req->cwd == NULL)
		return false;
	if (macros & POLICY_MACRO_HOME &&
	    (caller == NULL || caller->home == NULL))
		return false;
	return !(macros & POLICY_MACRO_USER) ||
	    (caller != NULL && caller->user != NULL);
}

static bool
rule_matches(const struct policy_rule *rule, const struct policy_request *req,
    bool *lacks)
{
	struct evaluation ev = { .req = req };
	enum truth truth;

	if (!policy_applies(rule, req->caller))
		return false;
	if (!has_values(rule->macros, req))
		return false;
	truth = evaluate_expr(&ev, rule->expr);
	*lacks = ev.starved;
	if (truth != YES || ev.failed)
		return false;
	if (req->spent == NULL ||
	    (rule->limit == POLICY_UNLIMITED && rule->exclusive == NULL &&
		rule->identity.kind == POLICY_AS_CALLER))
		return true;
	return !req->spent(req->context, rule);
}

/* The rule if it decides; NULL if others may. */
static const struct policy_rule *
try(const struct policy_rule *rule, const struct policy_request *req)
{
	bool lacks = false, matches = rule_matches(rule, req, &lacks);

	if (lacks)
		return &starved;
	return matches ? rule : NULL;
}

static const struct policy_rule *
first_match(const struct call_rules *calls, const struct policy_request *req)
{
	const struct policy_rule *rule;
	struct anchors_walk walk;
	size_t i;

	if (calls->anchors != NULL &&
	    anchors_start(calls->anchors, req, &walk)) {
		while ((i = anchors_next(&walk)) != SIZE_MAX) {
			rule = try(calls->rules[i], req);
			if (rule != NULL)
				return rule;
		}
		return NULL;
	}
	for (i = 0; i < calls->count; i++) {
		rule = try(calls->rules[i], req);
		if (rule != NULL)
			return rule;
	}
	return NULL;
}

static const struct policy_rule *
match(const struct policy_image *image, const struct policy_request *req)
{
	const struct policy_rule *rule;
	enum sys_alias alias;

	rule = first_match(image_calls(image, req->call), req);
	if (rule != NULL || req->no_alias)
		return rule;
	if (req->base != NULL && req->base != req->call)
		rule = first_match(image_calls(image, req->base), req);
	if (rule != NULL || req->alias == SYS_ALIAS_NONE)
		return rule;
	/* With flags unknown, an open may do all that one can do. */
	alias = req->alias == SYS_ALIAS_BY_FLAGS ? SYS_ALIAS_FSWRITE :
						   req->alias;
	return first_match(image_alias(image, alias), req);
}

void
policy_default(const struct policy_image *image, bool enforcing,
    struct policy_verdict *verdict)
{
	memset(verdict, 0, sizeof(*verdict));
	verdict->action = POLICY_DENY;
	verdict->error = EPERM;
	if (image->has_default) {
		verdict->explicit_default = true;
		verdict->action = image->fallback.action;
		verdict->value = image->fallback.value;
		if (verdict->action == POLICY_DENY)
			verdict->error = image->fallback.error;
	} else if (!enforcing)
		verdict->action = POLICY_ASK;
	verdict->log = verdict->action == POLICY_DENY;
}

void
policy_evaluate(const struct policy_image *image,
    const struct policy_request *req, bool enforcing,
    struct policy_verdict *verdict)
{
	const struct policy_rule *rule;

	policy_default(image, enforcing, verdict);
	rule = match(image, req);
	if (rule == NULL)
		return;
	verdict->explicit_default = false;
	verdict->action = rule->action;
	if (rule == &starved) {
		verdict->error = ENOMEM;
		verdict->log = true;
		return;
	}
	verdict->rule = rule;
	verdict->error = rule->action == POLICY_DENY ? rule->error : 0;
	verdict->value = rule->value;
	verdict->log = rule->log;
}

static size_t
append(const struct call_rules *calls, const struct policy_rule **rules,
    size_t max, size_t n)
{
	size_t i;

	for (i = 0; i < calls->count; i++, n++) {
		if (n < max)
			rules[n] = calls->rules[i];
	}
	return n;
}

void
policy_exchange(struct policy_request *request)
{
	struct policy_value *first = NULL, *second = NULL, saved;
	size_t i;

	for (i = 0; i < request->nvalues; i++) {
		if (strcmp(request->values[i].name, "filename") != 0)
			continue;
		second = &request->values[i];
		first = first == NULL ? second : first;
	}
	if (first == second)
		return;
	saved = *first;
	*first = *second;
	*second = saved;
}

size_t
policy_candidates(const struct policy_image *image, const struct sys_call *call,
    const struct sys_call *base, enum sys_alias alias, bool no_alias,
    const struct policy_rule **rules, size_t max)
{
	size_t n;

	n = append(image_calls(image, call), rules, max, 0);
	if (no_alias)
		return max > 0 && n > max ? max : n;
	if (base != NULL && base != call)
		n = append(image_calls(image, base), rules, max, n);
	if (alias == SYS_ALIAS_FSREAD || alias == SYS_ALIAS_BY_FLAGS)
		n = append(image_alias(image, SYS_ALIAS_FSREAD), rules, max, n);
	if (alias == SYS_ALIAS_FSWRITE || alias == SYS_ALIAS_BY_FLAGS)
		n = append(image_alias(image, SYS_ALIAS_FSWRITE), rules, max,
		    n);
	return max > 0 && n > max ? max : n;
}

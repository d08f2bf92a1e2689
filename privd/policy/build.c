/* SPDX-License-Identifier: ISC */
/*
 * The grammar's actions for rules: heads, expressions and predicates. What
 * they build is checked as far as it can be where it stands, so that an
 * error has its column.
 */
#include "parser.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int
rule_list_add(struct rule_list *list, struct policy_rule *rule)
{
	struct policy_rule **rules;
	size_t size;

	/* Room doubles whenever the count is a power of two. */
	if ((list->count & (list->count - 1)) == 0) {
		size = list->count == 0 ? 1 : list->count * 2;
		rules = reallocarray(list->rules, size, sizeof(*rules));
		if (rules == NULL)
			return -1;
		list->rules = rules;
	}
	list->rules[list->count++] = rule;
	return 0;
}

static int
head_start(struct policy_parse *p, const char *emulation,
    struct policy_place place, struct policy_place call)
{
	struct policy_rule *rule;
	char text[REPORT_TEXT_MAX];
	int kind;

	rule = arena_alloc(p->arena, sizeof(*rule));
	if (rule == NULL)
		return -1;
	rule->file = p->file;
	rule->line = place.line;
	rule->emulation = arena_string(p->arena, emulation);
	if (rule->emulation == NULL)
		return -1;
	p->rule = rule;
	p->head = place;
	p->call = call;
	p->unknown = false;
	if (p->block == NULL) {
		parse_error(p, place,
		    "found a rule, expected \"Policy:\" before it");
		if (build_broken(p) == -1)
			return -1;
		p->rule = rule;
	}
	if (p->block->detached)
		parse_error(p, place,
		    "found a rule behind detached, expected \"Policy:\"");
	(void)report_text(emulation, strlen(emulation), text);
	kind = parse_emulation(emulation);
	if (kind == 0)
		parse_error(p, place,
		    "unknown emulation \"%s\", expected native, linux, "
		    "linux64 or linux32",
		    text);
	else if (!p->block->broken && (kind == 2) != p->block->foreign)
		parse_error(p, place,
		    "found a rule for \"%s\" in a policy for \"%s\", "
		    "expected %s",
		    text, p->block->emulation,
		    p->block->foreign ? "linux32" : "native, linux or linux64");
	return 0;
}

int
build_head(struct policy_parse *p, const char *emulation,
    struct policy_place place, const char *call, struct policy_place call_place)
{
	if (head_start(p, emulation, place, call_place) == -1)
		return -1;
	p->rule->callname = arena_string(p->arena, call);
	if (p->rule->callname == NULL)
		return -1;
	return check_call(p);
}

int
build_head_number(struct policy_parse *p, const char *emulation,
    struct policy_place place, uint64_t number, struct policy_place call_place)
{
	char name[32];

	if (head_start(p, emulation, place, call_place) == -1)
		return -1;
	(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)number);
	p->rule->callname = arena_string(p->arena, name);
	if (p->rule->callname == NULL)
		return -1;
	return check_call_number(p, number);
}

struct policy_expr *
build_expr(struct policy_parse *p, enum policy_expr_op op)
{
	struct policy_expr *expr;

	expr = arena_alloc(p->arena, sizeof(*expr));
	if (expr != NULL)
		expr->op = op;
	return expr;
}

int
build_index(struct policy_parse *p, uint64_t index, struct policy_place place)
{
	if (index >= SYS_ARGS_MAX) {
		parse_error(p, place, "no call has so many arguments");
		return -1;
	}
	return (int)index;
}

struct policy_expr *
build_test(struct policy_parse *p, const char *name, int index,
    struct policy_place place, enum policy_operator operator,
    const char * string, struct policy_place string_place)
{
	struct policy_expr *expr;
	char *c;

	expr = build_expr(p, POLICY_TEST);
	if (expr == NULL)
		return NULL;
	expr->operator= operator;
	expr->index = index;
	expr->name = arena_string(p->arena, name);
	expr->written = arena_string(p->arena, string);
	expr->string = expr->written;
	if (expr->name == NULL || expr->written == NULL)
		return NULL;
	for (c = expr->name; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	check_test(p, expr, place);
	if (text_prepare(p, expr, string_place) == -1)
		return NULL;
	return expr;
}

/*
 * a and b and c is and(a, and(b, c)): chains grow to the right, where they
 * are walked in a loop, whatever their length.
 */
bool
build_chain(struct policy_parse *p, enum policy_expr_op op,
    struct expr_chain *chain, struct policy_expr *next)
{
	struct policy_expr *node;

	node = build_expr(p, op);
	if (node == NULL)
		return false;
	node->right = next;
	if (chain->last == NULL) {
		node->left = chain->first;
		chain->first = node;
	} else {
		node->left = chain->last->right;
		chain->last->right = node;
	}
	chain->last = node;
	return true;
}

bool
build_nest(struct policy_parse *p, struct policy_place place)
{
	if (++p->depth <= POLICY_NESTING_MAX)
		return true;
	parse_error(p, place, "nested more than %d deep", POLICY_NESTING_MAX);
	lexer_skip_line(&p->lexer);
	return false;
}

/* What the name of the call says, and not its rule. NULL: no memory. */
static struct policy_expr *
build_implied(struct policy_parse *p, struct policy_expr *expr)
{
	const struct sys_bsd_test *implied = sys_bsd_test(p->rule->callname);
	struct policy_expr *both;

	if (implied == NULL || p->format)
		return expr;
	both = build_expr(p, POLICY_AND);
	if (both == NULL)
		return NULL;
	both->left = build_test(p, implied->name, -1, p->call, POLICY_EQ,
	    implied->string, p->call);
	both->right = expr;
	return both->left == NULL ? NULL : both;
}

int
build_rule(struct policy_parse *p, struct policy_expr *expr)
{
	struct policy_rule *rule = p->rule;
	struct policy_item *item;

	item = parse_item(p, ITEM_RULE);
	if (item == NULL)
		return -1;
	item->rule = rule;
	rule->expr = build_implied(p, expr);
	if (rule->expr == NULL)
		return -1;
	check_rule(p);
	lint_rule(p);
	if (!p->included)
		lint_reached(p, rule);
	if (++*p->nrules == POLICY_RULES_MAX + 1)
		parse_error(p, p->head, "more than %d rules", POLICY_RULES_MAX);
	if (!spent_add(p, SPENT_RULES, 1, p->head) ||
	    *p->nrules > POLICY_RULES_MAX)
		return 0;
	return rule_list_add(&p->block->rules, rule);
}

struct policy_pred *
build_pred(struct policy_parse *p, enum policy_pred_op op, char relation,
    const struct word *who, struct policy_place place)
{
	struct policy_pred *pred;
	char number[24];

	pred = arena_alloc(p->arena, sizeof(*pred));
	if (pred == NULL)
		return NULL;
	pred->op = op;
	pred->relation = relation;
	(void)snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)who->value);
	pred->written = arena_string(p->arena,
	    who->number ? number : who->text);
	if (pred->written == NULL)
		return NULL;
	if (op == POLICY_PRED_USER)
		(void)build_user(p, who, place, &pred->id);
	else
		(void)build_group(p, who, place, &pred->id);
	return pred;
}

bool
build_pred_chain(struct policy_parse *p, enum policy_pred_op op,
    struct pred_chain *chain, struct policy_pred *next)
{
	struct policy_pred *node;

	node = arena_alloc(p->arena, sizeof(*node));
	if (node == NULL)
		return false;
	node->op = op;
	node->right = next;
	if (chain->last == NULL) {
		node->left = chain->first;
		chain->first = node;
	} else {
		node->left = chain->last->right;
		chain->last->right = node;
	}
	chain->last = node;
	return true;
}

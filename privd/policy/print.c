/* SPDX-License-Identifier: ISC */
/*
 * Rules and verdicts in their one printed form. What is printed for a rule
 * reads back as the same rule; verdicts show identities as numbers.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static const char *const operators[] = {
	[POLICY_EQ] = "eq",
	[POLICY_NEQ] = "neq",
	[POLICY_MATCH] = "match",
	[POLICY_SUB] = "sub",
	[POLICY_NSUB] = "nsub",
	[POLICY_INPATH] = "inpath",
	[POLICY_RE] = "re",
};

void
print_quoted(const char *text, FILE *out)
{
	static const char from[] = "\"\\\n\r\t", to[] = "\"\\nrt";
	const char *special;

	(void)putc('"', out);
	for (; *text != '\0'; text++) {
		special = strchr(from, *text);
		if (special == NULL)
			(void)putc(*text, out);
		else
			(void)fprintf(out, "\\%c", to[special - from]);
	}
	(void)putc('"', out);
}

static void
print_child(enum policy_child child, const char *path, FILE *out)
{
	switch (child) {
	case POLICY_CHILD_OWN:
		break;
	case POLICY_CHILD_INHERIT:
		(void)fputs("[inherit]", out);
		break;
	case POLICY_CHILD_DETACH:
		(void)fputs("[detach]", out);
		break;
	case POLICY_CHILD_CONFINE:
		(void)fputs("[confine]", out);
		break;
	case POLICY_CHILD_POLICY:
		(void)fputs("[policy ", out);
		print_quoted(path, out);
		(void)putc(']', out);
		break;
	}
}

void
print_action(enum policy_action action, int error, int64_t value,
    enum policy_child child, const char *child_path, FILE *out)
{
	const char *name;

	switch (action) {
	case POLICY_PERMIT:
		(void)fputs("permit", out);
		print_child(child, child_path, out);
		break;
	case POLICY_DENY:
		name = policy_errno_name(error);
		(void)fprintf(out, "deny[%s]", name == NULL ? "eperm" : name);
		break;
	case POLICY_ASK:
		(void)fputs("ask", out);
		break;
	case POLICY_PRETEND:
		(void)fprintf(out, "pretend[%lld]", (long long)value);
		break;
	}
}

static void
print_identity(const struct policy_identity *identity, bool numbers, FILE *out)
{
	if (identity->kind == POLICY_AS_CALLER)
		return;
	if (identity->kind == POLICY_WITH) {
		(void)fprintf(out, " with %s", identity->user);
		return;
	}
	(void)fputs(" as ", out);
	if (identity->has_uid && numbers)
		(void)fprintf(out, "%u", identity->uid);
	else if (identity->has_uid)
		(void)fputs(identity->user, out);
	if (identity->has_gid && numbers)
		(void)fprintf(out, ":%u", identity->gid);
	else if (identity->has_gid)
		(void)fprintf(out, ":%s", identity->group);
}

static void
print_limit(const struct policy_rule *rule, FILE *out)
{
	switch (rule->limit) {
	case POLICY_UNLIMITED:
		break;
	case POLICY_ONCE:
		(void)fputs(" once", out);
		break;
	case POLICY_TIMES:
		(void)fprintf(out, " times %u", rule->count);
		break;
	case POLICY_RATE:
		(void)fprintf(out, " rate %u/%c", rule->count, rule->unit);
		break;
	}
}

static void
print_modifiers(const struct policy_rule *rule, bool numbers, FILE *out)
{
	if (rule->log)
		(void)fputs(" log", out);
	print_identity(&rule->identity, numbers, out);
	print_limit(rule, out);
	if (rule->exclusive != NULL) {
		(void)fputs(" exclusive ", out);
		print_quoted(rule->exclusive, out);
	}
	if (rule->filter != NULL) {
		(void)fputs(" filter ", out);
		print_quoted(rule->filter, out);
	}
	if (rule->device != NULL) {
		(void)fputs(" device ", out);
		print_quoted(rule->device, out);
	}
	if (rule->keep)
		(void)fputs(" keep", out);
}

static void
print_test(const struct policy_expr *expr, FILE *out)
{
	(void)fputs(expr->name, out);
	if (expr->index >= 0)
		(void)fprintf(out, "[%d]", expr->index);
	(void)fprintf(out, " %s ", operators[expr->operator]);
	print_quoted(expr->written, out);
}

static void print_expr(const struct policy_expr *, FILE *);

/*
 * An operand. Chains grow to the right, so a chain on the left was in
 * parentheses, and so was an `or` below an `and`.
 */
static void
print_operand(const struct policy_expr *expr, enum policy_expr_op above,
    bool left, FILE *out)
{
	bool enclosed;

	enclosed = expr->op == POLICY_OR && (left || above != POLICY_OR);
	if (expr->op == POLICY_AND)
		enclosed = above == POLICY_NOT || (left && above == POLICY_AND);
	if (enclosed)
		(void)putc('(', out);
	print_expr(expr, out);
	if (enclosed)
		(void)putc(')', out);
}

static void
print_expr(const struct policy_expr *expr, FILE *out)
{
	enum policy_expr_op op;

	op = expr->op;
	while (op == POLICY_AND || op == POLICY_OR) {
		print_operand(expr->left, op, true, out);
		(void)fputs(op == POLICY_AND ? " and " : " or ", out);
		expr = expr->right;
		if (expr->op != op) {
			print_operand(expr, op, false, out);
			return;
		}
	}
	if (op == POLICY_TRUE)
		(void)fputs("true", out);
	else if (op == POLICY_TEST)
		print_test(expr, out);
	else {
		(void)fputs("not ", out);
		print_operand(expr->left, op, true, out);
	}
}

static void print_pred(const struct policy_pred *, FILE *);

static void
print_pred_operand(const struct policy_pred *pred, enum policy_pred_op above,
    bool left, FILE *out)
{
	bool enclosed;

	enclosed = (pred->op == POLICY_PRED_OR &&
		       (left || above == POLICY_PRED_AND)) ||
	    (pred->op == POLICY_PRED_AND && left && above == POLICY_PRED_AND);
	if (enclosed)
		(void)putc('(', out);
	print_pred(pred, out);
	if (enclosed)
		(void)putc(')', out);
}

static void
print_pred(const struct policy_pred *pred, FILE *out)
{
	enum policy_pred_op op;

	op = pred->op;
	while (op == POLICY_PRED_AND || op == POLICY_PRED_OR) {
		print_pred_operand(pred->left, op, true, out);
		(void)fputs(op == POLICY_PRED_AND ? " and " : " or ", out);
		pred = pred->right;
		if (pred->op != op) {
			print_pred_operand(pred, op, false, out);
			return;
		}
	}
	(void)fprintf(out, "%s %s%c %s",
	    op == POLICY_PRED_USER ? "user" : "group",
	    pred->relation == '!' ? "!" : "",
	    pred->relation == '!' ? '=' : pred->relation, pred->written);
}

void
policy_print_rule(const struct policy_rule *rule, FILE *out)
{
	(void)fprintf(out, "%s-%s: ", rule->emulation, rule->callname);
	if (rule->expr->op != POLICY_TRUE) {
		print_expr(rule->expr, out);
		(void)fputs(" then ", out);
	}
	print_action(rule->action, rule->error, rule->value, rule->child,
	    rule->child_path, out);
	print_modifiers(rule, false, out);
	if (rule->pred != NULL) {
		(void)fputs(", if ", out);
		print_pred(rule->pred, out);
	}
}

void
policy_print_verdict(const struct policy_verdict *verdict, char *text,
    size_t size)
{
	const struct policy_rule *rule = verdict->rule;
	FILE *out;

	if (size == 0)
		return;
	text[0] = '\0';
	out = fmemopen(text, size, "w");
	if (out == NULL)
		return;
	print_action(verdict->action, verdict->error, verdict->value,
	    rule == NULL ? POLICY_CHILD_OWN : rule->child,
	    rule == NULL ? NULL : rule->child_path, out);
	if (rule != NULL)
		print_modifiers(rule, true, out);
	(void)fclose(out);
	text[size - 1] = '\0';
}

/* SPDX-License-Identifier: ISC */
/*
 * What `privctl check` warns of: rules that are allowed, but hardly mean
 * what they say, or give more than they seem to. Never an error, and never
 * looked at when policies are loaded to be used.
 */
#include "parser.h"

#include <sys/stat.h>

#include <string.h>

static bool
linting(const struct policy_parse *p)
{
	return (p->source->flags & POLICY_LOAD_LINT) != 0;
}

void
lint_test(struct policy_parse *p, const struct policy_expr *expr,
    struct policy_place place, enum path_state state)
{
	const enum policy_operator op = expr->operator;
	char text[REPORT_TEXT_MAX];

	if (!linting(p))
		return;
	(void)report_text(expr->written, strlen(expr->written), text);
	if (op == POLICY_EQ && strchr(expr->written, '*') != NULL)
		parse_message(p, POLICY_WARNING, place,
		    "eq \"%s\" compares to the letter; patterns are for match",
		    text);
	if (op == POLICY_MATCH && strncmp(expr->written, "inet-[", 6) == 0)
		parse_message(p, POLICY_WARNING, place,
		    "the brackets in match \"%s\" are a set; write \\\\[ and "
		    "\\\\]",
		    text);
	/* Templates serve many machines. */
	if (state == PATH_MISSING && !p->included)
		parse_message(p, POLICY_WARNING, place,
		    "\"%s\" names nothing on this machine", text);
	else if (state == PATH_UNTRUSTED)
		parse_message(p, POLICY_WARNING, place,
		    "\"%s\" goes through a symbolic link that others than root "
		    "can set, which is not followed",
		    text);
}

typedef bool (*test_fn)(const struct policy_expr *, const void *);

/* Does a test say yes, anywhere in the expression? */
static bool
any_test(const struct policy_expr *expr, test_fn yes, const void *context)
{
	for (;;) {
		switch (expr->op) {
		case POLICY_TRUE:
			return false;
		case POLICY_TEST:
			return yes(expr, context);
		case POLICY_NOT:
			expr = expr->left;
			break;
		case POLICY_AND:
		case POLICY_OR:
			if (any_test(expr->left, yes, context))
				return true;
			expr = expr->right;
			break;
		}
	}
}

static bool
names_path(const struct policy_expr *expr, const void *context)
{
	const enum policy_operator op = expr->operator;
	const int *index = context;

	if (strcmp(expr->name, "filename") != 0)
		return false;
	return expr->index == *index ||
	    (expr->index == -1 && (op == POLICY_NEQ || op == POLICY_NSUB));
}

static void
lint_two_paths(struct policy_parse *p)
{
	static const int first = 0, second = 1;
	const struct policy_rule *rule = p->rule;

	if (rule->action != POLICY_PERMIT ||
	    !check_has_argument(rule, "filename", 1))
		return;
	if (any_test(rule->expr, names_path, &first) &&
	    any_test(rule->expr, names_path, &second))
		return;
	parse_message(p, POLICY_WARNING, p->head,
	    "permits \"%s\" without naming both filename[0] and filename[1]",
	    rule->callname);
}

/* A domain whose sockets neither a filter nor a device could bound. */
static bool
other_domain(const struct policy_expr *expr, const void *context)
{
	const enum policy_operator op = expr->operator;
	static const char *const packets[] = { "AF_PACKET", "AF_INET",
		"AF_INET6" };
	size_t i;

	(void)context;
	if (strcmp(expr->name, "sockdom") != 0 || op != POLICY_EQ)
		return false;
	for (i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		if (strcmp(expr->string, packets[i]) == 0)
			return false;
	}
	return true;
}

static void
lint_socket(struct policy_parse *p)
{
	const struct policy_rule *rule = p->rule;

	if (rule->ncalls == 0 || strcmp(rule->calls[0]->name, "socket") != 0 ||
	    rule->filter != NULL || rule->device != NULL ||
	    any_test(rule->expr, other_domain, NULL))
		return;
	parse_message(p, POLICY_WARNING, p->action,
	    "a wide grant: without filter or device such a socket sees all "
	    "packets, can be bound anew and made promiscuous");
}

/* "ro" is in "roct" as well. */
static bool
part_of_flags(const struct policy_expr *expr, const void *context)
{
	const enum policy_operator op = expr->operator;

	(void)context;
	return op == POLICY_SUB && strcmp(expr->name, "oflags") == 0 &&
	    strncmp(expr->string, "ro", 2) == 0;
}

static bool
any_flags(const struct policy_expr *expr, const void *context)
{
	(void)context;
	return strcmp(expr->name, "oflags") == 0;
}

static void
lint_flags(struct policy_parse *p)
{
	const struct policy_rule *rule = p->rule;

	/* An alias elevates no making, and creat nothing but that. */
	if (rule->action != POLICY_PERMIT || rule->alias != SYS_ALIAS_NONE ||
	    rule->ncalls == 0 || strcmp(rule->calls[0]->name, "creat") == 0 ||
	    !check_has_argument(rule, "oflags", 0))
		return;
	if (any_test(rule->expr, part_of_flags, NULL))
		parse_message(p, POLICY_WARNING, p->head,
		    "oflags sub \"ro\" holds for \"roct\" too, which makes and "
		    "truncates files; write oflags eq \"ro\"");
	else if (rule->identity.kind != POLICY_AS_CALLER &&
	    !any_test(rule->expr, any_flags, NULL))
		parse_message(p, POLICY_WARNING, p->action,
		    "opens for writing, too, and makes and truncates files; "
		    "name the oflags, or write fsread or fswrite");
}

/* By a number of its own, or behind another's, or as what folds into it? */
static bool
is_made(const struct sys_call *call, enum sys_machine machine)
{
	const struct sys_call *into[SYS_FOLDS_MAX], *other;
	struct sys_behind behind;
	size_t i, n, k;

	for (i = 0; i < sys_count(); i++) {
		other = sys_row(i);
		if (sys_number(other, machine) == -1)
			continue;
		for (n = sys_bases(other, into); n > 0; n--)
			if (into[n - 1] == call)
				return true;
		for (k = 0;
		     machine == SYS_I386 && sys_i386_behind(other, k, &behind);
		     k++)
			if (behind.row == call)
				return true;
	}
	return sys_number(call, machine) != -1;
}

/* A rule for what the policy's programs have no such call for: it was written
   for those of the other ABI, and what it denies is not denied. */
static void
lint_made(struct policy_parse *p)
{
	enum sys_machine machine = p->block->foreign ? SYS_I386 : SYS_NATIVE;
	const struct sys_call *call, *base;

	if (p->rule->ncalls != 1 || is_made(p->rule->calls[0], machine))
		return;
	call = p->rule->calls[0];
	base = sys_base(call, NULL, false);
	parse_message(p, POLICY_WARNING, p->call,
	    "%s programs have no call \"%s\": the rule matches nothing%s%s",
	    p->block->foreign ? "linux32" : "native", call->name,
	    base == call ? "" : "; write ", base == call ? "" : base->name);
}

static bool
any_type(const struct policy_expr *expr, const void *context)
{
	(void)context;
	return strcmp(expr->name, "type") == 0 ||
	    strcmp(expr->name, "dev") == 0;
}

static void
lint_nodes(struct policy_parse *p)
{
	const struct policy_rule *rule = p->rule;

	if (rule->action == POLICY_PERMIT &&
	    rule->identity.kind != POLICY_AS_CALLER && rule->ncalls > 0 &&
	    rule->calls[0]->op == SYS_OP_MKNOD &&
	    !any_test(rule->expr, any_type, NULL))
		parse_message(p, POLICY_WARNING, p->action,
		    "makes devices, and so whoever may open one has the disk: "
		    "name the type, or the dev");
}

static bool
names_folder(const struct policy_expr *expr, const void *context)
{
	const enum policy_operator op = expr->operator;
	struct stat st;

	(void)context;
	return op == POLICY_EQ && strcmp(expr->name, "filename") == 0 &&
	    !expr->macros && stat(expr->string, &st) == 0 &&
	    S_ISDIR(st.st_mode);
}

static bool
is_opening(const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->ncalls; i++)
		if (sys_arg_by_name(rule->calls[i], "oflags", 0) != NULL)
			return true;
	return rule->alias != SYS_ALIAS_NONE;
}

static void
lint_descriptors(struct policy_parse *p)
{
	const struct policy_rule *rule = p->rule;

	if (rule->keep)
		parse_message(p, POLICY_WARNING, p->seen[MODIFIER_KEEP],
		    "what the program executes gets the descriptor, too");
	/* Of other calls nobody gets one. */
	if (!is_opening(rule))
		return;
	if (any_test(rule->expr, names_folder, NULL))
		parse_message(p, POLICY_WARNING, p->action,
		    "a descriptor of a folder leads to what is in it and, by "
		    "\"..\", above it");
}

void
lint_rule(struct policy_parse *p)
{
	if (!linting(p) || p->unknown)
		return;
	lint_two_paths(p);
	lint_flags(p);
	lint_nodes(p);
	lint_made(p);
	if (p->rule->identity.kind == POLICY_AS_CALLER)
		return;
	lint_socket(p);
	lint_descriptors(p);
}

bool
lint_always(const struct policy_rule *rule)
{
	return rule->expr->op == POLICY_TRUE && rule->pred == NULL &&
	    rule->limit == POLICY_UNLIMITED && rule->exclusive == NULL;
}

/*
 * The rule that decides all that this one could, NULL if there is none. `by`
 * has one for each call and, behind them, for each alias.
 */
static const struct policy_rule *
shadowed(const struct policy_rule *rule, const struct policy_rule *const *by)
{
	const struct policy_rule *earlier = NULL;
	size_t i;

	if (rule->alias != SYS_ALIAS_NONE)
		return by[sys_count() + rule->alias];
	for (i = 0; i < rule->ncalls; i++) {
		earlier = by[sys_index(rule->calls[i])];
		if (earlier == NULL)
			break;
	}
	return earlier;
}

static void
shadow(const struct policy_rule *rule, const struct policy_rule **by)
{
	size_t i;

	if (rule->alias != SYS_ALIAS_NONE)
		by[sys_count() + rule->alias] = rule;
	for (i = 0; i < rule->ncalls; i++)
		by[sys_index(rule->calls[i])] = rule;
}

/* Overlapping is what templates are for: only a policy's own rules count. */
void
lint_reached(struct policy_parse *p, const struct policy_rule *rule)
{
	const struct policy_rule *earlier;

	if (!linting(p))
		return;
	if (p->shadow == NULL)
		p->shadow = arena_alloc(p->arena,
		    (sys_count() + SYS_ALIAS_BY_FLAGS + 1) *
			sizeof(*p->shadow));
	if (p->shadow == NULL)
		return;
	earlier = shadowed(rule, p->shadow);
	if (earlier == NULL && lint_always(rule))
		shadow(rule, p->shadow);
	if (earlier == NULL || strcmp(rule->file, p->file) != 0)
		return;
	report_add(p->report, POLICY_WARNING, rule->file,
	    (struct policy_place){ rule->line, 1 },
	    "never reached: line %u%s%s decides before", earlier->line,
	    strcmp(earlier->file, rule->file) == 0 ? "" : " of ",
	    strcmp(earlier->file, rule->file) == 0 ? "" : earlier->file);
}

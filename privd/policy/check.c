/* SPDX-License-Identifier: ISC */
/*
 * What a rule may say about its call, checked when it is loaded: that the
 * call exists and has the arguments that are tested, and that what the rule
 * promises can be kept. Nothing is ever run with a restriction left out, so
 * all that is not known to be right is an error here.
 */
#include "parser.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool
call_is(const struct sys_call *call, const char *name)
{
	return strcmp(call->name, name) == 0;
}

/* Note once for each name what has no counterpart here. */
static int
check_unlinux(struct policy_parse *p)
{
	struct noted *noted;

	for (noted = p->noted; noted != NULL; noted = noted->next) {
		if (strcmp(noted->name, p->rule->callname) == 0)
			return 0;
	}
	noted = arena_alloc(p->arena, sizeof(*noted));
	if (noted == NULL)
		return -1;
	noted->name = p->rule->callname;
	noted->next = p->noted;
	p->noted = noted;
	parse_message(p, POLICY_NOTE, p->call,
	    "Linux has no call like \"%s\": its rules match nothing",
	    p->rule->callname);
	return 0;
}

static int
check_set_calls(struct policy_parse *p, const struct sys_call *first,
    const char *const *names)
{
	const struct sys_call **calls, *call;
	size_t n, i;

	for (n = 0; names != NULL && names[n] != NULL;)
		n++;
	calls = arena_alloc(p->arena, (n + 1) * sizeof(*calls));
	if (calls == NULL)
		return -1;
	p->rule->calls = calls;
	if (first != NULL)
		calls[p->rule->ncalls++] = first;
	for (i = 0; i < n; i++) {
		call = sys_by_name(names[i]);
		if (call != NULL && call != first)
			calls[p->rule->ncalls++] = call;
	}
	return p->rule->ncalls == 0 ? check_unlinux(p) : 0;
}

int
check_call(struct policy_parse *p)
{
	const char *name = p->rule->callname, *near, *const * names;
	const struct sys_call *call;
	char text[REPORT_TEXT_MAX];

	call = sys_by_name(name);
	p->rule->alias = sys_alias_by_name(name);
	if (call == NULL && p->rule->alias != SYS_ALIAS_NONE)
		return 0;
	p->rule->alias = SYS_ALIAS_NONE;
	names = NULL;
	if (sys_bsd(name, &names) || call != NULL)
		return check_set_calls(p, call, names);
	p->unknown = true;
	near = sys_nearest(name);
	parse_error(p, p->call, "unknown call \"%s\"%s%s%s",
	    report_text(name, strlen(name), text),
	    near == NULL ? ", expected one that privctl calls lists, fsread "
			   "or fswrite" :
			   "; did you mean \"",
	    near == NULL ? "" : near, near == NULL ? "" : "\"?");
	return 0;
}

int
check_call_number(struct policy_parse *p, uint64_t number)
{
	const struct sys_call *call;
	enum sys_machine machine;

	machine = p->block->foreign ? SYS_I386 : SYS_NATIVE;
	call = number > INT_MAX ? NULL : sys_by_number(machine, (int)number);
	if (call != NULL)
		return check_set_calls(p, call, NULL);
	p->unknown = true;
	parse_error(p, p->call,
	    "no call is known by the number %llu: it is answered ENOSYS, "
	    "whatever a rule says",
	    (unsigned long long)number);
	return 0;
}

/* Is this row judged by the rule, by its own name, its base's or its alias? */
static bool
rule_judges(const struct policy_rule *rule, const struct sys_call *row)
{
	const struct sys_call *bases[SYS_FOLDS_MAX];
	size_t i, j, n;

	n = sys_bases(row, bases);
	for (i = 0; i < n; i++) {
		if (rule->alias != SYS_ALIAS_NONE &&
		    (bases[i]->alias == (uint8_t)rule->alias ||
			bases[i]->alias == SYS_ALIAS_BY_FLAGS))
			return true;
		for (j = 0; j < rule->ncalls; j++) {
			if (bases[i] == rule->calls[j])
				return true;
		}
	}
	return false;
}

bool
check_has_argument(const struct policy_rule *rule, const char *name,
    unsigned int nth)
{
	const struct sys_call *row;
	size_t i;

	for (i = 0; i < rule->ncalls; i++) {
		if (sys_arg_by_name(rule->calls[i], name, nth) != NULL)
			return true;
	}
	for (i = 0; i < sys_count(); i++) {
		row = sys_row(i);
		if (sys_arg_by_name(row, name, nth) != NULL &&
		    rule_judges(rule, row))
			return true;
	}
	return false;
}

/* Once each: `list` is "a, b, ", as long as it has room. */
static void
list_argument(char *list, size_t size, const char *name)
{
	char item[64];

	if (snprintf(item, sizeof(item), "%s, ", name) >= (int)sizeof(item))
		return;
	if (strncmp(list, item, strlen(item)) == 0)
		return;
	if (*list != '\0' &&
	    snprintf(item, sizeof(item), ", %s, ", name) < (int)sizeof(item) &&
	    strstr(list, item) != NULL)
		return;
	if (strlen(list) + strlen(name) + 3 > size)
		return;
	(void)strlcat(list, name, size);
	(void)strlcat(list, ", ", size);
}

static void
offer_arguments(const struct policy_rule *rule, struct nearest *nearest,
    char *list, size_t size)
{
	const struct sys_call *row;
	size_t i, j;
	bool named;

	list[0] = '\0';
	for (i = 0; i < sys_count(); i++) {
		row = sys_row(i);
		for (j = 0, named = false; j < rule->ncalls; j++)
			named = named || rule->calls[j] == row;
		if (!named && !rule_judges(rule, row))
			continue;
		for (j = 0; j < SYS_ARGS_MAX && row->args[j].name != NULL;
		     j++) {
			nearest_offer(nearest, row->args[j].name);
			list_argument(list, size, row->args[j].name);
		}
	}
}

void
check_test(struct policy_parse *p, const struct policy_expr *expr,
    struct policy_place place)
{
	char text[REPORT_TEXT_MAX], hint[128], list[512];
	struct nearest nearest;

	if (strcmp(expr->name, "args") == 0) {
		if (expr->index >= SYS_REGS)
			parse_error(p, place, "args ends at args[%d]",
			    SYS_REGS - 1);
		return;
	}
	if (p->unknown ||
	    (p->rule->ncalls == 0 && p->rule->alias == SYS_ALIAS_NONE))
		return;
	if (check_has_argument(p->rule, expr->name,
		expr->index < 0 ? 0 : (unsigned int)expr->index))
		return;
	(void)report_text(expr->name, strlen(expr->name), text);
	if (expr->index > 0 && check_has_argument(p->rule, expr->name, 0)) {
		parse_error(p, place, "\"%s\" has no argument \"%s[%d]\"",
		    p->rule->callname, text, expr->index);
		return;
	}
	nearest_start(&nearest, expr->name);
	offer_arguments(p->rule, &nearest, list, sizeof(list));
	parse_error(p, place,
	    "\"%s\" has no argument \"%s\", expected %s%sargs%s",
	    p->rule->callname, text, list, list[0] == '\0' ? "" : "or ",
	    nearest_hint(&nearest, hint, sizeof(hint)));
}

/* The calls that can be elevated, for a message. */
static void
list_elevating(char *out, size_t size)
{
	const struct sys_call *row;
	size_t i;

	out[0] = '\0';
	for (i = 0; i < sys_count(); i++) {
		row = sys_row(i);
		if (!(row->flags & SYS_ELEVATES) || row->folds[0].base != NULL)
			continue;
		if (out[0] != '\0')
			(void)strlcat(out, ", ", size);
		(void)strlcat(out, row->name, size);
	}
	(void)strlcat(out, " and, by what they open, fsread, fswrite", size);
}

/* Is what the test names something that nobody can do for another? */
static bool
names_unperformable(const struct policy_expr *expr, const struct sys_call *call)
{
	const struct sys_arg *arg = sys_arg_by_name(call, expr->name, 0);
	const enum policy_operator op = expr->operator;
	bool set = call->op == SYS_OP_SETSOCKOPT;
	struct sys_option_number found[4];
	struct sys_cmp cmp;
	size_t i, n;

	if (arg == NULL || op != POLICY_EQ || expr->macros)
		return false;
	if (arg->kind == SYS_REQUEST)
		return sys_compare(arg, expr->string, &cmp) == SYS_CMP_EXACT &&
		    sys_request((uint32_t)cmp.value) == NULL;
	if (arg->kind != SYS_OPTNAME)
		return false;
	n = sys_options_named(expr->string, found, 4);
	for (i = 0; i < n; i++)
		if (sys_option(found[i].level, found[i].option, set) !=
		    SYS_OPTION_NONE)
			return false;
	return n > 0;
}

/* The first such test that could make the rule match; NULL. */
static const struct policy_expr *
find_unperformable(const struct policy_expr *expr, const struct sys_call *call)
{
	const struct policy_expr *found;

	for (;; expr = expr->right) {
		switch (expr->op) {
		case POLICY_TEST:
			return names_unperformable(expr, call) ? expr : NULL;
		case POLICY_AND:
		case POLICY_OR:
			found = find_unperformable(expr->left, call);
			if (found != NULL)
				return found;
			break;
		case POLICY_NOT:
		case POLICY_TRUE:
			return NULL;
		}
	}
}

static void
check_performable(struct policy_parse *p, struct policy_place place)
{
	const struct policy_rule *rule = p->rule;
	const struct policy_expr *expr;
	char text[REPORT_TEXT_MAX];
	size_t i;

	for (i = 0; i < rule->ncalls; i++) {
		expr = find_unperformable(rule->expr, rule->calls[i]);
		if (expr == NULL)
			continue;
		parse_error(p, place,
		    "%s \"%s\" of \"%s\" cannot be performed as somebody "
		    "else",
		    expr->name,
		    report_text(expr->string, strlen(expr->string), text),
		    rule->callname);
		return;
	}
}

/* The kernel asks for the uid of who does something to a process. */
static void
check_group_alone(struct policy_parse *p, struct policy_place place)
{
	const struct policy_rule *rule = p->rule;
	size_t i;

	if (!rule->identity.has_gid || rule->identity.has_uid)
		return;
	for (i = 0; i < rule->ncalls; i++) {
		if (!sys_has_target(rule->calls[i]))
			continue;
		parse_error(p, place,
		    "a group has no rights over processes: \"%s\" can be "
		    "performed as a user or with a capability",
		    rule->callname);
		return;
	}
}

static void
check_elevation(struct policy_parse *p)
{
	const struct policy_rule *rule = p->rule;
	struct policy_place place;
	char list[1024];
	size_t i;

	place = p->seen[MODIFIER_AS];
	if (place.line == 0)
		place = p->seen[MODIFIER_WITH];
	if (place.line == 0)
		return;
	if (rule->action != POLICY_PERMIT) {
		parse_error(p, place,
		    "\"as\" and \"with\" stand behind permit alone");
		return;
	}
	for (i = 0; i < rule->ncalls; i++) {
		if (rule->calls[i]->flags & SYS_ELEVATES)
			continue;
		list_elevating(list, sizeof(list));
		parse_error(p, place,
		    "\"%s\" cannot be performed as somebody else; what can: "
		    "%s",
		    rule->callname, list);
		return;
	}
	check_performable(p, place);
	check_group_alone(p, place);
}

/* Do all calls of the rule fold into one of that name? */
static bool
rule_is(const struct policy_rule *rule, const char *name)
{
	size_t i;

	for (i = 0; i < rule->ncalls; i++) {
		if (!call_is(rule->calls[i], name) &&
		    !call_is(sys_base(rule->calls[i], NULL, false), name))
			return false;
	}
	return rule->alias == SYS_ALIAS_NONE;
}

static void
check_socket(struct policy_parse *p, enum modifier modifier, const char *name)
{
	const struct policy_rule *rule = p->rule;

	if (p->seen[modifier].line == 0)
		return;
	if (!rule_is(rule, "socket") || rule->identity.kind == POLICY_AS_CALLER)
		parse_error(p, p->seen[modifier],
		    "\"%s\" stands in rules that elevate socket alone", name);
}

static void
check_child(struct policy_parse *p)
{
	const struct policy_rule *rule = p->rule;
	char path[PATH_MAX];
	char *copy;

	if (rule->child == POLICY_CHILD_OWN)
		return;
	if (!rule_is(rule, "execve"))
		parse_error(p, p->action,
		    "a child form stands in rules for execve alone");
	if (rule->child != POLICY_CHILD_POLICY)
		return;
	if (rule->child_path[0] != '/') {
		parse_error(p, p->action,
		    "expected the absolute path of a program");
		return;
	}
	if (p->format ||
	    path_resolve(rule->child_path, p->source->authority == POLICY_USER,
		false, path) == -1)
		return;
	copy = arena_string(p->arena, path);
	if (copy == NULL)
		p->nomem = true;
	else
		p->rule->child_path = copy;
}

void
check_rule(struct policy_parse *p)
{
	const struct policy_rule *rule = p->rule;
	bool done;

	if (p->unknown)
		return;
	done = rule->action == POLICY_PERMIT || rule->action == POLICY_DENY;
	if (p->seen[MODIFIER_LIMIT].line > 0 && !done)
		parse_error(p, p->seen[MODIFIER_LIMIT],
		    "once, times and rate stand behind permit and deny alone");
	if (p->seen[MODIFIER_KEEP].line > 0 &&
	    rule->identity.kind == POLICY_AS_CALLER)
		parse_error(p, p->seen[MODIFIER_KEEP],
		    "\"keep\" stands in rules that elevate alone");
	check_elevation(p);
	check_socket(p, MODIFIER_FILTER, "filter");
	check_socket(p, MODIFIER_DEVICE, "device");
	check_child(p);
}

/* Does the rule let the program execute something as it is? */
static bool
rule_executes(const struct policy_rule *rule)
{
	return rule->ncalls > 0 && rule_is(rule, "execve") &&
	    (rule->action == POLICY_PERMIT || rule->action == POLICY_ASK) &&
	    rule->identity.kind == POLICY_AS_CALLER;
}

/* Does the rule pretend that the program's identity was changed? */
static bool
rule_pretends(const struct policy_rule *rule)
{
	size_t i;

	if (rule->action != POLICY_PRETEND)
		return false;
	for (i = 0; i < rule->ncalls; i++)
		if ((rule->calls[i]->flags & SYS_CREDS) != 0)
			return true;
	return false;
}

/* Does the rule name that call, match whenever it is made, and deny it? */
static bool
rule_bars(const struct policy_rule *rule, const char *name)
{
	size_t i;

	if (rule->action == POLICY_PERMIT || rule->action == POLICY_ASK ||
	    !lint_always(rule))
		return false;
	for (i = 0; i < rule->ncalls; i++) {
		if (call_is(rule->calls[i], name))
			return true;
	}
	return false;
}

static void
refuse_pretended(struct policy_parse *p, const struct policy_rule *rule,
    const char *what)
{
	report_add(p->report, POLICY_ERROR, rule->file,
	    (struct policy_place){ rule->line, 1 },
	    "\"%s\" cannot be pretended in a policy that permits execve: it "
	    "would execute for the wrong user",
	    what);
}

/*
 * A program that is told that it has become another user, and executes
 * something, has executed it for the wrong one.
 */
bool
check_pretend(struct policy_parse *p, const struct rule_list *rules,
    const struct outcome *fallback)
{
	bool falls, executes, bars = false, bars_at = false, pretends = false;
	const struct policy_rule *executing = NULL, *rule;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		rule = rules->rules[i];
		if (executing == NULL && rule_executes(rule))
			executing = rule;
		bars = bars || rule_bars(rule, "execve");
		bars_at = bars_at || rule_bars(rule, "execveat");
	}
	falls = fallback->action == POLICY_PERMIT ||
	    fallback->action == POLICY_ASK;
	executes = executing != NULL || (falls && !bars);
	for (i = 0; i < rules->count; i++) {
		rule = rules->rules[i];
		if (!rule_pretends(rule))
			continue;
		pretends = true;
		if (executes)
			refuse_pretended(p, rule, rule->callname);
	}
	if (executing != NULL && fallback->action == POLICY_PRETEND)
		refuse_pretended(p, executing, "Default:");
	return pretends && falls && !bars_at;
}

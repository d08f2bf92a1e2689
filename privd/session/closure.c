/* SPDX-License-Identifier: ISC */
/*
 * The closure: the sets of policies that processes of the session can come to
 * be under. A policy whose execve rules name programs reaches those; one that
 * permits others reaches every policy that is loaded, and none. Policies that
 * cannot be carried out are left out of it, except the program's own, which
 * is refused.
 *
 * For each set all that its policies may want of a child is put together;
 * too much is permitted here rather than too little, for the filter gets the
 * weaker by it: it asks more.
 */
#include "closure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "heir.h"
#include "rule.h"
#include "session.h"

#define RULES_MAX 4096  /* execve rules that are looked at */
#define SETS_MAX 256    /* of the closure */
#define CHOICES_MAX 256 /* of what the policies of a set may want together */

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

/* Of 32-bit programs: several calls behind one number are judged as these. */
static bool
is_many(const struct sys_call *call)
{
	uint32_t mask;
	int error;

	return sys_i386_is_many(call, &mask, &error) && mask != 0;
}

/* What nobody performs for them, as its structures are others. */
static bool
is_not_lent(const struct sys_call *call)
{
	return call->op == SYS_OP_IOCTL || call->op == SYS_OP_ADJTIME ||
	    call->op == SYS_OP_QUOTA;
}

static int
check_rule_i386(const struct policy_rule *rule, char *reason, size_t len)
{
	size_t i;

	for (i = 0; i < rule->ncalls; i++) {
		if (is_many(rule->calls[i])) {
			(void)snprintf(reason, len,
			    "%s:%u: %s is judged as the call that its first "
			    "register names: name that one",
			    rule->file, rule->line, rule->callname);
			return -1;
		}
		if (rule->calls[i]->op == SYS_OP_QUOTA &&
		    rule->expr->op != POLICY_TRUE) {
			(void)snprintf(reason, len,
			    "%s:%u: %s of a 32-bit program cannot be judged: "
			    "permit or deny the call whole",
			    rule->file, rule->line, rule->callname);
			return -1;
		}
		if (rule->identity.kind != POLICY_AS_CALLER &&
		    is_not_lent(rule->calls[i])) {
			(void)snprintf(reason, len,
			    "%s:%u: %s of a 32-bit program cannot be "
			    "performed as somebody else",
			    rule->file, rule->line, rule->callname);
			return -1;
		}
	}
	return 0;
}

static int
check_rule(const struct policy_rule *rule, char *reason, size_t len)
{
	const struct policy_expr *expr;
	size_t i;

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
	bool i386 = policy_machine(image) == SYS_I386;
	size_t i;

	if (i386 && !SYS_HAS_I386) {
		(void)snprintf(reason, len,
		    "the policy of %s is for linux32: this machine has no "
		    "programs of i386",
		    policy_program(image));
		return -1;
	}
	if (i386 && policy_detached(image)) {
		(void)snprintf(reason, len,
		    "the policy of %s is for linux32 and detached: what is "
		    "not judged has native calls alone",
		    policy_program(image));
		return -1;
	}
	for (i = 0; i < policy_rule_count(image); i++)
		if (check_rule(policy_rule(image, i), reason, len) == -1 ||
		    (i386 &&
			check_rule_i386(policy_rule(image, i), reason, len) ==
			    -1))
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

/* A program that can be executed, NULL: any without a policy. */
struct reachable {
	const char *program;
	struct heir_own own;
};

struct closure {
	struct session_plan *plan;
	struct reachable *programs; /* all that have policies */
	size_t nprograms;
};

static int
add_set(struct session_plan *plan, const struct filter_set *set)
{
	struct filter_set *grown;
	size_t i;

	for (i = 0; i < plan->nclosure; i++)
		if (heir_same(&plan->closure[i], set))
			return 0;
	/* What is left out is refused when it is executed, unless each of its
	   policies is in by itself. */
	if (plan->nclosure == SETS_MAX)
		return 0;
	grown = reallocarray(plan->closure, plan->nclosure + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	grown[plan->nclosure++] = *set;
	plan->closure = grown;
	return 0;
}

/* What a session cannot carry out is not in the closure. */
static bool
is_built(const struct filter_set *set)
{
	char ignored[SESSION_REASON_MAX];
	size_t i;

	for (i = 0; i < set->count; i++)
		if (check_image(set->images[i], ignored, sizeof(ignored)) == -1)
			return false;
	return true;
}

/* --- what the policies of a set can want of a child */

/* Some rule by which an image may permit the execve of a program. */
struct wish {
	const char *program;            /* NULL: of any */
	const struct policy_rule *rule; /* NULL: by default */
};

struct wishes {
	struct wish *v;
	size_t count;
};

static bool
wants_the_same(const struct wish *a, const struct wish *b)
{
	enum policy_child one, other;

	one = a->rule == NULL ? POLICY_CHILD_OWN : a->rule->child;
	other = b->rule == NULL ? POLICY_CHILD_OWN : b->rule->child;
	if (one != other || (a->program == NULL) != (b->program == NULL) ||
	    (a->program != NULL && strcmp(a->program, b->program) != 0))
		return false;
	return one != POLICY_CHILD_POLICY ||
	    strcmp(a->rule->child_path, b->rule->child_path) == 0;
}

static int
add_wish(struct wishes *wishes, const char *program,
    const struct policy_rule *rule)
{
	const struct wish wish = { program, rule };
	struct wish *grown;
	size_t i;

	for (i = 0; i < wishes->count; i++)
		if (wants_the_same(&wishes->v[i], &wish))
			return 0;
	grown = reallocarray(wishes->v, wishes->count + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	grown[wishes->count++] = wish;
	wishes->v = grown;
	return 0;
}

/* *decided: no call of that name comes to the default. */
static int
collect_rules(const struct session_plan *plan, const struct policy_image *image,
    const char *name, struct wishes *wishes, bool *decided)
{
	static const struct policy_rule *rules[RULES_MAX];
	size_t i, n;

	n = policy_candidates(image, sys_by_name(name), sys_by_name("execve"),
	    SYS_ALIAS_NONE, plan->options.no_alias, rules, RULES_MAX);
	*decided = false;
	for (i = 0; i < n && !*decided; i++) {
		if (rules[i]->action == POLICY_PERMIT &&
		    add_wish(wishes, named_program(rules[i]->expr), rules[i]) ==
			-1)
			return -1;
		*decided = always_matches(rules[i]);
	}
	return 0;
}

static int
collect_wishes(const struct session_plan *plan,
    const struct policy_image *image, struct wishes *wishes)
{
	struct policy_verdict otherwise;
	bool decided, at_decided;

	if (collect_rules(plan, image, "execve", wishes, &decided) == -1 ||
	    collect_rules(plan, image, "execveat", wishes, &at_decided) == -1)
		return -1;
	policy_default(image, plan->options.automatic, &otherwise);
	if ((decided && at_decided) || otherwise.action != POLICY_PERMIT)
		return 0;
	return add_wish(wishes, NULL, NULL);
}

/* --- the sets that these lead to */

/* One way in which all images of a set may permit an execve. */
struct choice_of {
	const struct filter_set *set;
	struct wishes wishes[FILTER_IMAGES_MAX];
	size_t at[FILTER_IMAGES_MAX];
};

static bool
is_of(const struct wish *wish, const char *program)
{
	return wish->program == NULL ||
	    (program != NULL && strcmp(wish->program, program) == 0);
}

/* The next wish of an image for this program, from `at` on. */
static bool
find_wish(struct choice_of *choice, size_t image, const char *program)
{
	const struct wishes *wishes = &choice->wishes[image];
	size_t *at = &choice->at[image];

	while (*at < wishes->count && !is_of(&wishes->v[*at], program))
		(*at)++;
	return *at < wishes->count;
}

/* False: no image can wish anything else. */
static bool
next_choice(struct choice_of *choice, const char *program)
{
	size_t i;

	for (i = 0; i < choice->set->count; i++) {
		choice->at[i]++;
		if (find_wish(choice, i, program))
			return true;
		choice->at[i] = 0;
		(void)find_wish(choice, i, program);
	}
	return false;
}

static int
add_chosen(struct closure *closure, const struct choice_of *choice,
    const struct heir_own *own)
{
	const struct policy_rule *rules[FILTER_IMAGES_MAX];
	struct filter_set heir;
	size_t i;

	for (i = 0; i < choice->set->count; i++)
		rules[i] = choice->wishes[i].v[choice->at[i]].rule;
	if (heir_of(closure->plan, choice->set, rules, own, &heir) !=
		HEIR_FOUND ||
	    !is_built(&heir))
		return 0;
	return add_set(closure->plan, &heir);
}

/* All that a program may come to run under. */
static int
add_heirs(struct closure *closure, struct choice_of *choice,
    const char *program, const struct heir_own *own)
{
	size_t i, tries;

	for (i = 0; i < choice->set->count; i++) {
		choice->at[i] = 0;
		if (!find_wish(choice, i, program))
			return 0; /* one does not permit it at all */
	}
	for (tries = 0; tries < CHOICES_MAX; tries++) {
		if (add_chosen(closure, choice, own) == -1)
			return -1;
		if (!next_choice(choice, program))
			break;
	}
	return 0;
}

static int
add_named(struct closure *closure, struct choice_of *choice)
{
	struct heir_own own;
	const char *program;
	size_t i, n;

	for (i = 0; i < choice->set->count; i++) {
		for (n = 0; n < choice->wishes[i].count; n++) {
			program = choice->wishes[i].v[n].program;
			if (program == NULL)
				continue;
			heir_find_own(closure->plan->policies, program, &own);
			if (add_heirs(closure, choice, program, &own) == -1)
				return -1;
		}
	}
	return 0;
}

static int
add_any(struct closure *closure, struct choice_of *choice)
{
	const struct heir_own nothing = { NULL, NULL };
	size_t i;

	for (i = 0; i < closure->nprograms; i++)
		if (add_heirs(closure, choice, closure->programs[i].program,
			&closure->programs[i].own) == -1)
			return -1;
	return add_heirs(closure, choice, NULL, &nothing);
}

static int
add_reached(struct closure *closure, size_t which)
{
	/* The closure grows, and moves, meanwhile. */
	const struct filter_set set = closure->plan->closure[which];
	struct choice_of choice;
	int result = 0;
	size_t i;

	memset(&choice, 0, sizeof(choice));
	choice.set = &set;
	if (heir_is_released(&set)) /* whatever it executes is, too */
		return 0;
	for (i = 0; i < set.count && result == 0; i++)
		result = collect_wishes(closure->plan, set.images[i],
		    &choice.wishes[i]);
	if (result == 0)
		result = add_named(closure, &choice);
	if (result == 0)
		result = add_any(closure, &choice);
	for (i = 0; i < set.count; i++)
		free(choice.wishes[i].v);
	return result;
}

/* --- the programs that have policies */

static void
add_program(struct closure *closure, const char *program,
    const struct heir_own *own)
{
	closure->programs[closure->nprograms].program = program;
	closure->programs[closure->nprograms++].own = *own;
}

/* A header with any folder is taken by the first program that fits. */
static void
add_wildcard(struct closure *closure, const struct policy_image *image)
{
	struct heir_own own = { NULL, NULL };

	if (policy_authority(image) == POLICY_SYSTEM)
		own.system = image;
	else
		own.user = image;
	add_program(closure, NULL, &own);
}

static int
find_programs(struct closure *closure)
{
	const struct session_plan *plan = closure->plan;
	const struct policy_image *const *images, *image;
	struct heir_own own;
	size_t i, n, wild;

	/* To look for a program may bind a wildcard, which is one more. */
	n = policy_images(plan->policies, &images);
	for (wild = 0; policy_wildcard(plan->policies, wild) != NULL;)
		wild++;
	closure->programs = calloc(n + wild + 1, sizeof(*closure->programs));
	if (closure->programs == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		heir_find_own(plan->policies, policy_program(images[i]), &own);
		add_program(closure, policy_program(images[i]), &own);
	}
	for (i = 0; (image = policy_wildcard(plan->policies, i)) != NULL; i++)
		add_wildcard(closure, image);
	return 0;
}

/* What is asked for is found for calls only where a rule looks at it. */
static void
look_at(struct session_plan *plan, const struct policy_expr *expr)
{
	switch (expr->op) {
	case POLICY_TEST:
		if (expr->macros && strstr(expr->string, "$CWD") != NULL)
			plan->uses_cwd = true;
		if (strcasecmp(expr->name, "argv") == 0)
			plan->uses_argv = true;
		if (strcasecmp(expr->name, "envp") == 0)
			plan->uses_envp = true;
		break;
	case POLICY_NOT:
		look_at(plan, expr->left);
		break;
	case POLICY_AND:
	case POLICY_OR:
		look_at(plan, expr->left);
		look_at(plan, expr->right);
		break;
	case POLICY_TRUE:
		break;
	}
}

void
closure_look_through(struct session_plan *plan, const struct filter_set *set)
{
	const struct policy_expr *expr;
	size_t i, n;

	for (n = 0; n < set->count; n++) {
		if (policy_digest(set->images[n]) != NULL)
			plan->uses_digest = true;
		for (i = 0; i < policy_rule_count(set->images[n]); i++) {
			expr = policy_rule(set->images[n], i)->expr;
			look_at(plan, expr);
			plan->names = plan->names ||
			    rule_tests(expr, "pidname");
			plan->addresses = plan->addresses ||
			    rule_tests(expr, "sockaddr");
		}
	}
}

static int
check_others(const struct session_plan *plan, const struct policy_image *image,
    char *reason, size_t len)
{
	const struct policy_rule *rule;
	struct heir_own other;
	size_t i;

	for (i = 0; i < policy_rule_count(image); i++) {
		rule = policy_rule(image, i);
		if (rule->child != POLICY_CHILD_POLICY)
			continue;
		heir_find_own(plan->policies, rule->child_path, &other);
		if (other.system != NULL || other.user != NULL)
			continue;
		(void)snprintf(reason, len, "%s:%u: there is no policy for %s",
		    rule->file, rule->line, rule->child_path);
		return -1;
	}
	return 0;
}

/* Of the program's own policies nothing may be left out. */
static int
check_launch(const struct session_plan *plan, char *reason, size_t len)
{
	const struct policy_image *const images[] = { plan->policy.first,
		plan->policy.second };
	size_t i;

	for (i = 0; i < 2; i++)
		if (images[i] != NULL &&
		    (check_image(images[i], reason, len) == -1 ||
			check_others(plan, images[i], reason, len) == -1))
			return -1;
	return 0;
}

int
closure_plan(struct session_plan *plan, char *reason, size_t len)
{
	struct closure closure = { .plan = plan };
	int result;
	size_t i;

	if (check_launch(plan, reason, len) == -1)
		return -1;
	result = find_programs(&closure);
	if (result == 0)
		result = add_set(plan, &plan->regime);
	for (i = 0; i < plan->nclosure && result == 0; i++) {
		if (!plan->options.inherit)
			result = add_reached(&closure, i);
		closure_look_through(plan, &plan->closure[i]);
	}
	free(closure.programs);
	if (result == -1)
		(void)snprintf(reason, len, "no memory");
	return result;
}

bool
closure_has_i386(const struct session_plan *plan)
{
	size_t i, n;

	for (i = 0; i < plan->nclosure; i++)
		for (n = 0; n < plan->closure[i].count; n++)
			if (policy_machine(plan->closure[i].images[n]) ==
			    SYS_I386)
				return true;
	return false;
}

static bool
has_fence(const struct policy_image *image)
{
	const struct policy_rule *rule;
	size_t i;

	for (i = 0; i < policy_rule_count(image); i++) {
		rule = policy_rule(image, i);
		if (rule->filter != NULL || rule->device != NULL)
			return true;
	}
	return false;
}

bool
closure_has_fences(const struct session_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nclosure; i++)
		if (has_fence(plan->closure[i].images[0]))
			return true;
	return false;
}

/* SPDX-License-Identifier: ISC */
/*
 * The smallest rule tests every argument that the call had for what it was.
 * It is put together here of names that the tables have and of values in
 * quotes; what cannot be written so that it means itself gets no rule.
 */
#include "explain.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "session/refusal.h"
#include "syscalls/syscalls.h"

struct text {
	char *at;
	size_t size;
	size_t len;
};

static void add(struct text *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct text *text, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text->at + text->len, text->size - text->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		text->len += (size_t)n;
	if (text->len >= text->size)
		text->len = text->size - 1;
}

static struct text
begin(char *at, size_t size)
{
	at[0] = '\0';
	return (struct text){ at, size, 0 };
}

static const char *
emulation(const struct refusal_view *view)
{
	return (view->flags & REFUSAL_I386) != 0 ? "linux32" : "native";
}

const char *
explain_check(const struct refusal_view *view)
{
	static const char *const names[REFUSAL_CHECKS] = {
		[REFUSAL_RULE] = "rule",
		[REFUSAL_DEFAULT] = "default",
		[REFUSAL_NOPOLICY] = "no-policy",
		[REFUSAL_UNNAMED] = "unnamed",
		[REFUSAL_GUARD] = "guard",
		[REFUSAL_SESSION] = "session",
		[REFUSAL_KERNEL] = "kernel",
	};

	return names[view->check];
}

void
explain_request(const struct refusal_view *view, char *at, size_t size)
{
	struct text text = begin(at, size);
	size_t i;

	for (i = 0; i < view->nvalues; i++)
		add(&text, "%s%s: %s%s", i > 0 ? ", " : "",
		    view->values[i].name, view->values[i].value,
		    view->values[i].missing ? " (does not exist)" : "");
	if ((view->flags & REFUSAL_CUT) != 0)
		add(&text, "...");
}

void
explain_reason(const struct refusal_view *view, char *at, size_t size)
{
	struct text text = begin(at, size);

	switch (view->check) {
	case REFUSAL_RULE:
		add(&text, "%s:%u: %s", view->file, view->line, view->rule);
		break;
	case REFUSAL_DEFAULT:
		add(&text, "no rule of the policy for %s permits it",
		    view->policy);
		break;
	case REFUSAL_NOPOLICY:
		add(&text, "there is no policy for %s", view->program);
		break;
	case REFUSAL_UNNAMED:
		add(&text,
		    "%s is refused unless a rule names it, and the policy for "
		    "%s has none",
		    view->call->name, view->policy);
		break;
	case REFUSAL_GUARD:
		add(&text, "programs that are elevated never get it");
		break;
	case REFUSAL_SESSION:
		add(&text, "%s",
		    *view->rule != '\0' ? view->rule :
					  "it could not be judged");
		break;
	case REFUSAL_KERNEL:
	case REFUSAL_CHECKS:
		add(&text, "the policy permits it, and the kernel refuses it%s",
		    (view->flags & REFUSAL_ELEVATED) != 0 ?
			" even as the rule has it done" :
			" to the user");
		break;
	}
}

/* --- the rule */

/* A test that means just this value: no macro, nothing that reads as another
   once it was printed. */
static bool
is_plain(const char *value)
{
	const char *c;

	for (c = value; *c != '\0'; c++)
		if (*c < ' ' || *c > '~' || *c == '$')
			return false;
	return true;
}

/* The call as the rule names it. */
static const struct sys_call *
named(const struct refusal_view *view)
{
	return (view->flags & REFUSAL_VARIANT) != 0 ? view->call : view->base;
}

static unsigned int
nth_of_name(const struct refusal_view *view, size_t which)
{
	unsigned int nth = 0;
	size_t i;

	for (i = 0; i < which; i++)
		nth += strcmp(view->values[i].name, view->values[which].name) ==
		    0;
	return nth;
}

static bool
has_twin(const struct refusal_view *view, size_t which)
{
	size_t i;

	for (i = 0; i < view->nvalues; i++)
		if (i != which &&
		    strcmp(view->values[i].name, view->values[which].name) == 0)
			return true;
	return false;
}

/* Numbers of descriptors are others in the next run. */
static bool
is_tested(const struct refusal_view *view, size_t i)
{
	const struct sys_arg *arg = sys_arg_by_name(named(view),
	    view->values[i].name, nth_of_name(view, i));

	return arg != NULL && arg->kind != SYS_FD;
}

static void
add_quoted(struct text *text, const char *value)
{
	add(text, "\"");
	for (; *value != '\0'; value++)
		add(text, *value == '"' || *value == '\\' ? "\\%c" : "%c",
		    *value);
	add(text, "\"");
}

static void
add_tests(struct text *text, const struct refusal_view *view)
{
	const char *between = "";
	size_t i;

	for (i = 0; i < view->nvalues; i++) {
		if (!is_tested(view, i))
			continue;
		add(text, "%s%s", between, view->values[i].name);
		if (has_twin(view, i))
			add(text, "[%u]", nth_of_name(view, i));
		add(text, " eq ");
		add_quoted(text, view->values[i].value);
		between = " and ";
	}
	if (*between != '\0')
		add(text, " then ");
}

/* As whom the kernel would not refuse: the file's group if that is enough, its
   owner, or root. */
static void
add_identity(struct text *text, const struct refusal_view *view)
{
	unsigned int group = (view->mode >> 3) & 6, owner = view->mode >> 6 & 6;
	unsigned int needs = view->needs;
	bool known = (view->flags & REFUSAL_OBJECT) != 0 && needs != 0;

	if (view->base->op == SYS_OP_SOCKET)
		add(text, " with cap_net_raw");
	else if (view->base->op == SYS_OP_BIND)
		add(text, " with cap_net_bind_service");
	else if (known && (group & needs) == needs && view->gid != 0)
		add(text, " as :%u", view->gid);
	else if (known && (owner & needs) == needs && view->uid != 0)
		add(text, " as %u", view->uid);
	else
		add(text, " as root");
}

/* Why no rule would do; NULL: one does. */
static const char *
find_obstacle(const struct refusal_view *view)
{
	size_t i;

	switch (view->check) {
	case REFUSAL_GUARD:
		return "no rule permits it to a program that is elevated";
	case REFUSAL_SESSION:
		return "no rule changes that";
	case REFUSAL_KERNEL:
	case REFUSAL_CHECKS:
		if ((view->flags & REFUSAL_ELEVATED) != 0)
			return "as whom the rule has it done is not enough";
		if ((view->flags & REFUSAL_USERS) != 0 ||
		    (named(view)->flags & SYS_ELEVATES) == 0)
			return "it cannot be elevated";
		break;
	case REFUSAL_RULE:
	case REFUSAL_DEFAULT:
	case REFUSAL_NOPOLICY:
	case REFUSAL_UNNAMED:
		break;
	}
	if ((view->flags & REFUSAL_CUT) != 0)
		return "what the call names is too long to be shown";
	for (i = 0; i < view->nvalues; i++)
		if (is_tested(view, i) && !is_plain(view->values[i].value))
			return "what the call names has characters that a rule "
			       "cannot compare as they are: use match or re";
	return NULL;
}

void
explain_rule(const struct refusal_view *view, uid_t user, char *at, size_t size)
{
	struct text text = begin(at, size);

	if (find_obstacle(view) != NULL)
		return;
	add(&text, "%s-%s: ", emulation(view), named(view)->name);
	add_tests(&text, view);
	add(&text, "permit");
	if (view->check == REFUSAL_KERNEL) {
		add_identity(&text, view);
		add(&text, ", if user = %u", user);
	}
	if (text.len >= size - 1)
		at[0] = '\0';
}

void
explain_place(const struct refusal_view *view, const char *folder, char *at,
    size_t size)
{
	const char *obstacle = find_obstacle(view);
	struct text text = begin(at, size);

	if (obstacle != NULL) {
		add(&text, "%s", obstacle);
		return;
	}
	if (view->check == REFUSAL_NOPOLICY) {
		add(&text,
		    "a file of its own in %s, behind \"Policy: %s, Emulation: "
		    "%s\"",
		    (view->flags & REFUSAL_USERS) != 0 ? "~/.privd" : folder,
		    view->program, emulation(view));
		return;
	}
	add(&text, "%s, in the policy for %s", view->home, view->policy);
	if (view->line == 0)
		return;
	if (strcmp(view->file, view->home) == 0)
		add(&text, ", before line %u", view->line);
	else
		add(&text, ", before what comes of %s", view->file);
}

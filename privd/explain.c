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

/* A process's name that no rule asks for. */
#define UNKNOWN "<unknown>"

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
		[REFUSAL_SPENT] = "spent",
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

static const char *
name_spent(const struct refusal_view *view)
{
	switch (view->spent) {
	case REFUSAL_ONCE:
		return "that right is spent (once)";
	case REFUSAL_TIMES:
		return "that right is spent (times)";
	case REFUSAL_RATE:
		return "that right is spent for now (rate)";
	case REFUSAL_EXCLUSIVE:
		return "another one of its exclusive group was chosen";
	case REFUSAL_ELSEWHERE:
	case REFUSAL_UNSPENT:
	case REFUSAL_SPENTS:
		break;
	}
	return "that elevates nothing in another root, or mounts, than privd's";
}

static void
add_kernel_reason(struct text *text, const struct refusal_view *view)
{
	if ((view->flags & REFUSAL_RAW) != 0)
		add(text, "the kernel refuses the user the way there");
	else
		add(text, "the policy permits it, and the kernel refuses it%s",
		    (view->flags & REFUSAL_ELEVATED) != 0 ?
			" even as the rule has it done" :
			" to the user");
	if (*view->folder != '\0')
		add(text, "%s may not search %s",
		    (view->flags & REFUSAL_ELEVATED) != 0 ? "; the user" :
							    ", who",
		    view->folder);
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
	case REFUSAL_SPENT:
		add(&text, "%s:%u: %s: %s", view->file, view->line, view->rule,
		    name_spent(view));
		break;
	case REFUSAL_KERNEL:
	case REFUSAL_CHECKS:
		add_kernel_reason(&text, view);
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

static const char *
value_of(const struct refusal_view *view, const char *name)
{
	size_t i;

	for (i = 0; i < view->nvalues; i++)
		if (strcmp(view->values[i].name, name) == 0)
			return view->values[i].value;
	return "";
}

/* Numbers of descriptors and of processes are others in the next run. */
static bool
is_tested(const struct refusal_view *view, size_t i)
{
	const char *name = view->values[i].name;
	const struct sys_arg *arg = sys_arg_by_name(named(view), name,
	    nth_of_name(view, i));

	if (arg == NULL || arg->kind == SYS_FD)
		return false;
	return (strcmp(name, "pid") != 0 && strcmp(name, "who") != 0) ||
	    *value_of(view, "pidname") == '\0';
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
add_identity(struct text *text, const struct refusal_view *view, uid_t user)
{
	unsigned int group = (view->mode >> 3) & 6, owner = view->mode >> 6 & 6;
	unsigned int needs = view->needs;
	bool known = (view->flags & REFUSAL_OBJECT) != 0 && needs != 0 &&
	    view->uid != user; /* an owner has no rights of the group */

	if (view->base->op == SYS_OP_SOCKET)
		add(text, " with cap_net_raw");
	else if (view->base->op == SYS_OP_BIND &&
	    strncmp(value_of(view, "sockaddr"), "inet-", 5) == 0)
		add(text, " with cap_net_bind_service");
	else if (known && (group & needs) == needs && view->gid != 0)
		add(text, " as :%u", view->gid);
	else if (known && (owner & needs) == needs && view->uid != 0)
		add(text, " as %u", view->uid);
	else
		add(text, " as root");
}

/* One that no user is given. */
static bool
is_raw_socket(const struct refusal_view *view)
{
	return view->base->op == SYS_OP_SOCKET &&
	    (strcmp(value_of(view, "sockdom"), "AF_PACKET") == 0 ||
		(strncmp(value_of(view, "sockdom"), "AF_INET", 7) == 0 &&
		    strcmp(value_of(view, "socktype"), "SOCK_RAW") == 0));
}

/* Would it fail as the user, whatever is permitted? */
static bool
wants_elevation(const struct refusal_view *view)
{
	if (view->check == REFUSAL_KERNEL)
		return true;
	return (view->flags & REFUSAL_USERS) == 0 &&
	    (*view->folder != '\0' || is_raw_socket(view));
}

/* A socket for echo requests: no capability is asked for, but a group. */
static bool
is_echo(const struct refusal_view *view)
{
	return view->base->op == SYS_OP_SOCKET &&
	    strcmp(value_of(view, "socktype"), "SOCK_DGRAM") == 0 &&
	    strncmp(value_of(view, "sockproto"), "IPPROTO_ICMP", 12) == 0;
}

static const char *
find_obstacle_of_elevation(const struct refusal_view *view)
{
	const char *flags = value_of(view, "oflags");

	if ((view->flags & REFUSAL_ELEVATED) != 0)
		return *view->folder == '\0' ?
		    "as whom the rule has it done is not enough" :
		    "as whom the rule has it done is not enough, or the name "
		    "goes through a link there, which is not followed: permit "
		    "the canonical name";
	if ((view->flags & REFUSAL_USERS) != 0 ||
	    (named(view)->flags & SYS_ELEVATES) == 0 ||
	    (strlen(flags) > 2 && strchr(flags + 2, 'p') != NULL))
		return "it cannot be elevated";
	if ((view->flags & REFUSAL_PLAIN) != 0)
		return "nothing is elevated for its process, or where it is: "
		       "see privrun(1)";
	if ((view->flags & REFUSAL_RAW) != 0)
		return *view->folder == '\0' ?
		    "its name was not known yet" :
		    "what its name leads to from there is not known: let the "
		    "program use the canonical name, and permit that, or give "
		    "the user that folder";
	if (is_echo(view))
		return "net.ipv4.ping_group_range says who gets it";
	if (*view->folder != '\0' && view->base->op == SYS_OP_READLINK)
		return "links are not read there for a rule";
	return NULL;
}

/* Of a right that has a limit another one without it would be more. */
static const char *
find_limit(const struct refusal_view *view)
{
	switch (view->spent) {
	case REFUSAL_ONCE:
	case REFUSAL_TIMES:
		return "the limit of that rule is reached in this session: "
		       "raise it there if more is meant";
	case REFUSAL_RATE:
		return "the limit of that rule is reached: raise it there if "
		       "more is meant";
	case REFUSAL_EXCLUSIVE:
		return "its group is one or the other: take it out of the "
		       "group there if both are meant";
	case REFUSAL_ELSEWHERE:
	case REFUSAL_UNSPENT:
	case REFUSAL_SPENTS:
		break;
	}
	return "no rule elevates there";
}

/* Why no rule would do; NULL: one does. */
static const char *
find_obstacle(const struct refusal_view *view)
{
	const char *obstacle;
	size_t i;

	switch (view->check) {
	case REFUSAL_GUARD:
		return "no rule permits it to a program that is elevated";
	case REFUSAL_SESSION:
		return "no rule changes that";
	case REFUSAL_SPENT:
		return find_limit(view);
	case REFUSAL_KERNEL:
	case REFUSAL_CHECKS:
	case REFUSAL_RULE:
	case REFUSAL_DEFAULT:
	case REFUSAL_NOPOLICY:
	case REFUSAL_UNNAMED:
		break;
	}
	obstacle = wants_elevation(view) ? find_obstacle_of_elevation(view) :
					   NULL;
	if (obstacle != NULL)
		return obstacle;
	if ((view->flags & REFUSAL_CUT) != 0)
		return "what the call names is too long to be shown";
	for (i = 0; i < view->nvalues; i++)
		if (is_tested(view, i) && !is_plain(view->values[i].value))
			return "what the call names has characters that a rule "
			       "cannot compare as they are: use match or re";
	if (strcmp(value_of(view, "pidname"), UNKNOWN) == 0)
		return "nobody looked which process it is about: let a rule "
		       "test pidname, and see what it is then";
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
	if (wants_elevation(view)) {
		add_identity(&text, view, user);
		add(&text, ", if user = %u", user);
	}
	if (text.len >= size - 1)
		at[0] = '\0';
}

static void
add_obstacle(struct text *text, const struct refusal_view *view,
    const char *obstacle)
{
	add(text, "%s", obstacle);
	if (view->spent == REFUSAL_RATE && view->again > 0)
		add(text, "; it counted again %u second%s later", view->again,
		    view->again == 1 ? "" : "s");
}

/* What is to be known of the rule beside, of which some `privctl check` says,
   too. */
static void
add_caution(struct text *text, const struct refusal_view *view)
{
	if (!wants_elevation(view))
		return;
	if (*view->folder != '\0')
		add(text, "; if there is no link on the way below %s",
		    view->folder);
	if (view->base->op == SYS_OP_SOCKET)
		add(text, "; with filter or device it gives less");
	if ((view->flags & REFUSAL_OBJECT) != 0 && S_ISDIR(view->mode) &&
	    view->base->op == SYS_OP_OPEN)
		add(text, "; a descriptor of a folder leads to what is in it");
}

void
explain_place(const struct refusal_view *view, const char *folder, char *at,
    size_t size)
{
	const char *obstacle = find_obstacle(view);
	struct text text = begin(at, size);

	if (obstacle != NULL) {
		add_obstacle(&text, view, obstacle);
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
	if (view->line != 0 && strcmp(view->file, view->home) == 0)
		add(&text, ", before line %u", view->line);
	else if (view->line != 0)
		add(&text, ", before what comes of %s", view->file);
	add_caution(&text, view);
}

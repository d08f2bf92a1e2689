/* SPDX-License-Identifier: ISC */
/*
 * What becomes of each call, told from what the filter is made of: the row of
 * the table and the refusals of guard.c. Nothing here decides anything: a row
 * that has no operation cannot be told as performed.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static void __attribute__((format(printf, 3, 4)))
say(char *reason, size_t size, const char *format, ...)
{
	size_t used = strlen(reason);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(reason + used, size - used, format, ap);
	va_end(ap);
}

static enum filter_decision
row_decision(const struct sys_call *call)
{
	switch ((enum sys_disposal)call->disposal) {
	case SYS_PERFORMED:
		return call->op == SYS_OP_NONE ? FILTER_REFUSED :
						 FILTER_PERFORMED;
	case SYS_EXEC:
	case SYS_MOVES:
		return FILTER_CONTINUED;
	case SYS_REFUSED:
		return FILTER_REFUSED;
	case SYS_NUMBERS:
	case SYS_WHOLE:
		break;
	}
	return FILTER_KERNEL_JUDGED;
}

static bool
is_refusal(const struct guard_reason *guard)
{
	return guard->refused && guard->always && !guard->form;
}

static bool
is_refused(const struct sys_call *call)
{
	struct guard_reason guard;
	size_t i;

	for (i = 0; guard_reason(call, i, &guard) != NULL; i++)
		if (is_refusal(&guard))
			return true;
	return false;
}

static const char *
answer_of(const struct guard_reason *guard)
{
	if (guard->asked)
		return "asked of the broker";
	return guard->refused ? "refused" : "without effect";
}

/* Each refusal; many may have the same reason, of one form after another. */
static void
say_guards(const struct sys_call *call, char *reason, size_t size)
{
	struct guard_reason guard;
	const char *why, *last = NULL;
	size_t i;

	for (i = 0; (why = guard_reason(call, i, &guard)) != NULL; i++) {
		if (why == last)
			continue;
		last = why;
		say(reason, size, "%s%s%s%s: %s", reason[0] == '\0' ? "" : "; ",
		    guard.form ? "some forms " : "", answer_of(&guard),
		    guard.where, why);
	}
}

static const char old_mmap[] = "the one of old, whose arguments are in memory: "
			       "where a rule looks at one it is refused";

enum filter_decision
filter_decide(const struct sys_call *call, enum sys_machine machine,
    char *reason, size_t size)
{
	enum filter_decision decision = row_decision(call);

	reason[0] = '\0';
	if (machine == SYS_I386 && strcmp(call->name, "mmap") == 0)
		say(reason, size, "%s", old_mmap);
	else if (call->reason != NULL)
		say(reason, size, "%s", call->reason);
	else if ((call->flags & SYS_KERNEL) != 0)
		say(reason, size,
		    "by the kernel where its registers are all "
		    "that is judged and nothing is elevated");
	if (machine == SYS_I386 &&
	    (call->op == SYS_OP_IOCTL || call->op == SYS_OP_ADJTIME ||
		call->op == SYS_OP_QUOTA))
		say(reason, size, "%s%s for native programs alone",
		    reason[0] == '\0' ? "" : "; ",
		    call->op == SYS_OP_QUOTA ? "judged" : "elevated");
	say_guards(call, reason, size);
	if (decision == FILTER_KERNEL_JUDGED && is_refused(call))
		return FILTER_REFUSED;
	return decision;
}

const char *
filter_decision_name(enum filter_decision decision)
{
	static const char *const names[] = {
		[FILTER_PERFORMED] = "performed",
		[FILTER_KERNEL_JUDGED] = "kernel-judged",
		[FILTER_CONTINUED] = "continued",
		[FILTER_REFUSED] = "refused",
	};

	return names[decision];
}

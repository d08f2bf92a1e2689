/* SPDX-License-Identifier: ISC */
/*
 * Refusals, read. Whoever wrote them is not trusted: what has a number that
 * there is not, a string without end or a name that no call has is no
 * refusal.
 */
#include <string.h>

#include "refusal.h"

struct strings {
	const char *at;
	size_t left;
};

/* The next one, NULL if there is none. */
static const char *
next(struct strings *strings)
{
	const char *text = strings->at;
	size_t len = strnlen(text, strings->left);

	if (len == strings->left)
		return NULL;
	strings->at += len + 1;
	strings->left -= len + 1;
	return text;
}

static bool
take_values(const struct refusal *refusal, struct strings *strings,
    struct refusal_view *view)
{
	struct policy_value *value;
	size_t i;

	if (refusal->nvalues > SYS_ARGS_MAX)
		return false;
	for (i = 0; i < refusal->nvalues; i++) {
		value = &view->values[i];
		value->name = next(strings);
		value->value = value->name == NULL ? NULL : next(strings);
		if (value->value == NULL)
			return false;
		value->missing = (refusal->missing & 1U << i) != 0;
	}
	view->nvalues = refusal->nvalues;
	return true;
}

static bool
take_strings(const struct refusal *refusal, struct refusal_view *view)
{
	struct strings strings = { refusal->text, refusal->len };
	const char *call, *base;

	if (refusal->len > sizeof(refusal->text))
		return false;
	call = next(&strings);
	base = call == NULL ? NULL : next(&strings);
	view->program = base == NULL ? NULL : next(&strings);
	view->policy = view->program == NULL ? NULL : next(&strings);
	view->home = view->policy == NULL ? NULL : next(&strings);
	view->file = view->home == NULL ? NULL : next(&strings);
	view->rule = view->file == NULL ? NULL : next(&strings);
	view->folder = view->rule == NULL ? NULL : next(&strings);
	if (view->folder == NULL)
		return false;
	view->call = sys_by_name(call);
	view->base = sys_by_name(base);
	return view->call != NULL && view->base != NULL &&
	    take_values(refusal, &strings, view) && strings.left == 0;
}

bool
refusal_take(const struct refusal *refusal, struct refusal_view *view)
{
	memset(view, 0, sizeof(*view));
	if (atomic_load(&refusal->turn) == 0 || refusal->check == 0 ||
	    refusal->check >= REFUSAL_CHECKS || refusal->error < 0 ||
	    refusal->pid <= 0 || refusal->time < 0 ||
	    (refusal->flags & ~(uint32_t)REFUSAL_FLAGS) != 0 ||
	    refusal->spent >= REFUSAL_SPENTS ||
	    (refusal->spent != REFUSAL_UNSPENT) !=
		(refusal->check == REFUSAL_SPENT))
		return false;
	view->check = (enum refusal_check)refusal->check;
	view->error = refusal->error;
	view->pid = refusal->pid;
	view->line = refusal->line;
	view->flags = refusal->flags;
	view->uid = refusal->uid;
	view->gid = refusal->gid;
	view->mode = refusal->mode;
	view->needs = refusal->needs & 6;
	view->time = refusal->time;
	view->spent = (enum refusal_spent)refusal->spent;
	view->again = refusal->again;
	return take_strings(refusal, view);
}

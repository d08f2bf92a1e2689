/* SPDX-License-Identifier: ISC */
/*
 * What a judge says of its refusals, in memory that a program may have
 * written: it is one or none, and explained with no byte that it does not
 * hold.
 */
#include <string.h>

#include "../../privd/explain.h"
#include "../../privd/session/refusal.h"
#include "fuzz.h"

static void
check_text(const struct refusal *refusal, const char *text)
{
	const char *end = refusal->text + sizeof(refusal->text);

	HOLDS(text >= refusal->text && text < end);
	HOLDS(memchr(text, '\0', (size_t)(end - text)) != NULL);
}

static void
check_view(const struct refusal *refusal, const struct refusal_view *view)
{
	size_t i;

	HOLDS(view->check >= REFUSAL_RULE && view->check < REFUSAL_CHECKS);
	HOLDS(view->spent < REFUSAL_SPENTS);
	HOLDS(
	    (view->check == REFUSAL_SPENT) == (view->spent != REFUSAL_UNSPENT));
	HOLDS(view->error >= 0 && view->pid > 0 && view->time >= 0);
	HOLDS(view->call != NULL && view->base != NULL);
	check_text(refusal, view->program);
	check_text(refusal, view->policy);
	check_text(refusal, view->home);
	check_text(refusal, view->file);
	check_text(refusal, view->rule);
	check_text(refusal, view->folder);
	HOLDS(view->nvalues <= SYS_ARGS_MAX);
	for (i = 0; i < view->nvalues; i++) {
		check_text(refusal, view->values[i].name);
		check_text(refusal, view->values[i].value);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	/* Behind its page is what would end a string that it does not end. */
	static struct {
		struct refusal refusal;
		char behind[64];
	} memory;
	struct refusal *refusal = &memory.refusal;
	struct refusal_view view;
	char text[4 * REFUSAL_TEXT_MAX];

	memset(refusal, 0xff, sizeof(*refusal));
	memcpy(refusal, bytes, len < sizeof(*refusal) ? len : sizeof(*refusal));
	if (!refusal_take(refusal, &view))
		return 0;
	check_view(refusal, &view);
	HOLDS(explain_check(&view) != NULL);
	explain_request(&view, text, sizeof(text));
	explain_reason(&view, text, sizeof(text));
	explain_rule(&view, 1000, text, sizeof(text));
	explain_place(&view, "/etc/privd/policies", text, sizeof(text));
	return 0;
}

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

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct refusal refusal;
	struct refusal_view view;
	char text[4 * REFUSAL_TEXT_MAX];

	memset(&refusal, 0xff, sizeof(refusal));
	memcpy(&refusal, bytes, len < sizeof(refusal) ? len : sizeof(refusal));
	if (!refusal_take(&refusal, &view))
		return 0;
	HOLDS(view.nvalues <= SYS_ARGS_MAX);
	HOLDS(explain_check(&view) != NULL);
	explain_request(&view, text, sizeof(text));
	explain_reason(&view, text, sizeof(text));
	explain_rule(&view, 1000, text, sizeof(text));
	explain_place(&view, "/etc/privd/policies", text, sizeof(text));
	return 0;
}

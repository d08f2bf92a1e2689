/* SPDX-License-Identifier: ISC */
/*
 * Each of a user's is set off against one of the others': who is left is whose
 * most of them are.
 */
#include "excess.h"

#include <inttypes.h>
#include <stdio.h>

void
excess_add(struct excess *excess, uid_t uid, bool in_all)
{
	excess->over_own |= !in_all;
	excess->over_all |= in_all;
	excess->all++;
	if (excess->untold++ > 0 && uid != excess->uid)
		excess->others = true;
	if (excess->lead == 0)
		excess->uid = uid;
	if (uid == excess->uid)
		excess->lead++;
	else
		excess->lead--;
}

bool
excess_tell(struct excess *excess, char *text, size_t len)
{
	if (excess->untold == 0)
		return false;
	(void)snprintf(text, len,
	    "%" PRIu64 " connection%s of uid %u%s refused: more than %s%s%s",
	    excess->untold, excess->untold == 1 ? "" : "s", excess->uid,
	    excess->others ? " and others" : "",
	    excess->over_own ? "max-connections-per-second" : "",
	    excess->over_own && excess->over_all ? " and " : "",
	    excess->over_all ? "max-connections-per-second-in-all" : "");
	*excess = (struct excess){ .all = excess->all };
	return true;
}

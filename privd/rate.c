/* SPDX-License-Identifier: ISC */
/*
 * A table that is begun anew with each second; who finds it full shares the
 * place that his number leads to.
 */
#include "rate.h"

#include <string.h>

bool
rate_take(struct rate *rate, uid_t uid, int64_t second, uint32_t most)
{
	size_t start = uid % RATE_USERS, i, n;

	if (second != rate->second) {
		memset(rate, 0, sizeof(*rate));
		rate->second = second;
	}
	for (n = 0; n < RATE_USERS; n++) {
		i = (start + n) % RATE_USERS;
		if (rate->users[i].count == 0 || rate->users[i].uid == uid)
			break;
	}
	if (n == RATE_USERS)
		i = start;
	rate->users[i].uid = uid;
	if (rate->users[i].count >= most)
		return false;
	rate->users[i].count++;
	return true;
}

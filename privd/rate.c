/* SPDX-License-Identifier: ISC */
/*
 * A table that is begun anew with each second; who finds it full shares the
 * place that his number leads to.
 */
#include "rate.h"

#include <string.h>

static void
begin_second(struct rate *rate, int64_t second)
{
	uint32_t before = second == rate->second + 1 ? rate->comers : 0;

	if (second == rate->second)
		return;
	memset(rate, 0, sizeof(*rate));
	rate->second = second;
	rate->before = before;
}

static struct rate_user *
find_user(struct rate *rate, uid_t uid)
{
	size_t start = uid % RATE_USERS, i, n;

	for (n = 0; n < RATE_USERS; n++) {
		i = (start + n) % RATE_USERS;
		if (!rate->users[i].came) {
			rate->users[i].came = true;
			rate->comers++;
			break;
		}
		if (rate->users[i].uid == uid)
			break;
	}
	if (n == RATE_USERS)
		i = start;
	rate->users[i].uid = uid;
	return &rate->users[i];
}

/* Of the half that is shared out, by all who came in this second or, before
   they have come again, in the one before. */
static uint32_t
share_of(const struct rate *rate, uint32_t most)
{
	uint32_t users = rate->comers > rate->before ? rate->comers :
						       rate->before;
	uint32_t share = users > 0 ? most / 2 / users : most / 2;

	return share > 0 ? share : 1;
}

enum rate_answer
rate_share(struct rate *rate, uid_t uid, int64_t second, uint32_t most,
    uint32_t most_in_all)
{
	struct rate_user *user;

	begin_second(rate, second);
	user = find_user(rate, uid);
	if (user->count >= most)
		return RATE_OWN;
	if (rate->all >= most_in_all ||
	    (rate->all >= most_in_all / 2 &&
		user->count >= share_of(rate, most_in_all)))
		return RATE_ALL;
	user->count++;
	rate->all++;
	return RATE_TAKEN;
}

bool
rate_take(struct rate *rate, uid_t uid, int64_t second, uint32_t most)
{
	return rate_share(rate, uid, second, most, UINT32_MAX) == RATE_TAKEN;
}

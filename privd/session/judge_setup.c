/* SPDX-License-Identifier: ISC */
/*
 * How a judge begins. One of the daemon's, without any privilege already, reads
 * its user's policies, and offers the filter that the program is to have.
 */
#include "judge_setup.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "judge.h"
#include "session.h"

size_t
judge_offer_size(const struct judge_offer *offer)
{
	return offsetof(struct judge_offer, insns) +
	    offer->count * sizeof(offer->insns[0]);
}

int
judge_offer_filter(struct judge_start *start)
{
	static struct judge_offer offer;
	struct session_plan *plan = start->rest;

	offer.status = session_plan_rest(plan, offer.reason,
	    sizeof(offer.reason));
	if (offer.status == 0) {
		offer.has_double = plan->has_double;
		offer.names = plan->names;
		offer.addresses = plan->addresses;
		offer.count = plan->filter.count;
		memcpy(offer.insns, plan->filter.insns,
		    offer.count * sizeof(offer.insns[0]));
	}
	if (channel_send(start->setup, &offer, judge_offer_size(&offer), NULL,
		0) == -1)
		return -1;
	errno = EPERM;
	return offer.status == 0 ? 0 : -1;
}

int
judge_take_gift(struct judge_start *start)
{
	int fds[CHANNEL_FDS_MAX];
	struct judge_gift gift;
	size_t nfds, wanted, n = 0, i;

	if (channel_receive(start->setup, &gift, sizeof(gift), fds, &nfds) !=
	    sizeof(gift))
		return -1;
	wanted = 1 + gift.has_fetcher + gift.has_double + start->plan->nhands;
	if (nfds != wanted) {
		channel_close_all(fds, nfds);
		errno = EBADMSG;
		return -1;
	}
	start->listener = fds[n++];
	if (gift.has_fetcher)
		start->fetcher = fds[n++];
	if (gift.has_double)
		start->twin = fds[n++];
	for (i = 0; i < start->plan->nhands; i++)
		start->hands[i] = fds[n++];
	close(start->setup);
	start->setup = -1;
	return 0;
}

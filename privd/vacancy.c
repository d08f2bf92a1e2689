/* SPDX-License-Identifier: ISC */
/*
 * The end of a process is waited for; its card is looked at again and again,
 * for nobody tells when it was written. In doubt a place is taken.
 */
#include "vacancy.h"

#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "../client-lib/wire.h"
#include "card.h"
#include "config.h"
#include "launch.h"

/* Milliseconds. A silent connection is closed before the first. */
#define OPENING_WAIT (LAUNCH_HELLO_WAIT + 1000)
#define ENDED_WAIT 2000
#define STEP 10

void
vacancy_add(struct vacancy_count *count, uint32_t calls)
{
	count->sessions++;
	count->calls += calls;
}

static uint64_t
left(const struct vacancy_count *most, const struct vacancy_count *taken)
{
	return taken->calls < most->calls ? most->calls - taken->calls : 0;
}

uint32_t
vacancy_calls(const struct vacancy *vacancy, const struct vacancy_count *all,
    const struct vacancy_count *own)
{
	uint64_t in_all = left(&vacancy->most, all);
	uint64_t of_user = left(&vacancy->most_own, own);
	uint64_t room = in_all < of_user ? in_all : of_user;

	return room < vacancy->wanted ? (uint32_t)room : vacancy->wanted;
}

const char *
vacancy_refusal(const struct vacancy *vacancy, const struct vacancy_count *all,
    const struct vacancy_count *own)
{
	uint32_t least = vacancy->wanted < CONFIG_CALLS_MIN ? vacancy->wanted :
							      CONFIG_CALLS_MIN;

	if (all->sessions >= vacancy->most.sessions)
		return "too many sessions";
	if (own->sessions >= vacancy->most_own.sessions)
		return "too many sessions of this user";
	if (left(&vacancy->most, all) < least)
		return "too few calls are left for a session "
		       "(max-calls-in-all in privd.conf(5))";
	if (left(&vacancy->most_own, own) < least)
		return "too few calls are left for a session of this user "
		       "(max-calls-per-user in privd.conf(5))";
	return NULL;
}

static void
drop(struct vacancy *vacancy, size_t i)
{
	struct vacancy_other *other = &vacancy->others[i];

	close(other->process);
	if (other->card != -1)
		close(other->card);
	*other = vacancy->others[--vacancy->n];
}

void
vacancy_clear(struct vacancy *vacancy)
{
	while (vacancy->n > 0)
		drop(vacancy, 0);
	free(vacancy->others);
	vacancy->others = NULL;
}

/* Is anything known of it now? */
static bool
is_settled(struct vacancy *vacancy, const struct vacancy_other *other,
    bool ended)
{
	enum card_kind kind = other->opening ? card_kind(other->card) :
					       CARD_OPENING;
	uint32_t calls;

	if (ended || kind == CARD_TALK)
		return true;
	if (kind != CARD_SESSION)
		return false;
	/* It says how many it has. */
	calls = card_calls(other->card);
	if (calls == 0)
		calls = other->calls;
	vacancy_add(&vacancy->all, calls);
	if (other->own)
		vacancy_add(&vacancy->own, calls);
	return true;
}

/* Waits for so long, or less. */
static void
settle(struct vacancy *vacancy, struct pollfd *pfds, int milliseconds)
{
	size_t i;
	int ended;

	for (i = 0; i < vacancy->n; i++)
		pfds[i] = (struct pollfd){ vacancy->others[i].process, POLLIN,
			0 };
	ended = poll(pfds, vacancy->n, milliseconds);
	/* From behind: the last takes the place of who is dropped. */
	for (i = vacancy->n; i-- > 0;)
		if (is_settled(vacancy, &vacancy->others[i],
			ended > 0 && pfds[i].revents != 0))
			drop(vacancy, i);
}

/* With all that are in doubt. */
static const char *
find_refusal(const struct vacancy *vacancy, uint32_t *calls)
{
	struct vacancy_count all = vacancy->all, own = vacancy->own;
	size_t i;

	for (i = 0; i < vacancy->n; i++) {
		vacancy_add(&all, vacancy->others[i].calls);
		if (vacancy->others[i].own)
			vacancy_add(&own, vacancy->others[i].calls);
	}
	*calls = vacancy_calls(vacancy, &all, &own);
	return vacancy_refusal(vacancy, &all, &own);
}

static bool
any_opens(const struct vacancy *vacancy)
{
	size_t i;

	for (i = 0; i < vacancy->n; i++)
		if (vacancy->others[i].opening)
			return true;
	return false;
}

const char *
vacancy_wait(struct vacancy *vacancy, uint32_t *calls)
{
	struct pollfd *pfds = calloc(vacancy->n + 1, sizeof(*pfds));
	int64_t opened = wire_deadline(OPENING_WAIT);
	int64_t ended = wire_deadline(ENDED_WAIT);
	const char *refusal;
	int step = 0;

	if (pfds == NULL)
		return "no memory";
	do {
		settle(vacancy, pfds, step);
		refusal = find_refusal(vacancy, calls);
		step = STEP;
	} while (refusal != NULL &&
	    vacancy_refusal(vacancy, &vacancy->all, &vacancy->own) == NULL &&
	    wire_deadline(0) < (any_opens(vacancy) ? opened : ended));
	free(pfds);
	return refusal;
}

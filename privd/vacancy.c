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
#include "launch.h"

/* Milliseconds. A silent connection is closed before the first. */
#define OPENING_WAIT (LAUNCH_HELLO_WAIT + 1000)
#define ENDED_WAIT 2000
#define STEP 10

const char *
vacancy_refusal(const struct vacancy *vacancy, size_t all, size_t own)
{
	if (all >= vacancy->most)
		return "too many sessions";
	return own >= vacancy->most_own ? "too many sessions of this user" :
					  NULL;
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

	if (ended || kind == CARD_TALK)
		return true;
	if (kind != CARD_SESSION)
		return false;
	vacancy->all++;
	vacancy->own += other->own;
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
find_refusal(const struct vacancy *vacancy)
{
	size_t all = vacancy->all + vacancy->n, own = vacancy->own, i;

	for (i = 0; i < vacancy->n; i++)
		own += vacancy->others[i].own;
	return vacancy_refusal(vacancy, all, own);
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
vacancy_wait(struct vacancy *vacancy)
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
		refusal = find_refusal(vacancy);
		step = STEP;
	} while (refusal != NULL &&
	    vacancy_refusal(vacancy, vacancy->all, vacancy->own) == NULL &&
	    wire_deadline(0) < (any_opens(vacancy) ? opened : ended));
	free(pfds);
	return refusal;
}

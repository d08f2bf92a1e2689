/* SPDX-License-Identifier: ISC */
#include "admission.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "../client-lib/protocol.h"
#include "card.h"
#include "children.h"
#include "config.h"
#include "control.h"
#include "log.h"
#include "monitor_state.h"
#include "monotonic.h"
#include "peer.h"
#include "rate.h"
#include "register.h"
#include "session/keeper.h"
#include "vacancy.h"

/* Connections that are to be refused, wait for a place or have a question:
   beyond the sessions there may be, in all (root's are always heard) and of a
   user. */
#define TALKS_MAX 256
#define TALKS_USER_MAX CONTROL_USER_MAX
#define STRANGERS ((uid_t)-1) /* nobody's uid */

/* A process of a session's, which has no business here: its judge may be in
   the program's hands, and each has an id of its own. */
static bool
is_of_session(const struct monitor *monitor, const struct peer *peer)
{
	return (peer->uid >= monitor->config->uid_first &&
		   peer->uid <= monitor->config->uid_last) ||
	    (peer->uid >= KEEPER_FIRST_ID && peer->uid <= KEEPER_LAST_ID);
}

/*
 * Whose share of time and room it takes. Strangers, who need no more than
 * their namespaces to be thousands of users, have one together.
 */
static uid_t
share_of(const struct monitor *monitor, const struct peer *peer)
{
	return peer->stranger || is_of_session(monitor, peer) ? STRANGERS :
								peer->uid;
}

/* Root's are among all, and have no need that there is room among them. */
enum rate_answer
admission_hears(struct monitor *monitor, const struct peer *peer)
{
	const struct privd_config *config = monitor->config;
	uid_t share = share_of(monitor, peer);

	return rate_share(&monitor->rate, share, monotonic_seconds(),
	    config->max_connections_per_second,
	    share == 0 ? UINT32_MAX :
			 config->max_connections_per_second_in_all);
}

/* It has its own socket still empty: what has no room there is not said. */
void
admission_turn_away(struct monitor *monitor, int sock, const struct peer *peer,
    bool in_all)
{
	const struct privd_config *config = monitor->config;
	static struct wire wire;
	char reason[PROTOCOL_REASON_MAX];

	excess_add(&monitor->excess, peer->uid, in_all);
	(void)snprintf(reason, sizeof(reason),
	    "more than %u connections of %s within a second "
	    "(max-connections-per-second%s in privd.conf(5)): try again in a "
	    "second",
	    in_all ? config->max_connections_per_second_in_all :
		     config->max_connections_per_second,
	    in_all                                   ? "all users" :
		share_of(monitor, peer) == STRANGERS ? "other user namespaces" :
						       "this user",
	    in_all ? "-in-all" : "");
	wire_start(&wire, PROTOCOL_TOO_MANY);
	(void)wire_put_string(&wire, reason);
	(void)wire_send(sock, &wire, protocol_answer, NULL, 0, 0);
}

/* It is a session, and will be one for a while. */
static bool
is_certain(const struct child *child)
{
	return child->kind == CARD_SESSION && !child_has_ended(child);
}

static void
set_limits(struct vacancy *vacancy, const struct privd_config *config)
{
	vacancy->most.sessions = config->max_sessions;
	vacancy->most.calls = config->max_calls_in_all;
	vacancy->most_own.sessions = config->max_sessions_per_user;
	vacancy->most_own.calls = config->max_calls_per_user;
	vacancy->wanted = config->max_calls;
}

/* Why there is no place, with those that are in doubt or without; NULL: there
   is one, with room for so many calls. */
static const char *
find_full(const struct monitor *monitor, uid_t uid, bool doubtful,
    uint32_t *calls)
{
	struct vacancy_count all = { 0, 0 }, own = { 0, 0 };
	const struct child *child;
	struct vacancy vacancy;

	set_limits(&vacancy, monitor->config);
	for (child = monitor->children; child != NULL; child = child->next) {
		if (child_is_talk(child) || (!doubtful && !is_certain(child)))
			continue;
		vacancy_add(&all, child->calls);
		if (child->uid == uid)
			vacancy_add(&own, child->calls);
	}
	*calls = vacancy_calls(&vacancy, &all, &own);
	return vacancy_refusal(&vacancy, &all, &own);
}

/* Why this peer gets no session, now or ever; NULL: it may try, or wait, and
   have room for as many calls as its child says, or less. */
static const char *
find_refusal(const struct monitor *monitor, const struct peer *peer,
    struct child *one)
{
	const struct child *child;

	one->passes = false;
	if (peer->uid == 0)
		return "root needs no daemon";
	if (is_of_session(monitor, peer) ||
	    !peer_is_admitted(peer, monitor->config))
		return "privd is not for this user: see privd.conf(5)";
	if (peer->stranger)
		return "it is in another namespace (user) than privd";
	one->passes = true;
	/* Else what one said could be about the listener of another: a process
	   that execs keeps its number. */
	for (child = monitor->children; child != NULL; child = child->next)
		if (child->peer == peer->pid && !child_is_talk(child) &&
		    !child_has_ended(child))
			return "it has a session, or asks for one";
	one->waits = find_full(monitor, peer->uid, true, &one->calls) != NULL;
	return one->waits ? find_full(monitor, peer->uid, false, &one->calls) :
			    NULL;
}

/* Which may be one that the connection's user may look at as well. */
static int
copy_card(const struct child *child)
{
	return child->card == -1 ? -1 : fcntl(child->card, F_DUPFD_CLOEXEC, 0);
}

/* Who is gone already is passed over; who has its number by now is waited for
   in vain. */
struct vacancy *
admission_doubts(const struct monitor *monitor, uid_t uid)
{
	static struct vacancy vacancy;
	const struct child *child;
	size_t n = 0;
	int process, card;

	for (child = monitor->children; child != NULL; child = child->next)
		n++;
	set_limits(&vacancy, monitor->config);
	vacancy.others = calloc(n + 1, sizeof(*vacancy.others));
	if (vacancy.others == NULL)
		exit(1);
	for (child = monitor->children; child != NULL; child = child->next) {
		if (child_is_talk(child))
			continue;
		if (is_certain(child)) {
			vacancy_add(&vacancy.all, child->calls);
			if (child->uid == uid)
				vacancy_add(&vacancy.own, child->calls);
			continue;
		}
		process = (int)syscall(SYS_pidfd_open, child->pid, 0);
		if (process == -1 && errno == ESRCH)
			continue;
		card = copy_card(child);
		if (process == -1 || (card == -1) != (child->card == -1))
			exit(1);
		vacancy.others[vacancy.n++] = (struct vacancy_other){
			.process = process,
			.card = card,
			.own = child->uid == uid,
			.calls = child->calls,
			.opening = child->kind == CARD_OPENING,
		};
	}
	return &vacancy;
}

size_t
admission_talks(const struct monitor *monitor, uid_t share, size_t *all)
{
	const struct child *child;
	size_t n = 0;

	*all = 0;
	for (child = monitor->children; child != NULL; child = child->next) {
		if (!child_is_talk(child) &&
		    !(child->waits && child->kind == CARD_OPENING))
			continue;
		n += child->share == share;
		(*all)++;
	}
	return n;
}

/* And room? Who is refused or asks takes none of the sessions', nor all that
   is left for others. */
static bool
has_room(const struct monitor *monitor, uid_t share)
{
	size_t all, n = admission_talks(monitor, share, &all);

	return n < TALKS_USER_MAX && (share == 0 || all < TALKS_MAX);
}

/* By a session whose range began elsewhere, too. */
static bool
is_taken(const struct monitor *monitor, uid_t first_id)
{
	const struct child *child;

	for (child = monitor->children; child != NULL; child = child->next)
		if (child->first_id != NO_IDS &&
		    child->first_id < first_id + CONFIG_SESSION_IDS &&
		    first_id < child->first_id + CONFIG_SESSION_IDS)
			return true;
	return register_has(monitor->sessions, first_id);
}

/*
 * Ids that no session has; there are enough: config_load(). (Were they taken by
 * now, who is to have them would find out: register_enter().) From anywhere on,
 * and never soon again.
 */
static uid_t
free_ids(struct monitor *monitor)
{
	const struct privd_config *config = monitor->config;
	uint32_t n = (config->uid_last - config->uid_first + 1) /
	    CONFIG_SESSION_IDS;
	uint32_t tries = 0;
	uid_t first_id;

	if (!monitor->started)
		monitor->place = arc4random_uniform(n);
	monitor->started = true;
	do {
		monitor->place = (monitor->place + 1) % n;
		first_id = config->uid_first +
		    monitor->place * CONFIG_SESSION_IDS;
	} while (is_taken(monitor, first_id) && ++tries < n);
	return tries < n ? first_id : NO_IDS;
}

struct child *
admission_open(struct monitor *monitor, const struct peer *peer)
{
	struct child *child = calloc(1, sizeof(*child));

	if (child == NULL)
		return NULL;
	child->card = -1;
	child->peer = peer->pid;
	child->uid = peer->uid;
	child->share = share_of(monitor, peer);
	child->first_id = NO_IDS;
	child->pidfd = -1;
	children_look(monitor);
	child->refusal = find_refusal(monitor, peer, child);
	if (child->refusal != NULL && has_room(monitor, child->share))
		return child;
	if (child->refusal == NULL &&
	    (!child->waits || has_room(monitor, child->share))) {
		child->card = card_new();
		if (child->card == -1)
			log_write(LOG_ERR, "a session's card: %m");
		else
			child->first_id = free_ids(monitor);
		if (child->first_id != NO_IDS)
			return child;
	}
	child_free(child);
	return NULL;
}

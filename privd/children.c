/* SPDX-License-Identifier: ISC */
#include "children.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <event2/event.h>

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "card.h"
#include "control.h"
#include "log.h"
#include "monitor_state.h"
#include "past.h"
#include "register.h"
#include "session/descriptors.h"

#define LAUNCHER_WAIT 1000 /* milliseconds */

bool
child_has_ended(const struct child *child)
{
	struct pollfd pfd = { .fd = child->pidfd, .events = POLLIN };

	return child->pidfd == -1 || poll(&pfd, 1, 0) == 1;
}

bool
child_is_talk(const struct child *child)
{
	return child->refusal != NULL || child->kind == CARD_TALK;
}

void
child_look(struct child *child)
{
	uint32_t calls;

	if (child->card == -1 || child->kind != CARD_OPENING)
		return;
	child->kind = card_kind(child->card);
	if (child->kind != CARD_SESSION)
		return;
	calls = card_calls(child->card);
	if (calls != 0)
		child->calls = calls;
}

void
children_look(struct monitor *monitor)
{
	struct child *child;

	for (child = monitor->children; child != NULL; child = child->next)
		child_look(child);
}

void
child_free(struct child *child)
{
	if (child->number != 0)
		log_end(child->number);
	if (child->end != NULL) {
		close(event_get_fd(child->end));
		event_free(child->end);
	}
	if (child->pidfd != -1)
		close(child->pidfd);
	if (child->card != -1)
		close(child->card);
	free(child);
}

/*
 * It has the filter, or will in a moment, and nobody answers: what executes the
 * program would wait for ever. It is ended as its user, who may do that
 * himself: whatever it has become, he gets nothing by it. One that says why
 * ends by itself, in a moment.
 */
static void __attribute__((noreturn)) end_launcher(const struct child *child)
{
	struct pollfd pfd = { .fd = child->pidfd, .events = POLLIN };

	descriptors_keep_only(&child->pidfd, 1);
	if (poll(&pfd, 1, LAUNCHER_WAIT) == 0 &&
	    setresuid(child->uid, child->uid, child->uid) == 0 &&
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
		(void)syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL,
		    NULL, 0);
	_exit(0);
}

static void
lose_launcher(const struct child *child)
{
	sigset_t all, mask;
	pid_t pid;

	log_write(LOG_ERR, "no session of process %d of uid %u: it is ended",
	    child->peer, child->uid);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &mask);
	pid = fork();
	if (pid == 0)
		end_launcher(child);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	if (pid == -1)
		log_write(LOG_ERR, "fork: %m");
}

void
child_lose(const struct child *child)
{
	if (child->kind == CARD_OPENING && child->card != -1 &&
	    card_is_launching(child->card) && !child_has_ended(child))
		lose_launcher(child);
	if (child->kind != CARD_SESSION)
		return;
	log_write(LOG_ERR, "the keeper of process %d of uid %u is gone: %s",
	    child->peer, child->uid,
	    child_has_ended(child) ? "what that has forked fails from now on" :
				     "the program is ended");
	if (child->pidfd != -1)
		(void)syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL,
		    NULL, 0);
}

void
child_forget(struct monitor *monitor, struct child *child)
{
	const struct timeval soon = { .tv_sec = 1 };
	struct child **where = &monitor->children;

	while (*where != child)
		where = &(*where)->next;
	*where = child->next;
	if (child->card != -1 && card_has_refusals(child->card)) {
		past_add(&monitor->past, child->peer, child->uid, child->began,
		    child->card);
		child->card = -1;
	}
	if (child->first_id != NO_IDS &&
	    register_remove(monitor->sessions, child->first_id) == -1)
		(void)event_add(monitor->untidy, &soon);
	child_free(child);
}

struct child *
child_find(const struct monitor *monitor, pid_t pid)
{
	struct child *child = monitor->children;

	while (child != NULL && child->pid != pid)
		child = child->next;
	return child;
}

/* Those whose cards its user may look at. */
static bool
is_for(const struct child *child, uid_t uid)
{
	return child->card != -1 && !child_is_talk(child) &&
	    (uid == 0 || child->uid == uid);
}

static size_t
count_cards(const struct children_view *view)
{
	const struct child *child;
	size_t n = PAST_MAX;

	for (child = view->monitor->children; child != NULL;
	     child = child->next)
		n += is_for(child, view->uid);
	return n;
}

static void
list_past(const struct children_view *view, struct control_session *all,
    size_t *n)
{
	const struct past_session *one;

	for (one = view->monitor->past.first; one != NULL; one = one->next) {
		if (view->uid != 0 && one->uid != view->uid)
			continue;
		all[(*n)++] = (struct control_session){
			.pid = one->pid,
			.uid = one->uid,
			.began = one->began,
			.card = one->card,
			.ended = true,
		};
	}
}

struct control_session *
children_show(const void *context, size_t *n)
{
	const struct children_view *view = context;
	const struct child *child;
	struct control_session *all;

	*n = 0;
	all = calloc(count_cards(view) + 1, sizeof(*all));
	if (all == NULL)
		return NULL;
	for (child = view->monitor->children; child != NULL;
	     child = child->next) {
		if (!is_for(child, view->uid))
			continue;
		all[(*n)++] = (struct control_session){
			.pid = child->peer,
			.uid = child->uid,
			.began = child->began,
			.card = child->card,
		};
	}
	list_past(view, all, n);
	return all;
}

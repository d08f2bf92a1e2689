/* SPDX-License-Identifier: ISC */
/*
 * Keepers of an earlier monitor, which nobody here has forked: their ends are
 * seen by pidfd.
 */
#include "adoption.h"

#include <sys/syscall.h>
#include <sys/time.h>

#include <event2/event.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "children.h"
#include "config.h"
#include "log.h"
#include "monitor_state.h"
#include "register.h"

#define END_WAIT 1 /* seconds, between two ends of one session */

static void on_end(evutil_socket_t, short, void *);

/* Its keeper sees a program end some moments before others do. */
static bool
wait_for_program(struct child *child)
{
	const struct timeval moment = { .tv_sec = END_WAIT };
	int fd = fcntl(child->pidfd, F_DUPFD_CLOEXEC, 0);
	struct event *end;

	end = event_new(child->monitor->base, fd, EV_READ, on_end, child);
	if (fd == -1 || end == NULL || event_add(end, &moment) == -1) {
		if (end != NULL)
			event_free(end);
		if (fd != -1)
			close(fd);
		return false;
	}
	close(event_get_fd(child->end));
	event_free(child->end);
	child->end = end;
	child->waited = true;
	return true;
}

/* Of a keeper that is no child nobody tells what it ended of. */
static void
on_end(evutil_socket_t fd, short what, void *context)
{
	struct child *child = context;

	(void)fd;
	(void)what;
	child_look(child);
	if (child->kind != CARD_SESSION || !child_has_ended(child)) {
		if (child->kind == CARD_SESSION && !child->waited &&
		    wait_for_program(child))
			return;
		child_lose(child);
	}
	child_forget(child->monitor, child);
}

/*
 * It counts as one of ours until its keeper ends. That who is no child is
 * stopped later nobody is told: root's are not others' to stop.
 */
static int
adopt(struct monitor *monitor, const struct register_entry *entry)
{
	struct child *child = calloc(1, sizeof(*child));

	if (child == NULL)
		return -1;
	(void)syscall(SYS_pidfd_send_signal, entry->pidfd, SIGCONT, NULL, 0);
	child->pid = entry->keeper;
	child->peer = entry->peer;
	child->uid = child->share = entry->user;
	child->first_id = entry->first_id;
	child->began = entry->began;
	child->calls = monitor->config->max_calls; /* unless its card says */
	child->kind = entry->card == -1 ? CARD_SESSION : CARD_OPENING;
	child->monitor = monitor;
	child->end = event_new(monitor->base, entry->pidfd, EV_READ, on_end,
	    child);
	if (child->end == NULL || event_add(child->end, NULL) == -1) {
		if (child->end != NULL)
			event_free(child->end);
		free(child);
		return -1;
	}
	child->pidfd = entry->peer_pidfd;
	child->card = entry->card;
	child->next = monitor->children;
	monitor->children = child;
	return 0;
}

static void
on_found(void *context, struct register_entry *entry)
{
	struct monitor *monitor = context;

	if (child_find(monitor, entry->keeper) != NULL ||
	    adopt(monitor, entry) == -1)
		register_clear(entry);
}

size_t
adoption_all(struct monitor *monitor)
{
	const struct child *child;
	size_t n = 0;

	if (register_read(monitor->sessions, on_found, monitor) == -1)
		log_write(LOG_ERR, "%s: %m", REGISTER_FOLDER);
	for (child = monitor->children; child != NULL; child = child->next)
		n += child->end != NULL;
	return n;
}

/* SPDX-License-Identifier: ISC */
/*
 * The monitor's side of the logger. It keeps the end of each channel that is
 * read from, so that nothing is lost with the logger, and gives it on when
 * there is room: the monitor waits for nobody.
 */
#include "log.h"

#include <sys/socket.h>

#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "log_sink.h"
#include "logger.h"
#include "monotonic.h"
#include "session/channel.h"
#include "session/entry.h"
#include "session/sink.h"

#define RETRY 100000 /* microseconds */

struct channel {
	struct channel *next;
	struct logger_message message;
	int reader;
	bool given; /* the logger has it */
	bool ended; /* and needs not be kept for another one */
};

/* One monitor has one the_log. */
static struct {
	struct event_base *base;
	struct event *events; /* of the logger's */
	struct event *retry;
	void (*renew)(void *);
	void *context;
	bool to_user;
	pid_t pid;       /* of the logger; -1: there is none */
	int64_t started; /* the second in which it was */
	int control;
	struct log_sink sink;
	bool sunk; /* the logger has it */
	struct channel *channels;
} the_log = { .pid = -1, .control = -1 };

/* Of this process. */
static int own = -1;
static uint64_t dropped;

/* --- saying something */

static int
say_dropped(void)
{
	struct entry entry;

	entry_start(&entry);
	entry_addf(&entry, ENTRY_DROPPED, "%llu", (unsigned long long)dropped);
	if (dropped > 0 && sink_send(own, LOG_WARNING, &entry) == -1)
		return -1;
	dropped = 0;
	return 0;
}

static void
say(int priority, const char *text)
{
	struct entry entry;

	entry_start(&entry);
	entry_add(&entry, ENTRY_NOTE, text);
	if (say_dropped() == -1 || sink_send(own, priority, &entry) == -1)
		dropped++;
}

void
log_write(int priority, const char *fmt, ...)
{
	char text[ENTRY_MAX];
	int error = errno;
	va_list ap;

	va_start(ap, fmt);
	errno = error; /* for %m */
	if (own == -1) {
		vsyslog(priority, fmt, ap);
	} else {
		(void)vsnprintf(text, sizeof(text), fmt, ap);
		say(priority, text);
	}
	va_end(ap);
	errno = error;
}

void
log_become(int channel)
{
	own = channel;
	dropped = 0;
}

void
log_leave(void)
{
	close(own);
	own = -1;
}

int
log_channel(void)
{
	return own;
}

/* --- the logger */

static void
try_again(void)
{
	const struct timeval soon = { 0, RETRY };

	(void)event_add(the_log.retry, &soon);
}

/* What it does not have yet, as far as it takes it. */
static int
give_sink(void)
{
	const struct logger_message message = {
		.kind = LOGGER_SINK,
		.where = the_log.sink.where,
		.format = the_log.sink.format,
		.lines = the_log.sink.lines,
	};

	if (!the_log.sunk &&
	    channel_send(the_log.control, &message, sizeof(message),
		&the_log.sink.fd, the_log.sink.fd == -1 ? 0 : 1) == -1)
		return -1;
	the_log.sunk = true;
	return 0;
}

static void
free_channel(struct channel *channel)
{
	close(channel->reader);
	free(channel);
}

static void
give_all(void)
{
	struct channel **where = &the_log.channels, *channel;

	if (the_log.control == -1 || give_sink() == -1) {
		try_again();
		return;
	}
	while ((channel = *where) != NULL) {
		if (!channel->given &&
		    channel_send(the_log.control, &channel->message,
			sizeof(channel->message), &channel->reader, 1) == -1) {
			try_again();
			return;
		}
		channel->given = true;
		if (channel->ended) {
			*where = channel->next;
			free_channel(channel);
		} else {
			where = &channel->next;
		}
	}
}

static void
on_logger(evutil_socket_t fd, short what, void *context)
{
	char byte;
	ssize_t n;

	(void)what;
	(void)context;
	n = recv(fd, &byte, 1, MSG_DONTWAIT);
	if (n == 1 && byte == LOGGER_RENEW)
		the_log.renew(the_log.context);
	else if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		(void)event_del(the_log.events); /* it is reaped */
}

static void
become_logger(int control)
{
	struct logger_start start = { .control = control,
		.to_user = the_log.to_user };

	logger_main(&start);
}

/* Takes the channel over, or leaves all as it was. */
static int
listen_to_logger(int channel)
{
	struct event *events;

	if (fcntl(channel, F_SETFL, O_NONBLOCK) == -1)
		return -1;
	events = event_new(the_log.base, channel, EV_READ | EV_PERSIST,
	    on_logger, NULL);
	if (events == NULL)
		return -1;
	if (event_add(events, NULL) == -1) {
		event_free(events);
		return -1;
	}
	the_log.control = channel;
	the_log.events = events;
	return 0;
}

static int
start_logger(void)
{
	sigset_t all, mask;
	int fds[2];

	the_log.started = monotonic_seconds();
	if (channel_pair(fds) == -1)
		return -1;
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &mask);
	the_log.pid = fork();
	if (the_log.pid == 0)
		become_logger(fds[1]);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	close(fds[1]);
	if (the_log.pid != -1 && listen_to_logger(fds[0]) == 0)
		return 0;
	/* If there is one it ends, and is reaped. */
	close(fds[0]);
	return -1;
}

static void
on_retry(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	/* Not one after the other, when it cannot live. */
	if (the_log.pid == -1 && the_log.started != monotonic_seconds() &&
	    start_logger() == 0)
		log_write(LOG_ERR, "the logger ended; another one is there");
	give_all();
}

bool
log_reap(pid_t pid)
{
	struct channel *channel;

	if (pid != the_log.pid || pid == -1)
		return false;
	the_log.pid = -1;
	if (the_log.events != NULL)
		event_free(the_log.events);
	if (the_log.control != -1)
		close(the_log.control);
	the_log.events = NULL;
	the_log.control = -1;
	the_log.sunk = false;
	for (channel = the_log.channels; channel != NULL;
	     channel = channel->next)
		channel->given = false;
	try_again();
	return true;
}

int
log_start(struct event_base *base, struct log_sink *sink, bool to_user,
    void (*renew)(void *), void *context)
{
	the_log.base = base;
	the_log.to_user = to_user;
	the_log.renew = renew;
	the_log.context = context;
	the_log.sink = *sink;
	sink->fd = -1;
	the_log.retry = evtimer_new(base, on_retry, NULL);
	if (the_log.retry == NULL || start_logger() == -1)
		return -1;
	own = log_add(0, 0, 0);
	return own == -1 ? -1 : 0;
}

void
log_change(struct log_sink *sink)
{
	log_sink_close(&the_log.sink);
	the_log.sink = *sink;
	sink->fd = -1;
	the_log.sunk = false;
	give_all();
}

/* --- channels */

int
log_add(uint64_t session, uid_t uid, pid_t pid)
{
	struct channel *channel = calloc(1, sizeof(*channel));
	int fds[2];

	if (channel == NULL)
		return -1;
	if (channel_pair(fds) == -1) {
		free(channel);
		return -1;
	}
	channel->message.kind = LOGGER_CHANNEL;
	channel->message.session = session;
	channel->message.uid = uid;
	channel->message.pid = pid;
	channel->reader = fds[0];
	channel->next = the_log.channels;
	the_log.channels = channel;
	give_all();
	return fds[1];
}

void
log_end(uint64_t session)
{
	struct channel *channel;

	for (channel = the_log.channels; channel != NULL;
	     channel = channel->next)
		if (channel->message.session == session)
			channel->ended = true;
	give_all();
}

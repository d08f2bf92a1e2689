/* SPDX-License-Identifier: ISC */
/*
 * A line is written whole or is counted, and the count is written when there
 * is room again. What holds this process up (a disk, a syslogd) holds nobody
 * else up: all who talk to it drop what it does not take. Root by number
 * alone, so that nobody may signal it; it has no capability and no call that
 * opens, connects or signals.
 */
#include "logger.h"

#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "monotonic.h"
#include "rate.h"
#include "recent.h"
#include "session/channel.h"
#include "session/descriptors.h"
#include "session/entry.h"
#include "session/identity.h"
#include "session/jail.h"
#include "session/sink.h"

#define BURST 8         /* lines of one session before another's turn */
#define FOLLOW_LINES 10 /* before those that come */
#define RENEW_WAIT 1000 /* milliseconds */

struct channel {
	struct logger *logger;
	struct event *event;
	struct event *room;           /* to write to who reads */
	struct recent_reader *reader; /* NULL: he does not */
	LIST_ENTRY(channel) readers;
	int fd;
	uint64_t session;
	uid_t uid;
	pid_t pid;
};

struct logger {
	struct event_base *base;
	struct event *events; /* of the monitor's */
	struct event *tick;   /* to say what was dropped */
	int control;          /* -1: the monitor is gone */
	bool to_user;
	int sink; /* -1: there is none */
	enum config_log where;
	enum config_log_format format;
	bool torn; /* the file ends within a line */
	uint64_t dropped;
	uint32_t lines;      /* a second, of the sessions of a user */
	struct rate rate[2]; /* of such lines; and of elevated calls' */
	uint64_t over;       /* dropped for that, and not yet told */
	int64_t renewed;     /* the second in which a sink was asked for */
	int64_t full;        /* the one in which it had no room; -1 */
	bool answered;
	size_t channels;
	struct recent recent;
	LIST_HEAD(, channel) readers;
};

static void handle(struct logger *);

/* --- the sink */

/* A file gets each line whole, or begins the next after what it has of one. */
static int
write_file(struct logger *logger, char *line, size_t len)
{
	ssize_t n;

	line[len++] = '\n';
	if (!logger->torn) {
		line++;
		len--;
	}
	n = write(logger->sink, line, len);
	if (n > 0)
		logger->torn = (size_t)n < len;
	return n == (ssize_t)len ? 0 : -1;
}

/* For room there is one wait in a second, or all would wait with each line. */
static int
send_all(struct logger *logger, const char *bytes, size_t len)
{
	bool waits = logger->full != monotonic_seconds();
	int flags = MSG_NOSIGNAL | (waits ? 0 : MSG_DONTWAIT);

	if (send(logger->sink, bytes, len, flags) == (ssize_t)len)
		return 0;
	if (waits && errno == EAGAIN)
		logger->full = monotonic_seconds();
	return -1;
}

/* What a line begins with there. */
static size_t
put_head(const struct logger *logger, const struct entry_stamp *stamp,
    char *buf, size_t size)
{
	time_t seconds = (time_t)stamp->seconds;
	char text[64] = "";
	struct tm tm;

	if (logger->where == CONFIG_LOG_SYSLOG) {
		if (localtime_r(&seconds, &tm) == NULL ||
		    strftime(text, sizeof(text), "%b %e %H:%M:%S", &tm) == 0)
			text[0] = '\0';
		(void)snprintf(buf, size,
		    "<%d>%s privd[%d]: ", LOG_AUTHPRIV | stamp->priority, text,
		    (int)getpid());
	} else if (logger->format == CONFIG_LOG_JSON) {
		(void)strlcpy(buf, "\n", size);
	} else {
		(void)entry_print_time(stamp, text, sizeof(text));
		(void)snprintf(buf, size, "\n%s privd: ", text);
	}
	return strlen(buf);
}

static int
emit(struct logger *logger, const struct entry *entry,
    const struct entry_stamp *stamp)
{
	static char line[ENTRY_JOURNAL_MAX];
	size_t len;

	if (logger->sink == -1) {
		errno = ENOTCONN;
		return -1;
	}
	if (logger->where == CONFIG_LOG_JOURNAL) {
		len = entry_print_journal(entry, stamp, line, sizeof(line));
		return send_all(logger, line, len);
	}
	len = put_head(logger, stamp, line, sizeof(line));
	if (logger->format == CONFIG_LOG_JSON)
		len += entry_print_json(entry, stamp, line + len,
		    ENTRY_JSON_MAX);
	else
		len += entry_print_stamped(entry, stamp, line + len,
		    ENTRY_TEXT_MAX);
	return logger->where == CONFIG_LOG_FILE ?
	    write_file(logger, line, len) :
	    send_all(logger, line, len);
}

/*
 * Whoever took the lines is not there any more: the monitor is asked for a new
 * one, and answers at once. -1: not now.
 */
static int
renew(struct logger *logger)
{
	struct pollfd pfd = { .fd = logger->control, .events = POLLIN };
	int64_t second = monotonic_seconds();

	if (logger->where == CONFIG_LOG_FILE || logger->control == -1 ||
	    errno == EAGAIN || errno == EMSGSIZE || logger->renewed == second)
		return -1;
	logger->renewed = second;
	if (logger->sink != -1)
		close(logger->sink);
	logger->sink = -1;
	if (send(logger->control, &(char){ LOGGER_RENEW }, 1,
		MSG_DONTWAIT | MSG_NOSIGNAL) != 1)
		return -1;
	logger->answered = false;
	while (!logger->answered && logger->control != -1 &&
	    poll(&pfd, 1, RENEW_WAIT) == 1)
		handle(logger);
	return logger->sink == -1 ? -1 : 0;
}

/* As often as it takes: what is there now may be gone as well. */
static int
put(struct logger *logger, const struct entry *entry,
    const struct entry_stamp *stamp)
{
	if (emit(logger, entry, stamp) == 0)
		return 0;
	return renew(logger) == 0 ? emit(logger, entry, stamp) : -1;
}

static void
set_time(struct entry_stamp *stamp)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	stamp->seconds = ts.tv_sec;
	stamp->microseconds = (uint32_t)(ts.tv_nsec / 1000);
}

/* What could not be written before. -1: still not. */
static int
put_dropped(struct logger *logger)
{
	struct entry_stamp stamp = { .priority = LOG_WARNING };
	struct entry entry;

	if (logger->dropped == 0)
		return 0;
	set_time(&stamp);
	entry_start(&entry);
	entry_addf(&entry, ENTRY_DROPPED, "%llu",
	    (unsigned long long)logger->dropped);
	if (put(logger, &entry, &stamp) == -1)
		return -1;
	logger->dropped = 0;
	return 0;
}

static void
drop(struct logger *logger)
{
	const struct timeval second = { 1, 0 };

	logger->dropped++;
	(void)event_add(logger->tick, &second);
}

static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	const struct timeval second = { 1, 0 };
	struct logger *logger = context;

	(void)fd;
	(void)what;
	logger->dropped += logger->over;
	logger->over = 0;
	if (put_dropped(logger) == -1)
		(void)event_add(logger->tick, &second);
}

/* Without what looks at the file: see the jail. */
static void
tell(const struct entry *entry, const struct entry_stamp *stamp)
{
	static char text[ENTRY_TEXT_MAX + 16];
	size_t len = strlcpy(text, "privd: ", sizeof(text));

	len += entry_print_stamped(entry, stamp, text + len, ENTRY_TEXT_MAX);
	text[len++] = '\n';
	(void)!write(STDERR_FILENO, text, len);
}

static void
keep_recent(struct logger *logger, const struct entry *entry,
    const struct entry_stamp *stamp)
{
	struct channel *channel;

	recent_add(&logger->recent, entry, stamp);
	LIST_FOREACH(channel, &logger->readers, readers)
		if (channel->reader->line != NULL)
			(void)event_add(channel->room, NULL);
}

static void
write_entry(struct logger *logger, const struct entry *entry,
    struct entry_stamp *stamp)
{
	set_time(stamp);
	if (logger->to_user)
		tell(entry, stamp);
	keep_recent(logger, entry, stamp);
	if (put_dropped(logger) == -1 || put(logger, entry, stamp) == -1)
		drop(logger);
}

/*
 * Each session counts its lines; of a user's sessions, which may be hundreds,
 * they are counted here. Those of elevated calls are not hidden by others.
 */
static bool
is_within_rate(struct logger *logger, const struct channel *channel,
    const struct entry *entry)
{
	bool elevated = entry_is_elevated(entry);

	return channel->session == 0 ||
	    rate_take(&logger->rate[elevated], channel->uid,
		monotonic_seconds(), logger->lines);
}

/* Told once a second, or it would be as many lines. */
static void
drop_over(struct logger *logger, const struct entry *entry)
{
	const char *missing = entry_get(entry, ENTRY_DROPPED);
	const struct timeval second = { 1, 0 };

	if (logger->over == 0)
		(void)event_add(logger->tick, &second);
	/* A line that says how many were dropped stands for these. */
	logger->over += missing == NULL ?
	    1 :
	    (uint64_t)strtonum(missing, 0, INT32_MAX, NULL);
}

/* --- channels */

/* The last one was there, and nobody is left to give another. */
static void
end_if_alone(struct logger *logger)
{
	if (logger->control != -1 || logger->channels > 0)
		return;
	(void)put_dropped(logger);
	_exit(0);
}

static void
end_reading(struct channel *channel)
{
	if (channel->reader == NULL)
		return;
	LIST_REMOVE(channel, readers);
	event_free(channel->room);
	recent_leave(&channel->logger->recent, channel->reader);
	channel->reader = NULL;
}

static void
close_channel(struct channel *channel)
{
	struct logger *logger = channel->logger;

	end_reading(channel);
	event_free(channel->event);
	close(channel->fd);
	free(channel);
	logger->channels--;
	end_if_alone(logger);
}

static int
reply(const struct channel *channel, enum sink_answer kind,
    const struct entry_stamp *stamp, const void *bytes, size_t len)
{
	static struct sink_reply reply;

	reply.kind = kind;
	reply.stamp = stamp != NULL ? *stamp : (struct entry_stamp){ 0 };
	memcpy(reply.entry, bytes, len);
	len += offsetof(struct sink_reply, entry);
	return send(channel->fd, &reply, len, MSG_DONTWAIT | MSG_NOSIGNAL) ==
		(ssize_t)len ?
	    0 :
	    -1;
}

static int
reply_missed(const struct channel *channel)
{
	struct entry_stamp stamp = { .priority = LOG_WARNING };
	struct entry entry;

	if (channel->reader->missed == 0)
		return 0;
	set_time(&stamp);
	entry_start(&entry);
	entry_addf(&entry, ENTRY_DROPPED, "%llu",
	    (unsigned long long)channel->reader->missed);
	if (reply(channel, SINK_SEEN, &stamp, entry.bytes, entry.len) == -1)
		return -1;
	channel->reader->missed = 0;
	return 0;
}

/* As much as there is room for; the rest when there is. */
static void
on_room(evutil_socket_t fd, short what, void *context)
{
	struct channel *channel = context;
	struct recent_reader *reader = channel->reader;
	int n, result = reply_missed(channel);

	(void)fd;
	(void)what;
	for (n = 0; n < BURST && result == 0 && reader->line != NULL; n++) {
		result = reply(channel, SINK_SEEN, &reader->line->stamp,
		    reader->line->bytes, reader->line->len);
		if (result == 0)
			recent_step(reader);
	}
	if (result == 0 && recent_is_over(reader))
		result = reply(channel, SINK_OVER, NULL, "", 0);
	if (result == 0 && recent_is_over(reader))
		end_reading(channel);
	else if (result == -1 || reader->line != NULL)
		(void)event_add(channel->room, NULL);
}

/* Whose lines he gets the monitor has said. */
static void
begin_reading(struct channel *channel, bool follow)
{
	struct logger *logger = channel->logger;

	if (channel->reader != NULL)
		return;
	channel->reader = recent_read(&logger->recent, channel->uid,
	    follow ? FOLLOW_LINES : RECENT_LINES, follow);
	if (channel->reader == NULL) {
		(void)reply(channel, SINK_BUSY, NULL, "", 0);
		return;
	}
	LIST_INSERT_HEAD(&logger->readers, channel, readers);
	channel->room = event_new(logger->base, channel->fd, EV_WRITE, on_room,
	    channel);
	if (channel->room == NULL)
		_exit(1); /* no memory: another one begins */
	(void)event_add(channel->room, NULL);
}

static void
take_message(struct channel *channel, const struct sink_message *message,
    size_t len)
{
	static struct entry entry;
	struct entry_stamp stamp = {
		.session = channel->session,
		.uid = channel->uid,
		.pid = channel->pid,
	};

	if (sink_take(message, len, &entry) == 0) {
		stamp.priority = (int)message->priority;
		/* A session's lines are never for everybody's terminal. */
		if (channel->session != 0 && stamp.priority < LOG_WARNING)
			stamp.priority = LOG_WARNING;
		if (is_within_rate(channel->logger, channel, &entry))
			write_entry(channel->logger, &entry, &stamp);
		else
			drop_over(channel->logger, &entry);
	} else if (len == offsetof(struct sink_message, entry) &&
	    (message->kind == SINK_READ || message->kind == SINK_FOLLOW)) {
		begin_reading(channel, message->kind == SINK_FOLLOW);
	}
}

/* It is there still, and can be had at another time. */
static bool
is_shortage(int error)
{
	return error == EAGAIN || error == EINTR || error == ENOMEM ||
	    error == ENOBUFS;
}

/* False: nothing is there, or nobody any more. */
static bool
take_line(struct channel *channel)
{
	static struct sink_message message;
	ssize_t n;

	n = recv(channel->fd, &message, sizeof(message), MSG_DONTWAIT);
	if (n == -1 && is_shortage(errno))
		return false;
	if (n <= 0) {
		close_channel(channel);
		return false;
	}
	take_message(channel, &message, (size_t)n);
	return true;
}

static void
on_line(evutil_socket_t fd, short what, void *context)
{
	struct channel *channel = context;
	int i;

	(void)fd;
	(void)what;
	for (i = 0; i < BURST && take_line(channel); i++)
		continue;
}

static void
add_channel(struct logger *logger, const struct logger_message *message, int fd)
{
	struct channel *channel = calloc(1, sizeof(*channel));

	if (channel == NULL) {
		close(fd);
		return;
	}
	channel->logger = logger;
	channel->fd = fd;
	channel->session = message->session;
	channel->uid = message->uid;
	channel->pid = message->pid;
	channel->event = event_new(logger->base, fd, EV_READ | EV_PERSIST,
	    on_line, channel);
	if (channel->event == NULL || event_add(channel->event, NULL) == -1) {
		if (channel->event != NULL)
			event_free(channel->event);
		close(fd);
		free(channel);
		return;
	}
	logger->channels++;
}

/* --- the monitor */

static void
set_sink(struct logger *logger, const struct logger_message *message, int fd)
{
	if (logger->sink != -1)
		close(logger->sink);
	logger->sink = fd;
	logger->where = (enum config_log)message->where;
	logger->format = (enum config_log_format)message->format;
	logger->lines = message->lines;
	logger->torn = false;
	logger->full = -1;
	logger->answered = true;
}

static void
lose_monitor(struct logger *logger)
{
	(void)event_del(logger->events);
	close(logger->control);
	logger->control = -1;
	end_if_alone(logger);
}

/* One message of the monitor's. */
static void
handle(struct logger *logger)
{
	struct logger_message message;
	int fds[CHANNEL_FDS_MAX];
	size_t nfds;
	ssize_t n;

	n = channel_receive(logger->control, &message, sizeof(message), fds,
	    &nfds);
	/* No descriptor is left for what came with it. */
	if (n == -1 && (errno == EBADMSG || is_shortage(errno)))
		return;
	if (n <= 0) {
		lose_monitor(logger);
		return;
	}
	if (n == sizeof(message) && message.kind == LOGGER_SINK && nfds <= 1)
		set_sink(logger, &message, nfds == 1 ? fds[0] : -1);
	else if (n == sizeof(message) && message.kind == LOGGER_CHANNEL &&
	    nfds == 1)
		add_channel(logger, &message, fds[0]);
	else
		channel_close_all(fds, nfds);
}

static void
on_monitor(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	handle(context);
}

/* --- the process */

static const struct jail_rule allowed[] = {
	ANY(SYS_recvmsg),
	ANY(SYS_recvfrom),
	/* along what is connected, and to no address */
	{ SYS_sendto, UINT32_MAX, 0, 5 },
	ANY(SYS_write),
	ANY(SYS_close),
	ANY(SYS_ppoll),
	ANY(SYS_epoll_ctl),
	ANY(SYS_epoll_pwait),
	ANY(SYS_epoll_pwait2),
#ifdef SYS_epoll_wait
	ANY(SYS_poll),
	ANY(SYS_epoll_wait),
#endif
};

static int
drop_rights(void)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return -1;
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1 || setgroups(0, NULL) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    identity_set_caps(0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return -1;
	return jail_seccomp(allowed, sizeof(allowed) / sizeof(allowed[0]));
}

static int
add_events(struct logger *logger)
{
	logger->base = event_base_new();
	if (logger->base == NULL)
		return -1;
	logger->tick = evtimer_new(logger->base, on_tick, logger);
	logger->events = event_new(logger->base, logger->control,
	    EV_READ | EV_PERSIST, on_monitor, logger);
	if (logger->tick == NULL || logger->events == NULL)
		return -1;
	return event_add(logger->events, NULL);
}

void
logger_main(const struct logger_start *start)
{
	static struct logger logger = { .sink = -1, .renewed = -1, .full = -1 };
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	descriptors_keep_only(&start->control, 1);
	tzset();
	recent_init(&logger.recent);
	LIST_INIT(&logger.readers);
	logger.control = start->control;
	logger.to_user = start->to_user;
	if (add_events(&logger) == -1 || drop_rights() == -1) {
		(void)dprintf(STDERR_FILENO, "privd: the logger: %s\n",
		    strerror(errno));
		_exit(1);
	}
	(void)event_base_dispatch(logger.base);
	_exit(1);
}

/* SPDX-License-Identifier: ISC */
/*
 * The scribe writes, whoever made the line: it passes on entries that are
 * well-formed, and prints them itself.
 */
#include "sink.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "../monotonic.h"
#include "session.h"

/* Somebody to whom lines are sent. */
struct receiver {
	int fd; /* -1: nobody */
	uint64_t dropped;
	int64_t since; /* the second in which that began */
};

static int file = -1;
static bool to_syslog;
static struct receiver logger = { .fd = -1 };
static struct receiver user = { .fd = -1 };

/* Lines of elevated calls have a number of their own: others do not hide
   them. */
static struct {
	int64_t second;
	uint32_t count[2];
	uint32_t most; /* 0: any number */
} rate;

static bool
is_within_rate(const struct entry *entry)
{
	bool elevated = entry_is_elevated(entry);
	int64_t second = monotonic_seconds();

	if (rate.second != second)
		memset(rate.count, 0, sizeof(rate.count));
	rate.second = second;
	if (rate.most != 0 && rate.count[elevated] >= rate.most)
		return false;
	rate.count[elevated]++;
	return true;
}

int
sink_send(int channel, int priority, const struct entry *entry)
{
	struct sink_message message = { .kind = SINK_LINE,
		.priority = (uint32_t)priority };
	size_t len = offsetof(struct sink_message, entry) + entry->len;

	memcpy(message.entry, entry->bytes, entry->len);
	return send(channel, &message, len, MSG_DONTWAIT | MSG_NOSIGNAL) ==
		(ssize_t)len ?
	    0 :
	    -1;
}

int
sink_take(const struct sink_message *message, size_t len, struct entry *entry)
{
	const size_t head = offsetof(struct sink_message, entry);

	if (len < head || message->kind != SINK_LINE ||
	    message->priority > LOG_DEBUG) {
		errno = EBADMSG;
		return -1;
	}
	return entry_take(entry, message->entry, len - head);
}

int
sink_open(const struct session_options *options)
{
	rate.most = options->max_lines;
	if (options->user_channel != 0)
		user.fd = options->user_channel;
	if (options->log_channel != 0) {
		logger.fd = options->log_channel;
		return 0;
	}
	if (options->log_file != NULL) {
		file = open(options->log_file,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
		return file == -1 ? -1 : 0;
	}
	if (options->log_stderr)
		file = STDERR_FILENO;
	to_syslog = file == -1;
	return 0;
}

size_t
sink_descriptors(int fds[SINK_DESCRIPTORS])
{
	size_t n = 0;

	fds[n++] = file;
	fds[n++] = logger.fd;
	fds[n++] = user.fd;
	return n;
}

bool
sink_begin(const char *program)
{
	const char *name = strrchr(program, '/');

	if (!to_syslog)
		return false;
	tzset(); /* syslog(3) says when, and may not look then */
	openlog(name != NULL ? name + 1 : program, LOG_NDELAY, LOG_AUTHPRIV);
	return true;
}

/* Text for the user: of his own session, and of nobody else's. */
static int
send_text(int fd, const struct entry *entry)
{
	static char text[ENTRY_TEXT_MAX];
	size_t len = entry_print_text(entry, text, sizeof(text));

	return send(fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL) ==
		(ssize_t)len ?
	    0 :
	    -1;
}

static int
give(const struct receiver *receiver, const struct entry *entry)
{
	return receiver == &user ? send_text(receiver->fd, entry) :
				   sink_send(receiver->fd, LOG_WARNING, entry);
}

static void
drop(struct receiver *receiver)
{
	if (receiver->dropped++ == 0)
		receiver->since = monotonic_seconds();
}

static void
flush(struct receiver *receiver, bool end)
{
	struct entry entry;

	if (receiver->fd == -1 || receiver->dropped == 0 ||
	    (!end && receiver->since == monotonic_seconds()))
		return;
	entry_start(&entry);
	entry_addf(&entry, ENTRY_DROPPED, "%llu",
	    (unsigned long long)receiver->dropped);
	if (give(receiver, &entry) == 0)
		receiver->dropped = 0;
	else
		receiver->since = monotonic_seconds();
}

void
sink_flush(bool end)
{
	flush(&logger, end);
	flush(&user, end);
}

int
sink_wait(void)
{
	return (logger.fd != -1 && logger.dropped > 0) ||
		(user.fd != -1 && user.dropped > 0) ?
	    1000 :
	    -1;
}

void
sink_print(int fd, const char *text)
{
	char head[] = "privrun: ", end[] = "\n";
	struct iovec iov[] = { { head, sizeof(head) - 1 },
		{ NULL, strlen(text) }, { end, 1 } };

	memcpy(&iov[1].iov_base, &text, sizeof(text));
	(void)!writev(fd, iov, 3);
}

void
sink_write(const struct entry *entry)
{
	static char text[ENTRY_TEXT_MAX];

	sink_flush(false);
	if (user.fd != -1 && give(&user, entry) == -1)
		drop(&user);
	if (logger.fd != -1) {
		if (!is_within_rate(entry) || give(&logger, entry) == -1)
			drop(&logger);
		return;
	}
	(void)entry_print_text(entry, text, sizeof(text));
	if (to_syslog)
		syslog(LOG_WARNING, "%s", text);
	else
		sink_print(file, text);
}

/* SPDX-License-Identifier: ISC */
/*
 * Lines of the log for who asks, printed by a process that has no right. Who
 * reads slowly holds this process up, and no other.
 */
#include "control_log.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>

#include "../client-lib/protocol.h"
#include "session/entry.h"
#include "session/sink.h"

#define ASK_AGAIN 10000 /* milliseconds: another logger does not know */

static int
ask(int channel, bool follow)
{
	struct sink_message message = {
		.kind = follow ? SINK_FOLLOW : SINK_READ,
	};

	return send(channel, &message, offsetof(struct sink_message, entry),
		   MSG_DONTWAIT | MSG_NOSIGNAL) == -1 &&
		errno != EAGAIN ?
	    -1 :
	    0;
}

/* As JSON a line is whole, or another. */
static const char *
print_json(const struct entry *entry, const struct entry_stamp *stamp)
{
	static char json[ENTRY_JSON_MAX];
	static struct entry other;
	char text[1024];

	if (entry_print_json(entry, stamp, json, sizeof(json)) <=
	    PROTOCOL_TEXT_MAX)
		return json;
	(void)entry_print_text(entry, text, sizeof(text));
	entry_start(&other);
	entry_add(&other, ENTRY_NOTE, text);
	(void)entry_print_json(&other, stamp, json, sizeof(json));
	return json;
}

static const char *
print_text(const struct entry *entry, const struct entry_stamp *stamp)
{
	static char text[PROTOCOL_TEXT_MAX];
	size_t len = entry_print_time(stamp, text, 64);

	text[len++] = ' ';
	(void)entry_print_stamped(entry, stamp, text + len, sizeof(text) - len);
	return text;
}

/* 1: another may come; 0: that was all; -1 */
static int
take(int channel, void (*show)(void *, const char *, const char *),
    void *context, int *outcome)
{
	static struct sink_reply reply;
	static struct entry entry;
	const size_t head = offsetof(struct sink_reply, entry);
	ssize_t n = recv(channel, &reply, sizeof(reply), MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 1;
	if (n < (ssize_t)head)
		return -1;
	if (reply.kind == SINK_SEEN &&
	    entry_take(&entry, reply.entry, (size_t)n - head) == 0) {
		show(context, print_text(&entry, &reply.stamp),
		    print_json(&entry, &reply.stamp));
		return 1;
	}
	*outcome = reply.kind == SINK_OVER ? PROTOCOL_ANSWERED :
	    reply.kind == SINK_BUSY        ? PROTOCOL_BUSY :
					     PROTOCOL_FAILED;
	return 0;
}

int
control_log(int channel, int sock, bool follow,
    void (*show)(void *context, const char *text, const char *json),
    void *context)
{
	struct pollfd pfds[2] = {
		{ .fd = channel, .events = POLLIN },
		{ .fd = sock, .events = POLLIN | POLLRDHUP },
	};
	int outcome = PROTOCOL_FAILED, n = ask(channel, follow) == 0 ? 1 : -1;

	while (n == 1) {
		switch (poll(pfds, 2, ASK_AGAIN)) {
		case -1:
			n = errno == EINTR ? 1 : -1;
			continue;
		case 0:
			n = ask(channel, follow) == 0 ? 1 : -1;
			continue;
		default:
			break;
		}
		/* He has said all, so this is his end. */
		if (pfds[1].revents != 0)
			break;
		n = take(channel, show, context, &outcome);
	}
	return outcome;
}

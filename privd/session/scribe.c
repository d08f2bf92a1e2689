/* SPDX-License-Identifier: ISC */
/*
 * The scribe of one session. What a judge has to say is made of the program's
 * bytes, so whoever reads it holds no privilege: the scribe has a descriptor
 * of each place where lines go, an id of its own, and nothing else. It lets
 * nothing but printing characters through. There is none before there is
 * something to write.
 */
#include "scribe.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "descriptors.h"
#include "entry.h"
#include "identity.h"
#include "jail.h"
#include "limits.h"
#include "record.h"
#include "session.h"
#include "sink.h"

static void
make_harmless(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static void
write_entry(const char *bytes, size_t len)
{
	static struct entry entry;

	if (entry_take(&entry, bytes, len) == -1) {
		entry_start(&entry);
		entry_add(&entry, ENTRY_NOTE, "a record that is none");
	}
	sink_write(&entry);
}

/* The judge waits for it. The daemon's sessions have nobody to be told. */
static void
tell(char *text, int channel, bool by_daemon)
{
	make_harmless(text);
	if (!by_daemon)
		sink_print(STDERR_FILENO, text);
	(void)channel_send(channel, "", 1, NULL, 0);
}

/* One record. False at the end, and where it is none. */
static bool
serve(int channel, bool by_daemon)
{
	static struct record record;
	const size_t head = offsetof(struct record, text);
	int fds[CHANNEL_FDS_MAX];
	size_t nfds;
	ssize_t n;

	n = channel_receive(channel, &record, sizeof(record), fds, &nfds);
	channel_close_all(fds, nfds);
	if (n <= (ssize_t)head || record.text[(size_t)n - head - 1] != '\0')
		return false;
	if (record.kind == RECORD_LINE)
		write_entry(record.text, (size_t)n - head);
	else if (record.kind == RECORD_TELL)
		tell(record.text, channel, by_daemon);
	return true;
}

static const struct jail_rule allowed[] = {
	{ SYS_recvmsg, 0, 0, 0 },
	{ SYS_sendmsg, 0, 0, 0 },
	{ SYS_sendto, 0, 0, 0 },
	{ SYS_writev, 0, 0, 0 },
	{ SYS_close, 0, 0, 0 },
#ifdef SYS_poll
	{ SYS_poll, 0, 0, 0 },
#endif
	{ SYS_ppoll, 0, 0, 0 },
	/* from here on syslog(3), when the other side was started anew */
	{ SYS_socket, UINT32_MAX, AF_UNIX, 0 },
	{ SYS_connect, 0, 0, 0 },
};

#define ALLOWED (sizeof(allowed) / sizeof(allowed[0]))
#define OF_SYSLOG 2
#define FILES (1 + SINK_DESCRIPTORS + 3 + 1) /* and syslog's once more */

/* Holding no more than where it reads and where it writes. */
static int
lock_in(const struct scribe_start *start)
{
	int keep[1 + SINK_DESCRIPTORS];
	size_t n = sink_descriptors(keep + 1);
	struct identity id = {
		.uid = start->plan->root ? start->own : start->plan->caller.uid,
		.gid = start->plan->root ? start->own : start->plan->caller.gid,
	};
	const struct limits limits = {
		.files = FILES,
		.size = LIMITS_ASIS, /* the log's */
	};

	id.fsuid = id.uid;
	id.fsgid = id.gid;
	keep[0] = start->channel;
	descriptors_keep_only(keep, 1 + n);
	if (limits_set(&limits) == -1 ||
	    identity_assume(&id, start->parent) == -1)
		return -1;
	return jail_seccomp(allowed,
	    sink_begin(start->plan->program) ? ALLOWED : ALLOWED - OF_SYSLOG);
}

void
scribe_main(const struct scribe_start *start)
{
	struct pollfd pfd = { .fd = start->channel, .events = POLLIN };

	if (lock_in(start) == -1)
		_exit(SESSION_EXIT_REFUSED);
	do {
		while (poll(&pfd, 1, sink_wait()) < 1)
			sink_flush(false);
	} while (serve(start->channel, start->plan->options.log_channel != 0));
	sink_flush(true);
	_exit(0);
}

void
scribe_say(int channel, const char *fmt, ...)
{
	static struct record record = { .kind = RECORD_LINE };
	static struct entry entry;
	char text[RECORD_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	entry_start(&entry);
	entry_add(&entry, ENTRY_NOTE, text);
	memcpy(record.text, entry.bytes, entry.len);
	(void)send(channel, &record, offsetof(struct record, text) + entry.len,
	    MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* SPDX-License-Identifier: ISC */
/*
 * Sending what was copied: as the caller by the judge, by the double where the
 * sender's process is shown to others, or elevated by a hand. Nothing is read
 * of the program any more but the rest of a long stream's data. What would
 * wait is left to a worker, which alone may.
 */
#include "message.h"

#include <netinet/in.h>

#include <errno.h>
#include <signal.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "exchange.h"
#include "judge.h"
#include "send_signal.h"
#include "worker.h"

#define LOOK_AGAIN 20          /* milliseconds, at what another must take */
#define FULL_ELSEWHERE 5000000 /* nanoseconds: writable, but its peer is full */
#define CHUNKS_LAST (MSG_OOB | MSG_EOR) /* flags of the end of a stream */

/* Who sees the sender's process sees the user's: the judge's would be odd. */
static bool
shows_sender(const struct message *message)
{
	return message->domain == AF_UNIX || message->domain == AF_NETLINK;
}

/*
 * Can the first try be made without waiting? With MSG_DONTWAIT some protocols
 * do another thing than to say EAGAIN: those wait in a worker from the start.
 */
static bool
is_prompt(const struct message *message)
{
	if (!message->waits || message->channel != -1)
		return true;
	if (message->domain == AF_UNIX || message->domain == AF_NETLINK ||
	    message->domain == AF_PACKET)
		return true;
	if ((message->domain != AF_INET && message->domain != AF_INET6) ||
	    (message->flags & MSG_FASTOPEN) != 0)
		return false;
	return message->type == SOCK_DGRAM || message->type == SOCK_RAW ||
	    (message->type == SOCK_STREAM && message->protocol == IPPROTO_TCP);
}

/* As long a wait as the socket says; a hand never waits by itself. */
static void
set_deadline(struct message *message)
{
	struct timeval limit = { 0, 0 };
	socklen_t len = sizeof(limit);

	message->limited = getsockopt(message->sock, SOL_SOCKET, SO_SNDTIMEO,
			       &limit, &len) == 0 &&
	    (limit.tv_sec != 0 || limit.tv_usec != 0);
	if (!message->limited)
		return;
	(void)clock_gettime(CLOCK_MONOTONIC, &message->deadline);
	message->deadline.tv_sec += limit.tv_sec;
	message->deadline.tv_nsec += limit.tv_usec * 1000;
	if (message->deadline.tv_nsec >= 1000000000) {
		message->deadline.tv_nsec -= 1000000000;
		message->deadline.tv_sec++;
	}
}

static bool
is_late(const struct message *message)
{
	struct timespec now;

	if (!message->limited)
		return false;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > message->deadline.tv_sec ||
	    (now.tv_sec == message->deadline.tv_sec &&
		now.tv_nsec >= message->deadline.tv_nsec);
}

int
message_prepare(struct judge *judge, struct call *call)
{
	struct message *message = call->message;
	int flags = fcntl(call->fd, F_GETFL);

	message->judge = judge;
	message->sock = call->fd;
	message->addr = call->addr.storage;
	message->addr_len = call->addr_len;
	message->named = message_is_named(call->row, call->regs);
	message->caller = call->process->tgid;
	message->waits = (message->flags & MSG_DONTWAIT) == 0 && flags != -1 &&
	    (flags & O_NONBLOCK) == 0;
	if (call->addr_is_path && !call->elevated) {
		message->object = call->pin[0].object;
		if (message->object == -1)
			return ENOENT;
	}
	if (call->elevated)
		message->channel =
		    judge->hands[judge->plan
				     ->rule_hand[call->verdict.rule->index]];
	else if (shows_sender(message))
		message->channel = judge->twin;
	if (message->waits)
		set_deadline(message);
	return message->channel == -1 ? 0 : exchange_open(message, call);
}

/* The last of a stream is told from what comes before it. */
static int
flags_now(const struct message *message)
{
	return message->left > 0 ? message->flags & ~CHUNKS_LAST :
				   message->flags;
}

static ssize_t
send_here(struct message *message, bool wait)
{
	struct perform_message what = {
		.sock = message->sock,
		.object = message->object,
		.addr = &message->addr,
		.addr_len = message->addr_len,
		.named = message->named,
		.by_address = message->judge->plan->addresses,
		.data = message->data + message->at,
		.len = message->len - message->at,
		.control = message->control,
		.control_len = message->begun ? 0 : message->control_len,
		.flags = flags_now(message) | (wait ? 0 : MSG_DONTWAIT),
		.caller = message->caller,
	};

	return perform_send(&what, &message->raised);
}

static ssize_t
send_once(struct message *message, bool wait)
{
	if (message->channel == -1)
		return send_here(message, wait);
	return exchange_send(message, flags_now(message));
}

/* What was sent has been sent, whatever comes after. */
static void
conclude(struct message *message, int error)
{
	message->error = message->begun ? 0 : error;
	message->raised = message->raised && message->error != 0;
}

enum progress {
	ENDED,
	WAITING, /* for room */
	MORE
};

static enum progress
account(struct message *message, size_t n, bool wait)
{
	message->begun = true;
	message->sent += n;
	message->at += n;
	if (!message_is_stream(message))
		return ENDED;
	if (message->at < message->len) {
		if (wait && message->channel == -1)
			return ENDED; /* it has waited, and has its reason */
		return message->waits ? WAITING : ENDED;
	}
	return message->left > 0 && message->waits ? MORE : ENDED;
}

/* One step; EAGAIN of what has waited is the end of its patience. */
static enum progress
step(struct message *message, bool wait)
{
	ssize_t n;

	n = send_once(message, wait);
	if (n >= 0)
		return account(message, (size_t)n, wait);
	if (errno == EAGAIN && message->waits &&
	    (!wait || message->channel != -1) && !is_late(message))
		return WAITING;
	conclude(message, errno);
	return ENDED;
}

static bool
send_first(struct message *message)
{
	if (step(message, false) != ENDED)
		return false;
	conclude(message, message->error);
	return true;
}

/* Other calls need not wait for a hand, or for whoever has the socket. */
bool
message_try(struct judge *judge, struct message *message)
{
	bool ended;

	if (!is_prompt(message))
		return false;
	judge_leave(judge);
	ended = send_first(message);
	judge_return(judge);
	return ended;
}

/* A moment until another has taken something. False: nobody waits for it. */
static bool
look_again(const struct message *message, const struct ticket *ticket,
    int listener)
{
	const struct timespec moment = { 0, FULL_ELSEWHERE };
	struct pollfd pfd = { .fd = message->sock, .events = POLLOUT };

	if (poll(&pfd, 1, LOOK_AGAIN) != 0)
		(void)nanosleep(&moment, NULL);
	return !worker_is_interrupted() && notify_valid(listener, ticket->id);
}

static void
send_all(struct message *message, const struct ticket *ticket, int listener)
{
	enum progress progress = message->at < message->len || !message->begun ?
	    WAITING :
	    MORE;

	while (progress != ENDED) {
		if (progress == MORE &&
		    (message_refill(message) != 0 ||
			!notify_valid(listener, ticket->id)))
			break;
		progress = step(message, true);
		if (progress == WAITING &&
		    !look_again(message, ticket, listener))
			break;
	}
	conclude(message, message->error != 0 ? message->error : EINTR);
}

/* The worker's part: it has the message and the ticket, and nothing else. */
static void
work(void *p, const struct ticket *ticket, int listener)
{
	struct message *message = p;
	struct judge *judge = message->judge;
	uint32_t count;

	send_all(message, ticket, listener);
	/* With a limit of time it is not started again. */
	if (!message->limited)
		message->error = worker_error(message->error);
	if (message->raised)
		send_signal_thread(judge, SIGPIPE, message->pidfd,
		    message->caller, message->tid);
	count = (uint32_t)message->sent;
	if (message->error == 0 && message->count_at != 0 &&
	    notify_valid(listener, ticket->id) &&
	    reach_write(&judge->reach, ticket->id, message->tid,
		message->count_at, &count, sizeof(count)) == -1)
		message->error = errno;
	if (message->error != 0)
		ticket_refuse(ticket, listener, message->error);
	else
		ticket_answer(ticket, listener,
		    message->count_at != 0 ? 1 : (int64_t)message->sent);
}

static void
release(void *p)
{
	message_free(p);
}

static int
duplicate(int fd)
{
	return fd == -1 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

void
message_leave(struct judge *judge, struct call *call, uint64_t count_at)
{
	struct message *message = call->message;
	struct worker_task task = { work, release, message };

	call->message = NULL;
	message->tid = call->thread->tid;
	message->pidfd = duplicate(call->thread->pidfd);
	message->memory = call->memory == NULL ? -1 :
						 duplicate(call->memory->fd);
	message->count_at = count_at;
	message->owned[0] = call->fd;
	message->owned[1] = call->pin[0].object;
	message->owned[2] = call->pin[0].parent;
	call->fd = call->pin[0].object = call->pin[0].parent = -1;
	worker_do(judge, call, &task);
}

void
call_send(struct judge *judge, struct call *call)
{
	struct message *message;
	int error;

	error = message_take_late(judge, call);
	message = call->message;
	if (error == 0)
		error = message_prepare(judge, call);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	call_begin(call);
	if (!message_try(judge, message)) {
		message_leave(judge, call, 0);
		return;
	}
	if (message->raised)
		send_signal_thread(judge, SIGPIPE, call->thread->pidfd,
		    call->process->tgid, call->thread->tid);
	if (message->error != 0)
		call_refuse(judge, call, message->error);
	else
		call_answer(judge, call, (int64_t)message->sent);
}

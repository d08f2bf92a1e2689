/* SPDX-License-Identifier: ISC */
/*
 * sendmmsg(2): each message is read, judged and sent before the next one is
 * read, as the kernel has it. What is denied, fails or would wait ends the
 * call; if messages went before it, they are the result.
 */
#include "message.h"

#include <stddef.h>

#include "../notify/notify.h"
#include "judge.h"
#include "record.h"
#include "refusal.h"
#include "send_signal.h"

#include <errno.h>
#include <signal.h>

/* What has become of one message. */
enum outcome {
	SENT,
	FAILED,  /* with error */
	WAITING, /* for room, nothing or some of it sent */
	GONE     /* nobody waits for it */
};

static uint64_t
count_at(const struct call *call)
{
	return call->regs[1] + call->nth * message_header_size(call, true) +
	    message_header_size(call, false);
}

static void
raise_signal(struct judge *judge, const struct call *call)
{
	if (call->message->raised)
		send_signal_thread(judge, SIGPIPE, call->thread->pidfd,
		    call->process->tgid, call->thread->tid);
}

static enum outcome
send_one(struct judge *judge, struct call *call, int *error)
{
	*error = call->walk_error;
	if (!call->elevated && *error == 0 && !call_is_ours(judge, call))
		*error = EPERM;
	if (call->elevated)
		*error = 0;
	if (*error == 0)
		*error = message_prepare(judge, call);
	if (*error != 0)
		return FAILED;
	call_begin(call);
	if (!message_try(judge, call->message))
		return WAITING;
	raise_signal(judge, call);
	*error = call->message->error;
	return *error == 0 ? SENT : FAILED;
}

static enum outcome
judge_one(struct judge *judge, struct call *call, int *error)
{
	*error = call_decode(judge, call);
	if (*error != 0)
		return FAILED;
	if (!notify_valid(judge->listener, call->ticket.id))
		return GONE;
	call_judge(judge, call);
	call_plan_elevation(judge, call);
	refusal_judged(judge, call);
	if (call->verdict.log)
		record_call(judge, call);
	*error = call->verdict.error;
	return call->verdict.action == POLICY_PERMIT ?
	    send_one(judge, call, error) :
	    FAILED;
}

/* Its length, to where it is asked for. 0 or errno. */
static int
put_count(struct judge *judge, struct call *call)
{
	uint32_t count = (uint32_t)call->message->sent;

	return call_put(judge, call, count_at(call), &count, sizeof(count)) ==
		-1 ?
	    errno :
	    0;
}

static void
conclude(struct judge *judge, struct call *call, int error)
{
	if (call->nth > 0)
		call_answer(judge, call, call->nth);
	else if (error != 0)
		call_refuse(judge, call, error);
	else
		call_answer(judge, call, 0);
}

/* True: the next one may follow; else the call is answered. */
static bool
do_one(struct judge *judge, struct call *call)
{
	enum outcome outcome;
	int error = 0;

	outcome = judge_one(judge, call, &error);
	if (outcome == GONE) {
		call_drop(call);
		return false;
	}
	if (outcome == WAITING && call->nth == 0) {
		message_leave(judge, call, count_at(call));
		return false;
	}
	if (outcome == FAILED && call->nth == 0 &&
	    call->verdict.action == POLICY_PRETEND && error == 0) {
		call_answer(judge, call, call->verdict.value);
		return false;
	}
	if (outcome == SENT || (outcome == WAITING && call->message->begun))
		error = put_count(judge, call);
	else if (outcome == WAITING)
		error = EAGAIN;
	if (error == 0 && outcome != FAILED)
		call->nth++;
	if (error == 0 && outcome == SENT && call->message->left == 0 &&
	    call->message->at == call->message->len)
		return true;
	conclude(judge, call, error);
	return false;
}

/* Without messages, only the descriptor is looked at. */
static void
send_none(struct judge *judge, struct call *call)
{
	int domain, error;
	socklen_t len = sizeof(domain);

	error = call_take_descriptor(judge, call);
	if (error == 0 &&
	    getsockopt(call->fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == -1)
		error = errno;
	conclude(judge, call, error);
}

void
call_send_many(struct judge *judge, struct call *call)
{
	uint32_t n = (uint32_t)call->regs[2];

	if (n > MESSAGE_PARTS_MAX) /* the same limit of the kernel's */
		n = MESSAGE_PARTS_MAX;
	call->nth = 0;
	if (n == 0) {
		send_none(judge, call);
		return;
	}
	while (do_one(judge, call)) {
		call_clear(call);
		if (call->nth == n) {
			call_answer(judge, call, n);
			break;
		}
	}
	call_clear(call);
	call->nth = 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Answers. The page is told before the program is, so that a judge that dies
 * here leaves behind what it would have said; and each slot is free again
 * only when nobody waits for it.
 */
#include "call.h"

#include <errno.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "journal.h"
#include "judge.h"
#include "page.h"
#include "refusal.h"

void
call_begin(struct call *call)
{
	journal_session(call->judge);
	atomic_store(&call->ticket.slot->stage, PAGE_BEGUN);
}

void
call_drop(struct call *call)
{
	page_free(call->ticket.slot);
}

static void
decide(const struct ticket *ticket, int error, int64_t value)
{
	ticket->slot->error = error;
	ticket->slot->value = value;
	atomic_store(&ticket->slot->stage, PAGE_DONE);
}

void
ticket_answer(const struct ticket *ticket, int listener, int64_t value)
{
	decide(ticket, 0, value);
	(void)notify_answer(listener, ticket->id, value);
	page_free(ticket->slot);
}

void
ticket_refuse(const struct ticket *ticket, int listener, int error)
{
	decide(ticket, error, 0);
	(void)notify_refuse(listener, ticket->id, error);
	page_free(ticket->slot);
}

/* Its number there; -1 with errno. */
static int
hand_over(const struct ticket *ticket, int listener, int fd, bool cloexec)
{
	int number, error;

	number = notify_give(listener, ticket->id, fd, cloexec);
	error = errno;
	close(fd);
	errno = error;
	return number;
}

void
ticket_give(const struct ticket *ticket, int listener, int fd, bool cloexec)
{
	int number = hand_over(ticket, listener, fd, cloexec);

	if (number == -1)
		ticket_refuse(ticket, listener, errno);
	else
		ticket_answer(ticket, listener, number);
}

void
call_answer(struct judge *judge, struct call *call, int64_t value)
{
	journal_session(judge);
	ticket_answer(&call->ticket, judge->listener, value);
}

void
call_refuse(struct judge *judge, struct call *call, int error)
{
	refusal_answer(judge, call, error);
	journal_session(judge);
	ticket_refuse(&call->ticket, judge->listener, error);
}

void
call_continue(struct judge *judge, struct call *call)
{
	journal_session(judge);
	(void)notify_continue(judge->listener, call->ticket.id);
	call_drop(call);
}

void
call_give(struct judge *judge, struct call *call, int fd, bool cloexec,
    int (*lost)(struct judge *, const struct call *, int error))
{
	int number, error;

	journal_session(judge);
	number = hand_over(&call->ticket, judge->listener, fd, cloexec);
	error = errno;
	if (number == -1) {
		if (lost != NULL)
			error = lost(judge, call, error);
		ticket_refuse(&call->ticket, judge->listener, error);
		return;
	}
	decide(&call->ticket, 0, number);
	if (notify_answer(judge->listener, call->ticket.id, number) == -1 &&
	    lost != NULL)
		(void)lost(judge, call, 0);
	call_drop(call);
}

int
call_put(struct judge *judge, struct call *call, uint64_t addr,
    const void *data, size_t len)
{
	int result = -1;

	if (len > 0 && call->maps == NULL)
		call->maps = process_maps(judge->table, call->thread,
		    call->ticket.id);
	/* The page may be a file's whose server takes its time. */
	judge_leave(judge);
	if (len > 0 && !process_can_write(call->maps, addr, len))
		errno = EFAULT;
	else
		result = reach_write(&judge->reach, call->ticket.id,
		    call->thread->tid, addr, data, len);
	judge_return(judge);
	return result;
}

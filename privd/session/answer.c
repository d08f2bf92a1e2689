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
#include "judge.h"
#include "page.h"

void
call_begin(struct call *call)
{
	atomic_store(&call->slot->stage, PAGE_BEGUN);
}

void
call_drop(struct call *call)
{
	page_free(call->slot);
}

static void
decide(struct call *call, int error, int64_t value)
{
	call->slot->error = error;
	call->slot->value = value;
	atomic_store(&call->slot->stage, PAGE_DONE);
}

void
call_answer(struct judge *judge, struct call *call, int64_t value)
{
	decide(call, 0, value);
	(void)notify_answer(judge->listener, call->id, value);
	call_drop(call);
}

void
call_refuse(struct judge *judge, struct call *call, int error)
{
	decide(call, error, 0);
	(void)notify_refuse(judge->listener, call->id, error);
	call_drop(call);
}

void
call_continue(struct judge *judge, struct call *call)
{
	(void)notify_continue(judge->listener, call->id);
	call_drop(call);
}

bool
call_give(struct judge *judge, struct call *call, int fd, bool cloexec)
{
	int number, error;

	number = notify_give(judge->listener, call->id, fd, cloexec);
	error = errno;
	close(fd);
	if (number == -1)
		call_refuse(judge, call, error);
	else
		call_answer(judge, call, number);
	return number != -1;
}

void
call_write(struct judge *judge, struct call *call, uint64_t addr,
    const void *data, size_t len, int64_t value)
{
	if (reach_write(&judge->reach, call->id, call->thread->tid,
	    call->process->tgid, addr, data, len) == -1)
		call_refuse(judge, call, errno);
	else
		call_answer(judge, call, value);
}

/* SPDX-License-Identifier: ISC */
/*
 * Elevated calls, on the judge's side: who may have them, and what the hand
 * is given. The judge holds no privilege; what it sends is checked again.
 *
 * Who can change what: the program can lose its guard, or be put under more
 * filters by its parent, until the very moment of the call; so both are
 * looked at for every elevated call, while the caller is held in it.
 */
#include <sys/syscall.h>

#include <linux/capability.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "hand.h"
#include "identity.h"
#include "judge.h"
#include "record.h"
#include "room.h"
#include "status.h"

#define GUARD (1ULL << CAP_BLOCK_SUSPEND)
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

/* In the same user namespace as the judge? Only there the guard counts. */
static bool
is_in_our_userns(struct judge *judge, const struct call *call)
{
	char mine[64], its[64];
	ssize_t n, m;

	n = readlink("/proc/self/ns/user", mine, sizeof(mine));
	reach_raise(&judge->reach);
	m = readlinkat(call->thread->folder, "ns/user", its, sizeof(its));
	reach_lower(&judge->reach);
	/* A program of mode 0711 shows nothing; it could not have left. */
	if (m == -1 && (errno == EACCES || errno == EPERM))
		return true;
	return n > 0 && n == m && memcmp(mine, its, (size_t)n) == 0;
}

/*
 * Once for each process: what a guarded program cannot change unseen. Its ids
 * need capabilities that it has not got, namespaces are refused by its
 * filter, and more filters are notified and end its elevation.
 */
static bool
is_as_launched(struct judge *judge, const struct call *call)
{
	const struct policy_caller *caller = &judge->plan->caller;
	struct status st;
	int i;

	if (call->process->as_launched)
		return true;
	if (status_read(call->thread->folder, &st) == -1)
		return false;
	for (i = 0; i < 4; i++)
		if (st.uid[i] != caller->uid || st.gid[i] != caller->gid)
			return false;
	call->process->as_launched = st.filters == judge->filters &&
	    is_in_our_userns(judge, call);
	return call->process->as_launched;
}

static bool
is_guarded(struct judge *judge, const struct call *call)
{
	uint64_t permitted;

	if (!judge->plan->guarded)
		return true;
	return identity_permitted_of(call->thread->tid, &permitted) == 0 &&
	    permitted == GUARD && is_as_launched(judge, call);
}

static bool
may_elevate(struct judge *judge, const struct call *call)
{
	if (!judge->plan->elevates) {
		if (!judge->said_refused)
			record_tell(judge, "Privilege elevation not allowed.");
		judge->said_refused = true;
		return false;
	}
	if (!call->process->elevated || call->process->condemned)
		return false;
	if (is_guarded(judge, call))
		return true;
	record_note(judge,
	    "pid %d (%s) has lost its guard or is under other "
	    "filters: not elevated any more",
	    call->process->tgid, call->process->program);
	call->process->elevated = false;
	return false;
}

static enum hand_op
op_of(const struct call *call)
{
	switch (call->base->op) {
	case SYS_OP_OPEN:
		return HAND_OPEN;
	case SYS_OP_STAT:
		return HAND_STAT;
	case SYS_OP_ACCESS:
		return HAND_ACCESS;
	case SYS_OP_READLINK:
		return HAND_READLINK;
	case SYS_OP_SOCKET:
		return HAND_SOCKET;
	case SYS_OP_BIND:
		return HAND_BIND;
	case SYS_OP_CONNECT:
		return HAND_CONNECT;
	default:
		return 0;
	}
}

/*
 * Is there anything in it for a hand? An alias elevates openings of what is
 * there alone; and what the caller can look at itself it does.
 */
static bool
is_for_hand(const struct call *call)
{
	const struct policy_rule *rule = call->verdict.rule;
	const struct resolve_pin *pin = &call->pin[0];

	if (rule->alias != SYS_ALIAS_NONE) {
		if (call->base->op != SYS_OP_OPEN || pin->missing ||
		    (call->how.flags & TMPFILE_BIT) != 0)
			return false;
		if ((call->how.flags & O_TRUNC) != 0 && pin->object != -1 &&
		    S_ISREG(pin->st.st_mode))
			return false;
	}
	switch (call->base->op) {
	case SYS_OP_STAT:
	case SYS_OP_READLINK:
		return call->walk_error != 0;
	case SYS_OP_OPEN:
		return !(pin->missing && (call->how.flags & O_CREAT) == 0) &&
		    (call->how.flags & O_PATH) == 0;
	case SYS_OP_ACCESS:
		return !pin->missing;
	default:
		return true;
	}
}

static uint32_t
umask_of(const struct call *call)
{
	struct status st;

	return status_read(call->thread->folder, &st) == 0 ? st.umask : 077;
}

static uint32_t
access_mode(const struct call *call)
{
	return (uint32_t)call->regs[call->row == call->base ? 1 : 2];
}

/* What the hand walks on to, or makes, below the first descriptor. */
static int
add_file(const struct call *call, struct hand_request *request, int *fds,
    size_t *nfds)
{
	const struct resolve_pin *pin = &call->pin[0];

	if (call->npins == 0)
		return 0;
	if (call->walk_error == 0 && !pin->missing && pin->object != -1) {
		fds[(*nfds)++] = pin->object;
		return 0;
	}
	if (pin->parent == -1 || pin->deep)
		return ENOENT;
	fds[(*nfds)++] = pin->parent;
	request->missing = call->walk_error == 0;
	(void)strlcpy(request->rest, request->missing ? pin->name : pin->rest,
	    sizeof(request->rest));
	return 0;
}

static int
fill(const struct call *call, struct hand_request *request, int *fds,
    size_t *nfds)
{
	int error;

	*nfds = 0;
	memset(request, 0, offsetof(struct hand_request, rest) + 1);
	request->op = op_of(call);
	request->rule = call->verdict.rule->index;
	request->call = (uint32_t)sys_index(call->row);
	memcpy(request->regs, call->regs, sizeof(request->regs));
	request->flags = call->how.flags;
	request->mode = (uint32_t)call->how.mode;
	if (request->op == HAND_ACCESS)
		request->mode = access_mode(call);
	if (request->op == HAND_BIND ||
	    (request->op == HAND_OPEN &&
		(call->how.flags & (O_CREAT | TMPFILE_BIT)) != 0))
		request->umask = umask_of(call);
	if (request->op == HAND_BIND || request->op == HAND_CONNECT) {
		fds[(*nfds)++] = call->sock;
		request->addr_len = call->addr_len;
		memcpy(&request->addr, &call->addr, sizeof(request->addr));
		if (!call->addr_is_path)
			return 0;
	}
	/* bind makes an entry even where one is: the kernel says so. */
	if (request->op == HAND_BIND) {
		error = call_bind_error(&call->pin[0]);
		if (error != 0)
			return error;
		fds[(*nfds)++] = call->pin[0].parent;
		request->missing = 1;
		(void)strlcpy(request->rest, call->pin[0].name,
		    sizeof(request->rest));
		return 0;
	}
	return add_file(call, request, fds, nfds);
}

/* Which register of stat's variants is the buffer, and what it gets. */
static void
answer_stat(struct judge *judge, struct call *call,
    const struct hand_reply *reply)
{
	bool extended = strcmp(call->row->name, "statx") == 0;

	if (reply->len != sizeof(struct stat) + sizeof(struct statx)) {
		call_refuse(judge, call, EIO);
		return;
	}
	if (extended)
		call_write(judge, call, call->regs[4],
		    reply->data + sizeof(struct stat), sizeof(struct statx), 0);
	else
		call_write(judge, call,
		    call->regs[call->row == call->base ? 1 : 2], reply->data,
		    sizeof(struct stat), 0);
}

static void
answer_readlink(struct judge *judge, struct call *call,
    const struct hand_reply *reply)
{
	unsigned int first = call->row == call->base ? 1 : 2;
	int32_t size = (int32_t)call->regs[first + 1];
	size_t len = reply->len;

	if (size <= 0) {
		call_refuse(judge, call, EINVAL);
		return;
	}
	if (len > (size_t)size)
		len = (size_t)size;
	call_write(judge, call, call->regs[first], reply->data, len,
	    (int64_t)len);
}

/* What was made or cut short for a program that did not get it. */
static void
note_undelivered(struct judge *judge, const struct call *call, bool delivered)
{
	if (!delivered && (call->how.flags & (O_CREAT | O_TRUNC)) != 0 &&
	    call->base->op == SYS_OP_OPEN)
		record_note(judge,
		    "%s was opened with effect (elevated), and "
		    "its descriptor not delivered",
		    call->pin[0].path);
}

static void
answer(struct judge *judge, struct call *call, const struct hand_reply *reply,
    int fd)
{
	bool cloexec = !call->verdict.rule->keep;

	switch (call->base->op) {
	case SYS_OP_OPEN:
		cloexec = cloexec || (call->how.flags & O_CLOEXEC) != 0;
		break;
	case SYS_OP_SOCKET:
		cloexec = cloexec || (call->regs[1] & O_CLOEXEC) != 0;
		break;
	case SYS_OP_STAT:
		answer_stat(judge, call, reply);
		return;
	case SYS_OP_READLINK:
		answer_readlink(judge, call, reply);
		return;
	default:
		call_answer(judge, call, reply->value);
		return;
	}
	if (fd == -1)
		call_refuse(judge, call, EIO);
	else
		note_undelivered(judge, call,
		    call_give(judge, call, fd, cloexec));
}

void
call_plan_elevation(struct judge *judge, struct call *call)
{
	const struct policy_rule *rule = call->verdict.rule;

	call->elevated = rule != NULL &&
	    rule->identity.kind != POLICY_AS_CALLER &&
	    call->verdict.action == POLICY_PERMIT && may_elevate(judge, call) &&
	    call->image == judge->plan->policy.first &&
	    judge->plan->rule_hand[rule->index] != SESSION_HAND_NONE &&
	    is_for_hand(call);
}

void
call_elevate(struct judge *judge, struct call *call)
{
	static struct hand_request request;
	static struct hand_reply reply;
	uint8_t hand = judge->plan->rule_hand[call->verdict.rule->index];
	int fds[2], fd, error;
	size_t nfds;

	error = fill(call, &request, fds, &nfds);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	/* No effect without a place for its descriptor. */
	if (request.op == HAND_OPEN &&
	    (request.flags & (O_CREAT | O_TRUNC)) != 0 &&
	    !room_for_descriptor(call->thread->folder)) {
		call_refuse(judge, call, EMFILE);
		return;
	}
	call_begin(call);
	if (hand_ask(judge->hands[hand], &request, fds, nfds, &reply, &fd) ==
	    -1)
		call_refuse(judge, call, errno);
	else
		answer(judge, call, &reply, fd);
}

/* SPDX-License-Identifier: ISC */
/*
 * Elevated calls, on the judge's side: who may have them, and what the hand
 * is given. The judge holds no privilege; what it sends is checked again.
 *
 * Who can change what: the program can lose its guard, or be put under more
 * filters by its parent, until the very moment of the call; so both are
 * looked at for every elevated call, while the caller is held in it.
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/capability.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../perform/contexts.h"
#include "call.h"
#include "channel.h"
#include "hand.h"
#include "identity.h"
#include "judge.h"
#include "mount.h"
#include "page.h"
#include "record.h"
#include "room.h"
#include "status.h"

#define GUARD (1ULL << CAP_BLOCK_SUSPEND)
#define SUCCESSOR_TRIES 500 /* of 10 milliseconds */
#define SYSLOG_READ 2
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

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
	    call_shares_namespace(judge, call, "user");
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
	if (!call->process->elevated || call->process->condemned || judge->over)
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

bool
call_may_be_elevated(const struct judge *judge, const struct call *call)
{
	if (!call_is_at_home(call))
		return false;
	/* Of a policy that elevates nothing it is not known yet. */
	return !judge->plan->wants ||
	    (judge->plan->elevates && call->process->elevated &&
		!call->process->condemned && !judge->over);
}

/* Can the judge give a hand what it pinned, or where the walk ended? */
static bool
can_be_given(const struct call *call)
{
	const struct resolve_pin *pin;
	size_t k;

	for (k = 0; k < call->npins; k++) {
		pin = call->ask.pin[k];
		if (pin != NULL && !call->refused[k] && pin->object == -1 &&
		    (pin->parent == -1 || pin->deep))
			return false;
	}
	return true;
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
	struct perform_request ask = call->ask;

	if (rule->alias != SYS_ALIAS_NONE) {
		if (call->base->op != SYS_OP_OPEN || pin->missing ||
		    (call->how.flags & TMPFILE_BIT) != 0)
			return false;
		if ((call->how.flags & O_TRUNC) != 0 && pin->object != -1 &&
		    S_ISREG(pin->st.st_mode))
			return false;
	}
	/* A variant that nobody performs: `nice`. */
	if (call->row->disposal != SYS_PERFORMED)
		return false;
	if (sys_has_target(call->row))
		return call_target_is_for_hand(call);
	switch (call->base->op) {
	case SYS_OP_STAT:
	case SYS_OP_STATFS:
	case SYS_OP_READLINK:
		return call->walk_error != 0;
	case SYS_OP_OPEN:
		return !(pin->missing && (call->how.flags & O_CREAT) == 0) &&
		    (call->how.flags & O_PATH) == 0 && can_be_given(call);
	case SYS_OP_ACCESS:
		return !pin->missing;
	case SYS_OP_MOUNT:
	case SYS_OP_MOUNT_ATTR:
	case SYS_OP_MOVE_MOUNT:
	case SYS_OP_FSOPEN:
	case SYS_OP_FSCONFIG:
	case SYS_OP_FSMOUNT:
	case SYS_OP_OPEN_TREE:
	case SYS_OP_QUOTA:
		return mount_may_be_lent(rule, &ask) && can_be_given(call);
	/* A descriptor's clock; and what a hand would wait for. */
	case SYS_OP_CLOCK_SETTIME:
		return (int32_t)call->regs[0] >= 0;
	case SYS_OP_SYSLOG:
		return (int32_t)call->regs[0] != SYSLOG_READ;
	default:
		return can_be_given(call);
	}
}

static uint32_t
umask_of(const struct call *call)
{
	struct status st;

	return status_read(call->thread->folder, &st) == 0 ? st.umask : 077;
}

static bool
makes_something(const struct call *call)
{
	if (call->base->op == SYS_OP_OPEN)
		return (call->how.flags & (O_CREAT | TMPFILE_BIT)) != 0;
	if (call->base->op == SYS_OP_BIND)
		return call->addr_is_path;
	return (perform_traits(call->ask.op) & PERFORM_MAKES) != 0;
}

/* The pin, or the folder that the hand walks on from or makes an entry in. */
static int
add_path(const struct call *call, size_t k, struct hand_request *request,
    struct hand_gift *gift)
{
	const struct resolve_pin *pin = call->ask.pin[k];
	const char *rest = pin->name;

	request->slash[k] = pin->slash;
	if (pin->object != -1 && !call->refused[k]) {
		request->path[k] = HAND_PATH_OBJECT;
		gift->fds[gift->n++] = pin->object;
		return 0;
	}
	request->path[k] = call->refused[k] ? HAND_PATH_BELOW : HAND_PATH_ENTRY;
	if (call->refused[k])
		rest = pin->rest;
	gift->fds[gift->n++] = pin->parent;
	return hand_add_tail(request, (enum hand_tail)k, rest,
	    strlen(rest) + 1);
}

static bool
has_address(const struct call *call)
{
	return call->base->op == SYS_OP_BIND ||
	    call->base->op == SYS_OP_CONNECT || call->base->op == SYS_OP_SEND;
}

int
call_fill(const struct call *call, struct hand_request *request,
    struct hand_gift *gift)
{
	const struct policy_rule *rule = call->verdict.rule;
	size_t k;

	hand_request_init(request, call->row);
	gift->n = 0;
	request->rule = rule != NULL ? rule->index : 0; /* the double's: none */
	request->caller = call->process->tgid;
	memcpy(request->regs, call->regs, sizeof(request->regs));
	request->flags = call->how.flags;
	request->mode = (uint32_t)call->how.mode;
	request->memory = call->ask.memory;
	request->empty = call->empty[0];
	if (makes_something(call))
		request->umask = umask_of(call);
	if (has_address(call)) {
		request->addr_len = call->addr_len;
		memcpy(&request->addr, &call->addr, sizeof(request->addr));
	}
	for (k = 0; k < call->npins && !sys_acts_on_fd(call->row); k++)
		if (call->ask.pin[k] != NULL &&
		    add_path(call, k, request, gift) == -1)
			return errno;
	request->target = call->target.number;
	if (call->target.of_process)
		request->process = call->target.tgid;
	if (sys_has_target(call->row)) {
		if (!call->elevated && call->target.pidfd != -1)
			gift->fds[gift->n++] = call->target.pidfd;
	} else if (call->fd != -1) {
		gift->fds[gift->n++] = call->fd;
	}
	if (call->extra != -1)
		gift->fds[gift->n++] = call->extra;
	if (call->ask.len > 0 &&
	    hand_add_tail(request, HAND_TAIL_DATA, call->ask.data,
		call->ask.len) == -1)
		return errno;
	return 0;
}

/* What was made or cut short for a program that did not get it. */
static int
note_undelivered(struct judge *judge, const struct call *call, int error)
{
	if ((call->how.flags & (O_CREAT | O_TRUNC)) == 0 ||
	    call->base->op != SYS_OP_OPEN)
		return error;
	record_note(judge,
	    "%s was opened with effect (elevated), and "
	    "its descriptor not delivered",
	    call->pin[0].path);
	return EIO;
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
	default:
		contexts_note(&call->ask, fd);
		call_let_go_of_mounts(call);
		if (fd == -1) {
			call_deliver(judge, call, &reply->result, 0);
			return;
		}
		cloexec = cloexec || call_wants_cloexec(call);
		break;
	}
	if (fd != -1 && call_opened_too_large(call, fd)) {
		close(fd);
		call_refuse(judge, call, EOVERFLOW);
	} else if (fd == -1)
		call_refuse(judge, call, EIO);
	else
		call_give(judge, call, fd, cloexec, note_undelivered);
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
	judge->gave = judge->gave || call->elevated;
}

/* Nothing is bound where no entry could be made. */
static int
address_error(const struct call *call)
{
	if (call->base->op != SYS_OP_BIND || !call->addr_is_path)
		return 0;
	return call_bind_error(&call->pin[0]);
}

/* What no other process can do for it, its rule cannot have meant. */
static int
refuse_note(struct judge *judge, const struct call *call)
{
	const struct policy_request *request = &call->request;
	const char *name = "it", *value = "";

	if (request->nvalues > 0) {
		name = request->values[request->nvalues - 1].name;
		value = request->values[request->nvalues - 1].value;
	}
	record_note(judge,
	    "pid %d (%s): %s with %s %s cannot be performed as somebody else",
	    call->process->tgid, call->process->program, call->base->name, name,
	    value);
	return EPERM;
}

/* A message without descriptors costs half of one with them. */
static bool
give_numbers(const struct call *call, struct hand_request *request,
    struct hand_gift *gift)
{
	const struct policy_expr *expr = call->verdict.rule->expr;
	const enum policy_operator op = expr->operator;
	const struct stat *st = &call->pin[0].st;

	if (call->base->op != SYS_OP_OPEN || gift->n != 1 ||
	    request->path[0] != HAND_PATH_OBJECT || !S_ISREG(st->st_mode) ||
	    expr->op != POLICY_TEST || op != POLICY_EQ ||
	    (call->how.flags & ~(uint64_t)HAND_NUMBERS_FLAGS) != 0)
		return false;
	request->path[0] = HAND_PATH_NUMBERS;
	request->device = st->st_dev;
	request->inode = st->st_ino;
	gift->n = 0;
	return true;
}

/* Returns 0, or the errno that the program shall get. */
static int
ask(const struct call *call, int hand, struct hand_request *request,
    struct hand_gift *gift, struct hand_reply *reply, int *fd)
{
	if (give_numbers(call, request, gift)) {
		if (hand_ask(hand, request, NULL, 0, reply, fd) == 0)
			return 0;
		if (errno != HAND_ASK_AGAIN)
			return errno;
		request->path[0] = HAND_PATH_OBJECT;
		gift->n = 1;
	}
	return hand_ask(hand, request, gift->fds, gift->n, reply, fd) == -1 ?
	    errno :
	    0;
}

/*
 * The hand has died before it heard of it: the keeper ends the judge in a
 * moment, and its successor judges the call anew, unless it was counted.
 */
static int
wait_for_successor(const struct call *call)
{
	const struct timespec moment = { 0, 10000000 };
	const struct policy_rule *rule = call->verdict.rule;
	int tries;

	if (rule->limit == POLICY_UNLIMITED && rule->exclusive == NULL)
		atomic_store(&call->ticket.slot->stage, PAGE_RECEIVED);
	for (tries = 0; tries < SUCCESSOR_TRIES; tries++)
		(void)nanosleep(&moment, NULL);
	return EIO;
}

void
call_elevate(struct judge *judge, struct call *call)
{
	uint8_t hand = judge->plan->rule_hand[call->verdict.rule->index];
	struct hand_gift gift;
	int fd, error;

	call_leave_mount(judge, call);
	error = sys_performable(call->row, call->regs) ?
	    call_take_late(judge, call) :
	    refuse_note(judge, call);
	if (error == 0)
		error = address_error(call);
	if (error == 0)
		error = call_fill(call, &call->asked, &gift);
	/* No effect without a place for its descriptor. */
	if (error == 0 && call->base->op == SYS_OP_OPEN &&
	    (call->asked.flags & (O_CREAT | O_TRUNC)) != 0 &&
	    !room_for_descriptor(call->thread->folder))
		error = EMFILE;
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	call_begin(call);
	judge_leave(judge);
	error = ask(call, judge->hands[hand], &call->asked, &gift, &call->reply,
	    &fd);
	if (error == HAND_GONE)
		error = wait_for_successor(call);
	judge_return(judge);
	if (error != 0)
		call_refuse(judge, call, error);
	else
		answer(judge, call, &call->reply, fd);
}

/* SPDX-License-Identifier: ISC */
/*
 * Performing as the caller: on the pins and copies of the call, with the
 * judge's fsuid, fsgid and groups, which are the caller's. A call is let go
 * on only where its verdict rested on registers alone, which the kernel
 * does not read again.
 */
#include <sys/prctl.h>
#include <sys/stat.h>

#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "../perform/perform.h"
#include "call.h"
#include "identity.h"
#include "judge.h"
#include "message.h"
#include "mount.h"
#include "record.h"
#include "room.h"
#include "send_signal.h"
#include "status.h"
#include "worker.h"

/* The caller's umask becomes the judge's, for one that makes something. */
int
call_adopt_umask(struct judge *judge, struct call *call)
{
	/* Each of the judge's threads has one of its own. */
	static _Thread_local mode_t current;
	static _Thread_local bool known;
	struct status st;

	(void)judge;
	if (status_read(call->thread->folder, &st) == -1)
		return errno;
	if (!known || st.umask != current)
		(void)umask(st.umask);
	current = st.umask;
	known = true;
	return 0;
}

static void
done(struct judge *judge, struct call *call, int result)
{
	if (result == -1)
		call_refuse(judge, call, errno);
	else
		call_answer(judge, call, result);
}

/* A link of the program's own /proc folder is read with its own right. */
static int
read_link(struct judge *judge, struct call *call, struct perform_result *result)
{
	const struct resolve_pin *pin = &call->pin[0];
	char *text = (char *)result->data;
	int32_t size = (int32_t)call->ask.numbers.size;
	bool own;
	int n;

	if (pin->self_link) {
		n = strcmp(pin->name, "self") == 0 ?
		    snprintf(text, PATH_MAX, "%d", call->process->tgid) :
		    snprintf(text, PATH_MAX, "%d/task/%d", call->process->tgid,
			call->thread->tid);
		result->value = n > size ? size : n;
		result->len = (uint32_t)result->value;
		return 0;
	}
	own = call_raise_own(call, pin);
	n = perform_call(&call->ask, result);
	if (own)
		reach_lower(&judge->reach);
	/* The kernel says ENOENT of an empty path on what is no link: here
	   only if it was the program's. */
	if (n == -1 && errno == ENOENT && !pin->missing && !call->empty[0])
		errno = EINVAL;
	return n;
}

/* As the program has it. 0 or errno. */
static int
put_result(struct judge *judge, struct call *call,
    const struct perform_result *result)
{
	const unsigned char *data = result->data;
	size_t len = result->len;
	int error;

	if (call->machine == SYS_I386) {
		error = sys_i386_result(call->row, data, len, call->converted,
		    &len);
		if (error != 0)
			return error;
		data = call->converted;
	}
	return call_put(judge, call, call->out, data, len) == -1 ? errno : 0;
}

/* What came of it: to its buffer, then the answer. */
void
call_deliver(struct judge *judge, struct call *call,
    const struct perform_result *result, int error)
{
	bool unwanted = call->ask.op == SYS_OP_PRLIMIT && call->out == 0;

	if (error == 0 && result->len > 0 && !unwanted)
		error = put_result(judge, call, result);
	if (error == 0 && call->out_number != 0 &&
	    call_put(judge, call, call->out_number, &result->number,
		sizeof(result->number)) == -1)
		error = errno;
	if (error != 0)
		call_refuse(judge, call, error);
	else
		call_answer(judge, call, result->value);
}

static int
ask_access(struct judge *judge, struct call *call,
    struct perform_result *result)
{
	bool own = call_raise_own(call, &call->pin[0]);
	int n = perform_call(&call->ask, result);

	if (own)
		reach_lower(&judge->reach);
	return n;
}

/* The size that the call would give its file, 0 if it gives none. */
static int64_t
size_wanted(const struct call *call)
{
	const struct sys_numbers *numbers = &call->ask.numbers;

	if (call->ask.op == SYS_OP_TRUNCATE)
		return numbers->length[0];
	/* A length that is none the kernel refuses first. */
	if (call->ask.op == SYS_OP_ALLOCATE && numbers->length[0] >= 0 &&
	    numbers->length[1] > 0 &&
	    (numbers->flags & FALLOC_FL_KEEP_SIZE) == 0 &&
	    numbers->length[1] <= INT64_MAX - numbers->length[0])
		return numbers->length[0] + numbers->length[1];
	return 0;
}

/* The judge's own limit is none: the program's is kept here. */
static bool
is_too_long(struct judge *judge, const struct call *call)
{
	int64_t size = size_wanted(call);
	struct stat st = call->pin[0].st;

	if (size <= 0 || call->pin[0].missing ||
	    (call->fd != -1 && fstat(call->fd, &st) == -1) ||
	    room_for_size(call->thread->folder, &st, size))
		return false;
	send_signal_thread(judge, SIGXFSZ, call->thread->pidfd,
	    call->process->tgid, call->thread->tid);
	return true;
}

/* The flag that each of them has for it. */
bool
call_wants_cloexec(const struct call *call)
{
	uint64_t flag = call->ask.op == SYS_OP_OPEN_TREE ? O_CLOEXEC : 1;

	return (call->ask.numbers.flags & flag) != 0;
}

static void
act(struct judge *judge, struct call *call)
{
	struct perform_result *result = &call->result;
	unsigned int traits = perform_traits(call->ask.op);
	int n, error;

	if ((traits & PERFORM_MAKES) != 0 &&
	    call_adopt_umask(judge, call) != 0) {
		call_refuse(judge, call, ESRCH);
		return;
	}
	if (is_too_long(judge, call)) {
		call_refuse(judge, call, EFBIG);
		return;
	}
	call_leave_mount(judge, call);
	if ((traits & PERFORM_EFFECT) != 0)
		call_begin(call);
	judge_leave(judge);
	if (call->ask.op == SYS_OP_READLINK)
		n = read_link(judge, call, result);
	else if (call->ask.op == SYS_OP_ACCESS)
		n = ask_access(judge, call, result);
	else
		n = perform_call(&call->ask, result);
	error = n == -1 ? errno : 0;
	judge_return(judge);
	call_let_go_of_mounts(call);
	if (error == 0 && result->fd != -1)
		call_give(judge, call, result->fd, call_wants_cloexec(call),
		    NULL);
	else
		call_deliver(judge, call, result, error);
}

int
call_bind_error(const struct resolve_pin *pin)
{
	if (pin->deep)
		return ENOENT;
	if (pin->parent == -1)
		return EADDRINUSE;
	if (pin->slash) /* no socket is a folder */
		return pin->missing ? ENOENT : EADDRINUSE;
	return 0;
}

static void
act_bind(struct judge *judge, struct call *call)
{
	const struct resolve_pin *pin = &call->pin[0];
	int error, result;

	error = call->addr_is_path ? call_bind_error(pin) : 0;
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	if (call->addr_is_path && call_adopt_umask(judge, call) != 0) {
		call_refuse(judge, call, ESRCH);
		return;
	}
	call_begin(call);
	judge_leave(judge);
	result = perform_bind(call->fd, call->addr_is_path ? pin->parent : -1,
	    pin->name, &call->addr, call->addr_len, call->process->tgid);
	judge_return(judge);
	done(judge, call, result);
}

/*
 * Whoever performs the connect of a unix socket is shown to the peer: the
 * judge where it has the user's ids, else the double.
 */
static void
act_connect(struct judge *judge, struct call *call)
{
	if (call->addr_is_path && call->pin[0].missing) {
		call_refuse(judge, call, ENOENT);
		return;
	}
	worker_connect(judge, call);
}

/*
 * Where the caller cannot be followed, its credentials must be those that the
 * judge has: a program that has others by now would get more than its own.
 */
static bool
has_our_credentials(const struct judge *judge, const struct call *call)
{
	const struct policy_caller *caller = &judge->plan->caller;
	struct status st;

	if (!judge->creds_changed)
		return true;
	return status_read(call->thread->folder, &st) == 0 &&
	    st.uid[1] == caller->uid && st.uid[3] == caller->uid &&
	    st.gid[1] == caller->gid && st.gid[3] == caller->gid &&
	    st.permitted == identity_permitted();
}

bool
call_is_ours(struct judge *judge, const struct call *call)
{
	if (has_our_credentials(judge, call))
		return true;
	record_note(judge,
	    "pid %d (%s) has changed its credentials: "
	    "%s cannot be judged any more",
	    call->process->tgid, call->process->program, call->base->name);
	return false;
}

static void
perform(struct judge *judge, struct call *call)
{
	if (!call_is_ours(judge, call)) {
		call_refuse(judge, call, EPERM);
		return;
	}
	if (call->ask.op == SYS_OP_OPEN)
		call_open(judge, call);
	else if (call->ask.op == SYS_OP_BIND)
		act_bind(judge, call);
	else if (call->ask.op == SYS_OP_CONNECT)
		act_connect(judge, call);
	else if (call->ask.op == SYS_OP_SEND)
		call_send(judge, call);
	else if (sys_has_target(call->row) || call->ask.op == SYS_OP_QUOTA)
		call_touch(judge, call);
	else
		act(judge, call);
}

/* Will the program, or its threads, stand elsewhere afterwards? */
static bool
moves_root(const struct call *call)
{
	static const char *const names[] = { "chroot", "pivot_root", "setns",
		"unshare" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(call->row->name, names[i]) == 0)
			return true;
	return false;
}

/* Those that take a root from anywhere. */
static bool
frees_root(const struct call *call)
{
	return moves_root(call) && strcmp(call->row->name, "unshare") != 0;
}

/* Of the calling thread: nothing else can. */
static bool
changes_credentials(const struct call *call)
{
	return (call->row->flags & SYS_CREDS) != 0 ||
	    strcmp(call->row->name, "unshare") == 0 ||
	    strcmp(call->row->name, "setns") == 0;
}

/* seccomp(2) or prctl(2) that puts another filter on the program. */
static bool
stacks_filter(const struct call *call)
{
	if (strcmp(call->row->name, "seccomp") == 0)
		return (uint32_t)call->regs[0] == SECCOMP_SET_MODE_STRICT ||
		    (uint32_t)call->regs[0] == SECCOMP_SET_MODE_FILTER;
	return strcmp(call->row->name, "prctl") == 0 &&
	    (uint32_t)call->regs[0] == PR_SET_SECCOMP;
}

/* Not by the kernel, for the caller: that a message has no address is all in
   the registers of sendto(2). */
static bool
is_performed(const struct call *call)
{
	if (call->elevated)
		return true;
	if (call->ask.op == SYS_OP_SEND)
		return call->message != NULL;
	if (sys_has_target(call->row))
		return !call->target.own;
	if (call_is_left(call))
		return false;
	return call->row->disposal == SYS_PERFORMED &&
	    (call->row->flags & SYS_KERNEL) == 0;
}

void
call_let_go(struct judge *judge, struct call *call)
{
	if (changes_credentials(call)) {
		call->thread->creds_known = false;
		judge->creds_changed = !judge->follows;
	}
	if (moves_root(call))
		judge->roots_move = true;
	if (frees_root(call))
		judge->roots_free = true;
	/* Before it can happen: a filter could fake results from now on. */
	if (call->process->elevated && stacks_filter(call)) {
		record_note(judge,
		    "pid %d (%s) puts itself under other "
		    "filters: not elevated any more",
		    call->process->tgid, call->process->program);
		call->process->elevated = false;
	}
	call_continue(judge, call);
}

void
call_perform(struct judge *judge, struct call *call)
{
	if (is_performed(call) && !call_is_in_place(judge, call)) {
		record_note(judge,
		    "pid %d (%s) is in namespaces of its own: "
		    "%s cannot be performed there",
		    call->process->tgid, call->process->program,
		    call->base->name);
		call_refuse(judge, call, EPERM);
		return;
	}
	if (call->elevated && call->ask.op == SYS_OP_SEND) {
		call_send(judge, call);
		return;
	}
	if (call->elevated) {
		call_elevate(judge, call);
		return;
	}
	if (call->walk_error != 0) {
		call_refuse(judge, call, call->walk_error);
		return;
	}
	/* What is judged by its base's rules but not performed: libc falls
	   back to the older call. */
	if (call->row->disposal == SYS_WHOLE &&
	    call->base->disposal == SYS_PERFORMED) {
		call_refuse(judge, call, ENOSYS);
		return;
	}
	if (is_performed(call)) {
		perform(judge, call);
		return;
	}
	if (call->is_behind && !call_is_by_number(judge, call)) {
		call_perform_behind(judge, call);
		return;
	}
	call_let_go(judge, call);
}

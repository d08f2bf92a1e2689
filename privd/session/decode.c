/* SPDX-License-Identifier: ISC */
/*
 * From registers to a request: the copies and pins of a call, named as the
 * policy sees them. What needs no pin, a plain reading of a path in canonical
 * form, is judged by its text and opened in one call that proves it.
 */
#include "call.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "judge.h"
#include "mount.h"

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)
#define AT_ONCE                                                         \
	(O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_DIRECTORY | O_NOFOLLOW | \
	    0100000 /* the kernel's O_LARGEFILE */)

/*
 * What is below /proc is the program's own view, and what is below /dev may
 * have effects when it is opened.
 */
static bool
may_do_at_once(const struct judge *judge, const struct call *call)
{
	const char *path = call->path[0];

	return call->base->op == SYS_OP_OPEN && call->has_path[0] &&
	    (call->how.flags & ~(uint64_t)AT_ONCE) == 0 &&
	    call->how.resolve == 0 && strncmp(path, "/proc", 5) != 0 &&
	    strncmp(path, "/dev", 4) != 0 && resolve_is_canonical(path) &&
	    !memo_has(&judge->judged, path) && !memo_has(&judge->linked, path);
}

static void
leave_unpinned(struct call *call)
{
	struct resolve_pin *pin = &call->pin[0];

	resolve_pin_init(pin);
	(void)strlcpy(pin->path, call->path[0], sizeof(pin->path));
	call->npins = 1;
	call->walk_error = 0;
	call->ask.pin[0] = pin;
}

static void
add_value(struct call *call, const char *name, const char *value, bool missing)
{
	struct policy_value *slot;

	if (call->request.nvalues == SYS_ARGS_MAX)
		return;
	slot = &call->request.values[call->request.nvalues++];
	slot->name = name;
	slot->value = value;
	slot->missing = missing;
}

static int
socket_protocol(int sock)
{
	int protocol = -1;
	socklen_t len = sizeof(protocol);

	if (getsockopt(sock, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) == -1)
		return -1;
	return protocol;
}

static int
format_address(struct call *call, char *buf)
{
	if (call->addr.sa.sa_family == AF_NETLINK)
		return sys_format_netlink((unsigned int)socket_protocol(
					      call->fd),
		    buf, SYS_VALUE_MAX);
	return sys_format_sockaddr(&call->addr, call->addr_len, call->fd, buf,
	    SYS_VALUE_MAX);
}

static bool
format_path(const struct resolve_pin *pin, char *text)
{
	size_t len = strlen(pin->path);

	if (len >= SYS_VALUE_MAX)
		return false;
	memcpy(text, pin->path, len + 1);
	return true;
}

static bool
is_creating(const struct call *call)
{
	return (call->how.flags & (O_CREAT | TMPFILE_BIT)) != 0;
}

static bool
format_next_path(struct call *call, size_t *k, char *text, bool *missing)
{
	struct resolve_pin *pin;

	if (*k >= call->npins || call->pin[*k].path[0] == '\0') {
		(*k)++;
		return false;
	}
	pin = &call->pin[(*k)++];
	*missing = pin->missing;
	return format_path(pin, text);
}

static bool
format_options(const struct call *call, char *text)
{
	struct perform_mount_texts texts;

	return perform_mount_texts(&call->ask, &texts) && texts.data != NULL &&
	    strlcpy(text, texts.data, SYS_VALUE_MAX) < SYS_VALUE_MAX;
}

/* One argument as text. False: this call has not got it. */
static bool
format_argument(struct call *call, const struct sys_arg *arg, size_t *k,
    char *text, bool *missing)
{
	switch (arg->kind) {
	case SYS_PATH:
		if (*k == 0 && call->row->op == SYS_OP_MOVE_MOUNT &&
		    call->fd != -1) {
			(*k)++;
			return mount_format_context(call->fd, SYS_CTXSOURCE,
			    text);
		}
		return format_next_path(call, k, text, missing);
	case SYS_FDPATH:
		return format_next_path(call, k, text, missing);
	case SYS_HOWFLAGS:
	case SYS_OFLAGS:
	case SYS_CREATFLAGS:
		sys_format_oflags(call->how.flags, text, SYS_VALUE_MAX);
		return true;
	case SYS_HOWMODE:
		if (!is_creating(call))
			return false;
		(void)snprintf(text, SYS_VALUE_MAX, "%o",
		    (unsigned int)call->how.mode);
		return true;
	case SYS_PIDNAME:
		return call->target.name[0] != '\0' &&
		    strlcpy(text, call->target.name, SYS_VALUE_MAX) <
		    SYS_VALUE_MAX;
	case SYS_SOURCE:
		if (call->has_path[0])
			return format_next_path(call, k, text, missing);
		(*k)++;
		return call->regs[arg->reg] != 0 &&
		    strlcpy(text, call->path[0], SYS_VALUE_MAX) < SYS_VALUE_MAX;
	case SYS_KEY:
		return call->regs[arg->reg] != 0 &&
		    strlcpy(text, call->string, SYS_VALUE_MAX) < SYS_VALUE_MAX;
	case SYS_CTXTYPE:
	case SYS_CTXSOURCE:
	case SYS_CTXDATA:
		return mount_format_context(call->fd, arg->kind, text);
	case SYS_ATTRSET:
	case SYS_ATTRCLEAR:
	case SYS_ATTRSPREAD:
		return mount_format_attr(&call->ask, arg->kind, text);
	case SYS_OPTIONS:
		return format_options(call, text);
	case SYS_STRING:
		if (call->regs[arg->reg] == 0 &&
		    (arg->flags & SYS_ARG_OPTIONAL) != 0)
			return false;
		return (size_t)snprintf(text, SYS_VALUE_MAX, "%s",
			   call->string) < SYS_VALUE_MAX;
	case SYS_SOCKADDR:
	case SYS_MSGHDR:
	case SYS_MMSGHDR:
		if (call->addr_len == 0)
			return false;
		if (!call->addr_is_path)
			return format_address(call, text) == 0;
		*missing = call->pin[0].missing;
		return format_path(&call->pin[0], text);
	default:
		return sys_format(arg, call->regs, text, SYS_VALUE_MAX) == 0;
	}
}

static void
format_all(struct call *call)
{
	const struct sys_arg *arg;
	bool missing;
	size_t k = 0, n = 0;

	call->request.nvalues = 0;
	for (arg = call->row->args; arg->name != NULL; arg++, n++) {
		missing = false;
		if (format_argument(call, arg, &k, call->text[n], &missing))
			add_value(call, arg->name, call->text[n], missing);
	}
}

/* $CWD, where a rule uses it. */
static void
find_cwd(struct judge *judge, struct call *call)
{
	struct resolve_view view;
	bool outside;
	int fd, error;

	call->cwd[0] = '\0';
	if (!judge->plan->uses_cwd || call_view(judge, call, &view) != 0)
		return;
	fd = reach_open(&judge->reach, call->ticket.id, call->thread->tid,
	    call->thread->folder, REACH_CWD, 0);
	if (fd == -1)
		return;
	judge_leave(judge);
	error = resolve_name(&view, fd, call->cwd, sizeof(call->cwd), &outside);
	judge_return(judge);
	if (error != 0 || outside)
		call->cwd[0] = '\0';
	close(fd);
}

/*
 * Opens what is plainly permitted. What has an effect when it is opened is
 * asked what it is before, unless a plain file was there the last time; if
 * that has become something else since, it is held until it was opened the
 * long way, so that nobody at the other end sees it come and go. -1: go on.
 */
static int
open_at_once(struct judge *judge, struct call *call,
    const struct resolve_view *view)
{
	const char *path = call->path[0];
	bool known = memo_has(&judge->plain, path);
	struct stat st;
	int fd = -1, error = 0;

	judge_leave(judge);
	if (known || resolve_is_plain_at(view, path)) {
		fd = resolve_open_at_once(view, path, call->how.flags, &st);
		error = fd == -1 ? errno : 0;
	}
	judge_return(judge);
	if (error == ELOOP)
		memo_add(&judge->linked, path);
	if (fd != -1 && resolve_is_plain(&st)) {
		if (!known)
			memo_add(&judge->plain, path);
		return fd;
	}
	if (known)
		memo_remove(&judge->plain, path);
	call->held = fd;
	return -1;
}

bool
call_at_once(struct judge *judge, struct call *call)
{
	struct resolve_view view;
	int fd;

	if (judge->creds_changed || call_view(judge, call, &view) != 0)
		return false;
	if (!call_is_plainly_permitted(judge, call)) {
		memo_add(&judge->judged, call->path[0]);
		return false;
	}
	fd = open_at_once(judge, call, &view);
	if (fd == -1)
		return false;
	if (call->machine == SYS_I386 && call_opened_too_large(call, fd)) {
		close(fd);
		call_refuse(judge, call, EOVERFLOW);
		return true;
	}
	call_give(judge, call, fd, (call->how.flags & O_CLOEXEC) != 0, NULL);
	return true;
}

int
call_repin(struct judge *judge, struct call *call)
{
	int error;

	call->unpinned = false;
	error = call_pin(judge, call);
	if (error == 0)
		format_all(call);
	return error;
}

int
call_rejudge(struct judge *judge, struct call *call)
{
	format_all(call);
	call_judge(judge, call);
	if (call->verdict.action == POLICY_DENY)
		return call->verdict.error;
	if (call->verdict.action != POLICY_PERMIT || call->walk_error != 0 ||
	    (call->verdict.rule != NULL &&
		call->verdict.rule->identity.kind != POLICY_AS_CALLER))
		return EAGAIN;
	return 0;
}

/*
 * By a number of its own, or of a thread of its, a process sets its own limits,
 * as by 0. (Where the kernel goes on, that number may be another's by then,
 * whose limits it lets the caller set, or not.)
 */
static void
take_own_number(struct call *call)
{
	int reg = sys_form_register(call->row, SYS_FORM_PID);
	char task[32];

	/* (In setrlimit's registers there is no process.) */
	if (call->row->op != SYS_OP_PRLIMIT || reg == -1 ||
	    (int)call->regs[reg] <= 0)
		return;
	(void)snprintf(task, sizeof(task), "task/%d", (int)call->regs[reg]);
	if (faccessat(call->thread->folder, task, F_OK, 0) == 0)
		call->regs[reg] = 0;
}

int
call_decode(struct judge *judge, struct call *call)
{
	struct policy_request *request = &call->request;
	int error;

	error = call_copy_all(judge, call);
	if (error != 0)
		return error;
	take_own_number(call);
	call->base = sys_base(call->row, call->regs, call->empty[0]);
	call->based = true;
	call->alias = sys_alias_of(call->base, call->how.flags);
	call->ask.op = (enum sys_op)call->base->op;
	call->ask.fd = call->fd;
	call->unpinned = may_do_at_once(judge, call);
	if (call->unpinned)
		leave_unpinned(call);
	else
		error = call_pin(judge, call);
	/* Judged whole: its paths are only for the log. */
	if (error != 0 && call->row->disposal == SYS_PERFORMED)
		return error;
	if (error != 0 &&
	    (call->row->disposal == SYS_EXEC ||
		call->row->disposal == SYS_MOVES))
		return error;
	error = call_pin_target(judge, call);
	if (error != 0)
		return error;
	find_cwd(judge, call);
	request->call = call->row;
	request->base = call->base;
	request->alias = call->alias;
	request->regs = call->raw;
	request->caller = &call->caller;
	request->cwd = call->cwd[0] != '\0' ? call->cwd : NULL;
	request->no_alias = judge->plan->options.no_alias;
	format_all(call);
	return 0;
}

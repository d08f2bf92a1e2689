/* SPDX-License-Identifier: ISC */
/*
 * The judge's side of targets. What a register means whatever happens (the
 * caller itself, its group, everybody) is left to the kernel, which then
 * shows the caller as the sender; whom a number means can change, so that
 * process is pinned, named and acted on by its pidfd.
 */
#include <sys/vfs.h>

#include <linux/magic.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../perform/perform.h"
#include "call.h"
#include "hand.h"
#include "judge.h"
#include "rule.h"
#include "status.h"
#include "target.h"

#define OWN_GROUP "<own process group>"
#define EVERY "<every process: -1>"

/* Its executable: as the caller may see it, or by the fetcher. */
static int
open_executable(struct judge *judge, const struct call *call, pid_t number)
{
	char path[32];
	int exe;

	(void)snprintf(path, sizeof(path), "/proc/%d/exe", number);
	exe = reach_openat(&judge->reach, AT_FDCWD, path, O_PATH);
	if (exe == -1 && (errno == EACCES || errno == EPERM))
		(void)reach_who(judge->reach.fetcher, call->ticket.id, number,
		    NULL, &exe);
	return exe;
}

/* The name counts if the number was the pinned one's all the while. */
static void
name_pinned(struct judge *judge, struct call *call)
{
	struct target *target = &call->target;

	target_name(target, open_executable(judge, call, target->number));
	if (!perform_is_there(target->pidfd))
		target_clear(target);
}

static void
name_as(struct target *target, const char *name)
{
	(void)strlcpy(target->name, name, sizeof(target->name));
}

/* Of the calling thread; 0 if it cannot be told. */
static pid_t
own_group(const struct call *call)
{
	char text[1024];
	ssize_t n;
	int fd, pgrp;
	char *p;

	fd = openat(call->thread->folder, "stat", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	p = strrchr(text, ')'); /* a name may hold anything */
	return p != NULL && sscanf(p, ") %*c %*d %d", &pgrp) == 1 ? pgrp : 0;
}

/* By its leader, whose pidfd leads to the group; it may have none left. */
static void
name_group(struct judge *judge, struct call *call, pid_t group)
{
	struct target *target = &call->target;
	char leader[sizeof(target->name)];

	if (target->pidfd != -1)
		name_pinned(judge, call);
	if (group == own_group(call)) {
		name_as(target, OWN_GROUP);
		return;
	}
	(void)strlcpy(leader, target->name, sizeof(leader));
	if (target->pidfd == -1 || strcmp(leader, TARGET_UNKNOWN) == 0)
		name_as(target, "pg:unknown");
	else
		(void)snprintf(target->name, sizeof(target->name), "pg:%.*s",
		    (int)sizeof(leader) - 4, leader);
}

/* The number that a pidfd, or a folder of /proc, is of; 0: of nobody. */
static pid_t
number_of(int fd)
{
	char path[48], text[1024];
	struct status st;
	struct statfs fs;
	const char *p;
	ssize_t n;
	int info;

	if (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
		return status_read(fd, &st) == 0 ? st.tgid : 0;
	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	if (info == -1)
		return 0;
	n = read(info, text, sizeof(text) - 1);
	close(info);
	text[n > 0 ? n : 0] = '\0';
	p = strstr(text, "\nPid:\t");
	return p == NULL || atoi(p + 6) < 0 ? 0 : atoi(p + 6);
}

/* A descriptor is in the caller's table, which others can change. */
static int
pin_descriptor(struct judge *judge, struct call *call)
{
	struct target *target = &call->target;
	int reg = sys_form_register(call->row, SYS_FORM_FD);

	target->pidfd = reach_take(&judge->reach, call->ticket.id,
	    call->thread->tid, call->process->tgid, (int)call->regs[reg]);
	if (target->pidfd == -1)
		return errno;
	target->number = number_of(target->pidfd);
	target->tgid = target->number;
	name_as(target, TARGET_UNKNOWN);
	if (target->number == 0)
		return 0; /* the kernel says what is wrong with it */
	if (target->is.group)
		name_group(judge, call, target->number);
	else
		target_name(target,
		    open_executable(judge, call, target->number));
	/* It may be a folder of another /proc, where numbers are others'. */
	if (number_of(target->pidfd) != target->number ||
	    !perform_is_there(target->pidfd))
		name_as(target, TARGET_UNKNOWN);
	return 0;
}

/* The caller's process has its number for as long as it is in this call. */
static bool
is_caller(const struct call *call, const struct sys_target *is)
{
	pid_t tgid = call->process->tgid;

	if (is->whom == SYS_WHOM_PROCESS)
		return is->pid == tgid;
	return is->whom == SYS_WHOM_THREAD &&
	    (is->tgid == tgid || is->pid == call->thread->tid ||
		(is->tgid == 0 && is->pid == tgid));
}

static void
pin_self(struct judge *judge, struct call *call)
{
	struct target *target = &call->target;
	bool process = call->row->op == SYS_OP_PRLIMIT;

	target->own = true;
	target->tgid = call->process->tgid;
	target->number = process ? call->process->tgid : call->thread->tid;
	target_name(target,
	    reach_open(&judge->reach, call->ticket.id, call->thread->tid,
		call->thread->folder, REACH_EXE, 0));
}

/* As the kernel finds it, or not: the rules are asked in either case. */
static void
pin_number(struct judge *judge, struct call *call)
{
	struct target *target = &call->target;
	const struct sys_target *is = &target->is;
	bool thread = is->whom == SYS_WHOM_THREAD;

	name_as(target, TARGET_UNKNOWN);
	if (target_pin(target, is->pid, thread, target_process_here, NULL) != 0)
		target->number = is->pid;
	else if (thread && is->tgid > 0 && is->tgid != target->tgid)
		target_clear(target);
	if (is->whom == SYS_WHOM_GROUP)
		name_group(judge, call, is->pid);
	else if (target->pidfd != -1)
		name_pinned(judge, call);
}

static void
hand_over(struct call *call)
{
	const struct target *target = &call->target;

	call->ask.target = target->is;
	if (target->of_process)
		call->ask.target.tgid = target->tgid;
	call->ask.number = target->number;
	call->ask.of_process = target->of_process;
}

/* Whom the registers mean whatever happens: the kernel finds it. */
static bool
is_certain(enum sys_whom whom)
{
	return whom == SYS_WHOM_OWN_GROUP || whom == SYS_WHOM_EVERY ||
	    whom == SYS_WHOM_KERNEL;
}

static void
name_certain(struct target *target)
{
	target->own = true;
	if (target->is.whom == SYS_WHOM_OWN_GROUP)
		name_as(target, OWN_GROUP);
	else if (target->is.whom == SYS_WHOM_EVERY)
		name_as(target, EVERY);
}

static int
find(struct judge *judge, struct call *call)
{
	struct target *target = &call->target;

	if (is_certain(target->is.whom)) {
		name_certain(target);
		return 0;
	}
	if (target->is.whom == SYS_WHOM_SELF) {
		pin_self(judge, call);
		return 0;
	}
	/* Numbers are of the caller's own space: see call_is_in_place(). */
	if (!call_shares_namespace(judge, call, "pid")) {
		name_as(target, TARGET_UNKNOWN);
		return 0;
	}
	if (target->is.whom == SYS_WHOM_FD)
		return pin_descriptor(judge, call);
	if (is_caller(call, &target->is)) {
		pin_self(judge, call);
		target->number = target->is.pid;
		return 0;
	}
	pin_number(judge, call);
	return 0;
}

int
call_pin_target(struct judge *judge, struct call *call)
{
	struct target *target = &call->target;
	int error;

	target_init(target);
	if (!sys_has_target(call->row))
		return 0;
	sys_target(call->row, call->regs, &target->is);
	error = find(judge, call);
	hand_over(call);
	return error;
}

/*
 * A hand acts on one process, not on groups: on any that its rule names by
 * pidname, on any with a signal; else on the caller's own alone.
 */
bool
call_target_is_for_hand(const struct call *call)
{
	const struct target *target = &call->target;
	bool own = target->tgid == call->process->tgid;

	/* To read limits is not to set them, by whatever name. */
	if (is_certain(target->is.whom) || target->is.whom == SYS_WHOM_GROUP ||
	    target->is.group || (call->base->flags & SYS_ELEVATES) == 0)
		return false;
	if (call->row->op == SYS_OP_KILL)
		return !own && target->pidfd != -1 && target->number > 0;
	return own ||
	    (target->pidfd != -1 &&
		rule_tests(call->verdict.rule->expr, "pidname"));
}

/*
 * The kernel asks who does it: the double, where the judge has not got the
 * caller's ids.
 */
void
call_touch(struct judge *judge, struct call *call)
{
	bool targets = sys_has_target(call->row);
	const int twin = judge->twin;
	struct hand_gift gift;
	int fd = -1, error;

	error = call_take_late(judge, call);
	if (error == 0 && twin != -1)
		error = call_fill(call, &call->asked, &gift);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	call_begin(call);
	/* Quotas are read from disks. */
	if (!targets)
		judge_leave(judge);
	if (twin == -1)
		error = perform_call(&call->ask, &call->result) == -1 ? errno :
									0;
	else
		error = hand_ask(twin, &call->asked, gift.fds, gift.n,
			    &call->reply, &fd) == -1 ?
		    errno :
		    0;
	if (!targets)
		judge_return(judge);
	if (twin == -1) {
		call_deliver(judge, call, &call->result, error);
		return;
	}
	if (fd != -1)
		close(fd);
	call_deliver(judge, call, &call->reply.result, error);
}

/* SPDX-License-Identifier: ISC */
/*
 * Whom a call is about that names a process: what its registers say, and
 * what the kernel makes of their special values. A pure function: who has
 * that number is for others to find.
 */
#include <sys/resource.h>

#include <limits.h>
#include <string.h>

#include "syscalls.h"

#define WHO_PROCESS 1  /* ioprio_set(2) counts from here */
#define SIGNAL_GROUP 4 /* PIDFD_SIGNAL_PROCESS_GROUP */

bool
sys_has_target(const struct sys_call *call)
{
	switch (call->op) {
	case SYS_OP_KILL:
	case SYS_OP_SETPRIORITY:
	case SYS_OP_IOPRIO_SET:
	case SYS_OP_SCHED_SETSCHEDULER:
	case SYS_OP_SCHED_SETPARAM:
	case SYS_OP_SCHED_SETATTR:
	case SYS_OP_SCHED_SETAFFINITY:
	case SYS_OP_PRLIMIT:
		return true;
	default:
		return false;
	}
}

static int32_t
number_in(const struct sys_call *call, const uint64_t regs[SYS_REGS],
    char letter)
{
	int reg = sys_form_register(call, letter);

	return reg == -1 ? 0 : (int32_t)regs[reg];
}

/* kill(2): 0, -1 and other negative numbers are groups. */
static void
by_group(int32_t pid, struct sys_target *target)
{
	target->whom = SYS_WHOM_GROUP;
	if (pid == 0)
		target->whom = SYS_WHOM_OWN_GROUP;
	else if (pid == -1)
		target->whom = SYS_WHOM_EVERY;
	else if (pid == INT_MIN)
		target->whom = SYS_WHOM_KERNEL;
	else
		target->pid = -pid;
}

/* tgkill(2) and its kin: of this process, if it says of which. */
static void
by_thread(const struct sys_call *call, const uint64_t regs[SYS_REGS],
    struct sys_target *target)
{
	bool says = sys_form_register(call, SYS_FORM_PID) != -1;

	target->pid = number_in(call, regs, SYS_FORM_TID);
	target->tgid = number_in(call, regs, SYS_FORM_PID);
	if (target->pid > 0 && (target->tgid > 0 || !says))
		target->whom = SYS_WHOM_THREAD;
}

static void
by_signal(const struct sys_call *call, const uint64_t regs[SYS_REGS],
    struct sys_target *target)
{
	int32_t pid = number_in(call, regs, SYS_FORM_PID);
	int flags = sys_form_register(call, SYS_FORM_FLAGS);

	if (sys_form_register(call, SYS_FORM_FD) != -1) {
		target->whom = SYS_WHOM_FD;
		target->group = flags != -1 &&
		    (regs[flags] & UINT32_MAX) == SIGNAL_GROUP;
	} else if (sys_form_register(call, SYS_FORM_TID) != -1) {
		by_thread(call, regs, target);
	} else if (pid > 0) {
		target->whom = SYS_WHOM_PROCESS;
		target->pid = pid;
	} else if (sys_form_register(call, SYS_FORM_SIGINFO) == -1) {
		by_group(pid, target);
	}
}

/* One, or a group, or all of a user, as `which` says. */
static void
by_which(const struct sys_call *call, const uint64_t regs[SYS_REGS],
    struct sys_target *target)
{
	int which = (int)regs[0];
	int32_t who = number_in(call, regs, SYS_FORM_TID);

	if (call->op == SYS_OP_IOPRIO_SET)
		which -= WHO_PROCESS;
	if (who < 0)
		return;
	target->pid = who;
	if (which == PRIO_PROCESS)
		target->whom = who == 0 ? SYS_WHOM_SELF : SYS_WHOM_THREAD;
	else if (which == PRIO_PGRP)
		target->whom = who == 0 ? SYS_WHOM_OWN_GROUP : SYS_WHOM_GROUP;
}

void
sys_target(const struct sys_call *call, const uint64_t regs[SYS_REGS],
    struct sys_target *target)
{
	int32_t pid;

	memset(target, 0, sizeof(*target));
	target->whom = SYS_WHOM_KERNEL;
	switch (call->op) {
	case SYS_OP_KILL:
		by_signal(call, regs, target);
		return;
	case SYS_OP_SETPRIORITY:
	case SYS_OP_IOPRIO_SET:
		by_which(call, regs, target);
		return;
	case SYS_OP_PRLIMIT:
		pid = number_in(call, regs, SYS_FORM_PID);
		break;
	default:
		pid = number_in(call, regs, SYS_FORM_TID);
		break;
	}
	target->pid = pid;
	if (pid == 0)
		target->whom = SYS_WHOM_SELF;
	else if (pid > 0)
		target->whom = call->op == SYS_OP_PRLIMIT ? SYS_WHOM_PROCESS :
							    SYS_WHOM_THREAD;
}

/* SPDX-License-Identifier: ISC */
/*
 * Nothing that the judge says of a process is taken for true: the hand pins
 * the number itself, and asks the fetcher, which is the only one that may
 * look, who that is. A rule that does not speak of its target is about the
 * program's own process: here, a confined process of the session's user.
 */
#include "hand_target.h"

#include <sys/resource.h>

#include <linux/capability.h>

#include <errno.h>
#include <unistd.h>

#include "../perform/perform.h"
#include "../policy/policy.h"
#include "hand.h"
#include "rule.h"
#include "session.h"

#define GUARD (1ULL << CAP_BLOCK_SUSPEND)

/* The number that is meant. -1: of none that a hand would act on. */
static pid_t
number_of(const struct sys_target *is, const struct hand_request *request)
{
	switch (is->whom) {
	case SYS_WHOM_PROCESS:
	case SYS_WHOM_THREAD:
		return is->pid;
	case SYS_WHOM_SELF:
		return request->target;
	case SYS_WHOM_FD:
		return is->group ? -1 : request->target;
	case SYS_WHOM_KERNEL:
	case SYS_WHOM_OWN_GROUP:
	case SYS_WHOM_EVERY:
	case SYS_WHOM_GROUP:
		break;
	}
	return -1;
}

/* The priority of the calling thread is one thread's, too. */
static bool
is_thread(const struct sys_target *is, enum sys_op op)
{
	return is->whom == SYS_WHOM_THREAD ||
	    (is->whom == SYS_WHOM_SELF && op != SYS_OP_PRLIMIT);
}

/* As the fetcher has it, with the executable of the last answer. */
struct asked {
	int names;
	int exe;
	struct reach_who *who;
};

static int
ask_fetcher(void *context, pid_t number, pid_t *tgid)
{
	struct asked *asked = context;

	if (asked->exe != -1)
		close(asked->exe);
	if (reach_who(asked->names, 0, number, asked->who, &asked->exe) == -1)
		return errno;
	*tgid = asked->who->tgid;
	return 0;
}

int
hand_pin_target(struct hand_target *target, const struct sys_call *row,
    const struct hand_request *request, int names, struct perform_request *ask)
{
	struct target *pinned = &target->pinned;
	struct asked asked = { names, -1, &target->who };
	pid_t number;
	int error;

	sys_target(row, request->regs, &pinned->is);
	number = number_of(&pinned->is, request);
	if (number <= 0)
		return EPERM;
	error = target_pin(pinned, number,
	    is_thread(&pinned->is, (enum sys_op)row->op), ask_fetcher, &asked);
	target_name(pinned, asked.exe);
	if (error != 0)
		return error;
	if (pinned->is.whom == SYS_WHOM_THREAD && pinned->is.tgid > 0 &&
	    pinned->is.tgid != pinned->tgid)
		return ESRCH;
	if (!perform_is_there(pinned->pidfd))
		return ESRCH;
	ask->target = pinned->is;
	ask->target.tgid = pinned->tgid;
	ask->number = number;
	ask->of_process = pinned->of_process;
	ask->fd = pinned->pidfd;
	return 0;
}

static bool
is_ours(const struct session_plan *plan, const struct reach_who *who)
{
	int i;

	for (i = 0; i < 4; i++)
		if (who->uid[i] != plan->caller.uid ||
		    who->gid[i] != plan->caller.gid)
			return false;
	return who->filters > 0 &&
	    (!plan->separate || (who->permitted & ~GUARD) == 0);
}

bool
hand_may_touch(const struct session_plan *plan,
    const struct hand_target *target, const struct perform_request *ask,
    const struct policy_rule *rule)
{
	/* The guard wants that there are no core dumps. */
	if (ask->op == SYS_OP_PRLIMIT && plan->guarded &&
	    (uint32_t)ask->numbers.plain[0] == RLIMIT_CORE)
		return false;
	return ask->op == SYS_OP_KILL || rule_tests(rule->expr, "pidname") ||
	    is_ours(plan, &target->who);
}

/* SPDX-License-Identifier: ISC */
/*
 * Signals, priorities and limits of processes. A signal is sent to the pidfd
 * that was pinned when its target was named, so that it cannot reach another
 * process that got the same number. The kernel has no such way for the rest:
 * there the pidfd says before and after that the number still is its own.
 */
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define SIGNAL_GROUP 4 /* PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9 */

static int
signal_pidfd(int pidfd, int sig, const siginfo_t *info, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags);
}

bool
perform_is_there(int pidfd)
{
	int error = errno;
	bool there;

	/* What has died and is not reaped yet keeps its number. */
	there = signal_pidfd(pidfd, 0, NULL, 0) == 0 || errno != ESRCH;
	errno = error;
	return there;
}

/* The group that is led by the pinned process, or has no leader any more. */
static int
signal_group(const struct perform_request *request)
{
	int sig = request->numbers.signal;

	if (request->fd == -1)
		return kill(-request->target.pid, sig);
	if (signal_pidfd(request->fd, sig, NULL, SIGNAL_GROUP) == 0)
		return 0;
	if (errno != EINVAL || sig < 0 || sig > SIGRTMAX)
		return -1;
	/* An older kernel: the number is the group's as long as its leader
	   has it. */
	if (perform_is_there(request->fd))
		return kill(-request->target.pid, sig);
	errno = ESRCH;
	return -1;
}

/* Before Linux 6.9 no pidfd is of a thread: that of its process holds it. */
static int
signal_thread(const struct perform_request *request, const siginfo_t *info)
{
	const struct sys_target *target = &request->target;
	int sig = request->numbers.signal;

	if (!request->of_process)
		return signal_pidfd(request->fd, sig, info, 0);
	if (!perform_is_there(request->fd)) {
		errno = ESRCH;
		return -1;
	}
	if (info != NULL)
		return (int)syscall(SYS_rt_tgsigqueueinfo, target->tgid,
		    target->pid, sig, info);
	return (int)syscall(SYS_tgkill, target->tgid, target->pid, sig);
}

int
perform_kill(const struct perform_request *request,
    struct perform_result *result)
{
	siginfo_t copy, *info = NULL;
	int sig = request->numbers.signal;

	(void)result;
	if (request->target.whom == SYS_WHOM_GROUP)
		return signal_group(request);
	if (request->fd == -1) {
		errno = ESRCH;
		return -1;
	}
	if ((request->memory.structs & 1) != 0 &&
	    request->len == sizeof(copy)) {
		memcpy(&copy, request->data, sizeof(copy));
		info = &copy;
	}
	if (request->target.whom == SYS_WHOM_FD)
		return signal_pidfd(request->fd, sig, info,
		    (unsigned int)request->numbers.flags);
	if (info != NULL)
		info->si_signo = sig; /* as rt_sigqueueinfo(2) has it */
	return request->target.whom == SYS_WHOM_THREAD ?
	    signal_thread(request, info) :
	    signal_pidfd(request->fd, sig, info, 0);
}

/* A call that takes a number, while the pidfd holds it. */
static int
with_number(const struct perform_request *request,
    struct perform_result *result, perform_function *function)
{
	bool leaderless = request->target.whom == SYS_WHOM_GROUP &&
	    request->fd == -1;

	if (leaderless)
		return function(request, result);
	if (request->fd == -1 || !perform_is_there(request->fd)) {
		errno = ESRCH;
		return -1;
	}
	if (function(request, result) == -1)
		return -1;
	if (perform_is_there(request->fd))
		return 0;
	errno = ESRCH;
	return -1;
}

static const void *
data_of(const struct perform_request *request)
{
	return request->len > 0 ? request->data : NULL;
}

static int
set_priority(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return setpriority((__priority_which_t)request->numbers.plain[0],
	    (id_t)request->number, (int)request->numbers.plain[1]);
}

int
perform_setpriority(const struct perform_request *request,
    struct perform_result *result)
{
	return with_number(request, result, set_priority);
}

static int
set_ioprio(const struct perform_request *request, struct perform_result *result)
{
	(void)result;
	return (int)syscall(SYS_ioprio_set, request->numbers.plain[0],
	    request->number, request->numbers.plain[1]);
}

int
perform_ioprio_set(const struct perform_request *request,
    struct perform_result *result)
{
	return with_number(request, result, set_ioprio);
}

static int
set_scheduler(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return (int)syscall(SYS_sched_setscheduler, request->number,
	    request->numbers.plain[0], data_of(request));
}

int
perform_sched_setscheduler(const struct perform_request *request,
    struct perform_result *result)
{
	return with_number(request, result, set_scheduler);
}

static int
set_param(const struct perform_request *request, struct perform_result *result)
{
	(void)result;
	return (
	    int)syscall(SYS_sched_setparam, request->number, data_of(request));
}

int
perform_sched_setparam(const struct perform_request *request,
    struct perform_result *result)
{
	return with_number(request, result, set_param);
}

static int
set_attr(const struct perform_request *request, struct perform_result *result)
{
	(void)result;
	return (int)syscall(SYS_sched_setattr, request->number,
	    data_of(request), request->numbers.plain[0]);
}

int
perform_sched_setattr(const struct perform_request *request,
    struct perform_result *result)
{
	return with_number(request, result, set_attr);
}

static int
set_affinity(const struct perform_request *request,
    struct perform_result *result)
{
	(void)result;
	return (int)syscall(SYS_sched_setaffinity, request->number,
	    request->len, request->data);
}

int
perform_sched_setaffinity(const struct perform_request *request,
    struct perform_result *result)
{
	return with_number(request, result, set_affinity);
}

static int
set_limit(const struct perform_request *request, struct perform_result *result)
{
	struct rlimit old;

	if (syscall(SYS_prlimit64, request->number, request->numbers.plain[0],
		data_of(request), &old) == -1)
		return -1;
	memcpy(result->data, &old, sizeof(old));
	result->len = sizeof(old);
	return 0;
}

int
perform_prlimit(const struct perform_request *request,
    struct perform_result *result)
{
	return with_number(request, result, set_limit);
}

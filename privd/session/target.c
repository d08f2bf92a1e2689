/* SPDX-License-Identifier: ISC */
/*
 * Whom a call means, for the judge and for a hand. The pidfd comes first,
 * then the name is asked for by number, then the pidfd says whether the number
 * was its own all the while; what has died by then has no name.
 */
#include "../compat.h"
#include "target.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../perform/perform.h"
#include "../resolve/resolve.h"
#include "status.h"

void
target_init(struct target *target)
{
	memset(&target->is, 0, sizeof(target->is));
	target->number = 0;
	target->tgid = 0;
	target->pidfd = -1;
	target->of_process = false;
	target->own = false;
	target->name[0] = '\0';
}

void
target_clear(struct target *target)
{
	if (target->pidfd != -1)
		close(target->pidfd);
	target->pidfd = -1;
}

int
target_process_here(void *context, pid_t number, pid_t *tgid)
{
	struct status st;
	int folder, result;

	(void)context;
	folder = status_folder(number);
	if (folder == -1)
		return ESRCH;
	result = status_read(folder, &st);
	close(folder);
	*tgid = st.tgid;
	return result == -1 ? ESRCH : 0;
}

/* An older kernel has no pidfds of threads: their process's will do. */
static int
pin_by_process(struct target *target)
{
	target->pidfd = (int)syscall(SYS_pidfd_open, target->tgid, 0);
	target->of_process = true;
	return target->pidfd == -1 ? errno : 0;
}

int
target_pin(struct target *target, pid_t number, bool thread,
    target_process *process_of, void *context)
{
	pid_t tgid;
	int error;

	target->number = number;
	target->pidfd = (int)syscall(SYS_pidfd_open, number,
	    thread ? COMPAT_PIDFD_THREAD : 0);
	if (target->pidfd == -1 && (!thread || errno != EINVAL))
		return errno == EINVAL || errno == ENOENT ? ESRCH : errno;
	error = process_of(context, number, &target->tgid);
	if (error == 0 && target->pidfd == -1)
		error = pin_by_process(target);
	/* Was all that of the one that was pinned? */
	if (error == 0 && target->of_process)
		error = process_of(context, number, &tgid) != 0 ||
			tgid != target->tgid ?
		    ESRCH :
		    0;
	if (error == 0 && !perform_is_there(target->pidfd))
		error = ESRCH;
	if (error != 0)
		target_clear(target);
	return error;
}

void
target_name(struct target *target, int exe)
{
	static const struct resolve_view here = { .root = -1,
		.own_root = true };
	bool outside = true;

	if (exe == -1 ||
	    resolve_name(&here, exe, target->name, sizeof(target->name),
		&outside) != 0 ||
	    outside)
		(void)strlcpy(target->name, TARGET_UNKNOWN,
		    sizeof(target->name));
	if (exe != -1)
		close(exe);
}

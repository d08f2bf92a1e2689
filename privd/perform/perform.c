/* SPDX-License-Identifier: ISC */
/*
 * The table of operations: which function performs one, what must have been
 * pinned for it, and whether it has an effect. A new operation is one row
 * here and one function.
 */
#include "perform.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../resolve/resolve.h"
#include "internal.h"

/* What an operation acts on. */
#define OBJECT 0x10 /* of its first path or its descriptor: must be there */
#define WITH_FD 0x20

static const struct {
	perform_function *function;
	unsigned int traits;
} operations[SYS_OPS] = {
	[SYS_OP_STAT] = { perform_stat, OBJECT },
	[SYS_OP_ACCESS] = { perform_check_access, OBJECT },
	[SYS_OP_READLINK] = { perform_readlink, OBJECT },
	[SYS_OP_STATFS] = { perform_statfs, OBJECT },
	[SYS_OP_GETXATTR] = { perform_getxattr, OBJECT },
	[SYS_OP_LISTXATTR] = { perform_listxattr, OBJECT },
	[SYS_OP_SETXATTR] = { perform_setxattr, OBJECT | PERFORM_EFFECT },
	[SYS_OP_REMOVEXATTR] = { perform_removexattr, OBJECT | PERFORM_EFFECT },
	[SYS_OP_GETATTR] = { perform_getattr, OBJECT },
	[SYS_OP_SETATTR] = { perform_setattr, OBJECT | PERFORM_EFFECT },
	[SYS_OP_UNLINK] = { perform_unlink, PERFORM_EFFECT },
	[SYS_OP_RMDIR] = { perform_rmdir, PERFORM_EFFECT },
	[SYS_OP_MKDIR] = { perform_mkdir, PERFORM_EFFECT | PERFORM_MAKES },
	[SYS_OP_MKNOD] = { perform_mknod, PERFORM_EFFECT | PERFORM_MAKES },
	[SYS_OP_RENAME] = { perform_rename, PERFORM_EFFECT },
	[SYS_OP_LINK] = { perform_link, OBJECT | PERFORM_EFFECT },
	[SYS_OP_SYMLINK] = { perform_symlink, PERFORM_EFFECT },
	[SYS_OP_CHMOD] = { perform_chmod, OBJECT | PERFORM_EFFECT },
	[SYS_OP_CHOWN] = { perform_chown, OBJECT | PERFORM_EFFECT },
	[SYS_OP_TRUNCATE] = { perform_truncate, OBJECT | PERFORM_EFFECT },
	[SYS_OP_ALLOCATE] = { perform_allocate, WITH_FD | PERFORM_EFFECT },
	[SYS_OP_UTIMES] = { perform_utimes, OBJECT | PERFORM_EFFECT },
	[SYS_OP_INOTIFY] = { perform_inotify,
	    OBJECT | WITH_FD | PERFORM_EFFECT },
	[SYS_OP_FANOTIFY] = { perform_fanotify, WITH_FD | PERFORM_EFFECT },
	[SYS_OP_HANDLE] = { perform_handle, OBJECT },
	[SYS_OP_ACCT] = { perform_acct, PERFORM_EFFECT },
	[SYS_OP_SWAPON] = { perform_swapon, OBJECT | PERFORM_EFFECT },
	[SYS_OP_SWAPOFF] = { perform_swapoff, OBJECT | PERFORM_EFFECT },
	[SYS_OP_SETSOCKOPT] = { perform_setsockopt, WITH_FD | PERFORM_EFFECT },
	[SYS_OP_GETSOCKOPT] = { perform_getsockopt, WITH_FD },
	[SYS_OP_IOCTL] = { perform_ioctl, WITH_FD | PERFORM_EFFECT },
	[SYS_OP_MOUNT] = { perform_mount, PERFORM_EFFECT },
	[SYS_OP_UMOUNT] = { perform_umount, PERFORM_EFFECT },
	[SYS_OP_MOUNT_ATTR] = { perform_set_attr, OBJECT | PERFORM_EFFECT },
	[SYS_OP_MOVE_MOUNT] = { perform_move_mount, OBJECT | PERFORM_EFFECT },
	[SYS_OP_FSOPEN] = { perform_fsopen, 0 },
	[SYS_OP_FSCONFIG] = { perform_fsconfig, WITH_FD | PERFORM_EFFECT },
	[SYS_OP_FSMOUNT] = { perform_fsmount, WITH_FD | PERFORM_EFFECT },
	[SYS_OP_OPEN_TREE] = { perform_open_tree, OBJECT },
	[SYS_OP_QUOTA] = { perform_quota, PERFORM_EFFECT },
	[SYS_OP_SETHOSTNAME] = { perform_sethostname, PERFORM_EFFECT },
	[SYS_OP_SETDOMAINNAME] = { perform_setdomainname, PERFORM_EFFECT },
	[SYS_OP_SETTIMEOFDAY] = { perform_settimeofday, PERFORM_EFFECT },
	[SYS_OP_CLOCK_SETTIME] = { perform_clock_settime, PERFORM_EFFECT },
	[SYS_OP_ADJTIME] = { perform_adjtime, PERFORM_EFFECT },
	[SYS_OP_REBOOT] = { perform_reboot, PERFORM_EFFECT },
	[SYS_OP_SYSLOG] = { perform_syslog, PERFORM_EFFECT },
	[SYS_OP_KILL] = { perform_kill, PERFORM_EFFECT },
	[SYS_OP_SETPRIORITY] = { perform_setpriority, PERFORM_EFFECT },
	[SYS_OP_IOPRIO_SET] = { perform_ioprio_set, PERFORM_EFFECT },
	[SYS_OP_SCHED_SETSCHEDULER] = { perform_sched_setscheduler,
	    PERFORM_EFFECT },
	[SYS_OP_SCHED_SETPARAM] = { perform_sched_setparam, PERFORM_EFFECT },
	[SYS_OP_SCHED_SETATTR] = { perform_sched_setattr, PERFORM_EFFECT },
	[SYS_OP_SCHED_SETAFFINITY] = { perform_sched_setaffinity,
	    PERFORM_EFFECT },
	[SYS_OP_PRLIMIT] = { perform_prlimit, PERFORM_EFFECT },
};

struct perform_path
perform_path(int fd)
{
	struct perform_path path;

	(void)snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
	return path;
}

unsigned int
perform_traits(enum sys_op op)
{
	if (op >= SYS_OPS)
		return 0;
	return operations[op].traits & (PERFORM_EFFECT | PERFORM_MAKES);
}

bool
perform_can(enum sys_op op)
{
	switch ((unsigned int)op) {
	case SYS_OP_OPEN:
	case SYS_OP_SOCKET:
	case SYS_OP_BIND:
	case SYS_OP_CONNECT:
	case SYS_OP_SEND:
		return true;
	default:
		return op < SYS_OPS && operations[op].function != NULL;
	}
}

/* 0, or the errno that is due because what it acts on is not there. */
static int
missing_error(const struct perform_request *request)
{
	const struct resolve_pin *pin = request->pin[0];
	unsigned int traits = operations[request->op].traits;

	if ((traits & WITH_FD) != 0 && request->fd == -1)
		return EBADF;
	if ((traits & OBJECT) == 0 || (pin == NULL && request->fd != -1))
		return 0;
	if (pin != NULL && pin->object != -1)
		return 0;
	if (request->op != SYS_OP_INOTIFY)
		return ENOENT;
	return perform_watch_error(request->op, request->fd, &request->numbers,
	    ENOENT);
}

int
perform_call(const struct perform_request *request,
    struct perform_result *result)
{
	int error;

	result->value = 0;
	result->len = 0;
	result->fd = -1;
	if (request->op >= SYS_OPS ||
	    operations[request->op].function == NULL) {
		errno = ENOSYS;
		return -1;
	}
	error = missing_error(request);
	if (error != 0) {
		errno = error;
		return -1;
	}
	return operations[request->op].function(request, result);
}

/* SPDX-License-Identifier: ISC */
/*
 * Performing as the caller: on the pins and copies of the call, with the
 * judge's fsuid, fsgid and groups, which are the caller's. A call is let go
 * on only where its verdict rested on registers alone, which the kernel
 * does not read again.
 */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/vfs.h>

#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "../perform/perform.h"
#include "call.h"
#include "identity.h"
#include "judge.h"
#include "page.h"
#include "record.h"
#include "room.h"
#include "status.h"
#include "worker.h"

#define WALKS_MAX 8 /* of a path that is made and removed meanwhile */
#define XATTR_MAX 65536

/* The variants with a descriptor in front have their rest one further. */
static unsigned int
after_path(const struct call *call)
{
	const struct sys_arg *path = sys_arg_by_name(call->row, "filename", 0);

	return path == NULL ? 1 : path->reg + 1U;
}

/* The caller's umask becomes the judge's, for one that makes something. */
static int
adopt_umask(struct judge *judge, struct call *call)
{
	struct status st;

	if (status_read(call->thread->folder, &st) == -1)
		return errno;
	if (st.umask != judge->umask)
		(void)umask(st.umask);
	judge->umask = st.umask;
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

/* "/dev/tty" is the opener's: here, the program's controlling terminal. */
static int
open_terminal(const struct call *call)
{
	char text[1024], path[64];
	unsigned int device, n;
	struct stat st;
	ssize_t len;
	char *p;
	int fd;

	fd = openat(call->thread->folder, "stat", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	p = strrchr(text, ')'); /* a name may hold anything */
	if (p == NULL || sscanf(p, ") %*c %*d %*d %*d %u", &device) != 1 ||
	    device == 0) {
		errno = ENXIO;
		return -1;
	}
	n = (device & 0xff) | (device >> 12 & 0xfff00);
	if ((device >> 8 & 0xfff) >= 136)
		(void)snprintf(path, sizeof(path), "/dev/pts/%u",
		    n + ((device >> 8 & 0xfff) - 136) * 256);
	else
		(void)snprintf(path, sizeof(path),
		    n < 64 ? "/dev/tty%u" : "/dev/ttyS%u", n < 64 ? n : n - 64);
	fd = open(path,
	    ((int)call->how.flags & ~(O_CREAT | O_EXCL | O_TRUNC)) | O_NOCTTY |
		O_CLOEXEC);
	if (fd != -1 &&
	    (fstat(fd, &st) == -1 ||
		st.st_rdev != makedev(device >> 8 & 0xfff, n))) {
		close(fd);
		errno = ENXIO;
		return -1;
	}
	return fd;
}

/* A file of the program's own /proc folder: with the right it has itself. */
static int
open_own(struct judge *judge, struct call *call)
{
	int fd;

	if (call->pin[0].parent == -1 ||
	    !call_owns_folder(judge, &call->pin[0].parent_st))
		return perform_open(&call->pin[0], call->how.flags,
		    (mode_t)call->how.mode);
	reach_raise(&judge->reach);
	fd = perform_open(&call->pin[0], call->how.flags,
	    (mode_t)call->how.mode);
	reach_lower(&judge->reach);
	return fd;
}

/*
 * What was judged as missing is there now: walk and judge again, for it is
 * another object. False: the call is answered.
 */
static bool
walk_again(struct judge *judge, struct call *call)
{
	int error;

	resolve_clear(&call->pin[0]);
	error = call_pin(judge, call);
	if (error == 0)
		error = call_rejudge(judge, call);
	if (error == 0)
		return true;
	call_refuse(judge, call, error);
	return false;
}

/* A file was made whose descriptor nobody got: it is taken away again. */
static void
unmake(struct judge *judge, const struct call *call)
{
	const struct resolve_pin *pin = &call->pin[0];
	struct stat st;

	if (fstatat(pin->parent, pin->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == 0 && st.st_nlink == 1 &&
	    unlinkat(pin->parent, pin->name, 0) == 0)
		return;
	record_note(judge, "%s was made, and its descriptor not delivered",
	    pin->path);
}

static void
act_open(struct judge *judge, struct call *call)
{
	struct resolve_pin *pin = &call->pin[0];
	bool cloexec = (call->how.flags & O_CLOEXEC) != 0;
	bool made = false;
	int fd = -1, tries;

	/* Cannot be handed over, and a reading one would be more. */
	if ((call->how.flags & O_PATH) != 0) {
		call_refuse(judge, call, EOPNOTSUPP);
		return;
	}
	if (!pin->missing && S_ISCHR(pin->st.st_mode) &&
	    pin->st.st_rdev == makedev(5, 0)) {
		fd = open_terminal(call);
	} else if (!pin->missing &&
	    perform_may_block(&pin->st, call->how.flags)) {
		worker_open(judge, call, cloexec);
		return;
	} else {
		if (perform_creates(pin, call->how.flags) &&
		    adopt_umask(judge, call) != 0) {
			call_refuse(judge, call, ESRCH);
			return;
		}
		/* No effect without a place for its descriptor. */
		if ((call->how.flags & (O_CREAT | O_TRUNC)) != 0 &&
		    !room_for_descriptor(call->thread->folder)) {
			call_refuse(judge, call, EMFILE);
			return;
		}
		call_begin(call);
		fd = open_own(judge, call);
		for (tries = 0; fd == -1 && errno == PERFORM_WALK_AGAIN &&
		     tries < WALKS_MAX;
		     tries++) {
			if (!walk_again(judge, call))
				return;
			fd = open_own(judge, call);
		}
		if (fd == -1 && errno == PERFORM_WALK_AGAIN)
			errno = EAGAIN;
		made = fd != -1 && pin->missing;
	}
	if (fd == -1)
		call_refuse(judge, call, errno);
	else if (!call_give(judge, call, fd, cloexec) && made)
		unmake(judge, call);
}

#define STATX_FLAGS                                              \
	(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | \
	    AT_STATX_SYNC_TYPE)

static void
act_statx(struct judge *judge, struct call *call)
{
	uint32_t flags = (uint32_t)call->regs[2];
	uint32_t mask = (uint32_t)call->regs[3];
	struct statx stx;

	if ((mask & STATX__RESERVED) != 0 ||
	    (flags & ~(uint32_t)STATX_FLAGS) != 0 ||
	    (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		call_refuse(judge, call, EINVAL);
	else if (call->pin[0].missing)
		call_refuse(judge, call, ENOENT);
	else if (statx(call->pin[0].object, "",
		     AT_EMPTY_PATH | (int)(flags & AT_STATX_SYNC_TYPE), mask,
		     &stx) == -1)
		call_refuse(judge, call, errno);
	else
		call_write(judge, call, call->regs[4], &stx, sizeof(stx), 0);
}

static void
act_stat(struct judge *judge, struct call *call)
{
	bool at = strcmp(call->row->name, "newfstatat") == 0;
	struct stat st;

	if (strcmp(call->row->name, "statx") == 0)
		act_statx(judge, call);
	else if (at && (call->regs[3] & UINT32_MAX & ~(uint64_t)STATX_FLAGS))
		call_refuse(judge, call, EINVAL);
	else if (call->pin[0].missing)
		call_refuse(judge, call, ENOENT);
	else if (fstat(call->pin[0].object, &st) == -1)
		call_refuse(judge, call, errno);
	else
		call_write(judge, call, call->regs[at ? 2 : 1], &st, sizeof(st),
		    0);
}

static void
act_access(struct judge *judge, struct call *call)
{
	uint32_t mode = (uint32_t)call->regs[after_path(call)], flags = 0;

	if (strcmp(call->row->name, "faccessat2") == 0)
		flags = (uint32_t)call->regs[3];
	if ((mode & ~7U) != 0 ||
	    (flags &
		~(uint32_t)(AT_EACCESS | AT_SYMLINK_NOFOLLOW |
		    AT_EMPTY_PATH)) != 0)
		call_refuse(judge, call, EINVAL);
	else if (call->pin[0].missing)
		call_refuse(judge, call, ENOENT);
	else
		done(judge, call,
		    perform_access(call->pin[0].object, (int)mode));
}

static ssize_t
read_link(struct judge *judge, const struct call *call, char *text, size_t size)
{
	const struct resolve_pin *pin = &call->pin[0];
	bool own;
	ssize_t n;

	if (pin->self_link)
		return strcmp(pin->name, "self") == 0 ?
		    snprintf(text, size, "%d", call->process->tgid) :
		    snprintf(text, size, "%d/task/%d", call->process->tgid,
			call->thread->tid);
	own = pin->parent != -1 && call_owns_folder(judge, &pin->parent_st);
	if (own)
		reach_raise(&judge->reach);
	n = readlinkat(pin->object, "", text, size);
	if (own)
		reach_lower(&judge->reach);
	/* The kernel says ENOENT of an empty path on what is no link: here
	   only if it was the program's. */
	if (n == -1 && errno == ENOENT && !call->empty[0])
		errno = EINVAL;
	return n;
}

static void
act_readlink(struct judge *judge, struct call *call)
{
	unsigned int r = after_path(call);
	int32_t size = (int32_t)call->regs[r + 1];
	char text[PATH_MAX];
	ssize_t n;

	if (size <= 0) {
		call_refuse(judge, call, EINVAL);
		return;
	}
	if (call->pin[0].missing) {
		call_refuse(judge, call, ENOENT);
		return;
	}
	n = read_link(judge, call, text, sizeof(text));
	if (n == -1) {
		call_refuse(judge, call, errno);
		return;
	}
	if (n > size)
		n = size;
	call_write(judge, call, call->regs[r], text, (size_t)n, n);
}

static void
act_statfs(struct judge *judge, struct call *call)
{
	struct statfs fs;

	if (call->pin[0].missing)
		call_refuse(judge, call, ENOENT);
	else if (fstatfs(call->pin[0].object, &fs) == -1)
		call_refuse(judge, call, errno);
	else
		call_write(judge, call, call->regs[1], &fs, sizeof(fs), 0);
}

static void
act_xattr(struct judge *judge, struct call *call)
{
	static char value[XATTR_MAX];
	bool list = call->base->op == SYS_OP_LISTXATTR;
	unsigned int r = list ? 1 : 2;
	uint64_t size = call->regs[r + 1];
	char name[256];
	ssize_t n;
	int error;

	if (size > sizeof(value))
		size = sizeof(value);
	if (!list) {
		error = call_copy_string(judge, call, call->regs[1], name,
		    sizeof(name));
		if (error == 0 && name[0] == '\0')
			error = ERANGE;
		if (error != 0) {
			call_refuse(judge, call,
			    error == ENAMETOOLONG ? ERANGE : error);
			return;
		}
	}
	if (call->pin[0].missing) {
		call_refuse(judge, call, ENOENT);
		return;
	}
	n = list ? perform_listxattr(call->pin[0].object, value, size) :
		   perform_getxattr(call->pin[0].object, name, value, size);
	if (n == -1)
		call_refuse(judge, call, errno);
	else
		call_write(judge, call, call->regs[r], value,
		    size == 0 ? 0 : (size_t)n, n);
}

static void
act_remove(struct judge *judge, struct call *call)
{
	if (strcmp(call->row->name, "unlinkat") == 0 &&
	    ((uint32_t)call->regs[2] & ~(uint32_t)AT_REMOVEDIR) != 0) {
		call_refuse(judge, call, EINVAL);
		return;
	}
	call_begin(call);
	done(judge, call,
	    call->base->op == SYS_OP_RMDIR ? perform_rmdir(&call->pin[0]) :
					     perform_unlink(&call->pin[0]));
}

static void
act_mkdir(struct judge *judge, struct call *call)
{
	if (adopt_umask(judge, call) != 0) {
		call_refuse(judge, call, ESRCH);
		return;
	}
	call_begin(call);
	done(judge, call,
	    perform_mkdir(&call->pin[0],
		(mode_t)call->regs[after_path(call)] & 07777));
}

static void
act_truncate(struct judge *judge, struct call *call)
{
	if (call->pin[0].missing) {
		call_refuse(judge, call, ENOENT);
		return;
	}
	call_begin(call);
	done(judge, call,
	    perform_truncate(call->pin[0].object, (int64_t)call->regs[1]));
}

/* The times, in each variant's own structure. 0 or errno; *now: none. */
static int
copy_times(struct judge *judge, struct call *call, struct timespec ts[2],
    bool *now)
{
	unsigned int r = after_path(call);
	struct utimbuf seconds;
	struct timeval tv[2];
	int error, i;

	*now = call->regs[r] == 0;
	if (*now)
		return 0;
	if (strcmp(call->row->name, "utimensat") == 0)
		return call_copy(judge, call, call->regs[r], ts,
		    2 * sizeof(*ts));
	if (strcmp(call->row->name, "utime") == 0) {
		error = call_copy(judge, call, call->regs[r], &seconds,
		    sizeof(seconds));
		ts[0] = (struct timespec){ seconds.actime, 0 };
		ts[1] = (struct timespec){ seconds.modtime, 0 };
		return error;
	}
	error = call_copy(judge, call, call->regs[r], tv, sizeof(tv));
	for (i = 0; i < 2 && error == 0; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			return EINVAL;
		ts[i] = (struct timespec){ tv[i].tv_sec, tv[i].tv_usec * 1000 };
	}
	return error;
}

static void
act_utimes(struct judge *judge, struct call *call)
{
	struct timespec ts[2];
	bool now;
	int error;

	error = copy_times(judge, call, ts, &now);
	if (error == 0 && strcmp(call->row->name, "utimensat") == 0 &&
	    (call->regs[3] & UINT32_MAX &
		~(uint64_t)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
		error = EINVAL;
	if (error == 0 && call->pin[0].missing)
		error = ENOENT;
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	call_begin(call);
	done(judge, call, perform_utimes(call->pin[0].object, now ? NULL : ts));
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
	int error;

	error = call->addr_is_path ? call_bind_error(pin) : 0;
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	if (call->addr_is_path && adopt_umask(judge, call) != 0) {
		call_refuse(judge, call, ESRCH);
		return;
	}
	call_begin(call);
	done(judge, call,
	    perform_bind(call->sock, call->addr_is_path ? pin->parent : -1,
		pin->name, &call->addr, call->addr_len));
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
 * The judge performs with the credentials that root's program began with. A
 * program that has others by now would get more than its own.
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

static void
perform(struct judge *judge, struct call *call)
{
	if (!has_our_credentials(judge, call)) {
		record_note(judge,
		    "pid %d (%s) has changed its credentials: "
		    "%s cannot be judged any more",
		    call->process->tgid, call->process->program,
		    call->base->name);
		call_refuse(judge, call, EPERM);
		return;
	}
	switch ((enum sys_op)call->base->op) {
	case SYS_OP_OPEN:
		act_open(judge, call);
		break;
	case SYS_OP_STAT:
		act_stat(judge, call);
		break;
	case SYS_OP_ACCESS:
		act_access(judge, call);
		break;
	case SYS_OP_READLINK:
		act_readlink(judge, call);
		break;
	case SYS_OP_STATFS:
		act_statfs(judge, call);
		break;
	case SYS_OP_GETXATTR:
	case SYS_OP_LISTXATTR:
		act_xattr(judge, call);
		break;
	case SYS_OP_UNLINK:
	case SYS_OP_RMDIR:
		act_remove(judge, call);
		break;
	case SYS_OP_MKDIR:
		act_mkdir(judge, call);
		break;
	case SYS_OP_TRUNCATE:
		act_truncate(judge, call);
		break;
	case SYS_OP_UTIMES:
		act_utimes(judge, call);
		break;
	case SYS_OP_BIND:
		act_bind(judge, call);
		break;
	case SYS_OP_CONNECT:
		act_connect(judge, call);
		break;
	case SYS_OP_SOCKET:
	case SYS_OP_NONE:
		call_refuse(judge, call, ENOSYS);
		break;
	}
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

void
call_perform(struct judge *judge, struct call *call)
{
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
	/* socket(2) is all in its registers, as the plainer calls are. */
	if (call->row->disposal == SYS_PERFORMED &&
	    call->base->op != SYS_OP_SOCKET) {
		perform(judge, call);
		return;
	}
	if ((call->row->flags & SYS_CREDS) != 0)
		judge->creds_changed = true;
	if (moves_root(call))
		judge->roots_move = true;
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

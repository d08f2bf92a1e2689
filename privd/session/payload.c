/* SPDX-License-Identifier: ISC */
/*
 * What a call names in memory that no rule judges but performing needs: the
 * values of attributes, times, the texts of links. Copied once, by the form
 * of its row, before anything is judged, and bounded as the kernel bounds it.
 */
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>

#include <linux/limits.h>
#include <linux/reboot.h>
#include <linux/sched/types.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <utime.h>

#include "../compat.h"
#include "call.h"
#include "mount.h"

#define VALUE_SIZE_MAX 4096 /* of structures: a page */
#define RESTART_MAX 256
#define CPUS_SIZE_MAX 1024 /* of 8,192, the most that kernels have */

/* An attribute's name; the kernel says ERANGE of any that is none. */
static int
take_name(struct judge *judge, struct call *call, uint64_t addr)
{
	char *name = call->ask.memory.name;
	int error;

	error = call_copy_string(judge, call, addr, name,
	    sizeof(call->ask.memory.name));
	if (error == ENAMETOOLONG || (error == 0 && name[0] == '\0'))
		return ERANGE;
	return error;
}

static int
take_value(struct judge *judge, struct call *call, uint64_t addr, uint64_t size)
{
	size_t most = call->base->op == SYS_OP_SETXATTR ? XATTR_SIZE_MAX :
							  VALUE_SIZE_MAX;

	/* The kernel looks at no more than its own. */
	if (call->base->op == SYS_OP_SCHED_SETAFFINITY && size > CPUS_SIZE_MAX)
		size = CPUS_SIZE_MAX;
	if (size > most || size > sizeof(call->data))
		return E2BIG;
	call->ask.data = call->data;
	call->ask.len = (size_t)size;
	return size == 0 ? 0 : call_copy(judge, call, addr, call->data, size);
}

static int
take_xattr_args(struct judge *judge, struct call *call, uint64_t addr)
{
	int z = sys_form_register(call->row, SYS_FORM_XSIZE);
	struct compat_xattr_args args;
	int error;

	error = call_copy_struct(judge, call, addr, call->regs[z], &args,
	    sizeof(args));
	if (error != 0)
		return error;
	call->ask.memory.size = args.size;
	call->ask.memory.mask = args.flags;
	if (call->base->op == SYS_OP_SETXATTR)
		return take_value(judge, call, args.value, args.size);
	call->out = args.value;
	return args.flags != 0 ? EINVAL : 0;
}

/* The one command of reboot(2) that has a text, cut as the kernel cuts it. */
static int
take_restart(struct judge *judge, struct call *call, uint64_t addr)
{
	int error;

	if ((uint32_t)call->ask.numbers.plain[2] != LINUX_REBOOT_CMD_RESTART2)
		return 0;
	error = call_copy_string(judge, call, addr, call->string, RESTART_MAX);
	if (error != 0 && error != ENAMETOOLONG)
		return error;
	call->string[RESTART_MAX - 1] = '\0';
	call->ask.len = strlen(call->string) + 1;
	return 0;
}

static int
take_text(struct judge *judge, struct call *call, uint64_t addr)
{
	call->ask.data = call->string;
	if (call->base->op == SYS_OP_REBOOT)
		return take_restart(judge, call, addr);
	call->ask.len = strlen(call->string) + 1;
	return call->base->op == SYS_OP_SYMLINK && call->string[0] == '\0' ?
	    ENOENT :
	    0;
}

/*
 * A structure of a 32-bit program as this machine has it. Of those that are
 * performed: limits, times, what comes with a signal; the rest is the same.
 */
static int
copy_struct(struct judge *judge, struct call *call, uint64_t addr,
    unsigned char *to, size_t size, unsigned int nth)
{
	enum sys_op op = (enum sys_op)call->row->op;
	struct timespec ts;
	uint64_t limits[2];
	uint32_t few[32];
	int error, i;

	if (call->machine != SYS_I386)
		return call_copy(judge, call, addr, to, size);
	if (op == SYS_OP_PRLIMIT &&
	    sys_form_register(call->row, SYS_FORM_PID) == -1) {
		error = call_copy(judge, call, addr, few, 2 * sizeof(few[0]));
		for (i = 0; i < 2; i++)
			limits[i] = few[i] == UINT32_MAX ? UINT64_MAX : few[i];
		memcpy(to, limits,
		    size < sizeof(limits) ? size : sizeof(limits));
		return error;
	}
	if ((op == SYS_OP_SETTIMEOFDAY && nth == 0) ||
	    op == SYS_OP_CLOCK_SETTIME) {
		error = call_copy(judge, call, addr, few, 2 * sizeof(few[0]));
		sys_i386_timespec((const unsigned char *)few, false, &ts);
		memcpy(to, &ts, size < sizeof(ts) ? size : sizeof(ts));
		return error;
	}
	if (op == SYS_OP_KILL) {
		error = call_copy(judge, call, addr, few, sizeof(few));
		sys_i386_siginfo((const unsigned char *)few, to);
		return error;
	}
	return call_copy(judge, call, addr, to, size);
}

/* The next structure of its operation, to its data. */
static int
take_struct(struct judge *judge, struct call *call, uint64_t addr,
    unsigned int nth)
{
	enum sys_op op = (enum sys_op)call->base->op;
	size_t size = perform_struct_size(op, nth), at = call->ask.len;

	if (perform_returns_struct(op) && nth == 0)
		call->out = addr;
	if (addr == 0)
		return 0;
	if (at + size > sizeof(call->data))
		return E2BIG;
	call->ask.data = call->data;
	call->ask.len += size;
	call->ask.memory.structs |= 1U << nth;
	return copy_struct(judge, call, addr, call->data + at, size, nth);
}

static int
take_handle(struct judge *judge, struct call *call, uint64_t addr)
{
	call->out = addr;
	call->ask.data = call->data;
	call->ask.len = sizeof(uint32_t);
	return call_copy(judge, call, addr, call->data, sizeof(uint32_t));
}

/* Two pairs of numbers, as the program's ABI has them. 0 or errno. */
static int
copy_pairs(struct judge *judge, struct call *call, uint64_t addr, bool wide,
    struct timespec pairs[2])
{
	const size_t size = wide ? 16 : 8;
	unsigned char raw[32];
	int error, i;

	if (call->machine != SYS_I386)
		return call_copy(judge, call, addr, pairs, 2 * sizeof(*pairs));
	error = call_copy(judge, call, addr, raw, 2 * size);
	for (i = 0; i < 2 && error == 0; i++)
		sys_i386_timespec(raw + (size_t)i * size, wide, &pairs[i]);
	return error;
}

static int
take_timevals(struct judge *judge, struct call *call, uint64_t addr)
{
	struct timespec *ts = call->ask.memory.times;
	struct timespec tv[2]; /* with microseconds */
	int error, i;

	error = copy_pairs(judge, call, addr, false, tv);
	for (i = 0; i < 2 && error == 0; i++) {
		if (tv[i].tv_nsec < 0 || tv[i].tv_nsec >= 1000000)
			return EINVAL;
		ts[i] = (struct timespec){ tv[i].tv_sec, tv[i].tv_nsec * 1000 };
	}
	return error;
}

/* Whether they are times is asked of what the path leads to. */
static int
take_timespecs(struct judge *judge, struct call *call, uint64_t addr, bool wide)
{
	struct timespec *ts = call->ask.memory.times;

	return copy_pairs(judge, call, addr, wide, ts);
}

static int
take_utimbuf(struct judge *judge, struct call *call, uint64_t addr)
{
	struct timespec *ts = call->ask.memory.times;
	const bool small = call->machine == SYS_I386;
	struct utimbuf seconds;
	int32_t few[2];
	int error;

	error = small ? call_copy(judge, call, addr, few, sizeof(few)) :
			call_copy(judge, call, addr, &seconds, sizeof(seconds));
	if (error != 0)
		return error;
	ts[0] = (struct timespec){ small ? few[0] : seconds.actime, 0 };
	ts[1] = (struct timespec){ small ? few[1] : seconds.modtime, 0 };
	return 0;
}

static int
take_times(struct judge *judge, struct call *call, char letter, uint64_t addr)
{
	call->ask.memory.now = addr == 0;
	if (addr == 0)
		return 0;
	if (letter == SYS_FORM_TIMEVALS)
		return take_timevals(judge, call, addr);
	if (letter == SYS_FORM_UTIMBUF)
		return take_utimbuf(judge, call, addr);
	return take_timespecs(judge, call, addr,
	    letter == SYS_FORM_TIMESPECS64);
}

/* pidfd_send_signal(2) alone can do without. */
static int
take_siginfo(struct judge *judge, struct call *call, uint64_t addr)
{
	if (addr == 0 && sys_form_register(call->row, SYS_FORM_FD) == -1)
		return EFAULT;
	return take_struct(judge, call, addr, 0);
}

/* The structure says how long it is; so much of it is copied, and counts. */
static int
take_sched(struct judge *judge, struct call *call, uint64_t addr)
{
	uint32_t size;
	int error;

	if (addr == 0)
		return EINVAL;
	error = call_copy(judge, call, addr, &size, sizeof(size));
	if (error != 0)
		return error;
	if (size == 0)
		size = SCHED_ATTR_SIZE_VER0;
	if (size < SCHED_ATTR_SIZE_VER0 || size > VALUE_SIZE_MAX) {
		size = SCHED_ATTR_SIZE_VER1; /* what it should be */
		(void)call_put(judge, call, addr, &size, sizeof(size));
		return E2BIG;
	}
	error = call_copy(judge, call, addr, call->data, size);
	memcpy(call->data, &size, sizeof(size));
	call->ask.data = call->data;
	call->ask.len = size;
	return error;
}

/* What the command reads; what it writes comes there, too. */
static int
take_quota(struct judge *judge, struct call *call, uint64_t addr)
{
	const struct sys_quota *quota = sys_quota(call->ask.numbers.plain[0]);

	if (quota == NULL)
		return 0; /* the kernel has a word for it */
	if (quota->out > 0)
		call->out = addr;
	return quota->in == 0 ? 0 : take_value(judge, call, addr, quota->in);
}

static int
take_letter(struct judge *judge, struct call *call, char letter, uint64_t value,
    unsigned int *structs)
{
	switch (letter) {
	case SYS_FORM_NAME:
		return take_name(judge, call, value);
	case SYS_FORM_VALUE:
		return take_value(judge, call, value, call->ask.numbers.size);
	case SYS_FORM_XATTR:
		return take_xattr_args(judge, call, value);
	case SYS_FORM_TEXT:
		return take_text(judge, call, value);
	case SYS_FORM_MOUNT:
		return call_take_mount(judge, call, value);
	case SYS_FORM_ATTR:
		return call_take_attr(judge, call, value);
	case SYS_FORM_CONFIG:
		return call_take_config(judge, call);
	case SYS_FORM_QUOTA:
		return take_quota(judge, call, value);
	case SYS_FORM_SIGINFO:
		return take_siginfo(judge, call, value);
	case SYS_FORM_SCHED:
		return take_sched(judge, call, value);
	case SYS_FORM_STRUCT:
		return take_struct(judge, call, value, (*structs)++);
	case SYS_FORM_OPTION:
		return call_take_option(judge, call, value);
	case SYS_FORM_ROOM:
		return call_take_room(judge, call, value);
	case SYS_FORM_ARGUMENT:
		return call_take_argument(judge, call, value);
	case SYS_FORM_HANDLE:
		return take_handle(judge, call, value);
	case SYS_FORM_TIMESPECS:
	case SYS_FORM_TIMESPECS64:
	case SYS_FORM_TIMEVALS:
	case SYS_FORM_UTIMBUF:
		return take_times(judge, call, letter, value);
	case SYS_FORM_BUFFER:
		call->out = value;
		return 0;
	case SYS_FORM_NUMBER:
		call->out_number = value;
		return 0;
	default: /* a number, or what others copy */
		return 0;
	}
}

static int
check_kind(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	case S_IFDIR:
		return EPERM;
	default:
		return EINVAL;
	}
}

static int
check_rename(uint64_t flags)
{
	return (flags & RENAME_EXCHANGE) != 0 &&
		(flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) != 0 ?
	    EINVAL :
	    0;
}

static int
check_stat(const struct call *call)
{
	const struct sys_numbers *numbers = &call->ask.numbers;

	return call->ask.extended &&
		((numbers->mask & STATX__RESERVED) != 0 ||
		    (numbers->flags & AT_STATX_SYNC_TYPE) ==
			AT_STATX_SYNC_TYPE) ?
	    EINVAL :
	    0;
}

/* What the kernel refuses before it looks at anything else. */
static int
check_numbers(const struct call *call)
{
	const uint64_t watching = IN_MASK_ADD | IN_MASK_CREATE;
	const struct sys_numbers *numbers = &call->ask.numbers;

	if (call->row->known != 0 &&
	    (numbers->flags & ~(uint64_t)call->row->known) != 0)
		return EINVAL;
	switch (call->row->op) {
	case SYS_OP_STATFS: /* which only 32-bit programs say */
		return sys_form_register(call->row, SYS_FORM_SIZE) != -1 &&
			numbers->size != SYS_I386_STATFS64 ?
		    EINVAL :
		    0;
	case SYS_OP_READLINK:
		return (int32_t)numbers->size <= 0 ? EINVAL : 0;
	case SYS_OP_ACCESS:
		return (numbers->mode & ~7U) != 0 ? EINVAL : 0;
	case SYS_OP_TRUNCATE:
		return numbers->length[0] < 0 ? EINVAL : 0;
	case SYS_OP_INOTIFY:
		return (numbers->mask & IN_ALL_EVENTS) == 0 ||
			(numbers->mask & watching) == watching ?
		    EINVAL :
		    0;
	case SYS_OP_MKNOD:
		return check_kind(numbers->mode);
	case SYS_OP_RENAME:
		return check_rename(numbers->flags);
	case SYS_OP_STAT:
		return check_stat(call);
	case SYS_OP_SETXATTR:
		return (numbers->mask &
			   ~(uint64_t)(XATTR_CREATE | XATTR_REPLACE)) != 0 ?
		    EINVAL :
		    0;
	default:
		return 0;
	}
}

int
call_take_payload(struct judge *judge, struct call *call)
{
	const char *form = call->row->form;
	unsigned int structs = 0;
	size_t i;
	int error;

	call->base = sys_base(call->row, call->regs, call->empty[0]);
	call->out = 0;
	call->out_number = 0;
	call->ask.data = NULL;
	call->ask.len = 0;
	call->ask.extra = -1;
	call->ask.version = 0;
	sys_numbers(call->row, call->regs, &call->ask.numbers);
	call->ask.memory.size = call->ask.numbers.size;
	call->ask.memory.mask = call->ask.numbers.mask;
	call->ask.memory.structs = 0;
	call->ask.extended = call->row->op == SYS_OP_STAT &&
	    sys_form_register(call->row, SYS_FORM_MASK) != -1;
	error = check_numbers(call);
	for (i = 0; form != NULL && form[i] != '\0' && error == 0; i++)
		error = take_letter(judge, call, form[i], call->regs[i],
		    &structs);
	return error;
}

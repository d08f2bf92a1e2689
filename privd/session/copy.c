/* SPDX-License-Identifier: ISC */
/*
 * The one copy: each thing that a call names in memory is read once, and
 * every later step works on what was read. The program can change its memory
 * at any moment; what it changes after the copy has no part in the call any
 * more. What was read counts if the notification is still valid afterwards:
 * the judge asks when this is done.
 */
#include "call.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "judge.h"
#include "message.h"
#include "mount.h"

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)
#define RESOLVE_CACHED_BIT 0x20 /* RESOLVE_CACHED, Linux 5.12 */
#define STRUCT_SIZE_MAX 4096    /* a page, as the kernel has it */
#define VALID_RESOLVE                                                    \
	(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | \
	    RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_CACHED_BIT)
#define VALID_OPEN                                                         \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND |    \
	    O_NONBLOCK | O_SYNC | O_DSYNC | O_ASYNC | O_DIRECT | 0100000 | \
	    O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH |    \
	    O_TMPFILE)
#define VALID_PATH_ONLY (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int
take_memory(struct judge *judge, struct call *call)
{
	if (call->memory == NULL)
		call->memory = process_memory(judge->table, call->thread,
		    call->ticket.id);
	return call->memory == NULL ? errno : 0;
}

/* Memory that belonged to an image before the last exec reads as nothing. */
static void
drop_memory(struct call *call)
{
	process_put(&call->memory);
	process_put(&call->maps);
	process_drop_handles(call->process);
}

static bool
can_read(struct judge *judge, struct call *call, uint64_t addr, size_t len)
{
	if (call->maps == NULL)
		call->maps = process_maps(judge->table, call->thread,
		    call->ticket.id);
	return process_can_read(call->maps, addr, len);
}

int
call_copy(struct judge *judge, struct call *call, uint64_t addr, void *buf,
    size_t len)
{
	int tries, error = EFAULT;

	for (tries = 0; tries < 2; tries++) {
		error = take_memory(judge, call);
		if (error != 0)
			return error;
		judge_leave(judge);
		error = notify_read(call->memory->fd, addr, buf, len) == 0 ?
		    0 :
		    errno;
		judge_return(judge);
		if (error == 0)
			return can_read(judge, call, addr, len) ? 0 : EFAULT;
		if (error != ESRCH)
			return error;
		drop_memory(call);
	}
	return EFAULT;
}

/*
 * Strings are asked about where the answer shows: those that reach into
 * another page, and the empty ones that untouched pages are full of.
 */
static bool
is_suspicious(uint64_t addr, size_t len)
{
	return len == 0 || addr / 4096 != (addr + len) / 4096;
}

int
call_copy_string(struct judge *judge, struct call *call, uint64_t addr,
    char *buf, size_t size)
{
	int tries, error;
	ssize_t n;

	for (tries = 0; tries < 2; tries++) {
		error = take_memory(judge, call);
		if (error != 0)
			return error;
		judge_leave(judge);
		n = notify_read_string(call->memory->fd, addr, buf, size);
		error = n == -1 ? errno : 0;
		judge_return(judge);
		if (n >= 0 && is_suspicious(addr, (size_t)n) &&
		    !can_read(judge, call, addr, (size_t)n + 1))
			return EFAULT;
		if (error != ESRCH)
			return error;
		drop_memory(call);
	}
	return EFAULT;
}

uint64_t
call_at_flags(const struct call *call, const struct sys_arg *arg)
{
	if ((arg->flags & SYS_ARG_ATFLAGS) == 0)
		return 0;
	if (call->row->op == SYS_OP_MOVE_MOUNT)
		return call_move_flags((uint32_t)call->regs[arg->flagreg],
		    arg == call->row->args);
	return call->regs[arg->flagreg] & UINT32_MAX;
}

/*
 * NULL: with AT_EMPTY_PATH some take it for the empty path, others for the
 * descriptor itself (but not for the working folder), or for no path at all.
 */
static int
take_no_path(struct call *call, const struct sys_arg *arg, size_t k)
{
	bool fd = (arg->flags & SYS_ARG_EMPTY) != 0 &&
	    (arg->flags & SYS_ARG_OPTIONAL) != 0;

	if (call->row->op == SYS_OP_UTIMES && fd &&
	    (int)call->regs[arg->aux] == AT_FDCWD)
		return EFAULT;
	if (call->row->op == SYS_OP_UTIMES && fd &&
	    call_at_flags(call, arg) != 0)
		return EINVAL;
	if (call->row->op == SYS_OP_FANOTIFY && fd &&
	    (int)call->regs[arg->aux] == AT_FDCWD)
		return EBADF;
	call->empty[k] = fd ||
	    ((arg->flags & SYS_ARG_NULL) != 0 &&
		(call_at_flags(call, arg) & AT_EMPTY_PATH) != 0);
	call->has_path[k] = call->empty[k];
	return call->empty[k] || (arg->flags & SYS_ARG_OPTIONAL) != 0 ? 0 :
									EFAULT;
}

/* What other commands have there is no path. */
static bool
has_quota_file(const struct call *call)
{
	const struct sys_quota *quota = sys_quota(call->regs[0]);

	return quota != NULL && quota->file;
}

static int
copy_path(struct judge *judge, struct call *call, const struct sys_arg *arg,
    size_t k)
{
	uint64_t addr = call->regs[arg->reg];
	bool may_be_empty;
	int error;

	call->path[k][0] = '\0';
	if (k > 0 && call->row->op == SYS_OP_QUOTA && !has_quota_file(call))
		return 0;
	if (addr == 0) {
		error = take_no_path(call, arg, k);
		if (error == 0)
			call_take_stand_in(judge, call, k);
		return error;
	}
	call->has_path[k] = true;
	may_be_empty = (call_at_flags(call, arg) & AT_EMPTY_PATH) != 0 ||
	    (arg->flags & (SYS_ARG_EMPTY | SYS_ARG_OPTIONAL)) == SYS_ARG_EMPTY;
	error = call_copy_string(judge, call, addr, call->path[k], PATH_MAX);
	if (error != 0)
		return error;
	call->empty[k] = call->path[k][0] == '\0';
	if (call->empty[k] && !may_be_empty)
		return ENOENT;
	call_take_stand_in(judge, call, k);
	return 0;
}

int
call_copy_struct(struct judge *judge, struct call *call, uint64_t addr,
    uint64_t size, void *known, size_t len)
{
	unsigned char room[STRUCT_SIZE_MAX];
	size_t i;
	int error;

	if (size < len)
		return EINVAL;
	if (size > sizeof(room))
		return E2BIG;
	error = call_copy(judge, call, addr, room, size);
	if (error != 0)
		return error;
	for (i = len; i < size; i++)
		if (room[i] != 0)
			return E2BIG;
	memcpy(known, room, len);
	return 0;
}

/* Does the kernel know at once that it makes no folders (Linux 6.4)? */
static bool
refuses_folders(void)
{
	static _Atomic int known; /* 1: no, 2: yes */

	if (known == 0)
		known = openat(-1, "", O_CREAT | O_DIRECTORY, 0) == -1 &&
			errno == EINVAL ?
		    2 :
		    1;
	return known == 2;
}

/* What the kernel says of flags alone; the rest is said where they act. */
static int
open_flags_error(uint64_t flags)
{
	const uint64_t folder = O_CREAT | O_DIRECTORY;

	/* Where they count at all: openat2 says EINVAL before. */
	if ((flags & O_PATH) != 0)
		return 0;
	if ((flags & folder) == folder && refuses_folders())
		return EINVAL;
	if ((flags & TMPFILE_BIT) != 0 &&
	    ((flags & (O_TMPFILE | O_CREAT)) != O_TMPFILE ||
		(flags & O_ACCMODE) == O_RDONLY))
		return EINVAL;
	return 0;
}

static int
copy_how(struct judge *judge, struct call *call, const struct sys_arg *arg)
{
	struct open_how *how = &call->how;
	int error;

	error = call_copy_struct(judge, call, call->regs[arg->reg],
	    call->regs[arg->aux], how, sizeof(*how));
	if (error != 0)
		return error;
	if ((how->flags & ~(uint64_t)VALID_OPEN) != 0 ||
	    (how->resolve & ~(uint64_t)VALID_RESOLVE) != 0 ||
	    (how->mode & ~(uint64_t)07777) != 0 ||
	    (how->resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) ==
		(RESOLVE_BENEATH | RESOLVE_IN_ROOT))
		return EINVAL;
	if (how->mode != 0 && (how->flags & (O_CREAT | TMPFILE_BIT)) == 0)
		return EINVAL;
	if ((how->flags & O_PATH) != 0 &&
	    (how->flags & ~(uint64_t)VALID_PATH_ONLY) != 0)
		return EINVAL;
	if (open_flags_error(how->flags) != 0)
		return EINVAL;
	/* The answer that it could not be done from the cache alone. */
	return (how->resolve & RESOLVE_CACHED_BIT) != 0 ? EAGAIN : 0;
}

/* The flags and mode of the whole open family, whatever they came in. */
static int
take_open_registers(struct call *call)
{
	const struct sys_arg *mode = sys_arg_by_name(call->row, "mode", 0);
	uint64_t flags;

	memset(&call->how, 0, sizeof(call->how));
	if (!sys_open_flags(call->row, call->regs, &flags))
		return 0;
	call->how.flags = flags & VALID_OPEN;
	if (mode != NULL && (flags & (O_CREAT | TMPFILE_BIT)) != 0)
		call->how.mode = call->regs[mode->reg] & 07777;
	return open_flags_error(flags);
}

/* What no policy could be shown the kernel would refuse, but for packet
   sockets of the oldest kind. */
static bool
can_be_shown(const struct call *call)
{
	char text[SYS_VALUE_MAX];

	return sys_format_sockaddr(&call->addr, call->addr_len, call->fd, text,
		   sizeof(text)) == 0;
}

static void
take_path(struct call *call, size_t len)
{
	const struct sockaddr_un *sun = (const void *)&call->addr;

	memcpy(call->path[0], sun->sun_path, len);
	call->path[0][len] = '\0';
	call->has_path[0] = true;
	call->empty[0] = false;
}

int
call_copy_address(struct judge *judge, struct call *call, uint64_t addr,
    int32_t len)
{
	const size_t head = offsetof(struct sockaddr_un, sun_path);
	const struct sockaddr_un *sun = (const void *)&call->addr;
	int error;

	memset(&call->addr, 0, sizeof(call->addr));
	call->addr_len = 0;
	if (len < 0 || (size_t)len > sizeof(call->addr))
		return EINVAL;
	error = call_copy(judge, call, addr, &call->addr, (size_t)len);
	if (error != 0)
		return error;
	if ((size_t)len < sizeof(call->addr.sa.sa_family))
		return EINVAL;
	call->addr_len = (socklen_t)len;
	call->addr_is_path = call->addr.sa.sa_family == AF_UNIX &&
	    (size_t)len > head && sun->sun_path[0] != '\0';
	if (call->addr_is_path && (size_t)len > sizeof(*sun))
		return EINVAL;
	if (call->addr_is_path)
		take_path(call, (size_t)len - head);
	/* Of connections, what comes first: there may be one. */
	return call->row->op == SYS_OP_CONNECT || can_be_shown(call) ? 0 :
								       EINVAL;
}

int
call_take_descriptor(struct judge *judge, struct call *call)
{
	int reg = sys_form_register(call->row, SYS_FORM_FD);

	call->fd = reach_take(&judge->reach, call->ticket.id, call->thread->tid,
	    call->process->tgid, (int)call->regs[reg]);
	if (call->fd == -1)
		return errno;
	call_note_context(call);
	return 0;
}

#define SIZED_MAX 64 /* the kernel's, of the machine's names */

static int
copy_text(struct judge *judge, struct call *call, const struct sys_arg *arg)
{
	int size = (int)call->regs[arg->aux];

	call->string[0] = '\0';
	if (call->regs[arg->reg] == 0 && (arg->flags & SYS_ARG_OPTIONAL) != 0)
		return 0;
	if ((arg->flags & SYS_ARG_SIZED) == 0)
		return call_copy_string(judge, call, call->regs[arg->reg],
		    call->string, sizeof(call->string));
	if (size < 0 || size > SIZED_MAX)
		return EINVAL;
	call->string[size] = '\0';
	return size == 0 ? 0 :
			   call_copy(judge, call, call->regs[arg->reg],
			       call->string, (size_t)size);
}

static int
copy_argument(struct judge *judge, struct call *call, const struct sys_arg *arg,
    size_t *paths)
{
	switch (arg->kind) {
	case SYS_PATH:
		if (*paths >= CALL_PATHS)
			return 0;
		return copy_path(judge, call, arg, (*paths)++);
	case SYS_SOURCE: /* it may be empty, or none */
		call->path[(*paths)++][0] = '\0';
		if (call->regs[arg->reg] == 0)
			return 0;
		return call_copy_string(judge, call, call->regs[arg->reg],
		    call->path[*paths - 1], PATH_MAX);
	case SYS_STRING:
	case SYS_KEY:
		return copy_text(judge, call, arg);
	case SYS_SOCKADDR:
		return call_copy_address(judge, call, call->regs[arg->reg],
		    (int32_t)call->regs[arg->aux]);
	default:
		return 0;
	}
}

static bool
is_prepared_here(const struct call *call)
{
	return call->row->disposal == SYS_PERFORMED &&
	    (call->row->flags & SYS_KERNEL) == 0;
}

static bool
is_other_domain(int sock)
{
	int domain = -1;
	socklen_t len = sizeof(domain);

	return getsockopt(sock, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	    domain != AF_UNIX;
}

/* The kernel asks what became of its copy when the first was walked to. */
static bool
is_second_entry(const struct call *call, const struct sys_arg *arg,
    size_t paths)
{
	return arg->kind == SYS_PATH && paths == 2 &&
	    (call->row->op == SYS_OP_RENAME || call->row->op == SYS_OP_LINK);
}

static uint64_t
exec_flags(const struct call *call)
{
	return call_at_flags(call, &call->row->args[0]);
}

int
call_copy_all(struct judge *judge, struct call *call)
{
	bool text = sys_form_register(call->row, SYS_FORM_TEXT) != -1 ||
	    sys_form_register(call->row, SYS_FORM_MOUNT) != -1 ||
	    sys_form_register(call->row, SYS_FORM_CONFIG) != -1 ||
	    sys_form_register(call->row, SYS_FORM_QUOTA) != -1;
	const struct sys_arg *arg;
	size_t paths = 0;
	int error;

	memset(call->has_path, 0, sizeof(call->has_path));
	memset(call->empty, 0, sizeof(call->empty));
	call->late_error = 0;
	call->addr_is_path = false;
	call->addr_len = 0;
	error = take_open_registers(call);
	if (error != 0)
		return error;
	if (call_is_left(call))
		return 0;
	if (call->row->op == SYS_OP_SEND) {
		call->ask.data = NULL;
		call->ask.len = 0;
		return message_take(judge, call);
	}
	/* The kernel looks at these before it looks at a path; a text is an
	   argument. */
	if (is_prepared_here(call) && !text) {
		error = call_take_payload(judge, call);
		if (error != 0)
			return error;
	}
	/* What openat2 is to do comes before where. */
	arg = sys_arg_by_name(call->row, "oflags", 0);
	if (arg != NULL && arg->kind == SYS_HOWFLAGS) {
		error = copy_how(judge, call, arg);
		if (error != 0)
			return error;
	}
	for (arg = call->row->args; arg->name != NULL; arg++) {
		error = copy_argument(judge, call, arg, &paths);
		if (error != 0 && is_second_entry(call, arg, paths))
			call->late_error = error;
		else if (error != 0)
			return error;
	}
	if (call->row->disposal == SYS_EXEC && call->row->known != 0 &&
	    (exec_flags(call) & ~(uint64_t)call->row->known) != 0)
		return EINVAL;
	if ((call->row->flags & SYS_KERNEL) != 0)
		return 0;
	error = 0;
	if (is_prepared_here(call) && text)
		error = call_take_payload(judge, call);
	if (error == 0 && sys_takes_fd(call->row) && call->fd == -1)
		error = call_take_descriptor(judge, call);
	/* An address of another family: that is the kernel's to say. */
	if (error == 0 && call->addr_is_path && call->fd != -1 &&
	    is_other_domain(call->fd))
		call->addr_is_path = false;
	return error;
}

/* No rule looked at this: it is one copy all the same. */
int
call_take_late(struct judge *judge, struct call *call)
{
	int error;

	if ((call->row->flags & SYS_KERNEL) == 0)
		return 0;
	if (sys_has_target(call->row)) {
		error = 0;
		call->ask.fd = call->target.pidfd;
	} else {
		error = sys_takes_fd(call->row) ?
		    call_take_descriptor(judge, call) :
		    0;
		call->ask.fd = call->fd;
	}
	if (error == 0)
		error = call_take_payload(judge, call);
	if (error == 0 && !notify_valid(judge->listener, call->ticket.id))
		error = ESRCH;
	return error;
}

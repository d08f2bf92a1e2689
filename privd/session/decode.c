/* SPDX-License-Identifier: ISC */
/*
 * From registers to a request: each thing that a call names in memory is
 * copied once, each path walked once, and every later step works on these.
 *
 * The program can change its memory at any moment, and its folders; what it
 * changes after the copy and the pin has no part in the call any more. What
 * was read counts if the notification is still valid afterwards: the judge
 * asks when this is done.
 */
#include "call.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "judge.h"
#include "page.h"

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)
#define RESOLVE_CACHED_BIT 0x20 /* RESOLVE_CACHED, Linux 5.12 */
#define HOW_SIZE_MAX 4096       /* a page, as the kernel has it */
#define VALID_RESOLVE                                                    \
	(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | \
	    RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_CACHED_BIT)
#define VALID_OPEN                                                         \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND |    \
	    O_NONBLOCK | O_SYNC | O_DSYNC | O_ASYNC | O_DIRECT | 0100000 | \
	    O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH |    \
	    O_TMPFILE)

/* Memory that belonged to an image before the last exec reads as nothing. */
int
call_copy(struct judge *judge, struct call *call, uint64_t addr, void *buf,
    size_t len)
{
	int memory, tries;

	for (tries = 0; tries < 2; tries++) {
		memory = process_memory(judge->table, call->thread,
		    call->ticket.id);
		if (memory == -1)
			return errno;
		if (notify_read(memory, addr, buf, len) == 0)
			return process_can_read(judge->table, call->thread,
				   call->ticket.id, addr, len) ?
			    0 :
			    EFAULT;
		if (errno != ESRCH)
			return errno;
		process_drop_handles(call->process);
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
	int memory, tries;
	ssize_t n;

	for (tries = 0; tries < 2; tries++) {
		memory = process_memory(judge->table, call->thread,
		    call->ticket.id);
		if (memory == -1)
			return errno;
		n = notify_read_string(memory, addr, buf, size);
		if (n >= 0 && is_suspicious(addr, (size_t)n) &&
		    !process_can_read(judge->table, call->thread,
			call->ticket.id, addr, (size_t)n + 1))
			return EFAULT;
		if (n >= 0)
			return 0;
		if (errno != ESRCH)
			return errno;
		process_drop_handles(call->process);
	}
	return EFAULT;
}

static uint64_t
at_flags(const struct call *call, const struct sys_arg *arg)
{
	if ((arg->flags & SYS_ARG_ATFLAGS) == 0)
		return 0;
	return call->regs[arg->flagreg] & UINT32_MAX;
}

static int
copy_path(struct judge *judge, struct call *call, const struct sys_arg *arg,
    size_t k)
{
	uint64_t addr = call->regs[arg->reg];
	bool may_be_empty;
	int error;

	may_be_empty = (at_flags(call, arg) & AT_EMPTY_PATH) != 0 ||
	    (arg->flags & SYS_ARG_EMPTY) != 0;
	call->path[k][0] = '\0';
	call->has_path[k] = addr != 0 || may_be_empty;
	if (addr == 0) {
		call->empty[k] = may_be_empty;
		if (may_be_empty || (arg->flags & SYS_ARG_OPTIONAL) != 0)
			return 0;
		return EFAULT;
	}
	error = call_copy_string(judge, call, addr, call->path[k], PATH_MAX);
	if (error != 0)
		return error;
	call->empty[k] = call->path[k][0] == '\0';
	return call->empty[k] && !may_be_empty ? ENOENT : 0;
}

/* struct open_how: as long as the caller says, its unknown tail zero. */
static int
copy_how(struct judge *judge, struct call *call, const struct sys_arg *arg)
{
	unsigned char room[HOW_SIZE_MAX];
	uint64_t size = call->regs[arg->aux];
	struct open_how *how = &call->how;
	size_t i;
	int error;

	if (size < sizeof(*how))
		return EINVAL;
	if (size > sizeof(room))
		return E2BIG;
	error = call_copy(judge, call, call->regs[arg->reg], room, size);
	if (error != 0)
		return error;
	for (i = sizeof(*how); i < size; i++)
		if (room[i] != 0)
			return E2BIG;
	memcpy(how, room, sizeof(*how));
	if ((how->flags & ~(uint64_t)VALID_OPEN) != 0 ||
	    (how->resolve & ~(uint64_t)VALID_RESOLVE) != 0 ||
	    (how->mode & ~(uint64_t)07777) != 0 ||
	    (how->resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) ==
		(RESOLVE_BENEATH | RESOLVE_IN_ROOT))
		return EINVAL;
	if (how->mode != 0 && (how->flags & (O_CREAT | TMPFILE_BIT)) == 0)
		return EINVAL;
	/* The answer that it could not be done from the cache alone. */
	return (how->resolve & RESOLVE_CACHED_BIT) != 0 ? EAGAIN : 0;
}

/* The flags and mode of the whole open family, whatever they came in. */
static void
take_open_registers(struct call *call)
{
	const struct sys_arg *mode = sys_arg_by_name(call->row, "mode", 0);
	uint64_t flags;

	memset(&call->how, 0, sizeof(call->how));
	if (!sys_open_flags(call->row, call->regs, &flags))
		return;
	call->how.flags = flags & VALID_OPEN;
	if (mode != NULL && (flags & (O_CREAT | TMPFILE_BIT)) != 0)
		call->how.mode = call->regs[mode->reg] & 07777;
}

static int
copy_sockaddr(struct judge *judge, struct call *call, const struct sys_arg *arg)
{
	int32_t len = (int32_t)call->regs[arg->aux];
	struct sockaddr_un *sun;
	int error;

	memset(&call->addr, 0, sizeof(call->addr));
	if (len < 0 || (size_t)len > sizeof(call->addr))
		return EINVAL;
	call->addr_len = (socklen_t)len;
	error = call_copy(judge, call, call->regs[arg->reg], &call->addr,
	    (size_t)len);
	if (error != 0)
		return error;
	if ((size_t)len < sizeof(call->addr.sa.sa_family))
		return EINVAL;
	sun = (struct sockaddr_un *)(void *)&call->addr;
	call->addr_is_path = call->addr.sa.sa_family == AF_UNIX &&
	    (size_t)len > offsetof(struct sockaddr_un, sun_path) &&
	    sun->sun_path[0] != '\0';
	if (call->addr_is_path) {
		if ((size_t)len > sizeof(*sun))
			return EINVAL;
		memcpy(call->path[0], sun->sun_path,
		    (size_t)len - offsetof(struct sockaddr_un, sun_path));
		call->path[0][(size_t)len -
		    offsetof(struct sockaddr_un, sun_path)] = '\0';
		call->has_path[0] = true;
		call->empty[0] = false;
	}
	return 0;
}

static int
take_socket(struct judge *judge, struct call *call)
{
	call->sock = reach_take(&judge->reach, call->ticket.id,
	    call->thread->tid, call->process->tgid, (int)call->regs[0]);
	return call->sock == -1 ? errno : 0;
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
	case SYS_HOWFLAGS:
		return copy_how(judge, call, arg);
	case SYS_STRING:
		return call_copy_string(judge, call, call->regs[arg->reg],
		    call->string, sizeof(call->string));
	case SYS_SOCKADDR:
		if (call->row->disposal != SYS_PERFORMED)
			return 0;
		return copy_sockaddr(judge, call, arg);
	default:
		return 0;
	}
}

static int
copy_all(struct judge *judge, struct call *call)
{
	const struct sys_arg *arg;
	size_t paths = 0;
	int error;

	memset(call->has_path, 0, sizeof(call->has_path));
	memset(call->empty, 0, sizeof(call->empty));
	call->addr_is_path = false;
	take_open_registers(call);
	for (arg = call->row->args; arg->name != NULL; arg++) {
		error = copy_argument(judge, call, arg, &paths);
		if (error != 0)
			return error;
	}
	/* The kernel would take it for an AF_INET address, to be compatible
	   with programs that are gone. */
	if (call->row->op == SYS_OP_BIND &&
	    call->addr.sa.sa_family == AF_UNSPEC)
		return EAFNOSUPPORT;
	if (call->row->op == SYS_OP_BIND || call->row->op == SYS_OP_CONNECT)
		return take_socket(judge, call);
	return 0;
}

/* Is this folder of /proc that of the calling program itself? */
bool
call_owns_folder(void *context, const struct stat *folder)
{
	const struct judge *judge = context;
	const struct thread *thread = judge->call.thread;
	static const char *const parts[] = { ".", "fd", "ns", "map_files" };
	char task[48];
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (fstatat(thread->folder, parts[i], &st, 0) == 0 &&
		    resolve_same(&st, folder))
			return true;
	for (i = 0; i < 2; i++) {
		(void)snprintf(task, sizeof(task), "task/%d%s", thread->tid,
		    i == 0 ? "" : "/fd");
		if (fstatat(thread->folder, task, &st, 0) == 0 &&
		    resolve_same(&st, folder))
			return true;
	}
	/* /proc/TGID of a thread that is not its leader. */
	(void)snprintf(task, sizeof(task), "/proc/%d",
	    judge->call.process->tgid);
	if (stat(task, &st) == 0 && resolve_same(&st, folder))
		return true;
	(void)snprintf(task, sizeof(task), "/proc/%d/fd",
	    judge->call.process->tgid);
	return stat(task, &st) == 0 && resolve_same(&st, folder);
}

static int
open_magic(void *context, int folder, const char *name)
{
	struct judge *judge = context;

	return reach_openat(&judge->reach, folder, name, O_PATH);
}

static int
make_view(struct judge *judge, struct call *call, struct resolve_view *view)
{
	view->root = process_root(judge->table, call->thread, call->ticket.id);
	if (view->root == -1)
		return errno;
	view->own_root = call->process->own_root;
	view->tgid = call->process->tgid;
	view->tid = call->thread->tid;
	view->owns = call_owns_folder;
	view->magic = open_magic;
	view->context = judge;
	return 0;
}

/* The folder that a relative path starts from. */
static int
open_start(struct judge *judge, struct call *call, const struct sys_arg *arg,
    int *start)
{
	int number = AT_FDCWD;

	if (arg->kind == SYS_PATH && arg->aux != SYS_CWD)
		number = (int)call->regs[arg->aux];
	else if (arg->kind == SYS_FDPATH)
		number = (int)call->regs[arg->reg];
	*start = reach_open(&judge->reach, call->ticket.id, call->thread->tid,
	    call->thread->folder, number == AT_FDCWD ? REACH_CWD : REACH_FD,
	    number);
	if (*start != -1)
		return 0;
	if (number != AT_FDCWD && (errno == ENOENT || number < 0))
		return EBADF;
	return errno;
}

/* Does an open act on a link itself (and then refuse it)? */
static bool
walk_flags_nofollow(const struct call *call)
{
	const uint64_t exclusive = O_CREAT | O_EXCL;

	return (call->how.flags & O_NOFOLLOW) != 0 ||
	    (call->how.flags & exclusive) == exclusive;
}

static unsigned int
walk_flags(const struct call *call, const struct sys_arg *arg)
{
	unsigned int flags = 0;

	if (call->base->op == SYS_OP_OPEN) {
		if ((call->how.flags & O_CREAT) != 0)
			flags |= RESOLVE_CREATE;
		if (walk_flags_nofollow(call))
			flags |= RESOLVE_NOFOLLOW;
		return flags;
	}
	if ((arg->flags & SYS_ARG_PARENT) != 0 || call->base->op == SYS_OP_BIND)
		flags |= RESOLVE_ENTRY;
	if ((arg->flags & SYS_ARG_NOFOLLOW) != 0 ||
	    (at_flags(call, arg) & AT_SYMLINK_NOFOLLOW) != 0)
		flags |= RESOLVE_NOFOLLOW;
	return flags;
}

/*
 * The kernel walks with what is ours in /proc (self): what lies there is not
 * opened in this way, and links that jump are not followed.
 */
static int
open_by_how(const struct resolve_view *view, int start, const char *path,
    uint64_t flags, uint64_t resolve)
{
	struct open_how how;
	struct statfs fs;
	int fd;

	memset(&how, 0, sizeof(how));
	how.flags = O_PATH | O_CLOEXEC | flags;
	how.resolve = resolve | RESOLVE_NO_MAGICLINKS;
	if (path[0] == '/' && (resolve & RESOLVE_IN_ROOT) == 0) {
		if ((resolve & RESOLVE_BENEATH) != 0 || !view->own_root) {
			errno = EXDEV;
			return -1;
		}
		start = view->root;
	}
	fd = (int)syscall(SYS_openat2, start, path, &how, sizeof(how));
	if (fd == -1)
		return -1;
	if (fstatfs(fd, &fs) == 0 && fs.f_type != PROC_SUPER_MAGIC)
		return fd;
	close(fd);
	errno = ELOOP;
	return -1;
}

/* What is to be made: its folder, and its name in it. */
static int
pin_entry_by_how(const struct resolve_view *view, int start,
    const struct call *call, struct resolve_pin *pin)
{
	char folder[PATH_MAX];
	const char *path = call->path[0], *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	int fd, error;

	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return ENOENT;
	if (strlen(name) > NAME_MAX)
		return ENAMETOOLONG;
	(void)snprintf(folder, sizeof(folder), "%.*s",
	    slash == NULL ? 1 : (int)(slash - path) + 1,
	    slash == NULL ? "." : path);
	fd = open_by_how(view, start, folder, O_DIRECTORY, call->how.resolve);
	if (fd == -1)
		return errno;
	error = resolve_adopt(view, fd, pin);
	return error != 0 ? error : resolve_into_entry(pin, name);
}

/* openat2 with resolve flags: the kernel alone keeps what they promise. */
static int
pin_by_how(const struct resolve_view *view, int start, const struct call *call,
    struct resolve_pin *pin)
{
	uint64_t nofollow = walk_flags_nofollow(call) ? O_NOFOLLOW : 0;
	int fd;

	fd = open_by_how(view, start, call->path[0], nofollow,
	    call->how.resolve);
	if (fd != -1)
		return resolve_adopt(view, fd, pin);
	if (errno != ENOENT || (call->how.flags & O_CREAT) == 0)
		return errno;
	return pin_entry_by_how(view, start, call, pin);
}

static int
pin_argument(struct judge *judge, struct call *call, const struct sys_arg *arg,
    size_t k, struct resolve_pin *pin)
{
	struct resolve_view view;
	bool needs_start;
	int start = -1, error;

	needs_start = arg->kind == SYS_FDPATH || call->empty[k] ||
	    call->path[k][0] != '/' || call->how.resolve != 0;
	error = make_view(judge, call, &view);
	if (error == 0 && needs_start)
		error = open_start(judge, call, arg, &start);
	if (error != 0)
		return error;
	if (arg->kind == SYS_FDPATH || call->empty[k])
		return resolve_adopt(&view, start, pin);
	if (call->base->op == SYS_OP_OPEN && call->how.resolve != 0)
		error = pin_by_how(&view, start, call, pin);
	else
		error = resolve_path(&view, start, call->path[k],
		    walk_flags(call, arg), pin);
	if (start != -1)
		close(start);
	return error;
}

int
call_walk(struct judge *judge, struct call *call, const char *path,
    struct resolve_pin *pin)
{
	struct resolve_view view;
	int start = -1, error;

	error = make_view(judge, call, &view);
	if (error != 0)
		return error;
	if (path[0] != '/') {
		start = reach_open(&judge->reach, call->ticket.id,
		    call->thread->tid, call->thread->folder, REACH_CWD, 0);
		if (start == -1)
			return errno;
	}
	error = resolve_path(&view, start, path, 0, pin);
	if (start != -1)
		close(start);
	return error;
}

void
call_clear(struct call *call)
{
	size_t i;

	for (i = 0; i < CALL_PATHS; i++)
		resolve_clear(&call->pin[i]);
	if (call->sock != -1)
		close(call->sock);
	call->sock = -1;
	call->npins = 0;
}

/* An entry that will be made or removed: is there one now? */
static void
note_missing(struct resolve_pin *pin)
{
	struct stat st;

	if (pin->object == -1 && !pin->missing && pin->parent != -1)
		pin->missing = fstatat(pin->parent, pin->name, &st,
				   AT_SYMLINK_NOFOLLOW) == -1 &&
		    errno == ENOENT;
}

/*
 * Refused on the way: what a hand could walk on to has this name, if no
 * link is met. Only for the first path, and only if it is in plain form.
 */
static bool
name_refused(struct judge *judge, struct call *call, struct resolve_pin *pin)
{
	struct resolve_view view;
	char folder[PATH_MAX];
	const char *rest = pin->rest;

	if (pin->parent == -1 || rest[0] == '\0' || pin->slash ||
	    strncmp(rest, "../", 3) == 0 || strncmp(rest, "./", 2) == 0 ||
	    strstr(rest, "/./") != NULL || strstr(rest, "/../") != NULL ||
	    strstr(rest, "//") != NULL || make_view(judge, call, &view) != 0 ||
	    resolve_name(&view, pin->parent, folder, sizeof(folder),
		&pin->outside) != 0)
		return false;
	return (size_t)snprintf(pin->path, sizeof(pin->path), "%s/%s",
		   strcmp(folder, "/") == 0 ? "" : folder,
		   rest) < sizeof(pin->path);
}

/*
 * An object whose name cannot be proven is one that no rule could speak of:
 * of another mount namespace, by a folder that was passed in. (What is deleted
 * has no name that could be taken for another's.)
 */
static bool
is_unnameable(const struct call *call, const struct resolve_pin *pin)
{
	return pin->outside && call->process->own_root &&
	    (pin->object == -1 ||
		(pin->st.st_nlink > 0 && pin->path[0] == '('));
}

int
call_pin(struct judge *judge, struct call *call)
{
	const struct sys_arg *arg;
	struct resolve_pin *pin;
	size_t k = 0;
	int error;

	call->walk_error = 0;
	for (arg = call->row->args; arg->name != NULL && k < CALL_PATHS;
	     arg++) {
		if (arg->kind != SYS_PATH && arg->kind != SYS_FDPATH &&
		    (arg->kind != SYS_SOCKADDR || !call->addr_is_path))
			continue;
		pin = &call->pin[k];
		if (arg->kind != SYS_FDPATH && !call->has_path[k]) {
			k++;
			continue;
		}
		error = pin_argument(judge, call, arg, k, pin);
		if (error == 0 && arg->kind != SYS_FDPATH &&
		    is_unnameable(call, pin))
			error = EACCES;
		if (error == EACCES && k == 0 && call->process->elevated &&
		    name_refused(judge, call, pin))
			call->walk_error = EACCES;
		else if (error != 0)
			return error;
		note_missing(pin);
		k++;
	}
	call->npins = k;
	return 0;
}

#define AT_ONCE                                                         \
	(O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_DIRECTORY | O_NOFOLLOW | \
	    0100000 /* the kernel's O_LARGEFILE */)

/*
 * What is below /proc is the program's own view, and what is below /dev may
 * have effects when it is opened.
 */
static bool
may_do_at_once(const struct call *call)
{
	const char *path = call->path[0];

	return call->base->op == SYS_OP_OPEN && call->has_path[0] &&
	    (call->how.flags & ~(uint64_t)AT_ONCE) == 0 &&
	    call->how.resolve == 0 && strncmp(path, "/proc", 5) != 0 &&
	    strncmp(path, "/dev", 4) != 0 && resolve_is_canonical(path);
}

static void
leave_unpinned(struct call *call)
{
	struct resolve_pin *pin = &call->pin[0];

	resolve_pin_init(pin);
	(void)strlcpy(pin->path, call->path[0], sizeof(pin->path));
	call->npins = 1;
	call->walk_error = 0;
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
					      call->sock),
		    buf, SYS_VALUE_MAX);
	return sys_format_sockaddr(&call->addr, call->addr_len, buf,
	    SYS_VALUE_MAX);
}

static bool
is_creating(const struct call *call)
{
	return (call->how.flags & (O_CREAT | TMPFILE_BIT)) != 0;
}

/* One argument as text. False: this call has not got it. */
static bool
format_argument(struct call *call, const struct sys_arg *arg, size_t *k,
    char *text, bool *missing)
{
	struct resolve_pin *pin;

	switch (arg->kind) {
	case SYS_PATH:
	case SYS_FDPATH:
		if (*k >= call->npins || call->pin[*k].path[0] == '\0') {
			(*k)++;
			return false;
		}
		pin = &call->pin[(*k)++];
		*missing = pin->missing;
		return (size_t)snprintf(text, SYS_VALUE_MAX, "%s", pin->path) <
		    SYS_VALUE_MAX;
	case SYS_HOWFLAGS:
	case SYS_OFLAGS:
	case SYS_CREATFLAGS:
		sys_format_oflags(call->how.flags, text, SYS_VALUE_MAX);
		return true;
	case SYS_HOWMODE:
		(void)snprintf(text, SYS_VALUE_MAX, "%o",
		    (unsigned int)call->how.mode);
		return is_creating(call);
	case SYS_STRING:
		return (size_t)snprintf(text, SYS_VALUE_MAX, "%s",
			   call->string) < SYS_VALUE_MAX;
	case SYS_SOCKADDR:
		if (call->row->disposal != SYS_PERFORMED)
			return false;
		if (!call->addr_is_path)
			return format_address(call, text) == 0;
		*missing = call->pin[0].missing;
		return (size_t)snprintf(text, SYS_VALUE_MAX, "%s",
			   call->pin[0].path) < SYS_VALUE_MAX;
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
	int fd;

	call->cwd[0] = '\0';
	if (!judge->plan->uses_cwd || make_view(judge, call, &view) != 0)
		return;
	fd = reach_open(&judge->reach, call->ticket.id, call->thread->tid,
	    call->thread->folder, REACH_CWD, 0);
	if (fd == -1)
		return;
	if (resolve_name(&view, fd, call->cwd, sizeof(call->cwd), &outside) !=
		0 ||
	    outside)
		call->cwd[0] = '\0';
	close(fd);
}

bool
call_at_once(struct judge *judge, struct call *call)
{
	struct resolve_view view;
	int fd;

	if (judge->creds_changed || make_view(judge, call, &view) != 0 ||
	    !call_is_plainly_permitted(judge, call))
		return false;
	fd = resolve_open_at_once(&view, call->path[0], call->how.flags);
	if (fd == -1)
		return false;
	(void)call_give(judge, call, fd, (call->how.flags & O_CLOEXEC) != 0);
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

int
call_decode(struct judge *judge, struct call *call)
{
	struct policy_request *request = &call->request;
	int error;

	error = copy_all(judge, call);
	if (error != 0)
		return error;
	call->base = sys_base(call->row, call->regs, call->empty[0]);
	call->alias = sys_alias_of(call->base, call->how.flags);
	call->unpinned = may_do_at_once(call);
	if (call->unpinned)
		leave_unpinned(call);
	else
		error = call_pin(judge, call);
	/* Judged whole: its paths are only for the log. */
	if (error != 0 && call->row->disposal == SYS_PERFORMED)
		return error;
	if (error != 0 && call->row->disposal == SYS_EXEC)
		return error;
	find_cwd(judge, call);
	request->call = call->row;
	request->base = call->base;
	request->alias = call->alias;
	request->regs = call->regs;
	request->caller = &judge->plan->caller;
	request->cwd = call->cwd[0] != '\0' ? call->cwd : NULL;
	request->no_alias = judge->plan->options.no_alias;
	format_all(call);
	return 0;
}

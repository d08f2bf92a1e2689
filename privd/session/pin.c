/* SPDX-License-Identifier: ISC */
/*
 * The one walk: each path of a call is walked as the caller, where the program
 * stands, until it is pinned (../resolve), and every later step works on what
 * was pinned. The user can change folders at any moment; what changes after the
 * pin has no part in the call any more.
 */
#include "call.h"

#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "judge.h"
#include "message.h"
#include "mount.h"
#include "words.h"

/* Is this folder of /proc that of the calling program itself? */
bool
call_owns_folder(void *context, const struct stat *folder)
{
	static const char *const parts[] = { "", "/fd", "/fdinfo", "/ns",
		"/map_files" };
	const struct call *call = context;
	const struct thread *thread = call->thread;
	pid_t tgid = call->process->tgid;
	char path[64];
	struct stat st;
	size_t i;

	if (fstat(thread->folder, &st) == -1 || st.st_dev != folder->st_dev)
		return false;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		(void)snprintf(path, sizeof(path), ".%s", parts[i]);
		if (fstatat(thread->folder, path, &st, 0) == 0 &&
		    resolve_same(&st, folder))
			return true;
		(void)snprintf(path, sizeof(path), "/proc/%d/task/%d%s", tgid,
		    thread->tid, parts[i]);
		if (stat(path, &st) == 0 && resolve_same(&st, folder))
			return true;
		/* /proc/TGID of a thread that is not its leader. */
		(void)snprintf(path, sizeof(path), "/proc/%d%s", tgid,
		    parts[i]);
		if (stat(path, &st) == 0 && resolve_same(&st, folder))
			return true;
	}
	return false;
}

/* Folders that the kernel lets a program into whoever owns them by now. */
static bool
is_open_to_itself(const struct resolve_pin *pin)
{
	static const char *const names[] = { "fd", "map_files" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (S_ISDIR(pin->st.st_mode) &&
		    strcmp(pin->name, names[i]) == 0)
			return true;
	return false;
}

/*
 * To look into its own folder of /proc a program needs no right; we do. No
 * other is lent: some files there (stack, pagemap) tell more to whoever had
 * it when they were opened.
 */
bool
call_raise_own(struct call *call, const struct resolve_pin *pin)
{
	if (pin->parent == -1 || !call_owns_folder(call, &pin->parent_st))
		return false;
	if (is_open_to_itself(pin))
		reach_raise(&call->judge->reach);
	else
		reach_raise_own(&call->judge->reach);
	return true;
}

static int
open_magic(void *context, int folder, const char *name, int flags)
{
	struct call *call = context;

	return reach_openat(&call->judge->reach, folder, name, O_PATH | flags);
}

int
call_view(struct judge *judge, struct call *call, struct resolve_view *view)
{
	if (call->root == NULL)
		call->root = process_root(judge->table, call->thread,
		    call->ticket.id);
	if (call->root == NULL)
		return errno;
	view->root = call->root->fd;
	view->own_root = call->root->own;
	view->root_mount = view->own_root ? process_root_mount(judge->table) :
					    0;
	view->tgid = call->process->tgid;
	view->tid = call->thread->tid;
	view->owns = call_owns_folder;
	view->magic = open_magic;
	view->context = call;
	return 0;
}

/* The folder that a relative path starts from. */
static int
open_start(struct judge *judge, struct call *call, const struct sys_arg *arg,
    int *start)
{
	enum reach_what what = REACH_FD;
	int number = AT_FDCWD;

	if (arg->kind == SYS_FDPATH && call->fd != -1) {
		*start = fcntl(call->fd, F_DUPFD_CLOEXEC, 3);
		return *start == -1 ? errno : 0;
	}
	if (arg->kind == SYS_PATH && arg->aux != SYS_CWD)
		number = (int)call->regs[arg->aux];
	else if (arg->kind == SYS_FDPATH)
		number = (int)call->regs[arg->reg];
	else if (call_names_folder(call))
		number = (int)call->regs[4];
	if (arg->kind != SYS_FDPATH && number == AT_FDCWD)
		what = REACH_CWD;
	*start = reach_open(&judge->reach, call->ticket.id, call->thread->tid,
	    call->thread->folder, what, number);
	if (*start != -1)
		return 0;
	if (what == REACH_FD && (errno == ENOENT || number < 0))
		return EBADF;
	return errno;
}

/* Nothing is made then, whatever the other flags say. */
static bool
is_path_only(const struct call *call)
{
	return (call->how.flags & O_PATH) != 0;
}

/* Does an open act on a link itself (and then refuse it)? */
static bool
walk_flags_nofollow(const struct call *call)
{
	const uint64_t exclusive = O_CREAT | O_EXCL;

	return (call->how.flags & O_NOFOLLOW) != 0 ||
	    (!is_path_only(call) && (call->how.flags & exclusive) == exclusive);
}

/* Does the call act on a link itself, by its nature or its flags? */
static bool
acts_on_link(const struct call *call, const struct sys_arg *arg)
{
	uint64_t flags = call_at_flags(call, arg);

	if ((flags & AT_SYMLINK_FOLLOW) != 0 &&
	    (call->base->op == SYS_OP_LINK || call->base->op == SYS_OP_HANDLE))
		return false;
	if (call->base->op == SYS_OP_UMOUNT)
		return (call->ask.numbers.flags & UMOUNT_NOFOLLOW) != 0;
	if (call->base->op == SYS_OP_INOTIFY)
		return (call->ask.numbers.mask & IN_DONT_FOLLOW) != 0;
	if (call->base->op == SYS_OP_FANOTIFY)
		return (call->ask.numbers.flags & FAN_MARK_DONT_FOLLOW) != 0;
	return (arg->flags & SYS_ARG_NOFOLLOW) != 0 ||
	    (flags & AT_SYMLINK_NOFOLLOW) != 0;
}

static unsigned int
walk_flags(const struct call *call, const struct sys_arg *arg)
{
	unsigned int flags = 0;

	if (call->base->op == SYS_OP_OPEN) {
		if ((call->how.flags & O_CREAT) != 0 && !is_path_only(call))
			flags |= RESOLVE_CREATE;
		if (walk_flags_nofollow(call))
			flags |= RESOLVE_NOFOLLOW;
		return flags;
	}
	/* Where it is mounted; of what ends in a slash it is found later. */
	if (call->base->op == SYS_OP_UMOUNT && call->path[0][0] != '\0' &&
	    call->path[0][strlen(call->path[0]) - 1] != '/')
		flags |= RESOLVE_CREATE;
	if ((arg->flags & SYS_ARG_PARENT) != 0 || call->base->op == SYS_OP_BIND)
		flags |= RESOLVE_ENTRY;
	if (acts_on_link(call, arg))
		flags |= RESOLVE_NOFOLLOW;
	return flags;
}

/*
 * The kernel walks with what is ours: /proc/self, and the root, to which ".."
 * and absolute links lead. So what lies in /proc is not opened in this way, nor
 * are links followed that jump; and of a program in another root a walk begins
 * there, and stays below it, or stays below its folder.
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
		if ((resolve & RESOLVE_BENEATH) != 0) {
			errno = EXDEV;
			return -1;
		}
		start = view->root;
		if (!view->own_root)
			how.resolve |= RESOLVE_IN_ROOT;
	} else if (!view->own_root && (resolve & RESOLVE_IN_ROOT) == 0) {
		how.resolve |= RESOLVE_BENEATH;
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

/* A link to nothing: what would be made is where that leads. */
static bool
is_dangling(const struct call *call, int folder, const char *name)
{
	struct stat st;

	return (call->how.flags & O_EXCL) == 0 &&
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode);
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
	if (is_dangling(call, fd, name)) {
		close(fd);
		return EXDEV;
	}
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
	unsigned int flags = walk_flags(call, arg);
	bool needs_start;
	int start = -1, error;

	if (memo_has(&judge->linked, call->path[k]))
		flags |= RESOLVE_LINKED;
	needs_start = arg->kind == SYS_FDPATH || call->empty[k] ||
	    call->path[k][0] != '/' || call->how.resolve != 0;
	error = call_view(judge, call, &view);
	if (error == 0 && needs_start)
		error = open_start(judge, call, arg, &start);
	if (error != 0)
		return error;
	judge_leave(judge);
	if (arg->kind == SYS_FDPATH || call->empty[k]) {
		error = resolve_adopt(&view, start, pin);
		start = -1;
	} else if (call->base->op == SYS_OP_OPEN && call->how.resolve != 0) {
		error = pin_by_how(&view, start, call, pin);
	} else {
		error = resolve_path(&view, start, call->path[k], flags, pin);
		/* What is mounted may be dead, or not let us look: then it is
		   the entry, of which nothing is asked. */
		if (call->base->op == SYS_OP_UMOUNT &&
		    (error == EACCES || error == ENOTCONN || error == EIO)) {
			resolve_clear(pin);
			error = resolve_path(&view, start, call->path[k],
			    RESOLVE_ENTRY | RESOLVE_NOFOLLOW, pin);
		}
	}
	judge_return(judge);
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

	error = call_view(judge, call, &view);
	if (error != 0)
		return error;
	if (path[0] != '/') {
		start = reach_open(&judge->reach, call->ticket.id,
		    call->thread->tid, call->thread->folder, REACH_CWD, 0);
		if (start == -1)
			return errno;
	}
	judge_leave(judge);
	error = resolve_path(&view, start, path, 0, pin);
	judge_return(judge);
	if (start != -1)
		close(start);
	return error;
}

/* A file can wait for its file system when it is closed. */
static void
drop_message(struct call *call)
{
	struct message *message = call->message;

	call->message = NULL;
	if (message == NULL)
		return;
	judge_leave(call->judge);
	message_free(message);
	judge_return(call->judge);
}

void
call_clear(struct call *call)
{
	size_t i;

	for (i = 0; i < CALL_PATHS; i++)
		resolve_clear(&call->pin[i]);
	if (call->fd != -1)
		close(call->fd);
	call->fd = -1;
	if (call->extra != -1)
		close(call->extra);
	call->extra = -1;
	if (call->held != -1)
		close(call->held);
	call->held = -1;
	call->npins = 0;
	target_clear(&call->target);
	drop_message(call);
	words_free(call->words);
	call->words = NULL;
	process_put(&call->memory);
	process_put(&call->maps);
	process_put(&call->root);
}

/* An entry that will be made or removed: is there one now? Its file system may
   take its time to say so. */
static int
note_missing(struct judge *judge, struct resolve_pin *pin)
{
	int error;

	if (pin->object != -1 || pin->missing || pin->parent == -1)
		return 0;
	judge_leave(judge);
	error = resolve_look_for(pin->parent, pin->name, &pin->missing);
	judge_return(judge);
	return error;
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
	int error;

	if (pin->parent == -1 || rest[0] == '\0' || pin->slash ||
	    strncmp(rest, "../", 3) == 0 || strncmp(rest, "./", 2) == 0 ||
	    strstr(rest, "/./") != NULL || strstr(rest, "/../") != NULL ||
	    strstr(rest, "//") != NULL || call_view(judge, call, &view) != 0)
		return false;
	judge_leave(judge);
	error = resolve_name(&view, pin->parent, folder, sizeof(folder),
	    &pin->outside);
	judge_return(judge);
	return error == 0 &&
	    (size_t)snprintf(pin->path, sizeof(pin->path), "%s/%s",
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
	return pin->outside && call_has_own_root(call) &&
	    (pin->object == -1 ||
		(pin->st.st_nlink > 0 && pin->path[0] == '('));
}

static int
pin_one(struct judge *judge, struct call *call, const struct sys_arg *arg,
    size_t k)
{
	struct resolve_pin *pin = &call->pin[k];
	int error;

	error = pin_argument(judge, call, arg, k, pin);
	if (error == 0 && arg->kind != SYS_FDPATH && is_unnameable(call, pin))
		error = EACCES;
	call->barred[k] = error == EACCES && pin->parent != -1 && !pin->deep &&
	    pin->rest[0] != '\0';
	call->refused[k] = error == EACCES && call->process->elevated &&
	    name_refused(judge, call, pin);
	if (error != 0 && !call->refused[k])
		return error;
	if (call->refused[k])
		call->walk_error = EACCES;
	return note_missing(judge, pin);
}

static bool
is_path(const struct call *call, const struct sys_arg *arg)
{
	return arg->kind == SYS_PATH || arg->kind == SYS_FDPATH ||
	    arg->kind == SYS_SOURCE ||
	    (call->addr_is_path &&
		(arg->kind == SYS_SOCKADDR || arg->kind == SYS_MSGHDR ||
		    arg->kind == SYS_MMSGHDR));
}

static bool
is_name_too_long(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strlen(slash == NULL ? path : slash + 1) > NAME_MAX;
}

/* What the kernel says of a path whose name it does not look for yet. */
static int
error_of_folder(const struct resolve_pin *pin)
{
	if (pin->deep)
		return ENOENT;
	if (pin->parent == -1)
		return EBUSY; /* "." and its like are no names */
	return perform_access(pin->parent, X_OK) == -1 && errno == EACCES ?
	    EACCES :
	    0;
}

static bool
is_late(const struct call *call, const int errors[CALL_PATHS], size_t k)
{
	return errors[k] == ENAMETOOLONG && is_name_too_long(call->path[k]);
}

/*
 * Of two paths the kernel walks to the folders of both before it looks for
 * what is to be renamed, and for the name that it is to get last of all; what
 * is to be linked it looks for first. errors: of the two pins, of which one
 * failed at least.
 */
static int
error_of_two(const struct call *call, const int errors[CALL_PATHS])
{
	const struct resolve_pin *first = &call->pin[0];
	int error;

	if (call->base->op == SYS_OP_LINK && errors[0] == 0)
		return first->missing ? ENOENT : errors[1];
	if (call->base->op == SYS_OP_LINK ||
	    (errors[0] != 0 && !is_late(call, errors, 0)))
		return errors[0];
	error = errors[0] == 0 ? error_of_folder(first) : 0;
	if (error != 0 && error != EBUSY)
		return error;
	if (errors[1] != 0 && !is_late(call, errors, 1))
		return errors[1];
	if (errors[1] == 0)
		error = error_of_folder(&call->pin[1]);
	if (error == 0 && errors[0] == 0 && first->missing)
		error = ENOENT;
	return error != 0 ? error : ENAMETOOLONG;
}

static bool
has_two_entries(const struct call *call)
{
	return call->base->op == SYS_OP_RENAME || call->base->op == SYS_OP_LINK;
}

/* 0, or why it cannot be. */
static int
pin_path(struct judge *judge, struct call *call, const struct sys_arg *arg,
    size_t k)
{
	call->ask.pin[k] = NULL;
	resolve_pin_init(&call->pin[k]);
	if (k == 1 && call->late_error != 0)
		return call->late_error;
	if (arg->kind != SYS_FDPATH && !call->has_path[k])
		return 0;
	call->ask.pin[k] = &call->pin[k];
	return pin_one(judge, call, arg, k);
}

int
call_pin(struct judge *judge, struct call *call)
{
	int errors[CALL_PATHS] = { 0, 0 }, error;
	const struct sys_arg *arg;
	size_t k = 0;

	call->walk_error = 0;
	for (arg = call->row->args; arg->name != NULL && k < CALL_PATHS;
	     arg++) {
		if (!is_path(call, arg))
			continue;
		errors[k] = pin_path(judge, call, arg, k);
		if (errors[k] != 0 && !has_two_entries(call))
			return errors[k];
		k++;
	}
	if (errors[0] != 0 || errors[1] != 0) {
		judge_leave(judge);
		error = error_of_two(call, errors);
		judge_return(judge);
		return error;
	}
	call->npins = k;
	return 0;
}

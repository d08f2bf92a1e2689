/* SPDX-License-Identifier: ISC */
/*
 * What a mount names in memory is copied once, as the kernel copies it, and
 * shown to the policy as text: options that are not are not passed on. What a
 * rule that elevates does not speak of cannot make more of a mount than a
 * plain new one, without set-user-id programs and devices.
 */
#include "mount.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../perform/contexts.h"
#include "../perform/perform.h"
#include "../policy/policy.h"
#include "../compat.h"
#include "call.h"
#include "judge.h"
#include "rule.h"

#define PAGE 4096

/* Not of a file system that comes new: of one that is there. */
#define CHANGES                                                               \
	(MS_REMOUNT | MS_BIND | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | \
	    MS_UNBINDABLE)

static void
append(struct call *call, unsigned int nth, const char *text)
{
	size_t n = strlen(text) + 1;

	memcpy(call->data + call->ask.len, text, n);
	call->ask.len += n;
	call->ask.memory.structs |= 1U << nth;
}

/* A page, or what there is of it. */
static int
copy_options(struct judge *judge, struct call *call, uint64_t addr, char *buf)
{
	size_t first = PAGE - (size_t)(addr % PAGE);
	int error;

	memset(buf, 0, PAGE);
	error = call_copy(judge, call, addr, buf, first);
	if (error != 0)
		return error;
	if (first < PAGE &&
	    call_copy(judge, call, addr + first, buf + first, PAGE - first) !=
		0)
		memset(buf + first, 0, PAGE - first);
	buf[PAGE - 1] = '\0';
	return 0;
}

/* One that is not there, or not to be had, is what the kernel says EINVAL
   of. */
static int
take_descriptor(struct judge *judge, struct call *call, const char *options)
{
	size_t from = 0, to = 0;

	if (perform_mount_fd(options, &from, &to) != 1)
		return 0;
	call->fd = reach_take(&judge->reach, call->ticket.id, call->thread->tid,
	    call->process->tgid, (int)strtoul(options + from, NULL, 0));
	return 0;
}

int
call_take_mount(struct judge *judge, struct call *call, uint64_t addr)
{
	char options[PAGE];
	bool typed = call->regs[2] != 0;
	int error;

	call->ask.data = call->data;
	call->has_path[0] = call->path[0][0] != '\0' &&
	    perform_source_is_path(call->ask.numbers.flags,
		typed ? call->string : NULL);
	if (call->regs[0] != 0)
		append(call, 0, call->path[0]);
	if (typed)
		append(call, 1, call->string);
	if (addr == 0)
		return 0;
	error = copy_options(judge, call, addr, options);
	if (error != 0)
		return error;
	append(call, 2, options);
	return take_descriptor(judge, call, options);
}

/* Its two halves each have the flags that others have as AT_*. */
uint64_t
call_move_flags(uint32_t flags, bool source)
{
	uint32_t links = source ? MOVE_MOUNT_F_SYMLINKS : MOVE_MOUNT_T_SYMLINKS;
	uint32_t empty = source ? MOVE_MOUNT_F_EMPTY_PATH :
				  MOVE_MOUNT_T_EMPTY_PATH;

	return ((flags & links) != 0 ? 0 : AT_SYMLINK_NOFOLLOW) |
	    ((flags & empty) != 0 ? AT_EMPTY_PATH : 0);
}

/* The space that its users are to be mapped by is a descriptor. */
int
call_take_attr(struct judge *judge, struct call *call, uint64_t addr)
{
	struct mount_attr attr;
	int error;

	error = call_copy_struct(judge, call, addr, call->ask.numbers.size,
	    &attr, sizeof(attr));
	if (error != 0)
		return error;
	memcpy(call->data, &attr, sizeof(attr));
	call->ask.data = call->data;
	call->ask.len = sizeof(attr);
	if ((attr.attr_set & MOUNT_ATTR_IDMAP) == 0)
		return 0;
	if (attr.userns_fd > INT_MAX)
		return EINVAL;
	call->fd = reach_take(&judge->reach, call->ticket.id, call->thread->tid,
	    call->process->tgid, (int)attr.userns_fd);
	return call->fd == -1 ? EBADF : 0;
}

#define CMD_CREATE_EXCL 8 /* Linux 6.6 */

/* As the kernel looks at them, before all else. */
static int
config_error(const uint64_t *regs)
{
	bool key = regs[2] != 0, value = regs[3] != 0;
	int aux = (int)regs[4];

	if ((int)regs[0] < 0)
		return EINVAL;
	switch ((uint32_t)regs[1]) {
	case FSCONFIG_SET_FLAG:
		return key && !value && aux == 0 ? 0 : EINVAL;
	case FSCONFIG_SET_STRING:
		return key && value && aux == 0 ? 0 : EINVAL;
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY:
		return key && value && (aux == AT_FDCWD || aux >= 0) ? 0 :
								       EINVAL;
	case FSCONFIG_SET_FD:
		return key && !value && aux >= 0 ? 0 : EINVAL;
	case FSCONFIG_CMD_CREATE:
	case FSCONFIG_CMD_RECONFIGURE:
	case CMD_CREATE_EXCL:
		return !key && !value && aux == 0 ? 0 : EINVAL;
	case FSCONFIG_SET_BINARY: /* no file system has one */
		return EINVAL;
	default:
		return EOPNOTSUPP;
	}
}

bool
call_names_folder(const struct call *call)
{
	uint32_t cmd = (uint32_t)call->regs[1];

	return call->base->op == SYS_OP_FSCONFIG &&
	    (cmd == FSCONFIG_SET_PATH || cmd == FSCONFIG_SET_PATH_EMPTY);
}

/* The descriptor that an option is. */
static int
take_extra(struct judge *judge, struct call *call, const char *value)
{
	unsigned long number = call->regs[4];
	char *end;

	if (value != NULL) {
		number = strtoul(value, &end, 0);
		if (end == value || *end != '\0')
			return EINVAL;
	}
	call->extra = reach_take(&judge->reach, call->ticket.id,
	    call->thread->tid, call->process->tgid, (int)number);
	call->ask.extra = call->extra;
	return call->extra == -1 ? EBADF : 0;
}

int
call_take_config(struct judge *judge, struct call *call)
{
	bool key = call->regs[2] != 0, value = call->regs[3] != 0;
	struct context_config config;
	int error;

	error = config_error(call->regs);
	if (error == 0)
		error = call_take_descriptor(judge, call);
	if (error != 0)
		return error;
	if ((key && strlen(call->string) > PERFORM_NAME_MAX) ||
	    (value && !call_names_folder(call) &&
		strlen(call->path[0]) > PERFORM_NAME_MAX))
		return EINVAL;
	call->ask.data = call->data;
	call->ask.fd = call->fd;
	if (value)
		append(call, 0, call->path[0]);
	if (key)
		append(call, 1, call->string);
	if (!contexts_config(&call->ask, &config))
		return EINVAL;
	call->has_path[0] = config.with_path;
	call->empty[0] = config.with_path && call->path[0][0] == '\0';
	if (call->empty[0] && config.cmd == FSCONFIG_SET_PATH)
		return ENOENT;
	return config.with_fd ? take_extra(judge, call, config.value) : 0;
}

void
call_note_context(struct call *call)
{
	struct context_texts texts;

	if ((call->row->op == SYS_OP_FSCONFIG ||
		call->row->op == SYS_OP_FSMOUNT) &&
	    contexts_texts(call->fd, &texts))
		call->ask.version = texts.version;
}

void
call_take_stand_in(struct judge *judge, struct call *call, size_t path)
{
	struct context_texts texts;
	int fd;

	if (path != 0 || call->row->op != SYS_OP_MOVE_MOUNT ||
	    !call->empty[0] || (int)call->regs[0] < 0)
		return;
	fd = reach_take(&judge->reach, call->ticket.id, call->thread->tid,
	    call->process->tgid, (int)call->regs[0]);
	if (fd == -1)
		return;
	if (!contexts_texts(fd, &texts)) {
		close(fd);
		return;
	}
	call->fd = fd;
	call->ask.version = texts.version;
	call->has_path[0] = false;
}

static uint64_t
mount_id(int fd, const char *name)
{
	struct statx stx;

	if (statx(fd, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_MNT_ID,
		&stx) == -1 ||
	    (stx.stx_mask & STATX_MNT_ID) == 0)
		return UINT64_MAX;
	return stx.stx_mnt_id;
}

/* Of a path that ended in a dot: by its name, which meets no link. */
static void
find_entry(struct judge *judge, struct call *call, struct resolve_pin *pin)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS,
	};
	const char *slash = strrchr(pin->path, '/');
	char folder[PATH_MAX];
	struct resolve_view view;

	if (pin->parent != -1 || pin->outside || pin->path[0] != '/' ||
	    slash[1] == '\0' || call_view(judge, call, &view) != 0)
		return;
	(void)snprintf(folder, sizeof(folder), "%.*s",
	    (int)(slash - pin->path) + 1, pin->path);
	(void)strlcpy(pin->name, slash + 1, sizeof(pin->name));
	pin->parent = (int)syscall(SYS_openat2, view.root, folder, &how,
	    sizeof(how));
}

void
call_leave_mount(struct judge *judge, struct call *call)
{
	struct resolve_pin *pin = &call->pin[0];

	if (call->ask.op != SYS_OP_UMOUNT || pin->object == -1)
		return;
	find_entry(judge, call, pin);
	if (pin->parent == -1 || pin->name[0] == '\0' ||
	    mount_id(pin->parent, pin->name) != mount_id(pin->object, ""))
		return;
	close(pin->object);
	pin->object = -1;
}

/* Who maps users could give himself what is another's; and what is mounted
   below has a name of its own. */
static bool
attr_may_be_lent(const struct policy_expr *expr,
    const struct perform_request *ask)
{
	struct mount_attr attr;

	return perform_mount_attr(ask, &attr) &&
	    (attr.attr_set & MOUNT_ATTR_IDMAP) == 0 &&
	    (ask->numbers.flags & AT_RECURSIVE) == 0 &&
	    (attr.attr_set == 0 || rule_tests(expr, "mountflags")) &&
	    (attr.attr_clr == 0 || rule_tests(expr, "clearflags")) &&
	    (attr.propagation == 0 || rule_tests(expr, "propagation"));
}

/* What makes more than a plain new one must be spoken of. */
static bool
config_may_be_lent(const struct policy_expr *expr,
    const struct perform_request *ask)
{
	struct context_config config;

	if (!contexts_config(ask, &config))
		return false;
	if (config.cmd == FSCONFIG_CMD_RECONFIGURE)
		return rule_tests(expr, "cmd");
	return (config.key == NULL || rule_tests(expr, "key")) &&
	    (config.value == NULL || rule_tests(expr, "value"));
}

static bool
tree_may_be_lent(const struct policy_expr *expr,
    const struct perform_request *ask)
{
	return rule_tests(expr, "source") &&
	    ((ask->numbers.flags & AT_RECURSIVE) == 0 ||
		rule_tests(expr, "mountflags"));
}

static bool
fsmount_may_be_lent(const struct policy_expr *expr, struct perform_request *ask)
{
	if (!rule_tests(expr, "mountflags"))
		ask->numbers.plain[0] |= MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	return true;
}

/* What is moved is lent by its name alone, or by what it is of. */
static bool
move_may_be_lent(const struct policy_expr *expr,
    const struct perform_request *ask)
{
	const uint64_t more = COMPAT_MOVE_MOUNT_SET_GROUP |
	    COMPAT_MOVE_MOUNT_BENEATH;

	return (rule_tests(expr, "source") ||
		   (ask->fd != -1 && rule_tests(expr, "fstype"))) &&
	    ((ask->numbers.flags & more) == 0 ||
		rule_tests(expr, "mountflags"));
}

static bool
quota_may_be_lent(const struct policy_expr *expr,
    const struct perform_request *ask)
{
	const struct sys_quota *quota = sys_quota(ask->numbers.plain[0]);

	return quota != NULL && (!quota->changes || rule_tests(expr, "cmd"));
}

static bool
new_may_be_lent(const struct policy_rule *rule, struct perform_request *ask)
{
	struct perform_mount_texts texts;
	uint64_t flags = perform_mount_flags(ask->numbers.flags);

	if (!perform_mount_texts(ask, &texts))
		return false;
	if (texts.data != NULL && texts.data[0] != '\0' &&
	    !rule_tests(rule->expr, "data"))
		return false;
	if (rule_tests(rule->expr, "mountflags"))
		return true;
	ask->numbers.flags = flags | MS_NOSUID | MS_NODEV;
	return (flags & CHANGES) == 0;
}

void
call_let_go_of_mounts(struct call *call)
{
	size_t k;

	switch ((unsigned int)call->ask.op) {
	case SYS_OP_MOUNT:
	case SYS_OP_MOUNT_ATTR:
	case SYS_OP_MOVE_MOUNT:
	case SYS_OP_OPEN_TREE:
		for (k = 0; k < CALL_PATHS; k++)
			resolve_clear(&call->pin[k]);
		break;
	default:
		break;
	}
}

bool
mount_may_be_lent(const struct policy_rule *rule, struct perform_request *ask)
{
	switch ((unsigned int)ask->op) {
	case SYS_OP_MOUNT:
		return new_may_be_lent(rule, ask);
	case SYS_OP_MOUNT_ATTR:
		return attr_may_be_lent(rule->expr, ask);
	case SYS_OP_MOVE_MOUNT:
		return move_may_be_lent(rule->expr, ask);
	case SYS_OP_FSOPEN:
		return rule_tests(rule->expr, "fstype");
	case SYS_OP_FSCONFIG:
		return config_may_be_lent(rule->expr, ask);
	case SYS_OP_FSMOUNT:
		return fsmount_may_be_lent(rule->expr, ask);
	case SYS_OP_OPEN_TREE:
		return tree_may_be_lent(rule->expr, ask);
	case SYS_OP_QUOTA:
		return quota_may_be_lent(rule->expr, ask);
	default:
		return true;
	}
}

bool
mount_format_attr(const struct perform_request *ask, unsigned int kind,
    char *text)
{
	struct mount_attr attr;
	bool spread = kind == SYS_ATTRSPREAD;

	if (!perform_mount_attr(ask, &attr))
		return false;
	return sys_format_value(spread ? SYS_MOUNTFLAGS : SYS_ATTRFLAGS,
		   spread                  ? attr.propagation :
		       kind == SYS_ATTRSET ? attr.attr_set :
					     attr.attr_clr,
		   text, SYS_VALUE_MAX) == 0;
}

bool
mount_format_context(int token, unsigned int kind, char *text)
{
	struct context_texts texts;
	const char *found;

	if (!contexts_texts(token, &texts))
		return false;
	found = kind == SYS_CTXTYPE ? texts.fstype :
	    kind == SYS_CTXSOURCE   ? texts.source :
				      texts.data;
	return strlcpy(text, found, SYS_VALUE_MAX) < SYS_VALUE_MAX;
}

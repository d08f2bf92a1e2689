/* SPDX-License-Identifier: ISC */
/*
 * The calls that a hand may make at all: those that its rules' operations
 * need. Whoever has the hand itself in hand gets no further than these.
 */
#include "hand_jail.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../compat.h"
#include "fence.h"
#include "jail.h"
#include "session.h"

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)
#define CALLS_MAX 3 /* of one operation */

static const struct jail_rule always[] = {
	ANY(SYS_recvmsg),
	ANY(SYS_sendmsg),
	ANY(SYS_close),
	/* Nothing is read or written here: fcntl is for duplicates. */
	ANY(SYS_fcntl),
	ANY(SYS_readlink),
	ANY(SYS_fstat),
	ANY(SYS_newfstatat),
	ANY(SYS_umask),
};

static const struct jail_rule for_files[] = {
	ANY(SYS_statx),
	ANY(SYS_readlinkat),
	ANY(SYS_setfsuid),
	/* Openings that make nothing; with rules that name `open`, all. */
	{ SYS_openat, O_CREAT | O_TRUNC | TMPFILE_BIT, 0, 2 },
};

/* What performing each operation calls. */
static const int calls[SYS_OPS][CALLS_MAX] = {
	[SYS_OP_OPEN] = { SYS_openat },
	[SYS_OP_ACCESS] = { SYS_faccessat2 },
	[SYS_OP_STATFS] = { SYS_fstatfs },
	[SYS_OP_GETXATTR] = { SYS_getxattr, SYS_fgetxattr },
	[SYS_OP_LISTXATTR] = { SYS_listxattr, SYS_flistxattr },
	[SYS_OP_SETXATTR] = { SYS_setxattr, SYS_fsetxattr },
	[SYS_OP_REMOVEXATTR] = { SYS_removexattr, SYS_fremovexattr },
	[SYS_OP_GETATTR] = { COMPAT_SYS_file_getattr },
	[SYS_OP_SETATTR] = { COMPAT_SYS_file_setattr },
	[SYS_OP_UNLINK] = { SYS_unlinkat },
	[SYS_OP_RMDIR] = { SYS_unlinkat },
	[SYS_OP_MKDIR] = { SYS_mkdirat },
	[SYS_OP_MKNOD] = { SYS_mknodat },
	[SYS_OP_RENAME] = { SYS_renameat2 },
	[SYS_OP_LINK] = { SYS_linkat },
	[SYS_OP_SYMLINK] = { SYS_symlinkat },
	[SYS_OP_CHMOD] = { SYS_fchmodat, SYS_fchmod },
	[SYS_OP_CHOWN] = { SYS_fchownat, SYS_fchown },
	[SYS_OP_TRUNCATE] = { SYS_truncate },
	[SYS_OP_UTIMES] = { SYS_utimensat },
	[SYS_OP_ACCT] = { SYS_acct },
	[SYS_OP_SWAPON] = { SYS_swapon },
	[SYS_OP_SWAPOFF] = { SYS_swapoff },
	[SYS_OP_SETHOSTNAME] = { SYS_sethostname },
	[SYS_OP_SETDOMAINNAME] = { SYS_setdomainname },
	[SYS_OP_SETTIMEOFDAY] = { SYS_settimeofday },
	[SYS_OP_CLOCK_SETTIME] = { SYS_clock_settime },
	[SYS_OP_ADJTIME] = { SYS_clock_adjtime },
	[SYS_OP_REBOOT] = { SYS_reboot },
	[SYS_OP_SYSLOG] = { SYS_syslog },
	[SYS_OP_MOUNT] = { SYS_mount, SYS_fstatfs },
	[SYS_OP_UMOUNT] = { SYS_umount2 },
	[SYS_OP_MOUNT_ATTR] = { SYS_mount_setattr },
	[SYS_OP_MOVE_MOUNT] = { SYS_move_mount },
	[SYS_OP_FSOPEN] = { SYS_fsopen },
	[SYS_OP_FSCONFIG] = { SYS_fsconfig, SYS_fstatfs },
	[SYS_OP_FSMOUNT] = { SYS_fsmount },
	[SYS_OP_OPEN_TREE] = { SYS_open_tree },
	[SYS_OP_QUOTA] = { SYS_quotactl, SYS_quotactl_fd },
	[SYS_OP_SETPRIORITY] = { SYS_setpriority },
	[SYS_OP_IOPRIO_SET] = { SYS_ioprio_set },
	[SYS_OP_SCHED_SETSCHEDULER] = { SYS_sched_setscheduler },
	[SYS_OP_SCHED_SETPARAM] = { SYS_sched_setparam },
	[SYS_OP_SCHED_SETATTR] = { SYS_sched_setattr },
	[SYS_OP_SCHED_SETAFFINITY] = { SYS_sched_setaffinity },
	[SYS_OP_PRLIMIT] = { SYS_prlimit64 },
};

static const struct jail_rule for_sockets[] = {
	ANY(SYS_setsockopt),
	ANY(SYS_recvfrom),
	ANY(SYS_bind),
};

static const struct jail_rule for_addresses[] = {
	ANY(SYS_bind),
	ANY(SYS_connect),
	ANY(SYS_getsockopt),
	ANY(SYS_getsockname),
	{ SYS_ioctl, UINT32_MAX, SIOCGIFNAME, 1 }, /* in addresses */
	ANY(SYS_setsockopt),
	ANY(SYS_fchdir),
	ANY(SYS_chdir),
	/* to prove names */
	ANY(SYS_statx),
	{ SYS_openat, O_PATH, O_PATH, 2 },
};

/* Messages that are sent: the call itself is one of those always there. */
static const struct jail_rule for_messages[] = {
	ANY(SYS_sendto),
	ANY(SYS_getsockopt),
	ANY(SYS_getsockname),
	{ SYS_ioctl, UINT32_MAX, SIOCGIFNAME, 1 },
	ANY(SYS_bind), /* names netlink sockets */
	ANY(SYS_rt_sigtimedwait),
	ANY(SYS_statx),
	{ SYS_openat, O_PATH, O_PATH, 2 },
};

/* To pin and to name processes, and to ask whether they are still there; what
   is done to them, see above. */
static const struct jail_rule for_targets[] = {
	ANY(SYS_pidfd_open),
	{ SYS_pidfd_send_signal, UINT32_MAX, 0, 1 },
	ANY(SYS_statx),
	{ SYS_openat, O_PATH, O_PATH, 2 },
};

/* To walk, to name and to look at what is mounted on. */
static const struct jail_rule for_mounts[] = {
	ANY(SYS_statx),
	ANY(SYS_readlinkat),
	ANY(SYS_pread64), /* the list of file systems */
	ANY(SYS_pipe2),   /* what stands for a mount to be */
	ANY(SYS_ppoll),
#ifdef SYS_poll
	ANY(SYS_poll),
#endif
	ANY(SYS_setfsuid),
	{ SYS_openat, O_PATH, O_PATH, 2 },
};

/* What the user may do to processes, who is the one that the kernel asks. */
static const struct jail_rule for_users_targets[] = {
	ANY(SYS_pidfd_send_signal),
	ANY(SYS_quotactl),
	ANY(SYS_quotactl_fd),
	ANY(SYS_kill),
	ANY(SYS_tgkill),
	ANY(SYS_rt_tgsigqueueinfo),
	ANY(SYS_setpriority),
	ANY(SYS_ioprio_set),
	ANY(SYS_sched_setscheduler),
	ANY(SYS_sched_setparam),
	ANY(SYS_sched_setattr),
	ANY(SYS_sched_setaffinity),
	ANY(SYS_prlimit64),
};

#define RULES_MAX 320 /* all requests that there are, and the rest */

struct list {
	struct jail_rule rules[RULES_MAX];
	size_t n;
};

static void
append(struct list *list, const struct jail_rule *rules, size_t n)
{
	size_t i;

	for (i = 0; i < n && list->n < RULES_MAX; i++)
		list->rules[list->n++] = rules[i];
}

#define APPEND(list, rules) \
	append(list, rules, sizeof(rules) / sizeof(rules[0]))

static void
append_operations(struct list *list, const bool named[SYS_OPS])
{
	struct jail_rule rule = ANY(0);
	size_t op, i;

	for (op = 0; op < SYS_OPS; op++) {
		for (i = 0; named[op] && i < CALLS_MAX; i++) {
			rule.nr = calls[op][i];
			if (rule.nr != 0)
				append(list, &rule, 1);
		}
	}
}

/* A call, held to the values that the hand's rules name of its argument. */
static void
append_bounded(struct list *list, const struct session_plan *plan,
    unsigned int hand, const char *call, int nr, uint8_t reg,
    const char *argument)
{
	struct jail_rule rule = { nr, 0, 0, reg };
	const uint32_t *values;
	size_t i, n;

	n = fence_values(plan, hand, call, argument, &values);
	for (i = 0; i < n; i++) {
		rule.mask = UINT32_MAX;
		rule.value = values[i];
		append(list, &rule, 1);
	}
	if (n == 0) /* a rule that says nothing of it */
		append(list, &rule, 1);
}

/* Requests are never any: at most all that could be performed. */
static void
append_requests(struct list *list, const struct session_plan *plan,
    unsigned int hand)
{
	struct jail_rule rule = { SYS_ioctl, UINT32_MAX, 0, 1 };
	const struct sys_request *all;
	const uint32_t *values;
	size_t i, n;

	n = fence_values(plan, hand, "ioctl", "request", &values);
	for (i = 0; i < n; i++) {
		rule.value = values[i];
		append(list, &rule, 1);
	}
	if (n > 0)
		return;
	n = sys_requests(&all);
	for (i = 0; i < n; i++) {
		rule.value = all[i].request;
		append(list, &rule, 1);
	}
}

static void
append_options(struct list *list, const struct session_plan *plan,
    unsigned int hand, const bool named[SYS_OPS])
{
	const struct jail_rule domain = { SYS_getsockopt, UINT32_MAX, SO_DOMAIN,
		2 };

	if (named[SYS_OP_SETSOCKOPT])
		append_bounded(list, plan, hand, "setsockopt", SYS_setsockopt,
		    2, "optname");
	if (named[SYS_OP_GETSOCKOPT])
		append_bounded(list, plan, hand, "getsockopt", SYS_getsockopt,
		    2, "optname");
	if (named[SYS_OP_IOCTL])
		append_requests(list, plan, hand);
	/* Levels and requests are a domain's. */
	if (named[SYS_OP_SETSOCKOPT] || named[SYS_OP_GETSOCKOPT] ||
	    named[SYS_OP_IOCTL])
		append(list, &domain, 1);
}

int
hand_jail(const struct session_plan *plan, unsigned int hand)
{
	static struct list list;
	const struct session_hand *self = &plan->hands[hand];
	bool named[SYS_OPS];

	fence_operations(plan, hand, named);
	APPEND(&list, always);
	if (self->binds)
		APPEND(&list, for_addresses);
	if (self->sends)
		APPEND(&list, for_messages);
	if (self->files)
		APPEND(&list, for_files);
	if (self->mounts)
		APPEND(&list, for_mounts);
	if (self->targets)
		APPEND(&list, for_targets);
	if (named[SYS_OP_KILL])
		append_bounded(&list, plan, hand, "kill", SYS_pidfd_send_signal,
		    1, "signame");
	if (self->sockets) {
		APPEND(&list, for_sockets);
		append_bounded(&list, plan, hand, "socket", SYS_socket, 0,
		    "sockdom");
	}
	append_operations(&list, named);
	append_options(&list, plan, hand, named);
	return jail_seccomp(list.rules, list.n);
}

int
hand_jail_double(void)
{
	static struct list list;

	APPEND(&list, always);
	APPEND(&list, for_addresses);
	APPEND(&list, for_messages);
	APPEND(&list, for_users_targets);
	return jail_seccomp(list.rules, list.n);
}

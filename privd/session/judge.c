/* SPDX-License-Identifier: ISC */
/*
 * The judge's loop: one notification after the other, from receiving to
 * answering. It reads the program's bytes, so it holds no privilege: its own
 * uid, the caller's fsuid and groups, at most the guard, a seccomp list.
 */
#include "judge.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <linux/capability.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"
#include "../notify/notify.h"
#include "../perform/perform.h"
#include "clerk.h"
#include "digest.h"
#include "heir.h"
#include "identity.h"
#include "jail.h"
#include "journal.h"
#include "judge_setup.h"
#include "limits.h"
#include "lineage.h"
#include "message.h"
#include "move.h"
#include "page.h"
#include "pathonly.h"
#include "record.h"
#include "refusal.h"
#include "status.h"
#include "thread.h"
#include "wording.h"
#include "words.h"
#include "worker.h"

#define GUARD (1ULL << CAP_BLOCK_SUSPEND)

/* Bytes: for all that POLICY_USER_*_MAX allow, and what is made of it; for the
   processes of a session, and what the C library keeps of expressions. */
#define READING_MEMORY ((size_t)192 << 20)
#define WORKING_MEMORY ((size_t)64 << 20)

struct regime *
judge_regime(struct judge *judge, const struct filter_set *set)
{
	struct regime *regime;
	unsigned int number = 0;

	for (regime = judge->regimes; regime != NULL; regime = regime->next) {
		if (heir_same(&regime->set, set))
			return regime;
		number++;
	}
	regime = calloc(1, sizeof(*regime));
	if (regime == NULL)
		return NULL;
	regime->unnamed = calloc(sys_count(), sizeof(*regime->unnamed));
	if (regime->unnamed == NULL) {
		free(regime);
		return NULL;
	}
	regime->set = *set;
	regime->machine = heir_machine(set);
	regime->is_free = heir_is_free(set);
	regime->is_released = heir_is_released(set);
	regime->pathonly = pathonly_is_judged(&judge->plan->options, set);
	regime->number = number;
	regime->next = judge->regimes;
	judge->regimes = regime;
	return regime;
}

static bool
is_in_closure(const struct session_plan *plan, const struct policy_image *image)
{
	size_t i, n;

	for (i = 0; i < plan->nclosure; i++)
		for (n = 0; n < plan->closure[i].count; n++)
			if (plan->closure[i].images[n] == image)
				return true;
	return false;
}

/* Not the set must be there, but each of its images: see filter.h. */
bool
judge_knows(const struct judge *judge, const struct filter_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (!is_in_closure(judge->plan, set->images[i]))
			return false;
	return set->count > 0;
}

/* Orphans below it become its children, whoever forked them. */
static bool
makes_adopter(const struct call *call)
{
	return strcmp(call->row->name, "prctl") == 0 &&
	    (int)call->regs[0] == PR_SET_CHILD_SUBREAPER && call->regs[1] != 0;
}

/* Gives its process what is known of it. False: it is answered, or gone. */
static bool
learn(struct judge *judge, struct call *call, bool fresh)
{
	bool settling;

	if (fresh && lineage_adopt(judge, call) == -1) {
		process_forget(judge->table, call->thread);
		call_refuse(judge, call, EPERM);
		return false;
	}
	settling = call->process->exec.tid != 0;
	call_settle_exec(judge, call);
	/* Was all that read of the thread that called? (What is known of it is
	   asked for once, when its copies are made.) */
	if ((fresh || settling) &&
	    !notify_valid(judge->listener, call->ticket.id)) {
		if (fresh && !call->thread->gone)
			process_forget(judge->table, call->thread);
		call_drop(call);
		return false;
	}
	call->regime = call->process->regime;
	if (judge->over)
		call->process->elevated = false;
	if (makes_adopter(call))
		call->process->adopts = judge->adopters = true;
	return true;
}

/* Whose call is it? False: nobody's that is known. Its thread is held. */
static bool
identify(struct judge *judge, struct call *call, bool *fresh)
{
	pid_t tid = (pid_t)call->ticket.slot->notif.pid;

	*fresh = false;
	call->thread = tid > 0 ? process_find(judge->table, tid) : NULL;
	if (call->thread == NULL && tid > 0)
		call->thread = process_enter(judge->table, tid, fresh);
	if (call->thread == NULL)
		return false;
	call->process = call->thread->process;
	process_hold(call->thread);
	return true;
}

static void
carry_out(struct judge *judge, struct call *call)
{
	switch (call->verdict.action) {
	case POLICY_PERMIT:
		if (call->row->disposal == SYS_EXEC)
			call_execute(judge, call);
		else if (call->row->disposal == SYS_MOVES)
			call_move(judge, call);
		else
			call_perform(judge, call);
		break;
	case POLICY_PRETEND:
		call_answer(judge, call, call->verdict.value);
		break;
	case POLICY_DENY:
		call_refuse(judge, call, call->verdict.error);
		break;
	case POLICY_ASK:
		call_refuse(judge, call, EPERM);
		break;
	}
}

static int
ask_unnamed(const struct judge *judge, const struct call *call,
    const uint64_t *regs)
{
	return filter_unnamed(&call->regime->set, judge->plan->options.no_alias,
	    judge->plan->guarded, call->row, regs);
}

/* What the filter would have said to it of this process's policies alone; the
   table has the answer and two, once it was asked. */
static int
unnamed_error(const struct judge *judge, const struct call *call)
{
	uint8_t *known = &call->regime->unnamed[sys_index(call->row)];
	int error;

	if (*known == 0)
		*known = (uint8_t)(2 + ask_unnamed(judge, call, NULL));
	error = *known - 2;
	return error == FILTER_DEPENDS ? ask_unnamed(judge, call, call->regs) :
					 error;
}

/*
 * What is refused unless it is named, some policy of the session does name;
 * does this process's? Otherwise the call is answered, and the first time that
 * is logged.
 */
static bool
is_named(struct judge *judge, struct call *call)
{
	int error = unnamed_error(judge, call);

	if (error == 0)
		return true;
	if (!call->regime->said_unnamed)
		record_note(judge,
		    "%s of pid %d (%s) denied: its policy does not name it, as "
		    "another of the session does",
		    call->row->name, call->process->tgid,
		    call->process->program);
	call->regime->said_unnamed = true;
	refusal_check(judge, call, REFUSAL_UNNAMED, error);
	call_refuse(judge, call, error);
	return false;
}

/* The capability that the kernel asks for before it looks at anything. */
static uint64_t
first_right(const struct call *call)
{
	switch (call->row->op) {
	case SYS_OP_ACCT:
		return UINT64_C(1) << CAP_SYS_PACCT;
	case SYS_OP_SWAPON:
	case SYS_OP_SWAPOFF:
	case SYS_OP_SETHOSTNAME:
	case SYS_OP_SETDOMAINNAME:
		return UINT64_C(1) << CAP_SYS_ADMIN;
	default:
		return 0;
	}
}

/* Would the call, as the caller, fail whatever it names? */
static bool
lacks_right(const struct call *call)
{
	uint64_t right = first_right(call);
	struct status st;

	return right != 0 && status_read(call->thread->folder, &st) == 0 &&
	    (st.effective & right) == 0;
}

/* Of several reasons to fail that the kernel would come to first. */
static int
first_error(struct judge *judge, struct call *call, int error)
{
	bool watch = call->row->op == SYS_OP_INOTIFY ||
	    call->row->op == SYS_OP_FANOTIFY;

	if (!call->process->elevated && lacks_right(call))
		return EPERM;
	if (!watch || error == EINVAL)
		return error;
	if (call->fd == -1 && call_take_descriptor(judge, call) != 0)
		return EBADF;
	return perform_watch_error((enum sys_op)call->row->op, call->fd,
	    &call->ask.numbers, error);
}

/* Of one of several behind a number, what the filter could not see. False: it
   is answered. */
static bool
take_arguments(struct judge *judge, struct call *call)
{
	int error;

	if (!call->is_behind)
		return true;
	error = call_copy_arguments(judge, call);
	if (error == 0 &&
	    !filter_refusal(&judge->plan->filtered, call->row, call->regs,
		&error))
		return true;
	if (error == 0)
		call_answer(judge, call, 0);
	else {
		refusal_check(judge, call, REFUSAL_GUARD, error);
		call_refuse(judge, call, error);
	}
	return false;
}

static void
decide(struct judge *judge, struct call *call)
{
	int error;

	if (!is_named(judge, call) || !take_arguments(judge, call))
		return;
	if (call_is_many(call)) {
		call_send_many(judge, call);
		return;
	}
	error = call_decode(judge, call);
	if (error == 0 && call->row->disposal == SYS_EXEC)
		error = words_take(judge, call);
	if (error != 0) {
		call_refuse(judge, call, first_error(judge, call, error));
		return;
	}
	/* The copies count only if they are of the thread that called. */
	if (!notify_valid(judge->listener, call->ticket.id)) {
		call_drop(call);
		return;
	}
	if (call->unpinned) {
		if (call_at_once(judge, call))
			return;
		error = call_repin(judge, call);
		if (error != 0) {
			call_refuse(judge, call, error);
			return;
		}
	}
	call_judge(judge, call);
	call_plan_elevation(judge, call);
	refusal_judged(judge, call);
	if (call->verdict.log)
		record_call(judge, call);
	if (call->verdict.action == POLICY_PERMIT && !call->elevated &&
	    lacks_right(call))
		call_refuse(judge, call, EPERM);
	else
		carry_out(judge, call);
}

static void
handle_known(struct judge *judge, struct call *call)
{
	if (judge->roots_move)
		process_drop_handles(call->process);
	if (!moves_settle(judge, call) || call->process->condemned ||
	    !call_become(judge, call))
		call_refuse(judge, call, EPERM);
	else if (!judge->launched)
		call_launch(judge, call);
	else if (call->machine != call->regime->machine)
		call_refuse(judge, call, ENOSYS);
	else if (call->regime->is_free && call->row->disposal != SYS_EXEC)
		call_let_go(judge, call);
	else if (call->regime->is_released)
		call_execute_released(judge, call);
	else
		decide(judge, call);
}

void
judge_handle(struct judge *judge, struct call *call, struct page_slot *slot)
{
	bool fresh;
	int error;

	call->ticket.slot = slot;
	call->ticket.id = slot->notif.id;
	call->thread = NULL;
	refusal_begin(call);
	error = call_take_number(call, &slot->notif.data);
	if (error != 0) {
		call_refuse(judge, call, error);
		return;
	}
	if (!identify(judge, call, &fresh)) {
		call_refuse(judge, call, EPERM);
		return;
	}
	if (learn(judge, call, fresh))
		handle_known(judge, call);
	/* Also what was taken to learn of it: the next call is another's. */
	call_clear(call);
	process_release(call->thread);
}

/* What pthread_create(3) asks for, and nothing that makes a process. Some libc
   adds a flag that has no effect. */
#define THREAD_FLAGS                                                        \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | \
	    CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |            \
	    CLONE_CHILD_CLEARTID)
#define THREAD_MASK (UINT32_MAX & ~(uint32_t)CLONE_DETACHED)

static const struct jail_rule allowed[] = {
	ANY(SYS_ioctl),
	ANY(SYS_openat),
	ANY(SYS_openat2),
	ANY(SYS_close),
	ANY(SYS_read),
	ANY(SYS_pread64),
	ANY(SYS_pwrite64), /* of results */
	ANY(SYS_fstat),
	ANY(SYS_newfstatat),
	ANY(SYS_statx),
	ANY(SYS_fcntl),
	ANY(SYS_faccessat),
	ANY(SYS_faccessat2),
	ANY(SYS_readlinkat),
	ANY(SYS_getdents64), /* of what is registered to be interpreted */
	ANY(SYS_fstatfs),
	ANY(SYS_capset),
	ANY(SYS_capget),
	ANY(SYS_setfsuid),
	ANY(SYS_sendmsg),
	ANY(SYS_recvmsg),
	ANY(SYS_umask),
	/* performing as the caller */
	ANY(SYS_unlinkat),
	ANY(SYS_mkdirat),
	ANY(SYS_mknodat),
	ANY(SYS_renameat2),
	ANY(SYS_linkat),
	ANY(SYS_symlinkat),
	ANY(SYS_fchmodat),
	ANY(SYS_fchmod),
	ANY(SYS_fchownat),
	ANY(SYS_fchown),
	ANY(SYS_truncate),
	ANY(SYS_ftruncate),
	ANY(SYS_fallocate),
	ANY(SYS_utimensat),
	ANY(SYS_getxattr),
	ANY(SYS_fgetxattr),
	ANY(SYS_listxattr),
	ANY(SYS_flistxattr),
	ANY(SYS_setxattr),
	ANY(SYS_fsetxattr),
	ANY(SYS_removexattr),
	ANY(SYS_fremovexattr),
	ANY(COMPAT_SYS_file_getattr),
	ANY(COMPAT_SYS_file_setattr),
	ANY(SYS_inotify_add_watch),
	ANY(SYS_fanotify_mark),
	ANY(SYS_name_to_handle_at),
	ANY(SYS_acct),
	ANY(SYS_swapon),
	ANY(SYS_swapoff),
	ANY(SYS_sethostname),
	ANY(SYS_setdomainname),
	ANY(SYS_bind),
	ANY(SYS_connect),
	ANY(SYS_getsockopt),
	ANY(SYS_getsockname),
	ANY(SYS_getpeername),
	ANY(SYS_sendto),
	ANY(SYS_memfd_create),
	ANY(SYS_rt_sigtimedwait),
	ANY(SYS_fchdir),
	ANY(SYS_chdir),
	ANY(SYS_poll),
	ANY(SYS_ppoll),
	ANY(SYS_pidfd_open),
	ANY(SYS_pidfd_getfd),
	ANY(SYS_nanosleep),
	/* threads for what waits */
	{ SYS_clone, THREAD_MASK, THREAD_FLAGS, 0 },
	ANY(SYS_rseq),
	ANY(SYS_set_robust_list),
	ANY(SYS_sched_getaffinity),
	ANY(SYS_tgkill),
	{ SYS_unshare, UINT32_MAX, CLONE_FS, 0 },
#ifdef SYS_readlink
	ANY(SYS_readlink),
	ANY(SYS_open),
	ANY(SYS_stat),
#endif
};

/* While it reads what its user has written, whose names of users a name service
   may be asked for: beside the above. The second list, which follows, has none
   of them. */
static const struct jail_rule reading[] = {
	ANY(SYS_lseek),
	ANY(SYS_write),
	ANY(SYS_getuid),
	ANY(SYS_geteuid),
	ANY(SYS_getgid),
	ANY(SYS_getegid),
	ANY(SYS_uname),
	ANY(SYS_sysinfo),
	ANY(SYS_recvfrom),
	ANY(SYS_writev),
	{ SYS_prlimit64, UINT32_MAX, 0, 0 },
	{ SYS_prctl, UINT32_MAX, PR_SET_SECCOMP, 0 },
#ifdef SYS_access
	ANY(SYS_access),
#endif
};

/* For 32-bit programs, whose arguments of these are in memory. */
static const struct jail_rule behind[] = {
	ANY(SYS_socket),
	ANY(SYS_setsockopt),
};

/* To become each caller. */
static const struct jail_rule following[] = {
	ANY(SYS_setgroups),
	ANY(SYS_setresgid),
	ANY(SYS_setresuid),
	ANY(SYS_setfsgid),
	{ SYS_prctl, UINT32_MAX, PR_SET_DUMPABLE, 0 },
	{ SYS_prctl, UINT32_MAX, PR_SET_PDEATHSIG, 0 },
	ANY(SYS_getppid),
};

/* Where it performs what is about other processes itself, not a double. */
static const struct jail_rule touching[] = {
	ANY(SYS_pidfd_send_signal),
	ANY(SYS_kill),
	ANY(SYS_rt_tgsigqueueinfo),
	ANY(SYS_setpriority),
	ANY(SYS_ioprio_set),
	ANY(SYS_sched_setscheduler),
	ANY(SYS_sched_setparam),
	ANY(SYS_sched_setattr),
	ANY(SYS_sched_setaffinity),
	ANY(SYS_prlimit64),
	ANY(SYS_mount),
	ANY(SYS_umount2),
	ANY(SYS_mount_setattr),
	ANY(SYS_move_mount),
	ANY(SYS_fsopen),
	ANY(SYS_fsconfig),
	ANY(SYS_fsmount),
	ANY(SYS_open_tree),
	ANY(SYS_pipe2),
	ANY(SYS_quotactl),
	ANY(SYS_quotactl_fd),
};

/* Elsewhere it asks whether they are still there. */
static const struct jail_rule asking[] = {
	{ SYS_pidfd_send_signal, UINT32_MAX, 0, 1 },
};

static size_t
append(struct jail_rule *rules, size_t n, const struct jail_rule *more,
    size_t size)
{
	memcpy(rules + n, more, size);
	return n + size / sizeof(*more);
}

#define ROOM                                                          \
	((sizeof(allowed) + sizeof(reading) + sizeof(behind) +        \
	     sizeof(following) + sizeof(touching) + sizeof(asking)) / \
	    sizeof(struct jail_rule))

/* Of a judge who has yet to read what it judges by: all that the second list
   may have must be in the first. */
static int
enter_first_jail(void)
{
	static struct jail_rule rules[ROOM];
	size_t n;

	n = append(rules, 0, allowed, sizeof(allowed));
	n = append(rules, n, reading, sizeof(reading));
	n = append(rules, n, behind, sizeof(behind));
	n = append(rules, n, asking, sizeof(asking));
	return jail_seccomp(rules, n);
}

static int
enter_jail(const struct judge *judge)
{
	static struct jail_rule rules[ROOM];
	size_t n;

	n = append(rules, 0, allowed, sizeof(allowed));
	if (judge->plan->has_i386)
		n = append(rules, n, behind, sizeof(behind));
	if (judge->follows)
		n = append(rules, n, following, sizeof(following));
	if (judge->plan->separate)
		n = append(rules, n, asking, sizeof(asking));
	else
		n = append(rules, n, touching, sizeof(touching));
	return jail_seccomp(rules, n);
}

static int
become_judge(const struct judge_start *start)
{
	const struct session_plan *plan = start->plan;
	uint64_t held = identity_permitted();
	struct identity id = {
		.uid = plan->separate ? start->own : plan->caller.uid,
		.gid = plan->separate ? start->own : plan->caller.gid,
		.fsuid = plan->caller.uid,
		.fsgid = plan->caller.gid,
		.groups = plan->caller.groups,
		.ngroups = plan->caller.ngroups,
	};
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	const struct limits limits = {
		.processes = plan->separate ?
		    CLERKS_THREADS + WORKER_THREADS(plan->options.max_calls) :
		    LIMITS_ASIS, /* the user's uid has others */
		.files = LIMITS_ASIS,
		.size = LIMITS_ASIS,
	};
	struct rlimit files;

	/* Descriptors for each thread of the session. */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	/* The program's own is kept by hand: see room_for_size(). */
	(void)setrlimit(RLIMIT_FSIZE, &none);
	if (limits_set(&limits) == -1)
		return -1;
	/* A user's judge holds nothing, whatever privrun's file or the user's
	   login gave: it would open for a program what that may not. */
	if (plan->separate)
		id.permitted = plan->guarded ? GUARD : 0;
	else if (plan->root) /* root's program, judged as root */
		id.permitted = id.effective = held;
	if (!plan->separate && plan->root)
		return identity_keep(&id, start->parent);
	return identity_assume(&id, start->parent);
}

static void
fail(const char *what)
{
	(void)fprintf(stderr, "privrun: the session's judge: %s: %s\n", what,
	    strerror(errno));
	_exit(SESSION_EXIT_REFUSED);
}

/* Threads' stacks, what calls copy at most, processes and the rest. */
static size_t
working_memory(const struct session_plan *plan)
{
	size_t calls = plan->options.max_calls;

	return (CLERKS_THREADS + WORKER_THREADS(calls)) * THREAD_STACK +
	    CLERKS_THREADS * sizeof(struct call) +
	    calls * 2 * MESSAGE_DATA_MAX + WORKING_MEMORY;
}

static int
limit_memory(const struct session_plan *plan, size_t beside)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(PRIVD_SANITIZE)
	size_t later = working_memory(plan);

	return limits_memory(beside > 0 ? beside : later, beside + later);
#else
	(void)plan;
	(void)beside;
	return 0;
#endif
}

/* What its user has written can do him no good, and nobody else harm. */
static void
set_up_for_user(struct judge_start *start)
{
	if (limit_memory(start->plan, READING_MEMORY) == -1)
		fail("limits");
	if (enter_first_jail() == -1)
		fail("seccomp");
	if (judge_offer_filter(start) == -1)
		_exit(SESSION_EXIT_REFUSED);
	if (limit_memory(start->plan, 0) == -1)
		fail("limits");
}

/* Who it is: nothing is read before that. */
static void
set_up(struct judge *judge, struct judge_start *start)
{
	judge->plan = start->plan;
	judge->page = start->page;
	judge->record = start->record;
	judge->signals = start->signals;
	judge->program = start->program;
	judge->parent = start->parent;
	if (become_judge(start) == -1)
		fail("identity");
	if (start->rest != NULL)
		set_up_for_user(start);
	judge->reach.guard = start->plan->separate && start->plan->guarded ?
	    GUARD :
	    0;
}

/* What it works with; the launcher gets ready as this process does. */
static void
take_gift(struct judge *judge, struct judge_start *start)
{
	if (start->setup != -1 && judge_take_gift(start) == -1)
		_exit(SESSION_EXIT_REFUSED);
	judge->listener = start->listener;
	judge->twin = start->twin;
	memcpy(judge->hands, start->hands, sizeof(judge->hands));
	judge->reach.fetcher = start->fetcher;
	judge->reach.listener = start->listener;
}

static bool
is_numbered(const struct judge *judge, const struct policy_image *image)
{
	size_t i;

	for (i = 0; i < judge->nimages; i++)
		if (judge->images[i] == image)
			return true;
	return image == policy_none();
}

static void
number(struct judge *judge, const struct filter_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (!is_numbered(judge, set->images[i]))
			judge->images[judge->nimages++] = set->images[i];
}

/* All policies that there can be in the session, each once. */
static int
number_all(struct judge *judge)
{
	const struct session_plan *plan = judge->plan;
	const struct filter_set fixed = {
		{ policy_permitting(), policy_released() }, 2
	};
	size_t i;

	judge->images = calloc((plan->nclosure + 2) * FILTER_IMAGES_MAX,
	    sizeof(*judge->images));
	if (judge->images == NULL)
		return -1;
	number(judge, &fixed);
	number(judge, &plan->regime);
	for (i = 0; i < plan->nclosure; i++)
		number(judge, &plan->closure[i]);
	return 0;
}

/* What the user has written is as a predecessor has read it. */
static bool
knows_wording(const struct judge *judge, const struct judge_start *start)
{
	size_t len;
	char *text = wording_of(judge->images, judge->nimages, &len);
	int result = text == NULL ? -1 :
				    journal_wording(start->journal, text, len);

	free(text);
	return result == 0;
}

static void
prepare(struct judge *judge, const struct judge_start *start)
{
	judge->table = process_table_new(&judge->reach);
	if (judge->table == NULL)
		fail("memory");
	judge->clerks = clerks_new(judge);
	if (judge->clerks == NULL)
		fail("threads");
	if (number_all(judge) == -1)
		fail("memory");
	judge->budget = budget_new(start->budget, judge->images,
	    judge->nimages);
	if (judge->budget == NULL)
		fail("budget");
	if (!knows_wording(judge, start))
		fail("the user's policies have changed");
}

/* Takes up what a predecessor left, if there was one. */
static void
succeed(struct judge *judge, const struct judge_start *start)
{
	size_t most = judge->plan->options.max_calls, n, i;
	struct page_slot **again;

	if (journal_open(start->journal, judge) == -1)
		fail("journal");
	if (!judge->succeeds)
		return;
	again = calloc(most, sizeof(struct page_slot *));
	if (again == NULL)
		fail("memory");
	n = page_succeed(judge->page, most, judge->listener, again);
	for (i = 0; i < n; i++)
		if (judge->launched &&
		    journal_is_launch(judge, again[i]->notif.id))
			judge->launched = false;
	clerks_resume(judge->clerks, again, n);
}

void
judge_main(struct judge_start *start)
{
	static struct judge judge;

	resolve_init();
	perform_init();
	perform_mounts_init();
	worker_init(start->plan->options.max_calls);
	if (start->plan->uses_digest)
		digest_init();
	(void)signal(SIGXFSZ, SIG_IGN);
	set_up(&judge, start);
	if (start->plan->root && !start->plan->separate &&
	    judge_follow(&judge) == -1)
		fail("credentials");
	prepare(&judge, start);
	jail_close_stderr();
	if (enter_jail(&judge) == -1)
		fail("seccomp");
	take_gift(&judge, start);
	succeed(&judge, start);
	clerks_work(&judge);
	_exit(0);
}

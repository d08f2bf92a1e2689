/* SPDX-License-Identifier: ISC */
/*
 * The doors beside the filter, each with its answer and why: refusals that
 * come before what any policy says. Numbers of requests and options are cut
 * as the kernel cuts them (mostly to 32 bits); where the kernel compares the
 * whole register, so does the row.
 *
 * Not here, because the kernel's own checks suffice: PR_CAPBSET_DROP (wants
 * CAP_SETPCAP, and takes nothing that is held), keyrings, memfd_secret (what
 * cannot be read is refused), modify_ldt, process_mrelease, name_to_handle_at
 * (a name for what a policy still judges). Numbers that the table of calls
 * does not know, foreign ABIs and x32 are answered in emit.c and build.c.
 */
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <sched.h>
#include <string.h>

#include <linux/seccomp.h>
#include <linux/userfaultfd.h>

#include "internal.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#ifndef USERFAULTFD_IOC_NEW
#define USERFAULTFD_IOC_NEW 0xaa00
#endif

#define LOW UINT64_C(0xffffffff)
#define ALL UINT64_MAX
/* What clone takes; CLONE_NEWTIME's bit is part of its exit signal. */
#define NAMESPACES                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
	    CLONE_NEWUSER | CLONE_NEWPID | (uint64_t)CLONE_NEWNET)
#define PERSONALITY_QUERY UINT64_C(0xffffffff)

#define CONDITIONS_MAX 2
#define GUARD_ASK (-1) /* the broker is to see it, and the policy decides */

enum guard_strength {
	GUARD_ALWAYS,  /* in every session */
	GUARD_STRICT,  /* in a guarded one; elsewhere unless named */
	GUARD_NAMED,   /* in every session unless named */
	GUARD_GUARDED, /* in a guarded one alone: ordinary life elsewhere */
	GUARD_PACKET   /* where a rule has `filter` or `device` */
};

struct guard_row {
	const char *call;
	struct guard_condition conditions[CONDITIONS_MAX]; /* all hold */
	int error; /* 0: success without effect; GUARD_ASK */
	enum guard_strength strength;
};

/* clang-format off */
#define EQUAL(r, m, v)	{ GUARD_EQUAL, r, m, v }
#define OTHER(r, m, v)	{ GUARD_OTHER, r, m, v }
#define BITS(r, m)	{ GUARD_BITS, r, m, 0 }
#define OPTION(v)	EQUAL(0, LOW, v)	/* prctl */
#define REQUEST(v)	EQUAL(1, LOW, v)	/* ioctl */
#define SOCKOPT(v)	{ EQUAL(1, LOW, SOL_SOCKET), EQUAL(2, LOW, v) }
/* clang-format on */

static const struct guard_row guard_rows[] = {
	/* because operations of a ring pass no filter: a ring made before
	   the filter opened a file under it */
	{ "io_uring_setup", { { 0 } }, ENOSYS, GUARD_ALWAYS },
	{ "io_uring_enter", { { 0 } }, ENOSYS, GUARD_ALWAYS },
	{ "io_uring_register", { { 0 } }, ENOSYS, GUARD_ALWAYS },
	/* because a listener of its own could continue what ours refuses,
	   once ours is gone; other operations take no flags */
	{ "seccomp", { BITS(1, SECCOMP_FILTER_FLAG_NEW_LISTENER) }, EBUSY,
	    GUARD_ALWAYS },
	/* because its flags are in memory, where namespaces cannot be seen;
	   libc falls back to clone */
	{ "clone3", { { 0 } }, ENOSYS, GUARD_ALWAYS },

	/* because a child of it would pass for its parent's parent's: choices
	   and elevation follow the parent that a process has */
	{ "clone", { BITS(0, (uint64_t)CLONE_PARENT) }, EPERM, GUARD_ALWAYS },
	{ "prctl", { OPTION(PR_SET_CHILD_SUBREAPER) }, EPERM, GUARD_GUARDED },
	/* because it forges /proc/PID/exe, and the places by which an image
	   is known: which policies a process is under rests on them */
	{ "prctl", { OPTION(PR_SET_MM) }, EPERM, GUARD_ALWAYS },

	/* because the broker, which is in no such domain, performs its path
	   calls: a sandbox of its own would not hold, and it is told so as by
	   a kernel without */
	{ "landlock_create_ruleset", { { 0 } }, EOPNOTSUPP, GUARD_ALWAYS },
	{ "landlock_restrict_self", { { 0 } }, EPERM, GUARD_ALWAYS },

	/* because children and siblings in the same Landlock domain, or
	   unconfined processes of the user, could act for the program */
	{ "ptrace", { { 0 } }, EPERM, GUARD_STRICT },
	{ "process_vm_readv", { { 0 } }, EPERM, GUARD_STRICT },
	{ "process_vm_writev", { { 0 } }, EPERM, GUARD_STRICT },
	{ "process_madvise", { { 0 } }, EPERM, GUARD_STRICT },
	{ "kcmp", { { 0 } }, EPERM, GUARD_STRICT },
	{ "pidfd_getfd", { { 0 } }, EPERM, GUARD_STRICT },
	/* because it stalls who reads the program's memory; the device
	   makes the same descriptor */
	{ "userfaultfd", { { 0 } }, EPERM, GUARD_STRICT },
	{ "ioctl", { REQUEST(USERFAULTFD_IOC_NEW) }, EPERM, GUARD_STRICT },
	/* because a user namespace takes the guard away, and the others move
	   the mounts and the network that verdicts are about */
	{ "unshare", { BITS(0, NAMESPACES | CLONE_NEWTIME) }, EPERM,
	    GUARD_STRICT },
	{ "clone", { BITS(0, NAMESPACES) }, EPERM, GUARD_STRICT },
	{ "setns", { { 0 } }, EPERM, GUARD_STRICT },
	/* because the user's shell would run what is pushed into its input */
	{ "ioctl", { REQUEST(TIOCSTI) }, EPERM, GUARD_STRICT },
	{ "ioctl", { REQUEST(TIOCLINUX) }, EPERM, GUARD_STRICT },

	/* because it takes the guard away (ping drops all that it has) */
	{ "capset", { { 0 } }, 0, GUARD_GUARDED },
	{ "prctl",
	    { OPTION(PR_CAP_AMBIENT), EQUAL(1, ALL, PR_CAP_AMBIENT_LOWER) }, 0,
	    GUARD_GUARDED },
	{ "prctl",
	    { OPTION(PR_CAP_AMBIENT), EQUAL(1, ALL, PR_CAP_AMBIENT_CLEAR_ALL) },
	    0, GUARD_GUARDED },
	/* because it hands the guard to unmarked children, who could then
	   open the program's memory */
	{ "prctl",
	    { OPTION(PR_CAP_AMBIENT), EQUAL(1, ALL, PR_CAP_AMBIENT_RAISE) },
	    EPERM, GUARD_GUARDED },
	/* because Yama would let a process of the user in */
	{ "prctl", { OPTION(PR_SET_PTRACER) }, EINVAL, GUARD_GUARDED },
	/* because 1 undoes what a mode of 0711 gave */
	{ "prctl", { OPTION(PR_SET_DUMPABLE) }, 0, GUARD_GUARDED },
	/* because READ_IMPLIES_EXEC and the like weaken the next exec */
	{ "personality", { OTHER(0, LOW, PERSONALITY_QUERY) }, EPERM,
	    GUARD_GUARDED },

	/* because a further filter could fake the results that a program
	   relies on: elevation ends before it is there */
	{ "seccomp", { { 0 } }, GUARD_ASK, GUARD_GUARDED },
	{ "prctl", { OPTION(PR_SET_SECCOMP) }, GUARD_ASK, GUARD_GUARDED },
	/* because who adopts orphans is not taken for their parent */
	{ "prctl", { OPTION(PR_SET_CHILD_SUBREAPER) }, GUARD_ASK,
	    GUARD_ALWAYS },

	/* because they reach files around the paths that policies name: by
	   handle, by changed mounts, by a changed root */
	{ "open_by_handle_at", { { 0 } }, EPERM, GUARD_NAMED },
	{ "mount", { { 0 } }, EPERM, GUARD_NAMED },
	{ "umount2", { { 0 } }, EPERM, GUARD_NAMED },
	{ "pivot_root", { { 0 } }, EPERM, GUARD_NAMED },
	{ "chroot", { { 0 } }, EPERM, GUARD_NAMED },
	/* ENOSYS: mount(8) falls back to mount(2), which can be judged */
	{ "open_tree", { { 0 } }, ENOSYS, GUARD_NAMED },
	{ "open_tree_attr", { { 0 } }, ENOSYS, GUARD_NAMED },
	{ "move_mount", { { 0 } }, ENOSYS, GUARD_NAMED },
	{ "mount_setattr", { { 0 } }, ENOSYS, GUARD_NAMED },
	{ "fsopen", { { 0 } }, ENOSYS, GUARD_NAMED },
	{ "fsconfig", { { 0 } }, ENOSYS, GUARD_NAMED },
	{ "fsmount", { { 0 } }, ENOSYS, GUARD_NAMED },
	{ "fspick", { { 0 } }, ENOSYS, GUARD_NAMED },
	{ "swapon", { { 0 } }, EPERM, GUARD_NAMED },
	{ "swapoff", { { 0 } }, EPERM, GUARD_NAMED },
	/* because they watch or change other processes from the kernel */
	{ "bpf", { { 0 } }, EPERM, GUARD_NAMED },
	{ "perf_event_open", { { 0 } }, EPERM, GUARD_NAMED },
	/* because code in the kernel, and ports, are under no filter (root's
	   sessions; others may not make these calls at all) */
	{ "init_module", { { 0 } }, EPERM, GUARD_NAMED },
	{ "finit_module", { { 0 } }, EPERM, GUARD_NAMED },
	{ "kexec_load", { { 0 } }, EPERM, GUARD_NAMED },
	{ "kexec_file_load", { { 0 } }, EPERM, GUARD_NAMED },
	{ "iopl", { { 0 } }, EPERM, GUARD_NAMED },
	{ "ioperm", { { 0 } }, EPERM, GUARD_NAMED },

	/* because the broker's filter is locked, and these answers make
	   libpcap filter by itself instead of giving up */
	{ "setsockopt", SOCKOPT(SO_ATTACH_FILTER), ENOPROTOOPT, GUARD_PACKET },
	{ "setsockopt", SOCKOPT(SO_ATTACH_BPF), ENOPROTOOPT, GUARD_PACKET },
	{ "setsockopt", SOCKOPT(SO_DETACH_FILTER), 0, GUARD_PACKET },
};

/*
 * A rule for a call of everyday life (`native-ioctl: permit`) does not speak
 * of its dangerous forms: those are named by a test of just that value.
 */
static bool
guard_named(const struct filter_input *in, const struct sys_call *call,
    const struct guard_row *row)
{
	return verdict_named(in, call, &row->conditions[0]);
}

static bool
guard_applies(const struct filter_input *in, const struct sys_call *call,
    const struct guard_row *row)
{
	switch (row->strength) {
	case GUARD_STRICT:
		return in->guarded || !guard_named(in, call, row);
	case GUARD_NAMED:
		return !guard_named(in, call, row);
	case GUARD_GUARDED:
		return in->guarded;
	case GUARD_PACKET:
		return in->packet_filter;
	case GUARD_ALWAYS:
	default:
		return true;
	}
}

static tree_id
guard_condition(struct tree *t, const struct guard_condition *condition,
    tree_id yes, tree_id no)
{
	struct tree_test test;

	test.reg = condition->reg;
	test.mask = condition->mask;
	test.value = condition->value;
	switch (condition->relation) {
	case GUARD_ANY:
		return yes;
	case GUARD_EQUAL:
		return tree_choose(t, &test, yes, no);
	case GUARD_OTHER:
	case GUARD_BITS:
	default:
		return tree_choose(t, &test, no, yes);
	}
}

static tree_id
guard_row_tree(struct tree *t, const struct guard_row *row, tree_id rest)
{
	tree_id tree = row->error == GUARD_ASK ?
	    tree_notify(t) :
	    tree_leaf(t, SECCOMP_RET_ERRNO | (uint32_t)row->error);
	size_t i;

	for (i = 0; i < CONDITIONS_MAX; i++)
		tree = guard_condition(t, &row->conditions[i], tree, rest);
	return tree;
}

tree_id
guard_tree(struct tree *t, const struct filter_input *in,
    const struct sys_call *call, tree_id policy)
{
	const struct guard_row *row;
	tree_id tree = policy;
	size_t i;

	for (i = sizeof(guard_rows) / sizeof(guard_rows[0]); i > 0; i--) {
		row = &guard_rows[i - 1];
		if (strcmp(row->call, call->name) == 0 &&
		    guard_applies(in, call, row))
			tree = guard_row_tree(t, row, tree);
	}
	return tree;
}

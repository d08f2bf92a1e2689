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

#include <netinet/in.h>

#include <errno.h>
#include <sched.h>
#include <string.h>

#include <linux/btrfs.h>
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
#define SOCKET_TYPE UINT64_C(0xf) /* without CLOEXEC and NONBLOCK */
#define PERSONALITY_QUERY UINT64_C(0xffffffff)

#define CONDITIONS_MAX 2
#define GUARD_ASK (-1) /* the broker is to see it, and the policy decides */

enum guard_strength {
	GUARD_ALWAYS,  /* in every session */
	GUARD_STRICT,  /* in a guarded one; elsewhere unless named */
	GUARD_NAMED,   /* in every session unless named; where some policies
			  name it the broker sees to it that they are the
			  caller's, as with the above */
	GUARD_GUARDED, /* in a guarded one alone: ordinary life elsewhere */
	GUARD_PACKET,  /* where a rule has `filter` or `device` */
	GUARD_ADDRESS  /* where a rule tests an address */
};

struct guard_row {
	const char *call;
	struct guard_condition conditions[CONDITIONS_MAX]; /* all hold */
	int error; /* 0: success without effect; GUARD_ASK */
	enum guard_strength strength;
	const char *why; /* printed: "refused: WHY" */
};

/* clang-format off */
#define EQUAL(r, m, v)	{ GUARD_EQUAL, r, m, v }
#define OTHER(r, m, v)	{ GUARD_OTHER, r, m, v }
#define BITS(r, m)	{ GUARD_BITS, r, m, 0 }
#define OPTION(v)	EQUAL(0, LOW, v)	/* prctl */
#define REQUEST(v)	EQUAL(1, LOW, v)	/* ioctl */
#define OPTION_OF(l, v)	{ EQUAL(1, LOW, l), EQUAL(2, LOW, v) }
#define SOCKOPT(v)	OPTION_OF(SOL_SOCKET, v)
/* clang-format on */

/* Why: in the table that is printed as here. */
static const char why_ring[] = "operations of a ring pass no filter: one made "
			       "before it opened a file under it";
static const char why_listener[] = "a listener of its own could continue what "
				   "ours refuses, once ours is gone";
static const char why_flags[] = "its flags are in memory, where namespaces "
				"cannot be seen; libc falls back to clone";
static const char why_parent[] = "choices and elevation follow the parent that "
				 "a process has";
static const char why_forged[] = "it forges what an image is known by, on "
				 "which its policies rest";
/* It is told so as by a kernel without. */
static const char why_sandbox[] = "the broker, which performs its path calls, "
				  "would be in no such domain";
static const char why_siblings[] = "children and siblings in the same Landlock "
				   "domain, or unconfined processes, could act "
				   "for the program";
/* The device makes the same descriptor. */
static const char why_stalls[] = "it stalls who reads the program's memory";
static const char why_spaces[] = "a user namespace takes the guard away, the "
				 "others move the mounts and the network that "
				 "verdicts are about";
static const char why_shell[] = "the user's shell would run what is pushed "
				"into its input";
/* ping drops all that it has. */
static const char why_drops[] = "it takes the guard away";
static const char why_hands[] = "it hands the guard to unmarked children, who "
				"could then open the program's memory";
static const char why_yama[] = "Yama would let a process of the user in";
static const char why_undoes[] = "1 undoes what a mode of 0711 gave";
static const char why_weakens[] = "READ_IMPLIES_EXEC and the like weaken the "
				  "next exec";
static const char why_faked[] = "a further filter could fake the results that "
				"a program relies on: elevation ends before it "
				"is there";
static const char why_packet[] = "the kernel makes a packet socket of it, "
				 "which it does not say";
static const char why_adopts[] = "who adopts orphans is not taken for their "
				 "parent";
static const char why_around[] = "it reaches files around the paths that "
				 "policies name";
static const char why_trees[] = "it makes, copies and removes folders by names "
				"in memory, with all that is in them";
static const char why_descriptors[] = "mount(8) falls back to mount, which "
				      "can be judged";
static const char why_swap[] = "what processes have in memory comes to lie "
			       "there";
static const char why_watch[] = "it watches or changes other processes from "
				"the kernel";
/* Root's sessions; others may not make these calls at all. */
static const char why_code[] = "code in the kernel, and ports, are under no "
			       "filter";
/* Numbers that libc's headers have only where they are not asked for. */
#define SCTP 132
#define SCTP_BINDX_ADD 100
#define SCTP_CONNECTX_OLD 107
#define SCTP_CONNECTX 110
#define SCTP_CONNECTX3 111
#define FLOWLABEL_MGR 32 /* IPV6_FLOWLABEL_MGR, linux/in6.h */
static const char why_route[] = "what is sent goes to the first stop of the "
				"route, not to the address that is judged";
static const char why_header[] = "what is sent goes where its own header says, "
				 "not to the address that is judged";
static const char why_bindx[] = "it binds and connects to addresses that "
				"nobody judges";
/* These answers make libpcap filter by itself instead of giving up. */
static const char why_locked[] = "the broker's filter is locked";

static const struct guard_row guard_rows[] = {
	{ "io_uring_setup", { { 0 } }, ENOSYS, GUARD_ALWAYS, why_ring },
	{ "io_uring_enter", { { 0 } }, ENOSYS, GUARD_ALWAYS, why_ring },
	{ "io_uring_register", { { 0 } }, ENOSYS, GUARD_ALWAYS, why_ring },
	{ "seccomp", { BITS(1, SECCOMP_FILTER_FLAG_NEW_LISTENER) }, EBUSY,
	    GUARD_ALWAYS, why_listener },
	{ "clone3", { { 0 } }, ENOSYS, GUARD_ALWAYS, why_flags },

	{ "clone", { BITS(0, (uint64_t)CLONE_PARENT) }, EPERM, GUARD_ALWAYS,
	    why_parent },
	{ "prctl", { OPTION(PR_SET_CHILD_SUBREAPER) }, EPERM, GUARD_GUARDED,
	    why_parent },
	{ "prctl", { OPTION(PR_SET_MM) }, EPERM, GUARD_ALWAYS, why_forged },

	{ "socket",
	    { EQUAL(0, LOW, AF_INET), EQUAL(1, SOCKET_TYPE, SOCK_PACKET) },
	    EPERM, GUARD_ALWAYS, why_packet },

	{ "landlock_create_ruleset", { { 0 } }, EOPNOTSUPP, GUARD_ALWAYS,
	    why_sandbox },
	{ "landlock_restrict_self", { { 0 } }, EPERM, GUARD_ALWAYS,
	    why_sandbox },

	{ "ptrace", { { 0 } }, EPERM, GUARD_STRICT, why_siblings },
	{ "process_vm_readv", { { 0 } }, EPERM, GUARD_STRICT, why_siblings },
	{ "process_vm_writev", { { 0 } }, EPERM, GUARD_STRICT, why_siblings },
	{ "process_madvise", { { 0 } }, EPERM, GUARD_STRICT, why_siblings },
	{ "kcmp", { { 0 } }, EPERM, GUARD_STRICT, why_siblings },
	{ "pidfd_getfd", { { 0 } }, EPERM, GUARD_STRICT, why_siblings },
	{ "userfaultfd", { { 0 } }, EPERM, GUARD_STRICT, why_stalls },
	{ "ioctl", { REQUEST(USERFAULTFD_IOC_NEW) }, EPERM, GUARD_STRICT,
	    why_stalls },
	{ "unshare", { BITS(0, NAMESPACES | CLONE_NEWTIME) }, EPERM,
	    GUARD_STRICT, why_spaces },
	{ "clone", { BITS(0, NAMESPACES) }, EPERM, GUARD_STRICT, why_spaces },
	{ "setns", { { 0 } }, EPERM, GUARD_STRICT, why_spaces },
	{ "ioctl", { REQUEST(BTRFS_IOC_SUBVOL_CREATE) }, EPERM, GUARD_STRICT,
	    why_trees },
	{ "ioctl", { REQUEST(BTRFS_IOC_SUBVOL_CREATE_V2) }, EPERM, GUARD_STRICT,
	    why_trees },
	{ "ioctl", { REQUEST(BTRFS_IOC_SNAP_CREATE) }, EPERM, GUARD_STRICT,
	    why_trees },
	{ "ioctl", { REQUEST(BTRFS_IOC_SNAP_CREATE_V2) }, EPERM, GUARD_STRICT,
	    why_trees },
	{ "ioctl", { REQUEST(BTRFS_IOC_SNAP_DESTROY) }, EPERM, GUARD_STRICT,
	    why_trees },
	{ "ioctl", { REQUEST(BTRFS_IOC_SNAP_DESTROY_V2) }, EPERM, GUARD_STRICT,
	    why_trees },
	{ "ioctl", { REQUEST(TIOCSTI) }, EPERM, GUARD_STRICT, why_shell },
	{ "ioctl", { REQUEST(TIOCLINUX) }, EPERM, GUARD_STRICT, why_shell },

	{ "capset", { { 0 } }, 0, GUARD_GUARDED, why_drops },
	{ "prctl",
	    { OPTION(PR_CAP_AMBIENT), EQUAL(1, ALL, PR_CAP_AMBIENT_LOWER) }, 0,
	    GUARD_GUARDED, why_drops },
	{ "prctl",
	    { OPTION(PR_CAP_AMBIENT), EQUAL(1, ALL, PR_CAP_AMBIENT_CLEAR_ALL) },
	    0, GUARD_GUARDED, why_drops },
	{ "prctl",
	    { OPTION(PR_CAP_AMBIENT), EQUAL(1, ALL, PR_CAP_AMBIENT_RAISE) },
	    EPERM, GUARD_GUARDED, why_hands },
	{ "prctl", { OPTION(PR_SET_PTRACER) }, EINVAL, GUARD_GUARDED,
	    why_yama },
	{ "prctl", { OPTION(PR_SET_DUMPABLE) }, 0, GUARD_GUARDED, why_undoes },
	{ "personality", { OTHER(0, LOW, PERSONALITY_QUERY) }, EPERM,
	    GUARD_GUARDED, why_weakens },

	{ "seccomp", { { 0 } }, GUARD_ASK, GUARD_GUARDED, why_faked },
	{ "prctl", { OPTION(PR_SET_SECCOMP) }, GUARD_ASK, GUARD_GUARDED,
	    why_faked },
	{ "prctl", { OPTION(PR_SET_CHILD_SUBREAPER) }, GUARD_ASK, GUARD_ALWAYS,
	    why_adopts },

	{ "open_by_handle_at", { { 0 } }, EPERM, GUARD_NAMED, why_around },
	{ "mount", { { 0 } }, EPERM, GUARD_NAMED, why_around },
	{ "umount2", { { 0 } }, EPERM, GUARD_NAMED, why_around },
	{ "umount", { { 0 } }, EPERM, GUARD_NAMED, why_around },
	{ "pivot_root", { { 0 } }, EPERM, GUARD_NAMED, why_around },
	{ "chroot", { { 0 } }, EPERM, GUARD_NAMED, why_around },
	{ "open_tree", { { 0 } }, ENOSYS, GUARD_NAMED, why_descriptors },
	{ "open_tree_attr", { { 0 } }, ENOSYS, GUARD_NAMED, why_descriptors },
	{ "move_mount", { { 0 } }, ENOSYS, GUARD_NAMED, why_descriptors },
	{ "mount_setattr", { { 0 } }, ENOSYS, GUARD_NAMED, why_descriptors },
	{ "fsopen", { { 0 } }, ENOSYS, GUARD_NAMED, why_descriptors },
	{ "fsconfig", { { 0 } }, ENOSYS, GUARD_NAMED, why_descriptors },
	{ "fsmount", { { 0 } }, ENOSYS, GUARD_NAMED, why_descriptors },
	{ "fspick", { { 0 } }, ENOSYS, GUARD_NAMED, why_descriptors },
	{ "swapon", { { 0 } }, EPERM, GUARD_NAMED, why_swap },
	{ "swapoff", { { 0 } }, EPERM, GUARD_NAMED, why_swap },
	{ "bpf", { { 0 } }, EPERM, GUARD_NAMED, why_watch },
	{ "perf_event_open", { { 0 } }, EPERM, GUARD_NAMED, why_watch },
	{ "init_module", { { 0 } }, EPERM, GUARD_NAMED, why_code },
	{ "finit_module", { { 0 } }, EPERM, GUARD_NAMED, why_code },
	{ "kexec_load", { { 0 } }, EPERM, GUARD_NAMED, why_code },
	{ "kexec_file_load", { { 0 } }, EPERM, GUARD_NAMED, why_code },
	{ "iopl", { { 0 } }, EPERM, GUARD_NAMED, why_code },
	{ "ioperm", { { 0 } }, EPERM, GUARD_NAMED, why_code },

	{ "setsockopt", SOCKOPT(SO_ATTACH_FILTER), ENOPROTOOPT, GUARD_PACKET,
	    why_locked },
	{ "setsockopt", SOCKOPT(SO_ATTACH_BPF), ENOPROTOOPT, GUARD_PACKET,
	    why_locked },
	{ "setsockopt", SOCKOPT(SO_DETACH_FILTER), 0, GUARD_PACKET,
	    why_locked },

	{ "setsockopt", OPTION_OF(SOL_IP, IP_OPTIONS), EPERM, GUARD_ADDRESS,
	    why_route },
	{ "setsockopt", OPTION_OF(SOL_IPV6, IPV6_RTHDR), EPERM, GUARD_ADDRESS,
	    why_route },
	{ "setsockopt", OPTION_OF(SOL_IPV6, IPV6_2292RTHDR), EPERM,
	    GUARD_ADDRESS, why_route },
	{ "setsockopt", OPTION_OF(SOL_IPV6, IPV6_2292PKTOPTIONS), EPERM,
	    GUARD_ADDRESS, why_route },
	{ "setsockopt", OPTION_OF(SOL_IPV6, FLOWLABEL_MGR), EPERM,
	    GUARD_ADDRESS, why_route },
	{ "setsockopt", OPTION_OF(SOL_IP, IP_HDRINCL), EPERM, GUARD_ADDRESS,
	    why_header },
	{ "setsockopt", OPTION_OF(SOL_IPV6, IPV6_HDRINCL), EPERM, GUARD_ADDRESS,
	    why_header },
	{ "setsockopt", OPTION_OF(SCTP, SCTP_BINDX_ADD), EPERM, GUARD_ADDRESS,
	    why_bindx },
	{ "setsockopt", OPTION_OF(SCTP, SCTP_CONNECTX_OLD), EPERM,
	    GUARD_ADDRESS, why_bindx },
	{ "setsockopt", OPTION_OF(SCTP, SCTP_CONNECTX), EPERM, GUARD_ADDRESS,
	    why_bindx },
	{ "getsockopt", OPTION_OF(SCTP, SCTP_CONNECTX3), EPERM, GUARD_ADDRESS,
	    why_bindx },
};

#define GUARD_ROWS (sizeof(guard_rows) / sizeof(guard_rows[0]))

/*
 * A rule for a call of everyday life (`native-ioctl: permit`) does not speak
 * of its dangerous forms: those are named by a test of just that value.
 */
static enum verdict_naming
guard_naming(const struct filter_input *in, const struct sys_call *call,
    const struct guard_row *row)
{
	return verdict_naming(in, call, &row->conditions[0]);
}

/* Is it answered so unless the policies name it? */
static bool
guard_wants_name(const struct guard_row *row, bool guarded)
{
	return row->strength == GUARD_NAMED ||
	    (row->strength == GUARD_STRICT && !guarded);
}

static bool
guard_applies(const struct filter_input *in, const struct sys_call *call,
    const struct guard_row *row)
{
	switch (row->strength) {
	case GUARD_STRICT:
		return in->guarded ||
		    guard_naming(in, call, row) != NAMED_BY_ALL;
	case GUARD_NAMED:
		return guard_naming(in, call, row) != NAMED_BY_ALL;
	case GUARD_GUARDED:
		return in->guarded;
	case GUARD_PACKET:
		return in->packet_filter;
	case GUARD_ADDRESS:
		return in->addresses;
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

/* What is out of sight here the broker looks at, see filter_refusal(). */
static bool
is_out_of_sight(const struct filter_abi *abi, const struct guard_row *row)
{
	return abi->hidden && row->conditions[0].relation != GUARD_ANY;
}

static tree_id
guard_row_tree(struct tree *t, const struct filter_input *in,
    const struct filter_abi *abi, const struct sys_call *call,
    const struct guard_row *row, tree_id rest)
{
	bool ask = row->error == GUARD_ASK;
	tree_id tree;
	size_t i;

	if (is_out_of_sight(abi, row))
		return tree_both(t, rest, tree_notify(t));
	if (guard_wants_name(row, in->guarded))
		ask = guard_naming(in, call, row) == NAMED_BY_SOME;
	tree = ask ? tree_notify(t) :
		     tree_leaf(t, SECCOMP_RET_ERRNO | (uint32_t)row->error);
	for (i = 0; i < CONDITIONS_MAX; i++)
		tree = guard_condition(t, &row->conditions[i], tree, rest);
	return tree;
}

/* Asked for every call of each row: mostly the first letter says no. */
static bool
is_call(const struct guard_row *row, const struct sys_call *call)
{
	return row->call[0] == call->name[0] &&
	    strcmp(row->call, call->name) == 0;
}

_Static_assert(GUARD_ROWS <= GUARD_ROWS_MAX, "the index has place for all");

/* (No name is shorter.) */
static size_t
guard_letters(const char *name)
{
	return (7 * (size_t)name[0] + (size_t)name[1]) % GUARD_LETTERS;
}

void
guard_index(struct guard_index *index)
{
	uint8_t *last;
	size_t i;

	memset(index, 0, sizeof(*index));
	for (i = 0; i < GUARD_ROWS; i++) {
		last = &index->last[guard_letters(guard_rows[i].call)];
		index->before[i] = *last;
		*last = (uint8_t)(i + 1);
	}
}

tree_id
guard_tree(struct tree *t, const struct guard_index *index,
    const struct filter_input *in, const struct filter_abi *abi,
    const struct sys_call *call, tree_id policy)
{
	const struct guard_row *row;
	tree_id tree = policy;
	size_t i;

	for (i = index->last[guard_letters(call->name)]; i > 0;
	     i = index->before[i - 1]) {
		row = &guard_rows[i - 1];
		if (is_call(row, call) && guard_applies(in, call, row))
			tree = guard_row_tree(t, in, abi, call, row, tree);
	}
	return tree;
}

static const char *
guard_where(enum guard_strength strength)
{
	switch (strength) {
	case GUARD_STRICT:
		return " in an elevated program, elsewhere unless named";
	case GUARD_NAMED:
		return " unless named";
	case GUARD_GUARDED:
		return " in an elevated program";
	case GUARD_PACKET:
		return " where a rule has a filter or device";
	case GUARD_ADDRESS:
		return " where a rule tests an address";
	case GUARD_ALWAYS:
	default:
		return "";
	}
}

const char *
guard_reason(const struct sys_call *call, size_t nth, struct guard_reason *why)
{
	const struct guard_row *row;
	size_t i;

	for (i = 0; i < GUARD_ROWS; i++) {
		row = &guard_rows[i];
		if (!is_call(row, call) || nth-- != 0)
			continue;
		why->form = row->conditions[0].relation != GUARD_ANY;
		why->refused = row->error > 0;
		why->asked = row->error == GUARD_ASK;
		why->where = guard_where(row->strength);
		why->always = row->strength != GUARD_GUARDED &&
		    row->strength != GUARD_PACKET &&
		    row->strength != GUARD_ADDRESS;
		return row->why;
	}
	return NULL;
}

static bool
guard_holds(const struct guard_row *row, const uint64_t regs[SYS_REGS])
{
	const struct guard_condition *condition;
	uint64_t value;
	size_t i;

	for (i = 0; i < CONDITIONS_MAX; i++) {
		condition = &row->conditions[i];
		value = regs[condition->reg] & condition->mask;
		if ((condition->relation == GUARD_EQUAL &&
			value != condition->value) ||
		    (condition->relation == GUARD_OTHER &&
			value == condition->value) ||
		    (condition->relation == GUARD_BITS && value == 0))
			return false;
	}
	return true;
}

bool
filter_refusal(const struct filter_input *in, const struct sys_call *call,
    const uint64_t regs[SYS_REGS], int *error)
{
	const struct guard_row *row;
	size_t i;

	for (i = 0; i < GUARD_ROWS; i++) {
		row = &guard_rows[i];
		if (!is_call(row, call) || row->error == GUARD_ASK ||
		    !guard_applies(in, call, row) || !guard_holds(row, regs))
			continue;
		*error = row->error;
		return true;
	}
	return false;
}

bool
filter_looks(const struct filter_input *in, const struct sys_call *call)
{
	const struct guard_row *row;
	size_t i;

	for (i = 0; i < GUARD_ROWS; i++) {
		row = &guard_rows[i];
		if (is_call(row, call) &&
		    row->conditions[0].relation != GUARD_ANY &&
		    guard_applies(in, call, row))
			return true;
	}
	return false;
}

int
filter_unnamed(const struct filter_set *set, bool no_alias, bool guarded,
    const struct sys_call *call, const uint64_t *regs)
{
	const struct filter_input in = {
		.closure = set,
		.nclosure = 1,
		.no_alias = no_alias,
	};
	const struct guard_row *row;
	bool depends = false;
	size_t i;

	for (i = 0; i < GUARD_ROWS; i++) {
		row = &guard_rows[i];
		if (!is_call(row, call) || !guard_wants_name(row, guarded) ||
		    guard_naming(&in, call, row) == NAMED_BY_ALL)
			continue;
		if (row->conditions[0].relation == GUARD_ANY)
			return row->error;
		if (regs != NULL && guard_holds(row, regs))
			return row->error;
		depends = true;
	}
	return depends && regs == NULL ? FILTER_DEPENDS : 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * What a filter has to answer, by evaluation of every policy of the closure
 * with everything possible; and its refusals, written down a second time, from
 * security.md. Slow, and without a thought of instructions. Included once by
 * a test.
 */
#ifndef PRIVD_TESTS_FILTER_ORACLE_H
#define PRIVD_TESTS_FILTER_ORACLE_H

#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/audit.h>
#include <linux/btrfs.h>
#include <linux/seccomp.h>

#include "../../privd/filter/filter.h"
#include "../../privd/policy/policy.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define ALLOW SECCOMP_RET_ALLOW
#define NOTIFY SECCOMP_RET_USER_NOTIF
#define FAIL(e) (SECCOMP_RET_ERRNO | (uint32_t)(e))
#define POLICIES 3

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#else
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

struct policy_case {
	const char *name;
	/* Each is a member of the closure; "" is policy_none(), "permitting"
	   and "released" are the images of that name; behind form feeds stand
	   the other images of its set. */
	const char *texts[POLICIES];
	bool guarded, asking, no_alias, packet, addresses, capable;
	bool weak;         /* tests that no filter can make: may be asked */
	const char *named; /* calls that all name, "*": by arguments too */
	const char *some;  /* calls that not all name; "*": forms of them */
};

static const char *const samples[] = {
	"/etc/passwd", "/tmp/x", "/bin/ls", "/usr/lib/a", "/dev/bpf0",
	"/home/u/x", "inet-[1.2.3.4]:53", "", NULL /* not there */
};

struct loaded {
	struct policy_set *sets[POLICIES * FILTER_IMAGES_MAX];
	size_t nsets;
	struct filter_set closure[POLICIES];
	struct filter_input input;
	struct filter_program program;
	bool alike; /* it is the same for all callers, at any time */
};

static bool
is_alike(const struct policy_image *image)
{
	const struct policy_rule *rule;
	size_t i;

	for (i = 0; i < policy_rule_count(image); i++) {
		rule = policy_rule(image, i);
		if (rule->pred != NULL || rule->macros != 0 ||
		    rule->limit != POLICY_UNLIMITED ||
		    rule->exclusive != NULL ||
		    rule->identity.kind != POLICY_AS_CALLER)
			return false;
	}
	return true;
}

static bool
are_alike(const struct loaded *l)
{
	size_t i, n;

	for (i = 0; i < l->input.nclosure; i++)
		for (n = 0; n < l->closure[i].count; n++)
			if (!is_alike(l->closure[i].images[n]))
				return false;
	return true;
}

/* --- refusals, from security.md */

#define ASKED (-2) /* it is the broker's to refuse */

static bool
is_one_of(const char *name, const char *list)
{
	size_t len = strlen(name);
	const char *p = list;

	while (p != NULL && (p = strstr(p, name)) != NULL) {
		if ((p == list || p[-1] == ' ') &&
		    (p[len] == ' ' || p[len] == '\0'))
			return true;
		p++;
	}
	return false;
}

static bool
is_named(const struct policy_case *c, const char *name, bool tested)
{
	char starred[80];

	snprintf(starred, sizeof(starred), "*%s", name);
	return is_one_of(starred, c->named) ||
	    (!tested && is_one_of(name, c->named));
}

/* Is the form named by some, but not by all? */
static bool
is_some(const struct policy_case *c, const char *form)
{
	char starred[80];

	snprintf(starred, sizeof(starred), "*%s", form);
	return is_one_of(starred, c->some);
}

static int
refuse_prctl(const struct policy_case *c, const uint64_t *r)
{
	switch ((int)r[0]) {
	case PR_SET_MM:
		return EPERM;
	case PR_SET_PTRACER:
		return c->guarded ? EINVAL : -1;
	case PR_SET_CHILD_SUBREAPER:
		return c->guarded ? EPERM : -1;
	case PR_SET_DUMPABLE:
		return c->guarded ? 0 : -1;
	case PR_CAP_AMBIENT:
		if (!c->guarded)
			return -1;
		if (r[1] == PR_CAP_AMBIENT_RAISE)
			return EPERM;
		return r[1] == PR_CAP_AMBIENT_LOWER ||
			r[1] == PR_CAP_AMBIENT_CLEAR_ALL ?
		    0 :
		    -1;
	default:
		return -1;
	}
}

/* Routes, headers of one's own, and what binds and connects by options. */
static bool
leads_elsewhere(const uint64_t *r, bool set)
{
	switch ((int)r[1]) {
	case 0: /* IPv4 */
		return set && ((int)r[2] == 4 || (int)r[2] == 3);
	case 41: /* IPv6 */
		return set &&
		    ((int)r[2] == 5 || (int)r[2] == 6 || (int)r[2] == 57 ||
			(int)r[2] == 32 || (int)r[2] == 36);
	case 132: /* SCTP */
		return set ?
		    (int)r[2] == 100 || (int)r[2] == 107 || (int)r[2] == 110 :
		    (int)r[2] == 111;
	default:
		return false;
	}
}

static int
refuse_setsockopt(const struct policy_case *c, const uint64_t *r)
{
	if (c->addresses && leads_elsewhere(r, true))
		return EPERM;
	if (!c->packet || (int)r[1] != SOL_SOCKET)
		return -1;
	if ((int)r[2] == SO_ATTACH_FILTER || (int)r[2] == SO_ATTACH_BPF)
		return ENOPROTOOPT;
	return (int)r[2] == SO_DETACH_FILTER ? 0 : -1;
}

/* The errno of a refusal that does not depend on naming; -1. */
static int
refuse_fixed(const struct policy_case *c, const char *name, const uint64_t *r)
{
	if (is_one_of(name,
		"io_uring_setup io_uring_enter io_uring_register "
		"clone3"))
		return ENOSYS;
	if (strcmp(name, "seccomp") == 0 &&
	    (r[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0)
		return EBUSY;
	if (strcmp(name, "clone") == 0 && (r[0] & CLONE_PARENT) != 0)
		return EPERM;
	if (strcmp(name, "socket") == 0 && (int)r[0] == AF_INET &&
	    (r[1] & 0xf) == SOCK_PACKET)
		return EPERM;
	if (strcmp(name, "landlock_create_ruleset") == 0)
		return EOPNOTSUPP;
	if (strcmp(name, "landlock_restrict_self") == 0)
		return EPERM;
	if (strcmp(name, "prctl") == 0)
		return refuse_prctl(c, r);
	if (strcmp(name, "setsockopt") == 0)
		return refuse_setsockopt(c, r);
	if (strcmp(name, "getsockopt") == 0 && c->addresses &&
	    leads_elsewhere(r, false))
		return EPERM;
	if (c->guarded && strcmp(name, "capset") == 0)
		return 0;
	if (c->guarded && strcmp(name, "personality") == 0 &&
	    (uint32_t)r[0] != UINT32_MAX)
		return EPERM;
	return -1;
}

static bool
refuse_arguments(const char *name, const uint64_t *r)
{
	static const uint32_t requests[] = { 0x5412, 0x541c, 0xaa00,
		BTRFS_IOC_SUBVOL_CREATE, BTRFS_IOC_SUBVOL_CREATE_V2,
		BTRFS_IOC_SNAP_CREATE, BTRFS_IOC_SNAP_CREATE_V2,
		BTRFS_IOC_SNAP_DESTROY, BTRFS_IOC_SNAP_DESTROY_V2 };
	const uint64_t spaces = 0x7e020000;
	size_t i;

	if (strcmp(name, "unshare") == 0)
		return (r[0] & (spaces | 0x80)) != 0;
	if (strcmp(name, "clone") == 0)
		return (r[0] & spaces) != 0;
	for (i = 0; strcmp(name, "ioctl") == 0 &&
	     i < sizeof(requests) / sizeof(requests[0]);
	     i++)
		if ((uint32_t)r[1] == requests[i])
			return true;
	return false;
}

static int
refuse(const struct policy_case *c, const char *name, const uint64_t *r)
{
	static const char strict[] = "ptrace process_vm_readv "
				     "process_vm_writev process_madvise kcmp "
				     "pidfd_getfd userfaultfd setns";
	static const char named[] =
	    "open_by_handle_at bpf perf_event_open mount umount2 umount "
	    "pivot_root swapon swapoff chroot init_module "
	    "finit_module kexec_load kexec_file_load iopl ioperm";
	static const char mounts[] =
	    "fsopen fsmount fsconfig fspick open_tree open_tree_attr "
	    "move_mount mount_setattr";
	int error = refuse_fixed(c, name, r);
	char form[64];

	if (error != -1)
		return error;
	if (is_one_of(name, strict) &&
	    (c->guarded || !is_named(c, name, false)))
		return EPERM;
	if (is_one_of(name, named) && !is_named(c, name, false))
		return EPERM;
	if (is_one_of(name, mounts) && !is_named(c, name, false))
		return ENOSYS;
	if (!refuse_arguments(name, r))
		return -1;
	/* Of ioctls each is named for itself. */
	if (strcmp(name, "ioctl") == 0)
		snprintf(form, sizeof(form), "ioctl%x", (unsigned int)r[1]);
	else
		snprintf(form, sizeof(form), "%s", name);
	if (!c->guarded && is_some(c, form))
		return ASKED;
	return c->guarded || !is_named(c, form, true) ? EPERM : -1;
}

/* --- the right answer, by evaluation of everything possible */

struct oracle {
	const struct loaded *l;
	const struct policy_case *c;
	const struct sys_call *call;
	enum sys_machine machine;
	const uint64_t *regs;
	struct policy_request req;
	char texts[SYS_ARGS_MAX][SYS_VALUE_MAX];
	bool any;
	bool mixed;
	uint32_t answer;
};

static bool
is_spent(void *context, const struct policy_rule *rule)
{
	(void)rule;
	return *(bool *)context;
}

static uint32_t
answer_of(const struct oracle *o, const struct policy_verdict *v)
{
	const struct policy_rule *r = v->rule;
	bool quiet = (o->call->flags & SYS_QUIET) != 0;

	if (r == NULL && v->action == POLICY_DENY && quiet)
		return FAIL(v->error);
	if (v->log)
		return NOTIFY;
	if (r != NULL &&
	    (r->identity.kind != POLICY_AS_CALLER ||
		r->child != POLICY_CHILD_OWN || r->limit != POLICY_UNLIMITED ||
		r->exclusive != NULL || r->filter != NULL ||
		r->device != NULL || r->keep))
		return NOTIFY;
	if (v->action == POLICY_DENY)
		return FAIL(v->error);
	if (v->action == POLICY_PRETEND)
		return v->value == 0 ? FAIL(0) : NOTIFY;
	return v->action == POLICY_PERMIT ? ALLOW : NOTIFY;
}

static void
possible(struct oracle *o, uint32_t answer)
{
	if (o->any && answer != o->answer)
		o->mixed = true;
	o->any = true;
	o->answer = answer;
}

static bool image_looks(const struct policy_image *, const struct sys_call *);

static bool
closure_has(const struct loaded *l, enum sys_machine machine)
{
	size_t i, n;

	for (i = 0; i < l->input.nclosure; i++)
		for (n = 0; n < l->input.closure[i].count; n++)
			if (policy_machine(l->input.closure[i].images[n]) ==
			    machine)
				return true;
	return false;
}

/* What cannot be asked, of the other ABI: where all is permitted, or it is the
   end of the launcher. */
static bool
is_other(const struct oracle *o, const struct policy_image *image)
{
	bool both = closure_has(o->l, SYS_NATIVE) &&
	    closure_has(o->l, SYS_I386);

	if (policy_machine(image) == o->machine)
		return false;
	if ((o->call->flags & SYS_QUIET) == 0 ||
	    (!both && strncmp(o->call->name, "exit", 4) != 0))
		return true;
	return image_looks(image, o->call);
}

/* What one member answers: the first of its images that does not allow. */
static uint32_t
ask_set(struct oracle *o, const struct filter_set *set)
{
	struct policy_verdict v;
	uint32_t answer = NOTIFY;
	size_t n;

	/* the launcher's has to be let go on, whatever they say */
	if (o->call->disposal == SYS_EXEC)
		return NOTIFY;
	for (n = 0; n < set->count; n++) {
		if (is_other(o, set->images[n]))
			return FAIL(ENOSYS);
		policy_evaluate(set->images[n], &o->req, o->l->input.enforcing,
		    &v);
		answer = answer_of(o, &v);
		if (answer != ALLOW &&
		    policy_machine(set->images[n]) != o->machine)
			return FAIL(ENOSYS);
		if (answer != ALLOW)
			return answer;
	}
	if ((o->call->flags & SYS_WITNESS) != 0 ||
	    (o->c->capable && (o->call->flags & SYS_CREDS) != 0))
		return NOTIFY;
	return answer;
}

/* What all members of the closure answer to one request. */
static void
ask_closure(struct oracle *o)
{
	size_t i;

	for (i = 0; i < o->l->input.nclosure && !o->mixed; i++)
		possible(o, ask_set(o, &o->l->input.closure[i]));
}

static void
ask_callers(struct oracle *o)
{
	static const struct policy_caller callers[] = {
		{ .uid = 0, .user = "root", .home = "/root" },
		{ .uid = 1000, .gid = 1000, .user = "u", .home = "/home/u" },
		{ .uid = 1001, .gid = 1000 },
	};
	size_t i, n;
	bool spent;

	n = o->l->alike ? 1 : NELEMS(callers) * 2;
	for (i = 0; i < n && !o->mixed; i++) {
		spent = i % 2 == 1;
		o->req.caller = &callers[i / 2];
		o->req.cwd = i / 2 == 1 ? "/tmp" : NULL;
		o->req.spent = is_spent;
		o->req.context = &spent;
		ask_closure(o);
	}
}

/* Number arguments as they are, memory as the sample has it. */
static void
decode(struct oracle *o, const char *sample)
{
	const struct sys_arg *arg;
	struct policy_value *value;
	size_t i;

	o->req.nvalues = 0;
	for (i = 0; i < SYS_ARGS_MAX && o->call->args[i].name != NULL; i++) {
		arg = &o->call->args[i];
		value = &o->req.values[o->req.nvalues];
		value->name = arg->name;
		value->missing = false;
		value->value = o->texts[i];
		if (arg->kind == SYS_UNAME || arg->kind == SYS_GNAME)
			continue; /* slow, and in no policy here */
		if (arg->kind == SYS_SOCKADDR &&
		    (arg->flags & SYS_ARG_OPTIONAL) != 0 &&
		    o->regs[arg->reg] == 0)
			continue; /* there is no address */
		if (arg->kind >= SYS_MEMORY)
			value->value = sample;
		else if (sys_format(arg, o->regs, o->texts[i], SYS_VALUE_MAX) ==
		    -1)
			continue;
		if (value->value != NULL)
			o->req.nvalues++;
	}
}

static bool
has_memory(const struct sys_call *call)
{
	size_t i;

	for (i = 0; i < SYS_ARGS_MAX && call->args[i].name != NULL; i++)
		if (call->args[i].kind >= SYS_MEMORY)
			return true;
	return false;
}

static void
ask_samples(struct oracle *o)
{
	static const char *const flags[] = { "ro", "rw", "rwct" };
	size_t i, n = has_memory(o->call) ? NELEMS(samples) : 1;

	for (i = 0; i < n && !o->mixed; i++) {
		decode(o, samples[i]);
		ask_callers(o);
	}
	if (strcmp(o->call->name, "openat2") != 0)
		return;
	for (i = 0; i < NELEMS(flags); i++) {
		decode(o, flags[i]);
		ask_callers(o);
	}
}

static void
ask_bases(struct oracle *o)
{
	uint64_t flags;
	int empty;

	for (empty = 0; empty < 2 && !o->mixed; empty++) {
		o->req.base = o->c->no_alias ?
		    o->call :
		    sys_base(o->call, o->regs, empty);
		if (sys_open_flags(o->call, o->regs, &flags)) {
			o->req.alias = sys_alias_of(o->req.base, flags);
			ask_samples(o);
			continue;
		}
		o->req.alias = sys_alias_of(o->req.base, 0);
		ask_samples(o);
		o->req.alias = sys_alias_of(o->req.base, O_RDWR | O_CREAT);
		ask_samples(o);
	}
}

static bool
machine_of(const struct seccomp_data *data, enum sys_machine *machine)
{
	*machine = data->arch == NATIVE_ARCH ? SYS_NATIVE : SYS_I386;
	return data->arch == NATIVE_ARCH ||
	    (SYS_HAS_I386 && data->arch == AUDIT_ARCH_I386);
}

/*
 * The call that is meant, NULL: none, which has that error. Hidden: what its
 * arguments are the filter cannot see.
 */
static const struct sys_call *
call_of(const struct loaded *l, const struct seccomp_data *data, bool *hidden,
    int *error)
{
	/* As i386/socketcall and ipc number them. */
	static const char *const sockets[] = { "", "socket", "bind", "connect",
		"listen", "accept", "getsockname", "getpeername", "socketpair",
		"sendto", "recvfrom", "sendto", "recvfrom", "shutdown",
		"setsockopt", "getsockopt", "sendmsg", "recvmsg", "accept4",
		"recvmmsg", "sendmmsg" };
	static const char *const ipc[] = { "", "semop", "semget", "semctl",
		"semtimedop", "", "", "", "", "", "", "msgsnd", "msgrcv",
		"msgget", "msgctl", "", "", "", "", "", "", "shmat", "shmdt",
		"shmget", "shmctl" };
	static const char differ[] =
	    "chown lchown fchown setuid setgid setfsuid setfsgid setreuid "
	    "setregid setresuid setresgid truncate ftruncate truncate64 "
	    "ftruncate64 fallocate fanotify_mark mmap";
	const struct sys_call *call;
	enum sys_machine machine;
	uint32_t first = (uint32_t)data->args[0];
	const char *name;

	*hidden = false;
	*error = ENOSYS;
	if (!machine_of(data, &machine))
		return NULL;
	call = sys_by_number(machine, data->nr);
	if (call == NULL || machine == SYS_NATIVE || !closure_has(l, SYS_I386))
		return machine == SYS_NATIVE ? call : NULL;
	*hidden = is_one_of(call->name, differ);
	if (data->nr != 102 && data->nr != 117)
		return call;
	*hidden = true;
	if (data->nr == 102) {
		*error = EINVAL;
		name = first < NELEMS(sockets) ? sockets[first] : "";
	} else {
		first &= 0xffff;
		name = first < NELEMS(ipc) ? ipc[first] : "";
	}
	return name[0] == '\0' ? NULL : sys_by_name(name);
}

static bool
looks_at_policy(const struct loaded *l, const struct sys_call *call)
{
	size_t i, n;

	for (i = 0; i < l->input.nclosure; i++)
		for (n = 0; n < l->input.closure[i].count; n++)
			if (image_looks(l->input.closure[i].images[n], call))
				return true;
	return false;
}

/* Whatever the arguments are. */
static void
ask_hidden(struct oracle *o)
{
	static const uint64_t values[] = { 0, 1, 2, AF_INET, 0x11, UINT32_MAX,
		UINT64_MAX };
	uint64_t regs[SYS_REGS];
	size_t i, k;

	o->regs = o->req.regs = regs;
	for (i = 0; i < NELEMS(values) && !o->mixed; i++) {
		for (k = 0; k < SYS_REGS; k++)
			regs[k] = values[i];
		ask_bases(o);
	}
}

/* What the call has of them: a 32-bit one half, whatever else is in there. */
static void
take_registers(const struct seccomp_data *data, uint64_t regs[SYS_REGS])
{
	int reg;

	for (reg = 0; reg < SYS_REGS; reg++)
		regs[reg] = data->arch == AUDIT_ARCH_I386 ?
		    (uint32_t)data->args[reg] :
		    data->args[reg];
}

static uint32_t
right_answer(const struct loaded *l, const struct policy_case *c,
    const struct seccomp_data *data)
{
	static struct oracle o;
	uint64_t regs[SYS_REGS], laid_out[SYS_REGS];
	int error;
	bool hidden;

	take_registers(data, regs);
	memset(&o.req, 0, sizeof(o.req));
	o.any = o.mixed = false;
	o.l = l;
	o.c = c;
	o.regs = o.req.regs = regs;
	o.req.no_alias = c->no_alias;
	o.call = o.req.call = call_of(l, data, &hidden, &error);
	(void)machine_of(data, &o.machine);
	if (o.call == NULL)
		return FAIL(error);
	if (o.call->disposal == SYS_REFUSED)
		return FAIL(ENOSYS);
	if (!closure_has(l, o.machine)) {
		ask_bases(&o);
		return o.mixed ? NOTIFY : o.answer;
	}
	if (o.machine == SYS_I386 && !hidden) {
		sys_i386_registers(o.call, regs, laid_out);
		o.regs = laid_out;
	}
	if (hidden) {
		ask_hidden(&o);
		if (((c->packet && strcmp(o.call->name, "setsockopt") == 0) ||
			strcmp(o.call->name, "socket") == 0) &&
		    !o.mixed && o.answer == ALLOW)
			return NOTIFY;
		return o.mixed ? NOTIFY : o.answer;
	}
	if (is_one_of(o.call->name, c->some))
		return NOTIFY;
	error = refuse(c, o.call->name, regs);
	if (error == ASKED)
		return NOTIFY;
	if (error != -1)
		return FAIL(error);
	/* Who adopts orphans is known, and whoever stacks a filter is looked
	   at first. */
	if (strcmp(o.call->name, "prctl") == 0 &&
	    (int)regs[0] == PR_SET_CHILD_SUBREAPER)
		return NOTIFY;
	if (c->guarded &&
	    (strcmp(o.call->name, "seccomp") == 0 ||
		(strcmp(o.call->name, "prctl") == 0 &&
		    (int)regs[0] == PR_SET_SECCOMP)))
		return NOTIFY;
	ask_bases(&o);
	return o.mixed ? NOTIFY : o.answer;
}

/* Does a rule make the answer depend on anything? */
static bool
image_looks(const struct policy_image *image, const struct sys_call *call)
{
	const struct policy_rule *rules[256];
	const struct sys_call *bases[SYS_FOLDS_MAX];
	size_t i, n, b, nbases;

	nbases = sys_bases(call, bases);
	for (b = 0; b < nbases; b++) {
		n = policy_candidates(image, call, bases[b],
		    (enum sys_alias)bases[b]->alias, false, rules,
		    NELEMS(rules));
		for (i = 0; i < n; i++)
			if (rules[i]->expr->op != POLICY_TRUE)
				return true;
	}
	return false;
}

static bool
has_conditions(const struct loaded *l, const struct sys_call *call)
{
	size_t i, n;

	for (i = 0; i < l->input.nclosure; i++)
		for (n = 0; n < l->closure[i].count; n++)
			if (image_looks(l->closure[i].images[n], call))
				return true;
	return false;
}

/* May the filter ask although there is but one answer? */
static bool
may_ask(const struct loaded *l, const struct policy_case *c,
    const struct seccomp_data *data)
{
	const struct sys_call *call;
	uint64_t regs[SYS_REGS];
	bool hidden;
	int error;

	take_registers(data, regs);
	call = call_of(l, data, &hidden, &error);
	if (call != NULL && hidden)
		return looks_at_policy(l, call);
	if (call == NULL || refuse(c, call->name, regs) != -1)
		return false;
	return has_conditions(l, call) &&
	    (c->weak || call->disposal == SYS_WHOLE);
}

#endif /* PRIVD_TESTS_FILTER_ORACLE_H */

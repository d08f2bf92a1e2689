/* SPDX-License-Identifier: ISC */
/*
 * A list becomes a balanced tree over its numbers: when a filter is installed
 * the kernel runs it for every number there is, to know which are allowed
 * whatever their arguments are, and compiles each of its instructions. A pure
 * function of the list.
 */
#include "jail_list.h"

#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "../notify/notify.h"

#define REFUSED (SECCOMP_RET_ERRNO | EPERM)
#define LEAF_MAX 8 /* numbers that are compared one after the other */

/* To live: memory, signals, the clock; and to end. */
static const struct jail_rule living[] = {
	ANY(SYS_brk),
	ANY(SYS_mmap),
	ANY(SYS_munmap),
	ANY(SYS_mremap),
	ANY(SYS_mprotect),
	ANY(SYS_madvise),
	ANY(SYS_futex),
	ANY(SYS_rt_sigaction),
	ANY(SYS_rt_sigprocmask),
	ANY(SYS_rt_sigreturn),
	ANY(SYS_restart_syscall),
	ANY(SYS_clock_gettime),
	ANY(SYS_clock_nanosleep),
	ANY(SYS_getpid),
	ANY(SYS_gettid),
	ANY(SYS_getrandom),
	ANY(SYS_exit),
	ANY(SYS_exit_group),
#if defined(__SANITIZE_ADDRESS__)
	/* What the sanitizer's runtime needs beside. */
	ANY(SYS_sigaltstack),
	ANY(SYS_sched_yield),
	ANY(SYS_getppid),
	ANY(SYS_prctl),
	ANY(SYS_clone),
	ANY(SYS_wait4),
	ANY(SYS_write),
	ANY(SYS_getrlimit),
	ANY(SYS_prlimit64),
	ANY(SYS_tgkill),
#endif
};

#define LIVING (sizeof(living) / sizeof(living[0]))

/* The rules of one call; without condition, only that one. */
struct call {
	const struct jail_rule *rules;
	size_t n;
	bool any;
};

struct list {
	struct jail_rule rules[JAIL_RULES_MAX];
	size_t n;
	struct call calls[JAIL_RULES_MAX];
	size_t ncalls;
};

/* By call, those without condition first, then by what is compared. */
static bool
is_before(const struct jail_rule *a, const struct jail_rule *b)
{
	if (a->nr != b->nr)
		return a->nr < b->nr;
	if (a->mask != b->mask)
		return a->mask < b->mask;
	return a->arg < b->arg;
}

static void
insert(struct list *list, const struct jail_rule *rule)
{
	size_t i;

	for (i = list->n++; i > 0 && is_before(rule, &list->rules[i - 1]); i--)
		list->rules[i] = list->rules[i - 1];
	list->rules[i] = *rule;
}

static void
group(struct list *list)
{
	const struct jail_rule *rule;
	struct call *call = NULL;

	for (rule = list->rules; rule < list->rules + list->n; rule++) {
		if (call != NULL && call->rules[0].nr == rule->nr) {
			call->n++;
			continue;
		}
		call = &list->calls[list->ncalls++];
		*call = (struct call){ rule, 1, rule->mask == 0 };
	}
}

static struct sock_filter *
emit(struct jail_program *program, uint16_t code, uint32_t k, uint8_t jt,
    uint8_t jf)
{
	struct sock_filter *insn = &program->insns[program->count];

	if (program->count < JAIL_INSNS_MAX)
		program->count++;
	*insn = (struct sock_filter){ code, jt, jf, k };
	return insn;
}

static void
load(struct jail_program *program, size_t offset)
{
	(void)emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void
answer(struct jail_program *program, uint32_t action)
{
	(void)emit(program, BPF_RET | BPF_K, action, 0, 0);
}

/* Where it leads to is known when what lies between stands. */
static struct sock_filter *
emit_jump(struct jail_program *program, unsigned short *from)
{
	struct sock_filter *jump = emit(program, BPF_JMP | BPF_JA, 0, 0, 0);

	*from = program->count;
	return jump;
}

static void
emit_conditions(struct jail_program *program, const struct call *call)
{
	const struct jail_rule *rule, *last = NULL;

	for (rule = call->rules; rule < call->rules + call->n; rule++) {
		if (last == NULL || is_before(last, rule)) {
			load(program,
			    offsetof(struct seccomp_data, args) +
				rule->arg * sizeof(uint64_t));
			(void)emit(program, BPF_ALU | BPF_AND | BPF_K,
			    rule->mask, 0, 0);
		}
		(void)emit(program, BPF_JMP | BPF_JEQ | BPF_K, rule->value, 0,
		    1);
		answer(program, SECCOMP_RET_ALLOW);
		last = rule;
	}
	answer(program, REFUSED);
}

static void
emit_leaf(struct jail_program *program, const struct call *calls, size_t n)
{
	struct sock_filter *jump;
	unsigned short from;
	uint8_t left = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		left += calls[i].any;
		if (calls[i].any)
			continue;
		(void)emit(program, BPF_JMP | BPF_JEQ | BPF_K,
		    (uint32_t)calls[i].rules->nr, 1, 0);
		jump = emit_jump(program, &from);
		emit_conditions(program, &calls[i]);
		jump->k = program->count - from;
	}
	/* The last of them runs into either answer. */
	for (i = 0; i < n; i++)
		if (calls[i].any) {
			left--;
			(void)emit(program, BPF_JMP | BPF_JEQ | BPF_K,
			    (uint32_t)calls[i].rules->nr, left, left == 0);
			if (left == 0)
				answer(program, SECCOMP_RET_ALLOW);
		}
	answer(program, REFUSED);
}

/* No deeper than the logarithm of the calls there are. */
static void
emit_tree(struct jail_program *program, const struct call *calls, size_t n)
{
	struct sock_filter *jump;
	unsigned short from;
	size_t half = n / 2;

	if (n <= LEAF_MAX) {
		emit_leaf(program, calls, n);
		return;
	}
	(void)emit(program, BPF_JMP | BPF_JGE | BPF_K,
	    (uint32_t)calls[half].rules->nr, 0, 1);
	jump = emit_jump(program, &from);
	emit_tree(program, calls, half);
	jump->k = program->count - from;
	emit_tree(program, calls + half, n - half);
}

static void
emit_program(struct jail_program *program, const struct list *list)
{
	load(program, offsetof(struct seccomp_data, arch));
	(void)emit(program, BPF_JMP | BPF_JEQ | BPF_K, NOTIFY_ARCH, 1, 0);
	answer(program, SECCOMP_RET_ERRNO | ENOSYS);
	load(program, offsetof(struct seccomp_data, nr));
	/* Its flags are in memory: without it, libc asks by clone. */
	(void)emit(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)SYS_clone3, 0,
	    1);
	answer(program, SECCOMP_RET_ERRNO | ENOSYS);
	emit_tree(program, list->calls, list->ncalls);
}

int
jail_compile(const struct jail_rule *rules, size_t n,
    struct jail_program *program)
{
	struct list list;
	size_t i;

	list.n = list.ncalls = 0;
	program->count = 0;
	if (n > JAIL_RULES_MAX - LIVING) {
		errno = E2BIG;
		return -1;
	}
	for (i = 0; i < LIVING; i++)
		insert(&list, &living[i]);
	for (i = 0; i < n; i++)
		insert(&list, &rules[i]);
	group(&list);
	emit_program(program, &list);
	if (program->count < JAIL_INSNS_MAX)
		return 0;
	errno = E2BIG;
	return -1;
}

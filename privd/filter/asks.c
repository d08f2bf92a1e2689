/* SPDX-License-Identifier: ISC */
/*
 * Can a filter ask the broker about a call at all? Every way through the
 * program is gone that its number leaves open, whatever its registers hold.
 * Programs only go forward, so one pass over the instructions does it.
 */
#include <linux/seccomp.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "../notify/notify.h"
#include "filter.h"

#include <linux/audit.h>

/* What the accumulator may hold before an instruction, as a set. */
#define HOLDS_NUMBER 0x1
#define HOLDS_ARCH 0x2
#define HOLDS_OTHER 0x4

static uint8_t
loaded(const struct sock_filter *insn)
{
	switch (insn->k) {
	case offsetof(struct seccomp_data, nr):
		return HOLDS_NUMBER;
	case offsetof(struct seccomp_data, arch):
		return HOLDS_ARCH;
	default:
		return HOLDS_OTHER;
	}
}

static bool
is_taken(const struct sock_filter *insn, uint32_t value)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		return value == insn->k;
	case BPF_JGT:
		return value > insn->k;
	case BPF_JGE:
		return value >= insn->k;
	default:
		return (value & insn->k) != 0;
	}
}

/* Passes what is held on to where the jump can lead. */
static void
jump(const struct sock_filter *insn, uint8_t *next, uint8_t holds,
    const uint32_t values[2])
{
	unsigned int i;

	if (BPF_OP(insn->code) == BPF_JA) {
		next[insn->k] |= holds;
		return;
	}
	for (i = 0; i < 2; i++)
		if ((holds & 1U << i) != 0)
			next[is_taken(insn, values[i]) ? insn->jt : insn->jf] |=
			    (uint8_t)(1U << i);
	if ((holds & HOLDS_OTHER) != 0) {
		next[insn->jt] |= HOLDS_OTHER;
		next[insn->jf] |= HOLDS_OTHER;
	}
}

static bool
asks(const struct filter_program *program, uint8_t *holds,
    const uint32_t values[2])
{
	const struct sock_filter *insn;
	size_t i;

	holds[0] = HOLDS_OTHER;
	for (i = 0; i < program->count; i++) {
		insn = &program->insns[i];
		if (holds[i] == 0)
			continue;
		if (insn->code == (BPF_RET | BPF_K)) {
			if (insn->k == SECCOMP_RET_USER_NOTIF)
				return true;
		} else if (BPF_CLASS(insn->code) == BPF_JMP) {
			jump(insn, &holds[i + 1], holds[i], values);
		} else if (BPF_CLASS(insn->code) == BPF_LD) {
			holds[i + 1] |= loaded(insn);
		} else {
			holds[i + 1] |= HOLDS_OTHER;
		}
	}
	return false;
}

bool
filter_asks(const struct filter_program *program, int number)
{
	const uint32_t values[2] = { (uint32_t)number, NOTIFY_ARCH };
	/* Room for where a jump of a valid program can lead. */
	uint8_t *holds = calloc((size_t)program->count + 257, 1);
	bool result;

	if (holds == NULL)
		return true;
	result = asks(program, holds, values);
	free(holds);
	return result;
}

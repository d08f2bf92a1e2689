/* SPDX-License-Identifier: ISC */
/*
 * An interpreter of the classic BPF that seccomp takes: what a filter
 * answers, without a kernel. It takes no more than the kernel would: loads
 * of aligned words of seccomp_data, no backward jumps, no word of scratch
 * memory that was not written. All else is a malformed program, which kills.
 */
#include "filter.h"

#include <linux/seccomp.h>
#include <string.h>

#define DIVIDED_BY_ZERO 0 /* the kernel's: the value of KILL_THREAD */

struct machine {
	const struct sock_filter *insns;
	unsigned int count;
	unsigned int pc;
	const struct seccomp_data *data;
	uint32_t a;
	uint32_t x;
	uint32_t memory[BPF_MEMWORDS];
	unsigned int written; /* set of words */
	uint32_t result;
};

enum outcome {
	OUTCOME_NEXT,
	OUTCOME_DONE
};

static enum outcome
stop(struct machine *m, uint32_t result)
{
	m->result = result;
	return OUTCOME_DONE;
}

static enum outcome
malformed(struct machine *m)
{
	return stop(m, SECCOMP_RET_KILL_PROCESS);
}

static enum outcome
load(struct machine *m, const struct sock_filter *insn, uint32_t *to)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_IMM:
		*to = insn->k;
		return OUTCOME_NEXT;
	case BPF_LEN:
		*to = sizeof(*m->data);
		return OUTCOME_NEXT;
	case BPF_MEM:
		if (insn->k >= BPF_MEMWORDS ||
		    (m->written & 1u << insn->k) == 0)
			return malformed(m);
		*to = m->memory[insn->k];
		return OUTCOME_NEXT;
	case BPF_ABS:
		if (to != &m->a || insn->k % sizeof(*to) != 0 ||
		    insn->k >= sizeof(*m->data))
			return malformed(m);
		memcpy(to, (const char *)m->data + insn->k, sizeof(*to));
		return OUTCOME_NEXT;
	default:
		return malformed(m);
	}
}

static enum outcome
store(struct machine *m, const struct sock_filter *insn, uint32_t value)
{
	if (insn->k >= BPF_MEMWORDS)
		return malformed(m);
	m->memory[insn->k] = value;
	m->written |= 1u << insn->k;
	return OUTCOME_NEXT;
}

static enum outcome
shift(struct machine *m, const struct sock_filter *insn, uint32_t by)
{
	if (BPF_SRC(insn->code) == BPF_K && by >= 32)
		return malformed(m);
	by &= 31;
	m->a = BPF_OP(insn->code) == BPF_LSH ? m->a << by : m->a >> by;
	return OUTCOME_NEXT;
}

static enum outcome
divide(struct machine *m, const struct sock_filter *insn, uint32_t by)
{
	if (by == 0)
		return BPF_SRC(insn->code) == BPF_K ? malformed(m) :
						      stop(m, DIVIDED_BY_ZERO);
	m->a /= by;
	return OUTCOME_NEXT;
}

static enum outcome
calculate(struct machine *m, const struct sock_filter *insn, uint32_t operand)
{
	switch (BPF_OP(insn->code)) {
	case BPF_ADD:
		m->a += operand;
		return OUTCOME_NEXT;
	case BPF_SUB:
		m->a -= operand;
		return OUTCOME_NEXT;
	case BPF_MUL:
		m->a *= operand;
		return OUTCOME_NEXT;
	case BPF_DIV:
		return divide(m, insn, operand);
	case BPF_AND:
		m->a &= operand;
		return OUTCOME_NEXT;
	case BPF_OR:
		m->a |= operand;
		return OUTCOME_NEXT;
	case BPF_XOR:
		m->a ^= operand;
		return OUTCOME_NEXT;
	case BPF_LSH:
	case BPF_RSH:
		return shift(m, insn, operand);
	case BPF_NEG:
		m->a = -m->a;
		return OUTCOME_NEXT;
	default:
		return malformed(m);
	}
}

static enum outcome
jump(struct machine *m, const struct sock_filter *insn, uint32_t operand)
{
	bool taken;

	switch (BPF_OP(insn->code)) {
	case BPF_JA:
		if (insn->k >= m->count - m->pc)
			return malformed(m);
		m->pc += insn->k;
		return OUTCOME_NEXT;
	case BPF_JEQ:
		taken = m->a == operand;
		break;
	case BPF_JGT:
		taken = m->a > operand;
		break;
	case BPF_JGE:
		taken = m->a >= operand;
		break;
	case BPF_JSET:
		taken = (m->a & operand) != 0;
		break;
	default:
		return malformed(m);
	}
	m->pc += taken ? insn->jt : insn->jf;
	return OUTCOME_NEXT;
}

static enum outcome
finish(struct machine *m, const struct sock_filter *insn)
{
	switch (BPF_RVAL(insn->code)) {
	case BPF_K:
		return stop(m, insn->k);
	case BPF_A:
		return stop(m, m->a);
	default:
		return malformed(m);
	}
}

static enum outcome
transfer(struct machine *m, const struct sock_filter *insn)
{
	switch (BPF_MISCOP(insn->code)) {
	case BPF_TAX:
		m->x = m->a;
		return OUTCOME_NEXT;
	case BPF_TXA:
		m->a = m->x;
		return OUTCOME_NEXT;
	default:
		return malformed(m);
	}
}

static enum outcome
step(struct machine *m)
{
	const struct sock_filter *insn = &m->insns[m->pc++];
	uint32_t operand = BPF_SRC(insn->code) == BPF_X ? m->x : insn->k;

	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		return BPF_SIZE(insn->code) == BPF_W ? load(m, insn, &m->a) :
						       malformed(m);
	case BPF_LDX:
		return BPF_SIZE(insn->code) == BPF_W ? load(m, insn, &m->x) :
						       malformed(m);
	case BPF_ST:
		return store(m, insn, m->a);
	case BPF_STX:
		return store(m, insn, m->x);
	case BPF_ALU:
		return calculate(m, insn, operand);
	case BPF_JMP:
		return jump(m, insn, operand);
	case BPF_RET:
		return finish(m, insn);
	default:
		return transfer(m, insn);
	}
}

uint32_t
filter_run(const struct filter_program *program,
    const struct seccomp_data *data)
{
	struct machine m;

	memset(&m, 0, sizeof(m));
	m.insns = program->insns;
	m.count = program->count;
	m.data = data;
	/* Every step goes forward, so this ends. */
	while (m.pc < m.count)
		if (step(&m) == OUTCOME_DONE)
			return m.result;
	return SECCOMP_RET_KILL_PROCESS;
}

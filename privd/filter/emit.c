/* SPDX-License-Identifier: ISC */
/*
 * Trees to instructions. The program is written from its end: whatever an
 * instruction jumps to stands already, so that every jump goes forward by a
 * known distance, a tree that two ways lead to is written once, and a target
 * too far for eight bits gets a BPF_JA (or a second BPF_RET) on the way.
 *
 * A is the call's number in the tree over numbers, and dead where a call's
 * own tree begins. A label is a distance from the program's end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include "internal.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "the low word of an argument comes first");

#define NO_LABEL UINT16_MAX
#define JUMP_MAX UINT8_MAX
#define LOW_WORD(v) ((uint32_t)(v))
#define HIGH_WORD(v) ((uint32_t)((v) >> 32))

struct emitter {
	const struct tree *tree;
	struct sock_filter insns[FILTER_INSNS_MAX]; /* [0] is the last one */
	unsigned int used;
	bool full;
	/* Of each node: where its code begins, and where it goes on if A
	   holds its argument already. */
	uint16_t *entry;
	uint16_t *inner;
};

/* What a single-word test has in A: an argument's word, masked or whole. */
struct emit_operand {
	unsigned int offset;
	uint32_t mask;
	bool set;
};

static uint16_t
put(struct emitter *e, unsigned int code, unsigned int jt, unsigned int jf,
    uint32_t k)
{
	struct sock_filter *insn;

	if (e->used == FILTER_INSNS_MAX) {
		e->full = true;
		return 0;
	}
	insn = &e->insns[e->used];
	insn->code = code;
	insn->jt = jt;
	insn->jf = jf;
	insn->k = k;
	return e->used++;
}

static unsigned int
distance(const struct emitter *e, uint16_t label)
{
	return e->used - label - 1;
}

/*
 * Sees to it that the label is near enough for a jump that is written after
 * `more` further instructions, by a stepping stone; later jumps use it too.
 */
static void
bring_near(struct emitter *e, uint16_t *label, unsigned int more)
{
	const struct sock_filter *to = &e->insns[*label];

	if (distance(e, *label) + more <= JUMP_MAX)
		return;
	if (BPF_CLASS(to->code) == BPF_RET)
		*label = put(e, to->code, 0, 0, to->k);
	else
		*label = put(e, BPF_JMP | BPF_JA, 0, 0, distance(e, *label));
}

/* A conditional jump; the labels may move. */
static uint16_t
put_jump(struct emitter *e, unsigned int op, uint32_t k, uint16_t *yes,
    uint16_t *no)
{
	bring_near(e, yes, 1);
	bring_near(e, no, 0);
	return put(e, BPF_JMP | op | BPF_K, distance(e, *yes), distance(e, *no),
	    k);
}

/* Makes the next instruction up run into the label. */
static void
put_through(struct emitter *e, uint16_t label)
{
	if (distance(e, label) != 0)
		(void)put(e, BPF_JMP | BPF_JA, 0, 0, distance(e, label));
}

static unsigned int
arg_offset(unsigned int reg, bool high)
{
	return offsetof(struct seccomp_data, args) +
	    reg * (unsigned int)sizeof(uint64_t) + (high ? 4 : 0);
}

/* What A must hold for the node's inner label; not set if it has none. */
static struct emit_operand
node_operand(const struct tree_node *node)
{
	struct emit_operand o = { 0, 0, false };
	bool high = LOW_WORD(node->test.mask) == 0;

	if (node->leaf || (!high && HIGH_WORD(node->test.mask) != 0))
		return o;
	o.offset = arg_offset(node->test.reg, high);
	o.mask = high ? HIGH_WORD(node->test.mask) : LOW_WORD(node->test.mask);
	if (node->test.value == 0)
		o.mask = UINT32_MAX; /* JSET masks by itself */
	o.set = true;
	return o;
}

static bool
same_operand(struct emit_operand a, struct emit_operand b)
{
	return a.set && b.set && a.offset == b.offset && a.mask == b.mask;
}

/* One word's comparison, up to the jump. */
static uint16_t
put_compare(struct emitter *e, uint32_t mask, uint32_t value, uint16_t *yes,
    uint16_t *no)
{
	if (value == 0 && mask != UINT32_MAX)
		return put_jump(e, BPF_JSET, mask, no, yes);
	return put_jump(e, BPF_JEQ, value, yes, no);
}

/* What stands before the jump. */
static uint16_t
put_operand(struct emitter *e, unsigned int offset, uint32_t mask,
    uint32_t value)
{
	if (value != 0 && mask != UINT32_MAX)
		(void)put(e, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
	return put(e, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

static uint16_t *
target(struct emitter *e, tree_id id, struct emit_operand held)
{
	if (same_operand(held, node_operand(tree_node(e->tree, id))))
		return &e->inner[id];
	return &e->entry[id];
}

/* A test of both words: first the high one, where most calls have 0. */
static void
put_double(struct emitter *e, tree_id id)
{
	const struct tree_node *node = tree_node(e->tree, id);
	const struct tree_test *test = &node->test;
	uint16_t low;

	(void)put_compare(e, LOW_WORD(test->mask), LOW_WORD(test->value),
	    &e->entry[node->yes], &e->entry[node->no]);
	low = put_operand(e, arg_offset(test->reg, false), LOW_WORD(test->mask),
	    LOW_WORD(test->value));
	(void)put_compare(e, HIGH_WORD(test->mask), HIGH_WORD(test->value),
	    &low, &e->entry[node->no]);
	e->entry[id] = put_operand(e, arg_offset(test->reg, true),
	    HIGH_WORD(test->mask), HIGH_WORD(test->value));
}

static void
put_single(struct emitter *e, tree_id id, struct emit_operand operand)
{
	const struct tree_node *node = tree_node(e->tree, id);
	const struct tree_test *test = &node->test;
	bool high = LOW_WORD(test->mask) == 0;
	uint32_t mask = high ? HIGH_WORD(test->mask) : LOW_WORD(test->mask);
	uint32_t value = high ? HIGH_WORD(test->value) : LOW_WORD(test->value);

	e->inner[id] = put_compare(e, mask, value,
	    target(e, node->yes, operand), target(e, node->no, operand));
	e->entry[id] = put_operand(e, operand.offset, mask, value);
}

/* Writes what a call's tree needs, each node once. */
static void
put_tree(struct emitter *e, tree_id id)
{
	const struct tree_node *node = tree_node(e->tree, id);
	struct emit_operand operand;

	if (e->entry[id] != NO_LABEL || e->full)
		return;
	if (node->leaf) {
		e->entry[id] = put(e, BPF_RET | BPF_K, 0, 0, node->answer);
		return;
	}
	put_tree(e, node->no);
	put_tree(e, node->yes);
	if (e->full)
		return;
	operand = node_operand(node);
	if (operand.set)
		put_single(e, id, operand);
	else
		put_double(e, id);
}

/* The tree over numbers, for ranges lo to hi; returns where it begins. */
static uint16_t
put_numbers(struct emitter *e, const struct emit_range *ranges, size_t lo,
    size_t hi)
{
	size_t mid = lo + (hi - lo + 1) / 2;
	uint16_t left, right;

	if (lo == hi) {
		put_tree(e, ranges[lo].tree);
		return e->full ? 0 : e->entry[ranges[lo].tree];
	}
	right = put_numbers(e, ranges, mid, hi);
	left = put_numbers(e, ranges, lo, mid - 1);
	return e->full ? 0 :
			 put_jump(e, BPF_JGE, ranges[mid].first, &right, &left);
}

/* The tree over one machine's numbers, from where their number is loaded. */
static uint16_t
put_machine(struct emitter *e, const struct emit_numbers *numbers)
{
	uint16_t root;

	root = put_numbers(e, numbers->ranges, 0, numbers->count - 1);
	if (e->full)
		return 0;
	put_through(e, root);
	return put(e, BPF_LD | BPF_W | BPF_ABS, 0, 0,
	    offsetof(struct seccomp_data, nr));
}

/* Another ABI's numbers are other calls: it is looked at first. */
static void
put_program(struct emitter *e, const struct emit_numbers *native,
    const struct emit_numbers *i386)
{
	uint16_t root, other = NO_LABEL, refused;

	if (i386->count > 0)
		other = put_machine(e, i386);
	root = put_machine(e, native);
	if (e->full)
		return;
	refused = put(e, BPF_RET | BPF_K, 0, 0, FILTER_ENOSYS);
	if (i386->count > 0)
		refused = put_jump(e, BPF_JEQ, AUDIT_ARCH_I386, &other,
		    &refused);
	(void)put_jump(e, BPF_JEQ, NATIVE_ARCH, &root, &refused);
	(void)put(e, BPF_LD | BPF_W | BPF_ABS, 0, 0,
	    offsetof(struct seccomp_data, arch));
}

/*
 * Marks what can be reached: not so the loads of comparisons that all come
 * to with A loaded already. A jump's target is its own distance ahead, which
 * is what makes one pass enough.
 */
static void
mark_reached(const struct sock_filter *insns, size_t n, bool *reached)
{
	const struct sock_filter *insn;
	size_t i;

	reached[0] = true;
	for (i = 0; i < n; i++) {
		insn = &insns[i];
		if (!reached[i] || BPF_CLASS(insn->code) == BPF_RET)
			continue;
		if (BPF_CLASS(insn->code) != BPF_JMP)
			reached[i + 1] = true;
		else if (BPF_OP(insn->code) == BPF_JA)
			reached[i + 1 + insn->k] = true;
		else {
			reached[i + 1 + insn->jt] = true;
			reached[i + 1 + insn->jf] = true;
		}
	}
}

/* How many of the instructions between a jump and its target stay. */
static unsigned int
count_reached(const bool *reached, size_t from, unsigned int n)
{
	unsigned int i, left = 0;

	for (i = 0; i < n; i++)
		left += reached[from + i];
	return left;
}

static void
prune(struct filter_program *program)
{
	struct sock_filter *insn;
	bool reached[FILTER_INSNS_MAX] = { false };
	unsigned short i, n = 0;

	mark_reached(program->insns, program->count, reached);
	for (i = 0; i < program->count; i++) {
		insn = &program->insns[i];
		if (!reached[i])
			continue;
		if (BPF_CLASS(insn->code) != BPF_JMP)
			;
		else if (BPF_OP(insn->code) == BPF_JA)
			insn->k = count_reached(reached, i + 1u, insn->k);
		else {
			insn->jt = count_reached(reached, i + 1u, insn->jt);
			insn->jf = count_reached(reached, i + 1u, insn->jf);
		}
		program->insns[n++] = *insn;
	}
	program->count = n;
}

static int
emit_copy(const struct emitter *e, struct filter_program *program)
{
	unsigned int i;

	program->insns = reallocarray(NULL, e->used, sizeof(e->insns[0]));
	if (program->insns == NULL)
		return -1;
	for (i = 0; i < e->used; i++)
		program->insns[i] = e->insns[e->used - 1 - i];
	program->count = (unsigned short)e->used;
	prune(program);
	return 0;
}

int
emit_program(const struct tree *tree, const struct emit_numbers *native,
    const struct emit_numbers *i386, struct filter_program *program)
{
	struct emitter *e;
	size_t size = tree_count(tree) * sizeof(e->entry[0]);
	int rv = -1, saved;

	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return -1;
	e->tree = tree;
	e->entry = malloc(size);
	e->inner = malloc(size);
	if (e->entry == NULL || e->inner == NULL)
		goto out;
	memset(e->entry, 0xff, size);
	memset(e->inner, 0xff, size);
	put_program(e, native, i386);
	if (e->full)
		errno = E2BIG;
	else
		rv = emit_copy(e, program);
out:
	saved = errno;
	free(e->entry);
	free(e->inner);
	free(e);
	errno = saved;
	return rv;
}

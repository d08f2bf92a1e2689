/* SPDX-License-Identifier: ISC */
/*
 * The filter of a session: every number's tree, numbers with equal trees as
 * one range, and the program. What does not fit is asked of the broker, the
 * longest comparisons first; the refusals are never left out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/seccomp.h>

#include "internal.h"

/* The calls of one machine, by number. */
struct numbers {
	struct filter_abi abi;
	size_t end;        /* one more than the highest number */
	tree_id *policies; /* by number */
	struct emit_numbers out;
};

struct builder {
	const struct filter_input *in;
	struct tree *tree;
	struct guard_index index;
	struct numbers native;
	struct numbers i386; /* none, unless there are policies for it */
	bool spoilt;
};

/* The most tests of a call, from what is wanted down to what must be. */
static const size_t build_limits[] = { 512, 64, 16, 4, 0 };

static int
build_verdicts(struct builder *b, struct numbers *numbers)
{
	struct filter_abi abi = numbers->abi;
	const struct sys_call *call;
	size_t n;

	for (n = 0; n < numbers->end; n++) {
		call = sys_by_number(abi.machine, (int)n);
		if (call == NULL)
			continue;
		abi.hidden = abi.machine == SYS_I386 && sys_i386_differs(call);
		if (verdict_tree(b->tree, b->in, &abi, call,
			&numbers->policies[n]) == -1)
			return -1;
	}
	return 0;
}

/*
 * A number's whole tree, the policies' part of at most `limit` tests. What
 * the refusals spoil goes without the policies' part; what is spoilt then
 * would go without refusals, so that there is no filter at all.
 */
static tree_id
build_call(struct builder *b, const struct filter_abi *abi,
    const struct sys_call *call, tree_id policy, size_t limit)
{
	tree_id tree;

	if (tree_size(b->tree, policy, limit + 1) > limit)
		policy = tree_notify(b->tree);
	/* Refused as it is, but for what the launcher needs. */
	if (!verdict_has(b->in, abi->machine))
		return policy;
	tree_begin(b->tree, sys_register_mask(abi->machine));
	tree = guard_tree(b->tree, &b->index, b->in, abi, call, policy);
	if (!tree_spoilt(b->tree))
		return tree;
	tree_begin(b->tree, sys_register_mask(abi->machine));
	tree = guard_tree(b->tree, &b->index, b->in, abi, call,
	    tree_notify(b->tree));
	b->spoilt = b->spoilt || tree_spoilt(b->tree);
	return tree;
}

/*
 * Several calls behind one number: each is what its first register says, with
 * its arguments out of sight.
 */
static tree_id
build_many(struct builder *b, const struct sys_call *call, uint32_t mask,
    int error, size_t limit)
{
	const struct filter_abi abi = { SYS_I386, true };
	struct tree_test test = { .mask = mask };
	struct sys_behind behind;
	tree_id tree, one;
	size_t i;

	tree_begin(b->tree, sys_register_mask(SYS_I386));
	tree = tree_leaf(b->tree, SECCOMP_RET_ERRNO | (uint32_t)error);
	for (i = 0; sys_i386_behind(call, i, &behind); i++) {
		if (verdict_tree(b->tree, b->in, &abi, behind.row, &one) == -1)
			one = tree_notify(b->tree);
		one = build_call(b, &abi, behind.row, one, limit);
		test.value = behind.number;
		tree_begin(b->tree, sys_register_mask(SYS_I386));
		tree = tree_choose(b->tree, &test, one, tree);
		b->spoilt = b->spoilt || tree_spoilt(b->tree);
	}
	return tree;
}

static tree_id
build_number(struct builder *b, const struct numbers *numbers, size_t n,
    size_t limit)
{
	const struct sys_call *call = sys_by_number(numbers->abi.machine,
	    (int)n);
	struct filter_abi abi = numbers->abi;
	uint32_t mask;
	int error;

	if (call == NULL)
		return tree_leaf(b->tree, FILTER_ENOSYS);
	if (abi.machine == SYS_I386 && sys_i386_is_many(call, &mask, &error))
		return build_many(b, call, mask, error, limit);
	abi.hidden = abi.machine == SYS_I386 && sys_i386_differs(call);
	return build_call(b, &abi, call, numbers->policies[n], limit);
}

static void
build_range(struct emit_numbers *out, size_t first, tree_id tree)
{
	if (out->count > 0 && out->ranges[out->count - 1].tree == tree)
		return;
	out->ranges[out->count].first = (uint32_t)first;
	out->ranges[out->count].tree = tree;
	out->count++;
}

/* Numbers of x32 are beyond the end, like all that the table has not got. */
static void
build_ranges(struct builder *b, struct numbers *numbers, size_t limit)
{
	size_t n;

	numbers->out.count = 0;
	if (numbers->end == 0)
		return;
	for (n = 0; n < numbers->end; n++)
		build_range(&numbers->out, n,
		    build_number(b, numbers, n, limit));
	build_range(&numbers->out, numbers->end,
	    tree_leaf(b->tree, FILTER_ENOSYS));
}

static int
build_program(struct builder *b, struct filter_program *program)
{
	size_t i;

	if (build_verdicts(b, &b->native) == -1 ||
	    build_verdicts(b, &b->i386) == -1)
		return -1;
	tree_open_reserve(b->tree);
	for (i = 0; i < sizeof(build_limits) / sizeof(build_limits[0]); i++) {
		build_ranges(b, &b->native, build_limits[i]);
		build_ranges(b, &b->i386, build_limits[i]);
		if (b->spoilt) {
			errno = E2BIG;
			return -1;
		}
		if (emit_program(b->tree, &b->native.out, &b->i386.out,
			program) == 0)
			return 0;
		if (errno != E2BIG)
			return -1;
	}
	return -1;
}

static int
numbers_start(struct numbers *numbers, enum sys_machine machine)
{
	numbers->abi.machine = machine;
	numbers->end = (size_t)sys_number_end(machine);
	numbers->policies = calloc(numbers->end, sizeof(*numbers->policies));
	numbers->out.ranges = calloc(numbers->end + 1,
	    sizeof(*numbers->out.ranges));
	return numbers->policies == NULL || numbers->out.ranges == NULL ? -1 :
									  0;
}

static void
numbers_clear(struct numbers *numbers)
{
	free(numbers->policies);
	free(numbers->out.ranges);
}

int
filter_build(const struct filter_input *in, struct filter_program *program)
{
	struct builder b;
	int rv = -1, saved;

	memset(program, 0, sizeof(*program));
	memset(&b, 0, sizeof(b));
	b.in = in;
	guard_index(&b.index);
	b.tree = tree_new();
	if (b.tree != NULL && numbers_start(&b.native, SYS_NATIVE) == 0 &&
	    (!verdict_has(in, SYS_I386) ||
		numbers_start(&b.i386, SYS_I386) == 0))
		rv = build_program(&b, program);
	saved = errno;
	numbers_clear(&b.native);
	numbers_clear(&b.i386);
	tree_free(b.tree);
	errno = saved;
	return rv;
}

void
filter_free(struct filter_program *program)
{
	free(program->insns);
	memset(program, 0, sizeof(*program));
}

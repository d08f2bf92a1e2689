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

struct builder {
	const struct filter_input *in;
	struct tree *tree;
	size_t end;        /* one more than the highest number */
	tree_id *policies; /* by number */
	struct emit_range *ranges;
	size_t nranges;
	bool spoilt;
};

/* The most tests of a call, from what is wanted down to what must be. */
static const size_t build_limits[] = { 512, 64, 16, 4, 0 };

static int
build_verdicts(struct builder *b)
{
	const struct sys_call *call;
	size_t n;

	for (n = 0; n < b->end; n++) {
		call = sys_by_number(SYS_NATIVE, (int)n);
		if (call == NULL)
			continue;
		if (verdict_tree(b->tree, b->in, call, &b->policies[n]) == -1)
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
build_number(struct builder *b, size_t n, size_t limit)
{
	const struct sys_call *call = sys_by_number(SYS_NATIVE, (int)n);
	tree_id policy = b->policies[n], tree;

	if (call == NULL)
		return tree_leaf(b->tree, FILTER_ENOSYS);
	if (tree_size(b->tree, policy, limit + 1) > limit)
		policy = tree_notify(b->tree);
	tree_begin(b->tree);
	tree = guard_tree(b->tree, b->in, call, policy);
	if (!tree_spoilt(b->tree))
		return tree;
	tree_begin(b->tree);
	tree = guard_tree(b->tree, b->in, call, tree_notify(b->tree));
	b->spoilt = b->spoilt || tree_spoilt(b->tree);
	return tree;
}

static void
build_range(struct builder *b, size_t first, tree_id tree)
{
	if (b->nranges > 0 && b->ranges[b->nranges - 1].tree == tree)
		return;
	b->ranges[b->nranges].first = (uint32_t)first;
	b->ranges[b->nranges].tree = tree;
	b->nranges++;
}

/* Numbers of x32 are beyond the end, like all that the table has not got. */
static void
build_ranges(struct builder *b, size_t limit)
{
	size_t n;

	b->nranges = 0;
	for (n = 0; n < b->end; n++)
		build_range(b, n, build_number(b, n, limit));
	build_range(b, b->end, tree_leaf(b->tree, FILTER_ENOSYS));
}

static int
build_program(struct builder *b, struct filter_program *program)
{
	size_t i;

	if (build_verdicts(b) == -1)
		return -1;
	tree_open_reserve(b->tree);
	for (i = 0; i < sizeof(build_limits) / sizeof(build_limits[0]); i++) {
		build_ranges(b, build_limits[i]);
		if (b->spoilt) {
			errno = E2BIG;
			return -1;
		}
		if (emit_program(b->tree, b->ranges, b->nranges, program) == 0)
			return 0;
		if (errno != E2BIG)
			return -1;
	}
	return -1;
}

int
filter_build(const struct filter_input *in, struct filter_program *program)
{
	struct builder b;
	int rv = -1, saved;

	memset(program, 0, sizeof(*program));
	memset(&b, 0, sizeof(b));
	b.in = in;
	b.end = (size_t)sys_number_end(SYS_NATIVE);
	b.tree = tree_new();
	b.policies = calloc(b.end, sizeof(*b.policies));
	b.ranges = calloc(b.end + 1, sizeof(*b.ranges));
	if (b.tree != NULL && b.policies != NULL && b.ranges != NULL)
		rv = build_program(&b, program);
	saved = errno;
	free(b.ranges);
	free(b.policies);
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

/* SPDX-License-Identifier: ISC */
/*
 * Decision trees: nodes are kept once each (a table by content), a test that
 * an earlier one on the same way has decided is left out, and a test with
 * equal outcomes does not exist. So two policies that say the same in other
 * words mostly come out as one tree, and agree.
 *
 * Recursion goes no deeper than TREE_DEPTH_MAX, whatever a policy holds, and
 * no tree takes more than TREE_STEPS_MAX steps.
 */
#include "tree.h"

#include <sys/mman.h>

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>

#define TREE_DEPTH_MAX 256
#define TREE_STEPS_MAX 200000
#define TREE_BUCKETS 65536 /* a power of two, more than the nodes */
#define TREE_BUCKETS_FIRST 1024
#define TREE_CACHE 4096
#define TREE_RESERVE 8192

enum tree_op {
	TREE_NO_OP,
	TREE_EITHER,
	TREE_BOTH,
	TREE_IF_YES, /* what is left if the test of b came out so */
	TREE_IF_NO
};

struct tree_memo {
	enum tree_op op;
	tree_id a;
	tree_id b;
	tree_id result;
};

/* Large, and zeroed by the kernel: of its pages most trees need few. */
struct tree {
	struct tree_node nodes[TREE_NODES_MAX];
	size_t count;
	size_t limit;
	size_t size;  /* of the buckets that are in use */
	tree_id leaf; /* the last that was asked for: mostly the next one */
	tree_id buckets[TREE_BUCKETS]; /* one more than the node's; 0: none */
	struct tree_memo memo[TREE_CACHE];
	uint64_t registers;
	unsigned int steps;
	unsigned int depth;
	bool spoilt;
};

static tree_id tree_given(struct tree *, tree_id, tree_id by, bool truth);

struct tree *
tree_new(void)
{
	struct tree *t;
	void *p;

	/* Not from the heap, which would keep it, and be zeroed page by
	   page. */
	p = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	t = p;
	t->limit = TREE_NODES_MAX - TREE_RESERVE;
	t->size = TREE_BUCKETS_FIRST;
	/* So that they are there however full it gets; this is the first. */
	(void)tree_leaf(t, SECCOMP_RET_USER_NOTIF);
	(void)tree_leaf(t, SECCOMP_RET_ALLOW);
	(void)tree_leaf(t, SECCOMP_RET_ERRNO | ENOSYS);
	return t;
}

void
tree_free(struct tree *t)
{
	if (t != NULL)
		(void)munmap(t, sizeof(*t));
}

const struct tree_node *
tree_node(const struct tree *t, tree_id id)
{
	return &t->nodes[id];
}

size_t
tree_count(const struct tree *t)
{
	return t->count;
}

void
tree_begin(struct tree *t, uint64_t registers)
{
	t->registers = registers;
	t->steps = 0;
	t->depth = 0;
	t->spoilt = false;
}

void
tree_open_reserve(struct tree *t)
{
	t->limit = TREE_NODES_MAX;
}

bool
tree_spoilt(const struct tree *t)
{
	return t->spoilt;
}

tree_id
tree_notify(struct tree *t)
{
	(void)t;
	return 0;
}

static uint64_t
tree_mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static size_t
tree_hash(const struct tree_node *node)
{
	uint64_t hash = node->leaf;

	hash = tree_mix(hash, node->answer);
	hash = tree_mix(hash, node->test.mask);
	hash = tree_mix(hash, node->test.value);
	hash = tree_mix(hash, node->test.reg);
	hash = tree_mix(hash, node->yes);
	hash = tree_mix(hash, node->no);
	return hash;
}

static bool
tree_same_test(const struct tree_test *a, const struct tree_test *b)
{
	return a->reg == b->reg && a->mask == b->mask && a->value == b->value;
}

static bool
tree_same_node(const struct tree_node *a, const struct tree_node *b)
{
	return a->leaf == b->leaf && a->answer == b->answer &&
	    a->yes == b->yes && a->no == b->no &&
	    tree_same_test(&a->test, &b->test);
}

/* The bucket of the node with this content, or the free one where it would
   be. */
static tree_id *
tree_bucket(struct tree *t, const struct tree_node *node)
{
	size_t i = tree_hash(node) & (t->size - 1);

	while (t->buckets[i] != 0 &&
	    !tree_same_node(&t->nodes[t->buckets[i] - 1], node))
		i = (i + 1) & (t->size - 1);
	return &t->buckets[i];
}

static void
tree_grow(struct tree *t)
{
	tree_id id;

	memset(t->buckets, 0, t->size * sizeof(t->buckets[0]));
	t->size *= 4;
	for (id = 0; id < t->count; id++)
		*tree_bucket(t, &t->nodes[id]) = id + 1;
}

/* The node with this content, which is made if there is none. */
static tree_id
tree_intern(struct tree *t, const struct tree_node *node)
{
	tree_id *bucket = tree_bucket(t, node);

	if (*bucket != 0)
		return *bucket - 1;
	if (t->count >= t->limit) {
		t->spoilt = true;
		return tree_notify(t);
	}
	t->nodes[t->count] = *node;
	*bucket = (tree_id)++t->count;
	if (t->count > t->size / 2 && t->size < TREE_BUCKETS)
		tree_grow(t);
	return (tree_id)t->count - 1;
}

tree_id
tree_leaf(struct tree *t, uint32_t answer)
{
	struct tree_node node;

	if (t->nodes[t->leaf].leaf && t->nodes[t->leaf].answer == answer)
		return t->leaf;
	memset(&node, 0, sizeof(node));
	node.leaf = true;
	node.answer = answer;
	t->leaf = tree_intern(t, &node);
	return t->leaf;
}

static tree_id
tree_branch(struct tree *t, const struct tree_test *test, tree_id yes,
    tree_id no)
{
	struct tree_node node;

	if (yes == no)
		return yes;
	memset(&node, 0, sizeof(node));
	node.test.mask = test->mask;
	node.test.value = test->value;
	node.test.reg = test->reg;
	node.yes = yes;
	node.no = no;
	return tree_intern(t, &node);
}

static bool
tree_enter(struct tree *t)
{
	if (t->depth >= TREE_DEPTH_MAX || t->steps >= TREE_STEPS_MAX)
		t->spoilt = true;
	if (t->spoilt)
		return false;
	t->depth++;
	t->steps++;
	return true;
}

static struct tree_memo *
tree_recall(struct tree *t, enum tree_op op, tree_id a, tree_id b)
{
	uint64_t hash = tree_mix(tree_mix(op, a), b);
	size_t size = t->size < TREE_CACHE ? t->size : TREE_CACHE;

	return &t->memo[hash & (size - 1)];
}

static tree_id
tree_remember(struct tree *t, enum tree_op op, tree_id a, tree_id b,
    tree_id result)
{
	struct tree_memo *memo = tree_recall(t, op, a, b);

	t->depth--;
	if (t->spoilt)
		return result;
	memo->op = op;
	memo->a = a;
	memo->b = b;
	memo->result = result;
	return result;
}

static bool
tree_single_bit(uint64_t mask)
{
	return (mask & (mask - 1)) == 0;
}

/* Given that `known` came out as truth: 1 if `test` holds, 0 if not, -1. */
static int
tree_decided(const struct tree_test *test, const struct tree_test *known,
    bool truth)
{
	if (test->reg != known->reg)
		return -1;
	if (truth) {
		if (((test->value ^ known->value) & test->mask & known->mask) !=
		    0)
			return 0;
		return (test->mask & ~known->mask) == 0 ? 1 : -1;
	}
	/* Whatever passes the test would have passed the known one. */
	if ((known->mask & ~test->mask) == 0 &&
	    (test->value & known->mask) == known->value)
		return 0;
	return -1;
}

static tree_id
tree_given_branch(struct tree *t, tree_id id, tree_id by, bool truth)
{
	struct tree_node node = t->nodes[id];
	tree_id yes, no;

	switch (tree_decided(&node.test, &t->nodes[by].test, truth)) {
	case 1:
		return tree_given(t, node.yes, by, truth);
	case 0:
		return tree_given(t, node.no, by, truth);
	default:
		yes = tree_given(t, node.yes, by, truth);
		no = tree_given(t, node.no, by, truth);
		return tree_branch(t, &node.test, yes, no);
	}
}

/* What is left of a tree behind the test of node `by`. */
static tree_id
tree_given(struct tree *t, tree_id id, tree_id by, bool truth)
{
	enum tree_op op = truth ? TREE_IF_YES : TREE_IF_NO;
	const struct tree_memo *memo;

	if (t->nodes[id].leaf)
		return id;
	memo = tree_recall(t, op, id, by);
	if (memo->op == op && memo->a == id && memo->b == by)
		return memo->result;
	if (!tree_enter(t))
		return tree_notify(t);
	return tree_remember(t, op, id, by,
	    tree_given_branch(t, id, by, truth));
}

tree_id
tree_choose(struct tree *t, const struct tree_test *test, tree_id yes,
    tree_id no)
{
	struct tree_test plain = *test;
	tree_id by, swap;

	plain.mask &= t->registers;
	if ((plain.value & ~plain.mask) != 0)
		return no;
	if (plain.mask == 0)
		return yes;
	if (tree_single_bit(plain.mask) && plain.value != 0) {
		plain.value = 0;
		swap = yes;
		yes = no;
		no = swap;
	}
	if (yes == no)
		return yes;
	/* A node with this test, for what is known behind it. */
	by = tree_branch(t, &plain, yes, no);
	if (t->spoilt)
		return tree_notify(t);
	yes = tree_given(t, yes, by, true);
	no = tree_given(t, no, by, false);
	return tree_branch(t, &plain, yes, no);
}

static tree_id
tree_combine_leaves(struct tree *t, enum tree_op op, tree_id a, tree_id b)
{
	if (op == TREE_BOTH && t->nodes[a].answer == SECCOMP_RET_ALLOW)
		return b;
	if (op == TREE_BOTH)
		return a;
	return a == b ? a : tree_notify(t);
}

static tree_id
tree_combine(struct tree *t, enum tree_op op, tree_id a, tree_id b)
{
	struct tree_node node;
	const struct tree_memo *memo;
	tree_id by, yes, no;

	if (a == b)
		return a;
	if (t->nodes[a].leaf && t->nodes[b].leaf)
		return tree_combine_leaves(t, op, a, b);
	memo = tree_recall(t, op, a, b);
	if (memo->op == op && memo->a == a && memo->b == b)
		return memo->result;
	if (!tree_enter(t))
		return tree_notify(t);
	by = t->nodes[a].leaf ? b : a;
	node = t->nodes[by];
	yes = tree_combine(t, op, tree_given(t, a, by, true),
	    tree_given(t, b, by, true));
	no = tree_combine(t, op, tree_given(t, a, by, false),
	    tree_given(t, b, by, false));
	return tree_remember(t, op, a, b, tree_branch(t, &node.test, yes, no));
}

tree_id
tree_either(struct tree *t, tree_id a, tree_id b)
{
	return tree_combine(t, TREE_EITHER, a, b);
}

tree_id
tree_both(struct tree *t, tree_id first, tree_id second)
{
	return tree_combine(t, TREE_BOTH, first, second);
}

size_t
tree_size(const struct tree *t, tree_id id, size_t max)
{
	const struct tree_node *node = &t->nodes[id];
	size_t size;

	if (node->leaf || max == 0)
		return 0;
	size = 1 + tree_size(t, node->yes, max - 1);
	if (size < max)
		size += tree_size(t, node->no, max - size);
	return size;
}

/* SPDX-License-Identifier: ISC */
/*
 * Decision trees over a call's registers: what the filter answers, before it
 * is instructions. Equal trees are one and the same node, so that calls that
 * are answered alike share their code. Private to this folder.
 *
 * A tree that grows beyond bounds spoils itself, not the filter: whoever
 * builds one asks tree_spoilt() and takes tree_notify() instead, which is
 * always safe.
 */
#ifndef PRIVD_FILTER_TREE_H
#define PRIVD_FILTER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TREE_NODES_MAX 32768

/* (regs[reg] & mask) == value */
struct tree_test {
	uint64_t mask;
	uint64_t value;
	uint8_t reg;
};

/* The index of a node. */
typedef uint32_t tree_id;

struct tree_node {
	struct tree_test test;
	tree_id yes;
	tree_id no;
	uint32_t answer; /* SECCOMP_RET_*, of a leaf */
	bool leaf;
};

struct tree;

struct tree *tree_new(void);
void tree_free(struct tree *);
const struct tree_node *tree_node(const struct tree *, tree_id);
size_t tree_count(const struct tree *);

/*
 * Before each tree: forgets that the last one was spoilt. What the kernel looks
 * at of each register: a 32-bit call can be made with more in them, which the
 * filter is shown and the call is not.
 */
void tree_begin(struct tree *, uint64_t registers);
bool tree_spoilt(const struct tree *);
/* From here on for refusals, which policies must not crowd out. */
void tree_open_reserve(struct tree *);

tree_id tree_leaf(struct tree *, uint32_t answer);
tree_id tree_notify(struct tree *);
tree_id tree_choose(struct tree *, const struct tree_test *, tree_id yes,
    tree_id no);
/* One or the other, nobody can tell which: what both say, or notify. */
tree_id tree_either(struct tree *, tree_id, tree_id);
/* The first that does not allow answers. */
tree_id tree_both(struct tree *, tree_id first, tree_id second);
/* The number of tests in it, at most `max`. */
size_t tree_size(const struct tree *, tree_id, size_t max);

#endif /* PRIVD_FILTER_TREE_H */

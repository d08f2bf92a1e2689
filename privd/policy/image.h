/* SPDX-License-Identifier: ISC */
/*
 * Compiled policies: rules by call, and by the literal paths that they
 * name, so that judging a call takes time that does not grow with the
 * policy. Immutable once made; evaluation neither allocates nor writes.
 */
#ifndef PRIVD_POLICY_IMAGE_H
#define PRIVD_POLICY_IMAGE_H

#include "parser.h"

/* Rules of one call in file order, and what finds the few that can match. */
struct call_rules {
	const struct policy_rule **rules;
	size_t count;
	struct anchors *anchors; /* NULL: few rules, try them all */
};

struct policy_image {
	struct policy_image *next;
	enum policy_authority authority;
	char *program;    /* canonical; a wildcard until it is bound */
	const char *file; /* of its first header; NULL: none */
	bool wildcard;
	bool bound;
	bool foreign;
	bool detached;
	const char *emulation;
	bool has_default;
	struct outcome fallback;
	const uint8_t *digest;
	bool folds; /* policy_folds() */
	struct rule_list rules;
	size_t nexclusive;
	struct call_rules *calls;        /* by sys_index(), then by alias */
	const struct policy_rule **flat; /* what calls[].rules point into */
};

struct arena_link {
	struct arena_link *next;
	struct policy_arena *arena;
};

struct policy_set {
	struct policy_spent spent; /* on users' policies */
	struct policy_image *images;
	struct policy_image **images_end;
	size_t nimages;
	struct policy_image *last; /* that a header named */
	struct arena_link *arenas;
	const struct policy_image **bound;
	size_t nbound;
};

/* Index by rules' calls; -1 without memory. */
int image_compile(struct policy_image *);
void image_free(struct policy_image *);
const struct call_rules *image_calls(const struct policy_image *,
    const struct sys_call *);
const struct call_rules *image_alias(const struct policy_image *,
    enum sys_alias);

/*
 * Adds a reading's policies to the set, all or none; takes its arena. What
 * contradicts what is there is reported. -1 with ENOMEM, or EINVAL if
 * something was reported.
 */
int set_commit(struct policy_set *, struct policy_parse *);

/*
 * Anchors: folders or whole texts of which one must lead a value of the
 * call, or the rule cannot match. They are found by their hashes, each
 * leading folder of the value being looked up.
 */
int anchors_new(const struct policy_rule *const *, size_t count,
    struct anchors **);
void anchors_free(struct anchors *);

/* A walk over the rules that can match a request, in file order. */
#define ANCHORS_CURSORS 64

struct anchors_walk {
	const uint32_t *at[ANCHORS_CURSORS];
	const uint32_t *end[ANCHORS_CURSORS];
	size_t count;
};

/* False: too many to walk, try all rules. */
bool anchors_start(const struct anchors *, const struct policy_request *,
    struct anchors_walk *);
/* The next rule's number, SIZE_MAX at the end. */
size_t anchors_next(struct anchors_walk *);

#endif /* PRIVD_POLICY_IMAGE_H */

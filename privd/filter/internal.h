/* SPDX-License-Identifier: ISC */
/*
 * The steps from policies to a filter, private to this folder: what the
 * policies say of a call (verdict.c), what is refused before they are asked
 * (guard.c), and instructions (emit.c).
 */
#ifndef PRIVD_FILTER_INTERNAL_H
#define PRIVD_FILTER_INTERNAL_H

#include "../syscalls/syscalls.h"
#include "filter.h"
#include "tree.h"

#define FILTER_ENOSYS (SECCOMP_RET_ERRNO | ENOSYS)

/* Which calls are meant: of a machine; and are their arguments elsewhere than
   in the registers that their rows say (see sys_i386_differs)? */
struct filter_abi {
	enum sys_machine machine;
	bool hidden;
};

/* What the closure says of a call. Returns 0, -1 with ENOMEM. */
int verdict_tree(struct tree *, const struct filter_input *,
    const struct filter_abi *, const struct sys_call *, tree_id *);
/* Are there policies for 32-bit programs in the closure, and others? */
bool verdict_has(const struct filter_input *, enum sys_machine);
/* A condition on one register, of a refusal. */
enum guard_relation {
	GUARD_ANY,   /* no condition */
	GUARD_EQUAL, /* (regs[reg] & mask) == value */
	GUARD_OTHER, /* (regs[reg] & mask) != value */
	GUARD_BITS   /* (regs[reg] & mask) != 0 */
};

struct guard_condition {
	enum guard_relation relation;
	uint8_t reg;
	uint64_t mask;
	uint64_t value;
};

enum verdict_naming {
	NAMED_BY_NONE,
	NAMED_BY_SOME,
	NAMED_BY_ALL
};

/*
 * Of how many policies of the closure that have rules does a rule name the
 * call itself, and, if there is a condition, a value of its register that the
 * condition is about?
 */
enum verdict_naming verdict_naming(const struct filter_input *,
    const struct sys_call *, const struct guard_condition *);

#define GUARD_LETTERS 64
#define GUARD_ROWS_MAX 255

/* Which of the refusals are of calls with the same first letters: each one more
   than its row, 0 behind the first of them. */
struct guard_index {
	uint8_t last[GUARD_LETTERS];
	uint8_t before[GUARD_ROWS_MAX];
};

void guard_index(struct guard_index *);
/* The refusals of a call, before what the policies say. */
tree_id guard_tree(struct tree *, const struct guard_index *,
    const struct filter_input *, const struct filter_abi *,
    const struct sys_call *, tree_id policy);

/* The nth of them, for people: why, or NULL after the last. */
struct guard_reason {
	bool form;    /* not of every call, but of some forms of it */
	bool refused; /* with an errno; else without effect */
	bool asked;   /* not refused: the broker is to see it */
	bool always;  /* in every session, or unless a rule names it */
	const char *where;
};

const char *guard_reason(const struct sys_call *, size_t nth,
    struct guard_reason *);

/* Numbers from `first` to the next range's, the last one to the end. */
struct emit_range {
	uint32_t first;
	tree_id tree;
};

/* The ranges of one machine; without any all its calls are refused. */
struct emit_numbers {
	struct emit_range *ranges;
	size_t count;
};

/* Returns 0; -1 with ENOMEM or E2BIG. */
int emit_program(const struct tree *, const struct emit_numbers *native,
    const struct emit_numbers *i386, struct filter_program *);

#endif /* PRIVD_FILTER_INTERNAL_H */

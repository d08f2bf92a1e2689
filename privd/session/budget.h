/* SPDX-License-Identifier: ISC */
/*
 * once, times and rate: how often each rule has permitted in this session.
 * Judge and hand keep one each, so that neither can be talked into more; and
 * outside of themselves, so that a right that is spent stays so when they
 * die: what their successors find there, nobody else could write.
 */
#ifndef PRIVD_SESSION_BUDGET_H
#define PRIVD_SESSION_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct policy_image;
struct policy_rule;
struct budget;

#define BUDGET_RULES 1024
#define BUDGET_TIMES (1U << 18)

/* What outlives who counts. All zero: nothing was used. */
struct budget_memory {
	_Atomic uint32_t count; /* of uses that are there */
	uint32_t times;         /* of the ring's places that are given */
	struct budget_use {
		uint32_t image; /* number, by who counts */
		uint32_t rule;  /* index */
		uint32_t ring;  /* of a rate: its first place */
		uint32_t size;  /* as many as its rule says, else 0 */
		_Atomic uint64_t used;
	} uses[BUDGET_RULES];
	uint64_t ring[BUDGET_TIMES]; /* ns */
};

/* Shared with whoever is forked from here on; NULL with errno. */
struct budget_memory *budget_memory_new(void);
void budget_hide(struct budget_memory *);

/*
 * Counts there, and goes on from what is there (which is looked at as
 * somebody else's: what cannot be is EINVAL). Rules are those of the images,
 * always in the same order. NULL with errno.
 */
struct budget *budget_new(struct budget_memory *,
    const struct policy_image *const *images, size_t nimages);
void budget_free(struct budget *);
/* Would the rule go beyond its limit now? Unlimited rules never do. */
bool budget_is_spent(struct budget *, const struct policy_rule *);
#define BUDGET_NEVER UINT64_MAX
/* For how many nanoseconds it still would; 0: it would not. */
uint64_t budget_wait(struct budget *, const struct policy_rule *);
/* Counts one use. -1 with ENOMEM: it was not counted and must not happen. */
int budget_spend(struct budget *, const struct policy_rule *);
/* The use that was counted last came to nothing, and is to be tried again. */
void budget_return(struct budget *, const struct policy_rule *);

#endif /* PRIVD_SESSION_BUDGET_H */

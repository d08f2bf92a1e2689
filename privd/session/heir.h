/* SPDX-License-Identifier: ISC */
/*
 * What a program runs under that a process executes: a pure function of the
 * policies that the process is under, of what each of them says of this
 * execve, and of the program's own policies.
 */
#ifndef PRIVD_SESSION_HEIR_H
#define PRIVD_SESSION_HEIR_H

#include <stdbool.h>

#include "../filter/filter.h"
#include "../policy/policy.h"

struct session_plan;

/* A program's own policies, by authority; NULL where it has none. */
struct heir_own {
	const struct policy_image *system;
	const struct policy_image *user;
};

enum heir_result {
	HEIR_FOUND,
	HEIR_NO_POLICY, /* it has none, and may nothing by default */
	HEIR_NO_OTHER,  /* permit[policy ...] names one that is not there */
	HEIR_MIXED,     /* some are for 32-bit programs, and some not */
	HEIR_TOO_MANY   /* more than FILTER_IMAGES_MAX */
};

/* Finds them by the program's path; a wildcard may take it. */
void heir_find_own(struct policy_set *, const char *program, struct heir_own *);

/*
 * rules[i] is the rule by which now->images[i] permits the execve, NULL for
 * its default. Each policy says what it wants of the child, and all of that
 * holds.
 */
enum heir_result heir_of(const struct session_plan *,
    const struct filter_set *now, const struct policy_rule *const *rules,
    const struct heir_own *, struct filter_set *heir);

/*
 * Adds an image, if it is not there yet: a system's before a user's. What is
 * `detached` leaves the set as it is. False: it is full.
 */
bool heir_add(struct filter_set *, const struct policy_image *);
/* All of another set. False: it is full, or there is nothing. */
bool heir_add_all(struct filter_set *, const struct filter_set *);
/* The policies of the launched program; false if there are none. */
bool heir_of_launch(struct filter_set *, const struct heir_own *);
/* The same images, in whatever order? */
bool heir_same(const struct filter_set *, const struct filter_set *);
/* Whose calls they are about; SYS_MACHINES: not of the same. */
enum sys_machine heir_machine(const struct filter_set *);
/* Does a call need no judgement under it? And what is executed neither? */
bool heir_is_free(const struct filter_set *);
bool heir_is_released(const struct filter_set *);

#endif /* PRIVD_SESSION_HEIR_H */

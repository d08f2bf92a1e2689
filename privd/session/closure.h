/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_CLOSURE_H
#define PRIVD_SESSION_CLOSURE_H

#include <stdbool.h>
#include <stddef.h>

struct filter_set;
struct session_plan;

/*
 * The policies that the program can reach by exec, into plan->closure, and
 * whether the session can carry all of them out: what asks for something
 * that is not built is refused with its line (-1, reason), for nothing is
 * ever run with a restriction left out. Sets uses_cwd.
 */
int closure_plan(struct session_plan *, char *reason, size_t len);
/* Notes in the plan what the rules of these policies look at. */
void closure_look_through(struct session_plan *, const struct filter_set *);
/* Are there policies for 32-bit programs in it? */
bool closure_has_i386(const struct session_plan *);
/* Does a rule of the closure have `filter` or `device`? */
bool closure_has_fences(const struct session_plan *);

#endif /* PRIVD_SESSION_CLOSURE_H */

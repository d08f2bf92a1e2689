/* SPDX-License-Identifier: ISC */
/*
 * Descriptors without access (O_PATH). Nobody can give a program one, so the
 * kernel itself opens it, and walks again the path that was judged: what a
 * race can win is a descriptor of something else. That is worth nothing as
 * long as whatever takes it is judged by the name of its object.
 */
#ifndef PRIVD_SESSION_PATHONLY_H
#define PRIVD_SESSION_PATHONLY_H

#include <stdbool.h>

struct filter_set;
struct session_options;

/*
 * Do the policies of the set that judge a call by its path (stat, chdir,
 * execve, ...) judge its forms that take a number alone (fstat, fchdir,
 * execveat, ...) by a name as well? Each of them, though a call needs all.
 */
bool pathonly_is_judged(const struct session_options *,
    const struct filter_set *);

#endif /* PRIVD_SESSION_PATHONLY_H */

/* SPDX-License-Identifier: ISC */
/*
 * Filters that were built before there was anybody to have them: in the
 * monitor, of what root has written, for all that it forks.
 */
#ifndef PRIVD_SESSION_KNOWN_H
#define PRIVD_SESSION_KNOWN_H

#include <stdbool.h>

struct filter_input;
struct filter_program;

/* Builds and keeps one, unless there is no memory. */
void known_add(const struct filter_input *);
/* A copy of that which was made of the very same; false: there is none. */
bool known_find(const struct filter_input *, struct filter_program *);
/* The policies that they were made of are no more. */
void known_forget(void);

#endif /* PRIVD_SESSION_KNOWN_H */

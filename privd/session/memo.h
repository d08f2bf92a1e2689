/* SPDX-License-Identifier: ISC */
/*
 * A set of names that may forget any of them, or take one for another (by its
 * hash): good for what is only faster when it is known.
 */
#ifndef PRIVD_SESSION_MEMO_H
#define PRIVD_SESSION_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#define MEMO_NAMES 512

/* All zero: empty. */
struct memo {
	uint64_t hashes[MEMO_NAMES];
};

bool memo_has(const struct memo *, const char *name);
/* Another one in the same place is forgotten. */
void memo_add(struct memo *, const char *name);
void memo_remove(struct memo *, const char *name);

#endif /* PRIVD_SESSION_MEMO_H */

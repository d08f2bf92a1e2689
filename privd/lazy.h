/* SPDX-License-Identifier: ISC */
/*
 * Libraries that few sessions need, and that cost every one more to map and
 * to fork with than all the rest: they are loaded when first asked for.
 */
#ifndef PRIVD_LAZY_H
#define PRIVD_LAZY_H

#include <stdbool.h>
#include <stddef.h>

typedef void (*lazy_function)(void);

/* A function's name, and where its address goes. */
struct lazy_symbol {
	const char *name;
	lazy_function *function;
};

/*
 * Fills in all of them, from the library of that soname, found as the dynamic
 * linker finds what a program is linked with; it stays loaded. False: *why, of
 * the dynamic linker, till the next call of it.
 */
bool lazy_load(const char *soname, const struct lazy_symbol *, size_t n,
    const char **why);

#endif /* PRIVD_LAZY_H */

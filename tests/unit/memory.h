/* SPDX-License-Identifier: ISC */
/*
 * Allocations of which one fails. Included once by a test, whose line of WRAP
 * names
 *	calloc malloc reallocarray strdup
 */
#ifndef TEST_MEMORY_H
#define TEST_MEMORY_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

void *__real_calloc(size_t, size_t);
void *__real_malloc(size_t);
void *__real_reallocarray(void *, size_t, size_t);
char *__real_strdup(const char *);
void *__wrap_calloc(size_t, size_t);
void *__wrap_malloc(size_t);
void *__wrap_reallocarray(void *, size_t, size_t);
char *__wrap_strdup(const char *);

/* The allocation that fails, counted down; -1: none. */
static long failing = -1;

static bool
fails(void)
{
	if (failing < 0 || failing-- > 0)
		return false;
	errno = ENOMEM;
	return true;
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, n, size);
}

char *
__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

#endif /* TEST_MEMORY_H */

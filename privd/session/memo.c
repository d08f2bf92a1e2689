/* SPDX-License-Identifier: ISC */
/*
 * One place for each hash, found by its last bits.
 */
#include "memo.h"

#define FNV_BASIS UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

/* FNV-1a; never 0, which stands for none. */
static uint64_t
hash(const char *name)
{
	uint64_t h = FNV_BASIS;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * FNV_PRIME;
	return h == 0 ? 1 : h;
}

bool
memo_has(const struct memo *memo, const char *name)
{
	uint64_t h = hash(name);

	return memo->hashes[h % MEMO_NAMES] == h;
}

void
memo_add(struct memo *memo, const char *name)
{
	uint64_t h = hash(name);

	memo->hashes[h % MEMO_NAMES] = h;
}

void
memo_remove(struct memo *memo, const char *name)
{
	uint64_t h = hash(name);

	if (memo->hashes[h % MEMO_NAMES] == h)
		memo->hashes[h % MEMO_NAMES] = 0;
}

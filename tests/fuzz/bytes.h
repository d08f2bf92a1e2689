/* SPDX-License-Identifier: ISC */
/*
 * Bytes as choices: whatever they are, each take gives something of what may
 * be, and zeros when there are no more.
 */
#ifndef PRIVD_TESTS_FUZZ_BYTES_H
#define PRIVD_TESTS_FUZZ_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *at;
	size_t left;
};

static inline void
bytes_copy(struct bytes *b, void *to, size_t len)
{
	size_t n = len < b->left ? len : b->left;

	memset(to, 0, len);
	memcpy(to, b->at, n);
	b->at += n;
	b->left -= n;
}

static inline unsigned int
bytes_u8(struct bytes *b)
{
	uint8_t value;

	bytes_copy(b, &value, sizeof(value));
	return value;
}

static inline uint32_t
bytes_u16(struct bytes *b)
{
	uint16_t value;

	bytes_copy(b, &value, sizeof(value));
	return value;
}

static inline uint64_t
bytes_u64(struct bytes *b)
{
	uint64_t value;

	bytes_copy(b, &value, sizeof(value));
	return value;
}

/* One of n. */
static inline size_t
bytes_of(struct bytes *b, size_t n)
{
	return bytes_u8(b) % n;
}

/* Once in n times; never when there are no more. */
static inline bool
bytes_one_in(struct bytes *b, size_t n)
{
	return bytes_u8(b) % n == n - 1;
}

#endif /* PRIVD_TESTS_FUZZ_BYTES_H */

/* SPDX-License-Identifier: ISC */
/*
 * Memory for what one file holds: allocated piece by piece while it is read,
 * freed as a whole. Regular expressions, which the C library allocates, are
 * remembered and freed with it. Must never hand out memory that moves.
 */
#include "internal.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_CHUNK (32 * 1024)

struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t size;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena_regex {
	struct arena_regex *next;
	regex_t regex;
};

struct policy_arena {
	struct arena_chunk *chunks;
	struct arena_regex *regexes;
};

struct policy_arena *
arena_new(void)
{
	return calloc(1, sizeof(struct policy_arena));
}

void
arena_free(struct policy_arena *arena)
{
	struct arena_regex *regex;
	struct arena_chunk *chunk;

	if (arena == NULL)
		return;
	for (regex = arena->regexes; regex != NULL; regex = regex->next)
		regfree(&regex->regex);
	while ((chunk = arena->chunks) != NULL) {
		arena->chunks = chunk->next;
		free(chunk);
	}
	free(arena);
}

static struct arena_chunk *
arena_grow(struct policy_arena *arena, size_t len)
{
	struct arena_chunk *chunk;
	size_t size;

	size = len > ARENA_CHUNK ? len : ARENA_CHUNK;
	chunk = calloc(1, sizeof(*chunk) + size);
	if (chunk == NULL)
		return NULL;
	chunk->size = size;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *
arena_alloc(struct policy_arena *arena, size_t len)
{
	struct arena_chunk *chunk;
	void *p;

	if (len > SIZE_MAX / 2) {
		errno = ENOMEM;
		return NULL;
	}
	len = (len + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	chunk = arena->chunks;
	if (chunk == NULL || chunk->size - chunk->used < len) {
		chunk = arena_grow(arena, len);
		if (chunk == NULL)
			return NULL;
	}
	p = chunk->bytes + chunk->used;
	chunk->used += len;
	return p;
}

char *
arena_copy(struct policy_arena *arena, const char *bytes, size_t len)
{
	char *copy;

	copy = arena_alloc(arena, len + 1);
	if (copy != NULL)
		memcpy(copy, bytes, len);
	return copy;
}

char *
arena_string(struct policy_arena *arena, const char *string)
{
	return arena_copy(arena, string, strlen(string));
}

regex_t *
arena_regex(struct policy_arena *arena, const char *pattern, char *reason,
    size_t len)
{
	struct arena_regex *regex;
	int error;

	regex = arena_alloc(arena, sizeof(*regex));
	if (regex == NULL) {
		(void)snprintf(reason, len, "%s", strerror(ENOMEM));
		return NULL;
	}
	error = regcomp(&regex->regex, pattern, REG_EXTENDED | REG_NOSUB);
	if (error != 0) {
		(void)regerror(error, &regex->regex, reason, len);
		return NULL;
	}
	regex->next = arena->regexes;
	arena->regexes = regex;
	return &regex->regex;
}

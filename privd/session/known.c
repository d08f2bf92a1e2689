/* SPDX-License-Identifier: ISC */
/*
 * A filter is a pure function of its input, so what was made of the same
 * policies, in the same order, with the same options is the filter. Policies
 * are known by where they lie, which is the same in all that the monitor forks;
 * those that a user has written lie elsewhere, and what they are part of is
 * built. (Where memory was short it may refuse more, as any may.)
 */
#include "known.h"

#include <stdlib.h>
#include <string.h>

#include "../filter/filter.h"

struct known {
	struct filter_input in;
	struct filter_set *closure; /* the input's */
	struct filter_program program;
	struct known *next;
};

static struct known *all;

static void
known_free(struct known *known)
{
	filter_free(&known->program);
	free(known->closure);
	free(known);
}

static struct known *
known_new(const struct filter_input *in)
{
	struct known *known = calloc(1, sizeof(*known));

	if (known == NULL)
		return NULL;
	known->in = *in;
	known->closure = calloc(in->nclosure + 1, sizeof(*known->closure));
	known->in.closure = known->closure;
	if (known->closure != NULL) {
		memcpy(known->closure, in->closure,
		    in->nclosure * sizeof(*known->closure));
		if (filter_build(&known->in, &known->program) == 0)
			return known;
	}
	known_free(known);
	return NULL;
}

void
known_add(const struct filter_input *in)
{
	struct known *known = known_new(in);

	if (known == NULL)
		return;
	known->next = all;
	all = known;
}

void
known_forget(void)
{
	struct known *known;

	while ((known = all) != NULL) {
		all = known->next;
		known_free(known);
	}
}

static bool
is_same_set(const struct filter_set *a, const struct filter_set *b)
{
	return a->count == b->count &&
	    memcmp(a->images, b->images, a->count * sizeof(a->images[0])) == 0;
}

static bool
is_same(const struct filter_input *a, const struct filter_input *b)
{
	size_t i;

	if (a->nclosure != b->nclosure || a->guarded != b->guarded ||
	    a->enforcing != b->enforcing || a->no_alias != b->no_alias ||
	    a->packet_filter != b->packet_filter ||
	    a->addresses != b->addresses || a->capable != b->capable)
		return false;
	for (i = 0; i < a->nclosure; i++)
		if (!is_same_set(&a->closure[i], &b->closure[i]))
			return false;
	return true;
}

bool
known_find(const struct filter_input *in, struct filter_program *program)
{
	const struct known *known;
	size_t size;

	for (known = all; known != NULL; known = known->next)
		if (is_same(&known->in, in))
			break;
	if (known == NULL)
		return false;
	size = known->program.count * sizeof(known->program.insns[0]);
	program->insns = malloc(size);
	if (program->insns == NULL)
		return false;
	memcpy(program->insns, known->program.insns, size);
	program->count = known->program.count;
	return true;
}

/* SPDX-License-Identifier: ISC */
/*
 * Compiled policies and what they say about themselves. An image is made
 * from checked rules, never changes afterwards and is shared by processes.
 */
#include "image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t
slots(void)
{
	return sys_count() + SYS_ALIAS_BY_FLAGS + 1;
}

/* The nth slot that a rule is listed in, SIZE_MAX behind the last. */
static size_t
rule_slot(const struct policy_rule *rule, size_t n)
{
	if (rule->alias != SYS_ALIAS_NONE)
		return n == 0 ? sys_count() + rule->alias : SIZE_MAX;
	return n < rule->ncalls ? sys_index(rule->calls[n]) : SIZE_MAX;
}

static size_t
count_slots(struct policy_image *image)
{
	const struct policy_rule *rule;
	size_t i, n, slot, total;

	for (i = total = 0; i < image->rules.count; i++) {
		rule = image->rules.rules[i];
		for (n = 0; (slot = rule_slot(rule, n)) != SIZE_MAX; n++)
			image->calls[slot].count++;
		total += n;
	}
	return total;
}

static void
fill_slots(struct policy_image *image)
{
	const struct policy_rule **next, *rule;
	struct call_rules *calls;
	size_t i, n, slot;

	next = image->flat;
	for (i = 0; i < slots(); i++) {
		image->calls[i].rules = next;
		next += image->calls[i].count;
		image->calls[i].count = 0;
	}
	for (i = 0; i < image->rules.count; i++) {
		rule = image->rules.rules[i];
		for (n = 0; (slot = rule_slot(rule, n)) != SIZE_MAX; n++) {
			calls = &image->calls[slot];
			calls->rules[calls->count++] = rule;
		}
	}
}

static int
name_compare(const void *a, const void *b)
{
	const struct policy_rule *const *x = a, *const *y = b;

	return strcmp((*x)->exclusive, (*y)->exclusive);
}

/* Numbers rules, and gives equal exclusive names equal ids. */
static int
number_rules(struct policy_image *image)
{
	struct policy_rule **named;
	size_t i, n;
	uint32_t id;

	named = reallocarray(NULL, image->rules.count + 1, sizeof(*named));
	if (named == NULL)
		return -1;
	for (i = n = 0; i < image->rules.count; i++) {
		image->rules.rules[i]->index = (uint32_t)i;
		if (image->rules.rules[i]->exclusive != NULL)
			named[n++] = image->rules.rules[i];
	}
	qsort(named, n, sizeof(*named), name_compare);
	for (i = 0, id = 0; i < n; i++) {
		if (i == 0 ||
		    strcmp(named[i]->exclusive, named[i - 1]->exclusive) != 0)
			id++;
		named[i]->exclusive_id = id;
	}
	free(named);
	return 0;
}

int
image_compile(struct policy_image *image)
{
	struct call_rules *calls;
	size_t i, total;

	image->calls = calloc(slots(), sizeof(*image->calls));
	if (image->calls == NULL)
		return -1;
	total = count_slots(image);
	image->flat = calloc(total + 1, sizeof(const struct policy_rule *));
	if (image->flat == NULL || number_rules(image) == -1)
		return -1;
	fill_slots(image);
	for (i = 0; i < slots(); i++) {
		calls = &image->calls[i];
		if (anchors_new(calls->rules, calls->count, &calls->anchors) ==
		    -1)
			return -1;
	}
	return 0;
}

void
image_free(struct policy_image *image)
{
	size_t i;

	if (image == NULL)
		return;
	for (i = 0; image->calls != NULL && i < slots(); i++)
		anchors_free(image->calls[i].anchors);
	free(image->calls);
	free(image->flat);
	free(image->rules.rules);
	free(image->program);
	free(image);
}

static const struct call_rules no_rules;

const struct call_rules *
image_calls(const struct policy_image *image, const struct sys_call *call)
{
	if (image->calls == NULL)
		return &no_rules;
	return &image->calls[sys_index(call)];
}

const struct call_rules *
image_alias(const struct policy_image *image, enum sys_alias alias)
{
	if (image->calls == NULL)
		return &no_rules;
	return &image->calls[sys_count() + alias];
}

const struct policy_image *
policy_none(void)
{
	static char program[] = "";
	static const struct policy_image none = {
		.authority = POLICY_SYSTEM,
		.program = program,
		.emulation = "native",
	};

	return &none;
}

static char nameless[] = "(none)";

const struct policy_image *
policy_permitting(void)
{
	static const struct policy_image permitting = {
		.authority = POLICY_SYSTEM,
		.program = nameless,
		.emulation = "native",
		.has_default = true,
		.fallback = { .action = POLICY_PERMIT },
	};

	return &permitting;
}

const struct policy_image *
policy_released(void)
{
	static const struct policy_image released = {
		.authority = POLICY_SYSTEM,
		.program = nameless,
		.emulation = "native",
		.detached = true,
		.has_default = true,
		.fallback = { .action = POLICY_PERMIT },
	};

	return &released;
}

const char *
policy_program(const struct policy_image *image)
{
	return image->program;
}

const char *
policy_file(const struct policy_image *image)
{
	return image->file != NULL ? image->file : "";
}

bool
policy_detached(const struct policy_image *image)
{
	return image->detached;
}

bool
policy_folds(const struct policy_image *image)
{
	return image->folds;
}

const char *
policy_emulation(const struct policy_image *image)
{
	return image->emulation;
}

enum sys_machine
policy_machine(const struct policy_image *image)
{
	return image->foreign ? SYS_I386 : SYS_NATIVE;
}

const uint8_t *
policy_digest(const struct policy_image *image)
{
	return image->digest;
}

enum policy_authority
policy_authority(const struct policy_image *image)
{
	return image->authority;
}

size_t
policy_rule_count(const struct policy_image *image)
{
	return image->rules.count;
}

const struct policy_rule *
policy_rule(const struct policy_image *image, size_t n)
{
	return n < image->rules.count ? image->rules.rules[n] : NULL;
}

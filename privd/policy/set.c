/* SPDX-License-Identifier: ISC */
/*
 * The policies that were read, by program and authority. A file's policies
 * come in as a whole: what they add to is made anew beside the old, and
 * only when all of them could be made do they take its place.
 */
#include "image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct policy_set *
policy_set_new(void)
{
	struct policy_set *set;

	set = calloc(1, sizeof(*set));
	if (set != NULL)
		set->images_end = &set->images;
	return set;
}

void
policy_set_free(struct policy_set *set)
{
	struct policy_image *image;
	struct arena_link *link;

	if (set == NULL)
		return;
	while ((image = set->images) != NULL) {
		set->images = image->next;
		image_free(image);
	}
	while ((link = set->arenas) != NULL) {
		set->arenas = link->next;
		arena_free(link->arena);
		free(link);
	}
	free(set->bound);
	free(set);
}

static struct policy_image *
set_lookup(struct policy_image *images, enum policy_authority authority,
    const char *program)
{
	struct policy_image *image;

	for (image = images; image != NULL; image = image->next) {
		if (image->authority == authority &&
		    strcmp(image->program, program) == 0)
			return image;
	}
	return NULL;
}

/* What a commit makes: images, each of which may be there already. */
struct commit {
	struct policy_set *set;
	struct policy_parse *parse;
	struct policy_image *made;
	size_t nmade;
};

static struct policy_image *
image_copy(const struct policy_image *old)
{
	struct policy_image *image;
	size_t i;

	image = calloc(1, sizeof(*image));
	if (image == NULL)
		return NULL;
	*image = *old;
	image->next = NULL;
	image->calls = NULL;
	image->flat = NULL;
	memset(&image->rules, 0, sizeof(image->rules));
	image->program = strdup(old->program);
	if (image->program == NULL) {
		image_free(image);
		return NULL;
	}
	for (i = 0; i < old->rules.count; i++) {
		if (rule_list_add(&image->rules, old->rules.rules[i]) == -1) {
			image_free(image);
			return NULL;
		}
	}
	return image;
}

static struct policy_image *
image_new(const struct policy_block *block, enum policy_authority authority)
{
	struct policy_image *image;

	image = calloc(1, sizeof(*image));
	if (image == NULL)
		return NULL;
	image->program = strdup(block->path);
	if (image->program == NULL) {
		free(image);
		return NULL;
	}
	image->authority = authority;
	image->file = block->file;
	image->wildcard = block->wildcard;
	image->foreign = block->foreign;
	image->emulation = block->emulation;
	image->detached = block->detached;
	if (block->detached) {
		image->has_default = true;
		image->fallback.action = POLICY_PERMIT;
	}
	return image;
}

/* The image that a block adds to, made if this is the first to do so. */
static struct policy_image *
commit_image(struct commit *commit, const struct policy_block *block,
    bool *fresh)
{
	enum policy_authority authority = commit->parse->source->authority;
	struct policy_image *image;

	*fresh = false;
	image = set_lookup(commit->made, authority, block->path);
	if (image != NULL)
		return image;
	image = set_lookup(commit->set->images, authority, block->path);
	*fresh = image == NULL;
	image = *fresh ? image_new(block, authority) : image_copy(image);
	if (image == NULL)
		return NULL;
	image->next = commit->made;
	commit->made = image;
	commit->nmade++;
	return image;
}

static bool
outcome_same(const struct outcome *a, const struct outcome *b)
{
	return a->action == b->action && a->error == b->error &&
	    a->value == b->value;
}

/* Do two policies for one program go together? */
static void
commit_check(struct policy_parse *p, const struct policy_block *block,
    const struct policy_image *image)
{
	if (block->foreign != image->foreign)
		parse_error(p, block->place,
		    "\"%s\" has a policy for another emulation", block->path);
	if (block->detached != image->detached)
		parse_error(p, block->place,
		    "\"%s\" is detached in one policy and not in another",
		    block->path);
	if (block->has_default && image->has_default &&
	    !outcome_same(&block->fallback, &image->fallback))
		parse_error(p, block->fallback_place,
		    "\"%s\" has another \"Default:\" already", block->path);
	if (block->digest != NULL && image->digest != NULL &&
	    memcmp(block->digest, image->digest, 32) != 0)
		parse_error(p, block->digest_place,
		    "\"%s\" has another \"Digest:\" already", block->path);
}

static int
commit_block(struct commit *commit, const struct policy_block *block)
{
	struct policy_parse *p = commit->parse;
	struct policy_image *image;
	bool fresh;
	size_t i;

	image = commit_image(commit, block, &fresh);
	if (image == NULL)
		return -1;
	if (!fresh)
		commit_check(p, block, image);
	if (block->has_default) {
		image->has_default = true;
		image->fallback = block->fallback;
	}
	if (block->digest != NULL)
		image->digest = block->digest;
	if (image->rules.count + block->rules.count > POLICY_RULES_MAX) {
		parse_error(p, block->place, "more than %d rules for \"%s\"",
		    POLICY_RULES_MAX, block->path);
		return 0;
	}
	for (i = 0; i < block->rules.count; i++) {
		if (rule_list_add(&image->rules, block->rules.rules[i]) == -1)
			return -1;
	}
	image->folds = check_pretend(p, &image->rules, &image->fallback);
	return 0;
}

static int
commit_blocks(struct commit *commit)
{
	const struct policy_block *block;
	struct policy_image *image;
	size_t errors;

	errors = commit->parse->report->errors;
	for (block = commit->parse->blocks; block != NULL;
	     block = block->next) {
		if (!block->template && commit_block(commit, block) == -1)
			return -1;
	}
	if (commit->parse->report->errors > errors) {
		errno = EINVAL;
		return -1;
	}
	for (image = commit->made; image != NULL; image = image->next) {
		if (image_compile(image) == -1)
			return -1;
	}
	return 0;
}

/* Nothing can fail any more: the new images take the places of the old. */
static void
commit_install(struct commit *commit)
{
	struct policy_set *set = commit->set;
	struct policy_image *image, *old, *next, swap;

	for (image = commit->made; image != NULL; image = next) {
		next = image->next;
		old = set_lookup(set->images, image->authority, image->program);
		if (old == NULL) {
			image->next = NULL;
			*set->images_end = image;
			set->images_end = &image->next;
			set->nimages++;
			if (!image->wildcard) {
				image->bound = true;
				set->bound[set->nbound++] = image;
			}
			continue;
		}
		/* Who has the old image's address sees the new rules. */
		swap = *old;
		*old = *image;
		*image = swap;
		old->next = image->next;
		image_free(image);
	}
	commit->made = NULL;
}

static void
commit_last(struct policy_set *set, const struct policy_parse *p)
{
	const struct policy_block *block;

	for (block = p->blocks; block != NULL; block = block->next) {
		if (!block->template)
			set->last = set_lookup(set->images,
			    p->source->authority, block->path);
	}
}

int
set_commit(struct policy_set *set, struct policy_parse *p)
{
	struct commit commit = { .set = set, .parse = p };
	const struct policy_image **bound;
	struct policy_image *image;
	struct arena_link *link;
	int saved;

	link = calloc(1, sizeof(*link));
	if (link == NULL || commit_blocks(&commit) == -1)
		goto fail;
	/* Room for wildcards too, so that binding one cannot fail. */
	bound = reallocarray(set->bound, set->nimages + commit.nmade + 1,
	    sizeof(*bound));
	if (bound == NULL)
		goto fail;
	set->bound = bound;
	commit_install(&commit);
	commit_last(set, p);
	link->arena = p->arena;
	link->next = set->arenas;
	set->arenas = link;
	p->arena = NULL;
	return 0;
fail:
	saved = errno;
	free(link);
	while ((image = commit.made) != NULL) {
		commit.made = image->next;
		image_free(image);
	}
	errno = saved;
	return -1;
}

const struct policy_image *
policy_find(struct policy_set *set, enum policy_authority authority,
    const char *program)
{
	struct policy_image *image;
	const char *name;
	char *path;

	image = set_lookup(set->images, authority, program);
	name = strrchr(program, '/');
	if (image != NULL || name == NULL) {
		if (image == NULL || !image->bound) {
			errno = ENOENT;
			return NULL;
		}
		return image;
	}
	for (image = set->images; image != NULL; image = image->next) {
		if (image->wildcard && !image->bound &&
		    image->authority == authority &&
		    strcmp(image->program + 1, name) == 0)
			break;
	}
	path = NULL;
	if (image == NULL)
		errno = ENOENT;
	else
		path = strdup(program);
	if (path == NULL)
		return NULL;
	free(image->program);
	image->program = path;
	image->bound = true;
	set->bound[set->nbound++] = image;
	return image;
}

const struct policy_image *
policy_wildcard(const struct policy_set *set, size_t n)
{
	const struct policy_image *image;

	for (image = set->images; image != NULL; image = image->next)
		if (image->wildcard && !image->bound && n-- == 0)
			break;
	return image;
}

size_t
policy_images(const struct policy_set *set,
    const struct policy_image *const **images)
{
	*images = set->bound;
	return set->nbound;
}

const struct policy_image *
policy_last(const struct policy_set *set)
{
	return set->last;
}

void
policy_count(const struct policy_set *set, size_t *policies, size_t *rules)
{
	const struct policy_image *image;

	*policies = set->nimages;
	*rules = 0;
	for (image = set->images; image != NULL; image = image->next)
		*rules += image->rules.count;
}

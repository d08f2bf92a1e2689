/* SPDX-License-Identifier: ISC */
/*
 * Between a statement and the reading of a policy: that what comes in, and
 * the programs that it is for, are those that were signed; and, for signing,
 * what these are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "sign_internal.h"

/* Of what is missing. */
static const struct policy_place nowhere;

void
sign_seal_free(struct sign_seal *seal)
{
	if (seal == NULL)
		return;
	sign_clear(&seal->statement);
	free(seal);
}

static const char *
note_include(struct sign_statement *st, const uint8_t digest[SIGN_DIGEST])
{
	uint8_t(*grown)[SIGN_DIGEST];

	grown = reallocarray(st->includes, st->nincludes + 1, sizeof(*grown));
	if (grown == NULL)
		return "no memory";
	st->includes = grown;
	memcpy(grown[st->nincludes++], digest, SIGN_DIGEST);
	return NULL;
}

const char *
sign_seal_include(struct sign_seal *seal, const char *bytes, size_t len)
{
	struct sign_statement *st = &seal->statement;
	uint8_t digest[SIGN_DIGEST];

	if (sign_digest(bytes, len, digest) == -1)
		return "no memory";
	if (seal->noting)
		return note_include(st, digest);
	if (seal->included < st->nincludes &&
	    memcmp(st->includes[seal->included++], digest, SIGN_DIGEST) == 0)
		return NULL;
	return "its content is not what was signed with the policy";
}

static int
compare_names(const void *a, const void *b)
{
	const char *const *one = a, *const *other = b;

	return strcmp(*one, *other);
}

/* The programs of a reading, each once, sorted; the names are the reading's. */
static const char **
list_programs(const struct policy_parse *p, size_t *count)
{
	const struct policy_block *block;
	const char **names;
	size_t i, n = 0;

	for (block = p->blocks; block != NULL; block = block->next)
		n++;
	names = calloc(n + 1, sizeof(*names));
	if (names == NULL)
		return NULL;
	n = 0;
	for (block = p->blocks; block != NULL; block = block->next)
		if (!block->template)
			names[n++] = block->path;
	if (n > 1)
		qsort(names, n, sizeof(*names), compare_names);
	*count = 0;
	for (i = 0; i < n; i++)
		if (*count == 0 || strcmp(names[*count - 1], names[i]) != 0)
			names[(*count)++] = names[i];
	return names;
}

static bool
is_signed_for(const struct sign_statement *st, const char *program)
{
	size_t i;

	for (i = 0; i < st->nprograms; i++)
		if (strcmp(st->programs[i], program) == 0)
			return true;
	return false;
}

static int
compare_programs(const struct sign_statement *st, struct policy_parse *p,
    const char *const *names, size_t count)
{
	const struct policy_block *block;
	char text[REPORT_TEXT_MAX];
	size_t i;

	for (block = p->blocks; block != NULL; block = block->next) {
		if (is_signed_for(st, block->path))
			continue;
		(void)report_text(block->path, strlen(block->path), text);
		parse_error(p, block->place,
		    "the signature is not for \"%s\", which this names here",
		    text);
		errno = EINVAL;
		return -1;
	}
	if (count == st->nprograms)
		return 0;
	for (i = 0; i < count; i++)
		if (strcmp(names[i], st->programs[i]) != 0)
			break;
	(void)report_text(st->programs[i], strlen(st->programs[i]), text);
	parse_error(p, nowhere,
	    "the signature is for \"%s\", which nothing names here", text);
	errno = EINVAL;
	return -1;
}

int
sign_seal_finish(const struct sign_seal *seal, struct policy_parse *p)
{
	const char **names;
	size_t count;
	int ret;

	if (seal->included != seal->statement.nincludes) {
		parse_error(p, nowhere,
		    "not all templates were included that were signed with "
		    "it");
		errno = EINVAL;
		return -1;
	}
	names = list_programs(p, &count);
	if (names == NULL)
		return -1;
	ret = compare_programs(&seal->statement, p, names, count);
	free(names);
	return ret;
}

static int
describe(const struct policy_parse *p, struct sign_statement *st)
{
	const char **names;
	size_t i, count;

	names = list_programs(p, &count);
	if (names == NULL)
		return -1;
	st->programs = calloc(count + 1, sizeof(*st->programs));
	for (i = 0; st->programs != NULL && i < count; i++) {
		st->programs[i] = strdup(names[i]);
		if (st->programs[i] == NULL)
			break;
		st->nprograms++;
	}
	free(names);
	return st->nprograms == count && st->programs != NULL ? 0 : -1;
}

int
sign_describe(const struct policy_source *source, const char *name,
    const char *bytes, size_t len, struct sign_statement *st,
    struct policy_report *report)
{
	struct sign_seal seal = { .noting = true };
	struct policy_parse *p;
	int ret, saved;

	memset(st, 0, sizeof(*st));
	p = parse_new(source, report, name, NULL);
	if (p == NULL)
		return -1;
	p->seal = &seal;
	ret = parse_run(p, bytes, len);
	if (ret == 0)
		ret = sign_digest(bytes, len, seal.statement.policy);
	if (ret == 0)
		ret = describe(p, &seal.statement);
	saved = errno;
	parse_free(p);
	if (ret == 0)
		*st = seal.statement;
	else
		sign_clear(&seal.statement);
	errno = saved;
	return ret;
}

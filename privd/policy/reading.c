/* SPDX-License-Identifier: ISC */
/*
 * One reading of one file: from bytes to blocks of checked rules, or to a
 * list of errors. Headers, and what stands in a policy beside rules.
 *
 * Knows nothing of the set that the blocks are for.
 */
#include "parser.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parse.h"

void
parse_message(struct policy_parse *p, enum policy_severity severity,
    struct policy_place place, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	report_add(p->report, severity, p->file, place, "%s",
	    n == -1 ? "no memory for a message" : text);
	if (n != -1)
		free(text);
}

/* NUL bytes are reported here, so that all else may use C strings. */
static bool
parse_has_nul(struct policy_parse *p, const char *bytes, size_t len)
{
	struct policy_place place = { 1, 1 };
	const char *nul, *b;

	nul = memchr(bytes, '\0', len);
	if (nul == NULL)
		return false;
	for (b = bytes; b < nul; b++, place.column++) {
		if (*b == '\n') {
			place.line++;
			place.column = 0;
		}
	}
	parse_error(p, place, "found a NUL byte, expected text");
	return true;
}

struct policy_parse *
parse_new(const struct policy_source *source, struct policy_report *report,
    const char *file, struct policy_arena *arena)
{
	struct policy_parse *p;

	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	p->source = source;
	p->report = report;
	p->included = arena != NULL;
	p->nrules = &p->own_rules;
	p->items_end = &p->items;
	p->comments_end = &p->comments;
	p->arena = arena != NULL ? arena : arena_new();
	if (p->arena != NULL)
		p->file = arena_string(p->arena, file);
	if (p->file == NULL) {
		parse_free(p);
		return NULL;
	}
	return p;
}

void
parse_free(struct policy_parse *p)
{
	struct policy_block *block;

	if (p == NULL)
		return;
	for (block = p->blocks; block != NULL; block = block->next)
		free(block->rules.rules);
	if (!p->included)
		arena_free(p->arena);
	free(p);
}

int
parse_run(struct policy_parse *p, const char *bytes, size_t len)
{
	static const struct policy_place nowhere, start = { 1, 1 };
	size_t errors;

	errors = p->report->errors;
	if (!spent_add(p, SPENT_BYTES, len, start)) {
		errno = EINVAL;
		return -1;
	}
	if (len > POLICY_FILE_MAX)
		parse_error(p, nowhere, "file longer than 1 MiB");
	else if (!parse_has_nul(p, bytes, len)) {
		lexer_start(&p->lexer, bytes, len);
		if (yyparse(p) == 2 || p->nomem) {
			errno = ENOMEM;
			return -1;
		}
		if (p->blocks == NULL && p->report->errors == errors)
			parse_error(p, start,
			    "found no policy, expected \"%s\"",
			    p->included ? "Template:" : "Policy:");
	}
	if (p->report->errors == errors)
		return 0;
	errno = EINVAL;
	return -1;
}

struct policy_item *
parse_item(struct policy_parse *p, enum item_kind kind)
{
	struct policy_item *item;

	item = arena_alloc(p->arena, sizeof(*item));
	if (item == NULL)
		return NULL;
	item->kind = kind;
	item->line = p->start_line;
	*p->items_end = item;
	p->items_end = &item->next;
	p->item = item;
	return item;
}

int
parse_emulation(const char *word)
{
	if (strcasecmp(word, "linux32") == 0)
		return 2;
	return strcasecmp(word, "native") == 0 ||
	    strcasecmp(word, "linux") == 0 || strcasecmp(word, "linux64") == 0;
}

void
build_end_of_line(struct policy_parse *p)
{
	if (p->item != NULL)
		p->item->last_line = p->lexer.end_line;
	p->item = NULL;
	p->rule = NULL;
	p->depth = 0;
	memset(p->seen, 0, sizeof(p->seen));
	if (spent_all(p))
		lexer_stop(&p->lexer);
}

static struct policy_block *
block_new(struct policy_parse *p)
{
	struct policy_block *block;

	block = arena_alloc(p->arena, sizeof(*block));
	if (block == NULL)
		return NULL;
	block->file = p->file;
	if (p->block == NULL)
		p->blocks = block;
	else
		p->block->next = block;
	p->block = block;
	p->shadow = NULL;
	return block;
}

static void
block_emulation(struct policy_parse *p, struct policy_block *block,
    const char *emulation, struct policy_place place)
{
	char text[REPORT_TEXT_MAX];
	int kind;

	block->emulation = emulation != NULL ? emulation : "native";
	kind = parse_emulation(block->emulation);
	if (kind == 0) {
		parse_error(p, place,
		    "unknown emulation \"%s\", expected native, linux, "
		    "linux64 or linux32",
		    report_text(block->emulation, strlen(block->emulation),
			text));
		block->broken = true;
	}
	block->foreign = kind == 2;
}

/* The canonical path of a header; a wildcard keeps its star. */
static const char *
block_path(struct policy_parse *p, struct policy_block *block)
{
	char path[PATH_MAX], text[REPORT_TEXT_MAX];
	const char *written = block->written;
	size_t len;

	len = strlen(written);
	(void)report_text(written, len, text);
	if (strncmp(written, "*/", 2) == 0 && len > 2 &&
	    strchr(written + 2, '/') == NULL) {
		if (!(p->source->flags & POLICY_LOAD_WILDCARD))
			parse_error(p, block->place,
			    "found \"%s\", expected an absolute path: a "
			    "policy for any folder is for -f files",
			    text);
		block->wildcard = true;
		return written;
	}
	if (written[0] != '/' || len < 2) {
		parse_error(p, block->place,
		    "found \"%s\", expected an absolute path", text);
		return written;
	}
	if (path_resolve(written, p->source->authority == POLICY_USER, false,
		path) == -1) {
		parse_error(p, block->place, "\"%s\": %s", text,
		    strerror(errno));
		return written;
	}
	if (p->source->flags & POLICY_LOAD_PATHS && strcmp(written, path) != 0)
		parse_message(p, POLICY_NOTE, block->place,
		    "\"%s\" became \"%s\"", text, path);
	return arena_string(p->arena, path);
}

int
build_policy(struct policy_parse *p, const char *path,
    struct policy_place place, const char *emulation,
    struct policy_place emulation_place)
{
	struct policy_block *block;
	struct policy_item *item;

	block = block_new(p);
	item = parse_item(p, ITEM_POLICY);
	if (block == NULL || item == NULL)
		return -1;
	item->text = block->written = path;
	block->place = place;
	if (!spent_add(p, SPENT_POLICIES, 1, place))
		block->broken = true;
	block_emulation(p, block, emulation, emulation_place);
	item->emulation = block->emulation;
	if (p->included) {
		parse_error(p, place,
		    "found a policy, expected \"Template:\" in what is "
		    "included");
		block->broken = true;
	}
	block->path = block_path(p, block);
	return block->path == NULL ? -1 : 0;
}

int
build_template(struct policy_parse *p, const char *name, const char *emulation,
    struct policy_place place, const char *description)
{
	struct policy_block *block;
	struct policy_item *item;
	bool allowed, second;

	second = p->block != NULL;
	block = block_new(p);
	item = parse_item(p, ITEM_TEMPLATE);
	if (block == NULL || item == NULL)
		return -1;
	block->template = true;
	block->path = block->written = item->text = name;
	item->description = description;
	block_emulation(p, block, emulation, place);
	item->emulation = block->emulation;
	allowed = p->included || p->format ||
	    (p->source->flags & POLICY_LOAD_LINT) != 0;
	place.column = 1;
	if (second)
		parse_error(p, place, "a template stands in a file of its own");
	else if (!allowed)
		parse_error(p, place, "found a template, expected \"Policy:\"");
	return 0;
}

/* After a header that could not be read: its rules are checked, no more. */
int
build_broken(struct policy_parse *p)
{
	struct policy_block *block;

	block = block_new(p);
	if (block == NULL)
		return -1;
	block->broken = true;
	block->path = block->written = "/";
	block->emulation = "native";
	build_end_of_line(p);
	return 0;
}

/* Says so if this cannot stand here. -1 without memory. */
static int
item_allowed(struct policy_parse *p, const char *what,
    struct policy_place place)
{
	if (p->block == NULL) {
		parse_error(p, place,
		    "found %s, expected \"Policy:\" before it", what);
		return build_broken(p);
	}
	if (p->block->broken)
		return 0;
	if (p->block->template)
		parse_error(p, place,
		    "found %s, expected a rule: a template holds rules alone",
		    what);
	else if (p->block->detached)
		parse_error(p, place,
		    "found %s behind detached, expected \"Policy:\"", what);
	return 0;
}

int
build_detached(struct policy_parse *p, struct policy_place place)
{
	if (item_allowed(p, "detached", place) == -1)
		return -1;
	if (p->block->rules.count > 0 || p->block->has_default ||
	    p->block->digest != NULL)
		parse_error(p, place,
		    "found detached in a policy with other lines");
	p->block->detached = true;
	return parse_item(p, ITEM_DETACHED) == NULL ? -1 : 0;
}

int
build_default(struct policy_parse *p, const struct outcome *outcome,
    struct policy_place place)
{
	struct policy_item *item;

	item = parse_item(p, ITEM_DEFAULT);
	if (item == NULL || item_allowed(p, "\"Default:\"", place) == -1)
		return -1;
	item->outcome = *outcome;
	if (outcome->child != POLICY_CHILD_OWN)
		parse_error(p, place,
		    "a child form stands in rules for execve alone");
	if (p->block->has_default)
		parse_error(p, place,
		    "a second \"Default:\", the first is in "
		    "line %u",
		    p->block->fallback_place.line);
	p->block->has_default = true;
	p->block->fallback = *outcome;
	p->block->fallback_place = place;
	return 0;
}

static int
digest_bytes(const char *hex, uint8_t bytes[32])
{
	static const char digits[] = "0123456789abcdef";
	const char *digit;
	size_t i;

	if (strlen(hex) != 64)
		return -1;
	for (i = 0; i < 64; i++) {
		digit = strchr(digits, tolower((unsigned char)hex[i]));
		if (digit == NULL)
			return -1;
		bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | (digit - digits));
	}
	return 0;
}

int
build_digest(struct policy_parse *p, const char *kind, const char *hex,
    struct policy_place place)
{
	struct policy_item *item;
	uint8_t *bytes;

	item = parse_item(p, ITEM_DIGEST);
	bytes = arena_alloc(p->arena, 32);
	if (item == NULL || bytes == NULL ||
	    item_allowed(p, "\"Digest:\"", place) == -1)
		return -1;
	item->text = hex;
	if (strcasecmp(kind, "sha256") != 0 || digest_bytes(hex, bytes) == -1)
		parse_error(p, place,
		    "expected sha256: and 64 hexadecimal digits");
	if (p->block->digest != NULL)
		parse_error(p, place,
		    "a second \"Digest:\", the first is in "
		    "line %u",
		    p->block->digest_place.line);
	p->block->digest = bytes;
	p->block->digest_place = place;
	return 0;
}

int
build_include(struct policy_parse *p, const char *name,
    struct policy_place place)
{
	struct policy_item *item;

	item = parse_item(p, ITEM_INCLUDE);
	if (item == NULL || item_allowed(p, "\"Include:\"", place) == -1)
		return -1;
	item->text = name;
	if (p->format || p->block->template || p->block->broken)
		return 0;
	return include_read(p, name, place);
}

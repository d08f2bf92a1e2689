/* SPDX-License-Identifier: ISC */
/*
 * Reading privd.conf, statement by statement, and the files that it includes.
 * Pure: files and names are asked for through config_world. Every error is
 * reported, and one is enough for there to be no configuration.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "config_parts.h"
#include "session/keeper.h"

/* --- messages */

struct config_source *
reading_top(struct config_reading *r)
{
	return &r->stack[r->depth - 1];
}

void
reading_complain(struct config_reading *r, struct policy_place place,
    const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	report_add(r->report, POLICY_ERROR, reading_top(r)->name, place, "%s",
	    n == -1 ? "no memory for a message" : text);
	if (n != -1)
		free(text);
}

void
reading_refuse(struct config_reading *r, const char *expected, const char *hint)
{
	const struct config_token *t = &r->token;
	char text[REPORT_TEXT_MAX];

	if (t->kind == CONFIG_END || t->kind == CONFIG_LINE ||
	    (t->kind == CONFIG_BAD && t->len == 0)) {
		reading_complain(r, t->place,
		    "expected %s, found the end of the line", expected);
		return;
	}
	reading_complain(r, t->place, "expected %s, found %s\"%s\"%s", expected,
	    t->kind == CONFIG_STRING ? "the string " : "",
	    report_text(t->text, t->len, text), hint);
}

bool
reading_expect(struct config_reading *r, const char *expected)
{
	reading_refuse(r, expected, "");
	return false;
}

bool
reading_fail(struct config_reading *r)
{
	r->nomem = true;
	return false;
}

/* --- tokens */

void
reading_next(struct config_reading *r)
{
	config_lexer_next(&reading_top(r)->lexer, &r->token);
}

bool
reading_is_end(const struct config_reading *r)
{
	return r->token.kind == CONFIG_END || r->token.kind == CONFIG_LINE;
}

bool
reading_value(struct config_reading *r, const char *expected)
{
	reading_next(r);
	if (r->token.kind == CONFIG_BAD)
		return reading_expect(r, r->token.wrong);
	return reading_is_end(r) ? reading_expect(r, expected) : true;
}

/* --- files that are included */

static void
free_names(char **names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

bool
reading_include(struct config_reading *r, const struct config_keyword *k)
{
	static const char expected[] = "the name of a file";
	struct config_source *s = reading_top(r);
	char reason[PATH_MAX + 128], text[REPORT_TEXT_MAX], *folder, *slash;
	bool good = false;

	(void)k;
	if (!reading_value(r, expected))
		return false;
	if (r->token.text[0] == '\0')
		return reading_expect(r, expected);
	s->place = r->token.place;
	if (r->world->expand == NULL) {
		reading_complain(r, s->place, "nothing can be included here");
		return false;
	}
	folder = strdup(s->name);
	if (folder == NULL)
		return reading_fail(r);
	slash = strrchr(folder, '/');
	folder[slash == NULL ? 0 : slash == folder ? 1 : slash - folder] = '\0';
	if (r->world->expand(folder, r->token.text, &s->included, &s->nincluded,
		reason, sizeof(reason)) == 0)
		good = true;
	else
		reading_complain(r, s->place, "\"%s\": %s",
		    report_text(r->token.text, r->token.len, text), reason);
	s->next = 0;
	free(folder);
	return good;
}

/* Is it one of those that are being read? */
static bool
is_open(const struct config_reading *r, const struct config_file *file)
{
	size_t i;

	for (i = 0; i < r->depth; i++)
		if (r->stack[i].file.dev == file->dev &&
		    r->stack[i].file.ino == file->ino)
			return true;
	return false;
}

/* The file is taken over. */
static void
push(struct config_reading *r, const char *name, struct config_file *file)
{
	struct config_source *s = &r->stack[r->depth];

	memset(s, 0, sizeof(*s));
	s->file = *file;
	s->name = strdup(name);
	if (s->name == NULL) {
		free(file->bytes);
		r->nomem = true;
		return;
	}
	config_lexer_start(&s->lexer, file->bytes, file->len);
	r->depth++;
	if (file->len > POLICY_FILE_MAX) {
		reading_complain(r, (struct policy_place){ 0, 0 },
		    "file longer than 1 MiB");
		s->lexer.len = 0;
	}
}

static void
pop(struct config_reading *r)
{
	struct config_source *s = reading_top(r);

	free_names(s->included, s->nincluded);
	free(s->file.bytes);
	free(s->name);
	r->depth--;
}

static void
open_next(struct config_reading *r)
{
	struct config_source *s = reading_top(r);
	char reason[PATH_MAX + 128], text[REPORT_TEXT_MAX];
	const char *name = s->included[s->next++];
	struct config_file file;

	(void)report_text(name, strlen(name), text);
	if (r->depth == CONFIG_DEPTH_MAX) {
		reading_complain(r, s->place,
		    "\"%s\": more than %d files in one another", text,
		    CONFIG_DEPTH_MAX);
		return;
	}
	if (r->files == CONFIG_FILES_MAX) {
		reading_complain(r, s->place, "\"%s\": more than %d files",
		    text, CONFIG_FILES_MAX);
		s->next = s->nincluded;
		return;
	}
	r->files++;
	if (r->world->read(name, &file, reason, sizeof(reason)) == -1) {
		reading_complain(r, s->place, "\"%s\": %s", text, reason);
		return;
	}
	if (is_open(r, &file)) {
		reading_complain(r, s->place, "\"%s\" includes itself", text);
		free(file.bytes);
		return;
	}
	push(r, name, &file);
}

/* --- statements */

/* What may stand once is remembered, and then refused. */
static void
count_keyword(struct config_reading *r, size_t i)
{
	struct policy_place place = r->token.place;
	const char *file = r->first[i].file;

	if (config_keywords[i].often)
		return;
	if (file == NULL) {
		r->first[i].place = place;
		r->first[i].file = strdup(reading_top(r)->name);
		if (r->first[i].file == NULL)
			r->nomem = true;
		return;
	}
	if (strcmp(file, reading_top(r)->name) == 0)
		reading_complain(r, place,
		    "a second \"%s\", the first is in line %u",
		    config_keywords[i].name, r->first[i].place.line);
	else
		reading_complain(r, place,
		    "a second \"%s\", the first is in %s:%u",
		    config_keywords[i].name, file, r->first[i].place.line);
}

static const struct config_keyword *
find_keyword(struct config_reading *r)
{
	struct nearest nearest;
	char hint[128];
	size_t i;

	nearest_start(&nearest, r->token.text);
	for (i = 0; config_keywords[i].name != NULL; i++) {
		if (r->token.kind == CONFIG_WORD &&
		    strcmp(r->token.text, config_keywords[i].name) == 0)
			return &config_keywords[i];
		nearest_offer(&nearest, config_keywords[i].name);
	}
	reading_refuse(r, "a keyword",
	    nearest_hint(&nearest, hint, sizeof(hint)));
	return NULL;
}

/* The token is the first one of a statement. */
static void
statement(struct config_reading *r)
{
	const struct config_keyword *k;

	if (r->token.kind == CONFIG_BAD) {
		(void)reading_expect(r, r->token.wrong);
		config_lexer_skip(&reading_top(r)->lexer);
		return;
	}
	k = find_keyword(r);
	if (k != NULL)
		count_keyword(r, (size_t)(k - config_keywords));
	if (k != NULL && k->read(r, k) && !reading_is_end(r)) {
		reading_next(r);
		if (!reading_is_end(r))
			(void)reading_expect(r,
			    r->token.kind == CONFIG_BAD ?
				r->token.wrong :
				"the end of the line");
	}
	if (!reading_is_end(r))
		config_lexer_skip(&reading_top(r)->lexer);
}

static void
read_all(struct config_reading *r)
{
	while (r->depth > 0 && !r->nomem) {
		if (reading_top(r)->next < reading_top(r)->nincluded) {
			open_next(r);
			continue;
		}
		free_names(reading_top(r)->included, reading_top(r)->nincluded);
		reading_top(r)->included = NULL;
		reading_top(r)->nincluded = reading_top(r)->next = 0;
		reading_next(r);
		if (r->token.kind == CONFIG_END)
			pop(r);
		else if (r->token.kind != CONFIG_LINE)
			statement(r);
	}
	while (r->depth > 0)
		pop(r);
}

/* --- the whole */

/* Where that statement stood first; its file is NULL if it did not. */
static struct config_first *
first_of(struct config_reading *r, const char *keyword)
{
	size_t i = 0;

	while (strcmp(config_keywords[i].name, keyword) != 0)
		i++;
	return &r->first[i];
}

/* For whoever finds later that it leads nowhere. */
static void
keep_places(struct config_reading *r)
{
	struct config_first *first = first_of(r, "policies");

	r->config->policies_at.file = first->file;
	r->config->policies_at.line = first->place.line;
	r->config->policies_at.column = first->place.column;
	first->file = NULL;
}

/* Where a statement stood, or the file as a whole. */
static void
complain_of_range(struct config_reading *r, const char *name)
{
	const struct config_first *first = first_of(r, "uid-range");
	const struct privd_config *c = r->config;
	uint64_t room = (uint64_t)c->uid_last - c->uid_first + 1;

	if (c->uid_first <= KEEPER_LAST_ID && c->uid_last >= KEEPER_FIRST_ID) {
		report_add(r->report, POLICY_ERROR, first->file, first->place,
		    "found ids of %u to %u, which sessions have that are not "
		    "the daemon's",
		    KEEPER_FIRST_ID, KEEPER_LAST_ID);
		return;
	}
	if (room / CONFIG_SESSION_IDS >= c->max_sessions)
		return;
	if (first->file == NULL)
		first = first_of(r, "max-sessions");
	report_add(r->report, POLICY_ERROR,
	    first->file != NULL ? first->file : name, first->place,
	    "expected a uid-range of at least %llu ids, %d for each of %u "
	    "sessions, found %llu",
	    (unsigned long long)c->max_sessions * CONFIG_SESSION_IDS,
	    CONFIG_SESSION_IDS, c->max_sessions, (unsigned long long)room);
}

int
config_parse(const struct config_world *world, const char *name,
    struct config_file *file, struct privd_config **config,
    struct policy_report *report)
{
	struct config_reading *r;
	size_t i, errors = report->errors;
	int error = ENOMEM;

	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		free(file->bytes);
		errno = ENOMEM;
		return -1;
	}
	r->world = world;
	r->report = report;
	r->config = config_new();
	if (r->config == NULL) {
		free(file->bytes);
		goto out;
	}
	push(r, name, file);
	read_all(r);
	if (r->nomem)
		goto out;
	if (report->errors == errors)
		complain_of_range(r, name);
	error = report->errors == errors ? 0 : EINVAL;
	if (error == 0) {
		keep_places(r);
		config_settle(r->config);
		*config = r->config;
		r->config = NULL;
	}
out:
	for (i = 0; i < CONFIG_KEYWORDS_MAX; i++)
		free(r->first[i].file);
	config_free(r->config);
	free(r);
	errno = error;
	return error == 0 ? 0 : -1;
}

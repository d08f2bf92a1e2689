/* SPDX-License-Identifier: ISC */
/*
 * The string of a test, prepared when it is loaded so that a call is judged
 * by comparison alone: macros are found, expressions compiled and literal
 * paths made canonical. What was written is kept for printing.
 */
#include "parser.h"

#include <errno.h>
#include <string.h>

static void
text_macros(struct policy_parse *p, struct policy_expr *expr,
    struct policy_place place)
{
	const enum policy_operator op = expr->operator;
	bool pattern;
	size_t pos, len;
	int bit;

	pattern = op == POLICY_MATCH || op == POLICY_RE;
	for (pos = 0;
	     (bit = macro_next(expr->string, pattern, true, &pos, &len)) != 0;
	     pos += len) {
		if (bit == -1) {
			parse_message(p, POLICY_NOTE, place,
			    "unknown macro \"%.*s\" stays as it is",
			    (int)(len > 64 ? 64 : len), expr->string + pos);
			continue;
		}
		expr->macros = true;
		p->rule->macros |= (unsigned int)bit;
	}
	if (expr->macros && pattern && macro_in_brackets(expr->string))
		parse_error(p, place, "a macro cannot stand between brackets");
}

static void
text_regex(struct policy_parse *p, struct policy_expr *expr,
    struct policy_place place)
{
	static const struct policy_caller nobody = { .user = "u", .home = "/" };
	const struct policy_request sample = { .caller = &nobody, .cwd = "/" };
	char reason[256], expanded[POLICY_REGEX_MAX * 2];
	const char *refused, *pattern;
	regex_t *regex;
	size_t steps;

	refused = regex_refuse(expr->string, &steps);
	if (refused != NULL) {
		parse_error(p, place, "regular expression: %s", refused);
		return;
	}
	if (!spent_add(p, SPENT_STEPS, steps, place))
		return;
	pattern = expr->string;
	if (expr->macros) {
		/* Any value is quoted alike: try it with plain ones. */
		if (!macro_expand(&sample, expr, expanded, sizeof(expanded)))
			return;
		pattern = expanded;
	}
	regex = arena_regex(p->arena, pattern, reason, sizeof(reason));
	if (regex == NULL)
		parse_error(p, place, "regular expression: %s", reason);
	else if (!expr->macros)
		expr->regex = regex;
}

/* A path for fnmatch(3), to the letter. */
static char *
text_quote(struct policy_parse *p, const char *path)
{
	char *quoted, *out;

	quoted = arena_alloc(p->arena, 2 * strlen(path) + 1);
	if (quoted == NULL)
		return NULL;
	for (out = quoted; *path != '\0'; path++) {
		if (strchr("*?[]\\", *path) != NULL)
			*out++ = '\\';
		*out++ = *path;
	}
	return quoted;
}

static char *
text_literal(struct policy_parse *p, const struct policy_expr *expr,
    const char *path)
{
	const enum policy_operator op = expr->operator;

	if (op == POLICY_MATCH)
		return text_quote(p, path);
	return arena_string(p->arena, path);
}

/* A text that is a literal path as a whole. */
static int
text_whole(struct policy_parse *p, struct policy_expr *expr,
    struct policy_place place)
{
	char full[PATH_MAX], kept[PATH_MAX];
	bool any;
	int state;

	any = p->source->authority == POLICY_USER;
	state = path_resolve(expr->written, any, false, full);
	if (state == -1)
		return 0;
	lint_test(p, expr, place, state);
	expr->string = text_literal(p, expr, full);
	if (expr->string == NULL)
		return -1;
	if (path_resolve(expr->written, any, true, kept) == -1 ||
	    strcmp(full, kept) == 0)
		return 0;
	expr->kept = text_literal(p, expr, kept);
	return expr->kept == NULL ? -1 : 0;
}

/* A text whose leading folders are literal, len bytes with their slash. */
static int
text_leading(struct policy_parse *p, struct policy_expr *expr,
    struct policy_place place, size_t len)
{
	char folder[PATH_MAX], full[PATH_MAX], *front, *text;
	const char *rest;
	int state;

	if (len < 2 || len >= sizeof(folder))
		return 0;
	(void)strlcpy(folder, expr->written, len);
	state = path_resolve(folder, p->source->authority == POLICY_USER, false,
	    full);
	if (state == -1)
		return 0;
	lint_test(p, expr, place, state);
	front = text_literal(p, expr, strcmp(full, "/") == 0 ? "" : full);
	rest = expr->written + len - 1;
	if (front == NULL)
		return -1;
	text = arena_alloc(p->arena, strlen(front) + strlen(rest) + 1);
	if (text == NULL)
		return -1;
	(void)stpcpy(stpcpy(text, front), rest);
	expr->string = text;
	return 0;
}

static int
text_path(struct policy_parse *p, struct policy_expr *expr,
    struct policy_place place)
{
	size_t len;
	int ret;

	len = path_literal(expr->operator, expr->written);
	if (expr->written[len] == '\0')
		ret = text_whole(p, expr, place);
	else
		ret = text_leading(p, expr, place, len);
	if (ret == 0 && p->source->flags & POLICY_LOAD_PATHS &&
	    strcmp(expr->string, expr->written) != 0)
		parse_message(p, POLICY_NOTE, place,
		    "\"%.128s\" became \"%.128s\"", expr->written,
		    expr->string);
	return ret;
}

int
text_prepare(struct policy_parse *p, struct policy_expr *expr,
    struct policy_place place)
{
	const enum policy_operator op = expr->operator;
	bool sought;

	expr->missing = strstr(expr->string, POLICY_MISSING_MARK) != NULL;
	text_macros(p, expr, place);
	if (op == POLICY_RE)
		text_regex(p, expr, place);
	sought = op == POLICY_EQ || op == POLICY_NEQ || op == POLICY_MATCH ||
	    op == POLICY_INPATH;
	if (!sought || expr->missing || expr->written[0] != '/' ||
	    !policy_names_file(expr->name)) {
		lint_test(p, expr, place, PATH_EXISTS);
		return 0;
	}
	return text_path(p, expr, place);
}

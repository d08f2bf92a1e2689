/* SPDX-License-Identifier: ISC */
/*
 * $HOME, $USER and $CWD, and what else must be known about the text of a
 * test before it is used. A value stands for itself: it is quoted where the
 * operator would read it as a pattern, and what was put in is never looked
 * at again. Bounded buffers, no allocation.
 */
#include "internal.h"

#include <ctype.h>
#include <string.h>

static const struct {
	const char *name;
	size_t len;
	int bit;
} macros[] = {
	{ "HOME", 4, POLICY_MACRO_HOME },
	{ "USER", 4, POLICY_MACRO_USER },
	{ "CWD", 3, POLICY_MACRO_CWD },
};

#define NMACROS (sizeof(macros) / sizeof(macros[0]))

/* The macro that starts at a `$`; 0 none, -1 a name that is not known. */
static int
macro_at(const char *text, size_t *len)
{
	size_t i, n;

	for (i = 0; i < NMACROS; i++) {
		n = macros[i].len;
		if (strncmp(text + 1, macros[i].name, n) == 0 &&
		    !isalnum((unsigned char)text[1 + n])) {
			*len = 1 + n;
			return macros[i].bit;
		}
	}
	if (!isalpha((unsigned char)text[1]))
		return 0;
	for (n = 1; isalnum((unsigned char)text[n]);)
		n++;
	*len = n;
	return -1;
}

int
macro_next(const char *text, bool pattern, bool unknown, size_t *pos,
    size_t *len)
{
	size_t i;
	int bit;

	for (i = *pos; text[i] != '\0'; i++) {
		if (pattern && text[i] == '\\' && text[i + 1] != '\0') {
			i++;
			continue;
		}
		if (text[i] != '$')
			continue;
		bit = macro_at(text + i, len);
		if (bit > 0 || (bit < 0 && unknown)) {
			*pos = i;
			return bit;
		}
	}
	return 0;
}

static const char *
macro_value(const struct policy_request *req, int bit)
{
	if (bit == POLICY_MACRO_CWD)
		return req->cwd;
	if (req->caller == NULL)
		return NULL;
	return bit == POLICY_MACRO_HOME ? req->caller->home : req->caller->user;
}

struct output {
	char *bytes;
	size_t size;
	size_t len;
	bool full;
};

static void
output_put(struct output *out, const char *bytes, size_t len)
{
	if (out->full || len >= out->size - out->len) {
		out->full = true;
		return;
	}
	memcpy(out->bytes + out->len, bytes, len);
	out->len += len;
}

static void
output_quoted(struct output *out, const char *value, const char *special)
{
	for (; *value != '\0'; value++) {
		if (strchr(special, *value) != NULL)
			output_put(out, "\\", 1);
		output_put(out, value, 1);
	}
}

static void
macro_insert(struct output *out, enum policy_operator op, const char *value)
{
	if (op == POLICY_RE) {
		/* In a group: what follows applies to the whole value. */
		output_put(out, "(", 1);
		output_quoted(out, value, ".[]()*+?{}|^$\\");
		output_put(out, ")", 1);
	} else if (op == POLICY_MATCH)
		output_quoted(out, value, "*?[]\\");
	else
		output_put(out, value, strlen(value));
}

bool
macro_expand(const struct policy_request *req, const struct policy_expr *expr,
    char *text, size_t size)
{
	struct output out = { .bytes = text, .size = size };
	const enum policy_operator op = expr->operator;
	const char *from, *value;
	size_t pos, start, len;
	bool pattern;
	int bit;

	from = expr->string;
	pattern = op == POLICY_MATCH || op == POLICY_RE;
	for (pos = start = 0;
	     (bit = macro_next(from, pattern, false, &pos, &len)) != 0;
	     pos = start = pos + len) {
		output_put(&out, from + start, pos - start);
		value = macro_value(req, bit);
		if (value == NULL)
			return false;
		macro_insert(&out, op, value);
	}
	output_put(&out, from + start, strlen(from + start));
	text[out.len] = '\0';
	return !out.full;
}

size_t
bracket_end(const char *text, size_t i)
{
	i++;
	if (text[i] == '^' || text[i] == '!')
		i++;
	if (text[i] == ']')
		i++;
	for (; text[i] != '\0' && text[i] != ']'; i++) {
		if (text[i] != '[' || strchr(":.=", text[i + 1]) == NULL ||
		    text[i + 1] == '\0')
			continue;
		/* [:alpha:] has a bracket of its own. */
		for (i += 2; text[i] != '\0' && text[i] != ']';)
			i++;
		if (text[i] == '\0')
			return i;
	}
	return i;
}

bool
macro_in_brackets(const char *text)
{
	size_t i, end, pos, len;

	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] == '\\' && text[i + 1] != '\0') {
			i++;
			continue;
		}
		if (text[i] != '[')
			continue;
		end = bracket_end(text, i);
		pos = i;
		if (text[end] != '\0' &&
		    macro_next(text, true, false, &pos, &len) != 0 && pos < end)
			return true;
		if (text[end] == '\0')
			return false;
		i = end;
	}
	return false;
}

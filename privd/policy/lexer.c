/* SPDX-License-Identifier: ISC */
/*
 * Bytes of a policy into tokens. What a byte means depends on its place in
 * the line: paths, call names, users' names and keywords share characters.
 *
 * Any bytes at all may come; each call consumes at least one or ends.
 * Comments are put aside for fmt.
 */
#include "parser.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "parse.h"

#define WORD_HEAD "_."
#define WORD_BODY "_.$-"

int yylex(YYSTYPE *, YYLTYPE *, struct policy_parse *);

static const struct {
	const char *word;
	int token;
} keywords[] = {
	{ "and", K_AND },
	{ "as", K_AS },
	{ "ask", K_ASK },
	{ "confine", K_CONFINE },
	{ "deny", K_DENY },
	{ "detach", K_DETACH },
	{ "device", K_DEVICE },
	{ "eq", K_EQ },
	{ "exclusive", K_EXCLUSIVE },
	{ "filter", K_FILTER },
	{ "group", K_GROUP },
	{ "if", K_IF },
	{ "inherit", K_INHERIT },
	{ "inpath", K_INPATH },
	{ "keep", K_KEEP },
	{ "log", K_LOG },
	{ "match", K_MATCH },
	{ "neq", K_NEQ },
	{ "not", K_NOT },
	{ "nsub", K_NSUB },
	{ "once", K_ONCE },
	{ "or", K_OR },
	{ "permit", K_PERMIT },
	{ "policy", K_POLICY },
	{ "pretend", K_PRETEND },
	{ "rate", K_RATE },
	{ "re", K_RE },
	{ "sub", K_SUB },
	{ "then", K_THEN },
	{ "times", K_TIMES },
	{ "true", K_TRUE },
	{ "user", K_USER },
	{ "with", K_WITH },
};

static const struct {
	const char *word;
	int token;
	enum lexer_state state;
} headers[] = {
	{ "default", H_DEFAULT, LEXER_BODY },
	{ "digest", H_DIGEST, LEXER_WORDS },
	{ "include", H_INCLUDE, LEXER_BODY },
	{ "policy", H_POLICY, LEXER_PATH },
	{ "template", H_TEMPLATE, LEXER_WORDS },
};

void
lexer_start(struct policy_lexer *lex, const char *bytes, size_t len)
{
	memset(lex, 0, sizeof(*lex));
	lex->bytes = bytes;
	lex->len = len;
	lex->line = 1;
	lex->last = L_NL;
	lex->state = LEXER_START;
}

void
lexer_skip_line(struct policy_lexer *lex)
{
	if (lex->last != L_NL && lex->last != YYEOF)
		lex->skip = true;
}

void
lexer_stop(struct policy_lexer *lex)
{
	lex->len = lex->pos;
}

/* The byte n further on, 0 at the end (NUL bytes never get this far). */
static char
peek(const struct policy_lexer *lex, size_t n)
{
	return (char)(n < lex->len - lex->pos ? lex->bytes[lex->pos + n] : 0);
}

static bool
at_line_end(const struct policy_lexer *lex)
{
	char c;

	c = peek(lex, 0);
	return lex->pos == lex->len || c == '\n' ||
	    (c == '\r' && (peek(lex, 1) == '\n' || lex->pos + 1 == lex->len));
}

static void
next_line(struct policy_lexer *lex)
{
	if (peek(lex, 0) == '\r')
		lex->pos++;
	if (lex->pos < lex->len)
		lex->pos++;
	lex->line++;
	lex->line_start = lex->pos;
}

/* Over a backslash that ends the line; false if there is none. */
static bool
continuation(struct policy_lexer *lex)
{
	if (peek(lex, 0) != '\\')
		return false;
	lex->pos++;
	if (!at_line_end(lex) || lex->pos == lex->len) {
		lex->pos--;
		return false;
	}
	next_line(lex);
	return true;
}

static struct policy_place
place_of(const struct policy_lexer *lex, size_t pos)
{
	return (struct policy_place){ lex->line,
		(unsigned int)(pos - lex->line_start) + 1 };
}

static int
comment(struct policy_parse *p)
{
	struct policy_lexer *lex = &p->lexer;
	struct policy_comment *c;
	size_t start, len;

	start = lex->pos;
	while (!at_line_end(lex))
		lex->pos++;
	if (!p->format)
		return 0;
	for (len = lex->pos - start;
	     len > 0 && isspace((unsigned char)lex->bytes[start + len - 1]);)
		len--;
	c = arena_alloc(p->arena, sizeof(*c));
	if (c == NULL)
		return -1;
	c->text = arena_copy(p->arena, lex->bytes + start, len);
	if (c->text == NULL)
		return -1;
	c->line = lex->line;
	c->own_line = lex->last == L_NL;
	*p->comments_end = c;
	p->comments_end = &c->next;
	return 0;
}

/* Over blanks, continued lines and comments; not over a line's end. */
static int
blanks(struct policy_parse *p)
{
	struct policy_lexer *lex = &p->lexer;
	bool number;

	for (;;) {
		/* native-#332 is a number, not a comment. */
		number = lex->state == LEXER_HEAD && lex->last == '-' &&
		    lex->pos == lex->token + lex->token_len;
		if (peek(lex, 0) == ' ' || peek(lex, 0) == '\t')
			lex->pos++;
		else if (peek(lex, 0) == '#' && !number)
			return comment(p);
		else if (!continuation(lex))
			return 0;
	}
}

static size_t
word_length(const struct policy_lexer *lex, const char *others)
{
	size_t n;
	char c;

	for (n = 0; (c = peek(lex, n)) != '\0'; n++) {
		if (c == '-' && peek(lex, n + 1) == '>')
			break;
		if (!isalnum((unsigned char)c) && strchr(others, c) == NULL)
			break;
	}
	return n;
}

static int
token(struct policy_lexer *lex, int type, size_t len)
{
	lex->previous = lex->token;
	lex->previous_len = lex->token_len;
	lex->previous_place = lex->place;
	lex->place = place_of(lex, lex->pos);
	lex->token = lex->pos;
	lex->token_len = len;
	lex->pos += len;
	lex->last = type;
	return type;
}

static int
lexer_error(struct policy_parse *p, size_t len, const char *what)
{
	struct policy_lexer *lex = &p->lexer;
	char text[REPORT_TEXT_MAX];

	parse_error(p, place_of(lex, lex->pos), "%s%s", what,
	    report_text(lex->bytes + lex->pos, len, text));
	(void)token(lex, YYerror, len);
	lex->skip = true;
	return YYerror;
}

static int
no_memory(struct policy_parse *p)
{
	p->nomem = true;
	p->lexer.last = YYEOF;
	return YYEOF;
}

static int
text_token(struct policy_parse *p, YYSTYPE *value, int type, size_t len)
{
	struct policy_lexer *lex = &p->lexer;

	value->text = arena_copy(p->arena, lex->bytes + lex->pos, len);
	if (value->text == NULL)
		return no_memory(p);
	return token(lex, type, len);
}

static int
number(struct policy_parse *p, YYSTYPE *value, size_t len)
{
	uint64_t n;
	size_t i;
	char c;

	for (n = 0, i = 0; i < len; i++) {
		c = peek(&p->lexer, i);
		if (n > (UINT64_MAX - 9) / 10)
			return lexer_error(p, len, "number too large: ");
		n = n * 10 + (uint64_t)(c - '0');
	}
	value->number = n;
	return token(&p->lexer, L_NUMBER, len);
}

/* The length of a quoted string in the file, 0 if it is not closed. */
static size_t
string_length(const struct policy_lexer *lex)
{
	size_t n, left;

	left = lex->len - lex->pos;
	for (n = 1; n < left; n++) {
		if (peek(lex, n) == '\n')
			return 0;
		if (peek(lex, n) == '"')
			return n + 1;
		if (peek(lex, n) == '\\' && n + 1 < left &&
		    peek(lex, n + 1) != '\n')
			n++;
	}
	return 0;
}

static int
string(struct policy_parse *p, YYSTYPE *value)
{
	static const char escapes[] = "\"\"\\\\n\nr\rt\t";
	struct policy_lexer *lex = &p->lexer;
	const char *escape;
	size_t len, n, out;
	char c;

	len = string_length(lex);
	if (len == 0)
		return lexer_error(p, 0, "string without closing quote");
	value->text = arena_alloc(p->arena, len);
	if (value->text == NULL)
		return no_memory(p);
	for (n = 1, out = 0; n < len - 1; n++) {
		c = peek(lex, n);
		if (c == '\\') {
			c = peek(lex, ++n);
			escape = escapes;
			while (*escape != '\0' && *escape != c)
				escape += 2;
			if (*escape == '\0') {
				lex->pos += n - 1;
				return lexer_error(p, 2,
				    "expected \\\", \\\\, \\n, \\r or \\t, "
				    "found ");
			}
			c = escape[1];
		}
		value->text[out++] = c;
	}
	return token(lex, L_STRING, len);
}

static int
line_end(struct policy_lexer *lex)
{
	(void)token(lex, L_NL, 0);
	lex->end_line = lex->line;
	if (lex->pos == lex->len)
		lex->ended = true;
	else
		next_line(lex);
	lex->state = LEXER_START;
	lex->skip = false;
	return L_NL;
}

/* Is the logical line that starts here within the limit? */
static bool
line_fits(const struct policy_lexer *lex)
{
	size_t i;

	for (i = lex->pos; i < lex->len; i++) {
		if (i - lex->pos > POLICY_RULE_MAX)
			return false;
		if (lex->bytes[i] == '\n' &&
		    (i == 0 || lex->bytes[i - 1] != '\\') &&
		    (i < 2 || lex->bytes[i - 1] != '\r' ||
			lex->bytes[i - 2] != '\\'))
			break;
	}
	return true;
}

/* The first word of a line: of a header, or the emulation of a rule. */
static int
first_word(struct policy_parse *p, YYSTYPE *value)
{
	struct policy_lexer *lex = &p->lexer;
	size_t i, len, n;

	if (!line_fits(lex))
		return lexer_error(p, 0, "rule longer than 64 KiB");
	len = word_length(lex, WORD_HEAD);
	for (n = len; peek(lex, n) == ' ' || peek(lex, n) == '\t';)
		n++;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (peek(lex, n) != ':' || strlen(headers[i].word) != len ||
		    strncasecmp(lex->bytes + lex->pos, headers[i].word, len) !=
			0)
			continue;
		lex->state = headers[i].state;
		return token(lex, headers[i].token, n + 1);
	}
	lex->state = LEXER_HEAD;
	if (len == 8 &&
	    strncasecmp(lex->bytes + lex->pos, "detached", len) == 0)
		return token(lex, H_DETACHED, len);
	return text_token(p, value, L_WORD, len);
}

/* A word of a header may be one of its own words, with a colon. */
static int
header_word(struct policy_parse *p, YYSTYPE *value, size_t len)
{
	static const struct {
		const char *word;
		int token;
	} inner[] = { { "emulation", H_EMULATION },
		{ "description", H_DESCRIPTION } };
	struct policy_lexer *lex = &p->lexer;
	size_t i, n;

	for (n = len; peek(lex, n) == ' ' || peek(lex, n) == '\t';)
		n++;
	for (i = 0; i < 2; i++) {
		if (peek(lex, n) != ':' || strlen(inner[i].word) != len ||
		    strncasecmp(lex->bytes + lex->pos, inner[i].word, len) != 0)
			continue;
		if (inner[i].token == H_DESCRIPTION)
			lex->state = LEXER_TEXT;
		return token(lex, inner[i].token, n + 1);
	}
	return text_token(p, value, L_WORD, len);
}

static bool
all_digits(const struct policy_lexer *lex, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!isdigit((unsigned char)peek(lex, i)))
			return false;
	}
	return len > 0;
}

static int
body_word(struct policy_parse *p, YYSTYPE *value, size_t len)
{
	struct policy_lexer *lex = &p->lexer;
	size_t i;

	if (all_digits(lex, len))
		return number(p, value, len);
	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (strlen(keywords[i].word) == len &&
		    strncmp(keywords[i].word, lex->bytes + lex->pos, len) == 0)
			return text_token(p, value, keywords[i].token, len);
	}
	return text_token(p, value, L_WORD, len);
}

static int
word(struct policy_parse *p, YYSTYPE *value)
{
	struct policy_lexer *lex = &p->lexer;
	size_t len;

	switch (lex->state) {
	case LEXER_HEAD:
		len = word_length(lex, WORD_HEAD);
		if (lex->last == '#' && all_digits(lex, len))
			return number(p, value, len);
		return len > 0 ? text_token(p, value, L_WORD, len) : 0;
	case LEXER_WORDS:
		len = word_length(lex, WORD_BODY);
		return len > 0 ? header_word(p, value, len) : 0;
	case LEXER_START:
	case LEXER_BODY:
	case LEXER_PATH:
	case LEXER_TEXT:
		break;
	}
	len = word_length(lex, WORD_BODY);
	if (len == 0 || peek(lex, 0) == '-' || peek(lex, 0) == '.')
		return 0;
	return body_word(p, value, len);
}

/* An unquoted path; a quoted one is a string. */
static int
path(struct policy_parse *p, YYSTYPE *value)
{
	struct policy_lexer *lex = &p->lexer;
	size_t len;
	char c;

	lex->state = LEXER_WORDS;
	if (peek(lex, 0) == '"')
		return string(p, value);
	for (len = 0; (c = peek(lex, len)) != '\0'; len++) {
		if (c == ',' || c == '#' || c == '"' ||
		    isspace((unsigned char)c))
			break;
	}
	return len > 0 ? text_token(p, value, L_PATH, len) : 0;
}

/* A description: to the end of the line or a comment. */
static int
description(struct policy_parse *p, YYSTYPE *value)
{
	struct policy_lexer *lex = &p->lexer;
	size_t len;
	char c;

	lex->state = LEXER_WORDS;
	for (len = 0; (c = peek(lex, len)) != '\0'; len++) {
		if (c == '#' || c == '\n')
			break;
	}
	while (len > 0 && isspace((unsigned char)peek(lex, len - 1)))
		len--;
	return text_token(p, value, L_TEXT, len);
}

static int
punctuation(struct policy_parse *p)
{
	struct policy_lexer *lex = &p->lexer;
	char c;

	c = peek(lex, 0);
	if (c == '-' && peek(lex, 1) == '>')
		return token(lex, K_ARROW, 2);
	if (c == '!' && peek(lex, 1) == '=')
		return token(lex, K_DIFFERS, 2);
	if (c != '\0' && strchr("-:,()[]+/=<>#", c) != NULL) {
		if (c == ':' && lex->state == LEXER_HEAD)
			lex->state = LEXER_BODY;
		return token(lex, c, 1);
	}
	return lexer_error(p, 1, "found what no rule can contain: ");
}

static void
skip_rest(struct policy_lexer *lex)
{
	while (!at_line_end(lex)) {
		if (!continuation(lex))
			lex->pos++;
	}
}

static int
lexer_next(struct policy_parse *p, YYSTYPE *value)
{
	struct policy_lexer *lex = &p->lexer;
	int type;

	if (at_line_end(lex))
		return line_end(lex);
	if (lex->state == LEXER_START && word_length(lex, WORD_HEAD) > 0)
		return first_word(p, value);
	if (lex->state == LEXER_PATH)
		type = path(p, value);
	else if (lex->state == LEXER_TEXT)
		type = description(p, value);
	else if (peek(lex, 0) == '"')
		type = string(p, value);
	else if (lex->state == LEXER_START)
		type = 0;
	else
		type = word(p, value);
	return type != 0 ? type : punctuation(p);
}

int
yylex(YYSTYPE *value, YYLTYPE *place, struct policy_parse *p)
{
	struct policy_lexer *lex = &p->lexer;
	int type;

	if (p->nomem || lex->ended) {
		lex->last = YYEOF;
		return YYEOF;
	}
	if (lex->skip)
		skip_rest(lex);
	if (blanks(p) == -1)
		return no_memory(p);
	*place = place_of(lex, lex->pos);
	if (lex->last == L_NL)
		p->start_line = lex->line;
	type = lexer_next(p, value);
	return type;
}

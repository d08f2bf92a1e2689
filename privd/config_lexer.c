/* SPDX-License-Identifier: ISC */
/*
 * Bytes of privd.conf into words, strings and ends of lines. Any bytes may
 * come.
 */
#include "config_parts.h"

#include <stdbool.h>
#include <string.h>

void
config_lexer_start(struct config_lexer *lexer, const char *bytes, size_t len)
{
	memset(lexer, 0, sizeof(*lexer));
	lexer->bytes = bytes;
	lexer->len = len;
	lexer->line = 1;
}

static bool
is_ended(const struct config_lexer *lexer)
{
	return lexer->pos >= lexer->len;
}

/* The byte so far on; a line's end behind the last. */
static unsigned char
peek(const struct config_lexer *lexer, size_t n)
{
	return n < lexer->len - lexer->pos ?
	    (unsigned char)lexer->bytes[lexer->pos + n] :
	    '\n';
}

static bool
is_line_end(const struct config_lexer *lexer, size_t n)
{
	return peek(lexer, n) == '\n' ||
	    (peek(lexer, n) == '\r' && peek(lexer, n + 1) == '\n');
}

static void
next_line(struct config_lexer *lexer)
{
	lexer->pos += peek(lexer, 0) == '\r' ? 2 : 1;
	if (lexer->pos > lexer->len)
		lexer->pos = lexer->len;
	lexer->line_start = lexer->pos;
	lexer->line++;
}

void
config_lexer_skip(struct config_lexer *lexer)
{
	while (!is_ended(lexer) && !is_line_end(lexer, 0))
		lexer->pos++;
}

/* Over blanks, comments, and ends of lines behind a backslash. */
static void
skip_blanks(struct config_lexer *lexer)
{
	while (!is_ended(lexer)) {
		if (peek(lexer, 0) == ' ' || peek(lexer, 0) == '\t') {
			lexer->pos++;
		} else if (peek(lexer, 0) == '#') {
			config_lexer_skip(lexer);
		} else if (peek(lexer, 0) == '\\' && is_line_end(lexer, 1)) {
			lexer->pos++;
			next_line(lexer);
		} else {
			return;
		}
	}
}

/* What may stand in a word that is not quoted. */
static bool
is_word(unsigned char c)
{
	return c > ' ' && c != 0x7f && strchr("\"#;\\", c) == NULL;
}

static void
bad(struct config_lexer *lexer, struct config_token *token, const char *wrong)
{
	token->kind = CONFIG_BAD;
	token->wrong = wrong;
	token->place.line = lexer->line;
	token->place.column = (unsigned int)(lexer->pos - lexer->line_start) +
	    1;
	token->len = 0;
	if (is_ended(lexer) || is_line_end(lexer, 0))
		return;
	/* The byte itself, for the message. */
	token->text[token->len++] = (char)peek(lexer, 0);
	lexer->pos++;
}

/* What was read ends here: with its line, or with a blank. */
static void
end(struct config_lexer *lexer, struct config_token *token,
    enum config_kind kind, size_t len)
{
	token->text[len] = '\0';
	token->len = len;
	token->kind = kind;
	if (is_ended(lexer) || is_line_end(lexer, 0) ||
	    strchr(" \t#\\;", peek(lexer, 0)) != NULL)
		return;
	bad(lexer, token, "a blank");
}

static void
word(struct config_lexer *lexer, struct config_token *token)
{
	size_t n;

	for (n = 0; is_word(peek(lexer, 0)); n++, lexer->pos++) {
		if (n == CONFIG_WORD_MAX) {
			bad(lexer, token, "a word of at most 4095 bytes");
			return;
		}
		token->text[n] = (char)peek(lexer, 0);
	}
	if (n == 0)
		bad(lexer, token,
		    peek(lexer, 0) == ';' ? "the end of the line" :
					    "a word or a quoted string");
	else
		end(lexer, token, CONFIG_WORD, n);
}

static void
string(struct config_lexer *lexer, struct config_token *token)
{
	unsigned char c;
	size_t n;

	lexer->pos++;
	for (n = 0;; n++, lexer->pos++) {
		c = peek(lexer, 0);
		if (is_line_end(lexer, 0)) {
			bad(lexer, token, "a closing quote");
			return;
		}
		if (c == '"')
			break;
		if (c == '\\') {
			lexer->pos++;
			c = peek(lexer, 0);
			if (c != '"' && c != '\\') {
				bad(lexer, token,
				    "\\\" or \\\\ behind a backslash");
				return;
			}
		}
		if ((c < ' ' && c != '\t') || c == 0x7f) {
			bad(lexer, token, "text");
			return;
		}
		if (n == CONFIG_WORD_MAX) {
			bad(lexer, token, "a string of at most 4095 bytes");
			return;
		}
		token->text[n] = (char)c;
	}
	lexer->pos++;
	end(lexer, token, CONFIG_STRING, n);
}

void
config_lexer_next(struct config_lexer *lexer, struct config_token *token)
{
	skip_blanks(lexer);
	token->text[0] = '\0';
	token->len = 0;
	token->wrong = NULL;
	token->place.line = lexer->line;
	token->place.column = (unsigned int)(lexer->pos - lexer->line_start) +
	    1;
	if (is_ended(lexer)) {
		token->kind = CONFIG_END;
	} else if (is_line_end(lexer, 0)) {
		token->kind = CONFIG_LINE;
		next_line(lexer);
	} else if (peek(lexer, 0) == '"') {
		string(lexer, token);
	} else {
		word(lexer, token);
	}
}

/* SPDX-License-Identifier: ISC */
/*
 * The text of a signature. What is read here is anybody's until the
 * signature was verified: every byte has its place, and there is one way to
 * write a statement. No descriptor, no key.
 */
#include "sign.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../memory_text.h"
#include "internal.h"
#include "openssl.h"
#include "sign_internal.h"

#define TAG "privd policy signature 1"
#define SHA256 "sha256:"
#define BASE64_LEN 88 /* of SIGN_BYTES */

void
sign_text_start(struct sign_text *text, const char *bytes, size_t len,
    struct sign_fault *fault)
{
	memset(text, 0, sizeof(*text));
	text->bytes = bytes;
	text->len = len;
	text->line = 1;
	text->fault = fault;
	fault->line = fault->column = 0;
	fault->text[0] = '\0';
}

int
sign_text_fault(const struct sign_text *text, size_t at, const char *expected)
{
	char found[REPORT_TEXT_MAX];
	const char *end;
	size_t len = text->len - at;

	text->fault->line = text->line;
	text->fault->column = (unsigned int)(at - text->line_start + 1);
	end = memchr(text->bytes + at, '\n', len);
	if (end != NULL)
		len = (size_t)(end - (text->bytes + at));
	(void)report_text(text->bytes + at, len, found);
	if (at == text->len)
		(void)snprintf(text->fault->text, sizeof(text->fault->text),
		    "found the end of the file, expected %s", expected);
	else if (len == 0)
		(void)snprintf(text->fault->text, sizeof(text->fault->text),
		    "found the end of the line, expected %s", expected);
	else
		(void)snprintf(text->fault->text, sizeof(text->fault->text),
		    "found \"%s\", expected %s", found, expected);
	errno = EINVAL;
	return -1;
}

bool
sign_text_at(const struct sign_text *text, const char *word)
{
	size_t n = strlen(word);

	return text->len - text->pos >= n &&
	    memcmp(text->bytes + text->pos, word, n) == 0;
}

int
sign_text_word(struct sign_text *text, const char *word, const char *expected)
{
	if (!sign_text_at(text, word))
		return sign_text_fault(text, text->pos, expected);
	text->pos += strlen(word);
	return 0;
}

int
sign_text_newline(struct sign_text *text)
{
	if (text->pos == text->len || text->bytes[text->pos] != '\n')
		return sign_text_fault(text, text->pos, "the end of the line");
	text->line_start = ++text->pos;
	text->line++;
	return 0;
}

int
sign_text_end(struct sign_text *text)
{
	if (text->pos == text->len)
		return 0;
	return sign_text_fault(text, text->pos, "the end of the file");
}

int
sign_text_number(struct sign_text *text, uint64_t *number)
{
	static const char expected[] = "a number from 1 to 9223372036854775807";
	size_t start = text->pos;
	uint64_t n = 0;
	unsigned int digit;

	for (; text->pos < text->len &&
	     isdigit((unsigned char)text->bytes[text->pos]);
	     text->pos++) {
		digit = (unsigned int)(text->bytes[text->pos] - '0');
		if (n > ((uint64_t)SIGN_SERIAL_MAX - digit) / 10)
			return sign_text_fault(text, start, expected);
		n = n * 10 + digit;
		if (n == 0)
			break;
	}
	if (n == 0)
		return sign_text_fault(text, start, expected);
	*number = n;
	return 0;
}

int
sign_text_digest(struct sign_text *text, uint8_t digest[SIGN_DIGEST])
{
	static const char expected[] = "64 digits of 0-9 and a-f";
	static const char digits[] = "0123456789abcdef";
	const char *digit;
	size_t i, start = text->pos;

	if (text->len - start < 2 * SIGN_DIGEST)
		return sign_text_fault(text, start, expected);
	for (i = 0; i < 2 * SIGN_DIGEST; i++) {
		digit = memchr(digits, text->bytes[start + i], 16);
		if (digit == NULL)
			return sign_text_fault(text, start, expected);
		digest[i / 2] = (uint8_t)(digest[i / 2] << 4 |
		    (digit - digits));
	}
	text->pos += 2 * SIGN_DIGEST;
	return 0;
}

bool
sign_is_program(const char *name, size_t len)
{
	size_t i;

	if (len < 2 || len >= PATH_MAX ||
	    (name[0] != '/' && (name[0] != '*' || name[1] != '/')))
		return false;
	for (i = 0; i < len; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return false;
	return true;
}

char *
sign_text_program(struct sign_text *text)
{
	const char *name = text->bytes + text->pos, *end;
	size_t len;
	char *copy;

	end = memchr(name, '\n', text->len - text->pos);
	len = end == NULL ? 0 : (size_t)(end - name);
	if (!sign_is_program(name, len)) {
		(void)sign_text_fault(text, text->pos, "the path of a program");
		return NULL;
	}
	copy = strndup(name, len);
	if (copy != NULL)
		text->pos += len;
	return copy;
}

/* At most as many as the file has lines, and the file is bounded. */
static size_t
count_lines(const char *bytes, size_t len)
{
	size_t i, n;

	for (i = n = 0; i < len; i++)
		n += bytes[i] == '\n';
	return n;
}

static int
parse_start(struct sign_text *text, struct sign_statement *st)
{
	if (sign_text_word(text, TAG, "\"" TAG "\"") == -1 ||
	    sign_text_newline(text) == -1 ||
	    sign_text_word(text, "key: " SHA256, "\"key: " SHA256 "\"") == -1 ||
	    sign_text_digest(text, st->key) == -1 ||
	    sign_text_newline(text) == -1 ||
	    sign_text_word(text, "serial: ", "\"serial: \"") == -1 ||
	    sign_text_number(text, &st->serial) == -1 ||
	    sign_text_newline(text) == -1 ||
	    sign_text_word(text, "policy: " SHA256, "\"policy: " SHA256 "\"") ==
		-1 ||
	    sign_text_digest(text, st->policy) == -1)
		return -1;
	return sign_text_newline(text);
}

static int
parse_programs(struct sign_text *text, struct sign_statement *st)
{
	char *program;
	size_t at;

	do {
		if (sign_text_word(text, "program: ", "\"program: \"") == -1)
			return -1;
		at = text->pos;
		program = sign_text_program(text);
		if (program == NULL)
			return -1;
		st->programs[st->nprograms++] = program;
		if (st->nprograms > 1 &&
		    strcmp(st->programs[st->nprograms - 2], program) >= 0)
			return sign_text_fault(text, at,
			    "a program that sorts behind the one before");
		if (sign_text_newline(text) == -1)
			return -1;
	} while (sign_text_at(text, "program: "));
	return 0;
}

static int
parse_includes(struct sign_text *text, struct sign_statement *st)
{
	while (sign_text_at(text, "include: ")) {
		if (sign_text_word(text, "include: " SHA256,
			"\"include: " SHA256 "\"") == -1 ||
		    sign_text_digest(text, st->includes[st->nincludes]) == -1)
			return -1;
		st->nincludes++;
		if (sign_text_newline(text) == -1)
			return -1;
	}
	return 0;
}

/* EVP_DecodeBlock() takes blanks and loose ends: only what it would have been
   encoded to is a signature. */
static int
parse_signature(struct sign_text *text, struct sign_statement *st)
{
	const struct openssl *ssl = openssl();
	unsigned char raw[BASE64_LEN], again[BASE64_LEN + 1];
	const unsigned char *at;

	if (ssl == NULL)
		return -1;
	if (sign_text_word(text, "signature: ",
		st->nincludes > 0 ?
		    "\"include: \" or \"signature: \"" :
		    "\"program: \", \"include: \" or \"signature: \"") == -1)
		return -1;
	at = (const unsigned char *)text->bytes + text->pos;
	if (text->len - text->pos < BASE64_LEN ||
	    ssl->EVP_DecodeBlock(raw, at, BASE64_LEN) < SIGN_BYTES ||
	    ssl->EVP_EncodeBlock(again, raw, SIGN_BYTES) != BASE64_LEN ||
	    memcmp(again, at, BASE64_LEN) != 0)
		return sign_text_fault(text, text->pos, "64 bytes as base64");
	memcpy(st->signature, raw, SIGN_BYTES);
	text->pos += BASE64_LEN;
	return sign_text_newline(text);
}

int
sign_parse(const char *bytes, size_t len, struct sign_statement *st,
    struct sign_fault *fault)
{
	struct sign_text text;
	size_t lines;

	memset(st, 0, sizeof(*st));
	sign_text_start(&text, bytes, len, fault);
	if (len > SIGN_FILE_MAX) {
		(void)snprintf(fault->text, sizeof(fault->text),
		    "longer than 64 KiB");
		errno = EINVAL;
		return -1;
	}
	lines = count_lines(bytes, len);
	st->programs = calloc(lines + 1, sizeof(*st->programs));
	st->includes = calloc(lines + 1, sizeof(*st->includes));
	if (st->programs == NULL || st->includes == NULL)
		return -1;
	if (parse_start(&text, st) == -1 || parse_programs(&text, st) == -1 ||
	    parse_includes(&text, st) == -1)
		return -1;
	st->signed_len = text.pos;
	if (parse_signature(&text, st) == -1)
		return -1;
	return sign_text_end(&text);
}

void
sign_clear(struct sign_statement *st)
{
	size_t i;

	for (i = 0; i < st->nprograms; i++)
		free(st->programs[i]);
	free(st->programs);
	free(st->includes);
	memset(st, 0, sizeof(*st));
}

void
sign_hex(const uint8_t digest[SIGN_DIGEST], char hex[2 * SIGN_DIGEST + 1])
{
	size_t i;

	for (i = 0; i < SIGN_DIGEST; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void
print_lines(const struct sign_statement *st, FILE *out)
{
	char hex[2 * SIGN_DIGEST + 1];
	size_t i;

	sign_hex(st->key, hex);
	(void)fprintf(out, TAG "\nkey: " SHA256 "%s\nserial: %llu\n", hex,
	    (unsigned long long)st->serial);
	sign_hex(st->policy, hex);
	(void)fprintf(out, "policy: " SHA256 "%s\n", hex);
	for (i = 0; i < st->nprograms; i++)
		(void)fprintf(out, "program: %s\n", st->programs[i]);
	for (i = 0; i < st->nincludes; i++) {
		sign_hex(st->includes[i], hex);
		(void)fprintf(out, "include: " SHA256 "%s\n", hex);
	}
}

char *
sign_print(const struct sign_statement *st, size_t *len)
{
	struct memory_text text;
	char *bytes;
	FILE *out;
	size_t i;

	for (i = 0; i < st->nprograms; i++) {
		if (!sign_is_program(st->programs[i],
			strlen(st->programs[i]))) {
			errno = EINVAL;
			return NULL;
		}
	}
	out = memory_text_open(&text);
	if (out == NULL)
		return NULL;
	print_lines(st, out);
	bytes = memory_text_close(out, &text, len);
	if (bytes == NULL)
		return NULL;
	if (*len > SIGN_FILE_MAX - sizeof("signature: \n") - BASE64_LEN) {
		free(bytes);
		errno = EFBIG;
		return NULL;
	}
	return bytes;
}

char *
sign_print_signature(const uint8_t signature[SIGN_BYTES], char *lines,
    size_t *len)
{
	const struct openssl *ssl = openssl();
	unsigned char text[BASE64_LEN + 1];
	char *whole;
	int n;

	if (ssl == NULL)
		return NULL;
	(void)ssl->EVP_EncodeBlock(text, signature, SIGN_BYTES);
	n = asprintf(&whole, "%ssignature: %s\n", lines, (const char *)text);
	if (n == -1)
		return NULL;
	*len = (size_t)n;
	return whole;
}

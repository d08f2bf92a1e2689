/* SPDX-License-Identifier: ISC */
/*
 * The serials of what was accepted last, one line a program. By program and
 * not by file, so that an old policy does not come back under another name.
 * Text and lists; no descriptor.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../memory_text.h"
#include "sign_internal.h"

#define TAG "privd serials 1"

static int
parse_line(struct sign_text *text, struct serials *serials)
{
	struct serial *serial = &serials->v[serials->count];
	size_t at;

	if (sign_text_number(text, &serial->serial) == -1 ||
	    sign_text_word(text, " ", "a blank") == -1 ||
	    sign_text_digest(text, serial->statement) == -1 ||
	    sign_text_word(text, " ", "a blank") == -1)
		return -1;
	at = text->pos;
	serial->program = sign_text_program(text);
	if (serial->program == NULL)
		return -1;
	serials->count++;
	if (serials->count > 1 &&
	    strcmp(serial[-1].program, serial->program) >= 0)
		return sign_text_fault(text, at,
		    "a program that sorts behind the one before");
	return sign_text_newline(text);
}

int
serials_parse(const char *bytes, size_t len, struct serials *serials,
    struct sign_fault *fault)
{
	struct sign_text text;
	size_t i, lines;

	memset(serials, 0, sizeof(*serials));
	sign_text_start(&text, bytes, len, fault);
	if (len > POLICY_FILE_MAX) {
		(void)snprintf(fault->text, sizeof(fault->text),
		    "longer than 1 MiB");
		errno = EINVAL;
		return -1;
	}
	for (i = lines = 0; i < len; i++)
		lines += bytes[i] == '\n';
	serials->v = calloc(lines + 1, sizeof(*serials->v));
	if (serials->v == NULL)
		return -1;
	if (sign_text_word(&text, TAG, "\"" TAG "\"") == -1 ||
	    sign_text_newline(&text) == -1)
		return -1;
	while (text.pos < text.len)
		if (parse_line(&text, serials) == -1)
			return -1;
	return 0;
}

void
serials_clear(struct serials *serials)
{
	size_t i;

	for (i = 0; i < serials->count; i++)
		free(serials->v[i].program);
	free(serials->v);
	memset(serials, 0, sizeof(*serials));
}

char *
serials_print(const struct serials *serials, size_t *len)
{
	char hex[2 * SIGN_DIGEST + 1], *bytes;
	struct memory_text text;
	FILE *out;
	size_t i;

	out = memory_text_open(&text);
	if (out == NULL)
		return NULL;
	(void)fprintf(out, TAG "\n");
	for (i = 0; i < serials->count; i++) {
		sign_hex(serials->v[i].statement, hex);
		(void)fprintf(out, "%llu %s %s\n",
		    (unsigned long long)serials->v[i].serial, hex,
		    serials->v[i].program);
	}
	bytes = memory_text_close(out, &text, len);
	if (bytes == NULL)
		return NULL;
	if (*len <= POLICY_FILE_MAX)
		return bytes;
	free(bytes);
	errno = EFBIG;
	return NULL;
}

const struct serial *
serials_find(const struct serials *serials, const char *program)
{
	size_t i;

	for (i = 0; i < serials->count; i++)
		if (strcmp(serials->v[i].program, program) == 0)
			return &serials->v[i];
	return NULL;
}

int
serials_add(struct serials *serials, const char *program, uint64_t serial,
    const uint8_t statement[SIGN_DIGEST])
{
	struct serial *grown;
	char *copy;

	copy = strdup(program);
	if (copy == NULL)
		return -1;
	grown = reallocarray(serials->v, serials->count + 1, sizeof(*grown));
	if (grown == NULL) {
		free(copy);
		return -1;
	}
	serials->v = grown;
	grown[serials->count].program = copy;
	grown[serials->count].serial = serial;
	memcpy(grown[serials->count].statement, statement, SIGN_DIGEST);
	serials->count++;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct serial *one = a, *other = b;

	return strcmp(one->program, other->program);
}

int
serials_merge(struct serials *serials, const struct serials *more,
    bool *changed)
{
	const struct serial *from;
	struct serial *to;
	size_t i, at;

	*changed = false;
	for (i = 0; i < more->count; i++) {
		from = &more->v[i];
		for (at = 0; at < serials->count; at++)
			if (strcmp(serials->v[at].program, from->program) == 0)
				break;
		to = &serials->v[at];
		if (at < serials->count && to->serial == from->serial &&
		    memcmp(to->statement, from->statement, SIGN_DIGEST) == 0)
			continue;
		*changed = true;
		if (at == serials->count) {
			if (serials_add(serials, from->program, from->serial,
				from->statement) == -1)
				return -1;
			continue;
		}
		to->serial = from->serial;
		memcpy(to->statement, from->statement, SIGN_DIGEST);
	}
	if (serials->count > 1)
		qsort(serials->v, serials->count, sizeof(*serials->v), compare);
	return 0;
}

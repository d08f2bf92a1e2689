/* SPDX-License-Identifier: ISC */
/*
 * json KEY ... : of each line of standard input, which must be an object of
 * JSON in printing ASCII, with no key twice in one object, the values of these
 * keys, separated by tabs, as they stand there; "a.b" is b in a, and nothing
 * is what is not there. Exits 1 at what is no such line.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 256

struct reader {
	const char *p;
	char **wanted;
	int n;
	char **found; /* of each, what stands there */
};

static void value(struct reader *, const char *path);

static void
expect(struct reader *r, const char *text)
{
	if (strncmp(r->p, text, strlen(text)) != 0)
		errx(1, "expected %s, found %s", text, r->p);
	r->p += strlen(text);
}

static void
string(struct reader *r)
{
	expect(r, "\"");
	for (; *r->p != '"'; r->p++) {
		if (*r->p < ' ' || *r->p > '~')
			errx(1, "a byte of %d", *r->p);
		if (*r->p != '\\')
			continue;
		r->p++;
		if (*r->p == 'u' &&
		    strspn(r->p + 1, "0123456789abcdefABCDEF") >= 4)
			r->p += 4;
		else if (*r->p == '\0' || strchr("\"\\/bfnrt", *r->p) == NULL)
			errx(1, "an escape of %c", *r->p);
	}
	r->p++;
}

static void
object(struct reader *r, const char *path)
{
	char *keys[KEYS_MAX], *inner;
	const char *start;
	size_t n = 0, i;

	expect(r, "{");
	while (*r->p != '}') {
		if (n > 0)
			expect(r, ",");
		if (n == KEYS_MAX)
			errx(1, "too many keys");
		start = r->p + 1;
		string(r);
		keys[n] = strndup(start, (size_t)(r->p - start) - 1);
		for (i = 0; i < n; i++)
			if (strcmp(keys[i], keys[n]) == 0)
				errx(1, "twice: %s", keys[n]);
		expect(r, ":");
		if (asprintf(&inner, "%s%s%s", path, *path == '\0' ? "" : ".",
			keys[n]) == -1)
			err(1, NULL);
		value(r, inner);
		free(inner);
		n++;
	}
	r->p++;
	while (n > 0)
		free(keys[--n]);
}

static void
array(struct reader *r)
{
	bool first = true;

	expect(r, "[");
	for (; *r->p != ']'; first = false) {
		if (!first)
			expect(r, ",");
		value(r, "[]");
	}
	r->p++;
}

static void
value(struct reader *r, const char *path)
{
	const char *start = r->p;
	size_t n;
	int i;

	if (*r->p == '{')
		object(r, path);
	else if (*r->p == '[')
		array(r);
	else if (*r->p == '"')
		string(r);
	else if (strncmp(r->p, "true", 4) == 0)
		expect(r, "true");
	else if (strncmp(r->p, "false", 5) == 0)
		expect(r, "false");
	else {
		n = strspn(r->p, "0123456789");
		if (n == 0 || (n > 1 && *r->p == '0'))
			errx(1, "no value: %s", r->p);
		r->p += n;
	}
	for (i = 0; i < r->n; i++)
		if (strcmp(r->wanted[i], path) == 0)
			r->found[i] = strndup(start, (size_t)(r->p - start));
}

int
main(int argc, char *argv[])
{
	struct reader r = { .wanted = argv + 1, .n = argc - 1 };
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int i;

	r.found = calloc((size_t)argc, sizeof(*r.found));
	while (r.found != NULL && (len = getline(&line, &size, stdin)) > 0) {
		if (line[len - 1] != '\n' || strlen(line) != (size_t)len)
			errx(1, "no line");
		line[len - 1] = '\0';
		r.p = line;
		object(&r, "");
		if (*r.p != '\0')
			errx(1, "more: %s", r.p);
		for (i = 0; i < r.n; i++) {
			printf("%s%s", i == 0 ? "" : "\t",
			    r.found[i] != NULL ? r.found[i] : "");
			free(r.found[i]);
			r.found[i] = NULL;
		}
		printf("\n");
	}
	return 0;
}

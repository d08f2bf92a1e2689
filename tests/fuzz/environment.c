/* SPDX-License-Identifier: ISC */
/*
 * What an elevated program is told by its user: nothing but names of the
 * list, each once, in their order; and none that leads anywhere.
 */
#include <string.h>

#include "../../client-lib/environment.h"
#include "fuzz.h"

#define MOST 64

static size_t
split(char *text, size_t len, char *list[MOST + 1])
{
	size_t n = 0, i, begin = 0;

	for (i = 0; i < len && n < MOST; i++)
		if (text[i] == '\n') {
			text[i] = '\0';
			list[n++] = text + begin;
			begin = i + 1;
		}
	list[n] = NULL;
	return n;
}

static void
check_one(const char *variable)
{
	static const char *const never[] = { "LD_", "GCONV", "LOCPATH", "BASH",
		"PYTHON", "PERL", "TMPDIR", "IFS", "ENV", "GLIBC", "MALLOC",
		"NLSPATH", "RES_OPTIONS", "HOSTALIASES" };
	size_t i;

	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		HOLDS(strncmp(variable, never[i], strlen(never[i])) != 0);
	HOLDS(strchr(variable, '=') != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1), *list[MOST + 1], *kept[MOST + 1];
	size_t n, i, k = 0;

	HOLDS(text != NULL);
	memcpy(text, bytes, len);
	text[len] = '\0';
	n = split(text, len, list);
	memcpy(kept, list, sizeof(list));
	environment_clean(kept, NULL);
	for (i = 0; kept[i] != NULL; i++) {
		check_one(kept[i]);
		while (k < n && list[k] != kept[i])
			k++;
		HOLDS(k++ < n);
	}
	free(text);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * What an elevated program is told by its user: what privrun(1) lists, with
 * values as that says, and what is named besides (keep-environment); all of
 * that and nothing else, in its order. The list here is written from the
 * manual: no part of environment.c decides what it has to do.
 *
 * Bytes are lines: +NAME is a name of keep-environment, others are variables.
 */
#include <stdbool.h>
#include <string.h>

#include "../../client-lib/environment.h"
#include "fuzz.h"

#define MOST 64

/* With any value, by blanks. */
static const char free_names[] =
    " BROWSER COLUMNS DISPLAY EDITOR HOME LINES LOGNAME LS_COLORS MAIL "
    "NO_COLOR PAGER PATH PWD SHELL SSH_CLIENT SSH_CONNECTION SSH_TTY USER "
    "VISUAL WAYLAND_DISPLAY XAUTHORITY ";
/* "without a slash or a percent sign in them" */
static const char word_names[] = " COLORTERM LANG LANGUAGE TERM ";

static bool
stands_in(const char *names, const char *name)
{
	char word[64];

	if (name[0] == '\0' || strchr(name, ' ') != NULL ||
	    strlen(name) > sizeof(word) - 3)
		return false;
	(void)snprintf(word, sizeof(word), " %s ", name);
	return strstr(names, word) != NULL;
}

/* A file of the system's is one below the folder of zones: its name is not
   absolute, which a colon before it does not change, and goes nowhere up. */
static bool
is_zone(const char *value)
{
	const char *at;

	if (value[0] == '/' || (value[0] == ':' && value[1] == '/'))
		return false;
	for (at = value; *at != '\0'; at++)
		if (at[0] == '.' && at[1] == '.')
			return false;
	return true;
}

static bool
may_have(const char *name, const char *value, const char *const *further)
{
	if (stands_in(free_names, name))
		return true;
	if (stands_in(word_names, name) ||
	    (memcmp(name, "LC_", 3) == 0 && name[3] != '\0'))
		return strchr(value, '/') == NULL && strchr(value, '%') == NULL;
	if (strcmp(name, "TZ") == 0)
		return is_zone(value);
	for (; *further != NULL; further++)
		if (strcmp(*further, name) == 0)
			return true;
	return false;
}

static bool
may_stay(const char *variable, const char *const *further)
{
	char *name = calloc(1, strlen(variable) + sizeof("LC_")), *value;
	bool may;

	HOLDS(name != NULL);
	memcpy(name, variable, strlen(variable));
	value = strchr(name, '=');
	if (value != NULL)
		*value++ = '\0';
	may = value != NULL && may_have(name, value, further);
	free(name);
	return may;
}

static void
split(char *text, char *end, char *list[MOST + 1], const char *further[])
{
	size_t n = 0, m = 0;
	char *line, *next;

	for (line = text; n < MOST && m < MOST; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			break;
		*next = '\0';
		if (line[0] == '+')
			further[m++] = line + 1;
		else
			list[n++] = line;
	}
	list[n] = NULL;
	further[m] = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1), *list[MOST + 1], *kept[MOST + 1];
	const char *further[MOST + 1];
	size_t i, k = 0;

	HOLDS(text != NULL);
	memcpy(text, bytes, len);
	text[len] = '\0';
	split(text, text + len, list, further);
	memcpy(kept, list, sizeof(list));
	environment_clean(kept, further[0] != NULL ? further : NULL);
	for (i = 0; list[i] != NULL; i++) {
		if (!may_stay(list[i], further))
			continue;
		HOLDS(kept[k] == list[i]);
		k++;
	}
	HOLDS(kept[k] == NULL);
	free(text);
	return 0;
}

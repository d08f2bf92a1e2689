/* SPDX-License-Identifier: ISC */
/*
 * What an elevated program is told by its user's environment. Loaders,
 * libraries and interpreters take code and files from more variables than
 * anybody can list, so what is not listed here is taken away, and of what is
 * listed, values that lead elsewhere. A pure function of the strings.
 */
#include "environment.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* "LC_*": any name that begins so. */
struct variable {
	const char *name;
	bool (*is_good)(const char *value); /* NULL: any value */
};

/*
 * These name files in folders of the system, and lead out of them by a path;
 * a % is for those who hand a value of LANGUAGE to printf.
 */
static bool
is_word(const char *value)
{
	return strpbrk(value, "/%") == NULL;
}

/* Europe/Berlin and CET-1CEST, but no file of the user's. */
static bool
is_zone(const char *value)
{
	if (*value == ':')
		value++;
	return *value != '/' && strstr(value, "..") == NULL;
}

static const struct variable kept[] = {
	/* who and where */
	{ "HOME", NULL },
	{ "LOGNAME", NULL },
	{ "MAIL", NULL },
	{ "PATH", NULL },
	{ "PWD", NULL },
	{ "SHELL", NULL },
	{ "USER", NULL },
	/* which terminal and display */
	{ "COLORTERM", is_word },
	{ "COLUMNS", NULL },
	{ "DISPLAY", NULL },
	{ "LINES", NULL },
	{ "LS_COLORS", NULL },
	{ "NO_COLOR", NULL },
	{ "TERM", is_word },
	{ "WAYLAND_DISPLAY", NULL },
	{ "XAUTHORITY", NULL },
	/* which language and time */
	{ "LANG", is_word },
	{ "LANGUAGE", is_word },
	{ "LC_*", is_word },
	{ "TZ", is_zone },
	/* what it executes, which is not elevated */
	{ "BROWSER", NULL },
	{ "EDITOR", NULL },
	{ "PAGER", NULL },
	{ "VISUAL", NULL },
	/* from where he came */
	{ "SSH_CLIENT", NULL },
	{ "SSH_CONNECTION", NULL },
	{ "SSH_TTY", NULL },
};

static bool
has_name(const char *entry, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (name[n - 1] == '*')
		return len >= n && strncmp(entry, name, n - 1) == 0;
	return len == n && strncmp(entry, name, n) == 0;
}

static bool
is_named(const char *entry, size_t len, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++)
		if (strlen(*names) == len && strncmp(entry, *names, len) == 0)
			return true;
	return false;
}

static bool
is_kept(const char *entry, const char *const *further)
{
	size_t i, len = strcspn(entry, "=");

	if (entry[len] == '\0')
		return false;
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (has_name(entry, len, kept[i].name))
			return kept[i].is_good == NULL ||
			    kept[i].is_good(entry + len + 1);
	return is_named(entry, len, further);
}

void
environment_clean(char **environment, const char *const *further)
{
	char **to = environment;

	for (; *environment != NULL; environment++)
		if (is_kept(*environment, further))
			*to++ = *environment;
	*to = NULL;
}

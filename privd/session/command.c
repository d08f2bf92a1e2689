/* SPDX-License-Identifier: ISC */
/* Where a command is, as a shell would find it. */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

static bool
is_executable(const char *path, int *error)
{
	struct stat st;

	if (stat(path, &st) == -1) {
		if (errno != ENOENT && errno != ENOTDIR)
			*error = errno;
		return false;
	}
	if (S_ISREG(st.st_mode) && access(path, X_OK) == 0)
		return true;
	*error = EACCES;
	return false;
}

static char *
search_path(const char *name, int *error)
{
	const char *path = getenv("PATH"), *end;
	char *candidate;
	int n;

	if (path == NULL || *path == '\0')
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		       "/sbin:/bin";
	for (;; path = end + 1) {
		end = strchrnul(path, ':');
		n = asprintf(&candidate, "%.*s%s%s", (int)(end - path), path,
		    end == path ? "./" : "/", name);
		if (n == -1)
			return NULL;
		if (is_executable(candidate, error))
			return candidate;
		free(candidate);
		if (*end == '\0')
			return NULL;
	}
}

char *
session_find_command(const char *name, int *status)
{
	char *command = NULL;
	int error = 0;

	if (strchr(name, '/') == NULL)
		command = search_path(name, &error);
	else if (is_executable(name, &error))
		command = strdup(name);
	if (command != NULL)
		return command;
	*status = error != 0 ? SESSION_EXIT_CANNOT : SESSION_EXIT_NOTFOUND;
	errno = error != 0 ? error : ENOENT;
	return NULL;
}

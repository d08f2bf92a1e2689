/* SPDX-License-Identifier: ISC */
/*
 * privctl mark and unmark: which programs may be elevated. Who is marked is
 * written down, for upgrades put new files in the places of programs.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../privd/marks.h"
#include "../privd/session/mark.h"
#include "../privd/session/session.h"
#include "privctl.h"

#define WHY_MAX (PATH_MAX + 128)

/* A path as it was given, or along $PATH. NULL: it was said what is wrong. */
static char *
find_program(const char *name)
{
	char *path;
	int status;

	path = strchr(name, '/') != NULL ? strdup(name) :
					   session_find_command(name, &status);
	if (path == NULL)
		warnx("%s: there is no such command", name);
	else if (path[0] != '/') {
		warnx("%s: expected an absolute path", path);
		free(path);
		path = NULL;
	}
	return path;
}

static int
mark_one(struct marks *marks, const char *path)
{
	struct mark_file file;
	char why[WHY_MAX];
	bool changed, listed;
	int ret = 1;

	if (mark_open(path, &file, why, sizeof(why)) == -1) {
		warnx("%s: %s", path, why);
		return 1;
	}
	listed = marks_has(marks, file.path);
	if (marks_add(marks, file.path) == -1)
		warn("%s", file.path);
	else if (mark_change(&file, true, &changed, why, sizeof(why)) == 0) {
		(void)printf("%s: %s\n", file.path,
		    changed ? "marked" : "has the mark already");
		ret = 0;
	} else {
		warnx("%s: %s", file.path, why);
		if (!listed)
			(void)marks_remove(marks, file.path);
	}
	close(file.fd);
	return ret;
}

/* What is gone has no mark to lose. */
static int
forget(struct marks *marks, const char *path, const char *why)
{
	if (errno != ENOENT || !marks_has(marks, path)) {
		warnx("%s: %s", path, why);
		return 1;
	}
	(void)printf("%s: is not there any more\n", path);
	(void)marks_remove(marks, path);
	return 0;
}

static int
unmark_one(struct marks *marks, const char *path)
{
	struct mark_file file;
	char why[WHY_MAX];
	bool changed;
	int ret = 1;

	if (mark_open(path, &file, why, sizeof(why)) == -1)
		return forget(marks, path, why);
	if (mark_change(&file, false, &changed, why, sizeof(why)) == -1)
		warnx("%s: %s", file.path, why);
	else {
		(void)printf("%s: %s\n", file.path,
		    changed ? "unmarked" : "has no mark");
		/* It may have become a link to that. */
		(void)marks_remove(marks, file.path);
		(void)marks_remove(marks, path);
		ret = 0;
	}
	close(file.fd);
	return ret;
}

/* One of the list. Programs come and go; who is not there is not missed. */
static int
mark_again(const char *path)
{
	struct mark_file file;
	char why[WHY_MAX];
	bool changed;
	int ret = 1;

	if (mark_open(path, &file, why, sizeof(why)) == -1) {
		if (errno == ENOENT)
			return 0;
		warnx("%s: %s", path, why);
		return 1;
	}
	/* A link that leads elsewhere by now names another program. */
	if (strcmp(file.path, path) != 0)
		warnx("%s: is a link to %s now", path, file.path);
	else if (mark_change(&file, true, &changed, why, sizeof(why)) == -1)
		warnx("%s: %s", path, why);
	else {
		if (changed)
			(void)printf("%s: marked again\n", path);
		ret = 0;
	}
	close(file.fd);
	return ret;
}

static int
each_named(struct marks *marks, char **names,
    int (*change)(struct marks *, const char *))
{
	char *path;
	int ret = 0;

	for (; *names != NULL; names++) {
		path = find_program(*names);
		ret |= path == NULL ? 1 : change(marks, path);
		free(path);
	}
	return ret;
}

/* From the end, as the list grows shorter by it: by two at times. */
static int
unmark_all(struct marks *marks)
{
	char *path;
	size_t i;
	int ret = 0;

	for (i = marks->count; i > 0; i--) {
		if (i > marks->count)
			continue;
		path = strdup(marks->paths[i - 1]);
		if (path == NULL)
			err(1, NULL);
		ret |= unmark_one(marks, path);
		free(path);
	}
	return ret;
}

static void
open_list(struct marks *marks)
{
	char why[WHY_MAX];

	if (geteuid() != 0)
		errx(1, "only root marks programs");
	if (marks_open(marks, MARKS_FILE, true, why, sizeof(why)) == -1)
		errx(1, "%s: %s", MARKS_FILE, why);
}

static int
close_list(struct marks *marks)
{
	int ret = marks_save(marks, MARKS_FILE);

	if (ret == -1)
		warn("%s", MARKS_FILE);
	marks_close(marks);
	return ret == 0 ? 0 : 1;
}

/* Are all of the list meant, or those that follow? */
static bool
is_for_all(const char *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "again", no_argument, NULL, 'a' },
		{ "all", no_argument, NULL, 'a' },
		{ NULL, 0, NULL, 0 },
	};
	bool all = false;
	int c;

	while ((c = getopt_long(argc, argv, "+a", options, NULL)) != -1) {
		if (c != 'a')
			privctl_usage(command);
		all = true;
	}
	if (all != (optind == argc))
		privctl_usage(command);
	return all;
}

int
privctl_mark(int argc, char **argv)
{
	bool again = is_for_all("mark", argc, argv);
	struct marks marks;
	size_t i;
	int ret = 0;

	open_list(&marks);
	if (again)
		for (i = 0; i < marks.count; i++)
			ret |= mark_again(marks.paths[i]);
	else
		ret = each_named(&marks, argv + optind, mark_one);
	return close_list(&marks) | ret;
}

int
privctl_unmark(int argc, char **argv)
{
	bool all = is_for_all("unmark", argc, argv);
	struct marks marks;
	int ret;

	open_list(&marks);
	if (all)
		ret = unmark_all(&marks);
	else
		ret = each_named(&marks, argv + optind, unmark_one);
	return close_list(&marks) | ret;
}

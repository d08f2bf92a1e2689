/* SPDX-License-Identifier: ISC */
/*
 * The files of privd.conf: which there are, which of them may be believed,
 * and who the users and groups are that they name.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_parts.h"

static int
read_file(const char *path, struct config_file *file, char *reason, size_t len)
{
	struct stat st;
	int saved;

	file->bytes = file_read_trusted(path, &file->len, reason, len);
	if (file->bytes == NULL)
		return -1;
	/* Only root could have exchanged it since. */
	if (stat(path, &st) == -1) {
		saved = errno;
		(void)snprintf(reason, len, "%s", strerror(saved));
		free(file->bytes);
		errno = saved;
		return -1;
	}
	file->dev = st.st_dev;
	file->ino = st.st_ino;
	return 0;
}

/* Folder and name, the folder's own wildcards being none. */
static char *
join(const char *folder, const char *name, bool quote)
{
	char *path, *p;

	path = malloc(2 * strlen(folder) + strlen(name) + 2);
	if (path == NULL)
		return NULL;
	p = path;
	for (; name[0] != '/' && *folder != '\0'; folder++) {
		if (quote && strchr("*?[\\", *folder) != NULL)
			*p++ = '\\';
		*p++ = *folder;
	}
	if (name[0] != '/' && p > path && p[-1] != '/')
		*p++ = '/';
	memcpy(p, name, strlen(name) + 1);
	return path;
}

static int
no_memory(char *reason, size_t len)
{
	(void)snprintf(reason, len, "%s", strerror(ENOMEM));
	return -1;
}

static int
expand_one(char *path, char ***names, size_t *count, char *reason, size_t len)
{
	*names = calloc(1, sizeof(**names));
	if (*names == NULL) {
		free(path);
		return no_memory(reason, len);
	}
	(*names)[0] = path;
	*count = 1;
	return 0;
}

static int
take_names(const glob_t *found, char ***names, size_t *count)
{
	size_t i;

	*names = calloc(found->gl_pathc, sizeof(**names));
	if (*names == NULL)
		return -1;
	for (i = 0; i < found->gl_pathc; i++) {
		(*names)[i] = strdup(found->gl_pathv[i]);
		if ((*names)[i] == NULL)
			break;
	}
	*count = i;
	return i == found->gl_pathc ? 0 : -1;
}

static int
expand(const char *folder, const char *pattern, char ***names, size_t *count,
    char *reason, size_t len)
{
	bool wild = strpbrk(pattern, "*?[") != NULL;
	char *path = join(folder, pattern, wild);
	glob_t found;
	int ret;

	*names = NULL;
	*count = 0;
	if (path == NULL)
		return no_memory(reason, len);
	if (!wild)
		return expand_one(path, names, count, reason, len);
	/* A folder that cannot be read is no empty folder. */
	ret = glob(path, GLOB_ERR, NULL, &found);
	free(path);
	if (ret == GLOB_NOMATCH)
		return 0;
	if (ret != 0) {
		(void)snprintf(reason, len, "%s",
		    strerror(ret == GLOB_NOSPACE ? ENOMEM : errno));
		return -1;
	}
	ret = take_names(&found, names, count);
	globfree(&found);
	if (ret == 0)
		return 0;
	return no_memory(reason, len);
}

static const struct config_world world = {
	.user = names_user,
	.group = names_group,
	.offer_users = names_offer_users,
	.offer_groups = names_offer_groups,
	.expand = expand,
	.read = read_file,
};

static bool
is_missing(const char *path)
{
	struct stat st;

	/* A link that leads nowhere is no missing file, but a mistake. */
	return lstat(path, &st) == -1 && errno == ENOENT;
}

static int
load_file(const char *path, struct privd_config **config,
    struct policy_report *report)
{
	char reason[PATH_MAX + 128];
	struct config_file file;
	int saved;

	if (read_file(path, &file, reason, sizeof(reason)) == 0)
		return config_parse(&world, path, &file, config, report);
	saved = errno;
	report_add(report, POLICY_ERROR, path, (struct policy_place){ 0, 0 },
	    "%s", reason);
	errno = saved;
	return -1;
}

static int
load_absolute(const char *path, struct privd_config **config,
    struct policy_report *report)
{
	char folder[PATH_MAX] = "", *full;
	int ret, saved;

	if (path[0] != '/' && getcwd(folder, sizeof(folder)) == NULL)
		return -1;
	full = join(folder, path, false);
	if (full == NULL)
		return -1;
	ret = load_file(full, config, report);
	saved = errno;
	free(full);
	errno = saved;
	return ret;
}

static int
load_default(struct privd_config **config)
{
	struct privd_config *fallback = config_default();

	if (fallback == NULL)
		return -1;
	*config = fallback;
	return 0;
}

int
config_load(const char *path, struct privd_config **config,
    struct policy_report *report)
{
	size_t errors = report->errors;
	int ret, saved;

	if (path == NULL && is_missing(CONFIG_FILE))
		ret = load_default(config);
	else
		ret = load_absolute(path != NULL ? path : CONFIG_FILE, config,
		    report);
	saved = errno;
	/* Whatever else failed is said as well. */
	if (ret == -1 && report->errors == errors)
		report_add(report, POLICY_ERROR,
		    path != NULL ? path : CONFIG_FILE,
		    (struct policy_place){ 0, 0 }, "%s", strerror(saved));
	errno = saved;
	return ret;
}

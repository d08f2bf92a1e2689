/* SPDX-License-Identifier: ISC */
/*
 * privd.conf(5), of files that include one another: what lies between NULs is
 * one each, by the names "/0", "/1" ... A reading that gives a configuration
 * has no error in its report, and its limits are such as the daemon can keep;
 * one that gives none has an error.
 */
#include <string.h>

#include "../../privd/config.h"
#include "../../privd/config_parts.h"
#include "../../privd/policy/policy.h"
#include "fuzz.h"

#define FILES_MAX 10

static struct {
	const char *bytes;
	size_t len;
} files[FILES_MAX];

static size_t nfiles;

static int
find(const char *name, id_t *id)
{
	*id = (id_t)strlen(name);
	return name[0] == 'n' ? -1 : 0;
}

static void
offer(struct nearest *nearest)
{
	nearest_offer(nearest, "nobody");
}

/* A name is that of its first file; "*" is all of them. */
static int
expand(const char *folder, const char *pattern, char ***names, size_t *count,
    char *reason, size_t len)
{
	size_t i, n = strcmp(pattern, "*") == 0 ? nfiles : 1;

	HOLDS(folder[0] == '/');
	(void)snprintf(reason, len, "nothing has this name");
	*names = calloc(n + 1, sizeof(**names));
	HOLDS(*names != NULL);
	for (i = 0; i < n; i++)
		HOLDS((n == 1 ? asprintf(&(*names)[i], "/%s", pattern) :
				asprintf(&(*names)[i], "/%zu", i)) != -1);
	*count = n;
	return 0;
}

static int
read_file(const char *path, struct config_file *file, char *reason, size_t len)
{
	size_t i = (size_t)(path[1] - '0');

	(void)snprintf(reason, len, "there is none");
	if (path[1] < '0' || i >= nfiles || path[2] != '\0')
		return -1;
	file->len = files[i].len;
	file->bytes = malloc(file->len + 1);
	HOLDS(file->bytes != NULL);
	memcpy(file->bytes, files[i].bytes, file->len);
	file->dev = 1;
	file->ino = i;
	return 0;
}

static void
split(const char *bytes, size_t len)
{
	const char *end = bytes + len, *nul;

	for (nfiles = 0; nfiles < FILES_MAX && bytes <= end; nfiles++) {
		nul = memchr(bytes, '\0', (size_t)(end - bytes));
		if (nul == NULL)
			nul = end;
		files[nfiles].bytes = bytes;
		files[nfiles].len = (size_t)(nul - bytes);
		bytes = nul + 1;
	}
}

static void
check_config(const struct privd_config *config)
{
	const unsigned long long ids = 1ULL + config->uid_last -
	    config->uid_first;

	HOLDS(config->policies[0] == '/' && config->templates[0] == '/' &&
	    config->keys[0] == '/' && config->socket[0] == '/');
	HOLDS(strlen(config->socket) < 108);
	HOLDS(config->uid_first != 0 && config->uid_first <= config->uid_last &&
	    config->uid_last != (uid_t)-1);
	HOLDS(config->max_sessions > 0 && config->max_calls > 0 &&
	    config->max_connections_per_second > 0 &&
	    config->max_connections_per_second_in_all > 0 &&
	    config->max_calls_per_user > 0 && config->max_calls_in_all > 0);
	HOLDS(ids >= 1ULL * config->max_sessions * CONFIG_SESSION_IDS);
	HOLDS((config->log == CONFIG_LOG_FILE) == (config->log_file != NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct config_world world = { find, find, offer, offer,
		expand, read_file };
	struct policy_report report = { NULL, 0, 0, 0 };
	struct privd_config *config = NULL;
	struct config_file first;
	char reason[64];
	int result;

	split((const char *)bytes, len);
	HOLDS(read_file("/0", &first, reason, sizeof(reason)) == 0);
	result = config_parse(&world, "/0", &first, &config, &report);
	HOLDS((result == 0) == (config != NULL));
	HOLDS((result == 0) == (report.errors == 0));
	if (config != NULL)
		check_config(config);
	config_free(config);
	policy_report_clear(&report);
	return 0;
}

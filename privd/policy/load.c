/* SPDX-License-Identifier: ISC */
/*
 * From files and folders to sets: reading, and that a file with an error adds
 * nothing at all.
 */
#include "image.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sign_internal.h"

/* Adds a reading that is without errors, as it was signed. */
static int
load_sealed(struct policy_set *set, struct policy_parse *p)
{
	int ret;

	if (sign_seal_finish(p->seal, p) == -1 ||
	    sign_checker_accept(p->source->signatures, p->seal) == -1)
		return -1;
	ret = set_commit(set, p);
	if (ret == -1)
		sign_checker_revoke(p->source->signatures, p->seal);
	return ret;
}

static int
load_bytes(struct policy_set *set, const struct policy_source *source,
    const char *name, const char *bytes, size_t len, bool trusted,
    struct sign_seal *seal, struct policy_report *report)
{
	struct policy_parse *p;
	int ret, saved;

	p = parse_new(source, report, name, NULL);
	if (p == NULL)
		return -1;
	p->trusted = trusted;
	p->seal = seal;
	if (source->authority == POLICY_USER)
		p->spent = &set->spent;
	ret = parse_run(p, bytes, len);
	if (ret == 0)
		ret = seal != NULL ? load_sealed(set, p) : set_commit(set, p);
	saved = errno;
	parse_free(p);
	errno = saved;
	return ret;
}

static int
load_report(struct policy_report *report, const char *name)
{
	static const struct policy_place nowhere;
	int saved;

	/* What is wrong with the text is in the report by now. */
	saved = errno;
	if (saved != EINVAL)
		report_add(report, POLICY_ERROR, name, nowhere, "%s",
		    strerror(saved));
	errno = saved;
	return -1;
}

int
policy_load_buffer(struct policy_set *set, const struct policy_source *source,
    const char *name, const char *bytes, size_t len,
    struct policy_report *report)
{
	static const struct policy_place nowhere;

	if (source->signatures != NULL) {
		report_add(report, POLICY_ERROR, name, nowhere,
		    "not a file, so it cannot be signed");
		errno = EINVAL;
		return -1;
	}
	if (load_bytes(set, source, name, bytes, len, false, NULL, report) ==
	    -1)
		return load_report(report, name);
	return 0;
}

/* Its bytes were read, once: what is verified is what is parsed. */
static int
load_verified(struct policy_set *set, const struct policy_source *source,
    const char *path, const char *bytes, size_t len, bool trusted,
    struct policy_report *report)
{
	struct sign_seal *seal = NULL;
	int ret, saved;

	if (source->signatures != NULL) {
		seal = sign_checker_check(source->signatures, path, trusted,
		    bytes, len, report);
		if (seal == NULL)
			return load_report(report, path);
	}
	ret = load_bytes(set, source, path, bytes, len, trusted, seal, report);
	if (ret == -1)
		ret = load_report(report, path);
	saved = errno;
	sign_seal_free(seal);
	errno = saved;
	return ret;
}

static int
load_file(struct policy_set *set, const struct policy_source *source,
    const char *path, bool regular, bool trusted, struct policy_report *report)
{
	static const struct policy_place nowhere;
	char *bytes;
	size_t len;
	int ret, saved;

	bytes = file_read(path, regular, &len);
	if (bytes == NULL) {
		saved = errno;
		report_add(report, POLICY_ERROR, path, nowhere, "%s",
		    strerror(saved));
		errno = saved;
		return -1;
	}
	ret = load_verified(set, source, path, bytes, len, trusted, report);
	saved = errno;
	free(bytes);
	errno = saved;
	return ret;
}

int
policy_load_file(struct policy_set *set, const struct policy_source *source,
    const char *path, struct policy_report *report)
{
	return load_file(set, source, path, false, false, report);
}

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len >= n && strcmp(name + len - n, end) == 0;
}

static int
folder_entry(const struct dirent *entry)
{
	/* Signatures, and the queries that the tests put to a policy. */
	return entry->d_name[0] != '.' && !ends_in(entry->d_name, ".sig") &&
	    !ends_in(entry->d_name, ".queries");
}

static int
folder_file(struct policy_set *set, const struct policy_source *source,
    const char *path, struct policy_report *report)
{
	static const struct policy_place nowhere;
	char reason[PATH_MAX + 128];
	struct stat st;
	bool system;

	/* A folder below, of templates perhaps, is none of ours. */
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	system = source->authority == POLICY_SYSTEM;
	if (system && policy_trusted(path, reason, sizeof(reason)) == -1) {
		report_add(report, POLICY_ERROR, path, nowhere, "%s", reason);
		errno = EPERM;
		return -1;
	}
	return load_file(set, source, path, true, system, report);
}

static int
folder_entry_load(struct policy_set *set, const struct policy_source *source,
    const char *folder, const char *name, struct policy_report *report)
{
	char *file;
	int ret, saved;

	if (asprintf(&file, "%s/%s", folder, name) == -1)
		return -1;
	ret = folder_file(set, source, file, report);
	saved = errno;
	free(file);
	errno = saved;
	return ret;
}

int
policy_load_folder(struct policy_set *set, const struct policy_source *source,
    const char *path, struct policy_report *report)
{
	struct dirent **entries;
	int i, n, ret, saved;

	n = scandir(path, &entries, folder_entry, alphasort);
	if (n == -1 && errno == ENOENT &&
	    (source->flags & POLICY_LOAD_THERE) == 0)
		return 0;
	if (n == -1)
		return load_report(report, path);
	ret = saved = 0;
	for (i = 0; i < n; i++) {
		if (!set->spent.over &&
		    folder_entry_load(set, source, path, entries[i]->d_name,
			report) == -1) {
			saved = errno;
			ret = -1;
		}
		free(entries[i]);
	}
	free(entries);
	errno = saved;
	return ret;
}

char *
file_read_trusted(const char *path, size_t *len, char *reason,
    size_t reason_len)
{
	char full[PATH_MAX], *bytes;
	int fd;

	fd = policy_trusted_open(path, full, reason, reason_len);
	if (fd == -1)
		return NULL;
	close(fd);
	bytes = file_read(full, true, len);
	if (bytes == NULL)
		(void)snprintf(reason, reason_len, "%s", strerror(errno));
	return bytes;
}

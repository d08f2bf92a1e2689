/* SPDX-License-Identifier: ISC */
/*
 * What a load of policies demands of their signatures. Nothing that a .sig
 * says counts before a trusted key has signed it, and nothing of a policy is
 * parsed before its bytes are those that were signed. To check changes
 * nothing on the disk; that is the commit's.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "sign_internal.h"

struct sign_checker {
	struct sign_key *keys;
	size_t nkeys;
	char *path; /* of the serials; NULL: there are none */
	struct serials known;
	struct serials accepted; /* by this load */
	const struct sign_key *last;
	uint64_t last_serial;
};

static const struct policy_place nowhere;

#define report_file(report, name, ...) \
	report_add((report), POLICY_ERROR, (name), nowhere, __VA_ARGS__)

static void
report_fault(struct policy_report *report, const char *name,
    const struct sign_fault *fault)
{
	report_add(report, POLICY_ERROR, name,
	    ((struct policy_place){ fault->line, fault->column }), "%s",
	    fault->text);
}

static int
key_entry(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && end != NULL &&
	    strcmp(end, ".pub") == 0;
}

static int
key_read(struct sign_key *key, const char *path, struct policy_report *report)
{
	char reason[PATH_MAX + 128], *bytes;
	const char *wrong;
	size_t len;
	int ret;

	if (policy_trusted(path, reason, sizeof(reason)) == -1) {
		report_file(report, path, "%s", reason);
		return -1;
	}
	bytes = file_read(path, true, &len);
	if (bytes == NULL) {
		report_file(report, path, "%s", strerror(errno));
		return -1;
	}
	ret = sign_key_parse(key, bytes, len, &wrong);
	if (ret == -1)
		report_file(report, path, "%s", wrong);
	free(bytes);
	return ret;
}

/* Adds keys/name; its name is that without ".pub". */
static int
key_add(struct sign_checker *checker, const char *keys, const char *name,
    struct policy_report *report)
{
	struct sign_key key = { .public = NULL };
	char *path;
	int ret;

	if (asprintf(&path, "%s/%s", keys, name) == -1)
		return -1;
	key.name = strndup(name, strlen(name) - strlen(".pub"));
	ret = key.name == NULL ? -1 : key_read(&key, path, report);
	if (ret == 0)
		checker->keys[checker->nkeys++] = key;
	else
		sign_key_clear(&key);
	free(path);
	return ret;
}

/* A key that is not right is an error: it is not passed over. */
static int
read_keys(struct sign_checker *checker, const char *keys,
    struct policy_report *report)
{
	char reason[PATH_MAX + 128];
	struct dirent **entries;
	int i, n, ret = 0;

	if (policy_trusted_folder(keys, reason, sizeof(reason)) == -1) {
		report_file(report, keys, "%s", reason);
		return -1;
	}
	n = scandir(keys, &entries, key_entry, alphasort);
	if (n == -1) {
		report_file(report, keys, "%s", strerror(errno));
		return -1;
	}
	if (n > SIGN_KEYS_MAX) {
		report_file(report, keys, "more than %d keys", SIGN_KEYS_MAX);
		ret = -1;
	}
	checker->keys = calloc((size_t)n + 1, sizeof(*checker->keys));
	for (i = 0; i < n; i++) {
		if (checker->keys == NULL ||
		    (n <= SIGN_KEYS_MAX &&
			key_add(checker, keys, entries[i]->d_name, report) ==
			    -1))
			ret = -1;
		free(entries[i]);
	}
	free(entries);
	return ret;
}

static int
read_serials(struct sign_checker *checker, struct policy_report *report)
{
	char reason[PATH_MAX + 128], *bytes;
	struct sign_fault fault;
	struct stat st;
	size_t len;
	int ret;

	if (lstat(checker->path, &st) == -1 && errno == ENOENT)
		return 0; /* nothing was accepted yet */
	if (policy_trusted(checker->path, reason, sizeof(reason)) == -1) {
		report_file(report, checker->path, "%s", reason);
		return -1;
	}
	bytes = file_read(checker->path, true, &len);
	if (bytes == NULL) {
		report_file(report, checker->path, "%s", strerror(errno));
		return -1;
	}
	ret = serials_parse(bytes, len, &checker->known, &fault);
	if (ret == -1 && errno == EINVAL)
		report_fault(report, checker->path, &fault);
	free(bytes);
	return ret;
}

struct sign_checker *
sign_checker_new(const char *keys, const char *serials,
    struct policy_report *report)
{
	struct sign_checker *checker;
	size_t errors = report->errors;
	bool read;

	checker = calloc(1, sizeof(*checker));
	if (checker == NULL) {
		report_file(report, keys, "%s", strerror(errno));
		return NULL;
	}
	read = read_keys(checker, keys, report) == 0;
	if (serials != NULL) {
		checker->path = strdup(serials);
		read = checker->path != NULL &&
		    read_serials(checker, report) == 0 && read;
	}
	if (read)
		return checker;
	if (report->errors == errors)
		report_file(report, keys, "%s", strerror(ENOMEM));
	sign_checker_free(checker);
	return NULL;
}

void
sign_checker_free(struct sign_checker *checker)
{
	size_t i;

	if (checker == NULL)
		return;
	for (i = 0; i < checker->nkeys; i++)
		sign_key_clear(&checker->keys[i]);
	free(checker->keys);
	free(checker->path);
	serials_clear(&checker->known);
	serials_clear(&checker->accepted);
	free(checker);
}

const char *
sign_checker_last(const struct sign_checker *checker, uint64_t *serial)
{
	if (checker->last == NULL)
		return NULL;
	*serial = checker->last_serial;
	return checker->last->name;
}

uint64_t
sign_checker_serial(const struct sign_checker *checker,
    const struct sign_statement *st)
{
	const struct serial *known;
	uint64_t highest = 0;
	size_t i;

	for (i = 0; i < st->nprograms; i++) {
		known = serials_find(&checker->known, st->programs[i]);
		if (known != NULL && known->serial > highest)
			highest = known->serial;
	}
	return highest;
}

/* --- one file */

struct check {
	const struct sign_checker *checker;
	const char *path;
	char *sig; /* its signature's */
	struct policy_report *report;
	struct sign_seal *seal;
};

#define refuse(check, name, ...)                                   \
	(report_file((check)->report, (check)->name, __VA_ARGS__), \
	    errno = EINVAL, -1)

static int
check_read(const struct check *check, bool trusted, char **bytes, size_t *len)
{
	char reason[PATH_MAX + 128];
	struct stat st;

	if (stat(check->sig, &st) == -1 && errno == ENOENT)
		return refuse(check, path, "not signed: there is no \"%s\"",
		    check->sig);
	if (trusted && policy_trusted(check->sig, reason, sizeof(reason)) == -1)
		return refuse(check, sig, "%s", reason);
	*bytes = file_read(check->sig, true, len);
	if (*bytes == NULL)
		return refuse(check, sig, "%s", strerror(errno));
	return 0;
}

static int
check_signature(const struct check *check, const char *bytes)
{
	const struct sign_checker *checker = check->checker;
	const struct sign_statement *st = &check->seal->statement;
	char hex[2 * SIGN_DIGEST + 1];
	size_t i;

	for (i = 0; i < checker->nkeys; i++)
		if (memcmp(checker->keys[i].id, st->key, SIGN_DIGEST) == 0)
			break;
	if (i == checker->nkeys) {
		sign_hex(st->key, hex);
		return refuse(check, sig,
		    "the key sha256:%s is not one that is trusted", hex);
	}
	if (!sign_key_verify(&checker->keys[i], st->signature, bytes,
		st->signed_len))
		return refuse(check, sig,
		    "the signature is not one by the key \"%s\"",
		    checker->keys[i].name);
	check->seal->key = &checker->keys[i];
	return 0;
}

static int
check_serial(const struct check *check, const char *program)
{
	const struct sign_statement *st = &check->seal->statement;
	const unsigned long long serial = st->serial;
	const struct serial *known;
	char text[REPORT_TEXT_MAX];

	(void)report_text(program, strlen(program), text);
	if (serials_find(&check->checker->accepted, program) != NULL)
		return refuse(check, path,
		    "another signed file has a policy for \"%s\"", text);
	known = serials_find(&check->checker->known, program);
	if (known == NULL || known->serial < st->serial)
		return 0;
	if (known->serial > st->serial)
		return refuse(check, path,
		    "serial %llu is older than %llu, which was accepted for "
		    "\"%s\"",
		    serial, (unsigned long long)known->serial, text);
	if (memcmp(known->statement, check->seal->digest, SIGN_DIGEST) != 0)
		return refuse(check, path,
		    "serial %llu was accepted for another policy of \"%s\"",
		    serial, text);
	return 0;
}

/* A signature that stands by another policy than its own is the usual case. */
static int
refuse_content(const struct check *check)
{
	const char *program = check->seal->statement.programs[0];
	char text[REPORT_TEXT_MAX];

	(void)report_text(program, strlen(program), text);
	return refuse(check, path,
	    "its content is not what was signed, which is a policy of \"%s\"",
	    text);
}

/* Of a statement that is true. */
static int
check_statement(const struct check *check, const char *bytes, size_t len)
{
	const struct sign_statement *st = &check->seal->statement;
	uint8_t digest[SIGN_DIGEST];
	size_t i;

	if (sign_digest(bytes, len, digest) == -1)
		return -1;
	if (memcmp(digest, st->policy, SIGN_DIGEST) != 0)
		return refuse_content(check);
	for (i = 0; i < st->nprograms; i++)
		if (check_serial(check, st->programs[i]) == -1)
			return -1;
	return 0;
}

static int
check_all(const struct check *check, const char *sig, size_t siglen,
    const char *bytes, size_t len)
{
	struct sign_seal *seal = check->seal;
	struct sign_fault fault;

	if (sign_parse(sig, siglen, &seal->statement, &fault) == -1) {
		if (errno != EINVAL)
			return -1;
		report_fault(check->report, check->sig, &fault);
		errno = EINVAL;
		return -1;
	}
	if (check_signature(check, sig) == -1 ||
	    sign_digest(sig, seal->statement.signed_len, seal->digest) == -1)
		return -1;
	return check_statement(check, bytes, len);
}

struct sign_seal *
sign_checker_check(const struct sign_checker *checker, const char *path,
    bool trusted, const char *bytes, size_t len, struct policy_report *report)
{
	struct check check = { checker, path, NULL, report, NULL };
	char *sig = NULL;
	size_t siglen;
	int saved;

	if (asprintf(&check.sig, "%s.sig", path) == -1)
		return NULL;
	check.seal = calloc(1, sizeof(*check.seal));
	if (check.seal == NULL ||
	    check_read(&check, trusted, &sig, &siglen) == -1 ||
	    check_all(&check, sig, siglen, bytes, len) == -1) {
		saved = errno;
		sign_seal_free(check.seal);
		check.seal = NULL;
		errno = saved;
	}
	saved = errno;
	free(sig);
	free(check.sig);
	errno = saved;
	return check.seal;
}

int
sign_checker_accept(struct sign_checker *checker, const struct sign_seal *seal)
{
	const struct sign_statement *st = &seal->statement;
	size_t i, before = checker->accepted.count;

	for (i = 0; i < st->nprograms; i++) {
		if (serials_add(&checker->accepted, st->programs[i], st->serial,
			seal->digest) == -1) {
			while (checker->accepted.count > before)
				free(checker->accepted
					 .v[--checker->accepted.count]
					 .program);
			errno = ENOMEM;
			return -1;
		}
	}
	checker->last = seal->key;
	checker->last_serial = st->serial;
	return 0;
}

void
sign_checker_revoke(struct sign_checker *checker, const struct sign_seal *seal)
{
	size_t i;

	for (i = 0; i < seal->statement.nprograms; i++)
		free(checker->accepted.v[--checker->accepted.count].program);
	checker->last = NULL;
}

/* --- writing down */

/* The folder of the serials, made if it is not there. 0; -1, reported. */
static int
make_folder(const char *path, struct policy_report *report)
{
	char reason[PATH_MAX + 128], *copy, *folder;
	int ret = -1;

	copy = strdup(path);
	if (copy == NULL) {
		report_file(report, path, "%s", strerror(errno));
		return -1;
	}
	folder = dirname(copy);
	if (mkdir(folder, 0755) == -1 && errno != EEXIST)
		report_file(report, folder, "%s", strerror(errno));
	else if (policy_trusted_folder(folder, reason, sizeof(reason)) == -1)
		report_file(report, folder, "%s", reason);
	else
		ret = 0;
	free(copy);
	return ret;
}

int
sign_checker_commit(struct sign_checker *checker, struct policy_report *report)
{
	bool changed;
	char *bytes;
	size_t len;
	int ret;

	if (checker->path == NULL)
		return 0;
	if (serials_merge(&checker->known, &checker->accepted, &changed) ==
	    -1) {
		report_file(report, checker->path, "%s", strerror(errno));
		return -1;
	}
	if (!changed)
		return 0;
	if (make_folder(checker->path, report) == -1)
		return -1;
	bytes = serials_print(&checker->known, &len);
	ret = bytes == NULL ?
	    -1 :
	    sign_write_file(checker->path, bytes, len, 0644, false);
	if (ret == -1)
		report_file(report, checker->path, "%s", strerror(errno));
	free(bytes);
	return ret;
}

/* SPDX-License-Identifier: ISC */
/*
 * privctl keygen, sign and verify: keys, and policies that are signed by
 * them. What is signed was read as privd reads it, and what is verified is
 * verified by the code that does it there.
 */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../privd/policy/openssl.h"
#include "../privd/policy/policy.h"
#include "../privd/policy/sign.h"
#include "privctl.h"

/* The last component of a key's path, without ".key" or ".pem". */
static char *
key_name(const char *path)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._-@+";
	char *copy, *name, *end;

	copy = strdup(path);
	name = copy == NULL ? NULL : strdup(basename(copy));
	free(copy);
	if (name == NULL)
		err(1, NULL);
	end = strrchr(name, '.');
	if (end != NULL && end != name &&
	    (strcmp(end, ".key") == 0 || strcmp(end, ".pem") == 0))
		*end = '\0';
	if (name[0] == '.' || name[0] == '\0' ||
	    name[strspn(name, fine)] != '\0')
		errx(2,
		    "the key's name is that of the file, \"%s\": expected "
		    "letters, digits and ._-@+, and no dot at the start",
		    name);
	return name;
}

static int
write_public(const struct sign_secret *secret, const char *name)
{
	char *path, *bytes;
	size_t len;
	int ret = -1;

	if (asprintf(&path, "%s/%s.pub", SIGN_KEYS, name) == -1)
		err(1, NULL);
	bytes = sign_secret_public(secret, &len);
	(void)mkdir(PRIVD_SYSCONFDIR "/privd", 0755);
	if (mkdir(SIGN_KEYS, 0755) == -1 && errno != EEXIST)
		warn("%s", SIGN_KEYS);
	else if (bytes == NULL)
		warnx("cannot write down the public key");
	else if (sign_write_file(path, bytes, len, 0644, true) == -1)
		warn("%s", path);
	else
		ret = 0;
	if (ret == 0)
		(void)printf("%s\n", path);
	free(bytes);
	free(path);
	return ret;
}

int
privctl_keygen(int argc, char **argv)
{
	struct sign_secret *secret;
	char *name, *bytes;
	size_t len;
	int ret;

	if (getopt(argc, argv, "+") != -1 || argc - optind != 1)
		privctl_usage("keygen");
	name = key_name(argv[optind]);
	secret = sign_secret_new();
	bytes = secret == NULL ? NULL : sign_secret_private(secret, &len);
	if (bytes == NULL)
		errx(1, "a key cannot be made: %s", openssl_error(errno));
	if (sign_write_file(argv[optind], bytes, len, 0600, true) == -1)
		err(1, "%s", argv[optind]);
	ret = write_public(secret, name);
	/* Nobody would know it, and its name would be taken. */
	if (ret == -1)
		(void)unlink(argv[optind]);
	freezero(bytes, len);
	sign_secret_free(secret);
	free(name);
	return ret == 0 ? 0 : 1;
}

/*
 * A name of a signature: nothing to do if its policy is among the names, as
 * with `policies/...`, and else a mistake. What to exit with is in *ret.
 */
static bool
is_signature(char *const *names, const char *file, int *ret)
{
	size_t len = strlen(file);

	if (len <= strlen(".sig") ||
	    strcmp(file + len - strlen(".sig"), ".sig") != 0)
		return false;
	len -= strlen(".sig");
	for (; *names != NULL; names++)
		if (strncmp(*names, file, len) == 0 && (*names)[len] == '\0')
			return true;
	warnx("%s: a signature; name the policy, \"%.*s\"", file, (int)len,
	    file);
	*ret = 1;
	return true;
}

struct signer {
	struct sign_secret *secret;
	const struct sign_checker *checker; /* NULL: its files are not here */
	uint64_t serial;                    /* 0: the next */
};

/* The serial of the signature that is there, if this key made it; 0. */
static uint64_t
present_serial(const struct signer *signer, const char *sig)
{
	struct sign_statement st;
	struct sign_fault fault;
	uint64_t serial = 0;
	size_t len;
	char *bytes;

	bytes = sign_read_file(sig, &len);
	if (bytes == NULL)
		return 0;
	if (sign_parse(bytes, len, &st, &fault) == 0 &&
	    sign_is_by(signer->secret, &st, bytes))
		serial = st.serial;
	sign_clear(&st);
	free(bytes);
	return serial;
}

/* Behind every serial that was used, and not behind the time. 0: none. */
static uint64_t
next_serial(const struct signer *signer, const char *sig,
    const struct sign_statement *st)
{
	uint64_t last, accepted = 0;
	time_t now;

	if (signer->serial != 0)
		return signer->serial;
	last = present_serial(signer, sig);
	if (signer->checker != NULL)
		accepted = sign_checker_serial(signer->checker, st);
	if (accepted > last)
		last = accepted;
	if (last == SIGN_SERIAL_MAX)
		return 0;
	now = time(NULL);
	return now > 0 && (uint64_t)now > last ? (uint64_t)now : last + 1;
}

static int
write_signature(const struct signer *signer, const char *file, const char *sig,
    struct sign_statement *st)
{
	char *bytes;
	size_t len;
	int ret = -1;

	st->serial = next_serial(signer, sig, st);
	if (st->serial == 0) {
		warnx("%s: no serial is left behind that of \"%s\"", file, sig);
		return -1;
	}
	bytes = sign_make(signer->secret, st, &len);
	if (bytes == NULL && errno == EINVAL)
		warnx("%s: a program's name holds control characters", file);
	else if (bytes == NULL)
		warn("%s", file);
	else if (sign_write_file(sig, bytes, len, 0644, false) == -1)
		warn("%s", sig);
	else
		ret = 0;
	free(bytes);
	return ret;
}

static int
sign_file(const struct signer *signer, const char *file)
{
	struct privctl_templates templates;
	struct policy_source source = { .authority = POLICY_SYSTEM,
		.flags = POLICY_LOAD_WILDCARD,
		.templates = templates.folders };
	struct policy_report report = { 0 };
	struct sign_statement st;
	char *bytes, *sig;
	size_t len;
	int ret;

	bytes = sign_read_file(file, &len);
	if (bytes == NULL) {
		warn("%s", file);
		return 1;
	}
	if (asprintf(&sig, "%s.sig", file) == -1)
		err(1, NULL);
	privctl_find_templates(&templates, file);
	ret = sign_describe(&source, file, bytes, len, &st, &report);
	if (ret == -1 && report.errors == 0)
		warn("%s", file);
	policy_report_print(&report, stderr, POLICY_ERROR);
	if (ret == 0) {
		ret = write_signature(signer, file, sig, &st);
		if (ret == 0)
			(void)printf("%s: serial %llu\n", file,
			    (unsigned long long)st.serial);
		sign_clear(&st);
	}
	policy_report_clear(&report);
	free(sig);
	free(bytes);
	return ret == 0 ? 0 : 1;
}

/* What was accepted on this machine, if anything can be. */
static struct sign_checker *
find_serials(void)
{
	struct policy_report report = { 0 };
	struct sign_checker *checker;

	checker = sign_checker_new(SIGN_KEYS, SIGN_SERIALS, &report);
	policy_report_clear(&report);
	return checker;
}

static uint64_t
serial_option(const char *text)
{
	const char *error;
	long long serial;

	serial = strtonum(text, 1, SIGN_SERIAL_MAX, &error);
	if (error != NULL)
		errx(2, "serial \"%s\": %s", text, error);
	return (uint64_t)serial;
}

int
privctl_sign(int argc, char **argv)
{
	struct signer signer = { .serial = 0 };
	struct sign_checker *checker;
	const char *key = NULL, *wrong;
	char *const *names;
	int c, ret;

	while ((c = getopt(argc, argv, "+k:s:")) != -1) {
		if (c == 'k')
			key = optarg;
		else if (c == 's')
			signer.serial = serial_option(optarg);
		else
			privctl_usage("sign");
	}
	if (key == NULL || optind == argc)
		privctl_usage("sign");
	signer.secret = sign_secret_read(key, &wrong);
	if (signer.secret == NULL)
		errx(1, "%s: %s", key, wrong);
	signer.checker = checker = find_serials();
	names = argv + optind;
	for (ret = 0; optind < argc; optind++)
		if (!is_signature(names, argv[optind], &ret))
			ret |= sign_file(&signer, argv[optind]);
	sign_checker_free(checker);
	sign_secret_free(signer.secret);
	return ret;
}

static bool
is_loaded(const char *file, const struct policy_source *source,
    struct policy_report *report)
{
	struct policy_set *set;
	bool loaded;

	set = policy_set_new();
	if (set == NULL)
		err(1, NULL);
	loaded = policy_load_file(set, source, file, report) == 0;
	policy_set_free(set);
	return loaded;
}

static int
verify_file(const char *file)
{
	struct privctl_templates templates;
	struct policy_source source = { .authority = POLICY_SYSTEM,
		.flags = POLICY_LOAD_WILDCARD,
		.templates = templates.folders };
	struct policy_report report = { 0 };
	const char *key;
	uint64_t serial;
	int ret = 1;

	privctl_find_templates(&templates, file);
	source.signatures = sign_checker_new(SIGN_KEYS, SIGN_SERIALS, &report);
	if (source.signatures != NULL && is_loaded(file, &source, &report)) {
		key = sign_checker_last(source.signatures, &serial);
		(void)printf("%s: signed by %s, serial %llu\n", file, key,
		    (unsigned long long)serial);
		ret = 0;
	}
	policy_report_print(&report, stderr, POLICY_ERROR);
	policy_report_clear(&report);
	sign_checker_free(source.signatures);
	return ret;
}

int
privctl_verify(int argc, char **argv)
{
	char *const *names;
	int ret;

	if (getopt(argc, argv, "+") != -1 || optind == argc)
		privctl_usage("verify");
	names = argv + optind;
	for (ret = 0; optind < argc; optind++)
		if (!is_signature(names, argv[optind], &ret))
			ret |= verify_file(argv[optind]);
	return ret;
}

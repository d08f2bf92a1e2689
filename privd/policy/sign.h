/* SPDX-License-Identifier: ISC */
/*
 * Signed policies: what a signature says, how it is made, and that a source
 * of policies may demand it.
 *
 * The statement that is signed names all that decides what a policy means:
 * the bytes of its file, the programs of its headers as they were resolved,
 * the templates that it includes, and a serial number. Its bytes are the
 * lines of FILE.sig up to the signature, and their first line says what they
 * are, so that nothing else that the key signs can be taken for them.
 */
#ifndef PRIVD_POLICY_SIGN_H
#define PRIVD_POLICY_SIGN_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "places.h"

#define SIGN_FILE_MAX (64 * 1024) /* of a .sig */
#define SIGN_SERIAL_MAX INT64_MAX
#define SIGN_DIGEST 32 /* bytes of a SHA-256 */
#define SIGN_BYTES 64  /* of an Ed25519 signature */
#define SIGN_KEYS_MAX 256

struct policy_report;
struct policy_source;

/* What is wrong with a file, and where. */
struct sign_fault {
	unsigned int line;
	unsigned int column;
	char text[512]; /* found ..., expected ... */
};

struct sign_statement {
	uint8_t key[SIGN_DIGEST]; /* of the public key's DER */
	uint64_t serial;          /* 1 to SIGN_SERIAL_MAX */
	uint8_t policy[SIGN_DIGEST];
	char **programs; /* each once, in the order of strcmp() */
	size_t nprograms;
	uint8_t (*includes)[SIGN_DIGEST]; /* in the order of the lines */
	size_t nincludes;
	uint8_t signature[SIGN_BYTES];
	size_t signed_len; /* how many of the file's bytes are signed */
};

/*
 * Reads the bytes of a .sig, which can be anybody's. 0; or -1 with EINVAL
 * and the fault, or ENOMEM. There is one form for each statement, and no
 * other is taken. The statement is to be cleared in any case.
 */
int sign_parse(const char *bytes, size_t len, struct sign_statement *,
    struct sign_fault *);
void sign_clear(struct sign_statement *);
/*
 * The lines that are signed. NULL with EINVAL if a program cannot be written
 * in one (its name holds control characters), with EFBIG, or with ENOMEM.
 * The caller frees them.
 */
char *sign_print(const struct sign_statement *, size_t *len);

/*
 * Fills in policy, programs and includes for the bytes of a file, as they
 * are read with this source. 0; or -1 with errno, what is wrong with the
 * file being in the report.
 */
int sign_describe(const struct policy_source *, const char *name,
    const char *bytes, size_t len, struct sign_statement *,
    struct policy_report *);
/* The whole of a file of policies, at most POLICY_FILE_MAX and one byte, or
   NULL with errno. The caller frees it. */
char *sign_read_file(const char *path, size_t *len);

/* A private key. */
struct sign_secret;

struct sign_secret *sign_secret_new(void);
/*
 * From a file that nobody but its owner can read. NULL, with what is wrong
 * with it in *wrong.
 */
struct sign_secret *sign_secret_read(const char *path, const char **wrong);
void sign_secret_free(struct sign_secret *);
/* Both as PEM; NULL. The caller frees them, the private one by freezero(). */
char *sign_secret_private(const struct sign_secret *, size_t *len);
char *sign_secret_public(const struct sign_secret *, size_t *len);
/* The key's name in statements. */
const uint8_t *sign_secret_id(const struct sign_secret *);
/* Is the statement, with these bytes, by this key? */
bool sign_is_by(const struct sign_secret *, const struct sign_statement *,
    const char *bytes);
/* Signs the statement, its key included, and returns the bytes of the .sig;
   NULL as sign_print(). The caller frees them. */
char *sign_make(const struct sign_secret *, struct sign_statement *,
    size_t *len);

/*
 * Writes a file as a whole, or not at all: beside it, to the disk, and then
 * in its place; with `fresh` only if there is none yet (EEXIST). 0 or -1.
 */
int sign_write_file(const char *path, const char *bytes, size_t len,
    mode_t mode, bool fresh);

/*
 * What a load of policies needs to demand signatures: the trusted keys, the
 * serials of what was accepted last, and what this load accepts.
 * struct policy_source points to it.
 *
 *	checker = sign_checker_new(keys, serials, &report);
 *	source.signatures = checker;
 *	... policy_load_folder(set, &source, ...) ...
 *	if everything is right && sign_checker_commit(checker, &report) == 0
 *		the set takes the place of the old one
 *	sign_checker_free(checker);
 */
struct sign_checker;

/*
 * keys: a folder of NAME.pub; serials: a file, which need not be there yet.
 * Both must satisfy policy_trusted(), as each key must. serials NULL: no
 * statement is too old. NULL, with the reasons in the report.
 */
struct sign_checker *sign_checker_new(const char *keys, const char *serials,
    struct policy_report *);
void sign_checker_free(struct sign_checker *);
/*
 * Writes down the serials of all that was loaded with it, if any of them is
 * new. 0; or -1, reported: then the old ones are in force, and so must be
 * the old policies.
 */
int sign_checker_commit(struct sign_checker *, struct policy_report *);
/* Who signed the file that was loaded last, and its serial; NULL: none was. */
const char *sign_checker_last(const struct sign_checker *, uint64_t *serial);
/* The highest serial that was ever accepted for one of the programs; 0. */
uint64_t sign_checker_serial(const struct sign_checker *,
    const struct sign_statement *);

/* Where these are. */
#define SIGN_KEYS PRIVD_SYSCONFDIR "/privd/keys"
#define SIGN_SERIALS PRIVD_STATEDIR "/privd/serials"

#endif /* PRIVD_POLICY_SIGN_H */

/* SPDX-License-Identifier: ISC */
/*
 * What the files about signatures share: reading strict text, keys, serials,
 * and what a reading of a policy is compared with.
 */
#ifndef PRIVD_POLICY_SIGN_INTERNAL_H
#define PRIVD_POLICY_SIGN_INTERNAL_H

#include <stdbool.h>

#include "internal.h"
#include "sign.h"

struct evp_pkey_st;
struct policy_parse;

/* Text of which every byte has its place; faults say where one has not. */
struct sign_text {
	const char *bytes;
	size_t len;
	size_t pos;
	size_t line_start;
	unsigned int line;
	struct sign_fault *fault;
};

void sign_text_start(struct sign_text *, const char *bytes, size_t len,
    struct sign_fault *);
/* Each 0, or -1 with EINVAL and the fault. */
int sign_text_fault(const struct sign_text *, size_t at, const char *expected);
int sign_text_word(struct sign_text *, const char *word, const char *expected);
int sign_text_newline(struct sign_text *);
int sign_text_end(struct sign_text *);
int sign_text_number(struct sign_text *, uint64_t *); /* 1 and up */
int sign_text_digest(struct sign_text *, uint8_t[SIGN_DIGEST]);
/* To the end of the line; NULL with errno. The caller frees it. */
char *sign_text_program(struct sign_text *);
bool sign_text_at(const struct sign_text *, const char *word);

bool sign_is_program(const char *, size_t len);
void sign_hex(const uint8_t[SIGN_DIGEST], char hex[2 * SIGN_DIGEST + 1]);
/* Those lines and the last one; NULL with ENOMEM. */
char *sign_print_signature(const uint8_t[SIGN_BYTES], char *lines, size_t *len);

/* sign_key.c */
struct sign_key {
	char *name;
	uint8_t id[SIGN_DIGEST];
	struct evp_pkey_st *public;
};

/* From PEM. 0, or -1 with what is wrong with it. */
int sign_key_parse(struct sign_key *, const char *bytes, size_t len,
    const char **wrong);
void sign_key_clear(struct sign_key *);
bool sign_key_verify(const struct sign_key *, const uint8_t[SIGN_BYTES],
    const void *bytes, size_t len);
int sign_digest(const void *bytes, size_t len, uint8_t[SIGN_DIGEST]);

/* serials.c: what was accepted last for each program. */
struct serial {
	char *program;
	uint64_t serial;
	uint8_t statement[SIGN_DIGEST]; /* of the lines that were signed */
};

struct serials {
	struct serial *v; /* in the order of strcmp(), if it was read */
	size_t count;
};

/* 0; or -1 with EINVAL and the fault, or ENOMEM. */
int serials_parse(const char *bytes, size_t len, struct serials *,
    struct sign_fault *);
char *serials_print(const struct serials *, size_t *len);
void serials_clear(struct serials *);
const struct serial *serials_find(const struct serials *, const char *program);
/* Adds to the end; 0 or -1 with ENOMEM. */
int serials_add(struct serials *, const char *program, uint64_t serial,
    const uint8_t statement[SIGN_DIGEST]);
/* Puts the second's into the first, which stays sorted. *changed: some were
   others, or none. */
int serials_merge(struct serials *, const struct serials *, bool *changed);

/*
 * What a reading of a policy is compared with, or notes for a statement: the
 * templates that come in.
 */
struct sign_seal {
	struct sign_statement statement;
	const struct sign_key *key;
	bool noting; /* the includes are noted, not compared */
	size_t included;
	uint8_t digest[SIGN_DIGEST]; /* of the lines that were signed */
};

void sign_seal_free(struct sign_seal *);
/* The next template's bytes. NULL, or what is wrong with them. */
const char *sign_seal_include(struct sign_seal *, const char *bytes,
    size_t len);
/* Were all templates included, and are the programs those of the reading?
   0; -1 with EINVAL, reported, or ENOMEM. */
int sign_seal_finish(const struct sign_seal *, struct policy_parse *);

/*
 * Is there a signature for these bytes, in path.sig, by a key that is
 * trusted, not too old? The seal is what they are to be read with. NULL with
 * EINVAL, reported, or errno.
 */
struct sign_seal *sign_checker_check(const struct sign_checker *,
    const char *path, bool trusted, const char *bytes, size_t len,
    struct policy_report *);
/* It is loaded, or was not after all. 0 or -1 with ENOMEM. */
int sign_checker_accept(struct sign_checker *, const struct sign_seal *);
void sign_checker_revoke(struct sign_checker *, const struct sign_seal *);

#endif /* PRIVD_POLICY_SIGN_INTERNAL_H */

/* SPDX-License-Identifier: ISC */
/*
 * Keys: Ed25519, in the forms that OpenSSL writes, and no other algorithm,
 * whatever a file says.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "openssl.h"
#include "sign_internal.h"

#define ALGORITHM "ED25519"
#define PEM_MAX (16 * 1024)

/* Whoever has a key has OpenSSL: only those that make one ask whether. */

struct sign_secret {
	EVP_PKEY *pair;
	uint8_t id[SIGN_DIGEST];
};

int
sign_digest(const void *bytes, size_t len, uint8_t digest[SIGN_DIGEST])
{
	const struct openssl *ssl = openssl();

	if (ssl == NULL)
		return -1;
	if (ssl->EVP_Digest(bytes, len, digest, NULL, ssl->EVP_sha256(),
		NULL) == 1)
		return 0;
	ssl->ERR_clear_error();
	errno = ENOMEM;
	return -1;
}

/* A key's name is what `openssl pkey -pubin -outform DER | sha256sum` says. */
static int
key_id(EVP_PKEY *key, uint8_t id[SIGN_DIGEST])
{
	const struct openssl *ssl = openssl();
	unsigned char *der = NULL;
	int len, ret;

	len = ssl->i2d_PUBKEY(key, &der);
	ret = len <= 0 ? -1 : sign_digest(der, (size_t)len, id);
	ssl->CRYPTO_free(der, OPENSSL_FILE, OPENSSL_LINE);
	ssl->ERR_clear_error();
	return ret;
}

/* No key is asked for a password here. */
static int
no_password(char *buf, int size, int writing, void *context)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

int
sign_key_parse(struct sign_key *key, const char *bytes, size_t len,
    const char **wrong)
{
	const struct openssl *ssl = openssl();
	BIO *bio;

	*wrong = openssl_error(ELIBACC);
	if (ssl == NULL)
		return -1;
	*wrong = "is not a public key in PEM";
	if (len > PEM_MAX)
		return -1;
	bio = ssl->BIO_new_mem_buf(bytes, (int)len);
	if (bio != NULL)
		key->public = ssl->PEM_read_bio_PUBKEY(bio, NULL, no_password,
		    NULL);
	ssl->BIO_free(bio);
	ssl->ERR_clear_error();
	if (key->public == NULL)
		return -1;
	*wrong = "is not a key for Ed25519";
	if (!ssl->EVP_PKEY_is_a(key->public, ALGORITHM))
		return -1;
	*wrong = "cannot be digested";
	return key_id(key->public, key->id);
}

void
sign_key_clear(struct sign_key *key)
{
	if (key->public != NULL)
		openssl()->EVP_PKEY_free(key->public);
	free(key->name);
	memset(key, 0, sizeof(*key));
}

static bool
key_verify(EVP_PKEY *key, const uint8_t signature[SIGN_BYTES],
    const void *bytes, size_t len)
{
	const struct openssl *ssl = openssl();
	EVP_MD_CTX *context;
	bool right;

	context = ssl->EVP_MD_CTX_new();
	right = context != NULL &&
	    ssl->EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
	    ssl->EVP_DigestVerify(context, signature, SIGN_BYTES, bytes, len) ==
		1;
	ssl->EVP_MD_CTX_free(context);
	ssl->ERR_clear_error();
	return right;
}

bool
sign_key_verify(const struct sign_key *key, const uint8_t signature[SIGN_BYTES],
    const void *bytes, size_t len)
{
	return key_verify(key->public, signature, bytes, len);
}

bool
sign_is_by(const struct sign_secret *secret, const struct sign_statement *st,
    const char *bytes)
{
	return memcmp(st->key, secret->id, SIGN_DIGEST) == 0 &&
	    key_verify(secret->pair, st->signature, bytes, st->signed_len);
}

static struct sign_secret *
secret_of(EVP_PKEY *pair)
{
	struct sign_secret *secret;

	secret = calloc(1, sizeof(*secret));
	if (secret == NULL || key_id(pair, secret->id) == -1) {
		openssl()->EVP_PKEY_free(pair);
		free(secret);
		return NULL;
	}
	secret->pair = pair;
	return secret;
}

struct sign_secret *
sign_secret_new(void)
{
	const struct openssl *ssl = openssl();
	EVP_PKEY *pair;

	if (ssl == NULL)
		return NULL;
	pair = ssl->EVP_PKEY_Q_keygen(NULL, NULL, ALGORITHM);
	ssl->ERR_clear_error();
	if (pair == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	return secret_of(pair);
}

/* A descriptor of the key's file; -1. */
static int
open_secret(const char *path, const char **wrong)
{
	struct stat st;
	int fd;

	*wrong = NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &st) == -1)
		*wrong = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*wrong = "is not a regular file";
	else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		*wrong = "can be read or written by others than its owner";
	if (*wrong == NULL)
		return fd;
	if (fd != -1)
		close(fd);
	return -1;
}

struct sign_secret *
sign_secret_read(const char *path, const char **wrong)
{
	const struct openssl *ssl = openssl();
	struct sign_secret *secret;
	EVP_PKEY *pair = NULL;
	FILE *file;
	int fd;

	*wrong = openssl_error(ELIBACC);
	if (ssl == NULL)
		return NULL;
	fd = open_secret(path, wrong);
	if (fd == -1)
		return NULL;
	*wrong = "is not a private key in PEM";
	file = fdopen(fd, "r");
	if (file == NULL) {
		close(fd);
		return NULL;
	}
	/* OpenSSL asks for the password of a key that has one. */
	pair = ssl->PEM_read_PrivateKey(file, NULL, NULL, NULL);
	(void)fclose(file);
	ssl->ERR_clear_error();
	if (pair == NULL)
		return NULL;
	if (!ssl->EVP_PKEY_is_a(pair, ALGORITHM)) {
		*wrong = "is not a key for Ed25519";
		ssl->EVP_PKEY_free(pair);
		return NULL;
	}
	secret = secret_of(pair);
	if (secret == NULL)
		*wrong = "cannot be used";
	return secret;
}

void
sign_secret_free(struct sign_secret *secret)
{
	if (secret == NULL)
		return;
	openssl()->EVP_PKEY_free(secret->pair);
	free(secret);
}

const uint8_t *
sign_secret_id(const struct sign_secret *secret)
{
	return secret->id;
}

/* What was written to memory, as a string; OpenSSL wipes its own. */
static char *
take_memory(BIO *bio, bool written, size_t *len)
{
	const struct openssl *ssl = openssl();
	char *bytes, *copy = NULL;
	long n;

	n = written ? ssl->BIO_ctrl(bio, BIO_CTRL_INFO, 0, &bytes) : 0;
	if (n > 0)
		copy = strndup(bytes, (size_t)n);
	*len = n > 0 ? (size_t)n : 0;
	ssl->BIO_free(bio);
	ssl->ERR_clear_error();
	return copy;
}

char *
sign_secret_private(const struct sign_secret *secret, size_t *len)
{
	const struct openssl *ssl = openssl();
	BIO *bio;
	bool written;

	bio = ssl->BIO_new(ssl->BIO_s_secmem());
	written = bio != NULL &&
	    ssl->PEM_write_bio_PKCS8PrivateKey(bio, secret->pair, NULL, NULL, 0,
		NULL, NULL) == 1;
	return take_memory(bio, written, len);
}

char *
sign_secret_public(const struct sign_secret *secret, size_t *len)
{
	const struct openssl *ssl = openssl();
	BIO *bio;
	bool written;

	bio = ssl->BIO_new(ssl->BIO_s_mem());
	written = bio != NULL &&
	    ssl->PEM_write_bio_PUBKEY(bio, secret->pair) == 1;
	return take_memory(bio, written, len);
}

static bool
sign_bytes(const struct sign_secret *secret, const char *bytes, size_t len,
    uint8_t signature[SIGN_BYTES])
{
	const struct openssl *ssl = openssl();
	size_t size = SIGN_BYTES;
	EVP_MD_CTX *context;
	bool made;

	context = ssl->EVP_MD_CTX_new();
	made = context != NULL &&
	    ssl->EVP_DigestSignInit(context, NULL, NULL, NULL, secret->pair) ==
		1 &&
	    ssl->EVP_DigestSign(context, signature, &size,
		(const unsigned char *)bytes, len) == 1 &&
	    size == SIGN_BYTES;
	ssl->EVP_MD_CTX_free(context);
	ssl->ERR_clear_error();
	return made;
}

char *
sign_make(const struct sign_secret *secret, struct sign_statement *st,
    size_t *len)
{
	char *lines, *whole;

	memcpy(st->key, secret->id, SIGN_DIGEST);
	lines = sign_print(st, len);
	if (lines == NULL)
		return NULL;
	whole = NULL;
	if (sign_bytes(secret, lines, *len, st->signature))
		whole = sign_print_signature(st->signature, lines, len);
	else
		errno = ENOMEM;
	free(lines);
	return whole;
}

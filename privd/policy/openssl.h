/* SPDX-License-Identifier: ISC */
/*
 * What is used of OpenSSL, which is loaded when the first digest or signature
 * is looked at.
 */
#ifndef PRIVD_POLICY_OPENSSL_H
#define PRIVD_POLICY_OPENSSL_H

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define OPENSSL_FUNCTIONS(F)             \
	F(BIO_ctrl)                      \
	F(BIO_free)                      \
	F(BIO_new)                       \
	F(BIO_new_mem_buf)               \
	F(BIO_s_mem)                     \
	F(BIO_s_secmem)                  \
	F(CRYPTO_free)                   \
	F(ERR_clear_error)               \
	F(EVP_DecodeBlock)               \
	F(EVP_Digest)                    \
	F(EVP_DigestFinal_ex)            \
	F(EVP_DigestInit_ex)             \
	F(EVP_DigestSign)                \
	F(EVP_DigestSignInit)            \
	F(EVP_DigestUpdate)              \
	F(EVP_DigestVerify)              \
	F(EVP_DigestVerifyInit)          \
	F(EVP_EncodeBlock)               \
	F(EVP_MD_CTX_free)               \
	F(EVP_MD_CTX_new)                \
	F(EVP_PKEY_Q_keygen)             \
	F(EVP_PKEY_free)                 \
	F(EVP_PKEY_is_a)                 \
	F(EVP_sha256)                    \
	F(PEM_read_PrivateKey)           \
	F(PEM_read_bio_PUBKEY)           \
	F(PEM_write_bio_PKCS8PrivateKey) \
	F(PEM_write_bio_PUBKEY)          \
	F(i2d_PUBKEY)

#define OPENSSL_MEMBER(f) __typeof__(f) *f;

struct openssl {
	OPENSSL_FUNCTIONS(OPENSSL_MEMBER)
};

/* NULL with ELIBACC: it cannot be loaded. */
const struct openssl *openssl(void);
/* strerror(3), which for that one says why. */
const char *openssl_error(int error);

#endif /* PRIVD_POLICY_OPENSSL_H */

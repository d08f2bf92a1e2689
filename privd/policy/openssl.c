/* SPDX-License-Identifier: ISC */
/*
 * One table of functions, filled in at most once.
 */
#include "openssl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lazy.h"
#include "places.h"

#define SYMBOL(f) { #f, (lazy_function *)&table.f },

static struct openssl table;
static bool loaded;
static char reason[256];

const struct openssl *
openssl(void)
{
	static const struct lazy_symbol symbols[] = { OPENSSL_FUNCTIONS(
	    SYMBOL) };
	const char *why;

	if (loaded)
		return &table;
	loaded = lazy_load(PRIVD_LIBCRYPTO, symbols,
	    sizeof(symbols) / sizeof(symbols[0]), &why);
	if (loaded)
		return &table;
	(void)snprintf(reason, sizeof(reason),
	    "needs OpenSSL, which cannot be loaded: %s", why);
	errno = ELIBACC;
	return NULL;
}

const char *
openssl_error(int error)
{
	return error == ELIBACC ? reason : strerror(error);
}

/* SPDX-License-Identifier: ISC */
/*
 * dlopen(3). Programs with the guard are loaded securely: neither it nor the
 * dynamic linker then looks at LD_LIBRARY_PATH.
 */
#include "lazy.h"

#include <dlfcn.h>
#include <string.h>

bool
lazy_load(const char *soname, const struct lazy_symbol *symbols, size_t n,
    const char **why)
{
	void *library, *symbol;
	size_t i;

	library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	for (i = 0; library != NULL && i < n; i++) {
		symbol = dlsym(library, symbols[i].name);
		if (symbol == NULL)
			break;
		/* The same size: POSIX wants it so. */
		memcpy(symbols[i].function, &symbol, sizeof(symbol));
	}
	if (library != NULL && i == n)
		return true;
	*why = dlerror();
	return false;
}

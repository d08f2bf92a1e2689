/* SPDX-License-Identifier: ISC */
/*
 * A harness is one function of bytes. It ends by abort() where something holds
 * not that has to. libFuzzer calls it, or replay.c with files of a corpus.
 */
#ifndef PRIVD_TESTS_FUZZ_H
#define PRIVD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define HOLDS(what)                                                   \
	do {                                                          \
		if (!(what)) {                                        \
			fprintf(stderr, "%s:%d: does not hold: %s\n", \
			    __FILE__, __LINE__, #what);               \
			abort();                                      \
		}                                                     \
	} while (0)

#endif /* PRIVD_TESTS_FUZZ_H */

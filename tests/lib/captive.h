/* SPDX-License-Identifier: ISC */
/*
 * A process whose threads are held, and whose first one, which waits in a call,
 * makes the calls that it is told, as if somebody had taken it over. Root's
 * tracing is outside of what the process may do itself: each call is judged by
 * its own filter, domain and identity. x86_64 alone. What fails here ends the
 * caller; the process goes on with its own call then.
 */
#ifndef TESTS_CAPTIVE_H
#define TESTS_CAPTIVE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#define CAPTIVE_ARGS 6

void captive_seize(pid_t);
/* Bytes on its stack, where they stay until it is let go; their address. */
uint64_t captive_put(const void *, size_t len);
/* Copies from its memory. */
void captive_get(uint64_t addr, void *, size_t len);
/* A call's result, or -errno. */
long captive_call(long number, const uint64_t args[CAPTIVE_ARGS]);
/* Lets it go, to its own call once more. */
void captive_release(void);

#endif /* TESTS_CAPTIVE_H */

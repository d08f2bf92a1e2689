/* SPDX-License-Identifier: ISC */
/*
 * Time that nobody sets.
 */
#ifndef PRIVD_MONOTONIC_H
#define PRIVD_MONOTONIC_H

#include <stdint.h>

/* CLOCK_MONOTONIC in whole seconds; 0 if there is no such clock. */
int64_t monotonic_seconds(void);

#endif /* PRIVD_MONOTONIC_H */

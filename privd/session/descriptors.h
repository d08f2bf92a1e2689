/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_DESCRIPTORS_H
#define PRIVD_SESSION_DESCRIPTORS_H

#include <stddef.h>

/* Closes all descriptors but 0 to 2 and those in the list (-1: none). */
void descriptors_keep_only(const int *keep, size_t n);

#endif /* PRIVD_SESSION_DESCRIPTORS_H */

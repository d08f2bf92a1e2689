/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_DESCRIPTORS_H
#define PRIVD_SESSION_DESCRIPTORS_H

#include <stddef.h>

/*
 * Descriptors 0 to 2 that are closed are opened, or they would be given to
 * files of ours, and messages be written into them. -1 with errno.
 */
int descriptors_open_standard(void);

/* Closes all descriptors but 0 to 2 and those in the list (-1: none). */
void descriptors_keep_only(const int *keep, size_t n);

#endif /* PRIVD_SESSION_DESCRIPTORS_H */

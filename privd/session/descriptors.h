/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_DESCRIPTORS_H
#define PRIVD_SESSION_DESCRIPTORS_H

#include <stddef.h>

/*
 * Descriptors 0 to 2 that are closed are opened, or they would be given to
 * files of ours, and messages be written into them. -1 with errno.
 */
int descriptors_open_standard(void);

/*
 * A session (setsid(2)) without terminal, and /dev/null for standard input and
 * output: who is taken over could type into the terminal, or write to the
 * journal in privd's name. Standard error stays, see jail_close_stderr(). -1
 * with errno.
 */
int descriptors_leave_terminal(void);

/* Closes all descriptors but 0 to 2 and those in the list (-1: none). */
void descriptors_keep_only(const int *keep, size_t n);

#endif /* PRIVD_SESSION_DESCRIPTORS_H */

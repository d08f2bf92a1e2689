/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_TRUST_H
#define PRIVD_SESSION_TRUST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Is it a binary that nobody but root can change, as the loader that it names?
 * Returns 0; -1 with errno (ENOENT: it is not there) and what is wrong in why.
 */
int trust_file(const char *path, char *why, size_t len);
/*
 * May this program (canonical path) be given what its policy elevates:
 * nobody but root can change it, it will hold the guard, and this kernel and
 * process can give it one. *marked: it carries the mark (CAP_BLOCK_SUSPEND
 * in its inheritable file capabilities). Returns 0; -1 with what is missing
 * and how to mend it in why.
 */
int trust_program(const char *path, bool *marked, char *why, size_t len);

#endif /* PRIVD_SESSION_TRUST_H */

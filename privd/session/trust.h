/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_TRUST_H
#define PRIVD_SESSION_TRUST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * May this program (canonical path) be given what its policy elevates:
 * nobody but root can change it, it will hold the guard, and this kernel and
 * process can give it one. *marked: it carries the mark (CAP_BLOCK_SUSPEND
 * in its inheritable file capabilities). Returns 0; -1 with what is missing
 * and how to mend it in why.
 */
int trust_program(const char *path, bool script, bool *marked, char *why,
    size_t len);

#endif /* PRIVD_SESSION_TRUST_H */

/* SPDX-License-Identifier: ISC */
/*
 * Digest: of policies: the content that a program must have to run under
 * them.
 */
#ifndef PRIVD_SESSION_DIGEST_H
#define PRIVD_SESSION_DIGEST_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stdint.h>

struct call;
struct filter_set;
struct heir_own;
struct judge;

/* Makes the library ready, before its files are out of reach. */
void digest_init(void);

/* Can others than root change what is in it? */
bool digest_can_change(const struct stat *);

/*
 * Does the file that the call executes have the content that its policies to
 * come, some of which may be its own, want? 0, with *wanted to be looked at
 * once more when it runs (NULL: nothing is wanted, or nobody can change it);
 * EPERM, or EACCES if the caller cannot read it.
 */
int digest_check(struct judge *, const struct call *,
    const struct filter_set *next, const struct heir_own *,
    const uint8_t **wanted, const char **why);

/* What the launched program was found to have, likewise. */
const uint8_t *digest_of_launch(const struct judge *);

/*
 * Does what runs have the content that its watch wants? From its execve on
 * the kernel lets nobody write to it (ETXTBSY), so what is true now stays so.
 */
bool digest_holds(struct judge *, struct call *);

#endif /* PRIVD_SESSION_DIGEST_H */

/* SPDX-License-Identifier: ISC */
/*
 * What a session's user has written himself, as text: a judge that succeeds
 * another reads it again, and must have found the same.
 */
#ifndef PRIVD_SESSION_WORDING_H
#define PRIVD_SESSION_WORDING_H

#include <stddef.h>

struct policy_image;

/* Of those images that are the user's own. To be freed; NULL with errno. */
char *wording_of(const struct policy_image *const *images, size_t n,
    size_t *len);

#endif /* PRIVD_SESSION_WORDING_H */

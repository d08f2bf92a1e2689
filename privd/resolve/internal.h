/* SPDX-License-Identifier: ISC */
/* What the parts of resolve have in common. */
#ifndef PRIVD_RESOLVE_INTERNAL_H
#define PRIVD_RESOLVE_INTERNAL_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolve.h"

/* resolve_stat(), and on which mount it is; 0: nobody knows. */
int look_at(int fd, struct stat *, uint64_t *mount);

/*
 * Is the mount on which the descriptor is (0: to be asked), named path, still
 * one of ours? That of our root always is. One that is let go never comes back:
 * names that were asked for before are true then. 0, ESTALE, or an errno.
 */
int prove_is_mounted(const struct resolve_view *, int fd, uint64_t mount,
    const char *path);

/*
 * The name of what a walk has come to, as resolve_name() has it; it was
 * reached from our own root alone unless it is foreign. mount: as above. 0 or
 * errno.
 */
int name_walked(const struct resolve_view *, bool foreign, int fd,
    uint64_t mount, char *, size_t, bool *outside);

#endif /* PRIVD_RESOLVE_INTERNAL_H */

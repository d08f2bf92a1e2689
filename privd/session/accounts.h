/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_ACCOUNTS_H
#define PRIVD_SESSION_ACCOUNTS_H

#include <sys/types.h>

#include <stddef.h>

struct filter_set;

/*
 * Learns the names of users and groups: all of the local files, and wherever
 * they come from those that a rule of these policies tests for. To be called
 * before whoever looks at such rules is started. -1: no memory.
 */
int accounts_learn(const struct filter_set *, size_t n);

/*
 * All groups of that user, gid among them, by the name service: to be freed.
 * -1 with errno.
 */
int accounts_groups(const char *user, gid_t gid, gid_t **groups, size_t *n);

#endif /* PRIVD_SESSION_ACCOUNTS_H */

/* SPDX-License-Identifier: ISC */
/*
 * Users and groups, as the name service has them. Whoever could not be looked
 * up is not nobody: a rule about him would hold for others, or not for him.
 */
#ifndef PRIVD_ACCOUNT_H
#define PRIVD_ACCOUNT_H

#include <sys/types.h>

#include <grp.h>
#include <pwd.h>
#include <stdio.h>

/*
 * 0, with what was found until the next call, or NULL if there is none; -1 with
 * errno where nobody can say.
 */
int account_user(uid_t, const struct passwd **);
int account_user_named(const char *, const struct passwd **);
int account_group(gid_t, const struct group **);
int account_group_named(const char *, const struct group **);

/*
 * The next of an open file, NULL behind the last. -1 with errno: there may be
 * more.
 */
int account_next_user(FILE *, const struct passwd **);
int account_next_group(FILE *, const struct group **);

/* Can the groups of users be asked for? The C library leaves out what it cannot
   read. -1 with errno. */
int account_can_ask(void);

#endif /* PRIVD_ACCOUNT_H */

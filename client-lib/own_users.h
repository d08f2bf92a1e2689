/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_CLIENT_OWN_USERS_H
#define PRIVD_CLIENT_OWN_USERS_H

#include <stdbool.h>

/* Is this process in a user namespace, where ids do not mean what they mean on
   the machine? Also if that cannot be found out. */
bool own_users(void);

#endif /* PRIVD_CLIENT_OWN_USERS_H */

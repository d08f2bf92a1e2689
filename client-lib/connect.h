/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_CLIENT_CONNECT_H
#define PRIVD_CLIENT_CONNECT_H

#include <stddef.h>

/*
 * Connects to the daemon, that of the system if path is NULL. The socket; or
 * -1 with errno, and why in reason where errno alone does not tell.
 */
int connect_privd(const char *path, char *reason, size_t len);

#endif /* PRIVD_CLIENT_CONNECT_H */

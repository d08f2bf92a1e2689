/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_CLIENT_CONNECT_H
#define PRIVD_CLIENT_CONNECT_H

#include <stddef.h>
#include <stdint.h>

struct wire;
struct wire_type;

/*
 * Connects to the daemon, that of the system if path is NULL. The socket; or
 * -1 with errno, and why in reason where errno alone does not tell.
 */
int connect_privd(const char *path, char *reason, size_t len);
/*
 * As wire_send(), but for 0 when the daemon has hung up: what it said before is
 * to be received.
 */
int connect_send(int sock, struct wire *, const struct wire_type *table,
    const int *fds, size_t nfds, int64_t deadline);
/*
 * As wire_receive(), whatever was not received of ours. -1 with errno: EBUSY,
 * and why in reason, if the daemon did not listen to us.
 */
int connect_receive(int sock, struct wire *, const struct wire_type *table,
    int64_t deadline, char *reason, size_t len);

#endif /* PRIVD_CLIENT_CONNECT_H */

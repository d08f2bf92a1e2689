/* SPDX-License-Identifier: ISC */
/*
 * The daemon and whoever manages it as a service: sd_notify(3) and
 * sd_listen_fds(3). Without such a manager these do nothing.
 */
#ifndef PRIVD_SERVICE_H
#define PRIVD_SERVICE_H

/*
 * The listening socket that the manager made, in *sock, -1 if it made none.
 * Returns 0; or -1 with what is wrong in *wrong: what was handed over is not
 * this path's, or not one that sessions can be asked for on.
 */
int service_listener(const char *path, int *sock, const char **wrong);

/*
 * What is wrong with a socket, if sessions are to be asked for on it at that
 * path; NULL: nothing.
 */
const char *service_find_wrong(int fd, const char *path);

/* What the manager is told; a status is for people to read. */
void service_ready(const char *status);
void service_reloading(void);
void service_stopping(void);

#endif /* PRIVD_SERVICE_H */

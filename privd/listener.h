/* SPDX-License-Identifier: ISC */
/* The socket where users come, made here. */
#ifndef PRIVD_LISTENER_H
#define PRIVD_LISTENER_H

/* Listens at path, in a folder that is made, with those above it, if it is not
   there; what had that name is removed. -1 with errno. */
int listener_open(const char *path);

#endif /* PRIVD_LISTENER_H */

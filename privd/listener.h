/* SPDX-License-Identifier: ISC */
/* The socket where users come, made here or by a service manager. */
#ifndef PRIVD_LISTENER_H
#define PRIVD_LISTENER_H

#include <sys/types.h>

#include <stdbool.h>

struct listener {
	int sock;
	int lock;   /* lock.h */
	bool given; /* a service manager's, which keeps it */
	/* what its path led to when it was bound */
	dev_t dev;
	ino_t ino;
};

/* The folder of that path, and those above it, if they are not there; -1 with
   errno. */
int listener_make_folders(const char *path);
/* Listens at path, in a folder that is there; what had that name is removed,
   so its lock is to be held. -1 with errno. */
int listener_open(struct listener *, const char *path);
/* Remembers what the path leads to: this socket. -1 with errno. */
int listener_learn(struct listener *, const char *path);
/* Does the path lead to it still? */
bool listener_is_there(const struct listener *, const char *path);
/* Nobody comes any more: its name goes, if it is the socket's still. */
void listener_remove(const struct listener *, const char *path);

#endif /* PRIVD_LISTENER_H */

/* SPDX-License-Identifier: ISC */
/*
 * Who is at the other end of a connection, by the kernel's word.
 */
#ifndef PRIVD_PEER_H
#define PRIVD_PEER_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct privd_config;

struct peer {
	pid_t pid;
	int pidfd;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t ngroups;
	/* Of another user namespace: it gets no session, and whoever made that
	   may be as many users as he likes there. */
	bool stranger;
};

/*
 * Who connected, as who it was then. 0; -1 with errno: ESRCH if it is gone.
 * What it holds is given back by peer_clear().
 */
int peer_learn(int sock, struct peer *);
void peer_clear(struct peer *);

/* May it use the daemon? See config_admits(). Asks the kernel for nothing. */
bool peer_is_admitted(const struct peer *, const struct privd_config *);

/* How far it has come. */
enum peer_stage {
	PEER_ASKS,    /* nothing of it is changed yet */
	PEER_LAUNCHED /* the filter is installed */
};

/* Learns what peers are compared to, for this process and those that it
   forks; else each check does. -1 with errno. */
int peer_prepare(void);
/*
 * Is the peer a launcher that nobody but itself can have brought to where it
 * is: the launcher's file, holding the guard and nothing else, with one
 * identity, untraced, in our namespaces and root, under no filter but ours? 0;
 * or -1 with what is missing, and how to mend it, in why.
 */
int peer_check(const struct peer *, const struct stat *launcher,
    enum peer_stage, char *why, size_t len);

#endif /* PRIVD_PEER_H */

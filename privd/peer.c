/* SPDX-License-Identifier: ISC */
/*
 * A peer is known by its pidfd; what /proc shows by its number counts only
 * while that one is still alive afterwards. Nothing is asked of itself.
 */
#include "compat.h"
#include "peer.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/capability.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "resolve/resolve.h"
#include "session/status.h"

#define GUARD (UINT64_C(1) << CAP_BLOCK_SUSPEND)

static bool
is_alive(const struct peer *peer)
{
	struct pollfd pfd = { .fd = peer->pidfd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 0;
}

/*
 * Older kernels tell a number alone. Whoever has it by now is looked at like
 * any peer, and is nobody that the one who connected could not be.
 */
static int
open_pidfd(int sock, struct peer *peer)
{
	socklen_t len = sizeof(peer->pidfd);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERPIDFD, &peer->pidfd, &len) == 0)
		return 0;
	if (errno != ENOPROTOOPT)
		return -1;
	peer->pidfd = (int)syscall(SYS_pidfd_open, peer->pid, 0);
	return peer->pidfd == -1 ? -1 : 0;
}

static int
learn_groups(int sock, struct peer *peer)
{
	socklen_t len = 32 * sizeof(gid_t);
	gid_t *more;

	peer->groups = malloc(len);
	/* It says how much it takes; they do not change any more. */
	while (peer->groups != NULL &&
	    getsockopt(sock, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &len) ==
		-1) {
		if (errno != ERANGE)
			return -1;
		more = realloc(peer->groups, len);
		if (more == NULL)
			return -1;
		peer->groups = more;
	}
	peer->ngroups = len / sizeof(gid_t);
	return peer->groups == NULL ? -1 : 0;
}

/* All that a session looks at or makes is in the same namespaces. */
static const char *const spaces[] = { "ns/user", "ns/pid", "ns/mnt", "ns/net" };
#define SPACE_USER 0
#define SPACES (sizeof(spaces) / sizeof(spaces[0]))

static struct {
	bool known;
	struct stat spaces[SPACES];
} own;

/* This process changes none of them, nor do those that it forks. */
int
peer_prepare(void)
{
	char path[32];
	size_t i;

	for (i = 0; i < SPACES && !own.known; i++) {
		(void)snprintf(path, sizeof(path), "/proc/self/%s", spaces[i]);
		if (stat(path, &own.spaces[i]) == -1)
			return -1;
	}
	own.known = true;
	return 0;
}

static bool
is_same(int folder, const char *link, const struct stat *wanted)
{
	struct stat st;

	return fstatat(folder, link, &st, 0) == 0 && resolve_same(&st, wanted);
}

static bool
is_in_space(int folder, size_t space)
{
	return peer_prepare() == 0 &&
	    is_same(folder, spaces[space], &own.spaces[space]);
}

static int
open_folder(const struct peer *peer)
{
	return status_folder(peer->pid);
}

/* (Nobody comes back from there as one of the users of his own making.) */
static int
learn_space(struct peer *peer)
{
	int folder = open_folder(peer);

	if (folder == -1)
		return -1;
	peer->stranger = !is_in_space(folder, SPACE_USER);
	close(folder);
	if (is_alive(peer))
		return 0;
	errno = ESRCH;
	return -1;
}

int
peer_learn(int sock, struct peer *peer)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	memset(peer, 0, sizeof(*peer));
	peer->pidfd = -1;
	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	peer->pid = cred.pid;
	peer->uid = cred.uid;
	peer->gid = cred.gid;
	/* Of another namespace of processes: it has no number here. */
	if (peer->pid <= 0) {
		errno = ESRCH;
		return -1;
	}
	if (open_pidfd(sock, peer) == 0 && learn_groups(sock, peer) == 0 &&
	    learn_space(peer) == 0)
		return 0;
	peer_clear(peer);
	return -1;
}

void
peer_clear(struct peer *peer)
{
	int error = errno;

	if (peer->pidfd != -1)
		close(peer->pidfd);
	free(peer->groups);
	peer->pidfd = -1;
	peer->groups = NULL;
	errno = error;
}

bool
peer_is_admitted(const struct peer *peer, const struct privd_config *config)
{
	gid_t groups[NGROUPS_MAX + 1];

	memcpy(groups, peer->groups, peer->ngroups * sizeof(gid_t));
	groups[peer->ngroups] = peer->gid;
	return config_admits(config, peer->uid, groups, peer->ngroups + 1);
}

static const char *
other_space(int folder)
{
	size_t i;

	for (i = 0; i < SPACES; i++)
		if (!is_in_space(folder, i))
			return spaces[i] + strlen("ns/");
	return NULL;
}

static bool
has_one_identity(const struct peer *peer, const struct status *st)
{
	size_t i;

	for (i = 0; i < 4; i++)
		if (st->uid[i] != peer->uid || st->gid[i] != peer->gid)
			return false;
	return true;
}

static const char *
missing_of_status(const struct peer *peer, const struct status *st)
{
	if (!has_one_identity(peer, st))
		return "it has more than one identity";
	if ((st->permitted & GUARD) == 0)
		return "privrun does not hold the guard (a file system without "
		       "set-user-id, no_new_privs, or a copy of it): see "
		       "privd(8)";
	if (st->permitted != GUARD)
		return "the user holds capabilities of his own";
	return NULL;
}

static const char *
missing_of_stage(const struct status *st, const struct status_launcher *more,
    enum peer_stage stage)
{
	if (more->tracer != 0)
		return "it is traced";
	if (more->threads != 1)
		return "it has several threads";
	if (st->filters != (stage == PEER_LAUNCHED ? 1 : 0))
		return "it is under system call filters of somebody else's";
	if (stage == PEER_LAUNCHED)
		return more->no_new_privs ? NULL : "it could gain privileges";
	/* What the user can give on, his other processes have as well. */
	if ((more->inheritable & GUARD) != 0)
		return "the user holds the guard (CAP_BLOCK_SUSPEND) himself";
	return NULL;
}

static const char *
missing(const struct peer *peer, int folder, const struct stat *launcher,
    enum peer_stage stage, char *text, size_t len)
{
	struct status_launcher more;
	struct stat root;
	struct status st;
	const char *what;

	if (!is_same(folder, "exe", launcher))
		return "it is not the privrun that is installed";
	if (status_read_launcher(folder, &st, &more) == -1)
		return "it cannot be looked at";
	what = other_space(folder);
	if (what != NULL) {
		(void)snprintf(text, len,
		    "it is in another namespace (%s) than privd", what);
		return text;
	}
	if (stat("/", &root) == -1 || !is_same(folder, "root", &root))
		return "it has another root than privd";
	what = missing_of_status(peer, &st);
	return what != NULL ? what : missing_of_stage(&st, &more, stage);
}

int
peer_check(const struct peer *peer, const struct stat *launcher,
    enum peer_stage stage, char *why, size_t len)
{
	const char *what;
	char text[128];
	int folder = open_folder(peer);

	if (folder == -1) {
		(void)snprintf(why, len, "it is gone");
		return -1;
	}
	what = missing(peer, folder, launcher, stage, text, sizeof(text));
	close(folder);
	/* All that was read is of the peer only if it lives to this moment. */
	if (what == NULL && !is_alive(peer))
		what = "it is gone";
	if (what == NULL)
		return 0;
	(void)snprintf(why, len, "%s", what);
	return -1;
}

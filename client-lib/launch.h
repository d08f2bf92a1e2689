/* SPDX-License-Identifier: ISC */
/*
 * Becoming a session's program: what a process does to itself before it
 * executes. Whoever starts sessions does it so, embedded or by the daemon.
 */
#ifndef PRIVD_CLIENT_LAUNCH_H
#define PRIVD_CLIENT_LAUNCH_H

#include <linux/filter.h>

#include <stdbool.h>

struct launch {
	bool guarded; /* elevated: it is to hold the guard */
	bool ambient; /* by the ambient set, as its file has no mark */
	/* variables of the environment to be kept beside the usual; NULL at
	   the end, NULL: none */
	const char *const *keep;
	const struct sock_filter *insns;
	unsigned short count;
	/* Tells the session which number the listener will have, just before
	   it has it. -1: nobody is there. */
	int (*tell)(void *context, int number);
	void *context;
};

#define LAUNCH_NESTED                                                     \
	"this program runs in a session, or in a container that listens " \
	"to system calls, already: sessions do not nest"

/*
 * Is this process in a session? Asked before anything is begun: much of what a
 * launch does is refused there, for other reasons. (In another listener's
 * container that is seen only when the filter is installed.)
 */
bool launch_is_nested(void);

/*
 * Takes the guard, cleans the environment, gives up gaining privileges by
 * exec, and installs the filter: from then on every call is the policy's to
 * permit, and all that is left to do is execve. Returns 0; or -1 with errno
 * and what could not be done, and then the process must end.
 */
int launch_prepare(const struct launch *, const char **what);

/*
 * Puts the calling thread under the filter and returns the listener, which
 * is close-on-exec, or -1 with errno (EBUSY: an outer filter listens).
 * no_new_privs must be set.
 */
int launch_install(const struct sock_filter *, unsigned short count);

#endif /* PRIVD_CLIENT_LAUNCH_H */

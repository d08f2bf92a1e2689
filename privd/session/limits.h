/* SPDX-License-Identifier: ISC */
/*
 * Resource limits of a session's own processes: with its list of calls and
 * its capabilities, the third of what each is held to.
 */
#ifndef PRIVD_SESSION_LIMITS_H
#define PRIVD_SESSION_LIMITS_H

#include <sys/resource.h>

#include <stddef.h>

#define LIMITS_ASIS RLIM_INFINITY /* that one stays as it was */

struct limits {
	rlim_t processes; /* with its threads; it counts those of its uid */
	rlim_t files;     /* descriptors */
	rlim_t size;      /* of files that it writes or makes longer */
};

/*
 * Memory of its own, in bytes beyond what it has: as much for now, and at most
 * later, when this is said again. What cannot be had then fails with ENOMEM.
 * -1 with errno.
 */
int limits_memory(size_t now, size_t later);

/* For good, and none of what no process of a session needs. -1 with errno. */
int limits_set(const struct limits *);

#endif /* PRIVD_SESSION_LIMITS_H */

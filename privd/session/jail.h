/* SPDX-License-Identifier: ISC */
/*
 * What locks the session's own processes in: seccomp allow lists and
 * Landlock domains.
 */
#ifndef PRIVD_SESSION_JAIL_H
#define PRIVD_SESSION_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A call that is allowed; with mask, only if (args[arg] & mask) == value. */
struct jail_rule {
	int nr;
	uint32_t mask;
	uint32_t value;
	uint8_t arg;
};

/* Of a list: whatever its arguments are. */
#define ANY(nr)             \
	{                   \
		nr, 0, 0, 0 \
	}

/*
 * Allows these calls and those that every process needs to live and end;
 * any other fails with EPERM, clone3 with ENOSYS. no_new_privs must be set. -1
 * with errno.
 */
int jail_seccomp(const struct jail_rule *, size_t n);

/* The last word was said: standard error becomes what standard input is. */
void jail_close_stderr(void);

struct jail_path {
	const char *folder; /* canonical; NULL ends a list */
	uint64_t access;    /* LANDLOCK_ACCESS_FS_* */
};

/* The Landlock ABI of the running kernel, 0 if there is none. */
int jail_landlock_abi(void);
/*
 * Enters a domain in which files can be opened in these folders alone, and,
 * where the kernel can tell, TCP ports be bound or connected to not at all
 * unless net. -1 with errno.
 */
int jail_landlock(const struct jail_path *, bool net);

#endif /* PRIVD_SESSION_JAIL_H */

/* SPDX-License-Identifier: ISC */
/*
 * /proc/T/status, as far as the session needs it.
 */
#ifndef PRIVD_SESSION_STATUS_H
#define PRIVD_SESSION_STATUS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct status {
	pid_t tgid;
	pid_t ppid;
	uid_t uid[4]; /* real, effective, saved, fs */
	gid_t gid[4];
	uint64_t permitted;
	uint64_t effective;
	unsigned int filters; /* seccomp filters */
	mode_t umask;
	bool first; /* of a process namespace below the reader's */
};

/* The folder of /proc of a process, or a thread, by its number; O_PATH, and
   close-on-exec. -1 with errno. */
int status_folder(pid_t);
/* Reads it in an (O_PATH) folder of /proc. -1 with errno: not whole. */
int status_read(int folder, struct status *);
/* What is asked of a launcher beside. */
struct status_launcher {
	pid_t tracer; /* 0: none */
	unsigned int threads;
	bool no_new_privs;
	uint64_t inheritable;
};
int status_read_launcher(int folder, struct status *, struct status_launcher *);
/* Its supplementary groups, at most that many (E2BIG). -1 with errno. */
int status_groups(int folder, gid_t *groups, size_t most, size_t *n);

/*
 * Is there a signal for the thread that it does not block?
 * STATUS_SIGNAL_SHARED: one that another thread of its process may take as
 * well.
 */
enum status_signal {
	STATUS_SIGNAL_NONE,
	STATUS_SIGNAL_OWN,
	STATUS_SIGNAL_SHARED
};
enum status_signal status_signal(int folder);

#endif /* PRIVD_SESSION_STATUS_H */

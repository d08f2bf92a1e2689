/* SPDX-License-Identifier: ISC */
/*
 * Reaching into the program: its memory, folders and descriptors. Where the
 * judge has the program's own ids it does so itself; otherwise it asks the
 * fetcher, the one process that may, for just these four things.
 */
#ifndef PRIVD_SESSION_REACH_H
#define PRIVD_SESSION_REACH_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What can be opened of a thread's /proc folder. */
enum reach_what {
	REACH_MEM, /* read-only */
	REACH_MAPS,
	REACH_ROOT, /* O_PATH, as all that follow */
	REACH_CWD,
	REACH_EXE,
	REACH_FD /* the file of descriptor `number` */
};

struct reach {
	int fetcher; /* channel, -1: the judge itself */
	int listener;
	uint64_t guard; /* capabilities raised for opening */
};

/* The wire: one request, one reply. */
enum reach_op {
	REACH_OPEN = 1,
	REACH_TAKE,  /* duplicate descriptor `number` */
	REACH_WRITE, /* put data at addr */
	REACH_WHO    /* who is `tid`, and what does it run? */
};

#define REACH_WRITE_MAX 65536

struct reach_request {
	uint32_t op;
	uint32_t what; /* enum reach_what */
	uint64_t id;   /* the notification that asks */
	int32_t tid;
	int32_t number;
	uint64_t addr;
	uint32_t len;
	unsigned char data[REACH_WRITE_MAX];
};

struct reach_reply {
	int32_t error;
};

/* The reply to REACH_WHO; its executable comes along, where it has one. */
struct reach_who {
	int32_t error;
	int32_t tgid;
	uint32_t uid[4];
	uint32_t gid[4];
	uint32_t filters;
	uint64_t permitted;
};

/* Opens it of the thread whose /proc folder procfd is. -1 with errno. */
int reach_open(struct reach *, uint64_t id, pid_t tid, int procfd,
    enum reach_what, int number);
/* A pidfd of the thread, on old kernels of its process. -1 with errno. */
int reach_pidfd(pid_t tid, pid_t tgid);
/* A duplicate of the thread's descriptor (pidfd_getfd(2)). */
int reach_take(struct reach *, uint64_t id, pid_t tid, pid_t tgid, int number);
/*
 * Writes a result into the memory of the image that waits; ESRCH: none does
 * any more. Also where the program may only read: see process_can_write().
 */
int reach_write(struct reach *, uint64_t id, pid_t tid, uint64_t addr,
    const void *, size_t len);
/* To memory that is open. 0 or errno: EFAULT as the kernel would. */
int reach_put(int memory, uint64_t addr, const void *, size_t len);
/*
 * Asks the fetcher at the other end of the channel who has that number:
 * anybody, whose executable is opened with O_PATH (-1: it has none). who may
 * be NULL. -1 with errno; EACCES: there is no fetcher (-1).
 */
int reach_who(int fetcher, uint64_t id, pid_t number, struct reach_who *,
    int *exe);
/*
 * Raises the guard for what the program may do with its own /proc, and takes
 * it back; between them nothing else is done.
 */
void reach_rest(uint64_t caps); /* those of this thread that stay */
void reach_raise(struct reach *);
/* Only what looking into a program takes: for what is handed to it. */
void reach_raise_own(struct reach *);
void reach_lower(struct reach *);
/* Opens a name in a folder of /proc with the guard raised. */
int reach_openat(struct reach *, int folder, const char *name, int flags);

#endif /* PRIVD_SESSION_REACH_H */

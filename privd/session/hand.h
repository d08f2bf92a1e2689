/* SPDX-License-Identifier: ISC */
/*
 * A hand performs elevated calls, locked inside the policy that it carries
 * out. It is given what was decided and decides it again for itself. The
 * double is a hand without privilege: it has the user's own ids, for what
 * shows whose process made it.
 */
#ifndef PRIVD_SESSION_HAND_H
#define PRIVD_SESSION_HAND_H

#include <sys/socket.h>
#include <sys/types.h>

#include <limits.h>
#include <stdint.h>

#include "../syscalls/syscalls.h"

struct session_plan;

enum hand_op {
	HAND_OPEN = 1,
	HAND_STAT,
	HAND_ACCESS,
	HAND_READLINK,
	HAND_SOCKET,
	HAND_BIND,
	HAND_CONNECT
};

/*
 * Descriptors that come along: for files the pinned object, or with `rest`
 * the folder to walk on from; for bind and connect the socket, and behind it
 * a unix path's folder or object.
 */
struct hand_request {
	uint32_t op;
	uint32_t rule; /* index in the plan's first policy */
	uint32_t call; /* sys_index() of what was called */
	uint32_t mode; /* of open or access */
	uint32_t umask;
	uint32_t missing; /* name `rest` is to be made in folder */
	uint64_t flags;   /* of open; of statx */
	uint64_t regs[SYS_REGS];
	uint32_t addr_len;
	struct sockaddr_storage addr;
	char rest[PATH_MAX]; /* the last, as long as it is */
};

#define HAND_DATA_MAX PATH_MAX

struct hand_reply {
	int32_t error;
	uint32_t len;
	int64_t value;
	unsigned char data[HAND_DATA_MAX]; /* len of them */
};

struct hand_start {
	const struct session_plan *plan;
	unsigned int number; /* in plan->hands */
	uid_t own;
	pid_t parent;
	int channel;
};

void hand_main(const struct hand_start *) __attribute__((noreturn));
/* The double's process. */
void hand_double_main(const struct hand_start *) __attribute__((noreturn));

/*
 * The judge's side. Sends the request with its descriptors, waits for the
 * reply; *fd is the descriptor that came with it, or -1. Returns 0, or -1
 * with the errno that the program shall get.
 */
int hand_ask(int channel, const struct hand_request *, const int *fds,
    size_t nfds, struct hand_reply *, int *fd);
/* connect(2) by the double. */
int hand_connect(int channel, int sock, int object, const void *sa,
    socklen_t len);

#endif /* PRIVD_SESSION_HAND_H */

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

#include "../perform/perform.h"
#include "../syscalls/syscalls.h"
#include "channel.h"

struct budget_memory;
struct session_plan;

#define HAND_PATHS 2
/* Descriptors that come with a request at most. */
#define HAND_FDS_MAX CHANNEL_FDS_MAX

/* What is given of a path, by a descriptor. */
enum hand_path {
	HAND_PATH_NONE,
	HAND_PATH_OBJECT, /* the pinned object */
	HAND_PATH_ENTRY,  /* a folder, and the name of an entry in it */
	HAND_PATH_BELOW,  /* a folder, and what is to be walked from it */
	/* no descriptor, but the device and the inode of the pinned object,
	   where the rule names a literal path: the hand opens that one, and
	   sees whether it is the object. Else HAND_ASK_AGAIN. */
	HAND_PATH_NUMBERS
};

/* What can be opened so: nothing is made or cut short, nothing waits. */
#define HAND_NUMBERS_FLAGS                             \
	(O_ACCMODE | O_CLOEXEC | O_NOCTTY | O_APPEND | \
	    0100000 /* the kernel's O_LARGEFILE */)
/* No errno: by numbers it cannot be had, by the object perhaps. */
#define HAND_ASK_AGAIN 4096
/* Nor this: there is no hand, and it has not heard of it. */
#define HAND_GONE 4097

/* What stands behind a request, each as long as it is. */
enum hand_tail {
	HAND_TAIL_REST,              /* of each path: names, ended by NUL */
	HAND_TAIL_DATA = HAND_PATHS, /* bytes that come with the call */
	HAND_TAIL_CONTROL,           /* of a message */
	HAND_TAILS
};

/*
 * Descriptors that come along: one for each path that is there, and the
 * caller's own behind them; with a message those that are in it, and behind
 * them the memory that its data is in.
 */
struct hand_request {
	uint32_t rule; /* index in the plan's first policy */
	uint32_t call; /* sys_index() of what was called */
	uint32_t umask;
	uint32_t mode;  /* of openat2 */
	uint64_t flags; /* of an opening, or of a message */
	uint64_t regs[SYS_REGS];
	uint64_t device; /* with HAND_PATH_NUMBERS */
	uint64_t inode;
	struct perform_memory memory;
	int32_t caller;  /* its process */
	int32_t target;  /* whom it is about, where registers do not say */
	int32_t process; /* of a thread, where the pidfd is that one's */
	uint32_t rights; /* descriptors in a message */
	uint32_t shared; /* its data: in memory that comes along, here */
	uint32_t from;
	uint32_t length;
	struct sockaddr_storage addr;
	uint32_t addr_len;
	uint8_t path[HAND_PATHS]; /* enum hand_path */
	uint8_t slash[HAND_PATHS];
	uint8_t empty; /* the path is, and its descriptor meant */
	uint32_t len[HAND_TAILS];
	unsigned char tail[HAND_PATHS * PATH_MAX + PERFORM_DATA_MAX +
	    PERFORM_CONTROL_MAX];
};

struct hand_reply {
	int32_t error;
	struct perform_result result; /* as much of its data as there is */
};

/* The descriptors that go with a request. */
struct hand_gift {
	int fds[HAND_FDS_MAX];
	size_t n;
};

struct hand_start {
	const struct session_plan *plan;
	unsigned int number; /* in plan->hands */
	uid_t own;
	pid_t parent;
	int channel;
	int names; /* to the fetcher, -1 */
	struct budget_memory *budget;
};

void hand_main(const struct hand_start *) __attribute__((noreturn));
/* The double's process. */
void hand_double_main(const struct hand_start *) __attribute__((noreturn));

/* The judge's side. An empty request for a call, without tails. */
void hand_request_init(struct hand_request *, const struct sys_call *);
/* Appends a tail; in their order. -1: no room. */
int hand_add_tail(struct hand_request *, enum hand_tail, const void *,
    size_t len);
/* The size of a request with its tails. */
size_t hand_request_size(const struct hand_request *);
/*
 * Sends the request with its descriptors, waits for the
 * reply; *fd is the descriptor that came with it, or -1. Returns 0, or -1
 * with the errno that the program shall get, or HAND_GONE.
 */
int hand_ask(int channel, const struct hand_request *, const int *fds,
    size_t nfds, struct hand_reply *, int *fd);
/* connect(2) by the double, for a socket of that process. */
int hand_connect(int channel, int sock, int object, const void *sa,
    socklen_t len, pid_t caller);

/* The hand's side. What came with a request for a message to be sent. */
struct hand_given {
	int sock;
	int object; /* of a path address, -1 */
	const unsigned char *data;
	const unsigned char *control;
	const int *fds; /* those in the message, and its memory */
	size_t nfds;
	bool by_address; /* addresses are judged in the session */
};
/* Sends it without waiting; raised SIGPIPE is the result's number. 0 or
   errno. */
int hand_send(const struct hand_request *, const struct hand_given *,
    struct perform_result *);

#endif /* PRIVD_SESSION_HAND_H */

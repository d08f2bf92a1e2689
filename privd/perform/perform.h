/* SPDX-License-Identifier: ISC */
/*
 * Performing calls on pinned objects, with the identity of the process that
 * calls these functions: the judge's (the caller's own) or a hand's. Nothing
 * here knows a rule; nothing here looks a path up again.
 *
 * All return -1 with the errno that the program shall get.
 */
#ifndef PRIVD_PERFORM_H
#define PRIVD_PERFORM_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "../syscalls/syscalls.h"

struct resolve_pin;
struct sock_filter;

#define PERFORM_DATA_MAX 65536 /* bytes that come with a call, or of it */
#define PERFORM_NAME_MAX 255   /* of an extended attribute */

/* What a call names in memory beside paths and bytes: copied, bounded. */
struct perform_memory {
	struct timespec times[2];
	bool now; /* there are none: the present */
	uint64_t size;
	uint64_t mask;    /* struct xattr_args: the size and flags in it */
	uint32_t structs; /* which of its structures are there, by bit */
	char name[PERFORM_NAME_MAX + 1];
};

/*
 * A call, complete: nothing of it is in reach of the program any more. pins
 * are by the order of its paths; one that has no path is NULL.
 */
struct perform_request {
	enum sys_op op; /* the base's */
	bool extended;  /* statx(2) */
	struct sys_numbers numbers;
	struct perform_memory memory;
	const struct resolve_pin *pin[2];
	/* a duplicate of the caller's; a pidfd of its target; or -1 */
	int fd;
	struct sys_target target;
	pid_t number;         /* the target's, here */
	bool of_process;      /* the pidfd is, though the target is a thread */
	int extra;            /* another duplicate, of fsconfig(2); or -1 */
	unsigned int version; /* of what fd stands for, as it was judged */
	const void *data;
	size_t len;
};

struct perform_result {
	int64_t value;
	int number;   /* name_to_handle_at's mount id */
	int fd;       /* for the caller, or -1; whoever gets it closes it */
	uint32_t len; /* of data, for the caller's buffer */
	unsigned char data[PERFORM_DATA_MAX];
};

/* What performing an operation needs and does. */
#define PERFORM_EFFECT 0x01 /* cannot be taken back, or done twice */
#define PERFORM_MAKES 0x02  /* the umask counts */

unsigned int perform_traits(enum sys_op);
/* Is there a function for it, by perform_call() or of its own? */
bool perform_can(enum sys_op);
/*
 * Performs any operation but openings and those of sockets, which have
 * functions of their own. Returns 0 with *result filled.
 */
int perform_call(const struct perform_request *, struct perform_result *);

/* Reads the sysctls that openings in shared folders depend on. */
void perform_init(void);

#define PERFORM_MOUNT_DATA_MAX 4096

/* The strings of a mount, which are its data; NULL: it has none. */
struct perform_mount_texts {
	const char *source;
	const char *fstype;
	const char *data;
};
/* False: they are not whole. */
bool perform_mount_texts(const struct perform_request *,
    struct perform_mount_texts *);
/* The flags without what old programs put there. */
uint64_t perform_mount_flags(uint64_t flags);
/* Is the source one that the kernel walks to? */
bool perform_source_is_path(uint64_t flags, const char *fstype);
/* A descriptor among the options: 1, and its number stands from there to
   there; 0: there is none; -1: there are such that are not understood. */
int perform_mount_fd(const char *data, size_t *from, size_t *to);
struct mount_attr;
/* The struct that came with the call. False: it is not whole. */
bool perform_mount_attr(const struct perform_request *, struct mount_attr *);
/* Opens the list of file systems. */
void perform_mounts_init(void);

/* Does the process of the pidfd still have its number? */
bool perform_is_there(int pidfd);

/*
 * The sizes of the structures that an operation takes (SYS_FORM_STRUCT), which
 * are its data, one behind the other, those that are not there left out; and
 * is the first one written back?
 */
#define PERFORM_STRUCTS 2
size_t perform_struct_size(enum sys_op, unsigned int nth);
bool perform_returns_struct(enum sys_op);

/*
 * open(2) of what was pinned, with the program's flags, as the kernel would
 * have done it; umask is the process's. EAGAIN_WALK: the object appeared or
 * vanished since the walk, which must be taken anew. Returns a descriptor,
 * close-on-exec; it never becomes a controlling terminal.
 */
#define PERFORM_WALK_AGAIN 4095
int perform_open(const struct resolve_pin *, uint64_t flags, mode_t mode);
/* What is said of opening what is there, before it is tried: 0 or errno. */
int perform_open_error(const struct resolve_pin *, uint64_t flags);
/* Reopens an O_PATH descriptor. */
int perform_reopen(int pin, uint64_t flags, mode_t mode);
/* Can opening it wait for somebody else (FIFO, device)? */
bool perform_may_block(const struct stat *, uint64_t flags);
/* The flags that decide without effect: would a creation be tried? */
bool perform_creates(const struct resolve_pin *, uint64_t flags);

/*
 * Why a watch that was asked for cannot be, when its path cannot be pinned
 * (error): the kernel looks at the descriptor and the masks before.
 */
int perform_watch_error(enum sys_op, int fd, const struct sys_numbers *,
    int error);

/* access(2), which asks with the effective ids here. */
int perform_access(int pin, int mode);

/*
 * socket(2). With filter (a program of count instructions, or NULL) it is
 * attached and locked before the socket can receive; device (NULL: any)
 * binds a raw socket to an interface.
 */
int perform_socket(int domain, int type, int protocol,
    const struct sock_filter *filter, unsigned short count, const char *device);
/*
 * caller: the process that shows as its owner what a netlink socket is named
 * after. EINVAL, EAFNOSUPPORT: the address is not of the socket's domain.
 */
int perform_bind(int sock, int parent, const char *name, const void *sa,
    socklen_t len, pid_t caller);
int perform_connect(int sock, int object, const void *sa, socklen_t len,
    pid_t caller);
/* Why an address is none of this socket's, to bind or to send to; 0 if it is
   one. */
int perform_family_error(int sock, const void *sa, socklen_t len, bool sending);

#define PERFORM_CONTROL_MAX 20480 /* of a message: what kernels have taken */

/*
 * Looks at control data as the kernel does: each descriptor in it becomes
 * what the function says, which can be -1 with errno, and ends it. -1 with
 * EINVAL: it is no control data.
 */
typedef int perform_descriptor(void *context, int number);
int perform_control(void *control, size_t len, perform_descriptor *,
    void *context);

/* How much of the argument of a request there is, on that descriptor. */
size_t perform_argument_size(const struct sys_request *, int fd);

/* A message, complete; the descriptors in its control data are this
   process's. */
struct perform_message {
	int sock;
	int object; /* of a path address, or -1 */
	const void *addr;
	socklen_t addr_len; /* 0: it has none */
	bool named;         /* not even where it is said to have one */
	bool by_address;    /* it was judged by that: it goes nowhere else */
	const void *data;
	size_t len;
	void *control; /* may be changed */
	size_t control_len;
	int flags;
	pid_t caller; /* whose message it is */
};

/*
 * sendmsg(2): how much was sent, or -1 with errno. *raised: and SIGPIPE is
 * due, which must be blocked here and is taken off.
 */
ssize_t perform_send(const struct perform_message *, bool *raised);

#endif /* PRIVD_PERFORM_H */

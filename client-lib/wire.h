/* SPDX-License-Identifier: ISC */
/*
 * The one form of message between privd and those who talk to it, over
 * SOCK_SEQPACKET: a header, then fields, each behind a byte that says its
 * kind, numbers with the lowest byte first.
 *
 *	0  "prvd"	4  version	6  type		8  length of the fields
 *	'4' u32		'8' u64		'b' length, bytes
 *	's' length, bytes, NUL		'a' count, then as many 's'
 *
 * Whoever sends is not trusted. What is too short, too long, left over, of
 * another kind or with other descriptors than its type has is never used.
 * Nothing is allocated. A first fault stays: whoever reads or writes a
 * message may look once, at its end.
 */
#ifndef PRIVD_CLIENT_WIRE_H
#define PRIVD_CLIENT_WIRE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION 1
#define WIRE_HEADER 12
#define WIRE_FIELDS_MAX 65536 /* bytes of all fields */
#define WIRE_MAX (WIRE_HEADER + WIRE_FIELDS_MAX)
#define WIRE_FDS_MAX 16

/*
 * A type of message, and the descriptors that come with it, exactly so many.
 * Tables of these say what may be sent or received here and now; they end
 * with a type of 0, which no message has.
 */
struct wire_type {
	uint16_t type;
	uint16_t nfds;
	const char *name; /* for logs */
};

/*
 * A message that is being written or read. Zeroed, it is an empty one. Large:
 * not for deep stacks.
 */
struct wire {
	uint16_t type;
	int error;             /* the first fault, an errno; 0: none */
	size_t len;            /* of bytes, header included */
	size_t pos;            /* of the field that is read next */
	int fds[WIRE_FDS_MAX]; /* received, close-on-exec; -1: taken */
	size_t nfds;
	unsigned char bytes[WIRE_MAX];
};

/*
 * Begins to write a message. Descriptors that the structure held are
 * forgotten: wire_clear() closes them.
 */
void wire_start(struct wire *, uint16_t type);
/*
 * Each adds a field. 0, or -1 with errno, which stays: EMSGSIZE for no more
 * room, EINVAL for what the other side would refuse.
 */
int wire_put_u32(struct wire *, uint32_t);
int wire_put_u64(struct wire *, uint64_t);
int wire_put_bytes(struct wire *, const void *, size_t len);
int wire_put_string(struct wire *, const char *);
/* n strings; strings[n] is not looked at. */
int wire_put_strings(struct wire *, const char *const *strings, size_t n);
/* Completes the header. -1 with the first fault of all puts. */
int wire_finish(struct wire *);

/*
 * Takes bytes for a received message. Reads nothing else, so that it may be
 * given anything. 0, or -1 with errno: EBADMSG, or EPROTONOSUPPORT if only
 * the version is another.
 */
int wire_open(struct wire *, const void *bytes, size_t len);
/* The same for the len bytes that stand in its own already. */
int wire_check(struct wire *, size_t len);

/*
 * Each reads the next field. 0, or -1 with EBADMSG, which stays; then the
 * result is 0 or NULL. Pointers lead into the message, which keeps them.
 */
int wire_get_u32(struct wire *, uint32_t *);
int wire_get_u64(struct wire *, uint64_t *);
int wire_get_bytes(struct wire *, const void **bytes, size_t *len, size_t max);
/* At most max bytes before the NUL, and no NUL among them. */
int wire_get_string(struct wire *, const char **, size_t max);
/*
 * At most size - 1 strings of at most max bytes each, and NULL behind them.
 * *n may be NULL.
 */
int wire_get_strings(struct wire *, const char **strings, size_t size,
    size_t *n, size_t max);
/* Was that all? -1 with the first fault, EBADMSG if anything is left. */
int wire_get_end(struct wire *);

/* The row of a type, NULL if the table has none. */
const struct wire_type *wire_type(const struct wire_type *table, uint16_t type);

/* Moments of CLOCK_MONOTONIC, in milliseconds. */
#define WIRE_NEVER INT64_MAX
/* So many milliseconds from now; WIRE_NEVER for a negative number. */
int64_t wire_deadline(int milliseconds);

/*
 * Finishes and sends a message, whole or not at all. Descriptors stay the
 * sender's. A deadline that has passed allows one try without waiting. 0, or
 * -1 with errno: that of a put or of sendmsg(2), EINVAL if the table does not
 * have the type with so many descriptors, EBADF for one that is none,
 * ETIMEDOUT.
 */
int wire_send(int sock, struct wire *, const struct wire_type *table,
    const int *fds, size_t nfds, int64_t deadline);
/*
 * Receives a message of a type of the table, with that many descriptors,
 * none of them 0, 1 or 2. Returns 1; 0 at the end, when the other side has
 * closed or sent nothing at all; -1 with errno: EBADMSG, EPROTONOSUPPORT,
 * ETIMEDOUT, or that of recvmsg(2). Unless it returns 1 no descriptor is
 * left. Signals do not end the waiting.
 */
int wire_receive(int sock, struct wire *, const struct wire_type *table,
    int64_t deadline);
/* Gives a received descriptor away, to be closed by the caller; or -1. */
int wire_take_fd(struct wire *, size_t i);
/* Closes the received descriptors that nobody took. Keeps errno. */
void wire_clear(struct wire *);

#endif /* PRIVD_CLIENT_WIRE_H */

/* SPDX-License-Identifier: ISC */
/*
 * One message on its way: the copies of what a send names in memory, and how
 * far it has been sent. It is the call's until a worker takes it over.
 */
#ifndef PRIVD_SESSION_MESSAGE_H
#define PRIVD_SESSION_MESSAGE_H

#include <sys/socket.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "call.h"
#include "channel.h"

#define MESSAGE_DATA_MAX (1024 * 1024) /* at once; a datagram has no more */
#define MESSAGE_PARTS_MAX 1024         /* the kernel's */
/* What a hand is given beside: a path's object, the socket, the data. */
#define MESSAGE_RIGHTS_MAX (CHANNEL_FDS_MAX - 3)

struct exchange; /* what goes to a hand, and what comes of it */

/* A part of the data, in the program's memory. */
struct message_part {
	uint64_t addr;
	uint64_t len;
};

struct mmsghdr;

/* A message header, as a native program has it or a 32-bit one. */
size_t message_header_size(const struct call *, bool counted);

struct message {
	/* the copies */
	int domain;
	int type;
	int protocol;
	int flags;
	struct sockaddr_storage addr;
	socklen_t addr_len;
	bool named;
	unsigned char *control;
	size_t control_len;
	int rights[MESSAGE_RIGHTS_MAX];
	size_t nrights;
	struct message_part *parts;
	size_t nparts;

	/* the data: as much as there is room for, and what is left of it */
	unsigned char *data;
	size_t room;
	size_t len;
	int memfd;   /* behind the data, -1: it is little */
	size_t part; /* where the copy goes on */
	uint64_t within;
	uint64_t left;

	/* how it is sent */
	int sock;
	int object; /* of a path address, -1 */
	pid_t caller;
	bool waits;
	bool limited; /* no longer than until then */
	struct timespec deadline;
	int channel; /* of the hand that does it, -1 */
	struct exchange *exchange;

	/* what came of it */
	bool begun;    /* some of it was sent */
	size_t at;     /* of the data there */
	uint64_t sent; /* of all */
	int error;
	bool raised; /* SIGPIPE */

	/* what a worker needs of its call */
	struct judge *judge;
	int owned[3];
	int memory; /* of the program */
	int pidfd;
	pid_t tid;
	uint64_t count_at; /* where the length of a first of many goes */
};

/*
 * Copies all that a send names, of its nth message. What sendto(2) sends
 * without address names nothing that is judged: it is left to the kernel
 * unless it is to be elevated (late). 0 or errno.
 */
int message_take(struct judge *, struct call *);
int message_take_late(struct judge *, struct call *);
/* Is it sendto(2), with something for an address? */
bool message_is_named(const struct sys_call *, const uint64_t regs[SYS_REGS]);
/* Copies on, after the program's memory was kept. 0 or errno. */
int message_refill(struct message *);
void message_free(struct message *);
bool message_is_stream(const struct message *);

/*
 * Readies the permitted one to be sent as it was decided. 0 or errno.
 */
int message_prepare(struct judge *, struct call *);
/* Sends as much as goes without waiting; true: there is a result. */
bool message_try(struct judge *, struct message *);
/* To a worker, which answers the call. */
void message_leave(struct judge *, struct call *, uint64_t count_at);

/* A permitted send, and all of many. */
void call_send(struct judge *, struct call *);
void call_send_many(struct judge *, struct call *);
bool call_is_many(const struct call *);

#endif /* PRIVD_SESSION_MESSAGE_H */

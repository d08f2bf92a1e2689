/* SPDX-License-Identifier: ISC */
/*
 * The process that writes the log: what of it reads what sessions say. It
 * knows who says it by the channel that it comes through, which the monitor
 * made, and has nothing but what it was given: it opens nothing.
 */
#ifndef PRIVD_LOGGER_H
#define PRIVD_LOGGER_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

/* What the monitor tells it, each with a descriptor, or without one. */
enum logger_kind {
	LOGGER_SINK = 1, /* where lines go from now on; without: nowhere */
	LOGGER_CHANNEL   /* where they come from, too */
};

struct logger_message {
	uint32_t kind;
	/* of a sink */
	uint32_t where;  /* enum config_log */
	uint32_t format; /* enum config_log_format */
	uint32_t lines;  /* a second, of the sessions of a user */
	/* of a channel; 0: it is the daemon's */
	uid_t uid;
	uint64_t session;
	pid_t pid;
};

/* What it says to the monitor, a byte: the sink is gone, give another. */
#define LOGGER_RENEW 'r'

struct logger_start {
	int control;  /* to the monitor */
	bool to_user; /* standard error gets the lines as well */
};

/* Writes until monitor and sessions are gone. Never returns. */
void logger_main(const struct logger_start *) __attribute__((noreturn));

#endif /* PRIVD_LOGGER_H */

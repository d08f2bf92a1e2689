/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_LOG_SINK_H
#define PRIVD_LOG_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

/* All sessions of a user may say as much as so many of them. */
#define LOG_SESSIONS 16

/* What the logger writes to, opened by root. */
struct log_sink {
	enum config_log where;
	enum config_log_format format;
	uint32_t lines; /* a second, of the sessions of a user */
	int fd;         /* -1: nobody is there; for a file it is always */
	/* the journal is not there, and where is something else */
	bool fell_back;
};

/*
 * Opens what the configuration names. A file is made if create, and must be
 * root's alone, in a folder that nobody else can write to; without create it
 * may be missing. 0, or -1 with the reason: the file is not as it must be.
 * That no other is there is no failure, and the journal is replaced by syslog.
 */
int log_sink_open(const struct privd_config *, bool create, struct log_sink *,
    char *reason, size_t len);
void log_sink_close(struct log_sink *);

#endif /* PRIVD_LOG_SINK_H */

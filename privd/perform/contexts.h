/* SPDX-License-Identifier: ISC */
/*
 * What stands behind the descriptors that programs mount by.
 */
#ifndef PRIVD_PERFORM_CONTEXTS_H
#define PRIVD_PERFORM_CONTEXTS_H

#include <limits.h>
#include <stdbool.h>

#include "perform.h"

struct context_texts {
	char fstype[PERFORM_NAME_MAX + 1];
	char source[PATH_MAX];
	char data[PERFORM_MOUNT_DATA_MAX];
	unsigned int version; /* counts what was said of it */
};

/* An fsconfig(2), taken apart. */
struct context_config {
	unsigned int cmd;
	const char *key;
	const char *value;
	bool with_path; /* the value is one, which is pinned */
	bool with_fd;   /* or a descriptor of the caller's */
};

/* What is known of it; false: it stands for nothing. */
bool contexts_texts(int token, struct context_texts *);
/* False: its texts are not whole. */
bool contexts_config(const struct perform_request *, struct context_config *);
/* Another process, which keeps it, has performed this. */
void contexts_note(const struct perform_request *, int token);
/* move_mount(2) of what the request's descriptor stands for. */
int contexts_move(const struct perform_request *, int target,
    unsigned int flags);

#endif /* PRIVD_PERFORM_CONTEXTS_H */

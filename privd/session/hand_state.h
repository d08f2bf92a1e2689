/* SPDX-License-Identifier: ISC */
/*
 * A hand, and the request that it has before it: for its own files alone.
 */
#ifndef PRIVD_SESSION_HAND_STATE_H
#define PRIVD_SESSION_HAND_STATE_H

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../perform/perform.h"
#include "../resolve/resolve.h"
#include "hand.h"
#include "hand_target.h"
#include "session.h"

struct budget;

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

struct hand {
	const struct session_plan *plan;
	const struct session_hand *self;
	unsigned int number;
	struct budget *budget;
	bool is_double;
	/* of the request at hand */
	const struct hand_request *request;
	const struct sys_call *row;
	const struct sys_call *base;
	const unsigned char *tails[HAND_TAILS];
	struct perform_request ask;
	uint64_t flags; /* of an opening */
	struct resolve_pin pin[HAND_PATHS];
	struct hand_target target;
	int names;
	bool literal; /* named by its rule yet */
	int fds[HAND_FDS_MAX];
	size_t nfds;
	size_t message; /* where those of a message begin */
	char text[SYS_ARGS_MAX][SYS_VALUE_MAX];
	struct policy_request asked;
};

/* The call as its policy sees it, into asked: as it will be performed. */
void hand_format(struct hand *);
/*
 * What a rule names by a literal path, opened by that path: it costs less than
 * to ask for the pin's name and to open it again. No link can be its last
 * component; that it is the pinned object shows afterwards, and until then
 * nothing was opened but what the rule names. -1: go by the pin.
 */
int hand_open_literal(struct hand *, const struct policy_rule *);
/* Does what the rule permits; *fd is what came of it, or -1. 0 or errno. */
int hand_act(struct hand *, const struct policy_rule *, struct perform_result *,
    int *fd);
/* With the user's rights alone, so that no rule is asked. 0 or errno. */
int hand_act_as_double(struct hand *, struct perform_result *);

#endif /* PRIVD_SESSION_HAND_STATE_H */

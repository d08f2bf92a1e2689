/* SPDX-License-Identifier: ISC */
/*
 * A list: there are few enough.
 */
#include "past.h"

#include <stdlib.h>
#include <unistd.h>

static void
drop(struct past_session **where)
{
	struct past_session *one = *where;

	*where = one->next;
	close(one->card);
	free(one);
}

void
past_add(struct past *past, pid_t pid, uid_t uid, int64_t began, int card)
{
	struct past_session **where, *one = calloc(1, sizeof(*one));
	size_t all = 0, his = 0;

	if (one == NULL) {
		close(card);
		return;
	}
	one->pid = pid;
	one->uid = uid;
	one->began = began;
	one->card = card;
	one->next = past->first;
	past->first = one;
	for (where = &past->first; *where != NULL;) {
		his += (*where)->uid == uid;
		if (++all > PAST_MAX ||
		    ((*where)->uid == uid && his > PAST_USER_MAX)) {
			drop(where);
			all--;
		} else {
			where = &(*where)->next;
		}
	}
}

/* SPDX-License-Identifier: ISC */
/*
 * Becoming the caller. Where the session's user is root the judge takes on
 * the credentials of each calling thread before it walks a path or performs
 * anything. They are read once and kept until a call of that very thread
 * could change them: no other thread can.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "credentials.h"
#include "identity.h"
#include "judge.h"

static enum credentials_use
use_of(const struct call *call)
{
	bool at_effective = (call->row->known & AT_EACCESS) != 0 &&
	    (call->regs[3] & AT_EACCESS) != 0;

	switch (call->row->op) {
	case SYS_OP_ACCESS:
		return at_effective ? CREDENTIALS_EFFECTIVE : CREDENTIALS_REAL;
	case SYS_OP_CONNECT:
	case SYS_OP_SEND:
		return CREDENTIALS_SHOWN;
	default:
		if (sys_has_target(call->row))
			return CREDENTIALS_SHOWN;
		return CREDENTIALS_EFFECTIVE;
	}
}

/* Those of the thread, read anew if they may have changed. */
static const struct credentials *
learn(struct judge *judge, struct call *call)
{
	struct thread *thread = call->thread;
	int result;

	if (thread->creds_known)
		return thread->creds;
	if (thread->creds == NULL)
		thread->creds = malloc(sizeof(*thread->creds));
	if (thread->creds == NULL)
		return NULL;
	reach_raise(&judge->reach);
	result = credentials_read(thread->folder, thread->creds);
	reach_lower(&judge->reach);
	thread->creds_known = result == 0;
	return result == 0 ? thread->creds : NULL;
}

static bool
is_same(const struct credentials *a, const struct credentials *b)
{
	return memcmp(a->uid, b->uid, sizeof(a->uid)) == 0 &&
	    memcmp(a->gid, b->gid, sizeof(a->gid)) == 0 &&
	    a->permitted == b->permitted && a->effective == b->effective &&
	    a->ngroups == b->ngroups &&
	    memcmp(a->groups, b->groups, a->ngroups * sizeof(gid_t)) == 0;
}

/*
 * Is it one and the same whichever of the ids decide? Of nobody but root: the
 * judge's real id is root's unless it is to be shown.
 */
static bool
is_plain(const struct credentials *creds)
{
	int i;

	for (i = 0; i < 4; i++)
		if (creds->uid[i] != 0 || creds->gid[i] != creds->gid[0])
			return false;
	return creds->effective == creds->permitted;
}

/* What this thread took on. */
static _Thread_local struct {
	struct credentials creds;
	enum credentials_use use;
	bool known;
} mine;

static void
take_on(struct judge *judge, const struct credentials *creds,
    enum credentials_use use)
{
	uint64_t effective;

	if (!mine.known) {
		mine.creds = judge->creds;
		mine.use = CREDENTIALS_SHOWN;
		mine.known = true;
	}
	if (is_same(creds, &mine.creds) && (use == mine.use || is_plain(creds)))
		return;
	if (credentials_assume(creds, use, judge->reach.guard, &effective) ==
		-1 ||
	    getppid() != judge->parent)
		_exit(1); /* never go on as nobody knows who */
	reach_rest(effective);
	mine.creds = *creds;
	mine.use = use;
}

static void
describe(const struct judge *judge, struct call *call,
    const struct credentials *creds)
{
	const struct policy_caller *first = &judge->plan->caller;
	struct policy_caller *caller = &call->caller;
	const struct sys_account *account;

	caller->uid = creds->uid[1];
	caller->gid = creds->gid[1];
	caller->groups = mine.creds.groups;
	caller->ngroups = creds->ngroups;
	if (caller->uid == first->uid) {
		caller->user = first->user;
		caller->home = first->home;
		return;
	}
	account = sys_account_user(caller->uid);
	caller->user = account == NULL ? NULL : account->name;
	caller->home = account == NULL ? NULL : account->home;
}

bool
call_become(struct judge *judge, struct call *call)
{
	const struct credentials *creds;

	call->caller = judge->plan->caller;
	if (!judge->follows)
		return true;
	creds = learn(judge, call);
	if (creds == NULL)
		return false;
	take_on(judge, creds, use_of(call));
	describe(judge, call, creds);
	return true;
}

int
judge_follow(struct judge *judge)
{
	int folder, result;

	judge->follows = true;
	judge->reach.guard = identity_permitted();
	reach_rest(judge->reach.guard);
	folder = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder == -1)
		return -1;
	result = credentials_read(folder, &judge->creds);
	close(folder);
	return result;
}

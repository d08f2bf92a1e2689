/* SPDX-License-Identifier: ISC */
/*
 * Refusals, written by the judge. A refusal's turn is 0 while it is written,
 * so who reads it sees whether it was whole.
 */
#include "refusal.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "budget.h"
#include "call.h"
#include "judge.h"
#include "record.h"

_Static_assert(sizeof(struct refusal) == 4096, "one page");

/* One at a time is put together, and written. */
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;
static struct refusal draft;

static void
put(const char *text)
{
	size_t room = sizeof(draft.text) - draft.len;
	/* Each string after it needs its NUL. */
	size_t later = 2 * SYS_ARGS_MAX + 8, len = strlen(text);

	room = room > later ? room - later : 1;
	if (len >= room) {
		draft.flags |= REFUSAL_CUT;
		len = room - 1;
	}
	memcpy(draft.text + draft.len, text, len);
	draft.text[draft.len + len] = '\0';
	draft.len = (uint16_t)(draft.len + len + 1);
}

static unsigned int
needs_of(const struct call *call)
{
	int mode = (int)call->how.flags & O_ACCMODE;

	if (call->base->op != SYS_OP_OPEN)
		return 0;
	return mode == O_RDONLY ? 4 : mode == O_WRONLY ? 2 : 6;
}

static void
put_object(const struct call *call)
{
	const struct resolve_pin *pin = &call->pin[0];

	if (call->npins != 1 || pin->object == -1 || call->refused[0])
		return;
	draft.flags |= REFUSAL_OBJECT;
	draft.uid = pin->st.st_uid;
	draft.gid = pin->st.st_gid;
	draft.mode = pin->st.st_mode;
	draft.needs = (uint16_t)needs_of(call);
}

/* Does the rule name the variant that was called? Then one for its base would
   come too late. */
static bool
names_variant(const struct call *call, const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; call->row != call->base && i < rule->ncalls; i++)
		if (rule->calls[i] == call->row)
			return true;
	return false;
}

static void
put_rule(const struct policy_rule *rule)
{
	char text[1024] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	if (out != NULL) {
		policy_print_rule(rule, out);
		(void)fclose(out);
		text[sizeof(text) - 1] = '\0';
	}
	draft.line = rule->line;
	put(rule->file);
	put(text);
}

/* Whose verdict it is: policy, its file, the rule's, the rule. */
static void
put_policy(const struct call *call, bool judged)
{
	const struct policy_image *image = judged ? call->image : NULL;
	const struct policy_rule *rule = judged ? call->verdict.rule : NULL;

	/* Another one has to come before that, when it counts again. */
	if (judged && call->passed.rule != NULL &&
	    (draft.check == REFUSAL_SPENT || draft.check == REFUSAL_KERNEL))
		rule = call->passed.rule;

	if (image == NULL && call->regime != NULL &&
	    call->regime->set.count > 0)
		image = call->regime->set.images[0];
	put(image != NULL ? policy_program(image) : "");
	put(image != NULL ? policy_file(image) : "");
	if (image != NULL && policy_authority(image) == POLICY_USER)
		draft.flags |= REFUSAL_USERS;
	if (rule == NULL) {
		put("");
		put(record_last_note());
		return;
	}
	if (names_variant(call, rule))
		draft.flags |= REFUSAL_VARIANT;
	put_rule(rule);
}

static void
put_values(const struct call *call)
{
	const struct policy_request *request = &call->request;
	size_t i;

	for (i = 0; i < request->nvalues; i++) {
		put(request->values[i].name);
		put(request->values[i].value);
		if (request->values[i].missing)
			draft.missing |= (uint16_t)(1U << i);
	}
	draft.nvalues = (uint16_t)request->nvalues;
	/* What could not be walked to has no name yet. */
	if (request->nvalues == 0 && call->has_path[0]) {
		put("filename");
		put(call->path[0]);
		draft.nvalues = 1;
		draft.flags |= REFUSAL_RAW;
	}
}

/* Where the caller's walk was refused, if it was. */
static void
put_folder(struct judge *judge, struct call *call)
{
	char folder[PATH_MAX] = "";
	const struct resolve_pin *pin = NULL;
	struct resolve_view view;
	bool outside;
	size_t k;

	for (k = 0; k < CALL_PATHS && pin == NULL; k++)
		if (call->barred[k])
			pin = &call->pin[k];
	if (pin == NULL || call_view(judge, call, &view) != 0 ||
	    resolve_name(&view, pin->parent, folder, sizeof(folder),
		&outside) != 0)
		folder[0] = '\0';
	put(folder);
}

/* The rule that permits it, where its being spent is why this was refused. */
static bool
is_spent(const struct judge *judge, const struct call *call,
    enum refusal_check check)
{
	const struct policy_rule *rule = call->judged ? call->passed.rule :
							NULL;

	switch (check) {
	case REFUSAL_RULE:
	case REFUSAL_DEFAULT:
		return rule != NULL;
	case REFUSAL_KERNEL:
		return rule != NULL && !call->elevated &&
		    rule->identity.kind != POLICY_AS_CALLER &&
		    (call->passed.why == REFUSAL_ELSEWHERE ||
			call_may_be_elevated(judge, call));
	case REFUSAL_NOPOLICY:
	case REFUSAL_UNNAMED:
	case REFUSAL_GUARD:
	case REFUSAL_SESSION:
	case REFUSAL_SPENT:
	case REFUSAL_CHECKS:
		break;
	}
	return false;
}

/* Of one nanosecond it is a second, too. */
static uint16_t
seconds(uint64_t wait)
{
	return wait == BUDGET_NEVER ?
	    0 :
	    (uint16_t)((wait + 999999999) / 1000000000);
}

static int64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* The oldest place, and the turn that comes next. */
static struct refusal *
choose(struct refusals *refusals, bool kernel, uint32_t *turn)
{
	size_t first = kernel ? REFUSALS_POLICY : 0, i;
	size_t end = kernel ? REFUSALS : REFUSALS_POLICY;
	struct refusal *oldest = &refusals->all[first];
	uint32_t one;

	*turn = 0;
	for (i = 0; i < REFUSALS; i++) {
		one = atomic_load(&refusals->all[i].turn);
		if (one > *turn)
			*turn = one;
		if (i >= first && i < end && one < atomic_load(&oldest->turn))
			oldest = &refusals->all[i];
	}
	(*turn)++;
	return oldest;
}

static void
write_refusal(struct refusals *refusals)
{
	const size_t head = offsetof(struct refusal, check);
	struct refusal *place;
	uint32_t turn;

	place = choose(refusals, draft.check == REFUSAL_KERNEL, &turn);
	atomic_store(&place->turn, 0);
	memcpy((char *)place + head, (const char *)&draft + head,
	    offsetof(struct refusal, text) + draft.len - head);
	atomic_store(&place->turn, turn);
}

static void
note(struct judge *judge, struct call *call, enum refusal_check check,
    int error)
{
	struct refusals *refusals = judge->plan->options.refusals;

	if (refusals == NULL || call->told)
		return;
	call->told = true;
	(void)pthread_mutex_lock(&writing);
	memset(&draft, 0, offsetof(struct refusal, text));
	draft.check = check;
	if (is_spent(judge, call, check)) {
		draft.check = REFUSAL_SPENT;
		draft.spent = (uint16_t)call->passed.why;
		draft.again = seconds(call->passed.wait);
	}
	draft.error = error;
	draft.pid = call->process->tgid;
	draft.time = now();
	if (call->machine == SYS_I386)
		draft.flags |= REFUSAL_I386;
	if (call->judged && call->elevated)
		draft.flags |= REFUSAL_ELEVATED;
	if (!call_may_be_elevated(judge, call))
		draft.flags |= REFUSAL_PLAIN;
	put(call->row->name);
	put(call->based ? call->base->name : call->row->name);
	put(call->process->program);
	put_policy(call, call->judged);
	put_folder(judge, call);
	if (call->based) {
		put_values(call);
		put_object(call);
	}
	write_refusal(refusals);
	(void)pthread_mutex_unlock(&writing);
}

void
refusal_begin(struct call *call)
{
	call->told = call->judged = call->based = false;
	memset(call->barred, 0, sizeof(call->barred));
	call->request.nvalues = 0;
	record_forget_note();
}

void
refusal_judged(struct judge *judge, struct call *call)
{
	call->judged = true;
	if (call->verdict.action != POLICY_DENY)
		return;
	note(judge, call,
	    call->image == policy_none()   ? REFUSAL_NOPOLICY :
		call->verdict.rule != NULL ? REFUSAL_RULE :
					     REFUSAL_DEFAULT,
	    call->verdict.error);
}

void
refusal_check(struct judge *judge, struct call *call, enum refusal_check check,
    int error)
{
	note(judge, call, check, error);
}

void
refusal_answer(struct judge *judge, struct call *call, int error)
{
	if (call->thread == NULL || call->row == NULL)
		return;
	if (call->judged)
		refusal_judged(judge, call); /* perhaps anew */
	if (error != EPERM && error != EACCES)
		return;
	/* What was not even decoded the kernel has not been asked for. */
	note(judge, call,
	    *record_last_note() != '\0' || !call->based ? REFUSAL_SESSION :
							  REFUSAL_KERNEL,
	    error);
}

/* SPDX-License-Identifier: ISC */
/*
 * The verdict on a call, of all the policies that the process is under: the
 * first that does not permit answers, elevation is the first's alone.
 */
#include <errno.h>
#include <string.h>

#include "call.h"
#include "journal.h"
#include "judge.h"
#include "record.h"

struct context {
	struct judge *judge;
	struct call *call;
	const struct policy_image *image;
};

bool
call_is_at_home(const struct call *call)
{
	size_t i;

	for (i = 0; i < call->npins; i++)
		if (call->ask.pin[i] != NULL &&
		    (!call_has_own_root(call) || call->pin[i].outside))
			return false;
	return true;
}

static enum refusal_spent
limit_of(const struct policy_rule *rule)
{
	switch (rule->limit) {
	case POLICY_ONCE:
		return REFUSAL_ONCE;
	case POLICY_TIMES:
		return REFUSAL_TIMES;
	case POLICY_RATE:
		return REFUSAL_RATE;
	case POLICY_UNLIMITED:
		break;
	}
	return REFUSAL_UNSPENT;
}

static enum refusal_spent
find_spent(const struct context *context, const struct policy_rule *rule,
    uint64_t *wait)
{
	*wait = 0;
	if (rule->identity.kind != POLICY_AS_CALLER &&
	    !call_is_at_home(context->call))
		return REFUSAL_ELSEWHERE;
	*wait = budget_wait(context->judge->budget, rule);
	if (*wait != 0)
		return limit_of(rule);
	if (process_is_barred(context->call->process, context->image, rule))
		return REFUSAL_EXCLUSIVE;
	return REFUSAL_UNSPENT;
}

/*
 * Does a rule that would match not count: its limit is used up, another of
 * its exclusive group was chosen, or it would elevate what lies elsewhere?
 * The first is remembered: perhaps it is why the call is refused.
 */
static bool
is_spent(void *p, const struct policy_rule *rule)
{
	struct context *context = p;
	struct call *call = context->call;
	enum refusal_spent why;
	uint64_t wait;

	why = find_spent(context, rule, &wait);
	if (why == REFUSAL_UNSPENT)
		return false;
	if (call->passed.rule == NULL && rule->action == POLICY_PERMIT)
		call->passed = (struct call_passed){ rule, why, wait };
	return true;
}

static void
deny(struct policy_verdict *verdict, int error)
{
	verdict->action = POLICY_DENY;
	verdict->error = error;
}

static int
choose(struct judge *judge, struct process *process,
    const struct policy_image *image, const struct policy_rule *rule)
{
	const struct choice *last;
	struct kin *kin = process->kin;

	last = kin == NULL ? NULL : kin->choices;
	if (process_choose(process, image, rule) == -1)
		return -1;
	if (kin == NULL)
		journal_process(judge, process);
	else if (kin->choices != last)
		journal_choice(judge, kin);
	return 0;
}

static bool
is_counted(const struct policy_rule *rule)
{
	return rule != NULL &&
	    (rule->limit != POLICY_UNLIMITED || rule->exclusive != NULL);
}

static bool
is_lent_or_counted(const struct policy_rule *rule)
{
	return is_counted(rule) ||
	    (rule != NULL && rule->identity.kind != POLICY_AS_CALLER);
}

static int
spend(struct judge *judge, const struct call *call,
    const struct policy_image *image, const struct policy_rule *rule)
{
	if (rule == NULL)
		return 0;
	if (budget_spend(judge->budget, rule) == -1)
		return -1;
	return rule->exclusive == NULL ?
	    0 :
	    choose(judge, call->process, image, rule);
}

bool
call_is_plainly_permitted(struct judge *judge, struct call *call)
{
	const struct filter_set *set = &call->regime->set;
	struct policy_verdict verdict;
	const struct policy_rule *rule;
	size_t i;

	call->request.spent = NULL;
	for (i = 0; i < set->count; i++) {
		policy_evaluate(set->images[i], &call->request,
		    judge->plan->options.automatic, &verdict);
		rule = verdict.rule;
		if (verdict.action != POLICY_PERMIT || verdict.log)
			return false;
		if (rule != NULL &&
		    (rule->limit != POLICY_UNLIMITED ||
			rule->exclusive != NULL ||
			rule->identity.kind != POLICY_AS_CALLER))
			return false;
	}
	return set->count > 0;
}

/*
 * What changes places with another comes to where the other was: both renames
 * are judged, and what is lent or counted is one rule's.
 */
static void
judge_exchange(struct judge *judge, struct call *call,
    const struct policy_image *image, struct policy_verdict *verdict)
{
	const struct policy_rule *rule = verdict->rule;
	struct policy_verdict back;

	policy_exchange(&call->request);
	policy_evaluate(image, &call->request, judge->plan->options.automatic,
	    &back);
	policy_exchange(&call->request);
	back.log = back.log || verdict->log;
	if (back.action != POLICY_PERMIT)
		*verdict = back;
	else if (back.rule != rule &&
	    (is_lent_or_counted(rule) || is_lent_or_counted(back.rule)))
		deny(verdict, EPERM);
	else
		verdict->log = back.log;
}

/* Asks one policy after the other, to the first that does not permit, or to
   the end. Returns how many were asked. */
static size_t
ask_all(struct judge *judge, struct call *call, struct policy_verdict *verdicts)
{
	const struct filter_set *set = &call->regime->set;
	struct context context = { judge, call, NULL };
	struct call_passed first = { .rule = NULL };
	size_t i;

	call->request.spent = is_spent;
	call->request.context = &context;
	for (i = 0; i < set->count; i++) {
		context.image = set->images[i];
		call->passed.rule = NULL;
		policy_evaluate(set->images[i], &call->request,
		    judge->plan->options.automatic, &verdicts[i]);
		if (verdicts[i].action == POLICY_PERMIT &&
		    sys_exchanges(call->row, call->regs))
			judge_exchange(judge, call, set->images[i],
			    &verdicts[i]);
		if (verdicts[i].action != POLICY_PERMIT)
			return i + 1;
		if (i == 0)
			first = call->passed;
	}
	call->passed = first; /* which alone elevates */
	return i;
}

void
call_judge(struct judge *judge, struct call *call)
{
	const struct filter_set *set = &call->regime->set;
	struct policy_verdict verdicts[FILTER_IMAGES_MAX] = { { POLICY_DENY } };
	size_t i, n, decides;
	bool log = false;

	call->passed.rule = NULL;
	if (set->count == 0) { /* there is none */
		call->image = policy_none();
		deny(&call->verdict, EPERM);
		return;
	}
	n = ask_all(judge, call, verdicts);
	call->request.spent = NULL;
	decides = verdicts[n - 1].action == POLICY_PERMIT ? 0 : n - 1;
	for (i = 0; i < n; i++) {
		log = log || verdicts[i].log;
		call->rules[i] = verdicts[i].rule;
		/* A successor must not count it again. */
		if (is_counted(verdicts[i].rule))
			call_begin(call);
	}
	call->verdict = verdicts[decides];
	call->image = set->images[decides];
	call->verdict.log = log;
	/* Nobody can be asked. */
	if (call->verdict.action == POLICY_ASK) {
		deny(&call->verdict, EPERM);
		call->verdict.log = true;
	}
	for (i = 0; i < n; i++)
		if (spend(judge, call, set->images[i], verdicts[i].rule) == -1)
			deny(&call->verdict, ENOMEM);
}

/* SPDX-License-Identifier: ISC */
/*
 * Records. The judge says what there is to write down, as an entry, and does
 * not wait till it is written.
 */
#include "record.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "channel.h"
#include "judge.h"
#include "page.h"

/* Workers record as well, and an answer is for whoever asked. */
static pthread_mutex_t talking = PTHREAD_MUTEX_INITIALIZER;

static void
send_record(const struct judge *judge, enum record_kind kind, const char *bytes,
    size_t len)
{
	static struct record record; /* of whoever is talking */

	atomic_store(&judge->page->said, true);
	record.kind = kind;
	memcpy(record.text, bytes, len);
	(void)channel_send(judge->record, &record,
	    offsetof(struct record, text) + len, NULL, 0);
}

static void
send_entry(const struct judge *judge, const struct entry *entry)
{
	(void)pthread_mutex_lock(&talking);
	send_record(judge, RECORD_LINE, entry->bytes, entry->len);
	(void)pthread_mutex_unlock(&talking);
}

static void
add_elevation(struct entry *entry, const struct policy_rule *rule)
{
	char form[256];
	struct policy_verdict only;
	struct policy_rule plain;

	/* "permit as 0:1" or "permit with cap_net_raw", without the rest. */
	memset(&plain, 0, sizeof(plain));
	plain.identity = rule->identity;
	memset(&only, 0, sizeof(only));
	only.action = POLICY_PERMIT;
	only.rule = &plain;
	policy_print_verdict(&only, form, sizeof(form));
	if (strncmp(form, "permit as ", 10) == 0)
		entry_add(entry, ENTRY_AS, form + 10);
	else if (strncmp(form, "permit with ", 12) == 0)
		entry_add(entry, ENTRY_WITH, form + 12);
}

/* The alias, where it was one that decided or would have been. */
static const char *
shown_call(const struct call *call)
{
	const struct policy_rule *rule = call->verdict.rule;
	const char *alias = sys_alias_name(call->alias);

	if (alias != NULL && (rule == NULL || rule->alias != SYS_ALIAS_NONE) &&
	    !call->request.no_alias)
		return alias;
	return call->base->name;
}

static void
add_caller(struct entry *entry, const struct call *call)
{
	const char *user = call->caller.user; /* by now */

	if (user != NULL)
		entry_add(entry, ENTRY_USER, user);
	else
		entry_addf(entry, ENTRY_USER, "%u", call->caller.uid);
	entry_add(entry, ENTRY_PROGRAM, call->process->program);
	entry_addf(entry, ENTRY_PID, "%d", call->process->tgid);
	entry_addf(entry, ENTRY_REGIME, "%u", call->regime->number);
	entry_addf(entry, ENTRY_PARENT, "%d", call->thread->ppid);
	entry_add(entry, ENTRY_POLICY, policy_program(call->image));
	entry_addf(entry, ENTRY_RULES, "%zu", policy_rule_count(call->image));
}

/* Arguments are the last: there may be no room for all. */
void
record_call(struct judge *judge, const struct call *call)
{
	const struct policy_verdict *verdict = &call->verdict;
	struct entry entry;
	size_t i;

	entry_start(&entry);
	entry_add(&entry, ENTRY_VERDICT,
	    verdict->action == POLICY_PERMIT      ? "permit" :
		verdict->action == POLICY_PRETEND ? "pretend" :
						    "deny");
	add_caller(&entry, call);
	entry_addf(&entry, ENTRY_CALL, "%s-%s",
	    call->machine == SYS_I386 ? "linux32" : "native", shown_call(call));
	entry_addf(&entry, ENTRY_NUMBER, "%d",
	    call->ticket.slot->notif.data.nr);
	if (call->elevated)
		add_elevation(&entry, verdict->rule);
	if (verdict->rule != NULL)
		entry_addf(&entry, ENTRY_LINE, "%u", verdict->rule->line);
	for (i = 0; i < call->request.nvalues; i++)
		entry_add_argument(&entry,
		    call->request.values[i].missing ? ENTRY_MISSING :
						      ENTRY_VALUE,
		    call->request.values[i].name,
		    call->request.values[i].value);
	send_entry(judge, &entry);
}

/* What is said of a call explains its refusal. */
static _Thread_local char last_note[512];

const char *
record_last_note(void)
{
	return last_note;
}

void
record_forget_note(void)
{
	last_note[0] = '\0';
}

void
record_note(struct judge *judge, const char *fmt, ...)
{
	struct entry entry;
	char text[RECORD_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)strlcpy(last_note, text, sizeof(last_note));
	entry_start(&entry);
	entry_add(&entry, ENTRY_NOTE, text);
	send_entry(judge, &entry);
}

/* Said before the program can say anything of it itself. */
void
record_tell(struct judge *judge, const char *text)
{
	char done;
	int fds[CHANNEL_FDS_MAX];
	size_t nfds;

	(void)pthread_mutex_lock(&talking);
	send_record(judge, RECORD_TELL, text, strlen(text) + 1);
	if (channel_answer(judge->record, &done, sizeof(done), fds, &nfds) > 0)
		channel_close_all(fds, nfds);
	(void)pthread_mutex_unlock(&talking);
}

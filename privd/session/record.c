/* SPDX-License-Identifier: ISC */
/*
 * Records. The judge says what there is to write down, as an entry; the keeper
 * has it printed, whatever is in it, and lets nothing but printing characters
 * through.
 */
#include "record.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "channel.h"
#include "entry.h"
#include "judge.h"
#include "page.h"
#include "sink.h"
#include "status.h"

enum record_kind {
	RECORD_LINE = 1, /* for the log */
	RECORD_TELL,     /* for the user */
	RECORD_KILL,     /* a pidfd comes along: what it ran was not
				   judged */
	/* a pidfd comes along, of a thread or, with the thread's id as text,
	   of a process: it gets that signal */
	RECORD_PIPE,
	RECORD_SIZE
};

struct record {
	uint32_t kind;
	char text[ENTRY_MAX]; /* a string, or for the log an entry */
};

/* The keeper's. */
static uid_t session_user;

/* Workers record as well, and an answer is for whoever asked. */
static pthread_mutex_t talking = PTHREAD_MUTEX_INITIALIZER;

static void
send_locked(struct judge *judge, enum record_kind kind, const char *bytes,
    size_t len, int fd)
{
	static _Thread_local struct record record;

	record.kind = kind;
	memcpy(record.text, bytes, len);
	(void)channel_send(judge->record, &record,
	    offsetof(struct record, text) + len, &fd, fd == -1 ? 0 : 1);
}

static void
send_record(struct judge *judge, enum record_kind kind, const char *bytes,
    size_t len, int fd)
{
	(void)pthread_mutex_lock(&talking);
	send_locked(judge, kind, bytes, len, fd);
	(void)pthread_mutex_unlock(&talking);
}

static void
send_entry(struct judge *judge, const struct entry *entry)
{
	send_record(judge, RECORD_LINE, entry->bytes, entry->len, -1);
}

/* Waits until it was done. */
static void
ask(struct judge *judge, enum record_kind kind, const char *text, int fd)
{
	char done;
	int fds[CHANNEL_FDS_MAX];
	size_t nfds;

	(void)pthread_mutex_lock(&talking);
	send_locked(judge, kind, text, strlen(text) + 1, fd);
	if (channel_receive(judge->record, &done, sizeof(done), fds, &nfds) > 0)
		channel_close_all(fds, nfds);
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
	static _Thread_local struct entry entry;
	const struct policy_verdict *verdict = &call->verdict;
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
	static _Thread_local struct entry entry;
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

void
record_tell(struct judge *judge, const char *text)
{
	/* Said before the program can say anything of it itself. */
	ask(judge, RECORD_TELL, text, -1);
}

/* Pending before the call is answered, as it is when the kernel sends it. */
void
record_signal(struct judge *judge, int sig, int pidfd, pid_t tgid, pid_t tid)
{
	char thread[16] = "";
	int fd = pidfd;

	if (pidfd == -1) {
		fd = (int)syscall(SYS_pidfd_open, tgid, 0);
		(void)snprintf(thread, sizeof(thread), "%d", tid);
	}
	if (fd == -1)
		return;
	ask(judge, sig == SIGPIPE ? RECORD_PIPE : RECORD_SIZE, thread, fd);
	if (fd != pidfd)
		close(fd);
}

void
record_kill(struct judge *judge, pid_t tgid, int pidfd, const char *fmt, ...)
{
	char why[RECORD_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	record_note(judge, "pid %d %s: killed", tgid, why);
	send_record(judge, RECORD_KILL, "", 1, pidfd);
}

/* The keeper's side. */

int
record_open(const struct session_options *options, const char *program,
    uid_t uid)
{
	session_user = uid;
	return sink_open(options, program);
}

static void
make_harmless(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static void
write_entry(const char *bytes, size_t len)
{
	static struct entry entry;

	if (entry_take(&entry, bytes, len) == -1) {
		entry_start(&entry);
		entry_add(&entry, ENTRY_NOTE, "a record that is none");
	}
	sink_write(&entry);
}

static void
tell(char *text, int channel)
{
	make_harmless(text);
	(void)dprintf(STDERR_FILENO, "privrun: %s\n", text);
	(void)channel_send(channel, "", 1, NULL, 0);
}

void
record_say(const char *fmt, ...)
{
	static struct entry entry;
	char text[RECORD_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	entry_start(&entry);
	entry_add(&entry, ENTRY_NOTE, text);
	sink_write(&entry);
}

static int
pid_of(int pidfd)
{
	char path[64], line[256];
	int pid = -1;
	FILE *fp;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	fp = fopen(path, "re");
	if (fp == NULL)
		return -1;
	while (fgets(line, sizeof(line), fp) != NULL)
		(void)sscanf(line, "Pid: %d", &pid);
	(void)fclose(fp);
	return pid;
}

/*
 * Whoever has the judge in hand may ask: only the session's user's own. Root's
 * program may have become anybody, and its judge is root itself.
 */
static bool
is_of_user(int pidfd)
{
	char path[64];
	struct status st;
	int pid = pid_of(pidfd), folder, result, i;

	(void)snprintf(path, sizeof(path), "/proc/%d", pid);
	folder = pid > 0 ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (folder == -1)
		return false;
	result = status_read(folder, &st);
	close(folder);
	for (i = 0; i < 4 && result == 0; i++)
		if (session_user != 0 && st.uid[i] != session_user)
			return false;
	return result == 0 && st.filters > 0;
}

static void
kill_by_record(const int *fds, size_t nfds)
{
	if (nfds == 1 && is_of_user(fds[0]))
		(void)syscall(SYS_pidfd_send_signal, fds[0], SIGKILL, NULL, 0);
}

/* Of a kernel whose pidfds are of processes alone, the thread by its id. */
static void
signal_by_record(int sig, const char *thread, const int *fds, size_t nfds)
{
	int tid;

	if (nfds != 1 || !is_of_user(fds[0]))
		return;
	if (sscanf(thread, "%d", &tid) == 1)
		(void)syscall(SYS_tgkill, pid_of(fds[0]), tid, sig);
	else
		(void)syscall(SYS_pidfd_send_signal, fds[0], sig, NULL, 0);
}

int
record_serve(int channel)
{
	static struct record record;
	int fds[CHANNEL_FDS_MAX];
	size_t nfds, head = offsetof(struct record, text);
	ssize_t n;

	n = channel_receive(channel, &record, sizeof(record), fds, &nfds);
	if (n <= (ssize_t)head || record.text[(size_t)n - head - 1] != '\0') {
		channel_close_all(fds, nfds);
		return 0;
	}
	switch (record.kind) {
	case RECORD_LINE:
		write_entry(record.text, (size_t)n - head);
		break;
	case RECORD_TELL:
		tell(record.text, channel);
		break;
	case RECORD_KILL:
		kill_by_record(fds, nfds);
		break;
	case RECORD_PIPE:
	case RECORD_SIZE:
		signal_by_record(record.kind == RECORD_PIPE ? SIGPIPE : SIGXFSZ,
		    record.text, fds, nfds);
		(void)channel_send(channel, "", 1, NULL, 0);
		break;
	default:
		break;
	}
	channel_close_all(fds, nfds);
	return 1;
}

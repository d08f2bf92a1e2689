/* SPDX-License-Identifier: ISC */
/*
 * Records. Every string of a program passes strvis(3) and a bound before it
 * leaves the judge, and the keeper lets nothing but printing characters
 * through, whoever wrote the record.
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
#include <syslog.h>
#include <unistd.h>
#define LIBBSD_OPENBSD_VIS /* strvis(3) alone is used */
#include <vis.h>

#include "call.h"
#include "channel.h"
#include "judge.h"
#include "page.h"
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
	char text[RECORD_MAX];
};

/* The keeper's log. */
static int log_fd = -1;
static bool log_to_syslog;
static uid_t session_user;

struct line {
	char text[RECORD_MAX];
	size_t len;
};

static void add(struct line *line, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct line *line, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line->text + line->len, sizeof(line->text) - line->len,
	    fmt, ap);
	va_end(ap);
	if (n > 0)
		line->len += (size_t)n;
	if (line->len >= sizeof(line->text))
		line->len = sizeof(line->text) - 1;
}

#define VALUE_MAX 1024 /* of each value in a record */

static void
add_escaped(struct line *line, const char *s)
{
	char cut[VALUE_MAX + 1], escaped[4 * VALUE_MAX + 1];

	(void)strlcpy(cut, s, sizeof(cut));
	(void)strvis(escaped, cut, VIS_CSTYLE | VIS_NL | VIS_TAB);
	add(line, "%s%s", escaped, strlen(s) > VALUE_MAX ? "..." : "");
}

/* Workers record as well, and an answer is for whoever asked. */
static pthread_mutex_t talking = PTHREAD_MUTEX_INITIALIZER;

static void
send_locked(struct judge *judge, enum record_kind kind, const char *text,
    int fd)
{
	static _Thread_local struct record record;

	record.kind = kind;
	(void)strlcpy(record.text, text, sizeof(record.text));
	(void)channel_send(judge->record, &record,
	    offsetof(struct record, text) + strlen(record.text) + 1, &fd,
	    fd == -1 ? 0 : 1);
}

static void
send_record(struct judge *judge, enum record_kind kind, const char *text,
    int fd)
{
	(void)pthread_mutex_lock(&talking);
	send_locked(judge, kind, text, fd);
	(void)pthread_mutex_unlock(&talking);
}

/* Waits until it was done. */
static void
ask(struct judge *judge, enum record_kind kind, const char *text, int fd)
{
	char done;
	int fds[CHANNEL_FDS_MAX];
	size_t nfds;

	(void)pthread_mutex_lock(&talking);
	send_locked(judge, kind, text, fd);
	if (channel_receive(judge->record, &done, sizeof(done), fds, &nfds) > 0)
		channel_close_all(fds, nfds);
	(void)pthread_mutex_unlock(&talking);
}

static void
add_elevation(struct line *line, const struct policy_rule *rule)
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
		add(line, ", as: %s", form + 10);
	else if (strncmp(form, "permit with ", 12) == 0)
		add(line, ", with: %s", form + 12);
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
add_values(struct line *line, const struct call *call)
{
	size_t i;

	for (i = 0; i < call->request.nvalues; i++) {
		add(line, ", ");
		add_escaped(line, call->request.values[i].name);
		add(line, ": ");
		if (call->request.values[i].missing)
			add(line, "/<non-existent filename>: ");
		add_escaped(line, call->request.values[i].value);
	}
}

void
record_call(struct judge *judge, const struct call *call)
{
	static _Thread_local struct line line;
	const struct policy_verdict *verdict = &call->verdict;
	const char *user = call->caller.user; /* by now */

	line.len = 0;
	add(&line, "%s user: ",
	    verdict->action == POLICY_PERMIT      ? "permit" :
		verdict->action == POLICY_PRETEND ? "pretend" :
						    "deny");
	if (user != NULL)
		add_escaped(&line, user);
	else
		add(&line, "%u", call->caller.uid);
	add(&line, ", prog: ");
	add_escaped(&line, call->process->program);
	add(&line, ", pid: %d(%u)[%d], policy: ", call->process->tgid,
	    call->regime->number, call->thread->ppid);
	add_escaped(&line, policy_program(call->image));
	add(&line, ", filters: %zu, syscall: %s-%s(%d)",
	    policy_rule_count(call->image),
	    call->machine == SYS_I386 ? "linux32" : "native", shown_call(call),
	    call->ticket.slot->notif.data.nr);
	add_values(&line, call);
	if (call->elevated)
		add_elevation(&line, verdict->rule);
	if (verdict->rule != NULL)
		add(&line, ", line: %u", verdict->rule->line);
	else
		add(&line, ", line: default");
	send_record(judge, RECORD_LINE, line.text, -1);
}

void
record_note(struct judge *judge, const char *fmt, ...)
{
	char text[RECORD_MAX];
	static _Thread_local struct line line;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	line.len = 0;
	add_escaped(&line, text);
	send_record(judge, RECORD_LINE, line.text, -1);
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
	send_record(judge, RECORD_KILL, "", pidfd);
}

/* The keeper's side. */

int
record_open(const struct session_options *options, const char *program,
    uid_t uid)
{
	const char *name = strrchr(program, '/');

	session_user = uid;
	if (options->log_file != NULL) {
		log_fd = open(options->log_file,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
		return log_fd == -1 ? -1 : 0;
	}
	if (options->log_stderr) {
		log_fd = STDERR_FILENO;
		return 0;
	}
	log_to_syslog = true;
	openlog(name != NULL ? name + 1 : program, LOG_NDELAY, LOG_AUTHPRIV);
	return 0;
}

static void
make_harmless(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static void
write_line(const char *text)
{
	if (log_to_syslog)
		syslog(LOG_WARNING, "%s", text);
	else
		(void)dprintf(log_fd, "privrun: %s\n", text);
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
	make_harmless(record.text);
	switch (record.kind) {
	case RECORD_LINE:
		write_line(record.text);
		break;
	case RECORD_TELL:
		(void)dprintf(STDERR_FILENO, "privrun: %s\n", record.text);
		(void)channel_send(channel, "", 1, NULL, 0);
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

/* SPDX-License-Identifier: ISC */
/*
 * Questions. Who asks is the kernel's word; root may ask all, others what is
 * their own: the cards that this process was left are no others'. It holds no
 * right and can open nothing: all that it can tell it was forked with.
 */
#include "control.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define LIBBSD_OPENBSD_VIS /* strvis(3) alone is used */
#include <vis.h>

#include "../client-lib/protocol.h"
#include "board.h"
#include "card.h"
#include "config.h"
#include "explain.h"
#include "control_log.h"
#include "log.h"
#include "memory_text.h"
#include "peer.h"
#include "policy/policy.h"
#include "session/identity.h"
#include "session/jail.h"
#include "session/oom.h"
#include "session/refusal.h"
#include "version.h"

#define ANSWER_WAIT 10000 /* milliseconds, for all rows */
#define LOAD_WAIT 60000

struct control {
	const struct control_start *start;
	struct wire *wire;
	bool root;
	uint32_t number; /* of the question */
	int64_t deadline;
	uint32_t begun; /* loads, before the monitor was told */
	int told;       /* 0, or errno */
	char reason[PROTOCOL_REASON_MAX + 1];
};

/* --- what is sent */

/* A row, whose fields follow. */
static void
begin_row(struct control *c, uint32_t fields)
{
	wire_start(c->wire, PROTOCOL_ROW);
	(void)wire_put_u32(c->wire, fields);
}

static void
put_number(struct control *c, const char *name, uint64_t number)
{
	(void)wire_put_string(c->wire, name);
	(void)wire_put_u32(c->wire, PROTOCOL_NUMBER);
	(void)wire_put_u64(c->wire, number);
}

/* What is too long is cut; nothing but printing characters is sent. */
static void
put_text(struct control *c, const char *name, const char *text)
{
	static char escaped[PROTOCOL_TEXT_MAX + 1];

	(void)strnvis(escaped, text, sizeof(escaped),
	    VIS_CSTYLE | VIS_NL | VIS_TAB | VIS_NOSLASH);
	(void)wire_put_string(c->wire, name);
	(void)wire_put_u32(c->wire, PROTOCOL_TEXT);
	(void)wire_put_string(c->wire, escaped);
}

/* A place in a file, of which only what is known is sent: of a whole file
   neither line nor column. */
static uint32_t
count_place(unsigned int line, unsigned int column)
{
	return 1 + (line != 0) + (column != 0);
}

static void
put_place(struct control *c, const char *file, unsigned int line,
    unsigned int column)
{
	put_text(c, "file", file);
	if (line != 0)
		put_number(c, "line", line);
	if (column != 0)
		put_number(c, "column", column);
}

static void
send_row(struct control *c)
{
	if (wire_send(c->start->sock, c->wire, protocol_answer, NULL, 0,
		c->deadline) == -1)
		_exit(1);
}

static void __attribute__((noreturn))
end(struct control *c, enum protocol_end outcome, const char *reason)
{
	wire_start(c->wire, PROTOCOL_END);
	(void)wire_put_u32(c->wire, outcome);
	(void)wire_put_string(c->wire, reason);
	send_row(c);
	_exit(0);
}

/* --- what is asked */

/* How many there are, and calls that these have room for. */
static size_t
count_sessions(const struct control_session *all, size_t n, uint64_t *calls)
{
	size_t i, count = 0;

	*calls = 0;
	for (i = 0; i < n; i++) {
		if (all[i].ended || card_kind(all[i].card) != CARD_SESSION)
			continue;
		count++;
		*calls += card_calls(all[i].card);
	}
	return count;
}

/* Of the limits root is told those in all, and beside them a user's. */
static void
put_most(struct control *c, const char *name, uint32_t in_all, uint32_t of_user)
{
	char own[PROTOCOL_FIELD_NAME_MAX + 1];

	put_number(c, name, c->root ? in_all : of_user);
	(void)snprintf(own, sizeof(own), "%s_per_user", name);
	if (c->root)
		put_number(c, own, of_user);
}

static enum protocol_end
answer_status(struct control *c)
{
	const struct control_start *start = c->start;
	const struct privd_config *config = start->config;
	size_t n, policies, rules, sessions;
	struct control_session *all = start->sessions(start->context, &n);
	uint64_t calls;

	policy_count(start->policies, &policies, &rules);
	sessions = count_sessions(all, n, &calls);
	begin_row(c, c->root ? 16 : 8);
	put_text(c, "version", PRIVD_VERSION);
	put_number(c, "began", (uint64_t)start->began);
	put_number(c, "loaded", (uint64_t)start->loaded);
	put_number(c, "sessions", sessions);
	put_most(c, "most_sessions", config->max_sessions,
	    config->max_sessions_per_user);
	put_number(c, "calls", calls);
	put_most(c, "most_calls", config->max_calls_in_all,
	    config->max_calls_per_user);
	put_most(c, "most_connections",
	    config->max_connections_per_second_in_all,
	    config->max_connections_per_second);
	if (c->root) {
		put_number(c, "pid", (uint64_t)start->monitor);
		put_number(c, "policies", policies);
		put_number(c, "rules", rules);
		put_text(c, "folder", config->policies);
		put_number(c, "refused_connections", start->excess);
	}
	send_row(c);
	free(all);
	return PROTOCOL_ANSWERED;
}

static enum protocol_end
answer_sessions(struct control *c)
{
	static struct card_head head;
	const struct control_start *start = c->start;
	size_t n, i;
	struct control_session *all = start->sessions(start->context, &n);

	for (i = 0; i < n; i++) {
		if (all[i].ended || card_read(all[i].card, &head) == -1 ||
		    head.kind != CARD_SESSION)
			continue;
		begin_row(c, 4);
		put_number(c, "pid", (uint64_t)all[i].pid);
		put_number(c, "uid", all[i].uid);
		put_number(c, "began", (uint64_t)all[i].began);
		put_text(c, "program", head.program);
		send_row(c);
	}
	free(all);
	return PROTOCOL_ANSWERED;
}

/* --- policies */

static bool
applies(const struct control *c, const struct policy_rule *rule)
{
	const struct peer *peer = c->start->peer;
	const struct policy_caller caller = {
		.uid = peer->uid,
		.gid = peer->gid,
		.groups = peer->groups,
		.ngroups = peer->ngroups,
	};

	return c->root || policy_applies(rule, &caller);
}

static void
send_rule(struct control *c, const char *program,
    const struct policy_rule *rule)
{
	struct memory_text memory;
	char *text = NULL;
	size_t len;
	FILE *out;

	if (rule != NULL && (out = memory_text_open(&memory)) != NULL) {
		policy_print_rule(rule, out);
		text = memory_text_close(out, &memory, &len);
	}
	begin_row(c, 2 + (rule != NULL ? count_place(rule->line, 0) : 0));
	put_text(c, "program", program);
	put_text(c, "rule", text != NULL ? text : "");
	if (rule != NULL)
		put_place(c, rule->file, rule->line, 0);
	send_row(c);
	free(text);
}

static void
send_image(struct control *c, const struct policy_image *image)
{
	const struct policy_rule *rule;
	size_t i, sent = 0;

	for (i = 0; i < policy_rule_count(image); i++) {
		rule = policy_rule(image, i);
		if (rule->action != POLICY_PERMIT ||
		    rule->identity.kind == POLICY_AS_CALLER ||
		    !applies(c, rule))
			continue;
		send_rule(c, policy_program(image), rule);
		sent++;
	}
	if (sent == 0) /* it confines */
		send_rule(c, policy_program(image), NULL);
}

static enum protocol_end
answer_policies(struct control *c)
{
	const struct policy_image *const *images;
	size_t n, i;

	n = policy_images(c->start->policies, &images);
	for (i = 0; i < n; i++)
		send_image(c, images[i]);
	return PROTOCOL_ANSWERED;
}

/* --- reading all anew */

static int
tell_monitor(pid_t monitor)
{
	int pidfd = (int)syscall(SYS_pidfd_open, monitor, 0), result;

	if (pidfd == -1)
		return -1;
	/* It is the parent still, so it was when the pidfd was made. */
	result = -1;
	errno = ESRCH;
	if (getppid() == monitor)
		result = (int)syscall(SYS_pidfd_send_signal, pidfd, SIGHUP,
		    NULL, 0);
	close(pidfd);
	return result;
}

static void
send_error(struct control *c, const struct board_error *error)
{
	begin_row(c, 1 + count_place(error->line, error->column));
	put_place(c, error->file, error->line, error->column);
	put_text(c, "message", error->text);
	send_row(c);
}

static enum protocol_end
answer_reload(struct control *c)
{
	static struct board_outcome outcome;
	uint32_t i;

	if (!c->root) {
		(void)strlcpy(c->reason, "root alone may have it reloaded",
		    sizeof(c->reason));
		return PROTOCOL_DENIED;
	}
	if (c->told != 0 ||
	    board_wait(c->start->board, c->begun, LOAD_WAIT, &outcome) == -1) {
		(void)snprintf(c->reason, sizeof(c->reason), "the daemon: %s",
		    strerror(c->told != 0 ? c->told : errno));
		return PROTOCOL_FAILED;
	}
	c->deadline = wire_deadline(ANSWER_WAIT);
	for (i = 0; i < outcome.count && i < BOARD_ERRORS_MAX; i++)
		send_error(c, &outcome.errors[i]);
	if (!outcome.failed)
		return PROTOCOL_ANSWERED;
	(void)snprintf(c->reason, sizeof(c->reason),
	    "%u error%s: what is in force stays as it is", outcome.count,
	    outcome.count == 1 ? "" : "s");
	return PROTOCOL_FAILED;
}

/* --- refusals */

#define SHOWN_MAX 16

struct shown {
	const struct control_session *session;
	struct refusal refusal;
};

/* The last ones, the newest first. */
struct newest {
	struct shown *shown[SHOWN_MAX];
	size_t count;
};

/* Of two that are not told apart by time, the later of one session's. */
static bool
is_newer(const struct shown *a, const struct shown *b)
{
	if (a->refusal.time != b->refusal.time || a->session != b->session)
		return a->refusal.time > b->refusal.time;
	return a->refusal.turn > b->refusal.turn;
}

/* Takes it over, or frees what it displaces. */
static void
keep_newest(struct newest *newest, struct shown *one)
{
	size_t i;

	if (newest->count == SHOWN_MAX) {
		if (!is_newer(one, newest->shown[SHOWN_MAX - 1])) {
			free(one);
			return;
		}
		free(newest->shown[--newest->count]);
	}
	for (i = newest->count++; i > 0; i--) {
		if (!is_newer(one, newest->shown[i - 1]))
			break;
		newest->shown[i] = newest->shown[i - 1];
	}
	newest->shown[i] = one;
}

static bool
is_about(const struct control *c, const struct shown *one)
{
	return c->number == 0 || c->number == (uint32_t)one->session->pid ||
	    c->number == (uint32_t)one->refusal.pid;
}

static void
gather(const struct control *c, const struct control_session *session,
    struct newest *newest)
{
	struct refusal_view view;
	struct shown *one;
	unsigned int n;

	for (n = 0; n < REFUSALS; n++) {
		one = malloc(sizeof(*one));
		if (one == NULL)
			return;
		one->session = session;
		if (card_read_refusal(session->card, n, &one->refusal) &&
		    refusal_take(&one->refusal, &view) && is_about(c, one))
			keep_newest(newest, one);
		else
			free(one);
	}
}

static void
send_refusal(struct control *c, const struct shown *one)
{
	static char text[EXPLAIN_MAX];
	struct refusal_view view;

	if (!refusal_take(&one->refusal, &view))
		return;
	begin_row(c, 12 + count_place(view.line, 0));
	put_number(c, "pid", (uint64_t)view.pid);
	put_number(c, "uid", one->session->uid);
	put_number(c, "time", (uint64_t)view.time / 1000000000);
	put_text(c, "program", view.program);
	put_text(c, "call", view.call->name);
	explain_request(&view, text, sizeof(text));
	put_text(c, "request", text);
	put_text(c, "check", explain_check(&view));
	explain_reason(&view, text, sizeof(text));
	put_text(c, "reason", text);
	put_text(c, "error",
	    strerrorname_np(view.error) != NULL ? strerrorname_np(view.error) :
						  "");
	put_text(c, "policy", view.policy);
	put_place(c, *view.file != '\0' ? view.file : view.home, view.line, 0);
	explain_rule(&view, one->session->uid, text, sizeof(text));
	put_text(c, "permit", text);
	explain_place(&view, c->start->config->policies, text, sizeof(text));
	put_text(c, "where", text);
	send_row(c);
}

static enum protocol_end
answer_refusals(struct control *c)
{
	const struct control_start *start = c->start;
	size_t n, i;
	struct control_session *all = start->sessions(start->context, &n);
	struct newest newest = { .count = 0 };

	for (i = 0; i < n; i++)
		gather(c, &all[i], &newest);
	for (i = 0; i < newest.count; i++) {
		send_refusal(c, newest.shown[i]);
		free(newest.shown[i]);
	}
	free(all);
	return PROTOCOL_ANSWERED;
}

/* --- the log */

static void
show_line(void *context, const char *text, const char *json)
{
	struct control *c = context;

	begin_row(c, 2);
	put_text(c, "line", text);
	put_text(c, "json", json);
	c->deadline = WIRE_NEVER; /* only he is waiting */
	send_row(c);
}

static enum protocol_end
answer_log(struct control *c, bool follow)
{
	int outcome = control_log(log_channel(), c->start->sock, follow,
	    show_line, c);

	if (outcome == PROTOCOL_BUSY)
		(void)strlcpy(c->reason, "too many read the log",
		    sizeof(c->reason));
	return (enum protocol_end)outcome;
}

static enum protocol_end
answer_lines(struct control *c)
{
	return answer_log(c, false);
}

static enum protocol_end
answer_follow(struct control *c)
{
	return answer_log(c, true);
}

/* --- */

static const struct topic {
	uint32_t topic;
	enum protocol_end (*answer)(struct control *);
} topics[] = {
	{ PROTOCOL_STATUS, answer_status },
	{ PROTOCOL_SESSIONS, answer_sessions },
	{ PROTOCOL_POLICIES, answer_policies },
	{ PROTOCOL_RELOAD, answer_reload },
	{ PROTOCOL_REFUSALS, answer_refusals },
	{ PROTOCOL_LINES, answer_lines },
	{ PROTOCOL_FOLLOW, answer_follow },
};

static const struct topic *
find_topic(uint32_t number)
{
	size_t i;

	for (i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		if (topics[i].topic == number)
			return &topics[i];
	return NULL;
}

/* NULL: there is no such topic. A message that is not as it should be is not
   answered. */
static const struct topic *
take_question(struct control *c)
{
	uint32_t topic;

	(void)wire_get_u32(c->wire, &topic);
	(void)wire_get_u32(c->wire, &c->number);
	if (wire_get_end(c->wire) == -1)
		_exit(1);
	return find_topic(topic);
}

/*
 * The last id of the range is no session's: of the ids of one the last are
 * not used. Nobody but who does the same has it.
 */
static int
drop_rights(const struct control_start *start)
{
	static const struct jail_rule allowed[] = {
		{ SYS_sendmsg, 0, 0, 0 },
		/* the log's: to no address */
		{ SYS_sendto, UINT32_MAX, 0, 5 },
		{ SYS_recvfrom, 0, 0, 0 },
		{ SYS_poll, 0, 0, 0 },
		{ SYS_ppoll, 0, 0, 0 },
		{ SYS_pread64, 0, 0, 0 },
		{ SYS_close, 0, 0, 0 },
	};
	const struct identity id = {
		.uid = start->config->uid_last,
		.gid = start->config->uid_last,
		.fsuid = start->config->uid_last,
		.fsgid = start->config->uid_last,
	};

	if (identity_assume(&id, start->monitor) == -1)
		return -1;
	return jail_seccomp(allowed, sizeof(allowed) / sizeof(allowed[0]));
}

/* Who is not admitted is told nothing. */
static void
check_asker(struct control *c)
{
	if (!peer_is_admitted(c->start->peer, c->start->config))
		end(c, PROTOCOL_DENIED,
		    "privd is not for this user: see privd.conf(5)");
	if (c->start->talks >= CONTROL_USER_MAX)
		end(c, PROTOCOL_BUSY, "too many questions at once");
}

void
control_main(const struct control_start *start, struct wire *wire)
{
	static struct control control;
	struct control *c = &control;
	const struct topic *topic = NULL;

	c->start = start;
	c->wire = wire;
	c->root = start->peer->uid == 0;
	oom_expose();
	if (start->card != -1)
		(void)card_write(start->card, CARD_TALK, "", 0);
	if (c->root) {
		topic = take_question(c);
		c->begun = board_begun(start->board);
		if (topic != NULL && topic->answer == answer_reload &&
		    tell_monitor(start->monitor) == -1)
			c->told = errno;
	}
	if (drop_rights(start) == -1)
		_exit(1);
	if (!c->root)
		topic = take_question(c);
	if (topic == NULL ||
	    (topic->answer != answer_lines && topic->answer != answer_follow))
		log_leave();
	c->deadline = wire_deadline(ANSWER_WAIT);
	check_asker(c);
	if (topic == NULL)
		end(c, PROTOCOL_UNKNOWN,
		    "this privd does not know the question");
	end(c, topic->answer(c), c->reason);
}

/* SPDX-License-Identifier: ISC */
/*
 * What the peer sends says what it would like. Who it is was learned from the
 * kernel, twice is looked whether it is privrun that nobody can have touched
 * (before it is offered anything, and when its listener was taken from it),
 * and what it executes the judge sees. It reads nothing of the peer's but
 * these messages, and of the program no more than its name and its numbers.
 */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "../client-lib/protocol.h"
#include "board.h"
#include "card.h"
#include "config.h"
#include "control.h"
#include "log.h"
#include "notify/notify.h"
#include "peer.h"
#include "resolve/resolve.h"
#include "policy/policy.h"
#include "session/channel.h"
#include "session/descriptors.h"
#include "session/keeper.h"
#include "session/page.h"
#include "session/session.h"
#include "vacancy.h"

#define READY_WAIT 5000 /* milliseconds */

struct launching {
	const struct launch_start *start;
	struct stat launcher;
	struct session_options options;
	struct session_program program;
	char path[PATH_MAX];
	char file[PATH_MAX];
	char folder[PATH_MAX];
	char reason[PROTOCOL_REASON_MAX + 1];
	bool reads; /* the user, what is logged */
	int reader; /* his end of that; -1 */
	struct wire wire;
};

/* Further variables that the program may be told of. */
static void
put_kept(struct launching *l)
{
	char *const *names = l->start->config->keep_environment;
	const char *kept[PROTOCOL_NAMES_MAX];
	size_t n = 0;

	while (names != NULL && names[n] != NULL && n < PROTOCOL_NAMES_MAX) {
		kept[n] = names[n];
		n++;
	}
	(void)wire_put_strings(&l->wire, kept, n);
}

static void
send_plan(struct launching *l, enum protocol_outcome outcome,
    const struct sock_filter *insns, size_t count)
{
	bool reads = outcome == PROTOCOL_GO && l->reader != -1;

	wire_start(&l->wire, reads ? PROTOCOL_PLAN_LOG : PROTOCOL_PLAN);
	(void)wire_put_u32(&l->wire, outcome);
	(void)wire_put_string(&l->wire, l->reason);
	(void)wire_put_bytes(&l->wire, insns, count * sizeof(*insns));
	put_kept(l);
	if (wire_send(l->start->sock, &l->wire, protocol_privd, &l->reader,
		reads ? 1 : 0, wire_deadline(READY_WAIT)) == -1)
		exit(1);
	if (reads)
		close(l->reader);
}

/* Whose it is the logger knows; the peer's words it escapes. */
static void
record(const struct launching *l, const char *what)
{
	log_write(LOG_NOTICE, "%s: %s: %s", l->path, what, l->reason);
}

static void __attribute__((noreturn))
end(struct launching *l, enum protocol_outcome outcome)
{
	record(l, outcome == PROTOCOL_PLAIN ? "not elevated" : "refused");
	send_plan(l, outcome, NULL, 0);
	exit(0);
}

static void __attribute__((noreturn, format(printf, 3, 4)))
refuse(struct launching *l, enum protocol_outcome outcome, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(l->reason, sizeof(l->reason), fmt, ap);
	va_end(ap);
	end(l, outcome);
}

/* A message that is not as it should be is not answered. */
static void
receive(struct launching *l, enum protocol_type type, int wait)
{
	if (wire_receive(l->start->sock, &l->wire, protocol_launcher,
		wire_deadline(wait)) != 1 ||
	    l->wire.type != type)
		exit(1);
}

/* A hello; or a question, which is not answered here. */
static void
receive_first(struct launching *l)
{
	const struct launch_start *start = l->start;
	bool root = start->peer->uid == 0;

	/* Root alone may ask what is on it. */
	if (!root)
		board_leave(start->control->board);
	if (wire_receive(start->sock, &l->wire, protocol_first,
		wire_deadline(LAUNCH_HELLO_WAIT)) != 1)
		exit(1);
	if (l->wire.type == PROTOCOL_ASK) {
		close(start->registered); /* it is no session */
		if (start->vacancy != NULL)
			vacancy_clear(start->vacancy);
		control_main(start->control, &l->wire);
	}
	if (root)
		board_leave(start->control->board);
}

static void
take_path(struct launching *l, char *path)
{
	const char *text;

	if (wire_get_string(&l->wire, &text, PROTOCOL_PATH_MAX) == 0)
		(void)strlcpy(path, text, PATH_MAX);
}

static int
take_hello(struct launching *l)
{
	uint32_t flags;

	(void)wire_get_u32(&l->wire, &flags);
	take_path(l, l->path);
	take_path(l, l->file);
	take_path(l, l->folder);
	if (wire_get_end(&l->wire) == -1 || (flags & ~PROTOCOL_FLAGS) != 0)
		exit(1);
	l->options.automatic = true;
	l->options.log_channel = log_channel();
	l->options.max_lines = l->start->config->max_lines_per_second;
	l->options.templates = l->start->config->templates;
	l->options.inherit = (flags & PROTOCOL_INHERIT) != 0;
	l->options.no_alias = (flags & PROTOCOL_NO_ALIAS) != 0;
	l->options.no_user = (flags & PROTOCOL_NO_USER) != 0;
	l->reads = (flags & PROTOCOL_LOG) != 0;
	if (l->file[0] != '\0')
		l->options.policy_file = l->file;
	if (l->folder[0] != '\0')
		l->options.policy_folder = l->folder;
	return wire_take_fd(&l->wire, 0);
}

/* Does the system give it anything? */
static bool
is_elevated(const struct launching *l)
{
	const struct policy_image *image = policy_find(l->start->policies,
	    POLICY_SYSTEM, l->path);
	size_t i, n = image != NULL ? policy_rule_count(image) : 0;

	for (i = 0; i < n; i++)
		if (policy_rule(image, i)->identity.kind != POLICY_AS_CALLER)
			return true;
	return false;
}

/*
 * Who may not have a session, or none now. Where he would get nothing by it
 * there is nothing to refuse: his own sessions are his own affair. Whom it is
 * not for has no more than these of any program.
 */
static void
ask_for_place(struct launching *l)
{
	const struct launch_start *start = l->start;
	const char *refusal = start->refusal;

	l->options.max_calls = start->calls;
	if (refusal == NULL && start->vacancy == NULL)
		return;
	if (!is_elevated(l))
		end(l, PROTOCOL_PLAIN);
	if (start->vacancy != NULL) {
		refusal = vacancy_wait(start->vacancy, &l->options.max_calls);
		vacancy_clear(start->vacancy);
	}
	if (refusal != NULL)
		refuse(l, start->passes ? PROTOCOL_REFUSED : PROTOCOL_PLAIN,
		    "%s", refusal);
}

/*
 * The program is what the descriptor is of, if it has the name that was said
 * here as well. (A walk of ours along a name of the peer's could be led
 * anywhere; the name of what is open already was walked by itself.)
 */
static void
take_program(struct launching *l, int fd)
{
	char link[32], name[PATH_MAX];
	struct stat st;
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name) - 1);
	if (n == -1 || fstat(fd, &l->program.st) == -1 ||
	    !S_ISREG(l->program.st.st_mode))
		exit(1);
	name[n] = '\0';
	if (strcmp(name, l->path) != 0)
		refuse(l, PROTOCOL_REFUSED, "it is not what was opened: %s",
		    name);
	if (lstat(name, &st) == -1 || !resolve_same(&st, &l->program.st))
		refuse(l, PROTOCOL_REFUSED, "it is not there any more");
	l->program.path = l->path;
	close(fd);
}

static void
plan(struct launching *l, struct session_plan *plan)
{
	const struct peer *peer = l->start->peer;
	const struct session_peer user = {
		.uid = peer->uid,
		.gid = peer->gid,
		.groups = peer->groups,
		.ngroups = peer->ngroups,
	};
	int status;

	status = session_plan_peer(&l->options, &user, &l->program,
	    l->start->policies, plan, l->reason, sizeof(l->reason));
	if (status == SESSION_EXIT_PLAIN)
		end(l, PROTOCOL_PLAIN);
	if (status != 0)
		end(l, PROTOCOL_REFUSED);
	if (!plan->marked)
		refuse(l, PROTOCOL_PLAIN,
		    "it does not carry the mark: privctl mark %s", l->path);
}

/* A channel of ours: whatever the peer gave could lead to anybody. */
static void
open_log(struct launching *l)
{
	int fds[2];

	if (!l->reads)
		return;
	if (channel_pair(fds) == -1)
		refuse(l, PROTOCOL_REFUSED, "%s", strerror(errno));
	l->reader = fds[0];
	l->options.user_channel = fds[1];
}

static void
check_peer(struct launching *l)
{
	if (stat(l->start->launcher, &l->launcher) == -1)
		refuse(l, PROTOCOL_PLAIN, "%s: %s", l->start->launcher,
		    strerror(errno));
	if (peer_check(l->start->peer, &l->launcher, PEER_ASKS, l->reason,
		sizeof(l->reason)) == -1)
		end(l, PROTOCOL_PLAIN);
}

/* From its offer to the moment in which it is under the filter. */
static void
launch(struct launching *l, struct keeper *keeper)
{
	const struct sock_filter *insns;
	uint32_t number;
	size_t count;

	if (keeper_offer(keeper, l->start->sock, l->reason, sizeof(l->reason),
		&insns, &count) != 0) {
		keeper_give_up(keeper);
		end(l, PROTOCOL_REFUSED);
	}
	/* From now on it depends on somebody. */
	if (card_write(l->start->card, CARD_LAUNCHING, l->path, 0) == -1)
		refuse(l, PROTOCOL_REFUSED, "%s", strerror(errno));
	send_plan(l, PROTOCOL_GO, insns, count);
	keeper_get_ready(keeper);
	receive(l, PROTOCOL_READY, READY_WAIT);
	(void)wire_get_u32(&l->wire, &number);
	if (wire_get_end(&l->wire) == -1 || number > INT_MAX ||
	    keeper_fetch_listener(keeper, (int)number) == -1) {
		(void)strlcpy(l->reason, "it has no listener, or no badge",
		    sizeof(l->reason));
		record(l, "no session");
		keeper_give_up(keeper);
		exit(1);
	}
}

void
launch_learn(struct policy_set *policies)
{
	session_prepare(policies);
	(void)peer_prepare();
}

void
launch_main(const struct launch_start *start)
{
	static struct launching l;
	static struct session_plan session;
	struct keeper *keeper = NULL;
	struct page *page;
	int fd;

	l.start = start;
	l.reader = -1;
	receive_first(&l);
	fd = take_hello(&l);
	ask_for_place(&l);
	/* Nothing is kept of what only questions need, and who waits. */
	descriptors_keep_only((int[]){ start->sock, start->peer->pidfd,
				  start->card, start->registered, fd,
				  log_channel() },
	    6);
	take_program(&l, fd);
	check_peer(&l);
	open_log(&l);
	plan(&l, &session);
	/* Without them nothing can be explained; that is all. */
	session.options.refusals = card_map_refusals(start->card);
	page = page_new(session.options.max_calls);
	if (page != NULL)
		keeper = keeper_new(&session, page, start->peer->pid,
		    start->peer->pidfd, start->first_id);
	if (keeper == NULL)
		refuse(&l, PROTOCOL_REFUSED, "%s", strerror(errno));
	launch(&l, keeper);
	if (peer_check(start->peer, &l.launcher, PEER_LAUNCHED, l.reason,
		sizeof(l.reason)) == -1) {
		record(&l, "no session");
		keeper_give_up(keeper);
		exit(1);
	}
	(void)card_write(start->card, CARD_SESSION, l.path,
	    session.options.max_calls);
	close(start->sock);
	keeper_serve(keeper);
}

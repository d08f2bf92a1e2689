/* SPDX-License-Identifier: ISC */
/*
 * Each process is forked here, closes what is not its own, unmaps what it
 * shall not see, and becomes what it is; the rights for that are raised by the
 * keeper before (crew_raise_rights), or by the scribe itself.
 */
#include "crew.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/capability.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "budget.h"
#include "channel.h"
#include "descriptors.h"
#include "fetcher.h"
#include "hand.h"
#include "identity.h"
#include "journal.h"
#include "page.h"
#include "scribe.h"

/* Of the ids, in this order; hands are the last. */
enum role {
	ROLE_JUDGE,
	ROLE_FETCHER,
	ROLE_SCRIBE,
	ROLE_HAND
};

#define WRITE_WAIT 2000 /* milliseconds, for the last lines */

static uid_t
own_id(const struct crew *crew, enum role role, unsigned int number)
{
	return crew->first_id + role + number;
}

void
crew_fail(const struct crew *crew, const char *what)
{
	warn("the session: %s", what);
	(void)syscall(SYS_pidfd_send_signal, crew->pidfd, SIGKILL, NULL, 0);
	_exit(SESSION_EXIT_REFUSED);
}

int
crew_init(struct crew *crew, const struct session_plan *plan, struct page *page,
    pid_t program, int pidfd, uid_t first_id)
{
	size_t i;

	memset(crew, 0, sizeof(*crew));
	crew->plan = plan;
	crew->page = page;
	crew->program = program;
	crew->pidfd = pidfd;
	crew->first_id = first_id;
	crew->listener = crew->signals = crew->record = crew->say = -1;
	crew->held = identity_permitted();
	/* Of all of them at once. */
	if (plan->root && plan->separate && identity_drop_bounding_set() == -1)
		return -1;
	crew->journal = journal_new();
	crew->budget = budget_memory_new();
	if (crew->journal == NULL || crew->budget == NULL)
		return -1;
	for (i = 0; i < plan->nhands; i++) {
		crew->budgets[i] = budget_memory_new();
		if (crew->budgets[i] == NULL)
			return -1;
	}
	return 0;
}

int
crew_drop_rights(struct crew *crew)
{
	const uint64_t killing = 1ULL << CAP_KILL;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return -1;
	return crew->plan->root ?
	    identity_set_caps(crew->held, crew->held & killing, 0) :
	    0;
}

int
crew_raise_rights(const struct crew *crew)
{
	return crew->plan->root ? identity_set_caps(crew->held, crew->held, 0) :
				  0;
}

/* What ps(1) shows of it. */
static pid_t
fork_as(const char *name, struct crew_member *member)
{
	member->pid = fork();
	if (member->pid == -1)
		return -1;
	if (member->pid == 0) {
		(void)prctl(PR_SET_NAME, name, 0, 0, 0);
		return 0;
	}
	member->pidfd = (int)syscall(SYS_pidfd_open, member->pid, 0);
	return member->pid;
}

static pid_t
add_member(struct crew *crew, const char *name)
{
	struct crew_member *member = &crew->members[crew->nmembers];
	pid_t pid = fork_as(name, member);

	if (pid == 0)
		return 0;
	if (pid == -1)
		crew_fail(crew, "fork");
	crew->nmembers++;
	if (member->pidfd == -1)
		crew_fail(crew, "pidfd");
	return pid;
}

static pid_t
newest(const struct crew *crew)
{
	return crew->members[crew->nmembers - 1].pid;
}

/* What is the judge's is not for the others, and what each hand has counted
   for itself alone. */
static void
hide(const struct crew *crew, int hand)
{
	size_t i;

	page_hide(crew->page, crew->plan->options.max_calls);
	journal_hide(crew->journal);
	budget_hide(crew->budget);
	for (i = 0; i < crew->plan->nhands; i++)
		if ((int)i != hand)
			budget_hide(crew->budgets[i]);
}

static void
pair(const struct crew *crew, int fds[2])
{
	if (channel_pair(fds) == -1)
		crew_fail(crew, "channel");
}

/* Hands that act on processes ask it who these are. */
static void
start_fetcher(struct crew *crew, struct judge_start *start)
{
	const struct session_plan *plan = crew->plan;
	struct fetcher_start fetcher = {
		.plan = plan,
		.own = own_id(crew, ROLE_FETCHER, 0),
		.parent = getpid(),
		.listener = crew->listener,
		.judge = -1,
	};
	int keep[SESSION_HANDS_MAX + 2], fds[2];
	size_t n = 0, i;

	if (plan->separate) {
		pair(crew, fds);
		start->fetcher = fds[0];
		fetcher.judge = keep[n++] = fds[1];
	}
	for (i = 0; i < plan->nhands; i++) {
		if (!plan->hands[i].targets)
			continue;
		pair(crew, fds);
		crew->names[i] = fds[0];
		fetcher.hands[fetcher.nhands++] = keep[n++] = fds[1];
	}
	if (n == 0)
		return;
	keep[n++] = crew->listener;
	if (add_member(crew, "privd-fetcher") == 0) {
		descriptors_keep_only(keep, n);
		hide(crew, -1);
		fetcher_main(&fetcher);
	}
	for (i = 0; i < n - 1; i++)
		close(keep[i]);
}

static int
start_hand(struct crew *crew, unsigned int number, bool is_double)
{
	struct hand_start start = {
		.plan = crew->plan,
		.number = number,
		.own = own_id(crew, ROLE_HAND, number),
		.parent = getpid(),
		.names = is_double ? -1 : crew->names[number],
		.budget = is_double ? NULL : crew->budgets[number],
	};
	int fds[2];

	pair(crew, fds);
	if (add_member(crew, is_double ? "privd-double" : "privd-hand") == 0) {
		descriptors_keep_only((int[]){ fds[1], start.names }, 2);
		start.channel = fds[1];
		hide(crew, is_double ? -1 : (int)number);
		if (is_double)
			hand_double_main(&start);
		hand_main(&start);
	}
	close(fds[1]);
	if (start.names != -1)
		close(start.names);
	return fds[0];
}

static void __attribute__((noreturn))
become_judge(const struct crew *crew, struct judge_start *start)
{
	int keep[SESSION_HANDS_MAX + 6];
	size_t n = 0, i;

	keep[n++] = start->record;
	keep[n++] = start->signals;
	keep[n++] = start->listener;
	keep[n++] = start->fetcher;
	keep[n++] = start->twin;
	keep[n++] = start->setup;
	for (i = 0; i < crew->plan->nhands; i++)
		keep[n++] = start->hands[i];
	descriptors_keep_only(keep, n);
	for (i = 0; i < crew->plan->nhands; i++)
		budget_hide(crew->budgets[i]);
	judge_main(start);
}

void
crew_start_judge(struct crew *crew, struct judge_start *start)
{
	int record[2], signals[2];

	pair(crew, record);
	pair(crew, signals);
	start->parent = getpid();
	start->own = own_id(crew, ROLE_JUDGE, 0);
	start->record = record[1];
	start->signals = signals[1];
	if (add_member(crew, "privd-judge") == 0)
		become_judge(crew, start);
	close(signals[1]);
	crew->record = record[0];
	crew->say = record[1];
	crew->signals = signals[0];
	crew->judge = newest(crew);
	atomic_store(&crew->page->judge, crew->judge);
}

void
crew_init_judge(const struct crew *crew, struct judge_start *start)
{
	size_t i;

	memset(start, 0, sizeof(*start));
	start->plan = crew->plan;
	start->page = crew->page;
	start->journal = crew->journal;
	start->budget = crew->budget;
	start->program = crew->program;
	start->listener = crew->listener;
	start->fetcher = -1;
	start->twin = -1;
	start->setup = -1;
	for (i = 0; i < SESSION_HANDS_MAX; i++)
		start->hands[i] = -1;
}

void
crew_start_others(struct crew *crew, struct judge_start *start, bool has_double)
{
	unsigned int i;

	for (i = 0; i < SESSION_HANDS_MAX; i++)
		crew->names[i] = -1;
	start_fetcher(crew, start);
	for (i = 0; i < crew->plan->nhands; i++)
		start->hands[i] = start_hand(crew, i, false);
	if (has_double) {
		start->twin = start_hand(crew, 0, true);
		atomic_store(&crew->page->twin, newest(crew));
	}
}

void
crew_close_others(const struct crew *crew, const struct judge_start *start)
{
	size_t i;

	for (i = 0; i < crew->plan->nhands; i++)
		close(start->hands[i]);
	if (start->fetcher != -1)
		close(start->fetcher);
	if (start->twin != -1)
		close(start->twin);
}

bool
crew_start_scribe(struct crew *crew)
{
	struct scribe_start start = {
		.plan = crew->plan,
		.own = own_id(crew, ROLE_SCRIBE, 0),
		.parent = getpid(),
		.channel = crew->record,
	};

	if (fork_as("privd-scribe", &crew->scribe) == 0) {
		hide(crew, -1);
		if (crew_raise_rights(crew) == -1)
			_exit(SESSION_EXIT_REFUSED);
		scribe_main(&start);
	}
	if (crew->scribe.pid == -1) {
		crew->scribe.pid = 0;
		return false;
	}
	if (crew->scribe.pidfd == -1)
		crew_fail(crew, "pidfd");
	close(crew->record);
	crew->record = -1;
	return true;
}

static bool
is_waiting(int channel)
{
	struct pollfd pfd = { .fd = channel, .events = POLLIN };

	return channel != -1 && poll(&pfd, 1, 0) == 1 &&
	    (pfd.revents & POLLIN) != 0;
}

static void
close_and_forget(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static void
reap(struct crew *crew, const struct crew_member *member)
{
	int status;

	if (waitpid(member->pid, &status, 0) == member->pid &&
	    WIFEXITED(status) && WEXITSTATUS(status) == SESSION_EXIT_REFUSED)
		crew->refused = true;
	close(member->pidfd);
}

/* It ends by itself when nobody can say anything any more. */
void
crew_end_scribe(struct crew *crew)
{
	struct pollfd pfd;

	if (crew->scribe.pid == 0 && is_waiting(crew->record))
		(void)crew_start_scribe(crew);
	close_and_forget(&crew->say);
	close_and_forget(&crew->record);
	if (crew->scribe.pid == 0)
		return;
	pfd.fd = crew->scribe.pidfd;
	pfd.events = POLLIN;
	if (poll(&pfd, 1, WRITE_WAIT) != 1)
		(void)kill(crew->scribe.pid, SIGKILL);
	reap(crew, &crew->scribe);
	crew->scribe.pid = 0;
}

static void
end_all_but(struct crew *crew, pid_t spared)
{
	size_t i, n = 0;

	for (i = 0; i < crew->nmembers; i++)
		if (crew->members[i].pid != spared)
			(void)kill(crew->members[i].pid, SIGKILL);
	for (i = 0; i < crew->nmembers; i++)
		if (crew->members[i].pid != spared)
			reap(crew, &crew->members[i]);
		else
			crew->members[n++] = crew->members[i];
	crew->nmembers = n;
}

void
crew_end_others(struct crew *crew)
{
	end_all_but(crew, crew->judge);
}

bool
crew_has_judge(const struct crew *crew)
{
	size_t i;

	for (i = 0; i < crew->nmembers; i++)
		if (crew->members[i].pid == crew->judge)
			return !is_waiting(crew->members[i].pidfd);
	return false;
}

void
crew_end(struct crew *crew)
{
	end_all_but(crew, 0);
	close_and_forget(&crew->signals);
}

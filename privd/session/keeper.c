/* SPDX-License-Identifier: ISC */
/*
 * The keeper of one session. It reads no program's memory. It keeps a listener
 * of its own, the page of its calls, the judge's journal and what was spent of
 * limited rights, so that nothing is lost when judge, hand, fetcher or double
 * die: whichever does, all are ended and started anew, with new channels, so
 * that no successor hears a word that was meant for another; and the judge
 * goes on from page and journal (page.h, journal.h). What dies again and again
 * ends the session, and its calls in flight with an error.
 *
 * The keeper holds root's rights for that, in its permitted set; but for
 * starting processes only CAP_KILL is effective. What it hears of the judge
 * are records (record.c).
 */
#include "keeper.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/capability.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "budget.h"
#include "channel.h"
#include "descriptors.h"
#include "fetcher.h"
#include "hand.h"
#include "identity.h"
#include "journal.h"
#include "judge.h"
#include "page.h"
#include "record.h"
#include "session.h"
#include "sink.h"

/*
 * Each session's processes have ids that nobody else has: from a range that
 * no distribution gives out, by the keeper's process id.
 */
#define ID_BASE 0x70000000U
#define ID_SESSIONS (1U << 22) /* the kernel's limit of process ids */

enum role {
	ROLE_JUDGE,
	ROLE_FETCHER,
	ROLE_HAND
};

#define END_WAIT 1000 /* milliseconds */
#define OFFER_WAIT 30 /* seconds; of a successor */
#define DEATHS_MAX 32 /* within that many seconds */
#define DEATHS_TIME 60
#define LISTENER_TRIES 20000 /* of 50 microseconds: one second */

struct keeper {
	const struct session_plan *plan;
	struct page *page;
	struct session_plan *rest; /* the same, where the judge plans it */
	int setup;                 /* to that judge */
	struct judge_offer *offer; /* its */
	uid_t first_id;
	pid_t program;
	int pidfd; /* of the program */
	int listener;
	int record;
	int names[SESSION_HANDS_MAX]; /* of hands to the fetcher, -1 */
	struct journal *journal;
	struct budget_memory *budget; /* the judge's */
	struct budget_memory *budgets[SESSION_HANDS_MAX];
	struct {
		pid_t pid;
		int pidfd;
	} children[SESSION_HANDS_MAX + 3];
	size_t nchildren;
	bool refused;  /* one of them could not begin */
	uint64_t held; /* capabilities */
	time_t deaths[DEATHS_MAX];
	size_t ndeaths;
};

static uid_t
own_id(const struct keeper *keeper, enum role role, unsigned int number)
{
	return keeper->first_id + role + number;
}

/* Of a session that nobody else gives any. */
static uid_t
first_id_by_pid(void)
{
	return ID_BASE + ((unsigned int)getpid() % ID_SESSIONS) * KEEPER_IDS;
}

static void __attribute__((noreturn))
fail(const struct keeper *keeper, const char *what)
{
	warn("the session: %s", what);
	(void)syscall(SYS_pidfd_send_signal, keeper->pidfd, SIGKILL, NULL, 0);
	_exit(SESSION_EXIT_REFUSED);
}

/*
 * The launcher says which number its listener will have and then has it, at
 * once but without another word: every call of it is the filter's by then.
 */
int
keeper_fetch_listener(struct keeper *keeper, int number)
{
	const struct timespec moment = { 0, 50000 };
	int fd, tries;

	for (tries = 0; tries < LISTENER_TRIES; tries++) {
		fd = (int)syscall(SYS_pidfd_getfd, keeper->pidfd, number, 0);
		if (fd != -1) {
			keeper->listener = fd;
			return 0;
		}
		if (errno != EBADF)
			return -1;
		(void)nanosleep(&moment, NULL);
	}
	return -1;
}

static int
hear_of_listener(struct keeper *keeper, int channel)
{
	int number, fds[CHANNEL_FDS_MAX];
	size_t nfds;

	if (channel_receive(channel, &number, sizeof(number), fds, &nfds) !=
	    sizeof(number))
		return -1; /* it has said why */
	return keeper_fetch_listener(keeper, number);
}

static pid_t
fork_child(struct keeper *keeper)
{
	pid_t pid = fork();

	if (pid == -1)
		fail(keeper, "fork");
	if (pid == 0)
		return 0;
	keeper->children[keeper->nchildren].pid = pid;
	keeper->children[keeper->nchildren].pidfd = (int)syscall(SYS_pidfd_open,
	    pid, 0);
	if (keeper->children[keeper->nchildren++].pidfd == -1)
		fail(keeper, "pidfd");
	return pid;
}

/* What is the judge's is not for the others, and what each hand has counted
   for itself alone. */
static void
hide(const struct keeper *keeper, int hand)
{
	size_t i;

	page_hide(keeper->page, keeper->plan->options.max_calls);
	journal_hide(keeper->journal);
	budget_hide(keeper->budget);
	for (i = 0; i < keeper->plan->nhands; i++)
		if ((int)i != hand)
			budget_hide(keeper->budgets[i]);
}

static pid_t
newest_child(const struct keeper *keeper)
{
	return keeper->children[keeper->nchildren - 1].pid;
}

static void
end_children(struct keeper *keeper)
{
	size_t i;
	int status;

	for (i = 0; i < keeper->nchildren; i++)
		(void)kill(keeper->children[i].pid, SIGKILL);
	for (i = 0; i < keeper->nchildren; i++) {
		if (waitpid(keeper->children[i].pid, &status, 0) ==
			keeper->children[i].pid &&
		    WIFEXITED(status) &&
		    WEXITSTATUS(status) == SESSION_EXIT_REFUSED)
			keeper->refused = true;
		close(keeper->children[i].pidfd);
	}
	keeper->nchildren = 0;
}

static void
pair(const struct keeper *keeper, int fds[2])
{
	if (channel_pair(fds) == -1)
		fail(keeper, "channel");
}

/* Hands that act on processes ask it who these are. */
static void
start_fetcher(struct keeper *keeper, struct judge_start *start)
{
	const struct session_plan *plan = keeper->plan;
	struct fetcher_start fetcher = {
		.plan = plan,
		.own = own_id(keeper, ROLE_FETCHER, 0),
		.parent = getpid(),
		.listener = keeper->listener,
		.judge = -1,
	};
	int keep[SESSION_HANDS_MAX + 2], fds[2];
	size_t n = 0, i;

	if (plan->separate) {
		pair(keeper, fds);
		start->fetcher = fds[0];
		fetcher.judge = keep[n++] = fds[1];
	}
	for (i = 0; i < plan->nhands; i++) {
		if (!plan->hands[i].targets)
			continue;
		pair(keeper, fds);
		keeper->names[i] = fds[0];
		fetcher.hands[fetcher.nhands++] = keep[n++] = fds[1];
	}
	if (n == 0)
		return;
	keep[n++] = keeper->listener;
	if (fork_child(keeper) == 0) {
		descriptors_keep_only(keep, n);
		hide(keeper, -1);
		fetcher_main(&fetcher);
	}
	for (i = 0; i < n - 1; i++)
		close(keep[i]);
}

static int
start_hand(struct keeper *keeper, unsigned int number, bool is_double)
{
	struct hand_start start = {
		.plan = keeper->plan,
		.number = number,
		.own = own_id(keeper, ROLE_HAND, number),
		.parent = getpid(),
		.names = is_double ? -1 : keeper->names[number],
		.budget = is_double ? NULL : keeper->budgets[number],
	};
	int fds[2];

	pair(keeper, fds);
	if (fork_child(keeper) == 0) {
		descriptors_keep_only((int[]){ fds[1], start.names }, 2);
		start.channel = fds[1];
		hide(keeper, is_double ? -1 : (int)number);
		if (is_double)
			hand_double_main(&start);
		hand_main(&start);
	}
	close(fds[1]);
	if (start.names != -1)
		close(start.names);
	return fds[0];
}

static void
start_judge(struct keeper *keeper, struct judge_start *start)
{
	int keep[SESSION_HANDS_MAX + 5], fds[2];
	size_t n = 0, i;

	pair(keeper, fds);
	start->parent = getpid();
	start->own = own_id(keeper, ROLE_JUDGE, 0);
	if (fork_child(keeper) == 0) {
		start->record = fds[1];
		keep[n++] = fds[1];
		keep[n++] = start->listener;
		keep[n++] = start->fetcher;
		keep[n++] = start->twin;
		keep[n++] = start->setup;
		for (i = 0; i < keeper->plan->nhands; i++)
			keep[n++] = start->hands[i];
		descriptors_keep_only(keep, n);
		for (i = 0; i < keeper->plan->nhands; i++)
			budget_hide(keeper->budgets[i]);
		judge_main(start);
	}
	close(fds[1]);
	keeper->record = fds[0];
	atomic_store(&keeper->page->judge, newest_child(keeper));
}

static void
init_start(const struct keeper *keeper, struct judge_start *start)
{
	size_t i;

	memset(start, 0, sizeof(*start));
	start->plan = keeper->plan;
	start->page = keeper->page;
	start->journal = keeper->journal;
	start->budget = keeper->budget;
	start->program = keeper->program;
	start->listener = keeper->listener;
	start->fetcher = -1;
	start->twin = -1;
	start->setup = -1;
	for (i = 0; i < SESSION_HANDS_MAX; i++)
		start->hands[i] = -1;
}

/* All but the judge; what it will need of them is in start. */
static void
start_others(struct keeper *keeper, struct judge_start *start, bool has_double)
{
	unsigned int i;

	for (i = 0; i < SESSION_HANDS_MAX; i++)
		keeper->names[i] = -1;
	start_fetcher(keeper, start);
	for (i = 0; i < keeper->plan->nhands; i++)
		start->hands[i] = start_hand(keeper, i, false);
	if (has_double) {
		start->twin = start_hand(keeper, 0, true);
		atomic_store(&keeper->page->twin, newest_child(keeper));
	}
}

static void
close_others(const struct keeper *keeper, const struct judge_start *start)
{
	size_t i;

	for (i = 0; i < keeper->plan->nhands; i++)
		close(start->hands[i]);
	if (start->fetcher != -1)
		close(start->fetcher);
	if (start->twin != -1)
		close(start->twin);
}

static void
start_processes(struct keeper *keeper)
{
	struct judge_start start;

	init_start(keeper, &start);
	start_others(keeper, &start, keeper->plan->has_double);
	start_judge(keeper, &start);
	close_others(keeper, &start);
}

/* The memory that outlives them all. -1 with errno. */
static int
make_memory(struct keeper *keeper)
{
	size_t i;

	keeper->journal = journal_new();
	keeper->budget = budget_memory_new();
	if (keeper->journal == NULL || keeper->budget == NULL)
		return -1;
	for (i = 0; i < keeper->plan->nhands; i++) {
		keeper->budgets[i] = budget_memory_new();
		if (keeper->budgets[i] == NULL)
			return -1;
	}
	return 0;
}

static bool
has_hung_up(const struct keeper *keeper)
{
	struct pollfd pfd = { .fd = keeper->listener, .events = 0 };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLHUP) != 0;
}

/* Until the last program is gone (true), or one of the processes (false). */
static bool
keep(struct keeper *keeper)
{
	struct pollfd pfds[2 + SESSION_HANDS_MAX + 3] = {
		{ .fd = keeper->record, .events = POLLIN },
		{ .fd = keeper->listener, .events = 0 },
	};
	bool gone;
	size_t i;

	for (i = 0; i < keeper->nchildren; i++) {
		pfds[2 + i].fd = keeper->children[i].pidfd;
		pfds[2 + i].events = POLLIN;
	}
	for (;;) {
		if (poll(pfds, 2 + keeper->nchildren, sink_wait()) == -1) {
			if (errno != EINTR)
				return false;
			continue;
		}
		sink_flush(false);
		if ((pfds[0].revents & (POLLIN | POLLHUP)) != 0) {
			if (record_serve(keeper->record) == 1)
				continue;
			return has_hung_up(keeper);
		}
		if ((pfds[1].revents & POLLHUP) != 0)
			return true;
		gone = false;
		for (i = 0; i < keeper->nchildren; i++)
			gone = gone || pfds[2 + i].revents != 0;
		if (gone)
			return has_hung_up(keeper);
	}
}

/*
 * All that is left to do is to write records, to end the program, and to start
 * others in the place of those that died: for which alone the rest is raised.
 */
static int
drop_rights(struct keeper *keeper)
{
	const uint64_t killing = 1ULL << CAP_KILL;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return -1;
	if (!keeper->plan->root)
		return 0;
	keeper->held = identity_permitted();
	return identity_set_caps(keeper->held, keeper->held & killing, 0);
}

static int
raise_rights(const struct keeper *keeper)
{
	return keeper->plan->root ?
	    identity_set_caps(keeper->held, keeper->held, 0) :
	    0;
}

static void
wait_for_end(int pidfd)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };

	while (poll(&pfd, 1, END_WAIT) == -1 && errno == EINTR)
		continue;
}

/* Its own session: the terminal's signals are the program's. */
static void
detach(void)
{
	int null;

	(void)setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null != -1) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		if (null > STDERR_FILENO)
			close(null);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
}

/* Counts a death. Are they so many that it makes no sense to go on? */
static bool
is_hopeless(struct keeper *keeper)
{
	struct timespec now;
	time_t *oldest = &keeper->deaths[keeper->ndeaths % DEATHS_MAX];
	bool many;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	many = keeper->ndeaths >= DEATHS_MAX &&
	    now.tv_sec - *oldest < DEATHS_TIME;
	*oldest = now.tv_sec;
	keeper->ndeaths++;
	return many || keeper->refused;
}

static void __attribute__((noreturn))
end_session(struct keeper *keeper, const char *why)
{
	record_say("%s: the program is ended", why);
	sink_flush(true);
	page_recover(keeper->page, keeper->plan->options.max_calls,
	    keeper->listener);
	errno = ECHILD;
	fail(keeper, why);
}

/* What came from it is as long as it says, and says why if there is none. */
static bool
is_whole(struct judge_offer *offer, ssize_t n)
{
	offer->reason[sizeof(offer->reason) - 1] = '\0';
	return n >= (ssize_t)offsetof(struct judge_offer, insns) &&
	    offer->count <= FILTER_INSNS_MAX &&
	    n == (ssize_t)judge_offer_size(offer) &&
	    (offer->status != 0) == (offer->count == 0);
}

/* Starts a judge, who plans the rest. -1: it failed. */
static int
hear_offer(struct keeper *keeper, struct judge_offer *offer)
{
	const struct timeval wait = { .tv_sec = OFFER_WAIT };
	struct judge_start start;
	int fds[2], with[CHANNEL_FDS_MAX];
	size_t nwith = 0;
	ssize_t n;

	pair(keeper, fds);
	keeper->setup = fds[0];
	init_start(keeper, &start);
	start.rest = keeper->rest;
	start.setup = fds[1];
	start_judge(keeper, &start);
	close(fds[1]);
	/* What its user has written may lie where reading takes for ever. */
	(void)setsockopt(keeper->setup, SOL_SOCKET, SO_RCVTIMEO, &wait,
	    sizeof(wait));
	n = channel_receive(keeper->setup, offer, sizeof(*offer), with, &nwith);
	channel_close_all(with, nwith);
	return nwith > 0 || !is_whole(offer, n) ? -1 : 0;
}

/* Starts the others, and gives the judge all that it works with. */
static void
give(struct keeper *keeper)
{
	struct judge_start start;
	struct judge_gift gift;
	int fds[SESSION_HANDS_MAX + 3];
	size_t n = 0, i;

	init_start(keeper, &start);
	start_others(keeper, &start, keeper->offer->has_double);
	gift.has_fetcher = start.fetcher != -1;
	gift.has_double = start.twin != -1;
	fds[n++] = keeper->listener;
	if (gift.has_fetcher)
		fds[n++] = start.fetcher;
	if (gift.has_double)
		fds[n++] = start.twin;
	for (i = 0; i < keeper->plan->nhands; i++)
		fds[n++] = start.hands[i];
	if (channel_send(keeper->setup, &gift, sizeof(gift), fds, n) == -1)
		fail(keeper, "the judge is gone");
	close_others(keeper, &start);
	close(keeper->setup);
	keeper->setup = -1;
}

/* Is it the filter that the program has, and what was made of it? */
static bool
is_same_offer(const struct judge_offer *a, const struct judge_offer *b)
{
	return a->status == b->status && a->has_double == b->has_double &&
	    a->names == b->names && a->addresses == b->addresses &&
	    a->count == b->count &&
	    memcmp(a->insns, b->insns, a->count * sizeof(a->insns[0])) == 0;
}

/* Of a successor: it plans what its predecessor has planned, or nobody does. */
static void
offer_again(struct keeper *keeper)
{
	struct judge_offer *offer = calloc(1, sizeof(*offer));

	if (offer == NULL || hear_offer(keeper, offer) == -1 ||
	    !is_same_offer(keeper->offer, offer)) {
		end_children(keeper);
		end_session(keeper,
		    "the user's policies are not as they were: no judge can "
		    "go on for one that has died");
	}
	free(offer);
	give(keeper);
}

/* Others in the place of those that are no more. */
static void
start_again(struct keeper *keeper)
{
	close(keeper->record);
	keeper->record = -1;
	if (raise_rights(keeper) == -1)
		end_session(keeper, "cannot start another judge");
	if (keeper->rest == NULL)
		start_processes(keeper);
	else
		offer_again(keeper);
	if (drop_rights(keeper) == -1)
		fail(keeper, "cannot drop rights");
	record_say("a process of the session has died; others go on");
}

/* What there is to do when all are there, till there is nobody. */
static void __attribute__((noreturn)) keep_to_the_end(struct keeper *keeper)
{
	bool ended;

	if (drop_rights(keeper) == -1)
		fail(keeper, "cannot drop rights");
	for (;;) {
		ended = keep(keeper);
		end_children(keeper);
		if (ended) {
			sink_flush(true);
			_exit(0);
		}
		if (is_hopeless(keeper))
			end_session(keeper,
			    keeper->refused ?
				"no process can go on for one that has died" :
				"the session's processes die again and again");
		start_again(keeper);
	}
}

static void
block_signals(void)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
}

void
keeper_main(const struct session_plan *plan, struct page *page, pid_t program,
    int channel)
{
	struct keeper keeper = { .plan = plan,
		.page = page,
		.setup = -1,
		.program = program,
		.first_id = first_id_by_pid(),
		.listener = -1,
		.record = -1 };

	keeper.pidfd = (int)syscall(SYS_pidfd_open, program, 0);
	if (keeper.pidfd == -1)
		_exit(SESSION_EXIT_REFUSED);
	/* What privrun inherited is the program's alone. */
	descriptors_keep_only((int[]){ channel, keeper.pidfd }, 2);
	if (record_open(&plan->options, plan->program, plan->caller.uid) == -1)
		fail(&keeper, plan->options.log_file);
	detach();
	block_signals();
	if (make_memory(&keeper) == -1)
		fail(&keeper, "memory");
	if (hear_of_listener(&keeper, channel) == -1) {
		/* The program says why, and ends by itself. */
		wait_for_end(keeper.pidfd);
		(void)syscall(SYS_pidfd_send_signal, keeper.pidfd, SIGKILL,
		    NULL, 0);
		_exit(SESSION_EXIT_REFUSED);
	}
	close(channel);
	notify_prefer_one_cpu(keeper.listener);
	start_processes(&keeper);
	keep_to_the_end(&keeper);
}

struct keeper *
keeper_new(struct session_plan *plan, struct page *page, pid_t program,
    int pidfd, uid_t first_id)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));

	if (keeper == NULL)
		return NULL;
	keeper->plan = keeper->rest = plan;
	keeper->page = page;
	keeper->program = program;
	keeper->pidfd = pidfd;
	keeper->first_id = first_id;
	keeper->listener = keeper->record = keeper->setup = -1;
	keeper->offer = calloc(1, sizeof(*keeper->offer));
	if (keeper->offer != NULL && make_memory(keeper) == 0)
		return keeper;
	free(keeper->offer);
	free(keeper);
	return NULL;
}

int
keeper_offer(struct keeper *keeper, char *reason, size_t len,
    const struct sock_filter **insns, size_t *count)
{
	struct judge_offer *offer = keeper->offer;

	if (hear_offer(keeper, offer) == -1) {
		(void)snprintf(reason, len, "the session's judge failed");
		return SESSION_EXIT_REFUSED;
	}
	(void)strlcpy(reason, offer->reason, len);
	/* What the judge adds it could have had by the user's word. */
	keeper->rest->names = keeper->rest->names || offer->names;
	keeper->rest->addresses = keeper->rest->addresses || offer->addresses;
	*insns = offer->insns;
	*count = offer->count;
	return offer->status;
}

void
keeper_serve(struct keeper *keeper)
{
	if (record_open(&keeper->plan->options, keeper->plan->program,
		keeper->plan->caller.uid) == -1)
		fail(keeper, "the log");
	block_signals();
	notify_prefer_one_cpu(keeper->listener);
	give(keeper);
	keep_to_the_end(keeper);
}

void
keeper_give_up(struct keeper *keeper)
{
	end_children(keeper);
	free(keeper->offer);
	free(keeper);
}

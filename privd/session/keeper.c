/* SPDX-License-Identifier: ISC */
/*
 * The keeper of one embedded session: what the monitor is for many. It reads
 * no program's memory. It keeps a listener of its own, so that no call is
 * lost with the judge: what the page says of them is answered, and since
 * there is nobody to judge any more, the program is ended.
 */
#include "keeper.h"

#include <sys/prctl.h>
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
#include "channel.h"
#include "descriptors.h"
#include "fetcher.h"
#include "hand.h"
#include "identity.h"
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

#define END_WAIT 1000        /* milliseconds */
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
	pid_t children[SESSION_HANDS_MAX + 3];
	size_t nchildren;
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
	if (pid != 0)
		keeper->children[keeper->nchildren++] = pid;
	return pid;
}

static pid_t
newest_child(const struct keeper *keeper)
{
	return keeper->children[keeper->nchildren - 1];
}

static void
end_children(const struct keeper *keeper)
{
	size_t i;

	for (i = 0; i < keeper->nchildren; i++)
		(void)kill(keeper->children[i], SIGKILL);
	for (i = 0; i < keeper->nchildren; i++)
		(void)waitpid(keeper->children[i], NULL, 0);
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
	};
	int fds[2];

	pair(keeper, fds);
	if (fork_child(keeper) == 0) {
		descriptors_keep_only((int[]){ fds[1], start.names }, 2);
		start.channel = fds[1];
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

/* Until the last program is gone (true), or the judge (false). */
static bool
keep(struct keeper *keeper)
{
	struct pollfd pfds[2] = {
		{ .fd = keeper->record, .events = POLLIN },
		{ .fd = keeper->listener, .events = 0 },
	};

	for (;;) {
		if (poll(pfds, 2, sink_wait()) == -1 && errno != EINTR)
			return false;
		sink_flush(false);
		if ((pfds[0].revents & (POLLIN | POLLHUP)) != 0 &&
		    record_serve(keeper->record) == 0)
			return (pfds[1].revents & POLLHUP) != 0 ||
			    poll(&pfds[1], 1, 100) == 1;
		if ((pfds[0].revents & POLLIN) == 0 &&
		    (pfds[1].revents & POLLHUP) != 0)
			return true;
	}
}

/* All that is left to do is to write records, and to end the program. */
static int
drop_rights(const struct session_plan *plan)
{
	const uint64_t killing = 1ULL << CAP_KILL;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return -1;
	return plan->root ? identity_set_caps(killing, killing, 0) : 0;
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

/* What there is to do when all are there, till there is nobody. */
static void __attribute__((noreturn)) keep_to_the_end(struct keeper *keeper)
{
	bool ended;

	if (drop_rights(keeper->plan) == -1)
		fail(keeper, "cannot drop rights");
	ended = keep(keeper);
	sink_flush(true);
	end_children(keeper);
	if (ended)
		_exit(0);
	page_recover(keeper->page, keeper->plan->options.max_calls,
	    keeper->listener);
	fail(keeper, "the judge is gone, the program is ended");
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
	if (keeper->offer != NULL)
		return keeper;
	free(keeper);
	return NULL;
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

int
keeper_offer(struct keeper *keeper, char *reason, size_t len,
    const struct sock_filter **insns, size_t *count)
{
	struct judge_offer *offer = keeper->offer;
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
	n = channel_receive(keeper->setup, offer, sizeof(*offer), with, &nwith);
	channel_close_all(with, nwith);
	if (nwith > 0 || !is_whole(offer, n)) {
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
	struct judge_start start;
	struct judge_gift gift;
	int fds[SESSION_HANDS_MAX + 3];
	size_t n = 0, i;

	if (record_open(&keeper->plan->options, keeper->plan->program,
		keeper->plan->caller.uid) == -1)
		fail(keeper, "the log");
	block_signals();
	notify_prefer_one_cpu(keeper->listener);
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
	keep_to_the_end(keeper);
}

void
keeper_give_up(struct keeper *keeper)
{
	end_children(keeper);
	free(keeper->offer);
	free(keeper);
}

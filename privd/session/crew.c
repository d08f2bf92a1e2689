/* SPDX-License-Identifier: ISC */
/*
 * Each process is forked here, raises the rights for what follows, which its
 * keeper never does, closes what is not its own, unmaps what it shall not see,
 * and becomes what it is.
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
#include "judge.h"
#include "oom.h"
#include "page.h"
#include "scribe.h"

/* Milliseconds for the last lines: at the end, and while calls wait. */
#define WRITE_WAIT 10000
#define WRITE_WAIT_SHORT 1000

static uid_t
own_id(const struct crew *crew, enum crew_role role, unsigned int number)
{
	return crew->first_id + role + number;
}

void
crew_fail(const struct crew *crew, const char *what)
{
	int error = errno;

	warn("the session: %s", what);
	if (crew->say != -1)
		scribe_say(crew->say, "%s: %s: the program is ended", what,
		    strerror(error));
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
	crew->keeper = getpid();
	crew->listener = crew->signals = crew->say = -1;
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

/* Of a process that was forked, till it is what it becomes. */
static void
raise_rights(const struct crew *crew)
{
	if (crew->plan->root &&
	    identity_set_caps(crew->held, crew->held, 0) == -1)
		_exit(SESSION_EXIT_REFUSED);
}

/* What ps(1) shows. */
static const char *const role_names[] = {
	[CREW_JUDGE] = "privd-judge",
	[CREW_FETCHER] = "privd-fetcher",
	[CREW_SCRIBE] = "privd-scribe",
	[CREW_DOUBLE] = "privd-double",
	[CREW_HAND] = "privd-hand",
};

static pid_t
fork_as(enum crew_role role, struct crew_member *member)
{
	member->pid = fork();
	if (member->pid == -1)
		return -1;
	if (member->pid == 0) {
		(void)prctl(PR_SET_NAME, role_names[role], 0, 0, 0);
		return 0;
	}
	member->pidfd = (int)syscall(SYS_pidfd_open, member->pid, 0);
	return member->pid;
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

static struct crew_post *
add_post(struct crew *crew, enum crew_role role, unsigned int number)
{
	struct crew_post *post = &crew->posts[crew->nposts++];

	post->role = role;
	post->number = number;
	post->nchannels = 0;
	post->names = -1;
	return post;
}

/* Returns the other end. */
static int
add_channel(const struct crew *crew, struct crew_post *post)
{
	int fds[2];

	pair(crew, fds);
	post->channels[post->nchannels++] = fds[1];
	return fds[0];
}

static void __attribute__((noreturn))
become_fetcher(const struct crew *crew, const struct crew_post *post)
{
	struct fetcher_start fetcher = {
		.plan = crew->plan,
		.own = own_id(crew, CREW_FETCHER, 0),
		.parent = crew->keeper,
		.listener = crew->listener,
		.badge = crew->badge,
		.judge = post->channels[0],
		.nhands = post->nchannels - 1,
	};
	int keep[2 + SESSION_HANDS_MAX];
	size_t i;

	for (i = 0; i < fetcher.nhands; i++)
		fetcher.hands[i] = post->channels[i + 1];
	memcpy(keep, post->channels, post->nchannels * sizeof(keep[0]));
	keep[post->nchannels] = crew->listener;
	descriptors_keep_only(keep, post->nchannels + 1);
	hide(crew, -1);
	fetcher_main(&fetcher);
}

static void __attribute__((noreturn))
become_hand(const struct crew *crew, const struct crew_post *post)
{
	bool is_double = post->role == CREW_DOUBLE;
	struct hand_start start = {
		.plan = crew->plan,
		.number = post->number,
		.own = own_id(crew, CREW_HAND, post->number),
		.parent = crew->keeper,
		.channel = post->channels[0],
		.names = post->names,
		.budget = is_double ? NULL : crew->budgets[post->number],
	};

	descriptors_keep_only((int[]){ start.channel, start.names }, 2);
	hide(crew, is_double ? -1 : (int)post->number);
	if (is_double)
		hand_double_main(&start);
	hand_main(&start);
}

static void __attribute__((noreturn))
become_scribe(const struct crew *crew, const struct crew_post *post)
{
	struct scribe_start start = {
		.plan = crew->plan,
		.own = own_id(crew, CREW_SCRIBE, 0),
		.parent = crew->keeper,
		.channel = post->channels[0],
	};

	hide(crew, -1);
	scribe_main(&start);
}

static void __attribute__((noreturn))
become(const struct crew *crew, const struct crew_post *post)
{
	/* Before it can do anything that this is asked for. */
	if (post->role == CREW_DOUBLE)
		atomic_store(&crew->page->twin, getpid());
	raise_rights(crew);
	oom_expose();
	if (post->role == CREW_FETCHER)
		become_fetcher(crew, post);
	if (post->role == CREW_SCRIBE)
		become_scribe(crew, post);
	become_hand(crew, post);
}

static void
close_channels(struct crew_post *post)
{
	size_t i;

	for (i = 0; i < post->nchannels; i++)
		if (post->channels[i] != -1)
			close(post->channels[i]);
	post->nchannels = 0;
	if (post->names != -1)
		close(post->names);
	post->names = -1;
}

bool
crew_start(struct crew *crew, struct crew_post *post)
{
	struct crew_member *member = post->role == CREW_SCRIBE ?
	    &crew->scribe :
	    &crew->members[crew->nmembers];
	pid_t pid = fork_as(post->role, member);

	if (pid == 0)
		become(crew, post);
	if (pid == -1) {
		member->pid = 0;
		return false;
	}
	if (member->pidfd == -1)
		crew_fail(crew, "pidfd");
	if (post->role != CREW_SCRIBE)
		crew->nmembers++;
	close_channels(post);
	return true;
}

static void __attribute__((noreturn))
become_judge(const struct crew *crew, struct judge_start *start)
{
	int keep[SESSION_HANDS_MAX + 6];
	size_t n = 0, i;

	raise_rights(crew);
	oom_expose();
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
crew_begin(struct crew *crew)
{
	crew->nposts = 0;
	atomic_store(&crew->page->twin, 0);
	crew->say = add_channel(crew, add_post(crew, CREW_SCRIBE, 0));
}

void
crew_start_judge(struct crew *crew, struct judge_start *start)
{
	struct crew_member *member = &crew->members[crew->nmembers];
	int signals[2];

	pair(crew, signals);
	start->parent = crew->keeper;
	start->own = own_id(crew, CREW_JUDGE, 0);
	start->record = crew->say;
	start->signals = signals[1];
	crew->judge = fork_as(CREW_JUDGE, member);
	if (crew->judge == 0)
		become_judge(crew, start);
	if (crew->judge == -1)
		crew_fail(crew, "fork");
	if (member->pidfd == -1)
		crew_fail(crew, "pidfd");
	crew->nmembers++;
	close(signals[1]);
	crew->signals = signals[0];
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

/* Hands that act on processes ask the fetcher who these are. */
static void
make_fetcher(struct crew *crew, struct judge_start *start,
    int to_fetcher[SESSION_HANDS_MAX])
{
	const struct session_plan *plan = crew->plan;
	struct crew_post *post = add_post(crew, CREW_FETCHER, 0);
	size_t i;

	if (plan->separate)
		start->fetcher = add_channel(crew, post);
	else
		post->channels[post->nchannels++] = -1;
	for (i = 0; i < plan->nhands; i++)
		to_fetcher[i] = plan->hands[i].targets ?
		    add_channel(crew, post) :
		    -1;
}

void
crew_make_posts(struct crew *crew, struct judge_start *start, bool has_double)
{
	int to_fetcher[SESSION_HANDS_MAX];
	struct crew_post *post;
	unsigned int i;

	make_fetcher(crew, start, to_fetcher);
	for (i = 0; i < crew->plan->nhands; i++) {
		post = add_post(crew, CREW_HAND, i);
		start->hands[i] = add_channel(crew, post);
		post->names = to_fetcher[i];
	}
	if (has_double)
		start->twin = add_channel(crew, add_post(crew, CREW_DOUBLE, 0));
}

void
crew_close_ends(const struct crew *crew, const struct judge_start *start)
{
	size_t i;

	for (i = 0; i < crew->plan->nhands; i++)
		close(start->hands[i]);
	if (start->fetcher != -1)
		close(start->fetcher);
	if (start->twin != -1)
		close(start->twin);
}

static bool
is_readable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLIN) != 0;
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
crew_end_scribe(struct crew *crew, bool last)
{
	struct crew_post *post = &crew->posts[0];
	struct pollfd pfd;

	if (crew->nposts > 0 && post->nchannels > 0) {
		if (is_readable(post->channels[0]))
			(void)crew_start(crew, post);
		close_channels(post);
	}
	close_and_forget(&crew->say);
	crew->nposts = 0;
	if (crew->scribe.pid == 0)
		return;
	pfd.fd = crew->scribe.pidfd;
	pfd.events = POLLIN;
	if (poll(&pfd, 1, last ? WRITE_WAIT : WRITE_WAIT_SHORT) != 1)
		(void)kill(crew->scribe.pid, SIGKILL);
	reap(crew, &crew->scribe);
	crew->scribe.pid = 0;
}

/* Who is not there yet will not be; the scribe may. */
static void
end_all_but(struct crew *crew, pid_t spared)
{
	size_t i, n = 0;

	for (i = 1; i < crew->nposts; i++)
		close_channels(&crew->posts[i]);
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
			return !is_readable(crew->members[i].pidfd);
	return false;
}

static void
continue_one(const struct crew_member *member)
{
	siginfo_t info = { 0 };

	while (member->pid != 0 &&
	    waitid(P_PID, (id_t)member->pid, &info, WSTOPPED | WNOHANG) == 0 &&
	    info.si_pid != 0) {
		(void)kill(member->pid, SIGCONT);
		info.si_pid = 0;
	}
}

void
crew_continue(const struct crew *crew)
{
	size_t i;

	for (i = 0; i < crew->nmembers; i++)
		continue_one(&crew->members[i]);
	continue_one(&crew->scribe);
}

void
crew_end(struct crew *crew)
{
	end_all_but(crew, 0);
	close_and_forget(&crew->signals);
}

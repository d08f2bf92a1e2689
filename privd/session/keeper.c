/* SPDX-License-Identifier: ISC */
/*
 * The keeper of one session. It keeps a listener of its own, the page of its
 * calls, the judge's journal and what was spent of limited rights, so that
 * nothing is lost when one of the session's processes dies: whichever does,
 * all are ended and started anew (crew.h), and the judge goes on from page and
 * journal (page.h, journal.h). What dies again and again ends the session, and
 * its calls in flight with an error. Who is stopped is made to go on at once.
 *
 * The keeper holds root's rights for that, in its permitted set, of which only
 * CAP_KILL is effective but in those that it forks. So it reads nothing that a
 * program could have written: what is written down goes from the judge to the
 * scribe, and what it hears itself are requests for signals, of one form
 * (send_signal.h).
 */
#include "keeper.h"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

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

#include "../monotonic.h"
#include "../notify/notify.h"
#include "channel.h"
#include "crew.h"
#include "descriptors.h"
#include "judge.h"
#include "page.h"
#include "scribe.h"
#include "send_signal.h"
#include "session.h"
#include "status.h"
#include "sink.h"

#define ID_SESSIONS (1U << 22) /* the kernel's limit of process ids */

_Static_assert(CREW_MAX <= KEEPER_IDS, "a crew has ids enough");
_Static_assert(KEEPER_LAST_ID - KEEPER_FIRST_ID + 1 == ID_SESSIONS * KEEPER_IDS,
    "and so has each process");

#define END_WAIT 1000 /* milliseconds */
#define OFFER_WAIT 10 /* seconds; as long as privrun waits for an answer */
#define OFFER_WAIT_AGAIN 30 /* of a successor's */
#define RETRY_WAIT 100      /* milliseconds, when no process can be had */
#define SETTLE_TRIES 250    /* that calls wait for a successor */
#define SETTLE_TRIES_LAST 2500
#define SETTLE_WAIT 2 /* milliseconds, each time */
#define DEATHS_MAX 32 /* within that many seconds */
#define DEATHS_TIME 60
#define LISTENER_WAIT 20000  /* nanoseconds */
#define LISTENER_TRIES 50000 /* one second */

struct keeper {
	struct crew crew;
	int children;               /* says that one was stopped, or died */
	int setup;                  /* to a judge that is to be given all */
	struct judge_start given;   /* what that is */
	struct session_plan *rest;  /* the same, where the judge plans it */
	struct judge_offer *offer;  /* its */
	int64_t deaths[DEATHS_MAX]; /* monotonic_seconds() */
	size_t ndeaths;
};

/* Of a session that nobody else gives any: by the keeper's process id. */
static uid_t
first_id_by_pid(void)
{
	return KEEPER_FIRST_ID +
	    ((unsigned int)getpid() % ID_SESSIONS) * KEEPER_IDS;
}

/* Of the program, and of all that it starts, that one is known by. */
static int
read_badge(struct crew *crew)
{
	struct pollfd pfd = { .fd = crew->pidfd, .events = POLLIN };
	int folder, result;

	if (!crew->plan->guarded)
		return 0;
	folder = status_folder(crew->program);
	if (folder == -1)
		return -1;
	result = badge_read(folder, &crew->badge);
	close(folder);
	/* Its number was nobody else's if it is there still. */
	return poll(&pfd, 1, 0) == 0 ? result : -1;
}

/*
 * The launcher says which number its listener will have and then has it, at
 * once but without another word: every call of it is the filter's by then.
 */
int
keeper_fetch_listener(struct keeper *keeper, int number)
{
	const struct timespec moment = { 0, LISTENER_WAIT };
	int fd, tries;

	/* It is a matter of microseconds. */
	(void)prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
	for (tries = 0; tries < LISTENER_TRIES; tries++) {
		fd = (int)syscall(SYS_pidfd_getfd, keeper->crew.pidfd, number,
		    0);
		if (fd != -1 || errno != EBADF)
			break;
		(void)nanosleep(&moment, NULL);
	}
	(void)prctl(PR_SET_TIMERSLACK, 0UL, 0, 0, 0); /* as it was */
	if (fd == -1)
		return -1;
	keeper->crew.listener = fd;
	return read_badge(&keeper->crew);
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

static void
start_processes(struct crew *crew)
{
	struct judge_start start;

	crew_begin(crew);
	crew_init_judge(crew, &start);
	crew_make_posts(crew, &start, crew->plan->has_double);
	crew_start_judge(crew, &start);
	crew_close_ends(crew, &start);
}

static bool
has_hung_up(const struct keeper *keeper)
{
	struct pollfd pfd = { .fd = keeper->crew.listener, .events = 0 };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLHUP) != 0;
}

/* Whom it listens to; behind these, the crew's members and posts' channels. */
enum watched {
	WATCH_SIGNALS,
	WATCH_LISTENER,
	WATCH_CHILDREN,
	WATCH_SCRIBE,
	WATCH_MEMBERS
};

#define WATCH_MAX (WATCH_MEMBERS + CREW_MAX + CREW_POSTS + SESSION_HANDS_MAX)

struct watch {
	struct pollfd pfds[WATCH_MAX];
	struct crew_post *posts[WATCH_MAX]; /* whose it is, or NULL */
	size_t n;
};

static void
watch_one(struct watch *watch, int fd, struct crew_post *post)
{
	watch->posts[watch->n] = post;
	watch->pfds[watch->n].fd = fd;
	watch->pfds[watch->n++].events = POLLIN;
}

static void
watch_all(struct watch *watch, struct keeper *keeper, bool with_posts)
{
	struct crew *crew = &keeper->crew;
	struct crew_post *post;
	size_t i;

	watch->n = 0;
	watch_one(watch, crew->signals, NULL);
	watch_one(watch, crew->listener, NULL);
	watch->pfds[WATCH_LISTENER].events = 0;
	watch_one(watch, keeper->children, NULL);
	watch_one(watch, crew->scribe.pid != 0 ? crew->scribe.pidfd : -1, NULL);
	for (i = 0; i < crew->nmembers; i++)
		watch_one(watch, crew->members[i].pidfd, NULL);
	for (post = crew->posts; post < crew->posts + crew->nposts; post++)
		for (i = 0; with_posts && i < post->nchannels; i++)
			watch_one(watch, post->channels[i], post);
}

/* Starts whom there is a word for: true, or false if somebody cannot be. */
static bool
start_wanted(const struct watch *watch, struct crew *crew)
{
	struct crew_post *post;
	size_t i;

	for (i = WATCH_MEMBERS; i < watch->n; i++) {
		post = watch->posts[i];
		if (post != NULL && post->nchannels > 0 &&
		    (watch->pfds[i].revents & POLLIN) != 0 &&
		    !crew_start(crew, post))
			return false;
	}
	return true;
}

/* Whoever closes its end of a channel is as good as dead. */
static bool
has_lost_one(const struct watch *watch)
{
	short revents;
	size_t i;

	for (i = WATCH_SCRIBE; i < watch->n; i++) {
		revents = watch->pfds[i].revents;
		if (watch->posts[i] != NULL)
			revents &= POLLHUP;
		if (revents != 0)
			return true;
	}
	return false;
}

/* What died has a descriptor that says so. */
static void
hear_of_children(const struct keeper *keeper)
{
	struct signalfd_siginfo info;

	while (read(keeper->children, &info, sizeof(info)) == sizeof(info))
		continue;
	crew_continue(&keeper->crew);
}

/* Until the last program is gone (true), or one of the processes (false). */
static bool
keep(struct keeper *keeper)
{
	struct crew *crew = &keeper->crew;
	struct watch watch;
	int timeout = -1;

	for (;;) {
		/* Whoever could not be started is tried again after a while. */
		watch_all(&watch, keeper, timeout == -1);
		if (poll(watch.pfds, watch.n, timeout) == -1) {
			if (errno != EINTR)
				return false;
			continue;
		}
		if (watch.pfds[WATCH_SIGNALS].revents != 0 &&
		    send_signal_serve(crew->signals, crew->plan->caller.uid) ==
			0)
			return has_hung_up(keeper);
		if ((watch.pfds[WATCH_LISTENER].revents & POLLHUP) != 0)
			return true;
		if (watch.pfds[WATCH_CHILDREN].revents != 0)
			hear_of_children(keeper);
		if (has_lost_one(&watch))
			return has_hung_up(keeper);
		timeout = start_wanted(&watch, crew) ? -1 : RETRY_WAIT;
	}
}

static void
wait_for_end(int pidfd)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };

	while (poll(&pfd, 1, END_WAIT) == -1 && errno == EINTR)
		continue;
}

/* Counts a death. Are they so many that it makes no sense to go on? */
static bool
is_hopeless(struct keeper *keeper)
{
	int64_t *oldest = &keeper->deaths[keeper->ndeaths % DEATHS_MAX];
	int64_t now = monotonic_seconds();
	bool many;

	many = keeper->ndeaths >= DEATHS_MAX && now - *oldest < DEATHS_TIME;
	*oldest = now;
	keeper->ndeaths++;
	return many || keeper->crew.refused;
}

static void __attribute__((noreturn))
end_session(struct crew *crew, const char *why)
{
	scribe_say(crew->say, "%s: the program is ended", why);
	crew_end_scribe(crew, true);
	page_recover(crew->page, crew->plan->options.max_calls, crew->listener);
	errno = ECHILD;
	crew_fail(crew, why);
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

/*
 * What its user has written may lie where reading takes for ever; he may not
 * even wait for it. Of a launcher that waits (-1: there is none) nothing is to
 * be heard meanwhile but that it is gone. NULL, or why there is no offer.
 */
static const char *
wait_for_offer(const struct keeper *keeper, int launcher)
{
	struct pollfd pfds[] = {
		{ .fd = keeper->setup, .events = POLLIN },
		{ .fd = keeper->crew.pidfd, .events = POLLIN },
		{ .fd = launcher, .events = POLLIN | POLLRDHUP },
	};
	int64_t left,
	    end = monotonic_seconds() +
	    (launcher == -1 ? OFFER_WAIT_AGAIN : OFFER_WAIT);

	while ((left = end - monotonic_seconds()) > 0) {
		if (poll(pfds, 3, (int)left * 1000) == -1 && errno != EINTR)
			return "poll";
		if (pfds[1].revents != 0 || pfds[2].revents != 0)
			return "nobody waits for it any more";
		if (pfds[0].revents != 0)
			return NULL;
	}
	return "it takes too long to read what the user has written";
}

/* A judge who gets ready, and is given all later. */
static void
start_judge(struct keeper *keeper)
{
	struct crew *crew = &keeper->crew;
	struct judge_start start;
	int fds[2];

	if (channel_pair(fds) == -1)
		crew_fail(crew, "channel");
	keeper->setup = fds[0];
	crew_begin(crew);
	crew_init_judge(crew, &start);
	start.rest = keeper->rest;
	start.setup = fds[1];
	crew_start_judge(crew, &start);
	close(fds[1]);
}

/* Starts a judge, who plans the rest. NULL, or why that failed. */
static const char *
hear_offer(struct keeper *keeper, struct judge_offer *offer, int launcher)
{
	int with[CHANNEL_FDS_MAX];
	const char *why;
	size_t nwith = 0;
	ssize_t n;

	start_judge(keeper);
	why = wait_for_offer(keeper, launcher);
	if (why != NULL)
		return why;
	n = channel_receive(keeper->setup, offer, sizeof(*offer), with, &nwith);
	channel_close_all(with, nwith);
	return nwith > 0 || !is_whole(offer, n) ? "the session's judge failed" :
						  NULL;
}

/* Whom the judge will know, but for the listener. */
static void
make_posts(struct keeper *keeper, bool has_double)
{
	crew_init_judge(&keeper->crew, &keeper->given);
	crew_make_posts(&keeper->crew, &keeper->given, has_double);
}

/* Gives the judge all that it works with. */
static void
give(struct keeper *keeper)
{
	struct crew *crew = &keeper->crew;
	const struct judge_start *given = &keeper->given;
	struct judge_gift gift;
	int fds[SESSION_HANDS_MAX + 3];
	size_t n = 0, i;

	gift.has_fetcher = given->fetcher != -1;
	gift.has_double = given->twin != -1;
	fds[n++] = crew->listener;
	if (gift.has_fetcher)
		fds[n++] = given->fetcher;
	if (gift.has_double)
		fds[n++] = given->twin;
	for (i = 0; i < crew->plan->nhands; i++)
		fds[n++] = given->hands[i];
	/* One that does not get it is gone, or ends: as any that dies. */
	(void)channel_send(keeper->setup, &gift, sizeof(gift), fds, n);
	crew_close_ends(crew, given);
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

	if (offer == NULL || hear_offer(keeper, offer, -1) != NULL ||
	    !is_same_offer(keeper->offer, offer)) {
		crew_end(&keeper->crew);
		end_session(&keeper->crew,
		    "the user's policies are not as they were: no judge can "
		    "go on for one that has died");
	}
	free(offer);
	make_posts(keeper, keeper->offer->has_double);
	give(keeper);
}

/*
 * A judge that lives knows what came of the calls that it has begun, or will in
 * a moment; it asks for nothing but signals meanwhile.
 */
static void
settle(struct crew *crew, bool last)
{
	int left = last ? SETTLE_TRIES_LAST : SETTLE_TRIES;
	const size_t most = crew->plan->options.max_calls;
	struct pollfd pfd = { .fd = crew->signals, .events = POLLIN };

	for (; left > 0; left--) {
		if (!crew_has_judge(crew) ||
		    !(last ? page_is_used : page_is_busy)(crew->page, most))
			return;
		if (poll(&pfd, 1, SETTLE_WAIT) == 1 &&
		    send_signal_serve(pfd.fd, crew->plan->caller.uid) == 0)
			return;
	}
}

/* Others in the place of those that are no more. */
static void
start_again(struct keeper *keeper)
{
	struct crew *crew = &keeper->crew;

	crew_end_scribe(crew, false);
	if (keeper->rest == NULL)
		start_processes(crew);
	else
		offer_again(keeper);
	atomic_store(&crew->page->said, true);
	scribe_say(crew->say,
	    "a process of the session has died; others go on");
}

/* What there is to do when all are there, till there is nobody. */
static void __attribute__((noreturn)) keep_to_the_end(struct keeper *keeper)
{
	struct crew *crew = &keeper->crew;
	bool ended;

	if (crew_drop_rights(crew) == -1)
		crew_fail(crew, "cannot drop rights");
	for (;;) {
		ended = keep(keeper);
		/* What was done for a program that is gone is written down;
		   a dead hand's answers are not waited for. */
		if (!ended)
			crew_end_others(crew);
		settle(crew, ended);
		crew_end(crew);
		if (ended) {
			crew_end_scribe(crew, true);
			_exit(0);
		}
		if (is_hopeless(keeper))
			end_session(crew,
			    crew->refused ?
				"no process can go on for one that has died" :
				"the session's processes die again and again");
		start_again(keeper);
	}
}

static void
block_signals(struct keeper *keeper)
{
	sigset_t all, children;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)sigemptyset(&children);
	(void)sigaddset(&children, SIGCHLD);
	keeper->children = signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
	if (keeper->children == -1)
		crew_fail(&keeper->crew, "signalfd");
}

void
keeper_main(const struct session_plan *plan, struct page *page, pid_t program,
    int channel)
{
	struct keeper keeper = { .setup = -1 };
	struct crew *crew = &keeper.crew;
	int pidfd;

	pidfd = (int)syscall(SYS_pidfd_open, program, 0);
	if (pidfd == -1)
		_exit(SESSION_EXIT_REFUSED);
	/* What privrun inherited is the program's alone. */
	descriptors_keep_only((int[]){ channel, pidfd }, 2);
	if (crew_init(crew, plan, page, program, pidfd, first_id_by_pid()) ==
	    -1)
		crew_fail(crew, "memory");
	if (sink_open(&plan->options) == -1)
		crew_fail(crew, plan->options.log_file);
	/* Its own session: the terminal's signals are the program's. */
	if (descriptors_leave_terminal() == -1)
		crew_fail(crew, "/dev/null");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	block_signals(&keeper);
	start_judge(&keeper);
	make_posts(&keeper, plan->has_double);
	if (hear_of_listener(&keeper, channel) == -1) {
		/* The program says why, and ends by itself. */
		wait_for_end(pidfd);
		(void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		crew_end(crew);
		_exit(SESSION_EXIT_REFUSED);
	}
	close(channel);
	notify_prefer_one_cpu(crew->listener);
	give(&keeper);
	keep_to_the_end(&keeper);
}

struct keeper *
keeper_new(struct session_plan *plan, struct page *page, pid_t program,
    int pidfd, uid_t first_id)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));

	if (keeper == NULL)
		return NULL;
	keeper->rest = plan;
	keeper->setup = -1;
	keeper->offer = calloc(1, sizeof(*keeper->offer));
	if (keeper->offer != NULL &&
	    crew_init(&keeper->crew, plan, page, program, pidfd, first_id) == 0)
		return keeper;
	free(keeper->offer);
	free(keeper);
	return NULL;
}

int
keeper_offer(struct keeper *keeper, int launcher, char *reason, size_t len,
    const struct sock_filter **insns, size_t *count)
{
	struct judge_offer *offer = keeper->offer;
	const char *why = hear_offer(keeper, offer, launcher);

	if (why != NULL) {
		(void)strlcpy(reason, why, len);
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
keeper_get_ready(struct keeper *keeper)
{
	if (sink_open(&keeper->crew.plan->options) == -1)
		crew_fail(&keeper->crew, "the log");
	block_signals(keeper);
	make_posts(keeper, keeper->offer->has_double);
}

void
keeper_serve(struct keeper *keeper)
{
	notify_prefer_one_cpu(keeper->crew.listener);
	give(keeper);
	keep_to_the_end(keeper);
}

void
keeper_give_up(struct keeper *keeper)
{
	crew_end(&keeper->crew);
	crew_end_scribe(&keeper->crew, true);
	free(keeper->offer);
	free(keeper);
}

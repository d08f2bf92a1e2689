/* SPDX-License-Identifier: ISC */
/*
 * Each job is a copy of what it needs of its call; it shares nothing with
 * the judge but the page's slot and the listener. A watching thread sees at
 * once when a program that waits is gone, and looks for signals that came for
 * one twenty times a second. What waits no longer is interrupted until it has
 * left: the first interruption may come before the wait has begun.
 */
#include "worker.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "../perform/perform.h"
#include "call.h"
#include "hand.h"
#include "judge.h"
#include "page.h"
#include "status.h"
#include "thread.h"

/* Others than those that wait need slots, too. */
#define JOBS_OF(calls) ((calls) - (calls) / 4)
#define JOBS_MAX JOBS_OF(SESSION_CALLS_MAX)
#define WAKE SIGUSR1
#define RESTART 512   /* ERESTARTSYS, which programs never see */
#define TICK 50000000 /* nanoseconds, as all of these */
#define TICK_ENDING 500000
#define SETTLE_TICK 200000
#define SETTLE_TRIES 5000

struct job {
	pthread_t thread;
	bool running;
	bool connecting;
	bool cloexec;
	int fd;     /* pinned object, or socket */
	int object; /* of a unix path, or -1 */
	int held;   /* reading end of the fifo that is opened, or -1 */
	int hand;   /* that connects, or -1 */
	uint64_t flags;
	int listener;
	struct ticket ticket;
	struct sockaddr_storage addr;
	socklen_t addr_len;
	pid_t caller;
	struct stat st;           /* of what is opened */
	int folder;               /* of the caller's thread, in /proc */
	int pidfd;                /* the same, -1: kernel too old */
	_Atomic bool interrupted; /* a signal came for it */
	struct worker_task task;  /* without work: none of this */
};

/* The one that this thread does. */
static _Thread_local struct job *current;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct job *jobs[JOBS_MAX];
static size_t most; /* of them */
static pthread_t watcher;
static bool watching;

static void
on_wake(int sig)
{
	(void)sig; /* only to interrupt */
}

void
worker_init(size_t calls)
{
	struct sigaction sa;

	most = JOBS_OF(calls);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_wake;
	(void)sigaction(WAKE, &sa, NULL);
}

/* The double does not wait for a full queue: it is asked until it is not. */
static int
ask_for_connect(const struct job *job)
{
	const struct timespec moment = { 0, 20000000 };
	bool waits = (fcntl(job->fd, F_GETFL) & O_NONBLOCK) == 0;
	int result;

	for (;;) {
		result = hand_connect(job->hand, job->fd, job->object,
		    &job->addr, job->addr_len, job->caller);
		if (result == 0 || errno != EAGAIN || !waits ||
		    !notify_valid(job->listener, job->ticket.id))
			return result;
		if (atomic_load(&job->interrupted)) {
			errno = EINTR;
			return -1;
		}
		(void)nanosleep(&moment, NULL);
	}
}

static int
do_connect(const struct job *job)
{
	if (job->hand != -1)
		return ask_for_connect(job);
	return perform_connect(job->fd, job->object, &job->addr, job->addr_len,
	    job->caller);
}

/*
 * A signal came: the kernel itself restarts the call or lets it fail, as its
 * handler wants. It does so only while the signal is there; one that another
 * thread may have taken meanwhile makes the call fail.
 */
static int
error_of(const struct job *job, int error)
{
	if (error != EINTR || !atomic_load(&job->interrupted))
		return error;
	return status_signal(job->folder) == STATUS_SIGNAL_OWN ? RESTART :
								 EINTR;
}

bool
worker_is_interrupted(void)
{
	return current != NULL && atomic_load(&current->interrupted);
}

int
worker_error(int error)
{
	return current != NULL ? error_of(current, error) : error;
}

static int
move(int *fd)
{
	int moved = *fd;

	*fd = -1;
	return moved;
}

/* Somebody was at the other end of what is held: has written, or left. */
static bool
has_met_writer(const struct job *job)
{
	struct pollfd pfd = { .fd = job->held, .events = POLLIN };

	return job->held != -1 && poll(&pfd, 1, 0) == 1;
}

/* The watch looks at it, and interrupts nothing for it any more. */
static int
take_held(struct job *job)
{
	int held;

	(void)pthread_mutex_lock(&lock);
	held = move(&job->held);
	(void)pthread_mutex_unlock(&lock);
	return held;
}

/* Who came because of what is held, and left before this waited, was met. */
static int
reopen(struct job *job)
{
	int result = perform_reopen(job->fd, job->flags, 0), error = errno;
	bool met = result == -1 && error == EINTR && has_met_writer(job);
	int held = take_held(job);

	if (met && fcntl(held, F_SETFL, (int)job->flags) == 0)
		return held;
	if (held != -1)
		close(held);
	errno = error;
	return result;
}

static void
work(struct job *job)
{
	int result;

	if (job->task.work != NULL) {
		job->task.work(job->task.context, &job->ticket, job->listener);
		return;
	}
	if (job->connecting)
		result = do_connect(job);
	else
		result = reopen(job);
	if (result == -1)
		ticket_refuse(&job->ticket, job->listener,
		    error_of(job, errno));
	else if (job->connecting)
		ticket_answer(&job->ticket, job->listener, 0);
	else
		ticket_give(&job->ticket, job->listener, result, job->cloexec);
}

static void
free_job(struct job *job)
{
	if (job->fd != -1)
		close(job->fd);
	if (job->object != -1)
		close(job->object);
	if (job->held != -1)
		close(job->held);
	if (job->folder != -1)
		close(job->folder);
	if (job->pidfd != -1)
		close(job->pidfd);
	if (job->task.release != NULL)
		job->task.release(job->task.context);
	free(job);
}

static void *
run(void *p)
{
	struct job *job = p;
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, WAKE);
	current = job;
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	work(job);
	(void)pthread_mutex_lock(&lock);
	for (i = 0; i < most; i++)
		if (jobs[i] == job)
			jobs[i] = NULL;
	(void)pthread_mutex_unlock(&lock);
	free_job(job);
	return NULL;
}

/* Nobody waits for it any more, or a signal does. */
static bool
is_to_end(struct job *job)
{
	if (!notify_valid(job->listener, job->ticket.id))
		return true;
	if (status_signal(job->folder) == STATUS_SIGNAL_NONE)
		return false;
	atomic_store(&job->interrupted, true);
	return true;
}

/* With the lock held: is it told to leave? */
static bool
end(struct job *job)
{
	if (!job->running || !(is_to_end(job) || has_met_writer(job)))
		return false;
	(void)pthread_kill(job->thread, WAKE);
	return true;
}

/* The pidfds of all that wait, and what they hold, into fds; how many there
   are, and are told to leave. With the lock held. */
static size_t
look(struct pollfd *fds, size_t *ending)
{
	size_t i, n = 0;

	*ending = 0;
	for (i = 0; i < most; i++) {
		if (jobs[i] == NULL)
			continue;
		fds[n].events = POLLIN;
		fds[n++].fd = jobs[i]->pidfd;
		fds[n].events = POLLIN;
		fds[n++].fd = jobs[i]->held;
		if (end(jobs[i]))
			++*ending;
	}
	return n;
}

/* Until a program ends, a job is added, or the time is up. Those that are told
   to leave are given some of it, ever more: they may be held up elsewhere. */
static void
wait_for_change(struct pollfd *fds, size_t n, size_t ending, long *moment)
{
	const struct timespec tick = { 0, TICK };
	struct timespec rest = { 0, 0 };
	sigset_t set;

	if (ending > 0) {
		rest.tv_nsec = *moment;
		(void)nanosleep(&rest, NULL);
		*moment = *moment >= TICK / 2 ? TICK : *moment * 2;
		return;
	}
	*moment = TICK_ENDING;
	(void)sigfillset(&set);
	(void)sigdelset(&set, WAKE);
	(void)ppoll(fds, n, &tick, &set);
}

static void *
watch(void *p)
{
	struct pollfd fds[2 * JOBS_MAX];
	size_t n, ending;
	long moment = TICK_ENDING;

	(void)p;
	for (;;) {
		(void)pthread_mutex_lock(&lock);
		n = look(fds, &ending);
		watching = n > 0;
		(void)pthread_mutex_unlock(&lock);
		if (n == 0)
			return NULL;
		wait_for_change(fds, n, ending, &moment);
	}
}

/*
 * An opening of a fifo meets those that wait for its other end: one that
 * nobody waits for any more would take what is for others.
 */
void
worker_settle(const struct stat *st)
{
	const struct timespec moment = { 0, SETTLE_TICK };
	size_t i, n, tries;

	for (tries = 0; tries < SETTLE_TRIES; tries++) {
		(void)pthread_mutex_lock(&lock);
		for (i = 0, n = 0; i < most; i++)
			if (jobs[i] != NULL &&
			    jobs[i]->st.st_ino == st->st_ino &&
			    jobs[i]->st.st_dev == st->st_dev && end(jobs[i]))
				n++;
		(void)pthread_mutex_unlock(&lock);
		if (n == 0)
			return;
		(void)nanosleep(&moment, NULL);
	}
}

/* With the lock held. */
static bool
enter(struct job *job)
{
	size_t i;

	for (i = 0; i < most && jobs[i] != NULL; i++)
		continue;
	if (i == most)
		return false;
	if (!watching && thread_start(&watcher, watch, NULL) != 0)
		return false;
	watching = true;
	if (thread_start(&job->thread, run, job) != 0)
		return false;
	job->running = true;
	jobs[i] = job;
	(void)pthread_kill(watcher, WAKE);
	return true;
}

static void
submit(struct judge *judge, struct call *call, struct job *job)
{
	bool entered;

	job->listener = judge->listener;
	job->ticket = call->ticket;
	job->folder = fcntl(call->thread->folder, F_DUPFD_CLOEXEC, 3);
	job->pidfd = fcntl(call->thread->pidfd, F_DUPFD_CLOEXEC, 3);
	call_begin(call);
	(void)pthread_mutex_lock(&lock);
	entered = enter(job);
	(void)pthread_mutex_unlock(&lock);
	if (entered)
		return;
	free_job(job);
	call_refuse(judge, call, EAGAIN);
}

void
worker_open(struct judge *judge, struct call *call, bool cloexec)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		call_refuse(judge, call, ENOMEM);
		return;
	}
	job->fd = move(&call->pin[0].object);
	job->object = -1;
	job->held = move(&call->held);
	job->st = call->pin[0].st;
	job->flags = call->how.flags;
	job->cloexec = cloexec;
	submit(judge, call, job);
}

void
worker_connect(struct judge *judge, struct call *call)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		call_refuse(judge, call, ENOMEM);
		return;
	}
	job->connecting = true;
	job->held = -1;
	job->fd = move(&call->fd);
	job->object = call->addr_is_path ? move(&call->pin[0].object) : -1;
	job->hand = call->addr.sa.sa_family == AF_UNIX ? judge->twin : -1;
	job->caller = call->process->tgid;
	job->addr = call->addr.storage;
	job->addr_len = call->addr_len;
	submit(judge, call, job);
}

void
worker_do(struct judge *judge, struct call *call,
    const struct worker_task *task)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		task->release(task->context);
		call_refuse(judge, call, ENOMEM);
		return;
	}
	job->fd = job->object = job->held = -1;
	job->task = *task;
	submit(judge, call, job);
}

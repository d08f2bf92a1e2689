/* SPDX-License-Identifier: ISC */
/*
 * Each job is a copy of what it needs of its call; it shares nothing with
 * the judge but the page's slot and the listener. A watching thread looks
 * ten times a second whether the programs still wait.
 */
#include "worker.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
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

#define JOBS_MAX (PAGE_SLOTS - 16)
#define WAKE SIGUSR1
#define RESTART 512 /* ERESTARTSYS, which programs never see */

struct job {
	pthread_t thread;
	bool running;
	bool connecting;
	bool cloexec;
	int fd;     /* pinned object, or socket */
	int object; /* of a unix path, or -1 */
	int hand;   /* that connects, or -1 */
	uint64_t flags;
	int listener;
	struct ticket ticket;
	struct sockaddr_storage addr;
	socklen_t addr_len;
	pid_t caller;
	int folder;               /* of the caller's thread, in /proc */
	_Atomic bool interrupted; /* a signal came for it */
	struct worker_task task;  /* without work: none of this */
};

/* The one that this thread does. */
static _Thread_local struct job *current;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct job *jobs[JOBS_MAX];
static bool watching;

static void
on_wake(int sig)
{
	(void)sig; /* only to interrupt */
}

void
worker_init(void)
{
	struct sigaction sa;

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
		result = perform_reopen(job->fd, job->flags, 0);
	if (result == -1)
		ticket_refuse(&job->ticket, job->listener,
		    error_of(job, errno));
	else if (job->connecting)
		ticket_answer(&job->ticket, job->listener, 0);
	else
		(void)ticket_give(&job->ticket, job->listener, result,
		    job->cloexec);
}

static void
free_job(struct job *job)
{
	if (job->fd != -1)
		close(job->fd);
	if (job->object != -1)
		close(job->object);
	if (job->folder != -1)
		close(job->folder);
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
	for (i = 0; i < JOBS_MAX; i++)
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

/* Interrupts what shall wait no longer, again and again until it is gone. */
static void *
watch(void *p)
{
	const struct timespec tick = { 0, 50000000 };
	size_t i, n = 1;

	(void)p;
	while (n > 0) {
		(void)nanosleep(&tick, NULL);
		(void)pthread_mutex_lock(&lock);
		for (i = 0, n = 0; i < JOBS_MAX; i++) {
			if (jobs[i] == NULL)
				continue;
			n++;
			if (jobs[i]->running && is_to_end(jobs[i]))
				(void)pthread_kill(jobs[i]->thread, WAKE);
		}
		watching = n > 0;
		(void)pthread_mutex_unlock(&lock);
	}
	return NULL;
}

/* With the lock held. */
static bool
enter(struct job *job)
{
	pthread_t watcher;
	size_t i;

	for (i = 0; i < JOBS_MAX && jobs[i] != NULL; i++)
		continue;
	if (i == JOBS_MAX)
		return false;
	if (!watching && thread_start(&watcher, watch, NULL) != 0)
		return false;
	watching = true;
	if (thread_start(&job->thread, run, job) != 0)
		return false;
	job->running = true;
	jobs[i] = job;
	return true;
}

static void
submit(struct judge *judge, struct call *call, struct job *job)
{
	bool entered;

	job->listener = judge->listener;
	job->ticket = call->ticket;
	job->folder = fcntl(call->thread->folder, F_DUPFD_CLOEXEC, 3);
	call_begin(call);
	(void)pthread_mutex_lock(&lock);
	entered = enter(job);
	(void)pthread_mutex_unlock(&lock);
	if (entered)
		return;
	free_job(job);
	call_refuse(judge, call, EAGAIN);
}

static int
move(int *fd)
{
	int moved = *fd;

	*fd = -1;
	return moved;
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
	job->fd = job->object = -1;
	job->task = *task;
	submit(judge, call, job);
}

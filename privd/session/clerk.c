/* SPDX-License-Identifier: ISC */
/*
 * Whoever leads receives and handles. What may wait for others is done
 * outside of the lock (judge_leave, judge_return); a watching thread looks
 * whether the leader has been outside for long in one go, and makes another
 * one lead. The one that was held up ends its call, whenever that is, and
 * then waits to lead again. Their number is bounded: a session whose programs
 * hold up more stands still, and no other session does.
 */
#include "clerk.h"

#include <sys/mman.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "call.h"
#include "judge.h"
#include "page.h"
#include "thread.h"

#define CLERKS_MAX (CLERKS_THREADS - 1)
#define TICK 25000000 /* nanoseconds */
#define TICKS_HELD_UP 2
#define TICKS_IDLE 80   /* without a call, before nobody watches */
#define QUEUE_MAX 12    /* received ahead; workers need slots, too */
#define END_WAIT 1000   /* microseconds, between two looks */
#define SLOTS_WAIT 1000 /* microseconds, when all slots are taken */

/* Received and not handled yet, in order. */
struct queue {
	struct page_slot *slots[QUEUE_MAX];
	size_t first;
	size_t count;
};

/* One thread. All of this is looked at and changed under the lock. */
struct clerk {
	bool leads;
	bool away; /* outside of the lock, for something that may wait */
};

struct clerks {
	struct judge *judge;
	pthread_mutex_t lock;
	pthread_cond_t vacant; /* nobody leads */
	pthread_cond_t busy;   /* the watch is to go on */
	struct queue queue;
	struct page_slot **resumed; /* of a predecessor */
	size_t nresumed;
	struct clerk *leader;
	size_t count;
	size_t waiting;       /* to lead */
	unsigned long leaves; /* how often the leader went away */
	bool watched;
	bool asleep;           /* the watch */
	_Atomic int returning; /* others than the leader, to end their calls */
};

static _Thread_local struct clerk self;

void
judge_leave(struct judge *judge)
{
	struct clerks *clerks = judge->clerks;

	self.away = true;
	if (self.leads) {
		clerks->leaves++;
		if (clerks->asleep)
			(void)pthread_cond_signal(&clerks->busy);
	}
	(void)pthread_mutex_unlock(&clerks->lock);
}

void
judge_return(struct judge *judge)
{
	struct clerks *clerks = judge->clerks;
	int error = errno;

	if (pthread_mutex_trylock(&clerks->lock) != 0) {
		atomic_fetch_add(&clerks->returning, 1);
		(void)pthread_mutex_lock(&clerks->lock);
		atomic_fetch_sub(&clerks->returning, 1);
	}
	self.away = false;
	errno = error;
}

/* Receives one call; waits for it. False: no program is left. */
static bool
receive(struct clerks *clerks)
{
	struct judge *judge = clerks->judge;
	struct page_slot *slot = page_take(judge->page,
	    judge->plan->options.max_calls);
	struct queue *queue = &clerks->queue;
	int result;

	if (slot == NULL) { /* all are held by waiting calls */
		(void)pthread_mutex_unlock(&clerks->lock);
		if (queue->count == 0)
			(void)usleep(SLOTS_WAIT);
		(void)pthread_mutex_lock(&clerks->lock);
		return true;
	}
	(void)pthread_mutex_unlock(&clerks->lock);
	result = notify_receive(judge->listener, &slot->notif);
	(void)pthread_mutex_lock(&clerks->lock);
	if (result <= 0) {
		page_free(slot);
		return result == 0;
	}
	queue->slots[(queue->first + queue->count++) % QUEUE_MAX] = slot;
	return true;
}

/* What others are at may have an effect; its keeper waits no longer than it
   likes. */
static void __attribute__((noreturn)) end_session(struct clerks *clerks)
{
	const struct judge *judge = clerks->judge;

	(void)pthread_mutex_unlock(&clerks->lock);
	while (page_is_used(judge->page, judge->plan->options.max_calls))
		(void)usleep(END_WAIT);
	_exit(0);
}

/*
 * A call that was not received yet fails with EINTR when a signal comes, even
 * one that never does otherwise: so all that wait are received before one
 * is worked on. NULL: look again.
 */
static struct page_slot *
next(struct clerks *clerks)
{
	struct queue *queue = &clerks->queue;
	struct pollfd pfd = { .fd = clerks->judge->listener, .events = POLLIN };
	struct page_slot *slot;
	size_t before = 0;

	if (clerks->nresumed > 0)
		return clerks->resumed[--clerks->nresumed];
	if (queue->count == 0 && !receive(clerks))
		end_session(clerks);
	/* One thread alone waits for its answer. None is received where no slot
	   is left: those that are here are what frees some. */
	while (queue->count > before && queue->count < QUEUE_MAX &&
	    process_count(clerks->judge->table) > 1 && poll(&pfd, 1, 0) == 1 &&
	    (pfd.revents & POLLIN) != 0) {
		before = queue->count;
		(void)receive(clerks);
	}
	if (queue->count == 0)
		return NULL;
	slot = queue->slots[queue->first];
	queue->first = (queue->first + 1) % QUEUE_MAX;
	queue->count--;
	return slot;
}

/* Straight from the kernel: of its many pages a call needs few. */
static struct call *
new_call(struct judge *judge)
{
	struct call *call;
	void *p;
	size_t i;

	p = mmap(NULL, sizeof(*call), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	call = p;
	call->judge = judge;
	call->fd = -1;
	call->extra = -1;
	call->held = -1;
	target_init(&call->target);
	for (i = 0; i < CALL_PATHS; i++)
		resolve_pin_init(&call->pin[i]);
	return call;
}

/* Lets those go first that were held up and are back. */
static void
give_way(struct clerks *clerks)
{
	const struct timespec moment = { 0, 50000 };

	if (atomic_load(&clerks->returning) == 0)
		return;
	(void)pthread_mutex_unlock(&clerks->lock);
	(void)nanosleep(&moment, NULL);
	(void)pthread_mutex_lock(&clerks->lock);
}

static void *watch(void *);

/* Threads are locked in as the judge is, by now, and begin as whoever it is. */
static void
start_watch(struct clerks *clerks)
{
	if (!clerks->watched && thread_start(NULL, watch, clerks) != 0)
		_exit(1);
	clerks->watched = true;
}

static void
lead(struct clerks *clerks, struct call *call)
{
	struct page_slot *slot;

	clerks->leader = &self;
	self.leads = true;
	while (self.leads) {
		slot = next(clerks);
		if (slot != NULL)
			judge_handle(clerks->judge, call, slot);
		/* The first call is the launcher's, which is alone: as it
		   executes the program there is time. */
		start_watch(clerks);
		give_way(clerks);
	}
}

/* Leads, whenever nobody does, until it is held up. */
static void *
work(void *p)
{
	struct clerks *clerks = p;
	struct call *call = new_call(clerks->judge);

	/* A umask and a working folder of its own. */
	if (call == NULL || unshare(CLONE_FS) == -1)
		_exit(1);
	if (clerks->judge->follows)
		reach_rest(clerks->judge->reach.guard);
	(void)pthread_mutex_lock(&clerks->lock);
	for (;;) {
		clerks->waiting++;
		while (clerks->leader != NULL)
			(void)pthread_cond_wait(&clerks->vacant, &clerks->lock);
		clerks->waiting--;
		lead(clerks, call);
	}
	return NULL;
}

/* Another thread leads from now on, if there is one, or can be. */
static void
replace_leader(struct clerks *clerks)
{
	if (clerks->waiting == 0) {
		if (clerks->count == CLERKS_MAX ||
		    thread_start(NULL, work, clerks) != 0)
			return;
		clerks->count++;
	}
	clerks->leader->leads = false;
	clerks->leader = NULL;
	(void)pthread_cond_signal(&clerks->vacant);
}

static void *
watch(void *p)
{
	const struct timespec tick = { 0, TICK };
	struct clerks *clerks = p;
	unsigned long seen = 0;
	unsigned int held = 0, idle = 0;
	bool away;

	(void)pthread_mutex_lock(&clerks->lock);
	for (;;) {
		if (idle >= TICKS_IDLE) {
			clerks->asleep = true;
			(void)pthread_cond_wait(&clerks->busy, &clerks->lock);
			clerks->asleep = false;
			idle = 0;
		}
		(void)pthread_mutex_unlock(&clerks->lock);
		(void)nanosleep(&tick, NULL);
		(void)pthread_mutex_lock(&clerks->lock);
		away = clerks->leader != NULL && clerks->leader->away;
		held = away && clerks->leaves == seen ? held + 1 : 0;
		idle = away || clerks->leaves != seen ? 0 : idle + 1;
		seen = clerks->leaves;
		if (held >= TICKS_HELD_UP)
			replace_leader(clerks);
	}
	return NULL;
}

struct clerks *
clerks_new(struct judge *judge)
{
	struct clerks *clerks = calloc(1, sizeof(*clerks));

	if (clerks == NULL)
		return NULL;
	clerks->judge = judge;
	clerks->count = 1;
	(void)pthread_mutex_init(&clerks->lock, NULL);
	(void)pthread_cond_init(&clerks->vacant, NULL);
	(void)pthread_cond_init(&clerks->busy, NULL);
	return clerks;
}

void
clerks_resume(struct clerks *clerks, struct page_slot **slots, size_t n)
{
	clerks->resumed = slots;
	clerks->nresumed = n;
}

void
clerks_work(struct judge *judge)
{
	if (judge->succeeds || judge->follows)
		start_watch(judge->clerks);
	(void)work(judge->clerks);
}

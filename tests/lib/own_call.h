/* SPDX-License-Identifier: ISC */
/*
 * Calls as a judge has them, of a program that is this process: what is asked of
 * others for it. Included once by a test, whose lines of WRAP name
 *	process_memory process_maps judge_leave judge_return
 */
#ifndef TESTS_OWN_CALL_H
#define TESTS_OWN_CALL_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../../privd/session/call.h"
#include "../../privd/session/judge.h"

#define OWN_REFS (1U << 20) /* they are never closed */

struct handle *__wrap_process_memory(struct process_table *, struct thread *,
    uint64_t);
struct handle *__wrap_process_maps(struct process_table *, struct thread *,
    uint64_t);
void __wrap_judge_leave(struct judge *);
void __wrap_judge_return(struct judge *);

static struct handle memory = { .fd = -1, .refs = OWN_REFS },
		     maps = { .fd = -1, .refs = OWN_REFS };

struct handle *
__wrap_process_memory(struct process_table *table, struct thread *thread,
    uint64_t id)
{
	(void)table;
	(void)thread;
	(void)id;
	memory.refs++;
	return &memory;
}

struct handle *
__wrap_process_maps(struct process_table *table, struct thread *thread,
    uint64_t id)
{
	(void)table;
	(void)thread;
	(void)id;
	maps.refs++;
	return &maps;
}

void
__wrap_judge_leave(struct judge *judge)
{
	(void)judge;
}

void
__wrap_judge_return(struct judge *judge)
{
	(void)judge;
}

/* False: they cannot be had. */
static bool
own_memory_open(void)
{
	memory.fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	maps.fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	return memory.fd != -1 && maps.fd != -1;
}

/* An empty one, safe to clear. */
static void
own_call_begin(struct judge *judge, struct call *call)
{
	static struct process process;
	static struct thread thread = { .process = &process };

	memset(call, 0, sizeof(*call));
	call->fd = call->extra = call->held = -1;
	target_init(&call->target);
	resolve_pin_init(&call->pin[0]);
	resolve_pin_init(&call->pin[1]);
	call->thread = &thread;
	call->process = &process;
	call->judge = judge;
}

static void
own_call_clear(struct call *call)
{
	call->memory = call->maps = NULL;
	memory.refs = maps.refs = OWN_REFS;
	call_clear(call);
}

#endif /* TESTS_OWN_CALL_H */

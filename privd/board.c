/* SPDX-License-Identifier: ISC */
/*
 * The outcome is whole for whoever reads it while no load goes on, and finds
 * afterwards that none has begun.
 */
#include "board.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <linux/futex.h>

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The monitor's own: of what is shared it only writes, and reads nothing. */
static uint32_t loads;
static uint32_t errors;

struct board *
board_new(void)
{
	void *p;

	p = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void
board_leave(struct board *board)
{
	(void)munmap(board, sizeof(*board));
}

void
board_begin(struct board *board)
{
	atomic_store(&board->begun, ++loads);
	board->outcome.failed = true;
	board->outcome.count = errors = 0;
}

void
board_add(struct board *board, const char *file, unsigned int line,
    unsigned int column, const char *text)
{
	struct board_error *error;

	if (errors < BOARD_ERRORS_MAX) {
		error = &board->outcome.errors[errors];
		error->line = line;
		error->column = column;
		(void)strlcpy(error->file, file, sizeof(error->file));
		(void)strlcpy(error->text, text, sizeof(error->text));
	}
	board->outcome.count = ++errors;
}

void
board_end(struct board *board, bool failed)
{
	board->outcome.failed = failed;
	atomic_store(&board->done, loads);
	(void)syscall(SYS_futex, &board->done, FUTEX_WAKE, INT_MAX, NULL, NULL,
	    0);
}

static bool
copy(struct board *board, uint32_t done, struct board_outcome *outcome)
{
	if (atomic_load(&board->begun) != done)
		return false;
	*outcome = board->outcome;
	atomic_thread_fence(memory_order_acquire);
	return atomic_load(&board->begun) == done;
}

static int64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Numbers go round: later is what is less than half of them ahead. */
static bool
is_later(uint32_t done, uint32_t begun)
{
	return (int32_t)(done - begun) > 0;
}

int
board_wait(struct board *board, uint32_t begun, int milliseconds,
    struct board_outcome *outcome)
{
	int64_t end = now() + milliseconds, left;
	struct timespec ts;
	uint32_t done;

	while ((left = end - now()) > 0) {
		done = atomic_load(&board->done);
		if (is_later(done, begun) && copy(board, done, outcome))
			return 0;
		ts.tv_sec = left / 1000;
		ts.tv_nsec = left % 1000 * 1000000;
		(void)syscall(SYS_futex, &board->done, FUTEX_WAIT, done, &ts,
		    NULL, 0);
	}
	errno = ETIMEDOUT;
	return -1;
}

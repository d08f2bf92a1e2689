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

int
board_open(struct board *board)
{
	void *p;

	memset(board, 0, sizeof(*board));
	p = mmap(NULL, sizeof(*board->page), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -1;
	board->page = p;
	return 0;
}

void
board_leave(const struct board *board)
{
	(void)munmap(board->page, sizeof(*board->page));
}

void
board_begin(struct board *board)
{
	atomic_store(&board->page->begun, ++board->loads);
	board->errors = 0;
	board->page->outcome.failed = true;
	board->page->outcome.count = 0;
}

void
board_add(struct board *board, const char *file, unsigned int line,
    unsigned int column, const char *text)
{
	struct board_error *error;

	if (board->errors < BOARD_ERRORS_MAX) {
		error = &board->page->outcome.errors[board->errors];
		error->line = line;
		error->column = column;
		(void)strlcpy(error->file, file, sizeof(error->file));
		(void)strlcpy(error->text, text, sizeof(error->text));
	}
	board->page->outcome.count = ++board->errors;
}

void
board_end(struct board *board, bool failed)
{
	board->page->outcome.failed = failed;
	atomic_store(&board->page->done, board->loads);
	(void)syscall(SYS_futex, &board->page->done, FUTEX_WAKE, INT_MAX, NULL,
	    NULL, 0);
}

uint32_t
board_begun(const struct board *board)
{
	return atomic_load(&board->page->begun);
}

static bool
copy(const struct board_page *page, uint32_t done,
    struct board_outcome *outcome)
{
	struct board_error *error;
	size_t i;

	if (atomic_load(&page->begun) != done)
		return false;
	*outcome = page->outcome;
	/* Others who answer questions could write there. */
	for (i = 0; i < BOARD_ERRORS_MAX; i++) {
		error = &outcome->errors[i];
		error->file[sizeof(error->file) - 1] = '\0';
		error->text[sizeof(error->text) - 1] = '\0';
	}
	atomic_thread_fence(memory_order_acquire);
	return atomic_load(&page->begun) == done;
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
board_wait(const struct board *board, uint32_t begun, int milliseconds,
    struct board_outcome *outcome)
{
	int64_t end = now() + milliseconds, left;
	struct timespec ts;
	struct board_page *page = board->page;
	uint32_t done;

	while ((left = end - now()) > 0) {
		done = atomic_load(&page->done);
		if (is_later(done, begun) && copy(page, done, outcome))
			return 0;
		ts.tv_sec = left / 1000;
		ts.tv_nsec = left % 1000 * 1000000;
		(void)syscall(SYS_futex, &page->done, FUTEX_WAIT, done, &ts,
		    NULL, 0);
	}
	errno = ETIMEDOUT;
	return -1;
}

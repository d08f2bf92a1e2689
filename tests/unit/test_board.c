/* SPDX-License-Identifier: ISC */
/*
 * What came of a load: never that of an earlier one, and never half of it.
 */
#include <sys/wait.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/board.h"

static struct board_outcome outcome;

static void
has_the_next_one(void **state)
{
	struct board board;

	(void)state;
	assert_int_equal(board_open(&board), 0);
	assert_int_equal(board_wait(&board, 0, 0, &outcome), -1);
	assert_int_equal(errno, ETIMEDOUT);
	board_begin(&board);
	assert_int_equal(board_wait(&board, 0, 1, &outcome), -1);
	board_add(&board, "a", 1, 2, "text");
	board_end(&board, true);
	assert_int_equal(board_wait(&board, 0, 1000, &outcome), 0);
	assert_true(outcome.failed);
	assert_int_equal(outcome.count, 1);
	assert_string_equal(outcome.errors[0].file, "a");
	assert_int_equal(outcome.errors[0].line, 1);
	assert_int_equal(outcome.errors[0].column, 2);
	assert_string_equal(outcome.errors[0].text, "text");
	/* That one had begun already. */
	assert_int_equal(board_wait(&board, 1, 1, &outcome), -1);
	board_begin(&board);
	/* While it goes on there is no outcome, not that of the last either. */
	assert_int_equal(board_wait(&board, 0, 1, &outcome), -1);
	board_end(&board, false);
	assert_int_equal(board_wait(&board, 1, 1000, &outcome), 0);
	assert_false(outcome.failed);
	assert_int_equal(outcome.count, 0);
	board_leave(&board);
}

static void
counts_what_it_does_not_keep(void **state)
{
	struct board board;
	static char text[sizeof(outcome.errors[0].text) + 100];
	unsigned int i;

	(void)state;
	assert_int_equal(board_open(&board), 0);
	memset(text, 'x', sizeof(text) - 1);
	board_begin(&board);
	for (i = 1; i <= BOARD_ERRORS_MAX + 10; i++)
		board_add(&board, text, i, 1, text);
	board_end(&board, true);
	assert_int_equal(board_wait(&board, 0, 1000, &outcome), 0);
	assert_int_equal(outcome.count, BOARD_ERRORS_MAX + 10);
	assert_int_equal(outcome.errors[BOARD_ERRORS_MAX - 1].line,
	    BOARD_ERRORS_MAX);
	assert_int_equal(strlen(outcome.errors[0].text),
	    sizeof(outcome.errors[0].text) - 1);
	board_leave(&board);
}

static void
goes_round(void **state)
{
	struct board board;

	(void)state;
	assert_int_equal(board_open(&board), 0);
	board.loads = UINT32_MAX;
	atomic_store(&board.page->begun, UINT32_MAX);
	atomic_store(&board.page->done, UINT32_MAX);
	assert_int_equal(board_wait(&board, UINT32_MAX, 1, &outcome), -1);
	board_begin(&board);
	board_end(&board, false);
	assert_int_equal(board_wait(&board, UINT32_MAX, 1000, &outcome), 0);
	board_leave(&board);
}

/* Many loads in one process, each of whose errors have one number; another
   waits for each in turn. */
static void
is_whole(void **state)
{
	struct board board;
	uint32_t begun = 0;
	unsigned int i, n;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(board_open(&board), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		for (n = 1; n <= 20000; n++) {
			board_begin(&board);
			for (i = 0; i < n % BOARD_ERRORS_MAX; i++)
				board_add(&board, "f", n, n, "t");
			board_end(&board, n % 2 == 0);
		}
		_exit(0);
	}
	while (
	    begun < 20000 && board_wait(&board, begun, 5000, &outcome) == 0) {
		begun = atomic_load(&board.page->done);
		for (i = 1; i < outcome.count; i++)
			assert_int_equal(outcome.errors[i].line,
			    outcome.errors[0].line);
		if (outcome.count > 0)
			assert_int_equal(outcome.errors[0].line %
				BOARD_ERRORS_MAX,
			    outcome.count);
	}
	assert_int_equal(begun, 20000);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	board_leave(&board);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_next_one),
		cmocka_unit_test(counts_what_it_does_not_keep),
		cmocka_unit_test(goes_round),
		cmocka_unit_test(is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

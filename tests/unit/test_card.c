/* SPDX-License-Identifier: ISC */
/*
 * What a connection's process tells of itself, and what is made of words that
 * no such process wrote.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/card.h"
#include "../../privd/session/refusal.h"
#include "../../privd/session/session.h"

static struct card_head head;

static void
tells_what_it_is(void **state)
{
	static char name[CARD_PROGRAM_MAX + 100];
	int card = card_new();

	(void)state;
	assert_int_not_equal(card, -1);
	assert_int_equal(card_kind(card), CARD_OPENING);
	assert_int_equal(card_write(card, CARD_SESSION, "/bin/cat", 20), 0);
	assert_int_equal(card_kind(card), CARD_SESSION);
	assert_int_equal(card_read(card, &head), 0);
	assert_string_equal(head.program, "/bin/cat");
	assert_int_equal(card_calls(card), 20);
	memset(name, 'x', sizeof(name) - 1);
	assert_int_equal(card_write(card, CARD_TALK, name, 0), 0);
	assert_int_equal(card_kind(card), CARD_TALK);
	assert_int_equal(card_read(card, &head), 0);
	assert_int_equal(strlen(head.program), CARD_PROGRAM_MAX);
	close(card);
}

static void
stays_as_large(void **state)
{
	int card = card_new();

	(void)state;
	assert_int_equal(ftruncate(card, 0), -1);
	assert_int_equal(ftruncate(card, 1 << 20), -1);
	assert_int_equal(pwrite(card, "x", 1, 1 << 20), -1);
	close(card);
}

static void
believes_nothing(void **state)
{
	int card = card_new();

	(void)state;
	memset(&head, 0xff, sizeof(head));
	assert_int_equal(pwrite(card, &head, sizeof(head), 0), sizeof(head));
	assert_int_equal(card_kind(card), CARD_OPENING);
	assert_int_equal(card_calls(card), SESSION_CALLS_MAX);
	assert_int_equal(card_read(card, &head), 0);
	assert_int_equal(strlen(head.program), CARD_PROGRAM_MAX);
	close(card);
	assert_int_equal(card_calls(card), 0);
	assert_int_equal(card_kind(card), CARD_OPENING);
	assert_int_equal(card_read(card, &head), -1);
}

static void
keeps_refusals(void **state)
{
	static struct refusal refusal;
	struct refusals *refusals;
	int card = card_new();

	(void)state;
	assert_int_equal(card_write(card, CARD_SESSION, "/bin/cat", 20), 0);
	refusals = card_map_refusals(card);
	assert_non_null(refusals);
	assert_false(card_has_refusals(card));
	assert_false(card_read_refusal(card, REFUSALS - 1, &refusal));
	refusals->all[REFUSALS - 1].error = 77;
	assert_true(card_has_refusals(card));
	assert_false(card_read_refusal(card, REFUSALS - 1, &refusal));
	refusals->all[REFUSALS - 1].turn = 1;
	assert_true(card_read_refusal(card, REFUSALS - 1, &refusal));
	assert_int_equal(refusal.error, 77);
	assert_false(card_read_refusal(card, REFUSALS, &refusal));
	assert_int_equal(card_kind(card), CARD_SESSION);
	close(card);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_it_is),
		cmocka_unit_test(stays_as_large),
		cmocka_unit_test(believes_nothing),
		cmocka_unit_test(keeps_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

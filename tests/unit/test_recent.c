/* SPDX-License-Identifier: ISC */
/* The last lines of the log: who reads which, and how many he missed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/recent.h"

static struct recent recent;

static int
begin(void **state)
{
	(void)state;
	recent_init(&recent);
	return 0;
}

static int
end(void **state)
{
	struct recent_line *line;
	struct recent_reader *reader;
	struct recent_owner *owner;

	(void)state;
	while ((reader = TAILQ_FIRST(&recent.readers)) != NULL)
		recent_leave(&recent, reader);
	while ((line = TAILQ_FIRST(&recent.lines)) != NULL) {
		TAILQ_REMOVE(&recent.lines, line, entries);
		free(line);
	}
	while ((owner = TAILQ_FIRST(&recent.owners)) != NULL) {
		TAILQ_REMOVE(&recent.owners, owner, entries);
		free(owner);
	}
	return 0;
}

static void
add(uint64_t session, uid_t uid, const char *text)
{
	struct entry_stamp stamp = { .session = session, .uid = uid };
	static struct entry entry;

	entry_start(&entry);
	entry_add(&entry, ENTRY_NOTE, text);
	recent_add(&recent, &entry, &stamp);
}

/* All that there is for him, as one string. */
static const char *
read_all(struct recent_reader *reader)
{
	static char text[1024];
	static struct entry entry;

	text[0] = '\0';
	for (; reader->line != NULL; recent_step(reader)) {
		assert_int_equal(entry_take(&entry, reader->line->bytes,
				     reader->line->len),
		    0);
		(void)strlcat(text, entry_get(&entry, ENTRY_NOTE),
		    sizeof(text));
	}
	return text;
}

static void
is_his_own(void **state)
{
	struct recent_reader *one, *two, *root;

	(void)state;
	add(0, 0, "a");
	add(1, 1000, "b");
	add(2, 1001, "c");
	add(0, 1000, "d"); /* of no session, whatever it says */
	one = recent_read(&recent, 1000, 100, false);
	two = recent_read(&recent, 1002, 100, true);
	root = recent_read(&recent, 0, 100, true);
	assert_string_equal(read_all(one), "b");
	assert_string_equal(read_all(two), "");
	assert_string_equal(read_all(root), "abcd");
	assert_true(recent_is_over(one));
	assert_false(recent_is_over(two));
	add(3, 1000, "e");
	add(4, 1002, "f");
	add(5, 1000, "g");
	assert_string_equal(read_all(one), "");
	assert_string_equal(read_all(two), "f");
	assert_string_equal(read_all(root), "efg");
}

static void
begins_with_the_last(void **state)
{
	struct recent_reader *reader;
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		add(1, i % 2 == 0 ? 1000 : 1001,
		    (char[]){ (char)('0' + i), 0 });
	reader = recent_read(&recent, 1000, 2, true);
	assert_string_equal(read_all(reader), "68");
	reader = recent_read(&recent, 1001, 0, true);
	assert_string_equal(read_all(reader), "");
	reader = recent_read(&recent, 1001, 100, false);
	assert_string_equal(read_all(reader), "13579");
}

static void
counts_what_is_missed(void **state)
{
	struct recent_reader *slow, *other, *fast;
	int i;

	(void)state;
	slow = recent_read(&recent, 1000, 0, true);
	other = recent_read(&recent, 1001, 0, true);
	fast = recent_read(&recent, 1000, 0, true);
	for (i = 0; i < RECENT_LINES + 30; i++) {
		add(1, 1000, "x");
		add(1, 1002, "y");
		(void)read_all(fast);
	}
	assert_int_equal(recent.count, RECENT_LINES);
	assert_int_equal(slow->missed, RECENT_LINES / 2 + 30);
	for (i = 0; slow->line != NULL; i++)
		recent_step(slow);
	assert_int_equal(i, RECENT_LINES / 2);
	assert_int_equal(other->missed, 0);
	assert_int_equal(fast->missed, 0);
}

static void
is_bounded(void **state)
{
	static char large[ENTRY_MAX];
	int i;

	(void)state;
	memset(large, 'a', sizeof(large) - 1);
	for (i = 0; i < RECENT_LINES; i++)
		add(1, 1000, large);
	assert_true(recent.bytes <= RECENT_BYTES);
	assert_true(recent.count > 10);
	for (i = 0; i < RECENT_READERS_USER; i++)
		assert_non_null(recent_read(&recent, 1000, 1, true));
	assert_null(recent_read(&recent, 1000, 1, true));
	for (i = RECENT_READERS_USER; i < RECENT_READERS; i++)
		assert_non_null(recent_read(&recent, 2000 + (uid_t)i, 1, true));
	assert_null(recent_read(&recent, 3000, 1, true));
	assert_non_null(recent_read(&recent, 0, 1, true));
}

/* How many lines of his there are. */
static size_t
count_of(uid_t uid)
{
	const struct recent_line *line;
	size_t n = 0;

	TAILQ_FOREACH(line, &recent.lines, entries)
		n += (line->stamp.session != 0 ? line->stamp.uid : 0) == uid;
	return n;
}

/* However many lines somebody has, others keep theirs. */
static void
gives_each_a_share(void **state)
{
	struct recent_reader *slow;
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		add(0, 0, "r");
	for (i = 0; i < 500; i++)
		add(1, 1000, "a");
	slow = recent_read(&recent, 1000, 1000, true);
	for (i = 0; i < 3 * RECENT_LINES; i++)
		add(2, 1001, "b");
	assert_int_equal(recent.count, RECENT_LINES);
	assert_int_equal(count_of(0), 10);
	assert_int_equal(count_of(1000), 500);
	assert_int_equal(slow->missed, 0);
	for (i = 0; i < 3 * RECENT_LINES; i++)
		add(1, 1000, "a");
	assert_int_equal(recent.count, RECENT_LINES);
	assert_int_equal(count_of(0), 10);
	assert_int_equal(count_of(1000), RECENT_LINES / 2 - 5);
	assert_int_equal(count_of(1001), RECENT_LINES / 2 - 5);
	assert_int_equal(slow->missed,
	    500 + 3 * RECENT_LINES - (RECENT_LINES / 2 - 5));
}

/* Nor however long they are. */
static void
gives_each_a_share_of_bytes(void **state)
{
	static char large[ENTRY_MAX];
	int i;

	(void)state;
	memset(large, 'a', sizeof(large) - 1);
	for (i = 0; i < 1000; i++)
		add(1, 1000, "x");
	for (i = 0; i < RECENT_LINES; i++)
		add(2, 1001, large);
	assert_true(recent.bytes <= RECENT_BYTES);
	assert_int_equal(count_of(1000), 1000);
	assert_true(count_of(1001) > 10);
}

/* Of users who have none left nothing is kept. */
static void
forgets_users(void **state)
{
	const struct recent_owner *owner;
	size_t n = 0, lines = 0;
	uid_t uid;

	(void)state;
	for (uid = 1000; uid < 1000 + 3 * RECENT_LINES; uid++)
		add(1, uid, "x");
	TAILQ_FOREACH(owner, &recent.owners, entries) {
		n++;
		lines += owner->count;
	}
	assert_int_equal(n, RECENT_LINES);
	assert_int_equal(lines, RECENT_LINES);
	assert_int_equal(count_of(uid - 1), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_his_own, begin, end),
		cmocka_unit_test_setup_teardown(begins_with_the_last, begin,
		    end),
		cmocka_unit_test_setup_teardown(counts_what_is_missed, begin,
		    end),
		cmocka_unit_test_setup_teardown(is_bounded, begin, end),
		cmocka_unit_test_setup_teardown(gives_each_a_share, begin, end),
		cmocka_unit_test_setup_teardown(gives_each_a_share_of_bytes,
		    begin, end),
		cmocka_unit_test_setup_teardown(forgets_users, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

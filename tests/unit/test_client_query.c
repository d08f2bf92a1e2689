/* SPDX-License-Identifier: ISC */
/*
 * WRAP: connect_privd
 *
 * Questions and answers: what a daemon sends is read as it was meant, and of
 * what is short, long, left over or unknown nothing is used.
 */
#include <sys/socket.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../client-lib/connect.h"
#include "../../client-lib/privd.h"
#include "../../client-lib/protocol.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

static int ends[2]; /* the asker's, the daemon's */
static struct wire wire;

int __wrap_connect_privd(const char *, char *, size_t);

int
__wrap_connect_privd(const char *path, char *reason, size_t len)
{
	(void)reason;
	(void)len;
	assert_string_equal(path, "/there");
	return ends[0];
}

static struct privd_query *
ask(enum privd_topic topic, pid_t pid)
{
	struct privd_query *query;
	uint32_t number;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	assert_int_equal(privd_ask("/there", topic, pid, &query), 0);
	assert_int_equal(wire_receive(ends[1], &wire, protocol_asker,
			     wire_deadline(1000)),
	    1);
	assert_int_equal(wire_get_u32(&wire, &number), 0);
	assert_int_equal(number, topic);
	assert_int_equal(wire_get_u32(&wire, &number), 0);
	assert_int_equal(number, pid);
	assert_int_equal(wire_get_end(&wire), 0);
	return query;
}

static void
say(void)
{
	assert_int_equal(wire_send(ends[1], &wire, protocol_answer, NULL, 0,
			     wire_deadline(1000)),
	    0);
}

static void
close_all(struct privd_query *query)
{
	privd_query_close(query);
	close(ends[1]);
}

static void
put_field(const char *name, uint32_t kind)
{
	(void)wire_put_string(&wire, name);
	(void)wire_put_u32(&wire, kind);
}

static void
say_end(uint32_t outcome, const char *reason)
{
	wire_start(&wire, PROTOCOL_END);
	(void)wire_put_u32(&wire, outcome);
	(void)wire_put_string(&wire, reason);
	say();
}

static void
reads_rows(void **state)
{
	struct privd_query *query = ask(PRIVD_SESSIONS, 0);
	const struct privd_field *fields;
	size_t n;

	(void)state;
	wire_start(&wire, PROTOCOL_ROW);
	(void)wire_put_u32(&wire, 2);
	put_field("pid", PROTOCOL_NUMBER);
	(void)wire_put_u64(&wire, 77);
	put_field("program", PROTOCOL_TEXT);
	(void)wire_put_string(&wire, "/bin/cat");
	say();
	wire_start(&wire, PROTOCOL_ROW);
	(void)wire_put_u32(&wire, 0);
	say();
	say_end(PROTOCOL_ANSWERED, "");

	assert_int_equal(privd_next(query, &fields, &n), 1);
	assert_int_equal(n, 2);
	assert_string_equal(fields[0].name, "pid");
	assert_null(fields[0].text);
	assert_int_equal(fields[0].number, 77);
	assert_string_equal(fields[1].name, "program");
	assert_string_equal(fields[1].text, "/bin/cat");
	assert_int_equal(privd_next(query, &fields, &n), 1);
	assert_int_equal(n, 0);
	assert_int_equal(privd_next(query, &fields, &n), 0);
	assert_string_equal(privd_query_reason(query), "");
	close_all(query);
}

static void
says_why_not(void **state)
{
	static const struct {
		uint32_t outcome;
		int error;
	} cases[] = {
		{ PROTOCOL_DENIED, EPERM },
		{ PROTOCOL_BUSY, EBUSY },
		{ PROTOCOL_FAILED, EINVAL },
		{ PROTOCOL_UNKNOWN, ENOTSUP },
		{ 77, EPROTO },
	};
	const struct privd_field *fields;
	struct privd_query *query;
	size_t i, n;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		query = ask(PRIVD_RELOAD, 12);
		say_end(cases[i].outcome, "because");
		errno = 0;
		assert_int_equal(privd_next(query, &fields, &n), -1);
		assert_int_equal(errno, cases[i].error);
		assert_string_equal(privd_query_reason(query), "because");
		close_all(query);
	}
	assert_string_equal(privd_query_reason(NULL), "no memory");
	privd_query_close(NULL);
}

static void
begin_wrong_row(void)
{
	wire_start(&wire, PROTOCOL_ROW);
	(void)wire_put_u32(&wire, 1);
}

static void
put_too_many(void)
{
	size_t i;

	wire_start(&wire, PROTOCOL_ROW);
	(void)wire_put_u32(&wire, PROTOCOL_FIELDS_MAX + 1);
	for (i = 0; i <= PROTOCOL_FIELDS_MAX; i++) {
		put_field("n", PROTOCOL_NUMBER);
		(void)wire_put_u64(&wire, 1);
	}
}

static void
put_too_few(void)
{
	begin_wrong_row();
}

static void
put_left_over(void)
{
	begin_wrong_row();
	put_field("n", PROTOCOL_NUMBER);
	(void)wire_put_u64(&wire, 1);
	put_field("m", PROTOCOL_NUMBER);
	(void)wire_put_u64(&wire, 1);
}

static void
put_other_kind(void)
{
	begin_wrong_row();
	put_field("n", PROTOCOL_NUMBER);
	(void)wire_put_string(&wire, "1");
}

static void
put_unknown_kind(void)
{
	begin_wrong_row();
	put_field("n", 2);
	(void)wire_put_u64(&wire, 1);
}

static void
put_long_name(void)
{
	begin_wrong_row();
	put_field("a_name_that_has_more_than_31_bytes", PROTOCOL_NUMBER);
	(void)wire_put_u64(&wire, 1);
}

static void
put_long_text(void)
{
	static char text[PROTOCOL_TEXT_MAX + 2];

	memset(text, 'x', sizeof(text) - 1);
	begin_wrong_row();
	put_field("n", PROTOCOL_TEXT);
	(void)wire_put_string(&wire, text);
}

static void
put_end_without_reason(void)
{
	wire_start(&wire, PROTOCOL_END);
	(void)wire_put_u32(&wire, 0);
}

static void
refuses_what_is_wrong(void **state)
{
	static void (*const cases[])(void) = { put_too_many, put_too_few,
		put_left_over, put_other_kind, put_unknown_kind, put_long_name,
		put_long_text, put_end_without_reason };
	const struct privd_field *fields;
	struct privd_query *query;
	size_t i, n;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		query = ask(PRIVD_STATUS, 0);
		cases[i]();
		say();
		errno = 0;
		if (privd_next(query, &fields, &n) != -1)
			fail_msg("case %zu was taken", i);
		assert_int_equal(errno, EPROTO);
		assert_int_equal(n, 0);
		close_all(query);
	}
}

static void
notices_the_end(void **state)
{
	struct privd_query *query = ask(PRIVD_STATUS, 0);
	const struct privd_field *fields;
	size_t n;

	(void)state;
	assert_int_equal(shutdown(ends[1], SHUT_RDWR), 0);
	assert_int_equal(privd_next(query, &fields, &n), -1);
	assert_int_equal(errno, EPROTO);
	assert_string_equal(privd_query_reason(query), "privd does not answer");
	close_all(query);
}

static void
turn_away(const char *reason)
{
	wire_start(&wire, PROTOCOL_TOO_MANY);
	if (reason != NULL)
		(void)wire_put_string(&wire, reason);
	say();
	close(ends[1]);
}

/* Who was not listened to: before he could ask, or with his question unread. */
static void
hears_that_it_is_too_often(void **state)
{
	const struct privd_field *fields;
	struct privd_query *query;
	size_t n;
	int early;

	(void)state;
	for (early = 0; early < 2; early++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends),
		    0);
		if (early)
			turn_away("too often");
		assert_int_equal(privd_ask("/there", PRIVD_STATUS, 0, &query),
		    0);
		if (!early)
			turn_away("too often");
		errno = 0;
		assert_int_equal(privd_next(query, &fields, &n), -1);
		assert_int_equal(errno, EBUSY);
		assert_string_equal(privd_query_reason(query), "too often");
		privd_query_close(query);
	}
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	turn_away(NULL);
	assert_int_equal(privd_ask("/there", PRIVD_STATUS, 0, &query), 0);
	assert_int_equal(privd_next(query, &fields, &n), -1);
	assert_int_equal(errno, EPROTO);
	privd_query_close(query);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(says_why_not),
		cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(notices_the_end),
		cmocka_unit_test(hears_that_it_is_too_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

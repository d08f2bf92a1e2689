/* SPDX-License-Identifier: ISC */
/*
 * sendmmsg(2): its messages are judged and sent one by one, and what became of
 * those before the one that fails, or waits, is its result.
 *
 * WRAP: call_decode call_judge call_plan_elevation refusal_judged call_is_ours
 * WRAP: message_prepare message_try message_leave notify_valid call_put
 * WRAP: call_answer call_refuse call_drop call_begin call_clear
 */
#include <sys/socket.h>

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/session/call.h"
#include "../../privd/session/judge.h"
#include "../../privd/session/message.h"

#define NONE (-1)

/* What becomes of a message. */
enum fate {
	SENT,
	WAITS,
	FAILS,
	DENIED,
	STRANGER, /* its process has other ids by now */
	UNREAD,
	GONE
};

static struct judge judge;
static struct call call;
static struct message message;
static const enum fate *fates;
static long answered;
static int refused, dropped, left_waiting, counts;

int __wrap_call_decode(struct judge *, struct call *);
void __wrap_call_judge(struct judge *, struct call *);
void __wrap_call_plan_elevation(struct judge *, struct call *);
void __wrap_refusal_judged(struct judge *, struct call *);
bool __wrap_call_is_ours(struct judge *, const struct call *);
int __wrap_message_prepare(struct judge *, struct call *);
bool __wrap_message_try(struct judge *, struct message *);
void __wrap_message_leave(struct judge *, struct call *, uint64_t);
bool __wrap_notify_valid(int, uint64_t);
int __wrap_call_put(struct judge *, struct call *, uint64_t, const void *,
    size_t);
void __wrap_call_answer(struct judge *, struct call *, int64_t);
void __wrap_call_refuse(struct judge *, struct call *, int);
void __wrap_call_drop(struct call *);
void __wrap_call_begin(struct call *);
void __wrap_call_clear(struct call *);

static enum fate
fate(void)
{
	return fates[call.nth];
}

int
__wrap_call_decode(struct judge *one, struct call *of)
{
	(void)one;
	(void)of;
	return fate() == UNREAD ? EFAULT : 0;
}

void
__wrap_call_judge(struct judge *one, struct call *of)
{
	(void)one;
	memset(&of->verdict, 0, sizeof(of->verdict));
	of->verdict.action = fate() == DENIED ? POLICY_DENY : POLICY_PERMIT;
	of->verdict.error = fate() == DENIED ? EXDEV : 0;
}

void
__wrap_call_plan_elevation(struct judge *one, struct call *of)
{
	(void)one;
	(void)of;
}

void
__wrap_refusal_judged(struct judge *one, struct call *of)
{
	(void)one;
	(void)of;
}

bool
__wrap_call_is_ours(struct judge *one, const struct call *of)
{
	(void)one;
	(void)of;
	return fate() != STRANGER;
}

int
__wrap_message_prepare(struct judge *one, struct call *of)
{
	(void)one;
	memset(&message, 0, sizeof(message));
	of->message = &message;
	return 0;
}

bool
__wrap_message_try(struct judge *one, struct message *what)
{
	(void)one;
	what->error = fate() == FAILS ? ECONNREFUSED : 0;
	return fate() != WAITS;
}

void
__wrap_message_leave(struct judge *one, struct call *of, uint64_t count_at)
{
	(void)one;
	(void)of;
	(void)count_at;
	left_waiting++;
}

bool
__wrap_notify_valid(int listener, uint64_t id)
{
	(void)listener;
	(void)id;
	return fate() != GONE;
}

int
__wrap_call_put(struct judge *one, struct call *of, uint64_t addr,
    const void *bytes, size_t len)
{
	(void)one;
	(void)of;
	(void)addr;
	(void)bytes;
	assert_int_equal(len, sizeof(uint32_t));
	counts++;
	return 0;
}

void
__wrap_call_answer(struct judge *one, struct call *of, int64_t value)
{
	(void)one;
	(void)of;
	answered = (long)value;
}

void
__wrap_call_refuse(struct judge *one, struct call *of, int error)
{
	(void)one;
	(void)of;
	refused = error;
}

void
__wrap_call_drop(struct call *of)
{
	(void)of;
	dropped++;
}

void
__wrap_call_begin(struct call *of)
{
	(void)of;
}

void
__wrap_call_clear(struct call *of)
{
	of->message = NULL;
}

static void
test_fates(void **state)
{
	static const struct {
		const char *what;
		uint64_t n;
		enum fate fates[3];
		long answered;
		int refused, dropped, left_waiting, counts;
	} cases[] = {
		{ "all are sent", 2, { SENT, SENT }, 2, 0, 0, 0, 2 },
		{ "the first one waits", 2, { WAITS }, NONE, 0, 0, 1, 0 },
		{ "a later one would wait", 2, { SENT, WAITS }, 1, 0, 0, 0, 1 },
		{ "the first one fails", 2, { FAILS }, NONE, ECONNREFUSED, 0, 0,
		    0 },
		{ "a later one fails", 3, { SENT, FAILS, SENT }, 1, 0, 0, 0,
		    1 },
		{ "the first one is denied", 2, { DENIED }, NONE, EXDEV, 0, 0,
		    0 },
		{ "a later one is denied", 2, { SENT, DENIED }, 1, 0, 0, 0, 1 },
		{ "other ids", 1, { STRANGER }, NONE, EPERM, 0, 0, 0 },
		{ "nowhere", 1, { UNREAD }, NONE, EFAULT, 0, 0, 0 },
		{ "who is gone", 1, { GONE }, NONE, 0, 1, 0, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&call, 0, sizeof(call));
		call.row = call.base = sys_by_name("sendmmsg");
		call.regs[2] = cases[i].n;
		fates = cases[i].fates;
		answered = NONE;
		refused = dropped = left_waiting = counts = 0;
		call_send_many(&judge, &call);
		if (answered != cases[i].answered ||
		    refused != cases[i].refused ||
		    dropped != cases[i].dropped ||
		    left_waiting != cases[i].left_waiting ||
		    counts != cases[i].counts)
			fail_msg("%s: %ld, %d, %d, %d, %d", cases[i].what,
			    answered, refused, dropped, left_waiting, counts);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

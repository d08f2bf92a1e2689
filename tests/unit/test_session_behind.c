/* SPDX-License-Identifier: ISC */
/*
 * What a 32-bit program calls by the number of several calls (socketcall), with
 * arguments in its memory: what is performed for it, and what is refused.
 *
 * WRAP: call_is_ours call_is_in_place call_refuse call_give call_begin
 * WRAP: call_take_late call_deliver perform_call record_note
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/session/call.h"
#include "../../privd/session/judge.h"
#include "../../privd/session/record.h"

static struct judge judge;
static struct process process;
static struct call call;
static bool ours, in_place;
static int late_error, refused, given, delivered, begun, noted;

bool __wrap_call_is_ours(struct judge *, const struct call *);
bool __wrap_call_is_in_place(struct judge *, const struct call *);
void __wrap_call_refuse(struct judge *, struct call *, int);
void __wrap_call_give(struct judge *, struct call *, int, bool, const void *);
void __wrap_call_begin(struct call *);
int __wrap_call_take_late(struct judge *, struct call *);
void __wrap_call_deliver(struct judge *, struct call *,
    const struct perform_result *, int);
int __wrap_perform_call(const struct perform_request *,
    struct perform_result *);
void __wrap_record_note(struct judge *, const char *, ...);

bool
__wrap_call_is_ours(struct judge *one, const struct call *of)
{
	(void)one;
	(void)of;
	return ours;
}

bool
__wrap_call_is_in_place(struct judge *one, const struct call *of)
{
	(void)one;
	(void)of;
	return in_place;
}

void
__wrap_call_refuse(struct judge *one, struct call *of, int error)
{
	(void)one;
	(void)of;
	refused = error;
}

void
__wrap_call_give(struct judge *one, struct call *of, int fd, bool cloexec,
    const void *undelivered)
{
	(void)one;
	(void)of;
	(void)undelivered;
	assert_int_not_equal(fcntl(fd, F_GETFD), -1);
	assert_true(cloexec);
	assert_int_equal(close(fd), 0);
	given++;
}

void
__wrap_call_begin(struct call *of)
{
	(void)of;
	begun++;
}

int
__wrap_call_take_late(struct judge *one, struct call *of)
{
	(void)one;
	(void)of;
	return late_error;
}

void
__wrap_call_deliver(struct judge *one, struct call *of,
    const struct perform_result *result, int error)
{
	(void)one;
	(void)of;
	(void)result;
	assert_int_equal(error, ENOPROTOOPT);
	delivered++;
}

int
__wrap_perform_call(const struct perform_request *ask,
    struct perform_result *result)
{
	(void)ask;
	(void)result;
	errno = ENOPROTOOPT;
	return -1;
}

void
__wrap_record_note(struct judge *one, const char *fmt, ...)
{
	(void)one;
	assert_non_null(strstr(fmt, "cannot be performed"));
	noted++;
}

static void
perform(const char *name, uint64_t a, uint64_t b, uint64_t c)
{
	memset(&call, 0, sizeof(call));
	call.machine = SYS_I386;
	call.process = &process;
	call.row = call.base = sys_by_name(name);
	call.regs[0] = a;
	call.regs[1] = b;
	call.regs[2] = c;
	refused = given = delivered = begun = noted = 0;
	call_perform_behind(&judge, &call);
}

static int
set_up(void **state)
{
	(void)state;
	ours = in_place = true;
	late_error = 0;
	return 0;
}

/* Whose ids are others, and who is elsewhere. */
static void
test_not_ours(void **state)
{
	(void)state;
	ours = false;
	perform("socket", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(refused, EPERM);
	assert_int_equal(begun, 0);
	ours = true;
	in_place = false;
	perform("socket", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(refused, EPERM);
	assert_int_equal(begun, 0);
}

static void
test_socket(void **state)
{
	(void)state;
	perform("socket", AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(given, 1);
	assert_int_equal(refused, 0);
	perform("socket", 9999, SOCK_STREAM, 0);
	assert_int_equal(given, 0);
	assert_int_equal(refused, EAFNOSUPPORT);
}

static void
test_option(void **state)
{
	(void)state;
	perform("setsockopt", 3, SOL_SOCKET, SO_SNDBUFFORCE);
	assert_int_equal(delivered, 1);
	assert_int_equal(begun, 1);
	late_error = EFAULT;
	perform("setsockopt", 3, SOL_SOCKET, SO_SNDBUFFORCE);
	assert_int_equal(refused, EFAULT);
	assert_int_equal(delivered, 0);
	assert_int_equal(begun, 0);
}

static void
test_others(void **state)
{
	(void)state;
	perform("connect", 3, 0, 0);
	assert_int_equal(refused, EPERM);
	assert_int_equal(noted, 1);
	assert_int_equal(begun, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_not_ours, set_up),
		cmocka_unit_test_setup(test_socket, set_up),
		cmocka_unit_test_setup(test_option, set_up),
		cmocka_unit_test_setup(test_others, set_up),
	};

	if (!SYS_HAS_I386)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * WRAP: syscall prctl open socket bind
 *
 * The calls of guarded programs: made by nobody else, close-on-exec, and
 * again where a signal came between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/capability.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#include "../../client-lib/privd.h"

#define GUARD (UINT64_C(1) << CAP_BLOCK_SUSPEND)
#define GIVEN 7

/* The kernel: what it says of the process, and what becomes of calls. */
static struct {
	uint64_t permitted;
	int caps_error;
	int caps_interrupted;
	int mode;
	int mode_error;
	int interrupted; /* so many times, then */
	int error;
	int calls;
	int numbers[3];
	const void *pointer;
} world;

long __wrap_syscall(long number, ...);
int __wrap_prctl(int option, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_socket(int domain, int type, int protocol);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len);

long
__wrap_syscall(long number, ...)
{
	struct __user_cap_header_struct *header;
	struct __user_cap_data_struct *data;
	va_list ap;

	assert_int_equal(number, SYS_capget);
	va_start(ap, number);
	header = va_arg(ap, struct __user_cap_header_struct *);
	data = va_arg(ap, struct __user_cap_data_struct *);
	va_end(ap);
	assert_int_equal(header->version, _LINUX_CAPABILITY_VERSION_3);
	assert_int_equal(header->pid, 0);
	errno = world.caps_interrupted > 0 ? EINTR : world.caps_error;
	if (world.caps_interrupted-- > 0 || world.caps_error != 0)
		return -1;
	data[0].permitted = (uint32_t)world.permitted;
	data[1].permitted = (uint32_t)(world.permitted >> 32);
	return 0;
}

int
__wrap_prctl(int option, ...)
{
	assert_int_equal(option, PR_GET_SECCOMP);
	errno = world.mode_error;
	return world.mode_error != 0 ? -1 : world.mode;
}

static int
answer(int first, int second, int third, const void *pointer)
{
	world.calls++;
	world.numbers[0] = first;
	world.numbers[1] = second;
	world.numbers[2] = third;
	world.pointer = pointer;
	errno = world.interrupted > 0 ? EINTR : world.error;
	return world.interrupted-- > 0 || world.error != 0 ? -1 : GIVEN;
}

int
__wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	return answer(flags, mode, 0, path);
}

int
__wrap_socket(int domain, int type, int protocol)
{
	return answer(domain, type, protocol, NULL);
}

int
__wrap_bind(int fd, const struct sockaddr *address, socklen_t len)
{
	return answer(fd, (int)len, 0, address);
}

static void
be_guarded(void)
{
	memset(&world, 0, sizeof(world));
	world.permitted = GUARD;
	world.mode = SECCOMP_MODE_FILTER;
}

static const struct {
	const char *what;
	uint64_t permitted;
	int caps_error;
	int caps_interrupted;
	int mode;
	int mode_error;
	int guarded;
} processes[] = {
	{ "a program of privrun's", GUARD, 0, 0, 2, 0, 1 },
	{ "a program without mark", 0, 0, 0, 2, 0, 0 },
	{ "the guard without a filter", GUARD, 0, 0, 0, 0, 0 },
	{ "a plain process", 0, 0, 0, 0, 0, 0 },
	{ "root's service under a filter", UINT64_MAX >> 23, 0, 0, 2, 0, 0 },
	{ "another capability", 1 << CAP_NET_RAW, 0, 0, 2, 0, 0 },
	{ "another beside the guard", GUARD | 1, 0, 0, 2, 0, 0 },
	{ "may not look at its own", GUARD, EPERM, 0, 2, 0, 0 },
	{ "interrupted", GUARD, 0, 2, 2, 0, 1 },
	{ "the question denied by a filter", GUARD, 0, 0, 0, EPERM, 1 },
	{ "interrupted by a filter", GUARD, 0, 0, 0, EINTR, 1 },
	{ "a kernel without filters", GUARD, 0, 0, 0, EINVAL, 0 },
};

#define NPROCESSES (sizeof(processes) / sizeof(processes[0]))

static void
knows_what_is_guarded(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NPROCESSES; i++) {
		memset(&world, 0, sizeof(world));
		world.permitted = processes[i].permitted;
		world.caps_error = processes[i].caps_error;
		world.caps_interrupted = processes[i].caps_interrupted;
		world.mode = processes[i].mode;
		world.mode_error = processes[i].mode_error;
		errno = ENOTBLK;
		if (privd_guarded() != processes[i].guarded || errno != ENOTBLK)
			fail_msg("%s", processes[i].what);
	}
}

static const struct sockaddr address = { .sa_family = AF_UNIX };
static const char path[] = "/etc/shadow";

static int
call_open(void)
{
	return privd_open(path, O_RDWR | O_CREAT, 0640);
}

static int
call_socket(void)
{
	return privd_socket(AF_PACKET, SOCK_RAW, 3);
}

static int
call_bind(void)
{
	return privd_bind(5, &address, 16);
}

static const struct {
	const char *name;
	int (*call)(void);
	int numbers[3]; /* what is called with */
	const void *pointer;
} calls[] = {
	{ "open", call_open, { O_RDWR | O_CREAT | O_CLOEXEC, 0640, 0 }, path },
	{ "socket", call_socket, { AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 3 },
	    NULL },
	{ "bind", call_bind, { 5, 16, 0 }, &address },
};

#define NCALLS (sizeof(calls) / sizeof(calls[0]))

static void
calls_as_asked(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NCALLS; i++) {
		be_guarded();
		if (calls[i].call() != GIVEN || world.calls != 1 ||
		    memcmp(world.numbers, calls[i].numbers,
			sizeof(world.numbers)) != 0 ||
		    world.pointer != calls[i].pointer)
			fail_msg("%s", calls[i].name);
	}
}

static void
calls_nothing_unguarded(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NCALLS; i++) {
		memset(&world, 0, sizeof(world));
		if (calls[i].call() != -1 || errno != ENOTCONN ||
		    world.calls != 0)
			fail_msg("%s", calls[i].name);
	}
}

static void
calls_again_after_signals(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NCALLS; i++) {
		be_guarded();
		world.interrupted = 3;
		if (calls[i].call() != GIVEN || world.calls != 4)
			fail_msg("%s", calls[i].name);
	}
}

static void
other_errors_stay(void **state)
{
	static const int errors[] = { EPERM, EACCES, ENOSYS, EMFILE, EAGAIN };
	size_t i, k;

	(void)state;
	for (i = 0; i < NCALLS; i++)
		for (k = 0; k < sizeof(errors) / sizeof(errors[0]); k++) {
			be_guarded();
			world.error = errors[k];
			if (calls[i].call() != -1 || errno != errors[k] ||
			    world.calls != 1)
				fail_msg("%s: %d", calls[i].name, errors[k]);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_what_is_guarded),
		cmocka_unit_test(calls_as_asked),
		cmocka_unit_test(calls_nothing_unguarded),
		cmocka_unit_test(calls_again_after_signals),
		cmocka_unit_test(other_errors_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

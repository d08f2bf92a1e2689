/* SPDX-License-Identifier: ISC */
/*
 * The listener's calls, where the kernel is another: what it writes must have
 * room, and what is no errno must not become a result.
 *
 * WRAP: ioctl syscall
 */
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <linux/seccomp.h>

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/notify/notify.h"

#define LISTENER 99

static struct seccomp_notif_sizes sizes;
static int failure; /* of the call */
static struct seccomp_notif_resp sent;
static size_t cleared; /* of what was to be received into */

long __wrap_syscall(long, ...);
int __wrap_ioctl(int, unsigned long, ...);

long
__wrap_syscall(long nr, ...)
{
	va_list ap;

	assert_int_equal(nr, SYS_seccomp);
	va_start(ap, nr);
	assert_int_equal(va_arg(ap, int), SECCOMP_GET_NOTIF_SIZES);
	(void)va_arg(ap, int);
	*va_arg(ap, struct seccomp_notif_sizes *) = sizes;
	va_end(ap);
	errno = failure;
	return failure == 0 ? 0 : -1;
}

int
__wrap_ioctl(int fd, unsigned long request, ...)
{
	const unsigned char *notif;
	va_list ap;
	int result = 0;

	assert_int_equal(fd, LISTENER);
	va_start(ap, request);
	if (request == SECCOMP_IOCTL_NOTIF_SEND) {
		sent = *va_arg(ap, struct seccomp_notif_resp *);
	} else if (request == SECCOMP_IOCTL_NOTIF_RECV) {
		notif = va_arg(ap, unsigned char *);
		for (cleared = 0; notif[cleared] == 0; cleared++)
			continue;
	} else {
		result = -1;
	}
	va_end(ap);
	return result;
}

static void
test_sizes(void **state)
{
	static const struct {
		size_t size;
		int failure, error;
	} cases[] = {
		{ sizeof(struct seccomp_notif), 0, 0 },
		{ sizeof(struct seccomp_notif) - 1, 0, E2BIG },
		{ 0, 0, E2BIG },
		{ NOTIFY_SIZE_MAX, 0, 0 },
		{ NOTIFY_SIZE_MAX + 1, 0, E2BIG },
		{ UINT16_MAX, 0, E2BIG },
		{ sizeof(struct seccomp_notif), EINVAL, EINVAL },
	};
	union {
		struct seccomp_notif notif;
		unsigned char room[NOTIFY_SIZE_MAX + 1];
	} to;
	size_t i;
	int ret;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sizes.seccomp_notif = (uint16_t)cases[i].size;
		failure = cases[i].failure;
		ret = notify_init();
		if (ret != (cases[i].error == 0 ? 0 : -1) ||
		    (ret == -1 && errno != cases[i].error))
			fail_msg("row %zu: %d, %d", i, ret, errno);
		if (ret == -1)
			continue;
		/* As much is cleared as the kernel wants to be zero. */
		memset(&to, 0xff, sizeof(to));
		assert_int_equal(notify_receive(LISTENER, &to.notif), 1);
		assert_int_equal(cleared, cases[i].size);
	}
}

static void
test_refuse(void **state)
{
	static const int errors[][2] = {
		{ EPERM, EPERM },
		{ 4095, 4095 },
		{ 0, EIO },
		{ -1, EIO },
		{ -EPERM, EIO },
		{ 4096, EIO },
		{ INT_MAX, EIO },
		{ INT_MIN, EIO },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		memset(&sent, 0xff, sizeof(sent));
		assert_int_equal(notify_refuse(LISTENER, 7, errors[i][0]), 0);
		assert_int_equal(sent.id, 7);
		assert_int_equal(sent.error, -errors[i][1]);
		assert_int_equal(sent.val, 0);
		assert_int_equal(sent.flags, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

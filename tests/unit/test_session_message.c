/* SPDX-License-Identifier: ISC */
/*
 * Sending copies: what the kernel would take for control data is taken for it
 * here, each descriptor in it is replaced, an address is of its socket's
 * domain, a netlink socket has its caller's name, and SIGPIPE is the caller's.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netinet/in.h>

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/perform/perform.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

/* --- control data */

struct header {
	size_t len; /* as it says; 0: what it is */
	int level;
	int type;
	size_t body;
};

struct control_case {
	const char *what;
	struct header headers[3];
	size_t cut;       /* from the end */
	const char *seen; /* numbers, in order */
	int error;
};

/* Each body begins with its header's place, times ten, and counts up. */
static const struct control_case controls[] = {
	{ "nothing", { { 0 } }, 0, "", 0 },
	{ "rights", { { 0, SOL_SOCKET, SCM_RIGHTS, 8 } }, 0, "0 1 ", 0 },
	{ "no rights", { { 0, SOL_SOCKET, SCM_RIGHTS, 0 } }, 0, "", 0 },
	{ "half a right", { { 0, SOL_SOCKET, SCM_RIGHTS, 6 } }, 0, "0 ", 0 },
	{ "others", { { 0, SOL_SOCKET, SCM_CREDENTIALS, 12 } }, 0, "", 0 },
	{ "of another level", { { 0, IPPROTO_IP, SCM_RIGHTS, 4 } }, 0, "", 0 },
	{ "behind others",
	    { { 0, IPPROTO_IP, 2, 5 }, { 0, SOL_SOCKET, SCM_RIGHTS, 4 } }, 0,
	    "10 ", 0 },
	{ "twice",
	    { { 0, SOL_SOCKET, SCM_RIGHTS, 4 },
		{ 0, SOL_SOCKET, SCM_RIGHTS, 12 } },
	    0, "0 10 11 12 ", 0 },
	{ "too short", { { 15, SOL_SOCKET, SCM_RIGHTS, 4 } }, 0, "", EINVAL },
	{ "too long", { { 4096, SOL_SOCKET, SCM_RIGHTS, 4 } }, 0, "", EINVAL },
	{ "far too long", { { SIZE_MAX, SOL_SOCKET, SCM_RIGHTS, 4 } }, 0, "",
	    EINVAL },
	{ "cut", { { 0, SOL_SOCKET, SCM_RIGHTS, 4 } }, 5, "", EINVAL },
	{ "cut behind it", { { 0, SOL_SOCKET, SCM_RIGHTS, 4 } }, 4, "0 ", 0 },
	{ "a bit of a header", { { 0, SOL_SOCKET, SCM_RIGHTS, 4 } }, 9, "", 0 },
	{ "a second one cut",
	    { { 0, IPPROTO_IP, 2, 8 }, { 0, SOL_SOCKET, SCM_RIGHTS, 8 } }, 1,
	    "", EINVAL },
	{ "a second header cut",
	    { { 0, IPPROTO_IP, 2, 8 }, { 0, SOL_SOCKET, SCM_RIGHTS, 0 } }, 1,
	    "", 0 },
};

static char seen[256];

static int
note(void *context, int number)
{
	(void)snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%d ",
	    number);
	return number + *(int *)context;
}

static size_t
build_control(const struct control_case *c, unsigned char *buf)
{
	struct cmsghdr header;
	size_t i, j, len = 0;
	int number;

	for (i = 0; i < NELEMS(c->headers); i++) {
		if (c->headers[i].level == 0 && c->headers[i].type == 0)
			continue;
		header.cmsg_len = c->headers[i].len != 0 ?
		    c->headers[i].len :
		    CMSG_LEN(c->headers[i].body);
		header.cmsg_level = c->headers[i].level;
		header.cmsg_type = c->headers[i].type;
		memcpy(buf + len, &header, sizeof(header));
		for (j = 0; j * sizeof(number) < c->headers[i].body; j++) {
			number = (int)(10 * i + j);
			memcpy(buf + len + sizeof(header) + j * sizeof(number),
			    &number, sizeof(number));
		}
		len += CMSG_SPACE(c->headers[i].body);
	}
	return len - c->cut;
}

static void
test_control(void **state)
{
	static unsigned char buf[1024] __attribute__((aligned(8)));
	const struct control_case *c;
	int add = 100, result;
	size_t i, len;

	(void)state;
	for (i = 0; i < NELEMS(controls); i++) {
		c = &controls[i];
		print_message("%s\n", c->what);
		memset(buf, 0, sizeof(buf));
		len = build_control(c, buf);
		seen[0] = '\0';
		result = perform_control(buf, len, note, &add);
		assert_int_equal(result == 0 ? 0 : errno, c->error);
		assert_string_equal(seen, c->seen);
		if (c->error != 0 || seen[0] == '\0')
			continue;
		/* None of the old numbers is left. */
		add = 0;
		seen[0] = '\0';
		assert_int_equal(perform_control(buf, len, note, &add), 0);
		assert_int_equal(seen[0], '1');
		add = 100;
	}
}

static int
refuse(void *context, int number)
{
	(void)context;
	(void)number;
	errno = EBADF;
	return -1;
}

static void
test_bad_descriptor(void **state)
{
	static unsigned char buf[1024] __attribute__((aligned(8)));
	size_t len = build_control(&controls[1], buf);

	(void)state;
	assert_int_equal(perform_control(buf, len, refuse, NULL), -1);
	assert_int_equal(errno, EBADF);
}

/* --- addresses */

static void
test_families(void **state)
{
	static const struct {
		int domain;
		int type;
		sa_family_t family;
		bool sending;
		int error;
	} cases[] = {
		{ AF_INET, SOCK_DGRAM, AF_INET, true, 0 },
		{ AF_INET, SOCK_DGRAM, AF_INET6, true, EAFNOSUPPORT },
		{ AF_INET, SOCK_DGRAM, AF_UNSPEC, true, EAFNOSUPPORT },
		{ AF_INET, SOCK_STREAM, AF_UNSPEC, false, EAFNOSUPPORT },
		{ AF_INET6, SOCK_DGRAM, AF_INET6, true, 0 },
		{ AF_INET6, SOCK_DGRAM, AF_INET, true, 0 },
		{ AF_INET6, SOCK_DGRAM, AF_UNSPEC, true, EINVAL },
		{ AF_INET6, SOCK_DGRAM, AF_UNSPEC, false, EAFNOSUPPORT },
		{ AF_UNIX, SOCK_DGRAM, AF_UNIX, true, 0 },
		{ AF_UNIX, SOCK_DGRAM, AF_INET, true, EINVAL },
		{ AF_UNIX, SOCK_STREAM, AF_UNSPEC, false, EINVAL },
		{ AF_NETLINK, SOCK_RAW, AF_NETLINK, true, 0 },
		{ AF_NETLINK, SOCK_RAW, AF_INET, true, EINVAL },
		{ AF_NETLINK, SOCK_RAW, AF_UNSPEC, false, EINVAL },
		{ AF_PACKET, SOCK_RAW, AF_PACKET, true, 0 },
		{ AF_PACKET, SOCK_RAW, AF_INET, true, EINVAL },
		{ AF_PACKET, SOCK_PACKET, AF_PACKET, true, EINVAL },
		{ AF_PACKET, SOCK_PACKET, AF_INET, false, EINVAL },
	};
	struct sockaddr_storage ss;
	size_t i;
	int fd;

	(void)state;
	memset(&ss, 0, sizeof(ss));
	for (i = 0; i < NELEMS(cases); i++) {
		fd = socket(cases[i].domain, cases[i].type, 0);
		if (fd == -1 && cases[i].domain == AF_PACKET)
			continue; /* needs root */
		assert_int_not_equal(fd, -1);
		print_message("%d %d %d\n", cases[i].domain, cases[i].type,
		    cases[i].family);
		ss.ss_family = cases[i].family;
		assert_int_equal(perform_family_error(fd, &ss, sizeof(ss),
				     cases[i].sending),
		    cases[i].error);
		assert_int_equal(perform_family_error(fd, &ss, 1,
				     cases[i].sending),
		    EINVAL);
		close(fd);
	}
	assert_int_equal(perform_family_error(-1, &ss, sizeof(ss), true),
	    EBADF);
	assert_int_equal(perform_family_error(STDIN_FILENO, &ss, sizeof(ss),
			     true),
	    ENOTSOCK);
}

static uint32_t
netlink_id(int fd, uint32_t *groups)
{
	struct sockaddr_nl nl;
	socklen_t len = sizeof(nl);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&nl, &len), 0);
	*groups = nl.nl_groups;
	return nl.nl_pid;
}

static void
test_netlink(void **state)
{
	const pid_t caller = 4711001;
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct perform_message message = {
		.object = -1,
		.addr = &nl,
		.addr_len = sizeof(nl),
		.caller = caller,
	};
	int first = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	int second = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	uint32_t groups;
	bool raised;

	(void)state;
	assert_int_equal(perform_bind(first, -1, NULL, &nl, sizeof(nl), caller),
	    0);
	assert_int_equal(netlink_id(first, &groups), caller);
	assert_int_equal(groups, 1);
	nl.nl_groups = 0;
	assert_int_equal(perform_bind(second, -1, NULL, &nl, sizeof(nl),
			     caller),
	    0);
	/* The number is taken: as the kernel, one of its own. */
	assert_true((int32_t)netlink_id(second, &groups) < -4096);
	assert_int_equal(perform_bind(second, -1, NULL, &nl, sizeof(nl),
			     caller),
	    -1);
	assert_int_equal(errno, EINVAL);
	close(first);
	close(second);
	first = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	message.sock = first;
	(void)perform_send(&message, &raised);
	assert_int_equal(netlink_id(first, &groups), caller);
	close(first);
}

/* --- sending */

static void
test_signal(void **state)
{
	struct perform_message message = { .object = -1,
		.data = "data",
		.len = 4 };
	sigset_t set, pending;
	int pair[2];
	bool raised;

	(void)state;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPIPE);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	message.sock = pair[0];
	assert_int_equal(perform_send(&message, &raised), 4);
	assert_false(raised);
	close(pair[1]);
	assert_int_equal(perform_send(&message, &raised), -1);
	assert_int_equal(errno, EPIPE);
	assert_true(raised);
	(void)sigpending(&pending);
	assert_false(sigismember(&pending, SIGPIPE));
	message.flags = MSG_NOSIGNAL;
	assert_int_equal(perform_send(&message, &raised), -1);
	assert_int_equal(errno, EPIPE);
	assert_false(raised);
	close(pair[0]);
}

/* An address that is another's is not sent to, whoever looked at it before. */
static void
test_refused(void **state)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct perform_message message = {
		.object = -1,
		.addr = &sin,
		.addr_len = sizeof(sin),
	};
	bool raised;

	(void)state;
	message.sock = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_int_equal(perform_send(&message, &raised), -1);
	assert_int_equal(errno, EINVAL);
	close(message.sock);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_bad_descriptor),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_netlink),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

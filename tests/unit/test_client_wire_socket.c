/* SPDX-License-Identifier: ISC */
/*
 * Messages through sockets: exactly the descriptors of their type, none left
 * behind of any other, none of them a standard file, and nothing waited for
 * beyond its deadline; each system call failing.
 *
 * WRAP: sendmsg recvmsg poll fcntl
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../client-lib/wire.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define SOON 20 /* milliseconds */

enum {
	NONE = 1,
	TWO,
	MOST,
	TOO_MANY
};

static const struct wire_type table[] = {
	{ NONE, 0, "none" },
	{ TWO, 2, "two" },
	{ MOST, WIRE_FDS_MAX, "most" },
	{ TOO_MANY, WIRE_FDS_MAX + 1, "too many" },
	{ 0, 0, NULL },
};

static struct wire out, in;
static int pair[2];

ssize_t __real_sendmsg(int, const struct msghdr *, int);
ssize_t __real_recvmsg(int, struct msghdr *, int);
int __real_poll(struct pollfd *, nfds_t, int);
int __real_fcntl(int, int, int);
ssize_t __wrap_sendmsg(int, const struct msghdr *, int);
ssize_t __wrap_recvmsg(int, struct msghdr *, int);
int __wrap_poll(struct pollfd *, nfds_t, int);
int __wrap_fcntl(int, int, int);

/* The errors that a call has before it is made; 0: none. */
static struct {
	int send[4], receive[4], poll[4], fcntl;
	size_t nsend, nreceive, npoll;
	short events;
} fails;

static bool
fails_next(const int *errors, size_t *n)
{
	if (*n >= 4 || errors[*n] == 0)
		return false;
	errno = errors[(*n)++];
	return true;
}

ssize_t
__wrap_sendmsg(int sock, const struct msghdr *msg, int flags)
{
	assert_int_equal(flags, MSG_NOSIGNAL | MSG_DONTWAIT);
	return fails_next(fails.send, &fails.nsend) ?
	    -1 :
	    __real_sendmsg(sock, msg, flags);
}

ssize_t
__wrap_recvmsg(int sock, struct msghdr *msg, int flags)
{
	return fails_next(fails.receive, &fails.nreceive) ?
	    -1 :
	    __real_recvmsg(sock, msg, flags);
}

int
__wrap_poll(struct pollfd *pfd, nfds_t n, int timeout)
{
	fails.events = pfd->events;
	return fails_next(fails.poll, &fails.npoll) ?
	    -1 :
	    __real_poll(pfd, n, timeout);
}

int
__wrap_fcntl(int fd, int command, int argument)
{
	if (fails.fcntl != 0 && command == F_DUPFD_CLOEXEC) {
		errno = fails.fcntl;
		return -1;
	}
	return __real_fcntl(fd, command, argument);
}

static size_t
count_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

static int
set_up(void **state)
{
	(void)state;
	memset(&fails, 0, sizeof(fails));
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int
tear_down(void **state)
{
	(void)state;
	wire_clear(&in);
	memset(&fails, 0, sizeof(fails));
	(void)close(pair[0]);
	(void)close(pair[1]);
	return 0;
}

static int
send_type(uint16_t type, const int *fds, size_t nfds)
{
	wire_start(&out, type);
	(void)wire_put_u32(&out, 42);
	return wire_send(pair[0], &out, table, fds, nfds, wire_deadline(0));
}

/* Any bytes with any number of copies of a descriptor. */
static void
send_raw(const void *bytes, size_t len, size_t nfds)
{
	char control[CMSG_SPACE(253 * sizeof(int))] = { 0 };
	struct iovec iov = { .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	size_t i;

	memcpy(&iov.iov_base, &bytes, sizeof(iov.iov_base));
	if (nfds > 0) {
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		for (i = 0; i < nfds; i++)
			memcpy(CMSG_DATA(cmsg) + i * sizeof(int), &pair[1],
			    sizeof(int));
	}
	assert_int_equal(__real_sendmsg(pair[0], &msg, 0), len);
}

static int
receive(void)
{
	return wire_receive(pair[1], &in, table, wire_deadline(0));
}

static void
gives_descriptors(void **state)
{
	int fds[WIRE_FDS_MAX], fd;
	uint32_t value;
	size_t i, before;

	(void)state;
	for (i = 0; i < WIRE_FDS_MAX; i++)
		fds[i] = pair[0];
	assert_int_equal(send_type(TWO, fds, 2), 0);
	before = count_open();
	assert_int_equal(receive(), 1);
	assert_int_equal(in.type, TWO);
	assert_int_equal(wire_get_u32(&in, &value), 0);
	assert_int_equal(value, 42);
	assert_int_equal(wire_get_end(&in), 0);
	assert_int_equal(in.nfds, 2);
	assert_int_equal(count_open(), before + 2);
	assert_int_equal(fcntl(in.fds[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(in.fds[1], F_GETFD), FD_CLOEXEC);
	fd = wire_take_fd(&in, 0);
	assert_true(fd > 2);
	assert_int_equal(wire_take_fd(&in, 0), -1);
	assert_int_equal(wire_take_fd(&in, 2), -1);
	errno = ENOTTY;
	wire_clear(&in);
	assert_int_equal(errno, ENOTTY);
	assert_int_equal(wire_take_fd(&in, 1), -1);
	assert_int_equal(count_open(), before + 1);
	assert_int_equal(close(fd), 0);

	assert_int_equal(send_type(MOST, fds, WIRE_FDS_MAX), 0);
	assert_int_equal(receive(), 1);
	assert_int_equal(in.nfds, WIRE_FDS_MAX);
	wire_clear(&in);
	assert_int_equal(count_open(), before);
}

static const struct {
	const char *what;
	uint16_t type;
	size_t nfds; /* that come */
	long cut;    /* bytes, from the end */
	int error;
} comings[] = {
	{ "none", NONE, 0, 0, 0 },
	{ "one, where none is", NONE, 1, 0, EBADMSG },
	{ "most, where none is", NONE, WIRE_FDS_MAX, 0, EBADMSG },
	{ "as many as the kernel has", NONE, 253, 0, EBADMSG },
	{ "two", TWO, 2, 0, 0 },
	{ "two missing", TWO, 0, 0, EBADMSG },
	{ "one missing", TWO, 1, 0, EBADMSG },
	{ "one too many", TWO, 3, 0, EBADMSG },
	{ "most", MOST, WIRE_FDS_MAX, 0, 0 },
	{ "one of most missing", MOST, WIRE_FDS_MAX - 1, 0, EBADMSG },
	{ "one more than there is room for", MOST, WIRE_FDS_MAX + 1, 0,
	    EBADMSG },
	{ "two more", MOST, WIRE_FDS_MAX + 2, 0, EBADMSG },
	{ "three more", MOST, WIRE_FDS_MAX + 3, 0, EBADMSG },
	{ "a type with more than may be", TOO_MANY, WIRE_FDS_MAX + 1, 0,
	    EBADMSG },
	{ "a type that is not in the table", 9, 0, 0, EBADMSG },
	{ "the same with descriptors", 9, 2, 0, EBADMSG },
	{ "cut", TWO, 2, 1, EBADMSG },
	{ "cut to a header", TWO, 2, 5, EBADMSG },
	{ "a byte and descriptors", TWO, 2, WIRE_HEADER + 4, EBADMSG },
	{ "descriptors alone", TWO, 2, WIRE_HEADER + 5, EBADMSG },
	{ "too long by a byte", TWO, 2, -1, EBADMSG },
	{ "too long for any", TWO, 2, WIRE_HEADER + 5 - (WIRE_MAX + 1),
	    EBADMSG },
};

static void
leaves_no_descriptor(void **state)
{
	static unsigned char bytes[WIRE_MAX + 1];
	size_t before, i;
	int ret;

	(void)state;
	before = count_open();
	for (i = 0; i < NELEMS(comings); i++) {
		wire_start(&out, comings[i].type);
		(void)wire_put_u32(&out, 42);
		assert_int_equal(wire_finish(&out), 0);
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, out.bytes, out.len);
		send_raw(bytes, (size_t)((long)out.len - comings[i].cut),
		    comings[i].nfds);
		errno = 0;
		ret = receive();
		if (ret != (comings[i].error == 0 ? 1 : -1) ||
		    errno != comings[i].error)
			fail_msg("%s: %d, %s", comings[i].what, ret,
			    strerror(errno));
		if (ret == 1)
			wire_clear(&in);
		if (count_open() != before || in.nfds != 0)
			fail_msg("%s: descriptors are left", comings[i].what);
	}
}

/* What was asked of the socket by whoever made it. */
static void
refuses_other_control_data(void **state)
{
	/* With a pidfd for a descriptor there would be as many as expected. */
	static const struct {
		const char *what;
		int option;
		size_t nfds;
	} options[] = {
		{ "credentials", SO_PASSCRED, 2 },
		{ "a pidfd", 76 /* SO_PASSPIDFD, Linux 6.5 */, 2 },
		{ "a pidfd among them", 76, 1 },
	};
	size_t before, i;
	int on;

	(void)state;
	for (i = 0; i < NELEMS(options); i++) {
		on = 1;
		if (setsockopt(pair[1], SOL_SOCKET, options[i].option, &on,
			sizeof(on)) == -1)
			continue;
		wire_start(&out, TWO);
		assert_int_equal(wire_finish(&out), 0);
		send_raw(out.bytes, out.len, options[i].nfds);
		before = count_open();
		errno = 0;
		if (receive() != -1 || errno != EBADMSG)
			fail_msg("%s: %s", options[i].what, strerror(errno));
		if (count_open() != before)
			fail_msg("%s: descriptors are left", options[i].what);
		on = 0;
		assert_int_equal(setsockopt(pair[1], SOL_SOCKET,
				     options[i].option, &on, sizeof(on)),
		    0);
	}
}

/* The kernel gives as many as there is room for in the table. */
static void
has_no_room_for_descriptors(void **state)
{
	struct rlimit old, less;
	size_t before;
	int ret, error, first;
	rlim_t room;

	(void)state;
	before = count_open();
	first = dup(0);
	assert_int_equal(close(first), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	for (room = 0; room < 2; room++) {
		/* None come where none are, or one of two. */
		wire_start(&out, room == 0 ? NONE : TWO);
		assert_int_equal(wire_finish(&out), 0);
		send_raw(out.bytes, out.len, 2);
		less = old;
		less.rlim_cur = (rlim_t)first + room;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
		errno = 0;
		ret = receive();
		error = errno;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
		assert_int_equal(ret, -1);
		assert_int_equal(error, EBADMSG);
		assert_int_equal(count_open(), before);
	}
}

/* What it says it is came, and more. */
static void
refuses_what_is_cut(void **state)
{
	static unsigned char bytes[WIRE_MAX + 1];

	(void)state;
	wire_start(&out, NONE);
	(void)wire_put_bytes(&out, bytes, WIRE_FIELDS_MAX - 5);
	assert_int_equal(wire_finish(&out), 0);
	assert_int_equal(out.len, WIRE_MAX);
	memcpy(bytes, out.bytes, out.len);
	send_raw(bytes, WIRE_MAX, 0);
	assert_int_equal(receive(), 1);
	send_raw(bytes, WIRE_MAX + 1, 0);
	errno = 0;
	assert_int_equal(receive(), -1);
	assert_int_equal(errno, EBADMSG);
}

/* Receives with 0, 1 and 2 closed; they are there again afterwards. */
static int
receive_without_files(bool closed[3])
{
	int kept[3], i, ret, saved;

	for (i = 0; i < 3; i++) {
		kept[i] = __real_fcntl(i, F_DUPFD_CLOEXEC, 10);
		(void)close(i);
	}
	ret = receive();
	saved = errno;
	for (i = 0; i < 3; i++) {
		closed[i] = __real_fcntl(i, F_GETFD, 0) == -1;
		if (kept[i] != -1) {
			(void)dup2(kept[i], i);
			(void)close(kept[i]);
		}
	}
	errno = saved;
	return ret;
}

static void
keeps_standard_files_free(void **state)
{
	size_t before, i;
	bool closed[3];

	(void)state;
	before = count_open();
	assert_int_equal(send_type(TWO, pair, 2), 0);
	assert_int_equal(receive_without_files(closed), 1);
	for (i = 0; i < 3; i++)
		assert_true(closed[i]);
	for (i = 0; i < 2; i++) {
		assert_true(in.fds[i] > 2);
		assert_int_equal(fcntl(in.fds[i], F_GETFD), FD_CLOEXEC);
	}
	wire_clear(&in);
	assert_int_equal(count_open(), before);

	assert_int_equal(send_type(TWO, pair, 2), 0);
	fails.fcntl = EMFILE;
	assert_int_equal(receive_without_files(closed), -1);
	assert_int_equal(errno, EMFILE);
	fails.fcntl = 0;
	for (i = 0; i < 3; i++)
		assert_true(closed[i]);
	assert_int_equal(count_open(), before);
}

static void
sends_what_the_table_has(void **state)
{
	int fds[WIRE_FDS_MAX + 1] = { 0 };

	(void)state;
	fds[1] = -1;
	errno = 0;
	assert_int_equal(send_type(NONE, fds, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(send_type(TWO, fds, 1), -1);
	assert_int_equal(send_type(9, NULL, 0), -1);
	assert_int_equal(send_type(TOO_MANY, fds, WIRE_FDS_MAX + 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(send_type(TWO, fds, 2), -1);
	assert_int_equal(errno, EBADF);
	wire_start(&out, NONE);
	(void)wire_put_string(&out, NULL);
	errno = 0;
	assert_int_equal(wire_send(pair[0], &out, table, NULL, 0, 0), -1);
	assert_int_equal(errno, EINVAL);
	errno = 0;
	assert_int_equal(receive(), -1);
	assert_int_equal(errno, ETIMEDOUT);
}

static void
ends(void **state)
{
	size_t before;

	(void)state;
	assert_int_equal(send_type(TWO, pair, 2), 0);
	assert_int_equal(shutdown(pair[0], SHUT_WR), 0);
	/* What was sent before is not lost. */
	assert_int_equal(receive(), 1);
	wire_clear(&in);
	before = count_open();
	assert_int_equal(receive(), 0);
	assert_int_equal(in.type, 0);
	assert_int_equal(count_open(), before);
	(void)close(pair[1]);
	pair[1] = -1;
	errno = 0;
	assert_int_equal(send_type(NONE, NULL, 0), -1);
	assert_int_equal(errno, EPIPE);
}

/* A socket for streams may take a part of a message: there is no rest. */
static void
refuses_half_a_message(void **state)
{
	static unsigned char bytes[WIRE_FIELDS_MAX - 5];
	int stream[2], small = 4096;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     stream),
	    0);
	assert_int_equal(setsockopt(stream[0], SOL_SOCKET, SO_SNDBUF, &small,
			     sizeof(small)),
	    0);
	wire_start(&out, NONE);
	(void)wire_put_bytes(&out, bytes, sizeof(bytes));
	errno = 0;
	assert_int_equal(wire_send(stream[0], &out, table, NULL, 0, 0), -1);
	assert_int_equal(errno, EMSGSIZE);
	(void)close(stream[0]);
	(void)close(stream[1]);
}

static int64_t
milliseconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
waits_until_its_deadline(void **state)
{
	int64_t start = milliseconds(), deadline;
	size_t sent = 0;

	(void)state;
	deadline = wire_deadline(SOON);
	assert_in_range(deadline, start + SOON, milliseconds() + SOON);
	errno = 0;
	assert_int_equal(wire_receive(pair[1], &in, table, deadline), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_true(milliseconds() >= deadline);
	assert_int_equal(fails.events, POLLIN);

	while (send_type(NONE, NULL, 0) == 0)
		sent++;
	assert_int_equal(errno, ETIMEDOUT);
	deadline = wire_deadline(SOON);
	errno = 0;
	assert_int_equal(wire_send(pair[0], &out, table, NULL, 0, deadline),
	    -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_true(milliseconds() >= deadline);
	assert_int_equal(fails.events, POLLOUT);
	/* What could not be sent was not sent in part. */
	while (receive() == 1)
		sent--;
	assert_int_equal(sent, 0);
	assert_true(wire_deadline(-1) == WIRE_NEVER);
}

static void
waits_for_a_message(void **state)
{
	(void)state;
	/* The message is there when it has waited. */
	assert_int_equal(send_type(NONE, NULL, 0), 0);
	fails.receive[0] = EAGAIN;
	fails.poll[0] = EINTR;
	assert_int_equal(wire_receive(pair[1], &in, table, WIRE_NEVER), 1);
	assert_int_equal(fails.npoll, 1);
	fails.send[0] = EAGAIN;
	fails.npoll = 0;
	assert_int_equal(wire_send(pair[0], &out, table, NULL, 0, WIRE_NEVER),
	    0);
	assert_int_equal(fails.npoll, 1);
	assert_int_equal(receive(), 1);
}

static const struct {
	const char *what;
	int call[2]; /* the errors of sendmsg or recvmsg */
	int poll[2];
	int error; /* 0: it succeeds */
} failures[] = {
	{ "interrupted", { EINTR, EINTR }, { 0 }, 0 },
	{ "waiting interrupted", { EAGAIN }, { EINTR, EINTR }, 0 },
	{ "no memory", { ENOMEM }, { 0 }, ENOMEM },
	{ "interrupted, and no buffers", { EINTR, ENOBUFS }, { 0 }, ENOBUFS },
	{ "reset", { ECONNRESET }, { 0 }, ECONNRESET },
	{ "too many in flight", { ETOOMANYREFS }, { 0 }, ETOOMANYREFS },
	{ "cannot wait", { EAGAIN }, { ENOMEM }, ENOMEM },
	{ "waited for nothing", { EAGAIN, ECONNRESET }, { 0 }, ECONNRESET },
};

static void
says_what_failed(void **state)
{
	size_t before, i, way;
	int ret;

	(void)state;
	before = count_open();
	for (i = 0; i < 2 * NELEMS(failures); i++) {
		way = i % 2;
		memset(&fails, 0, sizeof(fails));
		assert_int_equal(send_type(TWO, pair, 2), 0);
		memcpy(way == 0 ? fails.send : fails.receive,
		    failures[i / 2].call, sizeof(failures[0].call));
		memcpy(fails.poll, failures[i / 2].poll,
		    sizeof(failures[0].poll));
		errno = 0;
		ret = way == 0 ?
		    wire_send(pair[0], &out, table, pair, 2, WIRE_NEVER) :
		    wire_receive(pair[1], &in, table, WIRE_NEVER);
		if (failures[i / 2].error == 0 ?
			ret != (int)way :
			ret != -1 || errno != failures[i / 2].error)
			fail_msg("%s: %d, %s", failures[i / 2].what, ret,
			    strerror(errno));
		memset(&fails, 0, sizeof(fails));
		do {
			wire_clear(&in);
		} while (receive() == 1);
		assert_int_equal(count_open(), before);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(gives_descriptors),
		TEST(leaves_no_descriptor),
		TEST(refuses_other_control_data),
		TEST(has_no_room_for_descriptors),
		TEST(refuses_what_is_cut),
		TEST(keeps_standard_files_free),
		TEST(sends_what_the_table_has),
		TEST(ends),
		TEST(refuses_half_a_message),
		TEST(waits_until_its_deadline),
		TEST(waits_for_a_message),
		TEST(says_what_failed),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

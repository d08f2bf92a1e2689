/* SPDX-License-Identifier: ISC */
/* Messages with descriptors: nothing of what came is left behind. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/session/channel.h"

static int channel[2];

static int
begin(void **state)
{
	(void)state;
	return channel_pair(channel);
}

static int
end(void **state)
{
	(void)state;
	close(channel[0]);
	close(channel[1]);
	return 0;
}

/* Of the numbers that there are. */
static size_t
count_descriptors(void)
{
	size_t n = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* As somebody would who wants to be a nuisance. */
static void
say(const void *bytes, size_t len, size_t nfds)
{
	int fds[CHANNEL_FDS_MAX];
	size_t i;

	for (i = 0; i < nfds; i++)
		fds[i] = channel[0];
	assert_int_equal(channel_send(channel[0], bytes, len, fds, nfds), 0);
}

static ssize_t
hear(size_t size, int *fds, size_t *nfds)
{
	char buf[16];

	return channel_receive(channel[1], buf, size, fds, nfds);
}

static void
gives_what_came(void **state)
{
	size_t before = count_descriptors(), nfds;
	int fds[CHANNEL_FDS_MAX];

	(void)state;
	say("word", 4, 2);
	assert_int_equal(hear(16, fds, &nfds), 4);
	assert_int_equal(nfds, 2);
	assert_int_equal(count_descriptors(), before + 2);
	channel_close_all(fds, nfds);
	assert_int_equal(count_descriptors(), before);
}

/* Not to be told from the end, so nobody looks for descriptors. */
static void
keeps_none_of_an_empty_one(void **state)
{
	size_t before = count_descriptors(), nfds = 1;
	int fds[CHANNEL_FDS_MAX];

	(void)state;
	say("", 0, 3);
	assert_int_equal(hear(16, fds, &nfds), 0);
	assert_int_equal(nfds, 0);
	assert_int_equal(count_descriptors(), before);
}

static void
keeps_none_of_a_longer_one(void **state)
{
	size_t before = count_descriptors(), nfds = 1;
	int fds[CHANNEL_FDS_MAX];

	(void)state;
	say("word", 4, 2);
	assert_int_equal(hear(3, fds, &nfds), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(nfds, 0);
	assert_int_equal(count_descriptors(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_what_came),
		TEST(keeps_none_of_an_empty_one),
		TEST(keeps_none_of_a_longer_one),
	};

	return cmocka_run_group_tests_name("channels", tests, NULL, NULL);
}

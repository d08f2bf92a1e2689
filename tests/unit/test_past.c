/* SPDX-License-Identifier: ISC */
/*
 * Sessions that have ended: the last of each user are kept, and who ends many
 * displaces his own.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/past.h"

static size_t
count(const struct past *past, uid_t uid, pid_t *newest)
{
	const struct past_session *one;
	size_t n = 0;

	*newest = 0;
	for (one = past->first; one != NULL; one = one->next) {
		assert_int_not_equal(fcntl(one->card, F_GETFD), -1);
		if (one->uid != uid)
			continue;
		if (n++ == 0)
			*newest = one->pid;
	}
	return n;
}

static int
card(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_int_not_equal(fd, -1);
	return fd;
}

static void
clear(struct past *past)
{
	struct past_session *one;

	while ((one = past->first) != NULL) {
		past->first = one->next;
		close(one->card);
		free(one);
	}
}

static void
keeps_the_last_of_each(void **state)
{
	struct past past = { NULL };
	int lowest = card(), i;
	pid_t newest;

	(void)state;
	close(lowest);
	past_add(&past, 1, 1000, 5, card());
	for (i = 1; i <= 100; i++)
		past_add(&past, i, 2000, 5, card());
	assert_int_equal(count(&past, 2000, &newest), PAST_USER_MAX);
	assert_int_equal(newest, 100);
	assert_int_equal(count(&past, 1000, &newest), 1);
	/* The others' cards are closed: their numbers are free. */
	i = card();
	assert_true(i <= lowest + PAST_USER_MAX + 2);
	close(i);
	clear(&past);
}

static void
has_an_end(void **state)
{
	struct past past = { NULL };
	pid_t newest;
	uid_t uid;

	(void)state;
	for (uid = 1; uid <= PAST_MAX + 10; uid++)
		past_add(&past, 1, uid, 5, card());
	for (uid = 1; uid <= PAST_MAX + 10; uid++)
		assert_int_equal(count(&past, uid, &newest), uid > 10 ? 1 : 0);
	clear(&past);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_last_of_each),
		cmocka_unit_test(has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

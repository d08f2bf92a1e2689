/* SPDX-License-Identifier: ISC */
/*
 * Scores for the kernel's choice of whom to end: what is written where, a file
 * standing for that of /proc.
 *
 * WRAP: open
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/session/oom.h"

static char path[] = "/tmp/test-oom.XXXXXX";
static bool refused;

int __real_open(const char *, int, ...);
int __wrap_open(const char *, int, ...);

int
__wrap_open(const char *name, int flags, ...)
{
	if (strcmp(name, "/proc/self/oom_score_adj") != 0)
		return __real_open(name, flags);
	if (refused && (flags & O_ACCMODE) != O_RDONLY) {
		errno = EACCES;
		return -1;
	}
	return __real_open(path, flags | (flags & O_WRONLY ? O_TRUNC : 0));
}

static void
put(const char *score)
{
	int fd = __real_open(path, O_WRONLY | O_TRUNC);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, score, strlen(score)), strlen(score));
	close(fd);
}

static void
expect(const char *score)
{
	char text[16] = "";
	int fd = __real_open(path, O_RDONLY);

	assert_int_not_equal(fd, -1);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	assert_string_equal(text, score);
}

static void
test_scores(void **state)
{
	static const struct {
		const char *before;
		bool refused;
		const char *protected;
		const char *exposed;
	} cases[] = {
		{ "0\n", false, "-500", "0" },
		{ "200\n", false, "-500", "200" },
		{ "-500\n", false, "-500\n", "0" },
		{ "-1000\n", false, "-1000\n", "0" },
		{ "-100\n", false, "-500", "0" },
		{ "300\n", true, "300\n", "300\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(cases[i].before);
		refused = cases[i].refused;
		oom_protect();
		expect(cases[i].protected);
		oom_expose();
		expect(cases[i].exposed);
	}
}

static int
make(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd != -1)
		close(fd);
	return fd == -1;
}

static int
remove_it(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scores),
	};

	return cmocka_run_group_tests(tests, make, remove_it);
}

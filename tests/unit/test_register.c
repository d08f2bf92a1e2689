/* SPDX-License-Identifier: ISC */
/*
 * The register of sessions: what is read of it, and what is thrown away.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/register.h"
#include "child.h"

static char path[] = "/tmp/privd-register.XXXXXX";
static int folder = -1;

static void
make(const char *name)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	close(fd);
}

static bool
is_there(const char *name)
{
	return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
count(void *context, struct register_entry *entry)
{
	size_t *n = context;

	(*n)++;
	register_clear(entry);
}

static size_t
read_all(void)
{
	size_t n = 0;

	assert_int_equal(register_read(folder, count, &n), 0);
	return n;
}

/* Of nobody; or of somebody who has yet to lock it. */
static void
test_unlocked(void **state)
{
	char name[32];
	pid_t pid = start_child();

	(void)state;
	(void)snprintf(name, sizeof(name), ".%d", pid);
	make("1000");
	make(".none");
	make(name);
	assert_int_equal(read_all(), 0);
	assert_false(is_there("1000"));
	assert_false(is_there(".none"));
	assert_true(is_there(name));
	end_child(pid);
	assert_int_equal(read_all(), 0);
	assert_false(is_there(name));
}

/* What another process has entered, for as long as that lives. */
static void
test_entered(void **state)
{
	int gate[2];
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(gate), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		c = register_enter(folder, 1000, 1, getpid(), -1) != -1;
		(void)!write(gate[1], &c, 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(gate[0], &c, 1), 1);
	assert_int_equal(c, 1);
	assert_true(register_has(folder, 1000));
	assert_int_equal(read_all(), 1);
	end_child(pid);
	assert_int_equal(read_all(), 0);
	assert_false(register_has(folder, 1000));
	close(gate[0]);
	close(gate[1]);
}

static int
set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(path));
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return folder == -1 ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	close(folder);
	return rmdir(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unlocked),
		cmocka_unit_test(test_entered),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

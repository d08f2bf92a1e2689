/* SPDX-License-Identifier: ISC */
/*
 * Text that is put together in memory, where that ends: what is cut off is no
 * text. (A file of serials that were cut off would let old policies in.)
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../privd/policy/sign_internal.h"

#define MANY 400
#define ROOM 12000 /* as much is left: a first buffer, and no second */

/* All of it, but that much. */
static void
use_up(void)
{
	const struct rlimit none = { 0, 0 };
	void *room = malloc(ROOM);
	size_t size;

	if (room == NULL || setrlimit(RLIMIT_AS, &none) == -1)
		_exit(10);
	for (size = 1 << 20; size > 16; size /= 2)
		while (malloc(size) != NULL)
			continue;
	free(room);
}

static void
print_starved(void)
{
	static struct serial all[MANY];
	static char names[MANY][32];
	struct serials serials = { .v = all, .count = MANY };
	char *text;
	size_t len, i;

	for (i = 0; i < MANY; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "/bin/%zu", i);
		all[i].program = names[i];
		all[i].serial = i + 1;
	}
	text = serials_print(&serials, &len);
	if (text == NULL)
		_exit(11);
	free(text);
	use_up();
	text = serials_print(&serials, &len);
	_exit(text != NULL ? 1 : errno != ENOMEM ? 2 : 0);
}

static void
test_serials_are_whole_or_none(void **state)
{
	pid_t pid;
	int status;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	print_message("asan's memory does not end\n");
	skip();
#endif
	pid = fork();
	if (pid == 0)
		print_starved();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serials_are_whole_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

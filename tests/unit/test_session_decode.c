/* SPDX-License-Identifier: ISC */
/*
 * What is opened at once, and what is judged again when it has become another
 * object: a 32-bit program gets nothing that is too large for it, and what is
 * to be performed otherwise than was judged before is walked to anew.
 *
 * WRAP: judge_leave judge_return notify_refuse notify_give
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/session/call.h"
#include "../../privd/session/judge.h"
#include "../../privd/session/page.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define I386_LARGEFILE 0100000

static char file[] = "/tmp/privd-decode.XXXXXX";
static struct session_plan plan;
static struct judge judge;
static struct page *page;
static struct reach reach;
static struct process_table *table;
static struct process process;
static struct thread thread;
static struct handle root;
static struct regime regime;
static struct call call;

static unsigned int away, back;
static int refused, given; /* an errno; whether a descriptor was */

void __wrap_judge_leave(struct judge *);
void __wrap_judge_return(struct judge *);
int __wrap_notify_refuse(int, uint64_t, int);
int __wrap_notify_give(int, uint64_t, int, bool);

void
__wrap_judge_leave(struct judge *one)
{
	(void)one;
	away++;
}

void
__wrap_judge_return(struct judge *one)
{
	(void)one;
	back++;
}

int
__wrap_notify_refuse(int listener, uint64_t id, int error)
{
	(void)listener;
	(void)id;
	refused = error;
	return 0;
}

int
__wrap_notify_give(int listener, uint64_t id, int fd, bool cloexec)
{
	struct stat st;

	(void)listener;
	(void)id;
	(void)cloexec;
	assert_int_equal(fstat(fd, &st), 0);
	given++;
	return 7;
}

static int
set_up(void **state)
{
	int fd = mkstemp(file);

	(void)state;
	root.fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	page = page_new(1);
	table = process_table_new(&reach);
	if (fd == -1 || root.fd == -1 || page == NULL || table == NULL)
		return -1;
	return close(fd);
}

static int
tear_down(void **state)
{
	(void)state;
	process_table_free(table);
	close(root.fd);
	return unlink(file);
}

/* An opening of the file, by a program that all is permitted to. */
static void
start(enum sys_machine machine, uint64_t flags)
{
	memset(&judge, 0, sizeof(judge));
	judge.plan = &plan;
	judge.table = table;
	judge.page = page;
	judge.listener = judge.record = -1;
	memset(&process, 0, sizeof(process));
	root.own = true;
	memset(&thread, 0, sizeof(thread));
	thread.process = &process;
	memset(&regime, 0, sizeof(regime));
	regime.set.images[0] = policy_permitting();
	regime.set.count = 1;
	memset(&call, 0, sizeof(call));
	call.judge = &judge;
	call.machine = machine;
	call.ticket.slot = &page->slots[0];
	call.row = call.base = sys_by_name("open");
	call.thread = &thread;
	call.process = &process;
	call.regime = &regime;
	call.root = &root;
	call.fd = call.extra = call.held = -1;
	call.how.flags = flags;
	call.pin[0].object = call.pin[0].parent = -1;
	(void)strcpy(call.path[0], file);
	(void)strcpy(call.pin[0].path, file);
	call.npins = 1;
	call.request.call = call.request.base = call.row;
	call.request.regs = call.regs;
	call.request.caller = &call.caller;
	refused = given = 0;
	away = back = 0;
}

static void
test_too_large(void **state)
{
	static const struct {
		enum sys_machine machine;
		uint64_t flags;
		off_t size;
		int error; /* 0: it is given */
	} cases[] = {
		{ SYS_I386, O_RDONLY, INT32_MAX, 0 },
		{ SYS_I386, O_RDONLY, (off_t)INT32_MAX + 1, EOVERFLOW },
		{ SYS_I386, O_RDONLY | I386_LARGEFILE, (off_t)INT32_MAX + 1,
		    0 },
		{ SYS_NATIVE, O_RDONLY, (off_t)INT32_MAX + 1, 0 },
	};
	size_t i;
	int before, after;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		assert_int_equal(truncate(file, cases[i].size), 0);
		start(cases[i].machine, cases[i].flags);
		before = dup(root.fd);
		close(before);
		assert_true(call_at_once(&judge, &call));
		if (refused != cases[i].error ||
		    given != (cases[i].error == 0 ? 1 : 0))
			fail_msg("row %zu: %d, %d given", i, refused, given);
		after = dup(root.fd);
		close(after);
		assert_int_equal(before, after);
		assert_int_equal(away, 1);
		assert_int_equal(back, 1);
	}
	assert_int_equal(truncate(file, 0), 0);
}

/* The policy of what calls, as it is written. */
static struct policy_set *
read_policy(const char *rules)
{
	struct policy_source source = { .authority = POLICY_SYSTEM };
	struct policy_report report = { 0 };
	struct policy_set *set = policy_set_new();
	char text[512];
	int n;

	n = snprintf(text, sizeof(text),
	    "Policy: /x/one, Emulation: native\n%s", rules);
	if (policy_load_buffer(set, &source, "test", text, (size_t)n,
		&report) != 0) {
		policy_report_print(&report, stderr, POLICY_ERROR);
		fail();
	}
	policy_report_clear(&report);
	return set;
}

static void
test_rejudge(void **state)
{
	static const struct {
		const char *rules;
		int walk_error, error;
	} cases[] = {
		{ "Default: permit\n", 0, 0 },
		{ "native-open: permit\n", 0, 0 },
		{ "native-open: permit\n", EACCES, EAGAIN },
		{ "Default: permit\n", EACCES, EAGAIN },
		{ "native-open: permit as root\n", 0, EAGAIN },
		{ "native-open: permit with net_raw\n", 0, EAGAIN },
		{ "native-open: deny[enoent]\n", 0, ENOENT },
		{ "native-open: deny[enoent]\n", EACCES, ENOENT },
		{ "native-open: ask\n", 0, EPERM },
		{ "native-open: filename match \"/tmp/*\" then deny[eio]\n"
		  "native-open: permit\n",
		    0, EIO },
	};
	struct policy_set *set;
	size_t i;
	int error;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		set = read_policy(cases[i].rules);
		start(SYS_NATIVE, O_RDONLY);
		regime.set.images[0] = policy_last(set);
		call.walk_error = cases[i].walk_error;
		error = call_rejudge(&judge, &call);
		if (error != cases[i].error)
			fail_msg("row %zu: %d", i, error);
		policy_set_free(set);
	}
	/* By nobody's policy. */
	start(SYS_NATIVE, O_RDONLY);
	regime.set.count = 0;
	assert_int_equal(call_rejudge(&judge, &call), EPERM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_rejudge),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

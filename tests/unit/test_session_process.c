/* SPDX-License-Identifier: ISC */
/*
 * The table of processes, on real ones: a dead thread is not found again
 * whatever has its number, threads share their process, and choices of an
 * exclusive group are a process's own and its children's.
 */
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
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

#include "../../privd/policy/policy.h"
#include "../../privd/session/process.h"
#include "child.h"
#include "exchange.h"

static struct reach reach = { .fetcher = -1, .listener = -1 };

static void
test_dead(void **state)
{
	struct process_table *table = process_table_new(&reach);
	struct thread *thread;
	pid_t pid = start_child();
	bool fresh;

	(void)state;
	assert_non_null(table);
	assert_null(process_find(table, pid));
	thread = process_enter(table, pid, &fresh);
	assert_non_null(thread);
	assert_true(fresh);
	assert_ptr_equal(process_find(table, pid), thread);
	assert_true(process_alive(thread));
	assert_non_null(process_parent(table, pid));
	end_child(pid);
	assert_null(process_find(table, pid));
	assert_null(process_parent(table, pid));
	assert_null(process_enter(table, pid, &fresh));
	assert_int_equal(errno, ESRCH);
	process_table_free(table);
}

/* A process that is looked for by its id, not by its thread's. */
static void
test_dead_parent(void **state)
{
	struct process_table *table = process_table_new(&reach);
	pid_t pid = start_child();
	bool fresh;

	(void)state;
	assert_non_null(process_enter(table, pid, &fresh));
	end_child(pid);
	assert_null(process_parent(table, pid));
	assert_null(process_parent(table, 1));
	assert_null(process_parent(table, 0));
	process_table_free(table);
}

static void
test_root(void **state)
{
	struct process_table *table = process_table_new(&reach);
	struct thread *thread;
	struct handle *root;
	pid_t pid;
	bool fresh;

	(void)state;
	pid = start_child();
	thread = process_enter(table, pid, &fresh);
	assert_non_null(thread);
	root = process_root(table, thread, 0);
	assert_non_null(root);
	assert_true(root->own);
	process_put(&root);
	end_child(pid);
	process_table_free(table);
}

/* In another root it is not ours, and nothing is elevated there. */
static void
test_other_root(void **state)
{
	struct process_table *table = process_table_new(&reach);
	struct thread *thread;
	struct handle *root;
	int gate[2];
	pid_t pid;
	char c;
	bool fresh;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(pipe(gate), 0);
	pid = fork();
	if (pid == 0) {
		c = (char)chroot("/tmp");
		(void)!write(gate[1], &c, 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(gate[0], &c, 1), 1);
	assert_int_equal(c, 0);
	thread = process_enter(table, pid, &fresh);
	assert_non_null(thread);
	root = process_root(table, thread, 0);
	assert_non_null(root);
	assert_false(root->own);
	process_put(&root);
	end_child(pid);
	close(gate[0]);
	close(gate[1]);
	process_table_free(table);
}

static void
test_choices(void **state)
{
	struct process_table *table = process_table_new(&reach);
	const struct policy_image *image = policy_none();
	struct policy_rule one, two, other, free_one;
	struct process *parent, *child;
	pid_t pids[2];
	bool fresh;

	(void)state;
	memset(&one, 0, sizeof(one));
	one.exclusive = "a";
	one.exclusive_id = 1;
	two = one;
	other = one;
	other.exclusive = "b";
	other.exclusive_id = 2;
	free_one = one;
	free_one.exclusive = NULL;
	pids[0] = start_child();
	pids[1] = start_child();
	parent = process_enter(table, pids[0], &fresh)->process;
	child = process_enter(table, pids[1], &fresh)->process;
	assert_false(process_is_barred(parent, image, &one));
	assert_int_equal(process_choose(parent, image, &one), 0);
	assert_false(process_is_barred(parent, image, &one));
	assert_true(process_is_barred(parent, image, &two));
	assert_false(process_is_barred(parent, image, &other));
	assert_false(process_is_barred(parent, image, &free_one));
	assert_false(process_is_barred(child, image, &two));
	assert_int_equal(choice_add_all(&child->choices, parent->choices), 0);
	assert_true(process_is_barred(child, image, &two));
	assert_false(process_is_barred(child, image, &one));
	assert_false(process_is_barred(child, image, &free_one));
	end_child(pids[0]);
	end_child(pids[1]);
	process_table_free(table);
}

/* What kin have chosen, all of them, is what an orphan of theirs has. */
static void
test_kin(void **state)
{
	struct process_table *table = process_table_new(&reach);
	const struct policy_image *image = policy_none();
	struct birth birth = { { 1, 2, 3, 4, 5 } }, later = birth, none;
	struct policy_rule one, two;
	struct kin_list list = { NULL, 0 };
	struct process *a, *b;
	struct stat st;
	struct kin *kin;
	pid_t pids[2];
	bool fresh;

	(void)state;
	memset(&none, 0, sizeof(none));
	memset(&one, 0, sizeof(one));
	one.exclusive = "a";
	one.exclusive_id = 1;
	two = one;
	assert_int_equal(stat("/", &st), 0);
	pids[0] = start_child();
	pids[1] = start_child();
	a = process_enter(table, pids[0], &fresh)->process;
	b = process_enter(table, pids[1], &fresh)->process;
	kin = kin_enter(&list, &st, &birth, NULL, "program");
	assert_non_null(kin);
	process_join(a, kin);
	process_join(b, kin);
	assert_int_equal(kin->members, 2);
	assert_int_equal(process_choose(a, image, &one), 0);
	assert_int_equal(process_choose(b, image, &two), 0);
	assert_true(process_is_barred(a, image, &two));
	assert_false(process_is_barred(b, image, &two));
	later.places[BIRTH_ARGV]++;
	assert_null(kin_find(&list, NULL, &st, &later));
	assert_null(kin_find(&list, NULL, &st, &none));
	assert_ptr_equal(kin_find(&list, NULL, &st, &birth), kin);
	assert_null(kin_find(&list, kin, &st, &birth));
	end_child(pids[0]);
	process_forget(table, process_find(table, pids[1]));
	assert_int_equal(kin->members, 1);
	assert_non_null(kin->choices);
	assert_non_null(kin->choices->next);
	end_child(pids[1]);
	process_table_free(table);
	kin_free(&list);
}

/* Those that have members are not forgotten, nor are the newest. */
static void
test_many_kin(void **state)
{
	struct birth birth = { { 1, 2, 3, 4, 5 } };
	struct kin_list list = { NULL, 0 };
	struct kin *first, *last = NULL;
	struct stat st;
	size_t i;

	(void)state;
	assert_int_equal(stat("/", &st), 0);
	first = kin_enter(&list, &st, &birth, NULL, "first");
	kin_join(first);
	for (i = 0; i < 50000; i++) {
		birth.places[BIRTH_STACK]++;
		last = kin_enter(&list, &st, &birth, NULL, "other");
		assert_non_null(last);
	}
	assert_true(list.count < 10000);
	assert_ptr_equal(kin_find(&list, NULL, &st, &birth), last);
	birth.places[BIRTH_STACK] -= 3000;
	assert_non_null(kin_find(&list, NULL, &st, &birth));
	birth.places[BIRTH_STACK] = 1;
	assert_ptr_equal(kin_find(&list, NULL, &st, &birth), first);
	birth.places[BIRTH_STACK] = 2;
	assert_null(kin_find(&list, NULL, &st, &birth));
	kin_free(&list);
}

/* Where the number becomes another's. */
static bool
has_entered(const struct __ptrace_syscall_info *info)
{
	return info->op == PTRACE_SYSCALL_INFO_ENTRY &&
	    info->entry.nr == SYS_getppid;
}

/* Enters a number when it is told to, and says whether somebody whose folder is
   gone is there. */
static pid_t
start_entering(pid_t number, int gate)
{
	struct process_table *table;
	const struct thread *thread;
	bool fresh;
	pid_t pid;
	char c;

	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid != 0)
		return pid;
	table = process_table_new(&reach);
	(void)!read(gate, &c, 1);
	(void)process_enter(table, number, &fresh);
	(void)syscall(SYS_getppid);
	thread = process_find(table, number);
	_exit(thread != NULL &&
	    faccessat(thread->folder, "status", F_OK, 0) == -1);
}

/* False: all steps were gone through. */
static bool
enter_exchanged(unsigned int nth, bool *found)
{
	pid_t victim = start_child(), other = 0, entering;
	int gate[2], status;
	bool exchanged;

	assert_int_equal(pipe(gate), 0);
	entering = start_entering(victim, gate[0]);
	if (!begin_tracing(entering))
		skip();
	assert_int_equal(write(gate[1], "", 1), 1);
	exchanged = exchange(entering, has_entered, victim, nth, &other);
	assert_int_equal(ptrace(PTRACE_DETACH, entering, 0, 0), 0);
	assert_int_equal(waitpid(entering, &status, 0), entering);
	*found = status != 0;
	close(gate[0]);
	close(gate[1]);
	if (!exchanged)
		other = victim;
	if (other != 0)
		end_child(other);
	return exchanged && other != 0;
}

/* Who ends while it is entered is not whoever has its number then. */
static void
test_exchanged(void **state)
{
	unsigned int nth;
	size_t wrong = 0;
	bool found;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (nth = 0; nth < 100 && enter_exchanged(nth, &found); nth++) {
		if (!found)
			continue;
		print_error("another's, at step %u\n", nth);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_true(nth > 6);
}

/* A result is written only while the call that asked for it is there: its
   process may have become another program. */
static void
test_late_result(void **state)
{
	volatile int answer = 1;
	const int result = 2;

	(void)state;
	errno = 0;
	assert_int_equal(reach_write(&reach, 1, getpid(), (uintptr_t)&answer,
			     &result, sizeof(result)),
	    -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(answer, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_dead_parent),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_other_root),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_kin),
		cmocka_unit_test(test_many_kin),
		cmocka_unit_test(test_exchanged),
		cmocka_unit_test(test_late_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

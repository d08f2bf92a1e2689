/* SPDX-License-Identifier: ISC */
/*
 * What tests of hands have in common: a folder with a policy in it, the plan
 * of a session under that, and hands of this plan: real ones, in processes of
 * their own, so this needs root. Included once by a test, behind cmocka.
 */
#ifndef TEST_HANDS_H
#define TEST_HANDS_H

#include <sys/types.h>
#include <sys/wait.h>

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../privd/session/budget.h"
#include "../../privd/session/channel.h"
#include "../../privd/session/hand.h"
#include "../../privd/session/session.h"

#define HANDS_OWN 0x7ff00000U /* ids that nobody has */

static char folder[] = "/tmp/privd-hand.XXXXXX";
static struct session_plan plan;

/* The policy, but for its rules. */
static FILE *
begin_policy(void)
{
	char path[PATH_MAX];
	FILE *fp;

	(void)snprintf(path, sizeof(path), "%s/policy", folder);
	fp = fopen(path, "w");
	assert_non_null(fp);
	assert_true(fputs("Policy: /bin/true, Emulation: native\n", fp) >= 0);
	return fp;
}

/* Of a session of root's for that user. */
static void
make_plan(uid_t uid)
{
	static char program[] = "/bin/true";
	static char *argv[] = { program, NULL };
	char path[PATH_MAX], reason[SESSION_REASON_MAX] = "";
	struct session_options options = {
		.automatic = true,
		.no_user = true,
		.change_ids = true,
		.uid = uid,
		.gid = uid,
		.has_gid = true,
		.argv = argv,
		.policy_file = path,
	};

	(void)snprintf(path, sizeof(path), "%s/policy", folder);
	if (session_plan(&options, &plan, reason, sizeof(reason)) != 0)
		fail_msg("%s", reason);
}

/* Its channel, and its process. What it counts outlives it. */
static int
start_process(void (*role)(const struct hand_start *), unsigned int number,
    struct budget_memory *budget, pid_t *pid)
{
	struct hand_start start = {
		.plan = &plan,
		.number = number,
		.budget = budget,
		.own = HANDS_OWN + number,
		.parent = getpid(),
	};
	sigset_t all;
	int fds[2];

	assert_non_null(budget);
	assert_int_equal(channel_pair(fds), 0);
	*pid = fork();
	assert_int_not_equal(*pid, -1);
	if (*pid == 0) {
		close(fds[0]);
		(void)sigfillset(&all);
		(void)sigprocmask(SIG_SETMASK, &all, NULL);
		start.channel = fds[1];
		role(&start);
		_exit(1);
	}
	close(fds[1]);
	return fds[0];
}

/* One that was never there is none: kill(2) has other ideas of 0 and -1. */
static void
end_process(int channel, pid_t pid)
{
	if (pid <= 0)
		return;
	close(channel);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* 0: nothing is left. */
static int
clear_plan(void)
{
	char command[PATH_MAX];

	session_plan_clear(&plan);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) == 0 ? 0 : -1;
}

#endif /* TEST_HANDS_H */

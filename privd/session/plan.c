/* SPDX-License-Identifier: ISC */
/*
 * Planning a session: everything that can fail for a reason that the user
 * should read fails here, before anything is forked.
 */
#include "session.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../account.h"
#include "accounts.h"
#include "fence.h"
#include "identity.h"
#include "image.h"
#include "planner.h"

/* Without his name and home what they name in rules would be nothing, and his
   own policies would be none. */
int
plan_account(const struct planner *p)
{
	struct session_plan *plan = p->plan;
	const struct passwd *pw;

	if (account_user(plan->caller.uid, &pw) == -1)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "cannot learn who uid %u is: %s", plan->caller.uid,
		    strerror(errno));
	if (pw == NULL)
		return 0;
	plan->user = strdup(pw->pw_name);
	plan->home = strdup(pw->pw_dir);
	if (plan->user == NULL || plan->home == NULL)
		return plan_refuse(p, SESSION_EXIT_REFUSED, "no memory");
	plan->caller.user = plan->user;
	plan->caller.home = plan->home;
	return 0;
}

static int
take_groups(struct planner *p)
{
	struct session_plan *plan = p->plan;
	size_t n = 1;
	int own;

	if (!p->options->change_ids) {
		own = getgroups(0, NULL);
		if (own == -1)
			return -1;
		n = (size_t)own;
		plan->groups = calloc(n + 1, sizeof(gid_t));
		if (plan->groups == NULL || getgroups(own, plan->groups) != own)
			return -1;
	} else if (p->options->has_gid || plan->user == NULL) {
		plan->groups = calloc(1, sizeof(gid_t));
		if (plan->groups == NULL)
			return -1;
		plan->groups[0] = plan->caller.gid;
	} else if (accounts_groups(plan->user, plan->caller.gid, &plan->groups,
		       &n) == -1) {
		return -1;
	}
	plan->caller.groups = plan->groups;
	plan->caller.ngroups = n;
	return 0;
}

/* The program's user: -c's, or whoever calls. */
static int
take_caller(struct planner *p)
{
	const struct session_options *options = p->options;
	struct session_plan *plan = p->plan;
	int status;

	plan->root = geteuid() == 0;
	/* Its judge holds nothing, so it could not look at a program that
	   does. */
	if (!plan->root && identity_set_caps(0, 0, 0) == -1)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "cannot drop capabilities: %s", strerror(errno));
	if (options->change_ids && !plan->root)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "Need to be root to change credentials.");
	plan->caller.uid = options->change_ids ? options->uid : getuid();
	plan->caller.gid = options->change_ids ? options->gid : getgid();
	status = plan_account(p);
	if (status != 0)
		return status;
	if (take_groups(p) == -1)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "cannot learn the groups of uid %u: %s", plan->caller.uid,
		    strerror(errno));
	plan->separate = plan->root && plan->caller.uid != 0;
	plan->capable = !plan->separate && identity_permitted() != 0;
	return 0;
}

static int
find_program(struct planner *p)
{
	struct session_plan *plan = p->plan;
	const char *name = p->options->argv[0];
	struct image_line line;
	int error = 0, fd;

	plan->command = session_find_command(name, &error);
	if (plan->command == NULL)
		return plan_refuse(p, error, "%s: %s", name,
		    error == SESSION_EXIT_NOTFOUND &&
			    strchr(name, '/') == NULL ?
			"command not found" :
			strerror(errno));
	plan->program = realpath(plan->command, NULL);
	if (plan->program == NULL ||
	    stat(plan->program, &plan->program_st) == -1)
		return plan_refuse(p, SESSION_EXIT_CANNOT, "%s: %s",
		    plan->command, strerror(errno));
	plan->image_st = plan->program_st;
	fd = open(plan->program, O_RDONLY | O_CLOEXEC);
	if (fd == -1) /* executable and not readable: no script */
		return 0;
	error = image_first_line(fd, &line);
	plan->bits = image_bits(fd);
	close(fd);
	if (error == 0 && line.interpreter[0] != '\0') {
		plan->script = true;
		error = image_of(line.interpreter, &plan->image_st);
	}
	if (error != 0)
		return plan_refuse(p, SESSION_EXIT_CANNOT, "%s: %s",
		    plan->program, strerror(error));
	return 0;
}

/* Whose policies are the user's: those of who runs privrun. 1, 0 where there
   are none, -1. */
static int
own_folder(char *buf, size_t len)
{
	const struct passwd *pw;

	if (account_user(getuid(), &pw) == -1)
		return -1;
	return plan_user_folder(pw == NULL ? NULL : pw->pw_dir, buf, len);
}

/*
 * What cannot be trusted of the source tree (somebody else's clone) is left
 * out, and said where it is missed.
 */
static void
load_tree(struct planner *p, const struct policy_source *source,
    const char *tree)
{
	struct policy_report report = { NULL, 0, 0, 0 };

	(void)policy_load_folder(p->plan->policies, source, tree, &report);
	if (policy_find(p->plan->policies, POLICY_SYSTEM, p->plan->program) ==
		NULL &&
	    policy_find(p->plan->policies, POLICY_USER, p->plan->program) ==
		NULL)
		policy_report_print(&report, stderr, POLICY_ERROR);
	policy_report_clear(&report);
}

static int
load_policies(struct planner *p)
{
	const struct session_options *options = p->options;
	struct policy_set *set = p->plan->policies;
	char tree[PATH_MAX], tree_templates[PATH_MAX], home[PATH_MAX];
	bool in_tree = policy_source_tree(tree, tree_templates, sizeof(tree));
	const char *templates[] = { SYSTEM_TEMPLATES,
		in_tree ? tree_templates : NULL, NULL };
	struct policy_source source = { .authority = POLICY_SYSTEM,
		.templates = templates };
	/* What root names on the command line has root's authority. */
	struct policy_source given = { .authority = p->plan->root ?
		    POLICY_SYSTEM :
		    POLICY_USER,
		.flags = POLICY_LOAD_WILDCARD,
		.templates = templates };
	struct policy_source users = { .authority = POLICY_USER,
		.templates = templates };
	struct policy_report report = { NULL, 0, 0, 0 };
	int failed = 0, own = 0;

	if (options->policy_folder == NULL && !options->no_user)
		own = own_folder(home, sizeof(home));
	if (own == -1)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "cannot learn who uid %u is: %s", getuid(),
		    strerror(errno));
	if (options->policy_file != NULL)
		failed |= policy_load_file(set, &given, options->policy_file,
		    &report);
	failed |= policy_load_folder(set, &source, SYSTEM_POLICIES, &report);
	if (in_tree &&
	    policy_find(set, POLICY_SYSTEM, p->plan->program) == NULL)
		load_tree(p, &source, tree);
	if (options->policy_folder != NULL)
		failed |= policy_load_folder(set, &given,
		    options->policy_folder, &report);
	else if (own == 1)
		failed |= policy_load_folder(set, &users, home, &report);
	policy_report_print(&report, stderr, POLICY_ERROR);
	policy_report_clear(&report);
	if (failed != 0)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "a policy has errors: correct it, see privctl check");
	return 0;
}

/* What becomes of elevation, where it is not as it should be. */
static void
tell_elevation(const struct session_plan *plan)
{
	if (plan->why_not[0] != '\0')
		(void)fprintf(stderr,
		    "privrun: %s: runs without elevation: %s\n", plan->program,
		    plan->why_not);
	else if (plan->guarded && !plan->marked && plan->options.log_stderr)
		(void)fprintf(stderr,
		    "privrun: %s does not carry the mark: the guard is "
		    "ambient, and the program can execute nothing once it was "
		    "elevated\n",
		    plan->program);
}

int
session_plan(const struct session_options *options, struct session_plan *plan,
    char *reason, size_t len)
{
	struct planner p = { options, plan, reason, len };
	int status;

	memset(plan, 0, sizeof(*plan));
	plan->options = *options;
	plan->policies = policy_set_new();
	if (plan->policies == NULL)
		return plan_refuse(&p, SESSION_EXIT_REFUSED, "%s",
		    strerror(errno));
	status = take_caller(&p);
	if (status == 0)
		status = find_program(&p);
	if (status == 0)
		status = load_policies(&p);
	if (status == 0)
		status = plan_policies(&p);
	if (status == 0)
		status = plan_elevation(&p);
	if (status == 0)
		tell_elevation(plan);
	if (status == 0)
		status = plan_reach(&p);
	return status;
}

void
session_plan_clear(struct session_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nhands; i++)
		free(plan->hands[i].groups);
	fence_clear();
	filter_free(&plan->filter);
	policy_set_free(plan->policies);
	free(plan->closure);
	free(plan->rule_hand);
	free(plan->groups);
	free(plan->user);
	free(plan->home);
	free(plan->command);
	free(plan->program);
}

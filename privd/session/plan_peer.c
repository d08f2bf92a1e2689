/* SPDX-License-Identifier: ISC */
/*
 * Planning a session of the daemon's for one of its users. What needs root's
 * rights is planned with what root has written alone; what the user has
 * written is read by the judge, who has no rights but his.
 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "closure.h"
#include "heir.h"
#include "known.h"
#include "planner.h"

static int
take_peer(struct planner *p, const struct session_peer *peer)
{
	struct session_plan *plan = p->plan;

	plan->root = plan->separate = true;
	plan->caller.uid = peer->uid;
	plan->caller.gid = peer->gid;
	plan->groups = calloc(peer->ngroups + 1, sizeof(gid_t));
	if (plan->groups == NULL)
		return plan_refuse(p, SESSION_EXIT_REFUSED, "no memory");
	memcpy(plan->groups, peer->groups, peer->ngroups * sizeof(gid_t));
	plan->caller.groups = plan->groups;
	plan->caller.ngroups = peer->ngroups;
	return plan_account(p);
}

static bool
elevates(const struct policy_image *image)
{
	size_t i, n = policy_rule_count(image);

	for (i = 0; i < n; i++)
		if (policy_rule(image, i)->identity.kind != POLICY_AS_CALLER)
			return true;
	return false;
}

/* As for somebody who has written nothing himself. */
static void
prepare_filter(struct policy_set *policies, const char *program)
{
	struct session_plan plan = { .options = { .automatic = true },
		.policies = policies,
		.root = true,
		.separate = true,
		.guarded = true };
	struct heir_own own;

	heir_find_own(policies, program, &own);
	plan.policy.first = own.system;
	if (heir_of_launch(&plan.regime, &own))
		plan_know_filter(&plan);
	free(plan.closure);
}

void
session_prepare(struct policy_set *policies)
{
	const struct policy_image *const *images;
	size_t i, nimages = policy_images(policies, &images);
	gid_t groups[1];
	int n = 1;

	sys_learn_numbers();
	known_forget();
	for (i = 0; i < nimages; i++)
		if (elevates(images[i]))
			prepare_filter(policies, policy_program(images[i]));
	(void)accounts_learn(NULL, 0);
	/* Whoever is asked of groups has loaded all of the name service. */
	(void)getgrouplist("root", 0, groups, &n);
}

int
session_plan_peer(const struct session_options *options,
    const struct session_peer *peer, const struct session_program *program,
    struct policy_set *policies, struct session_plan *plan, char *reason,
    size_t len)
{
	struct planner p = { options, plan, reason, len };
	int status;

	memset(plan, 0, sizeof(*plan));
	plan->options = *options;
	plan->policies = policies;
	plan->program = strdup(program->path);
	if (plan->program == NULL)
		return plan_refuse(&p, SESSION_EXIT_REFUSED, "no memory");
	plan->program_st = plan->image_st = program->st;
	if (policy_find(policies, POLICY_SYSTEM, plan->program) == NULL)
		return plan_refuse(&p, SESSION_EXIT_PLAIN, "%s", "");
	status = take_peer(&p, peer);
	if (status == 0)
		status = plan_policies(&p);
	if (status == 0)
		status = plan_elevation(&p);
	if (status != 0)
		return status;
	if (!plan->guarded)
		return plan_refuse(&p, SESSION_EXIT_PLAIN, "%s", plan->why_not);
	/* Hands look at these rules, and are no children of the judge, who
	   plans the rest. */
	closure_look_through(plan, &plan->regime);
	if (accounts_learn(&plan->regime, 1) == -1)
		return plan_refuse(&p, SESSION_EXIT_REFUSED,
		    "cannot learn whom there is: %s", strerror(errno));
	return 0;
}

/* The first of all errors: nobody reads what would be printed here. */
static void
take_error(struct planner *p, const struct policy_report *report)
{
	const struct policy_message *message;
	size_t i;

	for (i = 0; i < report->count; i++) {
		message = &report->messages[i];
		if (message->severity != POLICY_ERROR)
			continue;
		(void)plan_refuse(p, 0, "%s:%u:%u: %s", message->file,
		    message->line, message->column, message->text);
		return;
	}
	(void)plan_refuse(p, 0, "no memory");
}

static int
load_own(struct planner *p)
{
	const struct session_options *options = p->options;
	const char *const templates[] = { options->templates, NULL };
	const struct policy_source given = { .authority = POLICY_USER,
		.flags = POLICY_LOAD_WILDCARD,
		.templates = templates };
	const struct policy_source users = { .authority = POLICY_USER,
		.templates = templates };
	struct policy_set *set = p->plan->policies;
	struct policy_report report = { NULL, 0, 0, 0 };
	char folder[PATH_MAX];
	int failed = 0;

	if (options->policy_file != NULL)
		failed = policy_load_file(set, &given, options->policy_file,
		    &report);
	if (options->policy_folder != NULL)
		failed |= policy_load_folder(set, &given,
		    options->policy_folder, &report);
	else if (!options->no_user &&
	    plan_user_folder(p->plan->home, folder, sizeof(folder)))
		failed |= policy_load_folder(set, &users, folder, &report);
	if (failed != 0)
		take_error(p, &report);
	policy_report_clear(&report);
	return failed == 0 ? 0 : SESSION_EXIT_REFUSED;
}

int
session_plan_rest(struct session_plan *plan, char *reason, size_t len)
{
	struct planner p = { &plan->options, plan, reason, len };
	int status;

	status = load_own(&p);
	if (status == 0)
		status = plan_policies(&p);
	if (status == 0)
		status = plan_reach(&p);
	return status;
}

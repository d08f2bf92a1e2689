/* SPDX-License-Identifier: ISC */
/*
 * Planning elevation: a hand for each identity that the rules name, with the
 * rights that its calls need, and whether the program may have what they do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../account.h"
#include "accounts.h"
#include "fence.h"
#include "planner.h"
#include "trust.h"

static bool
same_identity(const struct policy_identity *a, const struct policy_identity *b)
{
	return a->kind == b->kind && a->has_uid == b->has_uid &&
	    a->has_gid == b->has_gid && (!a->has_uid || a->uid == b->uid) &&
	    (!a->has_gid || a->gid == b->gid) && a->caps == b->caps;
}

static int
copy_groups(const struct policy_caller *caller, struct session_hand *hand)
{
	hand->groups = calloc(caller->ngroups + 1, sizeof(gid_t));
	if (hand->groups == NULL)
		return -1;
	hand->ngroups = caller->ngroups;
	memcpy(hand->groups, caller->groups, hand->ngroups * sizeof(gid_t));
	return 0;
}

/* The ids and groups that a hand for `as` or `with` will have. */
static int
take_identity(const struct session_plan *plan, struct session_hand *hand)
{
	const struct policy_identity *identity = &hand->identity;
	const struct passwd *pw;

	hand->fsuid = plan->caller.uid;
	hand->fsgid = plan->caller.gid;
	if (identity->kind == POLICY_WITH)
		hand->caps = identity->caps;
	if (!identity->has_uid && copy_groups(&plan->caller, hand) == -1)
		return -1;
	if (identity->has_uid) {
		hand->fsuid = identity->uid;
		if (account_user(identity->uid, &pw) == -1)
			return -1;
		if (pw != NULL) {
			hand->fsgid = pw->pw_gid;
			if (accounts_groups(pw->pw_name, pw->pw_gid,
				&hand->groups, &hand->ngroups) == -1)
				return -1;
		}
	}
	if (identity->has_gid)
		hand->fsgid = identity->gid;
	return 0;
}

/* What is asked of a process's own ids cannot be lent: `as` somebody whom the
   kernel then knows by these. Root's capabilities do for root. */
static bool
wants_shown(const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->ncalls; i++)
		if (sys_has_target(rule->calls[i]))
			return rule->identity.has_uid &&
			    rule->identity.uid != 0;
	return false;
}

/* No Landlock domain lets a process mount: what mounts does nothing else. */
static bool
wants_mounts(const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->ncalls; i++)
		switch (rule->calls[i]->op) {
		case SYS_OP_MOUNT:
		case SYS_OP_UMOUNT:
		case SYS_OP_MOUNT_ATTR:
		case SYS_OP_MOVE_MOUNT:
		case SYS_OP_FSOPEN:
		case SYS_OP_FSCONFIG:
		case SYS_OP_FSMOUNT:
		case SYS_OP_OPEN_TREE:
			return true;
		default:
			break;
		}
	return false;
}

static void
add_purpose(struct session_hand *hand, const struct policy_rule *rule)
{
	const struct sys_call *open_row = sys_by_name("open");
	uint64_t rights = 0;
	size_t i;

	if (rule->alias != SYS_ALIAS_NONE) {
		hand->files = true;
		rights = open_row->rights;
	}
	for (i = 0; i < rule->ncalls; i++) {
		rights |= rule->calls[i]->rights;
		if (rule->calls[i]->op == SYS_OP_SOCKET)
			hand->sockets = true;
		else if (rule->calls[i]->op == SYS_OP_BIND ||
		    rule->calls[i]->op == SYS_OP_CONNECT)
			hand->binds = true;
		else if (rule->calls[i]->op == SYS_OP_SEND)
			hand->sends = true;
		else if (sys_has_target(rule->calls[i]))
			hand->targets = true;
		else if (sys_arg_by_name(rule->calls[i], "filename", 0) != NULL)
			hand->files = true;
	}
	/* root comes with what root needs for these calls, and no more */
	if (hand->identity.has_uid && hand->identity.uid == 0)
		hand->caps |= rights;
}

static int
assign_hand(struct planner *p, const struct policy_rule *rule)
{
	struct session_plan *plan = p->plan;
	struct session_hand *hand;
	size_t i;

	for (i = 0; i < plan->nhands; i++)
		if (same_identity(&plan->hands[i].identity, &rule->identity) &&
		    plan->hands[i].shown == wants_shown(rule) &&
		    plan->hands[i].mounts == wants_mounts(rule))
			break;
	if (i == SESSION_HANDS_MAX)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "%s:%u: more than %d different identities in one policy",
		    rule->file, rule->line, SESSION_HANDS_MAX);
	hand = &plan->hands[i];
	if (i == plan->nhands) {
		plan->nhands++;
		hand->identity = rule->identity;
		hand->shown = wants_shown(rule);
		hand->mounts = wants_mounts(rule);
		if (take_identity(plan, hand) == -1)
			return plan_refuse(p, SESSION_EXIT_REFUSED, "%s:%u: %s",
			    rule->file, rule->line, strerror(errno));
	}
	add_purpose(hand, rule);
	plan->rule_hand[rule->index] = (uint8_t)i;
	return 0;
}

static int
plan_hands(struct planner *p)
{
	struct session_plan *plan = p->plan;
	const struct policy_image *image = plan->policy.first;
	size_t i, n = policy_rule_count(image);
	const struct policy_rule *rule;
	int status;

	plan->rule_hand = malloc(n + 1);
	if (plan->rule_hand == NULL)
		return plan_refuse(p, SESSION_EXIT_REFUSED, "%s",
		    strerror(errno));
	memset(plan->rule_hand, SESSION_HAND_NONE, n + 1);
	for (i = 0; i < n; i++) {
		rule = policy_rule(image, i);
		if (rule->identity.kind == POLICY_AS_CALLER)
			continue;
		plan->wants = true;
		if (!plan->root || policy_authority(image) != POLICY_SYSTEM)
			continue;
		status = assign_hand(p, rule);
		if (status != 0)
			return status;
	}
	plan->elevates = plan->nhands > 0;
	return 0;
}

/*
 * May the program have what its policy elevates? If not it runs confined,
 * without, and the user reads why.
 */
static void
plan_guard(struct planner *p)
{
	struct session_plan *plan = p->plan;

	if (!plan->elevates || !plan->separate)
		return;
	plan->guarded = trust_program(plan->program, &plan->marked,
			    plan->why_not, sizeof(plan->why_not)) == 0;
	if (plan->guarded)
		return;
	plan->elevates = false;
	plan->nhands = 0;
}

int
plan_elevation(struct planner *p)
{
	int status = plan_hands(p);

	if (status != 0)
		return status;
	plan_guard(p);
	if (p->plan->elevates &&
	    fence_compile(p->plan, p->reason, p->len) == -1)
		return SESSION_EXIT_REFUSED;
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * The names of users and groups that a session knows. Its judge can open no
 * socket and load no library, so that no name service answers it; a rule like
 * `uname neq "guest"` would hold for everybody if the name were not known.
 */
#include "accounts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../account.h"
#include "../syscalls/syscalls.h"
#include "session.h"

static int
ask(const struct policy_expr *test)
{
	if (strcmp(test->name, "uname") == 0)
		return sys_accounts_ask_user(test->string);
	if (strcmp(test->name, "gname") == 0)
		return sys_accounts_ask_group(test->string);
	return 0;
}

static int
ask_all(const struct policy_expr *expr)
{
	int result = 0;

	/* Right sides are long, left ones are bounded. */
	for (; expr != NULL && result == 0; expr = expr->right) {
		if (expr->op == POLICY_TEST)
			return ask(expr);
		if (expr->left != NULL)
			result = ask_all(expr->left);
	}
	return result;
}

static int
ask_of_policy(const struct policy_image *image)
{
	int result = 0;
	size_t i;

	for (i = 0; i < policy_rule_count(image) && result == 0; i++)
		result = ask_all(policy_rule(image, i)->expr);
	return result;
}

int
accounts_learn(const struct filter_set *sets, size_t n)
{
	int result = 0;
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < sets[i].count && result == 0; k++)
			result = ask_of_policy(sets[i].images[k]);
	if (result == -1)
		return -1;
	return sys_accounts_learn("/etc/passwd", "/etc/group");
}

int
accounts_groups(const char *user, gid_t gid, gid_t **groups, size_t *n)
{
	int room = 32, had;
	gid_t *list = NULL, *more;

	if (account_can_ask() == -1)
		return -1;
	/* The first time, or when there are more by now, it says how many. */
	do {
		had = room;
		more = reallocarray(list, (size_t)room, sizeof(*list));
		if (more == NULL) {
			free(list);
			return -1;
		}
		list = more;
	} while (getgrouplist(user, gid, list, &room) == -1 && room > had &&
	    room <= NGROUPS_MAX);
	if (room > had || room < 0) {
		free(list);
		return -1;
	}
	*groups = list;
	*n = (size_t)room;
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * What a rule speaks of. What it leaves open is not given by elevation where
 * that would be more than its writer can have thought of.
 */
#include "rule.h"

#include <strings.h>

#include "../policy/policy.h"

bool
rule_tests(const struct policy_expr *expr, const char *argument)
{
	for (;;) {
		switch (expr->op) {
		case POLICY_TEST:
			return strcasecmp(expr->name, argument) == 0;
		case POLICY_NOT:
			expr = expr->left;
			break;
		case POLICY_AND:
		case POLICY_OR:
			if (rule_tests(expr->left, argument))
				return true;
			expr = expr->right;
			break;
		case POLICY_TRUE:
			return false;
		}
	}
}

/* SPDX-License-Identifier: ISC */
#ifndef PRIVD_SESSION_RULE_H
#define PRIVD_SESSION_RULE_H

#include <stdbool.h>

struct policy_expr;

/* Does the expression speak of that argument, in any of its tests? */
bool rule_tests(const struct policy_expr *, const char *argument);

#endif /* PRIVD_SESSION_RULE_H */

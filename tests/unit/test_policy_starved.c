/* SPDX-License-Identifier: ISC */
/*
 * Evaluation without memory: whether an expression matches nobody knows then,
 * so that neither the rule nor those behind it decide.
 *
 * WRAP: regexec regcomp
 */
#include <errno.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/policy/policy.h"

int __real_regcomp(regex_t *, const char *, int);
int __real_regexec(const regex_t *, const char *, size_t, regmatch_t[], int);
int __wrap_regcomp(regex_t *, const char *, int);
int __wrap_regexec(const regex_t *, const char *, size_t, regmatch_t[], int);

static bool compiling_fails, matching_fails;

int
__wrap_regcomp(regex_t *regex, const char *text, int flags)
{
	return compiling_fails ? REG_ESPACE :
				 __real_regcomp(regex, text, flags);
}

int
__wrap_regexec(const regex_t *regex, const char *text, size_t n,
    regmatch_t matches[], int flags)
{
	return matching_fails ? REG_ESPACE :
				__real_regexec(regex, text, n, matches, flags);
}

static const struct policy_caller caller = { .user = "u", .home = "/home/u" };

static void
judge(const char *rule, struct policy_verdict *verdict)
{
	const struct policy_source source = { .authority = POLICY_USER };
	struct policy_report report = { 0 };
	struct policy_set *set = policy_set_new();
	struct policy_request req = { .call = sys_by_name("stat"),
		.caller = &caller,
		.nvalues = 1 };

	assert_non_null(set);
	assert_int_equal(policy_load_buffer(set, &source, "test", rule,
			     strlen(rule), &report),
	    0);
	req.base = sys_base(req.call, NULL, false);
	req.alias = SYS_ALIAS_FSREAD;
	req.values[0].name = "filename";
	req.values[0].value = "/home/u/secret";
	compiling_fails = matching_fails = true;
	policy_evaluate(policy_last(set), &req, true, verdict);
	compiling_fails = matching_fails = false;
	policy_report_clear(&report);
	policy_set_free(set);
}

#define HEAD "Policy: /bin/x\nDefault: permit\n"

static void
test_starved(void **state)
{
	static const char *const rules[] = {
		HEAD "native-stat: filename re \"secret\" then deny\n",
		HEAD "native-stat: not filename re \"x\" then deny\n",
		HEAD "native-stat: filename re \"$HOME/s\" then deny\n",
		HEAD "native-stat: filename re \"x\" then permit\n"
		     "native-stat: true then permit\n",
		HEAD "native-fsread: filename re \"secret\" then deny\n",
	};
	struct policy_verdict verdict;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		judge(rules[i], &verdict);
		if (verdict.action != POLICY_DENY || verdict.error != ENOMEM ||
		    verdict.rule != NULL || !verdict.log)
			fail_msg("row %zu: %d %d", i, verdict.action,
			    verdict.error);
	}
}

/* What needs no expression is as ever. */
static void
test_fed(void **state)
{
	struct policy_verdict verdict;

	(void)state;
	judge(HEAD "native-stat: filename eq \"/home/u/secret\" then "
		   "permit\nnative-stat: filename re \"s\" then deny\n",
	    &verdict);
	assert_int_equal(verdict.action, POLICY_PERMIT);
	assert_non_null(verdict.rule);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_starved),
		cmocka_unit_test(test_fed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

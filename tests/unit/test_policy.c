/* SPDX-License-Identifier: ISC */
/*
 * Evaluation: what the tables of tests/policy cannot ask, because it needs
 * registers, counters, callers without values, or the order of candidates;
 * and that finding rules by the paths that they name finds the same rules
 * as trying one after another.
 */
#include <sys/types.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/policy/policy.h"

#define HEAD "Policy: /bin/x, Emulation: native\n"

static const struct policy_source source = { .authority = POLICY_SYSTEM };

static struct policy_set *
load(const char *text)
{
	struct policy_report report = { 0 };
	struct policy_set *set;

	set = policy_set_new();
	assert_non_null(set);
	if (policy_load_buffer(set, &source, "test", text, strlen(text),
		&report) == -1) {
		policy_report_print(&report, stderr, POLICY_NOTE);
		fail_msg("does not load: %.200s", text);
	}
	policy_report_clear(&report);
	return set;
}

static void
ask(struct policy_request *req, const char *call, const char *filename)
{
	memset(req, 0, sizeof(*req));
	req->call = sys_by_name(call);
	assert_non_null(req->call);
	req->base = sys_base(req->call, NULL, false);
	req->alias = sys_alias_of_text(req->base, "ro");
	if (filename == NULL)
		return;
	req->values[0].name = "filename";
	req->values[0].value = filename;
	req->nvalues = 1;
}

/* The line of the rule that decides, 0 for the default. */
static unsigned int
line_of(const struct policy_set *set, const struct policy_request *req)
{
	struct policy_verdict verdict;

	policy_evaluate(policy_last(set), req, true, &verdict);
	return verdict.rule == NULL ? 0 : verdict.rule->line;
}

static void
test_defaults(void **state)
{
	static const struct {
		const char *text;
		bool enforcing;
		enum policy_action action;
		int error;
		bool log;
		bool is_explicit;
	} cases[] = {
		{ "", true, POLICY_DENY, EPERM, true, false },
		{ "", false, POLICY_ASK, EPERM, false, false },
		{ "Default: permit\n", true, POLICY_PERMIT, EPERM, false,
		    true },
		{ "Default: deny[enosys]\n", false, POLICY_DENY, ENOSYS, true,
		    true },
		{ "Default: ask\n", true, POLICY_ASK, EPERM, false, true },
	};
	struct policy_verdict verdict, again;
	struct policy_request req;
	struct policy_set *set;
	char text[256];
	size_t i;

	(void)state;
	ask(&req, "getpid", NULL);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), HEAD "%s", cases[i].text);
		set = load(text);
		policy_evaluate(policy_last(set), &req, cases[i].enforcing,
		    &verdict);
		policy_default(policy_last(set), cases[i].enforcing, &again);
		if (verdict.action != cases[i].action ||
		    verdict.error != cases[i].error ||
		    verdict.log != cases[i].log || verdict.rule != NULL ||
		    verdict.explicit_default != cases[i].is_explicit ||
		    memcmp(&verdict, &again, sizeof(verdict)) != 0)
			fail_msg("row %zu: %s", i, cases[i].text);
		policy_set_free(set);
	}
	policy_evaluate(policy_none(), &req, true, &verdict);
	assert_int_equal(verdict.action, POLICY_DENY);
	assert_int_equal(policy_rule_count(policy_none()), 0);
	assert_string_equal(policy_program(policy_none()), "");
}

static void
test_candidates(void **state)
{
	static const struct {
		const char *call;
		enum sys_alias alias;
		bool no_alias;
		unsigned int lines[8];
	} cases[] = {
		{ "openat", SYS_ALIAS_FSREAD, false, { 4, 3, 6, 2 } },
		{ "openat", SYS_ALIAS_FSWRITE, false, { 4, 3, 6, 5 } },
		{ "openat", SYS_ALIAS_BY_FLAGS, false, { 4, 3, 6, 2, 5 } },
		{ "openat", SYS_ALIAS_FSREAD, true, { 4 } },
		{ "open", SYS_ALIAS_FSREAD, false, { 3, 6, 2 } },
		{ "creat", SYS_ALIAS_NONE, false, { 3, 6 } },
		{ "getpid", SYS_ALIAS_NONE, false, { 0 } },
	};
	const struct policy_rule *rules[8];
	const struct policy_image *image;
	const struct sys_call *call, *base;
	struct policy_set *set;
	size_t i, j, n;

	(void)state;
	set = load(HEAD "native-fsread: permit\nnative-open: permit\n"
			"native-openat: permit\nnative-fswrite: permit\n"
			"native-open: deny\n");
	image = policy_last(set);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		call = sys_by_name(cases[i].call);
		base = sys_base(call, NULL, false);
		n = policy_candidates(image, call, base, cases[i].alias,
		    cases[i].no_alias, rules, 8);
		for (j = 0; j < n; j++) {
			if (rules[j]->line != cases[i].lines[j])
				fail_msg("row %zu, rule %zu: line %u", i, j,
				    rules[j]->line);
		}
		if (n < 8 && cases[i].lines[n] != 0)
			fail_msg("row %zu: only %zu rules", i, n);
		assert_int_equal(n,
		    policy_candidates(image, call, base, cases[i].alias,
			cases[i].no_alias, NULL, 0));
		if (n > 1)
			assert_int_equal(1,
			    policy_candidates(image, call, base, cases[i].alias,
				cases[i].no_alias, rules, 1));
	}
	policy_set_free(set);
}

static bool
spent_by_line(void *context, const struct policy_rule *rule)
{
	const unsigned int *line = context;

	return rule->line <= *line;
}

static void
test_spent(void **state)
{
	struct policy_request req;
	struct policy_set *set;
	unsigned int line;

	(void)state;
	set = load(HEAD "native-stat: permit once\n"
			"native-stat: permit exclusive \"a\"\n"
			"native-stat: deny times 3\n"
			"native-stat: permit\n");
	ask(&req, "stat", "/a");
	req.spent = spent_by_line;
	req.context = &line;
	for (line = 1; line < 5; line++)
		assert_int_equal(line_of(set, &req), line + 1);
	/* Rules without a limit are not asked about. */
	line = 5;
	assert_int_equal(line_of(set, &req), 5);
	req.spent = NULL;
	assert_int_equal(line_of(set, &req), 2);
	policy_set_free(set);
}

static void
test_exclusive_ids(void **state)
{
	const struct policy_image *image;
	struct policy_set *set;

	(void)state;
	set = load(HEAD "native-stat: permit exclusive \"b\"\n"
			"native-stat: permit exclusive \"a\"\n"
			"native-stat: permit\n"
			"native-stat: permit exclusive \"b\"\n");
	image = policy_last(set);
	assert_int_equal(policy_rule(image, 0)->exclusive_id,
	    policy_rule(image, 3)->exclusive_id);
	assert_int_not_equal(policy_rule(image, 0)->exclusive_id,
	    policy_rule(image, 1)->exclusive_id);
	assert_int_equal(policy_rule(image, 2)->exclusive_id, 0);
	assert_int_equal(policy_rule(image, 3)->index, 3);
	assert_null(policy_rule(image, 4));
	policy_set_free(set);
}

static void
test_no_alias(void **state)
{
	struct policy_request req;
	struct policy_set *set;

	(void)state;
	set = load(HEAD "native-fsread: permit\nnative-open: permit\n");
	ask(&req, "openat", "/a");
	assert_int_equal(line_of(set, &req), 3);
	req.no_alias = true;
	assert_int_equal(line_of(set, &req), 0);
	ask(&req, "open", "/a");
	req.no_alias = true;
	assert_int_equal(line_of(set, &req), 3);
	policy_set_free(set);
}

/* A caller of whom nothing is known matches no rule that asks about him. */
static void
test_unknown_caller(void **state)
{
	static const struct policy_caller nameless = { .uid = 5, .gid = 5 };
	struct policy_request req;
	struct policy_set *set;

	(void)state;
	set = load(HEAD "native-stat: permit, if user != 0\n"
			"native-stat: not filename eq \"$HOME\" then permit\n"
			"native-stat: filename neq \"$USER\" then permit\n"
			"native-stat: filename nsub \"$CWD\" then permit\n"
			"native-stat: filename eq \"/a\" or "
			"filename eq \"$HOME/a\" then permit\n"
			"native-stat: args[0] neq \"0x1\" then permit\n"
			"native-stat: permit\n");
	ask(&req, "stat", "/a");
	assert_int_equal(line_of(set, &req), 8);
	req.caller = &nameless;
	assert_int_equal(line_of(set, &req), 2);
	policy_set_free(set);
}

static void
test_registers(void **state)
{
	static const uint64_t regs[SYS_REGS] = { 1, UINT64_MAX, 0, 0, 0, 9 };
	struct policy_request req;
	struct policy_set *set;

	(void)state;
	set = load(HEAD "native-getpid: args[1] eq \"0xffffffffffffffff\" "
			"and args eq \"0x9\" and args neq \"0x2\" "
			"then permit\n");
	ask(&req, "getpid", NULL);
	assert_int_equal(line_of(set, &req), 0);
	req.regs = regs;
	assert_int_equal(line_of(set, &req), 2);
	policy_set_free(set);
}

/* Missing objects: the form alone matches, however long the name is. */
static void
test_missing(void **state)
{
	static char name[SYS_VALUE_MAX];
	struct policy_request req;
	struct policy_set *set;

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[0] = '/';
	set = load(
	    HEAD "native-stat: filename eq \"/<non-existent filename>: /b\" "
		 "then permit\n"
		 "native-stat: filename sub \"<non-existent filename>\" "
		 "then deny\n");
	ask(&req, "stat", "/b");
	assert_int_equal(line_of(set, &req), 0);
	req.values[0].missing = true;
	assert_int_equal(line_of(set, &req), 2);
	req.values[0].value = name;
	assert_int_equal(line_of(set, &req), 3);
	policy_set_free(set);
}

/* What does not fit after expansion matches nothing, not even a neq. */
static void
test_expansion_bounded(void **state)
{
	static char home[POLICY_RULE_MAX];
	struct policy_caller caller = { .home = home, .user = "u" };
	struct policy_request req;
	struct policy_set *set;

	(void)state;
	memset(home, '*', sizeof(home) - 1);
	set = load(HEAD "native-stat: filename match \"$HOME\" then permit\n"
			"native-stat: filename neq \"$HOME\" then permit\n"
			"native-stat: filename re \"$HOME\" then permit\n"
			"native-stat: not filename eq \"$HOME\" or true "
			"then permit\n"
			"native-stat: filename neq \"$USER\" then permit\n");
	ask(&req, "stat", "/b");
	req.caller = &caller;
	assert_int_equal(line_of(set, &req), 6);
	policy_set_free(set);
}

static void
test_verdict_text(void **state)
{
	struct policy_verdict verdict;
	struct policy_request req;
	struct policy_set *set;
	char text[64], tight[8];

	(void)state;
	set = load(HEAD "native-stat: permit as root:1 log\n");
	ask(&req, "stat", "/b");
	policy_evaluate(policy_last(set), &req, true, &verdict);
	policy_print_verdict(&verdict, text, sizeof(text));
	assert_string_equal(text, "permit log as 0:1");
	policy_print_verdict(&verdict, tight, sizeof(tight));
	assert_true(strlen(tight) < sizeof(tight));
	policy_set_free(set);
}

static void
test_errors(void **state)
{
	static const struct {
		const char *name;
		int error;
	} cases[] = { { "eperm", EPERM }, { "ENOENT", ENOENT },
		{ "ewouldblock", EAGAIN }, { "eftype", EPERM },
		{ "Erange", ERANGE }, { "enosuch", -1 }, { "", -1 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (policy_errno_by_name(cases[i].name) != cases[i].error)
			fail_msg("row %zu: %s", i, cases[i].name);
	}
	assert_string_equal(policy_errno_name(ENOENT), "enoent");
	assert_null(policy_errno_name(0));
	assert_null(policy_errno_name(-1));
	assert_null(policy_errno_name(100000));
}

/* One number after another, the same in each run. */
static unsigned int
next_random(void)
{
	static uint64_t random = 88172645463325252U;

	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	return (unsigned int)(random >> 32);
}

static void
random_test(char *out, size_t size)
{
	static const char *const operators[] = { "eq", "eq", "match", "match",
		"neq", "sub", "inpath", "re" };
	static const char *const texts[] = { "/a", "/a/b", "/a/*", "/*", "/",
		"/a/b/c", "[/b]*", "/a/?/c", "", "b", "/a/b/", "/c/$USER",
		"$HOME", "/a/b*", "[/]a", "/<non-existent filename>: /a" };

	(void)snprintf(out, size, "%sfilename%s %s \"%s\"",
	    next_random() % 8 == 0 ? "not " : "",
	    next_random() % 4 == 0 ? "[1]" : "", operators[next_random() % 8],
	    texts[next_random() % 16]);
}

static void
random_rule(char *out, size_t size)
{
	char tests[3][128];
	size_t i;

	for (i = 0; i < 3; i++)
		random_test(tests[i], sizeof(tests[i]));
	switch (next_random() % 4) {
	case 0:
		(void)snprintf(out, size, "native-rename: %s then permit\n",
		    tests[0]);
		break;
	case 1:
		(void)snprintf(out, size,
		    "native-rename: %s or %s or %s then permit\n", tests[0],
		    tests[1], tests[2]);
		break;
	case 2:
		(void)snprintf(out, size,
		    "native-rename: %s and %s then permit\n", tests[0],
		    tests[1]);
		break;
	default:
		(void)snprintf(out, size,
		    "native-rename: %s and (%s or %s) then permit\n", tests[0],
		    tests[1], tests[2]);
		break;
	}
}

#define RULES 40

/* Each rule alone is tried as it is; together they are found by anchors. */
static void
compare_one_by_one(const char *text, struct policy_set *const *alone)
{
	static const struct policy_caller caller = { .uid = 1,
		.user = "u",
		.home = "/a/b" };
	static const char *const values[] = { "/", "/a", "/a/b", "/a/b/c", "/b",
		"/c/u", "bb/x", "", "/a/b/", "/a/x/c" };
	struct policy_request req;
	struct policy_set *all;
	unsigned int expected;
	size_t i, n;

	all = load(text);
	for (n = 0; n < 100; n++) {
		ask(&req, "rename", values[n % 10]);
		req.values[1].name = "filename";
		req.values[1].value = values[n / 10];
		req.values[next_random() % 2].missing = next_random() % 4 == 0;
		req.nvalues = 2;
		req.caller = &caller;
		for (i = 0, expected = 0; i < RULES && expected == 0; i++) {
			if (line_of(alone[i], &req) != 0)
				expected = (unsigned int)i + 2;
		}
		if (line_of(all, &req) != expected)
			fail_msg("%s %s: line %u, expected %u of\n%s",
			    values[n % 10], values[n / 10], line_of(all, &req),
			    expected, text);
	}
	policy_set_free(all);
}

static void
test_anchors(void **state)
{
	struct policy_set *alone[RULES];
	char rule[512], one[600], text[RULES * 512];
	size_t round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		(void)strcpy(text, HEAD);
		for (i = 0; i < RULES; i++) {
			random_rule(rule, sizeof(rule));
			(void)strcat(text, rule);
			(void)snprintf(one, sizeof(one), HEAD "%s", rule);
			alone[i] = load(one);
		}
		compare_one_by_one(text, alone);
		for (i = 0; i < RULES; i++)
			policy_set_free(alone[i]);
	}
}

/* Names of files too, and paths that are shown whole. */
static void
test_printed(void **state)
{
	static const struct policy_source wordy = {
		.authority = POLICY_SYSTEM,
		.flags = POLICY_LOAD_PATHS | POLICY_LOAD_WILDCARD,
	};
	static const char text[] =
	    "Policy: \"/bin/../\033[31mx\", Emulation: native\n"
	    "\tnative-open: filename match \"$\033[31m\" then permit\n"
	    "\tnative-open: filename eq \"/bin/../\2331m\" then permit\n";
	struct policy_report report = { 0 };
	struct policy_set *set = policy_set_new();
	char *shown = NULL, *c;
	size_t len;
	FILE *out = open_memstream(&shown, &len);

	(void)state;
	assert_non_null(set);
	assert_non_null(out);
	(void)policy_load_buffer(set, &wordy, "te\033[31mst", text,
	    strlen(text), &report);
	assert_true(report.count > 0);
	policy_report_print(&report, out, POLICY_NOTE);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(shown, "31mx"));
	for (c = shown; *c != '\0'; c++)
		assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
	free(shown);
	policy_report_clear(&report);
	policy_set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_candidates),
		cmocka_unit_test(test_spent),
		cmocka_unit_test(test_exclusive_ids),
		cmocka_unit_test(test_no_alias),
		cmocka_unit_test(test_unknown_caller),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_expansion_bounded),
		cmocka_unit_test(test_verdict_text),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_printed),
		cmocka_unit_test(test_anchors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * What a child runs under, for every form of permit and for what the system
 * and the user say together; and that the closure of a session holds every
 * policy that a child can come to be under.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/session/closure.h"
#include "../../privd/session/heir.h"
#include "../../privd/session/session.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

/* Rules on execve of /x/one, the launched program; NULL: no policy. */
struct heir_case {
	const char *system;
	const char *user;
	const char *child; /* that is executed */
	/* its policies by program, the system's in capitals; "-": released,
	   "*": permitting, "NONE", "OTHER" */
	const char *wanted;
};

#define PERMIT "Default: permit\n"
#define DENY "Default: deny\n"
#define OWN "native-execve: permit\n"
#define INHERIT "native-execve: permit[inherit]\n"
#define CONFINE "native-execve: permit[confine]\n"
#define DETACH "native-execve: permit[detach]\n"
#define OTHER "native-execve: permit[policy \"/x/other\"]\n"
#define MISSING "native-execve: permit[policy \"/x/nothing\"]\n"
#define ALONE "native-execve: permit[policy \"/x/detached\"]\n"

/* /x/both has two policies, /x/system and /x/user one, /x/detached is. */
static const struct heir_case cases[] = {
	{ PERMIT, NULL, "both", "BOTH both" },
	{ PERMIT, NULL, "system", "SYSTEM" },
	{ PERMIT, NULL, "user", "user" },
	{ PERMIT, NULL, "nothing", "*" },
	{ PERMIT, NULL, "detached", "-" },
	{ OWN, NULL, "both", "BOTH both" },
	{ OWN, NULL, "nothing", "NONE" },
	{ DENY OWN, NULL, "nothing", "NONE" },
	{ INHERIT, NULL, "both", "ONE" },
	{ INHERIT, NULL, "nothing", "ONE" },
	{ CONFINE, NULL, "both", "ONE BOTH both" },
	{ CONFINE, NULL, "nothing", "ONE" },
	{ CONFINE, NULL, "one", "ONE" },
	{ CONFINE, NULL, "detached", "ONE" },
	{ DETACH, NULL, "both", "-" },
	{ OTHER, NULL, "both", "OTHER" },
	{ OTHER, NULL, "nothing", "OTHER" },
	{ ALONE, NULL, "both", "-" },
	{ MISSING, NULL, "both", "OTHER?" },
	/* a user's alone */
	{ NULL, PERMIT, "both", "BOTH both" },
	{ NULL, PERMIT, "nothing", "*" },
	{ NULL, INHERIT, "both", "one" },
	{ NULL, CONFINE, "both", "BOTH one both" },
	{ NULL, DETACH, "both", "-" },
	{ NULL, OWN, "nothing", "NONE" },
	/* both: all that each wants */
	{ PERMIT, PERMIT, "both", "BOTH both" },
	{ PERMIT, PERMIT, "nothing", "*" },
	{ PERMIT, OWN, "nothing", "NONE" },
	{ OWN, PERMIT, "nothing", "NONE" },
	{ INHERIT, INHERIT, "both", "ONE one" },
	{ INHERIT, PERMIT, "nothing", "ONE" },
	{ INHERIT, PERMIT, "both", "ONE BOTH both" },
	{ PERMIT, INHERIT, "both", "BOTH one both" },
	/* the system's hold over what comes after is kept */
	{ PERMIT, PERMIT INHERIT, "nothing", "* one" },
	/* nor do its denials by default end */
	{ PERMIT, INHERIT, "nothing", "NONE" },
	{ OWN, INHERIT, "nothing", "NONE" },
	{ CONFINE, CONFINE, "both", "ONE BOTH one both" },
	{ CONFINE, DETACH, "both", "ONE BOTH both" },
	/* a user's file lets nothing of the system's go */
	{ INHERIT, DETACH, "both", "ONE" },
	{ PERMIT, DETACH, "both", "BOTH both" },
	{ PERMIT, DETACH, "nothing", "NONE" },
	{ PERMIT, PERMIT DETACH, "nothing", "*" },
	{ DETACH, PERMIT, "both", "BOTH both" },
	{ DETACH, INHERIT, "both", "one" },
	{ DETACH, DETACH, "both", "-" },
	{ OTHER, CONFINE, "both", "OTHER BOTH one both" },
	{ MISSING, INHERIT, "both", "OTHER?" },
	/* /x/small is a 32-bit program */
	{ PERMIT, NULL, "small", "SMALL" },
	{ INHERIT, NULL, "small", "ONE" },
	{ CONFINE, NULL, "small", "MIXED" },
	{ PERMIT, INHERIT, "small", "MIXED" },
	{ CONFINE, DETACH, "small", "MIXED" },
	{ DETACH, DETACH, "small", "-" },
};

static void
load(struct policy_set *set, enum policy_authority authority,
    const char *program, const char *rules)
{
	struct policy_source source = { .authority = authority };
	struct policy_report report = { 0 };
	char text[1024];
	int n;

	n = snprintf(text, sizeof(text), "Policy: /x/%s, Emulation: %s\n%s",
	    program, strcmp(program, "small") == 0 ? "linux32" : "native",
	    rules);
	if (policy_load_buffer(set, &source, "test", text, (size_t)n,
		&report) != 0) {
		policy_report_print(&report, stderr, POLICY_ERROR);
		fail();
	}
	policy_report_clear(&report);
}

static void
start_plan(struct session_plan *plan, const struct heir_case *c)
{
	struct heir_own own;

	memset(plan, 0, sizeof(*plan));
	plan->options.automatic = true;
	plan->policies = policy_set_new();
	assert_non_null(plan->policies);
	if (c->system != NULL)
		load(plan->policies, POLICY_SYSTEM, "one", c->system);
	if (c->user != NULL)
		load(plan->policies, POLICY_USER, "one", c->user);
	load(plan->policies, POLICY_SYSTEM, "both", PERMIT);
	load(plan->policies, POLICY_USER, "both", PERMIT);
	load(plan->policies, POLICY_SYSTEM, "system", PERMIT);
	load(plan->policies, POLICY_USER, "user", PERMIT);
	load(plan->policies, POLICY_SYSTEM, "other", CONFINE);
	load(plan->policies, POLICY_SYSTEM, "detached", "detached\n");
	load(plan->policies, POLICY_SYSTEM, "small", PERMIT);
	heir_find_own(plan->policies, "/x/one", &own);
	assert_true(heir_of_launch(&plan->regime, &own));
	plan->policy.first = own.system != NULL ? own.system : own.user;
	plan->policy.second = own.system != NULL ? own.user : NULL;
}

static void
end_plan(struct session_plan *plan)
{
	policy_set_free(plan->policies);
	free(plan->closure);
}

/* By which rules a set permits an execve; false: it does not. */
static bool
ask(const struct filter_set *set, const char *path,
    const struct policy_rule **rules)
{
	struct policy_request request;
	struct policy_verdict verdict;
	size_t i;

	memset(&request, 0, sizeof(request));
	request.call = request.base = sys_by_name("execve");
	request.values[0].name = "filename";
	request.values[0].value = path;
	request.nvalues = 1;
	for (i = 0; i < set->count; i++) {
		policy_evaluate(set->images[i], &request, true, &verdict);
		if (verdict.action != POLICY_PERMIT)
			return false;
		rules[i] = verdict.rule;
	}
	return true;
}

static void
show_image(const struct policy_image *image, char *text, size_t size)
{
	const char *name = policy_program(image);
	bool system = policy_authority(image) == POLICY_SYSTEM;
	size_t at = strlen(text);

	if (at > 0 && at + 1 < size)
		text[at++] = ' ';
	if (image == policy_released() || image == policy_permitting()) {
		text[at++] = image == policy_released() ? '-' : '*';
		text[at] = '\0';
		return;
	}
	for (name += strlen("/x/"); *name != '\0' && at + 1 < size; name++)
		text[at++] = (char)(*name - (system ? 'a' - 'A' : 0));
	text[at] = '\0';
}

static void
show_heir(const struct session_plan *plan, const struct filter_set *now,
    const char *child, struct filter_set *heir, char *text, size_t size)
{
	const struct policy_rule *rules[FILTER_IMAGES_MAX];
	struct heir_own own;
	char path[64];
	size_t i;

	text[0] = '\0';
	(void)snprintf(path, sizeof(path), "/x/%s", child);
	assert_true(ask(now, path, rules));
	heir_find_own(plan->policies, path, &own);
	switch (heir_of(plan, now, rules, &own, heir)) {
	case HEIR_FOUND:
		for (i = 0; i < heir->count; i++)
			show_image(heir->images[i], text, size);
		break;
	case HEIR_NO_POLICY:
		(void)strlcpy(text, "NONE", size);
		break;
	case HEIR_NO_OTHER:
		(void)strlcpy(text, "OTHER?", size);
		break;
	case HEIR_MIXED:
		(void)strlcpy(text, "MIXED", size);
		break;
	case HEIR_TOO_MANY:
		(void)strlcpy(text, "TOO MANY", size);
		break;
	}
}

static void
test_forms(void **state)
{
	struct session_plan plan;
	struct filter_set heir;
	char text[256];
	size_t i, failed = 0;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		start_plan(&plan, &cases[i]);
		show_heir(&plan, &plan.regime, cases[i].child, &heir, text,
		    sizeof(text));
		if (strcmp(text, cases[i].wanted) != 0) {
			print_error("%zu: %s|%s| executes %s: %s, wanted %s\n",
			    i, cases[i].system ? cases[i].system : "",
			    cases[i].user ? cases[i].user : "", cases[i].child,
			    text, cases[i].wanted);
			failed++;
		}
		end_plan(&plan);
	}
	assert_int_equal(failed, 0);
}

static bool
has_set(const struct session_plan *plan, const struct filter_set *set)
{
	size_t i;

	for (i = 0; i < plan->nclosure; i++)
		if (heir_same(&plan->closure[i], set))
			return true;
	return false;
}

/* From every set of the closure, every program: always another of its sets. */
static void
test_closure(void **state)
{
	static const char *const programs[] = { "one", "both", "system", "user",
		"other", "detached", "nothing" };
	const struct policy_rule *rules[FILTER_IMAGES_MAX];
	struct session_plan plan;
	struct filter_set heir;
	char text[256], reason[SESSION_REASON_MAX], path[64];
	size_t i, k, n, missed = 0, found = 0;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		start_plan(&plan, &cases[i]);
		if (closure_plan(&plan, reason, sizeof(reason)) == -1) {
			assert_non_null(strstr(reason, "no policy for /x/n"));
			end_plan(&plan);
			continue;
		}
		for (n = 0; n < plan.nclosure; n++) {
			for (k = 0; k < NELEMS(programs); k++) {
				(void)snprintf(path, sizeof(path), "/x/%s",
				    programs[k]);
				if (heir_is_released(&plan.closure[n]) ||
				    !ask(&plan.closure[n], path, rules))
					continue;
				show_heir(&plan, &plan.closure[n], programs[k],
				    &heir, text, sizeof(text));
				if (strcmp(text, "NONE") == 0)
					continue;
				found++;
				if (has_set(&plan, &heir))
					continue;
				print_error("%zu: %s not in the closure\n", i,
				    text);
				missed++;
			}
		}
		end_plan(&plan);
	}
	print_message("%zu heirs\n", found);
	assert_true(found > 500);
	assert_int_equal(missed, 0);
}

/* What is named is all that can be reached. */
static void
test_small_closure(void **state)
{
	static const struct heir_case c = {
		"native-execve: filename eq \"/x/system\" then permit\n"
		"native-execve: filename eq \"/x/both\" then permit[confine]\n"
		"native-execve: deny\n",
		NULL, NULL, NULL
	};
	struct session_plan plan;
	char reason[SESSION_REASON_MAX], text[256] = "";
	size_t i, n;

	(void)state;
	start_plan(&plan, &c);
	/* Those are permitted everything, so all that they execute: theirs. */
	load(plan.policies, POLICY_SYSTEM, "system", "native-execve: deny\n");
	load(plan.policies, POLICY_USER, "both", "native-execve: deny\n");
	load(plan.policies, POLICY_SYSTEM, "both", "native-execve: deny\n");
	assert_int_equal(closure_plan(&plan, reason, sizeof(reason)), 0);
	for (i = 0; i < plan.nclosure; i++) {
		(void)strlcat(text, i == 0 ? "" : ",", sizeof(text));
		for (n = 0; n < plan.closure[i].count; n++)
			show_image(plan.closure[i].images[n], text,
			    sizeof(text));
	}
	assert_string_equal(text, "ONE, SYSTEM, ONE BOTH both");
	end_plan(&plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_closure),
		cmocka_unit_test(test_small_closure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

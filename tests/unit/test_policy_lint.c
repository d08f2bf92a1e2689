/* SPDX-License-Identifier: ISC */
/*
 * What `privctl check` warns of and notes, and that it says nothing of rules
 * that mean what they say; that none of it is an error, and none of it is
 * looked for when policies are loaded to be used.
 */
#include <sys/types.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/policy/policy.h"

static const struct {
	const char *rules;
	const char *wanted; /* NULL: nothing is said */
	enum policy_severity severity;
} cases[] = {
	{ "native-getpid: permit\n", NULL, POLICY_NOTE },
	{ "native-open: filename eq \"*\" then permit\n", "eq \"*\"",
	    POLICY_WARNING },
	{ "native-open: filename eq \"/no/such/zz\" then permit\n",
	    "names nothing", POLICY_WARNING },
	{ "native-open: filename match \"/no/such/*\" then permit\n",
	    "names nothing", POLICY_WARNING },
	{ "native-open: filename match \"/etc/*\" then permit\n", NULL,
	    POLICY_NOTE },
	{ "native-rename: permit\n", "naming both", POLICY_WARNING },
	{ "native-rename: filename match \"/tmp\" then permit\n", "naming both",
	    POLICY_WARNING },
	{ "native-rename: filename[0] match \"/tmp\" then permit\n",
	    "naming both", POLICY_WARNING },
	{ "native-rename: filename[0] match \"/tmp\" and "
	  "filename[1] match \"/tmp\" then permit\n",
	    NULL, POLICY_NOTE },
	{ "native-rename: filename nsub \"x\" then permit\n", NULL,
	    POLICY_NOTE },
	{ "native-rename: deny\n", NULL, POLICY_NOTE },
	{ "native-socket: sockdom eq \"AF_PACKET\" then permit with net_raw\n",
	    "wide grant", POLICY_WARNING },
	{ "native-socket: permit as root\n", "wide grant", POLICY_WARNING },
	{ "native-socket: sockdom eq \"AF_NETLINK\" then permit as root\n",
	    NULL, POLICY_NOTE },
	{ "native-socket: permit with net_raw filter \"ip\"\n", NULL,
	    POLICY_NOTE },
	{ "native-socket: permit with net_raw device \"lo\"\n", NULL,
	    POLICY_NOTE },
	{ "native-socket: permit\n", NULL, POLICY_NOTE },
	{ "native-fsread: filename eq \"/dev/null\" then permit as root keep\n",
	    "executes gets", POLICY_WARNING },
	{ "native-open: filename eq \"/dev/null\" then permit as root\n",
	    "opens for writing, too", POLICY_WARNING },
	{ "native-open: filename eq \"/dev/null\" and oflags eq \"rw\" "
	  "then permit as root\n",
	    NULL, POLICY_NOTE },
	{ "native-open: filename eq \"/dev/null\" then permit\n", NULL,
	    POLICY_NOTE },
	{ "native-open: filename match \"/etc/*\" and oflags sub \"ro\" "
	  "then permit\n",
	    "oflags eq \"ro\"", POLICY_WARNING },
	{ "native-creat: filename eq \"/dev/null\" then permit as root\n", NULL,
	    POLICY_NOTE },
	{ "native-open: oflags sub \"ro\" then deny\n", NULL, POLICY_NOTE },
	{ "native-open: oflags sub \"p\" then permit\n", NULL, POLICY_NOTE },
	{ "native-fsread: filename eq \"/dev\" then permit as root\n",
	    "descriptor of a folder", POLICY_WARNING },
	{ "native-_sysctl: permit\n", "no call like", POLICY_NOTE },
	{ "native-open: filename eq \"$HOMEX\" then permit\n", "unknown macro",
	    POLICY_NOTE },
	{ "native-connect: sockaddr match \"inet-[1.2.3.4]:53\" then permit\n",
	    "are a set", POLICY_WARNING },
	{ "native-connect: sockaddr match \"inet-*:53\" then permit\n", NULL,
	    POLICY_NOTE },
	{ "native-mknod: filename eq \"/dev\" then permit as root\n",
	    "makes devices", POLICY_WARNING },
	{ "native-mknod: type eq \"S_IFIFO\" then permit as root\n", NULL,
	    POLICY_NOTE },
	{ "native-mkfifo: permit as root\n", NULL, POLICY_NOTE },
	{ "native-stat64: deny\n", "have no call \"stat64\"", POLICY_WARNING },
	{ "native-accept: deny\n", NULL, POLICY_NOTE },
	{ "native-getpid: permit\nnative-getpid: deny\n",
	    "line 2 decides before", POLICY_WARNING },
	{ "native-getpid: permit once\nnative-getpid: deny\n", NULL,
	    POLICY_NOTE },
	{ "native-getpid: permit, if user = root\nnative-getpid: deny\n", NULL,
	    POLICY_NOTE },
	{ "native-open: permit\nnative-openat: deny\nnative-fsread: deny\n",
	    NULL, POLICY_NOTE },
};

static size_t
count_messages(const struct policy_report *report, const char *wanted,
    enum policy_severity severity)
{
	size_t i, n;

	for (i = n = 0; i < report->count; i++)
		n += report->messages[i].severity == severity &&
		    strstr(report->messages[i].text, wanted) != NULL;
	return n;
}

static void
load(const char *rules, unsigned int flags, struct policy_report *report)
{
	const struct policy_source source = { .authority = POLICY_SYSTEM,
		.flags = flags };
	struct policy_set *set;
	char text[512];

	(void)snprintf(text, sizeof(text), "Policy: /opt/x\n%s", rules);
	set = policy_set_new();
	assert_non_null(set);
	assert_int_equal(policy_load_buffer(set, &source, "test", text,
			     strlen(text), report),
	    0);
	policy_set_free(set);
}

static void
test_lint(void **state)
{
	struct policy_report report = { 0 };
	size_t i, wanted;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		load(cases[i].rules, POLICY_LOAD_LINT, &report);
		wanted = cases[i].wanted != NULL;
		if (report.count != wanted ||
		    (wanted == 1 &&
			count_messages(&report, cases[i].wanted,
			    cases[i].severity) != 1)) {
			policy_report_print(&report, stderr, POLICY_NOTE);
			fail_msg("row %zu: %s", i, cases[i].rules);
		}
		policy_report_clear(&report);
		load(cases[i].rules, 0, &report);
		assert_int_equal(report.warnings, 0);
		policy_report_clear(&report);
	}
}

/* Once for a name, however often it is used. */
static void
test_noted_once(void **state)
{
	struct policy_report report = { 0 };

	(void)state;
	load("native-_sysctl: permit\nnative-issetugid: permit\n"
	     "native-_sysctl: deny\n",
	    0, &report);
	assert_int_equal(report.count, 2);
	policy_report_clear(&report);
}

static void
test_report(void **state)
{
	struct policy_report report = { 0 };
	size_t len;
	char *text;
	FILE *out;

	(void)state;
	load("native-_sysctl: permit\nnative-open: filename eq \"*\" then "
	     "permit\n",
	    POLICY_LOAD_LINT, &report);
	out = open_memstream(&text, &len);
	assert_non_null(out);
	policy_report_print(&report, out, POLICY_WARNING);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(report.count, 2);
	assert_int_equal(report.warnings, 1);
	assert_ptr_equal(strstr(text, "test:3:26: warning: eq \"*\""), text);
	free(text);
	policy_report_clear(&report);
	assert_int_equal(report.count, 0);
	policy_report_clear(&report);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lint),
		cmocka_unit_test(test_noted_once),
		cmocka_unit_test(test_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/* WRAP: identity_permitted_of */
/*
 * Who may have an elevated call: the one whose /proc folder says that it has
 * the guard and nothing else, the user's ids, no more filters than it was
 * started under, in our user namespace; for a rule of the program's own
 * policy, and for an alias only the opening of what is there. The folders
 * here are made up.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/session/call.h"
#include "../../privd/session/identity.h"
#include "../../privd/session/judge.h"
#include "../../privd/session/page.h"

#define UID 4711
#define GID 4712
#define FILTERS 2

static char folder[] = "/tmp/privd-elevate.XXXXXX";
static char userns[64];
static struct policy_rule rule;
static uint8_t rule_hand[1];
static struct session_plan plan;
static struct judge judge;
static struct page page;
static struct process process;
static struct thread thread;
static int sink[2];

static const char *held = "0"; /* what capget(2) says of the caller */

int __wrap_identity_permitted_of(pid_t, uint64_t *);

int
__wrap_identity_permitted_of(pid_t tid, uint64_t *permitted)
{
	(void)tid;
	*permitted = strtoull(held, NULL, 16);
	return 0;
}

static int
set_up(void **state)
{
	char path[PATH_MAX];
	ssize_t n;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/ns", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	n = readlink("/proc/self/ns/user", userns, sizeof(userns) - 1);
	assert_true(n > 0);
	userns[n] = '\0';
	/* Nobody is there: whoever is told something has no answer. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sink), 0);
	close(sink[0]);
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "status", "ns/user", "ns", "" };
	char path[PATH_MAX];
	size_t i;

	(void)state;
	close(sink[1]);
	for (i = 0; i < 4; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)remove(path);
	}
	return 0;
}

static void
write_folder(const char *uids, const char *gids, const char *caps, int filters,
    const char *ns)
{
	char path[PATH_MAX];
	FILE *file;

	held = caps;
	(void)snprintf(path, sizeof(path), "%s/status", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file,
	    "Name:\tx\\nUid:\\t0\nUmask:\t0022\nTgid:\t1\nPPid:\t1\n"
	    "Uid:\t%s\nGid:\t%s\nCapPrm:\t%s\nCapEff:\t0\n"
	    "Seccomp_filters:\t%d\n",
	    uids, gids, caps, filters);
	(void)fclose(file);
	(void)snprintf(path, sizeof(path), "%s/ns/user", folder);
	(void)unlink(path);
	assert_int_equal(symlink(ns, path), 0);
}

/* A call that may be elevated; each case spoils one thing. */
static void
start(struct call *call)
{
	memset(&rule, 0, sizeof(rule));
	rule.identity.kind = POLICY_AS;
	rule.action = POLICY_PERMIT;
	memset(&plan, 0, sizeof(plan));
	plan.caller.uid = UID;
	plan.caller.gid = GID;
	plan.elevates = true;
	plan.guarded = true;
	plan.rule_hand = rule_hand;
	plan.policy.first = policy_none();
	memset(&judge, 0, sizeof(judge));
	judge.plan = &plan;
	judge.page = &page;
	judge.filters = FILTERS;
	judge.record = sink[1];
	memset(&process, 0, sizeof(process));
	process.elevated = true;
	(void)strlcpy(process.program, "x", sizeof(process.program));
	memset(&thread, 0, sizeof(thread));
	thread.process = &process;
	thread.folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(thread.folder, -1);
	memset(call, 0, sizeof(*call));
	call->thread = &thread;
	call->process = &process;
	call->row = call->base = sys_by_name("open");
	call->image = plan.policy.first;
	call->verdict.action = POLICY_PERMIT;
	call->verdict.rule = &rule;
	call->pin[0].object = 0;
	call->pin[0].parent = -1;
	call->pin[0].st.st_mode = S_IFREG;
	write_folder("4711\t4711\t4711\t4711", "4712\t4712\t4712\t4712",
	    "0000001000000000", FILTERS, userns);
}

static bool
is_elevated(struct call *call)
{
	call_plan_elevation(&judge, call);
	close(thread.folder);
	return call->elevated;
}

static void
test_good(void **state)
{
	static struct call call;

	(void)state;
	start(&call);
	assert_true(is_elevated(&call));
}

struct spoilt {
	const char *what;
	const char *uids;
	const char *gids;
	const char *caps;
	int filters;
	bool other_ns;
};

#define UIDS "4711\t4711\t4711\t4711"
#define GIDS "4712\t4712\t4712\t4712"
#define CAPS "0000001000000000"

static const struct spoilt spoilt[] = {
	{ "no guard", UIDS, GIDS, "0000000000000000", FILTERS, false },
	{ "more than the guard", UIDS, GIDS, "0000001000002000", FILTERS,
	    false },
	{ "another capability", UIDS, GIDS, "0000000000002000", FILTERS,
	    false },
	{ "more filters", UIDS, GIDS, CAPS, FILTERS + 1, false },
	{ "fewer filters", UIDS, GIDS, CAPS, FILTERS - 1, false },
	{ "real uid", "1\t4711\t4711\t4711", GIDS, CAPS, FILTERS, false },
	{ "effective uid", "4711\t1\t4711\t4711", GIDS, CAPS, FILTERS, false },
	{ "saved uid", "4711\t4711\t1\t4711", GIDS, CAPS, FILTERS, false },
	{ "fs uid", "4711\t4711\t4711\t1", GIDS, CAPS, FILTERS, false },
	{ "real gid", UIDS, "1\t4712\t4712\t4712", CAPS, FILTERS, false },
	{ "fs gid", UIDS, "4712\t4712\t4712\t1", CAPS, FILTERS, false },
	{ "another user namespace", UIDS, GIDS, CAPS, FILTERS, true },
	{ "a status that is none", "x", GIDS, CAPS, FILTERS, false },
};

static void
test_guard(void **state)
{
	static struct call call;
	const struct spoilt *one;
	char other[sizeof(userns)];
	size_t i, wrong = 0;

	(void)state;
	/* Of the same length, as namespaces' names mostly are. */
	(void)strlcpy(other, userns, sizeof(other));
	other[strlen(other) - 2] ^= 1;
	for (i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		one = &spoilt[i];
		start(&call);
		write_folder(one->uids, one->gids, one->caps, one->filters,
		    one->other_ns ? other : userns);
		if (is_elevated(&call) || process.elevated) {
			print_error("%s: elevated\n", one->what);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void
test_state(void **state)
{
	static struct call call;

	(void)state;
	start(&call);
	process.elevated = false;
	assert_false(is_elevated(&call));
	start(&call);
	process.condemned = true;
	assert_false(is_elevated(&call));
	start(&call);
	plan.elevates = false;
	assert_false(is_elevated(&call));
	start(&call);
	rule_hand[0] = SESSION_HAND_NONE;
	assert_false(is_elevated(&call));
	rule_hand[0] = 0;
	start(&call);
	call.image = NULL; /* the user's own policy */
	assert_false(is_elevated(&call));
	start(&call);
	call.verdict.action = POLICY_DENY;
	assert_false(is_elevated(&call));
	start(&call);
	rule.identity.kind = POLICY_AS_CALLER;
	assert_false(is_elevated(&call));
}

struct aliased {
	const char *what;
	const char *call;
	uint64_t flags;
	mode_t type;
	bool missing;
	bool elevated;
};

static const struct aliased aliased[] = {
	{ "opening", "open", O_RDWR, S_IFREG, false, true },
	{ "truncating a device", "open", O_RDWR | O_TRUNC, S_IFCHR, false,
	    true },
	{ "truncating a file", "open", O_RDWR | O_TRUNC, S_IFREG, false,
	    false },
	{ "creating", "open", O_RDWR | O_CREAT, S_IFREG, true, false },
	{ "a temporary file", "open", O_RDWR | O_TMPFILE, S_IFDIR, false,
	    false },
	{ "removing", "unlink", 0, S_IFREG, false, false },
	{ "looking", "stat", 0, S_IFREG, false, false },
	{ "access", "access", 0, S_IFREG, false, false },
};

static void
test_alias(void **state)
{
	static struct call call;
	const struct aliased *one;
	size_t i, wrong = 0;

	(void)state;
	for (i = 0; i < sizeof(aliased) / sizeof(aliased[0]); i++) {
		one = &aliased[i];
		start(&call);
		rule.alias = SYS_ALIAS_FSWRITE;
		call.row = call.base = sys_by_name(one->call);
		call.how.flags = one->flags;
		call.pin[0].st.st_mode = one->type;
		call.pin[0].missing = one->missing;
		if (is_elevated(&call) != one->elevated) {
			print_error("%s\n", one->what);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_alias),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

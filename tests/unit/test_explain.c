/* SPDX-License-Identifier: ISC */
/*
 * Refusals as somebody may have written them, and what is said of those that
 * are whole.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../../privd/explain.h"
#include "../../privd/session/refusal.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

static struct refusal refusal;
static struct refusal_view view;
static char text[EXPLAIN_MAX];
static const char *folder = ""; /* where the next one's walk was refused */

static void
put(const char *string)
{
	size_t len = strlen(string) + 1;

	assert_true(refusal.len + len <= sizeof(refusal.text));
	memcpy(refusal.text + refusal.len, string, len);
	refusal.len = (uint16_t)(refusal.len + len);
}

/* One that is whole; values: name, value, ..., NULL. */
static void
make(enum refusal_check check, const char *call, const char *base,
    const char *const *values)
{
	memset(&refusal, 0, sizeof(refusal));
	refusal.turn = 1;
	refusal.check = check;
	refusal.error = EPERM;
	refusal.pid = 12;
	refusal.line = check == REFUSAL_RULE ? 7 : 0;
	put(call);
	put(base);
	put("/bin/p");
	put("/bin/p");
	put("/etc/p");
	put(check == REFUSAL_RULE ? "/etc/p" : "");
	put(check == REFUSAL_RULE ? "native-open: deny" : "");
	put(folder);
	for (; values != NULL && *values != NULL; values += 2) {
		put(values[0]);
		put(values[1]);
		refusal.nvalues++;
	}
}

static const char *const file[] = { "filename", "/a", "oflags", "ro", NULL };

static void
takes_what_is_whole(void **state)
{
	(void)state;
	make(REFUSAL_RULE, "openat", "open", file);
	refusal.missing = 1;
	assert_true(refusal_take(&refusal, &view));
	assert_string_equal(view.call->name, "openat");
	assert_string_equal(view.base->name, "open");
	assert_string_equal(view.program, "/bin/p");
	assert_string_equal(view.home, "/etc/p");
	assert_string_equal(view.rule, "native-open: deny");
	assert_int_equal(view.nvalues, 2);
	assert_string_equal(view.values[1].value, "ro");
	assert_true(view.values[0].missing);
	assert_false(view.values[1].missing);
	assert_int_equal(view.line, 7);
}

/* Each spoils one thing. */
static const struct {
	const char *what;
	size_t offset;
	uint32_t value;
	size_t size;
} wrong[] = {
#define WRONG(field, value)                                     \
	{                                                       \
#field, offsetof(struct refusal, field), value, \
		    sizeof(refusal.field)                       \
	}
	WRONG(turn, 0),
	WRONG(check, 0),
	WRONG(check, REFUSAL_CHECKS),
	WRONG(check, UINT32_MAX),
	WRONG(error, UINT32_MAX),
	WRONG(pid, 0),
	WRONG(pid, UINT32_MAX),
	WRONG(flags, REFUSAL_FLAGS + 1),
	WRONG(spent, REFUSAL_ONCE),
	WRONG(nvalues, 3),
	WRONG(nvalues, 1),
	WRONG(nvalues, SYS_ARGS_MAX + 1),
	WRONG(nvalues, UINT16_MAX),
	WRONG(len, 0),
	WRONG(len, 20),
	WRONG(len, REFUSAL_TEXT_MAX + 1),
	WRONG(len, UINT16_MAX),
};

static void
takes_nothing_else(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(wrong); i++) {
		make(REFUSAL_RULE, "openat", "open", file);
		memcpy((char *)&refusal + wrong[i].offset, &wrong[i].value,
		    wrong[i].size);
		if (refusal_take(&refusal, &view))
			fail_msg("%s of %u was taken", wrong[i].what,
			    wrong[i].value);
	}
	make(REFUSAL_SPENT, "open", "open", file);
	assert_false(refusal_take(&refusal, &view));
	refusal.spent = REFUSAL_SPENTS;
	assert_false(refusal_take(&refusal, &view));
	refusal.spent = REFUSAL_SPENTS - 1;
	assert_true(refusal_take(&refusal, &view));
	make(REFUSAL_RULE, "nonsense", "open", file);
	assert_false(refusal_take(&refusal, &view));
	make(REFUSAL_RULE, "open", "nonsense", file);
	assert_false(refusal_take(&refusal, &view));
	make(REFUSAL_RULE, "open", "open", file);
	refusal.text[refusal.len - 1] = 'x';
	assert_false(refusal_take(&refusal, &view));
}

/* Whatever the bytes, nothing beside them is read, and all that is said of
   them ends. */
static void
survives_any_bytes(void **state)
{
	unsigned char *bytes = (unsigned char *)&refusal;
	size_t i, n, taken = 0;

	(void)state;
	srandom(1);
	for (n = 0; n < 200000; n++) {
		make(REFUSAL_RULE, "openat", "open", file);
		for (i = (size_t)random() % 4 + 1; i > 0; i--)
			bytes[(size_t)random() % (128 + 30)] = (unsigned char)
			    random();
		if (!refusal_take(&refusal, &view))
			continue;
		taken++;
		explain_request(&view, text, sizeof(text));
		explain_reason(&view, text, sizeof(text));
		explain_rule(&view, 1000, text, sizeof(text));
		explain_place(&view, "/etc", text, sizeof(text));
		assert_non_null(explain_check(&view));
		explain_rule(&view, 1000, text, 1 + n % 64);
	}
	assert_true(taken > 1000);
}

static const struct {
	enum refusal_check check;
	const char *call;
	const char *base;
	unsigned int flags;
	const char *values[7];
	const char *rule;
	const char *place; /* its beginning */
} cases[] = {
	{ REFUSAL_RULE, "openat", "open", 0,
	    { "filename", "/a", "oflags", "ro" },
	    "native-open: filename eq \"/a\" and oflags eq \"ro\" then permit",
	    "/etc/p, in the policy for /bin/p, before line 7" },
	{ REFUSAL_RULE, "openat", "open", REFUSAL_VARIANT,
	    { "filename", "/a", "oflags", "ro" },
	    "native-openat: filename eq \"/a\" and oflags eq \"ro\" then "
	    "permit",
	    "/etc/p, in" },
	{ REFUSAL_DEFAULT, "rename", "rename", 0,
	    { "filename", "/a", "filename", "/b" },
	    "native-rename: filename[0] eq \"/a\" and filename[1] eq \"/b\" "
	    "then permit",
	    "/etc/p, in the policy for /bin/p" },
	{ REFUSAL_DEFAULT, "getpid", "getpid", REFUSAL_I386, { NULL },
	    "linux32-getpid: permit", "/etc/p, in" },
	{ REFUSAL_UNNAMED, "ptrace", "ptrace", 0, { NULL },
	    "native-ptrace: permit", "/etc/p, in" },
	{ REFUSAL_NOPOLICY, "unlink", "unlink", 0, { "filename", "/a \\\"b" },
	    "native-unlink: filename eq \"/a \\\\\\\"b\" then permit",
	    "a file of its own in /policies, behind \"Policy: /bin/p, "
	    "Emulation: native\"" },
	/* What no call has is not tested. */
	{ REFUSAL_DEFAULT, "unlink", "unlink", 0,
	    { "filename", "/a", "x\" then permit #", "1" },
	    "native-unlink: filename eq \"/a\" then permit", "/etc/p, in" },
	{ REFUSAL_DEFAULT, "unlink", "unlink", 0, { "filename", "/$HOME" }, "",
	    "what the call names has characters" },
	{ REFUSAL_DEFAULT, "unlink", "unlink", 0, { "filename", "/a\nb" }, "",
	    "what the call names has characters" },
	{ REFUSAL_DEFAULT, "unlink", "unlink", 0, { "filename", "/\xc3\xa4" },
	    "", "what the call names has characters" },
	{ REFUSAL_DEFAULT, "unlink", "unlink", REFUSAL_CUT,
	    { "filename", "/a" }, "", "what the call names is too long" },
	{ REFUSAL_GUARD, "ptrace", "ptrace", 0, { NULL }, "", "no rule" },
	{ REFUSAL_SESSION, "unlink", "unlink", 0, { NULL }, "", "no rule" },
	{ REFUSAL_KERNEL, "socket", "socket", 0, { "sockdom", "AF_PACKET" },
	    "native-socket: sockdom eq \"AF_PACKET\" then permit with "
	    "cap_net_raw, if user = 1000",
	    "/etc/p, in" },
	{ REFUSAL_KERNEL, "unlink", "unlink", 0, { "filename", "/a" },
	    "native-unlink: filename eq \"/a\" then permit as root, if user = "
	    "1000",
	    "/etc/p, in" },
	{ REFUSAL_KERNEL, "unlink", "unlink", REFUSAL_ELEVATED,
	    { "filename", "/a" }, "", "as whom the rule" },
	{ REFUSAL_KERNEL, "unlink", "unlink", REFUSAL_USERS,
	    { "filename", "/a" }, "", "it cannot be elevated" },
	{ REFUSAL_KERNEL, "ptrace", "ptrace", 0, { NULL }, "",
	    "it cannot be elevated" },
	/* What needs another's rights whatever is permitted. */
	{ REFUSAL_DEFAULT, "socket", "socket", 0,
	    { "sockdom", "AF_INET", "socktype", "SOCK_RAW" },
	    "native-socket: sockdom eq \"AF_INET\" and socktype eq "
	    "\"SOCK_RAW\" then permit with cap_net_raw, if user = 1000",
	    "/etc/p, in the policy for /bin/p; with filter" },
	{ REFUSAL_DEFAULT, "socket", "socket", 0,
	    { "sockdom", "AF_INET", "socktype", "SOCK_DGRAM" },
	    "native-socket: sockdom eq \"AF_INET\" and socktype eq "
	    "\"SOCK_DGRAM\" then permit",
	    "/etc/p, in" },
	{ REFUSAL_DEFAULT, "socket", "socket", REFUSAL_USERS,
	    { "sockdom", "AF_PACKET" },
	    "native-socket: sockdom eq \"AF_PACKET\" then permit",
	    "/etc/p, in" },
	/* A group has that, and no capability. */
	{ REFUSAL_KERNEL, "socket", "socket", 0,
	    { "socktype", "SOCK_DGRAM", "sockproto", "IPPROTO_ICMP" }, "",
	    "net.ipv4.ping_group_range" },
	{ REFUSAL_KERNEL, "bind", "bind", 0,
	    { "sockaddr", "inet-[0.0.0.0]:53" },
	    "native-bind: sockaddr eq \"inet-[0.0.0.0]:53\" then permit with "
	    "cap_net_bind_service, if user = 1000",
	    "/etc/p, in" },
	{ REFUSAL_KERNEL, "bind", "bind", 0, { "sockaddr", "/run/s" },
	    "native-bind: sockaddr eq \"/run/s\" then permit as root, if user "
	    "= 1000",
	    "/etc/p, in" },
	/* Numbers that the next process will not have. */
	{ REFUSAL_KERNEL, "setpriority", "setpriority", 0,
	    { "who", "12", "pidname", "/p" },
	    "native-setpriority: pidname eq \"/p\" then permit as root, if "
	    "user = 1000",
	    "/etc/p, in" },
	{ REFUSAL_DEFAULT, "setpriority", "setpriority", 0, { "who", "12" },
	    "native-setpriority: who eq \"12\" then permit", "/etc/p, in" },
	{ REFUSAL_KERNEL, "kill", "kill", 0, { "pidname", "<unknown>" }, "",
	    "nobody looked which process" },
	/* What no rule would elevate. */
	{ REFUSAL_KERNEL, "openat", "open", 0,
	    { "filename", "/a", "oflags", "rop" }, "",
	    "it cannot be elevated" },
	{ REFUSAL_KERNEL, "openat", "open", REFUSAL_PLAIN,
	    { "filename", "/a", "oflags", "ro" }, "",
	    "nothing is elevated for its process" },
	{ REFUSAL_DEFAULT, "openat", "open", REFUSAL_PLAIN,
	    { "filename", "/a", "oflags", "ro" },
	    "native-open: filename eq \"/a\" and oflags eq \"ro\" then permit",
	    "/etc/p, in" },
	{ REFUSAL_KERNEL, "openat", "open", REFUSAL_RAW, { "filename", "/a" },
	    "", "its name was not known" },
};

static void
finds_the_smallest_rule(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		make(cases[i].check, cases[i].call, cases[i].base,
		    cases[i].values);
		refusal.flags = cases[i].flags;
		if (!refusal_take(&refusal, &view))
			fail_msg("case %zu is none", i);
		explain_rule(&view, 1000, text, sizeof(text));
		if (strcmp(text, cases[i].rule) != 0)
			fail_msg("case %zu: %s", i, text);
		explain_place(&view, "/policies", text, sizeof(text));
		if (strncmp(text, cases[i].place, strlen(cases[i].place)) != 0)
			fail_msg("case %zu: %s", i, text);
	}
}

static void
chooses_whose_rights_are_enough(void **state)
{
	static const struct {
		uint32_t uid, gid, mode;
		uint16_t needs;
		const char *as;
	} objects[] = {
		{ 0, 5, 0640, 4, " as :5, if user = 1000" },
		{ 0, 5, 0640, 2, " as root, if user = 1000" },
		{ 9, 5, 0640, 6, " as 9, if user = 1000" },
		{ 9, 5, 0660, 6, " as :5, if user = 1000" },
		{ 9, 0, 0640, 4, " as 9, if user = 1000" },
		{ 9, 5, 0000, 4, " as root, if user = 1000" },
		{ 9, 5, 0777, 0, " as root, if user = 1000" },
		{ 1000, 5, 0060, 4, " as root, if user = 1000" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(objects); i++) {
		make(REFUSAL_KERNEL, "openat", "open", file);
		refusal.flags = REFUSAL_OBJECT;
		refusal.uid = objects[i].uid;
		refusal.gid = objects[i].gid;
		refusal.mode = S_IFREG | objects[i].mode;
		refusal.needs = objects[i].needs;
		assert_true(refusal_take(&refusal, &view));
		explain_rule(&view, 1000, text, sizeof(text));
		assert_string_equal(strstr(text, " as "), objects[i].as);
	}
}

static const struct {
	enum refusal_check check;
	const char *base;
	unsigned int flags;
	const char *reason; /* its end */
	const char *rule;
	const char *place;
} walks[] = {
	{ REFUSAL_KERNEL, "open", 0, "to the user, who may not search /f",
	    "native-open: filename eq \"/a\" and oflags eq \"ro\" then permit "
	    "as root, if user = 1000",
	    "/etc/p, in the policy for /bin/p; if there is no link on the way "
	    "below /f" },
	{ REFUSAL_DEFAULT, "open", 0, "permits it",
	    "native-open: filename eq \"/a\" and oflags eq \"ro\" then permit "
	    "as root, if user = 1000",
	    "/etc/p, in the policy for /bin/p; if there is no link" },
	{ REFUSAL_DEFAULT, "open", REFUSAL_USERS, "permits it",
	    "native-open: filename eq \"/a\" and oflags eq \"ro\" then permit",
	    "/etc/p, in the policy for /bin/p" },
	{ REFUSAL_KERNEL, "open", REFUSAL_RAW,
	    "the user the way there, who may not search /f", "",
	    "what its name leads to" },
	{ REFUSAL_KERNEL, "open", REFUSAL_ELEVATED,
	    "; the user may not search /f", "",
	    "as whom the rule has it done" },
	{ REFUSAL_KERNEL, "readlink", 0, "who may not search /f", "",
	    "links are not read there" },
};

static void
names_the_folder_that_was_closed(void **state)
{
	const char *end;
	size_t i;

	(void)state;
	folder = "/f";
	for (i = 0; i < NELEMS(walks); i++) {
		make(walks[i].check, walks[i].base, walks[i].base, file);
		refusal.flags = walks[i].flags;
		assert_true(refusal_take(&refusal, &view));
		explain_reason(&view, text, sizeof(text));
		end = text + strlen(text);
		if (strlen(text) >= strlen(walks[i].reason))
			end -= strlen(walks[i].reason);
		assert_string_equal(end, walks[i].reason);
		explain_rule(&view, 1000, text, sizeof(text));
		assert_string_equal(text, walks[i].rule);
		explain_place(&view, "/policies", text, sizeof(text));
		text[strlen(walks[i].place)] = '\0';
		assert_string_equal(text, walks[i].place);
	}
	folder = "";
}

static void
shows_no_rule_beside_one_that_is_spent(void **state)
{
	static const struct {
		enum refusal_spent spent;
		const char *reason;
		const char *place;
	} rights[] = {
		{ REFUSAL_ONCE, "spent (once)", "the limit of that rule" },
		{ REFUSAL_TIMES, "spent (times)", "the limit of that rule" },
		{ REFUSAL_RATE, "for now (rate)",
		    "; it counted again 1 second "
		    "later" },
		{ REFUSAL_EXCLUSIVE, "group was chosen", "one or the other" },
		{ REFUSAL_ELSEWHERE, "elevates nothing", "no rule elevates" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(rights); i++) {
		make(REFUSAL_SPENT, "openat", "open", file);
		refusal.spent = (uint16_t)rights[i].spent;
		refusal.again = rights[i].spent == REFUSAL_RATE ? 1 : 0;
		assert_true(refusal_take(&refusal, &view));
		assert_string_equal(explain_check(&view), "spent");
		explain_reason(&view, text, sizeof(text));
		assert_non_null(strstr(text, rights[i].reason));
		explain_rule(&view, 1000, text, sizeof(text));
		assert_string_equal(text, "");
		explain_place(&view, "/policies", text, sizeof(text));
		assert_non_null(strstr(text, rights[i].place));
	}
}

static void
belongs_before_what_is_included(void **state)
{
	(void)state;
	make(REFUSAL_DEFAULT, "unlink", "unlink", NULL);
	refusal.line = 3;
	refusal.len = 0;
	put("unlink");
	put("unlink");
	put("/bin/p");
	put("/bin/p");
	put("/etc/p");
	put("/etc/templates/t");
	put("native-unlink: deny");
	put("");
	assert_true(refusal_take(&refusal, &view));
	explain_place(&view, "/policies", text, sizeof(text));
	assert_string_equal(text,
	    "/etc/p, in the policy for /bin/p, before what comes of "
	    "/etc/templates/t");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_whole),
		cmocka_unit_test(takes_nothing_else),
		cmocka_unit_test(survives_any_bytes),
		cmocka_unit_test(finds_the_smallest_rule),
		cmocka_unit_test(chooses_whose_rights_are_enough),
		cmocka_unit_test(names_the_folder_that_was_closed),
		cmocka_unit_test(shows_no_rule_beside_one_that_is_spent),
		cmocka_unit_test(belongs_before_what_is_included),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

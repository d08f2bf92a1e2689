/* SPDX-License-Identifier: ISC */
/*
 * Printing: what fmt prints reads back as the same policies, for all that
 * the tree holds: shipped policies, the tests' own, and every accepted case
 * of their tables. And that no bytes at all, cut or changed anywhere, do
 * more than be refused. Run from the top of the tree.
 */
#include <sys/types.h>

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/policy/policy.h"

static const char *const templates[] = { "tests/policy/templates",
	"policies/templates", NULL };
static const struct policy_source source = { .authority = POLICY_SYSTEM,
	.flags = POLICY_LOAD_WILDCARD | POLICY_LOAD_LINT,
	.templates = templates };

static void
same_string(const char *what, const char *a, const char *b)
{
	if ((a == NULL) != (b == NULL) || (a != NULL && strcmp(a, b) != 0))
		fail_msg("%s: %s and %s", what, a == NULL ? "-" : a,
		    b == NULL ? "-" : b);
}

static void
same_expr(const struct policy_expr *a, const struct policy_expr *b)
{
	for (;; a = a->right, b = b->right) {
		assert_int_equal(a->op, b->op);
		if (a->op == POLICY_TRUE)
			return;
		if (a->op == POLICY_TEST) {
			assert_int_equal(a->operator, b->operator);
			assert_int_equal(a->index, b->index);
			same_string("name", a->name, b->name);
			same_string("written", a->written, b->written);
			same_string("string", a->string, b->string);
			same_string("kept", a->kept, b->kept);
			return;
		}
		same_expr(a->left, b->left);
		if (a->op == POLICY_NOT)
			return;
	}
}

static void
same_pred(const struct policy_pred *a, const struct policy_pred *b)
{
	while (a != NULL && b != NULL) {
		assert_int_equal(a->op, b->op);
		assert_int_equal(a->relation, b->relation);
		assert_int_equal(a->id, b->id);
		same_string("who", a->written, b->written);
		if (a->left != NULL)
			same_pred(a->left, b->left);
		a = a->right;
		b = b->right;
	}
	assert_true(a == NULL && b == NULL);
}

static void
same_rule(const struct policy_rule *a, const struct policy_rule *b)
{
	same_string("emulation", a->emulation, b->emulation);
	same_string("call", a->callname, b->callname);
	same_string("child", a->child_path, b->child_path);
	same_string("exclusive", a->exclusive, b->exclusive);
	same_string("filter", a->filter, b->filter);
	same_string("device", a->device, b->device);
	same_string("user", a->identity.user, b->identity.user);
	same_string("group", a->identity.group, b->identity.group);
	assert_int_equal(a->identity.kind, b->identity.kind);
	assert_int_equal(a->identity.uid, b->identity.uid);
	assert_int_equal(a->identity.gid, b->identity.gid);
	assert_int_equal(a->identity.caps, b->identity.caps);
	assert_int_equal(a->action, b->action);
	assert_int_equal(a->error, b->error);
	assert_int_equal(a->value, b->value);
	assert_int_equal(a->child, b->child);
	assert_int_equal(a->log, b->log);
	assert_int_equal(a->limit, b->limit);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->unit, b->unit);
	assert_int_equal(a->exclusive_id, b->exclusive_id);
	assert_int_equal(a->keep, b->keep);
	assert_int_equal(a->macros, b->macros);
	same_expr(a->expr, b->expr);
	same_pred(a->pred, b->pred);
}

static void
same_image(const struct policy_image *a, const struct policy_image *b)
{
	struct policy_verdict x, y;
	size_t i;

	same_string("program", policy_program(a), policy_program(b));
	assert_int_equal(policy_detached(a), policy_detached(b));
	assert_int_equal(policy_rule_count(a), policy_rule_count(b));
	policy_default(a, true, &x);
	policy_default(b, true, &y);
	assert_memory_equal(&x, &y, sizeof(x));
	assert_int_equal(policy_digest(a) == NULL, policy_digest(b) == NULL);
	if (policy_digest(a) != NULL)
		assert_memory_equal(policy_digest(a), policy_digest(b), 32);
	for (i = 0; i < policy_rule_count(a); i++)
		same_rule(policy_rule(a, i), policy_rule(b, i));
}

static void
same_set(const struct policy_set *a, const struct policy_set *b)
{
	const struct policy_image *const *x, *const *y;
	size_t n, i;

	n = policy_images(a, &x);
	assert_int_equal(n, policy_images(b, &y));
	for (i = 0; i < n; i++)
		same_image(x[i], y[i]);
	if (policy_last(a) != NULL)
		same_image(policy_last(a), policy_last(b));
}

static struct policy_set *
load(const char *name, const char *text, size_t len)
{
	struct policy_report report = { 0 };
	struct policy_set *set;

	set = policy_set_new();
	assert_non_null(set);
	if (policy_load_buffer(set, &source, name, text, len, &report) == -1) {
		policy_report_print(&report, stderr, POLICY_ERROR);
		fail_msg("%s does not load", name);
	}
	policy_report_clear(&report);
	return set;
}

static char *
print(const char *name, const char *text, size_t len, size_t *printed)
{
	struct policy_report report = { 0 };
	char *out;
	FILE *file;

	file = open_memstream(&out, printed);
	assert_non_null(file);
	if (policy_format(&source, name, text, len, file, &report) == -1) {
		policy_report_print(&report, stderr, POLICY_ERROR);
		fail_msg("%s is not printed", name);
	}
	assert_int_equal(fclose(file), 0);
	policy_report_clear(&report);
	return out;
}

static void
comes_back(const char *name, const char *text, size_t len)
{
	struct policy_set *before, *after;
	char *once, *twice;
	size_t n, m;

	once = print(name, text, len, &n);
	twice = print(name, once, n, &m);
	same_string(name, once, twice);
	before = load(name, text, len);
	after = load(name, once, n);
	same_set(before, after);
	policy_set_free(before);
	policy_set_free(after);
	free(once);
	free(twice);
}

static char *
read_file(const char *path, size_t *len)
{
	char *bytes;
	FILE *file;

	file = fopen(path, "r");
	assert_non_null(file);
	bytes = malloc(POLICY_FILE_MAX);
	assert_non_null(bytes);
	*len = fread(bytes, 1, POLICY_FILE_MAX, file);
	(void)fclose(file);
	return bytes;
}

static void
test_files(void **state)
{
	static const char *const patterns[] = { "tests/policy/*.policy",
		"tests/policy/templates/*", "policies/*",
		"policies/templates/*" };
	char *bytes, *path;
	size_t i, n, len;
	glob_t found;

	(void)state;
	for (n = 0; n < sizeof(patterns) / sizeof(patterns[0]); n++) {
		if (glob(patterns[n], GLOB_MARK, NULL, &found) != 0)
			continue;
		for (i = 0; i < found.gl_pathc; i++) {
			path = found.gl_pathv[i];
			if (strstr(path, ".queries") != NULL ||
			    path[strlen(path) - 1] == '/')
				continue;
			bytes = read_file(path, &len);
			comes_back(path, bytes, len);
			free(bytes);
		}
		globfree(&found);
	}
}

/* \n, \t and \\ of a table's cell, in place. */
static void
unescape(char *text)
{
	char *out;

	for (out = text; *text != '\0'; text++) {
		if (*text == '\\' && strchr("nt\\", text[1]) != NULL) {
			text++;
			*out++ = *text == 'n' ? '\n' :
			    *text == 't'      ? '\t' :
						'\\';
		} else
			*out++ = *text;
	}
	*out = '\0';
}

static size_t
table_comes_back(const char *path)
{
	char *bytes, *line, *id, *expect, *text, *rest;
	size_t len, rows;

	bytes = read_file(path, &len);
	bytes[len] = '\0';
	rest = bytes;
	for (rows = 0; (line = strsep(&rest, "\n")) != NULL;) {
		id = strsep(&line, "\t");
		expect = strsep(&line, "\t");
		text = strsep(&line, "\t");
		if (text == NULL || strcmp(expect, "accept") != 0)
			continue;
		unescape(text);
		comes_back(id, text, strlen(text));
		rows++;
	}
	free(bytes);
	return rows;
}

static void
test_tables(void **state)
{
	(void)state;
	assert_true(table_comes_back("tests/policy/cases.tsv") > 50);
	assert_true(table_comes_back("tests/policy/more.tsv") > 50);
}

static void
test_exact(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{ "policy:/a\nnative-open :true->permit keep as root log",
		    "Policy: /a, Emulation: native\n"
		    "\tnative-open: permit log as root keep\n" },
		{ "# one\n\n\n\n# two\nPolicy: /a # three\n\n  # four\n\n\n"
		  "linux-#39: deny\n\n#five",
		    "# one\n\n# two\nPolicy: /a, Emulation: native # three\n\n"
		    "\t# four\n\n\tlinux-#39: deny[eperm]\n\n#five\n" },
		{ "Policy: \"/a b\"\nnative-open: ((filename[0] EQ \"/x\"))\n",
		    NULL },
		{ "Policy: \"/a b\"\n"
		  "native-open: ((FileName[0] eq \"/\\\"\\\\\\t\") and "
		  "((true or true)) and (true and not(true and true))) "
		  "-> pretend,if((user=root)and(group!=5 or user<3))\n",
		    "Policy: \"/a b\", Emulation: native\n"
		    "\tnative-open: filename[0] eq \"/\\\"\\\\\\t\" and "
		    "(true or true) and true and not (true and true) then "
		    "pretend[0], if user = root and "
		    "(group != 5 or user < 3)\n" },
		{ "Policy: /a\nDefault : deny\nDIGEST: SHA256: 0000000000000000"
		  "000000000000000000000000000000000000000000000000\n"
		  "include: \"t\"\n",
		    "Policy: /a, Emulation: native\n\tDefault: deny[eperm]\n"
		    "\tDigest: sha256:00000000000000000000000000000000"
		    "00000000000000000000000000000000\n\tInclude: \"t\"\n" },
		{ "Template: t , Emulation: native , Description:  of all #x\n",
		    "Template: t, Emulation: native, Description: of all "
		    "#x\n" },
		{ "Policy: /a\nnative-execve: permit[policy \"/b\"] times 3\n"
		  "native-socket: permit rate 1/h with NET_RAW+cap_chown "
		  "device \"lo\" filter \"ip\" exclusive \"e\"\n",
		    "Policy: /a, Emulation: native\n"
		    "\tnative-execve: permit[policy \"/b\"] times 3\n"
		    "\tnative-socket: permit with cap_net_raw+cap_chown "
		    "rate 1/h exclusive \"e\" filter \"ip\" device \"lo\"\n" },
	};
	struct policy_report report = { 0 };
	size_t i, n;
	FILE *file;
	char *out;
	int ret;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		file = open_memstream(&out, &n);
		assert_non_null(file);
		ret = policy_format(&source, "test", cases[i].in,
		    strlen(cases[i].in), file, &report);
		assert_int_equal(fclose(file), 0);
		if (ret == -1 && cases[i].out == NULL)
			assert_int_equal(n, 0);
		else if (cases[i].out == NULL || strcmp(out, cases[i].out) != 0)
			fail_msg("row %zu: %d %s", i, ret, out);
		free(out);
		policy_report_clear(&report);
	}
}

/* The bytes stand at the end of their memory, for the sanitizers. */
static void
load_any(const char *bytes, size_t len)
{
	struct policy_report report = { 0 };
	struct policy_set *set;
	char *copy;
	int ret;

	set = policy_set_new();
	copy = malloc(len);
	assert_true(set != NULL && (copy != NULL || len == 0));
	if (len > 0)
		(void)memcpy(copy, bytes, len);
	ret = policy_load_buffer(set, &source, "test", copy, len, &report);
	assert_int_equal(ret == -1, report.errors > 0);
	if (memchr(bytes, '\0', len) != NULL)
		assert_int_equal(ret, -1);
	policy_report_clear(&report);
	policy_set_free(set);
	free(copy);
}

static void
test_any_bytes(void **state)
{
	static const char others[] = "\0\n\r\t \"\\#,:[](){}$*/-=!<>a0\x80\xff";
	char *bytes, saved;
	size_t i, j, len;

	(void)state;
	bytes = read_file("tests/policy/example.policy", &len);
	for (i = 0; i <= len; i++)
		load_any(bytes, i);
	for (i = 0; i < len; i++) {
		saved = bytes[i];
		j = i % (sizeof(others) - 1);
		bytes[i] = others[j];
		load_any(bytes, len);
		bytes[i] = others[(j + 7) % (sizeof(others) - 1)];
		load_any(bytes, len);
		bytes[i] = saved;
	}
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_any_bytes),
	};

	if (access("tests/policy/cases.tsv", R_OK) == -1) {
		(void)fprintf(stderr, "run from the top of the tree\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * Loading: files, folders, templates, and what of them is trusted; that a
 * file with an error, or a load without memory, adds nothing at all; what
 * several files say about one program; the limits.
 *
 * WRAP: calloc malloc reallocarray strdup lstat
 * WRAP: arena_alloc arena_copy arena_string
 */
#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/policy/internal.h"
#include "../../privd/policy/policy.h"
#include "memory.h"

#define HEAD "Policy: /bin/x, Emulation: native\n"

/* An arena asks for memory so seldom that each part of one may be refused. */
void *__real_arena_alloc(struct policy_arena *, size_t);
void *__wrap_arena_alloc(struct policy_arena *, size_t);
char *__real_arena_copy(struct policy_arena *, const char *, size_t);
char *__wrap_arena_copy(struct policy_arena *, const char *, size_t);
char *__real_arena_string(struct policy_arena *, const char *);
char *__wrap_arena_string(struct policy_arena *, const char *);

void *
__wrap_arena_alloc(struct policy_arena *arena, size_t size)
{
	return fails() ? NULL : __real_arena_alloc(arena, size);
}

char *
__wrap_arena_copy(struct policy_arena *arena, const char *bytes, size_t len)
{
	return fails() ? NULL : __real_arena_copy(arena, bytes, len);
}

char *
__wrap_arena_string(struct policy_arena *arena, const char *string)
{
	return fails() ? NULL : __real_arena_string(arena, string);
}

static char folder[64];
static char templates[80];
static const char *const template_folders[] = { "/nonexistent", templates,
	NULL };

static int
make_folder(void **state)
{
	(void)state;
	(void)strcpy(folder, "/tmp/privd.policy.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(templates, sizeof(templates), "%s.t", folder);
	return mkdir(templates, 0700);
}

static int
remove_folder(void **state)
{
	char command[256];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf '%s' '%s'", folder,
	    templates);
	return system(command);
}

static void
path_of(char path[PATH_MAX], const char *where, const char *name)
{
	(void)snprintf(path, PATH_MAX, "%s/%s", where, name);
}

static void
write_file(const char *where, const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	path_of(path, where, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static void
remove_file(const char *where, const char *name)
{
	char path[PATH_MAX];

	path_of(path, where, name);
	assert_int_equal(unlink(path), 0);
}

/* Loads a text with this authority; the errors must contain `wanted`. */
static int
load(struct policy_set *set, enum policy_authority authority, const char *text,
    const char *wanted)
{
	struct policy_source source = { .authority = authority,
		.flags = POLICY_LOAD_WILDCARD,
		.templates = template_folders };
	struct policy_report report = { 0 };
	char *messages;
	size_t len;
	FILE *out;
	int ret;

	ret = policy_load_buffer(set, &source, "test", text, strlen(text),
	    &report);
	assert_int_equal(ret == -1, report.errors > 0);
	out = open_memstream(&messages, &len);
	assert_non_null(out);
	policy_report_print(&report, out, POLICY_ERROR);
	assert_int_equal(fclose(out), 0);
	if (wanted == NULL && ret == -1)
		fail_msg("%s", messages);
	if (wanted != NULL && strstr(messages, wanted) == NULL)
		fail_msg("expected \"%s\", got \"%s\"", wanted, messages);
	free(messages);
	policy_report_clear(&report);
	return ret;
}

static size_t
count_rules(const struct policy_set *set)
{
	size_t policies, rules;

	policy_count(set, &policies, &rules);
	return rules;
}

static void
test_add_together(void **state)
{
	const struct policy_image *image;
	const struct policy_image *const *images;
	struct policy_set *set;

	(void)state;
	set = policy_set_new();
	(void)load(set, POLICY_SYSTEM, HEAD "native-getpid: permit\n", NULL);
	image = policy_find(set, POLICY_SYSTEM, "/usr/bin/x");
	assert_non_null(image);
	assert_ptr_equal(image, policy_last(set));
	(void)load(set, POLICY_SYSTEM,
	    "Policy: /opt/y\n" HEAD "native-getuid: permit\nDefault: ask\n",
	    NULL);
	/* Who holds the image sees it as it is now. */
	assert_ptr_equal(image, policy_find(set, POLICY_SYSTEM, "/usr/bin/x"));
	assert_int_equal(policy_rule_count(image), 2);
	assert_string_equal(policy_rule(image, 1)->callname, "getuid");
	assert_int_equal(policy_rule(image, 1)->index, 1);
	assert_string_equal(policy_program(image), "/usr/bin/x");
	(void)load(set, POLICY_USER, HEAD "native-getpid: deny\n", NULL);
	assert_ptr_not_equal(image,
	    policy_find(set, POLICY_USER, "/usr/bin/x"));
	assert_int_equal(policy_images(set, &images), 3);
	assert_null(policy_find(set, POLICY_USER, "/opt/y"));
	assert_int_equal(errno, ENOENT);
	policy_set_free(set);
}

static void
test_contradictions(void **state)
{
	static const struct {
		const char *text;
		const char *wanted; /* NULL: goes together */
	} cases[] = {
		{ HEAD "Default: permit\n", NULL },
		{ HEAD "Default: deny\n", "test:2:10: " },
		{ HEAD "Default: deny[eacces]\n", "\"Default:\" already" },
		{ "Policy: /bin/x, Emulation: linux64\n", NULL },
		{ "Policy: /bin/x, Emulation: linux32\n", "emulation" },
		{ "Policy: /bin/x\ndetached\n", "detached" },
		{ HEAD "Digest: sha256:"
		       "00000000000000000000000000000000"
		       "00000000000000000000000000000000\n",
		    NULL },
		{ HEAD "Digest: sha256:"
		       "00000000000000000000000000000000"
		       "00000000000000000000000000000001\n",
		    "\"Digest:\" already" },
		{ HEAD "native-execve: permit\n", NULL },
		{ HEAD "native-setuid: pretend\n", "pretended" },
	};
	struct policy_set *set;
	size_t i, rules;

	(void)state;
	set = policy_set_new();
	(void)load(set, POLICY_SYSTEM,
	    HEAD "Default: permit\nnative-getpid: permit\n", NULL);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rules = count_rules(set);
		if (load(set, POLICY_SYSTEM, cases[i].text, cases[i].wanted) ==
		    -1)
			assert_int_equal(count_rules(set), rules);
	}
	assert_non_null(policy_digest(policy_last(set)));
	policy_set_free(set);
}

/* A file with one error in its last line adds none of its policies. */
static void
test_all_or_nothing(void **state)
{
	const struct policy_image *image;
	struct policy_set *set;

	(void)state;
	set = policy_set_new();
	(void)load(set, POLICY_SYSTEM, HEAD "native-getpid: permit\n", NULL);
	image = policy_last(set);
	(void)load(set, POLICY_SYSTEM,
	    "Policy: /opt/y\nnative-getpid: permit\n" HEAD
	    "native-getuid: permit\nnative-foo: permit\n",
	    "test:5:8: ");
	assert_int_equal(count_rules(set), 1);
	assert_null(policy_find(set, POLICY_SYSTEM, "/opt/y"));
	assert_ptr_equal(image, policy_last(set));
	policy_set_free(set);
}

static void
test_wildcard(void **state)
{
	const struct policy_image *image;
	const struct policy_image *const *images;
	struct policy_set *set;

	(void)state;
	set = policy_set_new();
	(void)load(set, POLICY_SYSTEM,
	    "Policy: */ls\nnative-getpid: permit\n"
	    "Policy: /opt/ls\nnative-getpid: deny\n",
	    NULL);
	assert_int_equal(policy_images(set, &images), 1);
	image = policy_find(set, POLICY_SYSTEM, "/opt/ls");
	assert_int_equal(policy_rule(image, 0)->action, POLICY_DENY);
	assert_null(policy_find(set, POLICY_SYSTEM, "/opt/als"));
	assert_null(policy_find(set, POLICY_SYSTEM, "*/ls"));
	assert_null(policy_find(set, POLICY_USER, "/usr/bin/ls"));
	image = policy_find(set, POLICY_SYSTEM, "/usr/bin/ls");
	assert_non_null(image);
	assert_string_equal(policy_program(image), "/usr/bin/ls");
	assert_int_equal(policy_images(set, &images), 2);
	assert_ptr_equal(images[1], image);
	/* Bound for good. */
	assert_null(policy_find(set, POLICY_SYSTEM, "/usr/local/bin/ls"));
	assert_ptr_equal(image, policy_find(set, POLICY_SYSTEM, "/usr/bin/ls"));
	policy_set_free(set);
}

#define TEMPLATE "Template: t, Emulation: native, Description: test\n"

static void
test_templates(void **state)
{
	const struct policy_image *image;
	struct policy_set *set;
	char text[256];

	(void)state;
	write_file(templates, "good", TEMPLATE "native-getuid: permit\n");
	write_file(templates, "bad", TEMPLATE "\nnative-getuid: what\n");
	write_file(templates, "self", TEMPLATE "Include: \"self\"\n");
	write_file(templates, "policy", HEAD "native-getuid: permit\n");
	write_file(templates, "other",
	    "Template: t, Emulation: linux32, Description: test\n"
	    "linux32-getuid: permit\n");
	set = policy_set_new();
	(void)load(set, POLICY_SYSTEM,
	    HEAD "native-getpid: permit\nInclude: \"good\"\n"
		 "native-getgid: permit\nInclude: \"good\"\n",
	    NULL);
	image = policy_last(set);
	assert_int_equal(policy_rule_count(image), 4);
	assert_string_equal(policy_rule(image, 1)->callname, "getuid");
	assert_int_equal(policy_rule(image, 1)->line, 2);
	assert_non_null(strstr(policy_rule(image, 1)->file, "/good"));
	(void)load(set, POLICY_SYSTEM, HEAD "Include: \"bad\"\n", "/bad:3:16:");
	(void)load(set, POLICY_SYSTEM, HEAD "Include: \"self\"\n",
	    "rules alone");
	(void)load(set, POLICY_SYSTEM, HEAD "Include: \"policy\"\n",
	    "expected \"Template:\"");
	(void)load(set, POLICY_SYSTEM, HEAD "Include: \"other\"\n",
	    "test:2:10: ");
	(void)load(set, POLICY_SYSTEM, HEAD "Include: \"none\"\n", "none");
	(void)load(set, POLICY_SYSTEM, TEMPLATE, "expected \"Policy:\"");
	(void)snprintf(text, sizeof(text), HEAD "Include: \"%s/good\"\n",
	    templates);
	(void)load(set, POLICY_SYSTEM, text, NULL);
	assert_int_equal(count_rules(set), 5);
	policy_set_free(set);
}

static int
load_folder(struct policy_set *set, enum policy_authority authority)
{
	struct policy_source source = { .authority = authority,
		.templates = template_folders };
	struct policy_report report = { 0 };
	int ret;

	ret = policy_load_folder(set, &source, folder, &report);
	assert_int_equal(ret == -1, report.errors > 0);
	policy_report_clear(&report);
	return ret;
}

static void
test_folder(void **state)
{
	struct policy_source source = { .authority = POLICY_USER };
	struct policy_report report = { 0 };
	struct policy_set *set;
	char path[PATH_MAX];

	(void)state;
	set = policy_set_new();
	assert_int_equal(policy_load_folder(set, &source, "/nonexistent/folder",
			     &report),
	    0);
	write_file(folder, "b", HEAD "native-getuid: permit\n");
	write_file(folder, "a", HEAD "native-getpid: permit\n");
	write_file(folder, ".hidden", "nonsense\n");
	write_file(folder, "a.sig", "nonsense\n");
	path_of(path, folder, "below");
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(load_folder(set, POLICY_USER), 0);
	assert_int_equal(count_rules(set), 2);
	assert_string_equal(policy_rule(policy_last(set), 0)->callname,
	    "getpid");
	/* A FIFO holds nobody up. */
	path_of(path, folder, "c");
	assert_int_equal(mkfifo(path, 0600), 0);
	(void)alarm(30);
	assert_int_equal(load_folder(set, POLICY_USER), -1);
	if (geteuid() == 0)
		assert_int_equal(load_folder(set, POLICY_SYSTEM), -1);
	(void)alarm(0);
	remove_file(folder, "c");
	assert_int_equal(rmdir((path_of(path, folder, "below"), path)), 0);
	remove_file(folder, "a");
	remove_file(folder, "b");
	policy_set_free(set);
	policy_report_clear(&report);
}

static void
test_trusted(void **state)
{
	struct policy_set *set;
	char path[PATH_MAX], link[PATH_MAX], reason[PATH_MAX + 128];

	(void)state;
	if (geteuid() != 0)
		skip();
	path_of(path, folder, "p");
	path_of(link, folder, "l");
	write_file(folder, "p", HEAD "native-getpid: permit\n");
	set = policy_set_new();
	/* /tmp is sticky and root's, and so is what is in it. */
	assert_int_equal(policy_trusted(path, reason, sizeof(reason)), 0);
	assert_int_equal(load_folder(set, POLICY_SYSTEM), 0);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(policy_trusted(link, reason, sizeof(reason)), 0);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(policy_trusted(folder, reason, sizeof(reason)), -1);
	assert_non_null(strstr(reason, "regular"));
	assert_int_equal(policy_trusted("/nonexistent", reason, sizeof(reason)),
	    -1);
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_equal(policy_trusted(path, reason, sizeof(reason)), -1);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chown(path, 1, 0), 0);
	assert_int_equal(policy_trusted(path, reason, sizeof(reason)), -1);
	assert_int_equal(load_folder(set, POLICY_SYSTEM), -1);
	assert_int_equal(load_folder(set, POLICY_USER), 0);
	assert_int_equal(chown(path, 0, 0), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	assert_int_equal(policy_trusted(path, reason, sizeof(reason)), -1);
	assert_non_null(strstr(reason, folder));
	assert_int_equal(chmod(folder, 01777), 0);
	assert_int_equal(policy_trusted(path, reason, sizeof(reason)), 0);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(chown(folder, 1, 0), 0);
	assert_int_equal(policy_trusted(path, reason, sizeof(reason)), -1);
	assert_int_equal(chown(folder, 0, 0), 0);
	remove_file(folder, "p");
	policy_set_free(set);
}

/* What a trusted policy includes must be trusted, too. */
static void
test_trusted_include(void **state)
{
	struct policy_set *set;
	char path[PATH_MAX];

	(void)state;
	if (geteuid() != 0)
		skip();
	write_file(templates, "t", TEMPLATE "native-getuid: permit\n");
	write_file(folder, "p", HEAD "Include: \"t\"\n");
	set = policy_set_new();
	assert_int_equal(load_folder(set, POLICY_SYSTEM), 0);
	path_of(path, templates, "t");
	assert_int_equal(chown(path, 1, 0), 0);
	assert_int_equal(load_folder(set, POLICY_SYSTEM), -1);
	assert_int_equal(load_folder(set, POLICY_USER), 0);
	remove_file(folder, "p");
	policy_set_free(set);
}

/* A link that a user can set must not bend a system policy's rule. */
static void
test_untrusted_link(void **state)
{
	const struct policy_expr *expr;
	struct policy_set *set;
	char link[PATH_MAX], text[PATH_MAX + 128];

	(void)state;
	if (geteuid() != 0)
		skip();
	path_of(link, folder, "dev");
	(void)snprintf(text, sizeof(text),
	    HEAD "native-open: filename eq \"%s\" then permit as root\n", link);
	set = policy_set_new();
	assert_int_equal(symlink("/etc/shadow", link), 0);
	(void)load(set, POLICY_SYSTEM, text, NULL);
	expr = policy_rule(policy_last(set), 0)->expr;
	assert_string_equal(expr->string, "/etc/shadow");
	assert_string_equal(expr->kept, link);
	assert_string_equal(expr->written, link);
	assert_int_equal(lchown(link, 1, 1), 0);
	(void)load(set, POLICY_SYSTEM, text, NULL);
	expr = policy_rule(policy_last(set), 1)->expr;
	assert_string_equal(expr->string, link);
	/* In the user's own policy, which only confines, it is followed. */
	(void)load(set, POLICY_USER, text, NULL);
	expr = policy_rule(policy_last(set), 0)->expr;
	assert_string_equal(expr->string, "/etc/shadow");
	assert_int_equal(lchown(link, 0, 0), 0);
	assert_int_equal(chown(folder, 1, 1), 0);
	(void)load(set, POLICY_SYSTEM, text, NULL);
	expr = policy_rule(policy_last(set), 2)->expr;
	assert_string_equal(expr->string, link);
	assert_int_equal(chown(folder, 0, 0), 0);
	remove_file(folder, "dev");
	policy_set_free(set);
}

static void
test_resolve(void **state)
{
	static const struct {
		const char *path;
		bool keep;
		const char *out;
	} cases[] = {
		{ "/", false, "/" },
		{ "//usr//bin/./", false, "/usr/bin/" },
		{ "/usr/../usr/bin", false, "/usr/bin" },
		{ "/bin", false, "/usr/bin" },
		{ "/bin", true, "/bin" },
		{ "/bin/", true, "/bin/" },
		{ "/bin/nope_zz", false, "/usr/bin/nope_zz" },
		{ "/nope_zz/../x", false, "/nope_zz/../x" },
		{ "/nope_zz//x", false, "/nope_zz//x" },
		{ "relative", false, "relative" },
		{ "", false, "" },
	};
	char out[PATH_MAX], loop[PATH_MAX];
	struct stat st;
	size_t i;

	(void)state;
	if (lstat("/bin", &st) == -1 || !S_ISLNK(st.st_mode))
		skip();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (policy_resolve(cases[i].path, cases[i].keep, out,
			sizeof(out)) == -1 ||
		    strcmp(out, cases[i].out) != 0)
			fail_msg("row %zu: %s: %s", i, cases[i].path, out);
	}
	path_of(loop, folder, "loop");
	assert_int_equal(symlink("loop", loop), 0);
	if (geteuid() == 0) {
		assert_int_equal(policy_resolve(loop, false, out, sizeof(out)),
		    -1);
		assert_int_equal(errno, ELOOP);
	}
	assert_int_equal(unlink(loop), 0);
}

static bool takes_all; /* names of any length are those of folders */

int __real_lstat(const char *, struct stat *);
int __wrap_lstat(const char *, struct stat *);

int
__wrap_lstat(const char *path, struct stat *st)
{
	const char *name = strrchr(path, '/');

	if (takes_all && name != NULL && strlen(name + 1) > NAME_MAX)
		path = "/";
	return __real_lstat(path, st);
}

static void
refuse_trusted(const char *path, const char *wanted)
{
	char reason[PATH_MAX + 128] = "";

	errno = 0;
	if (policy_trusted(path, reason, sizeof(reason)) != -1 || errno == 0 ||
	    strstr(reason, wanted) == NULL)
		fail_msg("expected \"%s\", got \"%s\"", wanted, reason);
}

/* There are file systems with longer names than we have room for. */
static void
test_trusted_long(void **state)
{
	char path[2 * PATH_MAX], gone[PATH_MAX];
	int before, after, i;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	refuse_trusted(path, "File name too long");
	path[0] = '/';
	refuse_trusted(path, "File name too long");
	before = dup(0);
	close(before);
	for (i = 0; i < 2; i++) {
		path[i == 0 ? 3 * NAME_MAX : NAME_MAX + 2] = '\0';
		refuse_trusted(path, "No such file");
		takes_all = true;
		refuse_trusted(path, "x\" File name too long");
		takes_all = false;
	}
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
	/* From a folder that is none any more. */
	path_of(gone, folder, "gone");
	assert_int_equal(mkdir(gone, 0755), 0);
	assert_int_equal(chdir(gone), 0);
	assert_int_equal(rmdir(gone), 0);
	refuse_trusted("x", "No such file");
	assert_int_equal(chdir("/"), 0);
}

/* Folders below each other, to a path of 3880 to 4079 bytes. Returns it. */
static char *
make_deep(void)
{
	static char path[PATH_MAX];
	char name[200];
	size_t len = strlen(folder);

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	(void)strcpy(path, folder);
	assert_int_equal(chdir(folder), 0);
	for (; len + sizeof(name) < 4080; len += sizeof(name)) {
		assert_int_equal(mkdir(name, 0755), 0);
		assert_int_equal(chdir(name), 0);
		(void)snprintf(path + len, sizeof(path) - len, "/%s", name);
	}
	assert_int_equal(chdir("/"), 0);
	return path;
}

/* A link there, to this and then that much of "/.". */
static char *
make_link(const char *name, const char *to, size_t filled)
{
	static char path[PATH_MAX];
	char target[PATH_MAX];
	size_t len = strlen(to);

	path_of(path, folder, name);
	(void)strcpy(target, to);
	for (; len < filled; len += 2)
		(void)strcpy(target + len, "/.");
	assert_int_equal(symlink(target, path), 0);
	return path;
}

static void
refuse_path(const char *path)
{
	char out[PATH_MAX];

	errno = 0;
	assert_int_equal(path_resolve(path, true, false, out), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

/* What a path is, links followed, has room or is refused: it is not cut off. */
static void
test_resolve_long(void **state)
{
	char path[2 * PATH_MAX], out[PATH_MAX], *deep;
	size_t len;

	(void)state;
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[PATH_MAX] = '\0';
	out[0] = '?';
	assert_int_equal(path_resolve(path, true, false, out), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	assert_string_equal(out, "");
	path[PATH_MAX - 1] = '\0';
	refuse_path(path);
	path[PATH_MAX - 2] = '\0';
	assert_int_equal(path_resolve(path, true, false, out), PATH_MISSING);
	assert_string_equal(out, path);
	/* What the caller has room for. */
	assert_int_equal(policy_resolve("/none/x", false, out, 8), 0);
	assert_string_equal(out, "/none/x");
	assert_int_equal(policy_resolve("/none/xy", false, out, 8), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	/* A link's text before what is left of another's and the path */
	(void)make_link("two", ".", 4000);
	len = strlen(make_link("one", "two", 4000));
	path_of(path, folder, "one");
	while (len < 4000) {
		(void)strcpy(path + len, "/.");
		len += 2;
	}
	refuse_path(path);
	path[200] = '\0';
	assert_int_equal(path_resolve(path, true, false, out), PATH_EXISTS);
	assert_string_equal(out, folder);
	/* A name that is too long once a link was followed */
	deep = make_deep();
	(void)snprintf(path, sizeof(path), "%s/%0250d",
	    make_link("deep", deep, 0), 0);
	refuse_path(path);
	path[strlen(path) - 245] = '\0';
	assert_int_equal(path_resolve(path, true, false, out), PATH_MISSING);
	assert_int_equal(strncmp(out, deep, strlen(deep)), 0);
	assert_string_equal(out + strlen(deep), "/00000");
}

/* A head, a piece until there are `len` bytes, cut or not, and a tail. */
static char *
repeat(const char *head, const char *piece, size_t len, bool cut,
    const char *tail)
{
	size_t n, step;
	char *text;

	step = strlen(piece);
	text = malloc(len + step + strlen(tail) + 1);
	assert_non_null(text);
	(void)strcpy(text, head);
	for (n = strlen(head); n < len; n += step)
		(void)strcpy(text + n, piece);
	(void)strcpy(text + (cut ? len : n), tail);
	return text;
}

static void
test_limits(void **state)
{
	static const char line[] = "# a comment\n";
	static const char rule[] = HEAD "native-open: true";
	struct policy_set *set;
	char *text;

	(void)state;
	set = policy_set_new();
	text = repeat(HEAD, line, POLICY_FILE_MAX, true, "");
	(void)load(set, POLICY_SYSTEM, text, NULL);
	free(text);
	text = repeat(HEAD, line, POLICY_FILE_MAX + 1, true, "");
	(void)load(set, POLICY_SYSTEM, text, "1 MiB");
	free(text);
	text = repeat(rule, " and true", POLICY_RULE_MAX - 20, false,
	    " then permit\n");
	(void)load(set, POLICY_SYSTEM, text, NULL);
	free(text);
	text = repeat(rule, " and true", POLICY_RULE_MAX + 100, false,
	    " then permit\n");
	(void)load(set, POLICY_SYSTEM, text, "64 KiB");
	free(text);
	assert_int_equal(count_rules(set), 1);
	policy_set_free(set);
}

static void
test_rule_limit(void **state)
{
	struct policy_set *set;
	char *text;

	(void)state;
	text = repeat(TEMPLATE, "linux-dup:ask\n",
	    strlen(TEMPLATE) + 14 * 50000, true, "");
	write_file(templates, "many", text);
	free(text);
	set = policy_set_new();
	(void)load(set, POLICY_SYSTEM,
	    HEAD "Include: \"many\"\nInclude: \"many\"\n", NULL);
	assert_int_equal(count_rules(set), POLICY_RULES_MAX);
	/* Neither in one file nor in one program's policy. */
	(void)load(set, POLICY_SYSTEM, HEAD "linux-dup: ask\n", "100000 rules");
	(void)load(set, POLICY_SYSTEM,
	    "Policy: /opt/y\nInclude: \"many\"\nInclude: \"many\"\n"
	    "linux-dup: ask\n",
	    "100000 rules");
	assert_int_equal(count_rules(set), POLICY_RULES_MAX);
	policy_set_free(set);
}

/* All that a user has written together, and then nothing else is read. */
static void
test_users_bounds(void **state)
{
	static const struct {
		const char *piece;
		size_t len;
		unsigned int loads; /* of which the last is too much */
		const char *wanted;
	} cases[] = {
		{ "#comment\n", 700000, 6,
		    "test:1:1: found 4200000 bytes in the user's policies "
		    "together, expected 4194304 at most" },
		{ "native-dup:ask\n", 15 * 7000, 3,
		    "found 20001 rules in the user's policies together, "
		    "expected 20000 at most" },
		{ "Policy: /opt/y\n", 15 * 400, 3,
		    "found 1001 policies in the user's policies together, "
		    "expected 1000 at most" },
		{ "native-stat:filename re \"(xy){1,250}\" then ask\n", 49 * 30,
		    2,
		    "steps of regular expressions in the user's policies "
		    "together, expected 250000 at most" },
	};
	struct policy_set *set;
	unsigned int k;
	size_t i, n;
	char *text;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text = repeat(HEAD, cases[i].piece, cases[i].len, false, "");
		set = policy_set_new();
		for (k = 1; k < cases[i].loads; k++)
			(void)load(set, POLICY_USER, text, NULL);
		n = count_rules(set);
		(void)load(set, POLICY_USER, text, cases[i].wanted);
		assert_int_equal(count_rules(set), n);
		/* Root's have no such bound. */
		(void)load(set, POLICY_SYSTEM, text, NULL);
		policy_set_free(set);
		free(text);
	}
}

static void
test_users_includes(void **state)
{
	static const char wanted[] = "x:2:1: found 20001 rules";
	const struct policy_source source = { .authority = POLICY_USER,
		.templates = template_folders };
	struct policy_report report = { 0 };
	struct policy_set *set;
	char *text;

	(void)state;
	text = repeat(TEMPLATE, "linux-dup:ask\n",
	    strlen(TEMPLATE) + 14 * 12000, true, "");
	write_file(templates, "many", text);
	write_file(folder, "a",
	    HEAD "Include: \"many\"\nInclude: \"many\"\nnor this\n");
	write_file(folder, "b", "not looked at\n");
	free(text);
	set = policy_set_new();
	assert_int_equal(policy_load_folder(set, &source, folder, &report), -1);
	assert_int_equal(report.errors, 1);
	assert_non_null(strstr(report.messages[0].text, wanted + 7));
	assert_int_equal(report.messages[0].line, 8002);
	assert_int_equal(count_rules(set), 0);
	remove_file(folder, "a");
	remove_file(folder, "b");
	policy_report_clear(&report);
	policy_set_free(set);
}

static const char plenty[] = HEAD
    "Default: ask\n"
    "native-open: filename eq \"/bin/a\" or (filename match \"/bin/*\" "
    "and not filename re \"x$HOME\") then permit as root log\n"
    "native-socket: permit with net_raw+net_admin exclusive \"e\", "
    "if user = root or group = 5\n"
    "native-_sysctl: permit\n"
    "native-fsread: filename re \"a+\" then permit\n"
    "Policy: */y\nnative-#39: deny[enoent]\n";

/* With the nth allocation failing; true if it came to that one. */
static bool
load_failing(long n)
{
	const struct policy_source source = { .authority = POLICY_SYSTEM,
		.flags = POLICY_LOAD_WILDCARD };
	struct policy_report report = { 0 };
	struct policy_set *set;
	bool failed;
	int ret;

	set = policy_set_new();
	(void)load(set, POLICY_SYSTEM, HEAD "native-getuid: permit\n", NULL);
	failing = n;
	ret = policy_load_buffer(set, &source, "test", plenty, strlen(plenty),
	    &report);
	failed = failing == -1;
	failing = -1;
	/* Only a note may be lost. */
	if (ret == -1 && report.errors == 0)
		fail_msg("allocation %ld: not reported", n);
	if (count_rules(set) != (ret == 0 ? 6 : 1))
		fail_msg("allocation %ld: %zu rules", n, count_rules(set));
	policy_report_clear(&report);
	policy_set_free(set);
	return failed;
}

/* Each allocation failing in turn: an error, and nothing added. */
static void
test_no_memory(void **state)
{
	long n;

	(void)state;
	for (n = 0; load_failing(n);)
		n++;
	assert_true(n > 10);
}

/* Memory that nothing has, and an expression that there is none for. */
static void
test_arena(void **state)
{
	struct policy_arena *arena = arena_new();
	char reason[64];

	(void)state;
	assert_non_null(arena);
	errno = 0;
	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_int_equal(errno, ENOMEM);
	errno = 0;
	assert_null(arena_alloc(arena, SIZE_MAX / 2 + 1));
	assert_int_equal(errno, ENOMEM);
	failing = 0;
	assert_null(arena_regex(arena, "x", reason, sizeof(reason)));
	assert_int_equal(failing, -1);
	assert_string_equal(reason, strerror(ENOMEM));
	assert_null(arena_regex(arena, "(", reason, sizeof(reason)));
	assert_string_not_equal(reason, strerror(ENOMEM));
	assert_non_null(arena_regex(arena, "x", reason, sizeof(reason)));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_together),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test(test_wildcard),
		cmocka_unit_test(test_templates),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_trusted),
		cmocka_unit_test(test_trusted_include),
		cmocka_unit_test(test_untrusted_link),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_rule_limit),
		cmocka_unit_test(test_users_bounds),
		cmocka_unit_test(test_users_includes),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_trusted_long),
		cmocka_unit_test(test_resolve_long),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

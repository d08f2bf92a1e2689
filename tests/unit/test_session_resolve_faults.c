/* SPDX-License-Identifier: ISC */
/*
 * Each call of a walk fails in turn: the walk then fails, or comes to the same
 * object by the same name, or says that the name is none; and no descriptor is
 * left.
 * WRAP: open openat fcntl statx fstat fstatat fstatfs
 * WRAP: faccessat readlink readlinkat fopen syscall
 */
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <linux/openat2.h>

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

#include "../../privd/resolve/resolve.h"
#include "child.h"

static const int failures[] = { ENOMEM, EMFILE, EIO };

static int countdown = -1; /* calls until one fails; -1: none does */
static int failure;

static bool
must_fail(void)
{
	if (countdown == -1 || countdown-- > 0)
		return false;
	errno = failure;
	return true;
}

#define WRAPPED(type, name, parameters, arguments)                       \
	type __real_##name parameters;                                   \
	type __wrap_##name parameters;                                   \
	type __wrap_##name parameters                                    \
	{                                                                \
		return must_fail() ? (type)-1 : __real_##name arguments; \
	}

WRAPPED(int, statx,
    (int fd, const char *path, int flags, unsigned int mask, struct statx *stx),
    (fd, path, flags, mask, stx))
WRAPPED(int, fstat, (int fd, struct stat *st), (fd, st))
WRAPPED(int, fstatat, (int fd, const char *path, struct stat *st, int flags),
    (fd, path, st, flags))
WRAPPED(int, fstatfs, (int fd, struct statfs *fs), (fd, fs))
WRAPPED(int, faccessat, (int fd, const char *path, int mode, int flags),
    (fd, path, mode, flags))
WRAPPED(ssize_t, readlink, (const char *path, char *buf, size_t size),
    (path, buf, size))
WRAPPED(ssize_t, readlinkat, (int fd, const char *path, char *buf, size_t size),
    (fd, path, buf, size))
/* What has more arguments only where it is said: none of these has. */
WRAPPED(int, open, (const char *path, int flags, ...), (path, flags, 0))
WRAPPED(int, openat, (int fd, const char *path, int flags, ...),
    (fd, path, flags, 0))

FILE *__real_fopen(const char *, const char *);
FILE *__wrap_fopen(const char *, const char *);
FILE *
__wrap_fopen(const char *path, const char *mode)
{
	return must_fail() ? NULL : __real_fopen(path, mode);
}

int __real_fcntl(int, int, ...);
int __wrap_fcntl(int, int, ...);
int
__wrap_fcntl(int fd, int command, ...)
{
	va_list ap;
	int argument;

	va_start(ap, command);
	argument = va_arg(ap, int);
	va_end(ap);
	return must_fail() ? -1 : __real_fcntl(fd, command, argument);
}

long __real_syscall(long, ...);
long __wrap_syscall(long, ...);
long
__wrap_syscall(long nr, ...)
{
	const struct open_how *how;
	const char *path;
	va_list ap;
	int folder;

	assert_int_equal(nr, SYS_openat2);
	va_start(ap, nr);
	folder = va_arg(ap, int);
	path = va_arg(ap, const char *);
	how = va_arg(ap, const struct open_how *);
	va_end(ap);
	return must_fail() ?
	    -1 :
	    __real_syscall(nr, folder, path, how, sizeof(*how));
}

/* --- where it walks */

static char folder[] = "/tmp/privd-faults.XXXXXX";
static int start;
static pid_t child;
static struct resolve_view ours, below;

static int
open_path(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	assert_int_not_equal(fd, -1);
	return fd;
}

static bool
is_childs(void *context, const struct stat *st)
{
	char path[64];
	struct stat own;

	(void)context;
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", child);
	return stat(path, &own) == 0 && resolve_same(&own, st);
}

static int
open_childs(void *context, int fd, const char *name, int flags)
{
	(void)context;
	return openat(fd, name, O_PATH | O_CLOEXEC | flags);
}

static int
set_up(void **state)
{
	(void)state;
	resolve_init();
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(mkdir("a", 0700), 0);
	assert_int_equal(mkdir("a/b", 0700), 0);
	close(open("a/b/file", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(symlink("b/file", "a/link"), 0);
	assert_int_equal(symlink("/a/b", "top"), 0);
	start = open_path("a");
	child = start_child();
	ours = (struct resolve_view){ .root = open_path("/"),
		.own_root = true,
		.tgid = child,
		.tid = child,
		.owns = is_childs,
		.magic = open_childs };
	below = (struct resolve_view){ .root = open_path("."),
		.tgid = child,
		.tid = child };
	return 0;
}

static int
tear_down(void **state)
{
	char command[PATH_MAX];

	(void)state;
	end_child(child);
	close(start);
	close(ours.root);
	close(below.root);
	(void)!chdir("/");
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) == 0 ? 0 : -1;
}

static const struct walk {
	const struct resolve_view *view;
	const char *path; /* "@": below the folder */
	unsigned int flags;
} walks[] = {
	{ &ours, "@/a/b/file", 0 },
	{ &ours, "@/a/./b/../link", 0 },
	{ &ours, "@/a/link", RESOLVE_NOFOLLOW },
	{ &ours, "@/a/new", RESOLVE_ENTRY },
	{ &ours, "@/a/b/", RESOLVE_CREATE },
	{ &ours, "@/a/link/", 0 },
	{ &ours, "@/a/none", 0 },
	{ &ours, "@/none/at/all", 0 },
	{ &ours, "link", 0 },
	{ &ours, "../a/b/file", 0 },
	{ &ours, "b/new", RESOLVE_CREATE },
	{ &ours, "none", RESOLVE_CREATE },
	{ &ours, ".", 0 },
	{ &ours, "/proc/self", RESOLVE_NOFOLLOW },
	{ &ours, "/proc/self/status", 0 },
	{ &ours, "/proc/self/task/../fd/0", 0 },
	{ &ours, "/proc/self/cwd/a/link", 0 },
	{ &ours, "/proc/thread-self/root", 0 },
	{ &ours, "/proc/self/fd/0", RESOLVE_NOFOLLOW },
	{ &below, "/a/b/file", 0 },
	{ &below, "/top/file", 0 },
	{ &below, "/../top/../../../top", 0 },
	{ &below, "b/none/of/it", 0 },
	{ &below, "/", 0 },
};

#define WALKS (sizeof(walks) / sizeof(walks[0]))

static int
lowest_free(void)
{
	int fd = dup(start);

	assert_int_not_equal(fd, -1);
	close(fd);
	return fd;
}

static int
take(const struct walk *walk, struct resolve_pin *pin)
{
	char path[PATH_MAX];

	if (walk->path[0] == '@')
		(void)snprintf(path, sizeof(path), "%s%s", folder,
		    walk->path + 1);
	else
		(void)snprintf(path, sizeof(path), "%s", walk->path);
	return resolve_path(walk->view, start, path, walk->flags, pin);
}

static struct resolve_pin wanted;
static int wanted_error;

/* As when nothing fails? That a name is none makes no rule permit. */
static bool
is_as_wanted(const struct resolve_pin *pin)
{
	if (wanted_error != 0 || pin->missing != wanted.missing ||
	    (pin->object == -1) != (wanted.object == -1))
		return false;
	if (pin->object != -1 && !resolve_same(&pin->st, &wanted.st))
		return false;
	return pin->outside || strcmp(pin->path, wanted.path) == 0;
}

/* As many calls as there were; each fails once with each error. */
static unsigned int
fail_each(const struct walk *walk, int error)
{
	static struct resolve_pin pin;
	unsigned int calls = 0;
	int free_before = lowest_free(), result;
	bool failed;

	failure = error;
	do {
		countdown = (int)calls;
		result = take(walk, &pin);
		failed = countdown == -1;
		countdown = -1;
		if (result == 0 && !is_as_wanted(&pin))
			fail_msg("%s, call %u: %s as \"%s\", not \"%s\"%s",
			    walk->path, calls, strerrorname_np(error), pin.path,
			    wanted.path, pin.missing ? ", missing" : "");
		resolve_clear(&pin);
		if (lowest_free() != free_before)
			fail_msg("%s, call %u: %s leaves a descriptor",
			    walk->path, calls, strerrorname_np(error));
		calls++;
	} while (failed);
	assert_int_equal(result, wanted_error);
	return calls - 1;
}

static void
test_walks(void **state)
{
	unsigned int calls;
	size_t i, k;

	(void)state;
	for (i = 0; i < WALKS; i++) {
		wanted_error = take(&walks[i], &wanted);
		assert_false(wanted.outside);
		for (k = 0; k < sizeof(failures) / sizeof(failures[0]); k++) {
			calls = fail_each(&walks[i], failures[k]);
			assert_in_range(calls, 2, 1000);
		}
		resolve_clear(&wanted);
	}
}

/* What is adopted, and what is opened at once, from the same. */
static void
test_adopted(void **state)
{
	static struct resolve_pin pin;
	char path[PATH_MAX];
	int free_before, object, i, result;
	bool failed = true;
	struct stat st;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/a/b/file", folder);
	failure = ENOMEM;
	for (i = 0; failed; i++) {
		object = open_path("a/b/file");
		countdown = i;
		result = resolve_adopt(&ours, object, &pin);
		failed = countdown == -1;
		countdown = -1;
		if (result == 0 && !pin.outside)
			assert_string_equal(pin.path, path);
		assert_true(failed || result == 0);
		resolve_clear(&pin);
	}
	assert_in_range(i, 3, 100);
	free_before = lowest_free();
	for (i = 0, failed = true; failed; i++) {
		countdown = i;
		result = resolve_open_at_once(&ours, path, O_RDONLY, &st);
		failed = countdown == -1;
		countdown = -1;
		if (result != -1)
			close(result);
		assert_int_equal(lowest_free(), free_before);
	}
	assert_int_not_equal(result, -1);
	assert_in_range(i, 3, 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_adopted),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

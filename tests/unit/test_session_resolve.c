/* SPDX-License-Identifier: ISC */
/*
 * Walking in a root that is not ours: `..` and absolute links stay in it,
 * links are followed as often as the kernel does, what is missing or refused
 * is named, and the name is the pinned object's.
 *
 * WRAP: faccessat fstat openat readlinkat syscall
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
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

#include "../../privd/resolve/ours.h"
#include "../../privd/resolve/resolve.h"

static char folder[] = "/tmp/privd-resolve.XXXXXX";
static struct resolve_view view;
static int start;

static void
make(const char *name)
{
	int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);

	assert_int_not_equal(fd, -1);
	close(fd);
}

static int
set_up(void **state)
{
	(void)state;
	resolve_init();
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	make("outside");
	assert_int_equal(mkdir("root", 0700), 0);
	assert_int_equal(chdir("root"), 0);
	assert_int_equal(mkdir("a", 0700), 0);
	assert_int_equal(mkdir("a/b", 0700), 0);
	make("file");
	make("a/b/file");
	assert_int_equal(symlink("/file", "a/absolute"), 0);
	assert_int_equal(symlink("../file", "a/relative"), 0);
	assert_int_equal(symlink("../../../../../../outside", "a/up"), 0);
	assert_int_equal(symlink("/a/b", "folder"), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(symlink("", "empty") == 0 || errno == ENOENT, 1);
	view.root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	start = open("a", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(start, -1);
	return 0;
}

static int
tear_down(void **state)
{
	char command[PATH_MAX];

	(void)state;
	(void)!chdir("/");
	close(view.root);
	close(start);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) == 0 ? 0 : -1;
}

struct walk {
	const char *path;
	unsigned int flags;
	int error;
	const char *name;
	bool missing;
	bool link; /* the object is one */
};

static const struct walk walks[] = {
	{ "/file", 0, 0, "/file", false, false },
	{ "/", 0, 0, "/", false, false },
	{ "/..", 0, 0, "/", false, false },
	{ "/../file", 0, 0, "/file", false, false },
	{ "/../../../outside", 0, 0, "/outside", true, false },
	{ "../../outside", 0, 0, "/outside", true, false },
	{ "b/../../../file", 0, 0, "/file", false, false },
	{ "absolute", 0, 0, "/file", false, false },
	{ "relative", 0, 0, "/file", false, false },
	{ "up", 0, 0, "/outside", true, false },
	{ "absolute", RESOLVE_NOFOLLOW, 0, "/a/absolute", false, true },
	{ "absolute/", RESOLVE_NOFOLLOW, ENOTDIR, NULL, false, false },
	{ "/folder/file", 0, 0, "/a/b/file", false, false },
	{ "/folder/file", RESOLVE_NOFOLLOW, 0, "/a/b/file", false, false },
	{ "/folder", RESOLVE_ENTRY, 0, "/folder", false, false },
	{ "/folder/", 0, 0, "/a/b", false, false },
	{ "/folder/..", 0, 0, "/a", false, false },
	{ "/loop", 0, ELOOP, NULL, false, false },
	{ "/dangling", 0, 0, "/nowhere", true, false },
	{ "/dangling", RESOLVE_CREATE, 0, "/nowhere", true, false },
	{ "/loop/", RESOLVE_CREATE, EISDIR, NULL, false, false },
	{ "/dangling/", RESOLVE_CREATE, EISDIR, NULL, false, false },
	{ "/none/", RESOLVE_CREATE, EISDIR, NULL, false, false },
	{ "/file/", 0, ENOTDIR, NULL, false, false },
	{ "/file/x", 0, ENOTDIR, NULL, false, false },
	{ "/file/..", 0, ENOTDIR, NULL, false, false },
	{ "/none/x/y", 0, 0, "/none/x/y", true, false },
	{ "/a//./b/./file", 0, 0, "/a/b/file", false, false },
	{ ".", 0, 0, "/a", false, false },
	{ "", 0, ENOENT, NULL, false, false },
};

static void
test_walks(void **state)
{
	static struct resolve_pin pin;
	const struct walk *walk;
	size_t i, wrong = 0;
	int error;

	(void)state;
	for (i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		walk = &walks[i];
		error = resolve_path(&view, start, walk->path, walk->flags,
		    &pin);
		if (error != walk->error ||
		    (error == 0 &&
			(strcmp(pin.path, walk->name) != 0 ||
			    pin.missing != walk->missing || pin.outside ||
			    (pin.object != -1 &&
				S_ISLNK(pin.st.st_mode) != walk->link)))) {
			print_error("%s: %s, %s%s%s\n", walk->path,
			    strerror(error), error == 0 ? pin.path : "",
			    pin.missing ? " missing" : "",
			    pin.outside ? " outside" : "");
			wrong++;
		}
		if (error == 0)
			resolve_clear(&pin);
	}
	assert_int_equal(wrong, 0);
}

/* What was not reached below the root is said to be outside of it. */
static void
test_outside(void **state)
{
	static struct resolve_pin pin;
	char path[PATH_MAX];
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/outside", folder);
	fd = open(path, O_PATH | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(resolve_adopt(&view, fd, &pin), 0);
	assert_true(pin.outside);
	resolve_clear(&pin);
	fd = open("file", O_PATH | O_CLOEXEC);
	assert_int_equal(resolve_adopt(&view, fd, &pin), 0);
	assert_false(pin.outside);
	assert_string_equal(pin.path, "/file");
	resolve_clear(&pin);
}

/* A folder that begins like the root's name is not below it. */
static void
test_prefix(void **state)
{
	static struct resolve_pin pin;
	char path[PATH_MAX];
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/rootless", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	fd = open(path, O_PATH | O_CLOEXEC);
	assert_int_equal(resolve_adopt(&view, fd, &pin), 0);
	assert_true(pin.outside);
	resolve_clear(&pin);
}

static int unborn; /* looks that still find no thread of ours */

int __real_fstat(int, struct stat *);
int __wrap_fstat(int, struct stat *);
int __real_faccessat(int, const char *, int, int);
int __wrap_faccessat(int, const char *, int, int);

int
__wrap_faccessat(int dir, const char *path, int mode, int flags)
{
	if (unborn > 0 && strncmp(path, "self/task/", 10) == 0) {
		unborn--;
		errno = ENOENT;
		return -1;
	}
	return __real_faccessat(dir, path, mode, flags);
}

/* What is ours in /proc is not there, however late it began to be. */
static void
test_unborn(void **state)
{
	struct resolve_view ours = { .own_root = true };
	static struct resolve_pin pin;
	char path[64];

	(void)state;
	ours.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(ours.root, -1);
	(void)snprintf(path, sizeof(path), "/proc/%d/status", getpid());
	assert_int_equal(resolve_path(&ours, -1, path, 0, &pin), ENOENT);
	for (unborn = 1; unborn > 0;)
		assert_int_equal(resolve_path(&ours, -1, path, 0, &pin),
		    ENOENT);
	(void)snprintf(path, sizeof(path), "/proc/%d", getpid());
	for (unborn = 1; unborn > 0;)
		assert_int_equal(resolve_path(&ours, -1, path, 0, &pin),
		    ENOENT);
	close(ours.root);
}

static const char *detached;  /* a mount that is let go during a walk */
static bool detaches_at_once; /* after the call that walks all of it */
static bool takes_all;        /* names of any length are there */
static bool by_steps;         /* the kernel walks nothing for us */

int __real_openat(int, const char *, int, ...);
int __wrap_openat(int, const char *, int, ...);
long __real_syscall(long, ...);
long __wrap_syscall(long, ...);

static void
let_go(void)
{
	assert_int_equal(umount2(detached, MNT_DETACH), 0);
	detached = NULL;
}

int
__wrap_openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if ((flags & (O_CREAT | O_TMPFILE)) != 0)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (detached != NULL && strcmp(path, "etc") == 0)
		let_go();
	if (takes_all && strlen(path) > NAME_MAX)
		path = ".";
	return __real_openat(dir, path, flags, mode);
}

/* openat2(2) */
long
__wrap_syscall(long number, ...)
{
	long a[4], result;
	va_list ap;
	size_t i;

	va_start(ap, number);
	for (i = 0; i < 4; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (by_steps || (detached != NULL && !detaches_at_once)) {
		errno = EAGAIN;
		return -1;
	}
	result = __real_syscall(number, a[0], a[1], a[2], a[3]);
	if (detached != NULL && result != -1)
		let_go();
	return result;
}

/* Has it openat2(2)? (Linux 5.6; valgrind has not.) */
static bool
kernel_walks(void)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC };
	long fd = __real_syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));

	if (fd == -1)
		return false;
	close((int)fd);
	return true;
}

/* Walks into a file system that is mounted there, and let go meanwhile. */
static void
walk_detached(const char *name, unsigned int flags, struct resolve_pin *pin)
{
	struct resolve_view ours = { .own_root = true };
	char at[PATH_MAX], path[PATH_MAX + 32];

	(void)snprintf(at, sizeof(at), "%s/mounted", folder);
	assert_int_equal(mkdir(at, 0755) == 0 || errno == EEXIST, 1);
	assert_int_equal(mount("none", at, "tmpfs", 0, NULL), 0);
	(void)snprintf(path, sizeof(path), "%s/etc", at);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/etc/file", at);
	make(path);
	(void)snprintf(path, sizeof(path), "%s//etc/%s", at, name);
	ours.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(ours.root, -1);
	detached = at;
	assert_int_equal(resolve_path(&ours, -1, path, flags, pin), 0);
	assert_null(detached);
	close(ours.root);
}

/*
 * What lies on a mount that is none any more has a name below that mount's
 * root: as if that were ours. A user can have his own let go.
 */
static void
test_detached(void **state)
{
	static struct resolve_pin pin;

	(void)state;
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) == -1)
		skip();
	walk_detached("file", 0, &pin);
	assert_true(pin.outside);
	assert_string_not_equal(pin.path, "/etc/file");
	resolve_clear(&pin);
	walk_detached("none", RESOLVE_CREATE, &pin);
	assert_true(pin.missing);
	assert_true(pin.outside);
	assert_string_not_equal(pin.path, "/etc/none");
	resolve_clear(&pin);
	if (!kernel_walks())
		return;
	/* What the kernel came to is let go of: there is nothing any more. */
	detaches_at_once = true;
	walk_detached("file", 0, &pin);
	assert_true(pin.missing && pin.deep);
	assert_string_equal(pin.path + strlen(folder), "/mounted/etc/file");
	resolve_clear(&pin);
	walk_detached("none", RESOLVE_CREATE, &pin);
	assert_true(pin.missing && pin.outside);
	resolve_clear(&pin);
}

static bool no_text; /* links have none */

ssize_t __real_readlinkat(int, const char *, char *, size_t);
ssize_t __wrap_readlinkat(int, const char *, char *, size_t);

ssize_t
__wrap_readlinkat(int dir, const char *path, char *buf, size_t size)
{
	return no_text ? 0 : __real_readlinkat(dir, path, buf, size);
}

/* Some file systems could have such a link, as they could such names. */
static void
test_no_text(void **state)
{
	static struct resolve_pin pin;

	(void)state;
	no_text = by_steps = true;
	assert_int_equal(resolve_path(&view, start, "relative", 0, &pin),
	    ENOENT);
	assert_int_equal(resolve_path(&view, start, "/folder/file", 0, &pin),
	    ENOENT);
	no_text = by_steps = false;
	assert_int_equal(resolve_path(&view, start, "relative", 0, &pin), 0);
	resolve_clear(&pin);
}

/* What is too long for any buffer of ours is refused, not cut off. */
static void
test_long(void **state)
{
	static struct resolve_pin pin;
	char path[PATH_MAX + 1], name[NAME_MAX + 2], named[6];
	bool outside;
	int i;

	(void)state;
	memset(path, 'x', PATH_MAX);
	path[0] = '/';
	path[PATH_MAX] = '\0';
	assert_int_equal(resolve_path(&view, start, path, 0, &pin),
	    ENAMETOOLONG);
	memset(path, '/', PATH_MAX);
	assert_int_equal(resolve_path(&view, start, path, 0, &pin),
	    ENAMETOOLONG);
	path[PATH_MAX - 1] = '\0';
	assert_int_equal(resolve_path(&view, start, path, 0, &pin), 0);
	assert_string_equal(pin.path, "/");
	resolve_clear(&pin);
	memset(name, 'x', NAME_MAX + 1);
	name[NAME_MAX + 1] = '\0';
	for (i = 0; i < 2; i++) {
		takes_all = i == 1;
		assert_int_equal(resolve_path(&view, start, name, 0, &pin),
		    ENAMETOOLONG);
	}
	takes_all = false;
	assert_int_equal(resolve_path(&view, start, name + 1, 0, &pin), 0);
	assert_true(pin.missing);
	resolve_clear(&pin);
	assert_int_equal(resolve_name(&view, view.root, named, 6, &outside),
	    ENAMETOOLONG);
}

/* An entry below what is pinned, whose name must have room as well. */
static void
test_entry(void **state)
{
	static struct resolve_pin pin;
	char name[NAME_MAX + 2];
	size_t len;
	int i;

	(void)state;
	memset(name, 'x', NAME_MAX + 1);
	name[NAME_MAX + 1] = '\0';
	assert_int_equal(resolve_path(&view, start, "/", 0, &pin), 0);
	assert_int_equal(resolve_into_entry(&pin, name), ENAMETOOLONG);
	resolve_clear(&pin);
	assert_int_equal(resolve_path(&view, start, "/", 0, &pin), 0);
	assert_int_equal(resolve_into_entry(&pin, name + 1), 0);
	assert_int_equal(pin.path[0], '/');
	assert_string_equal(pin.path + 1, name + 1);
	assert_string_equal(pin.name, name + 1);
	assert_int_equal(pin.object, -1);
	assert_true(pin.missing);
	resolve_clear(&pin);
	/* "/xyz" just has room, or has none by one byte. */
	for (i = 0; i < 2; i++) {
		assert_int_equal(resolve_path(&view, start, ".", 0, &pin), 0);
		len = sizeof(pin.path) - strlen("/xyz") - 1 + (size_t)i;
		memset(pin.path, 'y', len);
		pin.path[len] = '\0';
		assert_int_equal(resolve_into_entry(&pin, "xyz"),
		    i == 0 ? 0 : ENAMETOOLONG);
		assert_int_equal(pin.missing, i == 0);
		resolve_clear(&pin);
	}
}

/* A name that leads nowhere, for it goes through what is no folder, is none. */
static void
test_prove(void **state)
{
	char path[PATH_MAX + 1];
	int fd = open("file", O_PATH | O_CLOEXEC);

	(void)state;
	assert_int_not_equal(fd, -1);
	(void)snprintf(path, sizeof(path), "%s/root/file", folder);
	assert_int_equal(resolve_prove(fd, path), 0);
	(void)snprintf(path, sizeof(path), "%s/root/a", folder);
	assert_int_equal(resolve_prove(fd, path), ESTALE);
	(void)snprintf(path, sizeof(path), "%s/root/file/x", folder);
	assert_int_equal(resolve_prove(fd, path), ESTALE);
	(void)snprintf(path, sizeof(path), "%s/root/loop/x", folder);
	assert_int_equal(resolve_prove(fd, path), ESTALE);
	memset(path, '/', PATH_MAX);
	path[PATH_MAX] = '\0';
	assert_int_equal(resolve_prove(fd, path), ESTALE);
	close(fd);
}

/* Inodes of /proc come again: the one that is taken has the root's number. */
static struct stat taken;

int
__wrap_fstat(int fd, struct stat *st)
{
	int result = __real_fstat(fd, st);

	if (result == 0 && taken.st_ino != 0 && st->st_ino == taken.st_ino &&
	    st->st_dev == taken.st_dev)
		st->st_ino = 1;
	return result;
}

/* What is ours is so where its own folder has the number of the root. */
static void
test_inodes(void **state)
{
	static const char *const names[] = { "/proc/self/task", "/proc/self",
		"/proc/self/status", "/proc/self/fd" };
	struct stat st;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fd = open(names[i], O_PATH | O_CLOEXEC);
		memset(&taken, 0, sizeof(taken));
		assert_int_equal(fstat(fd, &st), 0);
		assert_true(ours_is_within(fd, &st));
		assert_int_equal(stat("/proc/self", &taken), 0);
		assert_true(ours_is_within(fd, &st));
		close(fd);
	}
	fd = open("/proc/1/stat", O_PATH | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	assert_false(ours_is_within(fd, &st));
	close(fd);
	memset(&taken, 0, sizeof(taken));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_unborn),
		cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_prove),
		cmocka_unit_test(test_inodes),
		cmocka_unit_test(test_detached),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

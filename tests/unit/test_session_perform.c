/* SPDX-License-Identifier: ISC */
/*
 * Performing on pins: what was judged as missing is made or not opened at
 * all, what was judged as there is never another file, and the flags that a
 * reopening cannot honour are honoured.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/fs.h>

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

#include "../../privd/perform/perform.h"
#include "../../privd/resolve/resolve.h"

static char folder[] = "/tmp/privd-perform.XXXXXX";
static struct resolve_view view = { .root = -1, .own_root = true };

static int
set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	view.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(view.root, -1);
	resolve_init();
	perform_init();
	return chdir(folder);
}

static int
tear_down(void **state)
{
	char command[PATH_MAX];

	(void)state;
	(void)!chdir("/");
	close(view.root);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) == 0 ? 0 : -1;
}

static void
make(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
pin(const char *name, unsigned int flags, struct resolve_pin *result)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(resolve_path(&view, -1, path, flags, result), 0);
}

static int
open_pin(const struct resolve_pin *result, uint64_t flags)
{
	int fd = perform_open(result, flags, 0600);

	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

/* Missing when it was judged, there when it is opened. */
static void
test_appeared(void **state)
{
	static struct resolve_pin result;

	(void)state;
	pin("late", RESOLVE_CREATE, &result);
	assert_true(result.missing);
	make("late", "late");
	assert_int_equal(open_pin(&result, O_RDWR | O_CREAT),
	    PERFORM_WALK_AGAIN);
	assert_int_equal(open_pin(&result, O_RDWR | O_CREAT | O_EXCL), EEXIST);
	assert_int_equal(open_pin(&result, O_RDWR), ENOENT);
	assert_int_equal(unlink("late"), 0);
	assert_int_equal(symlink("elsewhere", "late"), 0);
	assert_int_equal(open_pin(&result, O_RDWR | O_CREAT),
	    PERFORM_WALK_AGAIN);
	assert_int_equal(access("elsewhere", F_OK), -1);
	assert_int_equal(unlink("late"), 0);
	assert_int_equal(open_pin(&result, O_RDWR | O_CREAT), 0);
	resolve_clear(&result);
}

/* There when it was judged, another when it is opened. */
static void
test_replaced(void **state)
{
	static struct resolve_pin result;
	char text[8] = "";
	int fd;

	(void)state;
	make("judged", "judged");
	make("put", "put");
	pin("judged", 0, &result);
	assert_int_equal(rename("put", "judged"), 0);
	fd = perform_open(&result, O_RDONLY, 0);
	assert_int_not_equal(fd, -1);
	assert_int_equal(read(fd, text, 7), 6);
	assert_string_equal(text, "judged");
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	close(fd);
	resolve_clear(&result);
}

struct flagged {
	const char *name;
	unsigned int walk;
	uint64_t flags;
	int error;
};

static const struct flagged flagged[] = {
	{ "file", 0, O_RDONLY, 0 },
	{ "file", RESOLVE_CREATE, O_RDWR | O_CREAT, 0 },
	{ "file", RESOLVE_CREATE | RESOLVE_NOFOLLOW, O_RDWR | O_CREAT | O_EXCL,
	    EEXIST },
	{ "link", RESOLVE_NOFOLLOW, O_RDONLY | O_NOFOLLOW, ELOOP },
	{ "link", 0, O_RDONLY, 0 },
	{ "link", RESOLVE_CREATE | RESOLVE_NOFOLLOW, O_RDWR | O_CREAT | O_EXCL,
	    EEXIST },
	{ "dir", 0, O_RDONLY | O_DIRECTORY, 0 },
	{ "file", 0, O_RDONLY | O_DIRECTORY, ENOTDIR },
	{ "dir", RESOLVE_CREATE, O_RDWR | O_CREAT, EISDIR },
	{ "dir", RESOLVE_CREATE, O_RDONLY | O_CREAT, EISDIR },
	{ "dir", RESOLVE_CREATE, O_RDONLY | O_CREAT | O_DIRECTORY, EINVAL },
	{ "none", 0, O_RDONLY, ENOENT },
	{ "none/none", RESOLVE_CREATE, O_RDWR | O_CREAT, ENOENT },
};

static void
test_flags(void **state)
{
	static struct resolve_pin result;
	const struct flagged *one;
	size_t i, wrong = 0;
	int error;

	(void)state;
	make("file", "file");
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(mkdir("dir", 0700), 0);
	for (i = 0; i < sizeof(flagged) / sizeof(flagged[0]); i++) {
		one = &flagged[i];
		pin(one->name, one->walk, &result);
		error = open_pin(&result, one->flags);
		resolve_clear(&result);
		if (error != one->error) {
			print_error("%s, %jo: %s\n", one->name,
			    (uintmax_t)one->flags, strerror(error));
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Only in a sticky folder of all, and only for who is neither owner. */
static void
test_protected(void **state)
{
	static struct resolve_pin result;
	char level = '0';
	int fd;

	(void)state;
	fd = open("/proc/sys/fs/protected_regular", O_RDONLY);
	if (fd != -1) {
		(void)!read(fd, &level, 1);
		close(fd);
	}
	if (geteuid() != 0 || level == '0') {
		print_message("# fs.protected_regular is off here: "
			      "tests/e2e/paths.sh turns it on\n");
		skip();
	}
	assert_int_equal(mkdir("shared", 0700), 0);
	assert_int_equal(chmod("shared", 01777), 0);
	assert_int_equal(chown("shared", 4711, 4711), 0);
	make("shared/file", "file");
	assert_int_equal(chown("shared/file", 4712, 4712), 0);
	pin("shared/file", RESOLVE_CREATE, &result);
	assert_int_equal(open_pin(&result, O_RDWR | O_CREAT), EACCES);
	assert_int_equal(open_pin(&result, O_RDWR), 0);
	resolve_clear(&result);
	assert_int_equal(chown("shared/file", 4711, 4711), 0);
	pin("shared/file", RESOLVE_CREATE, &result);
	assert_int_equal(open_pin(&result, O_RDWR | O_CREAT), 0);
	resolve_clear(&result);
}

static void
test_blocks(void **state)
{
	static const struct {
		mode_t mode;
		dev_t device;
		uint64_t flags;
		bool blocks;
	} cases[] = {
		{ S_IFREG, 0, O_RDONLY, false },
		{ S_IFDIR, 0, O_RDONLY, false }, { S_IFIFO, 0, O_RDONLY, true },
		{ S_IFIFO, 0, O_RDONLY | O_NONBLOCK, false },
		{ S_IFBLK, 8 << 8, O_RDONLY, true },
		{ S_IFCHR, 1 << 8 | 3, O_RDONLY, false }, /* null */
		{ S_IFCHR, 4 << 8 | 64, O_RDONLY, true }, /* ttyS0 */
	};
	struct stat st;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&st, 0, sizeof(st));
		st.st_mode = cases[i].mode;
		st.st_rdev = cases[i].device;
		assert_int_equal(perform_may_block(&st, cases[i].flags),
		    cases[i].blocks);
	}
}

/* What a judge that lies could say of sizes. */
static void
test_too_much(void **state)
{
	static unsigned char data[PERFORM_DATA_MAX + 64];
	static struct {
		struct perform_result result;
		unsigned char behind[64];
	} room;
	static struct resolve_pin link;
	struct perform_request request = { .op = SYS_OP_QUOTA,
		.fd = -1,
		.data = data,
		.len = sizeof(data) };
	size_t i;

	(void)state;
	memset(data, 0xff, sizeof(data));
	request.numbers.plain[0] = UINT32_MAX;
	assert_int_equal(perform_call(&request, &room.result), -1);
	assert_int_equal(errno, EINVAL);
	for (i = 0; i < sizeof(room.behind); i++)
		assert_int_equal(room.behind[i], 0);

	assert_int_equal(symlink("text", "to-text"), 0);
	pin("to-text", RESOLVE_NOFOLLOW, &link);
	memset(&request, 0, sizeof(request));
	request.op = SYS_OP_READLINK;
	request.fd = -1;
	request.pin[0] = &link;
	request.numbers.size = UINT32_MAX;
	assert_int_equal(perform_call(&request, &room.result), -1);
	assert_int_equal(errno, EINVAL);
	request.numbers.size = 2;
	assert_int_equal(perform_call(&request, &room.result), 0);
	assert_int_equal(room.result.len, 2);
	resolve_clear(&link);
}

/* A file system that is a program may be given more than the kernel takes. */
static void
test_nothing_before(void **state)
{
	static struct perform_result result;
	const int version = 1;
	struct perform_request request = { .op = SYS_OP_IOCTL,
		.data = &version,
		.len = sizeof(version) };
	size_t i;

	(void)state;
	make("file", "");
	request.fd = open("file", O_RDONLY | O_CLOEXEC);
	request.numbers.plain[0] = FS_IOC_SETVERSION;
	memset(result.data, 0xff, sizeof(result.data));
	(void)perform_call(&request, &result);
	for (i = sizeof(version); i < sizeof(long); i++)
		assert_int_equal(result.data[i], 0);
	close(request.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appeared),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_protected),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_nothing_before),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: ISC */
/*
 * What stands behind the descriptors that programs mount by: whatever a
 * descriptor is, and whenever it was judged, nothing is done but with what it
 * stands for, as it was then. File systems are set up for real, so this needs
 * root.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/perform/contexts.h"
#include "../../privd/perform/perform.h"
#include "../../privd/resolve/resolve.h"

#define MOST 64

static struct perform_result result;

/* 0 or errno; the descriptor, if any, is in the result. */
static int
perform(const struct perform_request *request)
{
	return perform_call(request, &result) == -1 ? errno : 0;
}

static int
fs_open(const char *fstype)
{
	struct perform_request request = {
		.op = SYS_OP_FSOPEN,
		.fd = -1,
		.extra = -1,
		.data = fstype,
		.len = strlen(fstype) + 1,
	};

	return perform(&request);
}

static int
fs_config(int token, unsigned int version, unsigned int cmd, const char *key,
    const char *value)
{
	char data[512];
	struct perform_request request = {
		.op = SYS_OP_FSCONFIG,
		.fd = token,
		.extra = -1,
		.version = version,
		.data = data,
	};

	request.numbers.plain[0] = cmd;
	if (value != NULL) {
		request.memory.structs |= 1;
		(void)strcpy(data, value);
		request.len = strlen(value) + 1;
	}
	if (key != NULL) {
		request.memory.structs |= 2;
		(void)strcpy(data + request.len, key);
		request.len += strlen(key) + 1;
	}
	return perform(&request);
}

static int
fs_mount(int token, unsigned int version)
{
	struct perform_request request = {
		.op = SYS_OP_FSMOUNT,
		.fd = token,
		.extra = -1,
		.version = version,
	};

	return perform(&request);
}

static unsigned int
version_of(int token)
{
	static struct context_texts texts;

	assert_true(contexts_texts(token, &texts));
	return texts.version;
}

static int
opened(const char *fstype)
{
	assert_int_equal(fs_open(fstype), 0);
	assert_int_not_equal(result.fd, -1);
	return result.fd;
}

/* Options that are descriptors, or several, whatever they are called. */
static void
test_keys(void **state)
{
	static const char *const keys[] = { "rfdno", "wfdno", "rfdno=5", "fd=5",
		"ro,fd" };
	struct context_config config;
	struct perform_request request = { .op = SYS_OP_FSCONFIG,
		.fd = -1,
		.extra = -1 };
	size_t i;

	(void)state;
	request.memory.structs = 2;
	request.numbers.plain[0] = FSCONFIG_SET_FLAG;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		request.data = keys[i];
		request.len = strlen(keys[i]) + 1;
		assert_false(contexts_config(&request, &config));
	}
	request.data = "ro";
	request.len = 3;
	assert_true(contexts_config(&request, &config));
}

/* With all that was said before, and used once. */
static void
test_said(void **state)
{
	static struct context_texts texts;
	int token = opened("tmpfs"), mount;

	(void)state;
	assert_int_equal(fs_config(token, 0, FSCONFIG_SET_STRING, "source",
			     "thing"),
	    0);
	assert_int_equal(fs_config(token, 1, FSCONFIG_SET_STRING, "size",
			     "64k"),
	    0);
	assert_int_equal(fs_config(token, 2, FSCONFIG_SET_STRING, "nonsense",
			     "1"),
	    EINVAL);
	assert_int_equal(fs_config(token, 2, FSCONFIG_SET_FLAG, "ro", NULL), 0);
	assert_true(contexts_texts(token, &texts));
	assert_string_equal(texts.fstype, "tmpfs");
	assert_string_equal(texts.source, "thing");
	assert_string_equal(texts.data, "size=64k,ro");
	assert_int_equal(fs_config(token, 3, FSCONFIG_CMD_CREATE, NULL, NULL),
	    0);
	assert_int_equal(fs_mount(token, version_of(token)), 0);
	mount = result.fd;
	assert_true(contexts_texts(mount, &texts));
	assert_string_equal(texts.data, "size=64k,ro");
	assert_int_equal(fs_mount(token, version_of(token)), EINVAL);
	assert_int_equal(fs_mount(mount, version_of(mount)), EINVAL);
	assert_int_equal(openat(mount, ".", O_RDONLY), -1);
	assert_int_equal(errno, ENOTDIR);
	close(token);
	close(mount);
}

/* What was said since it was judged was not judged. */
static void
test_said_since(void **state)
{
	int token = opened("tmpfs");

	(void)state;
	assert_int_equal(fs_config(token, 0, FSCONFIG_SET_STRING, "size",
			     "64k"),
	    0);
	assert_int_equal(fs_config(token, 0, FSCONFIG_SET_STRING, "size",
			     "65k"),
	    EBUSY);
	assert_int_equal(fs_config(token, 0, FSCONFIG_CMD_CREATE, NULL, NULL),
	    EBUSY);
	assert_int_equal(fs_config(token, 1, FSCONFIG_CMD_CREATE, NULL, NULL),
	    0);
	assert_int_equal(fs_mount(token, 0), EBUSY);
	assert_int_equal(fs_mount(token, version_of(token)), 0);
	close(result.fd);
	close(token);
}

/* Descriptors that stand for nothing here. */
static void
test_strangers(void **state)
{
	static const char fstype[] = "tmpfs";
	struct perform_request noted = { .op = SYS_OP_FSOPEN,
		.fd = -1,
		.data = fstype,
		.len = sizeof(fstype) };
	static struct context_texts texts;
	int ends[2], real = fsopen("tmpfs", FSOPEN_CLOEXEC);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fs_mount(real, 0), EINVAL);
	assert_int_equal(fs_mount(ends[1], 0), EINVAL);
	assert_int_equal(fs_config(ends[1], 0, FSCONFIG_SET_FLAG, "ro", NULL),
	    EINVAL);
	assert_int_equal(fs_config(-1, 0, FSCONFIG_SET_FLAG, "ro", NULL),
	    EBADF);
	/* It is another process's. */
	contexts_note(&noted, ends[1]);
	assert_true(contexts_texts(ends[1], &texts));
	assert_string_equal(texts.fstype, "tmpfs");
	assert_int_equal(fs_config(ends[1], 0, FSCONFIG_SET_FLAG, "ro", NULL),
	    EPERM);
	assert_int_equal(fs_mount(ends[1], 0), EPERM);
	close(ends[0]);
	close(ends[1]);
	close(real);
}

/* Those that are closed make room, those that are not do not. */
static void
test_room(void **state)
{
	int tokens[MOST], i;

	(void)state;
	for (i = 0; i < 3 * MOST; i++)
		close(opened("ramfs"));
	for (i = 0; i < MOST; i++)
		tokens[i] = opened("ramfs");
	assert_int_equal(fs_open("ramfs"), EMFILE);
	assert_int_equal(result.fd, -1);
	close(tokens[7]);
	tokens[7] = opened("ramfs");
	for (i = 0; i < MOST; i++)
		close(tokens[i]);
}

/* What could not be shown to a policy is not said. */
static void
test_too_much(void **state)
{
	int token = opened("ramfs"), error = 0, i;
	char value[256];

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (i = 0; i < 32 && error == 0; i++)
		error = fs_config(token, (unsigned int)i, FSCONFIG_SET_STRING,
		    "unknown", value);
	assert_int_equal(error, EINVAL);
	assert_true(i > 14 && i < 20);
	close(token);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_said_since),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_too_much),
	};
	int token;

	if (geteuid() != 0 || unshare(CLONE_NEWNS) == -1 ||
	    (token = fsopen("tmpfs", FSOPEN_CLOEXEC)) == -1) {
		printf("1..0 # SKIP mounts need root\n");
		return 0;
	}
	close(token);
	perform_mounts_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

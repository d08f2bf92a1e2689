/* SPDX-License-Identifier: ISC */
/*
 * A hand that mounts, asked by a judge that lies: what a descriptor stands
 * for the hand knows itself, and what a call has in memory must be whole. The
 * hand is a real one, in mounts of its own, so this needs root.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hands.h"

#define UID 0x78001000

enum {
	OPENED,
	SIZED,
	CREATED,
	MOUNTED,
	MOVED,
	SOURCED,
	CHANGED,
	RULES
};

static int hand = -1;
static pid_t pid;
static int given; /* the descriptor that the last answer came with */

static void
write_policy(void)
{
	FILE *file = begin_policy();

	fprintf(file,
	    "\tnative-fsopen: fstype re \"^(tmpfs|ext4)$\" then "
	    "permit as root\n");
	fprintf(file,
	    "\tnative-fsconfig: fstype eq \"tmpfs\" and key eq "
	    "\"size\" and value eq \"64k\" then permit as root\n");
	fprintf(file,
	    "\tnative-fsconfig: cmd eq \"FSCONFIG_CMD_CREATE\" then "
	    "permit as root\n");
	fprintf(file,
	    "\tnative-fsmount: fstype eq \"tmpfs\" then permit as "
	    "root\n");
	fprintf(file,
	    "\tnative-move_mount: fstype eq \"tmpfs\" and data eq \"size=64k\" "
	    "and target eq \"%s/on\" then permit as root\n",
	    folder);
	fprintf(file,
	    "\tnative-fsconfig: fstype eq \"ext4\" and key eq \"source\" and "
	    "value eq \"%s/disk\" then permit as root\n",
	    folder);
	fprintf(file,
	    "\tnative-mount_setattr: target eq \"%s/on\" and mountflags match "
	    "\"*\" then permit as root\n",
	    folder);
	(void)fclose(file);
}

static int
set_up(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/on", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/disk", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	write_policy();
	make_plan(UID);
	assert_int_equal(plan.nhands, 1);
	hand = start_process(hand_main, 0, budget_memory_new(), &pid);
	return 0;
}

static int
tear_down(void **state)
{
	char command[PATH_MAX];

	(void)state;
	end_process(hand, pid);
	(void)snprintf(command, sizeof(command), "umount -l %s/on", folder);
	(void)!system(command);
	return clear_plan();
}

static int
open_below(const char *name)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_PATH | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	return fd;
}

static void
start_request(struct hand_request *request, const char *call, uint32_t rule)
{
	hand_request_init(request, sys_by_name(call));
	request->rule = rule;
}

/* 0 or errno. */
static int
ask(const struct hand_request *request, const int *fds, size_t nfds)
{
	static struct hand_reply reply;

	return hand_ask(hand, request, fds, nfds, &reply, &given) == -1 ?
	    errno :
	    0;
}

static int
fs_open(const char *fstype, size_t len)
{
	static struct hand_request request;

	start_request(&request, "fsopen", OPENED);
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_DATA, fstype, len),
	    0);
	return ask(&request, NULL, 0);
}

static int
opened(const char *fstype)
{
	assert_int_equal(fs_open(fstype, strlen(fstype) + 1), 0);
	assert_int_not_equal(given, -1);
	return given;
}

static int
fs_config(uint32_t rule, uint64_t cmd, const char *text, size_t len,
    const int *fds, size_t nfds)
{
	static struct hand_request request;

	start_request(&request, "fsconfig", rule);
	request.regs[1] = cmd;
	request.memory.structs = len > 0 ? 3 : 0;
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_DATA, text, len), 0);
	return ask(&request, fds, nfds);
}

#define SAID(s) s, sizeof(s)

static void
test_contexts(void **state)
{
	int fds[3], ends[2], token;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fs_open(SAID("ramfs")), EPERM);
	assert_int_equal(fs_open("tmpfs", 5), EINVAL);
	assert_int_equal(fs_open(SAID("tmpfs\0ramfs")), EINVAL);
	token = opened("tmpfs");
	fds[0] = token;
	fds[1] = ends[1];
	/* The value stands before its key. */
	assert_int_equal(fs_config(SIZED, FSCONFIG_SET_STRING,
			     SAID("65k\0size"), fds, 1),
	    EPERM);
	assert_int_equal(fs_config(SIZED, FSCONFIG_SET_STRING,
			     SAID("64k\0mode"), fds, 1),
	    EPERM);
	assert_int_equal(fs_config(SIZED, FSCONFIG_SET_STRING, SAID("64k"), fds,
			     1),
	    EINVAL);
	assert_int_equal(fs_config(SIZED, FSCONFIG_SET_STRING,
			     SAID("64k\0size"), fds, 2),
	    EINVAL);
	assert_int_equal(fs_config(SIZED, FSCONFIG_SET_STRING,
			     SAID("64k\0size"), fds, 0),
	    EINVAL);
	assert_int_equal(fs_config(SIZED, FSCONFIG_SET_STRING,
			     SAID("64k\0size"), fds + 1, 1),
	    EPERM);
	assert_int_equal(fs_config(CREATED, FSCONFIG_SET_STRING,
			     SAID("64k\0size"), fds, 1),
	    EPERM);
	assert_int_equal(fs_config(CREATED, FSCONFIG_CMD_CREATE, "", 0, fds + 1,
			     1),
	    EINVAL);
	close(ends[0]);
	close(ends[1]);
	close(token);
}

/* A source that the kernel would walk to comes as its object, or not. */
static void
test_sources(void **state)
{
	static struct hand_request request;
	int fds[2];

	(void)state;
	fds[1] = opened("ext4");
	fds[0] = open_below("on");
	assert_int_equal(fs_config(SOURCED, FSCONFIG_SET_STRING,
			     SAID("/disk\0source"), fds + 1, 1),
	    EINVAL);
	start_request(&request, "fsconfig", SOURCED);
	request.regs[1] = FSCONFIG_SET_STRING;
	request.memory.structs = 3;
	request.path[0] = HAND_PATH_OBJECT;
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_DATA,
			     SAID("disk\0source")),
	    0);
	assert_int_equal(ask(&request, fds, 2), EPERM);
	close(fds[0]);
	fds[0] = open_below("disk");
	assert_int_equal(ask(&request, fds, 2), 0);
	assert_int_equal(fs_config(CREATED, FSCONFIG_CMD_CREATE, "", 0, fds + 1,
			     1),
	    ENOTBLK);
	close(fds[0]);
	close(fds[1]);
}

static int
fs_move(int target, int token)
{
	static struct hand_request request;
	const int fds[] = { target, token };

	start_request(&request, "move_mount", MOVED);
	request.path[1] = HAND_PATH_OBJECT;
	return ask(&request, fds, 2);
}

static int
fs_mount(int token)
{
	static struct hand_request request;

	start_request(&request, "fsmount", MOUNTED);
	return ask(&request, &token, 1);
}

static int
set_attr(uint64_t set, uint64_t flags, size_t len, int target)
{
	static struct hand_request request;
	struct mount_attr attr = { .attr_set = set };

	start_request(&request, "mount_setattr", CHANGED);
	request.regs[2] = flags;
	request.path[0] = HAND_PATH_OBJECT;
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_DATA, &attr, len),
	    0);
	return ask(&request, &target, 1);
}

static void
test_moves(void **state)
{
	int on = open_below("on"), disk = open_below("disk"), token, mount, fd;

	(void)state;
	token = opened("tmpfs");
	assert_int_equal(fs_config(CREATED, FSCONFIG_CMD_CREATE, "", 0, &token,
			     1),
	    0);
	assert_int_equal(fs_mount(token), 0);
	mount = given;
	assert_int_equal(fs_move(on, mount), EPERM); /* of any size */
	close(token);
	close(mount);
	token = opened("tmpfs");
	assert_int_equal(fs_config(SIZED, FSCONFIG_SET_STRING,
			     SAID("64k\0size"), &token, 1),
	    0);
	assert_int_equal(fs_move(on, token), EINVAL); /* it is no mount */
	assert_int_equal(fs_config(CREATED, FSCONFIG_CMD_CREATE, "", 0, &token,
			     1),
	    0);
	assert_int_equal(fs_mount(token), 0);
	mount = given;
	assert_int_equal(fs_move(disk, mount), EPERM);
	assert_int_equal(fs_move(on, on), EPERM);
	assert_int_equal(fs_move(on, mount), 0);
	assert_int_equal(fs_move(on, mount), EPERM); /* it lies below now */
	fd = open_below("on");
	assert_int_equal(fs_move(fd, mount), EINVAL); /* once */
	close(token);
	close(mount);
	assert_int_equal(set_attr(MOUNT_ATTR_RDONLY, 0, 32, disk), EPERM);
	assert_int_equal(set_attr(MOUNT_ATTR_RDONLY, 0, 31, fd), EPERM);
	assert_int_equal(set_attr(MOUNT_ATTR_IDMAP, 0, 32, fd), EPERM);
	assert_int_equal(set_attr(MOUNT_ATTR_RDONLY, AT_RECURSIVE, 32, fd),
	    EPERM);
	assert_int_equal(set_attr(MOUNT_ATTR_RDONLY, 0, 32, fd), 0);
	close(fd);
	close(on);
	close(disk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contexts),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_moves),
	};
	int fd;

	if (geteuid() != 0 || unshare(CLONE_NEWNS) == -1 ||
	    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    (fd = fsopen("tmpfs", FSOPEN_CLOEXEC)) == -1) {
		printf("1..0 # SKIP mounts need root\n");
		return 0;
	}
	close(fd);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: ISC */
/*
 * Where the kernel has no memory to tell something, or is interrupted, nobody
 * takes that for an answer: a root is not another's, a name not untrue, a file
 * of ours not the program's, and a caller not gone; and no answer is taken for
 * another.
 * WRAP: statx fstatfs faccessat readlinkat ioctl fopen recvmsg
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/notify/notify.h"
#include "../../privd/resolve/ours.h"
#include "../../privd/resolve/resolve.h"
#include "../../privd/session/channel.h"
#include "../../privd/session/process.h"

static const char *fails; /* the call that does, once */
static int failure;
static int valid; /* how often it was asked for */

static bool
must_fail(const char *name)
{
	if (fails == NULL || strcmp(fails, name) != 0)
		return false;
	fails = NULL;
	errno = failure;
	return true;
}

static void
let_fail(const char *name, int error)
{
	fails = name;
	failure = error;
}

int __real_statx(int, const char *, int, unsigned int, struct statx *);
int __wrap_statx(int, const char *, int, unsigned int, struct statx *);
int
__wrap_statx(int fd, const char *path, int flags, unsigned int mask,
    struct statx *stx)
{
	return must_fail("statx") ? -1 :
				    __real_statx(fd, path, flags, mask, stx);
}

int __real_fstatfs(int, struct statfs *);
int __wrap_fstatfs(int, struct statfs *);
int
__wrap_fstatfs(int fd, struct statfs *fs)
{
	return must_fail("fstatfs") ? -1 : __real_fstatfs(fd, fs);
}

int __real_faccessat(int, const char *, int, int);
int __wrap_faccessat(int, const char *, int, int);
int
__wrap_faccessat(int fd, const char *path, int mode, int flags)
{
	return must_fail("faccessat") ? -1 :
					__real_faccessat(fd, path, mode, flags);
}

ssize_t __real_readlinkat(int, const char *, char *, size_t);
ssize_t __wrap_readlinkat(int, const char *, char *, size_t);
ssize_t
__wrap_readlinkat(int fd, const char *path, char *buf, size_t size)
{
	return must_fail("readlinkat") ? -1 :
					 __real_readlinkat(fd, path, buf, size);
}

FILE *__real_fopen(const char *, const char *);
FILE *__wrap_fopen(const char *, const char *);
FILE *
__wrap_fopen(const char *path, const char *mode)
{
	return must_fail("fopen") ? NULL : __real_fopen(path, mode);
}

int __wrap_ioctl(int, unsigned long, void *);
int
__wrap_ioctl(int fd, unsigned long request, void *argument)
{
	(void)fd;
	(void)argument;
	assert_int_equal(request, SECCOMP_IOCTL_NOTIF_ID_VALID);
	valid++;
	return must_fail("ioctl") ? -1 : 0;
}

static void
test_root(void **state)
{
	static struct reach reach = { .fetcher = -1, .listener = -1 };
	struct process_table *table;
	struct thread *thread;
	struct handle *root;
	bool fresh;

	(void)state;
	let_fail("statx", ENOMEM);
	assert_null(process_table_new(&reach));
	table = process_table_new(&reach);
	assert_non_null(table);
	thread = process_enter(table, getpid(), &fresh);
	assert_non_null(thread);
	let_fail("statx", ENOMEM);
	assert_null(process_root(table, thread, 0));
	assert_int_equal(errno, ENOMEM);
	root = process_root(table, thread, 0);
	assert_non_null(root);
	assert_true(root->own);
	process_put(&root);
	process_table_free(table);
}

static void
test_name(void **state)
{
	int fd = open("/etc", O_PATH | O_CLOEXEC);

	(void)state;
	assert_int_equal(resolve_prove(fd, "/etc"), 0);
	assert_int_equal(resolve_prove(fd, "/usr"), ESTALE);
	assert_int_equal(resolve_prove(fd, "(unreachable)"), ESTALE);
	/* On a mount of ours. */
	assert_int_equal(resolve_prove(fd, "/not-there"), 0);
	let_fail("statx", ENOMEM);
	assert_int_equal(resolve_prove(fd, "/etc"), ENOMEM);
	let_fail("fopen", EMFILE);
	assert_int_equal(resolve_prove(fd, "/not-there"), EMFILE);
	close(fd);
}

/* What cannot be found out is neither there nor missing. */
static void
test_entry(void **state)
{
	int fd = open("/etc", O_PATH | O_CLOEXEC);
	bool missing = false;

	(void)state;
	assert_int_equal(resolve_look_for(fd, "not-there", &missing), 0);
	assert_true(missing);
	assert_int_equal(resolve_look_for(fd, "passwd", &missing), 0);
	assert_false(missing);
	let_fail("statx", ENOMEM);
	assert_int_equal(resolve_look_for(fd, "not-there", &missing), ENOMEM);
	assert_false(missing);
	close(fd);
}

static void
test_ours(void **state)
{
	static const char *const calls[] = { "fstatfs", "faccessat",
		"readlinkat" };
	int root = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int own = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int other = open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	size_t i;

	(void)state;
	assert_int_equal(fstat(own, &st), 0);
	assert_true(ours_is_within(own, &st));
	assert_true(ours_is_entry(root, "self") == false);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		let_fail(calls[i], ENOMEM);
		assert_true(ours_is_within(own, &st));
		fails = NULL;
	}
	assert_int_equal(fstat(other, &st), 0);
	assert_false(ours_is_within(other, &st));
	let_fail("faccessat", ENOMEM);
	assert_true(ours_is_entry(root, "1"));
	assert_false(ours_is_entry(root, "1"));
	close(root);
	close(own);
	close(other);
}

static void
test_caller(void **state)
{
	(void)state;
	let_fail("ioctl", EINTR);
	assert_true(notify_valid(-1, 1));
	assert_int_equal(valid, 2);
	let_fail("ioctl", ENOENT);
	assert_false(notify_valid(-1, 1));
	assert_int_equal(valid, 3);
}

ssize_t __real_recvmsg(int, struct msghdr *, int);
ssize_t __wrap_recvmsg(int, struct msghdr *, int);
ssize_t
__wrap_recvmsg(int fd, struct msghdr *msg, int flags)
{
	return must_fail("recvmsg") ? -1 : __real_recvmsg(fd, msg, flags);
}

/* What comes of who asks when that fails: its wait status. */
static int
asks(int channel, int error)
{
	int fds[CHANNEL_FDS_MAX], status;
	size_t nfds;
	char byte;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		let_fail("recvmsg", error);
		(void)channel_answer(channel, &byte, 1, fds, &nfds);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
test_answer(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(channel_pair(fds), 0);
	assert_int_equal(channel_send(fds[1], "x", 1, NULL, 0), 0);
	assert_int_equal(asks(fds[0], ENOMEM), W_EXITCODE(1, 0));
	assert_int_equal(asks(fds[0], EAGAIN), W_EXITCODE(1, 0));
	assert_int_equal(asks(fds[0], ECONNRESET), 0);
	assert_int_equal(asks(fds[0], EINTR), 0);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_caller),
		cmocka_unit_test(test_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

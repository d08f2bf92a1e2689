/* SPDX-License-Identifier: ISC */
/*
 * What is taken of a program's memory, and what is refused before anything else
 * is done with it: arguments of options, structures, messages, words, of both
 * kinds of programs. The memory is ours, at a place that 32-bit programs have.
 *
 * WRAP: process_memory process_maps reach_take judge_leave judge_return
 * WRAP: notify_valid call_put calloc malloc reallocarray strdup
 */
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/xattr.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/reboot.h>
#include <linux/seccomp.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/compat.h"
#include "../../privd/notify/notify.h"
#include "../../privd/session/call.h"
#include "../../privd/session/judge.h"
#include "../../privd/session/message.h"
#include "../../privd/session/words.h"
#include "../lib/own_call.h"
#include "memory.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define BASE UINT64_C(0x10000000)
#define SIZE ((size_t)1 << 20)
#define NOWHERE (BASE + SIZE) /* behind all of it */
#define ATTRIBUTE (BASE + 0x8000)

int __wrap_reach_take(struct reach *, uint64_t, pid_t, pid_t, int);
bool __wrap_notify_valid(int, uint64_t);
int __wrap_call_put(struct judge *, struct call *, uint64_t, const void *,
    size_t);

static struct session_plan plan = { .uses_argv = true, .uses_envp = true };
static struct judge judge = { .plan = &plan };
static struct call call;
static int own; /* the socket that a program's descriptor is */
static bool waits = true;
static uint32_t put; /* what was written to the program */

int
__wrap_reach_take(struct reach *reach, uint64_t id, pid_t tid, pid_t tgid,
    int number)
{
	(void)reach;
	(void)id;
	(void)tid;
	(void)tgid;
	(void)number;
	return fcntl(own, F_DUPFD_CLOEXEC, 3);
}

bool
__wrap_notify_valid(int listener, uint64_t id)
{
	(void)listener;
	(void)id;
	return waits;
}

int
__wrap_call_put(struct judge *one, struct call *of, uint64_t addr,
    const void *bytes, size_t len)
{
	(void)one;
	(void)of;
	(void)addr;
	memcpy(&put, bytes, len < sizeof(put) ? len : sizeof(put));
	return 0;
}

/* --- */

static uint8_t *
at(uint64_t addr)
{
	return (uint8_t *)(uintptr_t)addr;
}

static void
put_words(uint64_t addr, size_t n, ...)
{
	uint32_t word;
	va_list ap;
	size_t i;

	va_start(ap, n);
	for (i = 0; i < n; i++) {
		word = va_arg(ap, uint32_t);
		memcpy(at(addr + i * sizeof(word)), &word, sizeof(word));
	}
	va_end(ap);
}

static void
put_longs(uint64_t addr, size_t n, ...)
{
	uint64_t value;
	va_list ap;
	size_t i;

	va_start(ap, n);
	for (i = 0; i < n; i++) {
		value = va_arg(ap, uint64_t);
		memcpy(at(addr + i * sizeof(value)), &value, sizeof(value));
	}
	va_end(ap);
}

/* A call of that name; its error, with what was taken of it in call. */
static int
take(enum sys_machine machine, const char *name, const uint64_t args[SYS_REGS])
{
	struct seccomp_data data = { .arch = NOTIFY_ARCH };
	int error;

	own_call_clear(&call);
	own_call_begin(&judge, &call);
	if (machine == SYS_I386)
		data.arch = AUDIT_ARCH_I386;
	data.nr = sys_number(sys_by_name(name), machine);
	memcpy(data.args, args, sizeof(data.args));
	error = call_take_number(&call, &data);
	if (error == 0)
		error = call_copy_arguments(&judge, &call);
	if (error == 0)
		error = call_copy_all(&judge, &call);
	if (error != 0)
		return error;
	call.base = sys_base(call.row, call.regs, call.empty[0]);
	return call.row->op == SYS_OP_SEND ? message_take_late(&judge, &call) :
					     call_take_late(&judge, &call);
}

#define TAKE(machine, name, ...) \
	take(machine, name, (const uint64_t[SYS_REGS]){ __VA_ARGS__ })

static int
set_up(void **state)
{
	(void)state;
	own_call_begin(&judge, &call);
	own = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return !own_memory_open() || own == -1 ||
		mmap(at(BASE), SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		    0) != at(BASE) ?
	    -1 :
	    0;
}

static int
tear_down(void **state)
{
	(void)state;
	own_call_clear(&call);
	close(memory.fd);
	close(maps.fd);
	close(own);
	return munmap(at(BASE), SIZE);
}

struct expected {
	const char *what;
	enum sys_machine machine;
	const char *name;
	uint64_t args[SYS_REGS];
	int error;
};

static void
run(const struct expected *cases, size_t n)
{
	size_t i, wrong = 0;
	int error;

	for (i = 0; i < n; i++) {
		if (cases[i].machine == SYS_I386 && !SYS_HAS_I386)
			continue;
		error = take(cases[i].machine, cases[i].name, cases[i].args);
		if (error == cases[i].error)
			continue;
		print_error("%s: %s: %s, not %s\n", cases[i].name,
		    cases[i].what, strerrorname_np(error),
		    strerrorname_np(cases[i].error));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Memory that goes away while it is read, as files end, is not taken at all. */
static void
test_ending(void **state)
{
	int fd = memfd_create("ending", MFD_CLOEXEC);
	char buf[32];

	(void)state;
	assert_int_equal(write(fd, "ten bytes.", 10), 10);
	assert_int_equal(notify_read(fd, 0, buf, 10), 0);
	assert_int_equal(notify_read(fd, 0, buf, 20), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(notify_read_string(fd, 0, buf, 20), -1);
	assert_int_equal(errno, EFAULT);
	assert_int_equal(notify_read(fd, 10, buf, 1), -1);
	assert_int_equal(errno, ESRCH);
	close(fd);
}

/* --- numbers, and structures that say how long they are */

static void
test_numbers(void **state)
{
	static const struct expected cases[] = {
		{ "a folder", SYS_NATIVE, "mknod", { BASE, S_IFDIR | 0700 },
		    EPERM },
		{ "no kind", SYS_NATIVE, "mknod", { BASE, S_IFMT }, EINVAL },
		{ "a fifo", SYS_NATIVE, "mknod", { BASE, S_IFIFO }, 0 },
		{ "exchange, and not replace", SYS_NATIVE, "renameat2",
		    { 3, BASE, 3, BASE, 3 }, EINVAL },
		{ "an empty text", SYS_NATIVE, "symlink", { BASE + 64, BASE },
		    ENOENT },
		{ "no attributes", SYS_NATIVE, "sched_setattr", { 0, 0 },
		    EINVAL },
		{ "attributes of 7 bytes", SYS_NATIVE, "sched_setattr",
		    { 0, ATTRIBUTE }, E2BIG },
		{ "no information", SYS_NATIVE, "rt_sigqueueinfo", { 1, 2, 0 },
		    EFAULT },
		{ "no path, of the working folder", SYS_NATIVE, "utimensat",
		    { (uint64_t)AT_FDCWD, 0, 0, 0 }, EFAULT },
		{ "no path, and flags", SYS_NATIVE, "utimensat",
		    { 3, 0, 0, AT_SYMLINK_NOFOLLOW }, EINVAL },
		{ "no path to mark", SYS_NATIVE, "fanotify_mark",
		    { 3, 1, 1, (uint64_t)AT_FDCWD, 0 }, EBADF },
	};

	(void)state;
	memset(at(BASE), 0, SIZE);
	(void)strcpy((char *)at(BASE), "/path");
	put_words(ATTRIBUTE, 1, 7);
	put = 0;
	run(cases, NELEMS(cases));
	assert_int_equal(put, 56); /* SCHED_ATTR_SIZE_VER1 */
}

static void
test_how(void **state)
{
	static const struct {
		uint64_t flags, mode, resolve;
		int error;
	} cases[] = {
		{ O_RDONLY, 0, 0, 0 },
		{ O_RDONLY, 0600, 0, EINVAL },
		{ O_RDONLY, 0, UINT64_C(1) << 40, EINVAL },
		{ O_RDONLY, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT, EINVAL },
		{ O_PATH | O_RDWR, 0, 0, EINVAL },
		{ O_TMPFILE, 0600, 0, EINVAL },
		{ O_RDONLY, 0, 0x20 /* RESOLVE_CACHED */, EAGAIN },
	};
	size_t i;

	(void)state;
	memset(at(BASE), 0, SIZE);
	(void)strcpy((char *)at(BASE), "/path");
	for (i = 0; i < NELEMS(cases); i++) {
		put_longs(ATTRIBUTE, 3, cases[i].flags, cases[i].mode,
		    cases[i].resolve);
		assert_int_equal(TAKE(SYS_NATIVE, "openat2", 3, BASE, ATTRIBUTE,
				     24),
		    cases[i].error);
	}
	assert_int_equal(TAKE(SYS_NATIVE, "openat2", 3, BASE, ATTRIBUTE, 23),
	    EINVAL);
	assert_int_equal(TAKE(SYS_NATIVE, "openat2", 3, BASE, ATTRIBUTE, 5000),
	    E2BIG);
}

static void
test_attributes(void **state)
{
	struct compat_xattr_args args = { .value = ATTRIBUTE, .size = 5 };
	const uint64_t name = BASE + 64, where = BASE + 128;

	(void)state;
	memset(at(BASE), 0, SIZE);
	(void)strcpy((char *)at(BASE), "/path");
	(void)strcpy((char *)at(name), "user.name");
	(void)strcpy((char *)at(ATTRIBUTE), "value");
	memcpy(at(where), &args, sizeof(args));
	assert_int_equal(TAKE(SYS_NATIVE, "setxattrat", 3, BASE, 0, name, where,
			     sizeof(args)),
	    0);
	assert_int_equal(call.ask.len, 5);
	assert_memory_equal(call.ask.data, "value", 5);
	assert_int_equal(TAKE(SYS_NATIVE, "getxattrat", 3, BASE, 0, name, where,
			     sizeof(args)),
	    0);
	assert_int_equal(call.out, ATTRIBUTE);
	args.flags = XATTR_CREATE;
	memcpy(at(where), &args, sizeof(args));
	assert_int_equal(TAKE(SYS_NATIVE, "getxattrat", 3, BASE, 0, name, where,
			     sizeof(args)),
	    EINVAL);
	assert_int_equal(TAKE(SYS_NATIVE, "setxattrat", 3, BASE, 0, name, where,
			     sizeof(args) - 1),
	    EINVAL);
	args.flags = 0;
	args.size = XATTR_SIZE_MAX + 1;
	memcpy(at(where), &args, sizeof(args));
	assert_int_equal(TAKE(SYS_NATIVE, "setxattrat", 3, BASE, 0, name, where,
			     sizeof(args)),
	    E2BIG);
}

/* --- structures of 32-bit programs */

static void
test_limits_32(void **state)
{
	uint64_t limits[2];

	(void)state;
	if (!SYS_HAS_I386)
		skip();
	put_words(BASE, 2, 5, UINT32_MAX);
	assert_int_equal(TAKE(SYS_I386, "setrlimit", 7, BASE), 0);
	assert_int_equal(call.ask.len, sizeof(limits));
	memcpy(limits, call.ask.data, sizeof(limits));
	assert_int_equal(limits[0], 5);
	assert_int_equal(limits[1], UINT64_MAX);
	assert_int_equal(TAKE(SYS_I386, "setrlimit", 7, NOWHERE), EFAULT);
}

static void
test_times_32(void **state)
{
	struct timespec ts;

	(void)state;
	if (!SYS_HAS_I386)
		skip();
	put_words(BASE, 2, 5, 6);
	assert_int_equal(TAKE(SYS_I386, "clock_settime", 0, BASE), 0);
	memcpy(&ts, call.ask.data, sizeof(ts));
	assert_int_equal(ts.tv_sec, 5);
	assert_int_equal(ts.tv_nsec, 6);
	assert_int_equal(TAKE(SYS_I386, "settimeofday", BASE, 0), 0);
	memcpy(&ts, call.ask.data, sizeof(ts));
	assert_int_equal(ts.tv_sec, 5);
	(void)strcpy((char *)at(BASE + 64), "/path");
	assert_int_equal(TAKE(SYS_I386, "utime", BASE + 64, BASE), 0);
	assert_int_equal(call.ask.memory.times[0].tv_sec, 5);
	assert_int_equal(call.ask.memory.times[1].tv_sec, 6);
}

static void
test_signals_32(void **state)
{
	siginfo_t info;

	(void)state;
	if (!SYS_HAS_I386)
		skip();
	memset(at(BASE), 0, 128);
	/* signo, errno, code, pid, uid, value */
	put_words(BASE, 6, 10, 0, (uint32_t)SI_QUEUE, 77, 88, 99);
	assert_int_equal(TAKE(SYS_I386, "rt_sigqueueinfo", 1, 10, BASE), 0);
	memcpy(&info, call.ask.data, sizeof(info));
	assert_int_equal(info.si_signo, 10);
	assert_int_equal(info.si_code, SI_QUEUE);
	assert_int_equal(info.si_pid, 77);
	assert_int_equal(info.si_uid, 88);
	assert_int_equal(info.si_value.sival_int, 99);
}

static void
test_restart(void **state)
{
	(void)state;
	memset(at(BASE), 'x', 300);
	assert_int_equal(TAKE(SYS_NATIVE, "reboot", LINUX_REBOOT_MAGIC1,
			     LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART2,
			     BASE),
	    0);
	assert_int_equal(call.ask.len, 256);
	assert_int_equal(TAKE(SYS_NATIVE, "reboot", LINUX_REBOOT_MAGIC1,
			     LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART2,
			     NOWHERE),
	    EFAULT);
}

/* --- options of sockets */

static void
test_options(void **state)
{
	static const struct expected cases[] = {
		{ "a program of 3 bytes", SYS_NATIVE, "setsockopt",
		    { 3, SOL_SOCKET, SO_ATTACH_FILTER, BASE, 3 }, EINVAL },
		{ "a program without instructions", SYS_NATIVE, "setsockopt",
		    { 3, SOL_SOCKET, SO_ATTACH_FILTER, BASE + 64, 16 },
		    EINVAL },
		{ "less than nothing", SYS_NATIVE, "setsockopt",
		    { 3, SOL_SOCKET, SO_SNDBUF, BASE, UINT32_MAX }, EINVAL },
		{ "more than fits", SYS_NATIVE, "setsockopt",
		    { 3, SOL_SOCKET, SO_SNDBUF, BASE, PERFORM_DATA_MAX + 1 },
		    E2BIG },
		{ "room of less than nothing", SYS_NATIVE, "getsockopt",
		    { 3, SOL_SOCKET, SO_SNDBUF, BASE, BASE + 32 }, EINVAL },
		{ "a time of 4 bytes", SYS_I386, "setsockopt",
		    { 3, SOL_SOCKET, SO_RCVTIMEO, BASE, 4 }, EINVAL },
		{ "a time that is asked for", SYS_I386, "getsockopt",
		    { 3, SOL_SOCKET, SO_RCVTIMEO, BASE, BASE + 32 }, EPERM },
		{ "a group", SYS_I386, "setsockopt",
		    { 3, IPPROTO_IP, MCAST_JOIN_GROUP, BASE, 132 }, EPERM },
		{ "a program of 7 bytes", SYS_I386, "setsockopt",
		    { 3, SOL_SOCKET, SO_ATTACH_FILTER, BASE, 7 }, EINVAL },
		{ "a program of no instruction", SYS_I386, "setsockopt",
		    { 3, SOL_SOCKET, SO_ATTACH_FILTER, BASE + 64, 8 }, EINVAL },
		{ "one that is nowhere", SYS_I386, "setsockopt",
		    { 3, SOL_SOCKET, SO_ATTACH_FILTER, NOWHERE, 8 }, EFAULT },
		{ "one with its instructions nowhere", SYS_I386, "setsockopt",
		    { 3, SOL_SOCKET, SO_ATTACH_FILTER, BASE + 80, 8 }, EFAULT },
	};
	struct timeval limit;

	(void)state;
	memset(at(BASE), 0, SIZE);
	put_words(BASE + 32, 1, UINT32_MAX);
	put_words(BASE + 80, 2, 2, (uint32_t)NOWHERE);
	run(cases, NELEMS(cases));
	if (!SYS_HAS_I386)
		return;
	put_words(BASE, 2, 3, 4);
	assert_int_equal(TAKE(SYS_I386, "setsockopt", 3, SOL_SOCKET,
			     SO_RCVTIMEO, BASE, 8),
	    0);
	assert_int_equal(call.ask.len, sizeof(limit));
	memcpy(&limit, call.ask.data, sizeof(limit));
	assert_int_equal(limit.tv_sec, 3);
	assert_int_equal(limit.tv_usec, 4);
	put_words(BASE, 2, 2, (uint32_t)ATTRIBUTE);
	memset(at(ATTRIBUTE), 7, 2 * sizeof(struct sock_filter));
	assert_int_equal(TAKE(SYS_I386, "setsockopt", 3, SOL_SOCKET,
			     SO_ATTACH_FILTER, BASE, 8),
	    0);
	assert_int_equal(call.ask.len, 2 * sizeof(struct sock_filter));
	assert_memory_equal(call.ask.data, at(ATTRIBUTE), call.ask.len);
}

/* Who is gone when it was taken has not asked for it. */
static void
test_gone(void **state)
{
	(void)state;
	memset(at(BASE), 0, 64);
	waits = false;
	assert_int_equal(TAKE(SYS_NATIVE, "setsockopt", 3, SOL_SOCKET,
			     SO_SNDBUF, BASE, 4),
	    ESRCH);
	assert_int_equal(TAKE(SYS_NATIVE, "sendto", 3, BASE, 1, 0, 0, 0),
	    ESRCH);
	waits = true;
}

/* --- messages */

#define HEADER BASE
#define PARTS (BASE + 0x100)
#define CONTROL (BASE + 0x200)
#define DATA (BASE + 0x1000)

/* A header of either kind: with so many parts, and so much control data. */
static int
send_message(enum sys_machine machine, uint64_t nparts, uint64_t len)
{
	if (machine == SYS_I386)
		put_words(HEADER, 7, 0, 0, (uint32_t)PARTS, (uint32_t)nparts,
		    (uint32_t)CONTROL, (uint32_t)len, 0);
	else
		put_longs(HEADER, 7, UINT64_C(0), UINT64_C(0), PARTS, nparts,
		    CONTROL, len, UINT64_C(0));
	return TAKE(machine, "sendmsg", 3, HEADER, 0);
}

static void
test_messages(void **state)
{
	(void)state;
	memset(at(BASE), 0, SIZE);
	memcpy(at(DATA), "words", 5);
	put_longs(PARTS, 2, DATA, UINT64_C(5));
	assert_int_equal(send_message(SYS_NATIVE, 1, 0), 0);
	assert_int_equal(call.message->len, 5);
	assert_memory_equal(call.message->data, "words", 5);
	put_longs(PARTS, 2, UINT64_MAX - 5, UINT64_C(5));
	assert_int_equal(send_message(SYS_NATIVE, 1, 0), EFAULT);
	put_longs(PARTS, 2, DATA, UINT64_MAX);
	assert_int_equal(send_message(SYS_NATIVE, 1, 0), EINVAL);
	assert_int_equal(send_message(SYS_NATIVE, MESSAGE_PARTS_MAX + 1, 0),
	    EMSGSIZE);
	assert_int_equal(send_message(SYS_NATIVE, 0, PERFORM_CONTROL_MAX + 1),
	    ENOBUFS);
	assert_int_equal(TAKE(SYS_NATIVE, "sendto", 3, UINT64_MAX - 5, 5, 0,
			     BASE + 0x900, 0),
	    EFAULT);
}

/* The parts may be more than a message takes of them: it ends with what it
   takes. */
static void
test_messages_cut(void **state)
{
	int fd, kept;

	(void)state;
	memset(at(BASE), 0, SIZE);
	memcpy(at(DATA), "words and more", 14);
	put_longs(PARTS, 4, DATA, UINT64_C(5), DATA + 5, UINT64_C(9));
	assert_int_equal(send_message(SYS_NATIVE, 2, 0), 0);
	assert_int_equal(call.message->len, 14);
	assert_int_equal(call.message->left, 0);
	fd = memfd_create("memory", MFD_CLOEXEC);
	assert_int_equal(pwrite(fd, "words and more", 14, DATA), 14);
	kept = call.message->memory;
	call.message->memory = fd;
	call.message->part = 0;
	call.message->within = 0;
	call.message->left = 7;
	(void)alarm(10);
	assert_int_equal(message_refill(call.message), 0);
	(void)alarm(0);
	assert_int_equal(call.message->len, 7);
	assert_int_equal(call.message->left, 0);
	assert_memory_equal(call.message->data, "words a", 7);
	call.message->memory = kept;
	close(fd);
}

/* Of each allocation that fails. */
static void
test_messages_starved(void **state)
{
	static const struct {
		enum sys_machine machine;
		int nth;
		int error;
	} cases[] = {
		{ SYS_NATIVE, 0, ENOMEM },  /* itself */
		{ SYS_NATIVE, 1, ENOMEM },  /* its parts */
		{ SYS_NATIVE, 2, ENOBUFS }, /* control data */
		{ SYS_NATIVE, 3, ENOBUFS }, /* data */
		{ SYS_I386, 2, ENOMEM },    /* parts as they are there */
		{ SYS_I386, 3, ENOBUFS },   /* control data as it is there */
		{ SYS_I386, 4, ENOBUFS },
	};
	size_t i;

	(void)state;
	memset(at(BASE), 0, SIZE);
	for (i = 0; i < NELEMS(cases); i++) {
		if (cases[i].machine == SYS_I386 && !SYS_HAS_I386)
			continue;
		if (cases[i].machine == SYS_I386) {
			put_words(PARTS, 2, (uint32_t)DATA, 5);
			put_words(CONTROL, 3, 12, SOL_SOCKET, 99);
		} else {
			put_longs(PARTS, 2, DATA, UINT64_C(5));
			put_longs(CONTROL, 2, UINT64_C(16),
			    (uint64_t)SOL_SOCKET | UINT64_C(99) << 32);
		}
		failing = cases[i].nth;
		assert_int_equal(send_message(cases[i].machine, 1,
				     cases[i].machine == SYS_I386 ? 12 : 16),
		    cases[i].error);
		assert_int_equal(failing, -1);
	}
	failing = 1;
	assert_int_equal(TAKE(SYS_NATIVE, "sendto", 3, DATA, 5, 0, BASE + 0x900,
			     0),
	    ENOMEM);
	failing = -1;
}

static void
test_control_32(void **state)
{
	(void)state;
	if (!SYS_HAS_I386)
		skip();
	memset(at(BASE), 0, SIZE);
	put_words(PARTS, 2, (uint32_t)DATA, 5);
	/* One header, with two descriptors; then one, without a whole word. */
	put_words(CONTROL, 5, 20, SOL_SOCKET, SCM_RIGHTS, 3, 4);
	assert_int_equal(send_message(SYS_I386, 1, 20), 0);
	assert_int_equal(call.message->nrights, 2);
	assert_int_equal(call.message->control_len, CMSG_SPACE(8));
	put_words(CONTROL, 4, 16, SOL_SOCKET, SCM_RIGHTS, 3);
	put_words(CONTROL + 16, 4, 16, SOL_SOCKET, SCM_RIGHTS, 4);
	assert_int_equal(send_message(SYS_I386, 1, 32), 0);
	assert_int_equal(call.message->nrights, 2);
	/* What is no whole header is refused, as one that is longer than what
	   is left. */
	assert_int_equal(send_message(SYS_I386, 1, 33), EINVAL);
	assert_int_equal(send_message(SYS_I386, 1, 43), EINVAL);
	put_words(CONTROL, 1, 11);
	assert_int_equal(send_message(SYS_I386, 1, 20), EINVAL);
	put_words(CONTROL, 1, 21);
	assert_int_equal(send_message(SYS_I386, 1, 20), EINVAL);
	assert_int_equal(send_message(SYS_I386, 1, 8), EINVAL);
	put_words(PARTS, 2, (uint32_t)DATA, UINT32_MAX);
	assert_int_equal(send_message(SYS_I386, 1, 0), EINVAL);
	put_words(PARTS, 2, (uint32_t)DATA, 5);
	/* It is more here than it was there. */
	memset(at(CONTROL), 0, PERFORM_CONTROL_MAX);
	for (size_t i = 0; i + 12 <= PERFORM_CONTROL_MAX; i += 12)
		put_words(CONTROL + i, 3, 12, 1000, 0);
	assert_int_equal(send_message(SYS_I386, 0,
			     PERFORM_CONTROL_MAX / 12 * 12),
	    ENOBUFS);
}

/* More than one message carries. */
static void
test_rights(void **state)
{
	struct cmsghdr header = { .cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS };
	size_t n = MESSAGE_RIGHTS_MAX / 2 + 1, size = CMSG_SPACE(4 * n), i;

	(void)state;
	memset(at(BASE), 0, SIZE);
	header.cmsg_len = CMSG_LEN(4 * n);
	for (i = 0; i < 2; i++)
		memcpy(at(CONTROL + i * size), &header, sizeof(header));
	assert_int_equal(send_message(SYS_NATIVE, 0, size), 0);
	assert_int_equal(call.message->nrights, n);
	assert_int_equal(send_message(SYS_NATIVE, 0, 2 * size), EINVAL);
}

/* --- words */

static int
take_argv(uint64_t argv)
{
	own_call_clear(&call);
	own_call_begin(&judge, &call);
	call.row = sys_by_name("execve");
	call.regs[1] = argv;
	return words_take(&judge, &call);
}

static void
test_words(void **state)
{
	const uint64_t list = BASE + 0x40000, text = BASE;
	size_t i;

	(void)state;
	memset(at(BASE), 0, SIZE);
	(void)strcpy((char *)at(text), "one");
	put_longs(list, 3, text, text, UINT64_C(0));
	assert_int_equal(take_argv(list), 0);
	assert_string_equal(call.request.values[0].value, "one one");
	/* Nothing is cut: neither one word, nor two, nor too many. */
	memset(at(text), 'x', 131072);
	assert_int_equal(take_argv(list), E2BIG);
	*at(text + 131071) = '\0';
	assert_int_equal(take_argv(list), E2BIG);
	*at(text) = '\0';
	for (i = 0; i <= 4096; i++)
		put_longs(list + 8 * i, 1, text);
	assert_int_equal(take_argv(list), E2BIG);
	put_longs(list + 8 * 4096, 1, UINT64_C(0));
	assert_int_equal(take_argv(list), 0);
	failing = 0;
	assert_int_equal(take_argv(list), ENOMEM);
	own_call_clear(&call);
	own_call_begin(&judge, &call);
	call.row = sys_by_name("getpid");
	assert_int_equal(words_take(&judge, &call), EINVAL);
}

/* What is kept of them until the image has begun. */
static void
test_words_kept(void **state)
{
	const struct words_head head = { .keeps_first = true };
	struct exec_watch *watch;

	(void)state;
	memset(at(BASE), 0, 64);
	(void)strcpy((char *)at(BASE), "one");
	put_longs(BASE + 64, 2, BASE, UINT64_C(0));
	assert_int_equal(take_argv(BASE + 64), 0);
	failing = 0;
	assert_int_equal(words_keep(&call, &head), ENOMEM);
	assert_int_equal(words_keep(&call, &head), 0);
	watch = &call.process->exec;
	assert_int_equal(watch->argv.len, 4);
	assert_memory_equal(watch->argv.bytes, "one", 4);
	free(watch->argv.bytes);
	free(watch->envp.bytes);
	memset(watch, 0, sizeof(*watch));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ending),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_how),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_limits_32),
		cmocka_unit_test(test_times_32),
		cmocka_unit_test(test_signals_32),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_messages_cut),
		cmocka_unit_test(test_messages_starved),
		cmocka_unit_test(test_control_32),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_kept),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

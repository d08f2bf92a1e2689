/* SPDX-License-Identifier: ISC */
/*
 * Calls of 32-bit programs: registers, the calls behind one number, and what
 * is otherwise in memory. That the kernel has it so tests/e2e/linux32.sh asks.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../privd/syscalls/syscalls.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define NONE UINT64_C(0xffffffff) /* an id that is none */

static const struct sys_call *
row_of(const char *name)
{
	const struct sys_call *call;
	int n;

	for (n = 0; n < sys_number_end(SYS_I386); n++) {
		call = sys_by_number(SYS_I386, n);
		if (call != NULL && strcmp(call->name, name) == 0)
			return call;
	}
	fail_msg("i386 has no call %s", name);
	return NULL;
}

static void
test_registers(void **state)
{
	static const struct {
		const char *name;
		uint64_t raw[SYS_REGS];
		uint64_t regs[SYS_REGS];
	} cases[] = {
		{ "open", { 1, 2, 3, 4, 5, 6 }, { 1, 2, 3, 4, 5, 6 } },
		/* what no 32-bit register can hold is cut */
		{ "open", { UINT64_MAX, 1ULL << 32 | 7 }, { NONE, 7 } },
		{ "chown", { 9, 0xffff, 0xffff }, { 9, NONE, NONE } },
		{ "chown", { 9, 0x10000, 0x1ffff }, { 9, 0, NONE } },
		{ "chown", { 9, 0xfffe, NONE }, { 9, 0xfffe, NONE } },
		{ "chown32", { 9, 0xffff, NONE }, { 9, 0xffff, NONE } },
		{ "lchown", { 9, 0x20001, 2 }, { 9, 1, 2 } },
		{ "fchown", { 3, 0xffff, 1 }, { 3, NONE, 1 } },
		{ "setuid", { 0x10000 }, { 0 } },
		{ "setuid32", { 0x10000 }, { 0x10000 } },
		{ "setresuid", { 0xffff, 0x10001, 5 }, { NONE, 1, 5 } },
		{ "setregid", { 0xffff, 7 }, { NONE, 7 } },
		{ "truncate", { 1, 5 }, { 1, 5 } },
		{ "truncate", { 1, NONE }, { 1, UINT64_MAX } },
		{ "truncate", { 1, 0x80000000 }, { 1, 0xffffffff80000000 } },
		{ "ftruncate", { 1, NONE }, { 1, UINT64_MAX } },
		{ "truncate64", { 1, 2, 3 }, { 1, 0x300000002 } },
		{ "truncate64", { 1, NONE, NONE }, { 1, UINT64_MAX } },
		{ "ftruncate64", { 4, 0, 1 }, { 4, 0x100000000 } },
		{ "fallocate", { 3, 1, 2, 3, 4, 5 },
		    { 3, 1, 0x300000002, 0x500000004 } },
		{ "fanotify_mark", { 3, 1, 2, 4, NONE, 8 },
		    { 3, 1, 0x400000002, NONE, 8 } },
	};
	uint64_t regs[SYS_REGS];
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		sys_i386_registers(row_of(cases[i].name), cases[i].raw, regs);
		for (k = 0; k < SYS_REGS; k++)
			if (regs[k] != cases[i].regs[k])
				fail_msg("%s (row %zu): register %zu is %llx",
				    cases[i].name, i, k,
				    (unsigned long long)regs[k]);
	}
	assert_true(sys_i386_differs(row_of("chown")));
	assert_false(sys_i386_differs(row_of("chown32")));
	assert_false(sys_i386_differs(row_of("open")));
}

static void
test_behind(void **state)
{
	static const struct {
		const char *call;
		uint64_t first;
		const char *name; /* NULL: none */
		unsigned int nargs;
	} cases[] = {
		{ "socketcall", 0, NULL, 0 },
		{ "socketcall", 1, "socket", 3 },
		{ "socketcall", 3, "connect", 3 },
		{ "socketcall", 9, "sendto", 4 },
		{ "socketcall", 11, "sendto", 6 },
		{ "socketcall", 14, "setsockopt", 5 },
		{ "socketcall", 18, "accept4", 4 },
		{ "socketcall", 20, "sendmmsg", 4 },
		{ "socketcall", 21, NULL, 0 },
		{ "socketcall", 0x10001, NULL, 0 },
		{ "ipc", 0, NULL, 0 },
		{ "ipc", 1, "semop", 0 },
		{ "ipc", 0x10001, "semop", 0 }, /* a version */
		{ "ipc", 5, NULL, 0 },
		{ "ipc", 21, "shmat", 0 },
		{ "ipc", 25, NULL, 0 },
		{ "mmap", 12345, "mmap", 6 },
		{ "mmap2", 1, NULL, 0 },
		{ "open", 1, NULL, 0 },
	};
	uint64_t regs[SYS_REGS] = { 0 };
	struct sys_behind behind;
	const struct sys_call *folds[SYS_FOLDS_MAX];
	uint32_t mask;
	size_t i;
	int error;
	bool is;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		regs[0] = cases[i].first;
		is = sys_i386_called(row_of(cases[i].call), regs, &behind);
		if (is != (cases[i].name != NULL) ||
		    (is && strcmp(behind.row->name, cases[i].name) != 0) ||
		    (is && behind.nargs != cases[i].nargs))
			fail_msg("%s %llu", cases[i].call,
			    (unsigned long long)cases[i].first);
	}
	assert_true(sys_i386_is_many(row_of("socketcall"), &mask, &error));
	assert_int_equal(error, EINVAL);
	assert_true(sys_i386_is_many(row_of("ipc"), &mask, &error));
	assert_int_equal(mask, 0xffff);
	assert_false(sys_i386_is_many(row_of("socket"), &mask, &error));
	/* Whatever registers hold, each folds into one call. */
	for (i = 0; sys_i386_behind(row_of("socketcall"), i, &behind); i++)
		assert_int_equal(sys_bases(behind.row, folds), 1);
	assert_int_equal(i, 20);
}

static uint64_t
word(const unsigned char *at, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, at, size);
	return value;
}

static void
test_stat(void **state)
{
	unsigned char out[sizeof(struct stat)];
	struct stat st;
	size_t len;

	(void)state;
	memset(&st, 0, sizeof(st));
	st.st_dev = makedev(8, 1);
	st.st_ino = 0xfffe;
	st.st_mode = S_IFREG | 04755;
	st.st_nlink = 3;
	st.st_uid = 70000;
	st.st_gid = 100;
	st.st_size = INT32_MAX;
	st.st_mtim.tv_sec = 0x123456789;
	st.st_mtim.tv_nsec = 5;
	assert_int_equal(sys_i386_result(row_of("stat"), &st, sizeof(st), out,
			     &len),
	    0);
	assert_int_equal(len, 64);
	assert_int_equal(word(out, 4), 0x801);
	assert_int_equal(word(out + 8, 2), S_IFREG | 04755);
	assert_int_equal(word(out + 12, 2), 65534);
	assert_int_equal(word(out + 14, 2), 100);
	assert_int_equal(word(out + 20, 4), INT32_MAX);
	assert_int_equal(word(out + 40, 4), 0x23456789);
	assert_int_equal(sys_i386_result(row_of("stat64"), &st, sizeof(st), out,
			     &len),
	    0);
	assert_int_equal(len, 96);
	assert_int_equal(word(out + 24, 4), 70000);
	assert_int_equal(word(out + 44, 8), INT32_MAX);
	assert_int_equal(word(out + 88, 8), 0xfffe);
	assert_int_equal(sys_i386_result(row_of("oldstat"), &st, sizeof(st),
			     out, &len),
	    0);
	assert_int_equal(len, 32);
	/* Other calls of that name keep what they have. */
	assert_int_equal(sys_i386_result(row_of("statx"), &st, 100, out, &len),
	    0);
	assert_int_equal(len, 100);
}

static void
test_too_large(void **state)
{
	static const struct {
		const char *name;
		uint64_t size, ino, nlink;
		int error;
	} cases[] = {
		{ "stat", 0x80000000, 1, 1, EOVERFLOW },
		{ "stat", 1, 0x100000000, 1, EOVERFLOW },
		{ "lstat", 1, 1, 0x10000, EOVERFLOW },
		{ "fstat", 0x7fffffff, 0xffffffff, 0xffff, 0 },
		{ "stat64", 0x8000000000, 0x100000000, 0x10000, 0 },
		{ "fstatat64", 0x80000000, 1, 1, 0 },
		{ "oldstat", 0x80000000, 1, 1, 0 },
		{ "oldstat", 1, 0x10000, 1, EOVERFLOW },
		{ "oldfstat", 1, 1, 0x10000, EOVERFLOW },
	};
	unsigned char out[sizeof(struct stat)];
	struct stat st;
	size_t i, len;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		memset(&st, 0, sizeof(st));
		st.st_size = (off_t)cases[i].size;
		st.st_ino = cases[i].ino;
		st.st_nlink = cases[i].nlink;
		if (sys_i386_result(row_of(cases[i].name), &st, sizeof(st), out,
			&len) != cases[i].error)
			fail_msg("%s (row %zu)", cases[i].name, i);
	}
}

static void
test_statfs(void **state)
{
	unsigned char out[sizeof(struct statfs)];
	struct statfs fs;
	size_t len;

	(void)state;
	memset(&fs, 0, sizeof(fs));
	fs.f_files = UINT64_MAX;
	fs.f_blocks = UINT32_MAX;
	fs.f_namelen = 255;
	assert_int_equal(sys_i386_result(row_of("statfs"), &fs, sizeof(fs), out,
			     &len),
	    0);
	assert_int_equal(len, 64);
	assert_int_equal(word(out + 36, 4), 255);
	fs.f_blocks = UINT64_C(1) << 32;
	assert_int_equal(sys_i386_result(row_of("fstatfs"), &fs, sizeof(fs),
			     out, &len),
	    EOVERFLOW);
	assert_int_equal(sys_i386_result(row_of("statfs64"), &fs, sizeof(fs),
			     out, &len),
	    0);
	assert_int_equal(len, 84);
	assert_true(word(out + 8, 8) == UINT64_C(1) << 32);
	assert_int_equal(word(out + 56, 4), 255);
	fs.f_blocks = 0;
	fs.f_files = UINT64_C(1) << 40;
	assert_int_equal(sys_i386_result(row_of("statfs"), &fs, sizeof(fs), out,
			     &len),
	    EOVERFLOW);
	/* A block's size has 32 bits in both. */
	fs.f_bsize = INT64_C(1) << 32;
	assert_int_equal(sys_i386_result(row_of("statfs64"), &fs, sizeof(fs),
			     out, &len),
	    EOVERFLOW);
	fs.f_bsize = 0;
	fs.f_frsize = INT64_C(1) << 32;
	assert_int_equal(sys_i386_result(row_of("fstatfs64"), &fs, sizeof(fs),
			     out, &len),
	    EOVERFLOW);
	fs.f_frsize = UINT32_MAX;
	assert_int_equal(sys_i386_result(row_of("fstatfs64"), &fs, sizeof(fs),
			     out, &len),
	    0);
	assert_int_equal(word(out + 60, 4), UINT32_MAX);
}

static void
test_times(void **state)
{
	const int32_t small[] = { -1, -2 };
	const int64_t large[] = { -1, (INT64_C(5) << 32) + 7 };
	struct timespec ts;

	(void)state;
	sys_i386_timespec((const unsigned char *)small, false, &ts);
	assert_int_equal(ts.tv_sec, -1);
	assert_int_equal(ts.tv_nsec, -2);
	sys_i386_timespec((const unsigned char *)large, true, &ts);
	assert_int_equal(ts.tv_sec, -1);
	assert_int_equal(ts.tv_nsec, 7);
}

static void
test_siginfo(void **state)
{
	int32_t from[32] = { SIGUSR1, 1, SI_QUEUE, 100, 200, -3 };
	siginfo_t info;

	(void)state;
	sys_i386_siginfo((const unsigned char *)from, (unsigned char *)&info);
	assert_int_equal(info.si_signo, SIGUSR1);
	assert_int_equal(info.si_errno, 1);
	assert_int_equal(info.si_code, SI_QUEUE);
	assert_int_equal(info.si_pid, 100);
	assert_int_equal(info.si_uid, 200);
	assert_int_equal(info.si_value.sival_int, -3);
	from[2] = SI_SIGIO;
	sys_i386_siginfo((const unsigned char *)from, (unsigned char *)&info);
	assert_int_equal(info.si_band, 100);
	assert_int_equal(info.si_fd, 200);
}

/* One name, and two numbers of it. */
static void
test_aliases(void **state)
{
	const struct sys_call *call = row_of("ioctl");
	const uint64_t raw[SYS_REGS] = { 3, 0x40046602, 5 };
	uint64_t regs[SYS_REGS];
	char text[64];
	uint32_t number;

	(void)state;
	sys_i386_registers(call, raw, regs);
	assert_int_equal(regs[1], 0x40086602);
	assert_int_equal(sys_format(&call->args[0], regs, text, sizeof(text)),
	    0);
	assert_string_equal(text, "FS_IOC_SETFLAGS");
	assert_true(sys_i386_alias(&call->args[0], 0x40086602, 0, &number));
	assert_int_equal(number, 0x40046602);
	assert_false(sys_i386_alias(&call->args[0], 0x40086602, 1, &number));
	assert_true(sys_i386_is_alias(&call->args[0], 0x40046602, &number));
	assert_false(sys_i386_is_alias(&call->args[0], 0x5401, &number));
}

/* Whatever is performed of i386 says how, and has its layout in one of both
   ABIs: a form with a structure that nobody converts would be read wrongly. */
static void
test_forms(void **state)
{
	/* Of these, Z is left to the kernel, see call_is_left(). */
	static const char known[] = "ofkmuvglsPQSadiypbnxezhwTtU6jqrIDAcMGZ ";
	const struct sys_call *call;
	const char *letter;
	int n;

	(void)state;
	for (n = 0; n < sys_number_end(SYS_I386); n++) {
		call = sys_by_number(SYS_I386, n);
		if (call == NULL || call->form == NULL)
			continue;
		for (letter = call->form; *letter != '\0'; letter++)
			if (strchr(known, *letter) == NULL)
				fail_msg("%s has a form %c that nobody knows "
					 "of 32-bit programs",
				    call->name, *letter);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_statfs),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_siginfo),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

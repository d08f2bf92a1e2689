/* SPDX-License-Identifier: ISC */
/*
 * The table of calls against the running kernel and against itself: numbers,
 * folding, aliases, names and arguments.
 */
#include <sys/ioctl.h>
#include <sys/quota.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <seccomp.h>

#include "../../privd/syscalls/rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define PROBED 600
#define TMPFILE (O_TMPFILE & ~O_DIRECTORY)

/* --- the table */

/*
 * In a child, as whatever is not in the table might do anything: with all
 * arguments invalid no call of a later kernel should do harm.
 */
static int
probe_missing(void)
{
	int n;

	for (n = 0; n < PROBED; n++) {
		if (sys_by_number(SYS_NATIVE, n) != NULL)
			continue;
		errno = 0;
		if (syscall(n, -1L, -1L, -1L, -1L, -1L, -1L) != -1 ||
		    errno != ENOSYS) {
			printf("call %d is answered, but in no row\n", n);
			fflush(stdout);
			return 1;
		}
	}
	return 0;
}

static void
test_kernel_has_no_other_calls(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(probe_missing());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *name;
		int x86_64, aarch64, i386;
	} cases[] = {
		{ "read", 0, 63, 3 },
		{ "open", 2, -1, 5 },
		{ "openat2", 437, 437, 437 },
		{ "socket", 41, 198, 359 },
		{ "newfstatat", 262, 79, -1 },
		{ "fstatat64", -1, -1, 300 },
		{ "execve", 59, 221, 11 },
		{ "fchmodat2", 452, 452, 452 },
		{ "map_shadow_stack", 453, 453, 453 },
		{ "listxattrat", 465, 465, 465 },
		{ "file_setattr", 469, 469, 469 },
		{ "uretprobe", 335, -1, -1 },
		{ "uprobe", 336, -1, -1 },
	};
	const struct sys_call *call;
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		print_message("%s\n", cases[i].name);
		call = sys_by_name(cases[i].name);
		assert_non_null(call);
		assert_int_equal(sys_number(call, SYS_X86_64), cases[i].x86_64);
		assert_int_equal(sys_number(call, SYS_AARCH64),
		    cases[i].aarch64);
		assert_int_equal(sys_number(call, SYS_I386), cases[i].i386);
	}
	assert_null(sys_by_number(SYS_X86_64, -1));
	assert_null(sys_by_number(SYS_X86_64, 0x40000000));
	assert_null(sys_by_number(SYS_X86_64, INT32_MAX));
	assert_true(sys_number_end(SYS_X86_64) > 469);
	assert_null(sys_by_number(SYS_X86_64, sys_number_end(SYS_X86_64)));
}

/* Numbers are asked for by name where names can be trusted: what libseccomp
   calls a number is the call that has it. */
static void
test_numbers_have_names(void **state)
{
	static const struct {
		enum sys_machine machine;
		uint32_t arch;
	} machines[] = {
		{ SYS_X86_64, SCMP_ARCH_X86_64 },
		{ SYS_AARCH64, SCMP_ARCH_AARCH64 },
		{ SYS_I386, SCMP_ARCH_X86 },
	};
	const struct sys_call *call;
	size_t i;
	char *name;
	int n;

	(void)state;
	for (i = 0; i < NELEMS(machines); i++)
		for (n = 0; n < sys_number_end(machines[i].machine); n++) {
			name =
			    seccomp_syscall_resolve_num_arch(machines[i].arch,
				n);
			call = sys_by_number(machines[i].machine, n);
			if (name != NULL && call != NULL)
				assert_string_equal(call->name, name);
			else if (name != NULL)
				assert_null(sys_by_name(name));
			free(name);
		}
}

static void
check_number(const struct sys_call *call, enum sys_machine machine)
{
	int number = sys_number(call, machine);

	if (number >= 0)
		assert_ptr_equal(sys_by_number(machine, number), call);
}

static void
check_args(const struct sys_call *call)
{
	const struct sys_arg *arg;
	size_t i;

	for (i = 0; i < SYS_ARGS_MAX && call->args[i].name != NULL; i++) {
		arg = &call->args[i];
		assert_true(arg->reg < SYS_REGS);
		assert_true(arg->kind <= SYS_PIDNAME);
		assert_true(arg->aux < SYS_REGS || arg->aux == SYS_CWD);
		if ((arg->flags & SYS_ARG_ATFLAGS) != 0)
			assert_true(arg->flagreg != arg->reg);
		if (arg->kind >= SYS_MEMORY)
			assert_int_not_equal(call->disposal, SYS_NUMBERS);
	}
}

/*
 * A rule for the base must find its arguments in each variant. What has a
 * path has no number of a descriptor, and many messages many addresses.
 */
static bool
may_lack(const struct sys_call *call, const char *name)
{
	return strcmp(name, "fd") == 0 || strcmp(call->name, "sendmmsg") == 0 ||
	    sys_number(call, SYS_X86_64) < 0;
}

static void
check_base(const struct sys_call *call, const struct sys_call *base)
{
	const char *name;
	size_t i;

	assert_ptr_equal(sys_base(base, NULL, false), base);
	for (i = 0; i < SYS_ARGS_MAX && base->args[i].name != NULL; i++) {
		name = base->args[i].name;
		if (sys_arg_by_name(call, name, 0) == NULL &&
		    !may_lack(call, name))
			fail_msg("%s lacks %s", call->name, name);
	}
	if (call->disposal == SYS_PERFORMED)
		assert_int_not_equal(call->op, SYS_OP_NONE);
	if (base->disposal == SYS_EXEC)
		assert_int_equal(call->disposal, SYS_EXEC);
	if (sys_number(call, SYS_X86_64) >= 0)
		assert_int_equal(call->flags & SYS_CREDS,
		    base->flags & SYS_CREDS);
}

static void
test_rows(void **state)
{
	const struct sys_call *call, *bases[SYS_FOLDS_MAX];
	const char *const *names;
	size_t i, j, n;

	(void)state;
	assert_null(sys_row(sys_count()));
	for (i = 0; i < sys_count(); i++) {
		call = sys_row(i);
		assert_int_equal(sys_index(call), i);
		if (sys_by_name(call->name) != call) {
			assert_null(sys_by_name(call->name));
			assert_true(sys_bsd(call->name, &names));
			assert_int_equal(sys_number(call, SYS_NATIVE), -1);
		}
		check_number(call, SYS_X86_64);
		check_number(call, SYS_AARCH64);
		check_number(call, SYS_I386);
		check_args(call);
		n = sys_bases(call, bases);
		assert_in_range(n, 1, SYS_FOLDS_MAX);
		for (j = 0; j < n; j++)
			check_base(call, bases[j]);
	}
}

static void
test_disposals(void **state)
{
	static const struct {
		const char *name;
		enum sys_disposal disposal;
		unsigned int flags;
	} cases[] = {
		{ "openat", SYS_PERFORMED, SYS_ELEVATES },
		{ "statx", SYS_PERFORMED, SYS_ELEVATES },
		{ "connect", SYS_PERFORMED, SYS_ELEVATES },
		{ "sendto", SYS_PERFORMED, SYS_ELEVATES },
		{ "sendmsg", SYS_PERFORMED, SYS_ELEVATES },
		{ "sendmmsg", SYS_PERFORMED, SYS_ELEVATES },
		{ "socket", SYS_PERFORMED, SYS_ELEVATES | SYS_KERNEL },
		{ "clock_settime", SYS_PERFORMED, SYS_ELEVATES | SYS_KERNEL },
		{ "sethostname", SYS_PERFORMED, SYS_ELEVATES },
		{ "fstat", SYS_PERFORMED, 0 },
		{ "unlinkat", SYS_PERFORMED, SYS_ELEVATES },
		{ "execveat", SYS_EXEC, 0 },
		{ "rename", SYS_PERFORMED, SYS_ELEVATES },
		{ "getxattrat", SYS_PERFORMED, SYS_ELEVATES },
		{ "kill", SYS_PERFORMED, SYS_ELEVATES | SYS_KERNEL },
		{ "mount", SYS_PERFORMED, SYS_ELEVATES },
		{ "pivot_root", SYS_WHOLE, SYS_WITNESS },
		{ "mount_setattr", SYS_PERFORMED, SYS_ELEVATES },
		{ "move_mount", SYS_PERFORMED, SYS_ELEVATES | SYS_WITNESS },
		{ "fsopen", SYS_PERFORMED, SYS_ELEVATES | SYS_WITNESS },
		{ "fsconfig", SYS_PERFORMED, SYS_ELEVATES | SYS_WITNESS },
		{ "fsmount", SYS_PERFORMED, SYS_ELEVATES | SYS_WITNESS },
		{ "open_tree", SYS_PERFORMED, SYS_ELEVATES | SYS_WITNESS },
		{ "fspick", SYS_WHOLE, 0 },
		{ "quotactl", SYS_PERFORMED, SYS_ELEVATES },
		{ "quotactl_fd", SYS_PERFORMED, SYS_ELEVATES },
		{ "fchmod", SYS_PERFORMED, SYS_ELEVATES },
		{ "inotify_add_watch", SYS_PERFORMED, 0 },
		{ "mmap", SYS_NUMBERS, 0 },
		{ "close", SYS_NUMBERS, SYS_QUIET },
		{ "dup3", SYS_NUMBERS, SYS_QUIET },
		{ "clone3", SYS_NUMBERS, SYS_QUIET },
		{ "exit_group", SYS_NUMBERS, SYS_QUIET },
		{ "rt_sigreturn", SYS_NUMBERS, SYS_QUIET },
		{ "setresgid", SYS_NUMBERS, SYS_CREDS },
		{ "setgroups", SYS_NUMBERS, SYS_CREDS },
		{ "setsockopt", SYS_PERFORMED, SYS_ELEVATES | SYS_KERNEL },
		{ "getsockopt", SYS_PERFORMED, SYS_ELEVATES | SYS_KERNEL },
		{ "ioctl", SYS_PERFORMED, SYS_ELEVATES | SYS_KERNEL },
		{ "socketpair", SYS_NUMBERS, 0 },
		{ "recvmsg", SYS_NUMBERS, 0 },
		{ "capset", SYS_NUMBERS, SYS_CREDS },
		{ "create_module", SYS_REFUSED, 0 },
	};
	const struct sys_call *call;
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		print_message("%s\n", cases[i].name);
		call = sys_by_name(cases[i].name);
		assert_non_null(call);
		assert_int_equal(call->disposal, cases[i].disposal);
		assert_int_equal(call->flags, cases[i].flags);
	}
	assert_true(sys_by_name("bind")->rights &
	    (UINT64_C(1) << CAP_NET_BIND_SERVICE));
}

/* --- folding */

static void
test_folds(void **state)
{
	static const struct {
		const char *name;
		int reg;
		uint64_t value;
		bool empty;
		const char *base;
	} cases[] = {
		{ "open", 0, 0, false, "open" },
		{ "openat", 0, 0, false, "open" },
		{ "openat2", 0, 0, false, "open" },
		{ "creat", 0, 0, false, "open" },
		{ "newfstatat", 3, 0, false, "stat" },
		{ "newfstatat", 3, 0, true, "stat" },
		{ "newfstatat", 3, AT_SYMLINK_NOFOLLOW, false, "lstat" },
		{ "newfstatat", 3, AT_EMPTY_PATH, false, "stat" },
		{ "newfstatat", 3, AT_EMPTY_PATH, true, "fstat" },
		{ "newfstatat", 3, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, false,
		    "lstat" },
		{ "newfstatat", 3, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, true,
		    "fstat" },
		{ "statx", 2, AT_SYMLINK_NOFOLLOW, false, "lstat" },
		{ "statx", 3, AT_SYMLINK_NOFOLLOW, false, "stat" },
		{ "unlinkat", 2, 0, false, "unlink" },
		{ "unlinkat", 2, AT_REMOVEDIR, false, "rmdir" },
		{ "unlinkat", 2, UINT64_MAX, false, "rmdir" },
		{ "renameat2", 0, 0, false, "rename" },
		{ "faccessat2", 3, AT_EMPTY_PATH, true, "access" },
		{ "execveat", 0, 0, false, "execve" },
		{ "dup3", 0, 0, false, "dup2" },
		{ "fchownat", 4, 0, false, "chown" },
		{ "fchownat", 4, AT_SYMLINK_NOFOLLOW, false, "lchown" },
		{ "fchownat", 4, AT_EMPTY_PATH, true, "fchown" },
		{ "fchmodat2", 3, AT_EMPTY_PATH, true, "fchmod" },
		{ "fchmodat2", 3, AT_SYMLINK_NOFOLLOW, false, "chmod" },
		{ "utimensat", 3, 0, true, "utimes" },
		{ "getxattrat", 2, AT_SYMLINK_NOFOLLOW, false, "lgetxattr" },
		{ "listxattrat", 2, 0, false, "listxattr" },
		{ "epoll_pwait2", 0, 0, false, "epoll_wait" },
		{ "exit_group", 0, 0, false, "exit" },
		{ "tgkill", 0, 0, false, "kill" },
		{ "prlimit64", 2, 0, false, "getrlimit" },
		{ "prlimit64", 2, 1, false, "setrlimit" },
		{ "vfork", 0, 0, false, "vfork" },
		{ "ftruncate", 0, 0, false, "ftruncate" },
		{ "stat64", 0, 0, false, "stat" },
	};
	uint64_t regs[SYS_REGS];
	const struct sys_call *base;
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		print_message("%s %d %#jx %d\n", cases[i].name, cases[i].reg,
		    (uintmax_t)cases[i].value, cases[i].empty);
		memset(regs, 0, sizeof(regs));
		regs[cases[i].reg] = cases[i].value;
		base = sys_base(sys_by_name(cases[i].name), regs,
		    cases[i].empty);
		assert_string_equal(base->name, cases[i].base);
	}
	memset(regs, 0xff, sizeof(regs));
	assert_string_equal(sys_base(sys_by_name("prlimit64"), regs, false)
				->name,
	    "prlimit64");
	assert_string_equal(sys_base(sys_by_name("newfstatat"), NULL, true)
				->name,
	    "stat");
}

/* --- aliases */

static void
test_aliases(void **state)
{
	static const struct {
		unsigned int flags;
		const char *text;
		enum sys_alias alias;
	} cases[] = {
		{ O_RDONLY, "ro", SYS_ALIAS_FSREAD },
		{ O_RDONLY | O_NONBLOCK | O_NOFOLLOW, "ronf",
		    SYS_ALIAS_FSREAD },
		{ O_RDONLY | O_CLOEXEC, "ro", SYS_ALIAS_FSREAD },
		{ O_PATH, "rop", SYS_ALIAS_FSREAD },
		{ O_PATH | O_RDWR, "rwp", SYS_ALIAS_FSREAD },
		{ O_PATH | O_CREAT, "rocp", SYS_ALIAS_FSWRITE },
		{ O_WRONLY, "wo", SYS_ALIAS_FSWRITE },
		{ O_RDWR, "rw", SYS_ALIAS_FSWRITE },
		{ O_ACCMODE, "--", SYS_ALIAS_FSWRITE },
		{ O_RDONLY | O_CREAT, "roc", SYS_ALIAS_FSWRITE },
		{ O_RDONLY | O_TRUNC, "rot", SYS_ALIAS_FSWRITE },
		{ O_RDONLY | TMPFILE, "rom", SYS_ALIAS_FSWRITE },
		{ O_RDWR | O_TMPFILE, "rwdm", SYS_ALIAS_FSWRITE },
		{ O_WRONLY | O_APPEND | O_CREAT | O_EXCL, "woacx",
		    SYS_ALIAS_FSWRITE },
	};
	const struct sys_call *base = sys_by_name("open");
	char buf[16];
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		print_message("%s\n", cases[i].text);
		sys_format_oflags(cases[i].flags, buf, sizeof(buf));
		assert_string_equal(buf, cases[i].text);
		assert_int_equal(sys_alias_of(base, cases[i].flags),
		    cases[i].alias);
		assert_int_equal(sys_alias_of_text(base, cases[i].text),
		    cases[i].alias);
	}
	assert_int_equal(sys_alias_of_text(base, NULL), SYS_ALIAS_FSREAD);
	assert_int_equal(sys_alias_of_text(base, "r"), SYS_ALIAS_FSWRITE);
}

static void
test_alias_members(void **state)
{
	static const char *const reading[] = { "stat", "lstat", "access",
		"readlink", "statfs", "getxattr", "listxattr" };
	static const char *const writing[] = { "unlink", "mkdir", "rmdir",
		"truncate", "utimes" };
	const struct sys_call *call;
	size_t i, n[SYS_ALIAS_BY_FLAGS + 1] = { 0 };

	(void)state;
	for (i = 0; i < sys_count(); i++) {
		call = sys_row(i);
		if (sys_base(call, NULL, false) == call)
			n[call->alias]++;
	}
	assert_int_equal(n[SYS_ALIAS_FSREAD], NELEMS(reading));
	assert_int_equal(n[SYS_ALIAS_FSWRITE], NELEMS(writing));
	assert_int_equal(n[SYS_ALIAS_BY_FLAGS], 1);
	for (i = 0; i < NELEMS(reading); i++)
		assert_int_equal(sys_alias_of(sys_by_name(reading[i]), 0),
		    SYS_ALIAS_FSREAD);
	for (i = 0; i < NELEMS(writing); i++)
		assert_int_equal(sys_alias_of(sys_by_name(writing[i]), 0),
		    SYS_ALIAS_FSWRITE);
	assert_int_equal(sys_alias_by_name("fsread"), SYS_ALIAS_FSREAD);
	assert_int_equal(sys_alias_by_name("open"), SYS_ALIAS_NONE);
	assert_string_equal(sys_alias_name(SYS_ALIAS_FSWRITE), "fswrite");
	assert_null(sys_alias_name(SYS_ALIAS_BY_FLAGS));
}

static void
test_open_flags(void **state)
{
	const uint64_t regs[SYS_REGS] = { 1, 0xf00000002, 0x300000041 };
	uint64_t flags;

	(void)state;
	assert_true(sys_open_flags(sys_by_name("open"), regs, &flags));
	assert_int_equal(flags, 2);
	assert_true(sys_open_flags(sys_by_name("openat"), regs, &flags));
	assert_int_equal(flags, 0x41);
	assert_true(sys_open_flags(sys_by_name("creat"), regs, &flags));
	assert_int_equal(flags, O_CREAT | O_WRONLY | O_TRUNC);
	assert_false(sys_open_flags(sys_by_name("openat2"), regs, &flags));
	assert_false(sys_open_flags(sys_by_name("read"), regs, &flags));
}

/* --- names */

static void
test_bsd(void **state)
{
	static const struct {
		const char *name;
		const char *first; /* NULL: none */
		const char *second;
	} cases[] = {
		{ "break", "brk", NULL },
		{ "getdirentries", "getdents64", "getdents" },
		{ "sigaction", "rt_sigaction", NULL },
		{ "sigprocmask", "rt_sigprocmask", NULL },
		{ "sigreturn", "rt_sigreturn", NULL },
		{ "mkfifo", "mknod", NULL },
		{ "seteuid", "setreuid", "setresuid" },
		{ "setegid", "setregid", "setresgid" },
		{ "__stat30", "stat", NULL },
		{ "__lstat13", "lstat", NULL },
		{ "__posix_chown", "chown", NULL },
		{ "__getcwd", "getcwd", NULL },
		{ "_sysctl", NULL, NULL },
		{ "__sysctl", NULL, NULL },
		{ "issetugid", NULL, NULL },
		{ "kqueue", NULL, NULL },
		{ "sysarch", NULL, NULL },
	};
	const char *const *names;
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		print_message("%s\n", cases[i].name);
		assert_null(sys_by_name(cases[i].name));
		assert_true(sys_bsd(cases[i].name, &names));
		if (cases[i].first == NULL) {
			assert_null(names[0]);
			continue;
		}
		assert_string_equal(names[0], cases[i].first);
		if (cases[i].second != NULL)
			assert_string_equal(*++names, cases[i].second);
		assert_null(names[1]);
	}
	assert_false(sys_bsd("frobnicate", &names));
	assert_false(sys_bsd("wait4", &names));
}

/* What BSD names mean exists; what Linux has too stays Linux's. */
static void
test_bsd_meanings(void **state)
{
	const char *const *names;
	const char *name;
	size_t i;

	(void)state;
	for (i = 0; (name = sys_bsd_name(i)) != NULL; i++) {
		assert_true(sys_bsd(name, &names));
		for (; *names != NULL; names++) {
			print_message("%s: %s\n", name, *names);
			assert_non_null(sys_by_name(*names));
		}
		if (strcmp(name, "exit") != 0)
			assert_null(sys_by_name(name));
	}
}

static void
test_nearest(void **state)
{
	static const struct {
		const char *name, *nearest;
	} cases[] = {
		{ "opeen", "open" },
		{ "sta", "stat" },
		{ "fsreed", "fsread" },
		{ "issetugd", "issetugid" },
		{ "connekt", "connect" },
		{ "rt_sigacton", "rt_sigaction" },
		{ "frobnicate", NULL },
		{ "x", NULL },
		{ "", NULL },
		{ "a_name_that_is_much_longer_than_that_of_any_call_there_is",
		    NULL },
	};
	const char *nearest;
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		print_message("%s\n", cases[i].name);
		nearest = sys_nearest(cases[i].name);
		if (cases[i].nearest == NULL)
			assert_null(nearest);
		else
			assert_string_equal(nearest, cases[i].nearest);
	}
}

static void
check_list(const struct sys_name *list)
{
	const struct sys_name *a, *b;

	for (a = list; a != NULL && a->name != NULL; a++)
		for (b = a + 1; b->name != NULL; b++) {
			if (a->value == b->value)
				print_message("%s = %s\n", a->name, b->name);
			assert_int_not_equal(a->value, b->value);
			assert_string_not_equal(a->name, b->name);
		}
}

static void
test_names_are_unique(void **state)
{
	static const struct sys_name *const lists[] = { sys_names_domain,
		sys_names_type, sys_names_level, sys_names_request,
		sys_names_cmd, sys_names_resource, sys_names_prctl,
		sys_names_which, sys_names_policy, sys_names_prot,
		sys_names_map, sys_names_map_type, sys_names_map_huge,
		sys_names_mount, sys_names_umount, sys_names_attr,
		sys_names_move, sys_names_tree, sys_names_fsconfig,
		sys_names_quota, sys_names_quota_type, sys_names_signal };
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(lists); i++)
		check_list(lists[i]);
	for (i = 0; i < 512; i++) {
		check_list(sys_names_protocol((uint32_t)i));
		check_list(sys_names_option((uint32_t)i));
	}
}

/* Each command that can be named is known, and has room for what it writes. */
static void
test_quotas(void **state)
{
	const struct sys_quota *quota;
	size_t i;

	(void)state;
	for (i = 0; sys_names_quota[i].name != NULL; i++) {
		print_message("%s\n", sys_names_quota[i].name);
		quota = sys_quota((uint64_t)sys_names_quota[i].value << 8 | 2);
		assert_non_null(quota);
		assert_int_equal(quota->command, sys_names_quota[i].value);
		assert_true(quota->in == 0 || quota->out == 0 ||
		    quota->in < quota->out);
		assert_int_equal(quota->changes,
		    quota->file || (quota->in > 0 && quota->out == 0) ||
			quota->command == Q_QUOTAOFF);
	}
	assert_null(sys_quota(0));
	assert_null(sys_quota(UINT64_C(0x80000a00)));
	/* The kernel takes 32 bits of it. */
	assert_non_null(sys_quota(UINT64_C(0xffffffff80000700)));
	assert_int_equal(sys_quota((uint64_t)Q_GETQUOTA << SUBCMDSHIFT)->out,
	    sizeof(struct dqblk));
}

/* --- requests and options */

static void
test_requests(void **state)
{
	const struct sys_request *all;
	size_t i, j, n = sys_requests(&all);

	(void)state;
	assert_true(n > 50);
	for (i = 0; i < n; i++) {
		print_message("%#x\n", all[i].request);
		/* It can be named in a policy. */
		assert_non_null(sys_name_of(sys_names_request, all[i].request));
		for (j = 0; j < i; j++)
			assert_int_not_equal(all[i].request, all[j].request);
		assert_ptr_equal(sys_request(all[i].request), &all[i]);
		assert_true(all[i].size[0] <= 512 && all[i].size[1] <= 512);
		if (all[i].kind == SYS_REQUEST_BYTES)
			assert_true(all[i].access != 0 &&
			    (all[i].size[0] != 0 || all[i].size[1] != 0));
		if (all[i].kind == SYS_REQUEST_NONE ||
		    all[i].kind == SYS_REQUEST_NUMBER)
			assert_int_equal(all[i].access, 0);
	}
}

/* What is about whoever makes it, or leads on to other memory. */
static void
test_no_requests(void **state)
{
	static const unsigned long none[] = { TIOCSTI, TIOCLINUX, TIOCSCTTY,
		TIOCNOTTY, TIOCSPGRP, SIOCGIFCONF, FIOSETOWN, SIOCSPGRP,
		FIONBIO, FIOCLEX, 0x4c00 /* LOOP_SET_FD */,
		0x89ef /* of protocols */, 0x89f0 /* of devices */, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(none); i++)
		assert_null(sys_request((uint32_t)none[i]));
}

static void
test_options(void **state)
{
	static const struct {
		uint32_t level, option;
		enum sys_option set, get;
	} cases[] = {
		{ SOL_SOCKET, SO_MARK, SYS_OPTION_BYTES, SYS_OPTION_BYTES },
		{ SOL_SOCKET, SO_ATTACH_FILTER, SYS_OPTION_PROGRAM,
		    SYS_OPTION_NONE },
		{ SOL_SOCKET, SO_ATTACH_BPF, SYS_OPTION_NONE, SYS_OPTION_NONE },
		{ SOL_SOCKET, 77, SYS_OPTION_NONE, SYS_OPTION_NONE },
		{ SOL_SOCKET, 4711, SYS_OPTION_NONE, SYS_OPTION_NONE },
		{ 4711, SO_MARK, SYS_OPTION_NONE, SYS_OPTION_NONE },
		{ 283 /* SOL_XDP */, 4, SYS_OPTION_NONE, SYS_OPTION_NONE },
		{ IPPROTO_IP, 64, SYS_OPTION_NONE, SYS_OPTION_NONE },
		{ IPPROTO_IP, 19, SYS_OPTION_BYTES, SYS_OPTION_BYTES },
	};
	struct sys_option_number found[4];
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		assert_int_equal(sys_option(cases[i].level, cases[i].option,
				     true),
		    cases[i].set);
		assert_int_equal(sys_option(cases[i].level, cases[i].option,
				     false),
		    cases[i].get);
	}
	assert_int_equal(sys_options_named("SO_MARK", found, 4), 1);
	assert_int_equal(found[0].level, SOL_SOCKET);
	assert_int_equal(found[0].option, SO_MARK);
	assert_int_equal(sys_options_named("MCAST_JOIN_GROUP", found, 4), 2);
	assert_int_equal(sys_options_named("MCAST_JOIN_GROUP", found, 1), 1);
	assert_int_equal(sys_options_named("SO_NOTHING", found, 4), 0);
}

/* --- arguments */

static void
test_arguments(void **state)
{
	static const struct {
		const char *call, *name;
		unsigned int nth;
		int reg; /* -1: none */
		unsigned int aux, flags;
	} cases[] = {
		{ "open", "filename", 0, 0, SYS_CWD, 0 },
		{ "openat", "FileName", 0, 1, 0, 0 },
		{ "openat", "mode", 0, 3, 0, SYS_ARG_CREATING },
		{ "rename", "filename", 1, 1, SYS_CWD,
		    SYS_ARG_PARENT | SYS_ARG_NOFOLLOW },
		{ "rename", "filename", 2, -1, 0, 0 },
		{ "linkat", "filename", 1, 3, 2,
		    SYS_ARG_PARENT | SYS_ARG_NOFOLLOW },
		{ "fstat", "filename", 0, 0, 0, 0 },
		{ "fchownat", "gname", 0, 3, 0, 0 },
		{ "setresuid", "uid", 2, 2, 0, 0 },
		{ "setresuid", "uname", 1, 1, 0, 0 },
		{ "sendto", "sockaddr", 0, 4, 5, SYS_ARG_OPTIONAL },
		{ "socket", "sockproto", 0, 2, 0, 0 },
		{ "setsockopt", "optname", 0, 2, 1, 0 },
		{ "mount", "mountflags", 0, 3, 0, 0 },
		{ "move_mount", "target", 0, 3, 2,
		    SYS_ARG_ATFLAGS | SYS_ARG_NULL },
		{ "mount_setattr", "clearflags", 0, 3, 4, 0 },
		{ "quotactl", "filename", 1, 3, SYS_CWD, SYS_ARG_OPTIONAL },
		{ "execveat", "envp", 0, 3, 0, 0 },
		{ "tgkill", "signame", 0, 2, 0, 0 },
		{ "getpid", "filename", 0, -1, 0, 0 },
	};
	const struct sys_arg *arg;
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		print_message("%s %s\n", cases[i].call, cases[i].name);
		arg = sys_arg_by_name(sys_by_name(cases[i].call), cases[i].name,
		    cases[i].nth);
		if (cases[i].reg < 0) {
			assert_null(arg);
			continue;
		}
		assert_non_null(arg);
		assert_int_equal(arg->reg, cases[i].reg);
		assert_int_equal(arg->aux, cases[i].aux);
		assert_int_equal(arg->flags, cases[i].flags);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel_has_no_other_calls),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_numbers_have_names),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_disposals),
		cmocka_unit_test(test_folds),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_alias_members),
		cmocka_unit_test(test_open_flags),
		cmocka_unit_test(test_bsd),
		cmocka_unit_test(test_bsd_meanings),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_quotas),
		cmocka_unit_test(test_no_requests),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

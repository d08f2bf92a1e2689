/* SPDX-License-Identifier: ISC */
/*
 * The seccomp lists are plain sequences of comparisons: they are short, and
 * nobody has to prove them. The Landlock domains follow landlock(7).
 */
#include "jail.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "../compat.h"
#include "../notify/notify.h"
#include "../resolve/resolve.h"

#define JAIL_INSNS_MAX 2560

/* To live: memory, signals, the clock; and to end. */
static const struct jail_rule living[] = {
	{ SYS_brk, 0, 0, 0 },
	{ SYS_mmap, 0, 0, 0 },
	{ SYS_munmap, 0, 0, 0 },
	{ SYS_mremap, 0, 0, 0 },
	{ SYS_mprotect, 0, 0, 0 },
	{ SYS_madvise, 0, 0, 0 },
	{ SYS_futex, 0, 0, 0 },
	{ SYS_rt_sigaction, 0, 0, 0 },
	{ SYS_rt_sigprocmask, 0, 0, 0 },
	{ SYS_rt_sigreturn, 0, 0, 0 },
	{ SYS_restart_syscall, 0, 0, 0 },
	{ SYS_clock_gettime, 0, 0, 0 },
	{ SYS_clock_nanosleep, 0, 0, 0 },
	{ SYS_getpid, 0, 0, 0 },
	{ SYS_gettid, 0, 0, 0 },
	{ SYS_getrandom, 0, 0, 0 },
	{ SYS_exit, 0, 0, 0 },
	{ SYS_exit_group, 0, 0, 0 },
#if defined(__SANITIZE_ADDRESS__)
	/* What the sanitizer's runtime needs beside. */
	{ SYS_sigaltstack, 0, 0, 0 },
	{ SYS_sched_yield, 0, 0, 0 },
	{ SYS_getppid, 0, 0, 0 },
	{ SYS_prctl, 0, 0, 0 },
	{ SYS_clone, 0, 0, 0 },
	{ SYS_wait4, 0, 0, 0 },
	{ SYS_write, 0, 0, 0 },
	{ SYS_getrlimit, 0, 0, 0 },
	{ SYS_prlimit64, 0, 0, 0 },
	{ SYS_tgkill, 0, 0, 0 },
#endif
};

struct program {
	struct sock_filter insns[JAIL_INSNS_MAX];
	unsigned short count;
};

static void
emit(struct program *program, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
	struct sock_filter insn = { code, jt, jf, k };

	if (program->count < JAIL_INSNS_MAX)
		program->insns[program->count] = insn;
	program->count++;
}

static void
load(struct program *program, size_t offset)
{
	emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void
answer(struct program *program, uint32_t action)
{
	emit(program, BPF_RET | BPF_K, action, 0, 0);
}

static void
emit_rules(struct program *program, const struct jail_rule *rules, size_t n)
{
	const struct jail_rule *rule;

	for (rule = rules; rule < rules + n; rule++) {
		if (rule->mask == 0) {
			emit(program, BPF_JMP | BPF_JEQ | BPF_K,
			    (uint32_t)rule->nr, 0, 1);
			answer(program, SECCOMP_RET_ALLOW);
			continue;
		}
		emit(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->nr, 0,
		    5);
		load(program,
		    offsetof(struct seccomp_data, args) +
			rule->arg * sizeof(uint64_t));
		emit(program, BPF_ALU | BPF_AND | BPF_K, rule->mask, 0, 0);
		emit(program, BPF_JMP | BPF_JEQ | BPF_K, rule->value, 0, 1);
		answer(program, SECCOMP_RET_ALLOW);
		load(program, offsetof(struct seccomp_data, nr));
	}
}

int
jail_seccomp(const struct jail_rule *rules, size_t n)
{
	struct program program = { .count = 0 };
	struct sock_fprog prog;

	load(&program, offsetof(struct seccomp_data, arch));
	emit(&program, BPF_JMP | BPF_JEQ | BPF_K, NOTIFY_ARCH, 1, 0);
	answer(&program, SECCOMP_RET_ERRNO | ENOSYS);
	load(&program, offsetof(struct seccomp_data, nr));
	emit_rules(&program, rules, n);
	emit_rules(&program, living, sizeof(living) / sizeof(living[0]));
	/* Its flags are in memory: without it, libc asks by clone. */
	emit(&program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)SYS_clone3, 0, 1);
	answer(&program, SECCOMP_RET_ERRNO | ENOSYS);
	answer(&program, SECCOMP_RET_ERRNO | EPERM);
	if (program.count > JAIL_INSNS_MAX) {
		errno = E2BIG;
		return -1;
	}
	prog.len = program.count;
	prog.filter = program.insns;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
}

void
jail_close_stderr(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(PRIVD_SANITIZE)
	(void)dup2(STDIN_FILENO, STDERR_FILENO);
#endif
}

int
jail_landlock_abi(void)
{
	long abi;

	abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	return abi < 0 ? 0 : (int)abi;
}

/* Every access to files that this kernel's Landlock can bar. */
static uint64_t
all_file_access(int abi)
{
	uint64_t access = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (abi >= 2)
		access |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		access |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		access |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return access;
}

struct ruleset_attr { /* of any ABI: the size says which */
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
};

/* A folder that a link leads to is not the one that was meant. */
static int
add_folder(int ruleset, const char *folder, uint64_t access)
{
	struct landlock_path_beneath_attr beneath;
	int result = 0;

	beneath.allowed_access = access;
	beneath.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (beneath.parent_fd == -1) /* nothing there: nothing to allow */
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	if (resolve_is_named(beneath.parent_fd, folder))
		result = (int)syscall(SYS_landlock_add_rule, ruleset,
		    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
	return result;
}

static int
enter(const struct ruleset_attr *attr, size_t size,
    const struct jail_path *paths)
{
	const struct jail_path *path;
	int ruleset, error = 0;

	ruleset = (int)syscall(SYS_landlock_create_ruleset, attr, size, 0);
	if (ruleset == -1)
		return -1;
	for (path = paths; path->folder != NULL && error == 0; path++)
		if (add_folder(ruleset, path->folder,
			path->access & attr->handled_access_fs) == -1)
			error = errno;
	if (error == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		error = errno;
	close(ruleset);
	errno = error;
	return error == 0 ? 0 : -1;
}

int
jail_landlock(const struct jail_path *paths, bool net)
{
	struct ruleset_attr attr = { 0, 0 };
	int abi = jail_landlock_abi();

	if (abi == 0) {
		errno = ENOSYS;
		return -1;
	}
	attr.handled_access_fs = all_file_access(abi);
	if (abi >= 4 && !net)
		attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP |
		    LANDLOCK_ACCESS_NET_CONNECT_TCP;
	return enter(&attr, abi >= 4 ? sizeof(attr) : sizeof(uint64_t), paths);
}

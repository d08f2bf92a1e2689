/* SPDX-License-Identifier: ISC */
/*
 * Calls that need nothing but their arguments: a row each. A call that the
 * machine has not got is printed as that.
 */
#include "diff.h"

#include <sys/syscall.h>

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <unistd.h>

struct plain {
	const char *name;
	const char *kinds; /* see arguments.c */
	enum shown shown;
};

static const struct plain plains[] = {
	/* opening */
	{ "open", "pii", SHOW_FD },
	{ "openat", "dpii", SHOW_FD },
	{ "openat2", "dph", SHOW_FD },
	{ "creat", "pi", SHOW_FD },
	{ "close", "d", SHOW_NUMBER },
	{ "dup", "d", SHOW_FD },
	{ "dup2", "di", SHOW_FD },
	/* names */
	{ "unlink", "p", SHOW_NUMBER },
	{ "unlinkat", "dpi", SHOW_NUMBER },
	{ "rmdir", "p", SHOW_NUMBER },
	{ "mkdir", "pi", SHOW_NUMBER },
	{ "mkdirat", "dpi", SHOW_NUMBER },
	{ "mknod", "pii", SHOW_NUMBER },
	{ "mknodat", "dpii", SHOW_NUMBER },
	{ "rename", "pp", SHOW_NUMBER },
	{ "renameat", "dpdp", SHOW_NUMBER },
	{ "renameat2", "dpdpi", SHOW_NUMBER },
	{ "link", "pp", SHOW_NUMBER },
	{ "linkat", "dpdpi", SHOW_NUMBER },
	{ "symlink", "pp", SHOW_NUMBER },
	{ "symlinkat", "pdp", SHOW_NUMBER },
	{ "readlink", "pO", SHOW_BYTES },
	{ "readlinkat", "dpO", SHOW_BYTES },
	/* properties */
	{ "chmod", "pi", SHOW_NUMBER },
	{ "fchmod", "di", SHOW_NUMBER },
	{ "fchmodat", "dpi", SHOW_NUMBER },
	{ "fchmodat2", "dpii", SHOW_NUMBER },
	{ "chown", "pii", SHOW_NUMBER },
	{ "lchown", "pii", SHOW_NUMBER },
	{ "fchown", "dii", SHOW_NUMBER },
	{ "fchownat", "dpiii", SHOW_NUMBER },
	{ "utime", "pw", SHOW_NUMBER },
	{ "utimes", "pv", SHOW_NUMBER },
	{ "futimesat", "dpv", SHOW_NUMBER },
	{ "utimensat", "dpti", SHOW_NUMBER },
	{ "truncate", "pi", SHOW_NUMBER },
	{ "ftruncate", "di", SHOW_NUMBER },
	{ "fallocate", "diii", SHOW_NUMBER },
	{ "setxattr", "ppni", SHOW_NUMBER },
	{ "lsetxattr", "ppni", SHOW_NUMBER },
	{ "fsetxattr", "dpni", SHOW_NUMBER },
	{ "setxattrat", "dpipx", SHOW_NUMBER },
	{ "getxattr", "ppO", SHOW_BYTES },
	{ "lgetxattr", "ppO", SHOW_BYTES },
	{ "fgetxattr", "dpO", SHOW_BYTES },
	{ "getxattrat", "dpipy", SHOW_BYTES },
	{ "listxattr", "pO", SHOW_LIST },
	{ "llistxattr", "pO", SHOW_LIST },
	{ "flistxattr", "dO", SHOW_LIST },
	{ "listxattrat", "dpiO", SHOW_LIST },
	{ "removexattr", "pp", SHOW_NUMBER },
	{ "lremovexattr", "pp", SHOW_NUMBER },
	{ "fremovexattr", "dp", SHOW_NUMBER },
	{ "removexattrat", "dpip", SHOW_NUMBER },
	/* looking */
	{ "stat", "po", SHOW_STAT },
	{ "lstat", "po", SHOW_STAT },
	{ "fstat", "do", SHOW_STAT },
	{ "newfstatat", "dpoi", SHOW_STAT },
	{ "statx", "dpiio", SHOW_STATX },
	{ "statfs", "po", SHOW_STATFS },
	{ "fstatfs", "do", SHOW_STATFS },
	{ "access", "pi", SHOW_NUMBER },
	{ "faccessat", "dpi", SHOW_NUMBER },
	{ "faccessat2", "dpii", SHOW_NUMBER },
	{ "name_to_handle_at", "dpooi", SHOW_NOTHING },
	/* folders of the process */
	{ "chdir", "p", SHOW_NUMBER },
	{ "fchdir", "d", SHOW_NUMBER },
	{ "chroot", "p", SHOW_NUMBER },
	{ "getcwd", "O", SHOW_BYTES },
	{ "umask", "i", SHOW_NUMBER },
	/* descriptors */
	{ "read", "dO", SHOW_BYTES },
	{ "pread64", "dOi", SHOW_BYTES },
	{ "write", "dn", SHOW_NUMBER },
	{ "pwrite64", "dni", SHOW_NUMBER },
	{ "lseek", "dii", SHOW_NUMBER },
	{ "fcntl", "dii", SHOW_NUMBER },
	{ "ioctl", "dio", SHOW_INT },
	{ "flock", "di", SHOW_NUMBER },
	{ "fsync", "d", SHOW_NUMBER },
	{ "memfd_create", "pi", SHOW_FD },
	{ "eventfd2", "ii", SHOW_FD },
	{ "epoll_create1", "i", SHOW_FD },
	{ "execveat", "dpppi", SHOW_NUMBER },
	{ "inotify_init1", "i", SHOW_FD },
	{ "inotify_add_watch", "dpi", SHOW_NUMBER },
	{ "inotify_rm_watch", "di", SHOW_NUMBER },
	{ "fanotify_init", "ii", SHOW_FD },
	{ "fanotify_mark", "diidp", SHOW_NUMBER },
	/* sockets */
	{ "socket", "iii", SHOW_FD },
	{ "bind", "da", SHOW_NUMBER },
	{ "connect", "da", SHOW_NUMBER },
	{ "listen", "di", SHOW_NUMBER },
	{ "accept", "dA", SHOW_FD },
	{ "accept4", "dAi", SHOW_FD },
	{ "getsockname", "dA", SHOW_ADDR },
	{ "getpeername", "dA", SHOW_ADDR },
	{ "shutdown", "di", SHOW_NUMBER },
	{ "setsockopt", "diiL", SHOW_NUMBER },
	{ "sendto", "dnia", SHOW_NUMBER },
	{ "send", "dni", SHOW_NUMBER },
	{ "recvfrom", "dOiA", SHOW_BYTES },
	/* processes */
	{ "kill", "Pi", SHOW_NUMBER },
	{ "tkill", "Pi", SHOW_NUMBER },
	{ "tgkill", "PPi", SHOW_NUMBER },
	{ "getpid", "", SHOW_PID },
	{ "getpgid", "P", SHOW_PID },
	{ "setpgid", "PP", SHOW_NUMBER },
	{ "getsid", "P", SHOW_PID },
	{ "setsid", "", SHOW_PID },
	{ "getpriority", "iP", SHOW_NUMBER },
	{ "setpriority", "iPi", SHOW_NUMBER },
	{ "ioprio_get", "iP", SHOW_NUMBER },
	{ "ioprio_set", "iPi", SHOW_NUMBER },
	{ "sched_getscheduler", "P", SHOW_NUMBER },
	{ "sched_setscheduler", "Pil", SHOW_NUMBER },
	{ "sched_getparam", "Po", SHOW_INT },
	{ "sched_setparam", "Pl", SHOW_NUMBER },
	{ "sched_getaffinity", "PO", SHOW_NUMBER },
	{ "sched_rr_get_interval", "Po", SHOW_NUMBER },
	{ "sched_get_priority_max", "i", SHOW_NUMBER },
	{ "sched_get_priority_min", "i", SHOW_NUMBER },
	{ "getrlimit", "io", SHOW_LIMIT },
	{ "setrlimit", "ir", SHOW_NUMBER },
	{ "prlimit64", "Pi0o", SHOW_LIMIT },
	{ "pidfd_open", "Pi", SHOW_FD },
	{ "pidfd_send_signal", "di0i", SHOW_NUMBER },
	{ "prctl", "iiiii", SHOW_NUMBER },
	{ "getrusage", "io", SHOW_NUMBER },
	{ "personality", "i", SHOW_NUMBER },
	/* identities */
	{ "getuid", "", SHOW_NUMBER },
	{ "geteuid", "", SHOW_NUMBER },
	{ "getgid", "", SHOW_NUMBER },
	{ "getegid", "", SHOW_NUMBER },
	{ "setuid", "i", SHOW_NUMBER },
	{ "setgid", "i", SHOW_NUMBER },
	{ "setreuid", "ii", SHOW_NUMBER },
	{ "setregid", "ii", SHOW_NUMBER },
	{ "setresuid", "iii", SHOW_NUMBER },
	{ "setresgid", "iii", SHOW_NUMBER },
	{ "setfsuid", "i", SHOW_NUMBER },
	{ "setfsgid", "i", SHOW_NUMBER },
	{ "setgroups", "g", SHOW_NUMBER },
	/* the machine: asked in ways that fail */
	{ "sethostname", "n", SHOW_NUMBER },
	{ "setdomainname", "n", SHOW_NUMBER },
	{ "swapoff", "p", SHOW_NUMBER },
	{ "swapon", "pi", SHOW_NUMBER },
	{ "acct", "p", SHOW_NUMBER },
	{ "mount", "pppip", SHOW_NUMBER },
	{ "umount2", "pi", SHOW_NUMBER },
	{ "syslog", "iO", SHOW_NUMBER },
	{ "vhangup", "", SHOW_NUMBER },
};

/* Of every machine alike, and newer than the library. */
static const struct {
	const char *name;
	long number;
} newer[] = {
	{ "fchmodat2", 452 },
	{ "setxattrat", 463 },
	{ "getxattrat", 464 },
	{ "listxattrat", 465 },
	{ "removexattrat", 466 },
	{ "send", SYS_sendto },
};

static long
number_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(newer) / sizeof(newer[0]); i++)
		if (strcmp(newer[i].name, name) == 0)
			return newer[i].number;
	return seccomp_syscall_resolve_name(name);
}

static const struct plain *
find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(plains) / sizeof(plains[0]); i++)
		if (strcmp(plains[i].name, name) == 0)
			return &plains[i];
	return NULL;
}

/* Is the descriptor given a name? Otherwise it is closed at once. */
static bool
is_kept(const struct words *words)
{
	return strcmp(words->word[0], "dup2") == 0 ||
	    (words->n > 1 && strcmp(words->word[1], "=") == 0);
}

/* i386 has all calls of sockets behind one number, as its libc makes them. */
#ifdef __i386__
static const char *const behind[] = { "", "socket", "bind", "connect", "listen",
	"accept", "getsockname", "getpeername", "", "", "", "sendto",
	"recvfrom", "shutdown", "setsockopt", "getsockopt", "", "", "accept4" };

static bool
call_socket(const char *name, long *reg, long *result)
{
	size_t i;

	/* A mask of 64 bits is in two registers. */
	if (strcmp(name, "fanotify_mark") == 0) {
		*result = syscall(SYS_fanotify_mark, reg[0], reg[1], reg[2], 0,
		    reg[3], reg[4]);
		return true;
	}
	for (i = 1; i < sizeof(behind) / sizeof(behind[0]); i++) {
		if (strcmp(behind[i], name) != 0)
			continue;
		*result = syscall(SYS_socketcall, i, reg);
		return true;
	}
	return false;
}
#else
static bool
call_socket(const char *name, long *reg, long *result)
{
	(void)name;
	(void)reg;
	(void)result;
	return false;
}
#endif

bool
plain_run(struct words *words, long *result)
{
	static struct frame frame;
	const struct plain *plain = find(words->word[words->next - 1]);
	long *reg = frame.reg;
	long number;

	if (plain == NULL)
		return false;
	frame_fill(&frame, words, plain->kinds);
	if (words->wrong)
		return false;
	number = number_of(plain->name);
	errno = 0;
	if (!call_socket(plain->name, reg, result)) {
		if (number < 0) {
			say(" = not on this machine");
			return true;
		}
		*result = syscall(number, reg[0], reg[1], reg[2], reg[3],
		    reg[4], reg[5]);
	}
	say_shown(plain->shown, *result, &frame);
	if (plain->shown == SHOW_FD && *result != -1 && !is_kept(words))
		close((int)*result);
	return true;
}

/* SPDX-License-Identifier: ISC */
/*
 * What calls can fail with where something has run out, or a signal comes
 * between. What cannot fail so on any kernel is not here: close(2) has closed
 * even when it says that it was interrupted, and no answer to a notification
 * is lost but with its program.
 */
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define KEY_RECEIVE 1000
#define KEY_SEND 1001
#define KEY_ADDFD 1002
#define KEY_VALID 1003
#define KEY_DUPFD 1004
#define KEY_LOCK 1005

static const struct {
	int key;
	int errors[6];
} calls[] = {
	{ KEY_RECEIVE, { EINTR, ENOMEM } },
	{ KEY_SEND, { EINTR } },
	{ KEY_ADDFD, { EMFILE, ENOMEM, EINTR } },
	{ KEY_VALID, { EINTR } },
	{ KEY_DUPFD, { EMFILE } },
	{ KEY_LOCK, { ENOLCK, EINTR } },
	{ SYS_openat, { EMFILE, ENFILE, ENOMEM, EINTR } },
	{ SYS_openat2, { EMFILE, ENFILE, ENOMEM, EINTR, EAGAIN } },
	{ SYS_socket, { EMFILE, ENFILE, ENOBUFS } },
	{ SYS_socketpair, { EMFILE, ENFILE, ENOMEM } },
	{ SYS_accept4, { EMFILE, ENFILE, ENOMEM, EINTR, EAGAIN } },
	{ SYS_pipe2, { EMFILE, ENFILE } },
	{ SYS_dup, { EMFILE } },
	{ SYS_dup2, { EMFILE } },
	{ SYS_dup3, { EMFILE } },
	{ SYS_eventfd2, { EMFILE, ENFILE, ENOMEM } },
	{ SYS_epoll_create1, { EMFILE, ENFILE, ENOMEM } },
	{ SYS_signalfd4, { EMFILE, ENFILE, ENOMEM } },
	{ SYS_timerfd_create, { EMFILE, ENFILE, ENOMEM } },
	{ SYS_memfd_create, { EMFILE, ENFILE, ENOMEM } },
	{ SYS_pidfd_open, { EMFILE, ENFILE, ENOMEM } },
	{ SYS_pidfd_getfd, { EMFILE, ENFILE } },
	{ SYS_landlock_create_ruleset, { EMFILE, ENFILE, ENOMEM } },
	{ SYS_landlock_add_rule, { ENOMEM } },
	{ SYS_landlock_restrict_self, { ENOMEM, E2BIG } },
	{ SYS_mmap, { ENOMEM, EAGAIN } },
	{ SYS_brk, { ENOMEM } },
	{ SYS_mremap, { ENOMEM } },
	{ SYS_mprotect, { ENOMEM } },
	{ SYS_clone, { EAGAIN, ENOMEM } },
	{ SYS_clone3, { EAGAIN, ENOMEM } },
	{ SYS_fork, { EAGAIN, ENOMEM } },
	{ SYS_vfork, { EAGAIN, ENOMEM } },
	{ SYS_execve, { EAGAIN, ENOMEM, ENFILE } },
	{ SYS_read, { EINTR, EAGAIN, ENOMEM } },
	{ SYS_pread64, { EINTR, ENOMEM } },
	{ SYS_write, { EINTR, ENOSPC, EAGAIN } },
	{ SYS_pwrite64, { EINTR, ENOSPC } },
	{ SYS_writev, { EINTR, ENOSPC } },
	{ SYS_sendmsg, { EINTR, ENOBUFS, ENOMEM, EAGAIN } },
	{ SYS_sendmmsg, { EINTR, ENOBUFS, ENOMEM, EAGAIN } },
	{ SYS_flock, { EINTR, ENOLCK } },
	{ SYS_sendto, { EINTR, ENOBUFS, ENOMEM } },
	{ SYS_recvmsg, { EINTR, ENOMEM, EAGAIN } },
	{ SYS_recvfrom, { EINTR, ENOMEM } },
	{ SYS_poll, { EINTR, ENOMEM } },
	{ SYS_ppoll, { EINTR, ENOMEM } },
	{ SYS_epoll_wait, { EINTR } },
	{ SYS_epoll_pwait, { EINTR } },
	{ SYS_epoll_ctl, { ENOMEM, ENOSPC } },
	{ SYS_wait4, { EINTR } },
	{ SYS_waitid, { EINTR } },
	{ SYS_bind, { ENOMEM, ENOSPC } },
	{ SYS_connect, { EAGAIN, EINTR, ENOMEM } },
	{ SYS_listen, { ENOMEM } },
	{ SYS_getsockopt, { ENOMEM, EMFILE } },
	{ SYS_setsockopt, { ENOMEM, ENOBUFS } },
	{ SYS_mkdir, { ENOSPC, ENOMEM } },
	{ SYS_mkdirat, { ENOSPC, ENOMEM } },
	{ SYS_unlink, { ENOMEM } },
	{ SYS_unlinkat, { ENOMEM } },
	{ SYS_linkat, { ENOSPC, ENOMEM } },
	{ SYS_symlinkat, { ENOSPC, ENOMEM } },
	{ SYS_rename, { ENOSPC, ENOMEM } },
	{ SYS_renameat, { ENOSPC, ENOMEM } },
	{ SYS_renameat2, { ENOSPC, ENOMEM } },
	{ SYS_ftruncate, { ENOSPC, EINTR } },
	{ SYS_fallocate, { ENOSPC, EINTR } },
	{ SYS_fsync, { ENOSPC, EINTR } },
	{ SYS_fchmod, { ENOMEM, ENOSPC } },
	{ SYS_fchown, { ENOMEM, ENOSPC } },
	{ SYS_stat, { ENOMEM } },
	{ SYS_lstat, { ENOMEM } },
	{ SYS_fstat, { ENOMEM } },
	{ SYS_newfstatat, { ENOMEM } },
	{ SYS_statx, { ENOMEM } },
	{ SYS_statfs, { ENOMEM } },
	{ SYS_fstatfs, { ENOMEM } },
	{ SYS_access, { ENOMEM } },
	{ SYS_faccessat, { ENOMEM } },
	{ SYS_faccessat2, { ENOMEM } },
	{ SYS_readlink, { ENOMEM } },
	{ SYS_readlinkat, { ENOMEM } },
	{ SYS_getdents64, { ENOMEM } },
	{ SYS_getxattr, { ENOMEM } },
	{ SYS_fgetxattr, { ENOMEM } },
	{ SYS_setresuid, { EAGAIN, ENOMEM } },
	{ SYS_setresgid, { ENOMEM } },
	{ SYS_setgroups, { ENOMEM } },
	{ SYS_capset, { ENOMEM, EPERM } },
	{ SYS_seccomp, { ENOMEM } },
	{ SYS_prctl, { ENOMEM } },
	{ SYS_setsid, { EPERM } },
	{ SYS_prlimit64, { EPERM } },
	{ SYS_unshare, { ENOMEM, ENOSPC } },
	{ SYS_setns, { ENOMEM } },
	{ SYS_process_vm_readv, { ENOMEM } },
	{ SYS_process_vm_writev, { ENOMEM } },
	{ SYS_kcmp, { ENOMEM } },
	{ SYS_ptrace, { ENOMEM } },
	{ SYS_nanosleep, { EINTR } },
	{ SYS_clock_nanosleep, { EINTR } },
	{ SYS_getrandom, { EINTR, EAGAIN } },
};

static const char *const own_names[] = { "receive", "send", "addfd", "valid",
	"dupfd", "lock" };

#define OWN_NAMES (sizeof(own_names) / sizeof(own_names[0]))

int
key_of(unsigned long long nr, const unsigned long long *args)
{
	if (nr == SYS_ioctl) {
		switch (args[1]) {
		case SECCOMP_IOCTL_NOTIF_RECV:
			return KEY_RECEIVE;
		case SECCOMP_IOCTL_NOTIF_SEND:
			return KEY_SEND;
		case SECCOMP_IOCTL_NOTIF_ADDFD:
			return KEY_ADDFD;
		case SECCOMP_IOCTL_NOTIF_ID_VALID:
			return KEY_VALID;
		default:
			break;
		}
	}
	if (nr == SYS_fcntl) {
		switch (args[1]) {
		case F_DUPFD:
		case F_DUPFD_CLOEXEC:
			return KEY_DUPFD;
		case F_SETLK:
		case F_OFD_SETLK:
		case F_GETLK:
			return KEY_LOCK;
		default:
			break;
		}
	}
	return nr < KEY_RECEIVE ? (int)nr : SYS_getpid;
}

const int *
key_errors(int key)
{
	static const int none;
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].key == key)
			return calls[i].errors;
	return &none;
}

const char *
key_name(int key)
{
	static char *names[KEYS];

	if (key >= KEY_RECEIVE && (size_t)(key - KEY_RECEIVE) < OWN_NAMES)
		return own_names[key - KEY_RECEIVE];
	if (names[key] == NULL)
		names[key] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE,
		    key);
	return names[key] != NULL ? names[key] : "unknown";
}

int
key_named(const char *name)
{
	size_t i;
	int nr;

	for (i = 0; i < OWN_NAMES; i++)
		if (strcmp(own_names[i], name) == 0)
			return KEY_RECEIVE + (int)i;
	nr = seccomp_syscall_resolve_name(name);
	return nr >= 0 && nr < KEY_RECEIVE ? nr : -1;
}

/* SPDX-License-Identifier: ISC */
#include "kernel.h"

#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../privd/compat.h"
#include "../privd/notify/notify.h"

/* What is tried where it cannot be undone: in a child; what the trial gave. */
static int
in_child(int (*try_it)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(try_it());
	if (pid == -1 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

bool
kernel_notifies(void)
{
	return notify_init() == 0;
}

/* Without a filter the kernel gets no further than to the flags. */
bool
kernel_waits_killable(void)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		   SECCOMP_FILTER_FLAG_NEW_LISTENER |
		       SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
		   NULL) == -1 &&
	    errno == EFAULT;
}

/* The child stays under the filter, which lets all pass. -1: none to be had. */
static int
listen_to_self(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { .len = 1, .filter = &allow };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
}

static int
try_wake(void)
{
	int listener = listen_to_self();

	return listener != -1 &&
	    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
		SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) == 0;
}

bool
kernel_wakes_at_once(void)
{
	return in_child(try_wake) == 1;
}

static int
try_listener(void)
{
	return listen_to_self() == -1 && errno == EBUSY;
}

bool
kernel_has_listener(void)
{
	return in_child(try_listener) == 1;
}

bool
kernel_has_getfd(void)
{
	return syscall(SYS_pidfd_getfd, -1, -1, 0) == -1 && errno == EBADF;
}

bool
kernel_has_guard(void)
{
	return prctl(PR_CAPBSET_READ, CAP_BLOCK_SUSPEND, 0, 0, 0) == 1;
}

bool
kernel_has_peer_pidfd(void)
{
	int sock[2], fd = -1;
	socklen_t len = sizeof(fd);
	bool has;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock) == -1)
		return false;
	has = getsockopt(sock[0], SOL_SOCKET, SO_PEERPIDFD, &fd, &len) == 0;
	if (has)
		close(fd);
	close(sock[0]);
	close(sock[1]);
	return has;
}

bool
kernel_has_thread_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), COMPAT_PIDFD_THREAD);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

/* A ring of no entries is never made; who may have none hears EPERM before. */
bool
kernel_has_io_uring(void)
{
	return syscall(SYS_io_uring_setup, 0, NULL) == -1 && errno != ENOSYS &&
	    errno != EPERM;
}

#ifdef __x86_64__
static int
try_32bit(void)
{
	long pid = 20; /* getpid of i386 */

	/* Without the gate it dies by a fault, and no core is worth keeping. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	__asm__ volatile("int $0x80"
			 : "+a"(pid)
			 :
			 : "memory", "r8", "r9", "r10", "r11");
	return pid == getpid();
}

bool
kernel_runs_32bit(void)
{
	return in_child(try_32bit) == 1;
}
#else
bool
kernel_runs_32bit(void)
{
	return false;
}
#endif

int
kernel_yama(void)
{
	FILE *in = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope;

	if (in == NULL)
		return 0;
	if (fscanf(in, "%d", &scope) != 1)
		scope = 3;
	(void)fclose(in);
	return scope;
}

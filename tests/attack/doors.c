/* SPDX-License-Identifier: ISC */
/*
 * Attacks 13, 16, 21 and 40: the doors beside the filter. Each is tried, a
 * line says what the kernel or the filter answered: the errno's name, or the
 * value. At the end the path that a rule elevates is opened: what was tried
 * had no effect on that.
 *
 * usage: doors elevated-path denied-path
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <linux/btrfs.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/securebits.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/old_gate.h"

static const char *elevated;
static const char *denied;

static void
tell(const char *name, long result)
{
	if (result == -1)
		printf("%s %s\n", name, strerrorname_np(errno));
	else
		printf("%s %ld\n", name, result);
}

static long
from_raw(long result)
{
	if (result < 0 && result > -4096) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

#if defined(__x86_64__)
/* Another table of calls. */
static void
tell_gate(const char *name, long nr, long a, long b, long c)
{
	long result;

	if (old_gate(nr, a, b, c, &result))
		tell(name, from_raw(result));
	else
		printf("%s none\n", name);
}

static void
try_foreign(void)
{
	char *low;

	low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		err(1, "mmap");
	(void)snprintf(low, 4096, "%s", elevated);
	tell_gate("int80-open", 5, (long)low, O_RDONLY, 0);
	tell_gate("int80-getpid", 20, 0, 0, 0);
	tell_gate("int80-socket", 359, 17, 3, 0);
	tell("x32-open", syscall(0x40000000 | SYS_open, elevated, O_RDONLY));
	tell("x32-execve", syscall(0x40000000 | 520, elevated, NULL, NULL));
	tell("uselib", syscall(SYS_uselib, elevated));
}
#else
static void
try_foreign(void)
{
}
#endif

static void
try_files(void)
{
	struct io_uring_params params;
	union bpf_attr attr;
	struct {
		unsigned int bytes;
		int type;
		unsigned char data[8];
	} handle = { 8, 1, { 0 } };

	memset(&params, 0, sizeof(params));
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = attr.value_size = 4;
	attr.max_entries = 1;
	tell("io_uring_setup", syscall(SYS_io_uring_setup, 4, &params));
	tell("io_uring_enter", syscall(SYS_io_uring_enter, 0, 0, 0, 0, 0, 0));
	tell("io_uring_register", syscall(SYS_io_uring_register, 0, 0, 0, 0));
	tell("open_by_handle_at",
	    syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY));
	tell("bpf", syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
	tell("bpf-obj-get", syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr)));
	tell("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
	tell("fsconfig", syscall(SYS_fsconfig, -1, 0, NULL, NULL, 0));
	tell("fsmount", syscall(SYS_fsmount, -1, 0, 0));
	tell("fspick", syscall(SYS_fspick, AT_FDCWD, "/", 0));
	tell("move_mount", syscall(SYS_move_mount, -1, "", -1, "", 0));
	tell("mount_setattr", syscall(SYS_mount_setattr, -1, "", 0, NULL, 0));
	tell("umount2", syscall(SYS_umount2, "/tmp", 0));
	tell("pivot_root", syscall(SYS_pivot_root, "/", "/"));
	tell("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/", 1));
	tell("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL));
	tell("chroot", syscall(SYS_chroot, "/tmp"));
	tell("beyond-the-table", syscall(4000));
}

/* One file, by every call that opens. */
static void
try_openings(void)
{
	struct open_how how;

	memset(&how, 0, sizeof(how));
	how.flags = O_RDWR;
	tell("denied-openat", openat(AT_FDCWD, denied, O_RDWR));
	tell("denied-creat", creat(denied, 0600));
	tell("denied-openat2",
	    syscall(SYS_openat2, AT_FDCWD, denied, &how, sizeof(how)));
	how.resolve = RESOLVE_NO_SYMLINKS;
	tell("denied-resolve",
	    syscall(SYS_openat2, AT_FDCWD, denied, &how, sizeof(how)));
#ifdef SYS_open
	tell("denied-open", syscall(SYS_open, denied, O_RDWR));
#endif
}

/* What would bind this process is done by a child of it. */
static long
in_child(long (*function)(void))
{
	int status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(function() == -1 ? errno : 0);
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		return -1;
	errno = WEXITSTATUS(status);
	return errno == 0 ? 0 : -1;
}

static long
ptrace_me(void)
{
	return ptrace(PTRACE_TRACEME, 0, 0, 0);
}

static long
seize_child(void)
{
	long result;
	int error;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)pause();
		_exit(0);
	}
	result = ptrace(PTRACE_SEIZE, pid, 0, 0);
	error = errno;
	if (pid > 0) {
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		errno = error;
	}
	return result;
}

static void
try_others(void)
{
	char c = 0;
	struct iovec iov = { &c, 1 };
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = PERF_TYPE_SOFTWARE;
	attr.exclude_kernel = 1;
	tell("ptrace-traceme", in_child(ptrace_me));
	tell("ptrace-seize", seize_child());
	tell("process_vm_readv",
	    process_vm_readv(getpid(), &iov, 1, &iov, 1, 0));
	tell("process_vm_writev",
	    process_vm_writev(getpid(), &iov, 1, &iov, 1, 0));
	tell("process_madvise",
	    syscall(SYS_process_madvise, 0, &iov, 1, MADV_COLD, 0));
	tell("kcmp", syscall(SYS_kcmp, getpid(), getpid(), 1, 0, 0));
	tell("pidfd_getfd",
	    syscall(SYS_pidfd_getfd, (int)syscall(SYS_pidfd_open, getpid(), 0),
		0, 0));
	tell("perf_event_open",
	    syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
	tell("userfaultfd", syscall(SYS_userfaultfd, 1));
}

/* Numbers in both words of the register: the kernel looks at the low one. */
static void
try_namespaces(void)
{
	static const struct {
		const char *name;
		long flag;
	} kinds[] = {
		{ "user", CLONE_NEWUSER },
		{ "pid", CLONE_NEWPID },
		{ "mnt", CLONE_NEWNS },
		{ "net", CLONE_NEWNET },
		{ "time", 0x80 },
	};
	struct {
		uint64_t flags, rest[10];
	} args;
	char name[64];
	long result;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		(void)snprintf(name, sizeof(name), "unshare-%s", kinds[i].name);
		tell(name, syscall(SYS_unshare, kinds[i].flag));
		(void)snprintf(name, sizeof(name), "clone-%s", kinds[i].name);
		if (kinds[i].flag == 0x80)
			continue;
		result = syscall(SYS_clone, kinds[i].flag | SIGCHLD, 0, 0, 0,
		    0);
		if (result == 0)
			_exit(0);
		tell(name, result == -1 ? -1 : 0);
	}
	tell("unshare-high", syscall(SYS_unshare, 1L << 32 | CLONE_NEWUSER));
	memset(&args, 0, sizeof(args));
	args.flags = CLONE_NEWPID;
	result = syscall(SYS_clone3, &args, sizeof(args));
	if (result == 0)
		_exit(0);
	tell("clone3", result == -1 ? -1 : 0);
	tell("setns", syscall(SYS_setns, 0, 0));
}

static int
has_guard(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) == -1)
		return -1;
	return (data[1].permitted & 1U << (CAP_BLOCK_SUSPEND - 32)) != 0;
}

static void
try_guard(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	unsigned int size;

	tell("capset", syscall(SYS_capset, &header, none));
	tell("ambient-clear",
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
	tell("ambient-lower",
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_BLOCK_SUSPEND, 0,
		0));
	tell("ambient-raise",
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_BLOCK_SUSPEND, 0,
		0));
	tell("guard", has_guard());
	tell("set-ptracer", prctl(PR_SET_PTRACER, -1, 0, 0, 0));
	tell("set-dumpable-0", prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
	tell("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	tell("set-mm", prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, &size, 0, 0));
	tell("personality", syscall(SYS_personality, 0x0400000));
	tell("btrfs-create", ioctl(0, BTRFS_IOC_SUBVOL_CREATE, NULL));
	tell("btrfs-create2", ioctl(0, BTRFS_IOC_SUBVOL_CREATE_V2, NULL));
	tell("btrfs-snapshot", ioctl(0, BTRFS_IOC_SNAP_CREATE, NULL));
	tell("btrfs-snapshot2", ioctl(0, BTRFS_IOC_SNAP_CREATE_V2, NULL));
	tell("btrfs-remove", ioctl(0, BTRFS_IOC_SNAP_DESTROY, NULL));
	tell("btrfs-remove2", ioctl(0, BTRFS_IOC_SNAP_DESTROY_V2, NULL));
	tell("tiocsti", ioctl(0, TIOCSTI, "x"));
	tell("tiocsti-high", syscall(SYS_ioctl, 0, 1L << 32 | TIOCSTI, "x"));
}

int
main(int argc, char *argv[])
{
	if (argc != 3)
		errx(2, "usage: doors path denied");
	elevated = argv[1];
	denied = argv[2];
	/* Outside of sessions root goes through most of them: not where others
	   see what he mounts. */
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0 &&
	    unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		err(1, "mounts");
	try_foreign();
	try_files();
	try_openings();
	try_others();
	try_namespaces();
	try_guard();
	tell("elevated", open(elevated, O_RDONLY) == -1 ? -1 : 0);
	return 0;
}

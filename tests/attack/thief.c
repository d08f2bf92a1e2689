/* SPDX-License-Identifier: ISC */
/*
 * Attack 14: a process of the same uid tries everything on another one. For
 * each attempt one line: its name, and `in`, or `refused` with the errno.
 * Refused means that the kernel would not let it near (EPERM, EACCES, ESRCH);
 * any other error came from within.
 *
 * usage: thief pid
 */
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <linux/kcmp.h>
#include <linux/perf_event.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IOPRIO(class, data) ((class) << 13 | (data))
#define NUMBERS 64 /* descriptors that are tried one by one */

static pid_t target;
static char own[4096];

static void
tell(const char *name, const char *detail, bool failed)
{
	int error = errno;

	if (!failed || (error != EPERM && error != EACCES && error != ESRCH))
		printf("%s%s in\n", name, detail);
	else
		printf("%s%s refused %s\n", name, detail, strerror(error));
}

/* --- /proc */

struct file {
	const char *name;
	int flags;
	int mode; /* how much must work to be in */
};

enum {
	OPEN,
	READ,
	LINK,
	LIST
};

static const struct file files[] = {
	{ "mem", O_RDONLY, OPEN },
	{ "mem", O_RDWR, OPEN },
	{ "maps", O_RDONLY, READ },
	{ "smaps", O_RDONLY, READ },
	{ "smaps_rollup", O_RDONLY, READ },
	{ "numa_maps", O_RDONLY, READ },
	{ "pagemap", O_RDONLY, OPEN },
	{ "environ", O_RDONLY, READ },
	{ "auxv", O_RDONLY, READ },
	{ "syscall", O_RDONLY, READ },
	{ "personality", O_RDONLY, READ },
	{ "io", O_RDONLY, READ },
	{ "timerslack_ns", O_RDONLY, READ }, /* CAP_SYS_NICE */
	{ "root", O_PATH, OPEN },
	{ "root/etc", O_RDONLY, OPEN },
	{ "cwd", O_PATH, OPEN },
	{ "exe", O_RDONLY, OPEN },
	{ "exe", 0, LINK },
	{ "cwd", 0, LINK },
	{ "root", 0, LINK },
	{ "fd", O_RDONLY, LIST },
	{ "fdinfo", O_RDONLY, LIST },
	{ "map_files", O_RDONLY, LIST },
	{ "ns/user", 0, LINK },
	{ "ns/net", O_RDONLY, OPEN },
	{ "ns/mnt", O_RDONLY, OPEN },
	{ "ns/pid", O_RDONLY, OPEN },
};

static bool
list(const char *path)
{
	DIR *dir = opendir(path);
	bool any;

	if (dir == NULL)
		return false;
	errno = 0;
	any = readdir(dir) != NULL && readdir(dir) != NULL &&
	    readdir(dir) != NULL;
	if (!any && errno == 0)
		errno = EACCES;
	closedir(dir);
	return any;
}

static bool
try_file(const char *path, const struct file *file)
{
	static char buf[65536];
	ssize_t n = 0;
	int fd;

	if (file->mode == LINK)
		return readlink(path, buf, sizeof(buf)) != -1;
	if (file->mode == LIST)
		return list(path);
	fd = open(path, file->flags | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return false;
	if (file->mode == READ)
		n = read(fd, buf, sizeof(buf));
	/* Some files can be opened by all and show nothing. */
	if (n == 0 && file->mode == READ) {
		n = -1;
		errno = EACCES;
	}
	if (n == -1)
		fd = -1;
	return fd != -1;
}

static void
try_files(const char *folder, const char *prefix)
{
	static const char *const how[] = { "open", "read", "link", "list" };
	char path[128], name[64];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
		    files[i].name);
		if (access(path, F_OK) == -1 && errno == ENOENT)
			continue; /* a task has not all of them */
		(void)snprintf(name, sizeof(name), "%s%s/%s", prefix,
		    files[i].name,
		    files[i].flags == O_RDWR ? "write" : how[files[i].mode]);
		tell(name, "", !try_file(path, &files[i]));
	}
}

static void
try_proc(void)
{
	char path[64];
	int number, fd, opened = 0, linked = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d", target);
	try_files(path, "proc/");
	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d", target, target);
	try_files(path, "task/");
	for (number = 0; number < NUMBERS; number++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", target,
		    number);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		opened += fd != -1 ||
		    (errno != EACCES && errno != EPERM && errno != ENOENT);
		if (fd != -1)
			close(fd);
		linked += readlink(path, own, sizeof(own)) != -1;
	}
	errno = EACCES;
	tell("fd-open", "", opened == 0);
	errno = EACCES;
	tell("fd-link", "", linked == 0);
}

static void
try_write(const char *name, const char *text)
{
	char path[64];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", target, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	n = fd == -1 ? -1 : write(fd, text, strlen(text));
	tell("set-", name, n == -1);
	if (fd != -1)
		close(fd);
}

/* --- calls */

static void
try_ptrace(void)
{
	long n;

	n = ptrace(PTRACE_SEIZE, target, 0, 0);
	tell("ptrace-seize", "", n == -1);
	if (n == 0 && ptrace(PTRACE_INTERRUPT, target, 0, 0) == 0) {
		(void)waitpid(target, NULL, __WALL);
		(void)ptrace(PTRACE_DETACH, target, 0, 0);
	}
	n = ptrace(PTRACE_ATTACH, target, 0, 0);
	tell("ptrace-attach", "", n == -1);
	if (n == 0) {
		(void)waitpid(target, NULL, __WALL);
		(void)ptrace(PTRACE_DETACH, target, 0, 0);
	}
}

static void
try_descriptors(void)
{
	int pidfd, fd, number, got = 0, error = EPERM;

	pidfd = (int)syscall(SYS_pidfd_open, target, 0);
	for (number = 0; number < 1024; number++) {
		fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
		if (fd != -1) {
			got++;
			close(fd);
		} else if (errno != EPERM) {
			error = errno; /* EBADF is told to friends */
		}
	}
	errno = error;
	tell("pidfd_getfd", "", got == 0 && error == EPERM);
}

static void
try_memory(void)
{
	char byte[16];
	struct iovec local = { byte, sizeof(byte) };
	struct iovec remote = { own, sizeof(byte) };
	void *page = own;
	int pidfd, status;

	tell("process_vm_readv", "",
	    process_vm_readv(target, &local, 1, &remote, 1, 0) == -1);
	/* To where nobody has memory: nothing is changed in a friend. */
	remote.iov_base = (void *)16;
	tell("process_vm_writev", "",
	    process_vm_writev(target, &local, 1, &remote, 1, 0) == -1);
	pidfd = (int)syscall(SYS_pidfd_open, target, 0);
	remote.iov_base = own;
	tell("process_madvise", "",
	    syscall(SYS_process_madvise, pidfd, &remote, 1, MADV_COLD, 0) ==
		-1);
	tell("move_pages", "",
	    syscall(SYS_move_pages, target, 1, &page, NULL, &status, 0) == -1);
	tell("migrate_pages", "",
	    syscall(SYS_migrate_pages, target, 0, NULL, NULL) == -1);
}

static void
try_looks(void)
{
	struct perf_event_attr attr;
	void *head;
	size_t len;

	tell("kcmp-vm", "",
	    syscall(SYS_kcmp, getpid(), target, KCMP_VM, 0, 0) == -1);
	tell("kcmp-file", "",
	    syscall(SYS_kcmp, getpid(), target, KCMP_FILE, 0, 0) == -1);
	tell("get_robust_list", "",
	    syscall(SYS_get_robust_list, target, &head, &len) == -1);
	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = PERF_TYPE_SOFTWARE;
	attr.config = PERF_COUNT_SW_TASK_CLOCK;
	attr.exclude_kernel = 1;
	attr.exclude_hv = 1;
	tell("perf_event_open", "",
	    syscall(SYS_perf_event_open, &attr, target, -1, -1, 0) == -1);
}

static void
try_schedule(void)
{
	struct sched_param param = { 0 };
	cpu_set_t cpus;
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attr = { .size = 48, .policy = SCHED_BATCH };

	(void)sched_getaffinity(0, sizeof(cpus), &cpus);
	tell("sched_setaffinity", "",
	    sched_setaffinity(target, sizeof(cpus), &cpus) == -1);
	tell("sched_setscheduler", "",
	    sched_setscheduler(target, SCHED_BATCH, &param) == -1);
	tell("sched_setattr", "",
	    syscall(SYS_sched_setattr, target, &attr, 0) == -1);
	tell("setpriority", "",
	    setpriority(PRIO_PROCESS, (id_t)target, 1) == -1);
	tell("ioprio_set", "",
	    syscall(SYS_ioprio_set, 1, target, IOPRIO(2, 7)) == -1);
}

/* What uids alone decide: on the program it is open by design. */
static void
try_owned(void)
{
	struct rlimit limit, all = { RLIM_INFINITY, RLIM_INFINITY };
	siginfo_t info;
	bool failed;
	int pidfd;

	tell("kill", "", kill(target, SIGURG) == -1);
	memset(&info, 0, sizeof(info));
	info.si_signo = SIGURG;
	info.si_code = SI_QUEUE;
	tell("sigqueueinfo", "",
	    syscall(SYS_rt_tgsigqueueinfo, target, target, SIGURG, &info) ==
		-1);
	pidfd = (int)syscall(SYS_pidfd_open, target, 0);
	tell("pidfd_send_signal", "",
	    syscall(SYS_pidfd_send_signal, pidfd, SIGURG, NULL, 0) == -1);
	failed = prlimit(target, RLIMIT_NOFILE, NULL, &limit) == -1;
	tell("prlimit-get", "", failed);
	if (failed)
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	tell("prlimit-set", "",
	    prlimit(target, RLIMIT_NOFILE, &limit, NULL) == -1);
	tell("prlimit-core", "",
	    prlimit(target, RLIMIT_CORE, &all, NULL) == -1);
	try_write("coredump_filter", "51\n");
	try_write("oom_score_adj", "500\n");
	try_write("clear_refs", "1\n");
}

int
main(int argc, char *argv[])
{
	if (argc != 2)
		errx(2, "usage: thief pid");
	target = (pid_t)atoi(argv[1]);
	try_proc();
	try_descriptors();
	try_memory();
	try_looks();
	try_schedule();
	try_owned();
	try_ptrace();
	return 0;
}

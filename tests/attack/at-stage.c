/* SPDX-License-Identifier: ISC */
/*
 * Attacks 35, 36, 38 and 43: kills a process of a session in a given stage of
 * a call. Root traces it, and counts the entries and ends of its own system
 * calls from the moment in which it has received something, or has accepted
 * somebody: at the given one it dies. Or the system call at whose entry it
 * stands does not happen, and fails as if there were no descriptors, memory or
 * processes; or a command is run while it stands there, and then it goes on.
 * With a program's number instead, it dies while it is inside of the call that
 * gives that program a descriptor: where the program is, on a CPU of its own,
 * something more urgent keeps it from taking it.
 *
 * usage: at-stage pid count [fails | /command]
 *        at-stage pid inside program
 *
 * "ready"; then "entry NAME" or "end NAME", of where it was killed or stood,
 * "failed NAME", or "passed NAME" (of one that cannot fail so), or "over": the
 * call was over before.
 */
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <linux/ptrace.h>
#include <linux/seccomp.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE)
#define HELD_MAX 500 /* milliseconds that nothing else runs there */

static pid_t victim;
static pid_t program;  /* that is kept from running; 0 */
static pid_t receiver; /* the thread that has received; 0: none yet */
static struct ptrace_syscall_info entry; /* of that thread's call */
static struct ptrace_syscall_info first; /* by which it has received */
static atomic_bool hog_ends, hog_runs;

static const char *
name_of(const struct ptrace_syscall_info *info)
{
	switch (info->entry.nr) {
	case SYS_ioctl:
		switch (info->entry.args[1]) {
		case SECCOMP_IOCTL_NOTIF_RECV:
			return "receive";
		case SECCOMP_IOCTL_NOTIF_SEND:
			return "send";
		case SECCOMP_IOCTL_NOTIF_ADDFD:
			return "addfd";
		case SECCOMP_IOCTL_NOTIF_ID_VALID:
			return "valid";
		default:
			return "ioctl";
		}
	case SYS_openat:
	case SYS_openat2:
		return "open";
	case SYS_sendmsg:
		return "sendmsg";
	case SYS_recvmsg:
		return "recvmsg";
	default:
		return "another";
	}
}

static bool
is_receiving(const struct ptrace_syscall_info *info)
{
	return info->entry.nr == SYS_recvmsg || info->entry.nr == SYS_accept4 ||
	    (info->entry.nr == SYS_ioctl &&
		info->entry.args[1] == SECCOMP_IOCTL_NOTIF_RECV);
}

/* One that listens to several. */
static bool
is_waiting(const struct ptrace_syscall_info *info)
{
	return info->entry.nr == SYS_poll && (int)info->entry.args[2] == -1;
}

static void
seize(pid_t tid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, tid, 0, OPTIONS) == -1 ||
	    ptrace(PTRACE_INTERRUPT, tid, 0, 0) == -1 ||
	    waitpid(tid, &status, __WALL) == -1 ||
	    ptrace(PTRACE_SYSCALL, tid, 0, 0) == -1)
		err(1, "seize %d", tid);
}

static void
seize_all(void)
{
	const struct dirent *d;
	char path[64];
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", victim);
	dir = opendir(path);
	if (dir == NULL)
		err(1, "%s", path);
	while ((d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			seize((pid_t)atoi(d->d_name));
	closedir(dir);
}

static void __attribute__((noreturn)) end(const char *where)
{
	(void)kill(victim, SIGKILL);
	printf("%s %s\n", where, name_of(&entry));
	exit(0);
}

/* --- inside of a call */

static void
pin(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(pid, sizeof(set), &set) == -1)
		err(1, "affinity of %d", pid);
}

static long long
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* Nothing else runs where it does. */
static void *
hog(void *p)
{
	const struct sched_param urgent = { .sched_priority = 1 };
	const long long until = now() + HELD_MAX;

	(void)p;
	pin(0, 1);
	if (sched_setscheduler(0, SCHED_FIFO, &urgent) == -1)
		err(1, "SCHED_FIFO");
	hog_runs = true;
	while (!hog_ends && now() < until)
		continue;
	return NULL;
}

/* As /proc shows it: R, S, t, ... */
static char
state_of(pid_t tid)
{
	char path[64], line[512];
	const char *s = NULL;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	f = fopen(path, "r");
	if (f == NULL)
		return '?';
	if (fgets(line, sizeof(line), f) != NULL)
		s = strrchr(line, ')');
	(void)fclose(f);
	return s != NULL && s[1] == ' ' ? s[2] : '?';
}

/* It enters the call and sleeps there, as nobody takes what it gives; and is
   gone before the program is let go on. */
static void
die_inside(pid_t tid)
{
	const struct timespec moment = { 0, 200000 };
	const long long until = now() + HELD_MAX;
	pthread_t thread;
	bool slept = false;
	pid_t other = 0;
	int status;

	if (pthread_create(&thread, NULL, hog, NULL) != 0)
		err(1, "thread");
	while (!hog_runs)
		(void)nanosleep(&moment, NULL);
	if (ptrace(PTRACE_SYSCALL, tid, 0, 0) == -1)
		err(1, "resume");
	while (!slept && waitpid(tid, &status, __WALL | WNOHANG) == 0 &&
	    now() < until) {
		slept = state_of(tid) == 'S';
		(void)nanosleep(&moment, NULL);
	}
	(void)kill(victim, SIGKILL);
	while (other != -1 && now() < until) {
		other = waitpid(-1, &status, __WALL | WNOHANG);
		if (other > 0)
			(void)ptrace(PTRACE_CONT, other, 0, 0);
	}
	hog_ends = true;
	(void)pthread_join(thread, NULL);
	end(slept ? "inside" : "after");
}

/* --- stages */

/* It waits for the next one. */
static bool
is_same_call(const struct ptrace_syscall_info *a,
    const struct ptrace_syscall_info *b)
{
	return a->entry.nr == b->entry.nr &&
	    a->entry.args[0] == b->entry.args[0] &&
	    (a->entry.nr != SYS_ioctl || a->entry.args[1] == b->entry.args[1]);
}

/* Of the thread that works on a call: where it stands, and whether it has
   come to one more stage. */
static bool
has_moved(pid_t tid, struct ptrace_syscall_info *info)
{
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(*info), info) <= 0)
		return false;
	if (info->op == PTRACE_SYSCALL_INFO_ENTRY && receiver == tid) {
		entry = *info;
		if (is_same_call(&entry, &first) || is_waiting(&entry)) {
			printf("over\n");
			exit(0);
		}
		return true;
	}
	return info->op == PTRACE_SYSCALL_INFO_EXIT;
}

/* What each thread has entered last. */
static struct {
	pid_t tid;
	struct ptrace_syscall_info info;
} last[64];

static struct ptrace_syscall_info *
last_of(pid_t tid)
{
	size_t i;

	for (i = 0; i < sizeof(last) / sizeof(last[0]); i++)
		if (last[i].tid == tid || last[i].tid == 0) {
			last[i].tid = tid;
			return &last[i].info;
		}
	errx(1, "too many threads");
}

static bool
is_stage(pid_t tid, struct ptrace_syscall_info *info)
{
	struct ptrace_syscall_info *mine = last_of(tid);
	bool moved;

	moved = has_moved(tid, info);
	if (info->op == PTRACE_SYSCALL_INFO_ENTRY)
		*mine = *info;
	if (receiver == 0 && info->op == PTRACE_SYSCALL_INFO_EXIT &&
	    mine->op == PTRACE_SYSCALL_INFO_ENTRY && is_receiving(mine) &&
	    !info->exit.is_error &&
	    (mine->entry.nr == SYS_ioctl || info->exit.rval > 0)) {
		receiver = tid;
		entry = first = *mine;
	}
	return moved && receiver == tid;
}

/* What it fails with where something has run out; 0: it cannot. */
static int
failure_of(const struct ptrace_syscall_info *info)
{
	switch (info->entry.nr) {
	case SYS_ioctl:
		return info->entry.args[1] == SECCOMP_IOCTL_NOTIF_ADDFD ?
		    EMFILE :
		    0;
	case SYS_openat:
	case SYS_openat2:
	case SYS_fcntl:
	case SYS_pidfd_open:
	case SYS_pidfd_getfd:
	case SYS_recvmsg:
		return EMFILE;
	case SYS_mmap:
	case SYS_brk:
	case SYS_read:
	case SYS_pread64:
	case SYS_readlinkat:
	case SYS_fstat:
	case SYS_newfstatat:
	case SYS_statx:
		return ENOMEM;
	case SYS_sendmsg:
		return ENOBUFS;
	case SYS_clone:
	case SYS_clone3:
		return EAGAIN;
	default:
		return 0;
	}
}

#if defined(__x86_64__)

/* Its call is none, and comes to this end. */
static void
fail_with(pid_t tid, int error)
{
	struct user_regs_struct regs;
	int status;

	if (ptrace(PTRACE_GETREGS, tid, 0, &regs) == -1)
		err(1, "registers");
	regs.orig_rax = (unsigned long long)-1;
	if (ptrace(PTRACE_SETREGS, tid, 0, &regs) == -1 ||
	    ptrace(PTRACE_SYSCALL, tid, 0, 0) == -1 ||
	    waitpid(tid, &status, __WALL) == -1 ||
	    ptrace(PTRACE_GETREGS, tid, 0, &regs) == -1)
		err(1, "skip");
	regs.rax = (unsigned long long)-(long long)error;
	if (ptrace(PTRACE_SETREGS, tid, 0, &regs) == -1)
		err(1, "registers");
}

#else

static void
fail_with(pid_t tid, int error)
{
	(void)tid;
	(void)error;
	errx(77, "x86_64 alone");
}

#endif

/* The tracer's end lets it go on. */
static void __attribute__((noreturn)) fail(pid_t tid, bool enters)
{
	int error = enters ? failure_of(&entry) : 0;

	if (error != 0)
		fail_with(tid, error);
	printf("%s %s\n", error != 0 ? "failed" : "passed", name_of(&entry));
	exit(0);
}

static void __attribute__((noreturn)) run(char *command, bool enters)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl(command, command, NULL);
		_exit(127);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "%s: status %d", command, status);
	printf("%s %s\n", enters ? "entry" : "end", name_of(&entry));
	exit(0);
}

static bool
is_call_stop(int status)
{
	return WIFSTOPPED(status) && WSTOPSIG(status) == (SIGTRAP | 0x80);
}

int
main(int argc, char *argv[])
{
	struct ptrace_syscall_info info;
	char *command = NULL;
	bool fails, enters;
	int count, status;
	pid_t tid;

	if (argc < 3)
		errx(2,
		    "usage: at-stage pid count|inside "
		    "[fails|/command|program]");
	victim = (pid_t)atoi(argv[1]);
	count = atoi(argv[2]);
	fails = argc > 3 && strcmp(argv[3], "fails") == 0;
	if (argc > 3 && argv[3][0] == '/') {
		command = argv[3];
	} else if (argc > 3 && !fails) {
		program = (pid_t)atoi(argv[3]);
		pin(0, 0);
		pin(victim, 0);
		pin(program, 1);
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	seize_all();
	printf("ready\n");
	while ((tid = waitpid(-1, &status, __WALL)) != -1) {
		memset(&info, 0, sizeof(info));
		if (is_call_stop(status) && is_stage(tid, &info)) {
			enters = info.op == PTRACE_SYSCALL_INFO_ENTRY;
			count--;
			if (program == 0 && count == 0 && fails)
				fail(tid, enters);
			if (program == 0 && count == 0 && command != NULL)
				run(command, enters);
			if (program == 0 && count == 0)
				end(enters ? "entry" : "end");
			if (program != 0 && enters &&
			    strcmp(name_of(&entry), "addfd") == 0)
				die_inside(tid);
		}
		(void)ptrace(PTRACE_SYSCALL, tid, 0, 0);
	}
	printf("gone\n");
	return 0;
}

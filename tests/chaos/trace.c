/* SPDX-License-Identifier: ISC */
#include "trace.h"

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <linux/ptrace.h>

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS                                                             \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | \
	    PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL)
#define TASKS_MAX 512
#define REAPED_MAX 16

const char *const kind_names[KINDS] = { "start", "monitor", "logger",
	"connection", "member", "judge", "hand", "fetcher", "double", "scribe",
	"other" };
unsigned int trace_counts[KINDS][KEYS];

struct task {
	pid_t tid, pid, parent;
	enum kind kind;
	bool inside;            /* of a call */
	int key;                /* that it is in */
	int injected;           /* what that comes to; 0 */
	unsigned long long rdi; /* that it had, where it was changed */
};

static struct task tasks[TASKS_MAX];
static size_t ntasks;
static pid_t monitor;
static int monitor_status = -1;
static struct fault armed;
static bool is_armed, has_failed, counts_all;
static bool has_accepted; /* the monitor, and has not forked since */
static struct {
	pid_t pid;
	int status;
} reaped[REAPED_MAX]; /* that nobody has asked for */

/* --- who they are */

static struct task *
find(pid_t tid)
{
	size_t i;

	for (i = 0; i < ntasks; i++)
		if (tasks[i].tid == tid)
			return &tasks[i];
	return NULL;
}

/* A number of /proc/TID/status. */
static pid_t
number_of(pid_t tid, const char *field)
{
	char path[64], line[256];
	size_t len = strlen(field);
	pid_t number = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", tid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, field, len) == 0)
			number = (pid_t)strtol(line + len, NULL, 10);
	(void)fclose(f);
	return number;
}

static enum kind
kind_of_child(const struct task *parent)
{
	if (parent == NULL)
		return KIND_OTHER;
	if (parent->kind == KIND_START)
		return KIND_START;
	if (parent->kind == KIND_MONITOR)
		return has_accepted ? KIND_CONNECTION : KIND_LOGGER;
	return parent->kind == KIND_CONNECTION ? KIND_MEMBER : KIND_OTHER;
}

static struct task *
add(pid_t tid)
{
	struct task *task;
	pid_t pid = number_of(tid, "Tgid:");

	if (ntasks == TASKS_MAX)
		errx(1, "too many processes");
	task = &tasks[ntasks];
	memset(task, 0, sizeof(*task));
	task->tid = tid;
	task->pid = pid;
	task->parent = number_of(tid, "PPid:");
	if (pid != tid && find(pid) != NULL)
		task->kind = find(pid)->kind;
	else
		task->kind = kind_of_child(find(task->parent));
	ntasks++;
	return task;
}

static void
rename_task(struct task *task, const char *name)
{
	enum kind kind;

	if (strncmp(name, "privd-", 6) != 0)
		return;
	for (kind = KIND_JUDGE; kind < KIND_OTHER; kind++)
		if (strcmp(name + 6, kind_names[kind]) == 0)
			task->kind = kind;
}

static void
forget(pid_t tid, int status)
{
	struct task *task = find(tid);
	size_t i;

	if (tid == monitor)
		monitor_status = status;
	if (task != NULL) {
		*task = tasks[--ntasks];
		return;
	}
	for (i = 0; i < REAPED_MAX; i++)
		if (reaped[i].pid == 0) {
			reaped[i].pid = tid;
			reaped[i].status = status;
			return;
		}
}

/* --- calls */

static void
get(pid_t tid, struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_GETREGS, tid, 0, regs) == -1 && errno != ESRCH)
		err(1, "registers");
}

static void
set(pid_t tid, const struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_SETREGS, tid, 0, regs) == -1 && errno != ESRCH)
		err(1, "registers");
}

/* Its call is none. One for more memory that fails says where that ends. */
static void
skip(struct task *task, int error)
{
	struct user_regs_struct regs;

	get(task->tid, &regs);
	if (task->key == SYS_brk) {
		task->rdi = regs.rdi;
		regs.rdi = 0;
	} else {
		regs.orig_rax = (unsigned long long)-1;
		task->injected = error;
	}
	set(task->tid, &regs);
	has_failed = true;
}

/* In a pipe (libevent's, of signals) there is room, and what is there can be
   read; and files alone lack room. */
static bool
can_fail(pid_t tid, int fd)
{
	char path[64], link[16] = "";
	bool writes = armed.key == SYS_write || armed.key == SYS_writev;

	if (!writes && armed.key != SYS_read)
		return true;
	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", tid, fd);
	if (readlink(path, link, sizeof(link) - 1) == -1)
		return false;
	if (link[0] == 'p')
		return !writes && armed.error != ENOMEM;
	return armed.error != ENOSPC || link[0] == '/';
}

static void
enter(struct task *task, const struct ptrace_syscall_info *info)
{
	unsigned long long args[6];
	char name[17] = "";
	unsigned int n;
	size_t i;
	long word;

	for (i = 0; i < 6; i++)
		args[i] = info->entry.args[i];
	if (info->entry.nr == SYS_prctl && args[0] == PR_SET_NAME) {
		for (i = 0; i < 16; i += sizeof(word)) {
			word = ptrace(PTRACE_PEEKDATA, task->tid,
			    (void *)(uintptr_t)(args[1] + i), 0);
			memcpy(name + i, &word, sizeof(word));
		}
		rename_task(task, name);
	}
	task->inside = true;
	task->key = key_of(info->entry.nr, args);
	if (task->tid == monitor && info->entry.nr == SYS_epoll_wait)
		has_accepted = false;
	n = ++trace_counts[task->kind][task->key];
	if (is_armed && !has_failed && armed.kind == task->kind &&
	    armed.key == task->key && armed.index == n &&
	    can_fail(task->tid, (int)args[0]))
		skip(task, armed.error);
}

static void
leave(struct task *task, bool is_error)
{
	struct user_regs_struct regs;

	task->inside = false;
	if (task->tid == monitor && task->key == SYS_accept4 && !is_error)
		has_accepted = true;
	if (task->injected == 0 && task->rdi == 0)
		return;
	get(task->tid, &regs);
	if (task->rdi != 0)
		regs.rdi = task->rdi;
	else
		regs.rax = (unsigned long long)-(long long)task->injected;
	set(task->tid, &regs);
	task->injected = 0;
	task->rdi = 0;
}

static void
call(struct task *task)
{
	struct ptrace_syscall_info info;

	memset(&info, 0, sizeof(info));
	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) <=
	    0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enter(task, &info);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		leave(task, info.exit.is_error);
}

/* --- stops */

/* Whose calls are looked at: all, or those of the kind that is to fail; who
   waits; and who has no name yet. */
static bool
is_looked_at(const struct task *task)
{
	return counts_all || task->kind <= KIND_LOGGER ||
	    task->kind == KIND_MEMBER || task->injected != 0 ||
	    task->rdi != 0 ||
	    (is_armed && !has_failed && task->kind == armed.kind);
}

static void
stopped(pid_t tid, int status)
{
	struct task *task = find(tid);
	int sig = WSTOPSIG(status), event = status >> 16, deliver = 0;

	if (task == NULL)
		task = add(tid);
	if (sig == (SIGTRAP | 0x80)) {
		call(task);
	} else if (event == PTRACE_EVENT_STOP && sig != SIGTRAP) {
		(void)ptrace(PTRACE_LISTEN, tid, 0, 0);
		return;
	} else if (event == 0) {
		deliver = sig;
	}
	(void)ptrace(is_looked_at(task) ? PTRACE_SYSCALL : PTRACE_CONT, tid, 0,
	    deliver);
}

static void
on_alarm(int sig)
{
	(void)sig;
}

void
trace_wait(int milliseconds)
{
	const struct itimerval none = { { 0, 0 }, { 0, 0 } };
	struct itimerval timer = { { 0, 0 }, { 0, 0 } };
	struct sigaction action = { .sa_handler = on_alarm };
	int status, flags = __WALL;
	pid_t pid;

	(void)sigaction(SIGALRM, &action, NULL);
	timer.it_value.tv_sec = milliseconds / 1000;
	timer.it_value.tv_usec = milliseconds % 1000 * 1000L;
	timer.it_interval.tv_usec = 1000; /* one is not missed */
	(void)setitimer(ITIMER_REAL, &timer, NULL);
	while ((pid = waitpid(-1, &status, flags)) > 0) {
		if (WIFSTOPPED(status))
			stopped(pid, status);
		else
			forget(pid, status);
		flags |= WNOHANG;
	}
	(void)setitimer(ITIMER_REAL, &none, NULL);
}

/* --- what the others ask for */

void
trace_arm(const struct fault *fault)
{
	memset(trace_counts, 0, sizeof(trace_counts));
	counts_all = false;
	is_armed = fault != NULL;
	has_failed = false;
	if (fault != NULL)
		armed = *fault;
}

void
trace_count(void)
{
	trace_arm(NULL);
	counts_all = true;
}

bool
trace_has_failed(void)
{
	return has_failed;
}

pid_t
trace_start(char *const argv[], int output)
{
	struct task *task;
	int status;

	monitor_status = -1;
	ntasks = 0;
	monitor = fork();
	if (monitor == -1)
		err(1, "fork");
	if (monitor == 0) {
		(void)dup2(output, STDOUT_FILENO);
		(void)dup2(output, STDERR_FILENO);
		(void)raise(SIGSTOP);
		execv(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	if (waitpid(monitor, &status, WUNTRACED) == -1 ||
	    ptrace(PTRACE_SEIZE, monitor, 0, OPTIONS) == -1)
		err(1, "seize");
	task = add(monitor);
	task->kind = KIND_START;
	(void)kill(monitor, SIGCONT);
	return monitor;
}

void
trace_is_ready(void)
{
	size_t i;

	for (i = 0; i < ntasks; i++)
		tasks[i].kind = tasks[i].pid == monitor ? KIND_MONITOR :
							  KIND_LOGGER;
}

bool
trace_has_ended(int *status)
{
	if (monitor_status == -1)
		return false;
	*status = monitor_status;
	return true;
}

size_t
trace_others(void)
{
	size_t i, n = 0;

	for (i = 0; i < ntasks; i++)
		n += tasks[i].kind > KIND_LOGGER;
	return n;
}

void
trace_show(void)
{
	char path[64], line[256];
	size_t i;
	FILE *f;

	for (i = 0; i < ntasks; i++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/syscall",
		    tasks[i].tid);
		f = fopen(path, "re");
		if (f == NULL || fgets(line, sizeof(line), f) == NULL)
			(void)snprintf(line, sizeof(line), "gone\n");
		if (f != NULL)
			(void)fclose(f);
		printf("# %s %d of %d: %s", kind_names[tasks[i].kind],
		    tasks[i].tid, tasks[i].pid, line);
	}
}

bool
trace_is_idle(void)
{
	size_t i;

	for (i = 0; i < ntasks; i++)
		if (tasks[i].kind <= KIND_LOGGER &&
		    (!tasks[i].inside ||
			(tasks[i].key != SYS_epoll_wait &&
			    tasks[i].key != SYS_epoll_pwait &&
			    tasks[i].key != SYS_poll &&
			    tasks[i].key != SYS_ppoll)))
			return false;
	return true;
}

bool
trace_reaped(pid_t pid, int *status)
{
	size_t i;

	for (i = 0; i < REAPED_MAX; i++)
		if (reaped[i].pid == pid) {
			*status = reaped[i].status;
			reaped[i].pid = 0;
			return true;
		}
	return false;
}

void
trace_kill(void)
{
	size_t i;
	int left = 100;

	for (i = 0; i < ntasks; i++)
		(void)kill(tasks[i].tid, SIGKILL);
	while (ntasks > 0 && left-- > 0)
		trace_wait(100);
}

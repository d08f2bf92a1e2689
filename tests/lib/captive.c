/* SPDX-License-Identifier: ISC */
#include "captive.h"

#if defined(__x86_64__)

#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS_MAX 256
#define ROOM 32768 /* of what it is given, far below what it uses itself */
#define SYSCALL_SIZE 2

static struct {
	pid_t pid;
	pid_t others[THREADS_MAX];
	size_t nothers;
	struct user_regs_struct saved; /* at the door of its own call */
	uint64_t next;                 /* of its stack */
	bool inside;                   /* of a call's door still */
} captive;

static void
hold(pid_t tid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, tid, 0, PTRACE_O_TRACESYSGOOD) == -1 ||
	    ptrace(PTRACE_INTERRUPT, tid, 0, 0) == -1 ||
	    waitpid(tid, &status, __WALL) == -1)
		err(1, "seize");
}

static bool
is_held(pid_t tid)
{
	size_t i;

	for (i = 0; i < captive.nothers; i++)
		if (captive.others[i] == tid)
			return true;
	return tid == captive.pid;
}

/* Until there is none that is not held: those that are make no new ones. */
static bool
hold_more(void)
{
	char path[64];
	struct dirent *entry;
	bool more = false;
	pid_t tid;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", captive.pid);
	dir = opendir(path);
	if (dir == NULL)
		err(1, "%s", path);
	while ((entry = readdir(dir)) != NULL) {
		tid = (pid_t)atoi(entry->d_name);
		if (tid <= 0 || is_held(tid))
			continue;
		if (captive.nothers == THREADS_MAX)
			errx(1, "too many threads");
		hold(tid);
		captive.others[captive.nothers++] = tid;
		more = true;
	}
	(void)closedir(dir);
	return more;
}

/* To the next stop at a call's door. */
static void
step(void)
{
	int status;

	if (ptrace(PTRACE_SYSCALL, captive.pid, 0, 0) == -1 ||
	    waitpid(captive.pid, &status, __WALL) == -1)
		err(1, "step");
	if (!WIFSTOPPED(status))
		errx(1, "it has ended");
}

static void
set(const struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_SETREGS, captive.pid, 0, regs) == -1)
		err(1, "registers");
}

static void
get(struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_GETREGS, captive.pid, 0, regs) == -1)
		err(1, "registers");
}

void
captive_seize(pid_t pid)
{
	captive.pid = pid;
	hold(pid);
	while (hold_more())
		continue;
	/* Its interrupted call begins again: there another is put in. */
	step();
	get(&captive.saved);
	captive.inside = true;
	captive.next = (captive.saved.rsp - 4096 - ROOM) & ~15ULL;
}

/* Both ways; where its stack has no page yet, one is made. */
static void
copy(uint64_t addr, void *bytes, size_t len, bool to)
{
	char path[64];
	FILE *memory;
	size_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", captive.pid);
	memory = fopen(path, "r+");
	if (memory == NULL || fseeko(memory, (off_t)addr, SEEK_SET) == -1)
		err(1, "%s", path);
	setbuf(memory, NULL);
	n = to ? fwrite(bytes, 1, len, memory) : fread(bytes, 1, len, memory);
	if (n != len)
		err(1, "%s", path);
	(void)fclose(memory);
}

uint64_t
captive_put(const void *bytes, size_t len)
{
	uint64_t addr = captive.next;
	void *p;

	if (len > ROOM)
		errx(1, "too much");
	memcpy(&p, &bytes, sizeof(p));
	copy(addr, p, len, true);
	captive.next += (len + 15) & ~15ULL;
	return addr;
}

void
captive_get(uint64_t addr, void *bytes, size_t len)
{
	copy(addr, bytes, len, false);
}

long
captive_call(long number, const uint64_t args[CAPTIVE_ARGS])
{
	struct user_regs_struct regs = captive.saved;

	regs.rdi = args[0];
	regs.rsi = args[1];
	regs.rdx = args[2];
	regs.r10 = args[3];
	regs.r8 = args[4];
	regs.r9 = args[5];
	if (captive.inside) {
		regs.orig_rax = (unsigned long long)number;
		set(&regs);
	} else {
		regs.rax = (unsigned long long)number;
		regs.rip -= SYSCALL_SIZE;
		set(&regs);
		step();
	}
	captive.inside = false;
	step();
	get(&regs);
	return (long)regs.rax;
}

void
captive_release(void)
{
	size_t i;

	if (!captive.inside) {
		captive.saved.rax = captive.saved.orig_rax;
		captive.saved.rip -= SYSCALL_SIZE;
		set(&captive.saved);
	}
	if (ptrace(PTRACE_DETACH, captive.pid, 0, 0) == -1)
		err(1, "detach");
	for (i = 0; i < captive.nothers; i++)
		(void)ptrace(PTRACE_DETACH, captive.others[i], 0, 0);
}

#endif

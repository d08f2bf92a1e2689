/* SPDX-License-Identifier: ISC */
/*
 * signals receive: says "ready PID TID", TID being its second thread, and of
 * each SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH and SIGRTMIN how it came; SIGRTMIN+5
 * comes last of all that wait.
 * signals STEP ...: each is printed with its result. Numbers can be `own`,
 * `thread` (the own one), `group`, `parent`, or a number with a sign.
 *	k:PID:SIG	kill
 *	t:TID:SIG	tkill
 *	g:PID:TID:SIG	tgkill
 *	q:PID:SIG	rt_sigqueueinfo, as queued with the value 7 by nobody
 *	Q:PID:TID:SIG	rt_tgsigqueueinfo
 *	i:PID:SIG	rt_sigqueueinfo that pretends to come from the kernel
 *	f:PID:SIG	pidfd_send_signal to its pidfd
 *	F:PID:SIG	the same to its folder of /proc
 *	G:PID:SIG	the same to the group that it leads
 *	b:PID:SIG	rt_sigqueueinfo of a bad pointer
 *	j		join a group of its own
 *	T		make a thread and cancel it
 *	n:PID:PRIO	setpriority
 *	N:PGRP:PRIO	setpriority of a group
 *	u:UID:PRIO	setpriority of a user
 *	o:PID:PRIO	ioprio_set, best effort
 *	r:PID:PRIO	sched_setscheduler, SCHED_FIFO
 *	R:PID:PRIO	sched_setattr, SCHED_RR
 *	p:PID:PRIO	sched_setparam
 *	a:PID:CPU	sched_setaffinity
 *	l:PID:SOFT:HARD	prlimit of RLIMIT_NOFILE, and what it was
 *	c:PID:HARD	prlimit of RLIMIT_CORE
 *	L:SOFT:HARD	setrlimit of RLIMIT_NOFILE (no prlimit)
 *	w		what its priority, policy and limit are
 */
#include <sys/resource.h>
#include <sys/syscall.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* struct sched_attr, which not every libc has */
struct attr {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t deadline[3];
};

#define NOBODYS_PID 4711
#define NOBODYS_UID 4712

#define MARK (SIGRTMIN + 5) /* the last of those that wait */

static const int caught[] = { SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH };
static volatile pid_t second;

/* In one write, so that lines of threads do not mix. */
static void
on_signal(int sig, siginfo_t *info, void *context)
{
	const char *name = sig == MARK ? "mark" :
	    sig == SIGRTMIN            ? "RTMIN" :
					 sigabbrev_np(sig);
	const char *thread = gettid() == getpid() ? "leader" : "thread";
	char line[256];
	int n;

	(void)context;
	if (info->si_code == SI_QUEUE)
		n = snprintf(line, sizeof(line),
		    "%s: queued %d by %d:%d to the %s\n", name,
		    info->si_value.sival_int, info->si_pid, info->si_uid,
		    thread);
	else
		n = snprintf(line, sizeof(line), "%s: %s by %d to the %s%s\n",
		    name,
		    info->si_code == SI_TKILL    ? "tkill" :
			info->si_code == SI_USER ? "user" :
						   "another",
		    info->si_uid, thread,
		    info->si_pid == getpid() ? " itself" : "");
	(void)!write(STDOUT_FILENO, line, n > 0 ? (size_t)n : 0);
}

static void
catch_all(void)
{
	struct sigaction sa;
	size_t i;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_signal;
	sa.sa_flags = SA_SIGINFO | SA_RESTART;
	(void)sigfillset(&sa.sa_mask); /* in the order of their numbers */
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		(void)sigaction(caught[i], &sa, NULL);
	(void)sigaction(SIGRTMIN, &sa, NULL);
	(void)sigaction(MARK, &sa, NULL);
}

static void *
wait_for_signals(void *p)
{
	second = gettid();
	for (;;)
		(void)pause();
	return p;
}

/* The kernel gives what is for the process to its leader. */
static int
receive(void)
{
	pthread_t thread;

	catch_all();
	if (pthread_create(&thread, NULL, wait_for_signals, NULL) != 0)
		errx(1, "thread");
	while (second == 0)
		(void)usleep(1000);
	printf("ready %d %d\n", getpid(), second);
	(void)fflush(stdout);
	for (;;)
		(void)pause();
}

static void
say(const char *step, long result)
{
	if (result == -1)
		printf("%s: %s\n", step, strerrorname_np(errno));
	else
		printf("%s: %ld\n", step, result);
	(void)fflush(stdout);
}

static long
number(const char *text)
{
	long sign = *text == '-' ? -1 : 1;

	if (*text == '-')
		text++;
	if (strcmp(text, "own") == 0)
		return sign * getpid();
	if (strcmp(text, "thread") == 0)
		return sign * gettid();
	if (strcmp(text, "group") == 0)
		return sign * getpgrp();
	if (strcmp(text, "parent") == 0)
		return sign * getppid();
	return sign * atol(text);
}

static void
fill(siginfo_t *info, int sig, int code)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
	info->si_pid = NOBODYS_PID;
	info->si_uid = NOBODYS_UID;
	info->si_value.sival_int = 7;
}

static long
by_descriptor(char kind, long pid, long sig)
{
	char path[32];
	long result;
	int fd, error;

	(void)snprintf(path, sizeof(path), "/proc/%ld", pid);
	fd = kind == 'F' ? open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC) :
			   (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd == -1)
		return -1;
	result = syscall(SYS_pidfd_send_signal, fd, (int)sig, NULL,
	    kind == 'G' ? 4 : 0);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

static long
schedule(char kind, long pid, long priority)
{
	struct sched_param param = { .sched_priority = (int)priority };
	struct attr attr;
	cpu_set_t cpus;

	switch (kind) {
	case 'r':
		return syscall(SYS_sched_setscheduler, pid,
		    priority == 0 ? SCHED_OTHER : SCHED_FIFO, &param);
	case 'p':
		return syscall(SYS_sched_setparam, pid, &param);
	case 'R':
		memset(&attr, 0, sizeof(attr));
		attr.size = sizeof(attr);
		attr.policy = SCHED_RR;
		attr.priority = (unsigned int)priority;
		return syscall(SYS_sched_setattr, pid, &attr, 0);
	default:
		CPU_ZERO(&cpus);
		CPU_SET((size_t)priority, &cpus);
		return syscall(SYS_sched_setaffinity, pid, sizeof(cpus), &cpus);
	}
}

static long
limit(int resource, long pid, long soft, long hard)
{
	struct rlimit new, old;

	new.rlim_cur = (rlim_t)soft;
	new.rlim_max = (rlim_t)hard;
	if (syscall(SYS_prlimit64, pid, resource, &new, &old) == -1)
		return -1;
	return (long)old.rlim_max;
}

static void
say_what_is(void)
{
	struct rlimit files;

	(void)getrlimit(RLIMIT_NOFILE, &files);
	printf("is: %d %d %ld %lu\n", getpriority(PRIO_PROCESS, 0),
	    sched_getscheduler(0), syscall(SYS_ioprio_get, 1, 0),
	    (unsigned long)files.rlim_max);
}

static long
cancel_thread(void)
{
	pthread_t thread;
	void *result = NULL;

	if (pthread_create(&thread, NULL, wait_for_signals, NULL) != 0 ||
	    pthread_cancel(thread) != 0 || pthread_join(thread, &result) != 0)
		return -1;
	return result == PTHREAD_CANCELED ? 0 : 1;
}

static long
queue(char kind, const long n[4])
{
	siginfo_t info;

	switch (kind) {
	case 'q':
		fill(&info, (int)n[1], SI_QUEUE);
		return syscall(SYS_rt_sigqueueinfo, n[0], n[1], &info);
	case 'Q':
		fill(&info, (int)n[2], SI_QUEUE);
		return syscall(SYS_rt_tgsigqueueinfo, n[0], n[1], n[2], &info);
	case 'i':
		fill(&info, (int)n[1], SI_KERNEL);
		return syscall(SYS_rt_sigqueueinfo, n[0], n[1], &info);
	default:
		return syscall(SYS_rt_sigqueueinfo, n[0], n[1], 8L);
	}
}

static long
do_signal(char kind, const long n[4])
{
	switch (kind) {
	case 'k':
		return kill((pid_t)n[0], (int)n[1]);
	case 't':
		return syscall(SYS_tkill, n[0], n[1]);
	case 'g':
		return syscall(SYS_tgkill, n[0], n[1], n[2]);
	case 'f':
	case 'F':
	case 'G':
		return by_descriptor(kind, n[0], n[1]);
	default:
		return queue(kind, n);
	}
}

static long
do_step(const char *step)
{
	char copy[128], *at = copy, *part;
	long n[4] = { 0, 0, 0, 0 };
	size_t i = 0;
	char kind;

	(void)snprintf(copy, sizeof(copy), "%s", step);
	kind = *strsep(&at, ":");
	while (i < 4 && (part = strsep(&at, ":")) != NULL)
		n[i++] = number(part);
	switch (kind) {
	case 'j':
		return setpgid(0, 0);
	case 'T':
		return cancel_thread();
	case 'n':
		return setpriority(PRIO_PROCESS, (id_t)n[0], (int)n[1]);
	case 'N':
		return setpriority(PRIO_PGRP, (id_t)n[0], (int)n[1]);
	case 'u':
		return setpriority(PRIO_USER, (id_t)n[0], (int)n[1]);
	case 'o':
		return syscall(SYS_ioprio_set, 1, n[0], 2 << 13 | n[1]);
	case 'r':
	case 'R':
	case 'p':
	case 'a':
		return schedule(kind, n[0], n[1]);
	case 'l':
		return limit(RLIMIT_NOFILE, n[0], n[1], n[2]);
	case 'c':
		return limit(RLIMIT_CORE, n[0], n[1], n[1]);
	case 'L':
		return syscall(SYS_setrlimit, RLIMIT_NOFILE,
		    &(struct rlimit){ (rlim_t)n[0], (rlim_t)n[1] });
	case 'w':
		say_what_is();
		return 0;
	default:
		return do_signal(kind, n);
	}
}

int
main(int argc, char *argv[])
{
	int i;

	if (argc == 2 && strcmp(argv[1], "receive") == 0)
		return receive();
	catch_all();
	for (i = 1; i < argc; i++)
		say(argv[i], do_step(argv[i]));
	return 0;
}

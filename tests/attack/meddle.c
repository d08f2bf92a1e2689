/* SPDX-License-Identifier: ISC */
/*
 * Attack 38: what a user does to processes from outside. Root starts it, and
 * it becomes that user, in a session of his own (where he may continue all).
 *
 * usage: meddle uid gid all pid ...
 *	Signals, limits and priorities, in all ways that there are, for these
 *	processes and their children but those that are the user's own. Says of
 *	each "NAME refused N", and "NAME WHAT: RESULT" of what was not.
 *        meddle uid gid kill|burden|raise pid
 *	Kills the process, and waits for its death; or stops it and lowers its
 *	limits as far as they go, and when it has stopped lets it go on, which
 *	nobody waits for; or raises them again. Says "done".
 *        meddle uid gid signal|limit pid number [value]
 *	One of these. Says "done", or the error.
 */
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <linux/ioprio.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES 5000
#define MOMENT 2000 /* microseconds */

static uid_t user;
static pid_t pid;     /* whose turn it is */
static char name[32]; /* its */
static unsigned int refused;

/* --- one at a time */

static void
tell(const char *what, long number, long result)
{
	if (result == -1 &&
	    (errno == EPERM || errno == EACCES || errno == ESRCH)) {
		refused++;
		return;
	}
	printf("%s %s %ld: %s\n", name, what, number,
	    result == -1 ? strerrorname_np(errno) : "had");
}

static int
open_pidfd(void)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static void
send_all(int sig)
{
	siginfo_t info = { .si_signo = sig, .si_code = SI_QUEUE };
	int fd = open_pidfd();

	tell("kill", sig, kill(pid, sig));
	/* It leads its group: there is nobody else's process in it. */
	if (getpgid(pid) == pid)
		tell("kill of its group", sig, kill(-pid, sig));
	tell("tgkill", sig, syscall(SYS_tgkill, pid, pid, sig));
	tell("tkill", sig, syscall(SYS_tkill, pid, sig));
	tell("rt_sigqueueinfo", sig,
	    syscall(SYS_rt_sigqueueinfo, pid, sig, &info));
	tell("rt_tgsigqueueinfo", sig,
	    syscall(SYS_rt_tgsigqueueinfo, pid, pid, sig, &info));
	tell("pidfd_send_signal", sig,
	    syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0));
	close(fd);
}

/* By what is read from a socket of its own: it shows in whom it is sent to. */
static void
send_by_input(int sig)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1)
		err(1, "socketpair");
	if (fcntl(fds[0], F_SETSIG, sig) == -1 ||
	    fcntl(fds[0], F_SETOWN, pid) == -1 ||
	    fcntl(fds[0], F_SETFL, O_ASYNC | O_NONBLOCK) == -1 ||
	    write(fds[1], "x", 1) != 1)
		err(1, "asynchronous input");
	close(fds[0]);
	close(fds[1]);
}

static void
limit_all(void)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit old;
	int i;

	for (i = 0; i < RLIM_NLIMITS; i++) {
		tell("prlimit", i,
		    prlimit(pid, (enum __rlimit_resource)i, NULL, &old));
		tell("prlimit, set,", i,
		    prlimit(pid, (enum __rlimit_resource)i, &none, NULL));
	}
}

static void
schedule_all(void)
{
	const struct sched_param idle = { .sched_priority = 0 };
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attr = { .size = sizeof(attr), .nice = 19 };
	unsigned long old = 1, new = 1;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	tell("setpriority", PRIO_PROCESS, setpriority(PRIO_PROCESS, pid, 19));
	tell("ioprio_set", IOPRIO_WHO_PROCESS,
	    syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid,
		IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)));
	tell("sched_setaffinity", 0, sched_setaffinity(pid, sizeof(one), &one));
	tell("sched_setscheduler", SCHED_IDLE,
	    sched_setscheduler(pid, SCHED_IDLE, &idle));
	tell("sched_setparam", 0, sched_setparam(pid, &idle));
	tell("sched_setattr", 0, syscall(SYS_sched_setattr, pid, &attr, 0));
	tell("migrate_pages", 0,
	    syscall(SYS_migrate_pages, pid, 8 * sizeof(old), &old, &new));
	tell("setpgid", 0, setpgid(pid, 0));
}

static void
write_to(const char *file, const char *value)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT) { /* of another kernel */
		return;
	}
	tell(file, 0, fd == -1 ? -1 : write(fd, value, strlen(value)));
	if (fd != -1)
		close(fd);
}

static void
reach_all(void)
{
	char byte;
	struct iovec mine = { &byte, 1 }, its = { &byte, 1 };
	int fd = open_pidfd();

	tell("ptrace", PTRACE_SEIZE, ptrace(PTRACE_SEIZE, pid, 0, 0));
	tell("process_vm_readv", 0,
	    process_vm_readv(pid, &mine, 1, &its, 1, 0));
	tell("process_vm_writev", 0,
	    process_vm_writev(pid, &mine, 1, &its, 1, 0));
	tell("pidfd_getfd", 0, syscall(SYS_pidfd_getfd, fd, 0, 0));
	tell("process_madvise", MADV_COLD,
	    syscall(SYS_process_madvise, fd, &its, 1, MADV_COLD, 0));
	tell("kcmp", 0, syscall(SYS_kcmp, pid, getpid(), 0, 0, 0));
	close(fd);
	write_to("oom_score_adj", "1000");
	write_to("coredump_filter", "255");
	write_to("timerslack_ns", "1000000000");
	write_to("clear_refs", "1");
	write_to("comm", "x");
	write_to("mem", "x");
	write_to("autogroup", "19");
}

static uid_t
uid_of(void)
{
	char path[64], line[128];
	unsigned int uid = (unsigned int)-1;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	name[0] = '\0';
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		(void)sscanf(line, "Name: %31s", name);
		if (sscanf(line, "Uid: %u", &uid) == 1)
			break;
	}
	if (f != NULL)
		(void)fclose(f);
	return uid;
}

static void
meddle_with(pid_t with)
{
	static const int signals[] = { 0, SIGSTOP, SIGTSTP, SIGCONT, SIGTERM,
		SIGHUP, SIGINT, SIGUSR1, SIGCHLD, SIGXCPU, SIGSEGV, SIGIO,
		SIGKILL };
	size_t i;

	pid = with;
	refused = 0;
	if (uid_of() == user || name[0] == '\0')
		return; /* the program, or the double; or it is gone */
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		send_all(signals[i]);
		if (signals[i] != 0)
			send_by_input(signals[i]);
	}
	limit_all();
	schedule_all();
	reach_all();
	printf("%s refused %u\n", name, refused);
}

/* Children whom it makes meanwhile have their turn with the next call. */
static void
meddle_with_all(pid_t with)
{
	char path[64];
	int child;
	FILE *f;

	meddle_with(with);
	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", with,
	    with);
	f = fopen(path, "r");
	if (f == NULL)
		return;
	while (fscanf(f, "%d", &child) == 1)
		meddle_with(child);
	(void)fclose(f);
}

/* --- with the program */

static char
state_of(void)
{
	char path[64], line[512];
	const char *s = NULL;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 'X';
	if (fgets(line, sizeof(line), f) != NULL)
		s = strrchr(line, ')');
	(void)fclose(f);
	return s != NULL && s[1] == ' ' ? s[2] : 'X';
}

/* It stops when its call is over. */
static void
stop_for_a_moment(void)
{
	int tries;

	if (kill(pid, SIGSTOP) == -1)
		err(1, "stop");
	if (fork() != 0)
		return;
	for (tries = 0; tries < TRIES && state_of() != 'T'; tries++)
		(void)usleep(MOMENT);
	_exit(kill(pid, SIGCONT) == -1);
}

/* The hard one remains. */
static void
lower(enum __rlimit_resource which, rlim_t value)
{
	struct rlimit limit;

	if (prlimit(pid, which, NULL, &limit) == -1)
		err(1, "limit %d", (int)which);
	limit.rlim_cur = value < limit.rlim_max ? value : limit.rlim_max;
	if (prlimit(pid, which, &limit, NULL) == -1)
		err(1, "limit %d", (int)which);
}

static const struct {
	enum __rlimit_resource which;
	rlim_t value;
} least[] = {
	{ RLIMIT_NOFILE, 3 },
	{ RLIMIT_FSIZE, 0 },
	{ RLIMIT_AS, 4096 },
	{ RLIMIT_NPROC, 0 },
	{ RLIMIT_CPU, 1 },
};

static void
lower_all(bool raises)
{
	size_t i;

	for (i = 0; i < sizeof(least) / sizeof(least[0]); i++)
		lower(least[i].which, raises ? RLIM_INFINITY : least[i].value);
}

static void
disturb(const char *how)
{
	int tries;

	if (strcmp(how, "kill") == 0) {
		if (kill(pid, SIGKILL) == -1)
			err(1, "kill");
		for (tries = 0;
		     tries < TRIES && strchr("ZX", state_of()) == NULL; tries++)
			(void)usleep(MOMENT);
	} else if (strcmp(how, "burden") == 0) {
		stop_for_a_moment();
		lower_all(false);
	} else if (strcmp(how, "raise") == 0) {
		lower_all(true);
	} else {
		errx(2, "%s?", how);
	}
	puts("done");
}

static int
one(char *argv[])
{
	const struct rlimit limit = {
		argv[2] != NULL ? strtoul(argv[2], NULL, 10) : 0, RLIM_INFINITY
	};
	struct rlimit both, old;
	int result, number = atoi(argv[1]);

	if (strcmp(argv[-1], "signal") == 0) {
		result = kill(pid, number);
	} else {
		result = prlimit(pid, (enum __rlimit_resource)number, NULL,
		    &old);
		both.rlim_cur = limit.rlim_cur;
		both.rlim_max = old.rlim_max;
		if (result == 0)
			result = prlimit(pid, (enum __rlimit_resource)number,
			    &both, NULL);
	}
	puts(result == 0 ? "done" : strerrorname_np(errno));
	return 0;
}

int
main(int argc, char *argv[])
{
	gid_t gid;
	int i;

	if (argc < 5)
		errx(2, "usage: meddle uid gid what pid ...");
	user = (uid_t)atoi(argv[1]);
	gid = (gid_t)atoi(argv[2]);
	if (setgroups(0, NULL) == -1 || setresgid(gid, gid, gid) == -1 ||
	    setresuid(user, user, user) == -1)
		err(1, "cannot become the user");
	(void)setsid();
	(void)signal(SIGIO, SIG_IGN);
	pid = (pid_t)atoi(argv[4]);
	if (strcmp(argv[3], "signal") == 0 || strcmp(argv[3], "limit") == 0)
		return argc < 6 ? 2 : one(argv + 4);
	if (strcmp(argv[3], "all") != 0)
		disturb(argv[3]);
	else
		for (i = 4; i < argc; i++)
			meddle_with_all((pid_t)atoi(argv[i]));
	return 0;
}

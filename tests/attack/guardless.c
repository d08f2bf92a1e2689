/* SPDX-License-Identifier: ISC */
/*
 * Attack 40: a program that is elevated does something that would take its
 * guard away, and then opens what only a guarded one gets. One way a line, each
 * in a process of its own: what came of it, whether that process holds the
 * guard afterwards, and what came of opening.
 *
 * usage: guardless path [pid-in-another-user-namespace [marked-program]]
 *        guardless opens path what	(what it executes: of that name)
 */
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/securebits.h>

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

static const char *path;
static const char *self;
static const char *other_users; /* a process there; NULL */
static const char *carrier;     /* a program with capabilities; NULL */

static int
has_guard(void)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (caps == NULL ||
	    cap_get_flag(caps, CAP_BLOCK_SUSPEND, CAP_PERMITTED, &value) == -1)
		return -1;
	(void)cap_free(caps);
	return value == CAP_SET;
}

static void
tell(const char *what, long result)
{
	int error = result == -1 ? errno : 0, fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	printf("%s: %s, guard %d, %s\n", what,
	    error == 0 ? "done" : strerrorname_np(error), has_guard(),
	    fd == -1 ? strerrorname_np(errno) : "opened");
	(void)fflush(stdout);
	if (fd != -1)
		close(fd);
}

/* --- ways */

static long
nothing(void)
{
	return 0;
}

static long
drop_all(void)
{
	cap_t none = cap_init();
	int result = none == NULL ? -1 : cap_set_proc(none);

	(void)cap_free(none);
	return result;
}

/* As ping does, which goes on with what it needs. */
static long
drop_guard(void)
{
	const cap_value_t guard = CAP_BLOCK_SUSPEND;
	cap_t caps = cap_get_proc();
	int result;

	if (caps == NULL ||
	    cap_set_flag(caps, CAP_EFFECTIVE, 1, &guard, CAP_CLEAR) == -1 ||
	    cap_set_flag(caps, CAP_PERMITTED, 1, &guard, CAP_CLEAR) == -1)
		return -1;
	result = cap_set_proc(caps);
	(void)cap_free(caps);
	return result;
}

static void *
drop_in_thread(void *result)
{
	*(long *)result = drop_all();
	return NULL;
}

static long
thread_drops(void)
{
	pthread_t thread;
	long result = -1;

	errno = pthread_create(&thread, NULL, drop_in_thread, &result);
	if (errno != 0)
		return -1;
	(void)pthread_join(thread, NULL);
	return result;
}

static long
clear_ambient(void)
{
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static long
lower_ambient(void)
{
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_BLOCK_SUSPEND, 0,
	    0);
}

static long
shrink_bounds(void)
{
	return prctl(PR_CAPBSET_DROP, CAP_BLOCK_SUSPEND, 0, 0, 0);
}

static long
set_secure_bits(void)
{
	return prctl(PR_SET_SECUREBITS, SECBIT_NOROOT, 0, 0, 0);
}

static long
set_same_ids(void)
{
	return setresuid(getuid(), getuid(), getuid());
}

static long
unshare_users(void)
{
	return unshare(CLONE_NEWUSER);
}

static long
unshare_users_high(void)
{
	return syscall(SYS_unshare, 1L << 32 | CLONE_NEWUSER);
}

/* The child goes on in the caller's place, which ends as it does. */
static long
go_on_in_child(long pid)
{
	int status;

	if (pid <= 0)
		return pid;
	if (waitpid((pid_t)pid, &status, 0) == -1)
		err(1, "wait");
	exit(0);
}

static long
clone_users(void)
{
	return go_on_in_child(
	    syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
}

static long
clone3_users(void)
{
	uint64_t args[11] = { CLONE_NEWUSER, 0, 0, 0, SIGCHLD };

	return go_on_in_child(syscall(SYS_clone3, args, sizeof(args)));
}

static long
just_fork(void)
{
	return go_on_in_child(fork());
}

static long
enter_users(void)
{
	char name[64];
	int fd;

	(void)snprintf(name, sizeof(name), "/proc/%s/ns/user", other_users);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	return fd == -1 ? -1 : setns(fd, CLONE_NEWUSER);
}

static long
enter_process(void)
{
	int fd = (int)syscall(SYS_pidfd_open, atoi(other_users), 0);

	return fd == -1 ? -1 : setns(fd, CLONE_NEWUSER);
}

static long
execute(const char *program, const char *what)
{
	return execl(program, program, "opens", path, what, (char *)NULL);
}

static long
execute_self(void)
{
	return execute(self, "executed-self");
}

static long
execute_proc(void)
{
	return execute("/proc/self/exe", "executed-proc");
}

static long
execute_carrier(void)
{
	return execute(carrier, "executed-carrier");
}

static const struct {
	const char *name;
	long (*go)(void);
} ways[] = {
	{ "nothing", nothing },
	{ "drop-all", drop_all },
	{ "drop-guard", drop_guard },
	{ "thread-drops", thread_drops },
	{ "clear-ambient", clear_ambient },
	{ "lower-ambient", lower_ambient },
	{ "shrink-bounds", shrink_bounds },
	{ "secure-bits", set_secure_bits },
	{ "same-ids", set_same_ids },
	{ "unshare-users", unshare_users },
	{ "unshare-users-high", unshare_users_high },
	{ "clone-users", clone_users },
	{ "clone3-users", clone3_users },
	{ "fork", just_fork },
	{ "enter-users", enter_users },
	{ "enter-process", enter_process },
	{ "execute-self", execute_self },
	{ "execute-proc", execute_proc },
	{ "execute-carrier", execute_carrier },
};

int
main(int argc, char *argv[])
{
	int status;
	pid_t pid;
	size_t i;

	if (argc < 2)
		errx(2, "usage: guardless path [pid [program]]");
	if (argc > 3 && strcmp(argv[1], "opens") == 0) {
		path = argv[2];
		tell(argv[3], 0);
		return 0;
	}
	self = argv[0];
	path = argv[1];
	other_users = argc > 2 ? argv[2] : "0";
	carrier = argc > 3 ? argv[3] : "/nowhere";
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		pid = fork();
		if (pid == -1)
			err(1, "fork");
		if (pid == 0) {
			tell(ways[i].name, ways[i].go());
			exit(0);
		}
		(void)waitpid(pid, &status, 0);
	}
	return 0;
}

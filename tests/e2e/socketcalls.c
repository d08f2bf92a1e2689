/* SPDX-License-Identifier: ISC */
/*
 * Calls on sockets, one a line with what came of it: the lines of a run under
 * a policy that judges every address are those of a run without. What differs
 * from run to run (ports, process ids) is not printed; whether a number is the
 * program's own is. Works in the folder that is given, on loopback.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BIG (4 * 1024 * 1024)

static volatile sig_atomic_t pipes; /* SIGPIPE */
static pthread_t pipe_thread;

static void
on_pipe(int sig)
{
	(void)sig;
	pipes++;
	pipe_thread = pthread_self();
}

static void
say(const char *what, ssize_t n)
{
	if (n == -1)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %zd\n", what, n);
	(void)fflush(stdout);
}

static void
say_text(const char *what, const char *text)
{
	printf("%s: %s\n", what, text);
	(void)fflush(stdout);
}

static int
open_socket(int domain, int type)
{
	int fd = socket(domain, type | SOCK_CLOEXEC, 0);

	if (fd == -1)
		err(1, "socket %d", domain);
	return fd;
}

/* --- addresses */

static socklen_t
local(const char *path, struct sockaddr_un *sun)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, path, strlen(path));
	if (path[0] == '@')
		sun->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(path) + (path[0] != '@'));
}

static int
bind_local(const char *path, int type)
{
	struct sockaddr_un sun;
	socklen_t len = local(path, &sun);
	int fd = open_socket(AF_UNIX, type);

	(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&sun, len) == -1)
		err(1, "bind %s", path);
	return fd;
}

static int
bind_inet(int domain, int type, struct sockaddr_storage *ss)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)ss;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)ss;
	socklen_t len = sizeof(*ss);
	int fd = open_socket(domain, type);

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = (sa_family_t)domain;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (domain == AF_INET6)
		sin6->sin6_addr = in6addr_loopback;
	if (domain == AF_INET6)
		sin6->sin6_flowinfo = 0;
	if (bind(fd, (struct sockaddr *)ss,
		domain == AF_INET ? sizeof(*sin) : sizeof(*sin6)) == -1 ||
	    getsockname(fd, (struct sockaddr *)ss, &len) == -1)
		err(1, "bind");
	return fd;
}

/* What one datagram is, if there is one. */
static void
say_received(const char *what, int fd)
{
	char data[256];
	ssize_t n = recv(fd, data, sizeof(data) - 1, MSG_DONTWAIT);

	if (n >= 0)
		data[n] = '\0';
	say_text(what, n >= 0 ? data : strerrorname_np(errno));
}

/* --- datagrams */

static void
try_inet(int domain)
{
	struct sockaddr_storage to;
	socklen_t len = domain == AF_INET ? sizeof(struct sockaddr_in) :
					    sizeof(struct sockaddr_in6);
	int server = bind_inet(domain, SOCK_DGRAM, &to);
	int fd = open_socket(domain, SOCK_DGRAM);
	struct sockaddr_storage unspec = to;
	struct sockaddr *sa = (struct sockaddr *)&to;
	char *huge = calloc(1, BIG);

	printf("domain %d\n", domain);
	say("sendto", sendto(fd, "one", 3, 0, sa, len));
	say_received("received", server);
	say("sendto nothing", sendto(fd, "", 0, 0, sa, len));
	say_received("received", server);
	say("send unconnected", send(fd, "two", 3, 0));
	say("sendto short address", sendto(fd, "x", 1, 0, sa, 8));
	say("sendto long address", sendto(fd, "lng", 3, 0, sa, sizeof(to)));
	say_received("received", server);
	say("sendto longer address", sendto(fd, "x", 1, 0, sa, 129));
	say("sendto negative address", sendto(fd, "x", 1, 0, sa, -1));
	say("sendto address of no length", sendto(fd, "x", 1, 0, sa, 0));
	say("sendto bad address",
	    sendto(fd, "x", 1, 0, (struct sockaddr *)8, len));
	say("sendto bad data", sendto(fd, (void *)8, 4, 0, sa, len));
	say("sendto too much", sendto(fd, huge, 70000, 0, sa, len));
	say("sendto far too much", sendto(fd, huge, BIG, 0, sa, len));
	say("sendto odd flags", sendto(fd, "odd", 3, MSG_OOB, sa, len));
	unspec.ss_family = 77;
	say("sendto other family",
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&unspec, len));
	say("connect", connect(fd, sa, len));
	say("send connected", send(fd, "three", 5, 0));
	say_received("received", server);
	say("sendto connected", sendto(fd, "four", 4, 0, sa, len));
	say_received("received", server);
	say("more", sendto(fd, "fi", 2, MSG_MORE, sa, len));
	say("and the rest", sendto(fd, "ve", 2, 0, sa, len));
	say_received("received", server);
	free(huge);
	close(fd);
	close(server);
}

static void
try_mixed(void)
{
	struct sockaddr_storage to;
	struct sockaddr_in6 mapped;
	struct sockaddr_in *sin = (struct sockaddr_in *)&to;
	int server = bind_inet(AF_INET, SOCK_DGRAM, &to);
	int fd = open_socket(AF_INET6, SOCK_DGRAM);
	int fd4 = open_socket(AF_INET, SOCK_DGRAM);

	memset(&mapped, 0, sizeof(mapped));
	mapped.sin6_family = AF_INET6;
	mapped.sin6_port = sin->sin_port;
	mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&mapped.sin6_addr.s6_addr[12], &sin->sin_addr, 4);
	say("mapped",
	    sendto(fd, "mapped", 6, 0, (struct sockaddr *)&mapped,
		sizeof(mapped)));
	say_received("received", server);
	say("IPv4 of an IPv6 socket",
	    sendto(fd, "four", 4, 0, (struct sockaddr *)&to, sizeof(*sin)));
	say_received("received", server);
	say("IPv6 of an IPv4 socket",
	    sendto(fd4, "six", 3, 0, (struct sockaddr *)&mapped,
		sizeof(mapped)));
	close(fd);
	close(fd4);
	close(server);
}

/* A link-local address is one of an interface. */
static void
try_scope(void)
{
	struct sockaddr_in6 sin6;
	socklen_t len = sizeof(sin6);
	int server = open_socket(AF_INET6, SOCK_DGRAM);
	int fd = open_socket(AF_INET6, SOCK_DGRAM);

	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_family = AF_INET6;
	(void)inet_pton(AF_INET6, "fe80::1", &sin6.sin6_addr);
	say("bind without scope", bind(server, (struct sockaddr *)&sin6, len));
	sin6.sin6_scope_id = if_nametoindex("lo");
	say("bind with scope", bind(server, (struct sockaddr *)&sin6, len));
	(void)getsockname(server, (struct sockaddr *)&sin6, &len);
	say("sendto with scope",
	    sendto(fd, "scope", 5, 0, (struct sockaddr *)&sin6, len));
	say_received("received", server);
	sin6.sin6_scope_id = 0;
	say("sendto without scope",
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&sin6, len));
	close(fd);
	close(server);
}

/* --- messages in parts, with control data */

static void
set_parts(struct msghdr *msg, struct iovec *iov, int n, void *name,
    socklen_t len)
{
	memset(msg, 0, sizeof(*msg));
	msg->msg_name = name;
	msg->msg_namelen = len;
	msg->msg_iov = iov;
	msg->msg_iovlen = (size_t)n;
}

static void
add_control(struct msghdr *msg, char *buf, int level, int type,
    const void *data, size_t len)
{
	struct cmsghdr *header = (struct cmsghdr *)(buf + msg->msg_controllen);

	msg->msg_control = buf;
	header->cmsg_level = level;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(header), data, len);
	msg->msg_controllen += CMSG_SPACE(len);
}

static void
say_ttl(int fd)
{
	char data[64], control[256];
	struct iovec iov = { data, sizeof(data) };
	struct cmsghdr *header;
	struct msghdr msg;
	int ttl = -1;

	set_parts(&msg, &iov, 1, NULL, 0);
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	if (recvmsg(fd, &msg, MSG_DONTWAIT) == -1) {
		say("ttl", -1);
		return;
	}
	for (header = CMSG_FIRSTHDR(&msg); header != NULL;
	     header = CMSG_NXTHDR(&msg, header))
		if (header->cmsg_level == IPPROTO_IP &&
		    header->cmsg_type == IP_TTL)
			memcpy(&ttl, CMSG_DATA(header), sizeof(ttl));
	say("ttl", ttl);
}

static void
try_parts(void)
{
	char one[] = "one", two[] = "two", three[] = "three";
	struct iovec iov[] = { { one, 3 }, { NULL, 0 }, { two, 3 },
		{ three, 5 } };
	static struct iovec many[1025];
	static char control[65536] __attribute__((aligned(8)));
	struct sockaddr_storage to;
	struct msghdr msg;
	int server = bind_inet(AF_INET, SOCK_DGRAM, &to);
	int fd = open_socket(AF_INET, SOCK_DGRAM);
	int on = 1, ttl = 42, i;
	socklen_t len = sizeof(struct sockaddr_in);

	(void)setsockopt(server, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on));
	set_parts(&msg, iov, 4, &to, len);
	say("sendmsg", sendmsg(fd, &msg, 0));
	say_received("received", server);
	add_control(&msg, control, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	say("with a ttl", sendmsg(fd, &msg, 0));
	say_ttl(server);
	ttl = 4242;
	msg.msg_controllen = 0;
	add_control(&msg, control, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	say("with a bad ttl", sendmsg(fd, &msg, 0));
	msg.msg_controllen = 0;
	add_control(&msg, control, SOL_SOCKET, SO_MARK, &ttl, sizeof(ttl));
	say("with a mark", sendmsg(fd, &msg, 0));
	((struct cmsghdr *)control)->cmsg_len = 3;
	say("with bad control data", sendmsg(fd, &msg, 0));
	((struct cmsghdr *)control)->cmsg_len = 3000;
	say("with longer control data", sendmsg(fd, &msg, 0));
	msg.msg_controllen = 7;
	say("with a bit of control data", sendmsg(fd, &msg, 0));
	say_received("received", server);
	msg.msg_controllen = (size_t)1 << 32;
	say("with too much control data", sendmsg(fd, &msg, 0));
	set_parts(&msg, NULL, 0, &to, len);
	msg.msg_control = (void *)8;
	msg.msg_controllen = 32;
	say("with control data nowhere", sendmsg(fd, &msg, 0));
	msg.msg_controllen = 0;
	say("without parts", sendmsg(fd, &msg, 0));
	say_received("received", server);
	for (i = 0; i < 1025; i++)
		many[i] = (struct iovec){ one, 1 };
	set_parts(&msg, many, 1024, &to, len);
	say("1024 parts", sendmsg(fd, &msg, 0));
	(void)recv(server, one, sizeof(one), MSG_DONTWAIT);
	msg.msg_iovlen = 1025;
	say("1025 parts", sendmsg(fd, &msg, 0));
	msg.msg_iovlen = SIZE_MAX;
	say("all parts", sendmsg(fd, &msg, 0));
	set_parts(&msg, iov, 1, &to, len);
	iov[0].iov_len = SIZE_MAX;
	say("a negative part", sendmsg(fd, &msg, 0));
	iov[0].iov_len = 3;
	msg.msg_iov = (void *)8;
	say("parts nowhere", sendmsg(fd, &msg, 0));
	set_parts(&msg, iov, 1, (void *)8, len);
	say("a name nowhere", sendmsg(fd, &msg, 0));
	msg.msg_namelen = (socklen_t)-1;
	say("a name of negative length", sendmsg(fd, &msg, 0));
	set_parts(&msg, iov, 1, &to, 4096);
	say("a name of great length", sendmsg(fd, &msg, 0));
	say_received("received", server);
	set_parts(&msg, iov, 1, NULL, len);
	say("no name", sendmsg(fd, &msg, 0));
	say("nothing at all", sendmsg(fd, NULL, 0));
	say("no socket", sendmsg(-1, &msg, 0));
	say("a pipe", sendmsg(STDOUT_FILENO, &msg, 0));
	close(fd);
	close(server);
}

/* --- local sockets */

static int
receive_right(int fd)
{
	char data[64], control[64];
	struct iovec iov = { data, sizeof(data) };
	struct cmsghdr *header;
	struct msghdr msg;
	int got = -1;

	set_parts(&msg, &iov, 1, NULL, 0);
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	if (recvmsg(fd, &msg, MSG_DONTWAIT) == -1)
		return -1;
	header = CMSG_FIRSTHDR(&msg);
	if (header != NULL && header->cmsg_type == SCM_RIGHTS)
		memcpy(&got, CMSG_DATA(header), sizeof(got));
	return got;
}

static void
say_cred(int fd)
{
	char data[64], control[64];
	struct iovec iov = { data, sizeof(data) };
	struct cmsghdr *header;
	struct msghdr msg;
	struct ucred cred;

	set_parts(&msg, &iov, 1, NULL, 0);
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	if (recvmsg(fd, &msg, MSG_DONTWAIT) == -1) {
		say("credentials", -1);
		return;
	}
	header = CMSG_FIRSTHDR(&msg);
	if (header == NULL || header->cmsg_type != SCM_CREDENTIALS) {
		say_text("credentials", "none");
		return;
	}
	memcpy(&cred, CMSG_DATA(header), sizeof(cred));
	printf("credentials: uid %s gid %s pid %s\n",
	    cred.uid == getuid() ? "mine" : "other",
	    cred.gid == getgid() ? "mine" : "other",
	    cred.pid > 0 ? "there" : "none");
}

static void
try_rights(int server, struct sockaddr_un *sun, socklen_t len)
{
	static char control[4096] __attribute__((aligned(8)));
	struct ucred cred = { getpid(), getuid(), getgid() };
	char text[] = "with rights";
	struct iovec iov = { text, sizeof(text) };
	struct msghdr msg;
	int fd = open_socket(AF_UNIX, SOCK_DGRAM);
	int fds[2], got, on = 1, bad = 4711, i, three[3];
	char byte = 0;

	if (pipe(fds) == -1)
		err(1, "pipe");
	set_parts(&msg, &iov, 1, sun, len);
	add_control(&msg, control, SOL_SOCKET, SCM_RIGHTS, &fds[1],
	    sizeof(int));
	say("a right", sendmsg(fd, &msg, 0));
	got = receive_right(server);
	say("written to it", got == -1 ? -1 : write(got, "x", 1));
	say("read from it", read(fds[0], &byte, 1));
	close(got);
	msg.msg_controllen = 0;
	add_control(&msg, control, SOL_SOCKET, SCM_RIGHTS, &bad, sizeof(int));
	say("a bad right", sendmsg(fd, &msg, 0));
	bad = -1;
	msg.msg_controllen = 0;
	add_control(&msg, control, SOL_SOCKET, SCM_RIGHTS, &bad, sizeof(int));
	say("a negative right", sendmsg(fd, &msg, 0));
	for (i = 0; i < 3; i++)
		three[i] = fds[1];
	msg.msg_controllen = 0;
	add_control(&msg, control, SOL_SOCKET, SCM_RIGHTS, three,
	    sizeof(three));
	add_control(&msg, control, SOL_SOCKET, SCM_CREDENTIALS, &cred,
	    sizeof(cred));
	say("three, and credentials", sendmsg(fd, &msg, 0));
	say("received", recv(server, text, sizeof(text), MSG_DONTWAIT));
	(void)setsockopt(server, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	set_parts(&msg, &iov, 1, sun, len);
	say("credentials that come by themselves", sendmsg(fd, &msg, 0));
	say_cred(server);
	add_control(&msg, control, SOL_SOCKET, SCM_CREDENTIALS, &cred,
	    sizeof(cred));
	say("my own credentials", sendmsg(fd, &msg, 0));
	say_cred(server);
	cred.pid = 1;
	msg.msg_controllen = 0;
	add_control(&msg, control, SOL_SOCKET, SCM_CREDENTIALS, &cred,
	    sizeof(cred));
	say("another's pid", sendmsg(fd, &msg, 0));
	cred.pid = getpid();
	cred.uid = 4711;
	msg.msg_controllen = 0;
	add_control(&msg, control, SOL_SOCKET, SCM_CREDENTIALS, &cred,
	    sizeof(cred));
	say("another's uid", sendmsg(fd, &msg, 0));
	close(fds[0]);
	close(fds[1]);
	close(fd);
}

static void
try_local(void)
{
	static char large[150000];
	struct sockaddr_un sun, other;
	socklen_t len = local("server", &sun), n;
	int server = bind_local("server", SOCK_DGRAM);
	int abstract, fd = open_socket(AF_UNIX, SOCK_DGRAM);

	say("path", sendto(fd, "path", 4, 0, (struct sockaddr *)&sun, len));
	say_received("received", server);
	n = local("link", &other);
	(void)symlink("server", "link");
	say("link", sendto(fd, "link", 4, 0, (struct sockaddr *)&other, n));
	say_received("received", server);
	n = local("nothing", &other);
	say("missing", sendto(fd, "x", 1, 0, (struct sockaddr *)&other, n));
	n = local("file/server", &other);
	close(open("file", O_CREAT | O_WRONLY, 0600));
	say("below a file",
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&other, n));
	n = local("file", &other);
	say("a file", sendto(fd, "x", 1, 0, (struct sockaddr *)&other, n));
	n = local("refused", &other);
	abstract = bind_local("refused", SOCK_DGRAM);
	(void)chmod("refused", 0);
	say("no right to it",
	    sendto(fd, "right", 5, 0, (struct sockaddr *)&other, n));
	say_received("received", abstract);
	close(abstract);
	say("nobody there",
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&other, n));
	n = local("@e2e-abstract", &other);
	abstract = bind_local("@e2e-abstract", SOCK_DGRAM);
	say("abstract",
	    sendto(fd, "abstract", 8, 0, (struct sockaddr *)&other, n));
	say_received("received", abstract);
	n = local("@e2e-nothing", &other);
	say("abstract, missing",
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&other, n));
	close(abstract);
	abstract = bind_local("stream", SOCK_STREAM);
	n = local("stream", &other);
	say("of another type",
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&other, n));
	close(abstract);
	memset(&other, 'x', sizeof(other));
	other.sun_family = AF_UNIX;
	say("without end",
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&other, sizeof(other)));
	say("too long",
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&other,
		sizeof(other) + 1));
	say("family alone", sendto(fd, "x", 1, 0, (struct sockaddr *)&sun, 2));
	say("of no length", sendto(fd, "x", 1, 0, (struct sockaddr *)&sun, 0));
	say("large",
	    sendto(fd, large, sizeof(large), 0, (struct sockaddr *)&sun, len));
	say("received", recv(server, large, sizeof(large), MSG_DONTWAIT));
	say("too large",
	    sendto(fd, large, 8 * sizeof(large), 0, (struct sockaddr *)&sun,
		len));
	try_rights(server, &sun, len);
	close(fd);
	close(server);
}

/* The kernel finds a name. */
static void
try_autobind(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sun);
	int fd = open_socket(AF_UNIX, SOCK_DGRAM);

	say("bind to any name",
	    bind(fd, (struct sockaddr *)&sun, sizeof(sa_family_t)));
	(void)getsockname(fd, (struct sockaddr *)&sun, &len);
	say("length of it", len);
	say("abstract", sun.sun_path[0]);
	close(fd);
}

/* --- streams */

static void *
read_slowly(void *p)
{
	const struct timespec moment = { 0, 2000000 };
	int fd = *(int *)p;
	static char data[65536];
	uint32_t sum = 0;
	size_t total = 0;
	ssize_t n, i;

	while ((n = recv(fd, data, sizeof(data), 0)) > 0) {
		for (i = 0; i < n; i++)
			sum = (sum ^ (unsigned char)data[i]) * 16777619U;
		total += (size_t)n;
		if (total % 7 == 0)
			(void)nanosleep(&moment, NULL);
	}
	/* What was interrupted went as far as it had got. */
	if (total % BIG == 0)
		printf("read %zu sum %08x\n", total, sum);
	return NULL;
}

static void
connect_pair(int domain, int fds[2])
{
	struct sockaddr_storage to;
	struct sockaddr_un *sun = (struct sockaddr_un *)&to;
	socklen_t len = sizeof(struct sockaddr_in);
	int server;

	if (domain == AF_UNIX) {
		server = bind_local("streams", SOCK_STREAM);
		len = local("streams", sun);
	} else {
		server = bind_inet(domain, SOCK_STREAM, &to);
	}
	fds[0] = open_socket(domain, SOCK_STREAM);
	if (listen(server, 5) == -1 ||
	    connect(fds[0], (struct sockaddr *)&to, len) == -1 ||
	    (fds[1] = accept(server, NULL, NULL)) == -1)
		err(1, "connection");
	close(server);
}

static void
try_long(int domain)
{
	static char data[BIG];
	struct iovec iov[3] = { { data, 1000000 }, { data + 1000000, 1 },
		{ data + 1000001, BIG - 1000001 } };
	struct msghdr msg;
	pthread_t reader;
	int fds[2];
	size_t i;

	for (i = 0; i < BIG; i++)
		data[i] = (char)(i * 7 + i / 4096 + i / 1000003);
	connect_pair(domain, fds);
	(void)pthread_create(&reader, NULL, read_slowly, &fds[1]);
	set_parts(&msg, iov, 3, NULL, 0);
	say("a long message", sendmsg(fds[0], &msg, 0));
	say("a short one", sendmsg(fds[0], &(struct msghdr){ 0 }, 0));
	close(fds[0]);
	(void)pthread_join(reader, NULL);
	close(fds[1]);
}

static void
send_text(const char *what, int fd, int flags)
{
	char text[] = "text";
	struct iovec iov = { text, 4 };
	struct msghdr msg;
	ssize_t n;

	pipes = 0;
	set_parts(&msg, &iov, 1, NULL, 0);
	n = sendmsg(fd, &msg, flags);
	say(what, n);
	printf("signals: %d%s\n", (int)pipes,
	    pipes > 0 && pthread_equal(pipe_thread, pthread_self()) ? " here" :
								      "");
}

static void *
send_in_thread(void *p)
{
	send_text("in a thread", *(int *)p, 0);
	return NULL;
}

/* With the signal blocked it stays pending in the thread alone. */
static void
send_blocked(int fd)
{
	const struct timespec now = { 0, 0 };
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	send_text("blocked", fd, 0);
	say("pending", sigtimedwait(&set, NULL, &now));
	say("and no more", sigtimedwait(&set, NULL, &now));
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* A connection has its own address. */
static void
send_addressed(int domain, int fd)
{
	struct sockaddr_storage to;
	struct sockaddr_un *sun = (struct sockaddr_un *)&to;
	socklen_t len = local("streams", sun);

	if (domain != AF_UNIX)
		close(bind_inet(domain, SOCK_DGRAM, &to));
	if (domain != AF_UNIX)
		len = sizeof(struct sockaddr_in);
	say("addressed", sendto(fd, "addr", 4, 0, (struct sockaddr *)&to, len));
	say("addressed nowhere",
	    sendto(fd, "addr", 4, 0, (struct sockaddr *)8, len));
	to.ss_family = 77;
	say("addressed elsewhere",
	    sendto(fd, "addr", 4, 0, (struct sockaddr *)&to, len));
}

static void
try_broken(int domain)
{
	pthread_t thread;
	int fds[2];

	connect_pair(domain, fds);
	send_text("whole", fds[0], 0);
	send_addressed(domain, fds[0]);
	(void)shutdown(fds[0], SHUT_WR);
	send_text("shut down", fds[0], 0);
	send_text("without signal", fds[0], MSG_NOSIGNAL);
	send_blocked(fds[0]);
	(void)pthread_create(&thread, NULL, send_in_thread, &fds[0]);
	(void)pthread_join(thread, NULL);
	close(fds[0]);
	close(fds[1]);
	if (domain != AF_UNIX)
		return;
	connect_pair(domain, fds);
	close(fds[1]);
	send_text("peer gone", fds[0], 0);
	close(fds[0]);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == -1)
		err(1, "socketpair");
	close(fds[1]);
	send_text("of packets", fds[0], 0);
	close(fds[0]);
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == -1)
		err(1, "socketpair");
	close(fds[1]);
	send_text("of datagrams", fds[0], 0);
	close(fds[0]);
}

/* Until nothing more goes in: TCP makes room for a while after it was full.
   Returns what the last try did. */
static ssize_t
fill_up(int sock, const struct msghdr *msg)
{
	struct pollfd pfd = { .fd = sock, .events = POLLOUT };
	ssize_t n;
	int error;

	do {
		while ((n = sendmsg(sock, msg, MSG_DONTWAIT)) > 0)
			continue;
		error = errno;
	} while (error == EAGAIN && poll(&pfd, 1, 300) == 1);
	errno = error;
	return n;
}

static void
try_full(int domain)
{
	static char data[BIG];
	struct iovec iov = { data, sizeof(data) };
	struct timeval limit = { 0, 200000 };
	struct timespec before, after;
	struct msghdr msg;
	ssize_t n;
	int fds[2], tries = 0;
	long ms;

	connect_pair(domain, fds);
	set_parts(&msg, &iov, 1, NULL, 0);
	n = sendmsg(fds[0], &msg, MSG_DONTWAIT);
	say_text("as much as it takes", n > 0 && n < BIG ? "some" : "else");
	say("no more", fill_up(fds[0], &msg));
	(void)setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &limit,
	    sizeof(limit));
	/* TCP alone finds more room as time goes by. */
	do {
		(void)fill_up(fds[0], &msg);
		(void)clock_gettime(CLOCK_MONOTONIC, &before);
		n = sendmsg(fds[0], &msg, 0);
		(void)clock_gettime(CLOCK_MONOTONIC, &after);
	} while (domain != AF_UNIX && n > 0 && tries++ < 10);
	say("with a limit", n);
	ms = (after.tv_sec - before.tv_sec) * 1000 +
	    (after.tv_nsec - before.tv_nsec) / 1000000;
	say_text("waited", ms >= 190 && ms < 5000 ? "yes" : "no");
	(void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
	if (domain == AF_UNIX)
		say("without waiting", sendmsg(fds[0], &msg, 0));
	close(fds[0]);
	close(fds[1]);
}

static void
on_alarm(int sig)
{
	(void)sig;
}

static void
catch_alarm(int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	sa.sa_flags = flags;
	(void)sigaction(SIGALRM, &sa, NULL);
}

static void
set_alarm(int flags)
{
	const struct itimerval soon = { { 0, 0 }, { 0, 300000 } };

	catch_alarm(flags);
	(void)setitimer(ITIMER_REAL, &soon, NULL);
}

static pthread_t sending;

/* To that thread alone. */
static void *
signal_and_read(void *p)
{
	const struct timespec moment = { 0, 300000000 };

	(void)nanosleep(&moment, NULL);
	(void)pthread_kill(sending, SIGALRM);
	(void)nanosleep(&moment, NULL);
	return read_slowly(p);
}

/* A signal ends a wait: before anything was sent, or after. */
static void
try_interrupted(int domain)
{
	static char data[BIG];
	struct iovec iov = { data, sizeof(data) };
	struct timeval limit = { 10, 0 };
	struct msghdr msg;
	pthread_t reader;
	int fds[2];
	ssize_t n;

	connect_pair(domain, fds);
	set_parts(&msg, &iov, 1, NULL, 0);
	set_alarm(0);
	n = sendmsg(fds[0], &msg, 0);
	say_text("interrupted", n > 0 && n < BIG ? "some" : "else");
	set_alarm(0);
	say("full, and interrupted", sendmsg(fds[0], &msg, 0));
	catch_alarm(SA_RESTART);
	sending = pthread_self();
	(void)pthread_create(&reader, NULL, signal_and_read, &fds[1]);
	say("and started again", sendmsg(fds[0], &msg, 0));
	close(fds[0]);
	(void)pthread_join(reader, NULL);
	close(fds[1]);
	connect_pair(domain, fds);
	(void)fill_up(fds[0], &msg);
	(void)setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &limit,
	    sizeof(limit));
	if (domain == AF_UNIX) {
		set_alarm(SA_RESTART);
		say("with a limit, interrupted", sendmsg(fds[0], &msg, 0));
	}
	close(fds[0]);
	close(fds[1]);
}

static void *
receive_later(void *p)
{
	const struct timespec moment = { 0, 50000000 };
	char data[64];

	(void)nanosleep(&moment, NULL);
	while (recv(*(int *)p, data, sizeof(data), 0) > 1)
		continue;
	return NULL;
}

/* A queue that another must empty. */
static void
try_queue(void)
{
	struct sockaddr_un sun;
	socklen_t len = local("server", &sun);
	int server = bind_local("server", SOCK_DGRAM);
	int fd = open_socket(AF_UNIX, SOCK_DGRAM);
	pthread_t reader;
	ssize_t n;

	do {
		n = sendto(fd, "data", 4, MSG_DONTWAIT, (struct sockaddr *)&sun,
		    len);
	} while (n == 4);
	say("queue", n);
	(void)pthread_create(&reader, NULL, receive_later, &server);
	say("waits", sendto(fd, "later", 5, 0, (struct sockaddr *)&sun, len));
	(void)sendto(fd, "e", 1, 0, (struct sockaddr *)&sun, len);
	(void)pthread_join(reader, NULL);
	close(fd);
	close(server);
}

/* --- many */

static void
say_many(const char *what, int fd, struct mmsghdr *many, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		many[i].msg_len = 77;
	say(what, sendmmsg(fd, many, n, 0));
	printf("lengths:");
	for (i = 0; i < n; i++)
		printf(" %u", many[i].msg_len);
	printf("\n");
}

static void
try_many(void)
{
	char one[] = "one", two[] = "fortytwo", three[] = "three";
	struct iovec iov[3] = { { one, 3 }, { two, 8 }, { three, 5 } };
	struct sockaddr_storage to[3];
	struct mmsghdr many[3];
	int server[3], fd = open_socket(AF_INET, SOCK_DGRAM), i;

	for (i = 0; i < 3; i++) {
		server[i] = bind_inet(AF_INET, SOCK_DGRAM, &to[i]);
		set_parts(&many[i].msg_hdr, &iov[i], 1, &to[i],
		    sizeof(struct sockaddr_in));
	}
	say_many("sendmmsg", fd, many, 3);
	for (i = 0; i < 3; i++)
		say_received("received", server[i]);
	many[1].msg_hdr.msg_iov = (void *)8;
	say_many("with a bad one", fd, many, 3);
	for (i = 0; i < 3; i++)
		say_received("received", server[i]);
	many[0].msg_hdr.msg_iov = (void *)8;
	say_many("with a bad first one", fd, many, 3);
	say_many("with none", fd, many, 0);
	say("nowhere", sendmmsg(fd, (void *)8, 1, 0));
	say("none, of no socket", sendmmsg(-1, many, 0, 0));
	for (i = 0; i < 3; i++)
		close(server[i]);
	close(fd);
}

/* Of a stream, where the second one waits. */
static void
try_many_waiting(void)
{
	static char data[BIG];
	struct iovec iov[2] = { { data, BIG }, { data, 10 } };
	struct mmsghdr many[2];
	pthread_t reader;
	int fds[2];

	connect_pair(AF_UNIX, fds);
	set_parts(&many[0].msg_hdr, &iov[0], 1, NULL, 0);
	set_parts(&many[1].msg_hdr, &iov[1], 1, NULL, 0);
	(void)pthread_create(&reader, NULL, read_slowly, &fds[1]);
	say_many("one that waits", fds[0], many, 1);
	close(fds[0]);
	(void)pthread_join(reader, NULL);
	close(fds[1]);
}

/* --- packets: root's alone */

static void
try_packet(void)
{
	unsigned char frame[64] = "";
	struct sockaddr_ll sll = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	int old = socket(AF_PACKET, SOCK_PACKET, 0);

	if (fd == -1) {
		say("packet socket", -1);
		return;
	}
	sll.sll_ifindex = (int)if_nametoindex("lo");
	sll.sll_protocol = htons(0x88b5); /* for experiments */
	sll.sll_halen = 6;
	memcpy(frame + 12, &sll.sll_protocol, 2);
	say("packet bind", bind(fd, (struct sockaddr *)&sll, sizeof(sll)));
	say("packet",
	    sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&sll,
		sizeof(sll)));
	say("received", recv(fd, frame, sizeof(frame), MSG_DONTWAIT));
	say("packet by the bind", send(fd, frame, sizeof(frame), 0));
	sll.sll_ifindex = 4711;
	say("packet to nothing",
	    sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&sll,
		sizeof(sll)));
	say("short packet address",
	    sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&sll, 12));
	close(fd);
	close(old);
}

/* --- netlink */

static void
say_netlink(const char *what, int fd)
{
	struct sockaddr_nl nl;
	socklen_t len = sizeof(nl);

	(void)getsockname(fd, (struct sockaddr *)&nl, &len);
	printf("%s: groups %x id %s\n", what, nl.nl_groups,
	    nl.nl_pid == 0                      ? "none" :
		nl.nl_pid == (uint32_t)getpid() ? "mine" :
						  "other");
}

static void
try_netlink(void)
{
	struct {
		struct nlmsghdr header;
		struct rtgenmsg body;
	} request;
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	int first = open_socket(AF_NETLINK, SOCK_RAW);
	int second = open_socket(AF_NETLINK, SOCK_RAW);
	char data[8192];

	say_netlink("unbound", first);
	nl.nl_groups = RTMGRP_LINK;
	say("bind", bind(first, (struct sockaddr *)&nl, sizeof(nl)));
	say_netlink("first", first);
	nl.nl_groups = 0;
	say("bind again", bind(first, (struct sockaddr *)&nl, sizeof(nl)));
	say("bind another", bind(second, (struct sockaddr *)&nl, sizeof(nl)));
	say_netlink("second", second);
	close(second);
	close(first);
	first = open_socket(AF_NETLINK, SOCK_RAW);
	memset(&request, 0, sizeof(request));
	request.header.nlmsg_len = sizeof(request);
	request.header.nlmsg_type = RTM_GETLINK;
	request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request.body.rtgen_family = AF_UNSPEC;
	say("request",
	    sendto(first, &request, sizeof(request), 0, (struct sockaddr *)&nl,
		sizeof(nl)));
	say_netlink("by sending", first);
	say_text("answer",
	    recv(first, data, sizeof(data), 0) > 16 ? "yes" : "no");
	close(first);
	first = open_socket(AF_NETLINK, SOCK_RAW);
	say("connect", connect(first, (struct sockaddr *)&nl, sizeof(nl)));
	say_netlink("by connecting", first);
	close(first);
}

static void
try_seqpacket(void)
{
	char data[16];
	struct iovec iov[2] = { { data, 3 }, { data + 3, 4 } };
	struct msghdr msg;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == -1)
		err(1, "socketpair");
	send_addressed(AF_UNIX, fds[0]);
	say_received("received", fds[1]);
	say_received("received", fds[1]);
	say_received("received", fds[1]);
	memcpy(data, "packets", 7);
	set_parts(&msg, iov, 2, NULL, 0);
	say("packet", sendmsg(fds[0], &msg, MSG_EOR));
	say_received("received", fds[1]);
	close(fds[0]);
	close(fds[1]);
}

static void
try_urgent(void)
{
	char byte = 0, data[8] = "";
	struct iovec iov = { data, 4 };
	struct msghdr msg;
	int fds[2];

	connect_pair(AF_INET, fds);
	memcpy(data, "abcd", 4);
	set_parts(&msg, &iov, 1, NULL, 0);
	say("urgent", sendmsg(fds[0], &msg, MSG_OOB));
	(void)poll(&(struct pollfd){ fds[1], POLLPRI, 0 }, 1, 2000);
	say("received", recv(fds[1], &byte, 1, MSG_OOB));
	printf("urgent byte: %c\n", byte);
	close(fds[0]);
	close(fds[1]);
}

int
main(int argc, char *argv[])
{
	struct sigaction sa;

	if (argc != 2)
		errx(2, "usage: socketcalls folder");
	if (chdir(argv[1]) == -1)
		err(1, "%s", argv[1]);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_pipe;
	(void)sigaction(SIGPIPE, &sa, NULL);
	try_inet(AF_INET);
	try_inet(AF_INET6);
	try_mixed();
	try_scope();
	try_parts();
	try_local();
	try_autobind();
	try_long(AF_UNIX);
	try_long(AF_INET);
	try_broken(AF_UNIX);
	try_broken(AF_INET);
	try_full(AF_UNIX);
	try_full(AF_INET);
	try_interrupted(AF_UNIX);
	try_interrupted(AF_INET);
	try_queue();
	try_many();
	try_many_waiting();
	try_packet();
	try_netlink();
	try_seqpacket();
	try_urgent();
	printf("end\n");
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 4: what a message names changes while it is sent. A thread flips the
 * port of an address, the address that a header points to, a letter of a
 * path, or sizes and counts, between what is permitted and what is not; both
 * ends are the program's own, and count what arrives.
 *
 * usage: flip-send folder good-port bad-port way sends
 * ways: sendto sendmsg header many path connect bind sizes rights
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sockaddr_in addrs[2]; /* good, bad */
static struct sockaddr_in flipped;
static struct sockaddr_un path;
static char data[64], control[CMSG_SPACE(sizeof(int))];
static struct iovec iov[4] = { { data, 1 }, { data, 1 } };
static struct msghdr header = { .msg_iov = iov, .msg_iovlen = 1 };
static struct mmsghdr many[2];
static atomic_bool over;
static int receivers[2];
static unsigned long counts[3]; /* good, bad, refused */

/* What is flipped, of which each round asks anew: a compiler may else ask once,
   before it is said, and nothing is ever flipped. */
static volatile uint16_t *volatile port;
static void *volatile *volatile name;
static volatile char *volatile letter;
static volatile size_t *volatile sizes[4];
static volatile int *volatile number;

static void *
flip(void *p)
{
	static const size_t strange[] = { 1, 0, SIZE_MAX, 2, 1UL << 40, 1024,
		1025, 16 };
	unsigned int i = 0;

	(void)p;
	for (; !atomic_load_explicit(&over, memory_order_relaxed); i++) {
		if (port != NULL)
			*port = addrs[i & 1].sin_port;
		if (name != NULL)
			*name = &addrs[i & 1];
		if (letter != NULL)
			*letter = (i & 1) != 0 ? 'b' : 'g';
		if (sizes[0] != NULL)
			*sizes[i & 3] = strange[i / 4 & 7];
		if (number != NULL)
			*number = (int)(i & 63) - 1;
	}
	return NULL;
}

static void
collect(void)
{
	char byte[64];
	int i;

	for (i = 0; i < 2; i++)
		while (
		    recv(receivers[i], byte, sizeof(byte), MSG_DONTWAIT) >= 0)
			counts[i]++;
}

static void
account(ssize_t n)
{
	if (n == -1)
		counts[2]++;
	else
		collect();
}

static int
bind_port(int index, const char *text)
{
	struct sockaddr_in *sin = &addrs[index], any;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin->sin_port = htons((uint16_t)atoi(text));
	/* The address that is flipped is another. */
	any = *sin;
	any.sin_addr.s_addr = INADDR_ANY;
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) == -1)
		err(1, "bind %s", text);
	return fd;
}

static int
bind_path(const char *folder, const char *end)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/%s", folder,
	    end);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(1, "bind %s", sun.sun_path);
	path = sun;
	return fd;
}

static void
send_plainly(int fd, unsigned long sends)
{
	port = &flipped.sin_port;
	while (sends-- > 0)
		account(sendto(fd, "x", 1, 0, (struct sockaddr *)&flipped,
		    sizeof(flipped)));
}

static void
send_header(int fd, unsigned long sends)
{
	header.msg_namelen = sizeof(flipped);
	if (name == NULL) {
		header.msg_name = &flipped;
		port = &flipped.sin_port;
	}
	while (sends-- > 0)
		account(sendmsg(fd, &header, 0));
}

static void
send_many(int fd, unsigned long sends)
{
	header.msg_name = &flipped;
	header.msg_namelen = sizeof(flipped);
	many[0].msg_hdr = many[1].msg_hdr = header;
	name = &many[1].msg_hdr.msg_name;
	port = &flipped.sin_port;
	while (sends-- > 0)
		account(sendmmsg(fd, many, 2, 0));
}

static void
send_path(unsigned long sends)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	letter = path.sun_path + strlen(path.sun_path) - 1;
	while (sends-- > 0)
		account(sendto(fd, "x", 1, 0, (struct sockaddr *)&path,
		    sizeof(path)));
}

/* Where it leads shows afterwards. */
static void
see(int fd, int result, int (*get)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	if (result == -1) {
		counts[2]++;
		return;
	}
	memset(&sin, 0, sizeof(sin));
	(void)get(fd, (struct sockaddr *)&sin, &len);
	counts[sin.sin_port == addrs[1].sin_port]++;
}

static int
get_peer(int fd, struct sockaddr *sa, socklen_t *len)
{
	return getpeername(fd, sa, len);
}

static int
get_name(int fd, struct sockaddr *sa, socklen_t *len)
{
	return getsockname(fd, sa, len);
}

static void
connect_or_bind(unsigned long sends, bool binding)
{
	int fd, result;

	port = &flipped.sin_port;
	if (binding)
		close(receivers[0]);
	if (binding)
		close(receivers[1]);
	while (sends-- > 0) {
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		result = binding ?
		    bind(fd, (struct sockaddr *)&flipped, sizeof(flipped)) :
		    connect(fd, (struct sockaddr *)&flipped, sizeof(flipped));
		see(fd, result, binding ? get_name : get_peer);
		close(fd);
	}
}

/* Sizes that are strange, and are others a moment later: nothing breaks. */
static void
send_sizes(int fd, unsigned long sends)
{
	header.msg_name = &addrs[0];
	header.msg_namelen = sizeof(flipped);
	header.msg_control = control;
	sizes[1] = &iov[0].iov_len;
	sizes[2] = &header.msg_controllen;
	sizes[3] = &((struct cmsghdr *)control)->cmsg_len;
	/* The last one: it says that they are there. */
	atomic_thread_fence(memory_order_seq_cst);
	sizes[0] = &header.msg_iovlen;
	while (sends-- > 0)
		account(sendmsg(fd, &header, MSG_DONTWAIT));
}

static int
receive_right(int fd)
{
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec part = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room) };
	int right = -1;

	if (recvmsg(fd, &msg, MSG_DONTWAIT) == 1 && CMSG_FIRSTHDR(&msg) != NULL)
		memcpy(&right, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(right));
	return right;
}

/* What comes of any number must be something of mine. */
static int
is_mine(const struct stat *st)
{
	struct stat mine;
	int fd;

	for (fd = 0; fd < 64; fd++)
		if (fstat(fd, &mine) == 0 && mine.st_ino == st->st_ino &&
		    mine.st_dev == st->st_dev)
			return 1;
	return 0;
}

/* By an address, which is judged: so the kernel does not do it itself. */
static void
send_rights(unsigned long sends)
{
	struct cmsghdr *rights = (struct cmsghdr *)control;
	int right, sender = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct stat st;

	header.msg_name = &path;
	header.msg_namelen = sizeof(path);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	header.msg_control = control;
	header.msg_controllen = sizeof(control);
	number = (volatile int *)CMSG_DATA(rights);
	while (sends-- > 0) {
		if (sendmsg(sender, &header, 0) == -1) {
			counts[2]++;
			continue;
		}
		right = receive_right(receivers[0]);
		/* It is open here now: looked at after it is closed. */
		if (right == -1 || fstat(right, &st) == -1)
			continue;
		close(right);
		counts[!is_mine(&st)]++;
	}
}

static void
run(const char *way, const char *folder, unsigned long sends)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (strcmp(way, "sendto") == 0)
		send_plainly(fd, sends);
	else if (strcmp(way, "sendmsg") == 0)
		send_header(fd, sends);
	else if (strcmp(way, "many") == 0)
		send_many(fd, sends);
	else if (strcmp(way, "connect") == 0 || strcmp(way, "bind") == 0)
		connect_or_bind(sends, way[0] == 'b');
	else if (strcmp(way, "sizes") == 0)
		send_sizes(fd, sends);
	else if (strcmp(way, "rights") == 0) {
		receivers[0] = bind_path(folder, "socket-g");
		send_rights(sends);
	} else if (strcmp(way, "path") == 0) {
		receivers[1] = bind_path(folder, "socket-b");
		receivers[0] = bind_path(folder, "socket-g");
		send_path(sends);
	} else if (strcmp(way, "header") == 0) {
		name = &header.msg_name;
		header.msg_name = &addrs[0];
		send_header(fd, sends);
	} else {
		errx(2, "%s: no such way", way);
	}
}

int
main(int argc, char *argv[])
{
	pthread_t flipper;

	if (argc != 6)
		errx(2, "usage: flip-send folder good bad way sends");
	receivers[0] = bind_port(0, argv[2]);
	receivers[1] = bind_port(1, argv[3]);
	flipped = addrs[0];
	(void)signal(SIGPIPE, SIG_IGN);
	if (pthread_create(&flipper, NULL, flip, NULL) != 0)
		errx(1, "threads");
	run(argv[4], argv[1], strtoul(argv[5], NULL, 10));
	atomic_store(&over, 1);
	(void)pthread_join(flipper, NULL);
	collect();
	printf("good %lu\nbad %lu\nrefused %lu\n", counts[0], counts[1],
	    counts[2]);
	return 0;
}

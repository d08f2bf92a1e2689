/* SPDX-License-Identifier: ISC */
/*
 * A hand for sockets, asked by a judge that lies (attack 47): options, requests
 * and messages are held to the policy and to what came along, and no number in
 * a message is ever a descriptor of the hand's. The hands are real ones, in
 * processes of their own, so this needs root.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>

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

#include "../../privd/session/message.h"
#include "hands.h"

#define UID 0x78001001
#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

enum {
	MARK,
	FLAGS,
	ANY_REQUEST,
	SEND,
	NETLINK,
	RULES
};

/* Each of an identity of its own, but for the first and the last. */
static const char *const rules[RULES] = {
	[MARK] = "setsockopt: level eq \"SOL_SOCKET\" and "
		 "optname eq \"SO_MARK\" then permit with net_admin",
	[FLAGS] = "ioctl: request eq \"SIOCSIFFLAGS\" then permit with "
		  "net_admin",
	[ANY_REQUEST] = "ioctl: request neq \"SIOCSIFMTU\" then permit with "
			"net_raw",
	[SEND] = "sendmsg: sockaddr match \"inet-\\\\[127.0.0.1\\\\]:*\" then "
		 "permit with net_admin",
	[NETLINK] = "sendmsg: sockaddr eq \"netlink-[usersock]\" then "
		    "permit with net_admin",
};

enum {
	FIRST,
	SECOND,
	DOUBLE,
	HANDS
};

static int hands[HANDS];
static pid_t pids[HANDS];
static int receiver, sender, file;
static struct sockaddr_in receiver_addr;

static void
start_hand(unsigned int number)
{
	hands[number] = start_process(number == DOUBLE ? hand_double_main :
							 hand_main,
	    number, budget_memory_new(), &pids[number]);
}

static void
write_policy(void)
{
	FILE *fp = begin_policy();
	size_t i;

	for (i = 0; i < RULES; i++)
		fprintf(fp, "\tnative-%s\n", rules[i]);
	(void)fclose(fp);
}

static void
make_sockets(void)
{
	socklen_t len = sizeof(receiver_addr);
	char path[PATH_MAX];

	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	sender = socket(AF_INET, SOCK_DGRAM, 0);
	receiver_addr.sin_family = AF_INET;
	receiver_addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(receiver, (struct sockaddr *)&receiver_addr, len),
	    0);
	assert_int_equal(getsockname(receiver,
			     (struct sockaddr *)&receiver_addr, &len),
	    0);
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	file = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_not_equal(file, -1);
}

static int
set_up(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return 0;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chmod(folder, 0755), 0);
	write_policy();
	make_plan(UID);
	assert_int_equal(plan.nhands, 2);
	assert_true(plan.has_double);
	make_sockets();
	start_hand(FIRST);
	start_hand(SECOND);
	start_hand(DOUBLE);
	return 0;
}

static int
tear_down(void **state)
{
	size_t i;

	(void)state;
	if (geteuid() != 0)
		return 0;
	for (i = 0; i < HANDS; i++)
		end_process(hands[i], pids[i]);
	return clear_plan();
}

static struct hand_request request;
static struct hand_reply reply;

static void
start(const char *call, uint32_t rule)
{
	hand_request_init(&request, sys_by_name(call));
	request.rule = rule;
	request.caller = getpid();
}

/* 0, or the errno that comes back. */
static int
ask(unsigned int hand, const int *fds, size_t nfds)
{
	int fd, error;

	error = hand_ask(hands[hand], &request, fds, nfds, &reply, &fd) == 0 ?
	    0 :
	    errno;
	assert_int_equal(fd, -1);
	return error;
}

static size_t wrong;

static void
expect(const char *what, int wanted, int error)
{
	if (error == wanted)
		return;
	print_error("%s: %s, not %s\n", what, strerror(error),
	    strerror(wanted));
	wrong++;
}

/* --- options */

static int
set_option(uint32_t rule, int level, int name, const int *fds, size_t nfds,
    size_t len)
{
	static const unsigned char value[64];

	start("setsockopt", rule);
	request.regs[1] = (uint64_t)level;
	request.regs[2] = (uint64_t)name;
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_DATA, value, len),
	    0);
	return ask(FIRST, fds, nfds);
}

static void
test_options(void **state)
{
	int two[2] = { sender, receiver };

	(void)state;
	if (geteuid() != 0)
		skip();
	wrong = 0;
	expect("the rule's option", 0,
	    set_option(MARK, SOL_SOCKET, SO_MARK, &sender, 1, 4));
	expect("another option", EPERM,
	    set_option(MARK, SOL_SOCKET, SO_PRIORITY, &sender, 1, 4));
	expect("of another level", EPERM,
	    set_option(MARK, IPPROTO_IP, SO_MARK, &sender, 1, 4));
	expect("by another rule", EPERM,
	    set_option(FLAGS, SOL_SOCKET, SO_MARK, &sender, 1, 4));
	expect("a short value", EINVAL,
	    set_option(MARK, SOL_SOCKET, SO_MARK, &sender, 1, 2));
	expect("a file", ENOTSOCK,
	    set_option(MARK, SOL_SOCKET, SO_MARK, &file, 1, 4));
	expect("no descriptor", EINVAL,
	    set_option(MARK, SOL_SOCKET, SO_MARK, NULL, 0, 4));
	expect("two descriptors", EINVAL,
	    set_option(MARK, SOL_SOCKET, SO_MARK, two, 2, 4));
	assert_int_equal(wrong, 0);
}

/* --- requests */

static int
make_request(unsigned int hand, uint32_t rule, unsigned long number,
    uint64_t argument, int fd, size_t len)
{
	static const struct ifreq ifr[2] = { { .ifr_name = "nothing" } };

	start("ioctl", rule);
	request.regs[1] = number;
	request.regs[2] = argument;
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_DATA, ifr, len), 0);
	return ask(hand, &fd, 1);
}

static void
test_requests(void **state)
{
	const size_t size = sizeof(struct ifreq);
	int other = socket(AF_XDP, SOCK_RAW, 0);

	(void)state;
	if (geteuid() != 0)
		skip();
	wrong = 0;
	/* A domain whose requests are not known: the kernel would do it. */
	if (other != -1)
		expect("on a socket of another domain", ENOTTY,
		    make_request(SECOND, ANY_REQUEST, SIOCGIFINDEX, 8, other,
			size));
	close(other);
	expect("the rule's request", ENODEV,
	    make_request(FIRST, FLAGS, SIOCSIFFLAGS, 8, sender, size));
	expect("another request", EPERM,
	    make_request(FIRST, FLAGS, SIOCSIFMTU, 8, sender, size));
	expect("too little", EINVAL,
	    make_request(FIRST, FLAGS, SIOCSIFFLAGS, 8, sender, size - 1));
	expect("nothing", EINVAL,
	    make_request(FIRST, FLAGS, SIOCSIFFLAGS, 8, sender, 0));
	expect("too much", EINVAL,
	    make_request(FIRST, FLAGS, SIOCSIFFLAGS, 8, sender, size + 1));
	expect("on a file", ENOTTY,
	    make_request(FIRST, FLAGS, SIOCSIFFLAGS, 8, file, size));
	expect("none of the table", EPERM,
	    make_request(SECOND, ANY_REQUEST, SIOCGIFCONF, 8, sender, size));
	expect("into a terminal's input", EPERM,
	    make_request(SECOND, ANY_REQUEST, TIOCSTI, 8, file, 0));
	expect("a number on what takes an address", ENOTTY,
	    make_request(SECOND, ANY_REQUEST, TUNSETPERSIST, 8, sender, 0));
	expect("an address inside", EINVAL,
	    make_request(SECOND, ANY_REQUEST, SIOCETHTOOL, 8, sender, size));
	expect("of the other hand", EPERM,
	    make_request(FIRST, ANY_REQUEST, SIOCGIFINDEX, 8, sender, size));
	assert_int_equal(wrong, 0);
}

/* --- messages */

struct sending {
	const char *what;
	int flags;     /* of the request; its call has MSG_OOB and MSG_EOR */
	uint32_t addr; /* where to; 0: no address */
	bool claimed;  /* an address of no length */
	bool object;   /* something pinned comes along */
	sa_family_t family;
	uint32_t rights; /* as is said; and as come along */
	size_t come;
	size_t named; /* in the control data */
	size_t cut;   /* from its end */
	int error;
};

#define LOCAL 0x7f000001
#define OTHER 0x7f000002

static const struct sending sendings[] = {
	{ "a message", 0, LOCAL, false, false, AF_INET, 0, 0, 0, 0, 0 },
	{ "elsewhere", 0, OTHER, false, false, AF_INET, 0, 0, 0, 0, EPERM },
	{ "nowhere", 0, 0, false, false, AF_INET, 0, 0, 0, 0, EPERM },
	{ "nowhere, with an address", 0, LOCAL, true, false, AF_INET, 0, 0, 0,
	    0, EPERM },
	{ "with an object", 0, LOCAL, false, true, AF_INET, 0, 0, 0, 0,
	    EINVAL },
	{ "to a path without one", 0, LOCAL, false, false, AF_UNIX, 0, 0, 0, 0,
	    EINVAL },
	{ "of another family", 0, LOCAL, false, false, AF_INET6, 0, 0, 0, 0,
	    EPERM },
	{ "the end of a stream", MSG_EOR, LOCAL, false, false, AF_INET, 0, 0, 0,
	    0, 0 },
	{ "other flags", MSG_MORE, LOCAL, false, false, AF_INET, 0, 0, 0, 0,
	    EINVAL },
	{ "descriptors that are not named", 0, LOCAL, false, false, AF_INET, 1,
	    1, 0, 0, EINVAL },
	{ "that are not said", 0, LOCAL, false, false, AF_INET, 0, 1, 1, 0,
	    EINVAL },
	{ "that do not come", 0, LOCAL, false, false, AF_INET, 1, 0, 1, 0,
	    EINVAL },
	{ "numbers alone", 0, LOCAL, false, false, AF_INET, 0, 0, 1, 0,
	    EINVAL },
	{ "more numbers than descriptors", 0, LOCAL, false, false, AF_INET, 1,
	    1, 2, 0, EINVAL },
	{ "more descriptors than numbers", 0, LOCAL, false, false, AF_INET, 2,
	    2, 1, 0, EINVAL },
	{ "control data that is cut", 0, LOCAL, false, false, AF_INET, 1, 1, 1,
	    8, EINVAL },
	{ "very many", 0, LOCAL, false, false, AF_INET, UINT32_MAX, 1, 1, 0,
	    EINVAL },
};

static size_t
add_control(size_t named, size_t cut)
{
	union {
		char bytes[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr header;
	} control;
	int numbers[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	size_t len = CMSG_SPACE(named * sizeof(int));

	if (named == 0)
		return 0;
	memset(&control, 0, sizeof(control));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(named * sizeof(int));
	memcpy(CMSG_DATA(&control.header), numbers, named * sizeof(int));
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_CONTROL,
			     control.bytes, len - cut),
	    0);
	return len;
}

static void
set_address(const struct sending *sending)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)&request.addr;
	struct sockaddr_un *sun = (struct sockaddr_un *)&request.addr;

	*sin = receiver_addr;
	sin->sin_family = sending->family;
	sin->sin_addr.s_addr = htonl(sending->addr);
	if (sending->family == AF_UNIX)
		memcpy(sun->sun_path, "/dev/log", 9);
	if (sending->addr != 0 && !sending->claimed)
		request.addr_len = sending->family == AF_UNIX ? 11 : 16;
}

static int
send_it(const struct sending *sending)
{
	int fds[8];
	size_t n = 0, i;

	start("sendmsg", SEND);
	request.regs[2] = MSG_OOB | MSG_EOR;
	request.flags = (uint64_t)sending->flags;
	set_address(sending);
	if (sending->object) {
		request.path[0] = HAND_PATH_OBJECT;
		fds[n++] = file;
	}
	fds[n++] = sender;
	for (i = 0; i < sending->come; i++)
		fds[n++] = file;
	request.rights = sending->rights;
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_DATA, "data", 4), 0);
	(void)add_control(sending->named, sending->cut);
	return ask(FIRST, fds, n);
}

static void
test_messages(void **state)
{
	char data[16];
	size_t i;

	(void)state;
	if (geteuid() != 0)
		skip();
	wrong = 0;
	for (i = 0; i < NELEMS(sendings); i++) {
		expect(sendings[i].what, sendings[i].error,
		    send_it(&sendings[i]));
		if (sendings[i].error == 0)
			assert_int_equal(recv(receiver, data, sizeof(data), 0),
			    4);
	}
	assert_int_equal(recv(receiver, data, sizeof(data), MSG_DONTWAIT), -1);
	assert_int_equal(wrong, 0);
}

/* What kind of netlink it is says the socket; an address must be there. */
static void
test_netlink(void **state)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK,
		.nl_pid = 0x7ffffff };
	const struct {
		int sock;
		socklen_t len;
		int error;
	} cases[] = {
		{ socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK), sizeof(nl),
		    ECONNREFUSED },
		{ socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK), 0, EPERM },
		{ socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), sizeof(nl),
		    EPERM },
		{ sender, sizeof(nl), EPERM },
	};
	size_t i;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (i = 0; i < NELEMS(cases); i++) {
		start("sendmsg", NETLINK);
		memcpy(&request.addr, &nl, sizeof(nl));
		request.addr_len = cases[i].len;
		assert_int_equal(hand_add_tail(&request, HAND_TAIL_DATA, "data",
				     4),
		    0);
		assert_int_equal(ask(FIRST, &cases[i].sock, 1), cases[i].error);
		if (i < 3)
			close(cases[i].sock);
	}
}

static uint32_t claimed_rights;

/* Data that both have. */
static int
send_shared(uint32_t from, uint32_t length, size_t size, bool comes)
{
	static const struct sending plain = { .addr = LOCAL,
		.family = AF_INET };
	int fds[2] = { sender, -1 }, error;

	start("sendmsg", SEND);
	set_address(&plain);
	request.shared = 1;
	request.rights = claimed_rights;
	request.from = from;
	request.length = length;
	fds[1] = memfd_create("test", MFD_CLOEXEC);
	assert_int_not_equal(fds[1], -1);
	assert_int_equal(ftruncate(fds[1], (off_t)size), 0);
	error = ask(FIRST, fds, comes ? 2 : 1);
	close(fds[1]);
	return error;
}

static void
test_shared(void **state)
{
	char data[16];

	(void)state;
	if (geteuid() != 0)
		skip();
	wrong = 0;
	expect("shared data", 0, send_shared(5000, 10, 8192, true));
	assert_int_equal(recv(receiver, data, sizeof(data), 0), 10);
	expect("that does not come", EINVAL, send_shared(0, 10, 8192, false));
	expect("more than there is", EFAULT, send_shared(8192, 10, 4096, true));
	expect("nothing", EINVAL, send_shared(0, 0, 8192, true));
	expect("too much", EINVAL,
	    send_shared(0, MESSAGE_DATA_MAX + 1, 8192, true));
	expect("from far away", EINVAL,
	    send_shared(UINT32_MAX - 8, 10, 8192, true));
	claimed_rights = UINT32_MAX;
	expect("behind so many descriptors that there are none", EINVAL,
	    send_shared(0, 10, 8192, false));
	claimed_rights = 0;
	assert_int_equal(wrong, 0);
}

/* --- the double */

static int
send_local(int sock, const char *call)
{
	start(call, 0);
	assert_int_equal(hand_add_tail(&request, HAND_TAIL_DATA, "data", 4), 0);
	return ask(DOUBLE, &sock, 1);
}

static void
test_double(void **state)
{
	char data[16], control[CMSG_SPACE(sizeof(struct ucred))];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct ucred cred;
	int pair[2], on = 1;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on,
			     sizeof(on)),
	    0);
	assert_int_equal(send_local(pair[0], "sendmsg"), 0);
	assert_int_equal(reply.result.value, 4);
	assert_int_equal(recvmsg(pair[1], &msg, 0), 4);
	assert_non_null(CMSG_FIRSTHDR(&msg));
	memcpy(&cred, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(cred));
	assert_int_equal(cred.uid, UID);
	assert_int_equal(cred.gid, UID);
	assert_int_equal(cred.pid, pids[DOUBLE]);
	close(pair[1]);
	assert_int_equal(send_local(pair[0], "sendmsg"), EPIPE);
	assert_int_equal(reply.result.number, 1);
	close(pair[0]);
	assert_int_equal(send_local(sender, "bind"), EINVAL);
	assert_int_equal(send_local(sender, "setsockopt"), EPERM);
	assert_int_equal(send_local(sender, "ioctl"), EPERM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_netlink),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_double),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: ISC */
/*
 * Formats of arguments and socket addresses; and comparisons for the filter
 * against the formats, by brute force.
 */
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../privd/syscalls/rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

/* What mmap(2) looks at. */
#if defined(__aarch64__)
#define KNOWN_RIGHTS UINT64_C(0x37)
#else
#define KNOWN_RIGHTS UINT64_C(0x7)
#endif

/* --- formats */

static const struct {
	enum sys_kind kind;
	uint64_t value;
	uint64_t aux;
	const char *text;
} formats[] = {
	{ SYS_OFLAGS, 0xf00000000 | O_RDWR | O_CREAT, 0, "rwc" },
	{ SYS_MODE, 0100644, 0, "644" },
	{ SYS_MODE, 04755, 0, "4755" },
	{ SYS_MODE, 0, 0, "0" },
	{ SYS_UID, UINT32_MAX, 0, "-1" },
	{ SYS_UID, UINT64_MAX, 0, "-1" },
	{ SYS_UID, 4294967294, 0, "4294967294" },
	{ SYS_GID, 0x100000046, 0, "70" },
	{ SYS_UNAME, 0, 0, "root" },
	{ SYS_UNAME, UINT32_MAX, 0, "<unknown>" },
	{ SYS_GNAME, 0, 0, "root" },
	{ SYS_SOCKDOM, AF_PACKET, 0, "AF_PACKET" },
	{ SYS_SOCKDOM, AF_UNIX, 0, "AF_UNIX" },
	{ SYS_SOCKDOM, AF_NETLINK, 0, "AF_NETLINK" },
	{ SYS_SOCKDOM, 0x700000002, 0, "AF_INET" },
	{ SYS_SOCKDOM, 99, 0, "99" },
	{ SYS_SOCKDOM, UINT32_MAX, 0, "-1" },
	{ SYS_SOCKTYPE, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	    "SOCK_RAW" },
	{ SYS_SOCKTYPE, 0x13, 0, "19" },
	{ SYS_SOCKPROTO, 0x0300, AF_PACKET, "ETH_P_ALL" },
	{ SYS_SOCKPROTO, 0xabcd0300, AF_PACKET, "ETH_P_ALL" },
	{ SYS_SOCKPROTO, 0, AF_PACKET, "0" },
	{ SYS_SOCKPROTO, 1, AF_INET, "IPPROTO_ICMP" },
	{ SYS_SOCKPROTO, 58, AF_INET6, "IPPROTO_ICMPV6" },
	{ SYS_SOCKPROTO, 0, AF_NETLINK, "NETLINK_ROUTE" },
	{ SYS_SOCKPROTO, 0, AF_UNIX, "0" },
	{ SYS_SOCKPROTO, 7, 0x100000000 | AF_UNIX, "7" },
	{ SYS_LEVEL, SOL_SOCKET, 0, "SOL_SOCKET" },
	{ SYS_LEVEL, SOL_PACKET, 0, "SOL_PACKET" },
	{ SYS_LEVEL, 0, 0, "SOL_IP" },
	{ SYS_OPTNAME, 1, SOL_PACKET, "PACKET_ADD_MEMBERSHIP" },
	{ SYS_OPTNAME, SO_MARK, SOL_SOCKET, "SO_MARK" },
	{ SYS_OPTNAME, 1, 6, "TCP_NODELAY" },
	{ SYS_OPTNAME, 12345, 6, "12345" },
	{ SYS_OPTNAME, 1, 999, "1" },
	{ SYS_REQUEST, SIOCSIFFLAGS, 0, "SIOCSIFFLAGS" },
	{ SYS_REQUEST, 0x5401, 0, "TCGETS" },
	{ SYS_REQUEST, 0x5412, 0, "TIOCSTI" },
	{ SYS_REQUEST, 0xf00005412, 0, "TIOCSTI" },
	{ SYS_REQUEST, 0xdeadbeef, 0, "0xdeadbeef" },
	{ SYS_NODETYPE, 0644, 0, "S_IFREG" },
	{ SYS_NODETYPE, S_IFREG | 0644, 0, "S_IFREG" },
	{ SYS_NODETYPE, S_IFIFO, 0, "S_IFIFO" },
	{ SYS_NODETYPE, S_IFDIR, 0, "0x4000" },
	{ SYS_DEVICE, 0x801, 0, "8:1" },
	{ SYS_DEVICE, 0x12345678, 0, "1110:74616" },
	{ SYS_SYSLOG, UINT64_C(1) << 32 | 10, 0, "SYSLOG_ACTION_SIZE_BUFFER" },
	{ SYS_REBOOT, 0x4321fedc, 0, "LINUX_REBOOT_CMD_POWER_OFF" },
	{ SYS_REBOOT, 7, 0, "0x7" },
	{ SYS_SIGNAME, SIGTERM, 0, "SIGTERM" },
	{ SYS_SIGNAME, SIGSYS, 0, "SIGSYS" },
	{ SYS_SIGNAME, 0, 0, "<unknown>: 0" },
	{ SYS_SIGNAME, 33, 0, "<unknown>: 33" },
	{ SYS_SIGNAME, 34, 0, "SIGRTMIN" },
	{ SYS_SIGNAME, 64, 0, "SIGRTMIN+30" },
	{ SYS_SIGNAME, 65, 0, "<unknown>: 65" },
	{ SYS_PROT, 0, 0, "PROT_NONE" },
	{ SYS_PROT, PROT_READ | PROT_EXEC, 0, "PROT_READ|PROT_EXEC" },
	{ SYS_PROT, 0x100000004, 0, "PROT_EXEC|<unknown:0x100000000>" },
	{ SYS_PROT, PROT_READ | 0x8, 0, "PROT_READ" },
	{ SYS_MAPPROT, 0x10100000c, 0, "PROT_EXEC" },
	{ SYS_MAPFLAGS, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, 0,
	    "MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK" },
	{ SYS_MAPFLAGS, MAP_SHARED_VALIDATE | MAP_SYNC, 0,
	    "MAP_SHARED_VALIDATE|MAP_SYNC" },
	{ SYS_MAPFLAGS, MAP_PRIVATE | MAP_HUGETLB | (UINT64_C(21) << 26), 0,
	    "MAP_PRIVATE|MAP_HUGETLB|MAP_HUGE_2MB" },
	{ SYS_MAPFLAGS, 0, 0, "0" },
	{ SYS_MAPFLAGS, 5, 0, "<unknown:0x5>" },
	{ SYS_MAPFLAGS, UINT64_C(1) << 40 | MAP_PRIVATE, 0, "MAP_PRIVATE" },
	{ SYS_CMD, F_SETOWN, 0, "F_SETOWN" },
	{ SYS_CMD, F_SETLK, 0, "F_SETLK" },
	{ SYS_CMD, 77, 0, "<unknown>: 77" },
	{ SYS_FD, 3, 0, "3" },
	{ SYS_FD, (uint64_t)AT_FDCWD, 0, "-100" },
	{ SYS_RESOURCE, 7, 0, "RLIMIT_NOFILE" },
	{ SYS_OPTION, 8, 0, "PR_SET_KEEPCAPS" },
	{ SYS_OPTION, 0x59616d61, 0, "PR_SET_PTRACER" },
	{ SYS_OPTION, 1000, 0, "1000" },
	{ SYS_WHICH, 2, 0, "PRIO_USER" },
	{ SYS_SCHEDPOLICY, 1, 0, "SCHED_FIFO" },
	{ SYS_SCHEDPOLICY, 0x40000002, 0, "SCHED_RR|SCHED_RESET_ON_FORK" },
	{ SYS_SCHEDPOLICY, 9, 0, "9" },
	{ SYS_MOUNTFLAGS, MS_BIND | MS_REC, 0, "MS_BIND|MS_REC" },
	{ SYS_MOUNTFLAGS, 0xc0ed0000 | MS_RDONLY, 0, "MS_RDONLY" },
	{ SYS_MOUNTFLAGS, 0, 0, "0" },
	{ SYS_UMOUNTFLAGS, MNT_DETACH, 0, "MNT_DETACH" },
	{ SYS_ATTRFLAGS, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV, 0,
	    "MOUNT_ATTR_RDONLY|MOUNT_ATTR_NODEV" },
	{ SYS_ATTRFLAGS, MOUNT_ATTR__ATIME, 0, "MOUNT_ATTR__ATIME" },
	{ SYS_ATTRFLAGS, MOUNT_ATTR_NOATIME | 0x40, 0,
	    "MOUNT_ATTR_NOATIME|<unknown:0x40>" },
	{ SYS_ATTRFLAGS, 0, 0, "0" },
	{ SYS_ATTRFLAGS, UINT64_C(1) << 40 | 1, 0, "MOUNT_ATTR_RDONLY" },
	{ SYS_MOVEFLAGS, 0x177, 0, "MOVE_MOUNT_SET_GROUP" },
	{ SYS_MOVEFLAGS, 0x44, 0, "0" },
	{ SYS_TREEFLAGS, 0x88001, 0, "OPEN_TREE_CLONE|AT_RECURSIVE" },
	{ SYS_FSCMD, 6, 0, "FSCONFIG_CMD_CREATE" },
	{ SYS_FSCMD, 99, 0, "99" },
	{ SYS_QUOTACMD, 0x80000701, 0, "Q_GETQUOTA" },
	{ SYS_QUOTACMD, 0x580300, 0, "Q_XGETQUOTA" },
	{ SYS_QUOTACMD, 0x9900, 0, "0x99" },
	{ SYS_QUOTATYPE, 0x80000701, 0, "GRPQUOTA" },
	{ SYS_QUOTATYPE, 0x80000709, 0, "9" },
	{ SYS_CREATFLAGS, 0, 0, "woct" },
	{ SYS_SIGNED, (uint64_t)-20, 0, "-20" },
	{ SYS_HEX, UINT64_MAX, 0, "0xffffffffffffffff" },
};

static void
test_formats(void **state)
{
	struct sys_arg arg = { "x", 0, 3, 4, 0, 0 };
	uint64_t regs[SYS_REGS];
	char buf[SYS_VALUE_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(formats); i++) {
		print_message("%s\n", formats[i].text);
		memset(regs, 0xa5, sizeof(regs));
		regs[3] = formats[i].value;
		regs[4] = formats[i].aux;
		arg.kind = formats[i].kind;
		assert_int_equal(sys_format(&arg, regs, buf, sizeof(buf)), 0);
		assert_string_equal(buf, formats[i].text);
		/* Just too small: nothing, rather than a part. */
		errno = 0;
		assert_int_equal(sys_format(&arg, regs, buf,
				     strlen(formats[i].text)),
		    -1);
		assert_int_equal(errno, ENAMETOOLONG);
		assert_string_equal(buf, "");
	}
}

static void
test_no_format(void **state)
{
	const struct sys_call *open = sys_by_name("open");
	const struct sys_arg *mode = sys_arg_by_name(open, "mode", 0);
	uint64_t regs[SYS_REGS] = { 0, O_RDWR, 0644 };
	char buf[SYS_VALUE_MAX];
	struct sys_cmp cmp;

	(void)state;
	errno = 0;
	assert_int_equal(sys_format(&open->args[0], regs, buf, sizeof(buf)),
	    -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sys_format(mode, regs, buf, sizeof(buf)), -1);
	assert_int_equal(errno, ENOENT);
	regs[1] = O_WRONLY | O_CREAT;
	assert_int_equal(sys_format(mode, regs, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "644");
	regs[1] = O_RDWR | O_TMPFILE;
	assert_int_equal(sys_format(mode, regs, buf, sizeof(buf)), 0);
	assert_int_equal(sys_compare(mode, "644", &cmp), SYS_CMP_UNKNOWN);
	assert_int_equal(sys_compare(&open->args[0], "/", &cmp),
	    SYS_CMP_UNKNOWN);
	assert_int_equal(sys_format(mode, regs, buf, 0), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

/* --- comparisons */

static uint64_t
random64(void)
{
	static uint64_t seed = 0x9e3779b97f4a7c15;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static const uint64_t edges[] = { 0, 1, 2, 3, 5, 8, 9, 10, 15, 16, 31, 32, 33,
	34, 35, 63, 64, 65, 127, 128, 255, 256, 0x541b, 0x8914, 0xffff, 0x10000,
	0x40000000, 0x40000001, 0x7fffffff, 0x80000000, 0x80000001, 0xbfffffff,
	0xfffffffe, 0xffffffff, 0x100000000, 0x100000001, 0x100000002,
	0xffffffff00000000, 0xffffffff00000002, 0x7fffffffffffffff,
	0x8000000000000000, 0xfffffffffffffffe, 0xffffffffffffffff, 07777,
	010000, 0100644 };

/* Values that lie near each other in one bit or a few, and any at all. */
static uint64_t
some_value(unsigned int n)
{
	uint64_t v;

	if (n < NELEMS(edges))
		return edges[n];
	v = edges[random64() % NELEMS(edges)];
	switch (n % 4) {
	case 0:
		return v ^ (UINT64_C(1) << (random64() % 64));
	case 1:
		return random64() & random64() & random64();
	case 2:
		return v ^ (random64() & random64() & random64() & 0xffffffff);
	default:
		return random64() % 100;
	}
}

/* Does the comparison hold exactly where the format gives the string? */
static void
check_compare(const struct sys_arg *arg, const char *string)
{
	char buf[SYS_VALUE_MAX];
	uint64_t regs[SYS_REGS] = { 0 };
	enum sys_cmp_result result;
	struct sys_cmp cmp;
	unsigned int n;
	bool shown, held;

	memset(&cmp, 0, sizeof(cmp));
	result = sys_compare(arg, string, &cmp);
	if (result == SYS_CMP_UNKNOWN)
		return;
	if (result == SYS_CMP_EXACT)
		assert_int_equal(cmp.reg, arg->reg);
	for (n = 0; n < 400; n++) {
		regs[arg->reg] = some_value(n);
		if (n % 3 == 2 && result == SYS_CMP_EXACT)
			regs[arg->reg] = cmp.value |
			    (some_value(n) & ~cmp.mask);
		if (n % 7 == 6 && result == SYS_CMP_EXACT)
			regs[arg->reg] = cmp.value ^
			    (UINT64_C(1) << (n / 7 % 64));
		assert_int_equal(sys_format(arg, regs, buf, sizeof(buf)), 0);
		shown = strcmp(buf, string) == 0;
		held = result == SYS_CMP_EXACT &&
		    (regs[arg->reg] & cmp.mask) == cmp.value;
		if (shown != held)
			fail_msg("kind %d, \"%s\", %#jx is \"%s\"", arg->kind,
			    string, (uintmax_t)regs[arg->reg], buf);
	}
}

static bool
has_comparison(enum sys_kind kind)
{
	return kind != SYS_UNAME && kind != SYS_GNAME &&
	    kind != SYS_SOCKPROTO && kind != SYS_OPTNAME &&
	    kind != SYS_MOUNTFLAGS && kind != SYS_NODETYPE &&
	    kind != SYS_DEVICE;
}

static void
test_compare_inverts_format(void **state)
{
	struct sys_arg arg = { "x", 0, 2, 1, 0, 0 };
	uint64_t regs[SYS_REGS] = { 0 };
	char buf[SYS_VALUE_MAX];
	struct sys_cmp cmp;
	unsigned int n;
	int kind;

	(void)state;
	for (kind = 0; kind < SYS_MEMORY; kind++) {
		arg.kind = (uint8_t)kind;
		for (n = 0; n < 300; n++) {
			regs[2] = some_value(n);
			assert_int_equal(sys_format(&arg, regs, buf,
					     sizeof(buf)),
			    0);
			assert_int_equal(sys_compare(&arg, buf, &cmp),
			    has_comparison(kind) ? SYS_CMP_EXACT :
						   SYS_CMP_UNKNOWN);
			check_compare(&arg, buf);
		}
	}
}

static void
test_compare_names(void **state)
{
	static const struct {
		enum sys_kind kind;
		const struct sys_name *names;
	} lists[] = {
		{ SYS_SOCKDOM, sys_names_domain },
		{ SYS_SOCKTYPE, sys_names_type },
		{ SYS_LEVEL, sys_names_level },
		{ SYS_REQUEST, sys_names_request },
		{ SYS_SIGNAME, sys_names_signal },
		{ SYS_CMD, sys_names_cmd },
		{ SYS_RESOURCE, sys_names_resource },
		{ SYS_OPTION, sys_names_prctl },
		{ SYS_WHICH, sys_names_which },
		{ SYS_SCHEDPOLICY, sys_names_policy },
		{ SYS_PROT, sys_names_prot },
		{ SYS_MAPFLAGS, sys_names_map },
		{ SYS_MAPFLAGS, sys_names_map_type },
		{ SYS_MAPFLAGS, sys_names_map_huge },
		{ SYS_UMOUNTFLAGS, sys_names_umount },
		{ SYS_ATTRFLAGS, sys_names_attr },
		{ SYS_MOVEFLAGS, sys_names_move },
		{ SYS_TREEFLAGS, sys_names_tree },
		{ SYS_FSCMD, sys_names_fsconfig },
		{ SYS_QUOTATYPE, sys_names_quota_type },
		{ SYS_SYSLOG, sys_names_syslog },
		{ SYS_REBOOT, sys_names_reboot },
	};
	struct sys_arg arg = { "x", 0, 5, 0, 0, 0 };
	const struct sys_name *name;
	struct sys_cmp cmp;
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(lists); i++) {
		arg.kind = lists[i].kind;
		for (name = lists[i].names; name->name != NULL; name++) {
			print_message("%s\n", name->name);
			assert_int_equal(sys_compare(&arg, name->name, &cmp),
			    SYS_CMP_EXACT);
			assert_int_equal(cmp.value, name->value);
			check_compare(&arg, name->name);
		}
	}
}

/* Strings that look like a value but never are one. */
static void
test_compare_never(void **state)
{
	static const char *const strings[] = { "", " ", "+1", "01", " 1", "1 ",
		"0x", "0X1", "0x01", "1x", "4294967295", "4294967296", "-0",
		"-2147483649", "18446744073709551616",
		"99999999999999999999999", "08", "7777777", "rwtc", "rwnn", "r",
		"rox ", "woctz", "ro ", "PROT_NONE|PROT_READ",
		"PROT_EXEC|PROT_READ", "PROT_READ|", "|PROT_READ",
		"PROT_READ|PROT_READ", "MAP_SHARED|MAP_PRIVATE",
		"<unknown:0x1>", "<unknown:0x0>", "<unknown:1>", "<unknown>: 1",
		"<unknown>: 01", "<unknown>:", "<unknown>", "SIGRTMIN+0",
		"SIGRTMIN-1", "SIGRTMIN+31", "SIGRTMIN+", "SIGRTMIN+01",
		"sigterm", "AF_LOCAL", "af_inet", "SCHED_FIFO|",
		"SCHED_FIFO|SCHED_RESET", "|SCHED_RESET_ON_FORK",
		"1|SCHED_RESET_ON_FORK", "SOCK_RAW|SOCK_CLOEXEC", "*" };
	struct sys_arg arg = { "x", 0, 0, 0, 0, 0 };
	size_t i;
	int kind;

	(void)state;
	for (kind = 0; kind < SYS_MEMORY; kind++) {
		arg.kind = (uint8_t)kind;
		for (i = 0; i < NELEMS(strings); i++)
			if (has_comparison(kind))
				check_compare(&arg, strings[i]);
	}
}

static void
test_compare_masks(void **state)
{
	static const struct {
		enum sys_kind kind;
		const char *string;
		enum sys_cmp_result result;
		uint64_t mask, value;
	} cases[] = {
		{ SYS_UID, "0", SYS_CMP_EXACT, 0xffffffff, 0 },
		{ SYS_UID, "-1", SYS_CMP_EXACT, 0xffffffff, 0xffffffff },
		{ SYS_UID, "4294967295", SYS_CMP_NEVER, 0, 0 },
		{ SYS_UID, "-2", SYS_CMP_NEVER, 0, 0 },
		{ SYS_SOCKTYPE, "SOCK_RAW", SYS_CMP_EXACT,
		    0xffffffff & ~(SOCK_CLOEXEC | SOCK_NONBLOCK), SOCK_RAW },
		{ SYS_SOCKTYPE, "3", SYS_CMP_NEVER, 0, 0 },
		{ SYS_MODE, "644", SYS_CMP_EXACT, 07777, 0644 },
		{ SYS_MODE, "0644", SYS_CMP_NEVER, 0, 0 },
		{ SYS_PROT, "PROT_READ", SYS_CMP_EXACT, ~UINT64_C(8), 1 },
		{ SYS_MAPPROT, "PROT_READ", SYS_CMP_EXACT, KNOWN_RIGHTS, 1 },
		{ SYS_MAPPROT, "PROT_READ|PROT_SEM", SYS_CMP_NEVER, 0, 0 },
		{ SYS_NODETYPE, "S_IFREG", SYS_CMP_UNKNOWN, 0, 0 },
		{ SYS_SYSLOG, "SYSLOG_ACTION_CLEAR", SYS_CMP_EXACT, 0xffffffff,
		    5 },
		{ SYS_CREATFLAGS, "woct", SYS_CMP_EXACT, 0, 0 },
		{ SYS_CREATFLAGS, "ro", SYS_CMP_NEVER, 0, 0 },
		{ SYS_REQUEST, "0x5401", SYS_CMP_NEVER, 0, 0 },
		{ SYS_REQUEST, "TIOCSTI", SYS_CMP_EXACT, 0xffffffff, 0x5412 },
		{ SYS_SOCKPROTO, "ETH_P_ALL", SYS_CMP_UNKNOWN, 0, 0 },
		{ SYS_UNAME, "root", SYS_CMP_UNKNOWN, 0, 0 },
		{ SYS_FDPATH, "/", SYS_CMP_UNKNOWN, 0, 0 },
	};
	struct sys_arg arg = { "x", 0, 1, 0, 0, 0 };
	struct sys_cmp cmp;
	size_t i;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		print_message("%s\n", cases[i].string);
		arg.kind = cases[i].kind;
		assert_int_equal(sys_compare(&arg, cases[i].string, &cmp),
		    cases[i].result);
		if (cases[i].result != SYS_CMP_EXACT)
			continue;
		assert_int_equal(cmp.mask, cases[i].mask);
		assert_int_equal(cmp.value, cases[i].value);
		assert_int_equal(cmp.reg, 1);
	}
}

/* --- socket addresses */

static void
check_sockaddr(const void *sa, size_t len, const char *text)
{
	char buf[SYS_VALUE_MAX];

	if (text == NULL) {
		errno = 0;
		assert_int_equal(sys_format_sockaddr(sa, len, -1, buf,
				     sizeof(buf)),
		    -1);
		assert_int_equal(errno, EINVAL);
		return;
	}
	print_message("%s\n", text);
	assert_int_equal(sys_format_sockaddr(sa, len, -1, buf, sizeof(buf)), 0);
	assert_string_equal(buf, text);
}

static void
test_inet_addresses(void **state)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	char storage[sizeof(struct sockaddr_storage) + 1] = { 0 };

	(void)state;
	sin.sin_port = htons(53);
	assert_int_equal(inet_pton(AF_INET, "1.2.3.4", &sin.sin_addr), 1);
	check_sockaddr(&sin, sizeof(sin), "inet-[1.2.3.4]:53");
	check_sockaddr(&sin, sizeof(sin) - 1, NULL);
	memcpy(storage, &sin, sizeof(sin));
	check_sockaddr(storage, sizeof(storage) - 1, "inet-[1.2.3.4]:53");
	check_sockaddr(storage, sizeof(storage), NULL);

	sin6.sin6_port = htons(65535);
	assert_int_equal(inet_pton(AF_INET6, "::1", &sin6.sin6_addr), 1);
	check_sockaddr(&sin6, sizeof(sin6), "inet-[::1]:65535");
	sin6.sin6_scope_id = 1;
	check_sockaddr(&sin6, 24, "inet-[::1]:65535");
	check_sockaddr(&sin6, 23, NULL);
	assert_int_equal(inet_pton(AF_INET6, "fe80::2", &sin6.sin6_addr), 1);
	sin6.sin6_scope_id = 0x7fffffff;
	check_sockaddr(&sin6, sizeof(sin6), "inet-[fe80::2%2147483647]:65535");
	check_sockaddr(&sin6, 24, "inet-[fe80::2]:65535");
}

static void
test_unix_addresses(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char path[sizeof(sun.sun_path) + 1];
	const size_t start = offsetof(struct sockaddr_un, sun_path);

	(void)state;
	check_sockaddr(&sun, start, "");
	check_sockaddr(&sun, 1, NULL);
	check_sockaddr(&sun, 0, NULL);
	check_sockaddr(&sun, start + 1, "@");
	memcpy(sun.sun_path, "/dev/log", 9);
	check_sockaddr(&sun, sizeof(sun), "/dev/log");
	check_sockaddr(&sun, start + 8, "/dev/log");
	check_sockaddr(&sun, start + 4, "/dev");
	check_sockaddr(&sun, sizeof(sun) + 1, NULL);
	memcpy(sun.sun_path, "\0bus\0x", 6);
	check_sockaddr(&sun, start + 4, "@bus");
	check_sockaddr(&sun, start + 6, "@bus@x");
	memset(sun.sun_path, 'a', sizeof(sun.sun_path));
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	check_sockaddr(&sun, sizeof(sun), path);
}

static void
test_other_addresses(void **state)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET };
	struct sockaddr_nl snl = { .nl_family = AF_NETLINK };
	struct sockaddr sa = { .sa_family = AF_UNSPEC };
	char buf[SYS_VALUE_MAX];

	(void)state;
	check_sockaddr(&sll, sizeof(sll), "packet-[any]");
	check_sockaddr(&sll, sizeof(sll) - 1, NULL);
	sll.sll_ifindex = 0x7ffffff0;
	check_sockaddr(&sll, sizeof(sll), "packet-[2147483632]");
	sll.sll_ifindex = (int)if_nametoindex("lo");
	if (sll.sll_ifindex != 0)
		check_sockaddr(&sll, sizeof(sll), "packet-[lo]");
	check_sockaddr(&snl, sizeof(snl), "netlink-[unknown]");
	check_sockaddr(&snl, sizeof(snl) - 1, NULL);
	check_sockaddr(&sa, 2, "family(0)");
	sa.sa_family = 40;
	check_sockaddr(&sa, sizeof(sa), "family(40)");
	assert_int_equal(sys_format_netlink(0, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "netlink-[route]");
	assert_int_equal(sys_format_netlink(15, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "netlink-[kobject-uevent]");
	assert_int_equal(sys_format_netlink(77, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "netlink-[77]");
	assert_int_equal(sys_format_netlink(0, buf, 5), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_no_format),
		cmocka_unit_test(test_compare_inverts_format),
		cmocka_unit_test(test_compare_names),
		cmocka_unit_test(test_compare_never),
		cmocka_unit_test(test_compare_masks),
		cmocka_unit_test(test_inet_addresses),
		cmocka_unit_test(test_unix_addresses),
		cmocka_unit_test(test_other_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

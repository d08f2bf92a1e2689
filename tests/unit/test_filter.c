/* SPDX-License-Identifier: ISC */
/*
 * The proof of the filter: over every number, foreign ABIs and the boundary
 * values of whatever is compared, the program answers what policy_evaluate()
 * answers for every policy of the closure, every base and alias, and for all
 * sampled contents of memory; and asks where they differ. Refusals are
 * written down here a second time, from security.md. The proof proves
 * itself: programs with one instruction changed must fail it. Last, the
 * kernel is asked whether it answers as the interpreter does.
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/btrfs.h>
#include <linux/seccomp.h>

#include <cmocka.h>

#include "../../privd/filter/filter.h"
#include "../../privd/policy/policy.h"
#include "../lib/filter_oracle.h"
#include "../lib/old_gate.h"

#define CONSTANTS_MAX 4096
#define HEAD "Policy: /bin/true, Emulation: native\n"
#define HEAD32 "Policy: /bin/true, Emulation: linux32\n"

static const struct policy_case cases[] = {
	{ .name = "none", .texts = { "" } },
	{ .name = "none, asking", .texts = { "" }, .asking = true },
	{ .name = "none, guarded", .texts = { "" }, .guarded = true },
	{ .name = "permit", .texts = { HEAD "Default: permit\n" } },
	{ .name = "permit, guarded",
	    .guarded = true,
	    .packet = true,
	    .texts = { HEAD "Default: permit\n" } },
	{ .name = "permit, addresses",
	    .addresses = true,
	    .texts = { HEAD "Default: permit\n" } },
	{ .name = "permit, capable",
	    .capable = true,
	    .texts = { HEAD "Default: permit\n" } },
	{ .name = "deny", .texts = { HEAD "Default: deny[enosys]\n" } },
	{ .name = "tcpdump",
	    .guarded = true,
	    .packet = true,
	    .texts = { HEAD
		"Default: permit\n"
		"native-socket: sockdom eq \"AF_PACKET\" then permit "
		"with net_raw filter \"port 53\"\n" } },
	{ .name = "ping",
	    .guarded = true,
	    .weak = true,
	    .texts = { HEAD
		"Default: permit\n"
		"native-socket: sockdom eq \"AF_INET\" and socktype eq "
		"\"SOCK_RAW\" and sockproto eq \"IPPROTO_ICMP\" then permit "
		"with net_raw\n" } },
	{ .name = "low port",
	    .guarded = true,
	    .texts = { HEAD
		"Default: permit\n"
		"native-bind: sockaddr match \"inet-*\" then permit with "
		"net_bind_service\n" } },
	{ .name = "confined",
	    .texts = { HEAD
		"native-read: permit\nnative-write: permit\n"
		"native-close: permit\nnative-mmap: permit\n"
		"native-brk: permit\nnative-exit: permit\n"
		"native-fsread: filename match \"/etc\" then permit\n"
		"native-fsread: filename match \"/usr/*\" then permit\n"
		"native-fswrite: filename match \"/tmp/*\" then permit\n"
		"native-execve: filename eq \"/bin/ls\" then permit\n"
		"native-kill: permit\n"
		"native-ptrace: deny[einval]\n" },
	    .named = "ptrace" },
	{ .name = "no execve",
	    .texts = { HEAD "native-execve: deny[eacces]\n" } },
	{ .name = "numbers",
	    .texts = { HEAD
		"native-socket: not (sockdom eq \"AF_INET\" or sockdom eq "
		"\"AF_INET6\") and socktype neq \"SOCK_STREAM\" then deny"
		"[eafnosupport]\n"
		"native-socket: sockdom eq \"AF_INET\" and not (socktype eq "
		"\"SOCK_DGRAM\" or socktype eq \"SOCK_RAW\") then permit\n"
		"native-socket: deny[eacces]\n"
		"native-setsockopt: level eq \"SOL_SOCKET\" then permit\n"
		"native-setsockopt: level neq \"SOL_PACKET\" then "
		"deny[enoent]\n"
		"native-setsockopt: permit log\n"
		"native-ioctl: request eq \"TCGETS\" then permit\n"
		"native-ioctl: request eq \"0x1234\" then permit\n"
		"native-ioctl: deny[enotty]\n"
		"native-kill: signame neq \"SIGTERM\" then deny[eperm]\n"
		"native-kill: permit\n"
		"native-mprotect: prot eq \"PROT_READ|PROT_EXEC\" then deny"
		"[eacces]\n"
		"native-mprotect: permit\n"
		"native-prctl: args[0] eq \"0x4\" then deny[einval]\n"
		"native-prctl: args[0] eq \"0x04\" then permit\n"
		"native-prctl: args[1] neq \"0xffffffffffffffff\" then "
		"permit\n"
		"native-getpriority: which eq \"no such\" then permit\n"
		"native-getpriority: pretend[0]\n"
		"native-fcntl: cmd neq \"F_SETOWN\" then permit\n"
		"native-fcntl: cmd eq \"F_SETOWN\" then pretend[0]\n"
		"native-lseek: args eq \"0x1\" then deny[ebadf]\n"
		"native-lseek: args neq \"0x2\" then permit\n"
		"native-close: ask\nnative-dup: pretend[7]\n"
		"native-getuid: pretend\n" } },
	{ .name = "conditions",
	    .texts = { HEAD
		"native-socket: sockdom eq \"AF_INET\" then permit, if "
		"user = 1000\n"
		"native-socket: sockdom eq \"AF_UNIX\" then permit once\n"
		"native-socket: sockdom eq \"AF_INET6\" then permit "
		"exclusive \"a\"\n"
		"native-socket: sockdom eq \"AF_NETLINK\" then permit, if "
		"group = 0 or group != 0\n"
		"native-socket: permit\n"
		"native-getpid: permit, if user = 0\n"
		"native-getppid: permit, if user != 0\nnative-getppid: permit\n"
		"native-gettid: permit times 3\nnative-gettid: permit\n"
		"native-uname: deny[eperm], if user = 0\n"
		"native-uname: deny[eperm]\n"
		"native-sched_yield: permit log\n" } },
	{ .name = "variants",
	    .texts = { HEAD
		"native-openat: filename eq \"/etc/passwd\" then deny[enoent]\n"
		"native-open: oflags eq \"ro\" then permit\n"
		"native-creat: deny[eacces]\n"
		"native-openat2: deny[enosys]\n"
		"native-unlinkat: permit\nnative-rmdir: deny[eperm]\n"
		"native-stat: permit\nnative-lstat: deny[eacces]\n"
		"native-newfstatat: permit\n"
		"native-fstat: permit\n"
		"native-dup2: permit\nnative-dup3: deny[einval]\n"
		"native-access: permit\n" } },
	{ .name = "variants, -u",
	    .no_alias = true,
	    .texts = { HEAD
		"native-fsread: permit\nnative-fswrite: permit\n"
		"native-open: oflags eq \"ro\" then permit\n"
		"native-openat: oflags eq \"ro\" then permit\n"
		"native-rmdir: deny[eperm]\nnative-stat: permit\n" } },
	{ .name = "folds",
	    .texts = { HEAD
		"native-unlink: permit\nnative-rmdir: deny[enotdir]\n"
		"native-stat: permit\nnative-lstat: deny[eacces]\n"
		"native-fstat: permit\nnative-chown: permit\n"
		"native-lchown: deny[eperm]\nnative-fchown: permit\n" } },
	{ .name = "aliases",
	    .texts = { HEAD
		"native-fsread: permit\nnative-fswrite: deny[erofs]\n" } },
	{ .name = "elevating alias",
	    .guarded = true,
	    .texts = { HEAD
		"Default: permit\n"
		"native-fsread: filename eq \"/dev/bpf0\" then permit as "
		"root\n" } },
	{ .name = "paths that agree",
	    .texts = { HEAD
		"native-open: filename eq \"/etc/passwd\" then permit\n"
		"native-open: filename match \"/tmp/*\" then permit\n"
		"native-open: permit\n"
		"native-mkdir: filename match \"$HOME\" then deny[eperm]\n"
		"native-mkdir: deny[eperm]\n"
		"native-rename: filename[0] neq \"/etc/passwd\" and "
		"filename[1] neq \"/etc/passwd\" then permit\n" } },
	{ .name = "missing arguments",
	    .weak = true,
	    .texts = { HEAD
		"native-fsread: oflags eq \"ro\" then permit\n"
		"native-fsread: not oflags eq \"rw\" then permit\n"
		"native-fsread: not (oflags eq \"rw\" and filename eq "
		"\"/tmp/x\") then permit\n"
		"native-fsread: deny[eacces]\n"
		"native-open: mode eq \"644\" then deny[enoent]\n"
		"native-open: not mode eq \"600\" then permit\n" } },
	{ .name = "refused, named",
	    .named = "mount chroot bpf ptrace setns *ioctl5412 *clone "
		     "*unshare",
	    .texts = { HEAD
		"Default: permit\nnative-mount: permit\nnative-chroot: "
		"deny[enoent]\nnative-bpf: permit\nnative-ptrace: permit\n"
		"native-setns: permit\nnative-ioctl: request eq \"TIOCSTI\" "
		"then permit\nnative-clone: args[0] eq \"0x10000000\" or "
		"args[0] eq \"0x1\" then permit\nnative-unshare: not "
		"args[0] eq \"0x20000\" then permit\n"
		"native-prctl: args[0] eq \"0x23\" then permit\n" } },
	{ .name = "refused, not named",
	    .texts = { HEAD
		"Default: permit\nnative-ioctl: request eq \"TCGETS\" then "
		"permit\nnative-ioctl: request neq \"TIOCSTI\" then permit\n"
		"native-ioctl: permit\nnative-clone: args[0] eq \"0x11\" "
		"then permit\nnative-clone: permit\nnative-unshare: permit\n"
		"native-prctl: args[1] eq \"0x23\" then permit\n" } },
	{ .name = "refused, named, guarded",
	    .guarded = true,
	    .named = "mount bpf",
	    .texts = { HEAD
		"Default: permit\nnative-mount: permit\nnative-ptrace: "
		"permit\nnative-bpf: permit\nnative-ioctl: permit\n" } },
	{ .name = "refused, named by one",
	    .some = "mount chroot ptrace *ioctl5412 *unshare",
	    .texts = { HEAD "native-mount: permit\nnative-ptrace: permit\n"
			    "native-ioctl: request eq \"TIOCSTI\" then permit\n"
			    "native-ioctl: permit\nnative-unshare: permit\n",
		HEAD "native-chroot: permit\nnative-ioctl: permit\n"
		     "native-unshare: args[0] eq \"0x10000000\" then permit\n"
		     "native-unshare: permit\n" } },
	{ .name = "refused, named by one, guarded",
	    .guarded = true,
	    .some = "mount",
	    .texts = { HEAD "native-mount: permit\nnative-ptrace: permit\n"
			    "native-unshare: permit\n",
		HEAD "native-unshare: args[0] eq \"0x10000000\" then permit\n"
		     "native-unshare: permit\n" } },
	{ .name = "pair",
	    .texts = { HEAD "Default: permit\nnative-getuid: deny[enoent]\n"
			    "native-getgid: deny[eacces]\n"
			    "native-getpid: permit log\n"
			    "\f" HEAD "Default: permit\n"
			    "native-socket: sockdom eq \"AF_INET\" then "
			    "deny[eacces]\nnative-getgid: deny[enoent]\n"
			    "native-getpid: deny[enoent]\n"
			    "native-read: permit, if user = 0\n" } },
	{ .name = "chain",
	    .texts = { HEAD "Default: permit\nnative-getuid: deny[enoent]\n"
			    "native-getgid: permit log\n"
			    "native-dup: deny[eio]\n"
			    "\f" HEAD "Default: permit\n"
			    "native-getuid: deny[eacces]\n"
			    "native-getgid: deny[eacces]\n"
			    "native-socket: sockdom eq \"AF_INET\" then "
			    "deny[eacces]\n"
			    "\f" HEAD "Default: permit\n"
			    "native-socket: socktype eq \"SOCK_RAW\" then "
			    "deny[eprotonosupport]\n"
			    "native-getpid: permit once\n"
			    "\fpermitting",
		HEAD "Default: permit\nnative-getuid: deny[enoent]\n"
		     "native-dup: deny[eio]\n" } },
	{ .name = "eight",
	    .texts = { HEAD
		"Default: permit\nnative-getuid: deny[enoent]\n"
		"\f" HEAD "Default: permit\nnative-geteuid: deny[enoent]\n"
		"\f" HEAD "Default: permit\nnative-getgid: deny[enoent]\n"
		"\f" HEAD "Default: permit\nnative-getegid: deny[enoent]\n"
		"\f" HEAD "Default: permit\nnative-uname: deny[enoent]\n"
		"\f" HEAD "Default: permit\nnative-getpid: deny[enoent]\n"
		"\f" HEAD "Default: permit\nnative-gettid: deny[enoent]\n"
		"\f" HEAD "Default: permit\nnative-getuid: deny[eacces]\n"
		"native-getppid: deny[enoent]\n" } },
	{ .name = "released", .texts = { "released" } },
	{ .name = "released, guarded",
	    .guarded = true,
	    .texts = { "released" } },
	{ .name = "detached", .texts = { HEAD "detached\n" } },
	{ .name = "permitting", .texts = { "permitting" } },
	{ .name = "closure with free ones",
	    .named = "mount *ioctl5412",
	    .texts = { HEAD
		"native-mount: permit\nnative-read: permit\n"
		"native-getuid: deny[enoent]\nnative-ioctl: request eq "
		"\"TIOCSTI\" then permit\nnative-close: permit log\n",
		"permitting", "released" } },
	{ .name = "closure",
	    .texts = { HEAD "Default: permit\n"
			    "native-socket: sockdom eq \"AF_INET\" then "
			    "permit\nnative-socket: sockdom eq \"AF_UNIX\" "
			    "then permit\nnative-socket: deny[eacces]\n"
			    "native-getuid: deny[enoent]\n",
		HEAD "Default: permit\n"
		     "native-socket: sockdom eq \"AF_UNIX\" then permit\n"
		     "native-socket: sockdom eq \"AF_INET\" then permit\n"
		     "native-socket: deny[eacces]\n"
		     "native-getuid: deny[eperm]\n" } },
	{ .name = "closure with none",
	    .texts = { HEAD "native-read: permit\nnative-getpid: permit\n"
			    "native-close: deny[eperm]\n"
			    "native-dup: deny[eio]\n",
		"", HEAD "Default: permit\n" } },
	{ .name = "options",
	    .texts = { HEAD
		"native-setsockopt: optname eq \"SO_MARK\" then deny[eacces]\n"
		"native-setsockopt: optname eq \"IP_TOS\" or optname eq "
		"\"TCP_NODELAY\" then permit\n"
		"native-setsockopt: level neq \"SOL_PACKET\" and optname neq "
		"\"SO_DEBUG\" then deny[enoent]\n"
		"native-setsockopt: optname eq \"no such\" then permit\n"
		"native-setsockopt: deny[eio]\n"
		"native-getsockopt: not optname eq \"IPV6_MULTICAST_ALL\" then "
		"permit\n"
		"native-getsockopt: deny[eio]\n" } },
	{ .name = "options by number",
	    .weak = true,
	    .texts = { HEAD "native-setsockopt: optname eq \"44\" then permit\n"
			    "native-setsockopt: optname eq \"-1\" then permit\n"
			    "native-setsockopt: deny[eio]\n" } },
	{ .name = "messages",
	    .texts = { HEAD
		"native-sendto: sockaddr match \"inet-*\" then permit\n"
		"native-sendto: not sockaddr eq \"/tmp/x\" then deny[eacces]\n"
		"native-sendto: args[3] eq \"0x0\" then permit\n"
		"native-sendto: deny[enobufs]\n"
		"native-sendmsg: sockaddr eq \"/tmp/x\" then permit\n"
		"native-sendmsg: deny[eio]\n"
		"native-sendmmsg: permit\n" } },
	{ .name = "messages, -u",
	    .no_alias = true,
	    .texts = { HEAD
		"Default: permit\n"
		"native-sendto: sockaddr eq \"/tmp/x\" then permit with "
		"net_admin\n"
		"native-sendmsg: sockaddr eq \"/tmp/x\" then deny[eio]\n" } },
	{ .name = "credentials",
	    .capable = true,
	    .texts = { HEAD
		"native-setuid: uid eq \"0\" then permit\n"
		"native-setuid: deny[eperm]\n"
		"native-setgid: permit\nnative-capset: permit\n" } },
#if defined(__x86_64__)
	{ .name = "linux32, guarded",
	    .guarded = true,
	    .packet = true,
	    .capable = true,
	    .texts = { HEAD32 "Default: permit\n" } },
	{ .name = "linux32, numbers",
	    .weak = true,
	    .texts = { HEAD32
		"linux32-read: permit\nlinux32-exit: permit\n"
		"linux32-mmap: prot eq \"PROT_READ\" then permit\n"
		"linux32-setuid: uid eq \"0\" then deny[eacces]\n"
		"linux32-setuid: permit\n"
		"linux32-setgid: gid neq \"0\" then permit\n"
		"linux32-chown: uid eq \"0\" then permit\n"
		"linux32-stat: filename eq \"/etc/passwd\" then permit\n"
		"linux32-stat64: permit\nlinux32-fstat: permit\n"
		"linux32-truncate: args[1] eq \"0x1\" then permit\n"
		"linux32-socket: sockdom eq \"AF_INET\" then permit\n"
		"linux32-socket: deny[eafnosupport]\n"
		"linux32-connect: sockaddr eq \"/tmp/x\" then permit\n"
		"linux32-listen: permit\nlinux32-accept: permit\n"
		"linux32-accept4: deny[eio]\nlinux32-recvfrom: permit\n"
		"linux32-sendto: permit\nlinux32-sendmsg: deny[eio]\n"
		"linux32-setsockopt: level eq \"SOL_SOCKET\" then permit\n"
		"linux32-shutdown: args[1] eq \"0x1\" then permit\n"
		"linux32-semop: permit\nlinux32-shmat: deny[eacces]\n"
		"linux32-shmget: args[0] eq \"0x1\" then permit\n"
		"linux32-clone: args[0] eq \"0x11\" then permit\n"
		"linux32-mount: permit\n" },
	    .named = "mount" },
	{ .name = "linux32, calls",
	    .texts = { HEAD32
		"linux32-read: permit\nlinux32-exit: permit\n"
		"linux32-socket: deny[eafnosupport]\n"
		"linux32-connect: permit log\nlinux32-listen: permit\n"
		"linux32-recvfrom: permit\nlinux32-sendmsg: deny[eio]\n"
		"linux32-semop: permit\nlinux32-shmat: deny[eacces]\n"
		"linux32-ioctl: request eq \"TCGETS\" then permit\n"
		"linux32-ioctl: request eq \"FS_IOC_GETFLAGS\" or args[1] "
		"eq \"0x80046602\" then deny[eio]\n"
		"linux32-ioctl: request eq \"0x40046602\" then permit\n"
		"linux32-ioctl: request neq \"FS_IOC_SETFLAGS\" then "
		"deny[enotty]\n"
		"linux32-setuid32: uid eq \"0\" then deny[eperm]\n"
		"linux32-setuid32: permit\n" } },
	{ .name = "both",
	    .texts = { HEAD "Default: permit\nnative-getuid: deny[enoent]\n"
			    "native-socket: sockdom eq \"AF_INET\" then "
			    "permit\nnative-socket: deny[eacces]\n"
			    "native-readv: deny[eio]\n"
			    "native-dup: args[0] eq \"0x1\" then deny[eio]\n",
		HEAD32 "Default: permit\nlinux32-getgid: deny[enoent]\n"
		       "linux32-writev: deny[eio]\n"
		       "linux32-socket: sockdom eq \"AF_UNIX\" then permit\n"
		       "linux32-setsockopt: permit\n"
		       "linux32-close: permit log\n" } },
	{ .name = "both, with none",
	    .texts = { HEAD32 "Default: permit\n", "", "permitting" } },
#endif
};

static const uint32_t arches[] = { AUDIT_ARCH_I386, AUDIT_ARCH_X86_64,
	AUDIT_ARCH_ARM, AUDIT_ARCH_AARCH64, 0, UINT32_MAX, NATIVE_ARCH ^ 1,
	NATIVE_ARCH ^ 0x80000000 };

/* Values that the refusals compare, and that kernels treat apart. */
static const uint64_t fixed[] = { 0, 1, 2, 3, 4, 5, 6, 8, 10, 0x10, 0x8000a, 15,
	26, 27, 28, 29, 35, 36, 41, 44, 47, 50, 51, 57, 100, 107, 110, 111, 132,
	0x80, O_CREAT, O_TRUNC, O_PATH, O_TMPFILE, O_RDWR, O_DIRECTORY,
	O_TMPFILE & ~O_DIRECTORY, 0x100, 0x200, 0x400, 0x1000, 0x5411, 0x5412,
	0x5413, 0x541c, 0xaa00, 0x801, 0x80002, 0x80803, 0x80046601,
	CLONE_PARENT, PR_SET_CHILD_SUBREAPER, CLONE_NEWNS, CLONE_NEWUSER,
	CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP,
	CLONE_VM | SIGCHLD, PR_SET_PTRACER, UINT32_MAX, UINT64_MAX,
	UINT64_C(1) << 63, UINT64_C(1) << 31 };

/* A call, and the one right answer. */
struct vector {
	struct seccomp_data data;
	uint32_t answer;
	bool weak; /* NOTIFY is right too */
};

struct vectors {
	struct vector *v;
	size_t count;
	size_t room;
};

/* --- loading */

static void
load_one(struct policy_set *set, enum policy_authority authority,
    const char *text, size_t len)
{
	struct policy_source source = { .authority = authority };
	struct policy_report report = { 0 };

	if (policy_load_buffer(set, &source, "test", text, len, &report) != 0) {
		policy_report_print(&report, stderr, POLICY_ERROR);
		fail();
	}
	policy_report_clear(&report);
}

static const struct policy_image *
find_one(struct policy_set *set, enum policy_authority authority)
{
	const struct policy_image *image;

	image = policy_find(set, authority, "/bin/true");
	if (image == NULL)
		image = policy_find(set, authority, "/usr/bin/true");
	assert_non_null(image);
	return image;
}

static const struct policy_image *
load_image(struct loaded *l, const char *text, size_t len)
{
	struct policy_set *set;

	if (len == 0)
		return policy_none();
	if (strncmp(text, "permitting", len) == 0)
		return policy_permitting();
	if (strncmp(text, "released", len) == 0)
		return policy_released();
	set = policy_set_new();
	assert_non_null(set);
	l->sets[l->nsets++] = set;
	load_one(set, POLICY_SYSTEM, text, len);
	return find_one(set, POLICY_SYSTEM);
}

static void
load_set(struct loaded *l, const char *text, struct filter_set *set)
{
	size_t len;

	for (;; text += len + 1) {
		len = strcspn(text, "\f");
		assert_true(set->count < FILTER_IMAGES_MAX);
		set->images[set->count++] = load_image(l, text, len);
		if (text[len] == '\0')
			break;
	}
}

static void
load_case(const struct policy_case *c, struct loaded *l)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < POLICIES && c->texts[i] != NULL; i++)
		load_set(l, c->texts[i], &l->closure[i]);
	l->input.nclosure = i;
	l->input.closure = l->closure;
	l->input.guarded = c->guarded;
	l->input.enforcing = !c->asking;
	l->input.no_alias = c->no_alias;
	l->input.packet_filter = c->packet;
	l->input.addresses = c->addresses;
	l->input.capable = c->capable;
	l->alike = are_alike(l);
	assert_int_equal(filter_build(&l->input, &l->program), 0);
}

static void
unload(struct loaded *l)
{
	size_t i;

	filter_free(&l->program);
	for (i = 0; i < l->nsets; i++)
		policy_set_free(l->sets[i]);
}

/* --- vectors */

static void
add_answer(struct vectors *vs, const struct seccomp_data *data, uint32_t answer,
    bool weak)
{
	struct vector *v;

	if (vs->count == vs->room) {
		vs->room = vs->room == 0 ? 65536 : vs->room * 2;
		vs->v = reallocarray(vs->v, vs->room, sizeof(*vs->v));
		assert_non_null(vs->v);
	}
	v = &vs->v[vs->count++];
	v->data = *data;
	v->answer = answer;
	v->weak = weak;
}

static uint32_t
add_vector(struct vectors *vs, const struct loaded *l,
    const struct policy_case *c, const struct seccomp_data *data)
{
	uint32_t answer = right_answer(l, c, data);

	add_answer(vs, data, answer, may_ask(l, c, data));
	return answer;
}

struct constants {
	uint64_t v[CONSTANTS_MAX];
	size_t count;
};

static void
add_around(struct constants *k, uint64_t value)
{
	const uint64_t around[] = { value, value - 1, value + 1,
		value | UINT64_C(0xdeadbeef) << 32, value << 32,
		value | value << 32, ~value };
	size_t i, j;

	for (i = 0; i < NELEMS(around); i++) {
		for (j = 0; j < k->count && k->v[j] != around[i]; j++)
			;
		if (j == k->count && j < CONSTANTS_MAX)
			k->v[k->count++] = around[i];
	}
}

static void
add_expr(struct constants *k, const struct policy_rule *rule,
    const struct policy_expr *expr)
{
	const struct sys_arg *arg;
	struct sys_cmp cmp;
	size_t i;

	if (expr == NULL)
		return;
	add_expr(k, rule, expr->left);
	add_expr(k, rule, expr->right);
	if (expr->op != POLICY_TEST)
		return;
	add_around(k, strtoull(expr->string, NULL, 0));
	for (i = 0; i < rule->ncalls; i++) {
		arg = sys_arg_by_name(rule->calls[i], expr->name, 0);
		if (arg != NULL && arg->kind < SYS_MEMORY &&
		    sys_compare(arg, expr->string, &cmp) == SYS_CMP_EXACT) {
			add_around(k, cmp.value);
			add_around(k, cmp.value | ~cmp.mask);
		}
	}
}

static void
add_image(struct constants *k, const struct policy_image *image)
{
	size_t i;

	for (i = 0; i < policy_rule_count(image); i++)
		add_expr(k, policy_rule(image, i), policy_rule(image, i)->expr);
}

/* Whatever a policy or a refusal compares. */
static void
collect(struct constants *k, const struct loaded *l)
{
	size_t i, n;

	k->count = 0;
	for (i = 0; i < NELEMS(fixed); i++)
		add_around(k, fixed[i]);
	for (i = 0; i < l->input.nclosure; i++)
		for (n = 0; n < l->closure[i].count; n++)
			add_image(k, l->closure[i].images[n]);
}

/* Does anything look at its registers? */
static bool
looks(const struct loaded *l, const struct sys_call *call)
{
	static const char others[] =
	    "prctl clone unshare seccomp personality ioctl setsockopt socket "
	    "open openat socketcall ipc";

	return is_one_of(call->name, others) || call->folds[0].mask != 0 ||
	    has_conditions(l, call);
}

static uint32_t
random_below(uint32_t n)
{
	static uint64_t state = 1;

	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(state >> 33) % n;
}

/*
 * No call must be taken for another one, so that all are made with what the
 * program compares. Where nothing looks at the registers, the answer is the
 * same for all.
 */
static void
add_pool(struct vectors *vs, const struct loaded *l,
    const struct policy_case *c, struct seccomp_data *data, bool looked)
{
	const struct sock_filter *insns = l->program.insns;
	uint64_t pool[FILTER_INSNS_MAX];
	uint32_t answer;
	size_t i, n = 0;
	int reg;

	for (i = 0; i < l->program.count; i++)
		if (BPF_CLASS(insns[i].code) == BPF_JMP &&
		    (BPF_OP(insns[i].code) == BPF_JEQ ||
			BPF_OP(insns[i].code) == BPF_JSET))
			pool[n++] = insns[i].k;
	memset(data->args, 0, sizeof(data->args));
	answer = add_vector(vs, l, c, data);
	for (i = 0; i < (looked || data->arch == NATIVE_ARCH ? n * 8 : n);
	     i++) {
		for (reg = 0; reg < SYS_REGS; reg++)
			data->args[reg] =
			    pool[i < n ? i : random_below((uint32_t)n)];
		if (looked)
			add_vector(vs, l, c, data);
		else
			add_answer(vs, data, answer, false);
	}
}

/* Of several calls behind one number the first register says all. */
static void
add_many(struct vectors *vs, const struct loaded *l,
    const struct policy_case *c, const struct constants *k,
    struct seccomp_data *data)
{
	size_t i;

	for (i = 0; i < k->count + 64; i++) {
		data->args[0] = i < 64 ? i : k->v[i - 64];
		add_vector(vs, l, c, data);
	}
}

static void
add_call(struct vectors *vs, const struct loaded *l,
    const struct policy_case *c, const struct constants *k,
    struct seccomp_data *data)
{
	enum sys_machine machine = data->arch == NATIVE_ARCH ? SYS_NATIVE :
							       SYS_I386;
	bool looked = looks(l, sys_by_number(machine, data->nr));
	size_t i;
	int reg;

	memset(data->args, 0xff, sizeof(data->args));
	add_vector(vs, l, c, data);
	/* Whose calls nobody has: their numbers are all. */
	if (!closure_has(l, machine))
		return;
	if (machine == SYS_I386 && (data->nr == 102 || data->nr == 117)) {
		add_many(vs, l, c, k, data);
		return;
	}
	add_pool(vs, l, c, data, looked);
	if (!looked)
		return;
	/* One register after the other, the rest being nothing ... */
	for (reg = 0; reg < SYS_REGS; reg++) {
		memset(data->args, 0, sizeof(data->args));
		for (i = 0; i < k->count; i++) {
			data->args[reg] = k->v[i];
			add_vector(vs, l, c, data);
		}
	}
	/* ... and all together, for comparisons of several. */
	for (i = 0; i < k->count * 2; i++) {
		for (reg = 0; reg < SYS_REGS; reg++)
			data->args[reg] = k->v[random_below(k->count)];
		add_vector(vs, l, c, data);
	}
}

/* What two registers decide: all pairs of the values that matter. */
static void
add_pairs(struct vectors *vs, const struct loaded *l,
    const struct policy_case *c, struct seccomp_data *data, long number,
    int first, int second)
{
	size_t i, j;

	memset(data->args, 0, sizeof(data->args));
	data->nr = (int)number;
	for (i = 0; i < NELEMS(fixed); i++) {
		for (j = 0; j < NELEMS(fixed); j++) {
			data->args[first] = fixed[i];
			data->args[second] = fixed[j];
			add_vector(vs, l, c, data);
		}
	}
}

static void
add_numbers(struct vectors *vs, const struct loaded *l,
    const struct policy_case *c)
{
	static const int numbers[] = { -1, -2, INT32_MIN, INT32_MAX, 0x40000000,
		0x40000001, 0x40000000 + 512, 0x3fffffff };
	static struct constants k;
	struct seccomp_data data = { .arch = NATIVE_ARCH };
	size_t i;
	int n;

	collect(&k, l);
	for (n = 0; n < 1024; n++) {
		data.nr = n;
		if (sys_by_number(SYS_NATIVE, n) == NULL)
			add_vector(vs, l, c, &data);
		else
			add_call(vs, l, c, &k, &data);
	}
	for (i = 0; i < NELEMS(numbers); i++) {
		data.nr = numbers[i];
		add_vector(vs, l, c, &data);
	}
	add_pairs(vs, l, c, &data, SYS_prctl, 0, 1);
	add_pairs(vs, l, c, &data, SYS_setsockopt, 1, 2);
	add_pairs(vs, l, c, &data, SYS_getsockopt, 1, 2);
	add_pairs(vs, l, c, &data, SYS_socket, 0, 1);
	add_pairs(vs, l, c, &data, SYS_seccomp, 0, 1);
	data.arch = AUDIT_ARCH_I386;
	for (n = 0; n < 1024 && closure_has(l, SYS_I386); n++) {
		data.nr = n;
		if (sys_by_number(SYS_I386, n) == NULL)
			add_vector(vs, l, c, &data);
		else
			add_call(vs, l, c, &k, &data);
	}
	for (i = 0; i < NELEMS(arches); i++) {
		memset(data.args, 0, sizeof(data.args));
		data.arch = arches[i];
		for (n = 0; n < 512; n++) {
			data.nr = n;
			add_vector(vs, l, c, &data);
		}
	}
}

/* The first vector that the program answers wrongly; NULL: none. */
static const struct vector *
disprove(const struct filter_program *program, const struct vectors *vs)
{
	const struct vector *v;
	uint32_t answer;

	for (v = vs->v; v < vs->v + vs->count; v++) {
		answer = filter_run(program, &v->data);
		if (answer != v->answer && !(v->weak && answer == NOTIFY))
			return v;
	}
	return NULL;
}

static void
show(const struct filter_program *program, const struct vector *v)
{
	const struct sys_call *call = NULL;

	if (v->data.arch == NATIVE_ARCH)
		call = sys_by_number(SYS_NATIVE, v->data.nr);
	print_error("%s (%d) arch %x (%llx, %llx, %llx, %llx): "
		    "answered %x, right is %x\n",
	    call == NULL ? "-" : call->name, v->data.nr, v->data.arch,
	    v->data.args[0], v->data.args[1], v->data.args[2], v->data.args[3],
	    filter_run(program, &v->data), v->answer);
}

static void
test_proof(void **state)
{
	const struct vector *wrong;
	struct loaded l;
	struct vectors vs;
	size_t i, failed = 0;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		load_case(&cases[i], &l);
		memset(&vs, 0, sizeof(vs));
		add_numbers(&vs, &l, &cases[i]);
		wrong = disprove(&l.program, &vs);
		print_message("%s: %u instructions, %zu vectors\n",
		    cases[i].name, l.program.count, vs.count);
		if (wrong != NULL) {
			show(&l.program, wrong);
			failed++;
		}
		free(vs.v);
		unload(&l);
	}
	assert_int_equal(failed, 0);
}

/*
 * A process may be under any images of the closure together: what is allowed
 * must be allowed by each of them alone, in whatever set it stands.
 */
static void
test_unions(void **state)
{
	static const char *const names[] = { "pair", "chain", "eight",
		"closure with none", "closure with free ones", "both",
		"both, with none" };
	static struct filter_set single[POLICIES * FILTER_IMAGES_MAX];
	struct loaded l, alone;
	struct vectors vs;
	size_t i, n, k, allowed = 0, wrong = 0;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		for (n = 0; n < NELEMS(names); n++)
			if (strcmp(cases[i].name, names[n]) == 0)
				break;
		if (n == NELEMS(names))
			continue;
		load_case(&cases[i], &l);
		memset(&vs, 0, sizeof(vs));
		add_numbers(&vs, &l, &cases[i]);
		alone = l;
		alone.input.closure = single;
		alone.input.nclosure = 0;
		for (n = 0; n < l.input.nclosure; n++)
			for (k = 0; k < l.closure[n].count; k++) {
				single[alone.input.nclosure].images[0] =
				    l.closure[n].images[k];
				single[alone.input.nclosure++].count = 1;
			}
		for (n = 0; n < vs.count; n++) {
			if (filter_run(&l.program, &vs.v[n].data) != ALLOW)
				continue;
			allowed++;
			wrong += right_answer(&alone, &cases[i],
				     &vs.v[n].data) != ALLOW;
		}
		free(vs.v);
		unload(&l);
	}
	assert_true(allowed > 1000);
	assert_int_equal(wrong, 0);
}

/* --- the proof of the proof */

/* Changes an instruction in the nth way; false if there is none. */
static bool
mutate(struct sock_filter *insn, int way)
{
	uint8_t jt = insn->jt;

	switch (BPF_CLASS(insn->code)) {
	case BPF_JMP:
		if (BPF_OP(insn->code) == BPF_JA)
			return false;
		if (way == 0)
			insn->k ^= 1;
		else if (way == 1)
			insn->k += 1;
		else {
			insn->jt = insn->jf;
			insn->jf = jt;
		}
		return way < 3;
	case BPF_RET:
		insn->k = insn->k == ALLOW ? NOTIFY : ALLOW;
		return way == 0;
	case BPF_LD:
		insn->k = insn->k == 0 ? 4 : insn->k - 4;
		return way == 0;
	case BPF_ALU:
		insn->k = insn->k << 1 | 1;
		return way == 0;
	default:
		return false;
	}
}

static void
test_mutants(void **state)
{
	static const char *const names[] = { "numbers", "tcpdump", "folds",
		"chain", "linux32, calls" };
	struct loaded l;
	struct vectors vs;
	struct sock_filter insn;
	size_t i, n, made = 0, missed = 0;
	int way;

	(void)state;
	for (i = 0; i < NELEMS(cases); i++) {
		for (n = 0; n < NELEMS(names); n++)
			if (strcmp(cases[i].name, names[n]) == 0)
				break;
		if (n == NELEMS(names))
			continue;
		load_case(&cases[i], &l);
		memset(&vs, 0, sizeof(vs));
		add_numbers(&vs, &l, &cases[i]);
		for (n = 0; n < l.program.count; n++) {
			insn = l.program.insns[n];
			for (way = 0; mutate(&l.program.insns[n], way); way++) {
				made++;
				if (disprove(&l.program, &vs) == NULL) {
					print_error("%s: %zu (%x, %u, %u, %u)"
						    ", way %d\n",
					    cases[i].name, n, insn.code,
					    insn.jt, insn.jf, insn.k, way);
					missed++;
				}
				l.program.insns[n] = insn;
			}
			l.program.insns[n] = insn;
		}
		free(vs.v);
		unload(&l);
	}
	print_message("%zu mutants, %zu missed\n", made, missed);
	assert_true(made > 300);
	/* A comparison whose sides are alike cannot be disproved: few are. */
	assert_true(missed * 500 < made);
}

/* --- policies beyond what fits */

static size_t
append_rules(char *text, size_t at, const char *call, const char *arg,
    const char *outcome, int from, int to)
{
	int i;

	for (i = from; i < to; i++)
		at += (size_t)sprintf(text + at,
		    "native-%s: %s eq \"0x%x\" "
		    "then %s\n",
		    call, arg, i, outcome);
	return at;
}

static void
test_large(void **state)
{
	static const char *const calls[] = { "fstat", "fchdir", "fsync",
		"fdatasync", "flock", "fcntl", "lseek", "ftruncate",
		"readahead", "syncfs", "fallocate", "getdents64", "fadvise64",
		"sync_file_range" };
	static const size_t numbers[] = { 20, 240, 1300 };
	struct policy_case c = { .name = "large" };
	struct seccomp_data data = { .arch = NATIVE_ARCH };
	struct vectors vs;
	struct loaded l;
	size_t at, i, r, rounds;
	char *text;
	int fd;

	(void)state;
	text = malloc(POLICY_FILE_MAX);
	assert_non_null(text);
	for (r = 0; r < NELEMS(numbers); r++) {
		rounds = numbers[r];
		at = (size_t)sprintf(text, HEAD "Default: permit\n");
		for (i = 0; i < NELEMS(calls); i++)
			at = append_rules(text, at, calls[i], "args[0]",
			    "deny[eio]", (int)i * 10000,
			    (int)(i * 10000 + rounds));
		at += (size_t)sprintf(text + at,
		    "native-getpid: deny[enoent]\n");
		assert_true(at < POLICY_FILE_MAX);
		c.texts[0] = text;
		c.weak = rounds > 100;
		load_case(&c, &l);
		print_message("%zu rules: %u instructions\n", rounds,
		    l.program.count);
		memset(&vs, 0, sizeof(vs));
		for (data.nr = 0; data.nr < 512; data.nr++) {
			for (fd = -1; fd < 3100; fd += 1 + fd / 20) {
				data.args[0] = (uint64_t)fd +
				    10000 * random_below(NELEMS(calls));
				if (random_below(8) == 0 || fd < 2)
					add_vector(&vs, &l, &c, &data);
			}
		}
		if (disprove(&l.program, &vs) != NULL) {
			show(&l.program, disprove(&l.program, &vs));
			fail();
		}
		data.nr = SYS_getpid;
		assert_int_equal(filter_run(&l.program, &data), FAIL(ENOENT));
		data.nr = SYS_io_uring_setup;
		assert_int_equal(filter_run(&l.program, &data), FAIL(ENOSYS));
		if (rounds == 20)
			assert_true(l.program.count > 300);
		free(vs.v);
		unload(&l);
	}
	free(text);
}

/* A closure whose members differ everywhere must not explode. */
static void
test_many(void **state)
{
	static char texts[40][8192];
	struct filter_set closure[NELEMS(texts)];
	struct policy_set *sets[NELEMS(texts)];
	struct filter_input in = { .closure = closure, .enforcing = true };
	struct filter_program program;
	size_t at, i, n;

	(void)state;
	for (i = 0; i < NELEMS(texts); i++) {
		at = (size_t)sprintf(texts[i], HEAD "Default: permit\n");
		for (n = 0; n < 40; n++)
			at += (size_t)sprintf(texts[i] + at,
			    "native-prctl: args[%zu] eq \"0x%zx\" and (args[5] "
			    "eq \"0x%zx\" or args[4] neq \"0x%zx\") then %s\n",
			    n % 4, (n * 7 + i) % 41, n, i,
			    (n + i) % 3 == 0 ? "deny[eio]" : "permit");
		sets[i] = policy_set_new();
		load_one(sets[i], POLICY_SYSTEM, texts[i], at);
		closure[i].images[0] = find_one(sets[i], POLICY_SYSTEM);
		closure[i].count = 1;
	}
	in.nclosure = NELEMS(texts);
	assert_int_equal(filter_build(&in, &program), 0);
	print_message("%u instructions\n", program.count);
	filter_free(&program);
	for (i = 0; i < NELEMS(texts); i++)
		policy_set_free(sets[i]);
}

/* --- the interpreter against malformed programs */

#define RUNS(answer, ...)                                              \
	do {                                                           \
		struct sock_filter insns_[] = { __VA_ARGS__ };         \
		struct filter_program p_ = { insns_, NELEMS(insns_) }; \
		assert_int_equal(filter_run(&p_, &data), answer);      \
	} while (0)
#define KILLS(...) RUNS(SECCOMP_RET_KILL_PROCESS, __VA_ARGS__)

static void
test_interpreter(void **state)
{
	const struct seccomp_data data = { .nr = 5,
		.arch = 7,
		.args = { UINT64_C(0x100000002) } };

	(void)state;
	RUNS(5, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	    BPF_STMT(BPF_RET | BPF_A, 0));
	RUNS(1, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 20),
	    BPF_STMT(BPF_RET | BPF_A, 0));
	RUNS(64, BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
	    BPF_STMT(BPF_RET | BPF_A, 0));
	RUNS(6, BPF_STMT(BPF_LD | BPF_IMM, 2), BPF_STMT(BPF_MISC | BPF_TAX, 0),
	    BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 2),
	    BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0), BPF_STMT(BPF_ST, 3),
	    BPF_STMT(BPF_LDX | BPF_MEM, 3), BPF_STMT(BPF_LD | BPF_IMM, 0),
	    BPF_STMT(BPF_MISC | BPF_TXA, 0), BPF_STMT(BPF_RET | BPF_A, 0));
	RUNS(0, BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
	    BPF_STMT(BPF_RET | BPF_K, 1));
	KILLS(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64));
	KILLS(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2));
	KILLS(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, UINT32_MAX - 3));
	KILLS(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0));
	KILLS(BPF_STMT(BPF_LDX | BPF_W | BPF_ABS, 0));
	KILLS(BPF_STMT(BPF_LD | BPF_MEM, 0), BPF_STMT(BPF_RET | BPF_K, 1));
	KILLS(BPF_STMT(BPF_ST, 16), BPF_STMT(BPF_RET | BPF_K, 1));
	KILLS(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0));
	KILLS(BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32));
	KILLS(BPF_STMT(BPF_JMP | BPF_JA, 1), BPF_STMT(BPF_RET | BPF_K, 1));
	KILLS(BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX),
	    BPF_STMT(BPF_RET | BPF_K, 1));
	KILLS(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, 1));
	KILLS(BPF_STMT(BPF_LD | BPF_IMM, 1));
	KILLS(BPF_STMT(0xffff, 1), BPF_STMT(BPF_RET | BPF_K, 1));
}

/* --- the kernel */

struct trial {
	long number;
	uint64_t args[3];
};

static const struct trial trials[] = {
	{ SYS_getppid, { 0 } },
	{ SYS_getuid, { 0 } },
	{ SYS_uname, { 0 } },
	{ SYS_sched_yield, { 0 } },
	{ SYS_ptrace, { 0 } },
	{ SYS_io_uring_setup, { 0 } },
	{ SYS_capset, { 0 } },
	{ SYS_clone3, { 0 } },
	{ SYS_bpf, { 0 } },
	{ SYS_mount, { 0 } },
	{ SYS_chroot, { 0 } },
	{ SYS_personality, { 0 } },
	{ SYS_personality, { UINT32_MAX } },
	{ SYS_unshare, { CLONE_NEWUSER } },
	{ SYS_unshare, { 0 } },
	{ SYS_prctl, { PR_SET_DUMPABLE, 7 } },
	{ SYS_prctl, { PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL } },
	{ SYS_prctl,
	    { PR_CAP_AMBIENT | UINT64_C(1) << 32, PR_CAP_AMBIENT_LOWER } },
	{ SYS_prctl, { PR_GET_DUMPABLE } },
	{ SYS_ioctl, { UINT64_MAX, 0x5412 } },
	{ SYS_ioctl, { UINT64_MAX, 0x5412 | UINT64_C(1) << 40 } },
	{ SYS_ioctl, { UINT64_MAX, 0x5411 } },
	{ SYS_socket, { AF_PACKET, SOCK_RAW } },
	{ SYS_socket, { AF_PACKET | UINT64_C(1) << 32, SOCK_RAW } },
	{ SYS_socket, { AF_INET, SOCK_RAW } },
	{ SYS_socket, { 9999, SOCK_DGRAM } },
	{ SYS_setsockopt, { UINT64_MAX, SOL_SOCKET, SO_ATTACH_FILTER } },
	{ SYS_setsockopt, { UINT64_MAX, SOL_SOCKET, SO_DETACH_FILTER } },
	{ SYS_seccomp, { 0, SECCOMP_FILTER_FLAG_NEW_LISTENER } },
	{ 0x40000000, { 0 } },
	{ 1000, { 0 } },
	{ -1, { 0 } },
};

static const struct policy_case kernel_case = {
	.name = "kernel",
	.guarded = true,
	.packet = true,
	.texts = { HEAD "Default: permit\n"
			"native-getuid: deny[enoent]\n"
			"native-uname: pretend[0]\n"
			"native-sched_yield: permit log\n"
			"native-socket: sockdom eq \"AF_PACKET\" then permit "
			"with net_raw\n"
			"native-socket: sockdom eq \"AF_INET\" and socktype "
			"neq \"SOCK_STREAM\" then deny[eproto]\n" },
};

/* Did the kernel answer as the interpreter says? */
static bool
agrees(const struct filter_program *program, const struct trial *t)
{
	struct seccomp_data data = { .nr = (int)t->number,
		.arch = NATIVE_ARCH };
	uint32_t answer;
	long rv;

	memcpy(data.args, t->args, sizeof(t->args));
	answer = filter_run(program, &data);
	errno = 0;
	rv = syscall(t->number, t->args[0], t->args[1], t->args[2], 0, 0, 0);
	if (answer == ALLOW)
		return rv != -1 || errno != ENOSYS;
	if (answer == FAIL(0))
		return rv == 0;
	/* Nobody listens. */
	if (answer == NOTIFY)
		answer = FAIL(ENOSYS);
	return rv == -1 && answer == FAIL(errno);
}

static void
run_trials(const struct filter_program *program)
{
	struct sock_fprog prog = { program->count, program->insns };
	size_t i;
	long rv;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) == -1)
		_exit(100);
	for (i = 0; i < NELEMS(trials); i++)
		if (!agrees(program, &trials[i]))
			_exit(1 + (int)i);
	/* getpid(2) there, writev(2) here. */
	if (old_gate(20, 0, 0, 0, &rv) && rv != -ENOSYS)
		_exit(99);
	_exit(0);
}

static void
test_kernel(void **state)
{
	struct loaded l;
	pid_t pid;
	int status;

	(void)state;
	load_case(&kernel_case, &l);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		run_trials(&l.program);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		print_error("trial %d\n", WEXITSTATUS(status) - 1);
	assert_int_equal(status, 0);
	unload(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interpreter),
		cmocka_unit_test(test_proof),
		cmocka_unit_test(test_unions),
		cmocka_unit_test(test_mutants),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

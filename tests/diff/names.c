/* SPDX-License-Identifier: ISC */
/*
 * Constants by the names that operations use, and names of what came back.
 */
#include "diff.h"

#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/if_ether.h>
#include <linux/ioprio.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIFO_MODE 010000
#define SOCK_MODE 0140000
#define CHAR_MODE 020000
#define REG_MODE 0100000

/* clang-format off */
#define N(name) { #name, name }
static const struct {
	const char *name;
	long value;
} names[] = {
	N(O_RDONLY), N(O_WRONLY), N(O_RDWR), N(O_ACCMODE), N(O_CREAT),
	N(O_EXCL), N(O_NOCTTY), N(O_TRUNC), N(O_APPEND), N(O_NONBLOCK),
	N(O_DSYNC), N(O_SYNC), N(O_ASYNC), N(O_DIRECT), N(O_LARGEFILE),
	N(O_DIRECTORY), N(O_NOFOLLOW), N(O_NOATIME), N(O_CLOEXEC), N(O_PATH),
	N(O_TMPFILE),
	N(AT_FDCWD), N(AT_SYMLINK_NOFOLLOW), N(AT_SYMLINK_FOLLOW),
	N(AT_EMPTY_PATH), N(AT_REMOVEDIR), N(AT_EACCESS), N(AT_NO_AUTOMOUNT),
	N(AT_STATX_FORCE_SYNC), N(AT_STATX_DONT_SYNC),
	N(STATX_BASIC_STATS), N(STATX_ALL), N(STATX_SIZE), N(STATX_MODE),
	N(STATX_MNT_ID), N(STATX__RESERVED),
	N(RESOLVE_NO_XDEV), N(RESOLVE_NO_MAGICLINKS), N(RESOLVE_NO_SYMLINKS),
	N(RESOLVE_BENEATH), N(RESOLVE_IN_ROOT), N(RESOLVE_CACHED),
	N(RENAME_NOREPLACE), N(RENAME_EXCHANGE), N(RENAME_WHITEOUT),
	N(MNT_FORCE), N(MNT_DETACH), N(MNT_EXPIRE), N(UMOUNT_NOFOLLOW),
	N(R_OK), N(W_OK), N(X_OK), N(F_OK),
	N(S_ISUID), N(S_ISGID), N(S_ISVTX), N(S_IFREG), N(S_IFIFO),
	N(S_IFSOCK), N(S_IFCHR), N(S_IFBLK), N(S_IFDIR), N(S_IFLNK),
	N(XATTR_CREATE), N(XATTR_REPLACE), N(UTIME_NOW), N(UTIME_OMIT),
	N(SEEK_SET), N(SEEK_CUR), N(SEEK_END), N(SEEK_DATA), N(SEEK_HOLE),
	N(LOCK_SH), N(LOCK_EX), N(LOCK_UN), N(LOCK_NB),
	N(FALLOC_FL_KEEP_SIZE), N(FALLOC_FL_PUNCH_HOLE),
	N(F_GETFL), N(F_SETFL), N(F_GETFD), N(F_SETFD), N(F_DUPFD),
	N(F_SETLEASE), N(F_GETLEASE), N(F_RDLCK), N(F_WRLCK), N(F_UNLCK),
	N(F_SETPIPE_SZ), N(F_ADD_SEALS), N(F_GET_SEALS), N(F_SETOWN),
	N(F_NOTIFY), N(FD_CLOEXEC),
	N(IN_CREATE), N(IN_DELETE), N(IN_MODIFY), N(IN_ATTRIB),
	N(IN_MOVED_FROM), N(IN_MOVED_TO), N(IN_MOVE), N(IN_DELETE_SELF),
	N(IN_MOVE_SELF), N(IN_ONLYDIR), N(IN_DONT_FOLLOW), N(IN_MASK_ADD),
	N(IN_MASK_CREATE), N(IN_ONESHOT), N(IN_NONBLOCK), N(IN_CLOEXEC),
	N(IN_CLOSE_WRITE), N(IN_EXCL_UNLINK), N(IN_OPEN), N(IN_ACCESS),
	N(AF_UNIX), N(AF_INET), N(AF_INET6), N(AF_NETLINK), N(AF_PACKET),
	N(AF_UNSPEC), N(AF_MAX), N(AF_VSOCK),
	N(SOCK_STREAM), N(SOCK_DGRAM), N(SOCK_SEQPACKET), N(SOCK_RAW),
	N(SOCK_RDM), N(SOCK_CLOEXEC), N(SOCK_NONBLOCK),
	N(IPPROTO_TCP), N(IPPROTO_UDP), N(IPPROTO_ICMP), N(IPPROTO_IP),
	N(IPPROTO_IPV6), N(IPPROTO_RAW), N(IPPROTO_ICMPV6),
	N(NETLINK_ROUTE), N(NETLINK_AUDIT), N(NETLINK_KOBJECT_UEVENT),
	N(SOL_SOCKET), N(SO_REUSEADDR), N(SO_KEEPALIVE), N(SO_BROADCAST),
	N(SO_RCVBUF), N(SO_SNDBUF), N(SO_TYPE), N(SO_DOMAIN), N(SO_PROTOCOL),
	N(SO_ERROR), N(SO_ACCEPTCONN), N(SO_PASSCRED), N(SO_MARK),
	N(SO_PRIORITY), N(SO_RCVBUFFORCE), N(SO_SNDBUFFORCE), N(SO_DEBUG),
	N(SO_REUSEPORT), N(SO_OOBINLINE), N(SO_TIMESTAMP), N(SO_RCVLOWAT),
	N(SO_DONTROUTE), N(SO_NO_CHECK), N(SO_LOCK_FILTER), N(SO_BUSY_POLL),
	N(SO_PEEK_OFF), N(SO_INCOMING_CPU), N(SO_PASSSEC),
	N(TCP_NODELAY), N(TCP_MAXSEG), N(TCP_CORK), N(TCP_KEEPIDLE),
	N(TCP_KEEPINTVL), N(TCP_KEEPCNT), N(TCP_DEFER_ACCEPT),
	N(IP_TTL), N(IP_TOS), N(IP_TRANSPARENT), N(IP_RECVTTL),
	N(IP_PKTINFO), N(IP_MTU_DISCOVER), N(IP_HDRINCL), N(IP_FREEBIND),
	N(IPV6_V6ONLY), N(IPV6_UNICAST_HOPS), N(IPV6_RECVPKTINFO),
	N(MSG_PEEK), N(MSG_DONTWAIT), N(MSG_NOSIGNAL), N(MSG_OOB),
	N(MSG_TRUNC), N(MSG_EOR), N(MSG_WAITALL), N(MSG_CMSG_CLOEXEC),
	N(MSG_ERRQUEUE), N(MSG_MORE),
	N(SHUT_RD), N(SHUT_WR), N(SHUT_RDWR),
	N(FIONREAD), N(FIONBIO), N(FIOCLEX), N(FIONCLEX), N(TIOCGWINSZ),
	N(TCGETS), N(TIOCGPGRP), N(FIGETBSZ), N(SIOCGIFINDEX), N(SIOCINQ),
	N(SIOCOUTQ), N(SIOCATMARK), N(FIOASYNC), N(TIOCSTI), N(TIOCNOTTY),
	N(TIOCSCTTY), N(TIOCGSID),
	N(SIGHUP), N(SIGINT), N(SIGQUIT), N(SIGILL), N(SIGABRT), N(SIGFPE),
	N(SIGKILL), N(SIGUSR1), N(SIGSEGV), N(SIGUSR2), N(SIGPIPE),
	N(SIGALRM), N(SIGTERM), N(SIGCHLD), N(SIGCONT), N(SIGSTOP),
	N(SIGTSTP), N(SIGURG), N(SIGXCPU), N(SIGXFSZ), N(SIGIO), N(SIGWINCH),
	N(PRIO_PROCESS), N(PRIO_PGRP), N(PRIO_USER),
	N(IOPRIO_WHO_PROCESS), N(IOPRIO_WHO_PGRP), N(IOPRIO_WHO_USER),
	N(SCHED_OTHER), N(SCHED_BATCH), N(SCHED_IDLE), N(SCHED_FIFO),
	N(SCHED_RR), N(SCHED_RESET_ON_FORK),
	N(RLIMIT_FSIZE), N(RLIMIT_NOFILE), N(RLIMIT_CORE), N(RLIMIT_STACK),
	N(RLIMIT_DATA), N(RLIMIT_AS), N(RLIMIT_CPU), N(RLIMIT_NICE),
	N(RLIMIT_RTPRIO), N(RLIMIT_MEMLOCK), N(RLIMIT_SIGPENDING),
	N(RLIM_INFINITY),
	N(WNOHANG), N(WUNTRACED), N(WCONTINUED), N(WEXITED), N(WSTOPPED),
	N(WNOWAIT), N(P_PID), N(P_PGID), N(P_ALL),
	N(PR_SET_NAME), N(PR_GET_DUMPABLE), N(PR_SET_DUMPABLE),
	N(PR_SET_KEEPCAPS), N(PR_GET_KEEPCAPS), N(PR_GET_PDEATHSIG),
	N(PR_SET_PDEATHSIG), N(PR_GET_TIMERSLACK), N(PR_SET_CHILD_SUBREAPER),
	N(PR_CAPBSET_READ), N(PR_GET_SECUREBITS),
	N(EFD_CLOEXEC), N(EFD_NONBLOCK),
	N(FIFO_MODE), N(SOCK_MODE), N(CHAR_MODE), N(REG_MODE),
};
/* clang-format on */

static bool
parse_one(const char *text, long *value)
{
	char *end;
	size_t i;

	if (text[0] == '$')
		return variable_get(text + 1, value);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, text) == 0) {
			*value = names[i].value;
			return true;
		}
	if (text[0] == '\0')
		return false;
	errno = 0;
	*value = (long)strtoull(text, &end, 0);
	return *end == '\0' && errno == 0;
}

bool
names_parse(const char *text, long *value)
{
	char copy[512], *rest = copy, *one;
	long bits;

	*value = 0;
	(void)snprintf(copy, sizeof(copy), "%s", text);
	while ((one = strsep(&rest, "|")) != NULL) {
		if (!parse_one(one, &bits))
			return false;
		*value |= bits;
	}
	return true;
}

const char *
names_errno(int error)
{
	const char *name = strerrorname_np(error);

	return name != NULL ? name : "EUNKNOWN";
}

const char *
names_signal(int sig)
{
	const char *name = sigabbrev_np(sig);

	return name != NULL ? name : "0";
}

bool
names_process(const char *text, long *value)
{
	if (strcmp(text, "self") == 0)
		*value = getpid();
	else if (strcmp(text, "parent") == 0)
		*value = getppid();
	else if (strcmp(text, "group") == 0)
		*value = -getpgrp();
	else if (strcmp(text, "leader") == 0)
		*value = getpgrp();
	else if (strcmp(text, "none") == 0)
		*value = 4194303; /* nobody has the last pid of all */
	else
		return names_parse(text, value);
	return true;
}

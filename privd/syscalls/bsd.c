/* SPDX-License-Identifier: ISC */
/*
 * The names of BSD calls in published policies, and what they mean here; and
 * the known name that is nearest to a misspelt one. A name that Linux has
 * too is Linux's: it never gets here.
 */
#include <stdlib.h>
#include <string.h>

#include "rows.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define LONGEST 48 /* of the names that are compared */

#define NONE         \
	{            \
		NULL \
	}

static const struct bsd {
	const char *name;
	const char *calls[5];
} bsd[] = {
	/* files */
	{ "getdirentries", { "getdents64", "getdents" } },
	{ "__getdents30", { "getdents64", "getdents" } },
	{ "pread", { "pread64" } },
	{ "pwrite", { "pwrite64" } },
	{ "mkfifo", { "mknod" } },
	{ "mkfifoat", { "mknodat" } },
	{ "__stat13", { "stat" } },
	{ "__stat30", { "stat" } },
	{ "__stat50", { "stat" } },
	{ "__lstat13", { "lstat" } },
	{ "__lstat30", { "lstat" } },
	{ "__lstat50", { "lstat" } },
	{ "__fstat13", { "fstat" } },
	{ "__fstat30", { "fstat" } },
	{ "__fstat50", { "fstat" } },
	{ "fstatat", { "newfstatat" } },
	{ "statvfs1", { "statfs" } },
	{ "fstatvfs1", { "fstatfs" } },
	{ "__fhopen40", { "open_by_handle_at" } },
	{ "fhopen", { "open_by_handle_at" } },
	{ "getfh", { "name_to_handle_at" } },
	{ "__getfh30", { "name_to_handle_at" } },
	{ "__posix_chown", { "chown" } },
	{ "__posix_fchown", { "fchown" } },
	{ "__posix_lchown", { "lchown" } },
	{ "__posix_rename", { "rename" } },
	{ "__getcwd", { "getcwd" } },
	{ "futimes", { "utimensat" } },
	{ "futimens", { "utimensat" } },
	{ "lutimes", { "utimensat" } },
	{ "__utimes50", { "utimes" } },
	{ "__futimes50", { "utimensat" } },
	{ "__lutimes50", { "utimensat" } },
	{ "lchmod", { "fchmodat2" } },
	{ "umount", { "umount2" } },
	{ "unmount", { "umount2" } },
	{ "__mount50", { "mount" } },
	{ "fsync_range", { "sync_file_range" } },
	{ "__fsync_range", { "sync_file_range" } },
	{ "extattr_get_file", { "getxattr" } },
	{ "extattr_get_fd", { "fgetxattr" } },
	{ "extattr_get_link", { "lgetxattr" } },
	{ "extattr_list_file", { "listxattr" } },
	{ "extattr_list_fd", { "flistxattr" } },
	{ "extattr_list_link", { "llistxattr" } },
	{ "extattr_set_file", { "setxattr" } },
	{ "extattr_set_fd", { "fsetxattr" } },
	{ "extattr_set_link", { "lsetxattr" } },
	{ "extattr_delete_file", { "removexattr" } },
	{ "extattr_delete_fd", { "fremovexattr" } },
	{ "extattr_delete_link", { "lremovexattr" } },
	{ "closefrom", { "close_range" } },
	{ "getfsstat", NONE },
	{ "getvfsstat", NONE },
	{ "__getvfsstat90", NONE },
	{ "chflags", NONE },
	{ "lchflags", NONE },
	{ "fchflags", NONE },
	{ "chflagsat", NONE },
	{ "revoke", NONE },
	{ "pathconf", NONE },
	{ "fpathconf", NONE },
	{ "undelete", NONE },
	{ "fktrace", NONE },
	{ "ktrace", NONE },
	{ "utrace", NONE },
	{ "fhstat", NONE },
	{ "fhstatfs", NONE },
	{ "lfs_bmapv", NONE },
	{ "lfs_markv", NONE },
	{ "lfs_segclean", NONE },
	{ "lfs_segwait", NONE },
	{ "nfssvc", NONE },
	{ "kqueue", NONE },
	{ "kqueue1", NONE },
	{ "kevent", NONE },
	{ "__kevent50", NONE },

	/* memory */
	{ "break", { "brk" } },
	{ "obreak", { "brk" } },
	{ "sbrk", { "brk" } },
	{ "__msync13", { "msync" } },
	{ "mquery", NONE },
	{ "minherit", NONE },
	{ "mimmutable", { "mseal" } },

	/* processes */
	{ "exit", { "exit", "exit_group" } },
	{ "__tfork", { "clone", "clone3" } },
	{ "__clone", { "clone", "clone3" } },
	{ "__vfork14", { "vfork" } },
	{ "rfork", { "clone", "clone3" } },
	{ "fork1", { "fork" } },
	{ "_exit", { "exit", "exit_group" } },
	{ "__threxit", { "exit" } },
	{ "threxit", { "exit" } },
	{ "thrsleep", { "futex" } },
	{ "thrwakeup", { "futex" } },
	{ "__thrsleep", { "futex" } },
	{ "__thrwakeup", { "futex" } },
	{ "__thrsigdivert", { "rt_sigtimedwait" } },
	{ "getthrid", { "gettid" } },
	{ "getthrname", NONE },
	{ "setthrname", NONE },
	{ "_lwp_self", { "gettid" } },
	{ "_lwp_create", { "clone", "clone3" } },
	{ "_lwp_exit", { "exit" } },
	{ "_lwp_kill", { "tkill" } },
	{ "_lwp_park", { "futex" } },
	{ "___lwp_park50", { "futex" } },
	{ "___lwp_park60", { "futex" } },
	{ "_lwp_unpark", { "futex" } },
	{ "_lwp_unpark_all", { "futex" } },
	{ "__set_tcb", { "arch_prctl" } },
	{ "__get_tcb", { "arch_prctl" } },
	{ "_lwp_setprivate", { "arch_prctl" } },
	{ "wait6", { "waitid" } },
	{ "__wait450", { "wait4" } },
	{ "__getrusage50", { "getrusage" } },
	{ "sysarch", NONE },
	{ "profil", NONE },
	{ "pledge", NONE },
	{ "unveil", NONE },
	{ "sendsyslog", NONE },
	{ "msyscall", NONE },
	{ "pinsyscalls", NONE },
	{ "getlogin", NONE },
	{ "getlogin_r", NONE },
	{ "__getlogin", NONE },
	{ "setlogin", NONE },
	{ "issetugid", NONE },
	{ "_sysctl", NONE },
	{ "__sysctl", NONE },
	{ "sysctl", NONE },
	{ "getentropy", { "getrandom" } },
	{ "getdtablecount", NONE },
	{ "getrtable", NONE },
	{ "setrtable", NONE },

	/* credentials */
	{ "seteuid", { "setreuid", "setresuid" } },
	{ "setegid", { "setregid", "setresgid" } },

	/* signals */
	{ "sigaction", { "rt_sigaction" } },
	{ "__sigaction14", { "rt_sigaction" } },
	{ "__sigaction_sigtramp", { "rt_sigaction" } },
	{ "sigprocmask", { "rt_sigprocmask" } },
	{ "__sigprocmask14", { "rt_sigprocmask" } },
	{ "sigpending", { "rt_sigpending" } },
	{ "__sigpending14", { "rt_sigpending" } },
	{ "sigsuspend", { "rt_sigsuspend" } },
	{ "__sigsuspend14", { "rt_sigsuspend" } },
	{ "__sigaltstack14", { "sigaltstack" } },
	{ "sigreturn", { "rt_sigreturn" } },
	{ "__sigreturn14", { "rt_sigreturn" } },
	{ "compat_16___sigreturn14", { "rt_sigreturn" } },
	{ "setcontext", { "rt_sigreturn" } },
	{ "getcontext", NONE },
	{ "sigtimedwait", { "rt_sigtimedwait" } },
	{ "__sigtimedwait", { "rt_sigtimedwait" } },
	{ "____sigtimedwait50", { "rt_sigtimedwait" } },
	{ "sigqueue", { "rt_sigqueueinfo" } },
	{ "sigqueueinfo", { "rt_sigqueueinfo" } },
	{ "sigstack", NONE },
	{ "thrkill", { "tgkill", "tkill" } },

	/* sockets */
	{ "__socket30", { "socket" } },
	{ "paccept", { "accept4" } },
	{ "recv", { "recvfrom" } },
	{ "send", { "sendto" } },
	{ "pselect", { "pselect6" } },
	{ "__pselect50", { "pselect6" } },
	{ "__select50", { "select" } },
	{ "pollts", { "ppoll" } },
	{ "__pollts50", { "ppoll" } },

	/* System V objects */
	{ "__semctl", { "semctl" } },
	{ "____semctl13", { "semctl" } },
	{ "____semctl50", { "semctl" } },
	{ "__shmctl13", { "shmctl" } },
	{ "__shmctl50", { "shmctl" } },
	{ "__msgctl13", { "msgctl" } },
	{ "__msgctl50", { "msgctl" } },
	{ "semconfig", NONE },
	{ "semsys", { "semctl", "semget", "semop", "semtimedop" } },
	{ "shmsys", { "shmat", "shmctl", "shmdt", "shmget" } },
	{ "msgsys", { "msgctl", "msgget", "msgrcv", "msgsnd" } },

	/* time */
	{ "adjtime", { "adjtimex", "clock_adjtime" } },
	{ "adjfreq", { "adjtimex", "clock_adjtime" } },
	{ "__adjtime50", { "adjtimex", "clock_adjtime" } },
	{ "ntp_adjtime", { "adjtimex", "clock_adjtime" } },
	{ "ntp_gettime", { "adjtimex", "clock_adjtime" } },
	{ "__ntp_gettime30", { "adjtimex", "clock_adjtime" } },
	{ "__ntp_gettime50", { "adjtimex", "clock_adjtime" } },
	{ "__gettimeofday50", { "gettimeofday" } },
	{ "__settimeofday50", { "settimeofday" } },
	{ "__clock_gettime50", { "clock_gettime" } },
	{ "__clock_settime50", { "clock_settime" } },
	{ "__clock_getres50", { "clock_getres" } },
	{ "__nanosleep50", { "nanosleep" } },
	{ "__getitimer50", { "getitimer" } },
	{ "__setitimer50", { "setitimer" } },

	/* the machine */
	{ "gethostname", NONE },
	{ "getdomainname", NONE },
	{ "gethostid", NONE },
	{ "sethostid", NONE },
	{ "getkerninfo", NONE },
	{ "getpagesize", NONE },
	{ "getdtablesize", NONE },
	{ "swapctl", NONE },
	{ "modctl", NONE },
	{ "rasctl", NONE },
};

bool
sys_bsd(const char *name, const char *const **names)
{
	size_t i;

	for (i = 0; i < NELEMS(bsd); i++) {
		if (strcmp(bsd[i].name, name) != 0)
			continue;
		*names = bsd[i].calls;
		return true;
	}
	return false;
}

const struct sys_bsd_test *
sys_bsd_test(const char *name)
{
	static const struct sys_bsd_test fifo = { "type", "S_IFIFO" };

	return strcmp(name, "mkfifo") == 0 || strcmp(name, "mkfifoat") == 0 ?
	    &fifo :
	    NULL;
}

const char *
sys_bsd_name(size_t n)
{
	return n < NELEMS(bsd) ? bsd[n].name : NULL;
}

static unsigned int
least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * The number of letters to insert, remove, change or exchange with their
 * neighbours. Three rows of the usual matrix suffice; both strings are
 * shorter than LONGEST.
 */
static unsigned int
distance(const char *a, const char *b)
{
	unsigned int d[3][LONGEST], *last, *row, *rowbefore;
	size_t i, j, la = strlen(a), lb = strlen(b);

	for (j = 0; j <= lb; j++)
		d[0][j] = (unsigned int)j;
	for (i = 1; i <= la; i++) {
		row = d[i % 3];
		last = d[(i + 2) % 3];
		rowbefore = d[(i + 1) % 3];
		row[0] = (unsigned int)i;
		for (j = 1; j <= lb; j++) {
			row[j] = least(last[j] + 1, row[j - 1] + 1,
			    last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] &&
			    rowbefore[j - 2] + 1 < row[j])
				row[j] = rowbefore[j - 2] + 1;
		}
	}
	return d[la % 3][lb];
}

static void
try_name(const char *wanted, const char *name, const char **best,
    unsigned int *limit)
{
	unsigned int d;

	if (strlen(name) >= LONGEST)
		return;
	d = distance(wanted, name);
	if (d < *limit) {
		*limit = d;
		*best = name;
	}
}

const char *
sys_nearest(const char *name)
{
	static const enum sys_alias aliases[] = { SYS_ALIAS_FSREAD,
		SYS_ALIAS_FSWRITE };
	const char *best = NULL;
	unsigned int limit;
	size_t i, len = strlen(name);

	if (len == 0 || len >= LONGEST)
		return NULL;
	/* A third of the letters may be wrong, but no more than three. */
	limit = len < 9 ? (unsigned int)len / 3 + 1 : 4;
	if (limit < 2)
		limit = 2;
	for (i = 0; i < NELEMS(aliases); i++)
		try_name(name, sys_alias_name(aliases[i]), &best, &limit);
	for (i = 0; i < sys_count(); i++)
		try_name(name, sys_row_sorted(i)->name, &best, &limit);
	for (i = 0; i < NELEMS(bsd); i++)
		try_name(name, bsd[i].name, &best, &limit);
	return best;
}

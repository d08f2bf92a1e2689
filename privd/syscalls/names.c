/* SPDX-License-Identifier: ISC */
/*
 * The names of signals, limits, memory, scheduling, mounts, descriptors and
 * prctl's options,
 * and finding a name or its value in any list. Names and values of a list
 * are one to one: comparisons are compiled into filters by them.
 */
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include <linux/reboot.h>

#include "rows.h"

#define N(n) #n, n
#define HUGE(log) ((uint32_t)(log) << 26)

const struct sys_name sys_names_signal[] = {
	{ N(SIGHUP) },
	{ N(SIGINT) },
	{ N(SIGQUIT) },
	{ N(SIGILL) },
	{ N(SIGTRAP) },
	{ N(SIGABRT) },
	{ N(SIGBUS) },
	{ N(SIGFPE) },
	{ N(SIGKILL) },
	{ N(SIGUSR1) },
	{ N(SIGSEGV) },
	{ N(SIGUSR2) },
	{ N(SIGPIPE) },
	{ N(SIGALRM) },
	{ N(SIGTERM) },
	{ N(SIGSTKFLT) },
	{ N(SIGCHLD) },
	{ N(SIGCONT) },
	{ N(SIGSTOP) },
	{ N(SIGTSTP) },
	{ N(SIGTTIN) },
	{ N(SIGTTOU) },
	{ N(SIGURG) },
	{ N(SIGXCPU) },
	{ N(SIGXFSZ) },
	{ N(SIGVTALRM) },
	{ N(SIGPROF) },
	{ N(SIGWINCH) },
	{ N(SIGIO) },
	{ N(SIGPWR) },
	{ N(SIGSYS) },
	{ NULL, 0 },
};

const struct sys_name sys_names_cmd[] = {
	{ N(F_DUPFD) },
	{ N(F_GETFD) },
	{ N(F_SETFD) },
	{ N(F_GETFL) },
	{ N(F_SETFL) },
	{ "F_GETLK", 5 },
	{ "F_SETLK", 6 },
	{ "F_SETLKW", 7 },
	{ N(F_SETOWN) },
	{ N(F_GETOWN) },
	{ N(F_SETSIG) },
	{ N(F_GETSIG) },
	{ "F_GETLK64", 12 },
	{ "F_SETLK64", 13 },
	{ "F_SETLKW64", 14 },
	{ N(F_SETOWN_EX) },
	{ N(F_GETOWN_EX) },
	{ "F_GETOWNER_UIDS", 17 },
	{ N(F_OFD_GETLK) },
	{ N(F_OFD_SETLK) },
	{ N(F_OFD_SETLKW) },
	{ N(F_SETLEASE) },
	{ N(F_GETLEASE) },
	{ N(F_NOTIFY) },
	{ "F_DUPFD_QUERY", 1027 },
	{ "F_CREATED_QUERY", 1028 },
	{ "F_CANCELLK", 1029 },
	{ N(F_DUPFD_CLOEXEC) },
	{ N(F_SETPIPE_SZ) },
	{ N(F_GETPIPE_SZ) },
	{ N(F_ADD_SEALS) },
	{ N(F_GET_SEALS) },
	{ N(F_GET_RW_HINT) },
	{ N(F_SET_RW_HINT) },
	{ N(F_GET_FILE_RW_HINT) },
	{ N(F_SET_FILE_RW_HINT) },
	{ NULL, 0 },
};

const struct sys_name sys_names_resource[] = {
	{ N(RLIMIT_CPU) },
	{ N(RLIMIT_FSIZE) },
	{ N(RLIMIT_DATA) },
	{ N(RLIMIT_STACK) },
	{ N(RLIMIT_CORE) },
	{ "RLIMIT_RSS", 5 },
	{ "RLIMIT_NPROC", 6 },
	{ N(RLIMIT_NOFILE) },
	{ "RLIMIT_MEMLOCK", 8 },
	{ N(RLIMIT_AS) },
	{ "RLIMIT_LOCKS", 10 },
	{ "RLIMIT_SIGPENDING", 11 },
	{ "RLIMIT_MSGQUEUE", 12 },
	{ "RLIMIT_NICE", 13 },
	{ "RLIMIT_RTPRIO", 14 },
	{ "RLIMIT_RTTIME", 15 },
	{ NULL, 0 },
};

const struct sys_name sys_names_prctl[] = {
	{ N(PR_SET_PDEATHSIG) },
	{ N(PR_GET_PDEATHSIG) },
	{ N(PR_GET_DUMPABLE) },
	{ N(PR_SET_DUMPABLE) },
	{ N(PR_GET_UNALIGN) },
	{ N(PR_SET_UNALIGN) },
	{ N(PR_GET_KEEPCAPS) },
	{ N(PR_SET_KEEPCAPS) },
	{ N(PR_GET_FPEMU) },
	{ N(PR_SET_FPEMU) },
	{ N(PR_GET_FPEXC) },
	{ N(PR_SET_FPEXC) },
	{ N(PR_GET_TIMING) },
	{ N(PR_SET_TIMING) },
	{ N(PR_SET_NAME) },
	{ N(PR_GET_NAME) },
	{ N(PR_GET_ENDIAN) },
	{ N(PR_SET_ENDIAN) },
	{ N(PR_GET_SECCOMP) },
	{ N(PR_SET_SECCOMP) },
	{ N(PR_CAPBSET_READ) },
	{ N(PR_CAPBSET_DROP) },
	{ N(PR_GET_TSC) },
	{ N(PR_SET_TSC) },
	{ N(PR_GET_SECUREBITS) },
	{ N(PR_SET_SECUREBITS) },
	{ N(PR_SET_TIMERSLACK) },
	{ N(PR_GET_TIMERSLACK) },
	{ N(PR_TASK_PERF_EVENTS_DISABLE) },
	{ N(PR_TASK_PERF_EVENTS_ENABLE) },
	{ N(PR_MCE_KILL) },
	{ N(PR_MCE_KILL_GET) },
	{ N(PR_SET_MM) },
	{ N(PR_SET_CHILD_SUBREAPER) },
	{ N(PR_GET_CHILD_SUBREAPER) },
	{ N(PR_SET_NO_NEW_PRIVS) },
	{ N(PR_GET_NO_NEW_PRIVS) },
	{ N(PR_GET_TID_ADDRESS) },
	{ N(PR_SET_THP_DISABLE) },
	{ N(PR_GET_THP_DISABLE) },
	{ N(PR_MPX_ENABLE_MANAGEMENT) },
	{ N(PR_MPX_DISABLE_MANAGEMENT) },
	{ N(PR_SET_FP_MODE) },
	{ N(PR_GET_FP_MODE) },
	{ N(PR_CAP_AMBIENT) },
	{ N(PR_SVE_SET_VL) },
	{ N(PR_SVE_GET_VL) },
	{ N(PR_GET_SPECULATION_CTRL) },
	{ N(PR_SET_SPECULATION_CTRL) },
	{ N(PR_PAC_RESET_KEYS) },
	{ N(PR_SET_TAGGED_ADDR_CTRL) },
	{ N(PR_GET_TAGGED_ADDR_CTRL) },
	{ N(PR_SET_IO_FLUSHER) },
	{ N(PR_GET_IO_FLUSHER) },
	{ N(PR_SET_SYSCALL_USER_DISPATCH) },
	{ N(PR_PAC_SET_ENABLED_KEYS) },
	{ N(PR_PAC_GET_ENABLED_KEYS) },
	{ N(PR_SCHED_CORE) },
	{ N(PR_SME_SET_VL) },
	{ N(PR_SME_GET_VL) },
	{ "PR_SET_MDWE", 65 },
	{ "PR_GET_MDWE", 66 },
	{ "PR_SET_MEMORY_MERGE", 67 },
	{ "PR_GET_MEMORY_MERGE", 68 },
	{ N(PR_SET_VMA) },
	{ N(PR_SET_PTRACER) },
	{ NULL, 0 },
};

const struct sys_name sys_names_which[] = {
	{ N(PRIO_PROCESS) },
	{ N(PRIO_PGRP) },
	{ N(PRIO_USER) },
	{ NULL, 0 },
};

const struct sys_name sys_names_policy[] = {
	{ N(SCHED_OTHER) },
	{ N(SCHED_FIFO) },
	{ N(SCHED_RR) },
	{ N(SCHED_BATCH) },
	{ N(SCHED_IDLE) },
	{ "SCHED_DEADLINE", 6 },
	{ "SCHED_EXT", 7 },
	{ NULL, 0 },
};

/* Of both machines: the one that lacks a bit ignores or refuses it. */
const struct sys_name sys_names_prot[] = {
	{ N(PROT_READ) },
	{ N(PROT_WRITE) },
	{ N(PROT_EXEC) },
	{ "PROT_BTI", 0x10 },
	{ "PROT_MTE", 0x20 },
	{ N(PROT_GROWSDOWN) },
	{ N(PROT_GROWSUP) },
	{ NULL, 0 },
};

/* The lowest four bits are one number; see sys_names_map_type. */
const struct sys_name sys_names_map[] = {
	{ N(MAP_FIXED) },
	{ N(MAP_ANONYMOUS) },
	{ "MAP_32BIT", 0x40 },
	{ "MAP_ABOVE4G", 0x80 },
	{ N(MAP_GROWSDOWN) },
	{ N(MAP_DENYWRITE) },
	{ N(MAP_EXECUTABLE) },
	{ N(MAP_LOCKED) },
	{ N(MAP_NORESERVE) },
	{ N(MAP_POPULATE) },
	{ N(MAP_NONBLOCK) },
	{ N(MAP_STACK) },
	{ N(MAP_HUGETLB) },
	{ N(MAP_SYNC) },
	{ N(MAP_FIXED_NOREPLACE) },
	{ NULL, 0 },
};

const struct sys_name sys_names_map_type[] = {
	{ N(MAP_SHARED) },
	{ N(MAP_PRIVATE) },
	{ N(MAP_SHARED_VALIDATE) },
	{ "MAP_DROPPABLE", 0x8 },
	{ NULL, 0 },
};

const struct sys_name sys_names_map_huge[] = {
	{ "MAP_HUGE_16KB", HUGE(14) },
	{ "MAP_HUGE_64KB", HUGE(16) },
	{ "MAP_HUGE_512KB", HUGE(19) },
	{ "MAP_HUGE_1MB", HUGE(20) },
	{ "MAP_HUGE_2MB", HUGE(21) },
	{ "MAP_HUGE_8MB", HUGE(23) },
	{ "MAP_HUGE_16MB", HUGE(24) },
	{ "MAP_HUGE_32MB", HUGE(25) },
	{ "MAP_HUGE_256MB", HUGE(28) },
	{ "MAP_HUGE_512MB", HUGE(29) },
	{ "MAP_HUGE_1GB", HUGE(30) },
	{ "MAP_HUGE_2GB", HUGE(31) },
	{ "MAP_HUGE_16GB", HUGE(34) },
	{ NULL, 0 },
};

const struct sys_name sys_names_mount[] = {
	{ N(MS_RDONLY) },
	{ N(MS_NOSUID) },
	{ N(MS_NODEV) },
	{ N(MS_NOEXEC) },
	{ N(MS_SYNCHRONOUS) },
	{ N(MS_REMOUNT) },
	{ N(MS_MANDLOCK) },
	{ N(MS_DIRSYNC) },
	{ "MS_NOSYMFOLLOW", 256 },
	{ N(MS_NOATIME) },
	{ N(MS_NODIRATIME) },
	{ N(MS_BIND) },
	{ N(MS_MOVE) },
	{ N(MS_REC) },
	{ N(MS_SILENT) },
	{ N(MS_POSIXACL) },
	{ N(MS_UNBINDABLE) },
	{ N(MS_PRIVATE) },
	{ N(MS_SLAVE) },
	{ N(MS_SHARED) },
	{ N(MS_RELATIME) },
	{ N(MS_KERNMOUNT) },
	{ N(MS_I_VERSION) },
	{ N(MS_STRICTATIME) },
	{ N(MS_LAZYTIME) },
	{ NULL, 0 },
};

const struct sys_name sys_names_umount[] = {
	{ N(MNT_FORCE) },
	{ N(MNT_DETACH) },
	{ N(MNT_EXPIRE) },
	{ N(UMOUNT_NOFOLLOW) },
	{ NULL, 0 },
};

/* From the kernel's own: it has no header of these for programs. */
const struct sys_name sys_names_syslog[] = {
	{ "SYSLOG_ACTION_CLOSE", 0 },
	{ "SYSLOG_ACTION_OPEN", 1 },
	{ "SYSLOG_ACTION_READ", 2 },
	{ "SYSLOG_ACTION_READ_ALL", 3 },
	{ "SYSLOG_ACTION_READ_CLEAR", 4 },
	{ "SYSLOG_ACTION_CLEAR", 5 },
	{ "SYSLOG_ACTION_CONSOLE_OFF", 6 },
	{ "SYSLOG_ACTION_CONSOLE_ON", 7 },
	{ "SYSLOG_ACTION_CONSOLE_LEVEL", 8 },
	{ "SYSLOG_ACTION_SIZE_UNREAD", 9 },
	{ "SYSLOG_ACTION_SIZE_BUFFER", 10 },
	{ NULL, 0 },
};

const struct sys_name sys_names_reboot[] = {
	{ N(LINUX_REBOOT_CMD_RESTART) },
	{ N(LINUX_REBOOT_CMD_HALT) },
	{ N(LINUX_REBOOT_CMD_CAD_ON) },
	{ N(LINUX_REBOOT_CMD_CAD_OFF) },
	{ N(LINUX_REBOOT_CMD_POWER_OFF) },
	{ N(LINUX_REBOOT_CMD_RESTART2) },
	{ N(LINUX_REBOOT_CMD_SW_SUSPEND) },
	{ N(LINUX_REBOOT_CMD_KEXEC) },
	{ NULL, 0 },
};

const struct sys_name sys_names_node[] = {
	{ N(S_IFREG) },
	{ N(S_IFCHR) },
	{ N(S_IFBLK) },
	{ N(S_IFIFO) },
	{ N(S_IFSOCK) },
	{ NULL, 0 },
};

/* The times of access are a number of its own among the bits. */
const struct sys_name sys_names_attr[] = {
	{ N(MOUNT_ATTR__ATIME) },
	{ N(MOUNT_ATTR_RDONLY) },
	{ N(MOUNT_ATTR_NOSUID) },
	{ N(MOUNT_ATTR_NODEV) },
	{ N(MOUNT_ATTR_NOEXEC) },
	{ N(MOUNT_ATTR_NOATIME) },
	{ N(MOUNT_ATTR_STRICTATIME) },
	{ N(MOUNT_ATTR_NODIRATIME) },
	{ N(MOUNT_ATTR_IDMAP) },
	{ N(MOUNT_ATTR_NOSYMFOLLOW) },
	{ NULL, 0 },
};

const struct sys_name sys_names_tree[] = {
	{ N(OPEN_TREE_CLONE) },
	{ "AT_RECURSIVE", 0x8000 },
	{ NULL, 0 },
};

const struct sys_name sys_names_fsconfig[] = {
	{ N(FSCONFIG_SET_FLAG) },
	{ N(FSCONFIG_SET_STRING) },
	{ N(FSCONFIG_SET_BINARY) },
	{ N(FSCONFIG_SET_PATH) },
	{ N(FSCONFIG_SET_PATH_EMPTY) },
	{ N(FSCONFIG_SET_FD) },
	{ N(FSCONFIG_CMD_CREATE) },
	{ N(FSCONFIG_CMD_RECONFIGURE) },
	{ "FSCONFIG_CMD_CREATE_EXCL", 8 },
	{ NULL, 0 },
};

const struct sys_name sys_names_move[] = {
	{ "MOVE_MOUNT_SET_GROUP", 0x100 },
	{ "MOVE_MOUNT_BENEATH", 0x200 },
	{ NULL, 0 },
};

const char *
sys_name_of(const struct sys_name *list, uint32_t value)
{
	for (; list != NULL && list->name != NULL; list++)
		if (list->value == value)
			return list->name;
	return NULL;
}

const struct sys_name *
sys_name_find(const struct sys_name *list, const char *name, size_t len)
{
	for (; list != NULL && list->name != NULL; list++)
		if (strlen(list->name) == len &&
		    memcmp(list->name, name, len) == 0)
			return list;
	return NULL;
}

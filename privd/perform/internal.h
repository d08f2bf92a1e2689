/* SPDX-License-Identifier: ISC */
/*
 * What the files of this folder share: how to reach a pinned object, and the
 * functions that the table of operations is made of.
 */
#ifndef PRIVD_PERFORM_INTERNAL_H
#define PRIVD_PERFORM_INTERNAL_H

#include <sys/un.h>

#include "perform.h"

/* The path by which a descriptor's own object is reached. */
struct perform_path {
	char text[32];
};
struct perform_path perform_path(int fd);

/* The same as the address of a local socket; returns its length. */
socklen_t perform_local(int object, struct sockaddr_un *);

/*
 * A netlink socket gets an id by itself, which is that of the process that
 * first uses it: it is given the caller's.
 */
void perform_name_netlink(int sock, pid_t caller);
int perform_bind_netlink(int sock, const void *sa, socklen_t len, pid_t caller);

typedef int perform_function(const struct perform_request *,
    struct perform_result *);

/* entries.c: names in folders */
perform_function perform_unlink;
perform_function perform_rmdir;
perform_function perform_mkdir;
perform_function perform_mknod;
perform_function perform_rename;
perform_function perform_link;
perform_function perform_symlink;

/* attributes.c: what is said of an object */
perform_function perform_stat;
perform_function perform_check_access;
perform_function perform_readlink;
perform_function perform_statfs;
perform_function perform_chmod;
perform_function perform_chown;
perform_function perform_truncate;
perform_function perform_allocate;
perform_function perform_utimes;
perform_function perform_getattr;
perform_function perform_setattr;

/* xattr.c: extended attributes */
perform_function perform_getxattr;
perform_function perform_listxattr;
perform_function perform_setxattr;
perform_function perform_removexattr;

/* marks.c: what the kernel remembers of an object */
perform_function perform_inotify;
perform_function perform_fanotify;
perform_function perform_handle;
perform_function perform_acct;
perform_function perform_swapon;
perform_function perform_swapoff;

/* options.c: on a duplicate of the caller's descriptor */
perform_function perform_setsockopt;
perform_function perform_getsockopt;
perform_function perform_ioctl;

/* system.c: what is the machine's */
perform_function perform_sethostname;
perform_function perform_setdomainname;
perform_function perform_settimeofday;
perform_function perform_clock_settime;
perform_function perform_adjtime;
perform_function perform_reboot;
perform_function perform_syslog;

/* mounts.c */
perform_function perform_mount;
perform_function perform_umount;
perform_function perform_set_attr;
perform_function perform_move_mount;

/* contexts.c */
perform_function perform_fsopen;
perform_function perform_fsconfig;
perform_function perform_fsmount;
perform_function perform_open_tree;
/* The name of a pinned device that root alone can make lead elsewhere. */
const char *perform_device_name(const struct resolve_pin *);

/* quotas.c */
perform_function perform_quota;

/* processes.c */
perform_function perform_kill;
perform_function perform_setpriority;
perform_function perform_ioprio_set;
perform_function perform_sched_setscheduler;
perform_function perform_sched_setparam;
perform_function perform_sched_setattr;
perform_function perform_sched_setaffinity;
perform_function perform_prlimit;

#endif /* PRIVD_PERFORM_INTERNAL_H */

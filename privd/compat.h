/* SPDX-License-Identifier: ISC */
/*
 * Constants of kernels newer than the headers that privd may be built with,
 * and nothing else. Whether the running kernel has them is found by trying.
 */
#ifndef PRIVD_COMPAT_H
#define PRIVD_COMPAT_H

#include <sys/ioctl.h>

#include <linux/fs.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <linux/stat.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS /* Linux 6.6 */
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE /* Linux 6.2, ABI 3 */
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV /* Linux 6.10, ABI 5 */
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP /* Linux 6.7, ABI 4 */
#define LANDLOCK_ACCESS_NET_BIND_TCP (1ULL << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ULL << 1)
#endif

#ifndef ST_NOSYMFOLLOW /* Linux 5.10 */
#define ST_NOSYMFOLLOW 0x2000
#endif

#ifndef SO_PEERPIDFD /* Linux 6.5 */
#define SO_PEERPIDFD 77
#endif

#define COMPAT_PIDFD_THREAD O_EXCL     /* Linux 6.9; see fcntl(2) */
#define COMPAT_MFD_NOEXEC_SEAL 0x0008U /* Linux 6.3 */

/* Linux 5.15 and 6.5. */
#define COMPAT_MOVE_MOUNT_SET_GROUP 0x100U
#define COMPAT_MOVE_MOUNT_BENEATH 0x200U

#ifndef AT_EXECVE_CHECK /* Linux 6.14 */
#define AT_EXECVE_CHECK 0x10000
#endif

/* Numbers of calls, which are the same on every machine from 424 on. */
#define COMPAT_SYS_file_getattr 468 /* Linux 6.17 */
#define COMPAT_SYS_file_setattr 469

struct compat_xattr_args { /* Linux 6.13 */
	__u64 value;
	__u32 size;
	__u32 flags;
};

#ifndef PROCMAP_QUERY /* Linux 6.11 */
struct procmap_query {
	__u64 size;
	__u64 query_flags;
	__u64 query_addr;
	__u64 vma_start;
	__u64 vma_end;
	__u64 vma_flags;
	__u64 vma_page_size;
	__u64 vma_offset;
	__u64 inode;
	__u32 dev_major;
	__u32 dev_minor;
	__u32 vma_name_size;
	__u32 build_id_size;
	__u64 vma_name_addr;
	__u64 build_id_addr;
};
#define PROCMAP_QUERY_VMA_READABLE 0x01
#define PROCMAP_QUERY_VMA_WRITABLE 0x02
#define PROCMAP_QUERY _IOWR('f', 17, struct procmap_query)
#endif

#endif /* PRIVD_COMPAT_H */

/* SPDX-License-Identifier: ISC */
/*
 * What 32-bit programs have in memory, and this machine otherwise: results
 * as the kernel writes them for such programs, with EOVERFLOW where it says
 * so, and arguments as it reads them. Bytes to bytes; nothing else.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "syscalls.h"

#define SIZE_MAX_32 INT32_MAX /* of a file, for who knows no larger ones */
#define OVERFLOW_ID 65534     /* what ids above 16 bits are shown as */
#define SIGINFO_SIZE 128

/* stat(2) of the first years. */
struct old_stat {
	uint16_t dev;
	uint16_t ino;
	uint16_t mode;
	uint16_t nlink;
	uint16_t uid;
	uint16_t gid;
	uint16_t rdev;
	uint32_t size;
	uint32_t atime;
	uint32_t mtime;
	uint32_t ctime;
};

struct stat_32 {
	uint32_t dev;
	uint32_t ino;
	uint16_t mode;
	uint16_t nlink;
	uint16_t uid;
	uint16_t gid;
	uint32_t rdev;
	uint32_t size;
	uint32_t blksize;
	uint32_t blocks;
	uint32_t times[6]; /* access, modification, change: with nanoseconds */
	uint32_t unused[2];
};

struct stat_64 {
	uint64_t dev;
	uint8_t pad0[4];
	uint32_t low_ino;
	uint32_t mode;
	uint32_t nlink;
	uint32_t uid;
	uint32_t gid;
	uint64_t rdev;
	uint8_t pad3[4];
	int64_t size;
	uint32_t blksize;
	int64_t blocks;
	uint32_t times[6];
	uint64_t ino;
} __attribute__((packed));

struct statfs_32 {
	uint32_t type;
	uint32_t bsize;
	uint32_t blocks;
	uint32_t bfree;
	uint32_t bavail;
	uint32_t files;
	uint32_t ffree;
	uint32_t fsid[2];
	uint32_t namelen;
	uint32_t frsize;
	uint32_t flags;
	uint32_t spare[4];
};

struct statfs_64 {
	uint32_t type;
	uint32_t bsize;
	uint64_t blocks;
	uint64_t bfree;
	uint64_t bavail;
	uint64_t files;
	uint64_t ffree;
	uint32_t fsid[2];
	uint32_t namelen;
	uint32_t frsize;
	uint32_t flags;
	uint32_t spare[4];
} __attribute__((packed));

_Static_assert(sizeof(struct old_stat) == 32, "as i386 has it");
_Static_assert(sizeof(struct stat_32) == 64, "as i386 has it");
_Static_assert(sizeof(struct stat_64) == 96, "as i386 has it");
_Static_assert(sizeof(struct statfs_32) == 64, "as i386 has it");
_Static_assert(sizeof(struct statfs_64) == SYS_I386_STATFS64, "the same");

static int
put(unsigned char *out, size_t *len, const void *data, size_t size)
{
	memcpy(out, data, size);
	*len = size;
	return 0;
}

static uint16_t
id_16(uint32_t id)
{
	return id > UINT16_MAX ? OVERFLOW_ID : (uint16_t)id;
}

static uint16_t
device_16(dev_t dev)
{
	return (uint16_t)(major(dev) << 8 | (minor(dev) & 0xff));
}

static uint32_t
device_32(dev_t dev)
{
	uint32_t low = minor(dev) & 0xff, high = minor(dev) & ~0xffU;

	return low | major(dev) << 8 | high << 12;
}

static void
put_times(uint32_t times[6], const struct stat *st)
{
	times[0] = (uint32_t)st->st_atim.tv_sec;
	times[1] = (uint32_t)st->st_atim.tv_nsec;
	times[2] = (uint32_t)st->st_mtim.tv_sec;
	times[3] = (uint32_t)st->st_mtim.tv_nsec;
	times[4] = (uint32_t)st->st_ctim.tv_sec;
	times[5] = (uint32_t)st->st_ctim.tv_nsec;
}

/* It has no error for devices that it cannot show but this. */
static int
old_stat(const struct stat *st, unsigned char *out, size_t *len)
{
	struct old_stat old;

	if (major(st->st_dev) > 255 || minor(st->st_dev) > 255 ||
	    major(st->st_rdev) > 255 || minor(st->st_rdev) > 255 ||
	    st->st_ino > UINT16_MAX || st->st_nlink > UINT16_MAX)
		return EOVERFLOW;
	memset(&old, 0, sizeof(old));
	old.dev = device_16(st->st_dev);
	old.ino = (uint16_t)st->st_ino;
	old.mode = (uint16_t)st->st_mode;
	old.nlink = (uint16_t)st->st_nlink;
	old.uid = id_16(st->st_uid);
	old.gid = id_16(st->st_gid);
	old.rdev = device_16(st->st_rdev);
	old.size = (uint32_t)st->st_size;
	old.atime = (uint32_t)st->st_atim.tv_sec;
	old.mtime = (uint32_t)st->st_mtim.tv_sec;
	old.ctime = (uint32_t)st->st_ctim.tv_sec;
	return put(out, len, &old, sizeof(old));
}

static int
stat_32(const struct stat *st, unsigned char *out, size_t *len)
{
	struct stat_32 small;

	if (st->st_ino > UINT32_MAX || st->st_nlink > UINT16_MAX ||
	    st->st_size > SIZE_MAX_32)
		return EOVERFLOW;
	memset(&small, 0, sizeof(small));
	small.dev = device_32(st->st_dev);
	small.ino = (uint32_t)st->st_ino;
	small.mode = (uint16_t)st->st_mode;
	small.nlink = (uint16_t)st->st_nlink;
	small.uid = id_16(st->st_uid);
	small.gid = id_16(st->st_gid);
	small.rdev = device_32(st->st_rdev);
	small.size = (uint32_t)st->st_size;
	small.blksize = (uint32_t)st->st_blksize;
	small.blocks = (uint32_t)st->st_blocks;
	put_times(small.times, st);
	return put(out, len, &small, sizeof(small));
}

static int
stat_64(const struct stat *st, unsigned char *out, size_t *len)
{
	struct stat_64 large;
	uint32_t times[6];

	memset(&large, 0, sizeof(large));
	large.dev = device_32(st->st_dev);
	large.low_ino = (uint32_t)st->st_ino;
	large.mode = st->st_mode;
	large.nlink = (uint32_t)st->st_nlink;
	large.uid = st->st_uid;
	large.gid = st->st_gid;
	large.rdev = device_32(st->st_rdev);
	large.size = st->st_size;
	large.blksize = (uint32_t)st->st_blksize;
	large.blocks = st->st_blocks;
	put_times(times, st);
	memcpy(large.times, times, sizeof(times));
	large.ino = st->st_ino;
	return put(out, len, &large, sizeof(large));
}

static bool
is_large(uint64_t value)
{
	return value > UINT32_MAX;
}

/* All ones says that nobody knows. */
static bool
is_large_count(uint64_t value)
{
	return value != UINT64_MAX && is_large(value);
}

static int
statfs_32(const struct statfs *fs, unsigned char *out, size_t *len)
{
	struct statfs_32 small;

	if (is_large(fs->f_blocks) || is_large(fs->f_bfree) ||
	    is_large(fs->f_bavail) || is_large((uint64_t)fs->f_bsize) ||
	    is_large((uint64_t)fs->f_frsize) || is_large_count(fs->f_files) ||
	    is_large_count(fs->f_ffree))
		return EOVERFLOW;
	memset(&small, 0, sizeof(small));
	small.type = (uint32_t)fs->f_type;
	small.bsize = (uint32_t)fs->f_bsize;
	small.blocks = (uint32_t)fs->f_blocks;
	small.bfree = (uint32_t)fs->f_bfree;
	small.bavail = (uint32_t)fs->f_bavail;
	small.files = (uint32_t)fs->f_files;
	small.ffree = (uint32_t)fs->f_ffree;
	memcpy(small.fsid, &fs->f_fsid, sizeof(small.fsid));
	small.namelen = (uint32_t)fs->f_namelen;
	small.frsize = (uint32_t)fs->f_frsize;
	small.flags = (uint32_t)fs->f_flags;
	return put(out, len, &small, sizeof(small));
}

static int
statfs_64(const struct statfs *fs, unsigned char *out, size_t *len)
{
	struct statfs_64 large;

	if (is_large((uint64_t)fs->f_bsize) || is_large((uint64_t)fs->f_frsize))
		return EOVERFLOW;
	memset(&large, 0, sizeof(large));
	large.type = (uint32_t)fs->f_type;
	large.bsize = (uint32_t)fs->f_bsize;
	large.blocks = fs->f_blocks;
	large.bfree = fs->f_bfree;
	large.bavail = fs->f_bavail;
	large.files = fs->f_files;
	large.ffree = fs->f_ffree;
	memcpy(large.fsid, &fs->f_fsid, sizeof(large.fsid));
	large.namelen = (uint32_t)fs->f_namelen;
	large.frsize = (uint32_t)fs->f_frsize;
	large.flags = (uint32_t)fs->f_flags;
	return put(out, len, &large, sizeof(large));
}

static bool
ends_in_64(const struct sys_call *call)
{
	size_t len = strlen(call->name);

	return len > 2 && strcmp(call->name + len - 2, "64") == 0;
}

static int
any_stat(const struct sys_call *call, const void *data, unsigned char *out,
    size_t *len)
{
	struct stat st;

	memcpy(&st, data, sizeof(st));
	if (strncmp(call->name, "old", 3) == 0)
		return old_stat(&st, out, len);
	return ends_in_64(call) ? stat_64(&st, out, len) :
				  stat_32(&st, out, len);
}

static int
any_statfs(const struct sys_call *call, const void *data, unsigned char *out,
    size_t *len)
{
	struct statfs fs;

	memcpy(&fs, data, sizeof(fs));
	return ends_in_64(call) ? statfs_64(&fs, out, len) :
				  statfs_32(&fs, out, len);
}

int
sys_i386_result(const struct sys_call *call, const void *data, size_t size,
    unsigned char *out, size_t *len)
{
	bool extended = sys_form_register(call, SYS_FORM_MASK) != -1;

	if (call->op == SYS_OP_STAT && !extended && size == sizeof(struct stat))
		return any_stat(call, data, out, len);
	if (call->op == SYS_OP_STATFS && size == sizeof(struct statfs))
		return any_statfs(call, data, out, len);
	return put(out, len, data, size);
}

void
sys_i386_timespec(const unsigned char *from, bool wide, struct timespec *to)
{
	int32_t small[2];
	int64_t large[2];

	if (wide) {
		/* The upper half of the nanoseconds is nothing there. */
		memcpy(large, from, sizeof(large));
		to->tv_sec = large[0];
		to->tv_nsec = (long)((uint64_t)large[1] & UINT32_MAX);
		return;
	}
	memcpy(small, from, sizeof(small));
	to->tv_sec = small[0];
	to->tv_nsec = small[1];
}

/* Numbers and addresses behind the first three words, as senders have them:
   two words, and one that is a number or an address. */
void
sys_i386_siginfo(const unsigned char *from, unsigned char *to)
{
	siginfo_t info;
	int32_t words[6];

	memcpy(words, from, sizeof(words));
	memset(&info, 0, sizeof(info));
	info.si_signo = words[0];
	info.si_errno = words[1];
	info.si_code = words[2];
	if (info.si_code == SI_SIGIO) {
		info.si_band = words[3];
		info.si_fd = words[4];
	} else {
		info.si_pid = words[3];
		info.si_uid = (uid_t)words[4];
		info.si_value.sival_ptr = NULL;
		info.si_value.sival_int = words[5];
	}
	memcpy(to, &info, SIGINFO_SIZE);
}

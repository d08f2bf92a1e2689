/* SPDX-License-Identifier: ISC */
/*
 * pathcalls: makes some 250 calls with paths, of every family and with every
 * kind of flag and path, and prints what came of each: the result, the errno,
 * and of what was found the type, mode, size and owner. Run in a folder that
 * tests/e2e/paths.sh prepares, natively and in a session: the outputs must be
 * the same. All paths are relative or of the fixture, no inode is printed.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include <linux/openat2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <utime.h>

/* Never mapped; and that the compiler does not know. */
static const char *volatile bad = (const char *)16, *volatile nothing;
static char longname[NAME_MAX + 2], longpath[PATH_MAX + 2], deep[3000];
static int dirfd_, filefd;

static void
say(const char *what, long result)
{
	if (result == -1)
		printf("%s: -1 %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, result);
}

static void
say_stat(const char *what, int result, const struct stat *st)
{
	if (result == -1) {
		say(what, result);
		return;
	}
	printf("%s: %d mode %o uid %u gid %u nlink %lu size %ld rdev %lx "
	       "mtime %ld blksize %ld\n",
	    what, result, st->st_mode, st->st_uid, st->st_gid,
	    S_ISDIR(st->st_mode) ? 0UL : (unsigned long)st->st_nlink,
	    S_ISDIR(st->st_mode) ? 0L : (long)st->st_size,
	    (unsigned long)st->st_rdev,
	    S_ISREG(st->st_mode) && st->st_mtime < 2000000 ?
		(long)st->st_mtime :
		0L,
	    (long)st->st_blksize);
}

/*
 * Prints the descriptor's number too: it must be the lowest that is free. Not
 * shown is O_NOFOLLOW, which a reopening of a pinned object cannot keep.
 */
static void
say_open(const char *what, int fd)
{
	struct stat st;
	char buf[8];
	ssize_t n;

	if (fd == -1) {
		say(what, -1);
		return;
	}
	printf("%s: fd %d flags %o cloexec %d", what, fd,
	    (unsigned int)fcntl(fd, F_GETFL) & ~(unsigned int)O_NOFOLLOW,
	    fcntl(fd, F_GETFD));
	n = pread(fd, buf, sizeof(buf), 0);
	printf(" read %zd%s%s", n, n == -1 ? " " : "",
	    n == -1 ? strerrorname_np(errno) : "");
	say_stat(" stat", fstat(fd, &st), &st);
	close(fd);
}

/* Another process opens the terminal itself, by its own name: not its stat. */
static void
say_terminal(const char *what, int fd)
{
	if (fd == -1)
		say(what, -1);
	else
		printf("%s: fd %d flags %o cloexec %d terminal %d mine %d\n",
		    what, fd, (unsigned int)fcntl(fd, F_GETFL),
		    fcntl(fd, F_GETFD), isatty(fd), tcgetsid(fd) == getsid(0));
	close(fd);
}

#define OPEN(path, flags) \
	say_open("open " #path " " #flags, open(path, flags, 0666))
#define OPENAT(fd, path, flags)                      \
	say_open("openat " #fd " " #path " " #flags, \
	    openat(fd, path, flags, 0666))

static void
opens_by_flags(void)
{
	OPEN("file", O_RDONLY);
	OPEN("file", O_WRONLY);
	OPEN("file", O_RDWR);
	OPEN("file", 3);
	OPEN("file", O_RDONLY | O_CLOEXEC);
	OPEN("file", O_RDWR | O_APPEND | O_NONBLOCK);
	OPEN("file", O_RDONLY | O_NOFOLLOW);
	OPEN("file", O_RDONLY | O_DIRECTORY);
	OPEN("file", O_RDWR | O_CREAT);
	OPEN("file", O_RDWR | O_CREAT | O_EXCL);
	OPEN("file", O_RDONLY | O_CREAT | O_DIRECTORY);
	OPEN("file", O_RDONLY | O_NOATIME);
	OPEN("file", O_RDONLY | O_SYNC);
	OPEN("file", O_RDWR | O_DSYNC);
	OPEN("file", O_RDONLY | O_EXCL);
	OPEN("file", O_RDONLY | 0x40000000);
	OPEN("truncated", O_WRONLY | O_TRUNC);
	OPEN("readonly", O_RDONLY | O_TRUNC);
	OPEN("readonly", O_WRONLY);
	OPEN("rootfile", O_RDONLY);
	OPEN("rootfile", O_RDONLY | O_NOATIME);
	OPEN("rootsecret", O_RDONLY);
	OPEN("rootsecret", O_RDONLY | O_CREAT);
	OPEN("folder", O_RDONLY);
	OPEN("folder", O_RDONLY | O_DIRECTORY);
	OPEN("folder", O_WRONLY);
	OPEN("folder", O_RDWR | O_CREAT);
	OPEN("folder", O_RDONLY | O_CREAT);
	OPEN("folder", O_RDONLY | O_CREAT | O_EXCL);
	OPEN(".", O_RDONLY);
	OPEN("..", O_RDONLY);
	OPEN("/", O_RDONLY);
	OPEN("/", O_RDONLY | O_NOFOLLOW);
	OPEN("folder", O_TMPFILE | O_RDWR);
	OPEN("folder", O_TMPFILE | O_WRONLY | O_EXCL);
	OPEN("folder", O_TMPFILE | O_RDONLY);
	OPEN("file", O_TMPFILE | O_RDWR);
	OPEN("rootfolder", O_TMPFILE | O_RDWR);
	OPEN("missing", O_TMPFILE | O_RDWR);
}

static void
opens_by_path(void)
{
	OPEN("missing", O_RDONLY);
	OPEN("missing/x", O_RDONLY);
	OPEN("file/x", O_RDONLY);
	OPEN("file/", O_RDONLY);
	OPEN("file/.", O_RDONLY);
	OPEN("folder/", O_RDONLY);
	OPEN("folder/.", O_RDONLY);
	OPEN("folder/..", O_RDONLY);
	OPEN("folder/../file", O_RDONLY);
	OPEN("folder//inner///", O_RDONLY);
	OPEN("./folder/./leaf", O_RDONLY);
	OPEN("missing/../file", O_RDONLY);
	OPEN("file/../file", O_RDONLY);
	OPEN("", O_RDONLY);
	OPEN("", O_RDWR | O_CREAT);
	OPEN(nothing, O_RDONLY);
	OPEN(bad, O_RDONLY);
	OPEN(longname, O_RDONLY);
	OPEN(longname, O_RDWR | O_CREAT);
	OPEN(longname + 1, O_RDONLY);
	OPEN(longpath, O_RDONLY);
	OPEN(longpath + 1, O_RDONLY);
	OPEN(longpath + 2, O_RDONLY);
	OPEN(deep, O_RDONLY);
	OPEN("closed/leaf", O_RDONLY);
	OPEN("closed/missing", O_RDONLY);
	OPEN("closed/..", O_RDONLY);
	OPEN("closed", O_RDONLY);
	OPEN("searchable/leaf", O_RDONLY);
	OPEN("searchable", O_RDONLY);
	OPEN("name with\nnewline", O_RDONLY);
	OPEN("name\xff\xfe", O_RDONLY);
}

static void
opens_of_links(void)
{
	OPEN("link", O_RDONLY);
	OPEN("link", O_RDWR);
	OPEN("link", O_RDONLY | O_NOFOLLOW);
	OPEN("link", O_RDONLY | O_NOFOLLOW | O_DIRECTORY);
	OPEN("link", O_RDWR | O_CREAT);
	OPEN("link", O_RDWR | O_CREAT | O_EXCL);
	OPEN("link/", O_RDONLY);
	OPEN("linkfolder", O_RDONLY);
	OPEN("linkfolder", O_RDONLY | O_NOFOLLOW);
	OPEN("linkfolder/", O_RDONLY | O_NOFOLLOW);
	OPEN("linkfolder/leaf", O_RDONLY | O_NOFOLLOW);
	OPEN("linkfolder/../file", O_RDONLY);
	OPEN("linkabsolute", O_RDONLY);
	OPEN("dangling", O_RDONLY);
	OPEN("dangling", O_RDONLY | O_NOFOLLOW);
	OPEN("dangling", O_RDWR | O_CREAT | O_EXCL);
	OPEN("dangling", O_RDWR | O_CREAT | O_NOFOLLOW);
	OPEN("dangling", O_RDWR | O_CREAT);
	OPEN("dangling", O_RDONLY);
	OPEN("danglingslash", O_RDWR | O_CREAT);
	OPEN("danglingdeep", O_RDWR | O_CREAT);
	OPEN("loop", O_RDONLY);
	OPEN("loop", O_RDONLY | O_NOFOLLOW);
	OPEN("loop/x", O_RDONLY);
	OPEN("chain0", O_RDONLY);
	OPEN("chainlong0", O_RDONLY);
	OPEN("linkself", O_RDONLY);
	OPEN("linkup/work/file", O_RDONLY);
	OPEN("sticky/mine", O_RDWR | O_CREAT);
	OPEN("sticky/theirs", O_RDWR);
	OPEN("sticky/theirs", O_RDWR | O_CREAT);
	OPEN("sticky/theirs", O_RDONLY | O_CREAT);
	OPEN("sticky/theirfifo", O_RDWR | O_NONBLOCK);
	OPEN("sticky/theirfifo", O_RDWR | O_NONBLOCK | O_CREAT);
	OPEN("sticky/mylink", O_RDONLY);
	OPEN("sticky/theirlink", O_RDONLY);
	OPEN("sticky/rootlink", O_RDONLY);
	OPEN("sticky/theirfolder/leaf", O_RDONLY);
	OPEN("sticky/theirdangling", O_RDWR | O_CREAT);
}

static void
opens_of_special_files(void)
{
	OPEN("/proc/self/exe", O_WRONLY);
	OPEN("/proc/self/comm", O_RDONLY);
	OPEN("/proc/self/mem", O_RDWR);
	OPEN("/proc/self/maps", O_RDONLY | O_NONBLOCK);
	OPEN("/proc/self/environ", O_RDONLY);
	OPEN("/proc/self/cwd", O_RDONLY);
	OPEN("/proc/self/cwd/file", O_RDONLY);
	OPEN("/proc/self/root", O_RDONLY);
	OPEN("/proc/self/root/etc/passwd", O_WRONLY);
	OPEN("/proc/self/fd", O_RDONLY);
	OPEN("/proc/self/fd/9", O_RDONLY);
	OPEN("/proc/self/fd/9", O_RDWR);
	OPEN("/proc/self/fd/9", O_RDWR | O_NOFOLLOW);
	OPEN("/proc/self/fd/199", O_RDONLY);
	OPEN("/proc/thread-self/comm", O_RDONLY);
	OPEN("/proc/self/task", O_RDONLY);
	OPEN("/proc/1/mem", O_RDONLY);
	OPEN("/proc/1/environ", O_RDONLY);
	OPEN("/proc/1/cwd", O_RDONLY);
	OPEN("/proc/self/nothing", O_RDONLY);
	OPEN("/proc/self/comm", O_RDWR | O_CREAT);
	OPEN("/dev/fd/9", O_RDONLY);
	OPEN("/dev/fd/9", O_RDWR | O_CREAT);
	OPEN("/dev/fd", O_RDONLY);
	OPEN("/dev/null", O_RDWR);
	OPEN("/dev/null", O_RDWR | O_CREAT | O_TRUNC);
	OPEN("/dev/null", O_RDWR | O_CREAT | O_EXCL);
	OPEN("/dev/zero", O_RDONLY);
	say_terminal("/dev/tty", open("/dev/tty", O_RDWR | O_NOCTTY));
	say_terminal("/dev/tty", open("/dev/tty", O_RDONLY | O_CLOEXEC));
	OPEN("fifo", O_RDONLY | O_NONBLOCK);
	OPEN("fifo", O_WRONLY | O_NONBLOCK);
	OPEN("fifo", O_RDWR);
	OPEN("socket", O_RDONLY);
	OPEN("socket", O_RDWR | O_CREAT);
	OPEN("/etc/passwd", O_RDWR);
	OPEN("/etc/shadow", O_RDONLY);
}

static void
opens_by_descriptor(void)
{
	OPENAT(dirfd_, "leaf", O_RDONLY);
	OPENAT(dirfd_, "../file", O_RDONLY);
	OPENAT(dirfd_, "new", O_RDWR | O_CREAT | O_EXCL);
	OPENAT(dirfd_, "new", O_RDWR | O_CREAT | O_EXCL);
	OPENAT(dirfd_, "", O_RDONLY);
	OPENAT(dirfd_, ".", O_TMPFILE | O_RDWR);
	OPENAT(filefd, "leaf", O_RDONLY);
	OPENAT(filefd, "", O_RDONLY);
	OPENAT(filefd, "/etc/passwd", O_RDONLY | O_DIRECTORY);
	OPENAT(-1, "file", O_RDONLY);
	OPENAT(-1, "/etc/passwd", O_RDONLY | O_DIRECTORY);
	OPENAT(199, "file", O_RDONLY);
	OPENAT(199, "", O_RDONLY);
	OPENAT(AT_FDCWD, "file", O_RDONLY);
	OPENAT(-101, "file", O_RDONLY);
}

static void
open_how(const char *what, int fd, const char *path, uint64_t flags,
    uint64_t mode, uint64_t resolve, size_t size)
{
	struct {
		struct open_how how;
		uint64_t more;
	} arg = { { flags, mode, resolve }, 0 };

	say_open(what, (int)syscall(SYS_openat2, fd, path, &arg, size));
}

static void
opens_by_how(void)
{
	const size_t n = sizeof(struct open_how);

	open_how("how plain", AT_FDCWD, "file", O_RDONLY, 0, 0, n);
	open_how("how create", AT_FDCWD, "how", O_RDWR | O_CREAT, 0640, 0, n);
	open_how("how mode alone", AT_FDCWD, "file", O_RDONLY, 0640, 0, n);
	open_how("how odd mode", AT_FDCWD, "how2", O_RDWR | O_CREAT, 010640, 0,
	    n);
	open_how("how odd flag", AT_FDCWD, "file", 1ULL << 40, 0, 0, n);
	open_how("how odd resolve", AT_FDCWD, "file", 0, 0, 1ULL << 40, n);
	open_how("how short", AT_FDCWD, "file", 0, 0, 0, n - 1);
	open_how("how long", AT_FDCWD, "file", 0, 0, 0, n + 8);
	open_how("how beneath", dirfd_, "leaf", 0, 0, RESOLVE_BENEATH, n);
	open_how("how beneath up", dirfd_, "../file", 0, 0, RESOLVE_BENEATH, n);
	open_how("how beneath absolute", dirfd_, "/etc/passwd", 0, 0,
	    RESOLVE_BENEATH, n);
	open_how("how in root", dirfd_, "/leaf", 0, 0, RESOLVE_IN_ROOT, n);
	open_how("how in root up", dirfd_, "../../leaf", 0, 0, RESOLVE_IN_ROOT,
	    n);
	open_how("how no symlinks", AT_FDCWD, "link", 0, 0, RESOLVE_NO_SYMLINKS,
	    n);
	open_how("how no magic", AT_FDCWD, "/proc/self/cwd/file", 0, 0,
	    RESOLVE_NO_MAGICLINKS, n);
	open_how("how no magic, none", AT_FDCWD, "link", 0, 0,
	    RESOLVE_NO_MAGICLINKS, n);
	open_how("how no xdev", AT_FDCWD, "/proc/version", 0, 0,
	    RESOLVE_NO_XDEV, n);
	open_how("how bad", AT_FDCWD, bad, 0, 0, 0, n);
	say_open("how null",
	    (int)syscall(SYS_openat2, AT_FDCWD, "file", bad, n));
}

static void
creations(void)
{
	static const mode_t masks[] = { 0, 022, 027, 077, 0777 };
	char name[32];
	size_t i;

	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		(void)umask(masks[i]);
		(void)snprintf(name, sizeof(name), "mask%zu", i);
		say_open(name, open(name, O_RDWR | O_CREAT, 0666));
		(void)snprintf(name, sizeof(name), "suid%zu", i);
		say_open(name, open(name, O_RDWR | O_CREAT, 06777));
		(void)snprintf(name, sizeof(name), "dir%zu", i);
		say(name, mkdir(name, 01777));
		say_open(name, open(name, O_RDONLY));
		(void)snprintf(name, sizeof(name), "acl/mask%zu", i);
		say_open(name, open(name, O_RDWR | O_CREAT, 0666));
	}
	(void)umask(022);
	OPEN("rootfolder/new", O_RDWR | O_CREAT);
	OPEN("setgid/new", O_RDWR | O_CREAT);
	OPEN("sticky/new", O_RDWR | O_CREAT | O_EXCL);
	OPEN("new/", O_RDWR | O_CREAT);
	OPEN("missing/new", O_RDWR | O_CREAT);
	OPEN("file/new", O_RDWR | O_CREAT);
	say_open("creat", creat("created", 0600));
	say_open("creat again", creat("created", 0600));
	say_open("creat folder", creat("folder", 0600));
}

#define STAT(path) say_stat("stat " #path, stat(path, &st), &st)
#define LSTAT(path) say_stat("lstat " #path, lstat(path, &st), &st)
#define STATAT(fd, path, flags)                       \
	say_stat("fstatat " #fd " " #path " " #flags, \
	    fstatat(fd, path, &st, flags), &st)

static void
stats(void)
{
	struct stat st;

	STAT("file");
	STAT("file/");
	STAT("folder/");
	STAT("link");
	STAT("link/");
	STAT("linkfolder/");
	STAT("dangling2");
	STAT("loop");
	STAT("closed");
	STAT("closed/leaf");
	STAT("searchable/leaf");
	STAT("fifo");
	STAT("socket");
	STAT("/dev/null");
	STAT("/dev/tty");
	STAT("/proc/self/exe");
	STAT("/proc/self/comm");
	STAT("/proc/1/mem");
	STAT("/proc/1/exe");
	STAT("/proc/self/fd/9");
	STAT("");
	STAT(nothing);
	STAT(bad);
	STAT(longname);
	STAT(longpath);
	STAT("missing");
	STAT("missing/");
	say("stat into nowhere",
	    syscall(SYS_newfstatat, AT_FDCWD, "file", bad, 0));
	LSTAT("file");
	LSTAT("link");
	LSTAT("link/");
	LSTAT("linkfolder");
	LSTAT("linkfolder/");
	LSTAT("dangling2");
	LSTAT("loop");
	LSTAT("/proc/self");
	LSTAT("/proc/self/");
	LSTAT("/proc/self/fd/9");
	LSTAT("/proc/self/exe");
	LSTAT(".");
	LSTAT("..");
	STATAT(dirfd_, "leaf", 0);
	STATAT(dirfd_, "", AT_EMPTY_PATH);
	STATAT(dirfd_, "", 0);
	STATAT(filefd, "", AT_EMPTY_PATH);
	STATAT(filefd, "x", 0);
	STATAT(AT_FDCWD, "", AT_EMPTY_PATH);
	STATAT(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW);
	STATAT(AT_FDCWD, "file", AT_NO_AUTOMOUNT);
	STATAT(AT_FDCWD, "file", 0x100000);
	STATAT(199, "", AT_EMPTY_PATH);
	STATAT(199, "file", 0);
	STATAT(199, "/etc/passwd", AT_REMOVEDIR);
}

static void
say_statx(const char *what, int fd, const char *path, int flags,
    unsigned int mask)
{
	struct statx stx;
	long result;

	memset(&stx, 0, sizeof(stx));
	result = syscall(SYS_statx, fd, path, flags, mask, &stx);
	if (result == -1)
		say(what, -1);
	else
		printf("%s: mask %x mode %o uid %u size %llu attributes "
		       "%llx\n",
		    what, stx.stx_mask & STATX_BASIC_STATS, stx.stx_mode,
		    stx.stx_uid,
		    S_ISDIR(stx.stx_mode) ? 0ULL :
					    (unsigned long long)stx.stx_size,
		    (unsigned long long)stx.stx_attributes);
}

static void
statxs(void)
{
	say_statx("statx", AT_FDCWD, "file", 0, STATX_BASIC_STATS);
	say_statx("statx all", AT_FDCWD, "file", 0, STATX_ALL);
	say_statx("statx none", AT_FDCWD, "file", 0, 0);
	say_statx("statx link", AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW,
	    STATX_BASIC_STATS);
	say_statx("statx empty", filefd, "", AT_EMPTY_PATH, STATX_SIZE);
	say_statx("statx null", filefd, NULL, AT_EMPTY_PATH, STATX_SIZE);
	say_statx("statx empty, no flag", filefd, "", 0, STATX_SIZE);
	say_statx("statx sync", AT_FDCWD, "file", AT_STATX_FORCE_SYNC,
	    STATX_BASIC_STATS);
	say_statx("statx both syncs", AT_FDCWD, "file", AT_STATX_SYNC_TYPE,
	    STATX_BASIC_STATS);
	say_statx("statx odd flag", AT_FDCWD, "file", 0x40000000,
	    STATX_BASIC_STATS);
	say_statx("statx reserved", AT_FDCWD, "file", 0, 0x80000000U);
	say_statx("statx missing", AT_FDCWD, "missing", 0, STATX_BASIC_STATS);
	say_statx("statx root", AT_FDCWD, "/", 0, STATX_TYPE | STATX_MODE);
	say("statx into nowhere",
	    syscall(SYS_statx, AT_FDCWD, "file", 0, STATX_BASIC_STATS, bad));
}

#define ACCESS(path, mode) say("access " #path " " #mode, access(path, mode))
#define ACCESS2(fd, path, mode, flags)                        \
	say("faccessat2 " #fd " " #path " " #mode " " #flags, \
	    syscall(SYS_faccessat2, fd, path, mode, flags))

static void
accesses(void)
{
	ACCESS("file", F_OK);
	ACCESS("file", R_OK | W_OK);
	ACCESS("file", X_OK);
	ACCESS("file", 8);
	ACCESS("file/", F_OK);
	ACCESS("readonly", W_OK);
	ACCESS("rootsecret", R_OK);
	ACCESS("rootsecret", F_OK);
	ACCESS("folder", X_OK | W_OK);
	ACCESS("closed", X_OK);
	ACCESS("closed/leaf", F_OK);
	ACCESS("searchable", R_OK);
	ACCESS("searchable", X_OK);
	ACCESS("missing", F_OK);
	ACCESS("link", R_OK);
	ACCESS("dangling2", F_OK);
	ACCESS("/bin/sh", X_OK);
	ACCESS("/etc/shadow", R_OK);
	ACCESS("/dev/null", W_OK);
	ACCESS("/proc/self/mem", R_OK);
	ACCESS("", F_OK);
	ACCESS(bad, F_OK);
	say("faccessat", syscall(SYS_faccessat, dirfd_, "leaf", R_OK));
	ACCESS2(dirfd_, "leaf", R_OK, AT_EACCESS);
	ACCESS2(AT_FDCWD, "dangling2", F_OK, AT_SYMLINK_NOFOLLOW);
	ACCESS2(filefd, "", R_OK, AT_EMPTY_PATH);
	ACCESS2(filefd, "", R_OK, 0);
	ACCESS2(AT_FDCWD, "", R_OK, AT_EMPTY_PATH);
	ACCESS2(AT_FDCWD, "file", R_OK, 0x10000);
	ACCESS2(199, "", R_OK, AT_EMPTY_PATH);
}

static void
say_link(const char *what, ssize_t n, const char *buf)
{
	if (n == -1)
		say(what, -1);
	else
		printf("%s: %zd \"%.*s\"\n", what, n, (int)n, buf);
}

#define READLINK(path, size) \
	say_link("readlink " #path " " #size, readlink(path, buf, size), buf)
#define READLINKAT(fd, path)                  \
	say_link("readlinkat " #fd " " #path, \
	    readlinkat(fd, path, buf, sizeof(buf)), buf)

static void
readlinks(void)
{
	char buf[PATH_MAX];
	struct stat st;
	int fd;

	READLINK("link", 100);
	READLINK("link", 2);
	READLINK("link", 0);
	READLINK("link/", 100);
	READLINK("dangling2", 100);
	READLINK("file", 100);
	READLINK("folder", 100);
	READLINK("linkfolder", 100);
	READLINK("linkfolder/", 100);
	READLINK("missing", 100);
	READLINK("loop", 100);
	READLINK("closed/x", 100);
	READLINK("", 100);
	READLINK(bad, 100);
	READLINK("/proc/self/cwd", sizeof(buf));
	READLINK("/proc/self/exe", sizeof(buf));
	READLINK("/proc/self/root", sizeof(buf));
	READLINK("/proc/self/fd/9", sizeof(buf));
	READLINK("/dev/fd/9", sizeof(buf));
	READLINK("/dev/fd", sizeof(buf));
	READLINK("/proc/1/exe", sizeof(buf));
	READLINK("/proc/self/ns/user", 5);
	READLINKAT(dirfd_, "innerlink");
	READLINKAT(dirfd_, "");
	READLINKAT(199, "x");
	fd = (int)readlink("/proc/self", buf, sizeof(buf));
	buf[fd == -1 ? 0 : fd] = '\0';
	printf("/proc/self is mine: %d\n", atoi(buf) == getpid());
	fd = (int)readlink("/proc/thread-self", buf, sizeof(buf));
	printf("/proc/thread-self: %d\n", fd > 5);
	say("readlink into nowhere",
	    syscall(SYS_readlinkat, AT_FDCWD, "link", bad, 100));
	say("lstat link", lstat("link", &st));
}

static void
removals(void)
{
	struct stat st;

	say("mkdir", mkdir("d1", 0755));
	say("mkdir again", mkdir("d1", 0755));
	say("mkdir slash", mkdir("d2/", 0755));
	say("mkdir slashes", mkdir("d3///", 0755));
	say("mkdir dot", mkdir("d1/.", 0755));
	say("mkdir dots", mkdir("d1/..", 0755));
	say("mkdir root", mkdir("/", 0755));
	say("mkdir missing", mkdir("missing/d", 0755));
	say("mkdir file", mkdir("file", 0755));
	say("mkdir in file", mkdir("file/d", 0755));
	say("mkdir dangling", mkdir("dangling2", 0755));
	say("mkdir dangling slash", mkdir("dangling2/", 0755));
	say("mkdir link", mkdir("linkfolder", 0755));
	say("mkdir in link", mkdir("linkfolder/made", 0755));
	say("mkdir root's", mkdir("rootfolder/d", 0755));
	say("mkdir setgid", mkdir("setgid/d", 0755));
	say_stat("of it", stat("setgid/d", &st), &st);
	say("mkdir empty", mkdir("", 0755));
	say("mkdir bad", mkdir(bad, 0755));
	say("mkdir long", mkdir(longname, 0755));
	say("mkdirat", mkdirat(dirfd_, "at", 0700));
	say("mkdirat bad", mkdirat(199, "at", 0700));
	say("rmdir full", rmdir("folder"));
	say("rmdir dot", rmdir("d1/."));
	say("rmdir dots", rmdir("d1/.."));
	say("rmdir only dot", rmdir("."));
	say("rmdir root", rmdir("/"));
	say("rmdir file", rmdir("file"));
	say("rmdir link", rmdir("linkfolder"));
	say("rmdir link slash", rmdir("linkfolder/"));
	say("rmdir missing", rmdir("missing"));
	say("rmdir slash", rmdir("d2/"));
	say("rmdir", rmdir("d3"));
	say("rmdir at", unlinkat(dirfd_, "at", AT_REMOVEDIR));
	say("rmdir root's", rmdir("rootfolder/inner"));
	say("unlink folder", unlink("d1"));
	say("unlink folder slash", unlink("d1/"));
	say("unlink slash", unlink("gone1/"));
	say("unlink", unlink("gone1"));
	say("unlink again", unlink("gone1"));
	say("unlink link", unlink("gonelink"));
	say("link's target is left", access("gone2", F_OK));
	say("unlink link slash", unlink("link/"));
	say("unlink dangling", unlink("gonedangling"));
	say("unlink dot", unlink("."));
	say("unlink dots", unlink(".."));
	say("unlink root", unlink("/"));
	say("unlink empty", unlink(""));
	say("unlink bad", unlink(bad));
	say("unlink root's", unlink("rootfolder/leaf"));
	say("unlink root's file here", unlink("rootgone"));
	say("unlink sticky", unlink("sticky/theirs"));
	say("unlink sticky mine", unlink("sticky/mine"));
	say("unlink closed", unlink("closed/leaf"));
	say("unlinkat", unlinkat(dirfd_, "new", 0));
	say("unlinkat odd", unlinkat(dirfd_, "leaf", 0x1000));
	say("unlinkat bad", unlinkat(199, "leaf", 0));
	say("unlink proc", unlink("/proc/self/comm"));
}

static void
times_and_sizes(void)
{
	const struct timespec ts[2] = { { 1000, 5 }, { 2000, 6 } };
	const struct timespec omit[2] = { { 0, UTIME_OMIT },
		{ 0, UTIME_OMIT } };
	const struct timespec wrong[2] = { { 0, 2000000000 }, { 0, 0 } };
	const struct timeval tv[2] = { { 3000, 5 }, { 4000, 6 } };
	const struct timeval tvwrong[2] = { { 3000, 1000000 }, { 4000, 6 } };
	const struct utimbuf buf = { 5000, 6000 };
	struct stat st;

	say("utimensat", utimensat(AT_FDCWD, "file", ts, 0));
	STAT("file");
	say("utimensat link",
	    utimensat(AT_FDCWD, "link", ts, AT_SYMLINK_NOFOLLOW));
	say("utimensat now", utimensat(AT_FDCWD, "file2", NULL, 0));
	say("utimensat omit", utimensat(AT_FDCWD, "rootfile", omit, 0));
	say("utimensat wrong", utimensat(AT_FDCWD, "file", wrong, 0));
	say("utimensat bad", utimensat(AT_FDCWD, "file", (const void *)bad, 0));
	say("utimensat odd", utimensat(AT_FDCWD, "file", ts, 0x8000));
	say("utimensat missing", utimensat(AT_FDCWD, "missing", ts, 0));
	say("utimensat root's", utimensat(AT_FDCWD, "rootfile", ts, 0));
	say("utimensat root's now", utimensat(AT_FDCWD, "rootfile", NULL, 0));
	say("utimensat fd", syscall(SYS_utimensat, filefd, NULL, ts, 0));
	STAT("file");
	say("utimensat bad fd", syscall(SYS_utimensat, 199, NULL, ts, 0));
	say("utimensat empty", utimensat(filefd, "", ts, AT_EMPTY_PATH));
	say("utimes", utimes("file", tv));
	STAT("file");
	say("utimes wrong", utimes("file", tvwrong));
	say("utime", utime("file", &buf));
	STAT("file");
	say("utime now", utime("file2", NULL));
	say("futimesat", futimesat(dirfd_, "leaf", tv));
	say("truncate", truncate("file2", 3));
	STAT("file2");
	say("truncate longer", truncate("file2", 100));
	STAT("file2");
	say("truncate negative", truncate("file2", -1));
	say("truncate link", truncate("link2", 5));
	say("truncate readonly", truncate("readonly", 5));
	say("truncate folder", truncate("folder", 5));
	say("truncate missing", truncate("missing", 5));
	say("truncate slash", truncate("file2/", 5));
	say("truncate dangling", truncate("dangling2", 5));
	say("truncate fifo", truncate("fifo", 5));
	say("truncate device", truncate("/dev/null", 5));
	say("truncate root's", truncate("rootfile", 5));
	say("truncate bad", truncate(bad, 5));
	say("truncate empty", truncate("", 5));
	say("truncate exe", truncate("/proc/self/exe", 0));
}

static void
filesystems(void)
{
	char buf[256];
	struct statfs fs;

	say("statfs", statfs("file", &fs));
	say("statfs missing", statfs("missing", &fs));
	say("statfs closed", statfs("closed/leaf", &fs));
	say("statfs link", statfs("link", &fs));
	say("statfs dangling", statfs("dangling2", &fs));
	if (statfs("/proc", &fs) == 0)
		printf("statfs /proc: %lx\n", (unsigned long)fs.f_type);
	say("statfs empty", statfs("", &fs));
	say("statfs into nowhere", syscall(SYS_statfs, "file", bad));
	say("getxattr", getxattr("attributes", "user.e2e", buf, sizeof(buf)));
	say("getxattr size", getxattr("attributes", "user.e2e", NULL, 0));
	say("getxattr small", getxattr("attributes", "user.e2e", buf, 2));
	say("getxattr none", getxattr("file", "user.e2e", buf, sizeof(buf)));
	say("getxattr no name", getxattr("file", "", buf, sizeof(buf)));
	say("getxattr odd", getxattr("file", "nothing", buf, sizeof(buf)));
	say("getxattr trusted", getxattr("file", "trusted.e2e", buf, 9));
	say("getxattr bad", getxattr("file", bad, buf, 9));
	say("getxattr link", getxattr("attributeslink", "user.e2e", buf, 99));
	say("lgetxattr", lgetxattr("attributeslink", "user.e2e", buf, 99));
	say("getxattr missing", getxattr("missing", "user.e2e", buf, 99));
	say("getxattr root's", getxattr("rootsecret", "user.e2e", buf, 99));
	say("getxattr device", getxattr("/dev/null", "user.e2e", buf, 99));
	say("listxattr", listxattr("attributes", buf, sizeof(buf)));
	say("listxattr size", listxattr("attributes", NULL, 0));
	say("listxattr small", listxattr("attributes", buf, 1));
	say("listxattr missing", listxattr("missing", buf, sizeof(buf)));
	say("llistxattr", llistxattr("attributeslink", buf, sizeof(buf)));
}

static int
address(struct sockaddr_un *sun, const char *path)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, path, strnlen(path, sizeof(sun->sun_path)));
	return (int)(offsetof(struct sockaddr_un, sun_path) +
	    strnlen(path, sizeof(sun->sun_path) - 1) + 1);
}

static void
try_bind(const char *what, const char *path)
{
	struct sockaddr_un sun;
	struct stat st;
	int len = address(&sun, path), sock, result;

	sock = socket(AF_UNIX, SOCK_STREAM, 0);
	result = bind(sock, (void *)&sun, (socklen_t)len);
	say(what, result);
	if (result == 0)
		say_stat(" made", lstat(path, &st), &st);
	close(sock);
}

static int
try_connect(const char *what, const char *path, int type)
{
	struct sockaddr_un sun;
	int len = address(&sun, path), sock;

	sock = socket(AF_UNIX, type, 0);
	say(what, connect(sock, (void *)&sun, (socklen_t)len));
	return sock;
}

static void
local_sockets(void)
{
	struct sockaddr_un sun;
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int server, client, served, n;
	char byte = 0;

	(void)umask(027);
	try_bind("bind", "s1");
	(void)umask(022);
	try_bind("bind again", "s1");
	try_bind("bind file", "file");
	try_bind("bind missing", "missing/s");
	try_bind("bind in file", "file/s");
	try_bind("bind slash", "s2/");
	try_bind("bind dangling", "dangling2");
	try_bind("bind link", "linkfolder/s");
	try_bind("bind dots", "folder/../s3");
	try_bind("bind dot", ".");
	try_bind("bind closed", "closed/s");
	try_bind("bind root's", "rootfolder/s");
	server = socket(AF_UNIX, SOCK_STREAM, 0);
	n = address(&sun, "server");
	say("bind server", bind(server, (void *)&sun, (socklen_t)n));
	say("bind twice", bind(server, (void *)&sun, (socklen_t)n));
	say("bind short", bind(server, (void *)&sun, 1));
	say("bind long", bind(server, (void *)&sun, 4000));
	say("bind bad", bind(server, (const void *)bad, 10));
	say("bind file descriptor", bind(filefd, (void *)&sun, (socklen_t)n));
	say("bind no descriptor", bind(199, (void *)&sun, (socklen_t)n));
	close(try_connect("connect unheard", "server", SOCK_STREAM));
	say("listen", listen(server, 4));
	client = try_connect("connect", "server", SOCK_STREAM);
	served = accept(server, NULL, NULL);
	say("write", write(client, "x", 1));
	say("read", read(served, &byte, 1));
	if (getsockopt(served, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0)
		printf("peer is me: %d %d\n", cred.uid == getuid(),
		    cred.gid == getgid());
	close(client);
	close(served);
	close(try_connect("connect link", "serverlink", SOCK_STREAM));
	close(try_connect("connect dots", "folder/../server", SOCK_STREAM));
	close(try_connect("connect kind", "server", SOCK_DGRAM));
	close(try_connect("connect file", "file", SOCK_STREAM));
	close(try_connect("connect missing", "missing", SOCK_STREAM));
	close(try_connect("connect dangling", "dangling2", SOCK_STREAM));
	close(try_connect("connect closed", "closed/leaf", SOCK_STREAM));
	close(try_connect("connect dead", "socket", SOCK_STREAM));
	close(try_connect("connect slash", "server/", SOCK_STREAM));
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	say("connect bad", connect(client, (const void *)bad, 10));
	say("connect short", connect(client, (void *)&sun, 1));
	say("connect file descriptor",
	    connect(filefd, (void *)&sun, (socklen_t)n));
	sun.sun_path[0] = '\0';
	say("connect abstract", connect(client, (void *)&sun, 20));
	say("bind abstract", bind(client, (void *)&sun, 20));
	close(client);
	close(server);
}

static void
internet_sockets(void)
{
	const int on = 1;
	int server, client;
	struct sockaddr_storage any;
	socklen_t len = sizeof(any);
	uint16_t port = 0;

	memset(&any, 0, sizeof(any));
	any.ss_family = AF_INET;
	((uint8_t *)&any)[4] = 127;
	((uint8_t *)&any)[7] = 1;
	server = socket(AF_INET, SOCK_STREAM, 0);
	(void)setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	say("bind inet", bind(server, (void *)&any, 16));
	say("bind inet again", bind(server, (void *)&any, 16));
	say("getsockname", getsockname(server, (void *)&any, &len));
	client = socket(AF_INET, SOCK_STREAM, 0);
	say("connect inet unheard", connect(client, (void *)&any, 16));
	close(client);
	say("listen inet", listen(server, 4));
	client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	say("connect inet",
	    connect(client, (void *)&any, 16) == 0 || errno == EINPROGRESS);
	close(client);
	client = socket(AF_INET, SOCK_STREAM, 0);
	say("connect inet, blocking", connect(client, (void *)&any, 16));
	say("connect inet again", connect(client, (void *)&any, 16));
	say("connect inet short", connect(client, (void *)&any, 3));
	close(client);
	client = socket(AF_INET, SOCK_DGRAM, 0);
	say("connect datagram", connect(client, (void *)&any, 16));
	any.ss_family = AF_UNSPEC;
	say("disconnect", connect(client, (void *)&any, 16));
	any.ss_family = AF_INET;
	memcpy((uint8_t *)&any + 2, &port, 2);
	((uint8_t *)&any)[4] = 192;
	say("bind elsewhere", bind(client, (void *)&any, 16));
	((uint8_t *)&any)[4] = 127;
	((uint8_t *)&any)[3] = 80;
	say("bind privileged", bind(client, (void *)&any, 16));
	any.ss_family = AF_UNSPEC;
	say("bind without a family", bind(client, (void *)&any, 16));
	say("bind without a family, short", bind(client, (void *)&any, 8));
	close(client);
	client = socket(AF_INET6, SOCK_DGRAM, 0);
	say("bind 6 without a family", bind(client, (void *)&any, 28));
	say("bind 6 without a family, short", bind(client, (void *)&any, 16));
	close(client);
	client = socket(AF_UNIX, SOCK_DGRAM, 0);
	say("bind local without a family", bind(client, (void *)&any, 16));
	close(client);
	close(server);
}

/* What is easier made here than in a shell: a socket, attributes, an ACL. */
static int
make_fixture(void)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entries[5];
	} acl = { 2,
		{ { 0x01, 7, ~0U }, { 0x02, 7, 12345 }, { 0x04, 5, ~0U },
		    { 0x10, 7, ~0U }, { 0x20, 0, ~0U } } };
	struct sockaddr_un sun;
	int len = address(&sun, "socket");

	if (bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&sun,
		(socklen_t)len) == -1)
		err(1, "socket");
	/* not everywhere to be had, which natively is the same */
	(void)setxattr("attributes", "user.e2e", "value", 5, 0);
	(void)setxattr("acl", "system.posix_acl_default", &acl, sizeof(acl), 0);
	return 0;
}

int
main(int argc, char *argv[])
{
	size_t i;

	if (argc == 2 && strcmp(argv[1], "--fixture") == 0)
		return make_fixture();
	memset(longname, 'n', NAME_MAX + 1);
	for (i = 0; i < sizeof(longpath) - 1; i++)
		longpath[i] = i % 2 == 0 ? '.' : '/';
	for (i = 0; i < sizeof(deep) - 5; i++)
		deep[i] = i % 2 == 0 ? '.' : '/';
	memcpy(deep + sizeof(deep) - 6, "/file", 5);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	dirfd_ = open("folder", O_RDONLY | O_DIRECTORY);
	filefd = open("file", O_RDONLY);
	if (dirfd_ == -1 || filefd == -1 || dup2(filefd, 9) == -1)
		err(1, "the fixture");
	opens_by_flags();
	opens_by_path();
	opens_of_links();
	opens_of_special_files();
	opens_by_descriptor();
	opens_by_how();
	creations();
	stats();
	statxs();
	accesses();
	readlinks();
	times_and_sizes();
	filesystems();
	local_sockets();
	internet_sockets();
	removals();
	printf("end\n");
	return 0;
}

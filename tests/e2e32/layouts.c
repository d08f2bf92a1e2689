/* SPDX-License-Identifier: ISC */
/*
 * layouts FOLDER WORK: calls of i386 by their numbers, whose registers or
 * structures are other than those of 64-bit programs. Prints what each gave,
 * with the bytes that the kernel wrote: natively and judged the same. FOLDER
 * has file, link, folder and large; what WORK has is made and changed.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <linux/fs.h>
#include <linux/openat2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define CALL(...) say(#__VA_ARGS__, syscall(__VA_ARGS__))
#define NR_oldstat 18
#define NR_oldfstat 28
#define NR_oldlstat 84
#define LARGE 0100000
#define NOWHERE ((void *)16)

static unsigned char out[512];
static const char *folder;

static long
say(const char *what, long result)
{
	int error = errno;

	printf("%.*s = %ld %s\n", (int)strcspn(what, "\n"), what, result,
	    result == -1 ? strerrorname_np(error) : "");
	return result;
}

static void
dump(size_t from, size_t to)
{
	for (; from < to; from++)
		printf("%02x", out[from]);
	printf("\n");
}

static const char *
in(const char *name)
{
	static char path[8][4096];
	static unsigned int n;
	char *to = path[n++ % 8];

	snprintf(to, sizeof(path[0]), name[0] == '/' ? "%s%s" : "%s/%s",
	    name[0] == '/' ? "" : folder, name);
	return to;
}

static void
stats(void)
{
	static const char *const names[] = { "file", "link", "folder", "large",
		"missing", "/dev/null", "/dev/tty", "file/x", "" };
	static const struct {
		int number;
		size_t size;
	} calls[] = { { NR_oldstat, 32 }, { NR_oldlstat, 32 }, { SYS_stat, 64 },
		{ SYS_lstat, 64 }, { SYS_stat64, 96 }, { SYS_lstat64, 96 } };
	size_t i, k;

	for (i = 0; i < NELEMS(names); i++) {
		for (k = 0; k < NELEMS(calls); k++) {
			memset(out, 0, sizeof(out));
			printf("stat %d %s: ", calls[k].number, names[i]);
			CALL(calls[k].number, in(names[i]), out);
			dump(0, calls[k].size + 8);
		}
		CALL(SYS_stat64, in(names[i]), NOWHERE);
		CALL(SYS_access, in(names[i]), R_OK);
		CALL(SYS_access, in(names[i]), 8);
		memset(out, 0, sizeof(out));
		CALL(SYS_readlink, in(names[i]), out, 100);
		dump(0, 16);
		CALL(SYS_readlink, in(names[i]), out, -1);
	}
}

static void
stats_at(void)
{
	static const int flags[] = { 0, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH,
		0x4000000 };
	static const char *const names[] = { "file", "link", "large", "" };
	size_t i, k;
	int fd;

	for (i = 0; i < NELEMS(names); i++) {
		fd = open(in(names[i]), O_RDONLY | LARGE);
		for (k = 0; k < NELEMS(flags); k++) {
			memset(out, 0, sizeof(out));
			printf("%x %s: ", (unsigned int)flags[k], names[i]);
			CALL(SYS_fstatat64, AT_FDCWD, in(names[i]), out,
			    flags[k]);
			dump(0, 104);
			memset(out, 0, sizeof(out));
			CALL(SYS_fstatat64, fd, "", out, flags[k]);
			dump(0, 104);
			memset(out, 0, sizeof(out));
			CALL(SYS_statx, AT_FDCWD, in(names[i]), flags[k], 0x7ff,
			    out);
			dump(0, 128);
		}
		memset(out, 0, sizeof(out));
		CALL(NR_oldfstat, fd, out);
		dump(0, 40);
		CALL(SYS_fstat, fd, out);
		dump(0, 72);
		/* the kernel leaves holes in that one */
		memset(out, 0, sizeof(out));
		CALL(SYS_fstat64, fd, out);
		dump(0, 104);
		CALL(SYS_fstat64, 77, out);
		CALL(SYS_fstat64, -1, out);
		close(fd);
	}
}

/* What is free changes all the while. */
static void
file_systems(void)
{
	int fd = open(in("file"), O_RDONLY);

	memset(out, 0, sizeof(out));
	if (CALL(SYS_statfs, "/proc", out) == 0)
		dump(0, 72);
	if (CALL(SYS_statfs64, "/proc", 84, out) == 0)
		dump(0, 92);
	CALL(SYS_statfs64, "/proc", 88, out);
	CALL(SYS_statfs64, "/missing", 88, out);
	CALL(SYS_statfs64, "/missing", 84, out);
	CALL(SYS_statfs, "/proc", NOWHERE);
	memset(out, 0, sizeof(out));
	if (CALL(SYS_fstatfs64, fd, 84, out) == 0)
		dump(0, 16);
	if (CALL(SYS_fstatfs, fd, out) == 0)
		dump(0, 12);
	CALL(SYS_fstatfs64, 77, 84, out);
	close(fd);
}

static void
opened(const char *what, long fd)
{
	if (say(what, fd) >= 0)
		close((int)fd);
}

static void
openings(void)
{
	struct open_how how = { .flags = O_RDONLY };

	opened("large", syscall(SYS_open, in("large"), O_RDONLY));
	opened("large", syscall(SYS_open, in("large"), O_RDONLY | LARGE));
	opened("large, cut", syscall(SYS_open, in("large"), O_RDWR | O_TRUNC));
	opened("large at", syscall(SYS_openat, AT_FDCWD, in("large"), O_RDWR));
	opened("large at",
	    syscall(SYS_openat, AT_FDCWD, in("large"), O_RDWR | LARGE));
	opened("large, how",
	    syscall(SYS_openat2, AT_FDCWD, in("large"), &how, sizeof(how)));
	opened("large, path", syscall(SYS_open, in("large"), O_PATH));
	opened("-1", syscall(SYS_openat, -1, "x", O_RDONLY));
	opened("-100, file", syscall(SYS_openat, -100, in("file"), O_RDONLY));
	opened("fault", syscall(SYS_open, NOWHERE, O_RDONLY));
	opened("fault", syscall(SYS_open, (void *)-1, O_RDONLY));
	CALL(SYS_stat64, in("large"), out);
	dump(44, 52);
}

/* Those of now differ. */
static void
show_time(const struct timespec *ts)
{
	if (ts->tv_sec > 1000000000)
		printf(" now");
	else
		printf(" %ld.%ld", (long)ts->tv_sec, ts->tv_nsec);
}

static void
show_entry(const char *name)
{
	struct stat64 st;

	if (syscall(SYS_lstat64, name, &st) == -1) {
		printf("%s %s\n", name, strerrorname_np(errno));
		return;
	}
	printf("%s %o %lu %lld", name, st.st_mode, (unsigned long)st.st_nlink,
	    (long long)st.st_size);
	show_time(&st.st_atim);
	show_time(&st.st_mtim);
	printf("\n");
}

static void
show_owner(const char *name)
{
	struct stat64 st;

	if (syscall(SYS_lstat64, name, &st) == 0)
		printf("%s %s %s\n", name,
		    st.st_uid == getuid() ? "mine" : "another's",
		    st.st_gid == getgid() ? "mine" : "another's");
}

static void
sizes(void)
{
	int fd = open("f", O_RDWR | O_CREAT | LARGE, 0600);

	CALL(SYS_truncate, "f", 100);
	CALL(SYS_truncate, "f", -1);
	CALL(SYS_truncate64, "f", 1, 1);
	show_entry("f");
	CALL(SYS_truncate64, "f", 0, -1);
	CALL(SYS_truncate64, "f", 0, 0x7fffffff);
	CALL(SYS_ftruncate64, fd, 5, 2);
	show_entry("f");
	CALL(SYS_ftruncate, fd, -1);
	CALL(SYS_ftruncate, fd, 10);
	show_entry("f");
	CALL(SYS_fallocate, fd, 0, 5, 0, 20, 0);
	show_entry("f");
	CALL(SYS_fallocate, fd, FALLOC_FL_KEEP_SIZE, 0, 1, 20, 0);
	CALL(SYS_fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
	    0, 4096, 0);
	CALL(SYS_fallocate, fd, 0, 0, -1, 20, 0);
	CALL(SYS_fallocate, fd, 0, 0, 0, 0, 0);
	show_entry("f");
	CALL(SYS_ftruncate64, 77, 0, 0);
	close(fd);
}

static void
owners(void)
{
	int fd = open("o", O_RDWR | O_CREAT, 0600);

	CALL(SYS_chown, "o", 0xffff, 0xffff);
	CALL(SYS_chown, "o", -1, -1);
	CALL(SYS_chown32, "o", -1, -1);
	CALL(SYS_chown32, "o", 0xffff, -1);
	CALL(SYS_chown, "o", 0x10000 | (getuid() & 0xffff), 0xffff);
	CALL(SYS_chown32, "o", getuid(), getgid());
	CALL(SYS_chown, "o", 0, 0xffff);
	show_owner("o");
	CALL(SYS_lchown, "o", 0xffff, getgid());
	CALL(SYS_lchown32, "o", -1, getgid());
	CALL(SYS_fchown, fd, 0xffff, getgid());
	CALL(SYS_fchown32, fd, -1, 0);
	CALL(SYS_fchownat, AT_FDCWD, "o", -1, getgid(), 0);
	show_owner("o");
	close(fd);
}

static void
times(void)
{
	int32_t seconds[2] = { 5, -7 };
	int32_t micro[4] = { 1, 2, 3, 999999 }, worse[4] = { 1, 1000000, 3, 0 };
	int32_t nano[4] = { 10, 20, -30, 999999999 };
	int32_t now[4] = { 0, UTIME_OMIT, 77, 5 };
	int32_t bad[4] = { 0, -1, 0, 0 };
	int64_t wide[4] = { 4102444800, (INT64_C(9) << 32) + 6, 1, 2 };

	close(open("t", O_RDWR | O_CREAT, 0600));
	CALL(SYS_utime, "t", seconds);
	show_entry("t");
	CALL(SYS_utimes, "t", micro);
	show_entry("t");
	CALL(SYS_utimes, "t", worse);
	CALL(SYS_futimesat, AT_FDCWD, "t", micro);
	CALL(SYS_utimensat, AT_FDCWD, "t", nano, 0);
	show_entry("t");
	CALL(SYS_utimensat, AT_FDCWD, "t", now, AT_SYMLINK_NOFOLLOW);
	show_entry("t");
	CALL(SYS_utimensat, AT_FDCWD, "t", bad, 0);
	CALL(SYS_utimensat, -1, "t", nano, 0);
	CALL(SYS_utimensat_time64, AT_FDCWD, "t", wide, 0);
	CALL(SYS_statx, AT_FDCWD, "t", 0, 0x7ff, out);
	dump(64, 76);
	dump(112, 124);
	CALL(SYS_utime, "t", NOWHERE);
	CALL(SYS_utime, "missing", seconds);
}

static void
entries(void)
{
	CALL(SYS_mkdir, "d", 0755);
	CALL(SYS_mknod, "fifo", S_IFIFO | 0644, 0);
	CALL(SYS_mknodat, AT_FDCWD, "null", S_IFCHR | 0666, 0x103);
	CALL(SYS_symlink, "t", "l");
	CALL(SYS_link, "t", "d/t");
	CALL(SYS_rename, "d/t", "u");
	CALL(SYS_renameat2, AT_FDCWD, "u", AT_FDCWD, "fifo", 1);
	CALL(SYS_chmod, "u", 01644);
	CALL(SYS_fchmodat, AT_FDCWD, "u", 0640);
	show_entry("d");
	CALL(SYS_setxattr, "u", "user.x", "value", 5, 0);
	CALL(SYS_getxattr, "u", "user.x", out, sizeof(out));
	CALL(SYS_listxattr, "u", out, sizeof(out));
	dump(0, 8);
	CALL(SYS_removexattr, "u", "user.x");
	CALL(SYS_unlink, "fifo");
	CALL(SYS_unlink, "u");
	CALL(SYS_rmdir, "d");
	CALL(SYS_unlinkat, -100, "l", 0);
	CALL(SYS_chdir, "missing");
	CALL(SYS_chdir, ".");
	CALL(SYS_creat, "c", 0640);
	close(3);
	show_entry("t");
}

static void
caught(int sig, siginfo_t *info, void *context)
{
	(void)context;
	printf("signal %d code %d value %d\n", sig, info->si_code,
	    info->si_value.sival_int);
	fflush(stdout);
	_exit(info->si_value.sival_int & 0x7f);
}

static void
signals(void)
{
	struct sigaction act = { .sa_sigaction = caught,
		.sa_flags = SA_SIGINFO };
	int32_t info[32] = { SIGUSR1, 0, SI_QUEUE, 0, 0, 42 };
	int ready[2], status = 0;
	pid_t pid;
	char byte;

	fflush(stdout);
	if (pipe(ready) == -1 || (pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		sigaction(SIGUSR1, &act, NULL);
		write(ready[1], "", 1);
		for (;;)
			pause();
	}
	read(ready[0], &byte, 1);
	info[3] = getpid();
	info[4] = (int32_t)getuid();
	say("rt_sigqueueinfo",
	    syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, info));
	say("waitpid", waitpid(pid, &status, 0) == pid ? 0 : -1);
	printf("status %x\n", (unsigned int)status);
	say("kill", syscall(SYS_kill, pid, 0));
	say("tgkill", syscall(SYS_tgkill, getpid(), getpid(), 0));
	close(ready[0]);
	close(ready[1]);
}

/* One call of sockets behind its one number, or by its own. */
static bool own_numbers;

static long
sockets_call(int which, int number, long a, long b, long c, long d, long e,
    long f)
{
	long args[6] = { a, b, c, d, e, f };

	return own_numbers ? syscall(number, a, b, c, d, e, f) :
			     syscall(SYS_socketcall, which, args);
}

static void
send_rights(int to, int from, const char *address, size_t len)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char control[64] = { 0 }, text[] = "rights", in_text[16];
	struct iovec parts[2] = { { text, 3 }, { text + 3, 3 } };
	struct msghdr msg = { .msg_iov = parts,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(4) };
	struct cmsghdr *cmsg = (struct cmsghdr *)control;
	struct stat st;
	int fd = open("/dev/null", O_RDONLY), got = -1;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(4);
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	memcpy(sun.sun_path, address, len);
	msg.msg_name = len > 0 ? &sun : NULL;
	msg.msg_namelen = (socklen_t)(len > 0 ?
		offsetof(struct sockaddr_un, sun_path) + len :
		0);
	say("sendmsg",
	    sockets_call(16, SYS_sendmsg, to, (long)&msg, 0, 0, 0, 0));
	memset(control, 0, sizeof(control));
	parts[0].iov_base = in_text;
	parts[0].iov_len = sizeof(in_text);
	msg.msg_iovlen = 1;
	msg.msg_name = NULL;
	msg.msg_controllen = sizeof(control);
	say("recvmsg",
	    sockets_call(17, SYS_recvmsg, from, (long)&msg, MSG_DONTWAIT, 0, 0,
		0));
	if (msg.msg_controllen >= CMSG_LEN(4))
		memcpy(&got, CMSG_DATA(cmsg), sizeof(got));
	printf("%d %d %.6s %d\n", msg.msg_controllen > 0, got > 2, in_text,
	    got > 2 && fstat(got, &st) == 0 && S_ISCHR(st.st_mode));
	cmsg->cmsg_len = 4; /* no header is so short */
	msg.msg_controllen = 20;
	say("sendmsg, bad",
	    sockets_call(16, SYS_sendmsg, to, (long)&msg, 0, 0, 0, 0));
	close(got);
	close(fd);
}

static void
sockets(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct timeval limit = { 1, 500000 };
	struct mmsghdr many[2];
	struct iovec part = { "many", 4 };
	socklen_t len = sizeof(int);
	int s, t, value = 0;

	unlink("sock");
	strcpy(sun.sun_path, "sock");
	s = (int)sockets_call(1, SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC,
	    0, 0, 0, 0);
	t = (int)sockets_call(1, SYS_socket, AF_UNIX, SOCK_DGRAM, 0, 0, 0, 0);
	printf("socket %d %d %d\n", s > 2, t > 2, fcntl(s, F_GETFD));
	say("bind",
	    sockets_call(2, SYS_bind, s, (long)&sun, sizeof(sun), 0, 0, 0));
	say("bind",
	    sockets_call(2, SYS_bind, s, (long)&sun, sizeof(sun), 0, 0, 0));
	send_rights(t, s, "sock", 5);
	say("connect",
	    sockets_call(3, SYS_connect, t, (long)&sun, sizeof(sun), 0, 0, 0));
	send_rights(t, s, "", 0);
	say("sendto",
	    sockets_call(11, SYS_sendto, t, (long)"abc", 3, 0, (long)&sun,
		sizeof(sun)));
	say("recvfrom",
	    sockets_call(12, SYS_recvfrom, s, (long)out, 16, MSG_DONTWAIT, 0,
		0));
	if (!own_numbers) {
		say("send", sockets_call(9, 0, t, (long)"abcd", 4, 0, 0, 0));
		say("recv",
		    sockets_call(10, 0, s, (long)out, 16, MSG_DONTWAIT, 0, 0));
	}
	memset(many, 0, sizeof(many));
	many[0].msg_hdr.msg_iov = many[1].msg_hdr.msg_iov = &part;
	many[0].msg_hdr.msg_iovlen = many[1].msg_hdr.msg_iovlen = 1;
	say("sendmmsg",
	    sockets_call(20, SYS_sendmmsg, t, (long)many, 2, 0, 0, 0));
	printf("%u %u\n", many[0].msg_len, many[1].msg_len);
	say("setsockopt",
	    sockets_call(14, SYS_setsockopt, s, SOL_SOCKET, SO_RCVTIMEO,
		(long)&limit, sizeof(limit), 0));
	say("setsockopt",
	    sockets_call(14, SYS_setsockopt, s, SOL_SOCKET, SO_RCVTIMEO,
		(long)&limit, 4, 0));
	say("getsockopt",
	    sockets_call(15, SYS_getsockopt, s, SOL_SOCKET, SO_TYPE,
		(long)&value, (long)&len, 0));
	printf("%d %u\n", value, (unsigned int)len);
	say("listen", sockets_call(4, SYS_listen, s, 1, 0, 0, 0, 0));
	say("shutdown", sockets_call(13, SYS_shutdown, s, 1, 0, 0, 0, 0));
	say("none", syscall(SYS_socketcall, 0, &len));
	say("none", syscall(SYS_socketcall, 21, &len));
	say("fault", syscall(SYS_socketcall, 1, NOWHERE));
	say("domain", sockets_call(1, SYS_socket, 9999, 1, 0, 0, 0, 0));
	close(s);
	close(t);
}

static void *
open_often(void *path)
{
	long failed = 0;
	int i, fd;

	for (i = 0; i < 500; i++) {
		fd = open(path, O_RDONLY);
		if (fd == -1)
			failed++;
		else
			close(fd);
	}
	return (void *)failed;
}

static void
threads(void)
{
	pthread_t all[4];
	char path[4096];
	void *failed;
	size_t i;

	strcpy(path, in("file"));
	for (i = 0; i < NELEMS(all); i++)
		if (pthread_create(&all[i], NULL, open_often, path) != 0)
			errx(1, "pthread_create");
	for (i = 0; i < NELEMS(all); i++) {
		pthread_join(all[i], &failed);
		printf("thread %zu failed %ld\n", i, (long)failed);
	}
}

int
main(int argc, char **argv)
{
	if (argc != 3 || chdir(argv[2]) == -1)
		errx(2, "usage: layouts folder work");
	folder = argv[1];
	umask(022);
	stats();
	stats_at();
	file_systems();
	openings();
	sizes();
	owners();
	times();
	entries();
	signals();
	sockets();
	own_numbers = true;
	sockets();
	threads();
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * devnode HOME: tries to reach the device node /dev/bpf0 (device 1:5) in every
 * way that there is for a process, and prints what came of each: "given" if
 * what was opened is that device and can be read and written, else the errno.
 * HOME holds links that tests/e2e/device.sh made.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <linux/openat2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/old_gate.h"

#define NODE "/dev/bpf0"

static const char *self;

static void
say(const char *what, long result)
{
	printf("%s: %s\n", what, result == -1 ? strerrorname_np(errno) : "0");
	(void)fflush(stdout);
}

static int
is_usable(int fd, int writes)
{
	char byte = 'x';
	struct stat st;

	if (fstat(fd, &st) == -1 || !S_ISCHR(st.st_mode) ||
	    st.st_rdev != makedev(1, 5))
		return 0;
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_WRONLY &&
	    (read(fd, &byte, 1) != 1 || byte != 0))
		return 0;
	return !writes || write(fd, "x", 1) == 1;
}

static void
got(const char *what, int fd, int writes)
{
	int error = errno;

	if (fd == -1)
		printf("%s: %s\n", what, strerrorname_np(error));
	else
		printf("%s: %s\n", what,
		    is_usable(fd, writes) ? "given" : "other");
	(void)fflush(stdout);
	close(fd);
}

static void
by_flags(void)
{
	int fd;

	got("rdwr", open(NODE, O_RDWR), 1);
	got("wronly", open(NODE, O_WRONLY), 1);
	got("rdonly", open(NODE, O_RDONLY), 0);
	got("append", open(NODE, O_RDWR | O_APPEND), 1);
	got("trunc", open(NODE, O_RDWR | O_TRUNC), 1);
	got("creat", open(NODE, O_RDWR | O_CREAT, 0666), 1);
	got("excl", open(NODE, O_RDWR | O_CREAT | O_EXCL, 0666), 1);
	got("nofollow", open(NODE, O_RDWR | O_NOFOLLOW), 1);
	got("directory", open(NODE, O_RDWR | O_DIRECTORY), 1);
	got("tmpfile", open("/dev", O_RDWR | O_TMPFILE, 0666), 1);
	got("creat()", creat(NODE, 0666), 1);
	fd = open(NODE, O_RDWR);
	printf("close-on-exec: %d\n", fcntl(fd, F_GETFD));
	/* by the magic link of what is open: the same object and name */
	got("reopened", open("/proc/self/fd/3", O_RDWR), 1);
	close(fd);
}

static void
by_path(const char *home)
{
	struct open_how how = { .flags = O_RDWR };
	int dev, shm;

	got("dots", open("/dev/../dev/./bpf0", O_RDWR), 1);
	got("slashes", open("//dev///bpf0", O_RDWR), 1);
	got("slash", open(NODE "/", O_RDWR), 1);
	got("through it", open(NODE "/../bpf0", O_RDWR), 1);
	got("root link", open("/proc/self/root" NODE, O_RDWR), 1);
	got("bpf1", open("/dev/bpf1", O_RDWR), 1);
	got("bpf01", open("/dev/bpf01", O_RDWR), 1);
	got("case", open("/dev/BPF0", O_RDWR), 1);
	dev = open("/dev", O_RDONLY | O_DIRECTORY);
	shm = open("/dev/shm", O_RDONLY | O_DIRECTORY);
	got("dirfd", openat(dev, "bpf0", O_RDWR), 1);
	got("dirfd up", openat(shm, "../bpf0", O_RDWR), 1);
	got("dirfd bpf1", openat(dev, "bpf1", O_RDWR), 1);
	got("openat2",
	    (int)syscall(SYS_openat2, dev, "bpf0", &how, sizeof(how)), 1);
	how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
	got("openat2 beneath",
	    (int)syscall(SYS_openat2, dev, "bpf0", &how, sizeof(how)), 1);
	close(dev);
	close(shm);
	if (chdir("/dev/shm") == -1)
		err(1, "/dev/shm");
	got("cwd up", open("../bpf0", O_RDWR), 1);
	if (chdir(home) == -1)
		err(1, "%s", home);
	got("link", open("link", O_RDWR), 1);
	got("link nofollow", open("link", O_RDWR | O_NOFOLLOW), 1);
	got("link to bpf1", open("bpf0", O_RDWR), 1);
	got("folder link", open("devfolder/bpf0", O_RDWR), 1);
	got("same number elsewhere", open("node", O_RDWR), 1);
	got("hard link", open("/dev/e2ehard", O_RDWR), 1);
}

static void *
thread_main(void *p)
{
	(void)p;
	got("thread", open(NODE, O_RDWR), 1);
	got("thread bpf1", open("/dev/bpf1", O_RDWR), 1);
	return NULL;
}

static void
by_process(void)
{
	pthread_t thread;
	int status, fd;
	pid_t pid;

	(void)pthread_create(&thread, NULL, thread_main, NULL);
	(void)pthread_join(thread, NULL);
	pid = fork();
	if (pid == 0) {
		got("fork", open(NODE, O_RDWR), 1);
		got("fork bpf1", open("/dev/bpf1", O_RDWR), 1);
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
	pid = vfork();
	if (pid == 0) {
		fd = open(NODE, O_RDWR);
		_exit(fd == -1 ? errno : is_usable(fd, 1) ? 0 : 255);
	}
	(void)waitpid(pid, &status, 0);
	printf("vfork: %s\n",
	    status == 0 ? "given" : strerrorname_np(WEXITSTATUS(status)));
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)execl(self, self, "--once", "after exec", NULL);
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
}

static void
try_to_change(const char *home)
{
	struct timespec ts[2] = { { 1, 0 }, { 1, 0 } };
	struct sockaddr_un sun = { AF_UNIX, NODE };
	struct flock lock = { .l_type = F_WRLCK };
	char other[4096];
	int fd;

	(void)snprintf(other, sizeof(other), "%s/taken", home);
	say("unlink", unlink(NODE));
	say("unlinkat", unlinkat(AT_FDCWD, NODE, 0));
	say("rmdir", rmdir(NODE));
	say("mkdir", mkdir(NODE, 0777));
	say("rename", rename(NODE, "/dev/bpf9"));
	say("rename away", rename(NODE, other));
	say("rename over", rename("/dev/bpf1", NODE));
	say("link", link(NODE, "/dev/bpf9"));
	say("symlink", symlink("/dev/null", NODE));
	say("mknod", mknod(NODE, S_IFCHR | 0666, makedev(1, 5)));
	say("mknod beside", mknod("/dev/bpf9", S_IFREG | 0666, 0));
	say("mkfifo", mkfifo(NODE, 0666));
	say("chmod", chmod(NODE, 0666));
	say("chown", chown(NODE, getuid(), getgid()));
	say("truncate", truncate(NODE, 0));
	say("utimes", utimensat(AT_FDCWD, NODE, ts, 0));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	say("bind", bind(fd, (void *)&sun, sizeof(sun)));
	close(fd);
	/* by the descriptor that the rule gave */
	fd = open(NODE, O_RDWR);
	say("fchmod", fchmod(fd, 0666));
	say("fchown", fchown(fd, getuid(), getgid()));
	say("lock", fcntl(fd, F_SETLK, &lock));
	close(fd);
	got("create beside", open("/dev/bpf9", O_RDWR | O_CREAT, 0666), 1);
}

/* i386's open by the old gate: needs its path below 4 GB. */
static void
by_old_gate(void)
{
#if defined(__x86_64__)
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long result;

	(void)strcpy(low, NODE);
	if (!old_gate(5, (long)low, O_RDWR, 0, &result)) {
		printf("int 0x80: none\n");
	} else {
		errno = result < 0 ? (int)-result : 0;
		got("int 0x80", result < 0 ? -1 : (int)result, 1);
	}
	result = syscall(0x40000000 | SYS_open, NODE, O_RDWR, 0);
	got("x32", (int)result, 1);
#else
	printf("int 0x80: none\nx32: ENOSYS\n");
#endif
}

static void
by_other_calls(void)
{
	struct {
		struct file_handle head;
		unsigned char room[128];
	} handle = { .head = { .handle_bytes = 128 } };
	uint32_t params[32] = { 0 };
	int mount_id;

	if (name_to_handle_at(AT_FDCWD, NODE, &handle.head, &mount_id, 0) == 0)
		got("handle", open_by_handle_at(AT_FDCWD, &handle.head, O_RDWR),
		    1);
	else
		say("handle", -1);
	say("io_uring", syscall(425, 4, params));
	say("chroot", chroot("/dev"));
	say("stat", access(NODE, F_OK));
	say("access", access(NODE, W_OK));
}

int
main(int argc, char *argv[])
{
	char line[16];

	self = argv[0];
	if (argc == 3 && strcmp(argv[1], "--wait") == 0) {
		printf("ready\n");
		(void)fflush(stdout);
		if (fgets(line, sizeof(line), stdin) != NULL)
			got(argv[2], open(NODE, O_RDWR), 1);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "--once") == 0) {
		got(argv[2], open(NODE, O_RDWR), 1);
		return 0;
	}
	/* the node was taken away: nothing may make another */
	if (argc == 2 && strcmp(argv[1], "--gone") == 0) {
		got("gone", open(NODE, O_RDWR), 1);
		got("gone creat", open(NODE, O_RDWR | O_CREAT, 0666), 1);
		got("gone excl", open(NODE, O_RDWR | O_CREAT | O_EXCL, 0666),
		    1);
		say("gone mknod", mknod(NODE, S_IFREG | 0666, 0));
		return 0;
	}
	if (argc != 2)
		errx(2, "usage: devnode home");
	by_flags();
	by_path(argv[1]);
	by_process();
	by_old_gate();
	by_other_calls();
	try_to_change(argv[1]);
	got("still there", open(NODE, O_RDWR), 1);
	return 0;
}

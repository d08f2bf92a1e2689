/* SPDX-License-Identifier: ISC */
/*
 * mounts STEP ...: each is printed with its result. Parts of a step are
 * separated by blanks, `-` is none at all, numbers may be hex.
 *	m SOURCE TARGET TYPE FLAGS DATA		mount
 *	u TARGET FLAGS				umount2
 *	e TARGET	mount of ramfs, its options at the end of what there is
 *	b TARGET	mount with a bad pointer for options
 *	f TARGET	mount of a FUSE file system on /dev/fuse, opened
 *	F TARGET	the same with a descriptor that is none
 *	n		a mount space of its own
 *	o		fsopen of tmpfs
 *	t PATH		open_tree
 *	c PATH		chdir
 */
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARTS 6

static void
say(const char *step, long result)
{
	printf("%s: %s\n", step, result == -1 ? strerrorname_np(errno) : "0");
	(void)fflush(stdout);
}

static const char *
text(const char *part)
{
	return strcmp(part, "-") == 0 ? NULL : part;
}

/* Options that end where the memory does. */
static long
mount_at_end(const char *target)
{
	char *room = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)munmap(room + 4096, 4096);
	memcpy(room + 4096 - 9, "mode=755", 9);
	return mount("none", target, "ramfs", 0, room + 4096 - 9);
}

static long
mount_fuse(const char *target, int fd)
{
	char data[128];

	if (fd == -1)
		return -1;
	(void)snprintf(data, sizeof(data),
	    "rootmode=40000,fd=%d,user_id=%u,group_id=%u", fd, getuid(),
	    getgid());
	return mount("thing", target, "fuse", 0, data);
}

static long
do_step(const char *step)
{
	char copy[8192], *at = copy, *parts[PARTS] = { NULL };
	size_t i;

	(void)snprintf(copy, sizeof(copy), "%s", step);
	for (i = 0; i < PARTS && at != NULL; i++)
		parts[i] = strsep(&at, " ");
	switch (parts[0][0]) {
	case 'm':
		return mount(text(parts[1]), text(parts[2]), text(parts[3]),
		    strtoul(parts[4], NULL, 0), text(parts[5]));
	case 'u':
		return umount2(parts[1], (int)strtoul(parts[2], NULL, 0));
	case 'e':
		return mount_at_end(parts[1]);
	case 'b':
		return syscall(SYS_mount, "none", parts[1], "ramfs", 0L, 8L);
	case 'f':
		return mount_fuse(parts[1],
		    fcntl(open("/dev/fuse", O_RDWR), F_DUPFD, 77));
	case 'F':
		return mount_fuse(parts[1], 78);
	case 'n':
		return unshare(CLONE_NEWNS);
	case 'o':
		return syscall(SYS_fsopen, "tmpfs", 0);
	case 't':
		return syscall(SYS_open_tree, AT_FDCWD, parts[1], 0);
	case 'c':
		return chdir(parts[1]);
	default:
		errx(2, "%s: what?", step);
	}
}

int
main(int argc, char *argv[])
{
	int i;

	for (i = 1; i < argc; i++)
		say(argv[i], do_step(argv[i]));
	return 0;
}

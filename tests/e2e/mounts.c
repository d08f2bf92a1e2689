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
 *	a PATH FLAGS SET CLEAR SPREAD	mount_setattr
 *	A PATH SIZE	mount_setattr with a struct of that size, and that at
 *			an address that is none where the size is even
 *	i PATH FD	mount_setattr with a user space that the descriptor is
 *	I PATH PID	the same with that process's, at a number of its own
 *	v FROM TO FLAGS	move_mount
 *	V FROM TO FLAGS	move_mount of opened folders
 *	q CMD DEVICE ID	quotactl
 *	Q CMD PATH ID	quotactl_fd
 *	O TYPE FLAGS	fsopen
 *	S CMD KEY VALUE AUX	fsconfig of that
 *	M ATTRIBUTES	fsmount of that
 *	T PATH FLAGS	open_tree, cloned by flag 1
 *	P TARGET FLAGS	move_mount of what the two before gave
 *	D PATH		opens what is below that
 *	y KEY ONE OTHER	fsconfig again and again, its value changing
 *	w		opens /dev/fuse, as number 77
 *	r PATH		mount_setattr again and again, its memory changing
 */
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/quota.h>
#include <sys/syscall.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARTS 6
#define ROUNDS 400
#define ROUNDS_MAX (100 * ROUNDS)
#define FLIPS 5000000
#define TAKEN_MAX 300

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
set_attr(char **parts)
{
	struct mount_attr attr = {
		.attr_set = strtoul(parts[3], NULL, 0),
		.attr_clr = strtoul(parts[4], NULL, 0),
		.propagation = strtoul(parts[5], NULL, 0),
	};

	return syscall(SYS_mount_setattr, AT_FDCWD, parts[1],
	    strtoul(parts[2], NULL, 0), &attr, sizeof(attr));
}

static long
set_sized(const char *path, unsigned long size)
{
	static unsigned char room[8192] = { MOUNT_ATTR_RDONLY };

	room[40] = size == 41; /* of what no kernel knows */
	return syscall(SYS_mount_setattr, AT_FDCWD, path, 0,
	    size % 2 == 0 ? (void *)8 : room, size);
}

static long
map_users(const char *path, int fd)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (uint64_t)fd,
	};

	return syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &attr,
	    sizeof(attr));
}

static int
user_space(const char *pid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%s/ns/user", pid);
	return fcntl(open(path, O_RDONLY), F_DUPFD, 77);
}

static struct mount_attr flipped = { .attr_set = MOUNT_ATTR_RDONLY };
static atomic_bool over;
static atomic_long flips;

static void *
flip(void *unused)
{
	volatile __u64 *clear = &flipped.attr_clr;

	while (!atomic_load(&over)) {
		*clear = 0;
		atomic_fetch_add(&flips, 1);
		*clear = MOUNT_ATTR_NOSUID;
		atomic_fetch_add(&flips, 1);
	}
	return unused;
}

/* Where one of the two hardly runs the other may meet but one value: then
   it takes longer. */
static bool
must_go_on(int rounds, long start, long result)
{
	return rounds < ROUNDS || atomic_load(&flips) - start < FLIPS ||
	    (result != 0 && rounds < ROUNDS_MAX);
}

/* 0: it was done at least once. */
static long
set_racing(const char *path)
{
	long result = -1;
	pthread_t thread;
	long start;
	int i;

	if (pthread_create(&thread, NULL, flip, NULL) != 0)
		return -1;
	start = atomic_load(&flips);
	for (i = 0; must_go_on(i, start, result); i++)
		if (syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &flipped,
			sizeof(flipped)) == 0)
			result = 0;
	atomic_store(&over, true);
	(void)pthread_join(thread, NULL);
	return result;
}

static long
move_opened(const char *from, const char *to, unsigned long flags)
{
	int source = open(from, O_PATH), target = open(to, O_PATH);

	return syscall(SYS_move_mount, source, "", target, "",
	    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH | flags);
}

static long
ask_quota(const char *cmd, const char *on, const char *id, bool by_fd)
{
	static unsigned char room[512];
	unsigned int number = (unsigned int)strtoul(cmd, NULL, 0);
	int who = (int)strtoul(id, NULL, 0);
	void *addr = (number >> SUBCMDSHIFT) == Q_QUOTAON ?
	    (void *)"/etc/passwd" :
	    room;

	if (by_fd)
		return syscall(SYS_quotactl_fd, open(on, O_RDONLY), number, who,
		    addr);
	return syscall(SYS_quotactl, number, on, who, addr);
}

static int context = -1, tree = -1;

static long
keep(int *where, long fd)
{
	*where = (int)fd;
	return fd;
}

static long
configure(char **parts)
{
	return syscall(SYS_fsconfig, context, strtoul(parts[1], NULL, 0),
	    text(parts[2]), text(parts[3]), (int)strtol(parts[4], NULL, 0));
}

static char value[16];
static const char *values[2];

static void *
flip_value(void *unused)
{
	volatile char *at = value;
	size_t i, n = strlen(value);

	while (!atomic_load(&over)) {
		for (i = 0; i < n; i++)
			at[i] = values[atomic_load(&flips) % 2][i];
		atomic_fetch_add(&flips, 1);
	}
	return unused;
}

/* 0: it was done at least once. */
static long
configure_racing(char **parts)
{
	long result = -1, start, taken = 0;
	pthread_t thread;
	int i;

	values[0] = parts[2];
	values[1] = parts[3];
	(void)snprintf(value, sizeof(value), "%s", parts[2]);
	if (pthread_create(&thread, NULL, flip_value, NULL) != 0)
		return -1;
	start = atomic_load(&flips);
	/* What is taken adds to its options, for which there is one page. */
	for (i = 0; taken < TAKEN_MAX && must_go_on(i, start, result); i++)
		if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING,
			parts[1], value, 0) == 0) {
			result = 0;
			taken++;
		}
	atomic_store(&over, true);
	(void)pthread_join(thread, NULL);
	return result;
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
	case 'a':
		return set_attr(parts);
	case 'A':
		return set_sized(parts[1], strtoul(parts[2], NULL, 0));
	case 'i':
		return map_users(parts[1], (int)strtoul(parts[2], NULL, 0));
	case 'I':
		return map_users(parts[1], user_space(parts[2]));
	case 'O':
		return keep(&context,
		    syscall(SYS_fsopen, parts[1], strtoul(parts[2], NULL, 0)));
	case 'S':
		return configure(parts);
	case 'M':
		return keep(&tree,
		    syscall(SYS_fsmount, context, 0,
			strtoul(parts[1], NULL, 0)));
	case 'T':
		return keep(&tree,
		    syscall(SYS_open_tree, AT_FDCWD, parts[1],
			strtoul(parts[2], NULL, 0)));
	case 'P':
		return syscall(SYS_move_mount, tree, "", AT_FDCWD, parts[1],
		    MOVE_MOUNT_F_EMPTY_PATH | strtoul(parts[2], NULL, 0));
	case 'y':
		return configure_racing(parts);
	case 'D':
		return openat(tree, parts[1], O_RDONLY);
	case 'w':
		return fcntl(open("/dev/fuse", O_RDWR), F_DUPFD, 77);
	case 'r':
		return set_racing(parts[1]);
	case 'v':
		return syscall(SYS_move_mount, AT_FDCWD, parts[1], AT_FDCWD,
		    parts[2], strtoul(parts[3], NULL, 0));
	case 'V':
		return move_opened(parts[1], parts[2],
		    strtoul(parts[3], NULL, 0));
	case 'q':
	case 'Q':
		return ask_quota(parts[1], text(parts[2]), parts[3],
		    parts[0][0] == 'Q');
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

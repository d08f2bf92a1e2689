/* SPDX-License-Identifier: ISC */
/*
 * A file system that is its user's, and root's everybody's: each file is
 * served under its last name from the folder that is mounted, executable by
 * all. It takes its time for what it says of a file, or of one that it has not,
 * and for what it reads if that is asked for; it lies: whoever opens a file the
 * nth time gets the nth of those after "--".
 *
 * What is named "link" is one, to what it holds.
 *
 * usage: fuse folder uid[+][m] milliseconds file ... [-- file ...]
 * With + it is everybody's as well (as user_allow_other in fuse.conf(5) makes
 * it), and says that its files are root's; with m, that they carry the mark. It
 * mounts itself and prints "ready"; the mount goes with its namespace.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include <linux/capability.h>
#include <linux/fuse.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 16
#define FIRST_FILE 2 /* 1 is the folder */
#define REPLY_MAX 131072

static struct {
	const char *name;
	int fd;
} files[FILES_MAX];
static size_t nfiles;
static const char *lies[FILES_MAX];
static size_t nlies, nopens;
static struct timespec delay;
static uid_t uid, owner;
static bool everybody, marked;
static int device;

static void
reply(const struct fuse_in_header *in, int error, const void *data, size_t len)
{
	static char buf[REPLY_MAX + sizeof(struct fuse_out_header)];
	struct fuse_out_header out = { 0 };

	out.unique = in->unique;
	out.error = -error;
	out.len = (uint32_t)(sizeof(out) + len);
	memcpy(buf, &out, sizeof(out));
	if (len > 0)
		memcpy(buf + sizeof(out), data, len);
	/* Whoever asked may be gone. */
	(void)write(device, buf, out.len);
}

static bool
is_link(uint64_t node)
{
	return strcmp(files[node - FIRST_FILE].name, "link") == 0;
}

static void
fill(struct fuse_attr *attr, uint64_t node)
{
	struct stat st = { 0 };

	attr->ino = node;
	attr->uid = attr->gid = owner;
	attr->nlink = 1;
	attr->mode = S_IFDIR | 0755;
	if (node == FUSE_ROOT_ID)
		return;
	(void)fstat(files[node - FIRST_FILE].fd, &st);
	attr->mode = is_link(node) ? S_IFLNK | 0777 : S_IFREG | 0755;
	attr->size = (uint64_t)st.st_size;
	attr->blocks = (attr->size + 511) / 512;
}

static void
look_up(const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out out = { 0 };
	size_t i;

	for (i = 0; i < nfiles && strcmp(files[i].name, name) != 0; i++)
		continue;
	if (i == nfiles) {
		(void)nanosleep(&delay, NULL);
		reply(in, ENOENT, NULL, 0);
		return;
	}
	out.nodeid = FIRST_FILE + i;
	fill(&out.attr, out.nodeid);
	reply(in, 0, &out, sizeof(out));
}

static void
describe(const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { 0 };

	if (in->nodeid != FUSE_ROOT_ID)
		(void)nanosleep(&delay, NULL);
	fill(&out.attr, in->nodeid);
	reply(in, 0, &out, sizeof(out));
}

static void
open_file(const struct fuse_in_header *in)
{
	struct fuse_open_out out = { 0 };
	int fd = files[in->nodeid - FIRST_FILE].fd;

	if (nlies > 0)
		fd = open(lies[nopens < nlies ? nopens : nlies - 1], O_RDONLY);
	nopens++;
	out.fh = (uint64_t)fd;
	reply(in, 0, &out, sizeof(out));
}

static void
read_file(const struct fuse_in_header *in, const struct fuse_read_in *what)
{
	static char buf[REPLY_MAX];
	size_t size = what->size < sizeof(buf) ? what->size : sizeof(buf);
	ssize_t n;

	n = pread((int)what->fh, buf, size, (off_t)what->offset);
	reply(in, n == -1 ? EIO : 0, buf, n == -1 ? 0 : (size_t)n);
}

static void
agree(const struct fuse_in_header *in, const struct fuse_init_in *what)
{
	struct fuse_init_out out = { 0 };

	out.major = FUSE_KERNEL_VERSION;
	out.minor = 31;
	out.max_readahead = what->max_readahead;
	out.max_write = 4096;
	reply(in, 0, &out, sizeof(out));
}

/* What root alone may give a file of a real file system. */
static void
describe_more(const struct fuse_in_header *in,
    const struct fuse_getxattr_in *what)
{
	const struct vfs_cap_data mark = {
		.magic_etc = VFS_CAP_REVISION_2,
		.data[1].inheritable = 1U << (CAP_BLOCK_SUSPEND - 32),
	};
	const struct fuse_getxattr_out size = { .size = XATTR_CAPS_SZ_2 };

	if (!marked)
		reply(in, ENOSYS, NULL, 0);
	else if (strcmp((const char *)(what + 1), "security.capability") != 0)
		reply(in, ENODATA, NULL, 0);
	else if (what->size == 0)
		reply(in, 0, &size, sizeof(size));
	else
		reply(in, 0, &mark, XATTR_CAPS_SZ_2);
}

static void
read_link(const struct fuse_in_header *in)
{
	char target[512];
	ssize_t n = pread(files[in->nodeid - FIRST_FILE].fd, target,
	    sizeof(target), 0);

	reply(in, n > 0 ? 0 : EIO, target, n > 0 ? (size_t)n : 0);
}

static void
serve(const struct fuse_in_header *in, const void *what)
{
	switch (in->opcode) {
	case FUSE_INIT:
		agree(in, what);
		break;
	case FUSE_LOOKUP:
		look_up(in, what);
		break;
	case FUSE_GETATTR:
		describe(in);
		break;
	case FUSE_GETXATTR:
		describe_more(in, what);
		break;
	case FUSE_READLINK:
		read_link(in);
		break;
	case FUSE_OPEN:
		open_file(in);
		break;
	case FUSE_READ:
		read_file(in, what);
		break;
	case FUSE_RELEASE:
	case FUSE_FLUSH:
		reply(in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(in, ENOSYS, NULL, 0);
	}
}

static void
add(const char *path)
{
	if (nfiles == FILES_MAX)
		errx(2, "too many files");
	files[nfiles].name = strrchr(path, '/') + 1;
	files[nfiles].fd = open(path, O_RDONLY);
	if (files[nfiles++].fd == -1)
		err(1, "%s", path);
}

static void
mount_at(const char *folder)
{
	char options[128];

	device = open("/dev/fuse", O_RDWR);
	(void)snprintf(options, sizeof(options),
	    "fd=%d,rootmode=40000,user_id=%u,group_id=%u%s", device, uid, uid,
	    everybody ? ",allow_other" : "");
	if (device == -1 ||
	    mount("user_id=0,privd", folder, "fuse", MS_NOSUID | MS_NODEV,
		options) == -1)
		err(1, "%s", folder);
}

int
main(int argc, char *argv[])
{
	static union {
		struct fuse_in_header header;
		char bytes[REPLY_MAX];
	} in;
	long milliseconds;
	int i;

	if (argc < 5)
		errx(2, "usage: fuse folder uid milliseconds file ...");
	uid = owner = (uid_t)atoi(argv[2]);
	everybody = uid == 0;
	if (strchr(argv[2], '+') != NULL) {
		everybody = true;
		owner = 0;
	}
	marked = strchr(argv[2], 'm') != NULL;
	milliseconds = atol(argv[3]);
	delay.tv_sec = milliseconds / 1000;
	delay.tv_nsec = milliseconds % 1000 * 1000000;
	for (i = 4; i < argc && strcmp(argv[i], "--") != 0; i++)
		add(argv[i]);
	for (i++; i < argc && nlies < FILES_MAX; i++)
		lies[nlies++] = argv[i];
	mount_at(argv[1]);
	puts("ready");
	(void)fflush(stdout);
	while (read(device, &in, sizeof(in)) != -1 || errno == EINTR ||
	    errno == ENOENT)
		serve(&in.header, in.bytes + sizeof(in.header));
	return 0;
}

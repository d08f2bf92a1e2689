/* SPDX-License-Identifier: ISC */
/*
 * Attack 6: a process outside, in a user and mount namespace of its own, binds
 * a file over another one and gives a folder of that namespace to whoever
 * connects. Where there is no other one, its folder is another there, and it is
 * made. The taker opens names below it. Each line that the taker says is what
 * came of an open: the first word of the file, or the errno's name.
 *
 * usage: foreign-mounts give socket file over folder
 *        foreign-mounts take socket name-below-the-folder absolute-name
 */
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

static int
unix_socket(struct sockaddr_un *address, const char *path)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	if (s == -1)
		err(1, "socket");
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	(void)snprintf(address->sun_path, sizeof(address->sun_path), "%s",
	    path);
	return s;
}

static void
tell_kernel(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		err(1, "%s", path);
	(void)close(fd);
}

/* Only who has ids there can make files. */
static void
have_ids(uid_t uid, gid_t gid)
{
	char line[64];

	tell_kernel("/proc/self/setgroups", "deny");
	(void)snprintf(line, sizeof(line), "%u %u 1", uid, uid);
	tell_kernel("/proc/self/uid_map", line);
	(void)snprintf(line, sizeof(line), "%u %u 1", gid, gid);
	tell_kernel("/proc/self/gid_map", line);
}

/* A file system of its own in the file's folder, with the file. */
static bool
make_missing(const char *path, const char *folder)
{
	int fd;

	if (access(path, F_OK) == 0 || errno != ENOENT)
		return true;
	if (mount("none", folder, "tmpfs", 0, NULL) == -1)
		return false;
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd == -1)
		return false;
	(void)close(fd);
	return true;
}

/* The number of the mount that a file lies on, which others do not see. */
static unsigned long long
mount_of(const char *path)
{
	struct statx stx;

	if (statx(AT_FDCWD, path, 0, STATX_MNT_ID, &stx) == -1)
		err(1, "%s", path);
	return stx.stx_mnt_id;
}

static int
give(char *argv[])
{
	struct sockaddr_un address;
	union control control;
	char byte = 0;
	struct iovec one = { &byte, 1 };
	struct msghdr message = { .msg_iov = &one, .msg_iovlen = 1 };
	uid_t uid = getuid();
	gid_t gid = getgid();
	int s, c, folder;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1) {
		printf("refused: %s\n", strerrorname_np(errno));
		return 0;
	}
	have_ids(uid, gid);
	if (!make_missing(argv[4], argv[5]) ||
	    mount(argv[3], argv[4], NULL, MS_BIND, NULL) == -1) {
		printf("refused: %s\n", strerrorname_np(errno));
		return 0;
	}
	folder = open(argv[5], O_PATH | O_DIRECTORY);
	s = unix_socket(&address, argv[2]);
	if (folder == -1 ||
	    bind(s, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(s, 5) == -1)
		err(1, "%s", argv[2]);
	printf("ready %llu\n", mount_of(argv[4]));
	fflush(stdout);
	message.msg_control = &control;
	message.msg_controllen = sizeof(control.space);
	memset(&control, 0, sizeof(control));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &folder, sizeof(int));
	while ((c = accept(s, NULL, NULL)) != -1) {
		(void)sendmsg(c, &message, MSG_NOSIGNAL);
		(void)close(c);
	}
	return 1;
}

static void
tell(const char *how, int fd)
{
	char text[64] = "";

	if (fd == -1) {
		printf("%s %s\n", how, strerrorname_np(errno));
		return;
	}
	(void)read(fd, text, sizeof(text) - 1);
	text[strcspn(text, " \n")] = '\0';
	printf("%s %s\n", how, text);
	(void)close(fd);
}

static int
take(char *argv[])
{
	struct sockaddr_un address;
	union control control;
	char byte;
	struct iovec one = { &byte, 1 };
	struct msghdr message = { .msg_iov = &one, .msg_iovlen = 1 };
	int s = unix_socket(&address, argv[2]), folder;

	message.msg_control = &control;
	message.msg_controllen = sizeof(control.space);
	if (connect(s, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    recvmsg(s, &message, 0) != 1 || CMSG_FIRSTHDR(&message) == NULL)
		err(1, "%s", argv[2]);
	memcpy(&folder, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	tell("honest", open(argv[4], O_RDONLY));
	tell("below", openat(folder, argv[3], O_RDONLY));
	if (fchdir(folder) == -1)
		err(1, "fchdir");
	tell("inside", open(argv[3], O_RDONLY));
	tell("again", open(argv[4], O_RDONLY));
	return 0;
}

int
main(int argc, char *argv[])
{
	(void)alarm(60);
	if (argc == 6 && strcmp(argv[1], "give") == 0)
		return give(argv);
	if (argc == 5 && strcmp(argv[1], "take") == 0)
		return take(argv);
	errx(2, "usage: foreign-mounts give|take socket ...");
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 6: a process outside, in a user and mount namespace of its own, binds
 * a file over another one and gives a folder of that namespace to whoever
 * connects. The taker opens names below it. Each line that the taker says is
 * what came of an open: the first word of the file, or the errno's name.
 *
 * usage: foreign-mounts give socket file over folder
 *        foreign-mounts take socket name-below-the-folder absolute-name
 */
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
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

static int
give(char *argv[])
{
	struct sockaddr_un address;
	union control control;
	char byte = 0;
	struct iovec one = { &byte, 1 };
	struct msghdr message = { .msg_iov = &one, .msg_iovlen = 1 };
	int s, c, folder;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1 ||
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
	printf("ready\n");
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

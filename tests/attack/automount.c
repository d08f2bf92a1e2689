/* SPDX-License-Identifier: ISC */
/*
 * Attack 28: an automount. Whatever is looked for in the folder is mounted when
 * it is looked for: a file system in memory with one file, "file". It says
 * "ready", and ends when it is killed.
 *
 * usage: automount folder
 */
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <linux/auto_fs.h>

#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static int
mount_one(const char *folder, const char *name)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (mkdir(path, 0755) == -1 ||
	    mount("none", path, "tmpfs", 0, "size=64k,mode=755") == -1)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/%s/file", folder, name);
	fd = open(path, O_WRONLY | O_CREAT, 0644);
	if (fd == -1 || write(fd, "word\n", 5) != 5)
		return -1;
	return close(fd);
}

int
main(int argc, char *argv[])
{
	union autofs_v5_packet_union packet;
	char options[128];
	int pipes[2], folder, result;

	if (argc != 2)
		errx(2, "usage: automount folder");
	/* Its own process group: whose look is not waited for. */
	if (setpgid(0, 0) == -1 || pipe2(pipes, O_CLOEXEC | O_DIRECT) == -1)
		err(1, NULL);
	(void)snprintf(options, sizeof(options),
	    "fd=%d,pgrp=%d,minproto=5,maxproto=5,indirect", pipes[1], getpid());
	if (mount("none", argv[1], "autofs", 0, options) == -1)
		err(1, "%s", argv[1]);
	close(pipes[1]);
	folder = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder == -1)
		err(1, "%s", argv[1]);
	puts("ready");
	(void)fflush(stdout);
	while (read(pipes[0], &packet, sizeof(packet)) > 0) {
		if (packet.hdr.type != autofs_ptype_missing_indirect)
			continue;
		result = mount_one(argv[1], packet.missing_indirect.name);
		if (ioctl(folder,
			result == 0 ? AUTOFS_IOC_READY : AUTOFS_IOC_FAIL,
			packet.missing_indirect.wait_queue_token) == -1)
			err(1, "answer");
	}
	return 0;
}

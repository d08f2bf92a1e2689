/* SPDX-License-Identifier: ISC */
/*
 * Attack 43: what number does a call return? For each line "NAME INODE" of its
 * standard input the file is opened, and it is said whether the number is a
 * new descriptor of that file ("own"), or which error there was, or that the
 * number is something else ("wrong").
 *
 * usage: numbers
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
try(const char *path, unsigned long long inode)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd == -1) {
		printf("%s\n", strerrorname_np(errno));
		return;
	}
	if (fd > STDERR_FILENO && fstat(fd, &st) == 0 && st.st_ino == inode &&
	    fcntl(fd, F_GETFD) == FD_CLOEXEC)
		printf("own\n");
	else
		printf("wrong %d\n", fd);
	if (fd > STDERR_FILENO)
		close(fd);
}

int
main(void)
{
	char line[8192], *name, *inode;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		name = strtok(line, " \n");
		inode = strtok(NULL, " \n");
		if (name == NULL || inode == NULL)
			break;
		try(name, strtoull(inode, NULL, 10));
	}
	return 0;
}

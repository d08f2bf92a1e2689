/* SPDX-License-Identifier: ISC */
/*
 * Attack 11: the first process of a process namespace adopts orphans. One that
 * another program left behind there hides where its image was laid out, and
 * opens a file.
 *
 * usage: adopter other-name file
 */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/capability.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *
try_to_open(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC) == -1 ? strerrorname_np(errno) :
							"opened";
}

/* Left behind by the other program; the first process is its parent then. */
static void
be_adopted(const char *path)
{
	int gone[2];
	char c;

	if (pipe(gone) == -1)
		err(1, "pipe");
	if (fork() != 0)
		_exit(0);
	(void)close(gone[1]);
	(void)read(gone[0], &c, 1);
	while (getppid() != 1)
		(void)sched_yield();
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	printf("orphan %s\n", try_to_open(path));
	(void)fflush(stdout);
	_exit(0);
}

/* Those of its own user namespace, with which nobody looks into it. */
static void
drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (syscall(SYS_capset, &header, none) == -1)
		err(1, "capset");
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void
be_first(const char *other, const char *path)
{
	drop_capabilities();
	printf("first %s\n", try_to_open(path));
	(void)fflush(stdout);
	if (fork() == 0) {
		(void)execl(other, other, "orphan", path, (char *)NULL);
		err(1, "%s", other);
	}
	while (wait(NULL) != -1 || errno == EINTR)
		continue;
	_exit(0);
}

int
main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "orphan") == 0)
		be_adopted(argv[2]);
	if (unshare(CLONE_NEWUSER | CLONE_NEWPID) == -1)
		err(1, "unshare");
	if (fork() == 0)
		be_first(argv[1], argv[2]);
	(void)wait(NULL);
	return 0;
}

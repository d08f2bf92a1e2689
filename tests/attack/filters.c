/* SPDX-License-Identifier: ISC */
/*
 * Attacks 22 and 41: filters of the program's own. It opens a path, puts
 * itself under a filter that does something to calls, and opens the path
 * again; or it fakes results of getuid(2) and executes another program.
 *
 * usage: filters allow|prctl|errno|trace|notify|listener path
 *        filters fake program [argument ...]
 */
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
install(uint32_t nr, uint32_t action, unsigned int flags)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(insns) / sizeof(insns[0]), insns };

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

/* The older way in. */
static int
install_by_prctl(void)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 1, insns };

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
}

static void
try_open(const char *when, const char *path)
{
	int fd = open(path, O_RDONLY);

	printf("%s %s\n", when, fd == -1 ? strerrorname_np(errno) : "opened");
	if (fd != -1)
		close(fd);
}

int
main(int argc, char *argv[])
{
	int result;

	if (argc < 3)
		errx(2, "usage: filters what path");
	if (strcmp(argv[1], "fake") == 0) {
		/* An errno of 0 is success, and 0 is root. */
		if (install(SYS_getuid, SECCOMP_RET_ERRNO, 0) == -1 ||
		    install(SYS_geteuid, SECCOMP_RET_ERRNO, 0) == -1)
			err(1, "seccomp");
		printf("uid %u\n", getuid());
		fflush(stdout);
		execv(argv[2], argv + 2);
		err(1, "%s", argv[2]);
	}
	try_open("before", argv[2]);
	if (strcmp(argv[1], "allow") == 0)
		result = install(SYS_getuid, SECCOMP_RET_ALLOW, 0);
	else if (strcmp(argv[1], "prctl") == 0)
		result = install_by_prctl();
	else if (strcmp(argv[1], "errno") == 0)
		result = install(SYS_openat, SECCOMP_RET_ERRNO | EXDEV, 0);
	else if (strcmp(argv[1], "trace") == 0)
		result = install(SYS_openat, SECCOMP_RET_TRACE, 0);
	else if (strcmp(argv[1], "notify") == 0)
		result = install(SYS_openat, SECCOMP_RET_USER_NOTIF, 0);
	else
		result = install(SYS_openat, SECCOMP_RET_USER_NOTIF,
		    SECCOMP_FILTER_FLAG_NEW_LISTENER);
	printf("filter %s\n", result == -1 ? strerrorname_np(errno) : "done");
	try_open("after", argv[2]);
	return 0;
}

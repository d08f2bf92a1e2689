/* SPDX-License-Identifier: ISC */
/* The Landlock domains follow landlock(7). */
#include "jail.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../compat.h"
#include "../resolve/resolve.h"
#include "jail_list.h"

int
jail_seccomp(const struct jail_rule *rules, size_t n)
{
	struct jail_program program;
	struct sock_fprog prog;

	if (jail_compile(rules, n, &program) == -1)
		return -1;
	prog.len = program.count;
	prog.filter = program.insns;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
}

void
jail_close_stderr(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(PRIVD_SANITIZE)
	(void)dup2(STDIN_FILENO, STDERR_FILENO);
#endif
}

int
jail_landlock_abi(void)
{
	long abi;

	abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	return abi < 0 ? 0 : (int)abi;
}

/* Every access to files that this kernel's Landlock can bar. */
static uint64_t
all_file_access(int abi)
{
	uint64_t access = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (abi >= 2)
		access |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		access |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		access |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return access;
}

struct ruleset_attr { /* of any ABI: the size says which */
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
};

/* A folder that a link leads to is not the one that was meant. */
static int
add_folder(int ruleset, const char *folder, uint64_t access)
{
	struct landlock_path_beneath_attr beneath;
	int result = 0;

	beneath.allowed_access = access;
	beneath.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (beneath.parent_fd == -1) /* nothing there: nothing to allow */
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	if (resolve_is_named(beneath.parent_fd, folder))
		result = (int)syscall(SYS_landlock_add_rule, ruleset,
		    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(beneath.parent_fd);
	return result;
}

static int
enter(const struct ruleset_attr *attr, size_t size,
    const struct jail_path *paths)
{
	const struct jail_path *path;
	int ruleset, error = 0;

	ruleset = (int)syscall(SYS_landlock_create_ruleset, attr, size, 0);
	if (ruleset == -1)
		return -1;
	for (path = paths; path->folder != NULL && error == 0; path++)
		if (add_folder(ruleset, path->folder,
			path->access & attr->handled_access_fs) == -1)
			error = errno;
	if (error == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		error = errno;
	close(ruleset);
	errno = error;
	return error == 0 ? 0 : -1;
}

int
jail_landlock(const struct jail_path *paths, bool net)
{
	struct ruleset_attr attr = { 0, 0 };
	int abi = jail_landlock_abi();

	if (abi == 0) {
		errno = ENOSYS;
		return -1;
	}
	attr.handled_access_fs = all_file_access(abi);
	if (abi >= 4 && !net)
		attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP |
		    LANDLOCK_ACCESS_NET_CONNECT_TCP;
	return enter(&attr, abi >= 4 ? sizeof(attr) : sizeof(uint64_t), paths);
}

/* SPDX-License-Identifier: ISC */
/*
 * The last steps before the program. The order matters: what cannot be
 * undone comes late, the filter last of all; exit(2) and write(2) are the
 * policy's to permit then.
 *
 * The guard (CAP_BLOCK_SUSPEND, which grants nothing) keeps the user's other
 * processes out of an elevated program.
 */
#include "launch.h"

#include <sys/capability.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <linux/landlock.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "badge.h"
#include "environment.h"

extern char **environ;

/* Nothing but the guard, for the program to gain or to be given. */
static int
hold_guard(void)
{
	static const cap_flag_t flags[] = { CAP_PERMITTED, CAP_EFFECTIVE,
		CAP_INHERITABLE };
	const cap_value_t guard = CAP_BLOCK_SUSPEND;
	cap_t caps = cap_init();
	int result = caps == NULL ? -1 : 0, saved;
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]) && result == 0; i++)
		result = cap_set_flag(caps, flags[i], 1, &guard, CAP_SET);
	if (result == 0)
		result = cap_set_proc(caps);
	saved = errno;
	(void)cap_free(caps);
	errno = saved;
	return result;
}

/*
 * A domain that forbids nothing (renaming and linking are allowed below the
 * root, as they are without): two guarded programs cannot rob each other, for
 * neither is in the other's domain.
 */
static int
enter_domain(void)
{
	struct landlock_ruleset_attr attr;
	struct landlock_path_beneath_attr beneath;
	int ruleset, result;

	memset(&attr, 0, sizeof(attr));
	attr.handled_access_fs = LANDLOCK_ACCESS_FS_REFER;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    sizeof(attr.handled_access_fs), 0);
	if (ruleset == -1)
		return -1;
	memset(&beneath, 0, sizeof(beneath));
	beneath.allowed_access = LANDLOCK_ACCESS_FS_REFER;
	beneath.parent_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	result = beneath.parent_fd == -1 ? -1 : 0;
	if (result == 0)
		result = (int)syscall(SYS_landlock_add_rule, ruleset,
		    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	if (result == 0)
		result = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
	if (beneath.parent_fd != -1)
		close(beneath.parent_fd);
	close(ruleset);
	return result;
}

static int
take_guard(const struct launch *launch, const char **what)
{
	const struct rlimit none = { 0, 0 };

	*what = "cannot hold the guard (CAP_BLOCK_SUSPEND)";
	if (hold_guard() == -1)
		return -1;
	*what = "cannot pass the guard on";
	if (launch->ambient &&
	    cap_set_ambient(CAP_BLOCK_SUSPEND, CAP_SET) == -1)
		return -1;
	*what = "cannot set limits";
	if (setrlimit(RLIMIT_CORE, &none) == -1 || personality(0) == -1)
		return -1;
	*what = "the session needs limits (rss, locks) as high as by default";
	if (badge_take() == -1)
		return -1;
	environment_clean(environ, launch->keep);
	return 0;
}

static int
give_up_gaining(const struct launch *launch, const char **what)
{
	*what = "no_new_privs";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	/* Who adopts orphans would be taken for their parent. */
	*what = "subreaper";
	if (prctl(PR_SET_CHILD_SUBREAPER, 0UL, 0, 0, 0) == -1)
		return -1;
	*what = "Landlock";
	if (launch->guarded && enter_domain() == -1)
		return -1;
	/* The judge must be able to read what is executed. */
	*what = "dumpable";
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* The number that the listener is going to have: the lowest that is free. */
static int
next_descriptor(void)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	if (fd != -1)
		close(fd);
	return fd;
}

int
launch_install(const struct sock_filter *insns, unsigned short count)
{
	struct sock_filter *filter;
	struct sock_fprog prog;

	memcpy(&filter, &insns, sizeof(filter)); /* the kernel only reads */
	prog.len = count;
	prog.filter = filter;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER |
		SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
	    &prog);
}

/* A filter of ours answers it for the flag alone; a kernel for the program. */
bool
launch_is_nested(void)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		   SECCOMP_FILTER_FLAG_NEW_LISTENER, NULL) == -1 &&
	    errno == EBUSY;
}

int
launch_prepare(const struct launch *launch, const char **what)
{
	int number;

	if (launch->guarded && take_guard(launch, what) == -1)
		return -1;
	if (give_up_gaining(launch, what) == -1)
		return -1;
	*what = "no descriptor is left for the session";
	number = next_descriptor();
	if (number == -1)
		return -1;
	*what = "the session is gone";
	if (launch->tell(launch->context, number) == -1)
		return -1;
	*what = "cannot install the filter";
	if (launch_install(launch->insns, launch->count) != -1)
		return 0;
	if (errno == EBUSY)
		*what = LAUNCH_NESTED;
	return -1;
}

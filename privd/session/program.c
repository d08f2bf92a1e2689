/* SPDX-License-Identifier: ISC */
/*
 * The last steps before the program. The order matters: what needs root
 * first, then what cannot be undone, the filter last of all; from then on
 * every call is the policy's to permit, exit(2) and write(2) included, so
 * failures are left in the page for the front to tell.
 *
 * The guard (architecture: CAP_BLOCK_SUSPEND, which grants nothing) keeps
 * the user's other processes out of an elevated program.
 */
#include "program.h"

#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <linux/capability.h>
#include <linux/securebits.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "channel.h"
#include "environment.h"
#include "identity.h"
#include "jail.h"
#include "page.h"
#include "session.h"

#define GUARD (1ULL << CAP_BLOCK_SUSPEND)

extern char **environ;

static void
fail(const char *what)
{
	warn("%s", what);
	_exit(SESSION_EXIT_REFUSED);
}

/* Ids and groups; capabilities are kept if the guard is to be. */
static void
take_ids(const struct session_plan *plan)
{
	const struct policy_caller *caller = &plan->caller;

	if (prctl(PR_SET_KEEPCAPS, plan->guarded ? 1UL : 0UL, 0, 0, 0) == -1 ||
	    setgroups(caller->ngroups, caller->groups) == -1 ||
	    setresgid(caller->gid, caller->gid, caller->gid) == -1 ||
	    setresuid(caller->uid, caller->uid, caller->uid) == -1)
		fail("cannot take the user's identity");
	(void)prctl(PR_SET_KEEPCAPS, 0UL, 0, 0, 0);
	if (!plan->guarded && identity_set_caps(0, 0, 0) == -1)
		fail("cannot drop capabilities");
}

static void
take_guard(const struct session_plan *plan)
{
	const struct rlimit none = { 0, 0 };

	if (identity_set_caps(GUARD, GUARD, GUARD) == -1)
		fail("cannot hold the guard (CAP_BLOCK_SUSPEND)");
	if (!plan->marked &&
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
		(unsigned long)CAP_BLOCK_SUSPEND, 0, 0) == -1)
		fail("cannot pass the guard on");
	if (setrlimit(RLIMIT_CORE, &none) == -1 || personality(0) == -1)
		fail("cannot set limits");
	environment_clean(environ);
}

/* The number that the listener is going to have: the lowest that is free. */
static int
next_descriptor(void)
{
	int fd;

	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	if (fd == -1)
		fail("no descriptor is left for the session");
	close(fd);
	return fd;
}

static void
enter_filter(const struct session_plan *plan)
{
	int listener;

	listener = notify_install(plan->filter.insns, plan->filter.count);
	if (listener != -1)
		return;
	if (errno == EBUSY)
		warnx("this program runs in a session, or in a container that "
		      "listens to system calls, already: sessions do not nest");
	else
		warn("cannot install the filter");
	_exit(SESSION_EXIT_REFUSED);
}

void
program_main(const struct session_plan *plan, struct page *page, int channel)
{
	int number;

	if (plan->separate)
		take_ids(plan);
	if (plan->guarded)
		take_guard(plan);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fail("no_new_privs");
	/* Who adopts orphans would be taken for their parent. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 0UL, 0, 0, 0) == -1)
		fail("subreaper");
	if (plan->guarded && jail_landlock_harmless() == -1)
		fail("Landlock");
	/* The judge must be able to read what is executed. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		fail("dumpable");
	number = next_descriptor();
	if (channel_send(channel, &number, sizeof(number), NULL, 0) == -1)
		fail("the session is gone");
	enter_filter(plan);
	(void)execve(plan->command, plan->options.argv, environ);
	atomic_store(&page->exec_error, errno);
	_exit(errno == ENOENT ? SESSION_EXIT_NOTFOUND : SESSION_EXIT_CANNOT);
}

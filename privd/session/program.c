/* SPDX-License-Identifier: ISC */
/*
 * The program of an embedded session, from privrun's fork to its execve: who
 * it is to be, and the last steps, which are those of any launcher. Failures
 * after these are left in the page for the front to tell.
 */
#include "program.h"

#include <sys/prctl.h>

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <unistd.h>

#include "../../client-lib/launch.h"
#include "channel.h"
#include "identity.h"
#include "page.h"
#include "session.h"

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

static int
tell_number(void *context, int number)
{
	const int *channel = context;

	return channel_send(*channel, &number, sizeof(number), NULL, 0);
}

void
program_main(const struct session_plan *plan, struct page *page, int channel)
{
	const struct launch launch = {
		.guarded = plan->guarded,
		.ambient = plan->guarded && !plan->marked,
		.insns = plan->filter.insns,
		.count = plan->filter.count,
		.tell = tell_number,
		.context = &channel,
	};
	const char *what;

	if (plan->separate)
		take_ids(plan);
	if (launch_prepare(&launch, &what) == -1)
		fail(what);
	(void)execve(plan->command, plan->options.argv, environ);
	atomic_store(&page->exec_error, errno);
	_exit(errno == ENOENT ? SESSION_EXIT_NOTFOUND : SESSION_EXIT_CANNOT);
}

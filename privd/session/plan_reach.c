/* SPDX-License-Identifier: ISC */
/*
 * Planning the program's policies, what they can reach, and the filter.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../policy/openssl.h"
#include "../resolve/resolve.h"
#include "accounts.h"
#include "closure.h"
#include "heir.h"
#include "image.h"
#include "known.h"
#include "planner.h"

int
plan_refuse(const struct planner *p, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(p->reason, p->len, fmt, ap);
	va_end(ap);
	return status;
}

bool
plan_user_folder(const char *home, char *buf, size_t len)
{
	struct stat st;

	if (home == NULL ||
	    (size_t)snprintf(buf, len, "%s/.privd", home) >= len)
		return false;
	/* Not access(2), which asks by the real uid, a judge's own: it may not
	   search homes that their users keep to themselves. Whom nobody lets
	   look hears so when it is read. */
	if (stat(buf, &st) == 0 || (errno != ENOENT && errno != ENOTDIR))
		return true;
	return (size_t)snprintf(buf, len, "%s/.systrace", home) < len;
}

static int
choose_policy(struct planner *p)
{
	struct session_plan *plan = p->plan;
	struct heir_own own;

	heir_find_own(plan->policies, plan->program, &own);
	if (!heir_of_launch(&plan->regime, &own))
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "no policy for %s: write one to %s or ~/.privd, or name "
		    "one with -f",
		    plan->program, SYSTEM_POLICIES);
	if (heir_machine(&plan->regime) == SYS_MACHINES)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "the system's policy and the user's for %s are for "
		    "different emulations: it could make no call",
		    plan->program);
	if (plan->bits != 0 &&
	    (plan->bits == 32) != (heir_machine(&plan->regime) == SYS_I386))
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "%s is a %d-bit program, and its policy is for %s: it "
		    "could make no call",
		    plan->program, plan->bits,
		    plan->bits == 32 ? "native ones; see Emulation: linux32" :
				       "linux32");
	plan->policy.first = own.system != NULL ? own.system : own.user;
	plan->policy.second = own.system != NULL ? own.user : NULL;
	return 0;
}

/*
 * The program, if it is still what was found: nothing else is opened, for the
 * daemon comes here by a name of its user's.
 */
static int
open_program(const struct session_plan *plan)
{
	char path[32];
	struct stat st;
	int found, fd = -1;

	found = open(plan->program, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (found == -1)
		return -1;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", found);
	errno = ENOENT;
	if (fstat(found, &st) == 0 && resolve_same(&st, &plan->program_st))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	close(found);
	return fd;
}

static int
check_digest(struct planner *p, const struct policy_image *image)
{
	const uint8_t *wanted;
	uint8_t digest[32];
	int fd, result;

	wanted = image == NULL ? NULL : policy_digest(image);
	if (wanted == NULL)
		return 0;
	fd = open_program(p->plan);
	result = fd == -1 ? -1 : image_digest(fd, digest);
	if (result == -1)
		(void)plan_refuse(p, SESSION_EXIT_REFUSED, "%s: %s",
		    p->plan->program, openssl_error(errno));
	if (fd != -1)
		close(fd);
	if (result == -1)
		return SESSION_EXIT_REFUSED;
	if (memcmp(wanted, digest, sizeof(digest)) != 0)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "%s: its content is not what the policy's Digest says",
		    p->plan->program);
	return 0;
}

int
plan_policies(struct planner *p)
{
	int status = choose_policy(p);

	if (status == 0)
		status = check_digest(p, p->plan->policy.first);
	if (status == 0)
		status = check_digest(p, p->plan->policy.second);
	return status;
}

/* Only what is judged of these calls is performed by the double. */
static bool
shows_processes(const struct session_plan *plan)
{
	static const enum sys_op shown[] = { SYS_OP_CONNECT, SYS_OP_SEND,
		SYS_OP_QUOTA };
	const struct sys_call *call;
	size_t i;
	bool wants;

	for (i = 0; i < sys_count(); i++) {
		call = sys_row(i);
		wants = sys_has_target(call) || call->op == shown[0] ||
		    call->op == shown[1] || call->op == shown[2];
		if (wants && sys_number(call, SYS_NATIVE) != -1 &&
		    filter_asks(&plan->filter, sys_number(call, SYS_NATIVE)))
			return true;
	}
	return false;
}

/* What the filter is made of. */
static void
take_input(struct session_plan *plan)
{
	plan->filtered = (struct filter_input){
		.closure = plan->closure,
		.nclosure = plan->nclosure,
		.guarded = plan->guarded,
		.enforcing = plan->options.automatic,
		.no_alias = plan->options.no_alias,
		.packet_filter = closure_has_fences(plan),
		.addresses = plan->addresses,
		.capable = plan->capable,
	};
}

void
plan_know_filter(struct session_plan *plan)
{
	char reason[SESSION_REASON_MAX];

	if (closure_plan(plan, reason, sizeof(reason)) == -1)
		return; /* which is said when somebody wants it */
	take_input(plan);
	known_add(&plan->filtered);
}

static int
plan_filter(struct planner *p)
{
	struct session_plan *plan = p->plan;

	take_input(plan);
	plan->has_i386 = closure_has_i386(plan);
	if (known_find(&plan->filtered, &plan->filter) ||
	    filter_build(&plan->filtered, &plan->filter) == 0) {
		plan->has_double = plan->separate &&
		    (plan->has_i386 || shows_processes(plan));
		return 0;
	}
	return plan_refuse(p, SESSION_EXIT_REFUSED,
	    errno == E2BIG ? "the policies need a larger filter than the "
			     "kernel takes" :
			     "cannot make the filter");
}

/* With -u a rule for execve leaves execveat to the default. */
static int
check_folding(struct planner *p)
{
	const struct policy_image *image;
	const struct filter_set *set;
	size_t i, j;

	for (i = 0; p->options->no_alias && i < p->plan->nclosure; i++) {
		set = &p->plan->closure[i];
		for (j = 0; j < set->count; j++) {
			image = set->images[j];
			if (policy_folds(image))
				return plan_refuse(p, SESSION_EXIT_REFUSED,
				    "the policy for %s pretends changes of "
				    "identity, and with -u permits execveat",
				    policy_program(image));
		}
	}
	return 0;
}

int
plan_reach(struct planner *p)
{
	if (closure_plan(p->plan, p->reason, p->len) == -1)
		return SESSION_EXIT_REFUSED;
	if (check_folding(p) != 0)
		return SESSION_EXIT_REFUSED;
	if (accounts_learn(p->plan->closure, p->plan->nclosure) == -1)
		return plan_refuse(p, SESSION_EXIT_REFUSED,
		    "cannot learn whom there is: %s", strerror(errno));
	return plan_filter(p);
}

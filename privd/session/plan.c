/* SPDX-License-Identifier: ISC */
/*
 * Planning a session: everything that can fail for a reason that the user
 * should read fails here, before anything is forked.
 */
#include "session.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../notify/notify.h"
#include "accounts.h"
#include "closure.h"
#include "fence.h"
#include "heir.h"
#include "identity.h"
#include "image.h"
#include "trust.h"

#define SYSTEM_POLICIES PRIVD_SYSCONFDIR "/privd/policies"
#define SYSTEM_TEMPLATES PRIVD_SYSCONFDIR "/privd/templates"

/* Where the reason goes. */
struct planner {
	const struct session_options *options;
	struct session_plan *plan;
	char *reason;
	size_t len;
};

static int refuse(const struct planner *p, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int
refuse(const struct planner *p, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(p->reason, p->len, fmt, ap);
	va_end(ap);
	return status;
}

static int
take_groups(struct planner *p, const struct passwd *pw)
{
	struct session_plan *plan = p->plan;
	int n = NGROUPS_MAX;

	plan->groups = calloc(NGROUPS_MAX + 1, sizeof(gid_t));
	if (plan->groups == NULL)
		return -1;
	if (!p->options->change_ids) {
		n = getgroups(NGROUPS_MAX, plan->groups);
	} else if (p->options->has_gid || pw == NULL) {
		plan->groups[0] = plan->caller.gid;
		n = 1;
	} else if (getgrouplist(pw->pw_name, plan->caller.gid, plan->groups,
		       &n) == -1) {
		n = -1;
	}
	if (n == -1)
		return -1;
	plan->caller.groups = plan->groups;
	plan->caller.ngroups = (size_t)n;
	return 0;
}

/* The program's user: -c's, or whoever calls. */
static int
take_caller(struct planner *p)
{
	const struct session_options *options = p->options;
	struct session_plan *plan = p->plan;
	struct passwd *pw;

	plan->root = geteuid() == 0;
	if (!plan->root && identity_keep_ambient() == -1)
		return refuse(p, SESSION_EXIT_REFUSED,
		    "cannot drop capabilities: %s", strerror(errno));
	if (options->change_ids && !plan->root)
		return refuse(p, SESSION_EXIT_REFUSED,
		    "Need to be root to change credentials.");
	plan->caller.uid = options->change_ids ? options->uid : getuid();
	plan->caller.gid = options->change_ids ? options->gid : getgid();
	pw = getpwuid(plan->caller.uid);
	if (pw != NULL) {
		plan->user = strdup(pw->pw_name);
		plan->home = strdup(pw->pw_dir);
		plan->caller.user = plan->user;
		plan->caller.home = plan->home;
	}
	if (take_groups(p, pw) == -1)
		return refuse(p, SESSION_EXIT_REFUSED,
		    "cannot learn the groups of uid %u: %s", plan->caller.uid,
		    strerror(errno));
	plan->separate = plan->root && plan->caller.uid != 0;
	plan->capable = !plan->separate && identity_permitted() != 0;
	return 0;
}

static bool
is_executable(const char *path, int *error)
{
	struct stat st;

	if (stat(path, &st) == -1) {
		if (errno != ENOENT && errno != ENOTDIR)
			*error = errno;
		return false;
	}
	if (S_ISREG(st.st_mode) && access(path, X_OK) == 0)
		return true;
	*error = EACCES;
	return false;
}

static char *
search_path(const char *name, int *error)
{
	const char *path = getenv("PATH"), *end;
	char *candidate;
	int n;

	if (path == NULL || *path == '\0')
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		       "/sbin:/bin";
	for (;; path = end + 1) {
		end = strchrnul(path, ':');
		n = asprintf(&candidate, "%.*s%s%s", (int)(end - path), path,
		    end == path ? "./" : "/", name);
		if (n == -1)
			return NULL;
		if (is_executable(candidate, error))
			return candidate;
		free(candidate);
		if (*end == '\0')
			return NULL;
	}
}

static int
find_program(struct planner *p)
{
	struct session_plan *plan = p->plan;
	const char *name = p->options->argv[0];
	struct image_line line;
	int error = 0, fd;

	if (strchr(name, '/') == NULL)
		plan->command = search_path(name, &error);
	else if (is_executable(name, &error))
		plan->command = strdup(name);
	if (plan->command == NULL)
		return refuse(p,
		    error != 0 ? SESSION_EXIT_CANNOT : SESSION_EXIT_NOTFOUND,
		    "%s: %s", name,
		    error != 0                    ? strerror(error) :
			strchr(name, '/') != NULL ? strerror(ENOENT) :
						    "command not found");
	plan->program = realpath(plan->command, NULL);
	if (plan->program == NULL ||
	    stat(plan->program, &plan->program_st) == -1)
		return refuse(p, SESSION_EXIT_CANNOT, "%s: %s", plan->command,
		    strerror(errno));
	plan->image_st = plan->program_st;
	fd = open(plan->program, O_RDONLY | O_CLOEXEC);
	if (fd == -1) /* executable and not readable: no script */
		return 0;
	error = image_first_line(fd, &line);
	close(fd);
	if (error == 0 && line.interpreter[0] != '\0') {
		plan->script = true;
		error = image_of(line.interpreter, &plan->image_st);
	}
	if (error != 0)
		return refuse(p, SESSION_EXIT_CANNOT, "%s: %s", plan->program,
		    strerror(error));
	return 0;
}

/* ~/.privd, or ~/.systrace where that is not. */
static bool
user_folder(char *buf, size_t len)
{
	const struct passwd *pw = getpwuid(getuid());

	if (pw == NULL)
		return false;
	if ((size_t)snprintf(buf, len, "%s/.privd", pw->pw_dir) >= len)
		return false;
	if (access(buf, F_OK) == 0)
		return true;
	return (size_t)snprintf(buf, len, "%s/.systrace", pw->pw_dir) < len;
}

/*
 * What cannot be trusted of the source tree (somebody else's clone) is left
 * out, and said where it is missed.
 */
static void
load_tree(struct planner *p, const struct policy_source *source,
    const char *tree)
{
	struct policy_report report = { NULL, 0, 0, 0 };

	(void)policy_load_folder(p->plan->policies, source, tree, &report);
	if (policy_find(p->plan->policies, POLICY_SYSTEM, p->plan->program) ==
		NULL &&
	    policy_find(p->plan->policies, POLICY_USER, p->plan->program) ==
		NULL)
		policy_report_print(&report, stderr, POLICY_ERROR);
	policy_report_clear(&report);
}

static int
load_policies(struct planner *p)
{
	const struct session_options *options = p->options;
	struct policy_set *set = p->plan->policies;
	char tree[PATH_MAX], tree_templates[PATH_MAX], home[PATH_MAX];
	bool in_tree = policy_source_tree(tree, tree_templates, sizeof(tree));
	const char *templates[] = { SYSTEM_TEMPLATES,
		in_tree ? tree_templates : NULL, NULL };
	struct policy_source source = { POLICY_SYSTEM, 0, templates };
	/* What root names on the command line has root's authority. */
	struct policy_source given = { p->plan->root ? POLICY_SYSTEM :
						       POLICY_USER,
		POLICY_LOAD_WILDCARD, templates };
	struct policy_source users = { POLICY_USER, 0, templates };
	struct policy_report report = { NULL, 0, 0, 0 };
	int failed = 0;

	if (options->policy_file != NULL)
		failed |= policy_load_file(set, &given, options->policy_file,
		    &report);
	failed |= policy_load_folder(set, &source, SYSTEM_POLICIES, &report);
	if (in_tree &&
	    policy_find(set, POLICY_SYSTEM, p->plan->program) == NULL)
		load_tree(p, &source, tree);
	if (options->policy_folder != NULL)
		failed |= policy_load_folder(set, &given,
		    options->policy_folder, &report);
	else if (!options->no_user && user_folder(home, sizeof(home)))
		failed |= policy_load_folder(set, &users, home, &report);
	policy_report_print(&report, stderr, POLICY_ERROR);
	policy_report_clear(&report);
	if (failed != 0)
		return refuse(p, SESSION_EXIT_REFUSED,
		    "a policy has errors: correct it, see privctl check");
	return 0;
}

static int
choose_policy(struct planner *p)
{
	struct session_plan *plan = p->plan;
	struct heir_own own;

	heir_find_own(plan->policies, plan->program, &own);
	if (!heir_of_launch(&plan->regime, &own))
		return refuse(p, SESSION_EXIT_REFUSED,
		    "no policy for %s: write one to %s or ~/.privd, or name "
		    "one with -f",
		    plan->program, SYSTEM_POLICIES);
	plan->policy.first = own.system != NULL ? own.system : own.user;
	plan->policy.second = own.system != NULL ? own.user : NULL;
	return 0;
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
	fd = open(p->plan->program, O_RDONLY | O_CLOEXEC);
	result = fd == -1 ? -1 : image_digest(fd, digest);
	if (fd != -1)
		close(fd);
	if (result == -1)
		return refuse(p, SESSION_EXIT_REFUSED, "%s: %s",
		    p->plan->program, strerror(errno));
	if (memcmp(wanted, digest, sizeof(digest)) != 0)
		return refuse(p, SESSION_EXIT_REFUSED,
		    "%s: its content is not what the policy's Digest says",
		    p->plan->program);
	return 0;
}

static bool
same_identity(const struct policy_identity *a, const struct policy_identity *b)
{
	return a->kind == b->kind && a->has_uid == b->has_uid &&
	    a->has_gid == b->has_gid && (!a->has_uid || a->uid == b->uid) &&
	    (!a->has_gid || a->gid == b->gid) && a->caps == b->caps;
}

/* The ids and groups that a hand for `as` or `with` will have. */
static int
take_identity(const struct session_plan *plan, struct session_hand *hand)
{
	const struct policy_identity *identity = &hand->identity;
	const struct passwd *pw;
	int n = NGROUPS_MAX;

	hand->fsuid = plan->caller.uid;
	hand->fsgid = plan->caller.gid;
	hand->groups = calloc(NGROUPS_MAX + 1, sizeof(gid_t));
	if (hand->groups == NULL)
		return -1;
	hand->ngroups = plan->caller.ngroups;
	memcpy(hand->groups, plan->caller.groups,
	    hand->ngroups * sizeof(gid_t));
	if (identity->kind == POLICY_WITH)
		hand->caps = identity->caps;
	if (identity->has_uid) {
		hand->fsuid = identity->uid;
		hand->ngroups = 0;
		pw = getpwuid(identity->uid);
		if (pw != NULL) {
			hand->fsgid = pw->pw_gid;
			if (getgrouplist(pw->pw_name, pw->pw_gid, hand->groups,
				&n) == -1)
				return -1;
			hand->ngroups = (size_t)n;
		}
	}
	if (identity->has_gid)
		hand->fsgid = identity->gid;
	return 0;
}

/* What is asked of a process's own ids cannot be lent: `as` somebody whom the
   kernel then knows by these. Root's capabilities do for root. */
static bool
wants_shown(const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->ncalls; i++)
		if (sys_has_target(rule->calls[i]))
			return rule->identity.has_uid &&
			    rule->identity.uid != 0;
	return false;
}

/* No Landlock domain lets a process mount: what mounts does nothing else. */
static bool
wants_mounts(const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->ncalls; i++)
		if (rule->calls[i]->op == SYS_OP_MOUNT ||
		    rule->calls[i]->op == SYS_OP_UMOUNT)
			return true;
	return false;
}

static void
add_purpose(struct session_hand *hand, const struct policy_rule *rule)
{
	const struct sys_call *open_row = sys_by_name("open");
	uint64_t rights = 0;
	size_t i;

	if (rule->alias != SYS_ALIAS_NONE) {
		hand->files = true;
		rights = open_row->rights;
	}
	for (i = 0; i < rule->ncalls; i++) {
		rights |= rule->calls[i]->rights;
		if (rule->calls[i]->op == SYS_OP_SOCKET)
			hand->sockets = true;
		else if (rule->calls[i]->op == SYS_OP_BIND ||
		    rule->calls[i]->op == SYS_OP_CONNECT)
			hand->binds = true;
		else if (rule->calls[i]->op == SYS_OP_SEND)
			hand->sends = true;
		else if (sys_has_target(rule->calls[i]))
			hand->targets = true;
		else if (sys_arg_by_name(rule->calls[i], "filename", 0) != NULL)
			hand->files = true;
	}
	/* root comes with what root needs for these calls, and no more */
	if (hand->identity.has_uid && hand->identity.uid == 0)
		hand->caps |= rights;
}

static int
assign_hand(struct planner *p, const struct policy_rule *rule)
{
	struct session_plan *plan = p->plan;
	struct session_hand *hand;
	size_t i;

	for (i = 0; i < plan->nhands; i++)
		if (same_identity(&plan->hands[i].identity, &rule->identity) &&
		    plan->hands[i].shown == wants_shown(rule) &&
		    plan->hands[i].mounts == wants_mounts(rule))
			break;
	if (i == SESSION_HANDS_MAX)
		return refuse(p, SESSION_EXIT_REFUSED,
		    "%s:%u: more than %d different identities in one policy",
		    rule->file, rule->line, SESSION_HANDS_MAX);
	hand = &plan->hands[i];
	if (i == plan->nhands) {
		plan->nhands++;
		hand->identity = rule->identity;
		hand->shown = wants_shown(rule);
		hand->mounts = wants_mounts(rule);
		if (take_identity(plan, hand) == -1)
			return refuse(p, SESSION_EXIT_REFUSED, "%s:%u: %s",
			    rule->file, rule->line, strerror(errno));
	}
	add_purpose(hand, rule);
	plan->rule_hand[rule->index] = (uint8_t)i;
	return 0;
}

static int
plan_hands(struct planner *p)
{
	struct session_plan *plan = p->plan;
	const struct policy_image *image = plan->policy.first;
	size_t i, n = policy_rule_count(image);
	const struct policy_rule *rule;
	int status;

	plan->rule_hand = malloc(n + 1);
	if (plan->rule_hand == NULL)
		return refuse(p, SESSION_EXIT_REFUSED, "%s", strerror(errno));
	memset(plan->rule_hand, SESSION_HAND_NONE, n + 1);
	for (i = 0; i < n; i++) {
		rule = policy_rule(image, i);
		if (rule->identity.kind == POLICY_AS_CALLER)
			continue;
		plan->wants = true;
		if (!plan->root || policy_authority(image) != POLICY_SYSTEM)
			continue;
		status = assign_hand(p, rule);
		if (status != 0)
			return status;
	}
	plan->elevates = plan->nhands > 0;
	return 0;
}

/*
 * May the program have what its policy elevates? If not it runs confined,
 * without, and the user reads why.
 */
static void
plan_guard(struct planner *p)
{
	struct session_plan *plan = p->plan;
	char why[SESSION_REASON_MAX];

	if (!plan->elevates || !plan->separate)
		return;
	if (trust_program(plan->program, plan->script, &plan->marked, why,
		sizeof(why)) == -1) {
		(void)fprintf(stderr,
		    "privrun: %s: runs without elevation: %s\n", plan->program,
		    why);
		plan->elevates = false;
		plan->nhands = 0;
		return;
	}
	plan->guarded = true;
	if (!plan->marked && p->options->log_stderr)
		(void)fprintf(stderr,
		    "privrun: %s does not carry the mark: the guard is "
		    "ambient, and the program can execute nothing once it was "
		    "elevated\n",
		    plan->program);
}

/* Only what is judged of these calls is performed by the double. */
static bool
shows_processes(const struct session_plan *plan)
{
	static const enum sys_op shown[] = { SYS_OP_CONNECT, SYS_OP_SEND };
	const struct sys_call *call;
	size_t i;
	bool wants;

	for (i = 0; i < sys_count(); i++) {
		call = sys_row(i);
		wants = sys_has_target(call) || call->op == shown[0] ||
		    call->op == shown[1];
		if (wants && sys_number(call, SYS_NATIVE) != -1 &&
		    filter_asks(&plan->filter, sys_number(call, SYS_NATIVE)))
			return true;
	}
	return false;
}

static int
plan_filter(struct planner *p)
{
	struct session_plan *plan = p->plan;
	struct filter_input input = {
		.closure = plan->closure,
		.nclosure = plan->nclosure,
		.guarded = plan->guarded,
		.enforcing = p->options->automatic,
		.no_alias = p->options->no_alias,
		.packet_filter = closure_has_fences(plan),
		.capable = plan->capable,
	};

	if (filter_build(&input, &plan->filter) == 0) {
		plan->has_double = plan->separate && shows_processes(plan);
		return 0;
	}
	return refuse(p, SESSION_EXIT_REFUSED,
	    errno == E2BIG ? "the policies need a larger filter than the "
			     "kernel takes" :
			     "cannot make the filter");
}

int
session_plan(const struct session_options *options, struct session_plan *plan,
    char *reason, size_t len)
{
	struct planner p = { options, plan, reason, len };
	int status;

	memset(plan, 0, sizeof(*plan));
	plan->options = *options;
	plan->policies = policy_set_new();
	if (plan->policies == NULL)
		return refuse(&p, SESSION_EXIT_REFUSED, "%s", strerror(errno));
	status = take_caller(&p);
	if (status == 0)
		status = find_program(&p);
	if (status == 0)
		status = load_policies(&p);
	if (status == 0)
		status = choose_policy(&p);
	if (status == 0)
		status = check_digest(&p, plan->policy.first);
	if (status == 0)
		status = check_digest(&p, plan->policy.second);
	if (status == 0)
		status = plan_hands(&p);
	if (status == 0)
		plan_guard(&p);
	if (status == 0 && closure_plan(plan, reason, len) == -1)
		status = SESSION_EXIT_REFUSED;
	if (status == 0 && accounts_learn(plan) == -1)
		status = refuse(&p, SESSION_EXIT_REFUSED, "no memory");
	if (status == 0 && plan->elevates &&
	    fence_compile(plan, reason, len) == -1)
		status = SESSION_EXIT_REFUSED;
	if (status == 0)
		status = plan_filter(&p);
	return status;
}

void
session_plan_clear(struct session_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nhands; i++)
		free(plan->hands[i].groups);
	fence_clear();
	filter_free(&plan->filter);
	policy_set_free(plan->policies);
	free(plan->closure);
	free(plan->rule_hand);
	free(plan->groups);
	free(plan->user);
	free(plan->home);
	free(plan->command);
	free(plan->program);
}

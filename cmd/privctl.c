/* SPDX-License-Identifier: ISC */
/*
 * privctl: policies looked at from outside, and the daemon asked. check, eval,
 * fmt and calls need no daemon and no privilege: they read files and print what
 * the language says about them, and run nothing.
 */
#include <sys/types.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "places.h"

#include "../privd/account.h"
#include "../privd/filter/filter.h"
#include "../privd/policy/policy.h"
#include "../privd/session/descriptors.h"
#include "../privd/session/trust.h"
#include "../privd/syscalls/syscalls.h"
#include "privctl.h"

#define GROUPS_MAX 256
#define MISSING_FORM "/<non-existent filename>: "

struct command {
	const char *name;
	const char *usage;
	int (*run)(int argc, char **argv);
	bool asks; /* the daemon */
};

static int command_calls(int, char **);
static int command_check(int, char **);
static int command_eval(int, char **);
static int command_fmt(int, char **);

static const struct command commands[] = {
	{ "calls", "[-m machine] [name ...]", command_calls, false },
	{ "check", "[-v] file ...", command_check, false },
	{ "doctor", "[--json] [-f config] [program ...]", privctl_doctor,
	    false },
	{ "eval",
	    "-f file [-x program] [-u user] [-g group] [-H home] [-C cwd] "
	    "call [name=value ...]",
	    command_eval, false },
	{ "explain", "[-a] [--json] [pid]", privctl_explain, true },
	{ "fmt", "file ...", command_fmt, false },
	{ "keygen", "key", privctl_keygen, false },
	{ "list", "[--json]", privctl_list, true },
	{ "log", "[-f] [--json]", privctl_log, true },
	{ "mark", "-a | program ...", privctl_mark, false },
	{ "reload", "[--json]", privctl_reload, true },
	{ "selftest", "[-m] [--json] [-t seconds] [row ...]", privctl_selftest,
	    false },
	{ "sessions", "[--json]", privctl_sessions, true },
	{ "sign", "-k key [-s serial] file ...", privctl_sign, false },
	{ "status", "[--json]", privctl_status, true },
	{ "unmark", "-a | program ...", privctl_unmark, false },
	{ "verify", "file ...", privctl_verify, false },
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

void
privctl_usage(const char *command)
{
	const char *word = "usage:";
	size_t i;

	for (i = 0; i < NCOMMANDS; i++) {
		if (command != NULL && strcmp(command, commands[i].name) != 0)
			continue;
		(void)fprintf(stderr, "%s privctl %s%s %s\n", word,
		    commands[i].asks ? "[-s socket] " : "", commands[i].name,
		    commands[i].usage);
		word = "      ";
	}
	exit(2);
}

void
privctl_find_templates(struct privctl_templates *templates, const char *file)
{
	char *copy, policies[PATH_MAX];

	copy = strdup(file);
	if (copy == NULL)
		err(1, NULL);
	(void)snprintf(templates->beside, sizeof(templates->beside),
	    "%s/templates", dirname(copy));
	free(copy);
	templates->folders[0] = templates->beside;
	templates->folders[1] = PRIVD_SYSCONFDIR "/privd/templates";
	templates->folders[2] = policy_source_tree(policies, templates->tree,
				    sizeof(policies)) ?
	    templates->tree :
	    NULL;
	templates->folders[3] = NULL;
}

static bool
elevates(const struct policy_image *image)
{
	size_t i;

	for (i = 0; i < policy_rule_count(image); i++)
		if (policy_rule(image, i)->identity.kind != POLICY_AS_CALLER)
			return true;
	return false;
}

/*
 * The daemon looks at a program when it is started, and not when its policy is
 * read: a file system on the way, which a user may serve, could hold it up.
 */
static void
check_programs(struct policy_set *set)
{
	const struct policy_image *const *images = NULL;
	char why[PATH_MAX + 128];
	const char *program;
	size_t i, n = policy_images(set, &images);

	for (i = 0; i < n; i++) {
		program = policy_program(images[i]);
		if (program[0] == '/' && elevates(images[i]) &&
		    trust_file(program, why, sizeof(why)) == -1 &&
		    errno == EPERM)
			warnx("warning: %s: it will not be elevated: %s",
			    program, why);
	}
}

static int
check_file(const char *file, bool verbose)
{
	struct privctl_templates templates;
	struct policy_source source = { .authority = POLICY_SYSTEM,
		.flags = POLICY_LOAD_WILDCARD | POLICY_LOAD_LINT |
		    (verbose ? POLICY_LOAD_PATHS : 0),
		.templates = templates.folders };
	struct policy_report report = { 0 };
	struct policy_set *set;
	size_t policies, rules;
	int ret;

	privctl_find_templates(&templates, file);
	set = policy_set_new();
	if (set == NULL)
		err(1, NULL);
	ret = policy_load_file(set, &source, file, &report);
	policy_report_print(&report, stderr, POLICY_NOTE);
	if (ret == 0)
		check_programs(set);
	if (ret == 0 && verbose) {
		policy_count(set, &policies, &rules);
		(void)printf("%s: %zu %s, %zu %s\n", file, policies,
		    policies == 1 ? "policy" : "policies", rules,
		    rules == 1 ? "rule" : "rules");
	}
	policy_report_clear(&report);
	policy_set_free(set);
	return ret == 0 ? 0 : 1;
}

static int
command_check(int argc, char **argv)
{
	bool verbose = false;
	int c, ret;

	while ((c = getopt(argc, argv, "+v")) != -1) {
		if (c != 'v')
			privctl_usage("check");
		verbose = true;
	}
	if (optind == argc)
		privctl_usage("check");
	for (ret = 0; optind < argc; optind++)
		ret |= check_file(argv[optind], verbose);
	return ret;
}

/* Everything that an eval is asked with. */
struct question {
	char user_name[256];
	char user_home[PATH_MAX];
	const char *file;
	const char *program;
	const char *home;
	const char *cwd;
	struct policy_caller caller;
	gid_t groups[GROUPS_MAX];
	bool has_user;
	uint64_t regs[SYS_REGS];
	struct policy_request request;
};

static uint32_t
parse_id(const char *text, const char *what)
{
	const char *error;
	long long id;

	id = strtonum(text, 0, UINT32_MAX - 1, &error);
	if (error != NULL)
		errx(2, "%s \"%s\": no such name, and as a number %s", what,
		    text, error);
	return (uint32_t)id;
}

static void
take_passwd(struct question *q, const struct passwd *pw)
{
	int n = GROUPS_MAX;

	q->caller.uid = pw->pw_uid;
	q->caller.gid = pw->pw_gid;
	/* The entry does not outlive the next look-up. */
	if (strlcpy(q->user_name, pw->pw_name, sizeof(q->user_name)) >=
		sizeof(q->user_name) ||
	    strlcpy(q->user_home, pw->pw_dir, sizeof(q->user_home)) >=
		sizeof(q->user_home))
		errx(1, "the passwd entry of uid %u is too long", pw->pw_uid);
	q->caller.user = q->user_name;
	q->caller.home = q->user_home;
	if (getgrouplist(pw->pw_name, pw->pw_gid, q->groups, &n) == -1)
		n = GROUPS_MAX;
	q->caller.groups = q->groups;
	q->caller.ngroups = (size_t)n;
}

static void
take_user(struct question *q, const char *user)
{
	const struct passwd *pw;

	q->has_user = true;
	if (account_user_named(user, &pw) == -1)
		err(1, "user %s", user);
	if (pw == NULL) {
		/* No entry is fine: then there is no name and no home. */
		q->caller.uid = parse_id(user, "user");
		q->caller.gid = 65534;
		if (account_user(q->caller.uid, &pw) == -1)
			err(1, "user %s", user);
	}
	if (pw != NULL)
		take_passwd(q, pw);
}

static void
take_group(struct question *q, const char *name, size_t n)
{
	const struct group *gr;

	if (n == GROUPS_MAX)
		errx(2, "too many groups");
	if (account_group_named(name, &gr) == -1)
		err(1, "group %s", name);
	q->groups[n] = gr != NULL ? gr->gr_gid : parse_id(name, "group");
}

/* -g: the first is the caller's own, and they are all that it has. */
static void
take_groups(struct question *q, char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		take_group(q, names[i], i);
	if (count == 0)
		return;
	q->caller.gid = q->groups[0];
	q->caller.groups = q->groups;
	q->caller.ngroups = count;
}

static void
eval_options(struct question *q, int argc, char **argv)
{
	char *groups[GROUPS_MAX];
	char self[16];
	size_t ngroups = 0;
	int c;

	while ((c = getopt(argc, argv, "+f:x:u:g:H:C:")) != -1) {
		switch (c) {
		case 'f':
			q->file = optarg;
			break;
		case 'x':
			q->program = optarg;
			break;
		case 'u':
			take_user(q, optarg);
			break;
		case 'g':
			if (ngroups == GROUPS_MAX)
				errx(2, "too many groups");
			groups[ngroups++] = optarg;
			break;
		case 'H':
			q->home = optarg;
			break;
		case 'C':
			q->cwd = optarg;
			break;
		default:
			privctl_usage("eval");
		}
	}
	if (q->file == NULL || optind == argc)
		privctl_usage("eval");
	(void)snprintf(self, sizeof(self), "%u", getuid());
	if (!q->has_user)
		take_user(q, self);
	take_groups(q, groups, ngroups);
}

static const struct sys_call *
numbered_call(const char *text, const char *digits)
{
	const struct sys_call *call;
	const char *wrong;
	int number;

	number = (int)strtonum(digits, 0, INT_MAX, &wrong);
	if (wrong == NULL && !isdigit((unsigned char)*digits))
		wrong = "invalid";
	if (wrong != NULL)
		errx(2, "\"%s\": the number is %s", text, wrong);
	call = sys_by_number(strncmp(text, "linux32-", 8) == 0 ? SYS_I386 :
								 SYS_NATIVE,
	    number);
	if (call == NULL)
		errx(2, "\"%s\": no call is known by that number", text);
	return call;
}

static const struct sys_call *
find_call(const char *text)
{
	static const char *const emulations[] = { "native-", "linux-",
		"linux64-", "linux32-" };
	const struct sys_call *call;
	const char *const *names, *name, *near;
	size_t i;

	name = NULL;
	for (i = 0; i < sizeof(emulations) / sizeof(emulations[0]); i++) {
		if (strncmp(text, emulations[i], strlen(emulations[i])) == 0)
			name = text + strlen(emulations[i]);
	}
	if (name == NULL)
		errx(2,
		    "\"%s\": expected native-, linux-, linux64- or "
		    "linux32- and a call",
		    text);
	if (*name == '#')
		return numbered_call(text, name + 1);
	call = sys_by_name(name);
	if (call == NULL && sys_bsd(name, &names) && names[0] != NULL)
		call = sys_by_name(names[0]);
	if (call != NULL)
		return call;
	if (sys_alias_by_name(name) != SYS_ALIAS_NONE)
		errx(2, "\"%s\" stands for many calls: expected one of them",
		    name);
	near = sys_nearest(name);
	if (near != NULL)
		errx(2, "unknown call \"%s\"; did you mean \"%s\"?", name,
		    near);
	errx(2, "unknown call \"%s\"", name);
}

/* args[n]=0x1f: a raw register. */
static void
take_register(struct question *q, const char *name, const char *value)
{
	char *end;
	int n;

	n = name[5] - '0';
	if (name[4] != '[' || n < 0 || n >= SYS_REGS || name[6] != ']' ||
	    name[7] != '\0')
		errx(2, "\"%s\": expected args[0] to args[%d]", name,
		    SYS_REGS - 1);
	errno = 0;
	q->regs[n] = strtoull(value, &end, 0);
	if (*value == '\0' || *end != '\0' || errno != 0)
		errx(2, "\"%s\": expected a number", value);
	q->request.regs = q->regs;
}

static unsigned int
count_values(const struct policy_request *req, const char *name)
{
	unsigned int count;
	size_t i;

	for (i = 0, count = 0; i < req->nvalues; i++)
		count += strcmp(req->values[i].name, name) == 0;
	return count;
}

/* Names of files are compared as literal paths of policies are. */
static void
canonical_value(struct policy_value *value, const struct sys_arg *arg)
{
	char path[PATH_MAX];
	bool keep;

	if (strncmp(value->value, MISSING_FORM, strlen(MISSING_FORM)) == 0) {
		value->value += strlen(MISSING_FORM);
		value->missing = true;
	}
	if (value->value[0] != '/' || !policy_names_file(value->name))
		return;
	keep = arg != NULL &&
	    (arg->flags & (SYS_ARG_NOFOLLOW | SYS_ARG_PARENT)) != 0;
	if (policy_resolve(value->value, keep, path, sizeof(path)) == -1)
		return;
	value->value = strdup(path);
	if (value->value == NULL)
		err(1, NULL);
}

static void
take_value(struct question *q, char *text)
{
	struct policy_request *req = &q->request;
	struct policy_value *value;
	const struct sys_arg *arg;
	unsigned int nth;
	char *equals, *c;

	equals = strchr(text, '=');
	if (equals == NULL)
		errx(2, "\"%s\": expected name=value", text);
	*equals = '\0';
	for (c = text; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	if (strncmp(text, "args", 4) == 0) {
		take_register(q, text, equals + 1);
		return;
	}
	text[strcspn(text, "[")] = '\0';
	if (req->nvalues == SYS_ARGS_MAX)
		errx(2, "too many arguments");
	nth = count_values(req, text);
	value = &req->values[req->nvalues++];
	value->name = text;
	value->value = equals + 1;
	arg = sys_arg_by_name(req->call, text, nth);
	if (arg == NULL)
		arg = sys_arg_by_name(req->base, text, nth);
	if (arg == NULL)
		warnx("\"%s\" has no argument \"%s\"", req->call->name, text);
	canonical_value(value, arg);
}

/* What the call's flags are if the question does not say. */
static void
settle_alias(struct policy_request *req)
{
	static char flags[SYS_VALUE_MAX];
	static const uint64_t regs[SYS_REGS];
	const struct sys_arg *arg;
	const char *oflags = NULL;
	size_t i;

	for (i = 0; i < req->nvalues; i++) {
		if (strcmp(req->values[i].name, "oflags") == 0)
			oflags = req->values[i].value;
	}
	arg = sys_arg_by_name(req->call, "oflags", 0);
	if (oflags == NULL && arg != NULL && arg->kind == SYS_CREATFLAGS &&
	    req->nvalues < SYS_ARGS_MAX &&
	    sys_format(arg, regs, flags, sizeof(flags)) == 0) {
		oflags = flags;
		req->values[req->nvalues].name = "oflags";
		req->values[req->nvalues++].value = flags;
	}
	req->alias = (enum sys_alias)req->base->alias;
	if (req->alias == SYS_ALIAS_BY_FLAGS)
		req->alias = oflags == NULL ?
		    SYS_ALIAS_FSWRITE :
		    sys_alias_of_text(req->base, oflags);
}

static void
print_answer(const struct question *q, const struct policy_image *image)
{
	static char text[4 * POLICY_RULE_MAX];
	struct policy_verdict verdict;

	if (policy_detached(image)) {
		(void)printf("detached\tdefault\n");
		return;
	}
	policy_evaluate(image, &q->request, true, &verdict);
	policy_print_verdict(&verdict, text, sizeof(text));
	if (verdict.rule != NULL)
		(void)printf("%s\tline %u\n", text, verdict.rule->line);
	else
		(void)printf("%s\tdefault\n", text);
}

static const struct policy_image *
find_image(struct policy_set *set, const char *program)
{
	const struct policy_image *image;
	char path[PATH_MAX];

	if (program == NULL)
		return policy_last(set);
	if (policy_resolve(program, false, path, sizeof(path)) == -1)
		err(1, "%s", program);
	image = policy_find(set, POLICY_SYSTEM, path);
	if (image == NULL)
		warnx("no policy for \"%s\"", program);
	return image;
}

static int
eval_file(const struct question *q)
{
	struct privctl_templates templates;
	struct policy_source source = { .authority = POLICY_SYSTEM,
		.flags = POLICY_LOAD_WILDCARD,
		.templates = templates.folders };
	struct policy_report report = { 0 };
	const struct policy_image *image;
	struct policy_set *set;

	privctl_find_templates(&templates, q->file);
	set = policy_set_new();
	if (set == NULL)
		err(1, NULL);
	(void)policy_load_file(set, &source, q->file, &report);
	policy_report_print(&report, stderr, POLICY_ERROR);
	image = NULL;
	if (report.errors == 0)
		image = find_image(set, q->program);
	if (image != NULL)
		print_answer(q, image);
	policy_report_clear(&report);
	policy_set_free(set);
	return image == NULL ? 1 : 0;
}

static int
command_eval(int argc, char **argv)
{
	static struct question q; /* ends with the program */

	eval_options(&q, argc, argv);
	if (q.home != NULL)
		q.caller.home = q.home;
	q.request.caller = &q.caller;
	q.request.cwd = q.cwd;
	q.request.call = find_call(argv[optind++]);
	q.request.base = sys_base(q.request.call, NULL, false);
	for (; optind < argc; optind++)
		take_value(&q, argv[optind]);
	settle_alias(&q.request);
	return eval_file(&q);
}

static int
fmt_file(const char *file)
{
	static char bytes[POLICY_FILE_MAX + 1];
	const struct policy_source source = { .authority = POLICY_SYSTEM,
		.flags = POLICY_LOAD_WILDCARD };
	struct policy_report report = { 0 };
	const bool given = strcmp(file, "-") == 0;
	size_t len;
	FILE *in;
	int ret;

	in = given ? stdin : fopen(file, "re");
	if (in == NULL) {
		warn("%s", file);
		return 1;
	}
	len = fread(bytes, 1, sizeof(bytes), in);
	ret = ferror(in) ? 1 : 0;
	if (ret == 1)
		warn("%s", file);
	if (!given)
		(void)fclose(in);
	if (ret == 0 &&
	    policy_format(&source, file, bytes, len, stdout, &report) == -1) {
		if (report.errors == 0)
			warn("%s", file);
		ret = 1;
	}
	policy_report_print(&report, stderr, POLICY_ERROR);
	policy_report_clear(&report);
	return ret;
}

static int
command_fmt(int argc, char **argv)
{
	int ret;

	if (getopt(argc, argv, "+") != -1 || optind == argc)
		privctl_usage("fmt");
	for (ret = 0; optind < argc; optind++)
		ret |= fmt_file(argv[optind]);
	return ret;
}

static const char *
disposal_name(const struct sys_call *call)
{
	switch ((enum sys_disposal)call->disposal) {
	case SYS_NUMBERS:
		return "numbers";
	case SYS_PERFORMED:
		return "performed";
	case SYS_EXEC:
		return "exec";
	case SYS_MOVES:
		return "moves";
	case SYS_WHOLE:
		return "whole";
	case SYS_REFUSED:
		return "refused";
	}
	return "?";
}

static const char *
alias_text(const struct sys_call *base)
{
	const char *name;

	if (base->alias == SYS_ALIAS_BY_FLAGS)
		return "fsread,fswrite";
	name = sys_alias_name((enum sys_alias)base->alias);
	return name == NULL ? "-" : name;
}

/* The first that one of the bases has: they differ in having one at all. */
static const char *
aliases_text(const struct sys_call *const *bases, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (bases[i]->alias != SYS_ALIAS_NONE)
			return alias_text(bases[i]);
	}
	return "-";
}

static void
print_arguments(const struct sys_call *call)
{
	const struct sys_arg *arg;
	unsigned int nth;
	size_t i, j;

	for (i = 0; i < SYS_ARGS_MAX && call->args[i].name != NULL; i++) {
		arg = &call->args[i];
		for (j = 0, nth = 0; j < i; j++)
			nth += strcmp(call->args[j].name, arg->name) == 0;
		(void)printf("%s%s", i > 0 ? "," : "", arg->name);
		if (nth > 0)
			(void)printf("[%u]", nth);
	}
	if (i == 0)
		(void)putchar('-');
}

static void
print_call(const struct sys_call *call, enum sys_machine machine)
{
	const struct sys_call *bases[SYS_FOLDS_MAX];
	char reason[FILTER_REASON_MAX];
	enum filter_decision decision;
	size_t i, n;
	int number;

	number = sys_number(call, machine);
	(void)printf("%s\t", call->name);
	if (number == -1)
		(void)printf("-\t");
	else
		(void)printf("%d\t", number);
	n = sys_bases(call, bases);
	for (i = 0; i < n; i++)
		(void)printf("%s%s", i > 0 ? "," : "", bases[i]->name);
	(void)printf("\t%s\t", aliases_text(bases, n));
	print_arguments(call);
	decision = filter_decide(call, machine, reason, sizeof(reason));
	(void)printf("\t%s\t%s\t%s\t%s\n", disposal_name(call),
	    call->flags & SYS_ELEVATES ? "elevates" : "-",
	    filter_decision_name(decision), reason[0] == '\0' ? "-" : reason);
}

static enum sys_machine
machine_named(const char *name)
{
	static const char *const names[SYS_MACHINES] = {
		[SYS_X86_64] = "x86_64",
		[SYS_AARCH64] = "aarch64",
		[SYS_I386] = "i386",
	};
	size_t i;

	for (i = 0; i < SYS_MACHINES; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum sys_machine)i;
	errx(2, "machine \"%s\": x86_64, aarch64 or i386", name);
}

/* Those of a machine that is named, else all that are known. */
static void
print_calls(enum sys_machine machine, bool all)
{
	size_t i;

	for (i = 0; i < sys_count(); i++)
		if (all || sys_number(sys_row(i), machine) != -1)
			print_call(sys_row(i), machine);
}

static int
command_calls(int argc, char **argv)
{
	enum sys_machine machine = SYS_NATIVE;
	const struct sys_call *call;
	bool all = true;
	int ch, ret;

	while ((ch = getopt(argc, argv, "+m:")) != -1) {
		if (ch != 'm')
			privctl_usage("calls");
		machine = machine_named(optarg);
		all = false;
	}
	(void)printf("name\tnumber\tcanonical\talias\targuments\tdisposal\t"
		     "elevates\tdecision\treason\n");
	if (optind == argc)
		print_calls(machine, all);
	for (ret = 0; optind < argc; optind++) {
		call = sys_by_name(argv[optind]);
		if (call == NULL) {
			warnx("unknown call \"%s\"", argv[optind]);
			ret = 1;
		} else
			print_call(call, machine);
	}
	return ret;
}

/* What stands before the command. */
static void
take_options(int argc, char **argv)
{
	int ch;

	while ((ch = getopt(argc, argv, "+s:")) != -1) {
		if (ch != 's')
			privctl_usage(NULL);
		privctl_socket = optarg;
	}
	if (optind == argc)
		privctl_usage(NULL);
}

int
main(int argc, char **argv)
{
	size_t i;
	int ret;

	if (descriptors_open_standard() == -1)
		exit(1);
	take_options(argc, argv);
	argc -= optind;
	argv += optind;
	optind = 0; /* the command's are looked at anew */
	for (i = 0; i < NCOMMANDS; i++) {
		if (strcmp(argv[0], commands[i].name) == 0)
			break;
	}
	if (i == NCOMMANDS)
		privctl_usage(NULL);
	ret = commands[i].run(argc, argv);
	if (fflush(stdout) == EOF || ferror(stdout))
		err(1, "standard output");
	return ret;
}

/* SPDX-License-Identifier: ISC */
/*
 * privrun: runs a program under its policies. Here are only the options;
 * what they ask for is the session's.
 */
#include <sys/types.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../client-lib/launch.h"
#include "../client-lib/own_users.h"
#include "../client-lib/privd.h"
#include "../privd/account.h"
#include "../privd/notify/notify.h"
#include "../privd/session/descriptors.h"
#include "../privd/session/session.h"
#include "../privd/version.h"
#include "privrun.h"

static const char *socket_path; /* -s; NULL: the system's, if it is there */

static void usage(void) __attribute__((noreturn));

static void
usage(void)
{
	(void)fprintf(stderr,
	    "usage: privrun [-aeiuUV] [-c uid:gid | user[:group]] "
	    "[-d policydir]\n"
	    "               [-E logfile] [-f file] [-s socket] "
	    "command [argument ...]\n");
	exit(2);
}

/* A number, -1 if it is none. Names may not begin with a digit. */
static long long
number(const char *s)
{
	const char *error;
	long long n;

	n = strtonum(s, 0, UINT32_MAX - 1LL, &error);
	return error == NULL ? n : -1;
}

static gid_t
parse_group(const char *s)
{
	const struct group *gr;
	long long n = number(s);

	if (n >= 0)
		return (gid_t)n;
	if (account_group_named(s, &gr) == -1)
		err(SESSION_EXIT_REFUSED, "-c: group %s", s);
	if (gr == NULL)
		errx(2, "-c: unknown group: %s", s);
	return gr->gr_gid;
}

/* uid:gid, user:group, or user alone, who has a group. */
static void
parse_credentials(const char *arg, struct session_options *options)
{
	const struct passwd *pw = NULL;
	char *user, *group;
	long long n;

	user = strdup(arg);
	if (user == NULL)
		err(SESSION_EXIT_REFUSED, NULL);
	group = strchr(user, ':');
	if (group != NULL)
		*group++ = '\0';
	n = number(user);
	/* Numbers of both say all. */
	if ((n < 0 && account_user_named(user, &pw) == -1) ||
	    (n >= 0 && group == NULL && account_user((uid_t)n, &pw) == -1))
		err(SESSION_EXIT_REFUSED, "-c: user %s", user);
	if (n < 0 && pw == NULL)
		errx(2, "-c: unknown user: %s", user);
	if (group == NULL && pw == NULL)
		errx(2, "-c: uid %lld has no passwd entry: give uid:gid", n);
	options->change_ids = true;
	options->uid = n >= 0 ? (uid_t)n : pw->pw_uid;
	options->has_gid = group != NULL;
	options->gid = group != NULL ? parse_group(group) : pw->pw_gid;
	free(user);
}

static void
parse_options(int argc, char *argv[], struct session_options *options)
{
	int ch;

	while ((ch = getopt(argc, argv, "+ac:d:eE:f:is:uUV")) != -1) {
		switch (ch) {
		case 'a':
			options->automatic = true;
			break;
		case 'c':
			parse_credentials(optarg, options);
			break;
		case 'd':
			options->policy_folder = optarg;
			break;
		case 'e':
			options->log_stderr = true;
			break;
		case 'E':
			options->log_file = optarg;
			break;
		case 'f':
			options->policy_file = optarg;
			break;
		case 'i':
			options->inherit = true;
			break;
		case 's':
			socket_path = optarg;
			break;
		case 'u':
			options->no_alias = true;
			break;
		case 'U':
			options->no_user = true;
			break;
		case 'V':
			(void)printf("privrun %s\n", PRIVD_VERSION);
			exit(0);
		default:
			usage();
		}
	}
	if (optind == argc)
		usage();
	options->argv = argv + optind;
}

/*
 * Absolute: privd does not stand where we do. False: it has no such name (a
 * pipe of a shell's). NULL stays NULL; to be freed.
 */
static bool
absolute(const char *path, char **full)
{
	*full = path == NULL ? NULL : realpath(path, NULL);
	return path == NULL || *full != NULL;
}

static bool
reads_log(const struct session_options *options)
{
	return options->log_stderr || options->log_file != NULL;
}

/* -e, -E: it is there before the program is. */
static void
read_log(const struct session_options *options, struct privd_session *session)
{
	const char *name = options->log_file;
	int channel = privd_session_log(session), out = STDERR_FILENO;

	if (channel == -1)
		return;
	if (name != NULL)
		out = open(name,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	if (out == -1)
		err(SESSION_EXIT_REFUSED, "%s", name);
	if (log_reader_start(channel, out) == -1)
		err(SESSION_EXIT_REFUSED, "the log");
	if (out != STDERR_FILENO)
		close(out);
	close(channel);
}

static int
ask(const struct session_options *options, const char *program, int fd,
    struct privd_session **session)
{
	struct privd_request request = {
		.socket = socket_path,
		.program = program,
		.program_fd = fd,
		.flags = (options->inherit ? PRIVD_INHERIT : 0) |
		    (options->no_alias ? PRIVD_NO_ALIAS : 0) |
		    (options->no_user ? PRIVD_NO_USER : 0) |
		    (reads_log(options) ? PRIVD_LOG : 0),
	};
	char *file, *folder;
	int result = -1, error;
	bool named;

	*session = NULL;
	named = absolute(options->policy_file, &file);
	named = absolute(options->policy_folder, &folder) && named;
	if (named) {
		request.policy_file = file;
		request.policy_folder = folder;
		result = privd_session_open(&request, session);
	}
	error = errno;
	free(file);
	free(folder);
	errno = error;
	return result;
}

/*
 * Who came too often may come again a second later: whether there is anything
 * to be had for this program nobody else can say. Two seconds at most.
 */
static int
ask_patiently(const struct session_options *options, const char *program,
    int fd, struct privd_session **session)
{
	static const uint32_t waits[] = { 100, 200, 400, 800 };
	struct timespec wait = { 0, 0 };
	size_t i;

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		if (ask(options, program, fd, session) == 0)
			return 0;
		if (errno != EBUSY)
			return -1;
		privd_session_close(*session);
		/* Many of them would all come at once again. */
		wait.tv_nsec = 1000000L *
		    (waits[i] + arc4random_uniform(waits[i] / 4));
		(void)nanosleep(&wait, NULL);
	}
	return ask(options, program, fd, session);
}

/* What the daemon did not do, as far as the user should know. */
static void
tell_failure(const char *program, const struct privd_session *session)
{
	const char *reason = privd_session_reason(session);

	if (errno == EPERM || errno == EBUSY)
		errx(SESSION_EXIT_REFUSED, "%s: %s", program, reason);
	if (errno == ENOTSUP) {
		if (*reason != '\0')
			warnx("%s: runs without elevation: %s", program,
			    reason);
	} else if (socket_path != NULL && session != NULL) {
		errx(SESSION_EXIT_REFUSED, "%s: %s", socket_path, reason);
	} else if (errno != ENOENT && errno != ECONNREFUSED) {
		warnx("%s: runs without elevation: privd: %s", program, reason);
	}
}

/*
 * By the daemon, where there is one and it has something to give: this process
 * becomes the program. Returns where a session of the user's own does.
 */
static void
run_by_daemon(const struct session_options *options)
{
	struct privd_session *session;
	char *command, *program;
	int status, fd;

	command = session_find_command(options->argv[0], &status);
	program = command == NULL ? NULL : realpath(command, NULL);
	if (program == NULL) {
		free(command);
		return; /* which is told there */
	}
	fd = open(program, O_PATH | O_CLOEXEC);
	if (ask_patiently(options, program, fd, &session) == 0) {
		read_log(options, session);
		(void)privd_exec(session, command, options->argv);
		errx(SESSION_EXIT_CANNOT, "%s: %s", program,
		    privd_session_reason(session));
	}
	tell_failure(program, session);
	privd_session_close(session);
	if (fd != -1)
		close(fd);
	free(program);
	free(command);
}

int
main(int argc, char *argv[])
{
	static struct session_options options = {
		.max_calls = SESSION_CALLS,
	};
	static struct session_plan plan;
	char reason[SESSION_REASON_MAX];
	int status;

	if (descriptors_open_standard() == -1)
		exit(SESSION_EXIT_REFUSED);
	parse_options(argc, argv, &options);
	if (launch_is_nested())
		errx(SESSION_EXIT_REFUSED, LAUNCH_NESTED);
	if (notify_init() == -1)
		err(SESSION_EXIT_REFUSED,
		    "this kernel does not deliver system calls (seccomp user "
		    "notification)");
	if (geteuid() != 0 && !options.change_ids)
		run_by_daemon(&options);
	status = session_plan(&options, &plan, reason, sizeof(reason));
	if (status != 0)
		errx(status, "%s%s", reason,
		    own_users() ? " (in a user namespace, where privd "
				  "elevates nothing)" :
				  "");
	/* The kernel takes the plan back. */
	return session_run(&plan);
}

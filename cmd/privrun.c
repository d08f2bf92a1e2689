/* SPDX-License-Identifier: ISC */
/*
 * privrun: runs a program under its policies. Here are only the options;
 * what they ask for is the session's.
 */
#include <sys/types.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../privd/notify/notify.h"
#include "../privd/session/session.h"
#include "../privd/version.h"

static void usage(void) __attribute__((noreturn));

static void
usage(void)
{
	(void)fprintf(stderr,
	    "usage: privrun [-aeiuUV] [-c uid:gid | user[:group]] "
	    "[-d policydir]\n"
	    "               [-E logfile] [-f file] command [argument ...]\n");
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
	gr = getgrnam(s);
	if (gr == NULL)
		errx(2, "-c: unknown group: %s", s);
	return gr->gr_gid;
}

/* uid:gid, user:group, or user alone, who has a group. */
static void
parse_credentials(const char *arg, struct session_options *options)
{
	const struct passwd *pw;
	char *user, *group;
	long long n;

	user = strdup(arg);
	if (user == NULL)
		err(SESSION_EXIT_REFUSED, NULL);
	group = strchr(user, ':');
	if (group != NULL)
		*group++ = '\0';
	n = number(user);
	pw = n >= 0 ? getpwuid((uid_t)n) : getpwnam(user);
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

	while ((ch = getopt(argc, argv, "+ac:d:eE:f:iuUV")) != -1) {
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
 * Descriptors 0 to 2 that are closed would be given to files of ours, and the
 * program would write its messages into them.
 */
static void
open_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd == -1)
			exit(SESSION_EXIT_REFUSED);
	} while (fd <= STDERR_FILENO);
	(void)close(fd);
}

int
main(int argc, char *argv[])
{
	static struct session_options options;
	static struct session_plan plan;
	char reason[SESSION_REASON_MAX];
	int status;

	open_standard_descriptors();
	parse_options(argc, argv, &options);
	if (notify_init() == -1)
		err(SESSION_EXIT_REFUSED,
		    "this kernel does not deliver system calls (seccomp user "
		    "notification)");
	status = session_plan(&options, &plan, reason, sizeof(reason));
	if (status != 0)
		errx(status, "%s", reason);
	status = session_run(&plan);
	session_plan_clear(&plan);
	return status;
}

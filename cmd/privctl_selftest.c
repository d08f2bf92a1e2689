/* SPDX-License-Identifier: ISC */
/*
 * privctl selftest: the attacks that are installed beside it, tried on this
 * machine. They are scripts that make a daemon and users of their own
 * (tests/attack in the sources); here they are started with nothing of the
 * caller's environment, and their results told.
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define LIBBSD_OPENBSD_VIS /* strvis(3) alone is used */
#include <vis.h>

#include "places.h"

#include "../privd/session/descriptors.h"
#include "../privd/session/jail.h"
#include "kernel.h"
#include "privctl.h"

#define SELFTEST_FOLDER PRIVD_LIBEXECDIR "/privd/selftest"
#define SELFTEST_CHECK SELFTEST_FOLDER "/tests/attack/check"
#define SECONDS_MAX 3600
#define SAID "#   " /* before what a row says that failed */

enum result {
	PASSED,
	FAILED,
	SKIPPED,
	NRESULTS
};

static const char *const results[] = {
	[PASSED] = "PASS",
	[FAILED] = "FAIL",
	[SKIPPED] = "SKIP",
};

struct selftest {
	bool json;
	unsigned int seconds; /* how long races last; 0: once */
	bool machine;         /* its settings may change for a while */
	unsigned int count[NRESULTS];
	unsigned int planned;
	bool failing; /* the row told last: what it says follows */
	unsigned int said;
};

/* --- what the kernel has */

static bool
has_landlock(void)
{
	return jail_landlock_abi() > 0;
}

static bool
has_yama(void)
{
	return kernel_yama() > 0;
}

static int
no_number(void)
{
	return 0;
}

static const struct feature {
	const char *name;
	bool (*has)(void);
	int (*number)(void); /* how much of it; 0: there is no more to say */
} features[] = {
	{ "seccomp user notification", kernel_notifies, no_number },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", kernel_waits_killable,
	    no_number },
	{ "SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP", kernel_wakes_at_once,
	    no_number },
	{ "pidfd_getfd", kernel_has_getfd, no_number },
	{ "PIDFD_THREAD", kernel_has_thread_pidfd, no_number },
	{ "SO_PEERPIDFD", kernel_has_peer_pidfd, no_number },
	{ "CAP_BLOCK_SUSPEND", kernel_has_guard, no_number },
	{ "Landlock", has_landlock, jail_landlock_abi },
	{ "Yama", has_yama, kernel_yama },
	{ "io_uring", kernel_has_io_uring, no_number },
	{ "32-bit programs", kernel_runs_32bit, no_number },
};

#define NFEATURES (sizeof(features) / sizeof(features[0]))

static void
tell_features(const struct selftest *test)
{
	const struct feature *feature;
	struct utsname name;
	char value[16];
	size_t i;

	if (uname(&name) == -1)
		err(1, "uname");
	if (test->json) {
		(void)printf("{\"kernel\":");
		privctl_put_json(name.release);
		(void)printf(",\"machine\":");
		privctl_put_json(name.machine);
		(void)printf(",\"features\":{");
	} else
		(void)printf("Linux %s %s\n", name.release, name.machine);
	for (i = 0; i < NFEATURES; i++) {
		feature = &features[i];
		if (!feature->has())
			(void)strlcpy(value, test->json ? "false" : "no",
			    sizeof(value));
		else if (feature->number() == 0)
			(void)strlcpy(value, test->json ? "true" : "yes",
			    sizeof(value));
		else
			(void)snprintf(value, sizeof(value), "%d",
			    feature->number());
		if (test->json)
			(void)printf("%s\"%s\":%s", i > 0 ? "," : "",
			    feature->name, value);
		else
			(void)printf("  %-40s %s\n", feature->name, value);
	}
	(void)printf("%s", test->json ? "},\"rows\":[" : "\n");
	(void)fflush(stdout); /* before a child has it, too */
}

/* --- what the attacks say */

/* Rows quote what programs wrote. */
static void
print_visible(const char *text)
{
	char shown[5];

	for (; *text != '\0'; text++) {
		(void)vis(shown, *text, VIS_CSTYLE | VIS_NL | VIS_NOSLASH,
		    text[1]);
		(void)fputs(shown, stdout);
	}
}

/* What the row told last says. */
static void
tell_more(struct selftest *test, const char *text)
{
	if (test->json) {
		(void)printf(test->said++ == 0 ? ",\"said\":[" : ",");
		privctl_put_json(text);
	} else {
		(void)printf("      ");
		print_visible(text);
		(void)putchar('\n');
	}
}

static unsigned int
told(const struct selftest *test)
{
	return test->count[PASSED] + test->count[FAILED] + test->count[SKIPPED];
}

/* As JSON its object is open until another row follows, or none. */
static void
end_row(struct selftest *test)
{
	if (test->json && told(test) > 0)
		(void)printf("%s}", test->said > 0 ? "]" : "");
	test->said = 0;
}

static void
tell_row(struct selftest *test, enum result result, const char *row,
    const char *what, const char *why)
{
	end_row(test);
	if (test->json && told(test) > 0)
		(void)putchar(',');
	test->count[result]++;
	test->failing = result == FAILED;
	if (test->json) {
		(void)printf("{\"row\":");
		privctl_put_json(row);
		(void)printf(",\"result\":\"%s\",\"what\":", results[result]);
		privctl_put_json(what);
		if (why != NULL) {
			(void)printf(",\"why\":");
			privctl_put_json(why);
		}
	} else {
		(void)printf("%s  %-12s ", results[result], row);
		print_visible(what);
		if (why != NULL) {
			(void)printf(": ");
			print_visible(why);
		}
		(void)putchar('\n');
	}
	(void)fflush(stdout);
}

/* Splits at the first of these; NULL: it is not there. */
static char *
split(char *text, const char *at)
{
	char *found = strstr(text, at);

	if (found == NULL)
		return NULL;
	*found = '\0';
	return found + strlen(at);
}

/* "ok N - ROW: WHAT" or "not ok ...", perhaps with " # SKIP WHY" behind. */
static void
take_result(struct selftest *test, char *line)
{
	enum result result = PASSED;
	char *row, *what, *why;

	if (strncmp(line, "not ", 4) == 0)
		result = FAILED;
	row = split(line, " - ");
	what = row == NULL ? NULL : split(row, ": ");
	if (what == NULL)
		return; /* and so the number of rows is not as planned */
	why = split(what, " # SKIP");
	if (why != NULL && result == PASSED)
		result = SKIPPED;
	if (why != NULL)
		why += strspn(why, " ");
	tell_row(test, result, row, what, why);
}

static void
take_line(struct selftest *test, char *line)
{
	const char *wrong;

	if (strncmp(line, "1..", 3) == 0)
		test->planned = (unsigned int)strtonum(line + 3, 0, INT_MAX,
		    &wrong);
	else if (strncmp(line, "ok ", 3) == 0 ||
	    strncmp(line, "not ok ", 7) == 0)
		take_result(test, line);
	else if (line[0] != '#')
		warnx("%s", line);
	else if (test->failing && strncmp(line, SAID, strlen(SAID)) == 0)
		tell_more(test, line + strlen(SAID));
}

/* --- their process */

/* Becomes the runner, or exits. Whoever ends privctl ends it as well. */
static void __attribute__((noreturn))
become_runner(const struct selftest *test, char **rows, int out)
{
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char locale[] = "LC_ALL=C";
	char build[] = "BUILD=" SELFTEST_FOLDER "/build";
	char opens[] = "ATTACK_OPENS=10000", sends[] = "ATTACK_SENDS=2000";
	char installed[] = "ATTACK_INSTALLED=1";
	char machine[] = "ATTACK_MACHINE=no";
	char seconds[32];
	char *env[] = { path, locale, build, installed, opens, sends, seconds,
		test->machine ? NULL : machine, NULL };

	(void)snprintf(seconds, sizeof(seconds), "RACE_SECONDS=%u",
	    test->seconds);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == -1 ||
	    dup2(out, STDOUT_FILENO) == -1 || chdir("/") == -1)
		err(1, NULL);
	/* What they start as somebody else has none of the caller's. */
	descriptors_keep_only(NULL, 0);
	(void)umask(022);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGQUIT, SIG_DFL);
	(void)execve(SELFTEST_CHECK, rows, env);
	if (errno == ENOENT)
		errx(1, "%s is not there: `make install' puts it there",
		    SELFTEST_CHECK);
	err(1, "%s", SELFTEST_CHECK);
}

/* The process, and what it says; rows[0] is its name. */
static pid_t
start_runner(const struct selftest *test, char **rows, FILE **says)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		err(1, "pipe");
	pid = fork();
	if (pid == -1)
		err(1, "fork");
	if (pid == 0)
		become_runner(test, rows, ends[1]);
	close(ends[1]);
	*says = fdopen(ends[0], "r");
	if (*says == NULL)
		err(1, NULL);
	return pid;
}

/* True: every row that there should be was told, and the runner was content. */
static bool
follow(struct selftest *test, char **rows)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	FILE *says;
	pid_t pid;
	int status;

	pid = start_runner(test, rows, &says);
	while ((len = getline(&line, &size, says)) != -1) {
		if (len > 0 && line[len - 1] == '\n')
			line[len - 1] = '\0';
		take_line(test, line);
	}
	free(line);
	(void)fclose(says);
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			err(1, "wait");
	return WIFEXITED(status) &&
	    (WEXITSTATUS(status) == 0 || test->count[FAILED] > 0) &&
	    test->planned == told(test);
}

static void
take_arguments(struct selftest *test, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	const char *wrong;
	int c;

	while ((c = getopt_long(argc, argv, "+mt:", options, NULL)) != -1) {
		if (c == 'm')
			test->machine = true;
		else if (c == 'j')
			test->json = true;
		else if (c == 't') {
			test->seconds = (unsigned int)strtonum(optarg, 0,
			    SECONDS_MAX, &wrong);
			if (wrong != NULL)
				errx(2, "seconds \"%s\": %s: 0 to %d", optarg,
				    wrong, SECONDS_MAX);
		} else
			privctl_usage("selftest");
	}
}

int
privctl_selftest(int argc, char **argv)
{
	struct selftest test = { .json = false };
	bool whole;

	take_arguments(&test, argc, argv);
	/* Of the last word that is no row: the runner's name. */
	argv[optind - 1] = (char[]){ SELFTEST_CHECK };
	tell_features(&test);
	/* Whoever interrupts is heard by the runner, which undoes things. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	whole = follow(&test, argv + optind - 1);
	end_row(&test);
	(void)printf(test.json ?
		"],\"passed\":%u,\"failed\":%u,\"skipped\":%u,\"whole\":%s}\n" :
		"\n%u passed, %u failed, %u skipped\n",
	    test.count[PASSED], test.count[FAILED], test.count[SKIPPED],
	    whole ? "true" : "false");
	(void)fflush(stdout);
	if (!whole)
		warnx("it ended before all was tried");
	return whole && test.count[FAILED] == 0 ? 0 : 1;
}

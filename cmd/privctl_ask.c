/* SPDX-License-Identifier: ISC */
/*
 * privctl status, sessions, list, reload and explain: what the daemon is asked,
 * and its answers for people or, by --json, for programs.
 */
#include <sys/types.h>

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../client-lib/privd.h"
#include "privctl.h"

const char *privctl_socket;

struct row {
	const struct privd_field *fields;
	size_t count;
};

/* How a command asks, and shows a row: the first, or a later one. */
struct question {
	enum privd_topic topic;
	bool single; /* one row, an object by itself */
	size_t most; /* of rows that are shown; 0: all */
	void (*show)(const struct row *, bool first);
	const char *nothing; /* said where there is no row; or NULL */
};

static const char *
text_of(const struct row *row, const char *name)
{
	size_t i;

	for (i = 0; i < row->count; i++)
		if (strcmp(row->fields[i].name, name) == 0 &&
		    row->fields[i].text != NULL)
			return row->fields[i].text;
	return "";
}

static bool
find_number(const struct row *row, const char *name, uint64_t *number)
{
	size_t i;

	for (i = 0; i < row->count; i++)
		if (strcmp(row->fields[i].name, name) == 0 &&
		    row->fields[i].text == NULL) {
			*number = row->fields[i].number;
			return true;
		}
	*number = 0;
	return false;
}

static uint64_t
number_of(const struct row *row, const char *name)
{
	uint64_t number;

	(void)find_number(row, name, &number);
	return number;
}

/* --- JSON */

static void
put_object(const struct row *row)
{
	const struct privd_field *field;
	size_t i;

	(void)putchar('{');
	for (i = 0; i < row->count; i++) {
		field = &row->fields[i];
		if (i > 0)
			(void)fputs(", ", stdout);
		privctl_put_json(field->name);
		(void)fputs(": ", stdout);
		if (field->text != NULL)
			privctl_put_json(field->text);
		else
			(void)printf("%" PRIu64, field->number);
	}
	(void)putchar('}');
}

/* --- text */

/* Until the next one. */
static const char *
time_text(uint64_t seconds)
{
	static char text[32];
	time_t when = (time_t)seconds;
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return "?";
	return text;
}

static const char *
user_text(uint64_t uid)
{
	static char text[16];
	const struct passwd *pw = getpwuid((uid_t)uid);

	if (pw != NULL)
		return pw->pw_name;
	(void)snprintf(text, sizeof(text), "%" PRIu64, uid);
	return text;
}

static void
show_status(const struct row *row, bool first)
{
	uint64_t number;

	(void)first;
	(void)printf("privd %s", text_of(row, "version"));
	if (find_number(row, "pid", &number))
		(void)printf(", process %" PRIu64, number);
	(void)printf(", since %s\n", time_text(number_of(row, "began")));
	(void)printf("sessions: %" PRIu64 " of at most %" PRIu64 "\n",
	    number_of(row, "sessions"), number_of(row, "most_sessions"));
	if (find_number(row, "most_calls", &number))
		(void)printf("calls: room for %" PRIu64 " of at most %" PRIu64
			     "\n",
		    number_of(row, "calls"), number);
	if (find_number(row, "policies", &number))
		(void)printf("policies: %" PRIu64 " with %" PRIu64
			     " rules, in %s\n",
		    number, number_of(row, "rules"), text_of(row, "folder"));
	if (find_number(row, "refused_connections", &number) && number > 0)
		(void)printf("connections refused: %" PRIu64
			     ", of users who connect too often\n",
		    number);
	(void)printf("policies were read: %s\n",
	    time_text(number_of(row, "loaded")));
}

static void
show_session(const struct row *row, bool first)
{
	if (first)
		(void)printf("%8s %-16s %-19s %s\n", "PID", "USER", "BEGAN",
		    "PROGRAM");
	(void)printf("%8" PRIu64 " %-16s %-19s %s\n", number_of(row, "pid"),
	    user_text(number_of(row, "uid")),
	    time_text(number_of(row, "began")), text_of(row, "program"));
}

static void
show_policy(const struct row *row, bool first)
{
	static char *last;
	const char *program = text_of(row, "program");

	(void)first;
	if (last == NULL || strcmp(last, program) != 0) {
		(void)printf("%s\n", program);
		free(last);
		last = strdup(program);
	}
	if (*text_of(row, "rule") == '\0')
		(void)printf("\tnothing is elevated\n");
	else
		(void)printf("\t%s\n\t\t%s:%" PRIu64 "\n", text_of(row, "rule"),
		    text_of(row, "file"), number_of(row, "line"));
}

static void
show_refusal(const struct row *row, bool first)
{
	if (!first)
		(void)putchar('\n');
	(void)printf("%s, process %" PRIu64 ", %s: %s: %s\n",
	    time_text(number_of(row, "time")), number_of(row, "pid"),
	    text_of(row, "program"), text_of(row, "call"),
	    text_of(row, "error"));
	if (*text_of(row, "request") != '\0')
		(void)printf("asked:   %s\n", text_of(row, "request"));
	(void)printf("refused: %s\n", text_of(row, "reason"));
	if (*text_of(row, "permit") == '\0') {
		(void)printf("no rule: %s\n", text_of(row, "where"));
		return;
	}
	(void)printf("permit:  %s\n", text_of(row, "permit"));
	(void)printf("in:      %s\n", text_of(row, "where"));
}

static void
show_error(const struct row *row, bool first)
{
	(void)first;
	if (*text_of(row, "file") != '\0')
		(void)fprintf(stderr, "%s:%" PRIu64 ":%" PRIu64 ": ",
		    text_of(row, "file"), number_of(row, "line"),
		    number_of(row, "column"));
	(void)fprintf(stderr, "%s\n", text_of(row, "message"));
}

/* --- */

int
privctl_fail(struct privd_query *query, const char *hint)
{
	int error = errno;
	const char *reason = privd_query_reason(query);

	if (*reason != '\0')
		warnx("%s", reason);
	else if (error == ENOENT || error == ECONNREFUSED)
		warnx("privd is not running%s%s%s",
		    privctl_socket == NULL ? "" : " at ",
		    privctl_socket == NULL ? "" : privctl_socket, hint);
	else
		warnx("privd: %s", strerror(error));
	privd_query_close(query);
	return 1;
}

/* What else can be done without it. */
static const char *
hint_of(const struct question *q)
{
	return q->topic == PRIVD_REFUSALS ?
	    ": of sessions without it privrun -e tells what is refused, and "
	    "why" :
	    "";
}

static void
show(const struct question *q, const struct row *row, size_t n, bool json)
{
	if (!json) {
		q->show(row, n == 0);
		return;
	}
	if (!q->single)
		(void)fputs(n == 0 ? "[" : ",\n ", stdout);
	put_object(row);
}

/* The end of what JSON needs one for, if there is an answer. */
static void
show_end(const struct question *q, size_t n, bool json)
{
	if (json && q->single)
		(void)printf(n == 0 ? "{}\n" : "\n");
	else if (json)
		(void)printf(n == 0 ? "[]\n" : "]\n");
	else if (n == 0 && q->nothing != NULL)
		(void)printf("%s\n", q->nothing);
}

static int
ask(const struct question *q, pid_t pid, bool json)
{
	struct privd_query *query;
	struct row row;
	size_t n = 0;
	int result;

	if (privd_ask(privctl_socket, q->topic, pid, &query) == -1)
		return privctl_fail(query, hint_of(q));
	while ((result = privd_next(query, &row.fields, &row.count)) == 1)
		if (q->most == 0 || n < q->most)
			show(q, &row, n++, json);
	/* Of a reload that failed the rows are whole as well. */
	if (result == 0 || errno == EINVAL)
		show_end(q, n, json);
	if (result == -1)
		return privctl_fail(query, hint_of(q));
	privd_query_close(query);
	return 0;
}

struct asked {
	bool json;
	bool all; /* -a */
};

/* --json, and others by the letters of getopt(3). */
static void
take_options(int argc, char **argv, const char *letters, struct asked *asked)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int ch;

	while ((ch = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (ch == 'j')
			asked->json = true;
		else if (ch == 'a')
			asked->all = true;
		else
			privctl_usage(argv[0]);
	}
}

static int
ask_plainly(const struct question *q, int argc, char **argv)
{
	struct asked asked = { false, false };

	take_options(argc, argv, "+", &asked);
	if (optind != argc)
		privctl_usage(argv[0]);
	return ask(q, 0, asked.json);
}

int
privctl_status(int argc, char **argv)
{
	static const struct question q = { PRIVD_STATUS, true, 0, show_status,
		NULL };

	return ask_plainly(&q, argc, argv);
}

int
privctl_sessions(int argc, char **argv)
{
	static const struct question q = { PRIVD_SESSIONS, false, 0,
		show_session, "no sessions" };

	return ask_plainly(&q, argc, argv);
}

int
privctl_list(int argc, char **argv)
{
	static const struct question q = { PRIVD_POLICIES, false, 0,
		show_policy, "there are no policies" };

	return ask_plainly(&q, argc, argv);
}

int
privctl_reload(int argc, char **argv)
{
	static const struct question q = { PRIVD_RELOAD, false, 0, show_error,
		NULL };

	return ask_plainly(&q, argc, argv);
}

int
privctl_explain(int argc, char **argv)
{
	struct question q = { PRIVD_REFUSALS, false, 1, show_refusal,
		"nothing was refused in privd's last sessions, as far as is "
		"known: what is denied\nwithout being judged goes by unseen "
		"(add log to the rule), as does what the kernel\nrefuses of "
		"calls that are not judged (strace shows it); of sessions "
		"without privd\nprivrun -e tells" };
	struct asked asked = { false, false };
	const char *error = NULL;
	pid_t pid = 0;

	take_options(argc, argv, "+a", &asked);
	if (optind < argc)
		pid = (pid_t)strtonum(argv[optind++], 1, INT_MAX, &error);
	if (error != NULL)
		errx(2, "process \"%s\": the number is %s", argv[optind - 1],
		    error);
	if (optind != argc)
		privctl_usage(argv[0]);
	if (asked.all)
		q.most = 0;
	return ask(&q, pid, asked.json);
}

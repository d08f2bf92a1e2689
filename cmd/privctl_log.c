/* SPDX-License-Identifier: ISC */
/*
 * privctl log: the last lines of the daemon's log, and with -f those that
 * come.
 */
#include <sys/types.h>

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../client-lib/privd.h"
#include "privctl.h"

static bool
take_options(int argc, char **argv, bool *json)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	bool follow = false;
	int ch;

	while ((ch = getopt_long(argc, argv, "+f", options, NULL)) != -1) {
		if (ch == 'f')
			follow = true;
		else if (ch == 'j')
			*json = true;
		else
			privctl_usage(argv[0]);
	}
	if (optind != argc)
		privctl_usage(argv[0]);
	return follow;
}

static bool
show(const struct privd_field *fields, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0 && fields[i].text != NULL)
			return printf("%s\n", fields[i].text) > 0 &&
			    fflush(stdout) == 0;
	return true;
}

int
privctl_log(int argc, char **argv)
{
	bool json = false, follow = take_options(argc, argv, &json);
	const struct privd_field *fields;
	struct privd_query *query;
	size_t count;
	int result;

	result = privd_ask(privctl_socket, follow ? PRIVD_FOLLOW : PRIVD_LINES,
	    0, &query);
	if (result == -1)
		return privctl_fail(query, "");
	while ((result = privd_next(query, &fields, &count)) == 1)
		if (!show(fields, count, json ? "json" : "line"))
			err(1, "standard output");
	if (result == -1)
		return privctl_fail(query, "");
	privd_query_close(query);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Names of errors, as policies write them. The C library knows Linux's; the
 * table adds the BSDs', which existing policies name. What Linux has no
 * number for becomes EPERM, as in systrace on Linux.
 */
#include "internal.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

/* One more than the highest number that Linux uses. */
#define ERRORS_END 134

static const struct {
	const char *name;
	int error;
} others[] = {
	{ "eauth", EPERM },
	{ "ebadexec", ENOEXEC },
	{ "ebadrpc", EPERM },
	{ "edeadlock", EDEADLK },
	{ "edoofus", EPERM },
	{ "eftype", EPERM },
	{ "eipsec", EPERM },
	{ "elast", EPERM },
	{ "eneedauth", EPERM },
	{ "enoattr", ENODATA },
	{ "enotsup", EOPNOTSUPP },
	{ "eprocunavail", EPERM },
	{ "eproclim", EPERM },
	{ "eprogmismatch", EPERM },
	{ "eprogunavail", EPERM },
	{ "erpcmismatch", EPERM },
	{ "ewouldblock", EAGAIN },
};

#define NOTHERS (sizeof(others) / sizeof(others[0]))

int
policy_errno_by_name(const char *name)
{
	const char *known;
	size_t i;
	int error;

	for (error = 1; error < ERRORS_END; error++) {
		known = strerrorname_np(error);
		if (known != NULL && strcasecmp(known, name) == 0)
			return error;
	}
	for (i = 0; i < NOTHERS; i++) {
		if (strcasecmp(others[i].name, name) == 0)
			return others[i].error;
	}
	return -1;
}

const char *
policy_errno_name(int error)
{
	static char names[ERRORS_END][20];
	const char *known;
	size_t i;

	if (error < 1 || error >= ERRORS_END)
		return NULL;
	known = strerrorname_np(error);
	if (known == NULL)
		return NULL;
	/* Written with the same bytes each time, so never torn. */
	for (i = 0; i < sizeof(names[0]) - 1 && known[i] != '\0'; i++)
		names[error][i] = (char)tolower((unsigned char)known[i]);
	return names[error];
}

void
names_offer_errors(struct nearest *nearest)
{
	const char *name;
	size_t i;
	int error;

	for (error = 1; error < ERRORS_END; error++) {
		name = policy_errno_name(error);
		if (name != NULL)
			nearest_offer(nearest, name);
	}
	for (i = 0; i < NOTHERS; i++)
		nearest_offer(nearest, others[i].name);
}

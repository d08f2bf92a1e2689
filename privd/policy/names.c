/* SPDX-License-Identifier: ISC */
/*
 * Names that a policy borrows from the system: users, groups, capabilities;
 * and the nearest known name for a misspelt one. They are looked up once,
 * when a policy is loaded, never when a call is judged.
 */
#include "internal.h"

#include <sys/capability.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "../account.h"

/* A directory of users can be without end; a hint is not worth it. */
#define NAMES_MAX 1000

void
nearest_start(struct nearest *nearest, const char *word)
{
	nearest->word = word;
	nearest->best[0] = '\0';
	nearest->distance = UINT32_MAX;
}

/* Levenshtein's distance, case aside. */
static unsigned int
nearest_distance(const char *a, const char *b)
{
	unsigned int row[64], corner, above, cost;
	size_t i, j, n;

	n = strlen(b);
	for (j = 0; j <= n; j++)
		row[j] = (unsigned int)j;
	for (i = 1; a[i - 1] != '\0'; i++) {
		corner = row[0];
		row[0] = (unsigned int)i;
		for (j = 1; j <= n; j++) {
			above = row[j];
			cost = corner +
			    (tolower((unsigned char)a[i - 1]) !=
				tolower((unsigned char)b[j - 1]));
			if (above + 1 < cost)
				cost = above + 1;
			if (row[j - 1] + 1 < cost)
				cost = row[j - 1] + 1;
			row[j] = cost;
			corner = above;
		}
	}
	return row[n];
}

void
nearest_offer(struct nearest *nearest, const char *candidate)
{
	unsigned int distance;

	if (strlen(nearest->word) > 63 ||
	    strlen(candidate) >= sizeof(nearest->best))
		return;
	distance = nearest_distance(nearest->word, candidate);
	if (distance >= nearest->distance ||
	    distance > 1 + strlen(nearest->word) / 4)
		return;
	nearest->distance = distance;
	(void)strlcpy(nearest->best, candidate, sizeof(nearest->best));
}

const char *
nearest_hint(const struct nearest *nearest, char *out, size_t len)
{
	out[0] = '\0';
	if (nearest->best[0] != '\0')
		(void)snprintf(out, len, "; did you mean \"%s\"?",
		    nearest->best);
	return out;
}

int
names_user(const char *name, uid_t *uid)
{
	const struct passwd *pw;

	if (account_user_named(name, &pw) == -1)
		return -1;
	errno = 0;
	if (pw == NULL)
		return -1;
	*uid = pw->pw_uid;
	return 0;
}

int
names_group(const char *name, gid_t *gid)
{
	const struct group *gr;

	if (account_group_named(name, &gr) == -1)
		return -1;
	errno = 0;
	if (gr == NULL)
		return -1;
	*gid = gr->gr_gid;
	return 0;
}

const char *
names_capability_print(int cap, char out[32])
{
	char *name;

	name = cap_to_name(cap);
	if (name == NULL)
		return NULL;
	(void)strlcpy(out, name, 32);
	(void)cap_free(name);
	return out;
}

/*
 * libcap reads numbers and stops at the first byte that it does not know:
 * only what it prints the same way again is a name.
 */
int
names_capability(const char *name)
{
	char full[40], printed[32];
	cap_value_t cap;

	if (strncasecmp(name, "cap_", 4) == 0)
		name += 4;
	if (strlen(name) > 30)
		return -1;
	(void)snprintf(full, sizeof(full), "cap_%s", name);
	if (cap_from_name(full, &cap) == -1 || cap < 0 || cap > 63)
		return -1;
	if (names_capability_print(cap, printed) == NULL ||
	    strcasecmp(printed, full) != 0)
		return -1;
	return cap;
}

void
names_offer_capabilities(struct nearest *nearest)
{
	char printed[32];
	int cap;

	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (names_capability_print(cap, printed) == NULL)
			continue;
		nearest_offer(nearest, printed);
		nearest_offer(nearest, printed + 4);
	}
}

void
names_offer_users(struct nearest *nearest)
{
	const struct passwd *pw;
	int i;

	setpwent();
	for (i = 0; i < NAMES_MAX && (pw = getpwent()) != NULL; i++)
		nearest_offer(nearest, pw->pw_name);
	endpwent();
}

void
names_offer_groups(struct nearest *nearest)
{
	const struct group *gr;
	int i;

	setgrent();
	for (i = 0; i < NAMES_MAX && (gr = getgrent()) != NULL; i++)
		nearest_offer(nearest, gr->gr_name);
	endgrent();
}

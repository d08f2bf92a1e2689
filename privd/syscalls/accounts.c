/* SPDX-License-Identifier: ISC */
/*
 * Names of users and groups. Who is locked in, as a session's judge is, can
 * ask no name service, and must not: it reads a program's bytes. It knows the
 * names that were learned before: those of the local files, and single ones
 * that somebody asked for. Nothing here changes once it is learned.
 */
#include <sys/types.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "syscalls.h"

#define ACCOUNTS_MAX 8192 /* what lies behind has no name */

struct accounts {
	struct sys_account *list;
	size_t count;
};

static struct accounts users, groups;
static bool learned;

static const struct sys_account *
find(const struct accounts *accounts, uint32_t id)
{
	size_t i;

	for (i = 0; i < accounts->count; i++)
		if (accounts->list[i].id == id)
			return &accounts->list[i];
	return NULL;
}

/* Of several names of an id the first counts, as for getpwuid(3). */
static int
add(struct accounts *accounts, uint32_t id, const char *name, const char *home)
{
	struct sys_account *list, *account;

	if (find(accounts, id) != NULL || accounts->count >= ACCOUNTS_MAX)
		return 0;
	list = reallocarray(accounts->list, accounts->count + 1, sizeof(*list));
	if (list == NULL)
		return -1;
	accounts->list = list;
	account = &list[accounts->count];
	account->id = id;
	account->name = strdup(name);
	account->home = home == NULL ? NULL : strdup(home);
	if (account->name == NULL || (home != NULL && account->home == NULL)) {
		free(account->name);
		return -1;
	}
	accounts->count++;
	return 0;
}

/* A file that is not there, or has faults, names nobody. */
int
sys_accounts_learn(const char *passwd, const char *group)
{
	const struct passwd *pw;
	const struct group *gr;
	int result = 0;
	FILE *file;

	learned = true;
	file = fopen(passwd, "re");
	while (file != NULL && result == 0 && (pw = fgetpwent(file)) != NULL)
		result = add(&users, pw->pw_uid, pw->pw_name, pw->pw_dir);
	if (file != NULL)
		(void)fclose(file);
	file = fopen(group, "re");
	while (file != NULL && result == 0 && (gr = fgetgrent(file)) != NULL)
		result = add(&groups, gr->gr_gid, gr->gr_name, NULL);
	if (file != NULL)
		(void)fclose(file);
	return result;
}

/* A second name of an id is no name: what counts is the one that it has. */
int
sys_accounts_ask_user(const char *name)
{
	const struct passwd *pw = getpwnam(name);

	if (pw != NULL)
		pw = getpwuid(pw->pw_uid);
	return pw == NULL ? 0 :
			    add(&users, pw->pw_uid, pw->pw_name, pw->pw_dir);
}

int
sys_accounts_ask_group(const char *name)
{
	const struct group *gr = getgrnam(name);

	if (gr != NULL)
		gr = getgrgid(gr->gr_gid);
	return gr == NULL ? 0 : add(&groups, gr->gr_gid, gr->gr_name, NULL);
}

const struct sys_account *
sys_account_user(uid_t uid)
{
	const struct passwd *pw;

	if (!learned && find(&users, uid) == NULL &&
	    (pw = getpwuid(uid)) != NULL)
		(void)add(&users, uid, pw->pw_name, pw->pw_dir);
	return find(&users, uid);
}

const struct sys_account *
sys_account_group(gid_t gid)
{
	const struct group *gr;

	if (!learned && find(&groups, gid) == NULL &&
	    (gr = getgrgid(gid)) != NULL)
		(void)add(&groups, gid, gr->gr_name, NULL);
	return find(&groups, gid);
}

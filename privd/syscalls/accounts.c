/* SPDX-License-Identifier: ISC */
/*
 * Names of users and groups. Who is locked in, as a session's judge is, can
 * ask no name service, and must not: it reads a program's bytes. It knows the
 * names that were learned before: those of the local files, and single ones
 * that somebody asked for. Nothing here changes once it is learned.
 */
#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../account.h"
#include "syscalls.h"

#define ACCOUNTS_MAX 8192  /* what lies behind has no name */
#define TEXT_MAX (1 << 20) /* of what is read at once */

struct accounts {
	struct sys_account *list;
	size_t count;
};

/* A file's, and which file that was. */
struct file_accounts {
	struct accounts accounts;
	struct stat seen;
};

static struct accounts users, groups; /* that somebody asked for */
static struct file_accounts file_users, file_groups;
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
append(struct accounts *accounts, uint32_t id, const char *name,
    const char *home)
{
	struct sys_account *list, *account;

	if (accounts->count >= ACCOUNTS_MAX)
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
		free(account->home);
		return -1;
	}
	accounts->count++;
	return 0;
}

static int
add(struct accounts *accounts, uint32_t id, const char *name, const char *home)
{
	return find(accounts, id) != NULL ? 0 :
					    append(accounts, id, name, home);
}

static void
forget(struct accounts *accounts)
{
	size_t i;

	for (i = 0; i < accounts->count; i++) {
		free(accounts->list[i].name);
		free(accounts->list[i].home);
	}
	free(accounts->list);
	memset(accounts, 0, sizeof(*accounts));
}

static bool
is_as_seen(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static int
read_user(FILE *file, struct accounts *accounts)
{
	const struct passwd *pw;

	if (account_next_user(file, &pw) == -1)
		return -1;
	if (pw == NULL)
		return 0;
	return append(accounts, pw->pw_uid, pw->pw_name, pw->pw_dir) == -1 ?
	    -1 :
	    1;
}

static int
read_group(FILE *file, struct accounts *accounts)
{
	const struct group *gr;

	if (account_next_group(file, &gr) == -1)
		return -1;
	if (gr == NULL)
		return 0;
	return append(accounts, gr->gr_gid, gr->gr_name, NULL) == -1 ? -1 : 1;
}

static int
read_accounts(FILE *file, struct accounts *accounts,
    int (*read_one)(FILE *, struct accounts *))
{
	int result = 1;

	while (result == 1)
		result = read_one(file, accounts);
	return result;
}

/* What libc reads in memory as it would in the file. */
static bool
is_text(const char *text, size_t n, size_t size)
{
	return n > 0 && n == size && memchr(text, '\0', n) == NULL;
}

/* By a copy in memory, for of a file libc asks for its place at each line. */
static int
read_copy(FILE *file, char *text, size_t size, struct accounts *accounts,
    int (*read_one)(FILE *, struct accounts *))
{
	size_t n = fread(text, 1, size + 1, file);
	FILE *copy = is_text(text, n, size) ? fmemopen(text, n, "r") : NULL;
	int result, saved;

	if (copy == NULL) {
		rewind(file);
		return read_accounts(file, accounts, read_one);
	}
	result = read_accounts(copy, accounts, read_one);
	saved = errno;
	(void)fclose(copy);
	errno = saved;
	return result;
}

static int
read_file(FILE *file, const struct stat *st, struct accounts *accounts,
    int (*read_one)(FILE *, struct accounts *))
{
	char *text;
	int result;

	if (!S_ISREG(st->st_mode) || st->st_size > TEXT_MAX)
		return read_accounts(file, accounts, read_one);
	text = malloc((size_t)st->st_size + 1);
	if (text == NULL)
		return -1;
	result = read_copy(file, text, (size_t)st->st_size, accounts, read_one);
	free(text);
	return result;
}

/* A file that is not there names nobody, and neither does a line with faults;
   what was read of it before, and is not changed, is not read again. */
static int
learn(const char *path, struct file_accounts *known,
    int (*read_one)(FILE *, struct accounts *))
{
	FILE *file = fopen(path, "re");
	struct stat st;
	int result = 0, saved;

	if (file == NULL)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fileno(file), &st) == -1) {
		result = -1;
	} else if (!is_as_seen(&st, &known->seen)) {
		forget(&known->accounts);
		result = read_file(file, &st, &known->accounts, read_one);
		memset(&known->seen, 0, sizeof(known->seen));
		if (result == 0)
			known->seen = st;
	}
	saved = errno;
	(void)fclose(file);
	errno = saved;
	return result;
}

int
sys_accounts_learn(const char *passwd, const char *group)
{
	learned = true;
	return learn(passwd, &file_users, read_user) == -1 ||
		learn(group, &file_groups, read_group) == -1 ?
	    -1 :
	    0;
}

/* A second name of an id is no name: what counts is the one that it has. */
int
sys_accounts_ask_user(const char *name)
{
	const struct passwd *pw;

	if (account_user_named(name, &pw) == -1 ||
	    (pw != NULL && account_user(pw->pw_uid, &pw) == -1))
		return -1;
	return pw == NULL ? 0 :
			    add(&users, pw->pw_uid, pw->pw_name, pw->pw_dir);
}

int
sys_accounts_ask_group(const char *name)
{
	const struct group *gr;

	if (account_group_named(name, &gr) == -1 ||
	    (gr != NULL && account_group(gr->gr_gid, &gr) == -1))
		return -1;
	return gr == NULL ? 0 : add(&groups, gr->gr_gid, gr->gr_name, NULL);
}

const struct sys_account *
sys_account_user(uid_t uid)
{
	const struct sys_account *account = find(&users, uid);
	const struct passwd *pw;

	if (account == NULL)
		account = find(&file_users.accounts, uid);
	if (account != NULL || learned || account_user(uid, &pw) == -1 ||
	    pw == NULL)
		return account;
	(void)add(&users, uid, pw->pw_name, pw->pw_dir);
	return find(&users, uid);
}

const struct sys_account *
sys_account_group(gid_t gid)
{
	const struct sys_account *account = find(&groups, gid);
	const struct group *gr;

	if (account == NULL)
		account = find(&file_groups.accounts, gid);
	if (account != NULL || learned || account_group(gid, &gr) == -1 ||
	    gr == NULL)
		return account;
	(void)add(&groups, gid, gr->gr_name, NULL);
	return find(&groups, gid);
}

/* SPDX-License-Identifier: ISC */
/*
 * The C library asks one service after the other, and tells what came of the
 * last: where that knows nobody of this name (libnss_systemd is the last by
 * default), files that could not be opened for want of descriptors are no
 * error. So who was not found is looked for in the local file once more.
 * What a service over the network hides in this way nobody can see.
 */
#include "account.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define USERS "/etc/passwd"
#define GROUPS "/etc/group"

/* Did the services say that there is none? */
static bool
is_none(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH;
}

/* 1: there is no such file. */
static int
open_file(const char *path, FILE **file)
{
	*file = fopen(path, "re");
	if (*file != NULL)
		return 0;
	return errno == ENOENT ? 1 : -1;
}

static void
close_file(FILE *file)
{
	int saved = errno;

	(void)fclose(file);
	errno = saved;
}

/* Nothing was read: at the end, or for what reason? */
static int
end_of(FILE *file)
{
	if (feof(file) && !ferror(file))
		return 0;
	if (errno == 0)
		errno = EIO;
	return -1;
}

int
account_next_user(FILE *file, const struct passwd **pw)
{
	errno = 0;
	*pw = fgetpwent(file);
	return *pw != NULL ? 0 : end_of(file);
}

int
account_next_group(FILE *file, const struct group **gr)
{
	errno = 0;
	*gr = fgetgrent(file);
	return *gr != NULL ? 0 : end_of(file);
}

/* name NULL: that id. */
static int
find_user(const char *name, uid_t uid, const struct passwd **pw)
{
	FILE *file;
	int result = open_file(USERS, &file);

	if (result != 0)
		return result == 1 ? 0 : -1;
	do
		result = account_next_user(file, pw);
	while (result == 0 && *pw != NULL &&
	    (name != NULL ? strcmp((*pw)->pw_name, name) != 0 :
			    (*pw)->pw_uid != uid));
	close_file(file);
	return result;
}

static int
find_group(const char *name, gid_t gid, const struct group **gr)
{
	FILE *file;
	int result = open_file(GROUPS, &file);

	if (result != 0)
		return result == 1 ? 0 : -1;
	do
		result = account_next_group(file, gr);
	while (result == 0 && *gr != NULL &&
	    (name != NULL ? strcmp((*gr)->gr_name, name) != 0 :
			    (*gr)->gr_gid != gid));
	close_file(file);
	return result;
}

static int
take_user(const char *name, uid_t uid, const struct passwd **pw)
{
	if (*pw != NULL)
		return 0;
	return is_none(errno) ? find_user(name, uid, pw) : -1;
}

static int
take_group(const char *name, gid_t gid, const struct group **gr)
{
	if (*gr != NULL)
		return 0;
	return is_none(errno) ? find_group(name, gid, gr) : -1;
}

int
account_user(uid_t uid, const struct passwd **pw)
{
	errno = 0;
	*pw = getpwuid(uid);
	return take_user(NULL, uid, pw);
}

int
account_user_named(const char *name, const struct passwd **pw)
{
	errno = 0;
	*pw = getpwnam(name);
	return take_user(name, 0, pw);
}

int
account_group(gid_t gid, const struct group **gr)
{
	errno = 0;
	*gr = getgrgid(gid);
	return take_group(NULL, gid, gr);
}

int
account_group_named(const char *name, const struct group **gr)
{
	errno = 0;
	*gr = getgrnam(name);
	return take_group(name, 0, gr);
}

int
account_can_ask(void)
{
	FILE *file;
	int result = open_file(GROUPS, &file);

	if (result == 0)
		close_file(file);
	return result == -1 ? -1 : 0;
}

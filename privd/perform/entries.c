/* SPDX-License-Identifier: ISC */
/*
 * Entries of folders: made, removed, renamed and linked in their pinned
 * folder, by the one name that was judged. A slash behind that name is given
 * to the kernel again, which does not follow a link for it.
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../resolve/resolve.h"
#include "internal.h"

struct entry {
	char name[NAME_MAX + 2];
};

/* What a call says of paths that end in no name: ".", "..", "/". */
struct endings {
	int dot;
	int dotdot;
	int root;
};

static int
ending_error(const struct resolve_pin *pin, const struct endings *endings)
{
	switch (pin->end) {
	case RESOLVE_END_DOT:
		return endings->dot;
	case RESOLVE_END_DOTDOT:
		return endings->dotdot;
	case RESOLVE_END_NAME:
		break;
	}
	return endings->root;
}

/* The entry's name in pin->parent. -1 with errno if there is none. */
static int
take_entry(const struct resolve_pin *pin, const struct endings *endings,
    struct entry *entry)
{
	if (pin == NULL || pin->deep)
		errno = ENOENT;
	else if (pin->parent == -1)
		errno = ending_error(pin, endings);
	else {
		(void)snprintf(entry->name, sizeof(entry->name), "%s%s",
		    pin->name, pin->slash ? "/" : "");
		return 0;
	}
	return -1;
}

static const struct endings making = { EEXIST, EEXIST, EEXIST };

int
perform_unlink(const struct perform_request *request,
    struct perform_result *result)
{
	static const struct endings endings = { EISDIR, EISDIR, EISDIR };
	struct entry entry;

	(void)result;
	if (take_entry(request->pin[0], &endings, &entry) == -1)
		return -1;
	return unlinkat(request->pin[0]->parent, entry.name, 0);
}

int
perform_rmdir(const struct perform_request *request,
    struct perform_result *result)
{
	static const struct endings endings = { EINVAL, ENOTEMPTY, EBUSY };
	struct entry entry;

	(void)result;
	if (take_entry(request->pin[0], &endings, &entry) == -1)
		return -1;
	return unlinkat(request->pin[0]->parent, entry.name, AT_REMOVEDIR);
}

int
perform_mkdir(const struct perform_request *request,
    struct perform_result *result)
{
	struct entry entry;

	(void)result;
	if (take_entry(request->pin[0], &making, &entry) == -1)
		return -1;
	return mkdirat(request->pin[0]->parent, entry.name,
	    request->numbers.mode);
}

int
perform_mknod(const struct perform_request *request,
    struct perform_result *result)
{
	struct entry entry;

	(void)result;
	if (take_entry(request->pin[0], &making, &entry) == -1)
		return -1;
	/* As the kernel counts devices, which libc's dev_t is not. */
	return (int)syscall(SYS_mknodat, request->pin[0]->parent, entry.name,
	    request->numbers.mode, (unsigned int)request->numbers.device);
}

static bool
cannot_be_searched(const struct resolve_pin *pin)
{
	return pin != NULL && pin->parent != -1 &&
	    perform_access(pin->parent, X_OK) == -1 && errno == EACCES;
}

/* Both folders are walked to before a name is looked at. 0, or -1 with errno
   where that shows. */
static int
check_folders(const struct resolve_pin *from, const struct resolve_pin *to)
{
	if (from == NULL || to == NULL || from->deep)
		return 0;
	if ((from->parent == -1 && cannot_be_searched(to)) ||
	    ((to->deep || to->parent == -1) && cannot_be_searched(from)))
		errno = EACCES;
	else if (to->deep)
		errno = ENOENT;
	else
		return 0;
	return -1;
}

int
perform_rename(const struct perform_request *request,
    struct perform_result *result)
{
	static const struct endings busy = { EBUSY, EBUSY, EBUSY };
	bool keep = (request->numbers.flags & RENAME_NOREPLACE) != 0;
	struct entry from, to;

	(void)result;
	if (check_folders(request->pin[0], request->pin[1]) == -1 ||
	    take_entry(request->pin[0], &busy, &from) == -1 ||
	    take_entry(request->pin[1], keep ? &making : &busy, &to) == -1)
		return -1;
	return (int)syscall(SYS_renameat2, request->pin[0]->parent, from.name,
	    request->pin[1]->parent, to.name,
	    (unsigned int)request->numbers.flags);
}

int
perform_link(const struct perform_request *request,
    struct perform_result *result)
{
	struct entry entry;

	(void)result;
	if (take_entry(request->pin[1], &making, &entry) == -1)
		return -1;
	return linkat(AT_FDCWD, perform_path(request->pin[0]->object).text,
	    request->pin[1]->parent, entry.name, AT_SYMLINK_FOLLOW);
}

int
perform_symlink(const struct perform_request *request,
    struct perform_result *result)
{
	struct entry entry;

	(void)result;
	if (take_entry(request->pin[0], &making, &entry) == -1)
		return -1;
	return symlinkat(request->data, request->pin[0]->parent, entry.name);
}

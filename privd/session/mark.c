/* SPDX-License-Identifier: ISC */
/*
 * The file is opened once, and all that is looked at and changed is what that
 * descriptor is of.
 */
#include "mark.h"

#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../policy/policy.h"
#include "image.h"

static const cap_value_t guard = CAP_BLOCK_SUSPEND;

static bool
has_flag(cap_t caps, cap_value_t cap, cap_flag_t flag)
{
	cap_flag_value_t value = CAP_CLEAR;

	return cap_get_flag(caps, cap, flag, &value) == 0 && value == CAP_SET;
}

static bool
has_any(cap_t caps, cap_flag_t flag, cap_value_t but)
{
	cap_value_t cap;

	for (cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (cap != but && has_flag(caps, cap, flag))
			return true;
	return false;
}

void
mark_of(cap_t caps, struct mark *mark)
{
	memset(mark, 0, sizeof(*mark));
	if (caps == NULL)
		return;
	mark->foreign = cap_get_nsowner(caps) != 0;
	mark->guard = has_flag(caps, guard, CAP_PERMITTED);
	mark->others = has_any(caps, CAP_PERMITTED, guard);
	mark->marked = !mark->foreign && has_flag(caps, guard, CAP_INHERITABLE);
}

static bool
is_without(int error)
{
	return error == ENODATA || error == EOPNOTSUPP;
}

int
mark_read(const char *path, struct mark *mark)
{
	cap_t caps = cap_get_file(path);

	if (caps == NULL && !is_without(errno))
		return -1;
	mark_of(caps, mark);
	(void)cap_free(caps);
	return 0;
}

/* NULL: it can carry one; else why not. */
static const char *
find_wrong(int fd)
{
	struct statvfs vfs;

	if (fstatvfs(fd, &vfs) == -1)
		return strerror(errno);
	if ((vfs.f_flag & ST_NOSUID) != 0)
		return "its file system is mounted nosuid, where no mark "
		       "counts";
	if (image_bits(fd) == 0)
		return "it is no binary, and nothing else is elevated";
	return NULL;
}

int
mark_open(const char *path, struct mark_file *file, char *why, size_t len)
{
	char link[32];
	const char *wrong;
	int pin;

	file->fd = -1;
	pin = policy_trusted_open(path, file->path, why, len);
	if (pin == -1)
		return -1;
	/* The same file: it is found by the descriptor, not by a name. */
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", pin);
	file->fd = open(link, O_RDONLY | O_CLOEXEC);
	wrong = file->fd == -1 ? strerror(errno) : find_wrong(file->fd);
	close(pin);
	if (wrong == NULL)
		return 0;
	(void)snprintf(why, len, "%s", wrong);
	if (file->fd != -1)
		close(file->fd);
	file->fd = -1;
	errno = EINVAL;
	return -1;
}

/* What speaks against changing these; NULL: nothing. */
static const char *
refuse(const struct mark *mark, bool marked)
{
	if (mark->foreign)
		return "its capabilities are of another user namespace";
	if (marked && mark->guard)
		return "whoever executes it gains the guard, as by privrun: "
		       "take that away first (setcap -r)";
	return NULL;
}

/*
 * The file says of all of its capabilities, or of none, that they are
 * effective at once.
 */
static int
put_mark(cap_t caps, bool marked)
{
	bool effective = has_any(caps, CAP_EFFECTIVE, -1);
	cap_flag_value_t value = marked ? CAP_SET : CAP_CLEAR;

	if (!marked)
		effective = has_flag(caps, guard, CAP_PERMITTED) && effective;
	if (cap_set_flag(caps, CAP_INHERITABLE, 1, &guard, value) == -1)
		return -1;
	return cap_set_flag(caps, CAP_EFFECTIVE, 1, &guard,
	    effective ? CAP_SET : CAP_CLEAR);
}

static int
store(int fd, cap_t caps)
{
	bool empty = !has_any(caps, CAP_PERMITTED, -1) &&
	    !has_any(caps, CAP_INHERITABLE, -1);

	return cap_set_fd(fd, empty ? NULL : caps);
}

int
mark_change(const struct mark_file *file, bool marked, bool *changed, char *why,
    size_t len)
{
	const char *wrong = NULL;
	struct mark mark;
	cap_t caps;

	*changed = false;
	caps = cap_get_fd(file->fd);
	if (caps == NULL && is_without(errno))
		caps = cap_init();
	if (caps == NULL) {
		(void)snprintf(why, len, "%s", strerror(errno));
		return -1;
	}
	mark_of(caps, &mark);
	if (mark.marked != marked) {
		wrong = refuse(&mark, marked);
		*changed = wrong == NULL;
	}
	if (*changed &&
	    (put_mark(caps, marked) == -1 || store(file->fd, caps) == -1))
		wrong = strerror(errno);
	(void)cap_free(caps);
	if (wrong == NULL)
		return 0;
	*changed = false;
	(void)snprintf(why, len, "%s", wrong);
	return -1;
}

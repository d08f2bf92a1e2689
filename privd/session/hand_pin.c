/* SPDX-License-Identifier: ISC */
/*
 * Nothing that the judge says of a descriptor is taken for true: here the
 * kernel is asked what it is called, with the hand's own root, and the walk
 * below a folder is the hand's own.
 */
#include "hand_pin.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../resolve/resolve.h"

static const struct resolve_view here = { .root = -1, .own_root = true };

int
hand_pin_object(int fd, struct resolve_pin *pin)
{
	return resolve_adopt(&here, fd, pin);
}

int
hand_pin_name(struct resolve_pin *pin)
{
	return resolve_name(&here, pin->object, pin->path, sizeof(pin->path),
	    &pin->outside);
}

/* Cuts the next plain name off a path; false if there is none. */
static bool
next_name(const char **rest, char name[NAME_MAX + 1])
{
	size_t len = strcspn(*rest, "/");

	if (len == 0 || len > NAME_MAX)
		return false;
	memcpy(name, *rest, len);
	name[len] = '\0';
	*rest += len;
	*rest += strspn(*rest, "/");
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

int
hand_pin_entry(int folder, const char *rest, struct resolve_pin *pin)
{
	char name[NAME_MAX + 1];
	int error;

	if (strchr(rest, '/') != NULL || !next_name(&rest, name)) {
		close(folder);
		return EINVAL;
	}
	error = resolve_adopt(&here, folder, pin);
	if (error == 0)
		error = resolve_into_entry(pin, name);
	if (error == 0)
		error = resolve_look_for(pin->parent, name, &pin->missing);
	return error;
}

/* The next folder, or object; links are none. Takes cur over. */
static int
step(int cur, const char *name, int *next)
{
	struct stat st;
	int error = 0;

	*next = openat(cur, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (*next == -1)
		error = errno;
	close(cur);
	if (error != 0)
		return error;
	if (fstat(*next, &st) == 0 && !S_ISLNK(st.st_mode))
		return 0;
	close(*next);
	return EACCES;
}

/* Is the last name an entry, or that of what is to be made? 0 or errno. */
static int
find_end(int cur, const char *name, bool making, bool *entry)
{
	return *entry || !making ? 0 : resolve_look_for(cur, name, entry);
}

int
hand_pin_below(int folder, const char *rest, bool entry, bool making,
    struct resolve_pin *pin)
{
	char name[NAME_MAX + 1];
	int cur, error;

	cur = fcntl(folder, F_DUPFD_CLOEXEC, 3);
	if (cur == -1)
		return errno;
	do {
		error = next_name(&rest, name) ? 0 : EACCES;
		if (error == 0 && *rest == '\0')
			error = find_end(cur, name, making, &entry);
		if (error != 0) {
			close(cur);
			return error;
		}
		if (*rest == '\0' && entry)
			return hand_pin_entry(cur, name, pin);
		error = step(cur, name, &cur);
		if (error != 0)
			return error;
	} while (*rest != '\0');
	return resolve_adopt(&here, cur, pin);
}

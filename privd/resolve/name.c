/* SPDX-License-Identifier: ISC */
/*
 * Names of what is pinned: the kernel's, below the program's root, with what
 * proves them.
 */
#include "resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define PROOFS_MAX 3 /* of a name that others change meanwhile */

static int
name_of(int fd, char *buf, size_t size)
{
	char link[32];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, buf, size);
	if (n == -1)
		return errno;
	if ((size_t)n >= size)
		return ENAMETOOLONG;
	buf[n] = '\0';
	return 0;
}

bool
resolve_is_named(int fd, const char *path)
{
	char name[PATH_MAX];

	return name_of(fd, name, sizeof(name)) == 0 && strcmp(name, path) == 0;
}

/*
 * The program's own folder of /proc is shown as /proc/self: its number is
 * nothing that a policy could name.
 */
static void
name_own_proc(const struct resolve_view *view, char *buf)
{
	static const char self[] = "/proc/self";
	char own[32];
	size_t n;

	if (strncmp(buf, "/proc/", 6) != 0 || view->tgid <= 0)
		return;
	n = (size_t)snprintf(own, sizeof(own), "/proc/%d", view->tgid);
	if (strncmp(buf, own, n) != 0 || (buf[n] != '/' && buf[n] != '\0'))
		return;
	/* Never longer than it was, but for numbers of up to three digits. */
	if (n < sizeof(self) - 1 &&
	    strlen(buf) + sizeof(self) - 1 - n >= PATH_MAX)
		return;
	memmove(buf + sizeof(self) - 1, buf + n, strlen(buf + n) + 1);
	memcpy(buf, self, sizeof(self) - 1);
}

static int
name_below_root(const struct resolve_view *view, int fd, char *buf, size_t size,
    bool *outside)
{
	char root[PATH_MAX];
	size_t len;
	int error;

	*outside = false;
	error = name_of(fd, buf, size);
	if (error != 0 || view->own_root)
		return error;
	error = name_of(view->root, root, sizeof(root));
	if (error != 0)
		return error;
	len = strlen(root);
	if (strcmp(root, "/") == 0)
		return 0;
	if (strncmp(buf, root, len) != 0 ||
	    (buf[len] != '/' && buf[len] != '\0')) {
		*outside = true;
		return 0;
	}
	memmove(buf, buf + len, strlen(buf + len) + 1);
	if (buf[0] == '\0')
		(void)snprintf(buf, size, "/");
	return 0;
}

/* What the kernel calls what cannot be reached from here. */
static const char unreachable[] = "(unreachable)";

static void
mark_unreachable(char *buf, size_t size)
{
	size_t n = sizeof(unreachable) - 1, len = strlen(buf);

	if (len + n >= size)
		buf[size - n - 1] = '\0';
	memmove(buf + n, buf, strlen(buf) + 1);
	memcpy(buf, unreachable, n);
}

/* A name is asked for again if it was changed while it was looked at. */
static int
name_proven(const struct resolve_view *view, int fd, char *buf, size_t size,
    bool *outside)
{
	int tries, error;

	for (tries = 0; tries < PROOFS_MAX; tries++) {
		error = name_below_root(view, fd, buf, size, outside);
		if (error == 0 && view->own_root)
			error = resolve_prove(fd, buf);
		if (error != ESTALE)
			return error;
	}
	*outside = true;
	if (buf[0] == '/')
		mark_unreachable(buf, size);
	return 0;
}

int
resolve_name(const struct resolve_view *view, int fd, char *buf, size_t size,
    bool *outside)
{
	int error = name_proven(view, fd, buf, size, outside);

	if (error == 0)
		name_own_proc(view, buf);
	return error;
}

/*
 * What was walked to from our own root needs no proof but that: a mount that
 * was let go meanwhile, as users can do with their own, is named as if its
 * root were ours.
 */
int
name_walked(const struct resolve_view *view, bool foreign, int fd,
    uint64_t mount, char *buf, size_t size, bool *outside)
{
	int error;

	if (foreign)
		return resolve_name(view, fd, buf, size, outside);
	error = name_below_root(view, fd, buf, size, outside);
	if (error == 0 && view->own_root)
		error = prove_is_mounted(view, fd, mount, buf);
	if (error == ESTALE) {
		*outside = true;
		mark_unreachable(buf, size);
		error = 0;
	}
	if (error == 0)
		name_own_proc(view, buf);
	return error;
}

int
resolve_adopt(const struct resolve_view *view, int object,
    struct resolve_pin *pin)
{
	resolve_pin_init(pin);
	pin->object = object;
	if (resolve_stat(object, &pin->st) == -1)
		return errno;
	return resolve_name(view, object, pin->path, sizeof(pin->path),
	    &pin->outside);
}

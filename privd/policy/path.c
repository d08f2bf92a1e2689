/* SPDX-License-Identifier: ISC */
/*
 * Literal paths of policies, made canonical when they are loaded, so that
 * they can be compared with the canonical names that calls are judged by.
 *
 * Links are followed only if root alone can have set them: whoever could
 * bend a link could otherwise bend a rule that elevates onto another file.
 */
#include "internal.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PATH_LINKS_MAX 40

struct walk {
	char done[PATH_MAX];     /* canonical so far, without last slash */
	char rest[2 * PATH_MAX]; /* still to be walked */
	/* By depth: can only root have set an entry of this folder, if root
	   serves its file system? An entry that root owns, in a sticky folder
	   that only root can replace. */
	bool trusted[PATH_MAX / 2];
	size_t depth;
	bool any;
	int links;
};

/* Takes the next component; false if there is none. */
static bool
walk_component(struct walk *w, char name[PATH_MAX])
{
	size_t skip, len;

	skip = strspn(w->rest, "/");
	len = strcspn(w->rest + skip, "/");
	if (len == 0 || len >= PATH_MAX)
		return false;
	memcpy(name, w->rest + skip, len);
	name[len] = '\0';
	memmove(w->rest, w->rest + skip + len,
	    strlen(w->rest + skip + len) + 1);
	return true;
}

static void
walk_up(struct walk *w)
{
	char *slash;

	slash = strrchr(w->done, '/');
	if (slash != NULL) {
		*slash = '\0';
		w->depth--;
	}
}

/* Goes through the link that `done` names; len is of what is before it. */
static int
walk_link(struct walk *w, size_t len)
{
	char target[2 * PATH_MAX];
	ssize_t n;

	n = readlink(w->done, target, PATH_MAX - 1);
	if (n == -1)
		return -1;
	target[n] = '\0';
	if (++w->links > PATH_LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (strlcat(target, w->rest, sizeof(target)) >= sizeof(target) ||
	    strlen(target) >= sizeof(w->rest)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strlcpy(w->rest, target, sizeof(w->rest));
	if (target[0] == '/')
		len = w->depth = 0;
	w->done[len] = '\0';
	return 0;
}

static bool
is_served_by_root(const char *folder)
{
	int fd = open(folder, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	bool result = fd != -1 && served_by_root(fd);

	if (fd != -1)
		close(fd);
	return result;
}

static void
walk_down(struct walk *w, const struct stat *st)
{
	bool closed;

	closed = (st->st_mode & (S_IWGRP | S_IWOTH)) == 0 ||
	    (st->st_mode & S_ISVTX) != 0;
	w->trusted[w->depth + 1] = w->trusted[w->depth] && st->st_uid == 0 &&
	    closed;
	w->depth++;
}

/* The folders on the way to what `done` names, which are asked only if one of
   them has a link. */
static bool
are_served_by_root(struct walk *w)
{
	char *end = w->done;
	bool served = true;

	while (served && (end = strchr(end + 1, '/')) != NULL) {
		*end = '\0';
		served = is_served_by_root(w->done);
		*end = '/';
	}
	return served;
}

/*
 * /proc/self is whoever looks: for a call it is the program, whose own folder
 * is shown by that name, and not what it is for us here.
 */
static bool
is_own_proc(const char *path)
{
	static const char *const own[] = { "/proc/self", "/proc/thread-self" };
	size_t i, n;

	for (i = 0; i < 2; i++) {
		n = strlen(own[i]);
		if (strncmp(path, own[i], n) == 0 &&
		    (path[n] == '\0' || path[n] == '/'))
			return true;
	}
	return false;
}

/* One component further. Returns a state, -1 with errno. */
static int
walk_step(struct walk *w, const char *name, bool keep_last)
{
	struct stat st;
	size_t len;

	if (strcmp(name, ".") == 0)
		return PATH_EXISTS;
	if (strcmp(name, "..") == 0) {
		walk_up(w);
		return PATH_EXISTS;
	}
	len = strlen(w->done);
	if (strlcat(w->done, "/", sizeof(w->done)) >= sizeof(w->done) ||
	    strlcat(w->done, name, sizeof(w->done)) >= sizeof(w->done)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (is_own_proc(w->done)) {
		w->trusted[++w->depth] = false;
		return PATH_EXISTS;
	}
	if (lstat(w->done, &st) == -1)
		return PATH_MISSING;
	if (!S_ISLNK(st.st_mode)) {
		walk_down(w, &st);
		return PATH_EXISTS;
	}
	if (keep_last && w->rest[strspn(w->rest, "/")] == '\0')
		return PATH_EXISTS;
	if (!w->any &&
	    (!w->trusted[w->depth] || st.st_uid != 0 || !are_served_by_root(w)))
		return PATH_UNTRUSTED;
	return walk_link(w, len);
}

int
path_resolve(const char *path, bool any, bool keep_last, char out[PATH_MAX])
{
	struct walk w = { .any = any, .trusted = { true } };
	char name[PATH_MAX];
	size_t len;
	int state;

	len = strlen(path);
	if (len >= PATH_MAX) {
		out[0] = '\0';
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strlcpy(out, path, PATH_MAX);
	if (path[0] != '/')
		return PATH_MISSING;
	(void)strlcpy(w.rest, path, sizeof(w.rest));
	state = PATH_EXISTS;
	while (state == PATH_EXISTS && walk_component(&w, name))
		state = walk_step(&w, name, keep_last);
	if (state == -1)
		return -1;
	if (state != PATH_EXISTS)
		(void)strlcat(w.done, w.rest, sizeof(w.done));
	else if (w.done[0] == '\0' || (len > 1 && path[len - 1] == '/'))
		(void)strlcat(w.done, "/", sizeof(w.done));
	if (strlen(w.done) + 1 >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strlcpy(out, w.done, PATH_MAX);
	return state;
}

int
policy_resolve(const char *path, bool keep_last, char *out, size_t size)
{
	char full[PATH_MAX];
	int state;

	state = path_resolve(path, false, keep_last, full);
	if (strlcpy(out, state == -1 ? path : full, size) >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return state == -1 ? -1 : 0;
}

bool
policy_names_file(const char *name)
{
	static const char *const names[] = { "filename", "sockaddr", "pidname",
		"source", "target" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(names[i], name) == 0)
			return true;
	}
	return false;
}

size_t
path_literal(enum policy_operator op, const char *text)
{
	size_t end, pos, len;

	end = op == POLICY_MATCH ? strcspn(text, "*?[\\") : strlen(text);
	pos = 0;
	if (macro_next(text, op == POLICY_MATCH, false, &pos, &len) != 0 &&
	    pos < end)
		end = pos;
	if (text[end] == '\0')
		return end;
	while (end > 0 && text[end - 1] != '/')
		end--;
	return end;
}

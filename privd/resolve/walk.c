/* SPDX-License-Identifier: ISC */
/*
 * The walk. One component at a time, each folder pinned before the next is
 * looked up in it, links read from their pin and spelled out here: so there
 * is no second walk that could go elsewhere. What the kernel can walk for us
 * in one call is left to it (see at_once.c): the whole path, or the folder of
 * its last component.
 *
 * Who can change what: the user can rename, link and mount under the walk at
 * any moment. It then ends at another object, whose canonical name is asked
 * of the kernel afterwards, from the pin.
 */
#include "resolve.h"

#include <sys/fsuid.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"
#include "at_once.h"
#include "internal.h"
#include "ours.h"

#define LINKS_MAX 40 /* as the kernel has it */
#define WALK_MAX (2 * PATH_MAX)
#define PIN_FLAGS (O_PATH | O_NOFOLLOW | O_CLOEXEC)

static bool protect_symlinks = true;

struct walk {
	const struct resolve_view *view;
	struct resolve_pin *pin;
	struct stat root_st; /* once has_root */
	uint64_t root_mount; /* 0: nobody knows */
	struct stat cur_st;
	uint64_t cur_mount;    /* 0: nobody knows */
	uint64_t parent_mount; /* the same, of the pin's parent */
	unsigned int flags;
	unsigned int links;
	int cur; /* folder, owned */
	bool has_root;
	bool anchored; /* pin names an entry */
	bool foreign;  /* not reached from our root alone */
	dev_t plain;   /* where no procfs was found */
	char *next;    /* what is left, in buf */
	char buf[WALK_MAX];
};

void
resolve_init(void)
{
	char value = '1';
	int fd;

	fd = open("/proc/sys/fs/protected_symlinks", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	if (read(fd, &value, 1) == 1)
		protect_symlinks = value != '0';
	close(fd);
}

void
resolve_pin_init(struct resolve_pin *pin)
{
	pin->object = -1;
	pin->parent = -1;
	pin->name[0] = '\0';
	pin->path[0] = '\0';
	pin->rest[0] = '\0';
	pin->missing = false;
	pin->slash = false;
	pin->outside = false;
	pin->self_link = false;
	pin->deep = false;
	pin->end = RESOLVE_END_NAME;
}

void
resolve_clear(struct resolve_pin *pin)
{
	if (pin->object != -1)
		close(pin->object);
	if (pin->parent != -1)
		close(pin->parent);
	pin->object = -1;
	pin->parent = -1;
}

/* The name of an entry that is not there: its folder's, and itself. */
static int
name_entry(const struct walk *walk)
{
	struct resolve_pin *pin = walk->pin;
	size_t len, n;
	int error;

	error = name_walked(walk->view, walk->foreign, pin->parent,
	    walk->parent_mount, pin->path, PATH_MAX, &pin->outside);
	if (error != 0)
		return error;
	len = strlen(pin->path);
	if (len > 0 && pin->path[len - 1] == '/')
		len--;
	n = (size_t)snprintf(pin->path + len, sizeof(pin->path) - len,
	    pin->deep ? "/%s/%s" : "/%s", pin->name, pin->rest);
	return n < sizeof(pin->path) - len ? 0 : ENAMETOOLONG;
}

int
resolve_into_entry(struct resolve_pin *pin, const char *name)
{
	size_t len = strlen(pin->path);
	size_t size = sizeof(pin->path);

	if (strcmp(pin->path, "/") == 0)
		len = 0;
	if ((size_t)snprintf(pin->path + len, size - len, "/%s", name) >=
		size - len ||
	    strlcpy(pin->name, name, sizeof(pin->name)) >= sizeof(pin->name))
		return ENAMETOOLONG;
	pin->parent = pin->object;
	pin->parent_st = pin->st;
	pin->object = -1;
	pin->missing = true;
	return 0;
}

static void
set_current(struct walk *walk, int fd, const struct stat *st, uint64_t mount)
{
	if (walk->cur != -1)
		close(walk->cur);
	walk->cur = fd;
	walk->cur_st = *st;
	walk->cur_mount = mount;
}

/* The walk goes on there. Takes fd over. 0 or errno. */
static int
move_to(struct walk *walk, int fd)
{
	struct stat st;
	uint64_t mount;
	int error;

	if (fd == -1)
		return errno;
	if (look_at(fd, &st, &mount) == -1) {
		error = errno;
		close(fd);
		return error;
	}
	set_current(walk, fd, &st, mount);
	return 0;
}

/* 0 or errno. */
static int
look_at_root(struct walk *walk)
{
	if (!walk->has_root &&
	    look_at(walk->view->root, &walk->root_st, &walk->root_mount) == -1)
		return errno;
	walk->has_root = true;
	return 0;
}

/* The kernel's rule for the last link in a sticky folder that all write. */
static bool
may_follow(const struct walk *walk, const struct stat *link)
{
	const struct stat *dir = &walk->cur_st;
	const mode_t shared = S_ISVTX | S_IWOTH;

	if (!protect_symlinks || (dir->st_mode & shared) != shared)
		return true;
	/* An id that does not exist changes nothing and tells the fsuid. */
	return link->st_uid == dir->st_uid ||
	    link->st_uid == (uid_t)setfsuid((uid_t)-1);
}

/* Puts a link's text before what is left of the path. */
static int
prepend(struct walk *walk, const char *text, size_t len)
{
	size_t left = strlen(walk->next);

	if (len + left + 2 > sizeof(walk->buf))
		return ENAMETOOLONG;
	memmove(walk->buf + len + (left > 0), walk->next, left + 1);
	if (left > 0)
		walk->buf[len] = '/';
	memcpy(walk->buf, text, len);
	walk->next = walk->buf;
	return 0;
}

static int
restart_at_root(struct walk *walk)
{
	int fd, error = look_at_root(walk);

	if (error != 0)
		return error;
	fd = fcntl(walk->view->root, F_DUPFD_CLOEXEC, 3);
	if (fd == -1)
		return errno;
	walk->foreign = false;
	set_current(walk, fd, &walk->root_st, walk->root_mount);
	return 0;
}

/*
 * /proc/self is the reader's: spelled out for the program. Returns the
 * length, 0 if the link is neither self nor thread-self; -1 with ENOENT where
 * the program's number is another one.
 */
static int
self_text(const struct walk *walk, const char *name, char *buf, size_t size)
{
	const struct resolve_view *view = walk->view;

	if (walk->cur_st.st_ino != PROC_ROOT_INO ||
	    (strcmp(name, "self") != 0 && strcmp(name, "thread-self") != 0))
		return 0;
	if (!ours_is_numbered(walk->cur)) {
		errno = ENOENT;
		return -1;
	}
	if (strcmp(name, "self") == 0)
		return snprintf(buf, size, "%d", view->tgid);
	return snprintf(buf, size, "%d/task/%d", view->tgid, view->tid);
}

/*
 * The name of what is our own in /proc: to the program it is not there. From
 * our own root that is come to by its number alone; from a descriptor, or by
 * other mounts, a walk may begin anywhere in it.
 */
static bool
is_our_own(struct walk *walk, const char *name)
{
	const struct stat *st = &walk->cur_st;
	bool anywhere = walk->foreign || !walk->view->own_root;

	if (st->st_dev == walk->plain ||
	    (!anywhere && st->st_ino != PROC_ROOT_INO))
		return false;
	if (!ours_is_on_procfs(walk->cur, st)) {
		walk->plain = st->st_dev;
		return false;
	}
	if (anywhere && ours_is_within(walk->cur, st))
		return strcmp(name, "..") != 0;
	return st->st_ino == PROC_ROOT_INO && ours_is_entry(walk->cur, name);
}

/* A link of /proc/PID jumps to its object: there is no text to walk. */
static int
follow_magic(struct walk *walk, const char *name)
{
	const struct resolve_view *view = walk->view;
	struct stat st;
	uint64_t mount;
	int fd;

	if (view->owns != NULL && view->owns(view->context, &walk->cur_st))
		fd = view->magic(view->context, walk->cur, name, 0);
	else
		fd = openat(walk->cur, name, O_PATH | O_CLOEXEC);
	if (fd == -1)
		return errno;
	if (look_at(fd, &st, &mount) == -1) {
		close(fd);
		return errno;
	}
	/* Somebody may have given the program one of our files. */
	if (ours_is_within(fd, &st)) {
		close(fd);
		return ENOENT;
	}
	set_current(walk, fd, &st, mount);
	walk->anchored = false;
	walk->foreign = true;
	return 0;
}

/* Takes ownership of the link's pin. */
static int
follow(struct walk *walk, const char *name, int fd, const struct stat *st,
    bool last)
{
	char text[PATH_MAX];
	struct statfs fs;
	ssize_t len;
	int error = 0;

	if (++walk->links > LINKS_MAX || fstatfs(fd, &fs) == -1 ||
	    (fs.f_flags & ST_NOSYMFOLLOW) != 0)
		error = ELOOP;
	else if (last && !may_follow(walk, st))
		error = EACCES;
	if (error != 0) {
		close(fd);
		return error;
	}
	if (fs.f_type == PROC_SUPER_MAGIC &&
	    walk->cur_st.st_ino != PROC_ROOT_INO) {
		close(fd);
		return follow_magic(walk, name);
	}
	len = 0;
	if (fs.f_type == PROC_SUPER_MAGIC)
		len = self_text(walk, name, text, sizeof(text));
	if (len == 0)
		len = readlinkat(fd, "", text, sizeof(text));
	error = len == -1 ? errno : 0;
	close(fd);
	if (error != 0)
		return error;
	if (len == 0)
		return ENOENT;
	error = prepend(walk, text, (size_t)len);
	if (error == 0 && text[0] == '/')
		error = restart_at_root(walk);
	return error;
}

/* The same folder mounted elsewhere is not the root. */
static bool
is_at_root(const struct walk *walk)
{
	return resolve_same(&walk->cur_st, &walk->root_st) &&
	    (walk->cur_mount == walk->root_mount || walk->cur_mount == 0 ||
		walk->root_mount == 0);
}

/*
 * "." and "..", which want search permission as names do. ".." stops at the
 * program's root, whatever the broker's is.
 */
static int
go_up(struct walk *walk, const char *name)
{
	int error = look_at_root(walk);

	if (error != 0)
		return error;
	walk->anchored = false;
	walk->pin->end = name[1] == '.' ? RESOLVE_END_DOTDOT : RESOLVE_END_DOT;
	if (is_at_root(walk))
		name = ".";
	return move_to(walk, openat(walk->cur, name, O_DIRECTORY | PIN_FLAGS));
}

/* The current folder becomes the pin's parent, name its entry: the last one. */
static void
anchor(struct walk *walk, const char *name)
{
	struct resolve_pin *pin = walk->pin;

	if (pin->parent != -1)
		close(pin->parent);
	pin->parent = walk->cur;
	walk->cur = -1;
	pin->parent_st = walk->cur_st;
	walk->parent_mount = walk->cur_mount;
	(void)snprintf(pin->name, sizeof(pin->name), "%s", name);
	pin->end = RESOLVE_END_NAME;
	walk->anchored = true;
}

static int
refused_below(struct walk *walk, const char *name)
{
	struct resolve_pin *pin = walk->pin;

	anchor(walk, name);
	if ((size_t)snprintf(pin->rest, sizeof(pin->rest), "%s%s%s", name,
		walk->next[0] != '\0' ? "/" : "",
		walk->next) >= sizeof(pin->rest))
		pin->rest[0] = '\0';
	return EACCES;
}

/*
 * What is not there is judged by its name, too: that of the last folder that
 * is, and what was to follow.
 */
static int
missing_entry(struct walk *walk, const char *name, bool last)
{
	struct resolve_pin *pin = walk->pin;

	anchor(walk, name);
	pin->missing = true;
	pin->deep = !last;
	if (!last)
		(void)snprintf(pin->rest, sizeof(pin->rest), "%s", walk->next);
	return 0;
}

/* Cuts the next component off; NULL at the end. Sets *last. */
static char *
next_component(struct walk *walk, bool *last)
{
	char *name = walk->next + strspn(walk->next, "/");
	size_t len = strcspn(name, "/");
	char *rest = name + len;
	char *after = rest + strspn(rest, "/");

	if (len == 0)
		return NULL;
	*last = *after == '\0';
	/* For good: what a link with a slash behind it leads to, too. */
	if (*last && *rest == '/')
		walk->pin->slash = true;
	walk->next = *last ? rest + strlen(rest) : after;
	*rest = '\0';
	return name;
}

/*
 * The kernel lets a program into its own fd and map_files whoever owns them
 * by now: they are root's once a program of root's has become another.
 */
static int
open_entry(const struct walk *walk, const char *name)
{
	const struct resolve_view *view = walk->view;
	int fd = openat(walk->cur, name, PIN_FLAGS);

	if (fd != -1 || errno != EACCES)
		return fd;
	if (view->owns != NULL && ours_is_procfs(walk->cur) &&
	    view->owns(view->context, &walk->cur_st))
		return view->magic(view->context, walk->cur, name, O_NOFOLLOW);
	errno = EACCES;
	return -1;
}

/* The kernel asks first whether the folder may be searched. */
static int
error_of_long_name(const struct walk *walk, const char *name)
{
	int fd = openat(walk->cur, name, PIN_FLAGS);

	if (fd == -1)
		return errno;
	close(fd); /* no file system has such names */
	return ENAMETOOLONG;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/*
 * What is made is no folder: a slash behind its name is refused in any folder
 * that may be searched, whatever the name is, and led to.
 */
static int
refuse_slash(struct walk *walk, const char *name)
{
	int fd = openat(walk->cur, ".", PIN_FLAGS);

	if (fd != -1) {
		close(fd);
		return EISDIR;
	}
	return errno == EACCES ? refused_below(walk, name) : errno;
}

/* One component. Returns 0, or an errno. */
static int
step(struct walk *walk, char *name, bool last)
{
	char copy[NAME_MAX + 1];
	struct stat st;
	uint64_t mount;
	bool keep;
	int fd;

	if (!S_ISDIR(walk->cur_st.st_mode))
		return ENOTDIR;
	if (last && walk->pin->slash && !is_dots(name) &&
	    (walk->flags & RESOLVE_CREATE) != 0)
		return refuse_slash(walk, name);
	if (strlen(name) > NAME_MAX)
		return error_of_long_name(walk, name);
	if (is_our_own(walk, name))
		return ENOENT;
	if (is_dots(name))
		return go_up(walk, name);
	if (last && (walk->flags & RESOLVE_ENTRY) != 0) {
		anchor(walk, name);
		return 0;
	}
	/* The name lies in the buffer that following a link rewrites. */
	(void)snprintf(copy, sizeof(copy), "%s", name);
	fd = open_entry(walk, copy);
	if (fd == -1 && errno == ENOENT)
		return missing_entry(walk, copy, last);
	if (fd == -1 && errno == EACCES)
		return refused_below(walk, copy);
	if (fd == -1)
		return errno;
	/* A thread of ours may have begun since its name was looked at: what is
	   pinned now stays what it is. */
	if (is_our_own(walk, copy)) {
		close(fd);
		return ENOENT;
	}
	if (look_at(fd, &st, &mount) == -1) {
		close(fd);
		return errno;
	}
	keep = last && (walk->flags & RESOLVE_NOFOLLOW) != 0 &&
	    !walk->pin->slash;
	if (S_ISLNK(st.st_mode) && !keep)
		return follow(walk, copy, fd, &st, last);
	if (S_ISLNK(st.st_mode) && walk->cur_st.st_ino == PROC_ROOT_INO)
		walk->pin->self_link = ours_is_procfs(fd) &&
		    self_text(walk, copy, copy, sizeof(copy)) > 0;
	if (last)
		anchor(walk, name);
	set_current(walk, fd, &st, mount);
	return 0;
}

static int
finish(struct walk *walk)
{
	struct resolve_pin *pin = walk->pin;

	if (!walk->anchored && pin->parent != -1) {
		close(pin->parent);
		pin->parent = -1;
		pin->name[0] = '\0';
	}
	if (pin->missing ||
	    ((walk->flags & RESOLVE_ENTRY) != 0 && walk->anchored))
		return name_entry(walk);
	if (pin->slash && !S_ISDIR(walk->cur_st.st_mode))
		return ENOTDIR;
	pin->object = walk->cur;
	pin->st = walk->cur_st;
	walk->cur = -1;
	return name_walked(walk->view, walk->foreign, pin->object,
	    walk->cur_mount, pin->path, sizeof(pin->path), &pin->outside);
}

static int
walk_all(struct walk *walk)
{
	char *name;
	bool last;
	int error = 0;

	while (error == 0 && !walk->pin->missing &&
	    (name = next_component(walk, &last)) != NULL)
		error = step(walk, name, last);
	return error == 0 ? finish(walk) : error;
}

/*
 * To the folder of the last component, where the kernel comes there: what is
 * made is made in it, what is missing is missing in it. Of /proc each folder
 * may be ours.
 */
static void
leap(struct walk *walk, int start)
{
	bool links = (walk->flags & RESOLVE_CREATE) == 0;
	char *last = at_once_last(walk->next), first;
	struct stat st;
	uint64_t mount;
	int fd;

	if (last == NULL)
		return;
	first = *last;
	*last = '\0';
	fd = at_once_folder(walk->view, start, walk->next, links);
	*last = first;
	if (fd == -1)
		return;
	if (look_at(fd, &st, &mount) == -1 || ours_is_on_procfs(fd, &st)) {
		close(fd);
		return;
	}
	walk->next = last;
	set_current(walk, fd, &st, mount);
}

/* At the root, or in a folder of the program's. 0 or errno. */
static int
begin(struct walk *walk, int start)
{
	if (walk->next[0] == '/')
		return restart_at_root(walk);
	return move_to(walk, fcntl(start, F_DUPFD_CLOEXEC, 3));
}

/* Its long buffer is filled as far as it is used. */
static void
prepare(struct walk *walk, const struct resolve_view *view, const char *path,
    unsigned int flags, struct resolve_pin *pin)
{
	memset(walk, 0, offsetof(struct walk, buf));
	walk->view = view;
	walk->pin = pin;
	walk->flags = flags;
	walk->cur = -1;
	walk->foreign = path[0] != '/';
	walk->next = walk->buf;
	(void)snprintf(walk->buf, sizeof(walk->buf), "%s", path);
}

static int
walk_slowly(const struct resolve_view *view, int start, const char *path,
    unsigned int flags, bool leaps, struct resolve_pin *pin)
{
	struct walk walk;
	int error;

	prepare(&walk, view, path, flags, pin);
	if (leaps)
		leap(&walk, start);
	error = walk.cur == -1 ? begin(&walk, start) : 0;
	if (error == 0)
		error = walk_all(&walk);
	if (error != 0 && walk.pin->rest[0] == '\0' && !pin->missing)
		resolve_clear(pin);
	if (walk.cur != -1)
		close(walk.cur);
	return error;
}

int
resolve_path(const struct resolve_view *view, int start, const char *path,
    unsigned int flags, struct resolve_pin *pin)
{
	bool whole = (flags & (RESOLVE_ENTRY | RESOLVE_CREATE)) == 0;
	int error = ENOENT;

	resolve_pin_init(pin);
	if (path[0] == '\0')
		return ENOENT;
	if (strlen(path) >= PATH_MAX)
		return ENAMETOOLONG;
	if (whole)
		error = at_once_pin(view, start, path, flags, pin);
	if (error == 0)
		return 0;
	/* Whoever counts links counts all of them. */
	return walk_slowly(view, start, path, flags, error == ENOENT, pin);
}

/* SPDX-License-Identifier: ISC */
/*
 * The walk. One component at a time, each folder pinned before the next is
 * looked up in it, links read from their pin and spelled out here: so there
 * is no second walk that could go elsewhere. A path that is in canonical
 * form already is pinned by one openat2(2), which proves the same.
 *
 * Who can change what: the user can rename, link and mount under the walk at
 * any moment. It then ends at another object, whose canonical name is asked
 * of the kernel afterwards, from the pin.
 */
#include "resolve.h"

#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <linux/magic.h>
#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../compat.h"
#include "ours.h"

#define PROOFS_MAX 3 /* of a name that others change meanwhile */
#define LINKS_MAX 40 /* as the kernel has it */
#define WALK_MAX (2 * PATH_MAX)
#define PIN_FLAGS (O_PATH | O_NOFOLLOW | O_CLOEXEC)

static bool protect_symlinks = true;

struct walk {
	const struct resolve_view *view;
	struct resolve_pin *pin;
	struct stat root_st;
	struct stat cur_st;
	unsigned int flags;
	unsigned int links;
	int cur;       /* folder, owned */
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

int
resolve_stat(int fd, struct stat *st)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS,
		&stx) == -1)
		return -1;
	memset(st, 0, sizeof(*st));
	st->st_dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	st->st_rdev = makedev(stx.stx_rdev_major, stx.stx_rdev_minor);
	st->st_ino = stx.stx_ino;
	st->st_mode = stx.stx_mode;
	st->st_nlink = stx.stx_nlink;
	st->st_uid = stx.stx_uid;
	st->st_gid = stx.stx_gid;
	st->st_size = (off_t)stx.stx_size;
	return 0;
}

int
resolve_look_for(int folder, const char *name, bool *missing)
{
	struct statx stx;
	int error = 0;

	if (statx(folder, name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
		STATX_TYPE, &stx) == -1)
		error = errno;
	*missing = error == ENOENT;
	return error == ENOENT || error == EACCES ? 0 : error;
}

bool
resolve_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

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
static int
name_walked(const struct walk *walk, int fd, char *buf, size_t size,
    bool *outside)
{
	const struct resolve_view *view = walk->view;
	int error;

	if (walk->foreign)
		return resolve_name(view, fd, buf, size, outside);
	error = name_below_root(view, fd, buf, size, outside);
	if (error == 0 && view->own_root)
		error = resolve_check_mount(fd, buf, view->root);
	if (error == ESTALE) {
		*outside = true;
		mark_unreachable(buf, size);
		error = 0;
	}
	if (error == 0)
		name_own_proc(view, buf);
	return error;
}

/* The name of an entry that is not there: its folder's, and itself. */
static int
name_entry(const struct walk *walk)
{
	struct resolve_pin *pin = walk->pin;
	size_t len, n;
	int error;

	error = name_walked(walk, pin->parent, pin->path, PATH_MAX,
	    &pin->outside);
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
set_current(struct walk *walk, int fd, const struct stat *st)
{
	if (walk->cur != -1)
		close(walk->cur);
	walk->cur = fd;
	walk->cur_st = *st;
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
	int fd;

	fd = fcntl(walk->view->root, F_DUPFD_CLOEXEC, 3);
	if (fd == -1)
		return errno;
	walk->foreign = false;
	set_current(walk, fd, &walk->root_st);
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

/* Mounted elsewhere it is walked as /proc is. */
static bool
may_be_procfs(int fd, const struct stat *st)
{
	return major(st->st_dev) == 0 && ours_is_procfs(fd);
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
	if (!may_be_procfs(walk->cur, st)) {
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
	int fd;

	if (view->owns != NULL && view->owns(view->context, &walk->cur_st))
		fd = view->magic(view->context, walk->cur, name, 0);
	else
		fd = openat(walk->cur, name, O_PATH | O_CLOEXEC);
	if (fd == -1)
		return errno;
	if (resolve_stat(fd, &st) == -1) {
		close(fd);
		return errno;
	}
	/* Somebody may have given the program one of our files. */
	if (ours_is_within(fd, &st)) {
		close(fd);
		return ENOENT;
	}
	set_current(walk, fd, &st);
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

/*
 * "." and "..", which want search permission as names do. ".." stops at the
 * program's root, whatever the broker's is.
 */
static int
go_up(struct walk *walk, const char *name)
{
	struct stat st;
	int fd;

	walk->anchored = false;
	walk->pin->end = name[1] == '.' ? RESOLVE_END_DOTDOT : RESOLVE_END_DOT;
	if (resolve_same(&walk->cur_st, &walk->root_st))
		name = ".";
	fd = openat(walk->cur, name, O_DIRECTORY | PIN_FLAGS);
	if (fd == -1)
		return errno;
	if (resolve_stat(fd, &st) == -1) {
		close(fd);
		return errno;
	}
	set_current(walk, fd, &st);
	return 0;
}

/* The current folder becomes the pin's parent, name its entry. */
static int
anchor(struct walk *walk, const char *name)
{
	struct resolve_pin *pin = walk->pin;
	int fd;

	fd = fcntl(walk->cur, F_DUPFD_CLOEXEC, 3);
	if (fd == -1)
		return errno;
	if (pin->parent != -1)
		close(pin->parent);
	pin->parent = fd;
	pin->parent_st = walk->cur_st;
	(void)snprintf(pin->name, sizeof(pin->name), "%s", name);
	pin->end = RESOLVE_END_NAME;
	walk->anchored = true;
	return 0;
}

static int
refused_below(struct walk *walk, const char *name)
{
	struct resolve_pin *pin = walk->pin;
	int error;

	error = anchor(walk, name);
	if (error != 0)
		return error;
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
	int error;

	error = anchor(walk, name);
	if (error != 0)
		return error;
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
	if (last && (walk->flags & RESOLVE_ENTRY) != 0)
		return anchor(walk, name);
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
	if (resolve_stat(fd, &st) == -1) {
		close(fd);
		return errno;
	}
	keep = last && (walk->flags & RESOLVE_NOFOLLOW) != 0 &&
	    !walk->pin->slash;
	if (S_ISLNK(st.st_mode) && !keep)
		return follow(walk, copy, fd, &st, last);
	if (last && anchor(walk, copy) != 0) {
		close(fd);
		return EMFILE;
	}
	if (S_ISLNK(st.st_mode) && walk->cur_st.st_ino == PROC_ROOT_INO)
		walk->pin->self_link = ours_is_procfs(fd) &&
		    self_text(walk, copy, copy, sizeof(copy)) > 0;
	set_current(walk, fd, &st);
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
	return name_walked(walk, pin->object, pin->path, sizeof(pin->path),
	    &pin->outside);
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

static int
walk_slowly(const struct resolve_view *view, int start, const char *path,
    unsigned int flags, struct resolve_pin *pin)
{
	struct walk walk;
	int error;

	walk.view = view;
	walk.pin = pin;
	walk.flags = flags;
	walk.links = 0;
	walk.anchored = false;
	walk.plain = 0;
	walk.foreign = path[0] != '/';
	walk.next = walk.buf;
	(void)snprintf(walk.buf, sizeof(walk.buf), "%s", path);
	if (resolve_stat(view->root, &walk.root_st) == -1)
		return errno;
	walk.cur = fcntl(path[0] == '/' ? view->root : start, F_DUPFD_CLOEXEC,
	    3);
	if (walk.cur == -1)
		return errno;
	if (resolve_stat(walk.cur, &walk.cur_st) == -1)
		error = errno;
	else
		error = walk_all(&walk);
	if (error != 0 && walk.pin->rest[0] == '\0' && !pin->missing)
		resolve_clear(pin);
	if (walk.cur != -1)
		close(walk.cur);
	return error;
}

bool
resolve_is_canonical(const char *path)
{
	const char *p = path;

	if (*p != '/' || p[1] == '\0')
		return false;
	while (*p == '/') {
		p++;
		if (*p == '/' || *p == '\0')
			return false;
		if (*p == '.' &&
		    (p[1] == '/' || p[1] == '\0' ||
			(p[1] == '.' && (p[2] == '/' || p[2] == '\0'))))
			return false;
		p += strcspn(p, "/");
	}
	return true;
}

/*
 * One call: no link was met, so the path is the name that the walk took.
 * Anything but success goes the long way, which finds the right errno.
 */
static bool
pin_at_once(const struct resolve_view *view, const char *path,
    struct resolve_pin *pin)
{
	struct open_how how;
	int fd;

	memset(&how, 0, sizeof(how));
	how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
	how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
	    RESOLVE_IN_ROOT;
	fd = (int)syscall(SYS_openat2, view->root, path, &how, sizeof(how));
	if (fd == -1)
		return false;
	if (resolve_stat(fd, &pin->st) == -1 || S_ISLNK(pin->st.st_mode) ||
	    may_be_procfs(fd, &pin->st)) {
		close(fd);
		return false;
	}
	pin->object = fd;
	(void)snprintf(pin->path, sizeof(pin->path), "%s", path);
	return true;
}

bool
resolve_is_plain(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

bool
resolve_is_plain_at(const struct resolve_view *view, const char *path)
{
	struct stat st;

	return fstatat(view->root, path + 1, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    resolve_is_plain(&st);
}

int
resolve_open_at_once(const struct resolve_view *view, const char *path,
    uint64_t flags, struct stat *st)
{
	struct open_how how;
	int fd;

	memset(&how, 0, sizeof(how));
	/* Not to wait for whoever holds a lease, or a fifo's other end. */
	how.flags = flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
	    RESOLVE_IN_ROOT;
	fd = (int)syscall(SYS_openat2, view->root, path, &how, sizeof(how));
	if (fd == -1)
		return -1;
	if (resolve_stat(fd, st) == 0 && !may_be_procfs(fd, st) &&
	    ((flags & O_NONBLOCK) != 0 || !resolve_is_plain(st) ||
		fcntl(fd, F_SETFL, (int)flags & ~O_NONBLOCK) == 0))
		return fd;
	close(fd);
	return -1;
}

int
resolve_path(const struct resolve_view *view, int start, const char *path,
    unsigned int flags, struct resolve_pin *pin)
{
	resolve_pin_init(pin);
	if (path[0] == '\0')
		return ENOENT;
	if (strlen(path) >= PATH_MAX)
		return ENAMETOOLONG;
	/* In /proc the folder matters, too: it may be the program's own. */
	if ((flags & (RESOLVE_ENTRY | RESOLVE_CREATE)) == 0 &&
	    strncmp(path, "/proc", 5) != 0 && resolve_is_canonical(path) &&
	    pin_at_once(view, path, pin))
		return 0;
	return walk_slowly(view, start, path, flags, pin);
}

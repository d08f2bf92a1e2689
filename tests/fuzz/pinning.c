/* SPDX-License-Identifier: ISC */
/*
 * Walks through trees with links anywhere, with the kernel's own walk as the
 * reference: in a root and a folder like the program's, as the same user, an
 * open(2) of the same path must come to the same object or to the same error.
 * What is missing or to be made is where the kernel makes it.
 *
 * The trees lie in a tmpfs that is mounted nowhere and goes with this process.
 * Without root's rights nothing is done.
 */
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/mount.h>
#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "../../privd/resolve/resolve.h"
#include "bytes.h"
#include "fuzz.h"

#define NODES_MAX 12
#define COMPONENTS_MAX 8
#define USER 65534
#define TREE_PATH_MAX (PATH_MAX + NAME_MAX)

static struct {
	char path[TREE_PATH_MAX];
	bool folder;
} nodes[NODES_MAX];

static size_t nnodes;
static bool is_long; /* a name of the tree or of the walk */
static int top = -1; /* what a walk must not leave is below it: root */
static int root, here, kernel_root;
static uid_t user;

/* --- trees */

static const char *
choose_component(struct bytes *bytes)
{
	static char longest[NAME_MAX + 1], too_long[NAME_MAX + 2];

	memset(longest, 'l', NAME_MAX);
	memset(too_long, 'l', NAME_MAX + 1);
	switch (bytes_of(bytes, 32)) {
	case 0:
		is_long = true;
		return longest;
	case 1:
		is_long = true;
		return too_long;
	case 2:
	case 3:
	case 4:
		return ".";
	case 5:
	case 6:
	case 7:
	case 8:
	case 9:
	case 10:
		return "..";
	case 11:
		return "";
	case 12:
		return "outside";
	case 13:
	case 14:
	case 15:
	case 16:
	case 17:
		return "b";
	case 18:
	case 19:
	case 20:
	case 21:
		return "c";
	default:
		return "a";
	}
}

static void
choose_path(struct bytes *bytes, char path[PATH_MAX])
{
	unsigned int how = bytes_u8(bytes);
	size_t n = 1 + how / 4 % COMPONENTS_MAX, i;

	path[0] = '\0';
	for (i = 0; i < n; i++) {
		if (i > 0 || (how & 1) != 0)
			(void)strlcat(path, "/", PATH_MAX);
		(void)strlcat(path, choose_component(bytes), PATH_MAX);
	}
	if ((how & 2) != 0)
		(void)strlcat(path, "/", PATH_MAX);
}

static void
make_folder(struct bytes *bytes, const char *path)
{
	static const mode_t modes[] = { 0755, 0755, 0777, 01777, 0711, 0700 };
	mode_t mode = modes[bytes_of(bytes, 6)];

	if (mkdirat(root, path, 0700) == -1)
		return;
	HOLDS(fchmodat(root, path, mode, 0) == 0);
	nodes[nnodes++].folder = true;
}

static void
make_node(struct bytes *bytes)
{
	char *path = nodes[nnodes].path, text[PATH_MAX];
	const char *folder;
	size_t above = bytes_of(bytes, nnodes + 1);
	const char *name = choose_component(bytes);
	int fd;

	folder = above < nnodes && nodes[above].folder ? nodes[above].path :
							 ".";
	if (strlen(folder) + NAME_MAX + 2 > TREE_PATH_MAX)
		return;
	(void)strlcpy(path, folder, TREE_PATH_MAX);
	(void)strlcat(path, "/", TREE_PATH_MAX);
	(void)strlcat(path, name, TREE_PATH_MAX);
	nodes[nnodes].folder = false;
	switch (bytes_of(bytes, 4)) {
	case 0:
		make_folder(bytes, path);
		break;
	case 1:
		fd = openat(root, path, O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd != -1) {
			close(fd);
			nnodes++;
		}
		break;
	default:
		choose_path(bytes, text);
		if (symlinkat(text, root, path) == 0)
			nnodes++;
	}
	if (nnodes > 0 && bytes_one_in(bytes, 4))
		HOLDS(fchownat(root, nodes[nnodes - 1].path, USER, USER,
			  AT_SYMLINK_NOFOLLOW) == 0);
}

static void
make_tree(struct bytes *bytes)
{
	size_t n = bytes_of(bytes, NODES_MAX + 1), i;
	const char *start = ".";

	is_long = false;
	for (i = 0, nnodes = 0; i < n; i++)
		make_node(bytes);
	i = bytes_of(bytes, NODES_MAX);
	if (i < nnodes && nodes[i].folder)
		start = nodes[i].path;
	here = openat(root, start, O_PATH | O_DIRECTORY | O_CLOEXEC);
	HOLDS(here != -1);
}

static void
remove_tree(void)
{
	close(here);
	while (nnodes-- > 0)
		HOLDS(unlinkat(root, nodes[nnodes].path,
			  nodes[nnodes].folder ? AT_REMOVEDIR : 0) == 0);
}

/* --- the kernel's walks, in the program's place */

static void
become(uid_t who)
{
	(void)setfsgid(who);
	(void)setfsuid(who);
}

static int
kernel_open(const char *path, int flags)
{
	int fd, error;

	HOLDS(fchdir(root) == 0 && chroot(".") == 0 && fchdir(here) == 0);
	become(user);
	fd = open(path, flags | O_CLOEXEC, 0600);
	error = errno;
	become(0);
	HOLDS(fchdir(kernel_root) == 0 && chroot(".") == 0);
	errno = error;
	return fd;
}

static int
resolve(const char *path, unsigned int flags, struct resolve_pin *pin)
{
	struct resolve_view view = { .root = root,
		.tgid = getpid(),
		.tid = getpid() };
	int error;

	become(user);
	error = resolve_path(&view, here, path, flags, pin);
	become(0);
	return error;
}

static bool
is_same(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && resolve_same(&x, &y);
}

/* --- what is pinned */

/*
 * Other than by the kernel, what is left to walk, links spelled out, has a
 * bound in all: two paths' length. Beyond it is an error, too.
 */
static bool
is_right(int error, int right)
{
	return error == right || (is_long && error == ENAMETOOLONG);
}

/* Its name leads there, with no link on the way. */
static void
check_name(const struct resolve_pin *pin)
{
	struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	int fd;

	HOLDS(!pin->outside);
	HOLDS(strcmp(pin->path, "/") == 0 || resolve_is_canonical(pin->path));
	fd = (int)syscall(SYS_openat2, root, pin->path, &how, sizeof(how));
	HOLDS(fd != -1 && is_same(fd, pin->object));
	close(fd);
}

static void
check_missing(const struct resolve_pin *pin)
{
	struct stat st;

	HOLDS(pin->object == -1 && pin->parent != -1 && !pin->outside);
	HOLDS(fstatat(pin->parent, pin->name, &st, AT_SYMLINK_NOFOLLOW) == -1 &&
	    errno == ENOENT);
}

static void
check_plain(const char *path, unsigned int flags)
{
	static struct resolve_pin pin;
	int error = resolve(path, flags, &pin), fd, right;

	fd = kernel_open(path,
	    O_PATH | ((flags & RESOLVE_NOFOLLOW) != 0 ? O_NOFOLLOW : 0));
	right = fd == -1 ? errno : 0;
	if (error == 0 && pin.missing) {
		HOLDS(right == ENOENT);
		check_missing(&pin);
	} else {
		HOLDS(is_right(error, right));
	}
	if (fd != -1 && error == 0) {
		HOLDS(pin.object != -1 && is_same(fd, pin.object));
		check_name(&pin);
	}
	if (fd != -1)
		close(fd);
	resolve_clear(&pin);
}

/* Splits off the last component, which is not "." or "..". */
static bool
split(const char *path, char folder[PATH_MAX], const char **name)
{
	static char copy[PATH_MAX];
	size_t len;
	char *slash;

	(void)strlcpy(copy, path, sizeof(copy));
	for (len = strlen(copy); len > 0 && copy[len - 1] == '/';)
		copy[--len] = '\0';
	slash = strrchr(copy, '/');
	*name = slash == NULL ? copy : slash + 1;
	(void)strlcpy(folder, slash == NULL ? "." : copy, PATH_MAX);
	if (slash != NULL)
		folder[slash + 1 - copy] = '\0';
	return **name != '\0' && strcmp(*name, ".") != 0 &&
	    strcmp(*name, "..") != 0;
}

static void
check_entry(const char *path)
{
	static struct resolve_pin pin;
	char folder[PATH_MAX];
	const char *name;
	int error, fd, right;

	if (!split(path, folder, &name)) {
		check_plain(path, RESOLVE_ENTRY);
		return;
	}
	error = resolve(path, RESOLVE_ENTRY, &pin);
	fd = kernel_open(folder, O_PATH | O_DIRECTORY);
	right = fd == -1 ? errno : 0;
	if (right == 0 && strlen(name) > NAME_MAX) {
		HOLDS(error == ENAMETOOLONG || error == EACCES);
	} else if (right == ENOENT) {
		HOLDS(is_right(error, ENOENT) ||
		    (error == 0 && pin.missing && pin.deep));
	} else if (right == EACCES && error == 0) {
		/* Asked of the folder when the entry is made. */
		HOLDS(pin.parent != -1 && strcmp(pin.name, name) == 0);
	} else {
		HOLDS(is_right(error, right));
	}
	if (fd != -1 && error == 0)
		HOLDS(pin.object == -1 && is_same(fd, pin.parent) &&
		    strcmp(pin.name, name) == 0 && !pin.outside);
	if (fd != -1)
		close(fd);
	resolve_clear(&pin);
}

/* May be refused for what is not the walk's to say. */
static bool
is_of_opening(int error)
{
	return error == EACCES || error == EISDIR;
}

static void
check_made(struct resolve_pin *pin, int fd, int right)
{
	struct stat made, st;

	if (fd == -1) {
		HOLDS(right == (pin->deep ? ENOENT : EACCES));
		return;
	}
	HOLDS(!pin->deep && fstat(fd, &made) == 0 && pin->parent != -1 &&
	    fstatat(pin->parent, pin->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    resolve_same(&st, &made));
	HOLDS(unlinkat(pin->parent, pin->name, 0) == 0);
}

static void
check_create(const char *path)
{
	static struct resolve_pin pin;
	int error = resolve(path, RESOLVE_CREATE, &pin), fd, right;

	fd = kernel_open(path, O_CREAT | O_RDWR);
	right = fd == -1 ? errno : 0;
	if (error != 0)
		HOLDS(is_right(error, right));
	else if (pin.missing)
		check_made(&pin, fd, right);
	else
		HOLDS(
		    fd == -1 ? is_of_opening(right) : is_same(fd, pin.object));
	if (fd != -1)
		close(fd);
	resolve_clear(&pin);
}

/* --- */

/* False: not with our rights. */
static bool
set_up(void)
{
	int fs, fd;

	if (top != -1)
		return true;
	fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	if (fs == -1)
		return false;
	HOLDS(
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0);
	top = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	close(fs);
	HOLDS(top != -1);
	HOLDS(mkdirat(top, "root", 0755) == 0);
	fd = openat(top, "outside", O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	HOLDS(fd != -1);
	close(fd);
	root = openat(top, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	kernel_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	HOLDS(root != -1 && kernel_root != -1);
	HOLDS(fchmodat(top, "root", 01777, 0) == 0);
	(void)umask(0);
	resolve_init();
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct bytes bytes = { input, size };
	char path[PATH_MAX], cwd[PATH_MAX];
	size_t tries;

	if (getcwd(cwd, sizeof(cwd)) == NULL || !set_up())
		return 0;
	user = bytes_u8(&bytes) % 2 == 0 ? 0 : USER;
	make_tree(&bytes);
	for (tries = 0; tries < 8 && bytes.left > 0; tries++) {
		choose_path(&bytes, path);
		check_plain(path, 0);
		check_plain(path, RESOLVE_NOFOLLOW);
		check_entry(path);
		check_create(path);
	}
	remove_tree();
	HOLDS(chdir(cwd) == 0);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 2: pointers that lead nowhere, strings that end where memory does,
 * structures of odd sizes. Each line is a call and what it answered; the
 * kernel's own answers are what a session's must be.
 *
 * usage: bad-pointers readable-file
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include <linux/openat2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *page; /* the next one cannot be touched */
static long size;
static const char *file;
static char room[4096];

static void
tell(const char *call, const char *what, long result)
{
	if (result == -1)
		printf("%s %s: %s\n", call, what, strerrorname_np(errno));
	else
		printf("%s %s: done\n", call, what);
}

struct pointer {
	const char *what;
	void *p;
};

static struct pointer pointers[8];
static size_t npointers;

static void
add(const char *what, void *p)
{
	pointers[npointers].what = what;
	pointers[npointers++].p = p;
}

static void
make_pointers(void)
{
	static char text[8192];
	size_t len = strlen(file);

	size = sysconf(_SC_PAGESIZE);
	page = mmap(NULL, 3 * (size_t)size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED ||
	    mprotect(page + 2 * size, (size_t)size, PROT_NONE) == -1)
		err(1, "memory");
	/* Over a page's border, and with its NUL as the last byte. */
	memcpy(page + 2 * size - (long)len - 1, file, len + 1);
	add("at the end of memory", page + 2 * size - (long)len - 1);
	memcpy(page + size - 3, file, len + 1);
	add("over a border", page + size - 3);
	add("beyond", page + 2 * size);
	add("NULL", NULL);
	add("low", (void *)16);
	add("kernel", (void *)0xffffffff81000000UL);
	add("not canonical", (void *)0x8000000000000000UL);
	memset(text, '/', sizeof(text) - 1);
	add("too long", text);
}

static void
try_paths(const char *what, char *path)
{
	struct open_how how;
	struct statx stx;
	struct statfs fs;
	struct stat st;
	char *argv[] = { NULL };
	long fd;

	tell("open", what, fd = syscall(SYS_open, path, O_RDONLY));
	if (fd != -1)
		close((int)fd);
	tell("openat", what, fd = syscall(SYS_openat, -1, path, O_RDONLY));
	if (fd != -1)
		close((int)fd);
	memset(&how, 0, sizeof(how));
	tell("openat2", what,
	    fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how)));
	if (fd != -1)
		close((int)fd);
	tell("stat", what, syscall(SYS_stat, path, &st));
	tell("lstat", what, syscall(SYS_lstat, path, &st));
	tell("newfstatat", what,
	    syscall(SYS_newfstatat, AT_FDCWD, path, &st, 0));
	tell("statx", what,
	    syscall(SYS_statx, AT_FDCWD, path, 0, STATX_BASIC_STATS, &stx));
	tell("access", what, syscall(SYS_access, path, R_OK));
	tell("faccessat2", what,
	    syscall(SYS_faccessat2, AT_FDCWD, path, R_OK, 0));
	tell("readlink", what, syscall(SYS_readlink, path, room, sizeof(room)));
	tell("statfs", what, syscall(SYS_statfs, path, &fs));
	tell("getxattr", what,
	    syscall(SYS_getxattr, path, "user.none", room, sizeof(room)));
	tell("mkdir", what, syscall(SYS_mkdir, path, 0700));
	tell("rmdir", what, syscall(SYS_rmdir, path));
	tell("truncate", what, syscall(SYS_truncate, path, 1000000L));
	tell("utimensat", what, syscall(SYS_utimensat, -1, path, NULL, 0));
	tell("execve", what, syscall(SYS_execve, path, argv, NULL));
}

/* Where results are to be put. */
static void
try_results(const char *what, void *p)
{
	tell("stat to", what, syscall(SYS_stat, "/", p));
	tell("newfstatat to", what,
	    syscall(SYS_newfstatat, AT_FDCWD, "/", p, 0));
	tell("statx to", what,
	    syscall(SYS_statx, AT_FDCWD, "/", 0, STATX_BASIC_STATS, p));
	tell("statfs to", what, syscall(SYS_statfs, "/", p));
	tell("readlink to", what, syscall(SYS_readlink, "/proc/self", p, 1000));
}

static void
try_structures(void)
{
	struct {
		struct open_how how;
		char tail[8192];
	} *how = calloc(1, sizeof(*how));
	static const size_t sizes[] = { 0, 1, 23, 24, 25, 32, 4096, 4097,
		8000 };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char name[64];
	size_t i;
	long fd;
	int sock;

	if (how == NULL)
		err(1, NULL);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		(void)snprintf(name, sizeof(name), "of size %zu", sizes[i]);
		fd = syscall(SYS_openat2, AT_FDCWD, file, how, sizes[i]);
		tell("openat2", name, fd);
		how->tail[0] = 1;
		(void)snprintf(name, sizeof(name), "of size %zu, tail",
		    sizes[i]);
		fd = syscall(SYS_openat2, AT_FDCWD, file, how, sizes[i]);
		tell("openat2", name, fd);
		how->tail[0] = 0;
	}
	how->how.flags = 1ULL << 40;
	tell("openat2", "unknown flags",
	    syscall(SYS_openat2, AT_FDCWD, file, how, sizeof(how->how)));
	how->how.flags = 0;
	how->how.resolve = 1ULL << 40;
	tell("openat2", "unknown resolve",
	    syscall(SYS_openat2, AT_FDCWD, file, how, sizeof(how->how)));
	how->how.resolve = 0;
	how->how.mode = 0600;
	tell("openat2", "mode without creation",
	    syscall(SYS_openat2, AT_FDCWD, file, how, sizeof(how->how)));
	sock = socket(AF_UNIX, SOCK_DGRAM, 0);
	for (i = 0; i < npointers - 1; i++)
		tell("connect", pointers[i].what,
		    i < 2 ? 0 : syscall(SYS_connect, sock, pointers[i].p, 16));
	tell("connect", "of size 0", connect(sock, (void *)&sun, 0));
	tell("connect", "of size 1", connect(sock, (void *)&sun, 1));
	tell("connect", "of size -1", syscall(SYS_connect, sock, &sun, -1));
	tell("connect", "of size 5000", syscall(SYS_connect, sock, &sun, 5000));
	tell("connect", "without descriptor",
	    connect(99, (void *)&sun, sizeof(sun)));
	free(how);
}

int
main(int argc, char *argv[])
{
	size_t i;

	if (argc != 2)
		errx(2, "usage: bad-pointers file");
	file = argv[1];
	make_pointers();
	for (i = 0; i < npointers; i++)
		try_paths(pointers[i].what, pointers[i].p);
	/* Without its NUL. */
	memset(page + size, 'x', (size_t)size);
	try_paths("without end", page + 2 * size - 10);
	for (i = 2; i < npointers - 1; i++)
		try_results(pointers[i].what, pointers[i].p);
	try_results("too short", page + 2 * size - 4);
	try_structures();
	tell("open", "at last", open(file, O_RDONLY));
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Pinning paths: a program's path, walked once, as the caller, in the
 * program's root, working folder and mounts, to an O_PATH descriptor that no
 * rename, link or mount can move to another object afterwards.
 *
 * The calling process must hold the caller's fsuid, fsgid and groups: the
 * kernel's own checks on the way are the caller's.
 */
#ifndef PRIVD_RESOLVE_H
#define PRIVD_RESOLVE_H

#include <sys/stat.h>
#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* Where the program stands. Descriptors are borrowed. */
struct resolve_view {
	int root;            /* O_PATH of its root */
	bool own_root;       /* which is the broker's, in its mounts */
	uint64_t root_mount; /* the mount that it is on, if known: else 0 */
	pid_t tgid;
	pid_t tid;
	/*
	 * Is this folder of /proc the calling program's own? If so magic()
	 * opens what a link in it jumps to (fd/3, cwd, exe), or with
	 * O_NOFOLLOW the link, with the right to look into the program:
	 * O_PATH, or -1 with errno. NULL: never.
	 */
	bool (*owns)(void *context, const struct stat *folder);
	int (*magic)(void *context, int folder, const char *name, int flags);
	void *context;
};

#define RESOLVE_NOFOLLOW 0x01 /* the last link is the object */
#define RESOLVE_ENTRY \
	0x02                /* names an entry of a folder, to make
					   or to remove; object is not taken */
#define RESOLVE_CREATE 0x04 /* parent is wanted as well */
#define RESOLVE_LINKED 0x08 /* there were links on the way the last time */

/* What the path ended in. */
enum resolve_end {
	RESOLVE_END_NAME, /* or it is "/" */
	RESOLVE_END_DOT,
	RESOLVE_END_DOTDOT
};

/* What was pinned. resolve_clear() closes the descriptors. */
struct resolve_pin {
	int object; /* O_PATH, -1 if missing or an entry */
	/* O_PATH of its folder; -1 if the path ended in . or .. or a magic
	   link */
	int parent;
	struct stat st;                     /* of the object */
	struct stat parent_st;              /* of parent, where it is set */
	char name[NAME_MAX + 1];            /* its entry in parent */
	char path[PATH_MAX + NAME_MAX + 2]; /* canonical */
	/* what was left when the walk ended early: refused (EACCES), or deep */
	char rest[PATH_MAX];
	enum resolve_end end;
	bool missing; /* no such object */
	bool deep;    /* missing, and its folder as well */
	bool slash;   /* the path ended in a slash */
	/* or not named by its name, see resolve_prove() */
	bool outside; /* not reached below the view's root */
	/* is the link /proc/self or /proc/thread-self itself */
	bool self_link;
};

void resolve_init(void);
void resolve_clear(struct resolve_pin *);
/* An empty pin, safe to clear. */
void resolve_pin_init(struct resolve_pin *);

/*
 * Walks path from start (an O_PATH folder; unused for absolute paths).
 * Returns 0 with *pin filled (a missing object is no error here: the policy
 * judges its name), or the errno that the program shall get. On
 * EACCES in a folder below the root pin->parent is that folder and
 * pin->rest what remained, for the walk to be taken up by somebody else.
 */
int resolve_path(const struct resolve_view *, int start, const char *path,
    unsigned int flags, struct resolve_pin *pin);
/* Absolute, without empty components, dots and a slash at its end: if no link
   is met on the way, it is its own canonical name. */
bool resolve_is_canonical(const char *path);
/*
 * Opens a canonical path for reading in one call that meets no link: then the
 * path is its name. *st says what was opened; unless that is plain it has
 * O_NONBLOCK, and its opening may have had an effect. The descriptor is
 * close-on-exec. -1: to be walked; ELOOP: there is a link.
 */
int resolve_open_at_once(const struct resolve_view *, const char *path,
    uint64_t flags, struct stat *st);
/* Is it a regular file or a folder, whose opening has no effect? */
bool resolve_is_plain(const struct stat *);
/* Has a canonical path led to one just now? */
bool resolve_is_plain_at(const struct resolve_view *, const char *path);
/* Pins what an O_PATH descriptor (taken over, also on failure) is. */
int resolve_adopt(const struct resolve_view *, int object,
    struct resolve_pin *pin);
/*
 * A pinned folder becomes the parent of its entry `name`, which is to be
 * made. Returns 0 or errno.
 */
int resolve_into_entry(struct resolve_pin *pin, const char *name);
/*
 * The canonical name of an O_PATH descriptor below the view's root; in pin
 * terms `outside` if it is not below. Returns 0 or errno.
 */
int resolve_name(const struct resolve_view *, int fd, char *, size_t,
    bool *outside);

/*
 * Does the name (of a descriptor, as resolve_name() gave it for the broker's
 * own root) lead to that very object on that very mount? 0; ESTALE if not: it
 * is of another mount namespace, or has moved meanwhile; or the errno for which
 * nobody can tell.
 */
int resolve_prove(int fd, const char *path);

/*
 * Is this, to the letter, what the kernel calls what we have opened ourselves?
 * Then no link was on the way there, whoever set it.
 */
bool resolve_is_named(int fd, const char *path);

/*
 * What a pin is, without asking the server of its file system, which may keep
 * us waiting, or be gone, and tells nothing here that could change.
 */
int resolve_stat(int fd, struct stat *);
/*
 * Is there no such entry in the folder? (The same; links are not followed. In
 * one that may not be searched there may be.) 0, or the errno for which nobody
 * can tell.
 */
int resolve_look_for(int folder, const char *name, bool *missing);
/* The same file: device and inode. */
bool resolve_same(const struct stat *, const struct stat *);

#endif /* PRIVD_RESOLVE_H */

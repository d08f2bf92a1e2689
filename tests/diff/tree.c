/* SPDX-License-Identifier: ISC */
/*
 * What is in the group's folder, and what an operation changed there: each
 * object by type, mode, owner, links, size, time, attributes and the first
 * bytes of its content.
 */
#include "diff.h"

#include <sys/xattr.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OBJECTS_MAX 512
#define DEPTH_MAX 8
#define FOLDER_FD 200

struct object {
	char *name;
	char *state;
};

struct tree {
	struct object objects[OBJECTS_MAX];
	size_t n;
};

static struct tree trees[2], *before = &trees[0], *after = &trees[1];
static bool is_quiet;

static uint32_t
sum_of(const char *bytes, size_t len)
{
	uint32_t sum = 2166136261U;
	size_t i;

	for (i = 0; i < len; i++)
		sum = (sum ^ (unsigned char)bytes[i]) * 16777619U;
	return sum;
}

static int
compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
put_attributes(FILE *out, int fd)
{
	char list[4096], value[1024];
	const char *names[64];
	ssize_t len = flistxattr(fd, list, sizeof(list));
	size_t i, n = 0;

	for (i = 0; len > 0 && i < (size_t)len && n < 64;
	     i += strlen(list + i) + 1)
		names[n++] = list + i;
	qsort(names, n, sizeof(names[0]), compare_strings);
	for (i = 0; i < n; i++) {
		len = fgetxattr(fd, names[i], value, sizeof(value));
		(void)fprintf(out, " %s:%zd:%x", names[i], len,
		    len > 0 ? sum_of(value, (size_t)len) : 0);
	}
}

static void
put_content(FILE *out, int fd)
{
	char bytes[4096];
	ssize_t n = pread(fd, bytes, sizeof(bytes), 0);

	if (n > 0 && n <= 24 && memchr(bytes, '\n', (size_t)n) == NULL)
		(void)fprintf(out, " \"%.*s\"", (int)n, bytes);
	else if (n > 0)
		(void)fprintf(out, " sum %x", sum_of(bytes, (size_t)n));
	put_attributes(out, fd);
}

static void
put_stat(FILE *out, const struct stat *st)
{
	(void)fprintf(out, "%o %u:%u links %lu", st->st_mode, st->st_uid,
	    st->st_gid, (unsigned long)st->st_nlink);
	if (S_ISREG(st->st_mode))
		(void)fprintf(out, " size %lld", (long long)st->st_size);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		(void)fprintf(out, " device %lx", (long)st->st_rdev);
	(void)fprintf(out, " modified %s",
	    say_time(st->st_mtim.tv_sec, (unsigned long)st->st_mtim.tv_nsec));
}

static char *
state_of(int folder, const char *name, const struct stat *st)
{
	char *state = NULL, target[4096];
	size_t size;
	FILE *out = open_memstream(&state, &size);
	ssize_t n;
	int fd;

	if (out == NULL)
		err(1, NULL);
	put_stat(out, st);
	if (S_ISLNK(st->st_mode)) {
		n = readlinkat(folder, name, target, sizeof(target));
		(void)fprintf(out, " to %.*s", n > 64 ? 64 : (int)n, target);
	}
	if (S_ISREG(st->st_mode)) {
		fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
		if (fd == -1)
			(void)fprintf(out, " %s", names_errno(errno));
		else
			put_content(out, fd);
		close(fd);
	}
	(void)fclose(out);
	return state;
}

static struct object *
add_object(const char *above, const char *name)
{
	struct object *object;

	if (after->n == OBJECTS_MAX)
		errx(1, "more than %d objects", OBJECTS_MAX);
	object = &after->objects[after->n++];
	if (asprintf(&object->name, "%s%s%s", above, *above ? "/" : "", name) ==
	    -1)
		err(1, NULL);
	return object;
}

static void walk(int folder, const char *above, unsigned int depth);

static void
look_at(int folder, const char *above, const char *name, unsigned int depth)
{
	struct object *object = add_object(above, name);
	struct stat st;
	int fd;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		object->state = strdup(names_errno(errno));
		return;
	}
	object->state = state_of(folder, name, &st);
	if (!S_ISDIR(st.st_mode) || depth == DEPTH_MAX)
		return;
	fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (fd != -1)
		walk(fd, object->name, depth + 1);
}

/* Closes the folder. */
static void
walk(int folder, const char *above, unsigned int depth)
{
	DIR *dir = fdopendir(folder);
	const struct dirent *entry;

	if (dir == NULL) {
		close(folder);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			look_at(folder, above, entry->d_name, depth);
	closedir(dir);
}

static int
compare_objects(const void *a, const void *b)
{
	return strcmp(((const struct object *)a)->name,
	    ((const struct object *)b)->name);
}

static void
look(void)
{
	struct tree *old = before;
	size_t i;
	int fd;

	before = after;
	after = old;
	for (i = 0; i < after->n; i++) {
		free(after->objects[i].name);
		free(after->objects[i].state);
	}
	after->n = 0;
	fd = openat(FOLDER_FD, ".", O_RDONLY | O_DIRECTORY);
	if (fd == -1)
		add_object("", ".")->state = strdup(names_errno(errno));
	else
		walk(fd, "", 0);
	qsort(after->objects, after->n, sizeof(after->objects[0]),
	    compare_objects);
}

static void
say_object(char how, const struct object *object)
{
	say("\t%c ", how);
	say_bytes(object->name,
	    strlen(object->name) > 64 ? 64 : strlen(object->name));
	say(": ");
	say_bytes(object->state, strlen(object->state));
	say("\n");
}

void
tree_start(void)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1 || dup3(fd, FOLDER_FD, O_CLOEXEC) == -1)
		err(1, "the group's folder");
	close(fd);
	look();
}

void
tree_quiet(bool quiet)
{
	if (is_quiet && !quiet)
		look();
	is_quiet = quiet;
}

void
tree_changes(void)
{
	size_t i = 0, k = 0;
	int order;

	if (is_quiet)
		return;
	look();
	while (i < before->n || k < after->n) {
		order = i == before->n ?
		    1 :
		    k == after->n ?
		    -1 :
		    compare_objects(&before->objects[i], &after->objects[k]);
		if (order < 0)
			say_object('-', &before->objects[i++]);
		else if (order > 0)
			say_object('+', &after->objects[k++]);
		else {
			if (strcmp(before->objects[i].state,
				after->objects[k].state) != 0)
				say_object('~', &after->objects[k]);
			i++;
			k++;
		}
	}
}

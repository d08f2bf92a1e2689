/* SPDX-License-Identifier: ISC */
/*
 * A line that says what it is, then a path a line. What is in the list is
 * marked by root's tools without being asked for again, so the file is held to
 * policy_trusted(), and what is wrong in it is not passed over.
 */
#include "marks.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lock.h"
#include "memory_text.h"
#include "policy/policy.h"
#include "policy/reader.h"
#include "policy/sign.h"

#define TAG "privd marks 1\n"

static size_t
place_of(const struct marks *marks, const char *path)
{
	size_t i;

	for (i = 0; i < marks->count; i++)
		if (strcmp(marks->paths[i], path) >= 0)
			break;
	return i;
}

bool
marks_has(const struct marks *marks, const char *path)
{
	size_t i = place_of(marks, path);

	return i < marks->count && strcmp(marks->paths[i], path) == 0;
}

static bool
is_path(const char *path)
{
	const char *c;

	for (c = path; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			return false;
	return path[0] == '/' && strlen(path) < PATH_MAX;
}

int
marks_add(struct marks *marks, const char *path)
{
	size_t at = place_of(marks, path);
	char **grown;

	if (marks_has(marks, path))
		return 0;
	if (!is_path(path)) {
		errno = EINVAL;
		return -1;
	}
	grown = reallocarray(marks->paths, marks->count + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	marks->paths = grown;
	memmove(grown + at + 1, grown + at,
	    (marks->count - at) * sizeof(*grown));
	grown[at] = strdup(path);
	if (grown[at] == NULL) {
		memmove(grown + at, grown + at + 1,
		    (marks->count - at) * sizeof(*grown));
		return -1;
	}
	marks->count++;
	marks->changed = true;
	return 0;
}

bool
marks_remove(struct marks *marks, const char *path)
{
	size_t at = place_of(marks, path);

	if (!marks_has(marks, path))
		return false;
	free(marks->paths[at]);
	marks->count--;
	memmove(marks->paths + at, marks->paths + at + 1,
	    (marks->count - at) * sizeof(*marks->paths));
	marks->changed = true;
	return true;
}

/* The whole text, or nothing. */
static int
parse(struct marks *marks, char *text, size_t len)
{
	char *line = text + strlen(TAG), *end;

	if (len < strlen(TAG) || strncmp(text, TAG, strlen(TAG)) != 0 ||
	    memchr(text, '\0', len) != NULL || text[len - 1] != '\n') {
		errno = EINVAL;
		return -1;
	}
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		if (marks_add(marks, line) == -1)
			return -1;
	}
	marks->changed = false;
	return 0;
}

static int
read_list(struct marks *marks, const char *path, char *why, size_t len)
{
	size_t size;
	char *text = file_read_trusted(path, &size, why, len);
	int ret;

	if (text == NULL)
		return errno == ENOENT ? 0 : -1;
	ret = parse(marks, text, size);
	if (ret == -1)
		(void)snprintf(why, len, "%s",
		    errno == EINVAL ? "is no list of marks" : strerror(errno));
	free(text);
	return ret;
}

/* The folder of the list, which nobody else can write to. */
static int
make_folder(const char *path, char *why, size_t len)
{
	char *copy = strdup(path),
	     *folder = copy == NULL ? NULL : dirname(copy);
	int ret = -1;

	if (folder == NULL || (mkdir(folder, 0755) == -1 && errno != EEXIST))
		(void)snprintf(why, len, "%s", strerror(errno));
	else
		ret = policy_trusted_folder(folder, why, len);
	free(copy);
	return ret;
}

/*
 * One writer at a time. What they wait for is a file that nobody else can
 * open: whoever can open one, if only to read, can lock it, and root's tools
 * would wait for him (flock(2)). Who had it removes it.
 */
static int
lock_file(const char *name)
{
	int fd, saved;

	for (;;) {
		fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		    0600);
		if (fd == -1)
			return -1;
		if (flock(fd, LOCK_EX) == -1)
			break;
		if (lock_is_at(fd, name))
			return fd;
		close(fd);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int
take_lock(struct marks *marks, const char *path, char *why, size_t len)
{
	if (make_folder(path, why, len) == -1)
		return -1;
	if (asprintf(&marks->lock_name, "%s.lock", path) == -1) {
		marks->lock_name = NULL;
	} else {
		marks->lock = lock_file(marks->lock_name);
		if (marks->lock != -1)
			return 0;
	}
	(void)snprintf(why, len, "the lock: %s", strerror(errno));
	free(marks->lock_name);
	marks->lock_name = NULL;
	return -1;
}

static void
give_lock_back(struct marks *marks)
{
	if (marks->lock != -1) {
		(void)unlink(marks->lock_name);
		close(marks->lock);
	}
	free(marks->lock_name);
	marks->lock_name = NULL;
	marks->lock = -1;
}

int
marks_open(struct marks *marks, const char *path, bool change, char *why,
    size_t len)
{
	memset(marks, 0, sizeof(*marks));
	marks->lock = -1;
	if (change && take_lock(marks, path, why, len) == -1)
		return -1;
	if (read_list(marks, path, why, len) == 0)
		return 0;
	marks_close(marks);
	return -1;
}

int
marks_save(struct marks *marks, const char *path)
{
	struct memory_text memory;
	char *text;
	size_t i, len;
	int ret = -1;
	FILE *out;

	if (!marks->changed)
		return 0;
	out = memory_text_open(&memory);
	if (out == NULL)
		return -1;
	(void)fputs(TAG, out);
	for (i = 0; i < marks->count; i++)
		(void)fprintf(out, "%s\n", marks->paths[i]);
	text = memory_text_close(out, &memory, &len);
	if (text == NULL)
		return -1;
	if (len <= POLICY_FILE_MAX)
		ret = sign_write_file(path, text, len, 0644, false);
	else
		errno = EFBIG;
	free(text);
	if (ret == 0)
		marks->changed = false;
	return ret;
}

void
marks_close(struct marks *marks)
{
	size_t i;

	for (i = 0; i < marks->count; i++)
		free(marks->paths[i]);
	free(marks->paths);
	give_lock_back(marks);
	marks->paths = NULL;
	marks->count = 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Operations on files that take more than one call, or structures of their
 * own: contents, listings, events, locks, mappings.
 */
#include "diff.h"

#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMES_MAX 256

static int
descriptor(struct words *words)
{
	long value;

	if (!names_parse(words_next(words), &value))
		words->wrong = true;
	return (int)value;
}

/* make PATH MODE TEXT: a new file, whatever the umask */
static bool
make(struct words *words, long *result)
{
	const char *path = words_next(words);
	mode_t mode = (mode_t)descriptor(words);
	size_t at = words->next;
	const char *text = words_next(words);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	*result = fd == -1 ? -1 : write(fd, text, words->len[at]);
	if (fd != -1 && fchmod(fd, mode) == -1)
		*result = -1;
	say_result(*result);
	close(fd);
	return true;
}

/* old PATH: its times are long ago */
static bool
old(struct words *words, long *result)
{
	const struct timespec times[2] = { { 1000, 0 }, { 2000, 0 } };

	*result = utimensat(AT_FDCWD, words_next(words), times,
	    AT_SYMLINK_NOFOLLOW);
	say_result(*result);
	return true;
}

static bool
cat(struct words *words, long *result)
{
	char bytes[2048];
	int fd = open(words_next(words), O_RDONLY);

	*result = fd == -1 ? -1 : read(fd, bytes, sizeof(bytes) - 64);
	say_result(*result);
	if (*result > 0) {
		say(" ");
		say_bytes(bytes, hide_process(bytes, (size_t)*result));
	}
	close(fd);
	return true;
}

/* grep PATH START: the lines of a file that begin so */
static bool
grep(struct words *words, long *result)
{
	FILE *in = fopen(words_next(words), "re");
	const char *start = words_next(words);
	char line[1024];

	*result = in == NULL ? -1 : 0;
	say_result(*result);
	while (in != NULL && fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, start, strlen(start)) == 0) {
			say(" ");
			say_bytes(line, strcspn(line, "\n"));
		}
	if (in != NULL)
		(void)fclose(in);
	return true;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
say_names(char **names, size_t n)
{
	size_t i;

	qsort(names, n, sizeof(names[0]), compare_names);
	for (i = 0; i < n; i++) {
		say(" ");
		say_bytes(names[i], strlen(names[i]));
		free(names[i]);
	}
}

/* Takes the folder's entries by the call itself, which libc would hide. */
static long
read_names(int fd, char **names, size_t *n)
{
	_Alignas(struct dirent64) char bytes[8192];
	const struct dirent64 *entry;
	long got, at;

	while ((got = syscall(SYS_getdents64, fd, bytes, sizeof(bytes))) > 0)
		for (at = 0; at < got && *n < NAMES_MAX;
		     at += entry->d_reclen) {
			entry = (const void *)(bytes + at);
			if (asprintf(&names[(*n)++], "%s(%d)", entry->d_name,
				entry->d_type) == -1)
				return -1;
		}
	return got;
}

/* ls PATH, lsfd DESCRIPTOR: names and types of what is there */
static bool
list(struct words *words, long *result)
{
	bool by_name = strcmp(words->word[words->next - 1], "ls") == 0;
	char *names[NAMES_MAX];
	size_t n = 0;
	int fd;

	if (by_name)
		fd = open(words_next(words), O_RDONLY | O_DIRECTORY);
	else
		fd = descriptor(words);
	*result = read_names(fd, names, &n);
	say_result(*result);
	say_names(names, n);
	if (by_name)
		close(fd);
	return true;
}

static void
say_event(const struct inotify_event *event)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} bits[] = {
		{ IN_CREATE, "create" },
		{ IN_DELETE, "delete" },
		{ IN_MODIFY, "modify" },
		{ IN_ATTRIB, "attrib" },
		{ IN_MOVED_FROM, "from" },
		{ IN_MOVED_TO, "to" },
		{ IN_DELETE_SELF, "delete-self" },
		{ IN_MOVE_SELF, "move-self" },
		{ IN_CLOSE_WRITE, "close-write" },
		{ IN_OPEN, "open" },
		{ IN_ACCESS, "access" },
		{ IN_IGNORED, "ignored" },
		{ IN_ISDIR, "folder" },
		{ IN_Q_OVERFLOW, "overflow" },
		{ IN_UNMOUNT, "unmount" },
	};
	size_t i;

	say(" [%d", event->wd);
	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (event->mask & bits[i].bit)
			say(" %s", bits[i].name);
	say(" %s]", event->len > 0 ? event->name : "");
}

/* events DESCRIPTOR: of inotify, all that are there; it does not block */
static bool
events(struct words *words, long *result)
{
	_Alignas(struct inotify_event) char bytes[16384];
	const struct inotify_event *event;
	ssize_t got, at;

	got = read(descriptor(words), bytes, sizeof(bytes));
	*result = got == -1 ? -1 : 0;
	say_result(*result);
	for (at = 0; at < got; at += (ssize_t)sizeof(*event) + event->len) {
		event = (const void *)(bytes + at);
		say_event(event);
	}
	return true;
}

/* lock DESCRIPTOR TYPE: of the whole file, by this process */
static bool
lock(struct words *words, long *result)
{
	struct flock what = { .l_whence = SEEK_SET };
	int fd = descriptor(words);

	what.l_type = (short)descriptor(words);
	*result = fcntl(fd, F_SETLK, &what);
	say_result(*result);
	return true;
}

/* map DESCRIPTOR r|w|x: its first bytes, shared */
static bool
map(struct words *words, long *result)
{
	int fd = descriptor(words), prot = PROT_READ;
	const char *how = words_next(words);
	char *at;

	if (strchr(how, 'w') != NULL)
		prot |= PROT_WRITE;
	if (strchr(how, 'x') != NULL)
		prot |= PROT_EXEC;
	at = mmap(NULL, 4096, prot, MAP_SHARED, fd, 0);
	*result = at == MAP_FAILED ? -1 : 0;
	say_result(*result);
	if (at == MAP_FAILED)
		return true;
	if (prot & PROT_WRITE)
		memcpy(at, "mapped", 6);
	say(" %.16s", at);
	munmap(at, 4096);
	return true;
}

/* copy FROM TO COUNT, by the kernel; sendfile the same way */
static bool
copy(struct words *words, long *result)
{
	bool range = strcmp(words->word[words->next - 1], "copy") == 0;
	int from = descriptor(words), to = descriptor(words);
	size_t count = (size_t)descriptor(words);

	*result = range ? copy_file_range(from, NULL, to, NULL, count, 0) :
			  sendfile(to, from, NULL, count);
	say_result(*result);
	return true;
}

/* times PATH: both, which looking at it does not change */
static bool
times(struct words *words, long *result)
{
	struct stat st;

	*result = fstatat(AT_FDCWD, words_next(words), &st,
	    AT_SYMLINK_NOFOLLOW);
	say_result(*result);
	if (*result == 0)
		say(" accessed %s modified %s",
		    say_time(st.st_atim.tv_sec,
			(unsigned long)st.st_atim.tv_nsec),
		    say_time(st.st_mtim.tv_sec,
			(unsigned long)st.st_mtim.tv_nsec));
	return true;
}

operation
files_find(const char *name)
{
	static const struct {
		const char *name;
		operation operate;
	} found[] = {
		{ "make", make },
		{ "old", old },
		{ "cat", cat },
		{ "grep", grep },
		{ "ls", list },
		{ "lsfd", list },
		{ "events", events },
		{ "lock", lock },
		{ "map", map },
		{ "copy", copy },
		{ "sendfile", copy },
		{ "times", times },
	};
	size_t i;

	for (i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		if (strcmp(found[i].name, name) == 0)
			return found[i].operate;
	return NULL;
}

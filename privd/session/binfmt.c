/* SPDX-License-Identifier: ISC */
/*
 * Read anew for each execve, from where it is mounted, if it is: entries come
 * and go. What cannot be read is not there; then a program comes to run that
 * was not expected, and is killed. The kernel tries the newest entry first.
 */
#include "binfmt.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "/proc/sys/fs/binfmt_misc"
#define ENTRY_MAX 8192

/* The rest of the line that begins with the word; false: there is none. */
static bool
line_of(const char *text, const char *word, char *buf, size_t size)
{
	size_t len = strlen(word), n;

	for (; text != NULL; text = strchr(text, '\n')) {
		if (*text == '\n')
			text++;
		if (strncmp(text, word, len) != 0)
			continue;
		text += len;
		n = strcspn(text, "\n");
		if (n >= size)
			return false;
		memcpy(buf, text, n);
		buf[n] = '\0';
		return true;
	}
	return false;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes from hex; 0 if it is none, or too long. */
static size_t
bytes_of(const char *text, unsigned char *bytes)
{
	size_t n;

	for (n = 0; text[2 * n] != '\0'; n++) {
		if (n == BINFMT_HEAD || digit(text[2 * n]) == -1 ||
		    digit(text[2 * n + 1]) == -1)
			return 0;
		bytes[n] = (unsigned char)(digit(text[2 * n]) * 16 +
		    digit(text[2 * n + 1]));
	}
	return n;
}

static bool
magic_matches(const char *text, const unsigned char *head)
{
	unsigned char magic[BINFMT_HEAD], mask[BINFMT_HEAD];
	char line[2 * BINFMT_HEAD + 1];
	size_t offset, len, i;

	if (!line_of(text, "offset ", line, sizeof(line)))
		return false;
	offset = strtoul(line, NULL, 10);
	if (!line_of(text, "magic ", line, sizeof(line)))
		return false;
	len = bytes_of(line, magic);
	memset(mask, 0xff, sizeof(mask));
	if (line_of(text, "mask ", line, sizeof(line)) &&
	    bytes_of(line, mask) != len)
		return false;
	if (len == 0 || offset > BINFMT_HEAD - len)
		return false;
	for (i = 0; i < len; i++)
		if (((head[offset + i] ^ magic[i]) & mask[i]) != 0)
			return false;
	return true;
}

static bool
extension_matches(const char *extension, const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && strcmp(dot + 1, extension) == 0;
}

bool
binfmt_matches(const char *text, const unsigned char *head, const char *name,
    struct binfmt *binfmt)
{
	char extension[NAME_MAX + 1], flags[16];

	if (strncmp(text, "enabled\n", 8) != 0 ||
	    !line_of(text, "interpreter ", binfmt->interpreter,
		sizeof(binfmt->interpreter)) ||
	    !line_of(text, "flags: ", flags, sizeof(flags)))
		return false;
	binfmt->keeps_first = strchr(flags, 'P') != NULL;
	binfmt->opened = strchr(flags, 'F') != NULL;
	if (line_of(text, "extension .", extension, sizeof(extension)))
		return extension_matches(extension, name);
	return magic_matches(text, head);
}

static bool
read_text(int folder, const char *name, char *text, size_t size,
    struct stat *st)
{
	ssize_t n;
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd == -1)
		return false;
	n = fstat(fd, st) == -1 ? -1 : read(fd, text, size - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static bool
is_newer(const struct stat *a, const struct stat *b)
{
	if (a->st_ctim.tv_sec != b->st_ctim.tv_sec)
		return a->st_ctim.tv_sec > b->st_ctim.tv_sec;
	if (a->st_ctim.tv_nsec != b->st_ctim.tv_nsec)
		return a->st_ctim.tv_nsec > b->st_ctim.tv_nsec;
	return a->st_ino > b->st_ino;
}

/* Mounted there, and switched on. Its automount is left alone. */
static int
open_folder(void)
{
	struct statfs fs;
	struct stat st;
	char text[16];
	int fd, folder;

	fd = open(FOLDER, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	folder = -1;
	if (fstatfs(fd, &fs) == 0 && fs.f_type == BINFMTFS_MAGIC &&
	    read_text(fd, "status", text, sizeof(text), &st) &&
	    strcmp(text, "enabled\n") == 0)
		folder = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(fd);
	return folder;
}

bool
binfmt_find(int fd, const char *name, struct binfmt *binfmt)
{
	unsigned char head[BINFMT_HEAD] = { 0 };
	const struct dirent *entry;
	struct stat st, newest = { 0 };
	struct binfmt one;
	char text[ENTRY_MAX];
	bool found = false;
	int folder = open_folder();
	DIR *dir = folder == -1 ? NULL : fdopendir(folder);

	if (dir == NULL && folder != -1)
		close(folder);
	if (dir == NULL || pread(fd, head, sizeof(head), 0) == -1)
		folder = -1;
	while (folder != -1 && (entry = readdir(dir)) != NULL) {
		if (entry->d_type != DT_REG ||
		    !read_text(folder, entry->d_name, text, sizeof(text),
			&st) ||
		    !binfmt_matches(text, head, name, &one) ||
		    (found && is_newer(&newest, &st)))
			continue;
		*binfmt = one;
		newest = st;
		found = true;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return found;
}

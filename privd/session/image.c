/* SPDX-License-Identifier: ISC */
/*
 * The first line of scripts, as the kernel's binfmt_script reads it.
 */
#include "image.h"

#include <sys/vfs.h>

#include <linux/magic.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "../policy/openssl.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* From p on; `end` if there is none. */
static const char *
next_word(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

/* A blank or NUL; `end` if there is none. */
static const char *
word_end(const char *p, const char *end)
{
	while (p < end && *p != '\0' && !is_blank(*p))
		p++;
	return p;
}

/* Strings of the kernel end at a NUL, wherever its line ends. */
static void
take(char *buf, const char *from, const char *to)
{
	size_t len = strnlen(from, (size_t)(to - from));

	memcpy(buf, from, len);
	buf[len] = '\0';
}

/* Where the line ends: at its newline, or with the buffer, unless that cuts
   the interpreter's name. NULL: refused. */
static const char *
line_end(const char *text)
{
	const char *last = text + IMAGE_LINE_MAX - 1, *end, *name;

	end = memchr(text, '\n', IMAGE_LINE_MAX);
	if (end != NULL)
		return end;
	name = next_word(text + 2, last + 1);
	if (name > last)
		return NULL;
	name = word_end(name, last + 1);
	return name > last ? NULL : last;
}

static int
parse_line(const char *text, struct image_line *line)
{
	const char *end = line_end(text), *name, *sep, *arg;

	if (end == NULL)
		return ENOEXEC;
	while (is_blank(end[-1]))
		end--;
	name = next_word(text + 2, end);
	if (name >= end)
		return ENOEXEC;
	sep = word_end(name, end);
	take(line->interpreter, name, sep);
	/* The kernel takes it for the working folder. */
	if (line->interpreter[0] == '\0')
		return EACCES;
	if (sep == end || *sep == '\0')
		return 0;
	arg = next_word(sep, end);
	take(line->argument, arg, end);
	line->has_argument = true;
	return 0;
}

int
image_first_line(int fd, struct image_line *line)
{
	char text[IMAGE_LINE_MAX + 1] = { 0 };
	ssize_t n;

	memset(line, 0, sizeof(*line));
	n = pread(fd, text, IMAGE_LINE_MAX, 0);
	if (n < 2 || text[0] != '#' || text[1] != '!')
		return 0;
	return parse_line(text, line);
}

int
image_of(const char *path, struct stat *st)
{
	char name[IMAGE_LINE_MAX];
	struct image_line line;
	int depth, fd, error;

	if (strlcpy(name, path, sizeof(name)) >= sizeof(name))
		return ENAMETOOLONG;
	for (depth = 0; depth <= IMAGE_SCRIPTS_MAX; depth++) {
		if (stat(name, st) == -1)
			return errno;
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		if (fd == -1)
			return 0;
		error = image_first_line(fd, &line);
		close(fd);
		if (error != 0 || line.interpreter[0] == '\0')
			return error;
		(void)strlcpy(name, line.interpreter, sizeof(name));
	}
	return ELOOP;
}

int
image_bits(int fd)
{
	unsigned char ident[EI_NIDENT];

	if (pread(fd, ident, sizeof(ident), 0) != (ssize_t)sizeof(ident) ||
	    memcmp(ident, ELFMAG, SELFMAG) != 0)
		return 0;
	switch (ident[EI_CLASS]) {
	case ELFCLASS32:
		return 32;
	case ELFCLASS64:
		return 64;
	default:
		return 0;
	}
}

/* A program that is a file system says something else at each reading, and
   may refuse to be asked what it is. */
static bool
is_served(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == -1 || fs.f_type == FUSE_SUPER_MAGIC;
}

int
image_digest(int fd, uint8_t digest[32])
{
	const struct openssl *ssl = openssl();
	unsigned char buf[65536];
	EVP_MD_CTX *md;
	off_t at = 0;
	ssize_t n = 0;
	int ok;

	if (ssl == NULL)
		return -1;
	if (is_served(fd)) {
		errno = EACCES;
		return -1;
	}
	md = ssl->EVP_MD_CTX_new();
	ok = md != NULL &&
	    ssl->EVP_DigestInit_ex(md, ssl->EVP_sha256(), NULL) == 1;
	while (ok && (n = pread(fd, buf, sizeof(buf), at)) > 0) {
		ok = ssl->EVP_DigestUpdate(md, buf, (size_t)n) == 1;
		at += n;
	}
	ok = ok && n == 0 && ssl->EVP_DigestFinal_ex(md, digest, NULL) == 1;
	ssl->EVP_MD_CTX_free(md);
	if (!ok && errno == 0)
		errno = EIO;
	return ok ? 0 : -1;
}

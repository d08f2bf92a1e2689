/* SPDX-License-Identifier: ISC */
/*
 * The first line of scripts, as the kernel's binfmt_script reads it.
 */
#include "image.h"

#include <openssl/evp.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MAX 5

int
image_interpreter(int fd, char *buf, size_t size)
{
	char line[IMAGE_LINE_MAX + 1];
	char *name, *end;
	ssize_t n;

	buf[0] = '\0';
	n = pread(fd, line, IMAGE_LINE_MAX, 0);
	if (n < 2 || line[0] != '#' || line[1] != '!')
		return 0;
	line[n] = '\0';
	end = strpbrk(line, "\n");
	if (end == NULL && strlen(line) == (size_t)n && n == IMAGE_LINE_MAX &&
	    strpbrk(line + 2 + strspn(line + 2, " \t"), " \t") == NULL)
		return ENOEXEC; /* the name may have been cut */
	if (end != NULL)
		*end = '\0';
	name = line + 2 + strspn(line + 2, " \t");
	name[strcspn(name, " \t")] = '\0';
	if (*name == '\0')
		return ENOEXEC;
	return (size_t)snprintf(buf, size, "%s", name) < size ? 0 : ENOEXEC;
}

int
image_of(const char *path, struct stat *st)
{
	char name[IMAGE_LINE_MAX], next[IMAGE_LINE_MAX];
	int depth, fd, error;

	if (strlcpy(name, path, sizeof(name)) >= sizeof(name))
		return ENAMETOOLONG;
	for (depth = 0; depth < DEPTH_MAX; depth++) {
		if (stat(name, st) == -1)
			return errno;
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		if (fd == -1)
			return 0;
		error = image_interpreter(fd, next, sizeof(next));
		close(fd);
		if (error != 0 || next[0] == '\0')
			return error;
		(void)strlcpy(name, next, sizeof(name));
	}
	return ELOOP;
}

int
image_digest(int fd, uint8_t digest[32])
{
	unsigned char buf[65536];
	EVP_MD_CTX *md;
	off_t at = 0;
	ssize_t n = 0;
	int ok;

	md = EVP_MD_CTX_new();
	ok = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;
	while (ok && (n = pread(fd, buf, sizeof(buf), at)) > 0) {
		ok = EVP_DigestUpdate(md, buf, (size_t)n) == 1;
		at += n;
	}
	ok = ok && n == 0 && EVP_DigestFinal_ex(md, digest, NULL) == 1;
	EVP_MD_CTX_free(md);
	if (!ok && errno == 0)
		errno = EIO;
	return ok ? 0 : -1;
}

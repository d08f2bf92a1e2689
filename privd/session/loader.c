/* SPDX-License-Identifier: ISC */
/*
 * Program headers, as the kernel's binfmt_elf reads them: what it would refuse
 * is refused here, and all sizes are bounded before anything is read.
 */
#include "loader.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "image.h"

#define HEADERS_MAX 65536 /* bytes, the kernel's */

/* Where something lies in the file. */
struct extent {
	uint64_t at;
	uint64_t len;
};

/* All of it, or ENOEXEC. */
static int
read_at(int fd, void *buf, size_t len, uint64_t at)
{
	ssize_t n;

	if (at > INT64_MAX - len)
		return ENOEXEC;
	n = pread(fd, buf, len, (off_t)at);
	if (n == -1)
		return errno;
	return (size_t)n == len ? 0 : ENOEXEC;
}

/* The table of program headers, of the size that those of its class have. */
static int
find_headers(int fd, bool wide, struct extent *table)
{
	Elf64_Ehdr e64;
	Elf32_Ehdr e32;
	size_t size, wanted;
	int error;

	if (wide) {
		error = read_at(fd, &e64, sizeof(e64), 0);
		table->at = e64.e_phoff;
		table->len = e64.e_phnum;
		size = e64.e_phentsize;
		wanted = sizeof(Elf64_Phdr);
	} else {
		error = read_at(fd, &e32, sizeof(e32), 0);
		table->at = e32.e_phoff;
		table->len = e32.e_phnum;
		size = e32.e_phentsize;
		wanted = sizeof(Elf32_Phdr);
	}
	if (error != 0)
		return error;
	table->len *= wanted;
	return size != wanted || table->len == 0 || table->len > HEADERS_MAX ?
	    ENOEXEC :
	    0;
}

/* One header: is it that of a loader's name, and where does that stand? */
static int
read_header(int fd, bool wide, uint64_t at, bool *found, struct extent *name)
{
	Elf64_Phdr p64;
	Elf32_Phdr p32;
	int error;

	if (wide) {
		error = read_at(fd, &p64, sizeof(p64), at);
		*found = error == 0 && p64.p_type == PT_INTERP;
		*name = (struct extent){ p64.p_offset, p64.p_filesz };
	} else {
		error = read_at(fd, &p32, sizeof(p32), at);
		*found = error == 0 && p32.p_type == PT_INTERP;
		*name = (struct extent){ p32.p_offset, p32.p_filesz };
	}
	return error;
}

static int
find_name(int fd, bool *found, struct extent *name)
{
	bool wide = image_bits(fd) == 64;
	size_t size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	struct extent table;
	uint64_t done;
	int error;

	*found = false;
	error = find_headers(fd, wide, &table);
	for (done = 0; error == 0 && !*found && done < table.len; done += size)
		error = read_header(fd, wide, table.at + done, found, name);
	return error;
}

int
loader_of(int fd, char name[PATH_MAX])
{
	struct extent text;
	bool found;
	int error;

	name[0] = '\0';
	if (image_bits(fd) == 0)
		return ENOEXEC;
	error = find_name(fd, &found, &text);
	if (error != 0 || !found)
		return error;
	if (text.len < 2 || text.len > PATH_MAX)
		return ENOEXEC;
	error = read_at(fd, name, text.len, text.at);
	if (error == 0 && name[text.len - 1] != '\0')
		error = ENOEXEC;
	if (error != 0)
		name[0] = '\0';
	return error;
}

/* SPDX-License-Identifier: ISC */
/*
 * The loader that a program names: of files that are put together here, whole
 * and with one thing wrong each, and of this program itself.
 */
#include <sys/mman.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../privd/session/loader.h"

#define HEADERS 2
#define NAME "/lib/loader"

struct file {
	const char *what;
	unsigned char class;
	uint16_t size;  /* of a header; 0: its class's */
	uint16_t count; /* of headers */
	uint64_t at;    /* of them; 0: behind the first */
	uint32_t type;  /* of the second header */
	uint64_t len;   /* of the name; 0: with its end */
	uint64_t where; /* it stands; 0: where it does */
	int error;
	const char *name;
};

static const struct file files[] = {
	{ "64", ELFCLASS64, 0, 2, 0, PT_INTERP, 0, 0, 0, NAME },
	{ "32", ELFCLASS32, 0, 2, 0, PT_INTERP, 0, 0, 0, NAME },
	{ "none, 64", ELFCLASS64, 0, 2, 0, PT_LOAD, 0, 0, 0, "" },
	{ "none, 32", ELFCLASS32, 0, 2, 0, PT_LOAD, 0, 0, 0, "" },
	{ "not of the table", ELFCLASS64, 0, 1, 0, PT_INTERP, 0, 0, 0, "" },
	{ "other class", 7, 0, 2, 0, PT_INTERP, 0, 0, ENOEXEC, "" },
	{ "no class", ELFCLASSNONE, 0, 2, 0, PT_INTERP, 0, 0, ENOEXEC, "" },
	{ "header's size", ELFCLASS64, 32, 2, 0, PT_INTERP, 0, 0, ENOEXEC, "" },
	{ "size, 32", ELFCLASS32, 56, 2, 0, PT_INTERP, 0, 0, ENOEXEC, "" },
	{ "no headers", ELFCLASS64, 0, 0, 0, PT_INTERP, 0, 0, ENOEXEC, "" },
	{ "many", ELFCLASS64, 0, 2000, 0, PT_INTERP, 0, 0, ENOEXEC, "" },
	{ "cut off", ELFCLASS64, 0, 900, 0, PT_LOAD, 0, 0, ENOEXEC, "" },
	{ "beyond", ELFCLASS64, 0, 2, 1 << 20, PT_INTERP, 0, 0, ENOEXEC, "" },
	{ "far", ELFCLASS64, 0, 2, UINT64_MAX - 8, PT_INTERP, 0, 0, ENOEXEC,
	    "" },
	{ "no end", ELFCLASS64, 0, 2, 0, PT_INTERP, 5, 0, ENOEXEC, "" },
	{ "no name", ELFCLASS64, 0, 2, 0, PT_INTERP, 1, 0, ENOEXEC, "" },
	{ "long", ELFCLASS64, 0, 2, 0, PT_INTERP, PATH_MAX + 1, 0, ENOEXEC,
	    "" },
	{ "huge", ELFCLASS64, 0, 2, 0, PT_INTERP, UINT64_MAX, 0, ENOEXEC, "" },
	{ "nowhere", ELFCLASS64, 0, 2, 0, PT_INTERP, 0, 1 << 20, ENOEXEC, "" },
	{ "name far", ELFCLASS64, 0, 2, 0, PT_INTERP, 0, UINT64_MAX, ENOEXEC,
	    "" },
};

static size_t
make_wide(const struct file *file, char *text)
{
	const size_t name = sizeof(Elf64_Ehdr) + HEADERS * sizeof(Elf64_Phdr);
	Elf64_Ehdr e = {
		.e_phoff = file->at == 0 ? sizeof(Elf64_Ehdr) : file->at,
		.e_phentsize = file->size == 0 ? sizeof(Elf64_Phdr) :
						 file->size,
		.e_phnum = file->count,
	};
	const Elf64_Phdr p[HEADERS] = {
		{ .p_type = PT_LOAD },
		{ .p_type = file->type,
		    .p_offset = file->where == 0 ? name : file->where,
		    .p_filesz = file->len == 0 ? sizeof(NAME) : file->len },
	};

	memcpy(e.e_ident, ELFMAG, SELFMAG);
	e.e_ident[EI_CLASS] = file->class;
	memcpy(text, &e, sizeof(e));
	memcpy(text + sizeof(e), p, sizeof(p));
	memcpy(text + name, NAME, sizeof(NAME));
	return name + sizeof(NAME);
}

static size_t
make_narrow(const struct file *file, char *text)
{
	const size_t name = sizeof(Elf32_Ehdr) + HEADERS * sizeof(Elf32_Phdr);
	Elf32_Ehdr e = {
		.e_phoff = sizeof(Elf32_Ehdr),
		.e_phentsize = file->size == 0 ? sizeof(Elf32_Phdr) :
						 file->size,
		.e_phnum = file->count,
	};
	const Elf32_Phdr p[HEADERS] = {
		{ .p_type = PT_LOAD },
		{ .p_type = file->type,
		    .p_offset = (Elf32_Off)name,
		    .p_filesz = sizeof(NAME) },
	};

	memcpy(e.e_ident, ELFMAG, SELFMAG);
	e.e_ident[EI_CLASS] = file->class;
	memcpy(text, &e, sizeof(e));
	memcpy(text + sizeof(e), p, sizeof(p));
	memcpy(text + name, NAME, sizeof(NAME));
	return name + sizeof(NAME);
}

static void
test_files(void **state)
{
	char text[512], name[PATH_MAX];
	const struct file *file;
	size_t i, len;
	int fd, error;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		file = &files[i];
		len = file->class == ELFCLASS32 ? make_narrow(file, text) :
						  make_wide(file, text);
		fd = memfd_create("program", 0);
		assert_int_equal(write(fd, text, len), len);
		error = loader_of(fd, name);
		if (error != file->error || strcmp(name, file->name) != 0)
			fail_msg("%s: %s \"%s\"", file->what,
			    strerrorname_np(error), name);
		close(fd);
	}
}

static void
test_short(void **state)
{
	char text[512], name[PATH_MAX];
	size_t whole, len;
	int fd;

	(void)state;
	whole = make_wide(&files[0], text);
	for (len = 0; len < whole; len++) {
		fd = memfd_create("program", 0);
		assert_int_equal(write(fd, text, len), len);
		assert_int_equal(loader_of(fd, name), ENOEXEC);
		assert_string_equal(name, "");
		close(fd);
	}
}

/* It runs: the kernel has found it by that name. */
static void
test_own(void **state)
{
	char name[PATH_MAX];
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(loader_of(fd, name), 0);
	if (name[0] != '\0')
		assert_int_equal(access(name, X_OK), 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC */
/*
 * Runs a harness with each file of the folders that are named, or of its own
 * corpus, one test a folder. TAP. No fuzzer is needed.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

static void
run(int folder, const char *name)
{
	uint8_t *bytes;
	struct stat st;
	int fd;

	fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		err(1, "%s", name);
	if (S_ISREG(st.st_mode)) {
		/* As long as it is, so that a step beyond is seen. */
		bytes = malloc((size_t)st.st_size + (st.st_size == 0));
		if (bytes == NULL ||
		    read(fd, bytes, (size_t)st.st_size) != st.st_size)
			err(1, "%s", name);
		(void)LLVMFuzzerTestOneInput(bytes, (size_t)st.st_size);
		free(bytes);
	}
	close(fd);
}

static void
run_all(int test, const char *folder)
{
	struct dirent *entry;
	size_t n = 0;
	DIR *dir = opendir(folder);

	if (dir == NULL)
		err(1, "%s", folder);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		run(dirfd(dir), entry->d_name);
		n++;
	}
	(void)closedir(dir);
	printf("ok %d - %s: %zu inputs\n", test, folder, n);
}

int
main(int argc, char *argv[])
{
	char own[256];
	int i;

	if (argc == 1) {
		(void)snprintf(own, sizeof(own), "tests/fuzz/corpus/%s",
		    program_invocation_short_name);
		run_all(1, own);
	}
	for (i = 1; i < argc; i++)
		run_all(i, argv[i]);
	printf("1..%d\n", argc == 1 ? 1 : argc - 1);
	return 0;
}

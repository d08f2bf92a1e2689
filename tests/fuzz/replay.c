/* SPDX-License-Identifier: ISC */
/*
 * Runs a harness with each file of the folders that are named, one test a
 * folder. TAP. No fuzzer is needed.
 */
#include <dirent.h>
#include <err.h>
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

int
main(int argc, char *argv[])
{
	struct dirent *entry;
	size_t n;
	DIR *dir;
	int i;

	for (i = 1; i < argc; i++) {
		dir = opendir(argv[i]);
		if (dir == NULL)
			err(1, "%s", argv[i]);
		n = 0;
		while ((entry = readdir(dir)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			run(dirfd(dir), entry->d_name);
			n++;
		}
		(void)closedir(dir);
		printf("ok %d - %s: %zu inputs\n", i, argv[i], n);
	}
	printf("1..%d\n", argc - 1);
	return 0;
}

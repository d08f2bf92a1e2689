/* SPDX-License-Identifier: ISC */
/*
 * In every program of `make coverage`: clang's counters are mapped from a file,
 * whose descriptor it would keep for the program and all that it executes. What
 * descriptors a program has is what tests look at, so it is closed; the mapping
 * stays. Where files may not grow there is none, and nothing is counted: to
 * make it would end the program by SIGXFSZ.
 */
#include <sys/resource.h>

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

int __llvm_profile_runtime; /* with this, nothing is begun but by begin() */
void __llvm_profile_initialize_file(void);

static bool
files_may_grow(void)
{
	struct rlimit size;

	return getrlimit(RLIMIT_FSIZE, &size) == 0 &&
	    size.rlim_cur == RLIM_INFINITY;
}

static void __attribute__((constructor(101))) begin(void)
{
	int fd;

	if (!files_may_grow())
		return;
	/* The next one is the file's, if it can be opened. */
	fd = open("/", O_PATH | O_CLOEXEC);
	close(fd);
	__llvm_profile_initialize_file();
	if (fd != -1)
		close(fd);
}

/* SPDX-License-Identifier: ISC */
/*
 * In every program of `make coverage`: clang's counters are mapped from a file,
 * whose descriptor it would keep for the program and all that it executes. What
 * descriptors a program has is what tests look at, so it is closed; the mapping
 * stays.
 */
#include <fcntl.h>
#include <unistd.h>

int __llvm_profile_runtime; /* with this, nothing is begun but by begin() */
void __llvm_profile_initialize_file(void);

static void __attribute__((constructor(101))) begin(void)
{
	/* The next one is the file's, if it can be opened. */
	int fd = open("/", O_PATH | O_CLOEXEC);

	close(fd);
	__llvm_profile_initialize_file();
	if (fd != -1)
		close(fd);
}

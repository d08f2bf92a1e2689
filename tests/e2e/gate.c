/* SPDX-License-Identifier: ISC */
/*
 * gate: i386's calls made by a 64-bit program, by the old gate. Prints what
 * each gave, an errno as it is.
 */
#include <sys/mman.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/old_gate.h"

static long
gate(long number, long a, long b)
{
	long result;

	return old_gate(number, a, b, 0, &result) ? result : -ENOSYS;
}

int
main(void)
{
	/* Below 4 GiB, or it is no address there. */
	char *path = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (path == MAP_FAILED)
		return 1;
	strcpy(path, "/dev/null");
	printf("getpid %ld\n", gate(20, 0, 0));
	printf("open %ld\n", gate(5, (long)path, 0));
	printf("stat64 %ld\n", gate(195, (long)path, (long)path + 1024));
	printf("socketcall %ld\n", gate(102, 1, (long)path));
	printf("execve %ld\n", gate(11, (long)path, 0));
	return 0;
}

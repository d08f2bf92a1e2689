/* SPDX-License-Identifier: ISC */
/*
 * far: native calls made by a 32-bit program, which comes to 64-bit code by a
 * far jump. Prints what each gave, an errno as it is. LINK: -static -no-pie
 */
#include <stdio.h>
#include <unistd.h>

/* Position dependent: the ways there and back are numbers. */
static long
native(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("ljmp $0x33, $1f\n"
			 "1: .code64\n"
			 "syscall\n"
			 "ljmpl *2f(%%rip)\n"
			 ".align 8\n"
			 "2: .long 3f\n"
			 ".word 0x23\n"
			 "3: .code32\n"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "ecx", "memory", "cc");
	return result;
}

int
main(void)
{
	static char *argv[] = { "true", NULL };
	char byte;

	printf("getpid %ld\n",
	    native(39, 0, 0, 0) > 0 ? 0 : native(39, 0, 0, 0));
	printf("open %ld\n", native(2, (long)"/dev/null", 0, 0));
	printf("openat %ld\n", native(257, -100, (long)"/dev/null", 0));
	printf("socket %ld\n", native(41, 1, 1, 0));
	printf("mmap %ld\n", native(9, 0, 0, 0));
	printf("kill %ld\n", native(62, 0, 0, 0));
	printf("read %ld\n", native(0, 0, (long)&byte, 0));
	printf("execve %ld\n", native(59, (long)"/bin/true", (long)argv, 0));
	printf("i386 %d\n", getpid() > 0);
	return 0;
}

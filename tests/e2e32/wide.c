/* SPDX-License-Identifier: ISC */
/*
 * wide: 32-bit calls, made as they are by 32-bit programs, and from 64-bit code
 * with a bit more in each register: the kernel looks at the lower halves, and a
 * filter is shown them whole. A line each: what, and both results.
 * LINK: -static -no-pie
 *
 * usage: wide elevated-path denied-path
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GUARD 36 /* CAP_BLOCK_SUSPEND */
#define SOCKETCALL_SOCKET 1

static long
plain(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0), "D"(0)
			 : "memory", "cc");
	return result;
}

/* Position dependent: the ways there and back are numbers. */
static long
wide(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("ljmp $0x33, $1f\n"
			 "1: .code64\n"
			 "btsq $32, %%rbx\n"
			 "btsq $32, %%rcx\n"
			 "btsq $32, %%rdx\n"
			 "int $0x80\n"
			 "ljmpl *2f(%%rip)\n"
			 ".align 8\n"
			 "2: .long 3f\n"
			 ".word 0x23\n"
			 "3: .code32\n"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0), "D"(0)
			 : "memory", "cc");
	return result;
}

static const char *
meaning(long result)
{
	return result >= 0 ? "done" : strerrorname_np((int)-result);
}

static void
try_call(const char *what, long number, long a, long b, long c)
{
	long one = plain(number, a, b, c), other = wide(number, a, b, c);

	printf("%s %s %s\n", what, meaning(one), meaning(other));
}

int
main(int argc, char *argv[])
{
	long local[] = { AF_UNIX, SOCK_STREAM, 0 };
	char *page;

	if (argc != 3)
		errx(2, "usage: wide elevated-path denied-path");
	(void)alarm(30);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		err(1, "mmap");
	try_call("umask", SYS_umask, 022, 0, 0);
	try_call("mprotect", SYS_mprotect, (long)page, 4096,
	    PROT_READ | PROT_WRITE | PROT_EXEC);
	try_call("socketcall", SYS_socketcall, SOCKETCALL_SOCKET, (long)local,
	    0);
	try_call("open", SYS_open, (long)argv[2], O_RDONLY, 0);
	try_call("ambient-raise", SYS_prctl, PR_CAP_AMBIENT,
	    PR_CAP_AMBIENT_RAISE, GUARD);
	try_call("ambient-clear", SYS_prctl, PR_CAP_AMBIENT,
	    PR_CAP_AMBIENT_CLEAR_ALL, 0);
	printf("ambient %ld\n",
	    plain(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, GUARD));
	try_call("elevated", SYS_open, (long)argv[1], O_RDONLY, 0);
	return 0;
}

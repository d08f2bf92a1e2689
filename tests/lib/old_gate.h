/* SPDX-License-Identifier: ISC */
/*
 * i386's calls made by a 64-bit program, by the old gate: int 0x80. Its pointers
 * have 32 bits. A kernel that runs no 32-bit programs has no gate, whatever the
 * filter says: who goes through it is killed by SIGSEGV.
 */
#ifndef OLD_GATE_H
#define OLD_GATE_H

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__x86_64__)
static sigjmp_buf old_gate_return;

static void
old_gate_fault(int sig)
{
	siglongjmp(old_gate_return, sig);
}

static inline long
old_gate_call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

/* The result as the kernel gives it, -errno; false: there is no gate here. */
static bool
old_gate(long number, long a, long b, long c, long *result)
{
	struct sigaction act = { .sa_handler = old_gate_fault }, old;
	volatile bool is_there = false;

	(void)sigemptyset(&act.sa_mask);
	(void)sigaction(SIGSEGV, &act, &old);
	if (sigsetjmp(old_gate_return, 1) == 0) {
		*result = old_gate_call(number, a, b, c);
		is_there = true;
	}
	(void)sigaction(SIGSEGV, &old, NULL);
	return is_there;
}
#else
static bool
old_gate(long number, long a, long b, long c, long *result)
{
	(void)number;
	(void)a;
	(void)b;
	(void)c;
	*result = 0;
	return false;
}
#endif

#endif

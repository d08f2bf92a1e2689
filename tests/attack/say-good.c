/* SPDX-License-Identifier: ISC */
/* Tells that it ran, and nothing else did: say-evil.c is its twin. */
#include <unistd.h>

int
main(void)
{
	return write(1, "good\n", 5) != 5;
}

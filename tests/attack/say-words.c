/* SPDX-License-Identifier: ISC */
/* Tells what it was given: its last argument, and WORD of its environment. */
#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char *argv[])
{
	const char *word = getenv("WORD");

	printf("%s %s\n", argc > 1 ? argv[argc - 1] : "-", word ? word : "-");
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Attack 47, from within: makes a process of the session, which waits in a
 * call, do another one, as if somebody had taken it over; tells the result.
 * x86_64 alone. (Requests to others in a judge's name: forge.c.)
 *
 * usage: inject pid call-number argument ...
 *        (an argument is a number, or a path or word, which is put on the
 *        process's stack)
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/captive.h"

#if defined(__x86_64__)

static uint64_t
argument(const char *word)
{
	char *end;
	uint64_t number = strtoull(word, &end, 0);

	return *end == '\0' ? number : captive_put(word, strlen(word) + 1);
}

int
main(int argc, char *argv[])
{
	uint64_t args[CAPTIVE_ARGS] = { 0 };
	long result;
	int i;

	if (argc < 3)
		errx(2, "usage: inject pid number [argument ...]");
	captive_seize((pid_t)atoi(argv[1]));
	for (i = 0; i < CAPTIVE_ARGS && i < argc - 3; i++)
		args[i] = argument(argv[i + 3]);
	result = captive_call(strtol(argv[2], NULL, 0), args);
	if (result < 0)
		printf("%s\n", strerrorname_np((int)-result));
	else
		printf("%ld\n", result);
	captive_release();
	return 0;
}

#else

int
main(void)
{
	printf("ENOSYS\n");
	return 77;
}

#endif

/* SPDX-License-Identifier: ISC */
/*
 * User namespaces: asked for what people are told, never for a decision.
 */
#include "own_users.h"

#include <stdint.h>
#include <stdio.h>

bool
own_users(void)
{
	FILE *in = fopen("/proc/self/uid_map", "re");
	unsigned long first, lower, count;
	bool all;

	if (in == NULL)
		return true;
	all = fscanf(in, "%lu %lu %lu", &first, &lower, &count) == 3 &&
	    first == 0 && lower == 0 && count == UINT32_MAX;
	(void)fclose(in);
	return !all;
}

/* SPDX-License-Identifier: ISC */
/*
 * /proc/T/stat tells where the kernel laid an image out. Without it nobody
 * could say whether an execve of the very file that runs came back or not.
 */
#include "birth.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Fields by proc(5): startstack, arg_start to env_end. */
static const unsigned int fields[BIRTH_PLACES] = { 28, 48, 49, 50, 51 };

static const char *
field(const char *text, unsigned int wanted)
{
	const char *p = strrchr(text, ')'); /* a name may hold anything */
	unsigned int n;

	/* Behind the name comes field 3. */
	for (n = 2; p != NULL && n < wanted; n++)
		p = strchr(p + 1, ' ');
	return p;
}

void
birth_read(int folder, struct birth *birth)
{
	char text[2048];
	unsigned long long place;
	const char *p;
	ssize_t n;
	size_t i;
	int fd;

	memset(birth, 0, sizeof(*birth));
	fd = openat(folder, "stat", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (i = 0; i < BIRTH_PLACES; i++) {
		p = field(text, fields[i]);
		if (p != NULL && sscanf(p, " %llu", &place) == 1)
			birth->places[i] = place;
	}
}

bool
birth_is_known(const struct birth *birth)
{
	return birth->places[BIRTH_STACK] != 0;
}

/*
 * What is not known is neither the same nor another: a program can hide its
 * places (prctl(2), PR_SET_DUMPABLE), before an execve that fails or after it.
 */
static bool
are_known(const struct birth *a, const struct birth *b)
{
	return birth_is_known(a) && birth_is_known(b);
}

bool
birth_is_same(const struct birth *a, const struct birth *b)
{
	return are_known(a, b) &&
	    memcmp(a->places, b->places, sizeof(a->places)) == 0;
}

bool
birth_is_other(const struct birth *a, const struct birth *b)
{
	return are_known(a, b) && !birth_is_same(a, b);
}

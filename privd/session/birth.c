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

#define START_TIME 22

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

/* Nothing is read as no text. */
static void
read_stat(int folder, const char *name, char *text, size_t size)
{
	ssize_t n = -1;
	int fd;

	fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	if (fd != -1) {
		n = read(fd, text, size - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
}

uint64_t
birth_started(pid_t pid)
{
	char path[32], text[2048];
	unsigned long long start = 0;
	const char *p;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	read_stat(AT_FDCWD, path, text, sizeof(text));
	p = field(text, START_TIME);
	if (p != NULL && sscanf(p, " %llu", &start) != 1)
		start = 0;
	return start;
}

void
birth_read(int folder, struct birth *birth)
{
	char text[2048];
	unsigned long long place;
	const char *p;
	size_t i;

	memset(birth, 0, sizeof(*birth));
	read_stat(folder, "stat", text, sizeof(text));
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

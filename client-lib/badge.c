/* SPDX-License-Identifier: ISC */
#include "badge.h"

#include <sys/random.h>
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Far above what anybody is limited to, so that nobody has it by chance. */
#define BADGE_BASE (1ULL << 61)
#define BADGE_NUMBERS (1ULL << 48)
#define LIMITS_MAX 4096

static int
lower(__rlimit_resource_t which, uint64_t value)
{
	const struct rlimit limit = { (rlim_t)value, (rlim_t)value };

	return setrlimit(which, &limit);
}

int
badge_take(void)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return -1;
	number = 1 + number % (BADGE_NUMBERS - 1);
	if (lower(RLIMIT_RSS, BADGE_BASE + number) == -1)
		return -1;
	return lower(RLIMIT_LOCKS, BADGE_BASE + BADGE_NUMBERS - number);
}

static bool
read_limits(int folder, char text[LIMITS_MAX])
{
	ssize_t n, len = 0;
	int fd;

	fd = openat(folder, "limits", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	while ((n = read(fd, text + len, (size_t)(LIMITS_MAX - 1 - len))) > 0)
		len += n;
	close(fd);
	text[len] = '\0';
	return n == 0;
}

/* A hard limit, the second number of its line; 0: there is none. */
static uint64_t
find_limit(const char *text, const char *name)
{
	const char *line = strstr(text, name);
	unsigned long long soft, hard;

	if (line == NULL ||
	    sscanf(line + strlen(name), "%llu %llu", &soft, &hard) != 2)
		return 0;
	return hard;
}

int
badge_read(int folder, struct badge *badge)
{
	char text[LIMITS_MAX];
	uint64_t number;

	badge->number = 0;
	if (!read_limits(folder, text))
		return -1;
	number = find_limit(text, "\nMax resident set ") - BADGE_BASE;
	if (number > 0 && number < BADGE_NUMBERS &&
	    find_limit(text, "\nMax file locks ") ==
		BADGE_BASE + BADGE_NUMBERS - number) {
		badge->number = number;
		return 0;
	}
	errno = EPERM;
	return -1;
}

bool
badge_is_worn(const struct badge *badge, int folder)
{
	struct badge worn;

	return badge_read(folder, &worn) == 0 && worn.number == badge->number;
}

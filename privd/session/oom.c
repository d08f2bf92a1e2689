/* SPDX-License-Identifier: ISC */
/*
 * See proc_pid_oom_score_adj(5). Whoever raises its score while it may lower it
 * cannot do so later.
 */
#include "oom.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PROTECTED (-500)

static const char file[] = "/proc/self/oom_score_adj";

static bool is_protected;
static int before; /* that it was, or 0 */

static int
write_score(int score)
{
	char text[16];
	ssize_t n;
	int fd, len;

	len = snprintf(text, sizeof(text), "%d", score);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	n = write(fd, text, (size_t)len);
	close(fd);
	return n == len ? 0 : -1;
}

static int
read_score(void)
{
	char text[16] = "";
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	if (read(fd, text, sizeof(text) - 1) == -1)
		text[0] = '\0';
	close(fd);
	return atoi(text);
}

void
oom_protect(void)
{
	int score = read_score();

	before = score > 0 ? score : 0;
	is_protected = score < 0;
	if (score > PROTECTED && write_score(PROTECTED) == 0)
		is_protected = true;
}

void
oom_expose(void)
{
	if (is_protected)
		(void)write_score(before);
}

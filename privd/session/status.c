/* SPDX-License-Identifier: ISC */
/*
 * One read of the file, fields by name. The program names itself in the
 * first line (Name:), newlines escaped by the kernel, so no later line can
 * be forged; each field is taken from its first line all the same.
 */
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_MAX 16384 /* with some thousand groups */

int
status_folder(pid_t number)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%d", number);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static ssize_t
slurp(int folder, char *buf, size_t size)
{
	size_t done = 0;
	ssize_t n;
	int fd;

	fd = openat(folder, "status", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	/* The kernel gives it whole, if there is room. */
	n = read(fd, buf, size - 1);
	if (n > 0)
		done = (size_t)n;
	close(fd);
	buf[done] = '\0';
	return n == -1 ? -1 : (ssize_t)done;
}

/* The text behind "\nname:", NULL if there is no such line. */
static const char *
field(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (; text != NULL; text = strchr(text, '\n')) {
		if (*text == '\n')
			text++;
		if (strncmp(text, name, len) == 0 && text[len] == ':')
			return text + len + 1;
	}
	return NULL;
}

static bool
number(const char *text, const char *name, int base, unsigned long long *value)
{
	const char *p = field(text, name);
	char *end;

	if (p == NULL)
		return false;
	*value = strtoull(p, &end, base);
	return end != p;
}

static bool
four(const char *text, const char *name, unsigned int id[4])
{
	const char *p = field(text, name);

	return p != NULL &&
	    sscanf(p, "%u %u %u %u", &id[0], &id[1], &id[2], &id[3]) == 4;
}

/* Its numbers, from the reader's namespace down to its own: is the last of
   several 1? */
static bool
is_first(const char *text)
{
	const char *p = field(text, "NSpid");
	unsigned long number = 0;
	unsigned int n = 0;
	char *end;

	while (p != NULL && *(p += strspn(p, " \t")) != '\n') {
		number = strtoul(p, &end, 10);
		if (end == p)
			return false;
		p = end;
		n++;
	}
	return n > 1 && number == 1;
}

static int
take(const char *text, struct status *st)
{
	unsigned long long tgid, ppid, permitted, effective, filters, mask;

	if (!number(text, "Tgid", 10, &tgid) ||
	    !number(text, "PPid", 10, &ppid) ||
	    !number(text, "CapPrm", 16, &permitted) ||
	    !number(text, "CapEff", 16, &effective) ||
	    !number(text, "Seccomp_filters", 10, &filters) ||
	    !four(text, "Uid", st->uid) || !four(text, "Gid", st->gid)) {
		errno = EIO;
		return -1;
	}
	/* A leader that has exited before its threads has none any more. */
	if (!number(text, "Umask", 8, &mask))
		mask = 077;
	st->tgid = (pid_t)tgid;
	st->ppid = (pid_t)ppid;
	st->permitted = permitted;
	st->effective = effective;
	st->filters = (unsigned int)filters;
	st->umask = (mode_t)mask;
	st->first = is_first(text);
	return 0;
}

int
status_read(int folder, struct status *st)
{
	char text[STATUS_MAX];

	return slurp(folder, text, sizeof(text)) == -1 ? -1 : take(text, st);
}

int
status_read_launcher(int folder, struct status *all, struct status_launcher *st)
{
	unsigned long long tracer, threads, privs, inheritable;
	char text[STATUS_MAX];

	if (slurp(folder, text, sizeof(text)) == -1 || take(text, all) == -1)
		return -1;
	if (!number(text, "TracerPid", 10, &tracer) ||
	    !number(text, "Threads", 10, &threads) ||
	    !number(text, "NoNewPrivs", 10, &privs) ||
	    !number(text, "CapInh", 16, &inheritable)) {
		errno = EIO;
		return -1;
	}
	st->tracer = (pid_t)tracer;
	st->threads = (unsigned int)threads;
	st->no_new_privs = privs != 0;
	st->inheritable = inheritable;
	return 0;
}

int
status_groups(int folder, gid_t *groups, size_t most, size_t *n)
{
	char text[STATUS_MAX], *end;
	const char *p;
	unsigned long gid;

	*n = 0;
	if (slurp(folder, text, sizeof(text)) == -1)
		return -1;
	p = field(text, "Groups");
	/* Whole only if what comes behind it is there, too. */
	if (p == NULL || field(text, "Seccomp_filters") == NULL) {
		errno = EIO;
		return -1;
	}
	for (;; p = end) {
		p += strspn(p, " \t");
		if (*p == '\n')
			return 0;
		gid = strtoul(p, &end, 10);
		if (end == p || *n == most) {
			errno = E2BIG;
			return -1;
		}
		groups[(*n)++] = (gid_t)gid;
	}
}

enum status_signal
status_signal(int folder)
{
	unsigned long long own, shared, blocked, threads;
	char text[STATUS_MAX];

	if (slurp(folder, text, sizeof(text)) == -1 ||
	    !number(text, "SigPnd", 16, &own) ||
	    !number(text, "ShdPnd", 16, &shared) ||
	    !number(text, "SigBlk", 16, &blocked) ||
	    !number(text, "Threads", 10, &threads))
		return STATUS_SIGNAL_NONE;
	if ((own & ~blocked) != 0)
		return STATUS_SIGNAL_OWN;
	if ((shared & ~blocked) == 0)
		return STATUS_SIGNAL_NONE;
	return threads == 1 ? STATUS_SIGNAL_OWN : STATUS_SIGNAL_SHARED;
}

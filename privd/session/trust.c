/* SPDX-License-Identifier: ISC */
/*
 * What must be true of a program, a kernel and ourselves before anything is
 * elevated. Whoever could change the program, the loader in which it begins, or
 * a folder above either, could have anything run in its place; a program that
 * loses the guard at exec could be taken over by any process of the user. No
 * byte of a program is read before it is known to be root's.
 */
#include "trust.h"

#include <sys/prctl.h>

#include <linux/capability.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../policy/policy.h"
#include "identity.h"
#include "image.h"
#include "jail.h"
#include "loader.h"
#include "mark.h"

/* The mark, or none; file capabilities without it would end the guard. */
static int
check_mark(const char *path, bool *marked, char *why, size_t len)
{
	struct mark mark;

	*marked = false;
	if (mark_read(path, &mark) == -1) {
		(void)snprintf(why, len, "cannot read its capabilities: %s",
		    strerror(errno));
		return -1;
	}
	*marked = mark.marked;
	if (*marked || !(mark.guard || mark.others))
		return 0;
	(void)snprintf(why, len,
	    "it has capabilities of its own and would "
	    "lose the guard: take them away (setcap -r %s), or mark it "
	    "(privctl mark %s)",
	    path, path);
	return -1;
}

/* The one that the kernel finds: by its name, which it takes from the working
   folder if it does not begin at the root. */
static int
check_loader(int fd, char *why, size_t len)
{
	char loader[PATH_MAX], reason[PATH_MAX + 128];
	int error = loader_of(fd, loader);

	if (error == 0 && loader[0] == '\0')
		return 0;
	if (error == 0 && loader[0] == '/' &&
	    policy_trusted(loader, reason, sizeof(reason)) == 0)
		return 0;
	if (error != 0)
		(void)snprintf(why, len,
		    "it is no program that can be executed: %s",
		    strerror(error));
	else if (loader[0] != '/')
		(void)snprintf(why, len,
		    "its loader \"%s\" is looked for in the folder in "
		    "which it is started",
		    loader);
	else
		(void)snprintf(why, len, "its loader: %s", reason);
	errno = EPERM;
	return -1;
}

/* What it is, of a file that is root's. */
static int
check_image(int fd, char *why, size_t len)
{
	if (image_bits(fd) != 0)
		return check_loader(fd, why, len);
	(void)snprintf(why, len,
	    "it is a script, or else no binary: its interpreter reads it by "
	    "name, and only binaries are elevated");
	errno = EPERM;
	return -1;
}

int
trust_file(const char *path, char *why, size_t len)
{
	char full[PATH_MAX], link[32];
	int pin, fd, result = -1, error;

	pin = policy_trusted_open(path, full, why, len);
	if (pin == -1)
		return -1;
	/* The same file: it is found by the descriptor, not by a name. */
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", pin);
	fd = open(link, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		(void)snprintf(why, len, "%s", strerror(errno));
	else
		result = check_image(fd, why, len);
	error = errno;
	if (fd != -1)
		close(fd);
	close(pin);
	errno = error;
	return result;
}

int
trust_program(const char *path, bool *marked, char *why, size_t len)
{
	const uint64_t guard = 1ULL << CAP_BLOCK_SUSPEND;

	*marked = false;
	if (trust_file(path, why, len) == -1 ||
	    check_mark(path, marked, why, len) == -1)
		return -1;
	if ((identity_permitted() & guard) == 0 ||
	    prctl(PR_CAPBSET_READ, CAP_BLOCK_SUSPEND, 0, 0, 0) != 1) {
		(void)snprintf(why, len,
		    "CAP_BLOCK_SUSPEND, which guards it, "
		    "is not there to give (a container without it?)");
		return -1;
	}
	if (jail_landlock_abi() < 2) {
		(void)snprintf(why, len,
		    "this kernel has no Landlock: boot "
		    "with lsm=landlock,... (Linux 5.19 or newer)");
		return -1;
	}
	return 0;
}

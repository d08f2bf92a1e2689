/* SPDX-License-Identifier: ISC */
/*
 * Where the caller stands: what is performed for it is performed in the
 * namespaces of the session's own processes. A program that made namespaces
 * of its own stands elsewhere, and what would change ours is refused to it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../resolve/ours.h"
#include "call.h"
#include "judge.h"

bool
call_shares_namespace(struct judge *judge, const struct call *call,
    const char *name)
{
	char path[32], mine[64], its[64];
	ssize_t n, m;

	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	n = readlink(path, mine, sizeof(mine));
	reach_raise(&judge->reach);
	m = readlinkat(call->thread->folder, path + strlen("/proc/self/"), its,
	    sizeof(its));
	reach_lower(&judge->reach);
	/* A program of mode 0711 shows nothing; it could not have left. */
	if (m == -1 && (errno == EACCES || errno == EPERM))
		return true;
	return n > 0 && n == m && memcmp(mine, its, (size_t)n) == 0;
}

/* The namespace that an operation is about; NULL: there is one of it. */
static const char *
namespace_of(const struct call *call)
{
	static const char *const names[SYS_OPS] = {
		[SYS_OP_MOUNT] = "mnt",
		[SYS_OP_UMOUNT] = "mnt",
		[SYS_OP_MOUNT_ATTR] = "mnt",
		[SYS_OP_MOVE_MOUNT] = "mnt",
		[SYS_OP_FSOPEN] = "mnt",
		[SYS_OP_FSCONFIG] = "mnt",
		[SYS_OP_FSMOUNT] = "mnt",
		[SYS_OP_OPEN_TREE] = "mnt",
		[SYS_OP_QUOTA] = "mnt",
		[SYS_OP_SETHOSTNAME] = "uts",
		[SYS_OP_SETDOMAINNAME] = "uts",
		[SYS_OP_REBOOT] = "pid",
		/* Elevated; without a rule the kernel makes them itself. */
		[SYS_OP_SOCKET] = "net",
	};

	return sys_has_target(call->row) ? "pid" : names[call->ask.op];
}

/*
 * Is it one of the kernel's settings (/proc/sys, wherever that is mounted)?
 * Each shows those of the network and of the shared memory of who looks it up.
 */
static bool
is_setting(const struct resolve_pin *pin)
{
	int fd = pin->object != -1 ? pin->object : pin->parent;

	return fd != -1 && strstr(pin->path, "/sys/") != NULL &&
	    ours_is_procfs(fd);
}

static bool
names_setting(const struct call *call)
{
	size_t k;

	for (k = 0; k < call->npins; k++)
		if (is_setting(&call->pin[k]))
			return true;
	return false;
}

bool
call_is_in_place(struct judge *judge, const struct call *call)
{
	const char *name = namespace_of(call);

	/* With the guard alone nobody can go anywhere: see is_guarded(), which
	   was asked for this call, and is_as_launched(). */
	if (call->elevated && judge->plan->guarded)
		return true;
	if (names_setting(call) &&
	    !(call_shares_namespace(judge, call, "net") &&
		call_shares_namespace(judge, call, "ipc") &&
		call_shares_namespace(judge, call, "user")))
		return false;
	return name == NULL ||
	    (call_shares_namespace(judge, call, name) &&
		call_shares_namespace(judge, call, "user"));
}

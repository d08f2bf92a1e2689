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
		[SYS_OP_SETHOSTNAME] = "uts",
		[SYS_OP_SETDOMAINNAME] = "uts",
		[SYS_OP_REBOOT] = "pid",
		/* Elevated; without a rule the kernel makes them itself. */
		[SYS_OP_SOCKET] = "net",
	};

	return sys_has_target(call->row) ? "pid" : names[call->ask.op];
}

bool
call_is_in_place(struct judge *judge, const struct call *call)
{
	const char *name = namespace_of(call);

	return name == NULL ||
	    (call_shares_namespace(judge, call, name) &&
		call_shares_namespace(judge, call, "user"));
}

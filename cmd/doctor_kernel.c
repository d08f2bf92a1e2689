/* SPDX-License-Identifier: ISC */
/*
 * What the kernel must have for sessions. What newer ones add, and is done
 * without where it is missing, is a note.
 */
#include <sys/utsname.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../client-lib/own_users.h"
#include "../privd/session/jail.h"
#include "../privd/session/status.h"
#include "doctor.h"
#include "kernel.h"

#define OLDEST_MAJOR 6 /* Debian 12's */
#define OLDEST_MINOR 1

static bool
has_landlock(void)
{
	return jail_landlock_abi() >= 2;
}

static bool
has_landlock_truncate(void)
{
	return jail_landlock_abi() >= 3;
}

static bool
has_landlock_net(void)
{
	return jail_landlock_abi() >= 4;
}

static bool
has_reading(void)
{
	return kernel_yama() < 3;
}

static bool
has_reading_by_all(void)
{
	return kernel_yama() < 1;
}

static const struct feature {
	bool (*has)(void);
	enum doctor_weight weight;
	const char *problem;
	const char *mend;
} features[] = {
	{ kernel_notifies, DOCTOR_WRONG,
	    "it does not deliver system calls (seccomp user notification)",
	    "a kernel with CONFIG_SECCOMP_FILTER, 6.1 or newer" },
	{ kernel_waits_killable, DOCTOR_WRONG,
	    "signals would interrupt calls that are performed "
	    "(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)",
	    "a kernel that is 6.1 or newer" },
	{ has_landlock, DOCTOR_WRONG,
	    "there is no Landlock, or only its first version",
	    "boot with lsm=landlock,... a kernel that is 6.1 or newer and has "
	    "CONFIG_SECURITY_LANDLOCK" },
	{ kernel_has_getfd, DOCTOR_WRONG,
	    "pidfd_getfd(2) is missing or refused",
	    "a kernel that is 6.1 or newer; in a container, its filter" },
	{ kernel_has_guard, DOCTOR_WRONG,
	    "CAP_BLOCK_SUSPEND, which guards programs, is not in the bounding "
	    "set",
	    "a container must be started with it" },
	{ has_reading, DOCTOR_WRONG,
	    "Yama lets no process read another, the judge its program neither",
	    "sysctl kernel.yama.ptrace_scope=0, after a boot" },
	{ has_reading_by_all, DOCTOR_NOTE,
	    "Yama lets only a fetcher read programs, and users' own sessions "
	    "have none",
	    "sysctl kernel.yama.ptrace_scope=0" },
	{ has_landlock_truncate, DOCTOR_NOTE,
	    "Landlock does not know truncation: filters stand in for it",
	    "Linux 6.2 has it" },
	{ kernel_has_peer_pidfd, DOCTOR_NOTE,
	    "sockets tell peers by number alone: they are looked at twice",
	    "Linux 6.5 has SO_PEERPIDFD" },
	{ has_landlock_net, DOCTOR_NOTE,
	    "Landlock does not know ports: filters stand in for it",
	    "Linux 6.7 has it" },
	{ kernel_has_thread_pidfd, DOCTOR_NOTE,
	    "threads have no pidfd of their own: they are looked at twice",
	    "Linux 6.9 has PIDFD_THREAD" },
};

static void
check_release(struct doctor *doctor, const char *release)
{
	unsigned int major, minor;

	if (sscanf(release, "%u.%u", &major, &minor) != 2 ||
	    major > OLDEST_MAJOR ||
	    (major == OLDEST_MAJOR && minor >= OLDEST_MINOR))
		return;
	doctor_find(doctor, DOCTOR_WRONG, "kernel", release,
	    "it is older than any that privd was tried on",
	    "Linux %d.%d or newer", OLDEST_MAJOR, OLDEST_MINOR);
}

/* Who is given cores by a pipe is given them whatever limit there is. */
static void
check_cores(struct doctor *doctor)
{
	FILE *in = fopen("/proc/sys/kernel/core_pattern", "re");
	char pattern[256] = "";

	if (in == NULL)
		return;
	if (fgets(pattern, sizeof(pattern), in) != NULL && pattern[0] == '|') {
		pattern[strcspn(pattern, " \n")] = '\0';
		doctor_find(doctor, DOCTOR_NOTE, "kernel", pattern + 1,
		    "it is given the memory of programs that crash, elevated "
		    "ones too, though their limit is 0",
		    "see that it keeps nothing then; of programs of mode 0711 "
		    "it is given nothing");
	}
	(void)fclose(in);
}

/* Whose a file is, its name does not say then. */
static void
check_links(struct doctor *doctor)
{
	FILE *in = fopen("/proc/sys/fs/protected_hardlinks", "re");
	int set = 1;

	if (in == NULL)
		return;
	if (fscanf(in, "%d", &set) == 1 && set == 0)
		doctor_find(doctor, DOCTOR_NOTE, "kernel",
		    "fs.protected_hardlinks",
		    "users may give names of their own to others' files: a "
		    "rule that elevates a name in a user's folder elevates "
		    "these",
		    "sysctl fs.protected_hardlinks=1");
	(void)fclose(in);
}

void
doctor_kernel(struct doctor *doctor)
{
	const struct feature *feature;
	struct utsname name;
	size_t i;

	if (uname(&name) == -1)
		(void)strcpy(name.release, "?");
	check_release(doctor, name.release);
	for (i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		feature = &features[i];
		if (!feature->has())
			doctor_find(doctor, feature->weight, "kernel",
			    name.release, feature->problem, "%s",
			    feature->mend);
	}
	check_cores(doctor);
	check_links(doctor);
}

/* --- where this process runs, and whatever is started beside it */

static void
check_filters(struct doctor *doctor, unsigned int filters)
{
	char problem[96];

	if (kernel_has_listener())
		doctor_find(doctor, DOCTOR_WRONG, "here", "this process",
		    "it is in a session, or a container that listens to "
		    "system calls",
		    "sessions do not nest: start privrun from outside");
	else if (filters > 0) {
		(void)snprintf(problem, sizeof(problem),
		    "it is under %u system call filters of somebody else's",
		    filters);
		doctor_find(doctor, DOCTOR_WRONG, "here", "this process",
		    problem,
		    "what privrun starts from here is not elevated: start it "
		    "from outside the sandbox or container");
	}
}

void
doctor_here(struct doctor *doctor)
{
	struct status_launcher more;
	struct status st;
	int self;

	self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (self == -1 || status_read_launcher(self, &st, &more) == -1) {
		doctor_find(doctor, DOCTOR_WRONG, "here", "/proc",
		    "it cannot be read", "mount it");
	} else {
		check_filters(doctor, st.filters);
		if (more.no_new_privs)
			doctor_find(doctor, DOCTOR_WRONG, "here",
			    "this process",
			    "it has no_new_privs: privrun does not gain the "
			    "guard from here",
			    "start it from outside the sandbox or container");
	}
	if (own_users())
		doctor_find(doctor, DOCTOR_WRONG, "here", "this process",
		    "it is in a user namespace, whose guard does not count "
		    "outside",
		    "start privrun from outside");
	if (geteuid() != 0)
		doctor_find(doctor, DOCTOR_NOTE, "here", "this process",
		    "it is not root's: what it may not read is not looked at",
		    "start privctl doctor as root");
	if (self != -1)
		close(self);
}

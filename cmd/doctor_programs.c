/* SPDX-License-Identifier: ISC */
/*
 * Who holds the guard, and who carries the mark: privrun the one, programs
 * that policies elevate the other, and nobody else.
 */
#include <sys/capability.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../client-lib/badge.h"
#include "../privd/config.h"
#include "../privd/marks.h"
#include "../privd/policy/policy.h"
#include "../privd/resolve/resolve.h"
#include "../privd/session/image.h"
#include "../privd/session/mark.h"
#include "../privd/session/status.h"
#include "../privd/session/trust.h"
#include "doctor.h"

#define WHY_MAX (PATH_MAX + 128)
#define GUARD (1ULL << CAP_BLOCK_SUSPEND)

static bool
is_nosuid(const char *path)
{
	struct statvfs vfs;

	return statvfs(path, &vfs) == 0 && (vfs.f_flag & ST_NOSUID) != 0;
}

static void
check_mount(struct doctor *doctor, const char *check, const char *path)
{
	if (is_nosuid(path))
		doctor_find(doctor, DOCTOR_WRONG, check, path,
		    "its file system is mounted nosuid: it gains nothing "
		    "there",
		    "mount -o remount,suid, or another place");
}

/* --- privrun */

static void
check_guard(struct doctor *doctor, const char *path)
{
	struct mark mark;

	if (mark_read(path, &mark) == -1)
		doctor_find(doctor, DOCTOR_WRONG, "guard", path,
		    strerror(errno), "its file system must hold capabilities");
	else if (!mark.guard || mark.foreign)
		doctor_find(doctor, DOCTOR_WRONG, "guard", path,
		    "it does not hold the guard: copies and archives lose it",
		    "setcap cap_block_suspend=p %s", path);
	else if (mark.others || mark.marked)
		doctor_find(doctor, DOCTOR_WRONG, "guard", path,
		    "it holds more than the guard, and its users would",
		    "setcap cap_block_suspend=p %s", path);
}

void
doctor_launcher(struct doctor *doctor)
{
	const char *path = DOCTOR_LAUNCHER;
	char why[WHY_MAX];

	if (stat(path, &doctor->launcher) == -1) {
		doctor->launcher.st_ino = 0;
		doctor_find(doctor, DOCTOR_WRONG, "guard", path,
		    strerror(errno), "install it: make install, as root");
		return;
	}
	if (policy_trusted(path, why, sizeof(why)) == -1)
		doctor_find(doctor, DOCTOR_WRONG, "guard", path, why,
		    "install it anew: make install, as root");
	if ((doctor->launcher.st_mode & (S_ISUID | S_ISGID)) != 0 ||
	    (doctor->launcher.st_mode & 0111) != 0111)
		doctor_find(doctor, DOCTOR_WRONG, "guard", path,
		    "its mode is not 0755", "chmod 0755 %s", path);
	check_mount(doctor, "guard", path);
	check_guard(doctor, path);
}

static bool
is_launcher(const struct doctor *doctor, const struct stat *st)
{
	return resolve_same(&doctor->launcher, st);
}

/* --- programs */

static bool
is_elevated(const struct policy_image *image)
{
	size_t i;

	for (i = 0; i < policy_rule_count(image); i++)
		if (policy_rule(image, i)->identity.kind != POLICY_AS_CALLER)
			return true;
	return false;
}

/* What policies say of it; true if they cannot be read. */
static bool
is_named(const struct doctor *doctor, const char *path)
{
	const struct policy_image *image;

	if (doctor->policies == NULL)
		return true;
	image = policy_find(doctor->policies, POLICY_SYSTEM, path);
	return image != NULL && is_elevated(image);
}

static void
check_mark(struct doctor *doctor, const char *path)
{
	bool listed = doctor->marks != NULL && marks_has(doctor->marks, path);
	struct mark mark;

	if (mark_read(path, &mark) == -1)
		doctor_find(doctor, DOCTOR_WRONG, "mark", path, strerror(errno),
		    "its file system must hold capabilities");
	else if (mark.marked)
		return;
	else if (listed)
		doctor_find(doctor, DOCTOR_WRONG, "mark", path,
		    "it has lost the mark, as by an upgrade",
		    "privctl mark -a, which a hook does: see privctl(8)");
	else
		doctor_find(doctor, DOCTOR_WRONG, "mark", path,
		    "a policy elevates it, and it does not carry the mark",
		    "privctl mark %s, or remove the policy", path);
}

static void
check_program(struct doctor *doctor, const char *path)
{
	char why[WHY_MAX];

	if (trust_file(path, why, sizeof(why)) == -1) {
		/* Who is not root may execute it without reading it. */
		if (errno != ENOENT && (errno != EACCES || geteuid() == 0))
			doctor_find(doctor, DOCTOR_WRONG, "mark", path, why,
			    "a binary that is root's, with a loader and in "
			    "folders of root's");
		return;
	}
	check_mount(doctor, "mark", path);
	check_mark(doctor, path);
}

/* With another content it is not started at all. */
static void
check_digest(struct doctor *doctor, const struct policy_image *image)
{
	const uint8_t *wanted = policy_digest(image);
	const char *path = policy_program(image);
	uint8_t digest[32];
	int fd;

	if (wanted == NULL)
		return;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1) /* there is none; or a pattern; or not for this user */
		return;
	if (image_digest(fd, digest) == 0 &&
	    memcmp(wanted, digest, sizeof(digest)) != 0)
		doctor_find(doctor, DOCTOR_WRONG, "digest", path,
		    "its content is not what the policy's Digest says, as "
		    "after an upgrade: it is not started",
		    "if you know who changed it, write what `sha256sum %s` "
		    "prints into the policy",
		    path);
	close(fd);
}

/* One that was asked about by name. */
static void
check_asked(struct doctor *doctor, const char *name)
{
	const char *base = strrchr(name, '/');
	char path[PATH_MAX];
	struct stat st;

	if (realpath(name, path) == NULL || stat(path, &st) == -1) {
		doctor_find(doctor, DOCTOR_WRONG, "mark", name, strerror(errno),
		    "the path of a program");
		return;
	}
	base = base == NULL ? name : base + 1;
	if (strcmp(base, "privrun") == 0) {
		if (!is_launcher(doctor, &st))
			doctor_find(doctor, DOCTOR_WRONG, "guard", path,
			    "it is not the privrun that privd knows: what it "
			    "starts is not elevated",
			    "use %s", DOCTOR_LAUNCHER);
		check_mount(doctor, "guard", path);
		check_guard(doctor, path);
		return;
	}
	if (!is_named(doctor, path))
		doctor_find(doctor, DOCTOR_WRONG, "mark", path,
		    "no policy of the system's elevates anything for it",
		    "write one: see privd.policy(5)");
	check_program(doctor, path);
}

void
doctor_programs(struct doctor *doctor)
{
	const struct policy_image *const *images = NULL;
	char *const *name;
	size_t i, n = 0;

	for (name = doctor->programs; *name != NULL; name++)
		check_asked(doctor, *name);
	if (doctor->policies != NULL)
		n = policy_images(doctor->policies, &images);
	for (i = 0; i < n; i++) {
		if (is_elevated(images[i]))
			check_program(doctor, policy_program(images[i]));
		check_digest(doctor, images[i]);
	}
	n = doctor->marks == NULL ? 0 : doctor->marks->count;
	for (i = 0; i < n; i++)
		if (!is_named(doctor, doctor->marks->paths[i]))
			check_program(doctor, doctor->marks->paths[i]);
}

/* --- all files of the usual folders */

static void
check_file(struct doctor *doctor, const char *path, const struct stat *st)
{
	const char *name = strrchr(path, '/');
	struct mark mark;

	/* Capabilities are gained by who executes it. */
	if (is_launcher(doctor, st) || (st->st_mode & 0111) == 0)
		return;
	if (name != NULL && strcmp(name, "/privrun") == 0)
		doctor_find(doctor, DOCTOR_WRONG, "guard", path,
		    "it is not the privrun that privd knows: what it starts is "
		    "not elevated",
		    "remove it, or make it a link to %s", DOCTOR_LAUNCHER);
	if (mark_read(path, &mark) == -1 || mark.foreign)
		return;
	if (mark.guard)
		doctor_find(doctor, DOCTOR_WRONG, "guard", path,
		    "whoever executes it holds the guard, and can reach into "
		    "elevated programs of his",
		    "setcap -r %s", path);
	if (mark.marked && !is_named(doctor, path) &&
	    !(doctor->marks != NULL && marks_has(doctor->marks, path)))
		doctor_find(doctor, DOCTOR_WRONG, "mark", path,
		    "it carries the mark, and no policy elevates it: started "
		    "by an elevated program it can reach into that",
		    "privctl unmark %s", path);
}

static void
walk(struct doctor *doctor, char *const *folders)
{
	const FTSENT *entry;
	FTS *fts;

	fts = fts_open(folders, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (fts == NULL)
		return;
	while ((entry = fts_read(fts)) != NULL)
		if (entry->fts_info == FTS_F)
			check_file(doctor, entry->fts_path, entry->fts_statp);
	(void)fts_close(fts);
}

/* Is it, or a folder above it, in the list already? */
static bool
is_covered(char *const *folders, size_t count, const char *path)
{
	size_t i, len;

	for (i = 0; i < count; i++) {
		len = strlen(folders[i]);
		if (strncmp(folders[i], path, len) == 0 &&
		    (path[len] == '\0' || path[len] == '/'))
			return true;
	}
	return false;
}

void
doctor_files(struct doctor *doctor)
{
	static const char *const usual[] = { "/usr/bin", "/usr/sbin", "/bin",
		"/sbin", "/usr/local", "/usr/libexec", "/usr/lib", "/opt",
		PRIVD_BINDIR };
	char *folders[sizeof(usual) / sizeof(usual[0]) + 1], path[PATH_MAX];
	size_t i, n = 0;

	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (realpath(usual[i], path) == NULL ||
		    is_covered(folders, n, path))
			continue;
		folders[n] = strdup(path);
		if (folders[n] == NULL)
			break;
		n++;
	}
	folders[n] = NULL;
	if (n > 0)
		walk(doctor, folders);
	while (n > 0)
		free(folders[--n]);
}

/* --- processes */

/*
 * The judge has an id of its own, or the user's, and was forked by a keeper,
 * who is root. Whether they run the same is not for everybody to see.
 */
static bool
is_kept(int folder, const struct status *st)
{
	struct stat exe, keepers;
	struct status keeper;
	int above;
	bool result;

	above = status_folder(st->ppid);
	if (above == -1)
		return false;
	result = status_read(above, &keeper) == 0 && keeper.uid[0] == 0 &&
	    keeper.uid[1] == 0;
	if (result && fstatat(above, "exe", &keepers, 0) == 0)
		result = fstatat(folder, "exe", &exe, 0) == 0 &&
		    resolve_same(&exe, &keepers);
	close(above);
	return result;
}

/*
 * A session's program wears a badge, and its judge none. Both have given up
 * gaining rights and are under a filter, as many are.
 */
static bool
is_of_session(int folder, const struct status *st,
    const struct status_launcher *more)
{
	struct badge badge;

	return st->filters > 0 && more->no_new_privs &&
	    (badge_read(folder, &badge) == 0 || is_kept(folder, st));
}

/*
 * Does a user's process hold it that is neither a session's nor privrun on its
 * way there?
 */
static bool
holds_guard(const struct doctor *doctor, int folder, uid_t *uid)
{
	struct status_launcher more;
	struct status st;
	struct stat exe;

	if (status_read_launcher(folder, &st, &more) == -1)
		return false;
	*uid = st.uid[0];
	return *uid != 0 && st.uid[1] != 0 &&
	    ((st.permitted | more.inheritable) & GUARD) != 0 &&
	    !is_of_session(folder, &st, &more) &&
	    (fstatat(folder, "exe", &exe, 0) == -1 ||
		!is_launcher(doctor, &exe));
}

void
doctor_processes(struct doctor *doctor)
{
	const struct dirent *entry;
	DIR *proc = opendir("/proc");
	char object[64];
	int folder;
	uid_t uid;

	if (proc == NULL)
		return;
	while ((entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		folder = openat(dirfd(proc), entry->d_name,
		    O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (folder == -1)
			continue;
		if (holds_guard(doctor, folder, &uid)) {
			(void)snprintf(object, sizeof(object),
			    "process %.10s of uid %u", entry->d_name, uid);
			doctor_find(doctor, DOCTOR_WRONG, "guard", object,
			    "it holds the guard, so the user's elevated "
			    "programs are open to it",
			    "find who gives it CAP_BLOCK_SUSPEND (pam_cap, a "
			    "service): no login should");
		}
		close(folder);
	}
	(void)closedir(proc);
}

/* SPDX-License-Identifier: ISC */
/*
 * What the daemon reads and whether it is there: its configuration, its
 * policies, whose their folders are, its socket, and the ids of its sessions.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../privd/config.h"
#include "../privd/policy/policy.h"
#include "../privd/session/keeper.h"
#include "doctor.h"

#define PLACE_MAX (PATH_MAX + 32)
#define WHY_MAX (PATH_MAX + 128)

static void
tell_errors(struct doctor *doctor, const char *check,
    const struct policy_report *report)
{
	const struct policy_message *message;
	char place[PLACE_MAX];
	size_t i;

	for (i = 0; i < report->count; i++) {
		message = &report->messages[i];
		if (message->severity != POLICY_ERROR)
			continue;
		(void)snprintf(place, sizeof(place), "%s:%u:%u", message->file,
		    message->line, message->column);
		doctor_find(doctor, DOCTOR_WRONG, check, place, message->text,
		    "correct it; until then privd does not start, or keeps "
		    "what is in force");
	}
}

static void
load_policies(struct doctor *doctor)
{
	const char *const templates[] = { doctor->config->templates, NULL };
	const struct policy_source source = { .authority = POLICY_SYSTEM,
		.flags = POLICY_LOAD_THERE,
		.templates = templates };
	struct policy_report report = { NULL, 0, 0, 0 };
	struct policy_set *set = policy_set_new();

	if (set != NULL &&
	    policy_load_folder(set, &source, doctor->config->policies,
		&report) == 0)
		doctor->policies = set;
	else
		policy_set_free(set);
	tell_errors(doctor, "policies", &report);
	policy_report_clear(&report);
}

void
doctor_configuration(struct doctor *doctor)
{
	struct policy_report report = { NULL, 0, 0, 0 };

	(void)config_load(doctor->config_file, &doctor->config, &report);
	tell_errors(doctor, "configuration", &report);
	policy_report_clear(&report);
	if (doctor->config != NULL)
		load_policies(doctor);
}

/* --- folders */

static void
check_entry(struct doctor *doctor, const char *folder, const char *name)
{
	char path[PATH_MAX], why[WHY_MAX];
	struct stat st;

	if (name[0] == '.' ||
	    snprintf(path, sizeof(path), "%s/%s", folder, name) >=
		(int)sizeof(path) ||
	    stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return;
	if (policy_trusted(path, why, sizeof(why)) == -1)
		doctor_find(doctor, DOCTOR_WRONG, "folders", path, why,
		    "chown root %s; chmod go-w %s; and so on upwards", path,
		    path);
}

/* A folder and the files in it; whoever can write there is root. */
static void
check_folder(struct doctor *doctor, const char *folder)
{
	const struct dirent *entry;
	char why[WHY_MAX];
	struct stat st;
	DIR *dir;

	/* One that is not there is empty. */
	if (stat(folder, &st) == -1 && errno == ENOENT)
		return;
	if (policy_trusted_folder(folder, why, sizeof(why)) == -1) {
		doctor_find(doctor, DOCTOR_WRONG, "folders", folder, why,
		    "chown root %s; chmod go-w %s; and so on upwards", folder,
		    folder);
		return;
	}
	dir = opendir(folder);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		check_entry(doctor, folder, entry->d_name);
	(void)closedir(dir);
}

void
doctor_folders(struct doctor *doctor)
{
	check_folder(doctor, PRIVD_SYSCONFDIR "/privd");
	check_folder(doctor, PRIVD_STATEDIR "/privd");
	if (doctor->config == NULL)
		return;
	check_folder(doctor, doctor->config->policies);
	check_folder(doctor, doctor->config->templates);
	check_folder(doctor, doctor->config->keys);
}

/* --- the daemon */

/* Who is elsewhere than privd gets no session of it. */
static void
check_spaces(struct doctor *doctor, pid_t pid)
{
	static const char *const spaces[] = { "user", "pid", "mnt", "net" };
	char path[64], problem[96];
	struct stat mine, its;
	size_t i;

	for (i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		(void)snprintf(path, sizeof(path), "/proc/self/ns/%s",
		    spaces[i]);
		if (stat(path, &mine) == -1)
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid,
		    spaces[i]);
		if (stat(path, &its) == -1 || mine.st_ino == its.st_ino)
			continue;
		(void)snprintf(problem, sizeof(problem),
		    "it is in another namespace (%s) than who listens for "
		    "sessions",
		    spaces[i]);
		doctor_find(doctor, DOCTOR_WRONG, "here", "this process",
		    problem,
		    "start privrun, or privd, in the other one's: a service "
		    "file must not give privd namespaces of its own");
	}
}

static void
check_listener(struct doctor *doctor, const char *path, int sock)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct stat st;

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 ||
	    cred.uid != 0)
		doctor_find(doctor, DOCTOR_WRONG, "daemon", path,
		    "who listens there is not root",
		    "end that process, whoever it is, and start privd");
	else
		check_spaces(doctor, cred.pid);
	if (stat(path, &st) == 0 && (st.st_mode & 0222) != 0222)
		doctor_find(doctor, DOCTOR_WRONG, "daemon", path,
		    "not everybody may connect", "chmod 0666 %s", path);
}

void
doctor_daemon(struct doctor *doctor)
{
	const char *path;
	struct sockaddr_un sun;
	int sock;

	if (doctor->config == NULL)
		return;
	path = doctor->config->socket;
	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	(void)strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (sock == -1 ||
	    connect(sock, (const struct sockaddr *)&sun, sizeof(sun)) == -1)
		doctor_find(doctor, DOCTOR_WRONG, "daemon", path,
		    errno == ENOENT || errno == ECONNREFUSED ?
			"privd does not run" :
			strerror(errno),
		    "start it: systemctl enable --now privd, rc-service privd "
		    "start, or privd");
	else
		check_listener(doctor, path, sock);
	if (sock != -1)
		close(sock);
}

/* --- ids */

static bool
is_of_sessions(const struct doctor *doctor, unsigned long first,
    unsigned long last)
{
	return (first <= doctor->config->uid_last &&
		   last >= doctor->config->uid_first) ||
	    (first <= KEEPER_LAST_ID && last >= KEEPER_FIRST_ID);
}

static void
check_users(struct doctor *doctor)
{
	const struct passwd *pw;

	setpwent();
	while ((pw = getpwent()) != NULL)
		if (is_of_sessions(doctor, pw->pw_uid, pw->pw_uid))
			doctor_find(doctor, DOCTOR_WRONG, "ids", pw->pw_name,
			    "a user's id is one of those of sessions, which "
			    "he could interfere with",
			    "another uid-range in privd.conf, or another id");
	endpwent();
}

/* Ids that a user may take in a namespace of his own. */
static void
check_subordinate(struct doctor *doctor, const char *path)
{
	char *line = NULL, *at;
	unsigned long first, count;
	size_t size = 0;
	FILE *in = fopen(path, "re");

	if (in == NULL)
		return;
	while (getline(&line, &size, in) != -1) {
		at = strchr(line, ':');
		if (at == NULL || sscanf(at, ":%lu:%lu", &first, &count) != 2 ||
		    count == 0 ||
		    !is_of_sessions(doctor, first, first + count - 1))
			continue;
		*at = '\0';
		doctor_find(doctor, DOCTOR_WRONG, "ids", line,
		    "a user's subordinate ids are some of those of sessions, "
		    "which he could interfere with",
		    "another uid-range in privd.conf, or another line in %s",
		    path);
	}
	free(line);
	(void)fclose(in);
}

void
doctor_ids(struct doctor *doctor)
{
	if (doctor->config == NULL)
		return;
	check_users(doctor);
	check_subordinate(doctor, "/etc/subuid");
}

/* SPDX-License-Identifier: ISC */
/*
 * privd.conf(5): what root has decided about the daemon, in one structure
 * that nobody changes. A file with an error has none.
 */
#ifndef PRIVD_CONFIG_H
#define PRIVD_CONFIG_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "places.h"

struct policy_report;

#define CONFIG_FILE PRIVD_SYSCONFDIR "/privd/privd.conf"
/* How many ids of its own a session may need, of the range. */
#define CONFIG_SESSION_IDS 16
/* A session has room for so many calls, or for max_calls if that is less. */
#define CONFIG_CALLS_MIN 16

enum config_log {
	CONFIG_LOG_SYSLOG,
	CONFIG_LOG_JOURNAL,
	CONFIG_LOG_FILE
};

enum config_log_format {
	CONFIG_LOG_TEXT,
	CONFIG_LOG_JSON
};

/* Of users or groups, in the order of the file. */
struct config_ids {
	id_t *ids;
	size_t count;
};

/* Of a statement: where it stands. */
struct config_where {
	char *file; /* NULL: nowhere */
	unsigned int line;
	unsigned int column;
};

struct privd_config {
	char *policies; /* folders and files: absolute paths */
	struct config_where policies_at;
	char *templates;
	char *keys;
	bool require_signature;
	char *socket; /* fits into a sockaddr_un */
	uid_t uid_first;
	uid_t uid_last; /* enough for max_sessions */
	uint32_t max_sessions;
	uint32_t max_sessions_per_user;
	uint32_t max_connections_per_second; /* of a user */
	uint32_t max_connections_per_second_in_all;
	uint32_t max_calls; /* in flight, of a session */
	uint32_t max_calls_per_user;
	uint32_t max_calls_in_all;
	uint32_t max_lines_per_second; /* of the log, of a session */
	enum config_log log;
	char *log_file; /* NULL unless to a file */
	enum config_log_format log_format;
	char **keep_environment; /* NULL at its end; NULL: none */
	struct config_ids allow_users;
	struct config_ids deny_users;
	struct config_ids allow_groups;
	struct config_ids deny_groups;
};

/*
 * Reads a file, and what it includes, all of which must be root's
 * (policy_trusted()). A path of NULL is CONFIG_FILE, which may be missing:
 * then all is as by default. 0 with *config, which the caller frees; or -1
 * with *config as it was, errno (EINVAL: there are errors in a file) and the
 * reasons in the report. Asks for users and groups by name.
 */
int config_load(const char *path, struct privd_config **config,
    struct policy_report *);
/* What holds without a file; NULL with ENOMEM. */
struct privd_config *config_default(void);
void config_free(struct privd_config *);
/*
 * May this user, with all of his groups, use the daemon? A user or group that
 * is denied may not; if any are allowed, nobody else may; root may always.
 */
bool config_admits(const struct privd_config *, uid_t, const gid_t *groups,
    size_t ngroups);

#endif /* PRIVD_CONFIG_H */

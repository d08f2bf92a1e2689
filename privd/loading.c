/* SPDX-License-Identifier: ISC */
/*
 * All of it is read before any of it is in force. Serials are kept once nothing
 * else can fail: none is used up by a load that does not come to be in force.
 */
#include "loading.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "board.h"
#include "config.h"
#include "launch.h"
#include "log.h"
#include "log_sink.h"
#include "monitor.h"
#include "monitor_state.h"
#include "policy/policy.h"
#include "policy/reader.h"
#include "policy/sign.h"

/* In the log, and for who asked for it. */
static void
write_down(struct board *board, const struct policy_report *report)
{
	const struct policy_message *message;
	size_t i;

	for (i = 0; i < report->count; i++) {
		message = &report->messages[i];
		if (message->severity != POLICY_ERROR)
			continue;
		log_write(LOG_ERR, "%s:%u:%u: %s", message->file, message->line,
		    message->column, message->text);
		board_add(board, message->file, message->line, message->column,
		    message->text);
	}
}

/* Said where the folder is named, if it is. */
static int
check_folder(const struct privd_config *config, struct policy_report *report)
{
	const struct config_where *at = &config->policies_at;
	const struct policy_place place = { at->line, at->column };
	int fd, saved;

	fd = open(config->policies, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1) {
		close(fd);
		return 0;
	}
	saved = errno;
	report_add(report, POLICY_ERROR,
	    at->file != NULL ? at->file : config->policies, place,
	    "policies \"%s\": %s", config->policies, strerror(saved));
	errno = saved;
	return -1;
}

/*
 * The policies, all of them; where signatures are demanded, with the serials
 * that would be used up (NULL else).
 */
static int
fill(struct policy_set *set, const struct privd_config *config,
    struct sign_checker **serials, struct policy_report *report)
{
	const char *const templates[] = { config->templates, NULL };
	struct policy_source source = { .authority = POLICY_SYSTEM,
		.flags = POLICY_LOAD_THERE,
		.templates = templates };

	if (check_folder(config, report) == -1)
		return -1;
	if (config->require_signature) {
		source.signatures = sign_checker_new(config->keys, SIGN_SERIALS,
		    report);
		if (source.signatures == NULL)
			return -1;
	}
	*serials = source.signatures;
	return policy_load_folder(set, &source, config->policies, report);
}

static struct policy_set *
load_policies(const struct privd_config *config, struct sign_checker **serials,
    struct policy_report *report)
{
	struct policy_set *set = policy_set_new();

	if (set == NULL || fill(set, config, serials, report) == 0)
		return set;
	policy_set_free(set);
	return NULL;
}

static int
keep_serials(struct sign_checker *serials, struct policy_report *report)
{
	return serials == NULL ? 0 : sign_checker_commit(serials, report);
}

/* --- the log */

static int
open_sink(struct monitor *monitor, const struct privd_config *config,
    struct log_sink *sink)
{
	char reason[PATH_MAX + 256];

	if (log_sink_open(config, !monitor->start->only_check, sink, reason,
		sizeof(reason)) == 0)
		return 0;
	log_write(LOG_ERR, "the log: %s", reason);
	board_add(&monitor->board, "", 0, 0, reason);
	return -1;
}

void
loading_note_journal(struct monitor *monitor, bool fell_back)
{
	if (fell_back && !monitor->no_journal)
		log_write(LOG_WARNING,
		    "the journal is not there: the log goes to syslog");
	monitor->no_journal = fell_back;
}

void
loading_reopen_log(void *context)
{
	struct monitor *monitor = context;
	struct log_sink sink;

	if (open_sink(monitor, monitor->config, &sink) == -1)
		return; /* what there is stays */
	log_change(&sink);
	loading_note_journal(monitor, sink.fell_back);
}

static void
note_socket(const struct monitor *monitor, const struct privd_config *next)
{
	if (monitor->config == NULL || monitor->start->socket != NULL ||
	    strcmp(monitor->config->socket, next->socket) == 0)
		return;
	log_write(LOG_WARNING, "socket \"%s\": from the next start on",
	    next->socket);
}

int
loading_load(struct monitor *monitor, struct log_sink *sink,
    struct sign_checker **serials)
{
	struct policy_report report = { NULL, 0, 0, 0 };
	struct privd_config *config = NULL;
	struct sign_checker *used = NULL;
	struct policy_set *set = NULL;
	int result = -1;

	board_begin(&monitor->board);
	if (config_load(monitor->start->config_file, &config, &report) == 0 &&
	    open_sink(monitor, config, sink) == 0)
		set = load_policies(config, &used, &report);
	if (set != NULL && serials == NULL &&
	    keep_serials(used, &report) == -1) {
		policy_set_free(set);
		set = NULL;
	}
	write_down(&monitor->board, &report);
	policy_report_clear(&report);
	if (set != NULL && serials != NULL)
		*serials = used;
	else
		sign_checker_free(used);
	if (set != NULL) {
		note_socket(monitor, config);
		policy_set_free(monitor->policies);
		config_free(monitor->config);
		monitor->policies = set;
		monitor->config = config;
		monitor->loaded = time(NULL);
		launch_learn(set);
		config = NULL;
		result = 0;
	}
	config_free(config);
	board_end(&monitor->board, result == -1);
	return result;
}

int
loading_accept(struct monitor *monitor, struct sign_checker *serials)
{
	struct policy_report report = { NULL, 0, 0, 0 };
	int result = keep_serials(serials, &report);

	write_down(&monitor->board, &report);
	policy_report_clear(&report);
	sign_checker_free(serials);
	return result;
}

/* SPDX-License-Identifier: ISC */
/*
 * What the files of privctl share. Each command takes its own arguments,
 * with its name as the first, and returns the exit status.
 */
#ifndef PRIVD_CMD_PRIVCTL_H
#define PRIVD_CMD_PRIVCTL_H

#include <limits.h>

/* Templates stand in a folder beside the file, the system's, or, run from
   where it was built, the source tree's. */
struct privctl_templates {
	char beside[PATH_MAX];
	char tree[PATH_MAX];
	const char *folders[4];
};

void privctl_find_templates(struct privctl_templates *, const char *file);

/* Says how the command is used, or all are, and exits. */
void privctl_usage(const char *command) __attribute__((noreturn));

/* -s: where the daemon listens; NULL: at the usual place. */
extern const char *privctl_socket;

/* privctl_ask.c */
int privctl_explain(int argc, char **argv);
int privctl_list(int argc, char **argv);
int privctl_reload(int argc, char **argv);
int privctl_sessions(int argc, char **argv);
int privctl_status(int argc, char **argv);

/* privctl_doctor.c */
int privctl_doctor(int argc, char **argv);

/* privctl_mark.c */
int privctl_mark(int argc, char **argv);
int privctl_unmark(int argc, char **argv);

/* Says why a question was not answered, and closes it. 1. */
struct privd_query;
int privctl_fail(struct privd_query *, const char *hint);

/* privctl_json.c: to standard output, a string with its quotes. */
void privctl_put_json(const char *text);

/* privctl_log.c */
int privctl_log(int argc, char **argv);

/* privctl_selftest.c */
int privctl_selftest(int argc, char **argv);

/* privctl_sign.c */
int privctl_keygen(int argc, char **argv);
int privctl_sign(int argc, char **argv);
int privctl_verify(int argc, char **argv);

#endif /* PRIVD_CMD_PRIVCTL_H */

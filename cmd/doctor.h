/* SPDX-License-Identifier: ISC */
/*
 * privctl doctor: what it looks at, and what it finds. Each part looks and
 * writes down; none of them changes anything, or stops at what it finds.
 */
#ifndef PRIVD_CMD_DOCTOR_H
#define PRIVD_CMD_DOCTOR_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stddef.h>

#include "places.h"

#define DOCTOR_LAUNCHER PRIVD_BINDIR "/privrun"

struct marks;
struct policy_set;
struct privd_config;

enum doctor_weight {
	DOCTOR_NOTE, /* works, less well or less far */
	DOCTOR_WRONG
};

struct doctor_finding {
	enum doctor_weight weight;
	const char *check;
	char *object; /* a file, a user, a process, or the machine */
	char *problem;
	char *mend;
};

struct doctor {
	const char *config_file;     /* NULL: the usual one */
	char *const *programs;       /* that were asked about, up to NULL */
	struct privd_config *config; /* NULL: it cannot be read */
	struct policy_set *policies; /* NULL: likewise */
	const struct marks *marks;   /* NULL: likewise */
	struct stat launcher;        /* st_ino 0: there is none */
	struct doctor_finding *findings;
	size_t count;
	size_t wrong;
};

/* A finding: about what, what is wrong, and (a format) how to mend it. */
void doctor_find(struct doctor *, enum doctor_weight, const char *check,
    const char *object, const char *problem, const char *mend, ...)
    __attribute__((format(printf, 6, 7)));

/* doctor_kernel.c: the kernel, and where this process runs */
void doctor_kernel(struct doctor *);
void doctor_here(struct doctor *);

/* doctor_files.c: configuration, policies, folders; the daemon; ids */
void doctor_configuration(struct doctor *);
void doctor_folders(struct doctor *);
void doctor_daemon(struct doctor *);
void doctor_ids(struct doctor *);

/* doctor_programs.c: the guard and the mark */
void doctor_launcher(struct doctor *);
void doctor_programs(struct doctor *);
void doctor_files(struct doctor *);
void doctor_processes(struct doctor *);

#endif /* PRIVD_CMD_DOCTOR_H */

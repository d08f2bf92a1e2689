/* SPDX-License-Identifier: ISC */
/*
 * What the readers of root's files have in common, of policies and of
 * privd.conf: places and messages, names, and files that may be believed.
 */
#ifndef PRIVD_POLICY_READER_H
#define PRIVD_POLICY_READER_H

#include <sys/types.h>

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "policy.h"

struct policy_place {
	unsigned int line;
	unsigned int column;
};

/* Line 0: the message is about the file as a whole. */
void report_add(struct policy_report *, enum policy_severity, const char *file,
    struct policy_place, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Bytes of a file, made fit for a terminal and cut to a readable length. */
#define REPORT_TEXT_MAX 256
const char *report_text(const char *, size_t len, char out[REPORT_TEXT_MAX]);

/* The known name nearest to a misspelt one. */
struct nearest {
	const char *word;
	char best[64];
	unsigned int distance;
};

void nearest_start(struct nearest *, const char *word);
void nearest_offer(struct nearest *, const char *candidate);
/* `; did you mean "x"?`, or an empty string. */
const char *nearest_hint(const struct nearest *, char *out, size_t len);

/* 0; -1 if there is none of that name (errno 0), or nobody can say. */
int names_user(const char *, uid_t *);
int names_group(const char *, gid_t *);
void names_offer_users(struct nearest *);
void names_offer_groups(struct nearest *);

enum path_state {
	PATH_EXISTS,
	PATH_MISSING,
	PATH_UNTRUSTED /* stopped at a link that others than root can set */
};

/*
 * A path with its symbolic links followed, as far as it exists. Of links
 * that somebody else than root can set none is followed, unless any is
 * allowed: a user could bend a rule onto another file. keep_last: the last
 * component is not followed. Returns a state; -1 with errno if the result
 * is too long or links form a loop, out being the path as it was.
 */
int path_resolve(const char *path, bool any, bool keep_last,
    char out[PATH_MAX]);
/* The whole of a file, at most POLICY_FILE_MAX; NULL with errno. */
char *file_read(const char *path, bool regular, size_t *len);
/*
 * The same of a system file (policy_trusted()) that no link of others leads
 * to. What was checked is what is read. NULL, with why in reason and errno.
 */
char *file_read_trusted(const char *path, size_t *len, char *reason,
    size_t reason_len);

#endif /* PRIVD_POLICY_READER_H */

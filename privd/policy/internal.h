/* SPDX-License-Identifier: ISC */
/*
 * What the files of this folder share and nobody else sees: memory that
 * lives as long as a policy, messages, names, macros and literal paths.
 *
 * Nothing here prints or exits; what fails for want of memory says so by
 * NULL or -1 with ENOMEM.
 */
#ifndef PRIVD_POLICY_INTERNAL_H
#define PRIVD_POLICY_INTERNAL_H

#include <limits.h>

#include "policy.h"

/* systrace's form of a missing file is this, a colon, a blank, its name. */
#define POLICY_MISSING_MARK "<non-existent filename>"
#define POLICY_MISSING_FORM "/" POLICY_MISSING_MARK ": "

/* Longest text of a test with its macros expanded, every byte quoted. */
#define POLICY_TEXT_MAX (3 * SYS_VALUE_MAX)

struct policy_place {
	unsigned int line;
	unsigned int column;
};

/*
 * Memory of one file's policies: all of it is freed at once, so that
 * nothing of a file that turns out to be wrong can be left behind.
 */
struct policy_arena;

struct policy_arena *arena_new(void);
void arena_free(struct policy_arena *);
/* Zeroed memory, NULL with ENOMEM. */
void *arena_alloc(struct policy_arena *, size_t);
char *arena_copy(struct policy_arena *, const char *, size_t len);
char *arena_string(struct policy_arena *, const char *);
/* A compiled expression that arena_free() frees; NULL with reason set. */
regex_t *arena_regex(struct policy_arena *, const char *, char *reason,
    size_t len);

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

/* 0, or -1 if there is none of that name. */
int names_user(const char *, uid_t *);
int names_group(const char *, gid_t *);
/* "net_raw" or "CAP_NET_RAW"; the number, -1 if unknown. */
int names_capability(const char *);
/* "cap_net_raw" */
const char *names_capability_print(int, char out[32]);
void names_offer_users(struct nearest *);
void names_offer_groups(struct nearest *);
void names_offer_capabilities(struct nearest *);
void names_offer_errors(struct nearest *);

/* Which of the caller's values a text names. */
#define POLICY_MACRO_HOME 0x01
#define POLICY_MACRO_USER 0x02
#define POLICY_MACRO_CWD 0x04

/*
 * The next macro of a text at or after *pos: its bit, with *pos at its `$`
 * and *len its length; 0 if there is none. For match and re a `$` behind a
 * backslash is none. With `unknown`, stops at unknown names as well, which
 * it returns as -1.
 */
int macro_next(const char *, bool pattern, bool unknown, size_t *pos,
    size_t *len);
/*
 * Puts the caller's values into a text, quoted for the operator. Returns
 * false if a value is missing or the whole does not fit.
 */
bool macro_expand(const struct policy_request *, const struct policy_expr *,
    char *out, size_t size);
/* Does a macro stand in a bracket expression of a pattern? */
bool macro_in_brackets(const char *);

/*
 * Is the expression harmless to compile and to run? NULL, or why not: the
 * C library takes memory without bound for nested repetitions, and time
 * without bound for back references.
 */
const char *regex_refuse(const char *);

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
/*
 * How many bytes of a test's text name a file literally: all, or up to the
 * last slash before the first wildcard or macro.
 */
size_t path_literal(enum policy_operator, const char *);

/* Printing shared by verdicts and fmt. */
void print_quoted(const char *, FILE *);
void print_action(enum policy_action, int error, int64_t value,
    enum policy_child, const char *child_path, FILE *);

/* The whole of a file, at most POLICY_FILE_MAX; NULL with errno. */
char *file_read(const char *path, bool regular, size_t *len);

#endif /* PRIVD_POLICY_INTERNAL_H */

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
#include "reader.h"

/* systrace's form of a missing file is this, a colon, a blank, its name. */
#define POLICY_MISSING_MARK "<non-existent filename>"
#define POLICY_MISSING_FORM "/" POLICY_MISSING_MARK ": "

/* Longest text of a test with its macros expanded, every byte quoted. */
#define POLICY_TEXT_MAX (3 * SYS_VALUE_MAX)

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

/* "net_raw" or "CAP_NET_RAW"; the number, -1 if unknown. */
int names_capability(const char *);
/* "cap_net_raw" */
const char *names_capability_print(int, char out[32]);
void names_offer_capabilities(struct nearest *);
void names_offer_errors(struct nearest *);

/* Can only root say what the file system holds on which this is? */
bool served_by_root(int fd);

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

/* Past the bracket expression that starts at text[i]; may be unclosed. */
size_t bracket_end(const char *text, size_t i);

/*
 * Is the expression harmless to compile and to run? NULL, or why not: the
 * C library takes memory without bound for nested repetitions, and time
 * without bound for back references. What it costs is put into steps.
 */
const char *regex_refuse(const char *, size_t *steps);

/*
 * How many bytes of a test's text name a file literally: all, or up to the
 * last slash before the first wildcard or macro.
 */
size_t path_literal(enum policy_operator, const char *);

/* Printing shared by verdicts and fmt. */
void print_quoted(const char *, FILE *);
void print_action(enum policy_action, int error, int64_t value,
    enum policy_child, const char *child_path, FILE *);

#endif /* PRIVD_POLICY_INTERNAL_H */

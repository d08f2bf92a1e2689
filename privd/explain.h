/* SPDX-License-Identifier: ISC */
/*
 * What a refusal means, in words and in the policy language. A pure module:
 * it is told what there is, and looks nothing up.
 */
#ifndef PRIVD_EXPLAIN_H
#define PRIVD_EXPLAIN_H

#include <sys/types.h>

#include <stddef.h>

struct refusal_view;

/* Of each text. */
#define EXPLAIN_MAX 8192

/* One word, for programs: "rule", "default", "kernel" ... */
const char *explain_check(const struct refusal_view *);
/* The request: "filename: /etc/shadow, oflags: ro". */
void explain_request(const struct refusal_view *, char *, size_t);
/* What refused it, a sentence without a full stop. */
void explain_reason(const struct refusal_view *, char *, size_t);
/*
 * The smallest rule that would permit it, "" where there is none; one that
 * elevates is for user alone, who asked. And where it belongs, or why there is
 * none. folder: of the system's policies.
 */
void explain_rule(const struct refusal_view *, uid_t user, char *, size_t);
void explain_place(const struct refusal_view *, const char *folder, char *,
    size_t);

#endif /* PRIVD_EXPLAIN_H */

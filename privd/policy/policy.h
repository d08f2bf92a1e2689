/* SPDX-License-Identifier: ISC */
/*
 * The policy language: reading, checking, printing and evaluating policies.
 *
 * A policy is data and evaluation a pure function of it: nothing here knows
 * a process, a descriptor of a program or a clock. Compiled images are
 * immutable and shared by all processes of a session after fork.
 */
#ifndef PRIVD_POLICY_H
#define PRIVD_POLICY_H

#include <sys/types.h>

#include <limits.h>
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../syscalls/syscalls.h"

/* Limits of the language; beyond them is an error, never truncation. */
#define POLICY_FILE_MAX (1024 * 1024)
#define POLICY_RULE_MAX (64 * 1024)
#define POLICY_NESTING_MAX 64
#define POLICY_REGEX_MAX 4096
#define POLICY_RULES_MAX 100000
/* Of all policies of a user's together, with what they include. */
#define POLICY_USER_BYTES_MAX (4 * 1024 * 1024)
#define POLICY_USER_POLICIES_MAX 1000
#define POLICY_USER_RULES_MAX 20000
#define POLICY_USER_STEPS_MAX 250000

enum policy_action {
	POLICY_DENY, /* zero: verdicts start as deny */
	POLICY_PERMIT,
	POLICY_ASK,
	POLICY_PRETEND
};

enum policy_child {
	POLICY_CHILD_OWN, /* plain permit: the child's own policy */
	POLICY_CHILD_INHERIT,
	POLICY_CHILD_DETACH,
	POLICY_CHILD_CONFINE,
	POLICY_CHILD_POLICY /* permit[policy "/path"] */
};

enum policy_limit {
	POLICY_UNLIMITED,
	POLICY_ONCE,
	POLICY_TIMES,
	POLICY_RATE
};

/* Whose rights a call is performed with. */
enum policy_elevate {
	POLICY_AS_CALLER, /* no elevation */
	POLICY_AS,        /* as user, user:group, :group */
	POLICY_WITH       /* with capabilities */
};

struct policy_identity {
	enum policy_elevate kind;
	bool has_uid;
	bool has_gid;
	uid_t uid;
	gid_t gid;
	uint64_t caps; /* 1 << CAP_x, POLICY_WITH */
	char *user;    /* as written; for printing */
	char *group;
};

enum policy_expr_op {
	POLICY_TRUE,
	POLICY_TEST,
	POLICY_NOT, /* left */
	POLICY_AND,
	POLICY_OR
};

enum policy_operator {
	POLICY_EQ,
	POLICY_NEQ,
	POLICY_MATCH,
	POLICY_SUB,
	POLICY_NSUB,
	POLICY_INPATH,
	POLICY_RE
};

/*
 * Chains of and and of or grow to the right: left nests to a bounded depth
 * only (POLICY_NESTING_MAX), right sides are to be walked in a loop.
 */
struct policy_expr {
	enum policy_expr_op op;
	struct policy_expr *left;
	struct policy_expr *right;
	/* POLICY_TEST */
	enum policy_operator operator;
	char *name; /* lower case */
	int index;  /* -1: any of that name */
	/* unescaped; literal paths are resolved when loaded */
	char *string;
	char *written; /* unescaped, as in the file */
	/* string but for its last component, which was a link: what calls
	   that act on the link see. NULL: the same */
	char *kept;
	bool macros; /* holds $HOME, $USER or $CWD */
	/* wants systrace's form of missing names */
	bool missing;
	regex_t *regex; /* compiled, without macros */
};

enum policy_pred_op {
	POLICY_PRED_AND,
	POLICY_PRED_OR,
	POLICY_PRED_USER,
	POLICY_PRED_GROUP
};

struct policy_pred {
	enum policy_pred_op op;
	struct policy_pred *left;
	struct policy_pred *right;
	char relation; /* '=' '!' '<' '>' */
	uint32_t id;
	char *written;
};

struct policy_rule {
	uint32_t index; /* in its image: for counters */
	const char *file;
	unsigned int line;
	char *emulation; /* as written */
	char *callname;  /* as written: "fsread", "#332" */
	/* What it names: one alias, or one or more calls (BSD names can mean
	   several), or nothing that Linux has. */
	enum sys_alias alias;
	const struct sys_call **calls;
	size_t ncalls;
	struct policy_expr *expr; /* never NULL */
	enum policy_action action;
	int error;     /* errno of a deny */
	int64_t value; /* of a pretend */
	enum policy_child child;
	char *child_path;
	bool log;
	struct policy_identity identity;
	enum policy_limit limit;
	uint32_t count; /* times, rate */
	char unit;      /* rate: 's' 'm' 'h' */
	char *exclusive;
	uint32_t exclusive_id; /* equal names, equal ids */
	char *filter;
	char *device;
	bool keep;
	struct policy_pred *pred; /* NULL: none */
	/* set of those in its tests; a caller without a value for one never
	   matches */
	unsigned int macros;
};

enum policy_authority {
	POLICY_USER, /* confines, never elevates */
	POLICY_SYSTEM
};

/* An immutable compiled policy. */
struct policy_image;

/* What was found wrong or worth a note; file:line:column: message. */
enum policy_severity {
	POLICY_NOTE,
	POLICY_WARNING,
	POLICY_ERROR
};

struct policy_message {
	enum policy_severity severity;
	char *file;
	unsigned int line;
	unsigned int column;
	char *text;
};

struct policy_report {
	struct policy_message *messages; /* in order of the files */
	size_t count;
	size_t errors;
	size_t warnings;
};

void policy_report_print(const struct policy_report *, FILE *,
    enum policy_severity least);
void policy_report_clear(struct policy_report *);

/* A set of policies that were read, by program. */
struct policy_set;
struct sign_checker;

#define POLICY_LOAD_WILDCARD 0x01 /* the folder in a header may be "*" */
#define POLICY_LOAD_LINT 0x02     /* add what `check` warns of */
#define POLICY_LOAD_PATHS 0x04    /* and what literal paths became */
#define POLICY_LOAD_THERE 0x08    /* the folder has to be there */

struct policy_source {
	enum policy_authority authority;
	unsigned int flags; /* POLICY_LOAD_* */
	/* folders to look for Include in, ends in NULL; may be NULL */
	const char *const *templates;
	/* NULL: files need no signature; see sign.h */
	struct sign_checker *signatures;
};

struct policy_set *policy_set_new(void);
void policy_set_free(struct policy_set *);
/*
 * Reads a file (or a buffer, name being used in messages) into the set. A
 * file with errors adds nothing, all its errors are in the report. Returns
 * 0, or -1 with the report's errors raised (EINVAL) or errno of the reading
 * (also reported). Of a source that demands signatures no buffer is taken.
 */
int policy_load_file(struct policy_set *, const struct policy_source *,
    const char *path, struct policy_report *);
int policy_load_buffer(struct policy_set *, const struct policy_source *,
    const char *name, const char *bytes, size_t len, struct policy_report *);
/*
 * Reads every policy of a folder, in order of names (names with a leading
 * dot and *.sig are passed over). With POLICY_SYSTEM each file and every
 * folder above it must pass policy_trusted(). A folder that is not there
 * is empty, or with POLICY_LOAD_THERE an error.
 */
int policy_load_folder(struct policy_set *, const struct policy_source *,
    const char *path, struct policy_report *);
/*
 * The folders of policies and templates of the source tree whose build
 * folder this program runs from; false if it runs from elsewhere.
 */
bool policy_source_tree(char *policies, char *templates, size_t len);
/*
 * Does the file, and every folder on the way to it, belong to root, nobody
 * else being able to write or replace there (sticky folders of root count
 * as such for entries of root), nor to set a link that leads to it? So it does
 * from then on. Returns 0; or -1, why and where in reason.
 */
int policy_trusted(const char *path, char *reason, size_t len);
/* The same of a folder. */
int policy_trusted_folder(const char *path, char *reason, size_t len);
/*
 * Opens (O_PATH) a regular file of which policy_trusted() holds; its canonical
 * path is put into full. Returns the descriptor; or -1 with errno (EPERM: it is
 * not trusted) and the reason.
 */
int policy_trusted_open(const char *path, char full[PATH_MAX], char *reason,
    size_t len);

/*
 * The compiled policy of a program (canonical absolute path) from one
 * authority, NULL if there is none (ENOENT). A wildcard header binds to the
 * first path that matches. Headers for one program have been added together
 * in order of reading. Owned by the set, lives as long.
 */
const struct policy_image *policy_find(struct policy_set *,
    enum policy_authority, const char *program);
/* All images of the set that are bound to a path; returns their number. */
size_t policy_images(const struct policy_set *,
    const struct policy_image *const **);
/*
 * The image that the last header read names, bound or not; NULL if nothing
 * was read. And how many policies and rules the set holds.
 */
const struct policy_image *policy_last(const struct policy_set *);
void policy_count(const struct policy_set *, size_t *policies, size_t *rules);
/* The nth image with a wildcard header that no path has taken yet; NULL. */
const struct policy_image *policy_wildcard(const struct policy_set *, size_t n);
/*
 * The image of programs without a policy: no rule; every call gets the
 * default of an enforcing session, deny[eperm], logged.
 */
const struct policy_image *policy_none(void);
/*
 * Two images without rules that permit every call: of programs without a
 * policy where the session's default permits, and of what is left alone
 * (`permit[detach]`, a policy whose body is `detached`), whatever it executes.
 */
const struct policy_image *policy_permitting(void);
const struct policy_image *policy_released(void);

const char *policy_program(const struct policy_image *);
/* The file in which it begins, "" if it is in none. */
const char *policy_file(const struct policy_image *);
bool policy_detached(const struct policy_image *);
/* Is it accepted only as its rules for execve are for execveat as well? */
bool policy_folds(const struct policy_image *);
const char *policy_emulation(const struct policy_image *);
/* The machine whose calls it is about: this one's, or i386 for linux32. */
enum sys_machine policy_machine(const struct policy_image *);
/* "sha256:<hex>" content demanded of the program: 32 bytes, or NULL. */
const uint8_t *policy_digest(const struct policy_image *);
enum policy_authority policy_authority(const struct policy_image *);
size_t policy_rule_count(const struct policy_image *);
const struct policy_rule *policy_rule(const struct policy_image *, size_t n);

/* Who makes the call; predicates and macros follow it. */
struct policy_caller {
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t ngroups;
	const char *user; /* NULL: no value, rules using it never match */
	const char *home;
};

struct policy_value {
	const char *name;
	const char *value;
	bool missing; /* the object does not exist */
};

/*
 * Does this rule not count, although it matches: it is spent (once, times,
 * rate, exclusive), or may not elevate what the call names? Asked of rules
 * with a limit, a group or an elevation. NULL: all count.
 */
typedef bool (*policy_spent_fn)(void *context, const struct policy_rule *);

struct policy_request {
	const struct sys_call *call; /* the variant that was called */
	const struct sys_call *base;
	enum sys_alias alias;
	struct policy_value values[SYS_ARGS_MAX];
	size_t nvalues;
	const uint64_t *regs; /* for args[n]; may be NULL */
	const struct policy_caller *caller;
	const char *cwd; /* $CWD; may be NULL */
	bool no_alias;   /* privrun -u: nothing folds */
	policy_spent_fn spent;
	void *context;
};

struct policy_verdict {
	enum policy_action action;
	int error;     /* POLICY_DENY */
	int64_t value; /* POLICY_PRETEND */
	bool log;      /* default denials included */
	/* NULL if no rule matched. Elevation, child form, limits, filter
	   and so on are the rule's; they count only with POLICY_PERMIT. */
	const struct policy_rule *rule;
	bool explicit_default; /* from a Default: line */
};

/* The two names of a request change places: an exchange is both renames. */
void policy_exchange(struct policy_request *);

/*
 * The verdict on a request. enforcing: what an unmatched call gets without
 * a Default: line (deny[eperm] logged, otherwise ask). Never fails: what
 * cannot be evaluated is denied.
 */
void policy_evaluate(const struct policy_image *, const struct policy_request *,
    bool enforcing, struct policy_verdict *);

/* Does the rule's predicate, if it has one, hold for this caller? */
bool policy_applies(const struct policy_rule *, const struct policy_caller *);

/*
 * The rules that can apply to a call, in the order in which they are tried:
 * those of the variant, of the base, of the alias. Returns their number, at
 * most max; with max 0 only counts.
 */
size_t policy_candidates(const struct policy_image *,
    const struct sys_call *call, const struct sys_call *base, enum sys_alias,
    bool no_alias, const struct policy_rule **rules, size_t max);
/* What an unmatched call gets (rule NULL). */
void policy_default(const struct policy_image *, bool enforcing,
    struct policy_verdict *);

/*
 * The verdict in its fixed form ("permit log as 0:1"): identities as
 * numbers. And a rule or a whole file as `fmt` prints it (comments kept).
 */
void policy_print_verdict(const struct policy_verdict *, char *, size_t);
void policy_print_rule(const struct policy_rule *, FILE *);
int policy_format(const struct policy_source *, const char *name,
    const char *bytes, size_t len, FILE *out, struct policy_report *);

/*
 * A path as literal paths of policies are resolved when they are loaded:
 * through symbolic links that only root can have set, what is missing
 * staying as it is. keep_last: for calls that act on a link itself. Returns
 * 0, or -1 with errno (too long, a loop), out then being the path as it was.
 */
int policy_resolve(const char *path, bool keep_last, char *out, size_t);
/* Do values of this argument name files? */
bool policy_names_file(const char *argument);

/* errno names of policies (BSD ones included), "eperm" -> EPERM; -1. */
int policy_errno_by_name(const char *);
const char *policy_errno_name(int); /* lower case; NULL */

/*
 * filter "...": compiles a pcap-filter(7) expression, and a device's index
 * (0: any), into a classic BPF program that holds whatever the link type:
 * loads are relative to SKF_NET_OFF and the protocol is checked. Returns
 * 0, or -1 with the reason. The caller frees *insns.
 */
struct sock_filter;
int policy_packet_filter(const char *expression, unsigned int ifindex,
    struct sock_filter **insns, unsigned short *count, char *reason,
    size_t len);

#endif /* PRIVD_POLICY_H */

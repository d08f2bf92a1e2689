/* SPDX-License-Identifier: ISC */
/*
 * Reading one file: the lexer, the grammar's actions and what they build.
 *
 * All state of a reading is here and none of it outlives the reading but
 * the blocks, which the images take over if the file is without errors.
 */
#ifndef PRIVD_POLICY_PARSER_H
#define PRIVD_POLICY_PARSER_H

#include "internal.h"

struct sign_seal;

/* What the lexer expects, by the place in the line. */
enum lexer_state {
	LEXER_START, /* of a line */
	LEXER_HEAD,  /* emulation-call: */
	LEXER_BODY,  /* a rule behind its colon */
	LEXER_PATH,  /* behind Policy: */
	LEXER_WORDS, /* the rest of a header; digests */
	LEXER_TEXT   /* a description, to the end of the line */
};

struct policy_lexer {
	const char *bytes;
	size_t len;
	size_t pos;
	size_t line_start; /* of the physical line, for columns */
	unsigned int line;
	enum lexer_state state;
	bool skip;             /* the rest of the line, after an error */
	bool ended;            /* the last line end has been handed out */
	int last;              /* token */
	unsigned int end_line; /* where the last line ended */
	size_t token;          /* where it starts, and its length */
	size_t token_len;
	size_t previous; /* the token before, likewise */
	size_t previous_len;
	struct policy_place previous_place;
	struct policy_place place; /* of the token */
};

struct policy_comment {
	struct policy_comment *next;
	unsigned int line;
	bool own_line;
	const char *text;
};

enum item_kind {
	ITEM_POLICY,
	ITEM_TEMPLATE,
	ITEM_DETACHED,
	ITEM_DEFAULT,
	ITEM_DIGEST,
	ITEM_INCLUDE,
	ITEM_RULE
};

struct outcome {
	enum policy_action action;
	int error;
	int64_t value;
	enum policy_child child;
	char *child_path;
};

/* A line of a file, as fmt prints it. */
struct policy_item {
	struct policy_item *next;
	enum item_kind kind;
	unsigned int line;
	unsigned int last_line;
	const char *text; /* path, template's name, digest, include */
	const char *emulation;
	const char *description;
	struct outcome outcome; /* of a default */
	const struct policy_rule *rule;
};

struct rule_list {
	struct policy_rule **rules;
	size_t count;
};

/* One policy of a file, from its header on. */
struct policy_block {
	struct policy_block *next;
	const char *file;
	struct policy_place place; /* of its path */
	const char *path;          /* canonical, or a wildcard */
	const char *written;
	const char *emulation;
	bool foreign; /* linux32 */
	bool template;
	bool broken; /* its header is wrong: do not complain further */
	bool wildcard;
	bool detached;
	bool has_default;
	struct outcome fallback;
	struct policy_place fallback_place;
	const uint8_t *digest;
	struct policy_place digest_place;
	struct rule_list rules;
};

enum modifier {
	MODIFIER_LOG,
	MODIFIER_AS,
	MODIFIER_WITH,
	MODIFIER_LIMIT, /* once, times, rate */
	MODIFIER_EXCLUSIVE,
	MODIFIER_FILTER,
	MODIFIER_DEVICE,
	MODIFIER_KEEP,
	MODIFIERS
};

/* A chain of and or of or, whose end is kept so that it can grow. */
struct expr_chain {
	struct policy_expr *first;
	struct policy_expr *last; /* the node whose right side is open */
};

struct pred_chain {
	struct policy_pred *first;
	struct policy_pred *last;
};

struct word {
	const char *text;
	bool number;
	uint64_t value;
};

/* A name that was noted already. */
struct noted {
	struct noted *next;
	const char *name;
};

/* What was spent of what all policies of a user's may come to together. */
enum spent_kind {
	SPENT_BYTES,
	SPENT_POLICIES,
	SPENT_RULES,
	SPENT_STEPS, /* of regular expressions, see regex_refuse() */
	SPENT_KINDS
};

struct policy_spent {
	size_t so_far[SPENT_KINDS];
	bool over; /* which was said: nothing is read any more */
};

struct policy_parse {
	struct policy_lexer lexer;
	const struct policy_source *source;
	struct policy_arena *arena;
	struct policy_report *report;
	const char *file;
	struct sign_seal *seal; /* what it was signed with; NULL: nothing */
	bool trusted;           /* what is included must be trusted, too */
	bool format;            /* for fmt: includes are left alone */
	bool included;          /* this is a template, for including */
	bool nomem;
	size_t included_bytes;
	struct policy_spent *spent; /* NULL: there is no bound */
	size_t *nrules; /* of the whole reading, templates included */
	size_t own_rules;
	struct policy_block *blocks;
	struct policy_block *block;
	struct policy_item *item; /* of the line that is being read */
	struct policy_item *items;
	struct policy_item **items_end;
	struct policy_comment *comments;
	struct policy_comment **comments_end;
	/* the line that is being read */
	unsigned int depth;
	unsigned int start_line;
	struct policy_rule *rule;
	struct policy_place head; /* of the rule */
	struct policy_place call; /* of its call's name */
	struct policy_place action;
	struct policy_place seen[MODIFIERS]; /* line 0: not seen */
	bool unknown;                        /* the rule's call is */
	struct noted *noted;
	const struct policy_rule **shadow; /* lint_reached()'s, of the block */
};

/*
 * A reading of a file of this name, which the report will show. With an
 * arena it is for a template, whose rules come to live there; without one
 * it has its own, which parse_free() frees unless it was given away.
 */
struct policy_parse *parse_new(const struct policy_source *,
    struct policy_report *, const char *file, struct policy_arena *);
void parse_free(struct policy_parse *);
/*
 * Reads everything. 0; or -1 with EINVAL if errors were reported, ENOMEM
 * if there was no memory, which is not.
 */
int parse_run(struct policy_parse *, const char *bytes, size_t len);
struct policy_item *parse_item(struct policy_parse *, enum item_kind);
/* 1 for the machine's own calls, 2 for linux32, 0 for an unknown word. */
int parse_emulation(const char *);

/* spent.c: false, and once said, if it is too much by now. */
bool spent_add(struct policy_parse *, enum spent_kind, size_t,
    struct policy_place);
bool spent_all(const struct policy_parse *);

/* lexer.c */
void lexer_start(struct policy_lexer *, const char *bytes, size_t len);
void lexer_skip_line(struct policy_lexer *);
/* The line that was read is the last. */
void lexer_stop(struct policy_lexer *);

/* Messages with the file of the reading. */
void parse_message(struct policy_parse *, enum policy_severity,
    struct policy_place, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
#define parse_error(p, place, ...) \
	parse_message((p), POLICY_ERROR, (place), __VA_ARGS__)

/*
 * The grammar's actions. They report what is wrong and go on, so that all
 * errors of a line are found; -1 and NULL mean that there is no memory.
 */
int build_policy(struct policy_parse *, const char *path, struct policy_place,
    const char *emulation, struct policy_place emulation_place);
int build_template(struct policy_parse *, const char *name,
    const char *emulation, struct policy_place, const char *text);
int build_broken(struct policy_parse *);
int build_detached(struct policy_parse *, struct policy_place);
int build_default(struct policy_parse *, const struct outcome *,
    struct policy_place);
int build_digest(struct policy_parse *, const char *kind, const char *hex,
    struct policy_place);
int build_include(struct policy_parse *, const char *, struct policy_place);
void build_end_of_line(struct policy_parse *);

int build_head(struct policy_parse *, const char *emulation,
    struct policy_place, const char *call, struct policy_place);
int build_head_number(struct policy_parse *, const char *emulation,
    struct policy_place, uint64_t number, struct policy_place);
int build_rule(struct policy_parse *, struct policy_expr *);
struct policy_expr *build_expr(struct policy_parse *, enum policy_expr_op);
struct policy_expr *build_test(struct policy_parse *, const char *name,
    int index, struct policy_place, enum policy_operator, const char *,
    struct policy_place);
/* Adds to a chain; false without memory. */
bool build_chain(struct policy_parse *, enum policy_expr_op,
    struct expr_chain *, struct policy_expr *);
int build_index(struct policy_parse *, uint64_t, struct policy_place);
void build_action(struct policy_parse *, const struct outcome *,
    struct policy_place);
bool build_deny(struct policy_parse *, const char *error, struct policy_place,
    struct outcome *);

/* Notes that a modifier stands here; false if it cannot. */
bool build_modifier(struct policy_parse *, enum modifier, struct policy_place);
int build_as(struct policy_parse *, const struct word *user,
    struct policy_place, const struct word *group, struct policy_place);
int build_with(struct policy_parse *, const char *cap, struct policy_place);
void build_limit(struct policy_parse *, enum policy_limit, uint64_t count,
    struct policy_place, const char *unit, struct policy_place);
int build_exclusive(struct policy_parse *, char *, struct policy_place);
int build_filter(struct policy_parse *, char *, struct policy_place);
int build_device(struct policy_parse *, char *, struct policy_place);
bool build_user(struct policy_parse *, const struct word *, struct policy_place,
    uint32_t *id);
bool build_group(struct policy_parse *, const struct word *,
    struct policy_place, uint32_t *id);
struct policy_pred *build_pred(struct policy_parse *, enum policy_pred_op,
    char relation, const struct word *, struct policy_place);
bool build_pred_chain(struct policy_parse *, enum policy_pred_op,
    struct pred_chain *, struct policy_pred *);

/* Nesting: false if it goes too deep, which is reported. */
bool build_nest(struct policy_parse *, struct policy_place);

/* text.c: macros, patterns and paths in the string of a test. */
int text_prepare(struct policy_parse *, struct policy_expr *,
    struct policy_place);

/* include.c */
int include_read(struct policy_parse *, const char *, struct policy_place);

/* check.c: what a rule may say about its call. */
int check_call(struct policy_parse *);
int check_call_number(struct policy_parse *, uint64_t);
void check_test(struct policy_parse *, const struct policy_expr *,
    struct policy_place);
void check_rule(struct policy_parse *);
/* Does the argument exist in any call that the rule judges? */
bool check_has_argument(const struct policy_rule *, const char *name,
    unsigned int nth);

/*
 * A pretended change of identity does not go with execve. True if it is there,
 * and only a rule for execve keeps the default from permitting execveat.
 */
bool check_pretend(struct policy_parse *, const struct rule_list *,
    const struct outcome *fallback);

/* lint.c: what is allowed, but hardly meant. */
void lint_test(struct policy_parse *, const struct policy_expr *,
    struct policy_place, enum path_state);
void lint_rule(struct policy_parse *);
/* Does the rule match whatever it is asked about, each time? */
bool lint_always(const struct policy_rule *);
/* Says so if a rule of the block decides all that this one could. */
void lint_reached(struct policy_parse *, const struct policy_rule *);

int rule_list_add(struct rule_list *, struct policy_rule *);

#endif /* PRIVD_POLICY_PARSER_H */
